"""Functions that put arrays together, take them apart, repeat their elements, or insert some.

Most are composites of those in ``shaping``, ``padding`` holds ``pad``. A function that moves elements in a complicated
way is asked to move their numbers, once, with ``rearranged``: to add one, write it in one line with that.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from easygrad.core import Array, stop_gradient
from easygrad.rules.composition import composite, newer
from easygrad.rules.shaping import asarray, astype, atleast_1d, atleast_2d, atleast_3d, concatenate, stack, unshared

# Joins


@composite(np.hstack)
def hstack(tup: Sequence[Array], *, dtype: Any = None, casting: Any = "same_kind") -> Array:
    """Join arrays along the second axis, or along the first if they have only one."""
    arrays = [atleast_1d(x) for x in tup]
    return concatenate(arrays, 0 if arrays and arrays[0].ndim == 1 else 1, dtype=dtype, casting=casting)


@composite(np.vstack)
def vstack(tup: Sequence[Array], *, dtype: Any = None, casting: Any = "same_kind") -> Array:
    """Join arrays along the first axis; an array with one axis is a row."""
    return concatenate([atleast_2d(x) for x in tup], 0, dtype=dtype, casting=casting)


row_stack = newer("row_stack")(vstack)  # the old name
dstack = composite(np.dstack)(lambda tup: concatenate([atleast_3d(x) for x in tup], 2))


@composite(np.column_stack)
def column_stack(tup: Sequence[Array]) -> Array:
    """Join arrays along the second axis; an array with one axis is a column."""
    return concatenate([np.transpose(atleast_2d(x)) if np.ndim(x) < 2 else asarray(x) for x in tup], 1)


def with_equal_ndim(*arrays: Any, least: int = 0) -> list[Array]:
    """Return the arrays with as many axes as the one that has most, and at least ``least``: new ones in front."""
    arrays = tuple(map(asarray, arrays))
    ndim = max(least, *[x.ndim for x in arrays])
    return [np.reshape(x, (1,) * (ndim - x.ndim) + x.shape) for x in arrays]


def joined(arrays: Any) -> tuple[Array, int]:
    """Return the blocks of nested lists as one array, and how deep the lists are nested."""
    if type(arrays) is not list:
        return asarray(arrays), 0
    parts = [joined(x) for x in arrays]
    depths = {depth for _, depth in parts}
    if len(depths) != 1:
        raise ValueError(f"block: lists must be nested equally deep and not be empty, but their depths are {depths}.")
    depth = depths.pop() + 1
    return concatenate(with_equal_ndim(*[x for x, _ in parts], least=depth), -depth), depth


# Of nested lists, the innermost are joined along the last axis, and so on outwards.
block = composite(np.block)(lambda arrays: joined(arrays)[0] if type(arrays) is list else np.copy(asarray(arrays)))
append = composite(np.append)(lambda arr, values, axis=None: concatenate([arr, values], axis))

# Parts


def parts(fun: Callable[..., Any], ary: Array, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    """Return the parts of an array along an axis that ``fun`` (split or array_split) makes of a range."""
    x = asarray(ary)
    axis = normalize_axis_index(axis, x.ndim)
    ranges = fun(np.arange(x.shape[axis]), indices_or_sections)
    slices = [slice(r[0], r[-1] + 1) if r.size else slice(0) for r in ranges]
    return [x[(*(slice(None),) * axis, part)] for part in slices]


def splitting(fun: Callable[..., Any], least: int, axis: int) -> Callable[..., Any]:
    """Return ``split`` along one axis of arrays with at least ``least``; where it is missing, along the last."""

    def call(ary: Array, indices_or_sections: Any) -> list[Array]:
        x = asarray(ary)
        if x.ndim < least:
            raise ValueError(f"splitting along axis {axis} needs an array of {least} dimensions or more, not {x.ndim}.")
        return parts(np.split, x, indices_or_sections, min(axis, x.ndim - 1))

    return composite(fun)(call)


array_split = composite(np.array_split)(partial(parts, np.array_split))
split = composite(np.split)(partial(parts, np.split))
hsplit, vsplit, dsplit = splitting(np.hsplit, 1, 1), splitting(np.vsplit, 2, 0), splitting(np.dsplit, 3, 2)


@newer("unstack")
def unstack(x: Array, /, *, axis: int = 0) -> tuple[Array, ...]:
    """Return the layers of an array along an axis."""
    return tuple(np.moveaxis(asarray(x), axis, 0))


# Repeated, inserted and deleted elements


def rearranged(fun: Callable[..., Array], *arrays: Array) -> Array:
    """Return ``fun(*arrays)`` of a function that only moves elements: it is asked to move their numbers instead."""
    ends = np.cumsum([x.size for x in arrays])
    numbers = [np.reshape(np.arange(end - x.size, end), x.shape) for x, end in zip(arrays, ends, strict=True)]
    return concatenate(arrays, None)[fun(*numbers)]


def interleaved(a: Array, b: Array) -> tuple[Array, Array, list[int]]:
    """Return two arrays whose axes take turns when they are broadcast, and the shape in which both lie together."""
    a, b = with_equal_ndim(a, b)
    places = tuple(range(0, 2 * a.ndim, 2))
    shape = [m * n for m, n in zip(a.shape, b.shape, strict=True)]
    return np.expand_dims(a, tuple(i + 1 for i in places)), np.expand_dims(b, places), shape


@composite(np.repeat)
def repeat(a: Array, repeats: Any, axis: int | None = None) -> Array:
    """Repeat each element along an axis, all as often or each as often as ``repeats`` says."""
    x: Array = np.ravel(asarray(a)) if axis is None else atleast_1d(a)
    axis = range(x.ndim)[axis or 0]
    if np.size(repeats) != 1:
        return x[(*(slice(None),) * axis, np.repeat(np.arange(x.shape[axis]), repeats))]
    times = operator.index(np.asarray(repeats).item())
    x, copies, shape = interleaved(x, np.broadcast_to(0, (times, *(1,) * (x.ndim - axis - 1))))
    return unshared(np.reshape(np.broadcast_arrays(x, copies)[0], shape))


@composite(np.tile)
def tile(A: Array, reps: Any) -> Array:
    """Repeat a whole array along each axis; new leading axes where ``reps`` is longer than its shape."""
    copies, x, shape = interleaved(np.broadcast_to(0, reps), A)
    return unshared(np.reshape(np.broadcast_arrays(copies, x)[1], shape))


@composite(np.resize)
def resize(a: Array, new_shape: Any) -> Array:
    """Return the elements in another shape, repeated as often as it takes."""
    x = asarray(a)
    return rearranged(lambda numbers: np.resize(numbers, new_shape), x) if x.size else np.zeros(new_shape, x.dtype)


@composite(np.insert)
def insert(arr: Array, obj: Any, values: Array, axis: int | None = None) -> Array:
    """Insert values before the given indices."""
    x, index = asarray(arr), stop_gradient(obj)
    inserted = astype(asarray(values), x.dtype)
    return rearranged(lambda numbers, new: np.insert(numbers, index, new, axis), x, inserted)


@composite(np.delete)
def delete(arr: Array, obj: Any, axis: int | None = None) -> Array:
    """Return an array without the elements at the given indices."""
    x: Array = np.ravel(asarray(arr)) if axis is None else asarray(arr)
    axis = range(x.ndim)[axis or 0]
    places = np.arange(x.shape[axis])
    return x[(*(slice(None),) * axis, np.isin(places, np.delete(places, stop_gradient(obj))))]


# Functions along axes


@composite(np.apply_along_axis)
def apply_along_axis(func1d: Callable[..., Array], axis: int, arr: Array, *args: Any, **kwargs: Any) -> Array:
    """Apply a function to each row along an axis, by a loop in Python as NumPy does."""
    x = asarray(arr)
    axis, rows = range(x.ndim)[axis], np.moveaxis(x, axis, -1)
    results = [asarray(func1d(rows[i], *args, **kwargs)) for i in np.ndindex(rows.shape[:-1])]
    if not results:
        raise ValueError("apply_along_axis: there is no row to apply the function to, the array is empty.")
    made = np.reshape(stack(results), (*rows.shape[:-1], *results[0].shape))
    new = results[0].ndim
    return np.moveaxis(made, range(x.ndim - 1, x.ndim - 1 + new), range(axis, axis + new))


@composite(np.apply_over_axes)
def apply_over_axes(func: Callable[..., Array], a: Array, axes: Any) -> Array:
    """Apply ``func(x, axis)`` over several axes in turn; an axis that it removes is put back with length 1."""
    x = asarray(a)
    for axis in np.atleast_1d(axes).tolist():
        folded = func(x, axis)
        x = folded if folded.ndim == x.ndim else np.expand_dims(folded, range(x.ndim)[axis])
    return x
