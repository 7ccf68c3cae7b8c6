"""Numerics: interpolation, integrals, differences, convolution, grids of numbers, and functions of angles.

Nearly all are composites, written with other functions, and need no rule. To add a function, write it like NumPy's own
documentation explains it, with its parameters and their defaults; mind that a traced array cannot be written into.
"""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from easygrad.core import Array, Rule, stop_gradient
from easygrad.primitives import elementwise, linear
from easygrad.rules.composition import composite
from easygrad.rules.constants import ndim, size
from easygrad.rules.joining import with_equal_ndim
from easygrad.rules.shaping import asarray, atleast_1d


def double(x: Any) -> Array:
    """Return an array in double precision at least, real or complex, as NumPy takes it for some functions."""
    x = asarray(x)
    dtype = np.result_type(x.dtype, np.float64)
    return x if x.dtype == dtype else x.astype(dtype)


# Interpolation


@composite(np.interp)
def interp(x: Array, xp: Array, fp: Array, left: Array = None, right: Array = None, period: Array = None) -> Array:
    """Return the polygon through the points at ``x``; at a point itself the slope is that on its right side."""
    x, xp, fp = double(x), double(xp), double(fp)
    if xp.size == 0:  # NumPy's own answer: an error, or from 2.5 on nothing at no places
        return np.interp(*map(stop_gradient, (x, xp, fp)))
    if xp.ndim != 1 or xp.shape != fp.shape:
        raise ValueError(f"interp: the points have the shapes {xp.shape} and {fp.shape}; two equal vectors are needed.")
    if period is not None:
        left, right, period = None, None, np.abs(period)
        x, xp = x % period, xp % period
        order = np.pad(np.argsort(xp), 1, "wrap")  # the last point also before the first one, and the other way round
        turns = np.pad(np.zeros(len(xp)), 1, constant_values=(-1.0, 1.0))
        xp, fp = xp[order] + turns * period, fp[order]
    last = xp.shape[0] - 1
    at = np.clip(np.searchsorted(xp, x, "right") - 1, 0, last)
    i = np.clip(at, 0, max(last - 1, 0))
    j = np.minimum(i + 1, last)
    run = xp[j] - xp[i]
    y = (fp[j] - fp[i]) / np.where(run == 0, np.inf, run) * (x - xp[at]) + fp[at]
    y = np.where(x < xp[0], fp[0] if left is None else left, y)
    return np.where(x > xp[-1], fp[-1] if right is None else right, y)


# Integrals and differences


def neighbours(a: Array, axis: int) -> tuple[Array, Array]:
    """Return ``a`` without its first and without its last elements along an axis."""
    before = (slice(None),) * normalize_axis_index(axis, a.ndim)
    return a[(*before, slice(1, None))], a[(*before, slice(None, -1))]


@composite(np.trapezoid)
def trapezoid(y: Array, x: Array = None, dx: Array = 1.0, axis: int = -1) -> Array:
    """Return the integral by the trapezoidal rule."""
    y = asarray(y)
    if x is not None:
        x = asarray(x)
        dx = diff(x, axis=axis if x.ndim > 1 else -1)
        if x.ndim == 1:
            dx = np.reshape(dx, (-1, *(1,) * (y.ndim - 1 - normalize_axis_index(axis, y.ndim))))
    return np.sum(dx * np.add(*neighbours(y, axis)) / 2.0, axis=axis)


if hasattr(np, "trapz"):  # the name before NumPy 2, and still there in its first versions
    trapz = composite(np.trapz)(trapezoid)


@composite(np.diff)
def diff(a: Array, n: int = 1, axis: int = -1, prepend: Array = np._NoValue, append: Array = np._NoValue) -> Array:
    """Return the differences of neighbours, taken ``n`` times."""
    a = asarray(a)
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n}")
    if n == 0:
        return a
    edge = tuple(1 if i == normalize_axis_index(axis, a.ndim) else size for i, size in enumerate(a.shape))
    parts = [asarray(part) for part in (prepend, a, append) if part is not np._NoValue]
    parts = [part if part.ndim else np.broadcast_to(part, edge) for part in parts]
    a = np.concatenate(parts, axis) if len(parts) > 1 else a
    for _ in range(n):
        a = np.subtract(*neighbours(a, axis))
    return a


