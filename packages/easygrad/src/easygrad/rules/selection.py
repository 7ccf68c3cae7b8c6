"""Functions that choose among the elements of arrays: by position, by condition, by rank.

What they choose is constant in a small neighbourhood, so the places are found with plain NumPy and then read. To add
one, read with an index, ``take``, ``permute`` or ``where``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from easygrad.core import Array, Box, Rule, projected, stop_gradient
from easygrad.primitives import elementwise, linear
from easygrad.rules.composition import composite
from easygrad.rules.indexing import scatter
from easygrad.rules.shaping import as_type, asarray, astype, concatenate, unshared

# By position


@composite(np.take)
def take(a: Array, indices: Any, axis: int | None = None, *, mode: Any = "raise") -> Array:
    """Return the elements, or along an axis the slices, at the indices."""
    x = asarray(a)
    if axis is None:
        x, axis = np.ravel(x), 0
    axis, indices = normalize_axis_index(axis, x.ndim), stop_gradient(indices)
    if mode != "raise":
        indices = np.take(np.arange(x.shape[axis]), indices, mode=mode)
    taken = x[(*(slice(None),) * axis, np.asarray(indices)[()])]
    return unshared(taken) if np.ndim(indices) == 0 else taken


@composite(np.take_along_axis)
def take_along_axis(arr: Array, indices: Any, axis: int | None = -1) -> Array:
    """Return for each place the element that its index names along the axis."""
    x, indices = asarray(arr), np.asarray(stop_gradient(indices))
    if axis is None:
        return np.ravel(x)[indices]
    places = list(np.indices(x.shape, sparse=True))
    places[axis] = indices
    return x[tuple(places)]


def diagonal_back(ans: Array, a: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Rule:
    """Return ``g -> `` zeros with ``g`` on the diagonals."""
    shape, dtype = np.moveaxis(stop_gradient(a), (axis1, axis2), (-2, -1)).shape, a.dtype
    places = np.arange(ans.shape[-1])
    index = (..., places + max(-offset, 0), places + max(offset, 0))
    return lambda g: np.moveaxis(scatter(g, indices=[index], shape=shape, dtype=dtype), (-2, -1), (axis1, axis2))


diagonal_view = linear(np.diagonal, diagonal_back)


@composite(np.diagonal)
def diagonal(a: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    """Return a diagonal of each matrix in two axes, along a new last axis."""
    return diagonal_view(asarray(a), offset, axis1, axis2)


diagonal_matrix = linear(lambda v, k=0: np.diag(v, k), lambda ans, v, k=0: lambda g: np.diagonal(g, k), name="diag")


@composite(np.diag)
def diag(v: Array, k: int = 0) -> Array:
    """Return the diagonal of a matrix, or the matrix of a diagonal."""
    x = asarray(v)
    return diagonal_matrix(x, k) if x.ndim == 1 else diagonal(x, k)


@composite(np.diagflat)
def diagflat(v: Array, k: int = 0) -> Array:
    """Return the matrix with all elements on its diagonal."""
    return diagonal_matrix(np.ravel(asarray(v)), k)


# Each is its own transpose; a vector is taken for every row, so what comes back is summed over these
tril = linear(np.tril, lambda ans, x, k=0: projected(lambda g: np.tril(g, k), x))
triu = linear(np.triu, lambda ans, x, k=0: projected(lambda g: np.triu(g, k), x))


@composite(np.trim_zeros)
def trim_zeros(filt: Array, trim: str = "fb", axis: Any = None) -> Array:
    """Return the array without the zeros at the front ("f") and the back ("b") of its axes."""
    x = asarray(filt)
    used = np.argwhere(stop_gradient(x))
    axes = range(x.ndim) if axis is None else [i % x.ndim for i in np.atleast_1d(axis)]
    part: list[Any] = [slice(None)] * x.ndim
    for i in axes:
        start = used[:, i].min(initial=x.shape[i]) if "f" in trim.lower() else None
        end = used[:, i].max(initial=-1) + 1 if "b" in trim.lower() else None
        part[i] = slice(start, end)
    return x[tuple(part)]


# By condition


@composite(np.compress)
def compress(condition: Any, a: Array, axis: int | None = None) -> Array:
    """Return the slices along an axis for which the condition is true."""
    return take(a, np.flatnonzero(stop_gradient(condition)), axis)


@composite(np.extract)
def extract(condition: Any, arr: Array) -> Array:
    """Return the elements for which the condition is true."""
    return take(arr, np.flatnonzero(stop_gradient(condition)))


@composite(np.choose)
def choose(a: Any, choices: Sequence[Array], *, mode: Any = "raise") -> Array:
    """Return for each place the element of the choice that ``a`` names."""
    which = np.choose(stop_gradient(a), range(len(choices)), mode=mode)
    return select([which == i for i in range(len(choices))], choices)


@composite(np.select)
def select(condlist: Sequence[Any], choicelist: Sequence[Array], default: Array = 0) -> Array:
    """Return for each place the element of the first choice with a true condition."""
    selected = default
    for condition, choice in reversed(list(zip(condlist, choicelist, strict=True))):
        selected = np.where(stop_gradient(condition), asarray(choice), selected)
    return selected


@composite(np.piecewise)
def piecewise(x: Array, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any) -> Array:
    """Return an array whose elements come from the function of the last condition that is true, 0 if none is."""
    x, conditions = asarray(x), np.asarray(stop_gradient(condlist), bool)
    if conditions.ndim == 0 or (conditions.ndim == 1 and x.ndim != 0):
        conditions = conditions[None]
    if len(funclist) == len(conditions) + 1:
        conditions = np.concatenate([conditions, ~np.any(conditions, axis=0, keepdims=True)])
    pieces, places, end = [np.zeros(1, x.dtype)], np.zeros(x.shape, int), 1
    for condition, piece in zip(conditions, funclist, strict=True):
        size = int(np.count_nonzero(condition))
        if size:
            values = piece(np.ravel(x)[np.ravel(condition)], *args, **kw) if callable(piece) else piece
            pieces.append(astype(np.broadcast_to(asarray(values), (size,)), x.dtype))
            places[condition] = np.arange(end, end + size)
            end += size
    return concatenate(pieces)[places]


def above(x: Array, y: Array) -> Array:
    """Return 1 where ``x`` is above ``y``, 0 where it is not, and a half where they are the same."""
    same = x == y
    return np.where(same, 0.5, x > y) if same.any() else x > y


def raised(x: Array, low: Array) -> Array:
    """Return the plain value of ``x``, moved to the lower bound."""
    return np.maximum(stop_gradient(x), stop_gradient(low))


clipped = elementwise(
    lambda x, low, high: np.clip(x, low, high),
    lambda g, _ans, x, low, high: g * (above(x, low) * above(high, raised(x, low))),
    lambda g, _ans, x, low, high: g * (above(low, x) * above(high, raised(x, low))),
    lambda g, _ans, x, low, high: g * above(raised(x, low), high),
    name="clip",
)


@composite(np.clip)
def clip(a: Array, a_min: Any = None, a_max: Any = None, *, min: Array = None, max: Array = None) -> Array:
    """Return the elements, moved to the bound that they exceed; on a bound, element and bound share equally."""
    low, high = a_min if min is None else min, a_max if max is None else max
    return clipped(asarray(a), -np.inf if low is None else low, np.inf if high is None else high)


# By rank


def permuted_back(ans: Array, x: Array, order: Array, axis: int) -> Rule:
    """Return ``g -> `` the elements of ``g`` in the order that they had."""
    inverse = np.argsort(order, axis)
    return lambda g: permute(g, inverse, axis)


# The elements along an axis in another order, which is a permutation for each row
permute = linear(lambda x, order, axis: np.take_along_axis(x, order, axis), permuted_back, name="permute")


@composite(np.sort)
def sort(a: Array, axis: int | None = -1, kind: Any = None, *, stable: bool | None = None) -> Array:
    """Return the elements along an axis in rising order; equal ones in the order that ``argsort`` takes."""
    x, axis = (np.ravel(asarray(a)), 0) if axis is None else (asarray(a), axis)
    return permute(x, np.argsort(stop_gradient(x), axis, kind=kind, stable=stable), axis)


@composite(np.partition)
def partition(a: Array, kth: Any, axis: int | None = -1, kind: Any = "introselect") -> Array:
    """Return the elements along an axis with those of rank ``kth`` there, ordered as by ``argpartition``."""
    x, axis = (np.ravel(asarray(a)), 0) if axis is None else (asarray(a), axis)
    return permute(x, np.argpartition(stop_gradient(x), kth, axis, kind=kind), axis)


@composite(np.sort_complex)
def sort_complex(a: Array) -> Array:
    """Return the elements along the last axis in rising order, by real and then by imaginary part."""
    x = asarray(a)
    return astype(sort(x), np.sort_complex(np.zeros(1, x.dtype)).dtype)


# By value: of equal elements the first


def first_with(values: Array, x: Array) -> Array:
    """Return the elements of ``x`` that have the given values."""
    flat = np.ravel(asarray(x))
    order = np.argsort(stop_gradient(flat), kind="stable")
    return flat[order[np.searchsorted(stop_gradient(flat), values, sorter=order)]]


@composite(np.unique)
def unique(ar: Array, return_index: bool = False, *flags: Any, axis: Any = None, **options: Any) -> Any:
    """Return the different elements in rising order, or the different slices along an axis."""
    x = asarray(ar)
    _, index, *rest = np.unique(stop_gradient(x), True, *flags, axis=axis, **options)
    values = take(x, index, axis)
    results = (values, index, *rest) if return_index else (values, *rest)
    return results if len(results) > 1 else values


@composite(np.unique_values)
def unique_values(x: Array) -> Array:
    """Return the different elements."""
    return first_with(np.unique_values(stop_gradient(asarray(x))), x)


def unique_and(fun: Rule) -> Rule:
    """Return a function for the different elements and something about each that is constant."""

    @composite(fun)
    def call(x: Array) -> Any:
        results = fun(stop_gradient(asarray(x)))
        return results._replace(values=first_with(results.values, x))

    return call


unique_counts, unique_inverse = unique_and(np.unique_counts), unique_and(np.unique_inverse)


@composite(np.unique_all)
def unique_all(x: Array) -> Any:
    """Return the different elements, their first places, which one each element is, and how often each occurs."""
    results = np.unique_all(stop_gradient(asarray(x)))
    return results._replace(values=take(x, results.indices))


@composite(np.union1d)
def union1d(ar1: Array, ar2: Array) -> Array:
    """Return the different elements of two arrays in rising order."""
    return unique(concatenate([ar1, ar2], axis=None))


@composite(np.setdiff1d)
def setdiff1d(ar1: Array, ar2: Array, assume_unique: bool = False) -> Array:
    """Return the different elements of the first array that are not in the second."""
    return first_with(np.setdiff1d(stop_gradient(ar1), stop_gradient(ar2), assume_unique), ar1)


@composite(np.setxor1d)
def setxor1d(ar1: Array, ar2: Array, assume_unique: bool = False) -> Array:
    """Return the different elements that are in one of two arrays only, in rising order."""
    values = np.setxor1d(stop_gradient(ar1), stop_gradient(ar2), assume_unique)
    return first_with(values, concatenate([ar1, ar2], axis=None))


# Functions that write into an array


def writer(fun: Any) -> Rule:
    """Return a decorator: the function writes into its first argument, which must be traced to take traced values."""

    def decorate(write: Rule) -> Rule:
        def checked(a: Any, *args: Any, **options: Any) -> None:
            if type(a) is not Box:
                raise TypeError(
                    f"numpy.{fun.__name__} cannot write a traced value into a plain array. Make the array with "
                    "np.zeros_like(x) or np.zeros(shape, like=x) of a traced x."
                )
            write(a, *args, **options)

        return composite(fun)(checked)

    return decorate


@writer(np.copyto)
def copyto(dst: Any, src: Array, casting: str = "same_kind", where: Any = True) -> None:
    """Write an array into another one, where the condition is true."""
    (src,), where = as_type([src], dst.dtype, casting), np.broadcast_to(stop_gradient(where), dst.shape)
    surplus = max(src.ndim - dst.ndim, 0)
    dst[where] = np.broadcast_to(np.squeeze(src, tuple(range(surplus))), dst.shape)[where]


@writer(np.put)
def put(a: Any, ind: Any, v: Array, mode: Any = "raise") -> None:
    """Write values, repeated as often as needed, at positions in the flattened array."""
    ind = np.ravel(stop_gradient(ind))
    places: Any = np.take(np.arange(a.size), ind, mode=mode)
    a[np.unravel_index(places, a.shape)] = np.resize(v, places.shape)


@writer(np.put_along_axis)
def put_along_axis(arr: Any, indices: Any, values: Array, axis: int | None = -1) -> None:
    """Write values where the indices name elements along the axis."""
    numbered = np.arange(arr.size).reshape(arr.shape)
    arr[np.unravel_index(np.take_along_axis(numbered, stop_gradient(indices), axis), arr.shape)] = values


@writer(np.fill_diagonal)
def fill_diagonal(a: Any, val: Array, wrap: bool = False) -> None:
    """Write values, repeated as often as needed, on the diagonal."""
    numbered, places = np.zeros(a.shape, int), np.arange(max(a.shape))
    np.fill_diagonal(numbered, places + 1, wrap)
    index = np.nonzero(numbered)
    a[index] = np.resize(val, len(index[0]))


def mask_of(mask: Any, a: Array) -> Any:
    """Return a mask in the shape of the array that it belongs to."""
    mask = np.asarray(stop_gradient(mask), bool)
    if mask.size != a.size:
        raise ValueError(f"a mask of shape {mask.shape} does not belong to an array of shape {a.shape}.")
    return mask.reshape(a.shape)


@writer(np.putmask)
def putmask(a: Any, mask: Any, values: Array) -> None:
    """Write values, each at its own place and repeated as often as needed, where the mask is true."""
    mask = mask_of(mask, a)
    a[mask] = np.resize(values, a.shape)[mask]


@writer(np.place)
def place(arr: Any, mask: Any, vals: Array) -> None:
    """Write values one after the other, repeated as often as needed, where the mask is true."""
    mask = mask_of(mask, arr)
    arr[mask] = np.resize(vals, int(mask.sum()))
