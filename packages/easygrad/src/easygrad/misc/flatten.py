"""``flatten``: all numbers of nested containers as one vector, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from easygrad.containers import apart, numeric
from easygrad.core import Array, cast
from easygrad.results import Function
from easygrad.rules.shaping import asarray, concatenate

Leaf = tuple[tuple[int, ...], Any]  # the shape and the dtype of an array


def flatten(value: Any) -> tuple[Array, Callable[[Array], Any]]:
    """Return the numbers of nested containers as a vector, and the function that puts a vector's in their places.

    Of a dict the keys are sorted, so that the order does not depend on how it was made; other containers are taken in
    their own order. The dtype is the one that holds all of them; a part gets its own back unless it was of whole
    numbers, or the vector is of another dtype. What is no number (None, text) stays as it is. Both ways can be
    differentiated. The function raises ValueError for a vector of another length.
    """
    parts: list[Array] = []
    rebuild = taken_apart(value, parts)
    spaces = [(part.shape, part.dtype) for part in parts]
    flat = concatenate([np.ravel(part) for part in parts]) if parts else np.array([])
    size, dtype = flat.size, flat.dtype

    def unflatten(vector: Array) -> Any:
        vector = asarray(vector)
        if vector.shape != (size,):
            raise ValueError(f"unflatten: the vector has shape {vector.shape}, but that of the example has {(size,)}.")
        return rebuild(iter(pieces(vector, spaces, vector.dtype == dtype)))

    return flat, unflatten


def taken_apart(x: Any, parts: list[Array]) -> Function:
    """Append the arrays inside of ``x`` to a list, and return the function that makes the like of an iterator."""
    taken = apart(x)
    if taken is None:
        if not numeric(x):
            return lambda rest: x
        parts.append(asarray(x))
        return next
    children, make = taken
    order = range(len(children))
    if isinstance(x, dict):
        keys = list(x)
        order = sorted(order, key=keys.__getitem__)  # type: ignore[assignment]  # a list of numbers, as the range is
    builders = [(i, taken_apart(children[i], parts)) for i in order]

    def build(rest: Any) -> Any:
        made = {i: builder(rest) for i, builder in builders}
        return make([made[i] for i in range(len(made))])

    return build


def pieces(vector: Array, spaces: list[Leaf], same_dtype: bool) -> list[Array]:
    """Return the parts of a vector, in their shapes; in their dtypes too where that changes nothing but the format."""
    made, start = [], 0
    for shape, dtype in spaces:
        end = start + int(np.prod(shape))
        part = np.reshape(vector[start:end], shape) if shape else vector[start]
        made.append(cast(part, dtype) if same_dtype and dtype.kind in "fc" else part)
        start = end
    return made


def flatten_func(func: Function, example: Any) -> tuple[Function, Callable[[Array], Any], Array]:
    """Return ``func`` as one from vector to vector, the function back to containers, and the example as a vector.

    Its first argument is flattened, others are handed through.
    """
    flat, unflatten = flatten(example)

    def flat_func(vector: Array, *args: Any) -> Array:
        return flatten(func(unflatten(vector), *args))[0]

    return flat_func, unflatten, flat
