"""What a call of a NumPy ufunc means for traced arrays: its options ``where dtype casting axes out`` and its methods.

``np.add(x, y, where=mask)`` and ``np.add.reduceat(x, starts)`` reach a box through ``__array_ufunc__``. Here they are
put in terms of the primitives, so that no rule has to know them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from easygrad.core import Args, Array, Options, Rule, stop_gradient
from easygrad.rules import cumulative, reductions, shaping
from easygrad.rules.indexing import scatter, set_at
from easygrad.rules.shaping import asarray, astype, moveaxis
from easygrad.writing import update, write_out

CALL_OPTIONS = {"where", "dtype", "casting", "axes", "axis", "keepdims", "order", "subok"}


def called(function: Rule, ufunc: np.ufunc, method: str, inputs: Args, options: Options) -> Any:
    """Return what a ufunc, or a method of it, gives for inputs with boxes among them."""
    if method == "at":
        return at(function, ufunc, *inputs)
    out = options.pop("out", None)
    start = out[0] if out and method == "__call__" and options.get("where", True) is not True else None
    if method == "__call__":
        answer = plain_call(function, ufunc, inputs, options, start)
    elif method == "outer":
        x, y = map(asarray, inputs)
        answer = plain_call(function, ufunc, (x.reshape(x.shape + (1,) * y.ndim), y), options, None)
    else:
        answer = METHODS[method](function, ufunc, *inputs, **options)
    return answer if out is None else write_out(out, answer, ufunc.__name__)


def plain_call(function: Rule, ufunc: np.ufunc, inputs: Args, options: Options, start: Array | None) -> Any:
    """Return a call with options as one without."""
    unknown = options.keys() - CALL_OPTIONS
    if unknown:
        raise TypeError(f"numpy.{ufunc.__name__}: the derivative does not know the option {', '.join(unknown)}.")
    if "dtype" in options or "casting" in options:
        inputs = in_loop(ufunc, inputs, options.get("dtype"), options.get("casting", "same_kind"))
    if "axes" in options or "axis" in options or "keepdims" in options:
        return along(function, ufunc, inputs, options.get("axes"), options.get("axis"), options.get("keepdims", False))
    if options.get("where", True) is not True:
        return where_selected(function, inputs, options["where"], start)
    return function(*inputs)


def in_loop(ufunc: np.ufunc, inputs: Args, dtype: Any, casting: Any) -> list[Array]:
    """Return the inputs in the dtypes of the loop that NumPy takes when these options are given."""
    arrays = [asarray(x) for x in inputs]
    given = (*[x.dtype for x in arrays], *[None] * ufunc.nout)
    wanted: Any = {} if dtype is None else {"signature": (None,) * ufunc.nin + (np.dtype(dtype),) * ufunc.nout}
    loop = ufunc.resolve_dtypes(given, casting=casting, **wanted)
    return [astype(x, loop[i]) for i, x in enumerate(arrays)]


def where_selected(function: Rule, inputs: Args, where: Any, start: Array | None) -> Array:
    """Return the function of the selected elements; the others keep their value in ``out``, or are 0 without one.

    The function is not computed where it is not wanted, so that a pole there does not spoil the derivative.
    """
    arrays, where = [asarray(x) for x in inputs], np.asarray(stop_gradient(where))
    if where.dtype != bool:
        raise TypeError(f"numpy.{function.__name__}: where= takes an array of bool, not of {where.dtype}.")
    shape = np.broadcast_shapes(np.shape(where), *[x.shape for x in arrays], *([] if start is None else [start.shape]))
    mask = np.broadcast_to(where, shape)
    part = function(*[shaping.broadcast_to(x, shape)[mask] for x in arrays])
    return set_at(np.zeros(shape, part.dtype) if start is None else start, part, index=mask)


def along(function: Rule, ufunc: np.ufunc, inputs: Args, axes: Any, axis: Any, keepdims: bool) -> Array:
    """Return a generalized ufunc, like ``matmul``, over other axes than the last ones."""
    if axes is None:
        lengths = [len(re.findall(r"\w+", dims)) for dims in re.findall(r"\((.*?)\)", ufunc.signature or "")]
        axes = [(-1 if axis is None else axis,) * n for n in lengths]
    axes = [(a,) if isinstance(a, int) else tuple(a) for a in axes]
    moved = [moveaxis(asarray(x), a, last(a)) for x, a in zip(inputs, axes, strict=False)]
    answer = function(*moved)
    kept = axes[ufunc.nin] if len(axes) > ufunc.nin else ()
    if keepdims:
        return shaping.expand_dims(answer, axes[0])
    return moveaxis(answer, last(kept), kept) if kept else answer


def last(axes: Sequence[int]) -> tuple[int, ...]:
    """Return as many axes, counted from the end."""
    return tuple(range(-len(axes), 0))


# The methods of a ufunc of two arguments


def reduce(function: Rule, ufunc: np.ufunc, array: Array, axis: Any = 0, **options: Any) -> Array:
    """Return the ufunc folded over an axis."""
    if ufunc in reductions.REDUCTIONS:
        return reductions.REDUCTIONS[ufunc](array, axis, **options)
    folded = list(accumulate(layers(ufunc, array, axis, options), function))[-1]
    return shaping.expand_dims(folded, axis) if options.get("keepdims") else folded


def accumulated(function: Rule, ufunc: np.ufunc, array: Array, axis: int = 0, **options: Any) -> Array:
    """Return all steps of the ufunc folded over an axis."""
    if ufunc in cumulative.ACCUMULATIONS:
        return cumulative.ACCUMULATIONS[ufunc](array, axis, **options)
    return shaping.stack(list(accumulate(layers(ufunc, array, axis, options), function)), axis)


def layers(ufunc: np.ufunc, array: Array, axis: Any, options: Options) -> Sequence[Array]:
    """Return what a fold over an axis goes through; refuse what only NumPy's own folds know."""
    refused = {name for name, value in options.items() if name != "keepdims" and value is not None}
    if refused or not isinstance(axis, int):
        what = ", ".join(sorted(refused)) or f"axis={axis!r}"
        raise TypeError(f"numpy.{ufunc.__name__}.reduce: the derivative does not know {what}; fold over one axis.")
    x = moveaxis(asarray(array), axis, 0)
    if not len(x):
        raise ValueError(f"numpy.{ufunc.__name__}.reduce: the traced array has no elements along axis {axis}.")
    return list(x)


