"""Discrete Fourier transforms, one-dimensional ones as rules and all the others written with them.

The matrix of a complex transform is symmetric, so it is its own transpose. A real transform keeps one of each pair of
conjugate frequencies; its transpose is the inverse with the weights of the pairs put right. To add a transform, write
it with ``fft``, ``ifft``, ``rfft`` and ``irfft``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from easygrad.core import Array, Rule, linear
from easygrad.rules.composition import composite
from easygrad.rules.shaping import asarray

OTHER_NORM: dict[Any, Any] = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}


def fitted(x: Array, n: int, axis: int) -> Array:
    """Return ``x`` cut, or filled with zeros, to the length ``n``: what a transform does before it begins."""
    here = x.shape[axis]
    if n < here:
        return x[(*(slice(None),) * (axis % x.ndim), slice(n))]
    if n == here:
        return x
    zeros = np.zeros([n - here if i == axis % x.ndim else size for i, size in enumerate(x.shape)], x.dtype)
    return np.concatenate([x, zeros], axis)


def own_transpose(fun: Rule) -> Rule:
    """Return the rule of a transform with a symmetric matrix."""

    def transpose(ans: Array, x: Array, n: Any = None, axis: int = -1, norm: Any = None) -> Rule:
        length = x.shape[axis]
        return lambda g: fitted(fun(g, None, axis, norm), length, axis)

    return transpose


def pair_weights(n: int, weight: float, like: Array, axis: int) -> Array:
    """Return ``weight`` for each frequency of a real transform that stands for two of the ``n``, 1 for the others."""
    weights = np.full(n // 2 + 1, weight, like.dtype)
    weights[0] = 1.0
    if n % 2 == 0:
        weights[-1] = 1.0
    return weights.reshape((-1, *(1,) * (like.ndim - 1 - axis % like.ndim)))


def rfft_transpose(ans: Array, x: Array, n: int | None = None, axis: int = -1, norm: Any = None) -> Rule:
    """Return ``g -> `` the inverse transform of the conjugate, with half the weight for a pair."""
    length = x.shape[axis]
    n = length if n is None else n
    weights = pair_weights(n, 0.5, x, axis)
    return lambda g: fitted(np.fft.irfft(np.conj(g) * weights, n, axis, OTHER_NORM[norm]), length, axis)


def irfft_transpose(ans: Array, x: Array, n: int | None = None, axis: int = -1, norm: Any = None) -> Rule:
    """Return ``g -> `` the conjugate of the transform, with twice the weight for a pair."""
    length = x.shape[axis]
    weights = pair_weights(ans.shape[axis], 2.0, ans, axis)
    return lambda g: fitted(np.conj(np.fft.rfft(g, None, axis, OTHER_NORM[norm])) * weights, length, axis)


fft = linear(np.fft.fft, own_transpose(np.fft.fft))
ifft = linear(np.fft.ifft, own_transpose(np.fft.ifft))
rfft = linear(np.fft.rfft, rfft_transpose)
irfft = linear(np.fft.irfft, irfft_transpose)
fftshift = linear(np.fft.fftshift, lambda ans, x, axes=None: lambda g: np.fft.ifftshift(g, axes))
ifftshift = linear(np.fft.ifftshift, lambda ans, x, axes=None: lambda g: np.fft.fftshift(g, axes))


@composite(np.fft.hfft)
def hfft(a: Array, n: int | None = None, axis: int = -1, norm: Any = None) -> Array:
    """Return the real transform of a signal with Hermitian symmetry, of which one half is given."""
    return irfft(np.conj(asarray(a)), n, axis, OTHER_NORM[norm])


@composite(np.fft.ihfft)
def ihfft(a: Array, n: int | None = None, axis: int = -1, norm: Any = None) -> Array:
    """Return one half of the inverse transform of a real signal."""
    return np.conj(rfft(asarray(a), n, axis, OTHER_NORM[norm]))


# Over several axes, one after the other in NumPy's order

Sizes = Sequence[int] | None


def lengths(a: Array, s: Sizes, axes: Sizes, halved: bool = False) -> list[tuple[int, int]]:
    """Return the length and axis of each transform; ``halved`` says that ``a`` has half of the last axis."""
    if axes is None:
        axes = range(-(a.ndim if s is None else len(s)), 0)
    if s is None:
        s = [a.shape[i] for i in axes]
        if halved:
            s[-1] = 2 * (s[-1] - 1)
    if len(s) != len(axes):
        raise ValueError("Shape and axes have different lengths.")
    return [(a.shape[i] if n in (-1, None) else n, i) for n, i in zip(s, axes, strict=True)]


def transformed(one: Rule, a: Array, steps: Sequence[tuple[int, int]], norm: Any) -> Array:
    """Return ``a`` transformed along one axis after the other."""
    for n, axis in steps:
        a = one(a, n, axis, norm)
    return a


@composite(np.fft.fftn)
def fftn(a: Array, s: Sizes = None, axes: Sizes = None, norm: Any = None) -> Array:
    """Return the transform over several axes."""
    a = asarray(a)
    return transformed(fft, a, lengths(a, s, axes)[::-1], norm)


@composite(np.fft.ifftn)
def ifftn(a: Array, s: Sizes = None, axes: Sizes = None, norm: Any = None) -> Array:
    """Return the inverse transform over several axes."""
    a = asarray(a)
    return transformed(ifft, a, lengths(a, s, axes)[::-1], norm)


@composite(np.fft.rfftn)
def rfftn(a: Array, s: Sizes = None, axes: Sizes = None, norm: Any = None) -> Array:
    """Return the transform of a real array: half of the last axis, all of the others."""
    a = asarray(a)
    last, *others = lengths(a, s, axes)[::-1]
    return transformed(fft, rfft(a, *last, norm), others, norm)


@composite(np.fft.irfftn)
def irfftn(a: Array, s: Sizes = None, axes: Sizes = None, norm: Any = None) -> Array:
    """Return the real array of which ``rfftn`` is ``a``."""
    a = asarray(a)
    *others, last = lengths(a, s, axes, halved=True)
    return irfft(transformed(ifft, a, others, norm), *last, norm)


def of_planes(fun: Rule, transform: Rule) -> Rule:
    """Return a transform over two axes as the one over any."""
    return composite(fun)(lambda a, s=None, axes=(-2, -1), norm=None: transform(a, s, axes, norm))


fft2 = of_planes(np.fft.fft2, fftn)
ifft2 = of_planes(np.fft.ifft2, ifftn)
rfft2 = of_planes(np.fft.rfft2, rfftn)
irfft2 = of_planes(np.fft.irfft2, irfftn)
