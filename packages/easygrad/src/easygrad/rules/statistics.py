"""Covariance, correlation and histograms.

All are composites. To add a histogram, find the bin of each number from plain values, and let ``sums_in_bins`` add
the weights.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from easygrad.core import Array, stop_gradient
from easygrad.rules.composition import composite
from easygrad.rules.indexing import scatter
from easygrad.rules.numerics import diff, double, linspace
from easygrad.rules.shaping import asarray


def variables(m: Any, rowvar: bool, dtype: Any) -> Array:
    """Return observations with a row for each variable."""
    m = double(m) if dtype is None else asarray(m, dtype)
    if m.ndim > 2:
        raise ValueError("cov: the observations have more than 2 dimensions")
    return np.reshape(m, (1, -1)) if m.ndim < 2 else m if rowvar else m.T


def weights_of(weights: Any, count: int, name: str) -> Array:
    """Return the weights as an array, 1 if there are none; refuse those that are no weights."""
    if weights is None:
        return np.ones(count)
    weights = double(weights)
    if weights.shape != (count,) or np.any(weights < 0):
        raise ValueError(f"cov: {name} must be {count} numbers, one for each observation and none negative.")
    if name == "fweights" and np.any(weights != np.round(weights)):
        raise TypeError("fweights must be integer")
    return weights


@composite(np.cov)
def cov(
    m: Array,
    y: Array = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Array = None,
    aweights: Array = None,
    *,
    dtype: Any = None,
) -> Array:
    """Return the covariance matrix of variables."""
    x = variables(m, rowvar, dtype)
    if y is not None:
        y = variables(y, rowvar or asarray(y).shape[:1] == (1,), dtype)
        x = np.concatenate([x, y])
    ddof = int(not bias) if ddof is None else ddof
    shares = weights_of(aweights, x.shape[1], "aweights")
    w = weights_of(fweights, x.shape[1], "fweights") * shares
    total = np.sum(w)
    freedom = total - ddof * np.sum(w * shares) / total
    if freedom <= 0:
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=2)
        freedom = np.zeros(())
    w = w.astype(x.real.dtype)
    x = x - np.sum(x * w, axis=1, keepdims=True) / np.sum(w)
    return np.squeeze(x @ np.conj(x * w).T / freedom.astype(w.dtype))


@composite(np.corrcoef)
def corrcoef(x: Array, y: Array = None, rowvar: bool = True, *, dtype: Any = None) -> Array:
    """Return the matrix of correlation coefficients of variables."""
    c = cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    deviation = np.sqrt(np.real(np.diagonal(c)))
    c = c / deviation[:, None] / deviation
    plain = stop_gradient(c)
    within = np.clip(plain.view(plain.real.dtype), -1, 1).view(plain.dtype)  # the real and the imaginary parts
    return c + (within - plain)  # what rounding carried beyond 1 is taken back, without an edge


# Histograms: linear in the weights; the numbers that are counted only move the edges


@composite(np.bincount)
def bincount(x: Array, /, weights: Array = None, minlength: int = 0) -> Array:
    """Return for each number from 0 how often it occurs, or the sum of the weights where it does."""
    x = stop_gradient(x)
    counts = np.bincount(x, minlength=minlength)
    if weights is None:
        return counts
    weights = double(weights)
    if weights.dtype.kind == "c" or weights.shape != np.shape(x):
        raise ValueError(f"bincount: {np.shape(x)} numbers need as many real weights, not {weights.shape}.")
    return scatter(weights, indices=[np.asarray(x)], shape=counts.shape, dtype=weights.dtype)


@composite(np.histogram_bin_edges)
def histogram_bin_edges(a: Array, bins: Any = 10, range: Any = None, weights: Array = None) -> Array:
    """Return the edges of the bins; they follow the extreme numbers if no range is given."""
    edges = np.histogram_bin_edges(*stop_gradient((a, bins, range, weights)))
    if np.ndim(stop_gradient(bins)) == 1:
        return asarray(bins)
    if range is None:
        a = asarray(a)
        range = (np.min(a), np.max(a)) if a.size else (0.0, 1.0)
    first, last = range
    if first == last:
        first, last = first - 0.5, last + 0.5
    return linspace(first, last, len(edges), dtype=edges.dtype)


def sums_in_bins(columns: Sequence[Array], edges: Sequence[Array], weights: Array) -> Array:
    """Return the sum of the weights in each bin; a bin contains its left edge, the last one also the right."""
    pairs = zip(columns, edges, strict=True)
    index = [np.searchsorted(edge, column, "right") - 1 - (column == edge[-1]) for column, edge in pairs]
    shape = tuple(len(edge) - 1 for edge in edges)
    kept = np.all([(i >= 0) & (i < n) for i, n in zip(index, shape, strict=True)], axis=0)
    return scatter(weights[kept], indices=[tuple(i[kept] for i in index)], shape=shape, dtype=weights.dtype)


@composite(np.histogram)
def histogram(a: Array, bins: Any = 10, range: Any = None, density: Any = None, weights: Array = None) -> Any:
    """Return the number of elements in each bin, or the sum of their weights, and the edges."""
    a = np.ravel(asarray(a))
    edges = histogram_bin_edges(a, bins, range, weights)
    w = np.ones(a.shape, np.intp) if weights is None else np.ravel(asarray(weights))
    if w.shape != a.shape:
        raise ValueError("weights should have the same shape as a.")
    found = sums_in_bins([stop_gradient(a)], [stop_gradient(edges)], w)
    return (found / double(diff(edges)) / np.sum(found) if density else found), edges


@composite(np.histogramdd)
def histogramdd(sample: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Array = None) -> Any:
    """Return the histogram of points in several dimensions, and the edges in each."""
    sample = sample if isinstance(sample, list | tuple) or np.ndim(sample) != 2 else sample.T
    columns = [asarray(column) for column in sample]
    bins = bins if hasattr(bins, "__len__") else [bins] * len(columns)
    if len(bins) != len(columns) or (range is not None and len(range) != len(columns)):
        raise ValueError("The dimension of bins and range must be equal to the dimension of the sample.")
    ranges = [None] * len(columns) if range is None else range
    edges = [histogram_bin_edges(*each) for each in zip(columns, bins, ranges, strict=True)]
    w = np.ones(len(columns[0])) if weights is None else double(weights)
    found = sums_in_bins(stop_gradient(columns), stop_gradient(edges), w)
    if density:
        found = found / np.sum(found)
        for i, edge in enumerate(edges):
            found = found / np.reshape(diff(edge), (-1, *(1,) * (len(edges) - 1 - i)))
    return found, edges


@composite(np.histogram2d)
def histogram2d(x: Array, y: Array, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """Return the histogram of points in the plane, and the edges in both directions."""
    if len(x) != len(y):
        raise ValueError("x and y must have the same length.")
    both = [bins, bins] if hasattr(bins, "__len__") and len(bins) > 2 else bins
    found, edges = histogramdd([x, y], both, range, density, weights)
    return found, edges[0], edges[1]
