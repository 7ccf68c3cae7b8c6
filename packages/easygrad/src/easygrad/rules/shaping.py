"""Functions that move elements without changing them: shapes, axes, joins, and arrays made of boxes.

All are linear, so a rule is the transpose: the way back for each element.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import update_wrapper
from typing import Any

import numpy as np

from easygrad.core import Array, Box, Rule, jointly_linear, linear, project, stop_gradient
from easygrad.rules.composition import boxed_within, composite


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


def in_settled_order(function: Rule, place: int, orders: str) -> Rule:
    """Return a reshaping function that settles its order by the array: tangents may lie otherwise in memory."""

    def call(*args: Any, **options: Any) -> Array:
        x = args[0] if args else options["a"]
        if type(x) is Box and "order" in options:
            options["order"] = settled(x, options["order"], orders)
        elif type(x) is Box and len(args) > place:
            args = (*args[:place], settled(x, args[place], orders))
        return function(*args, **options)

    return update_wrapper(call, function)


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


reshape = linear(reshaped, lambda ans, x, shape, order="C": reshape_back(x, order), name="reshape")
reshape = in_settled_order(reshape, 2, "A")
ravel = in_settled_order(linear(np.ravel, lambda ans, x, order="C": reshape_back(x, order)), 1, "AK")
squeeze = linear(np.squeeze, lambda ans, x, axis=None: reshape_back(x, "C"))
expand_dims = linear(np.expand_dims, lambda ans, x, axis: reshape_back(x, "C"))
transpose = linear(np.transpose, transpose_back)
moveaxis = linear(np.moveaxis, lambda ans, x, source, destination: lambda g: np.moveaxis(g, destination, source))
swapaxes = linear(np.swapaxes, lambda ans, x, axis1, axis2: lambda g: np.swapaxes(g, axis1, axis2))
broadcast_to = linear(np.broadcast_to, unbroadcast)
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


def with_ndim(arrays: Sequence[Array], widened: Callable[[Array], Array]) -> Any:
    """Return one array widened, or several as a tuple."""
    made = tuple(widened(asarray(x)) for x in arrays)
    return made[0] if len(made) == 1 else made


@composite(np.atleast_1d)
def atleast_1d(*arys: Array) -> Any:
    """Return each array with at least one axis."""
    return with_ndim(arys, lambda x: x if x.ndim else reshape(x, 1))


@composite(np.atleast_2d)
def atleast_2d(*arys: Array) -> Any:
    """Return each array with at least two axes, new ones in front."""
    return with_ndim(arys, lambda x: x if x.ndim > 1 else reshape(x, (1, -1)))


@composite(np.atleast_3d)
def atleast_3d(*arys: Array) -> Any:
    """Return each array with at least three axes; a row lies along the second."""
    shapes = {0: (1, 1, 1), 1: (1, -1, 1)}
    return with_ndim(arys, lambda x: x if x.ndim > 2 else reshape(x, shapes.get(x.ndim, (*x.shape, 1))))


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
    return tuple(grid) if sparse else broadcast_arrays(*grid)


# Changes of type

cast_to = linear(lambda x, dtype: x.astype(dtype), lambda ans, x, dtype: lambda g: g, name="astype")


def astype(x: Array, dtype: Any) -> Array:
    """Return the array with another dtype; as integers it is a constant."""
    dtype = np.dtype(dtype)
    return cast_to(x, dtype) if dtype.kind in "fc" else stop_gradient(x).astype(dtype)


@composite(np.astype)
def with_dtype(x: Array, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Array:
    """Return the array with another dtype."""
    return astype(x, dtype)


copy = linear(np.copy, lambda ans, x, order="K", subok=False: lambda g: g)

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


def as_type(arrays: Sequence[Array], dtype: Any, casting: Any) -> list[Array]:
    """Return the arrays with the dtype that was asked for, where the rules of casting allow that."""
    arrays = [asarray(x) for x in arrays]
    if dtype is None and casting in ("same_kind", "safe", "unsafe"):
        return arrays
    dtype = np.result_type(*[x.dtype for x in arrays]) if dtype is None else np.dtype(dtype)
    for x in arrays:
        if not np.can_cast(x.dtype, dtype, casting):
            raise TypeError(f"cannot cast an array of {x.dtype} to {dtype} with casting={casting!r}.")
    return [astype(x, dtype) for x in arrays]


@composite(np.concatenate)
def concatenate(
    arrays: Sequence[Array], /, axis: int | None = 0, *, dtype: Any = None, casting: Any = "same_kind"
) -> Array:
    """Join arrays along an existing axis; with ``axis=None`` flattened."""
    arrays = as_type(arrays, dtype, casting)
    if axis is None:
        return join(*[np.ravel(x) for x in arrays])
    return join(*arrays, axis=axis)


@composite(np.stack)
def stack(arrays: Sequence[Array], axis: int = 0, *, dtype: Any = None, casting: Any = "same_kind") -> Array:
    """Join arrays along a new axis."""
    return layer(*as_type(arrays, dtype, casting), axis=axis)


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
    return made if dtype is None else astype(made, dtype)


@composite(np.asarray)
def asarray(a: Any, dtype: Any = None) -> Array:
    """Return the object as an array; a box is one already."""
    made = stacked(a)
    return made if dtype is None else astype(made, dtype)


@composite(np.full_like)
def full_like(a: Array, fill_value: Array, dtype: Any = None, shape: Any = None) -> Array:
    """Return an array with the shape and dtype of ``a`` and one value everywhere."""
    like = np.empty_like(stop_gradient(a), dtype=dtype, shape=shape)
    return astype(broadcast_to(asarray(fill_value), like.shape), like.dtype)


@composite(np.full)
def full(shape: Any, fill_value: Array, dtype: Any = None, order: Any = "C") -> Array:
    """Return an array with one value everywhere."""
    value = asarray(fill_value, dtype)
    return broadcast_to(value, shape if np.ndim(shape) else (shape,))


@composite(np.asanyarray)
def asanyarray(a: Any, dtype: Any = None) -> Array:
    """Return the object as an array; a box is one already."""
    return asarray(a, dtype)


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