@composite(np.ediff1d)
def ediff1d(ary: Array, to_end: Array = None, to_begin: Array = None) -> Array:
    """Return the differences of neighbours in the flattened array, with something before and behind."""
    ary = np.ravel(asarray(ary))
    begin, end = [np.ravel(asarray([] if end is None else end)) for end in (to_begin, to_end)]
    return np.concatenate([begin, diff(ary), end], dtype=ary.dtype)


@composite(np.gradient)
def gradient(f: Array, *varargs: Array, axis: Any = None, edge_order: int = 1) -> Any:
    """Return the slopes of samples, along one axis or as a tuple along each; see ``slopes``."""
    f = asarray(f)
    f = f if f.dtype.kind in "fc" else f.astype(np.float64)
    axes = range(f.ndim) if axis is None else normalize_axis_tuple(axis, f.ndim)
    spacings = varargs or (1.0,)
    if len(spacings) == 1 and ndim(spacings[0]) == 0:
        spacings = spacings * len(axes)
    if len(spacings) != len(axes):
        raise TypeError("invalid number of arguments")
    found = tuple(slopes(f, h, i, edge_order) for h, i in zip(spacings, axes, strict=True))
    return found[0] if len(found) == 1 else found


def slopes(f: Array, spacing: Array, axis: int, edge_order: int) -> Array:
    """Return slopes of the parabola through three neighbours; at both ends by ``edge_order`` + 1 points."""
    f, h = np.moveaxis(f, axis, -1), asarray(spacing)
    if edge_order > 2 or f.shape[-1] <= edge_order or (h.ndim and h.shape != f.shape[-1:]):
        need = "The spacing is a scalar or one coordinate for each sample; edge_order is 1 or 2, with more samples."
        raise ValueError(f"gradient: shape {f.shape}, spacing of shape {h.shape}, edge_order {edge_order}. {need}")
    if h.ndim:
        h = diff(h)
        s = diff(f) / h
        inner = (h[1:] * s[..., :-1] + h[:-1] * s[..., 1:]) / (h[1:] + h[:-1])
    else:
        s = diff(f) / spacing
        inner = (f[..., 2:] - f[..., :-2]) / (2.0 * spacing)
        h = np.ones(f.shape[-1] - 1, f.real.dtype)
    first, last = s[..., :1], s[..., -1:]
    if edge_order == 2:
        first = first + (first - s[..., 1:2]) * (h[0] / (h[0] + h[1]))
        last = last + (last - s[..., -2:-1]) * (h[-1] / (h[-1] + h[-2]))
    return np.moveaxis(np.concatenate([first, inner, last], -1).astype(f.dtype), -1, axis)


@composite(np.unwrap)
def unwrap(p: Array, discont: Any = None, axis: int = -1, *, period: Array = 2 * np.pi) -> Array:
    """Return the phase with jumps taken out, by adding a number of periods that is constant for the derivative."""
    p = asarray(p)
    plain, plain_period = stop_gradient((p, period))
    turns = (np.unwrap(plain, discont, axis, period=plain_period) - plain) / plain_period
    return p + np.round(turns) * period


# Convolution


def first_factor(ans: Array, a: Array, v: Array, mode: Any = "full") -> Rule:
    """Return ``g -> `` the cotangent of a factor of a convolution: whatever the mode, ``ans`` is the middle part."""
    full = a.shape[0] + v.shape[0] - 1
    start = (full - ans.shape[0]) // 2
    zeros = [np.zeros(n, ans.dtype) for n in (start, full - start - ans.shape[0])]
    return lambda g: np.convolve(np.concatenate([zeros[0], g, zeros[1]]), v[::-1], "valid")


convolve_vectors = linear(np.convolve, first_factor, lambda ans, a, v, mode="full": first_factor(ans, v, a))
convolve = composite(np.convolve)(lambda a, v, mode="full": convolve_vectors(*atleast_1d(a, v), mode))


@composite(np.correlate)
def correlate(a: Array, v: Array, mode: Any = "valid") -> Array:
    """Return the convolution of ``a`` with the reversed conjugate of ``v``."""
    if size(v) > size(a):  # NumPy always moves the shorter one along the longer
        return np.conj(correlate(v, a, mode))[::-1]
    return convolve(a, np.conj(asarray(v)[::-1]), mode)


# Grids of numbers


