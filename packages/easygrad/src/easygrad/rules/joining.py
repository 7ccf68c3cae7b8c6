"""Functions that put arrays together, take them apart, repeat their elements, or insert some.

Most are composites of those in ``shaping``, ``padding`` holds ``pad``. A function that moves elements in a complicated
way is asked to move their numbers, once, with ``rearranged``: to add one, write it in one line with that.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from easygrad.core import Array, stop_gradient
from easygrad.rules import shaping
from easygrad.rules.composition import composite, newer
from easygrad.rules.shaping import asarray, atleast_1d, atleast_2d, atleast_3d, concatenate, stack

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


@composite(np.dstack)
def dstack(tup: Sequence[Array]) -> Array:
    """Join arrays along the third axis."""
    return concatenate([atleast_3d(x) for x in tup], 2)


@composite(np.column_stack)
def column_stack(tup: Sequence[Array]) -> Array:
    """Join arrays along the second axis; an array with one axis is a column."""
    return concatenate([np.transpose(atleast_2d(x)) if np.ndim(x) < 2 else asarray(x) for x in tup], 1)


def depth_of(arrays: Any) -> int:
    """Return how deep the lists of ``block`` are nested, which must be the same everywhere."""
    if type(arrays) is not list:
        return 0
    depths = {depth_of(x) for x in arrays}
    if len(depths) != 1:
        raise ValueError(
            f"block: the lists must be nested equally deep and not be empty, but their depths are {depths}."
        )
    return 1 + depths.pop()


@composite(np.block)
def block(arrays: Any) -> Array:
    """Join nested lists of blocks: the innermost lists along the last axis, and so on outwards."""

    def leaves(x: Any) -> list[Any]:
        return [leaf for item in x for leaf in leaves(item)] if type(x) is list else [x]

    depth = depth_of(arrays)
    ndim = max(depth, *[np.ndim(x) for x in leaves(arrays)], 0)

    def joined(x: Any, axis: int) -> Array:
        if type(x) is list:
            return concatenate([joined(item, axis + 1) for item in x], axis)
        return np.reshape(asarray(x), (1,) * (ndim - np.ndim(x)) + np.shape(x))

    return joined(arrays, -depth)


@composite(np.append)
def append(arr: Array, values: Array, axis: int | None = None) -> Array:
    """Join values to the end of an array; without an axis both are flattened."""
    return concatenate([arr, values], axis)


# Parts


def parts(fun: Callable[..., Any], x: Array, indices_or_sections: Any, axis: int) -> list[Array]:
    """Return the parts of ``x`` along an axis that ``fun`` (split or array_split) makes of a range."""
    x = asarray(x)
    axis = range(x.ndim)[axis]
    ranges = fun(np.arange(x.shape[axis]), indices_or_sections)
    slices = [slice(r[0], r[-1] + 1) if r.size else slice(0) for r in ranges]
    return [x[(*(slice(None),) * axis, part)] for part in slices]


@composite(np.array_split)
def array_split(ary: Array, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    """Split an array into parts, the first ones longer if it has to be."""
    return parts(np.array_split, ary, indices_or_sections, axis)


@composite(np.split)
def split(ary: Array, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    """Split an array into equal parts, or at indices."""
    return parts(np.split, ary, indices_or_sections, axis)


def split_along(ary: Array, indices_or_sections: Any, axis: int, ndim: int) -> list[Array]:
    """Return ``split`` of an array that must have at least ``ndim`` axes."""
    if np.ndim(ary) < ndim:
        raise ValueError(
            f"splitting along axis {axis} needs an array of at least {ndim} dimensions, not {np.ndim(ary)}."
        )
    return parts(np.split, ary, indices_or_sections, axis)


@composite(np.hsplit)
def hsplit(ary: Array, indices_or_sections: Any) -> list[Array]:
    """Split an array along the second axis, or along the first if it has only one."""
    return split_along(ary, indices_or_sections, int(np.ndim(ary) > 1), 1)


@composite(np.vsplit)
def vsplit(ary: Array, indices_or_sections: Any) -> list[Array]:
    """Split an array along the first axis."""
    return split_along(ary, indices_or_sections, 0, 2)


@composite(np.dsplit)
def dsplit(ary: Array, indices_or_sections: Any) -> list[Array]:
    """Split an array along the third axis."""
    return split_along(ary, indices_or_sections, 2, 3)


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


@composite(np.repeat)
def repeat(a: Array, repeats: Any, axis: int | None = None) -> Array:
    """Repeat each element along an axis, all as often or each as often as ``repeats`` says."""
    x: Array = np.ravel(asarray(a)) if axis is None else atleast_1d(a)
    axis = range(x.ndim)[axis or 0]
    before, n, after = x.shape[:axis], x.shape[axis], x.shape[axis + 1 :]
    if np.size(repeats) != 1:
        return x[(*(slice(None),) * axis, np.repeat(np.arange(n), repeats))]
    times = operator.index(np.asarray(repeats).item())
    spread = np.broadcast_to(np.expand_dims(x, axis + 1), (*before, n, times, *after))
    return np.reshape(spread, (*before, n * times, *after))


@composite(np.tile)
def tile(A: Array, reps: Any) -> Array:  # noqa: N803  # the name of NumPy's parameter
    """Repeat a whole array along each axis; new leading axes where ``reps`` is longer than its shape."""
    x, times = asarray(A), tuple(np.atleast_1d(reps).tolist())
    times = (1,) * (x.ndim - len(times)) + times
    shape = (1,) * (len(times) - x.ndim) + x.shape
    columns = np.reshape(x, [length for n in shape for length in (1, n)])
    spread = np.broadcast_to(columns, [length for pair in zip(times, shape, strict=True) for length in pair])
    return np.reshape(spread, [k * n for k, n in zip(times, shape, strict=True)])


@composite(np.resize)
def resize(a: Array, new_shape: Any) -> Array:
    """Return the elements in another shape, repeated as often as it takes."""
    x = asarray(a)
    return rearranged(lambda numbers: np.resize(numbers, new_shape), x) if x.size else np.zeros(new_shape, x.dtype)


@composite(np.insert)
def insert(arr: Array, obj: Any, values: Array, axis: int | None = None) -> Array:
    """Insert values before the given indices."""
    x, index = asarray(arr), stop_gradient(obj)
    inserted = shaping.astype(asarray(values), x.dtype)
    return rearranged(lambda numbers, new: np.insert(numbers, index, new, axis), x, inserted)


@composite(np.delete)
def delete(arr: Array, obj: Any, axis: int | None = None) -> Array:
    """Return an array without the elements at the given indices."""
    x: Array = np.ravel(asarray(arr)) if axis is None else asarray(arr)
    axis = range(x.ndim)[axis or 0]
    kept = np.zeros(x.shape[axis], bool)
    kept[np.delete(np.arange(x.shape[axis]), stop_gradient(obj))] = True
    return x[(*(slice(None),) * axis, kept)]


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
