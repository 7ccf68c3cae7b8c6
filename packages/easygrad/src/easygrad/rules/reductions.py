"""Reductions: functions that fold axes into one number.

The options ``axis`` (None, an int or a tuple), ``keepdims`` and ``where`` mean the same for all of them, so they are
understood in one place: ``spread`` carries a cotangent back over the folded axes.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from easygrad.core import Args, Array, Box, Followed, Linear, Options, Reverse, Rule, apply, cast, linked
from easygrad.primitives import elementwise, entry, general, named
from easygrad.rules.composition import composite
from easygrad.rules.cumulative import delayed, normal
from easygrad.rules.elementwise import nonzero
from easygrad.rules.shaping import asarray, repeated

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
        return repeated(g, shape)
    if type(g) is np.ndarray and type(axis) is int and 0 < g.ndim < len(shape) and g.flags.c_contiguous and g.size:
        place = axis % len(shape)
        steps = (*g.strides[:place], 0, *g.strides[place:])
        view = np.ndarray(shape, g.dtype, g, 0, steps)  # in a fifth of broadcast_to's time
        view.flags.writeable = False
        return view
    return np.broadcast_to(g if g.shape == () else g.reshape(folded(shape, axis)), shape)


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
    ans: Any, x: Any, axis: Any = None, *, dtype: Any = None, keepdims: Any = False, initial: Any = 0, where: Any = True
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
    if where is True:
        weight = share(shape, axis, where)
        return lambda g: spread(g * weight, shape, axis)
    weights = share(shape, axis, where).astype(ans.dtype)
    return lambda g: selected(spread(g, shape, axis) * weights, where)


def total(x: Array, axis: Axis = None, **options: Any) -> Array:
    """Return ``np.sum`` without the checks that NumPy makes before."""
    return np.add.reduce(x, axis, **options)


def of_all(primitive: Linear, rule: Rule) -> Rule:
    """Return the entry point of a reduction: ``entry``, but all elements of a box are folded on the shortest way.

    There ``rule(g, weight, shape)`` returns the cotangent of ``a``; the weight is one by the number of elements.
    """
    with_options = entry(primitive)

    def call(a: Array, axis: Axis = None, *args: Any, **options: Any) -> Array:
        if type(a) is not Box or axis is not None or args or options:
            return with_options(a, axis, *args, **options)
        if type(a.owner) is not Reverse:
            return apply(primitive, (a,), {})
        x = a.value
        ans = call(x) if type(x) is Box else primitive.fast(x)
        return linked(ans, a.owner, a.node, rule, 1.0 / (x.size or math.nan), x.shape)

    return named(call, primitive)


sum = of_all(Affine(np.sum, (sum_transpose,), fast=total), lambda g, _weight, shape: spread(g, shape, None))
mean = of_all(Linear(np.mean, (mean_transpose,)), lambda g, weight, shape: spread(g * weight, shape, None))


def weighted(weights: Rule) -> tuple[Rule, Rule]:
    """Return jvp and vjp of a reduction with the gradient ``weights(ans, x, axis, where, initial, ddof)``."""

    def way(forward: bool) -> Rule:
        def rule(
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
            kept_axes = ans if axis is None else np.reshape(ans, folded(shape, axis))
            w = weights(kept_axes, x, axis, where, initial, ddof)
            if forward:
                return lambda t: np.sum(t * w, axis=axis, keepdims=keepdims)
            return lambda g: cast(spread(g, shape, axis) * w, kept)

        return rule

    return way(True), way(False)


def equal_shares(ans: Array, x: Array, axis: Axis, where: Array, initial: Array, ddof: float) -> Array:
    """Return 1 at the extreme element; where several are extreme, ``initial`` included, they share equally."""
    extreme = np.equal(x, ans) if where is True else np.equal(x, ans) & where
    if where is True and initial is None and np.count_nonzero(extreme) == ans.size and not np.isnan(ans).any():
        return extreme  # one for each answer
    n = extreme.sum(axis=axis, keepdims=True) + (0 if initial is None else np.equal(initial, ans))
    return extreme if (n == 1).all() else extreme.astype(x.dtype) / n.astype(x.dtype)


def product_of_others(ans: Array, x: Array, axis: Axis, where: Array, initial: Array, ddof: float) -> Array:
    """Return for each element the product of the other ones; exact where elements are 0."""
    used = x if where is True else np.where(where, x, 1.0)
    if normal(ans):  # else zeros, underflow or overflow
        return selected(ans / used, where)
    axes = axes_of(axis, x.ndim)
    last = range(-len(axes), 0)
    moved = np.moveaxis(used, axes, last)
    rows = np.reshape(moved, (*moved.shape[: x.ndim - len(axes)], -1))
    others = np.cumprod(delayed(rows, 1.0), -1) * np.flip(np.cumprod(delayed(np.flip(rows, -1), 1.0), -1), -1)
    others = np.moveaxis(np.reshape(others, moved.shape), last, axes)
    return selected(others if initial is None else others * initial, where)


def deviations(ans: Array, x: Array, axis: Axis, where: Array, initial: Array, ddof: float) -> Array:
    """Return the gradient of the variance: ``2 (x - mean) / (n - ddof)``."""
    centred = np.conj(x - np.mean(x, axis=axis, keepdims=True, where=where))
    return selected(centred * np.asarray(2.0 * share(x.shape, axis, where, ddof), x.real.dtype), where)


max, min = general(np.max, weighted(equal_shares)), general(np.min, weighted(equal_shares))
prod = general(np.prod, weighted(product_of_others))
amax, amin = composite(np.amax)(max), composite(np.amin)(min)
variance = general(lambda a, axis=None, **options: np.var(a, axis, **options), weighted(deviations), name="var")
# The square root, with the derivative 0 at 0
root = elementwise(
    lambda x: np.sqrt(x), lambda g, ans, _x: np.where(ans == 0, 0.0, g / nonzero(ans + ans)), name="sqrt"
)


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
def std(a: Array, axis: Axis = None, **options: Any) -> Array:
    """Return the standard deviation, with the options of ``var``; where it is 0, so is the derivative."""
    return root(var(a, axis, **options))


REDUCTIONS: dict[np.ufunc, Rule] = {np.add: sum, np.multiply: prod, np.maximum: max, np.minimum: min}