def blended(start: Array, stop: Array, num: int, endpoint: bool) -> tuple[Array, Array, Array]:
    """Return start and stop as arrays, and the share of the stop in each number, with an axis for it in front."""
    start, stop = asarray(start), asarray(stop)
    if num < 0:
        raise ValueError(f"Number of samples, {num}, must be non-negative.")
    share = np.arange(operator.index(num)) / max(num - 1 if endpoint else num, 1)
    dtype = np.result_type(start.dtype, stop.dtype, 1.0).type(0).real.dtype
    return start, stop, share.astype(dtype).reshape(-1, *(1,) * max(start.ndim, stop.ndim))


@composite(np.linspace)
def linspace(
    start: Array,
    stop: Array,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
    *,
    device: Any = None,
) -> Any:
    """Return ``num`` numbers with one step between neighbours."""
    start, stop, share = blended(start, stop, num, endpoint)
    y = np.moveaxis(start * (1.0 - share) + stop * share, 0, axis)
    if dtype is not None:
        y = (np.floor(y) if np.issubdtype(dtype, np.integer) else y).astype(dtype)
    steps = num - 1 if endpoint else num
    return (y, (stop - start) / steps if steps > 0 else np.nan) if retstep else y


@composite(np.logspace)
def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None, axis: int = 0
) -> Array:
    """Return powers of the base with one step between the exponents of neighbours."""
    if ndim(base):
        start, stop, base = with_equal_ndim(start, stop, base)
        base = np.expand_dims(base, axis)
    y = np.power(base, linspace(start, stop, num, endpoint, axis=axis))
    return y if dtype is None else y.astype(dtype)


@composite(np.geomspace)
def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Array:
    """Return ``num`` numbers with one ratio between neighbours."""
    start, stop, share = blended(double(start), double(stop), num, endpoint)
    if np.any(start == 0) or np.any(stop == 0):
        raise ValueError("Geometric sequence cannot include zero")
    sign = np.sign(start)
    y = np.moveaxis(sign * np.abs(start) ** (1.0 - share) * (stop / sign) ** share, 0, axis)
    return y if dtype is None else y.astype(dtype)


# Bessel's function, angles, and repairs of numbers


def i0_moment(x: Array, order: int) -> Array:
    """Return a derivative of ``i0``, the mean of ``cos(a)**order * exp(x cos(a))`` over the circle.

    The trapezoidal rule converges geometrically for a smooth periodic function (L. N. Trefethen and J. A. C. Weideman,
    "The exponentially convergent trapezoidal rule", 2014); points opposite each other are taken together.
    """
    pair = np.sinh if order % 2 else np.cosh
    largest = np.max(np.abs(x), initial=0.0, where=np.isfinite(x))
    count = 10 + int(2.5 * min(largest, 750.0) ** 0.5)  # in a quarter of the circle
    total = 0.0 * x if order else np.full_like(x, 0.5 / count)
    for k in range(count):
        cosine = math.cos(0.5 * math.pi * k / count)
        total = total + (1.0 if k else 0.5) / count * cosine**order * pair(x * cosine)
    return total


i0_derivative: Rule = elementwise(i0_moment, lambda g, _ans, x, order: g * i0_derivative(x, order + 1), None)
i0 = elementwise(np.i0, lambda g, _ans, x: g * i0_derivative(x, 1))


@composite(np.angle)
def angle(z: Array, deg: bool = False) -> Array:
    """Return the angle of complex numbers with the positive real axis."""
    z = asarray(z)
    radians = np.arctan2(np.imag(z), np.real(z))
    return radians * (180.0 / np.pi) if deg else radians


@composite(np.nan_to_num)
def nan_to_num(x: Array, copy: bool = True, nan: Array = 0.0, posinf: Array = None, neginf: Array = None) -> Array:
    """Return ``x`` with numbers for nan and the infinities; these are constant."""
    x = asarray(x)
    if x.dtype.kind == "c":
        y = nan_to_num(x.real, True, nan, posinf, neginf) + 1j * nan_to_num(x.imag, True, nan, posinf, neginf)
    else:
        y = np.where(np.isfinite(x), x, np.nan_to_num(stop_gradient(x), True, nan, posinf, neginf))
    if copy:
        return y
    x[...] = y
    return x[()]


@composite(np.real_if_close)
def real_if_close(a: Array, tol: float = 100) -> Array:
    """Return the real parts if all imaginary parts are within rounding of 0."""
    a = asarray(a)
    return a if np.iscomplexobj(np.real_if_close(stop_gradient(a), tol)) else np.real(a)
