"""Boxes, traces and nodes for programs that make them by hand."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from easygrad import core
from easygrad.containers import flatten
from easygrad.core import Box, Forward, Reverse, Trace, boxed, portion, stop_gradient
from easygrad.extend import isbox, notrace_primitive
from easygrad.misc.tracers import Graph
from easygrad.operations import newborn

from .absent import getter as _getter
from .primitives import NOTRACE as notrace_primitives  # noqa: N811  # Autograd's name
from .primitives import primitive, register_notrace
from .util import subvals, toposort
from .views import Tangent
from .vspaces import vspace
from .wrap_util import wraps

__all__ = [
    "Box",
    "Node",
    "TraceStack",
    "box_type_mappings",
    "box_types",
    "find_top_boxed_args",
    "getval",
    "isbox",
    "new_box",
    "notrace_primitive",
    "notrace_primitives",
    "primitive",
    "register_notrace",
    "subvals",
    "toposort",
    "trace",
    "trace_primitives_map",
    "trace_stack",
    "wraps",
]

getval = stop_gradient
box_type_mappings = Box.type_mappings  # type: ignore[attr-defined]  # set in views.py
box_types = Box.types  # type: ignore[attr-defined]
trace_primitives_map: dict[Any, Any] = {}  # empty: functions carry their primitives themselves
NUMBERED: dict[Any, Trace] = {}  # the traces that programs call by a number of their own


class Node:
    """What a program's own kind of trace keeps for each value.

    A subclass has an ``__init__(value, fun, args, kwargs, argnums, parents)``, and ``initialize_root`` for the nodes of
    arguments, which ``new_root`` makes.
    """

    def initialize_root(self, *args: Any, **options: Any) -> None:
        """Prepare the node of an argument."""
        raise NotImplementedError(f"{type(self).__name__} needs a method initialize_root.")

    @classmethod
    def new_root(cls, *args: Any, **options: Any) -> Any:
        """Return the node of an argument."""
        root = cls.__new__(cls)
        root.initialize_root(*args, **options)
        return root


class TraceStack:
    """Where traces come from. Nothing is stacked here: a later trace is an inner one."""

    @contextmanager
    def new_trace(self) -> Iterator[Trace]:
        """Give a new trace, which ends with the block."""
        trace = Trace()
        try:
            yield trace
        finally:
            trace.close()


trace_stack = TraceStack()


def kind_of(node: Any) -> type[Trace]:
    """Return the kind of trace whose nodes are of this class."""
    if isinstance(node, core.Node):
        return Reverse
    return Forward if isinstance(node, Tangent) else Graph


def owner_of(trace: Any, node: Any) -> Trace:
    """Return the trace for a box: a new one becomes what its first node needs, and a number always means the same."""
    if not isinstance(trace, Trace):
        trace = NUMBERED.setdefault(trace, Trace())
    if type(trace) is Trace:
        trace.__class__ = kind_of(node)
    return trace  # type: ignore[no-any-return]  # it is one now


def new_box(value: Any, trace: Any, node: Any) -> Any:
    """Return a box around a value; of a container, the container of boxes, whose cotangents come back as one."""
    owner = owner_of(trace, node)
    leaves, rebuild = flatten(value, whole=True)
    if leaves and rebuild(leaves) is leaves[0]:
        if not hasattr(value, "dtype") and not isinstance(value, float | complex):
            raise TypeError(f"Can't differentiate w.r.t. type {type(value)}")
        return boxed(as_number(value), owner, node.g if type(owner) is Forward else node)
    if type(owner) is Forward:
        tangents = flatten(node.g, whole=True)[0]
        return rebuild([boxed(as_number(x), owner, t) for x, t in zip(leaves, tangents, strict=True)])
    if not isinstance(owner, Reverse):
        raise TypeError(f"new_box: {value!r:.80} is a container, which nodes of a class of one's own cannot stand for.")
    return rebuild([boxed(as_number(x), owner, part) for x, part in zip(leaves, parts(node, value), strict=True)])


def as_number(x: Any) -> Any:
    """Return Python's numbers as NumPy's."""
    return np.asarray(x)[()] if isinstance(x, float | complex) else x


def parts(node: core.Node, value: Any) -> list[core.Node]:
    """Return nodes for the leaves of a container, which lead to the node of the whole."""
    leaves, rebuild = flatten(value, whole=True)
    zeros = flatten(vspace(value).zeros(), whole=True)[0]

    def collected(total: None, found: Sequence[tuple[Any, Any, int]]) -> Any:
        cotangents = list(zeros)
        for _, g, k in found:
            cotangents[k] = cotangents[k] + g
        return rebuild(cotangents)

    return [newborn([(node, portion(collected, k))]) for k in range(len(leaves))]


def trace(start_node: Any, fun: Callable[[Any], Any], x: Any) -> tuple[Any, Any]:
    """Return the value of ``fun(x)`` and its node, or None where it does not depend on ``x``."""
    with trace_stack.new_trace() as t:
        end = fun(new_box(x, t, start_node))
        if isbox(end) and end.owner is t:
            return end.value, end._node
        warnings.warn("Output seems independent of input.", stacklevel=2)
        return end, None


def find_top_boxed_args(args: Any) -> tuple[list[tuple[int, Any]], Any, Any, bool]:
    """Return the boxes of the innermost trace with their positions, that trace, and the class of their nodes."""
    boxes = [(i, x) for i, x in enumerate(args) if isbox(x)]
    if not boxes:
        return [], -1, None, False
    owner = max((x.owner for _, x in boxes), key=lambda owner: owner.level)
    boxes = [(i, x) for i, x in boxes if x.owner is owner]
    return boxes, owner, type(boxes[0][1]._node), False


__getattr__ = _getter("autograd.tracer")
