"""Convolutions and correlations over any number of axes.

One primitive, the full convolution, is linear in each factor; its transpose is a part of a full convolution with the
other factor reversed. The modes are parts of the full one, the boundaries are padding, and a correlation is the
convolution with the second factor reversed and conjugated.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal

from easygrad.core import Array, Rule
from easygrad.primitives import linear
from easygrad.rules.composition import composite
from easygrad.rules.shaping import asarray

Shape = tuple[int, ...]


def reverse(x: Array) -> Array:
    """Return an array with all axes reversed."""
    return x[(slice(None, None, -1),) * x.ndim]


def part(x: Array, starts: Any, shape: Shape) -> Array:
    """Return the part of an array that begins at ``starts``."""
    return x[tuple(slice(start, start + n) for start, n in zip(starts, shape, strict=True))]


def other_factor(y: Array, shape: Shape, method: str) -> Rule:
    """Return ``g -> `` the cotangent of the factor of this shape, ``y`` being the other one."""
    starts = tuple(n - 1 for n in y.shape)
    return lambda g: part(full(g, reverse(y), method=method), starts, shape)


full: Rule = linear(
    lambda x, y, *, method: scipy.signal.convolve(x, y, "full", method),
    lambda ans, x, y, *, method: other_factor(y, x.shape, method),
    lambda ans, x, y, *, method: other_factor(x, y.shape, method),
    name="convolve",
)


def in_mode(name: str, whole: Array, first: Shape, second: Shape, mode: str) -> Array:
    """Return the part of a full convolution of arrays of these shapes."""
    if mode == "full":
        return whole
    if mode == "same":
        shape = first
    elif mode == "valid":
        pairs = list(zip(first, second, strict=True))
        if not (all(n >= m for n, m in pairs) or all(n <= m for n, m in pairs)):
            raise ValueError(
                f"{name}: for 'valid' mode, one of {first} and {second} must be at least the other in all."
            )
        shape = tuple(abs(n - m) + 1 for n, m in pairs)
    else:
        raise ValueError(f"{name}: mode={mode!r}; it is 'full', 'same' or 'valid'.")
    return part(whole, [(n - m) // 2 for n, m in zip(whole.shape, shape, strict=True)], shape)


def pair(name: str, in1: Array, in2: Array) -> tuple[Array, Array]:
    """Return both as arrays of the same number of axes."""
    x, y = asarray(in1), asarray(in2)
    if x.ndim != y.ndim:
        raise ValueError(f"{name}: in1 and in2 should have the same dimensionality, not {x.ndim} and {y.ndim}.")
    return x, y


@composite(scipy.signal.convolve)
def convolve(in1: Array, in2: Array, mode: str = "full", method: str = "auto") -> Array:
    """Return the convolution."""
    x, y = pair("convolve", in1, in2)
    return in_mode("convolve", full(x, y, method=method), x.shape, y.shape, mode) if x.ndim else x * y


@composite(scipy.signal.correlate)
def correlate(in1: Array, in2: Array, mode: str = "full", method: str = "auto") -> Array:
    """Return the correlation, the second array conjugated."""
    x, y = pair("correlate", in1, in2)
    return convolve(x, reverse(np.conj(y)), mode, method)


@composite(scipy.signal.fftconvolve)
def fftconvolve(in1: Array, in2: Array, mode: str = "full", axes: Any = None) -> Array:
    """Return the convolution over some axes, in the time of Fourier transforms; the other axes are broadcast."""
    x, y = pair("fftconvolve", in1, in2)
    if axes is None:
        return convolve(x, y, mode, "fft")
    axes = tuple(axis % x.ndim for axis in np.atleast_1d(axes))
    lengths = [x.shape[axis] + y.shape[axis] - 1 for axis in axes]
    whole = np.fft.ifftn(np.fft.fftn(x, lengths, axes) * np.fft.fftn(y, lengths, axes), lengths, axes)
    whole = whole if "c" in (x.dtype.kind, y.dtype.kind) else np.real(whole)
    first = tuple(n if axis in axes else whole.shape[axis] for axis, n in enumerate(x.shape))
    second = tuple(n if axis in axes else 1 for axis, n in enumerate(y.shape))
    return in_mode("fftconvolve", whole, first, second, mode)


@composite(scipy.signal.oaconvolve)
def oaconvolve(in1: Array, in2: Array, mode: str = "full", axes: Any = None) -> Array:
    """Return the convolution as ``fftconvolve`` does; the derivative does not overlap and add."""
    return fftconvolve(in1, in2, mode, axes)


BOUNDARIES: dict[str, Any] = {"wrap": "wrap", "circular": "wrap", "symm": "symmetric", "symmetric": "symmetric"}


@composite(scipy.signal.convolve2d)
def convolve2d(in1: Array, in2: Array, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0) -> Array:
    """Return the convolution of two matrices; ``boundary`` says what stands around the first one."""
    x, y = pair("convolve2d", in1, in2)
    if x.ndim != 2:
        raise ValueError(f"convolve2d: inputs must both be 2-D arrays, but have {x.ndim} axes.")
    if mode == "valid" and any(n < m for n, m in zip(x.shape, y.shape, strict=True)):
        x, y = y, x
    if mode == "valid" or (boundary in ("fill", "pad") and type(fillvalue) is int and fillvalue == 0):
        return convolve(x, y, mode, "direct")
    widths = [(n - 1, n - 1) for n in y.shape]
    if boundary in ("fill", "pad"):
        around = np.pad(x, widths, "constant", constant_values=fillvalue)
    elif boundary in BOUNDARIES:
        around = np.pad(x, widths, BOUNDARIES[boundary])
    else:
        raise ValueError(f"convolve2d: boundary={boundary!r}; it is 'fill', 'wrap' or 'symm'.")
    whole = convolve(around, y, "valid", "direct")
    return in_mode("convolve2d", whole, x.shape, y.shape, mode)


@composite(scipy.signal.correlate2d)
def correlate2d(in1: Array, in2: Array, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0) -> Array:
    """Return the correlation of two matrices, the second one conjugated."""
    x, y = pair("correlate2d", in1, in2)
    if mode == "valid" and any(n < m for n, m in zip(x.shape, y.shape, strict=True)):
        return reverse(np.conj(correlate2d(y, x, mode, boundary, fillvalue)))
    turned = reverse(np.conj(y))
    if mode != "same":
        return convolve2d(x, turned, mode, boundary, fillvalue)
    whole = convolve2d(x, turned, "full", boundary, fillvalue)
    return part(whole, [n // 2 for n in y.shape], x.shape)
