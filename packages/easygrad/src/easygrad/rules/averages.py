"""Averages, medians and quantiles, and the reductions that leave out nan.

They are written with the reductions and with elements read by rank. To add one, do likewise. An element that is nan and
left out has the derivative 0.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from easygrad.core import Array, Rule, stop_gradient
from easygrad.primitives import elementwise
from easygrad.rules import reductions
from easygrad.rules.composition import composite
from easygrad.rules.cumulative import filled
from easygrad.rules.reductions import Axis, axes_of, folded
from easygrad.rules.selection import take_along_axis
from easygrad.rules.shaping import asarray

# Averages and ranges


@composite(np.average)
def average(a: Array, axis: Axis = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    """Return the average, with weights for all elements or for those along the axis; and, if asked, their sum."""
    x = asarray(a)
    kept: Any = {"axis": axis, "keepdims": keepdims}
    w = np.ones(x.shape, x.dtype) if weights is None else for_elements(weights, x.shape, axis)
    scale = np.sum(w, **kept)
    if np.any(scale == 0):
        raise ZeroDivisionError("average: the weights sum to zero, so there is no average.")
    mean = np.mean(x, **kept) if weights is None else np.sum(x * w, **kept) / scale
    return (mean, scale) if returned else mean


def for_elements(weights: Any, shape: tuple[int, ...], axis: Axis) -> Array:
    """Return weights that are given for some axes, in their order, or for all elements, as weights for all elements."""
    w, axes = asarray(weights), axes_of(axis, len(shape))
    if w.shape == shape:
        return w
    if axis is None or w.shape != tuple(shape[i] for i in axes):
        raise ValueError(f"weights of shape {w.shape} fit neither the shape {shape} nor its axis {axis}.")
    w = np.reshape(np.transpose(w, np.argsort(axes)), [n if i in axes else 1 for i, n in enumerate(shape)])
    return np.broadcast_to(w, shape)


@composite(np.ptp)
def ptp(a: Array, axis: Axis = None, *, keepdims: bool = False) -> Array:
    """Return the range of the elements, from the least to the greatest."""
    x = asarray(a)
    return reductions.max(x, axis, keepdims=keepdims) - reductions.min(x, axis, keepdims=keepdims)


# Quantiles: elements of neighbouring ranks, and a straight line between them

# The rank grows with the fraction by the number of elements and this (Hyndman and Fan, 1996)
SLOPES = {"hazen": 0.0, "weibull": 1.0, "linear": -1.0, "median_unbiased": 1.0 / 3.0, "normal_unbiased": 0.25}
SLOPES["interpolated_inverted_cdf"] = 0.0


def ranks_at(q: Array, n: Array, method: Any, dtype: Any) -> Array:
    """Return the ranks, from 0 and perhaps between two, of the quantiles of ``n`` elements.

    A quantile of the numbers 0, 1, ..., n - 1 is its own rank, so NumPy says what the methods mean.
    """
    rank = {m: np.ravel(np.quantile(np.arange(max(m, 1), dtype=dtype), q, method=method)) for m in set(n.flat)}
    return np.stack([rank[m] for m in n.flat]).reshape(*n.shape[:-1], -1)


def ranks_slope(g: Array, ans: Array, _q: Array, n: Array, method: Any, _dtype: Any) -> Array:
    """Return ``g`` times the derivative of the rank by the fraction; 0 where the rank jumps or is at an end."""
    if method not in SLOPES:
        return g * 0.0
    return g * (n + SLOPES[method]) * ((method == "linear") | ((ans > 0) & (ans < n - 1)))


ranks = elementwise(ranks_at, ranks_slope, None, None, None, name="ranks")


def at_ranks(rows: Array, rank: Array, n: Array, smooth: bool) -> Array:
    """Return the elements of given ranks in each row; between two, on a line, or the middle if not ``smooth``."""
    place = stop_gradient(rank)
    low = np.clip(np.floor(place), 0, np.maximum(n - 2, 0) if smooth else None).astype(int)
    high = np.minimum(low + 1, np.maximum(n - 1, 0)) if smooth else np.ceil(place).astype(int)
    order = np.argpartition(stop_gradient(rows), np.unique([low, high]), axis=-1)
    lower, higher = (take_along_axis(rows, np.take_along_axis(order, i, -1), -1) for i in (low, high))
    return lower + (higher - lower) * (rank - low.astype(rank.dtype)) if smooth else (lower + higher) * 0.5


def rows_of(x: Array, axis: Axis) -> Array:
    """Return the array with the folded axes as one, the last."""
    axes = axes_of(axis, x.ndim)
    rest = [i for i in range(x.ndim) if i not in axes]
    size = math.prod(x.shape[i] for i in axes)
    return np.reshape(np.transpose(x, (*rest, *axes)), (*(x.shape[i] for i in rest), size))


def weighted_ranks(plain: Array, q: Array, weights: Array, method: Any) -> Array:
    """Return the ranks of the quantiles of weighted elements, which jump from element to element."""
    position = np.argsort(np.argsort(plain, axis=-1), axis=-1)
    rank = np.quantile(position, stop_gradient(q), axis=-1, weights=weights, method=method)
    return np.moveaxis(np.reshape(rank, (-1, *plain.shape[:-1])), 0, -1)


def quantiles(
    a: Array, q: Any, axis: Axis, leave_out: bool, method: Any = "linear", keepdims: bool = False, weights: Any = None
) -> Array:
    """Return quantiles, or the median where ``q`` is None; ``leave_out`` says whether to leave out nan."""
    x = asarray(a)
    if q is None and not x.size:
        return np.mean(x, axis=axis, keepdims=keepdims)
    rows, shape = rows_of(x, axis), () if q is None else np.shape(q)
    plain = stop_gradient(rows)
    missing = np.isnan(plain)
    n = np.sum(~missing, axis=-1, keepdims=True) if leave_out else np.full((1,) * rows.ndim, rows.shape[-1])
    if q is None:
        rank = np.maximum((n - 1) / 2.0, 0.0)
    elif weights is None:
        rank = ranks(np.ravel(q) if shape else q, n, method, x.dtype)
    else:
        w = rows_of(for_elements(stop_gradient(weights), x.shape, axis), axis)
        rank = weighted_ranks(plain, q, np.where(missing & leave_out, 0.0, w), method)
    values = at_ranks(rows, rank, n, method in SLOPES)
    values = with_nan(values, n == 0 if leave_out else np.any(missing, axis=-1, keepdims=True), leave_out)
    return np.reshape(np.moveaxis(values, -1, 0), shape + (folded(x.shape, axis) if keepdims else values.shape[:-1]))


def with_nan(values: Array, empty: Array, warn: bool) -> Array:
    """Return the values with nan, also as derivative, where they are made of nothing."""
    if not np.any(empty):
        return values
    if warn:
        warnings.warn("All-NaN slice encountered", RuntimeWarning, stacklevel=2)
    return values * np.where(empty, np.nan, 1.0).astype(values.dtype)


def quantile_function(fun: Rule, percent: bool, leave_out: bool) -> Rule:
    """Return a function for quantiles, with respect to whose fractions it has a derivative if it is continuous."""

    @composite(fun)
    def call(a: Array, q: Array, axis: Axis = None, *, overwrite_input: bool = False, **options: Any) -> Array:
        fractions = asarray(q) if np.ndim(q) else q
        return quantiles(a, fractions / 100.0 if percent else fractions, axis, leave_out, **options)

    return call


quantile = quantile_function(np.quantile, percent=False, leave_out=False)
nanquantile = quantile_function(np.nanquantile, percent=False, leave_out=True)
percentile = quantile_function(np.percentile, percent=True, leave_out=False)
nanpercentile = quantile_function(np.nanpercentile, percent=True, leave_out=True)


@composite(np.median)
def median(a: Array, axis: Axis = None, *, overwrite_input: bool = False, keepdims: bool = False) -> Array:
    """Return the middle element, or the mean of the two in the middle."""
    return quantiles(a, None, axis, False, None, keepdims)


@composite(np.nanmedian)
def nanmedian(a: Array, axis: Axis = None, *, overwrite_input: bool = False, keepdims: bool = False) -> Array:
    """Return the median of the elements that are not nan."""
    return quantiles(a, None, axis, True, None, keepdims)


# Reductions that leave out nan


def known(a: Array, also: Array) -> Array:
    """Return where an element is not nan, and selected as well."""
    missing = np.isnan(stop_gradient(asarray(a)))
    return ~missing & also if np.any(missing) else also


COUNTING = (reductions.mean, reductions.var, reductions.std)


def leaving_out(fun: Rule, reduce: Rule, neutral: float) -> Rule:
    """Return a reduction of the elements that are not nan: a neutral one stands in, not counted in a mean."""

    @composite(fun)
    def call(a: Array, axis: Axis = None, **options: Any) -> Array:
        if reduce in COUNTING:
            options["where"] = known(a, options.get("where", True))
        with np.errstate(divide="ignore", invalid="ignore"):
            return reduce(filled(a, neutral), axis, **options)

    return call


nansum, nanprod = leaving_out(np.nansum, reductions.sum, 0.0), leaving_out(np.nanprod, reductions.prod, 1.0)
nanmean = leaving_out(np.nanmean, reductions.mean, 0.0)
nanvar, nanstd = leaving_out(np.nanvar, reductions.var, 0.0), leaving_out(np.nanstd, reductions.std, 0.0)


def extreme(fun: Rule, reduce: Rule, worst: float) -> Rule:
    """Return the extreme of the elements that are not nan, of which equal ones share, or nan if there is none."""

    @composite(fun)
    def call(a: Array, axis: Axis = None, **options: Any) -> Array:
        answer, present = reduce(filled(a, worst), axis, **options), known(a, True)
        if present is True or "initial" in options:
            return answer
        return with_nan(answer, ~np.any(present, axis=axis, keepdims=options.get("keepdims", False)), True)

    return call


nanmax, nanmin = extreme(np.nanmax, reductions.max, -np.inf), extreme(np.nanmin, reductions.min, np.inf)
