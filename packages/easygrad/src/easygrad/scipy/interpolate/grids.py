"""Interpolation between neighbours: by straight lines, and linear along each axis of a grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from easygrad.core import Array, stop_gradient
from easygrad.rules.shaping import asarray
from easygrad.scipy.interpolate.curves import CubicSpline, PPoly, in_rows, raised


class interp1d:  # noqa: N801  # SciPy's name
    """The curve of straight lines through the points, or with ``kind="cubic"`` the not-a-knot spline."""

    def __init__(
        self, x: Any, y: Any, kind: str = "linear", axis: int = -1, copy: bool = True, bounds_error: Any = None,
        fill_value: Any = np.nan, assume_sorted: bool = False,
    ) -> None:  # fmt: skip
        if kind not in ("linear", "cubic", "slinear"):
            raise NotImplementedError(f"interp1d: no derivative with kind={kind!r}; it takes 'linear' and 'cubic'.")
        x, rows = asarray(x), in_rows(y, axis)
        if not assume_sorted:
            order = np.argsort(stop_gradient(x), kind="mergesort")
            x, rows = x[order], rows[order]
        self.x, self.axis, self.fill_value = x, axis % rows.ndim, fill_value
        self.extrapolate = isinstance(fill_value, str) and fill_value == "extrapolate"
        filled = not (isinstance(fill_value, float) and np.isnan(fill_value))
        self.bounds_error = (not filled) if bounds_error is None else bounds_error
        slope = np.diff(rows, axis=0) / raised(np.diff(x), rows)
        self.curve = CubicSpline(x, rows) if kind == "cubic" else PPoly(np.stack([slope, rows[:-1]]), x)

    def __call__(self, x: Any) -> Array:
        """Return the curve at points of any shape."""
        x = asarray(x)
        plain, breaks = stop_gradient(x), stop_gradient(self.x)
        low, high = plain < breaks[0], plain > breaks[-1]
        value = self.curve(x)
        if not self.extrapolate:
            if self.bounds_error and (np.any(low) or np.any(high)):
                raise ValueError("interp1d: a value in x_new is outside of the interpolation range.")
            fills = self.fill_value if isinstance(self.fill_value, tuple) else (self.fill_value, self.fill_value)
            for outside, fill in zip((low, high), fills, strict=True):
                wide = np.reshape(outside, x.shape + (1,) * (value.ndim - x.ndim))
                value = np.where(wide, fill, value) if np.any(outside) else value
        axes = range(x.ndim)
        return np.moveaxis(value, axes, [self.axis + i for i in axes]) if self.axis else value


class RegularGridInterpolator:
    """The multilinear function on a grid, differentiable by points, values and where it is evaluated."""

    def __init__(
        self, points: Sequence[Any], values: Any, method: str = "linear", bounds_error: bool = True,
        fill_value: Any = np.nan, **options: Any,
    ) -> None:  # fmt: skip
        if method != "linear":
            raise NotImplementedError(f"RegularGridInterpolator: no derivative with method={method!r}, but 'linear'.")
        self.grid, self.values = [asarray(p) for p in points], in_rows(values, 0)
        self.bounds_error, self.fill_value = bounds_error, fill_value

    def __call__(self, xi: Any) -> Array:
        """Return the function at points, whose coordinates are in the last axis."""
        xi = np.stack(list(xi), axis=-1) if isinstance(xi, tuple) else asarray(xi)
        count = len(self.grid)
        if xi.ndim == 1:
            xi = np.reshape(xi, (-1, count))
        plain = stop_gradient(xi)
        outside = np.zeros(xi.shape[:-1], dtype=bool)
        places, shares = [], []
        for axis, grid in enumerate(self.grid):
            breaks = stop_gradient(grid)
            outside = outside | (plain[..., axis] < breaks[0]) | (plain[..., axis] > breaks[-1])
            i = np.clip(np.searchsorted(breaks, plain[..., axis], side="right") - 1, 0, breaks.size - 2)
            places.append(i)
            shares.append((xi[..., axis] - grid[i]) / (grid[i + 1] - grid[i]))
        if self.bounds_error and np.any(outside):
            raise ValueError("RegularGridInterpolator: one of the requested xi is out of bounds.")
        value = self.weighted(places, shares, self.values.ndim - count)
        if self.fill_value is None or not np.any(outside):
            return value
        return np.where(np.reshape(outside, outside.shape + (1,) * (value.ndim - outside.ndim)), self.fill_value, value)

    def weighted(self, places: list[Array], shares: list[Array], rest: int) -> Array:
        """Return the sum over the corners of the cells."""
        total: Any = 0.0
        for corner in np.ndindex(*(2,) * len(places)):
            weight: Any = 1.0
            for share, side in zip(shares, corner, strict=True):
                weight = weight * (share if side else 1.0 - share)
            at = self.values[tuple(i + side for i, side in zip(places, corner, strict=True))]
            total = total + np.reshape(weight, weight.shape + (1,) * rest) * at
        return total
