"""Writing into traced arrays: item assignment, in-place operators, ``out=``, and the views that show a write.

A value never changes, since the backward pass may need it. A box is only a name of one, so a write makes a new value
and lets the box stand for that::

    def f(x):                 # x: a box around [1, 2, 3]
        row = x[:2]           # a view of the same memory, as in NumPy
        x[0] = 10.0           # x: a box around [10, 2, 3], a new array
        return row[0]         # 10: the view was made once more from the new x

Each box remembers the call that made it, if its answer shows the memory of an argument, and which boxes are views of
it. A write into a view becomes one into the array that it shows; then every live view is made again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from weakref import ref

import numpy as np

from easygrad.core import Array, Box, apply, stop_gradient
from easygrad.rules.composition import primitive_of
from easygrad.rules.indexing import getitem, set_at
from easygrad.rules.shaping import asarray, astype


def remember(view: Array, boxes: Any, call: Any) -> None:
    """Note the call that made a box, which may be a view of its arguments."""
    view.origin = call
    for x in boxes:
        views = getattr(x, "views", None)
        if views is None:
            x.views = views = []
        views.append(ref(view, views.remove))


def overlap(x: Any, y: Any) -> bool:
    """Return whether two values lie in the same memory."""
    return np.may_share_memory(stop_gradient(x), stop_gradient(y))


def base(x: Array) -> Any:
    """Return the box that ``x`` is a view of; None if there is none."""
    for source in x.origin[1] if hasattr(x, "origin") else ():
        if type(source) is Box and overlap(source, x):
            return source
    return None


def places(view: Array, source: Array) -> Any:
    """Return the index of the elements of an array that a view shows."""
    primitive, args, options = view.origin
    if primitive is primitive_of(getitem):
        return args[1]
    numbered = np.arange(source.size).reshape(source.shape)
    shown = primitive.fast(*[numbered if x is source else x for x in args], **options)
    return np.unravel_index(shown, source.shape)


def replace(x: Array, new: Any) -> None:
    """Let a box stand for a new value, and make the views of it again."""
    views = [view for view in (link() for link in getattr(x, "views", ())) if view is not None and overlap(view, x)]
    x.value, x.owner, x.node = new.value, new.owner, new.node
    for view in views:
        primitive, args, options = view.origin
        replace(view, apply(primitive, args, options))


def write(x: Array, new: Any) -> None:
    """Give a box, and every other name of its memory, a new value of the same shape and dtype."""
    source = base(x)
    if source is None:
        return replace(x, new)
    if source.dtype != x.dtype:
        raise TypeError(
            "a traced complex array cannot be written through its real or imaginary part. Write x[...] = a + 1j * b."
        )
    if not stop_gradient(x).flags.writeable and stop_gradient(source).flags.writeable:
        raise ValueError("assignment destination is read-only: this view of a traced array shows elements twice.")
    return write(source, set_at(source, new, index=places(x, source)))


def assign(x: Array, index: Any, value: Any) -> None:
    """Write a value at an index, as ``x[index] = value`` does to an array."""
    if not isinstance(stop_gradient(x), np.ndarray):
        raise TypeError("a traced number cannot be written into, like a float; write x = ... instead.")
    index = stop_gradient(index)
    origin = getattr(value, "origin", None)  # the call that made a view
    if origin and base(value) is x and origin[1][-1] is index:
        return None  # the last step of x[index] += y, which has already been written through the view
    return write(x, set_at(x, asarray(value), index=index))


def update(x: Any, new: Any) -> Any:
    """Give ``x`` the value ``new``, as an operator like ``+=`` does to an array; a number is replaced."""
    if not isinstance(stop_gradient(x), np.ndarray):
        return new
    if new.shape != x.shape or not np.can_cast(new.dtype, x.dtype, "same_kind"):
        raise TypeError(
            f"an in-place operator cannot put a value of shape {new.shape} and dtype {new.dtype} into a traced "
            f"array of shape {x.shape} and dtype {x.dtype}. Write a = a + b, which makes a new array."
        )
    new = astype(new, x.dtype)
    alike = type(new) is Box and stop_gradient(new).strides == stop_gradient(x).strides
    write(x, new if alike else set_at(x, new, index=...))  # the memory keeps its layout: it decides what is a view
    return x


def write_out(out: Any, value: Array, name: str) -> Any:
    """Write an answer into the array that was given as ``out=``, and return that."""
    out = out[0] if type(out) is tuple and len(out) == 1 else out
    if type(out) is not Box:
        raise TypeError(
            f"numpy.{name} cannot write a traced value into a plain array, be it by out= or by an operator like "
            "a += x. Write a = a + x, which makes a new array, or make the array with np.zeros_like(x)."
        )
    if not isinstance(stop_gradient(out), np.ndarray):
        raise TypeError(f"numpy.{name} cannot write into a traced number, as out= must be an array.")
    return update(out, value)


class Flat:
    """All elements of a traced array in the order of C, to read, write and go through: ``x.flat``."""

    def __init__(self, x: Array) -> None:
        self.x = x

    def index(self, i: Any) -> Any:
        """Return the index of elements in the array."""
        numbers = np.arange(self.x.size)[stop_gradient(i)]
        if np.ndim(numbers) and not self.x.ndim:
            raise TypeError("x.flat[i] of a traced number takes an integer i; np.ravel(x) is a vector of one element.")
        return np.unravel_index(numbers, self.x.shape)

    def __getitem__(self, i: Any) -> Any:
        return self.x[self.index(i)]

    def __setitem__(self, i: Any, value: Any) -> None:
        index = self.index(i)
        if np.ndim(index[0]):
            if type(value) is Box and overlap(self.x, value):
                raise TypeError("x.flat[i] = y of a traced array that shares its memory with y: write y.copy() there.")
            value = np.resize(value, np.shape(index[0]))  # its elements, as often as needed
        self.x[index] = value

    def __len__(self) -> int:
        return int(self.x.size)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))
