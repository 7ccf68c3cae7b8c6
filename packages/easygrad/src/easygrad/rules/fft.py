"""Discrete Fourier transforms, one-dimensional ones as rules and all the others written with them.

The matrix of a complex transform is symmetric, so it is its own transpose. A real transform keeps one of each pair of
conjugate frequencies; its transpose is the inverse with the weights of the pairs put right. To add a transform, write
it with ``fft``, ``ifft``, ``rfft`` and ``irfft``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from easygrad.core import Array, Rule, cast
from easygrad.primitives import linear
from easygrad.rules.composition import composite
from easygrad.rules.padding import cut, with_length
from easygrad.rules.shaping import asarray

OTHER_NORM: dict[Any, Any] = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}


def fitted(x: Array, n: int, axis: int) -> Array:
    """Return ``x`` cut, or filled with zeros, to the length ``n``: what a transform does before it begins."""
    here, axis = x.shape[axis], axis % x.ndim
    if n <= here:
        return x if n == here else cut(x, axis, slice(n))
    return np.concatenate([x, np.zeros(with_length(x.shape, axis, n - here), x.dtype)], axis)


def transform(fun: Rule, back: Rule) -> Rule:
    """Return a transform as a primitive; ``back`` is its transpose, where the length ``n`` is that of the array."""

    def transpose(ans: Array, x: Array, n: int | None = None, axis: int = -1, norm: Any = None) -> Rule:
        length, dtype = x.shape[axis], x.dtype
        n = n or max(length, ans.shape[axis])
        return lambda g: cast(fitted(back(g, n, axis, norm), length, axis), dtype)

    return linear(fun, transpose)


def pair_weights(n: int, weight: float, like: Array, axis: int) -> Array:
    """Return ``weight`` for each frequency of a real transform that stands for two of the ``n``, 1 for the others."""
    weights = np.full(n // 2 + 1, weight, np.finfo(like.dtype).dtype)
    weights[[0, -1] if n % 2 == 0 else 0] = 1.0
    return weights.reshape((-1, *(1,) * (like.ndim - 1 - axis % like.ndim)))


def rfft_back(g: Array, n: int, axis: int, norm: Any) -> Array:
    """Return the inverse transform of the conjugate, with half the weight for a pair."""
    return np.fft.irfft(np.conj(g) * pair_weights(n, 0.5, g, axis), n, axis, OTHER_NORM[norm])


def irfft_back(g: Array, n: int, axis: int, norm: Any) -> Array:
    """Return the conjugate of the transform, with twice the weight for a pair."""
    return np.conj(np.fft.rfft(g, n, axis, OTHER_NORM[norm])) * pair_weights(n, 2.0, g, axis)


fft = transform(np.fft.fft, np.fft.fft)
ifft = transform(np.fft.ifft, np.fft.ifft)
rfft = transform(np.fft.rfft, rfft_back)
irfft = transform(np.fft.irfft, irfft_back)
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


def lengths(a: Array, s: Sequence[int] | None, axes: Sequence[int] | None, halved: bool) -> list[tuple[int, int]]:
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


def over_axes(fun: Rule, last: Rule, others: Rule, axes: Sequence[int] | None = None) -> Rule:
    """Return a transform over several axes: ``last`` of the last one, ``others`` before or behind it."""

    def made_of_primitives(a: Array, s: Any = None, axes: Any = axes, norm: Any = None) -> Array:
        a = asarray(a)
        steps = lengths(a, s, axes, halved=last is irfft)
        final = None if last is others else steps[-1]
        for step in steps if last is irfft else steps[::-1]:
            a = (last if step is final else others)(a, *step, norm)
        return a

    return composite(fun)(made_of_primitives)


fftn = over_axes(np.fft.fftn, fft, fft)
ifftn = over_axes(np.fft.ifftn, ifft, ifft)
rfftn = over_axes(np.fft.rfftn, rfft, fft)
irfftn = over_axes(np.fft.irfftn, irfft, ifft)
fft2 = over_axes(np.fft.fft2, fft, fft, (-2, -1))
ifft2 = over_axes(np.fft.ifft2, ifft, ifft, (-2, -1))
rfft2 = over_axes(np.fft.rfft2, rfft, fft, (-2, -1))
irfft2 = over_axes(np.fft.irfft2, irfft, ifft, (-2, -1))
