"""What Autograd's box and node have and ours have under other names: given to the two classes when this is imported.

A box is then called ``autograd.numpy.numpy_boxes.ArrayBox``, by which programs know it, and has ``_value``, ``_trace``
and ``_node``. Everything else of this package is functions.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from easygrad.core import Box, Forward, Node

FLOATS = (float, np.longdouble, np.float64, np.float32, np.float16)
COMPLEX = (complex, np.clongdouble, np.complex64, np.complex128)


class Tangent:
    """The node of a box in forward mode: all that it keeps is the tangent ``g``."""

    __slots__ = ("g",)

    def __init__(self, g: Any) -> None:
        self.g = g

    @classmethod
    def new_root(cls, g: Any) -> Tangent:
        """Return the node of an argument."""
        return cls(g)


def node_of(box: Any) -> Any:
    """Return what a box keeps for its trace, as Autograd has it."""
    return Tangent(box.node) if type(box.owner) is Forward else box.node


def value_of(box: Any) -> Any:
    """Return the value of a box, which is a box of an outer derivative, or plain."""
    return box.value


def trace_of(box: Any) -> Any:
    """Return the trace of a box; where Autograd has a number, it is the trace itself."""
    return box.owner


def parents_of(node: Any) -> list[Node]:
    """Return the nodes that the pullbacks of a call lead to."""
    return [parent for parent, _ in node.edges]


def pullbacks_of(node: Any) -> Callable[[Any], tuple[Any, ...]]:
    """Return the function from the cotangent of a call to those of its parents."""
    pullbacks = [pullback for _, pullback in node.edges]
    return lambda g: tuple(pullback(g) for pullback in pullbacks)


def identity_hash(box: Any) -> int:
    """Return a number by which boxes can be told apart, in dicts and sets."""
    return id(box)


class TypeMappings(dict[type, Any]):
    """Says which values can be boxed; a class of arrays that is added leaves operators with traced values to these."""

    def __setitem__(self, value_type: type, box_type: Any) -> None:
        super().__setitem__(value_type, box_type)
        method = vars(value_type).get("__array_ufunc__")
        if method is not None:
            value_type.__array_ufunc__ = yielding(method)  # type: ignore[attr-defined]  # it has the attribute


def yielding(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return the ``__array_ufunc__`` of a class so that boxes are asked first, as before Autograd 1.9 had one too."""

    @wraps(method)
    def array_ufunc(array: Any, ufunc: np.ufunc, name: str, *inputs: Any, **options: Any) -> Any:
        traced = Box in map(type, inputs)
        return NotImplemented if traced else method(array, ufunc, name, *inputs, **options)

    return array_ufunc


def register(cls: type, value_type: type) -> None:
    """Note that values of a type can be boxed: here the mapping says which, and boxes are all of one class."""
    Box.type_mappings[value_type] = cls  # type: ignore[attr-defined]  # set below


Box.__module__, Box.__name__, Box.__qualname__ = "autograd.numpy.numpy_boxes", "ArrayBox", "ArrayBox"
Box._value = property(value_of)  # type: ignore[attr-defined]  # the class gets it here
Box._trace = property(trace_of)  # type: ignore[attr-defined]
Box._node = property(node_of)  # type: ignore[attr-defined]
Box.__hash__ = identity_hash  # type: ignore[assignment]
Box.__array_priority__ = 100.0  # type: ignore[attr-defined]
Box.type_mappings = TypeMappings(dict.fromkeys([Box, np.ndarray, *FLOATS, *COMPLEX], Box))  # type: ignore[attr-defined]
Box.types = {Box}  # type: ignore[attr-defined]
Box.register = classmethod(register)  # type: ignore[attr-defined]
Node.parents = property(parents_of)  # type: ignore[attr-defined]
Node.vjp = property(pullbacks_of)  # type: ignore[attr-defined]
