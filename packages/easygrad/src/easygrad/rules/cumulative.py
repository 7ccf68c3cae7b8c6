"""Running sums and products.

All are written with two primitives: ``cumsum``, which is linear, and ``cumprod``, whose derivative is a recurrence that
is exact for any number of zeros. To add one, write it with these.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from easygrad.core import Array, Rule, cast, stop_gradient
from easygrad.primitives import general, linear
from easygrad.rules.composition import composite, newer
from easygrad.rules.shaping import asarray, concatenate


def cumsum_back(x: Array, axis: int) -> Array:
    """Return the running sum from the end."""
    return np.flip(np.cumsum(np.flip(x, axis), axis), axis)


def cumsum_transpose(ans: Array, x: Array, axis: int | None = None, *, dtype: Any = None) -> Rule:
    """Return ``g -> `` the running sum of ``g`` from the end."""
    shape, along = x.shape, 0 if axis is None else axis
    return lambda g: cumsum_back(g, along).reshape(shape)


cumsum = linear(np.cumsum, cumsum_transpose)


def normal(x: Array) -> bool:
    """Return whether no number is 0, infinite, or so small that it has lost digits."""
    size = np.abs(stop_gradient(x))
    return bool(np.all((size >= np.finfo(size.dtype).tiny) & np.isfinite(size)))


def recurrence(x: Array, b: Array) -> Array:
    """Return the rows ``y[i] = x[i] y[i-1] + b[i]``, doubling the reach (Hillis and Steele, 1986)."""
    reach = 1
    while reach < b.shape[-1]:
        ahead, behind = x[..., reach:], slice(None, -reach)
        b = np.concatenate([b[..., :reach], b[..., reach:] + ahead * b[..., behind]], axis=-1)
        x = np.concatenate([x[..., :reach], ahead * x[..., behind]], axis=-1)
        reach *= 2
    return b


def delayed(x: Array, first: float) -> Array:
    """Return rows moved on by one place, with another first element."""
    return np.concatenate([np.full_like(x[..., :1], first), x[..., :-1]], axis=-1)


def cumprod_jvp(ans: Array, x: Array, axis: int | None = None, *, dtype: Any = None) -> Rule:
    """Return ``t -> `` the tangent of the running product: ``dy[i] = x[i] dy[i-1] + y[i-1] dx[i]``."""
    along = 0 if axis is None else axis
    if normal(ans):
        return lambda t: ans * np.cumsum(t / x, axis)
    factors, before = rows(x, axis), delayed(rows(ans, along), 1.0)
    return lambda t: np.moveaxis(recurrence(factors, before * rows(t, axis)), -1, along)


def cumprod_vjp(ans: Array, x: Array, axis: int | None = None, *, dtype: Any = None) -> Rule:
    """Return ``g -> `` the transpose of ``cumprod_jvp``: the recurrence from the end."""
    along, shape, kept = 0 if axis is None else axis, x.shape, x.dtype
    if normal(ans):
        flat = x.reshape(ans.shape)
        return lambda g: cast((cumsum_back(g * ans, along) / flat).reshape(shape), kept)
    factors, before = delayed(np.flip(rows(x, axis), -1), 0.0), delayed(rows(ans, along), 1.0)

    def vjp(g: Array) -> Array:
        row = before * np.flip(recurrence(factors, np.flip(rows(g, along), -1)), -1)
        return cast(np.moveaxis(row, -1, along).reshape(shape), kept)

    return vjp


def rows(x: Array, axis: int | None) -> Array:
    """Return the array with an axis as the last, or flattened."""
    return x.reshape(-1) if axis is None else np.moveaxis(x, axis, -1)


cumprod = general(np.cumprod, (cumprod_jvp, cumprod_vjp))


def filled(a: Array, value: float) -> Array:
    """Return the array with a value in the place of nan."""
    x = asarray(a)
    missing = np.isnan(stop_gradient(x))
    return np.where(missing, value, x) if np.any(missing) else x


@composite(np.nancumsum)
def nancumsum(a: Array, axis: int | None = None, dtype: Any = None) -> Array:
    """Return the running sum, with nan counted as 0."""
    return cumsum(filled(a, 0.0), axis, dtype=dtype)


@composite(np.nancumprod)
def nancumprod(a: Array, axis: int | None = None, dtype: Any = None) -> Array:
    """Return the running product, with nan counted as 1."""
    return cumprod(filled(a, 1.0), axis, dtype=dtype)


def with_initial(x: Array, axis: int | None, first: float, include: bool) -> Array:
    """Return the array with the neutral element in front where that is to be included."""
    x = asarray(x)
    if axis is None and x.ndim != 1:
        raise ValueError("cumulative_sum and cumulative_prod need an axis where the array has not one dimension.")
    shape = [1 if i == (axis or 0) % x.ndim else n for i, n in enumerate(x.shape)]
    return concatenate([np.full(shape, first, x.dtype), x], axis or 0) if include else x


@newer("cumulative_sum")
def cumulative_sum(x: Array, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False) -> Array:
    """Return the running sum, with a 0 in front if that is to be included."""
    return cumsum(with_initial(x, axis, 0.0, include_initial), axis, dtype=dtype)


@newer("cumulative_prod")
def cumulative_prod(x: Array, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False) -> Array:
    """Return the running product, with a 1 in front if that is to be included."""
    return cumprod(with_initial(x, axis, 1.0, include_initial), axis, dtype=dtype)


def running(ufunc: np.ufunc) -> Rule:
    """Return ``accumulate`` of maximum or minimum: of equal elements the last, and nan from the first one on."""

    def running_extreme(array: Array, axis: int = 0) -> Array:
        x = stop_gradient(array)
        places = np.indices(x.shape, sparse=True)[axis]
        held = np.where((x == ufunc.accumulate(x, axis)) | np.isnan(x), places, 0)
        return np.take_along_axis(array, np.maximum.accumulate(held, axis), axis)

    return running_extreme


ACCUMULATIONS: dict[np.ufunc, Rule] = {np.add: cumsum, np.multiply: cumprod}
ACCUMULATIONS |= {extreme: running(extreme) for extreme in (np.maximum, np.minimum)}
