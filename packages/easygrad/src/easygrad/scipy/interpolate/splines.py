"""Splines by their coefficients on plain knots: linear in the coefficients, smooth in the points.

Two primitives, each the transpose of the other: the sum of the basis splines with given coefficients, and the sums of
given numbers with each basis spline. By the points each has the derivatives of the basis splines.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.interpolate

from easygrad.core import Array, Rule, projected, stop_gradient
from easygrad.primitives import general
from easygrad.rules.shaping import asarray
from easygrad.scipy.interpolate.curves import in_rows, raised


def basis(t: Array, k: int, x: Array, nu: int, extrapolate: Any) -> Array:
    """Return the values at plain points of the derivatives of the basis splines, one in each column."""
    n = t.size - k - 1
    return scipy.interpolate.BSpline(t, np.eye(n), k)(x, nu, extrapolate)


def point_rule(ans: Array, c: Array, x: Array, *, t: Array, k: int, nu: int, extrapolate: Any) -> Rule:
    """Return ``t -> `` the change of the values with the points, which is the next derivative times it."""
    slope = on_basis(c, x, t=t, k=k, nu=nu + 1, extrapolate=extrapolate)
    return lambda change: slope * raised(change, slope)


def point_vjp(ans: Array, c: Array, x: Array, *, t: Array, k: int, nu: int, extrapolate: Any) -> Rule:
    """Return ``g -> `` the cotangent of the points."""
    slope = on_basis(c, x, t=t, k=k, nu=nu + 1, extrapolate=extrapolate)
    return projected(lambda g: np.sum(np.reshape(g * slope, (slope.shape[0], -1)), axis=1), x)


def weights_transpose(ans: Array, c: Array, x: Array, *, t: Array, k: int, nu: int, extrapolate: Any) -> Rule:
    """Return ``g -> `` the cotangent of the coefficients."""
    return projected(lambda g: spread_on_basis(g, x, t=t, k=k, nu=nu, extrapolate=extrapolate), c)


def spread(g: Array, x: Array, *, t: Array, k: int, nu: int, extrapolate: Any) -> Array:
    """Return the transposed basis times ``g``."""
    return np.tensordot(basis(t, k, x, nu, extrapolate).T, g, 1)


on_basis: Rule = general(
    lambda c, x, *, t, k, nu, extrapolate: np.tensordot(basis(t, k, x, nu, extrapolate), c, 1),
    (
        lambda ans, c, x, *, t, k, nu, extrapolate: (
            lambda change: on_basis(change, x, t=t, k=k, nu=nu, extrapolate=extrapolate)
        ),
        weights_transpose,
    ),
    (point_rule, point_vjp),
    name="BSpline",
)
spread_on_basis: Rule = general(
    spread,
    (
        lambda ans, g, x, *, t, k, nu, extrapolate: (
            lambda change: spread_on_basis(change, x, t=t, k=k, nu=nu, extrapolate=extrapolate)
        ),
        lambda ans, g, x, *, t, k, nu, extrapolate: projected(
            lambda c: on_basis(c, x, t=t, k=k, nu=nu, extrapolate=extrapolate), g
        ),
    ),
    (
        lambda ans, g, x, *, t, k, nu, extrapolate: (
            lambda change: spread_on_basis(g * raised(change, g), x, t=t, k=k, nu=nu + 1, extrapolate=extrapolate)
        ),
        lambda ans, g, x, *, t, k, nu, extrapolate: projected(
            lambda c: np.sum(
                np.reshape(g * on_basis(c, x, t=t, k=k, nu=nu + 1, extrapolate=extrapolate), (x.shape[0], -1)), axis=1
            ),
            x,
        ),
    ),
    name="BSpline",
)


class BSpline:
    """A spline by its coefficients, at plain knots: differentiable by the coefficients and where it is evaluated."""

    def __init__(self, t: Any, c: Any, k: int, extrapolate: Any = True, axis: int = 0) -> None:
        if stop_gradient(t) is not t:
            raise NotImplementedError("BSpline: no derivative with respect to the knots t.")
        self.t, self.k, self.axis, self.extrapolate = np.asarray(t, float), k, axis, extrapolate
        self.c = in_rows(c, axis)

    def __call__(self, x: Any, nu: int = 0, extrapolate: Any = None) -> Array:
        """Return the spline, or its derivative of order ``nu``, at points of any shape."""
        x, n = asarray(x), self.t.size - self.k - 1
        points = np.reshape(x, -1) if x.dtype.kind == "f" else np.reshape(x, -1).astype(float)
        choice = self.extrapolate if extrapolate is None else extrapolate
        value = on_basis(self.c[:n], points, t=self.t, k=self.k, nu=nu, extrapolate=choice)
        value = np.reshape(value, (*x.shape, *self.c.shape[1:]))
        axes = range(x.ndim)
        return np.moveaxis(value, axes, [self.axis + i for i in axes]) if self.axis else value


def splev(x: Any, tck: Any, der: int = 0, ext: int = 0) -> Any:
    """Return a spline of ``splrep`` at points, by points and coefficients; ``ext`` is 0 where derivatives are taken."""
    t, c, k = tck
    if stop_gradient(x) is x and stop_gradient(c) is c:
        return scipy.interpolate.splev(x, tck, der, ext)
    if ext:
        raise NotImplementedError(f"splev: no derivative with ext={ext!r}; it takes 0.")
    return BSpline(t, c, k)(x, der)


def make_interp_spline(x: Any, y: Any, k: int = 3, t: Any = None, bc_type: Any = None, axis: int = 0) -> BSpline:
    """Return the spline of degree ``k`` through the points, differentiable by ``y``; the points are plain."""
    if stop_gradient(x) is not x:
        raise NotImplementedError("make_interp_spline: no derivative with respect to x; CubicSpline has one.")
    rows = in_rows(y, axis)
    unit = scipy.interpolate.make_interp_spline(x, np.eye(rows.shape[0]), k, t, bc_type)  # it is linear in y
    spline = BSpline(unit.t, np.tensordot(unit.c, rows, 1), k)
    spline.axis = axis % rows.ndim
    return spline
