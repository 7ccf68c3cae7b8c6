"""Functions that move elements without changing them: shapes, axes, joins, and arrays made of boxes.

All are linear, so a rule is the transpose: the way back for each element.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import numpy as np

from easygrad.core import Array, Box, Rule, apply, projected, stop_gradient
from easygrad.primitives import jointly_linear, linear
from easygrad.rules.composition import boxed_within, composite, primitive_of
from easygrad.rules.constants import writable


def reshape_back(x: Array, order: Any) -> Rule:
    """Return ``g -> `` the same elements in the shape that they had."""
    shape = x.shape
    return lambda g: g.reshape(shape, order=order)


def settled(x: Array, order: str, orders: str) -> str:
    """Return the order of elements that is meant: "C" or "F" where ``orders`` leave it to the layout of the array."""
    order = order.upper()
    if order not in orders:
        return order
    flags = stop_gradient(x).flags
    if flags.c_contiguous or (order == "A" and not flags.f_contiguous):
        return "C"
    if flags.f_contiguous:
        return "F"
    raise TypeError(f"reshaping a traced array in order {order!r} needs one that is contiguous. Use order 'C' or 'F'.")


def transpose_back(ans: Array, x: Array, axes: Sequence[int] | None = None) -> Rule:
    """Return ``g -> `` the axes of ``g`` in the order that they had."""
    if axes is None:
        return np.transpose
    ndim = x.ndim
    inverse = np.argsort([i % ndim for i in axes])
    return lambda g: np.transpose(g, inverse)


reordered = linear(
    lambda x, shape, order: x.reshape(shape, order=order),
    lambda ans, x, shape, order: reshape_back(x, order),
    name="reshape",
)


flattened = linear(
    lambda x, order: x.ravel(order), lambda ans, x, order: reshape_back(x, order), name="ravel"
)  # not a reshape, which leaves a strided vector as it is


@composite(np.reshape)
def reshape(a: Array, shape: Any, order: str = "C") -> Array:
    """Return the elements in another shape, in an order settled by the array: tangents may lie otherwise in memory."""
    return reordered(asarray(a), shape, settled(a, order, "A"))


@composite(np.ravel)
def ravel(a: Array, order: str = "C") -> Array:
    """Return the elements as a vector."""
    return flattened(asarray(a), settled(a, order, "AK"))


@lru_cache
def alike(number: Array, shape: tuple[int, ...]) -> Array:
    """Return a number for each element, read-only; kept, as most derivatives begin with the same ones."""
    return np.ndarray(shape, number.dtype, number, 0, (0,) * len(shape))


def repeated(array: Array, shape: Any, subok: bool = False) -> Array:
    """Return ``np.broadcast_to``; of a number in a tenth of its time."""
    if type(array) is np.float64 and type(shape) is tuple:
        return alike(array, shape) if array == 1.0 else alike.__wrapped__(array, shape)
    return np.broadcast_to(array, shape, subok)


squeeze = linear(np.squeeze, lambda ans, x, axis=None: reshape_back(x, "C"))
expand_dims = linear(np.expand_dims, lambda ans, x, axis: reshape_back(x, "C"))
transpose = linear(np.transpose, transpose_back)
moveaxis = linear(np.moveaxis, lambda ans, x, source, destination: lambda g: np.moveaxis(g, destination, source))
swapaxes = linear(np.swapaxes, lambda ans, x, axis1, axis2: lambda g: np.swapaxes(g, axis1, axis2))
broadcast_to = linear(np.broadcast_to, lambda ans, x, shape: projected(lambda g: g, x), fast=repeated)
flip = linear(np.flip, lambda ans, m, axis=None: lambda g: np.flip(g, axis))
fliplr = linear(np.fliplr, lambda ans, m: np.fliplr)
flipud = linear(np.flipud, lambda ans, m: np.flipud)
rot90 = linear(np.rot90, lambda ans, m, k=1, axes=(0, 1): lambda g: np.rot90(g, -k, axes))
roll = linear(np.roll, lambda ans, a, shift, axis=None: lambda g: np.roll(g, np.negative(shift), axis))
matrix_transpose = linear(np.matrix_transpose, lambda ans, x: np.matrix_transpose)


@composite(np.rollaxis)
def rollaxis(a: Array, axis: int, start: int = 0) -> Array:
    """Move an axis to the place before another one."""
    axis, start = range(a.ndim)[axis], start + a.ndim if start < 0 else start
    return moveaxis(a, axis, start - 1 if start > axis else start)


def widened(fun: Rule) -> Rule:
    """Return one of ``atleast_1d`` and so on, which give arrays a shape that NumPy knows."""

    @composite(fun)
    def call(*arys: Array) -> Any:
        arrays = [asarray(x) for x in arys]
        shapes = [fun(np.broadcast_to(0.0, x.shape)).shape for x in arrays]
        made = tuple(x if x.shape == s else reshape(x, s) for x, s in zip(arrays, shapes, strict=True))
        return made[0] if len(made) == 1 else made

    return call


atleast_1d, atleast_2d, atleast_3d = map(widened, (np.atleast_1d, np.atleast_2d, np.atleast_3d))


@composite(np.broadcast_arrays)
def broadcast_arrays(*args: Array, subok: bool = False) -> tuple[Array, ...]:
    """Return the arrays with one shape."""
    arrays = [asarray(x) for x in args]
    shape = np.broadcast_shapes(*[x.shape for x in arrays])
    return tuple(x if x.shape == shape else broadcast_to(x, shape) for x in arrays)


@composite(np.meshgrid)
def meshgrid(*xi: Array, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> tuple[Array, ...]:
    """Return the coordinates of the points of a grid, one array for each axis."""
    if indexing not in ("xy", "ij"):
        raise ValueError(f"meshgrid: indexing is {indexing!r}; expected 'xy' or 'ij'.")
    grid = [reshape(asarray(x), (1,) * i + (-1,) + (1,) * (len(xi) - 1 - i)) for i, x in enumerate(xi)]
    if indexing == "xy" and len(grid) > 1:
        grid = [swapaxes(x, 0, 1) for x in grid]
    grid = grid if sparse else list(broadcast_arrays(*grid))
    return tuple(map(unshared, grid)) if copy else tuple(grid)


# Changes of type

cast_to = linear(lambda x, dtype: x.astype(dtype), lambda ans, x, dtype: lambda g: g, name="astype")


def astype(x: Array, dtype: Any) -> Array:
    """Return the array with another dtype; as integers it is a constant. Raises TypeError for a box as objects."""
    dtype = np.dtype(dtype)
    if dtype.kind == "O" and type(x) is Box:
        raise TypeError(
            "numpy.astype: an array of objects would cut a traced value off from its derivative. Leave dtype=object "
            "out, or pass stop_gradient(x), where a constant is meant."
        )
    return cast_to(x, dtype) if dtype.kind in "fc" else stop_gradient(x).astype(dtype)


@composite(np.astype)
def with_dtype(x: Array, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Array:
    """Return the array with another dtype."""
    return astype(x, dtype)


copy = linear(np.copy, lambda ans, x, order="K", subok=False: lambda g: g)


def unshared(x: Array) -> Array:
    """Return an array with memory of its own, as those functions of NumPy give that copy."""
    return x if x.base is None else np.copy(x)


# Joins


def parts_along(axis: int, ans: Array, places: Iterable[Any]) -> list[Rule]:
    """Return for each place along an axis ``g -> `` what stands there in ``g``."""
    before = (slice(None),) * (axis % ans.ndim)
    return [itemgetter((*before, place)) for place in places] if before else list(map(itemgetter, places))


def pieces(ans: Array, *arrays: Array, axis: int = 0) -> list[Rule]:
    """Return for each joined array ``g -> `` its piece of ``g``."""
    places, end = [], 0
    for x in arrays:
        start, end = end, end + x.shape[axis]
        places.append(slice(start, end))
    return parts_along(axis, ans, places)


def layers(ans: Array, *arrays: Array, axis: int = 0) -> list[Rule]:
    """Return for each stacked array ``g -> `` its layer of ``g``."""
    return parts_along(axis, ans, range(len(arrays)))


def on_top(*arrays: Array, axis: int = 0) -> Array:
    """Return ``np.stack``; of numbers in a fifth of its time."""
    return np.array(arrays) if not axis and set(map(type, arrays)) == {np.float64} else np.stack(arrays, axis)


join = jointly_linear(lambda *arrays, axis=0: np.concatenate(arrays, axis), pieces, name="concatenate")
layer = jointly_linear(on_top, layers, name="stack")
JOIN, LAYER = primitive_of(join), primitive_of(layer)


def as_type(arrays: Sequence[Array], dtype: Any, casting: Any) -> list[Array]:
    """Return the arrays with the dtype that was asked for, where the rules of casting allow that."""
    arrays = [x if type(x) is Box else asarray(x) for x in arrays]
    if dtype is None and casting in ("same_kind", "safe", "unsafe"):
        return arrays
    dtype = np.result_type(*[x.dtype for x in arrays]) if dtype is None else np.dtype(dtype)
    for x in arrays:
        if not np.can_cast(x.dtype, dtype, casting):
            raise TypeError(f"cannot cast an array of {x.dtype} to {dtype} with casting={casting!r}.")
    return [astype(x, dtype) for x in arrays]


@composite(np.concatenate)
def concatenate(arrays: Any, /, axis: int | None = 0, *, dtype: Any = None, casting: Any = "same_kind") -> Array:
    """Join arrays along an existing axis; with ``axis=None`` flattened."""
    arrays = as_type(arrays, dtype, casting)
    return join(*map(ravel, arrays)) if axis is None else apply(JOIN, arrays, {"axis": axis})


@composite(np.stack)
def stack(arrays: Sequence[Array], axis: int = 0, *, dtype: Any = None, casting: Any = "same_kind") -> Array:
    """Join arrays along a new axis."""
    return apply(LAYER, as_type(arrays, dtype, casting), {"axis": axis})


# Arrays made of boxes, which NumPy alone cannot make


def stacked(x: Any) -> Array:
    """Return nested lists with boxes inside as an array."""
    if type(x) is Box:
        return x
    return apply(LAYER, [stacked(item) for item in x], {}) if boxed_within(x) else np.asarray(x)


@composite(np.array)
def array(object: Any, dtype: Any = None, *, copy: bool | None = True, ndmin: int = 0, like: Any = None) -> Array:
    """Return a new array of the object; boxes may stand anywhere in its lists."""
    made = asarray(object, dtype, copy=copy, like=like)
    return made if made.ndim >= ndmin else reshape(made, (1,) * (ndmin - made.ndim) + made.shape)


@composite(np.asarray)
def asarray(a: Any, dtype: Any = None, *, copy: bool | None = None, like: Any = None) -> Array:
    """Return the object as an array; a box is one already."""
    made = stacked(a)
    made = np.copy(made) if copy and made is a else made
    made = made if dtype is None or made.dtype == dtype else astype(made, dtype)
    return made if type(made) is Box else writable(made, like)


@composite(np.full_like)
def full_like(a: Array, fill_value: Array, dtype: Any = None, shape: Any = None) -> Array:
    """Return an array with the shape and dtype of ``a`` and one value everywhere."""
    like = np.empty_like(stop_gradient(a), dtype=dtype, shape=shape)
    value = copy(astype(broadcast_to(asarray(fill_value), like.shape), like.dtype))
    return value if type(value) is Box else writable(value, a)


@composite(np.full)
def full(shape: Any, fill_value: Array, dtype: Any = None, order: Any = "C", *, like: Any = None) -> Array:
    """Return an array with one value everywhere."""
    value = asarray(fill_value, dtype, like=like)
    return copy(broadcast_to(value, shape if np.ndim(shape) else (shape,)))


asanyarray = composite(np.asanyarray)(asarray)


@composite(np.asarray_chkfinite)
def asarray_chkfinite(a: Any, dtype: Any = None) -> Array:
    """Return the object as an array; raise where a number is not finite."""
    np.asarray_chkfinite(stop_gradient(a))
    return asarray(a, dtype)


in_c_order = linear(np.ascontiguousarray, lambda ans, x: reshape_back(x, "C"))
in_f_order = linear(np.asfortranarray, lambda ans, x: reshape_back(x, "C"))


@composite(np.ascontiguousarray)
def ascontiguousarray(a: Any, dtype: Any = None) -> Array:
    """Return the object as an array whose elements lie in memory in the order of their indices."""
    return in_c_order(asarray(a, dtype))


@composite(np.asfortranarray)
def asfortranarray(a: Any, dtype: Any = None) -> Array:
    """Return the object as an array whose elements lie in memory with the first index running fastest."""
    return in_f_order(asarray(a, dtype))
