"""Integrals of sampled functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.integrate

from easygrad.core import Array
from easygrad.rules.composition import composite
from easygrad.rules.shaping import asarray


@composite(scipy.integrate.trapezoid)
def trapezoid(y: Array, x: Array | None = None, dx: Any = 1.0, axis: int = -1) -> Array:
    """Return the integral along an axis by straight lines."""
    return np.trapezoid(y, x, dx, axis)


def widths(y: Array, x: Array | None, dx: Any, axis: int) -> Array:
    """Return the distances of the samples, in the last axis, to which ``y`` has been moved."""
    if x is None:
        return dx * np.ones(y.shape[-1] - 1, dtype=y.dtype)
    x = asarray(x)
    return np.diff(x if x.ndim == 1 else np.moveaxis(x, axis, -1), axis=-1)


@composite(scipy.integrate.cumulative_trapezoid)
def cumulative_trapezoid(
    y: Array, x: Array | None = None, dx: Any = 1.0, axis: int = -1, initial: float | None = None
) -> Array:
    """Return the integrals up to each sample by straight lines; with ``initial=0`` beginning with 0."""
    if initial not in (None, 0):
        raise ValueError(f"cumulative_trapezoid: initial={initial!r}; it is None or 0.")
    y = np.moveaxis(asarray(y), axis, -1)
    total = np.cumsum(widths(y, x, dx, axis) * (y[..., 1:] + y[..., :-1]) * 0.5, axis=-1)
    if initial is not None:
        total = np.concatenate([np.zeros_like(total[..., :1]), total], axis=-1)
    return np.moveaxis(total, -1, axis)


@composite(scipy.integrate.simpson)
def simpson(y: Array, x: Array | None = None, *, dx: Any = 1.0, axis: int = -1) -> Array:
    """Return the integral along an axis by parabolas.

    Of an even number of samples the last interval is integrated by the parabola of the last three (Cartwright 2017,
    J. Math. Sci. Math. Educ. 12, 1), of two by a straight line.
    """
    y = np.moveaxis(asarray(y), axis, -1)
    h, n = widths(y, x, dx, axis), y.shape[-1]
    if n < 3:
        return np.sum(h * (y[..., 1:] + y[..., :-1]), axis=-1) * 0.5
    odd = n if n % 2 else n - 1
    total = parabolas(y[..., :odd], h[..., : odd - 1])
    return total if n % 2 else total + last_interval(y, h[..., -2], h[..., -1])


def parabolas(y: Array, h: Array) -> Array:
    """Return the integral of the parabolas through three neighbours each."""
    left, right = h[..., 0::2], h[..., 1::2]
    whole = left + right
    first = y[..., 0:-2:2] * (2.0 - right / left)
    middle = y[..., 1:-1:2] * (whole * whole / (left * right))
    last = y[..., 2::2] * (2.0 - left / right)
    return np.sum(whole * (first + middle + last), axis=-1) / 6.0


def last_interval(y: Array, before: Array, h: Array) -> Array:
    """Return the integral over the last interval of the parabola through the last three samples."""
    whole = before + h
    alpha = (2.0 * h * h + 3.0 * before * h) / (6.0 * whole)
    beta = (h * h + 3.0 * before * h) / (6.0 * before)
    eta = h * h * h / (6.0 * before * whole)
    return alpha * y[..., -1] + beta * y[..., -2] - eta * y[..., -3]


@composite(scipy.integrate.romb)
def romb(y: Array, dx: Any = 1.0, axis: int = -1, show: bool = False) -> Array:
    """Return the integral along an axis of 2^k + 1 samples by Romberg's extrapolation."""
    y = np.moveaxis(asarray(y), axis, -1)
    n = y.shape[-1] - 1
    if n < 1 or n & (n - 1):
        raise ValueError(f"romb: Number of samples must be one plus a non-negative power of 2, but is {n + 1}.")
    steps = [2**k for k in range(n.bit_length() - 1, -1, -1)]
    column = [np.trapezoid(y[..., ::step], dx=step * dx, axis=-1) for step in steps]
    power = 1.0
    while len(column) > 1:
        power *= 4.0
        column = [(power * column[i + 1] - column[i]) / (power - 1.0) for i in range(len(column) - 1)]
    return column[0]
