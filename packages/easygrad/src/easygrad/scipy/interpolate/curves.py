"""Curves of polynomial pieces, differentiable by breakpoints, data, and where they are evaluated.

A curve of cubic pieces is made of its values and slopes at the breakpoints: ``CubicSpline`` solves for the slopes,
``PchipInterpolator`` and ``Akima1DInterpolator`` have formulas for them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from easygrad.core import Array, stop_gradient
from easygrad.rules.shaping import asarray
from easygrad.scipy.linalg.systems import solve_banded


def in_rows(y: Array, axis: int) -> Array:
    """Return the data with the axis of interpolation first, as real or complex numbers."""
    y = np.moveaxis(asarray(y), axis, 0)
    return y if y.dtype.kind in "fc" else y.astype(float)


def raised(x: Array, y: Array) -> Array:
    """Return a vector with as many axes as ``y``, along the first of them."""
    return np.reshape(x, (-1,) + (1,) * (y.ndim - 1))


def increasing(name: str, x: Array, y: Array) -> None:
    """Refuse breakpoints that are not in increasing order, or not as many as the data."""
    if x.ndim != 1 or x.size < 2 or x.shape[0] != y.shape[0]:
        raise ValueError(f"{name}: x must be a vector of at least 2 points, as many as y; not {x.shape} and {y.shape}.")
    if np.any(np.diff(stop_gradient(x)) <= 0):
        raise ValueError(f"{name}: x must be strictly increasing sequence.")


class PPoly:
    """A curve of polynomial pieces: the coefficients ``c`` of falling powers of ``x - x[i]``, and breakpoints ``x``."""

    def __init__(self, c: Any, x: Any, extrapolate: Any = None, axis: int = 0) -> None:
        self.c = np.moveaxis(np.moveaxis(asarray(c), axis + 1, 0), axis + 1, 0) if axis else asarray(c)
        self.x, self.axis = asarray(x), axis
        self.extrapolate = True if extrapolate is None else extrapolate

    def like(self, c: Array) -> PPoly:
        """Return a curve with the same breakpoints and other coefficients."""
        new = PPoly(c, self.x, self.extrapolate)
        new.axis = self.axis
        return new

    def __call__(self, x: Any, nu: int = 0, extrapolate: Any = None) -> Array:
        """Return the curve, or its derivative of order ``nu``, at points of any shape."""
        if nu:
            return (self.derivative(nu) if nu > 0 else self.antiderivative(-nu))(x, 0, extrapolate)
        extrapolate = self.extrapolate if extrapolate is None else extrapolate
        x, breaks = asarray(x), stop_gradient(self.x)
        if extrapolate == "periodic":
            period = self.x[-1] - self.x[0]
            x = x - period * np.floor(stop_gradient((x - self.x[0]) / period))
        plain = stop_gradient(x)
        i = np.clip(np.searchsorted(breaks, plain, side="right") - 1, 0, breaks.size - 2)
        rest = self.c.ndim - 2
        h = np.reshape(x - self.x[i], x.shape + (1,) * rest)
        value = self.c[0][i]
        for coefficients in self.c[1:]:
            value = value * h + coefficients[i]
        if extrapolate is False or extrapolate == 0:
            outside = (plain < breaks[0]) | (plain > breaks[-1])
            value = np.where(np.reshape(outside, x.shape + (1,) * rest), np.nan, value)
        points = range(x.ndim)
        return np.moveaxis(value, points, [self.axis + k for k in points]) if self.axis else value

    def derivative(self, nu: int = 1) -> PPoly:
        """Return the derivative as a curve."""
        c = self.c
        for _ in range(nu):
            powers = np.arange(c.shape[0] - 1, 0, -1)
            c = c[:-1] * np.reshape(powers, (-1,) + (1,) * (c.ndim - 1)) if powers.size else 0.0 * c
        return self.like(c)

    def antiderivative(self, nu: int = 1) -> PPoly:
        """Return the integral from the first breakpoint as a curve."""
        curve = self
        for _ in range(nu):
            powers = np.reshape(np.arange(curve.c.shape[0], 0, -1), (-1,) + (1,) * (curve.c.ndim - 1))
            c = curve.c / powers
            h = np.reshape(np.diff(self.x), (-1,) + (1,) * (c.ndim - 2))
            areas = sum(c[k] * h ** (c.shape[0] - k) for k in range(c.shape[0]))
            starts = np.concatenate([np.zeros_like(areas[:1]), np.cumsum(areas, axis=0)[:-1]])
            curve = self.like(np.concatenate([c, starts[None]]))
        return curve

    def integrate(self, a: Any, b: Any, extrapolate: Any = None) -> Array:
        """Return the integral from ``a`` to ``b``; not for periodic extrapolation."""
        extrapolate = self.extrapolate if extrapolate is None else extrapolate
        if extrapolate == "periodic":
            raise NotImplementedError("integrate: no derivative with periodic extrapolation; split the range.")
        whole = self.antiderivative()
        return whole(b, 0, extrapolate) - whole(a, 0, extrapolate)


class CubicHermiteSpline(PPoly):
    """The curve of cubic pieces with these values and slopes at the breakpoints."""

    def __init__(self, x: Any, y: Any, dydx: Any, axis: int = 0, extrapolate: Any = None) -> None:
        x, y, slopes = asarray(x), in_rows(y, axis), in_rows(dydx, axis)
        increasing(type(self).__name__, x, y)
        h = raised(np.diff(x), y)
        chord = np.diff(y, axis=0) / h
        bend = (slopes[:-1] + slopes[1:] - 2.0 * chord) / h
        super().__init__(np.stack([bend / h, (chord - slopes[:-1]) / h - bend, slopes[:-1], y[:-1]]), x, extrapolate)
        self.axis = axis % y.ndim


class CubicSpline(CubicHermiteSpline):
    """The twice differentiable curve of cubic pieces through the points, in linear time.

    ``bc_type`` as in SciPy: "not-a-knot", "natural", "clamped", "periodic", or ``(order, value)`` for each end, with
    the order 1 or 2 of the derivative that is given there.
    """

    def __init__(self, x: Any, y: Any, axis: int = 0, bc_type: Any = "not-a-knot", extrapolate: Any = None) -> None:
        x, rows = asarray(x), in_rows(y, axis)
        increasing("CubicSpline", x, rows)
        if isinstance(bc_type, str) and bc_type == "periodic":
            extrapolate = "periodic" if extrapolate is None else extrapolate
            slopes = periodic_slopes(x, rows)
        else:
            slopes = spline_slopes(x, rows, bc_type)
        super().__init__(x, rows, slopes, 0, extrapolate)
        self.axis = axis % rows.ndim


def end_conditions(bc_type: Any) -> list[Any]:
    """Return the condition at each end, by name or as order and value."""
    named = {"natural": (2, 0.0), "clamped": (1, 0.0)}
    both = [bc_type, bc_type] if isinstance(bc_type, str) else list(bc_type)
    ends = [named.get(end, end) if isinstance(end, str) else end for end in both]
    for end in ends:
        if (end != "not-a-knot") if isinstance(end, str) else (end[0] not in (1, 2)):
            raise ValueError(f"CubicSpline: bc_type {end!r} is unknown.")
    return ends


def spline_slopes(x: Array, y: Array, bc_type: Any) -> Array:
    """Return the slopes at the breakpoints, from a tridiagonal system (with one more band for not-a-knot)."""
    ends, n = end_conditions(bc_type), x.size
    h = np.diff(x)
    chord = np.diff(y, axis=0) / raised(h, y)
    if n == 2:
        ends = [(1, chord[0]) if end == "not-a-knot" else end for end in ends]
    if n == 3 and ends == ["not-a-knot", "not-a-knot"]:
        return parabola_slopes(h, chord)
    first = end_row(ends[0], h, chord)
    last = end_row(ends[1], h[::-1], chord[::-1], sign=-1.0)
    middle = 3.0 * (raised(h[1:], y) * chord[:-1] + raised(h[:-1], y) * chord[1:])
    zero = np.zeros(1, x.dtype)
    below = np.concatenate([h[1:], np.stack([last[1]]), zero])
    diagonal = np.concatenate([np.stack([first[0]]), 2.0 * (h[:-1] + h[1:]), np.stack([last[0]])])
    above = np.concatenate([zero, np.stack([first[1]]), h[:-1]])
    right = np.concatenate([first[2][None], middle, last[2][None]])
    flat = solve_banded((1, 1), np.stack([above, diagonal, below]), np.reshape(right, (n, -1)))
    return np.reshape(flat, y.shape)


def end_row(end: Any, h: Array, chord: Array, sign: float = 1.0) -> tuple[Array, Array, Array]:
    """Return the two coefficients and the right side of the equation for the slope at an end."""
    one = 0.0 * h[0] + 1.0
    if isinstance(end, str):  # the third derivative is the same on both sides of the next breakpoint
        whole = h[0] + h[1]
        right = ((h[0] + 2.0 * whole) * h[1] * chord[0] + h[0] * h[0] * chord[1]) / whole
        return h[1], whole, right
    order, value = end
    given = asarray(value) + 0.0 * chord[0]
    if order == 1:
        return one, 0.0 * one, given
    return 2.0 * one, one, 3.0 * chord[0] - sign * 0.5 * h[0] * given


def parabola_slopes(h: Array, chord: Array) -> Array:
    """Return the slopes of the parabola through three points."""
    bend = (chord[1] - chord[0]) / (h[0] + h[1])
    return np.stack([chord[0] - bend * h[0], chord[0] + bend * h[0], chord[1] + bend * h[1]])


def periodic_slopes(x: Array, y: Array) -> Array:
    """Return the slopes of the curve that goes on as it began."""
    n, plain = x.size - 1, stop_gradient(y)
    if not np.allclose(plain[0], plain[-1], rtol=1e-15, atol=1e-15):
        raise ValueError("CubicSpline: the first and the last element of y must be equal for bc_type='periodic'.")
    h = np.diff(x)
    chord = np.diff(y, axis=0) / raised(h, y)
    if n == 1:
        return np.zeros_like(y)
    before = np.roll(h, 1)
    right = 3.0 * (raised(h, y) * np.roll(chord, 1, axis=0) + raised(before, y) * chord)
    eye = np.eye(n)
    matrix = (
        (2.0 * (h + before))[:, None] * eye
        + h[:, None] * np.roll(eye, -1, axis=1)
        + before[:, None] * np.roll(eye, 1, axis=1)
    )
    slopes = np.reshape(np.linalg.solve(matrix, np.reshape(right, (n, -1))), (n, *y.shape[1:]))
    return np.concatenate([slopes, slopes[:1]])


class PchipInterpolator(CubicHermiteSpline):
    """The curve of cubic pieces that is monotonic where the data are (Fritsch and Butland 1984)."""

    def __init__(self, x: Any, y: Any, axis: int = 0, extrapolate: Any = None) -> None:
        x, rows = asarray(x), in_rows(y, axis)
        increasing("PchipInterpolator", x, rows)
        super().__init__(x, rows, monotonic_slopes(x, rows), 0, extrapolate)
        self.axis = axis % rows.ndim


def monotonic_slopes(x: Array, y: Array) -> Array:
    """Return harmonic means of the slopes on both sides, 0 where these differ in sign."""
    h = raised(np.diff(x), y)
    chord = np.diff(y, axis=0) / h
    if x.size == 2:
        return np.concatenate([chord, chord])
    left, right = chord[:-1], chord[1:]
    before, after = 2.0 * h[1:] + h[:-1], h[1:] + 2.0 * h[:-1]
    same = stop_gradient(left) * stop_gradient(right) > 0
    safe_left, safe_right = np.where(same, left, 1.0), np.where(same, right, 1.0)
    mean = (before + after) / (before / safe_left + after / safe_right)
    inner = np.where(same, mean, 0.0)
    ends = [limited_end(h[0], h[1], chord[0], chord[1]), limited_end(h[-1], h[-2], chord[-1], chord[-2])]
    return np.concatenate([ends[0][None], inner, ends[1][None]])


def limited_end(h: Array, next_h: Array, chord: Array, next_chord: Array) -> Array:
    """Return the slope at an end by three points, kept from changing the sign or growing too steep."""
    slope = ((2.0 * h + next_h) * chord - h * next_chord) / (h + next_h)
    plain, first, second = stop_gradient((slope, chord, next_chord))
    steep = (np.sign(first) != np.sign(second)) & (np.abs(plain) > 3.0 * np.abs(first))
    return np.where(np.sign(plain) != np.sign(first), 0.0, np.where(steep, 3.0 * chord, slope))


class Akima1DInterpolator(CubicHermiteSpline):
    """The curve of cubic pieces whose slopes are means, weighted by how little the data bend (Akima 1970)."""

    def __init__(self, x: Any, y: Any, axis: int = 0, *, method: str = "akima", extrapolate: Any = None) -> None:
        if method not in ("akima", "makima"):
            raise NotImplementedError(f"Akima1DInterpolator: method={method!r}; it is 'akima' or 'makima'.")
        x, rows = asarray(x), in_rows(y, axis)
        increasing("Akima1DInterpolator", x, rows)
        slopes = akima_slopes(x, rows, method)
        super().__init__(x, rows, slopes, 0, False if extrapolate is None else extrapolate)
        self.axis = axis % rows.ndim


def akima_slopes(x: Array, y: Array, method: str) -> Array:
    """Return the slopes by Akima's weights; where all are 0, the mean of both sides."""
    chord = np.diff(y, axis=0) / raised(np.diff(x), y)
    if x.size == 2:
        return np.concatenate([chord, chord])
    before = 2.0 * chord[0] - chord[1]
    after = 2.0 * chord[-1] - chord[-2]
    m = np.concatenate(
        [(2.0 * before - chord[0])[None], before[None], chord, after[None], (2.0 * after - chord[-1])[None]]
    )
    bends, sums = np.abs(np.diff(m, axis=0)), np.abs(m[1:] + m[:-1])
    weights = bends + 0.5 * sums if method == "makima" else bends
    right, left = weights[2:], weights[:-2]
    total = stop_gradient(left + right)
    flat = total <= 1e-9 * np.max(total, initial=0.0)
    mean = 0.5 * (m[3:] + m[:-3]) if method == "akima" else 0.0 * m[3:]
    weighted = (right * m[1:-2] + left * m[2:-1]) / np.where(flat, 1.0, left + right)
    return np.where(flat, mean, weighted)
