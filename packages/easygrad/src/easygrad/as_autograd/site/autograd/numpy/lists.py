"""The functions that take more forms of argument in Autograd than in NumPy.

What joins arrays takes iterators, as ``np.stack(map(f, xs))``. What makes arrays takes ``dtype=object`` for traced
values, which stay numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from easygrad.core import Box
from easygrad.rules import joining, shaping
from easygrad.rules.composition import boxed_within

Function = Callable[..., Any]


def of_iterators(function: Function) -> Function:
    """Return a function of a sequence of arrays that takes an iterator of them too."""

    @wraps(function)
    def call(arrays: Any, *args: Any, **options: Any) -> Any:
        known = isinstance(arrays, list | tuple | np.ndarray | Box)
        return function(arrays if known else list(arrays), *args, **options)

    return call


def of_objects(function: Function) -> Function:
    """Return a function that makes arrays, of traced values too where they are to be objects."""

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        dtype = args[1] if len(args) > 1 else options.get("dtype")
        if dtype is not None and np.dtype(dtype).kind == "O" and boxed_within(args):
            args, options = args[:1], options | {"dtype": None}
        return function(*args, **options)

    return call


array, asarray = of_objects(shaping.array), of_objects(shaping.asarray)
column_stack = of_iterators(joining.column_stack)
concatenate = concat = of_iterators(shaping.concatenate)
hstack = of_iterators(joining.hstack)
stack = of_iterators(shaping.stack)
vstack = of_iterators(joining.vstack)
