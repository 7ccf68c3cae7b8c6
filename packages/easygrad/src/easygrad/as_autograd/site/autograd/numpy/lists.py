"""The functions that take more forms of argument in Autograd than in NumPy.

Reductions take lists of traced values, and what joins arrays takes iterators, as ``np.stack(map(f, xs))``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from easygrad.core import Box
from easygrad.rules import averages, cumulative, joining, products, reductions, shaping
from easygrad.rules.composition import boxed_within

Function = Callable[..., Any]


def of_lists(function: Function) -> Function:
    """Return a function that takes lists with traced values as its arguments too."""

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        if list in map(type, args) or tuple in map(type, args):
            args = tuple(shaping.array(x) if type(x) in (list, tuple) and boxed_within(x) else x for x in args)
        return function(*args, **options)

    return call


def of_iterators(function: Function) -> Function:
    """Return a function of a sequence of arrays that takes an iterator of them too."""

    @wraps(function)
    def call(arrays: Any, *args: Any, **options: Any) -> Any:
        known = isinstance(arrays, list | tuple | np.ndarray | Box)
        return function(arrays if known else list(arrays), *args, **options)

    return call


average = of_lists(averages.average)
cumsum = of_lists(cumulative.cumsum)
dot = of_lists(products.dot)
max = amax = of_lists(reductions.max)  # noqa: A001  # NumPy's names
mean = of_lists(reductions.mean)
min = amin = of_lists(reductions.min)  # noqa: A001
prod = of_lists(reductions.prod)
std = of_lists(reductions.std)
sum = of_lists(reductions.sum)  # noqa: A001
var = of_lists(reductions.var)

column_stack = of_iterators(joining.column_stack)
concatenate = concat = of_iterators(shaping.concatenate)
hstack = of_iterators(joining.hstack)
stack = of_iterators(shaping.stack)
vstack = of_iterators(joining.vstack)
