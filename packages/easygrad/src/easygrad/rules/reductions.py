"""Reductions: functions that fold axes into one number.

The options ``axis`` (None, an int or a tuple), ``keepdims`` and ``where`` mean the same for all of them, so they are
understood in one place: ``spread`` carries a cotangent back over the folded axes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from easygrad.core import Args, Array, Followed, Linear, Options, Rule, cast, entry, general, linear, stop_gradient
from easygrad.rules.composition import composite
from easygrad.rules.shaping import asarray

Axis = int | tuple[int, ...] | None


def axes_of(axis: Axis, ndim: int) -> tuple[int, ...]:
    """Return the axes as a tuple of numbers from 0."""
    if axis is None:
        return tuple(range(ndim))
    return tuple(i % ndim for i in (axis if isinstance(axis, tuple) else (axis,)))


def folded(shape: tuple[int, ...], axis: Axis) -> tuple[int, ...]:
    """Return the shape with 1 at the folded axes, as ``keepdims`` would leave it."""
    axes = axes_of(axis, len(shape))
    return tuple(1 if i in axes else n for i, n in enumerate(shape))


def spread(g: Array, shape: tuple[int, ...], axis: Axis) -> Array:
    """Return the cotangent of a reduction, repeated over the axes that it folded (a view that reads it again)."""
    if type(g) is np.float64:
        return np.ndarray(shape, g.dtype, g, 0, (0,) * len(shape))  # what broadcast_to does, in a tenth of its time
    return np.broadcast_to(g.reshape(folded(shape, axis)), shape)


def selected(g: Array, where: Array) -> Array:
    """Return ``g``, with 0 where an element did not take part."""
    return g if where is True else np.where(where, g, 0.0)


def count(shape: tuple[int, ...], axis: Axis, where: Array) -> Array:
    """Return how many elements each answer was made of, with the folded axes kept."""
    if where is True:
        return math.prod(shape[i] for i in axes_of(axis, len(shape)))
    return np.sum(np.broadcast_to(where, shape), axis=axes_of(axis, len(shape)), keepdims=True)


def share(shape: tuple[int, ...], axis: Axis, where: Array, ddof: float = 0) -> Array:
    """Return one divided by how many elements, less ``ddof``, each answer was made of; nan where there are none."""
    n = count(shape, axis, where) - ddof
    if where is True:
        return 1.0 / n if n > 0 else math.nan
    return 1.0 / np.where(n > 0, n, math.nan)


class Affine(Linear):
    """Linear, but for the constant that the option ``initial`` adds: the tangent does not see that."""

    def tangent(self, ans: Array, args: Args, options: Options, followed: Followed) -> Array:
        """Return the tangent of the answer."""
        return super().tangent(ans, args, {k: v for k, v in options.items() if k != "initial"}, followed)


def sum_transpose(
    ans: Array,
    x: Array,
    axis: Axis = None,
    *,
    dtype: Any = None,
    keepdims: bool = False,
    initial: Array = 0,
    where: Array = True,
) -> Rule:
    """Return ``g -> `` the cotangent of ``x`` in ``sum``."""
    shape = x.shape
    if where is True:
        return lambda g: spread(g, shape, axis)
    return lambda g: selected(spread(g, shape, axis), where)


def mean_transpose(
    ans: Array, x: Array, axis: Axis = None, *, dtype: Any = None, keepdims: bool = False, where: Array = True
) -> Rule:
    """Return ``g -> `` the cotangent of ``x`` in ``mean``."""
    shape = x.shape
    weight = np.asarray(share(shape, axis, where), ans.dtype)
    return lambda g: selected(spread(g, shape, axis) * weight, where)


def total(x: Array, axis: Axis = None, **options: Any) -> Array:
    """Return ``np.sum`` without the checks that NumPy makes before."""
    return np.add.reduce(x, axis, **options)


sum = entry(Affine(np.sum, (sum_transpose,), fast=total))
mean = linear(np.mean, mean_transpose)


def weighted(weights: Callable[..., Array]) -> tuple[Rule, Rule]:
    """Return the rule of a reduction with the gradient ``weights(ans, x, axis, where, initial, ddof)``."""
    return weighted_sum(weights), weighted_spread(weights)


def weighted_sum(weights: Callable[..., Array]) -> Rule:
    """Return the jvp of a reduction with the gradient ``weights(...)``."""

    def jvp(
        ans: Array,
        x: Array,
        axis: Axis = None,
        *,
        dtype: Any = None,
        keepdims: bool = False,
        where: Array = True,
        initial: Array = None,
        ddof: float = 0,
    ) -> Rule:
        x = x if dtype is None else x.astype(dtype)
        w = weights(np.reshape(ans, folded(x.shape, axis)), x, axis, where, initial, ddof)
        return lambda t: np.sum(t * w, axis=axis, keepdims=keepdims)

    return jvp


def weighted_spread(weights: Callable[..., Array]) -> Rule:
    """Return the vjp of a reduction with the gradient ``weights(...)``."""

    def vjp(
        ans: Array,
        x: Array,
        axis: Axis = None,
        *,
        dtype: Any = None,
        keepdims: bool = False,
        where: Array = True,
        initial: Array = None,
        ddof: float = 0,
    ) -> Rule:
        shape, kept = x.shape, x.dtype
        x = x if dtype is None else x.astype(dtype)
        w = weights(np.reshape(ans, folded(shape, axis)), x, axis, where, initial, ddof)
        if dtype is None:
            return lambda g: spread(g, shape, axis) * w
        return lambda g: cast(spread(g, shape, axis) * w, kept)

    return vjp


def equal_shares(ans: Array, x: Array, axis: Axis, where: Array, initial: Array, ddof: float) -> Array:
    """Return 1 at the extreme element; where several are extreme, ``initial`` included, they share equally."""
    extreme = np.equal(x, ans) if where is True else np.equal(x, ans) & where
    n = extreme.sum(axis=axis, keepdims=True) + (0 if initial is None else np.equal(initial, ans))
    return extreme if (n == 1).all() else extreme.astype(x.dtype) / n.astype(x.dtype)


def product_of_others(ans: Array, x: Array, axis: Axis, where: Array, initial: Array, ddof: float) -> Array:
    """Return for each element the product of the other ones; exact where elements are 0."""
    used = x if where is True else np.where(where, x, 1.0)
    size = np.abs(stop_gradient(ans))
    if np.all((size >= np.finfo(size.dtype).tiny) & np.isfinite(size)):  # else zeros, underflow or overflow
        return selected(ans / used, where)
    axes = axes_of(axis, x.ndim)
    rest = [i for i in range(x.ndim) if i not in axes]
    rows = np.reshape(np.transpose(used, (*rest, *axes)), (*(x.shape[i] for i in rest), -1))
    others = products_before(rows) * products_before(rows[..., ::-1])[..., ::-1]
    others = np.reshape(others, [x.shape[i] for i in (*rest, *axes)])
    others = np.transpose(others, np.argsort((*rest, *axes)))
    return selected(others if initial is None else others * initial, where)


def products_before(x: Array) -> Array:
    """Return for each element of a row the product of those before it, by doubling the reach: log2(n) products."""
    x = np.concatenate([np.ones_like(x[..., :1]), x[..., :-1]], axis=-1)
    reach = 1
    while reach < x.shape[-1]:
        x = np.concatenate([x[..., :reach], x[..., reach:] * x[..., :-reach]], axis=-1)
        reach *= 2
    return x


def deviations(ans: Array, x: Array, axis: Axis, where: Array, initial: Array, ddof: float) -> Array:
    """Return the gradient of the variance: ``2 (x - mean) / (n - ddof)``."""
    centred = np.conj(x - np.mean(x, axis=axis, keepdims=True, where=where))
    return selected(centred * np.asarray(2.0 * share(x.shape, axis, where, ddof), x.real.dtype), where)


def scaled_deviations(ans: Array, x: Array, axis: Axis, where: Array, initial: Array, ddof: float) -> Array:
    """Return the gradient of the standard deviation; 0 where all elements are the same."""
    return deviations(ans, x, axis, where, initial, ddof) / np.where(ans == 0, 1.0, 2.0 * ans)


max = general(np.max, weighted(equal_shares))
min = general(np.min, weighted(equal_shares))
prod = general(np.prod, weighted(product_of_others))
amax = composite(np.amax)(max)
amin = composite(np.amin)(min)


def own_variance(a: Array, axis: Axis = None, **options: Any) -> Array:
    """Return ``np.var`` about the mean of the elements themselves."""
    return np.var(a, axis, **options)


def own_deviation(a: Array, axis: Axis = None, **options: Any) -> Array:
    """Return ``np.std`` about the mean of the elements themselves."""
    return np.std(a, axis, **options)


variance = general(own_variance, weighted(deviations))
deviation = general(own_deviation, weighted(scaled_deviations))


def variance_about(
    mean: Array, a: Array, axis: Axis, *, ddof: float, where: Array = True, keepdims: bool = False, dtype: Any = None
) -> Array:
    """Return the mean squared distance from a given mean."""
    distance = (a if dtype is None else a.astype(dtype)) - mean
    squares = np.real(np.sum(distance * np.conj(distance), axis=axis, keepdims=keepdims, where=where))
    n = np.asarray(count(a.shape, axis, where) - ddof, squares.dtype)
    return squares / (n if n.ndim == 0 else n.reshape(squares.shape))


@composite(np.var)
def var(a: Array, axis: Axis = None, *, mean: Array = None, correction: float | None = None, **options: Any) -> Array:
    """Return the variance; about ``mean`` if that is given, with respect to which it has a derivative as well."""
    ddof = options.pop("ddof", 0) if correction is None else correction
    if mean is None:
        return variance(asarray(a), axis, ddof=ddof, **options)
    return variance_about(mean, asarray(a), axis, ddof=ddof, **options)


@composite(np.std)
def std(a: Array, axis: Axis = None, *, mean: Array = None, correction: float | None = None, **options: Any) -> Array:
    """Return the standard deviation, with the options of ``var``; where it is 0, so is the derivative."""
    ddof = options.pop("ddof", 0) if correction is None else correction
    if mean is None:
        return deviation(asarray(a), axis, ddof=ddof, **options)
    squared = variance_about(mean, asarray(a), axis, ddof=ddof, **options)
    return np.where(squared == 0, 0.0, np.sqrt(np.where(squared == 0, 1.0, squared)))


REDUCTIONS: dict[np.ufunc, Rule] = {np.add: sum, np.multiply: prod, np.maximum: max, np.minimum: min}