def reduceat(function: Rule, ufunc: np.ufunc, array: Array, indices: Any, axis: int = 0, dtype: Any = None) -> Array:
    """Return the ufunc folded over pieces of an axis, each from one index to the next."""
    x = moveaxis(asarray(array), axis, 0)
    starts, options = [int(i) for i in stop_gradient(indices)], {} if dtype is None else {"dtype": dtype}
    if not all(0 <= i < len(x) for i in starts):
        raise IndexError(f"numpy.{ufunc.__name__}.reduceat: indices {starts}, but axis {axis} has {len(x)} elements.")
    pieces = [slice(i, j) if i < j else slice(i, i + 1) for i, j in pairwise((*starts, len(x)))]
    return shaping.stack([reduce(function, ufunc, x[piece], **options) for piece in pieces], axis)


def at(function: Rule, ufunc: np.ufunc, x: Any, index: Any, *values: Any) -> None:
    """Write into ``x`` as ``x[index] = ufunc(x[index], values)`` would, but an index that repeats counts each time."""
    write_out(x, x, f"{ufunc.__name__}.at")
    index = stop_gradient(index)
    once = np.bincount(np.arange(x.size).reshape(x.shape)[index].ravel(), minlength=1).max() < 2
    if once:
        x[index] = function(x[index], *values)
    elif ufunc is np.add or ufunc is np.subtract:
        part = shaping.broadcast_to(asarray(values[0]), x[index].shape)
        update(x, function(x, scatter(part, indices=[index], shape=x.shape, dtype=x.dtype)))
    else:
        raise TypeError(
            f"numpy.{ufunc.__name__}.at: an index repeats, and only add and subtract can do that to a traced array."
        )


METHODS: dict[str, Rule] = {"reduce": reduce, "accumulate": accumulated, "reduceat": reduceat}
