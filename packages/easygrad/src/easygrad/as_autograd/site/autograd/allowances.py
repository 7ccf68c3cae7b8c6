"""Three things that users of Autograd do and easygrad refuses: allowed here, where programs are as they are.

A value that outlived its derivative can be used; it is a constant then. NumPy's ``array`` of traced values is an array
of objects, each a traced number. And ``plain += traced`` works as it did before Autograd 1.9, with a warning. All
three are given to the engine's classes when this is imported.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from dis import opmap
from types import FrameType
from typing import Any

import numpy as np

from easygrad.array import as_object
from easygrad.core import Args, Array, Box, Closed, Followed, Options, Primitive, recorded
from easygrad.rules.shaping import astype

IN_PLACE = range(13, 26)  # the arguments of Python's instruction BINARY_OP that stand for += and its like
REBOUND = (
    "{name} in place, of a plain array and a traced value: as before Autograd 1.9 this makes a new array, which the "
    "name on the left now means; other names of the plain array keep the old values. Write a = a + x."
)
given: Any = Box  # its methods are those of array.py, of which its type does not tell
box_ufunc, box_array = given.__array_ufunc__, given.__array__


def constant(trace: Closed, primitive: Primitive, ans: Array, args: Args, options: Options, followed: Followed) -> Box:
    """Return a box of an ended trace around an answer: nothing is differentiated by what it depends on any more."""
    return recorded(ans, trace, ())


def array_of_objects(box: Array, dtype: Any = None, copy: Any = None) -> Any:
    """Return a plain array with a traced number in each place; of any other dtype, raise as easygrad does."""
    if sys._getframe(1).f_globals.get("__name__", "").startswith("scipy.sparse"):
        return as_object(box)  # whose matrices leave an operator to an object without a shape
    if dtype is not None and np.dtype(dtype).kind != "O":
        return box_array(box, dtype, copy)
    array: Any = np.empty(box.shape, "O")
    for index in np.ndindex(box.shape):
        array[index] = box[index]
    return array


def is_in_place(frame: FrameType) -> bool:
    """Return whether a frame is at an operator like ``+=``."""
    code, place = frame.f_code.co_code, frame.f_lasti
    return code[place] == opmap["BINARY_OP"] and code[place + 1] in IN_PLACE


def replaceable(out: Sequence[Any]) -> bool:
    """Return whether the left side of ``+=`` is a plain array of numbers with a derivative."""
    return len(out) == 1 and isinstance(out[0], np.ndarray) and out[0].dtype.kind in "fc"


def array_ufunc(box: Array, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
    """Call a ufunc; for ``plain += traced`` return a new array instead of writing into the plain one.

    What the plain array could not hold by NumPy's rules, another shape or a complex value in a real array, is refused.
    """
    out = options.get("out", ())
    if list(options) == ["out"] and method == "__call__" and replaceable(out) and is_in_place(sys._getframe(1)):
        answer = box_ufunc(box, ufunc, method, *inputs)
        if answer.shape == out[0].shape and np.can_cast(answer.dtype, out[0].dtype, "same_kind"):
            warnings.warn(REBOUND.format(name=ufunc.__name__), stacklevel=2)
            return astype(answer, out[0].dtype)
    return box_ufunc(box, ufunc, method, *inputs, **options)


given.__array__, given.__array_ufunc__ = array_of_objects, array_ufunc
Closed.record = constant  # type: ignore[method-assign, assignment]
