"""Reading parts of an array by an index."""

from __future__ import annotations

import operator
from copy import deepcopy
from typing import Any

import numpy as np

from easygrad.core import Array, Part, Rule, portion, projected
from easygrad.primitives import jointly_linear, linear

ONCE = (int, np.integer, slice, type(None), type(Ellipsis))
WHOLE = {int, slice}  # indices that nobody can change


def scattered(*parts: Array, indices: list[Any], shape: tuple[int, ...], dtype: Any) -> Array:
    """Return zeros with every part added at its index; an index that repeats adds each time."""
    if indices[0] is ...:
        total = np.array(parts[0], dtype)
        parts, indices = parts[1:], indices[1:]
    else:
        total = np.zeros(shape, dtype)
    if len(shape) == 1 and set(map(type, indices)) == {int}:
        np.add.at(total, indices, parts)  # a loop of NumPy's own
        return total
    for part, index in zip(parts, indices, strict=True):
        if type(index) is slice:
            view = total[index]
            np.add(view, part, view)
        elif type(index) is int or not repeats(index):
            total[index] += part
        else:
            np.add.at(total, index, part)
    return total


def repeats(index: Any) -> bool:
    """Return whether an index may name an element twice: numbers, slices and masks cannot."""
    items = index if type(index) is tuple else (index,)
    return not all(isinstance(i, ONCE) or (isinstance(i, np.ndarray) and i.dtype == bool) for i in items)


def read_back(ans: Array, *parts: Array, indices: list[Any], shape: Any, dtype: Any) -> list[Rule]:
    """Return for each part ``g -> `` what stands at its index."""
    return [lambda g, index=index: g[index] for index in indices]


scatter = jointly_linear(scattered, read_back, name="scatter")


def kept(index: Any) -> Any:
    """Return the index as it is now: its arrays and lists may be changed before the backward pass."""
    if type(index) is tuple:
        return tuple(map(kept, index))
    return index if isinstance(index, ONCE) else deepcopy(index)


def merged(total: Array | None, parts: list[Any]) -> Array:
    """Return the cotangent of an array that was indexed: a total, if there is one, and the parts at their indices."""
    shape, dtype = parts[0][2]
    indices, cotangents = [part[3] for part in parts], [part[1] for part in parts]
    if total is not None:
        indices, cotangents = [..., *indices], [total, *cotangents]
    return scatter(*cotangents, indices=indices, shape=shape, dtype=dtype)


def part(g: Array, space: tuple[Any, Any], index: Any) -> Part:
    """Return zeros with ``g`` added at the index, built only when they are needed: the rule of ``x[i]`` when linked."""
    return Part((merged, g, space, index))


def getitem_transpose(ans: Array, x: Array, index: Any) -> Rule:
    """Return ``g -> `` zeros with ``g`` added at the index."""
    return portion(merged, (x.shape, x.dtype), kept(index))


getitem = linear(operator.getitem, getitem_transpose, name="getitem")


def duplicate(x: Array) -> Array:
    """Return a copy whose elements lie in memory as those of ``x`` do: that decides what is a view of it."""
    if x.flags.forc or not x.size or 0 in x.strides:
        return np.array(x)
    low, high = np.lib.array_utils.byte_bounds(x)
    first = x.__array_interface__["data"][0]
    new = np.ndarray(x.shape, x.dtype, np.empty(high - low, np.uint8), first - low, x.strides)
    new[...] = x
    return new


def assigned(x: Array, value: Array, index: Any) -> Array:
    """Return a copy of ``x`` with the value at an index."""
    new = duplicate(x)
    new[index] = value
    return new


def lasting(index: Any, shape: tuple[int, ...]) -> Any:
    """Return which elements written at an index last: of those that an index names twice, NumPy keeps the last."""
    order = np.zeros(shape, int)
    numbers = np.arange(order[index].size).reshape(order[index].shape)
    order[index] = numbers
    return order[index] == numbers


def assign_transpose(ans: Array, x: Array, value: Array, index: Any) -> list[Rule]:
    """Return ``g -> g`` with zeros at the index, and ``g -> `` what stands at the index."""
    index = kept(index)
    last = lasting(index, x.shape) if repeats(index) else None
    shape = value.shape

    def read(g: Array) -> Array:
        part = g[index] if last is None else np.where(last, g[index], 0.0)
        surplus = len(shape) - part.ndim  # NumPy lets a value have more axes of length 1 in front
        return part[(None,) * surplus] if surplus > 0 else part

    return [lambda g: set_at(g, np.zeros((), g.dtype), index=index), projected(read, value)]


set_at = jointly_linear(assigned, assign_transpose, name="setitem")
