"""Functions that move elements without changing them: shapes, axes, joins, and arrays made of boxes.

All are linear, so a rule is the transpose: the way back for each element.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from easygrad.core import Array, Box, Rule, jointly_linear, linear, project, stop_gradient
from easygrad.rules.composition import boxed_within, composite


def reshape_back(shape: tuple[int, ...], order: Any) -> Rule:
    """Return ``g -> `` the same elements in the shape that they had."""
    return lambda g: g.reshape(shape, order=order)


def transpose_back(ans: Array, x: Array, axes: Sequence[int] | None = None) -> Rule:
    """Return ``g -> `` the axes of ``g`` in the order that they had."""
    if axes is None:
        return np.transpose
    ndim = x.ndim
    inverse = np.argsort([i % ndim for i in axes])
    return lambda g: np.transpose(g, inverse)


def unbroadcast(ans: Array, x: Array, shape: Any) -> Rule:
    """Return ``g -> `` the sum over the axes along which ``x`` was repeated."""
    shape, dtype = x.shape, x.dtype
    return lambda g: project(g, shape, dtype)


def reshaped(a: Array, shape: Any, order: Any = "C") -> Array:
    """Return ``np.reshape``, whose second parameter has had two names."""
    return np.reshape(a, shape, order)


reshape = linear(reshaped, lambda ans, x, shape, order="C": reshape_back(x.shape, order), name="reshape")
ravel = linear(np.ravel, lambda ans, x, order="C": reshape_back(x.shape, order))
squeeze = linear(np.squeeze, lambda ans, x, axis=None: reshape_back(x.shape, "C"))
expand_dims = linear(np.expand_dims, lambda ans, x, axis: reshape_back(x.shape, "C"))
transpose = linear(np.transpose, transpose_back)
moveaxis = linear(np.moveaxis, lambda ans, x, source, destination: lambda g: np.moveaxis(g, destination, source))
swapaxes = linear(np.swapaxes, lambda ans, x, axis1, axis2: lambda g: np.swapaxes(g, axis1, axis2))
broadcast_to = linear(np.broadcast_to, unbroadcast)

# Changes of type

astype = linear(lambda x, dtype: x.astype(dtype), lambda ans, x, dtype: lambda g: g, name="astype")
copy = linear(np.copy, lambda ans, x: lambda g: g)

# Joins


def pieces(ans: Array, *arrays: Array, axis: int = 0) -> list[Rule]:
    """Return for each joined array ``g -> `` its piece of ``g``."""
    ends = np.cumsum([x.shape[axis] for x in arrays])
    before = (slice(None),) * (axis % ans.ndim)
    return [
        lambda g, piece=(*before, slice(end - x.shape[axis], end)): g[piece]
        for x, end in zip(arrays, ends, strict=True)
    ]


def layers(ans: Array, *arrays: Array, axis: int = 0) -> list[Rule]:
    """Return for each stacked array ``g -> `` its layer of ``g``."""
    before = (slice(None),) * (axis % ans.ndim)
    return [lambda g, layer=(*before, i): g[layer] for i in range(len(arrays))]


join = jointly_linear(lambda *arrays, axis=0: np.concatenate(arrays, axis), pieces, name="concatenate")
layer = jointly_linear(lambda *arrays, axis=0: np.stack(arrays, axis), layers, name="stack")


@composite(np.concatenate)
def concatenate(arrays: Sequence[Array], axis: int | None = 0) -> Array:
    """Join arrays along an existing axis; with ``axis=None`` flattened."""
    arrays = [asarray(x) for x in arrays]
    if axis is None:
        return join(*[np.ravel(x) for x in arrays])
    return join(*arrays, axis=axis)


@composite(np.stack)
def stack(arrays: Sequence[Array], axis: int = 0) -> Array:
    """Join arrays along a new axis."""
    return layer(*[asarray(x) for x in arrays], axis=axis)


# Arrays made of boxes, which NumPy alone cannot make


def stacked(x: Any) -> Array:
    """Return nested lists with boxes inside as an array."""
    if not boxed_within(x):
        return np.asarray(x)
    return x if type(x) is Box else stack([stacked(item) for item in x])


@composite(np.array)
def array(object: Any, dtype: Any = None) -> Array:  # noqa: A002  # the name of NumPy's parameter
    """Return a new array of the object; boxes may stand anywhere in its lists."""
    made = copy(object) if type(object) is Box else stacked(object)
    return made if dtype is None else astype(made, np.dtype(dtype))


@composite(np.asarray)
def asarray(a: Any, dtype: Any = None) -> Array:
    """Return the object as an array; a box is one already."""
    made = stacked(a)
    return made if dtype is None else astype(made, np.dtype(dtype))


@composite(np.full_like)
def full_like(a: Array, fill_value: Array, dtype: Any = None, shape: Any = None) -> Array:
    """Return an array with the shape and dtype of ``a`` and one value everywhere."""
    like = np.empty_like(stop_gradient(a), dtype=dtype, shape=shape)
    return astype(broadcast_to(asarray(fill_value), like.shape), like.dtype)
