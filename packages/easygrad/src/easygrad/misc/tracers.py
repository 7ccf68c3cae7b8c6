"""The graph of a computation: which functions were called, with what, and on whose results.

A third kind of trace, beside the two that differentiate: it carries along with each value a node of a class that you
choose. ``const_graph`` runs a recorded computation again, ``full_graph`` hands the graph out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial, wraps
from typing import Any

from easygrad.containers import flatten
from easygrad.core import Args, Array, Box, Followed, Options, Primitive, Trace, boxed
from easygrad.operations import Operation
from easygrad.primitives import entry
from easygrad.results import Function


@cache
def function_of(primitive: Primitive) -> Function:
    """Return the function to call for a primitive: on plain values it computes, on traced ones it is recorded."""
    return primitive if isinstance(primitive, Operation) else entry(primitive)


class Graph(Trace):
    """Makes a node for each call: ``cls(value, fun, args, options, positions, parents)``.

    ``args`` are the plain values; those at ``positions`` came from the nodes ``parents``.
    """

    __slots__ = ()

    def record(self, primitive: Primitive, ans: Array, args: Args, options: Options, followed: Followed) -> Box:
        """Return a box around the answer with its node, of the class of the parents."""
        positions, parents = tuple(i for i, _ in followed), tuple(node for _, node in followed)
        node = type(parents[0])(ans, function_of(primitive), tuple(args), options, positions, parents)
        return boxed(ans, self, node)


class FullGraphNode:
    """One call of a graph: its ``value``, and its ``recipe`` ``(fun, args, options, [(position, parent), ...])``."""

    __slots__ = ("recipe", "value")

    def __init__(self, value: Any, fun: Function, args: Args, options: Options, positions: Args, parents: Args) -> None:
        self.value = value
        self.recipe = (fun, args, options, list(zip(positions, parents, strict=True)))

    @classmethod
    def new_root(cls, value: Any = None) -> FullGraphNode:
        """Return the node of an argument."""
        return cls(value, unchanged, (), {}, (), ())

    @property
    def parents(self) -> list[FullGraphNode]:
        """The nodes of the arguments that were followed."""
        return [parent for _, parent in self.recipe[3]]


def unchanged(x: Any) -> Any:
    """Return ``x``: what stands for the call in the node of an argument."""
    return x


def traced(fun: Function, args: Args, options: Options) -> tuple[list[FullGraphNode], Any]:
    """Return the nodes of the numbers in the arguments by position, and what the function returned, with boxes."""
    trace = Graph()
    leaves, rebuild = flatten(list(args))
    roots = [FullGraphNode.new_root(leaf) for leaf in leaves]
    boxes = [boxed(leaf, trace, root) for leaf, root in zip(leaves, roots, strict=True)]
    try:
        return roots, fun(*rebuild(boxes), **options)
    finally:
        trace.close()


def full_graph(fun: Function, *args: Any, **options: Any) -> FullGraphNode | None:
    """Return the node of what ``fun`` returns, one number or array; None if that does not depend on the arguments."""
    result = traced(fun, args, options)[1]
    return result.node if type(result) is Box and isinstance(result.node, FullGraphNode) else None


def in_order(ends: Sequence[FullGraphNode]) -> Iterator[FullGraphNode]:
    """Yield the nodes that lead to some nodes, each after its parents."""
    done, waiting = set(), list(ends)
    while waiting:
        node = waiting[-1]
        missing = [parent for parent in node.parents if id(parent) not in done]
        if missing:
            waiting += missing
        else:
            waiting.pop()
            if id(node) not in done:
                done.add(id(node))
                yield node


def const_graph(fun: Function, *args: Any, **options: Any) -> Function:
    """Return ``partial(fun, *args, **options)`` as a function that runs the operations of its first call ever after.

    The Python code of ``fun`` runs once, so nothing in it may depend on the values: the same branches, the same number
    of turns, and arguments of the same shapes and containers at every call. The result can be differentiated.
    """
    replay: list[Function] = []
    whole = partial(fun, *args, **options)

    @wraps(fun)
    def call(*inputs: Any) -> Any:
        if not replay:
            replay.append(replaying(*traced(whole, inputs, {})))
        return replay[0](inputs)

    return call


def replaying(roots: list[FullGraphNode], result: Any) -> Callable[[Args], Any]:
    """Return the function that computes a recorded result from other arguments."""
    leaves, rebuild = flatten(result, whole=True)
    steps = list(in_order([leaf.node for leaf in leaves if is_traced(leaf)]))
    starts = {id(root) for root in roots}

    def run(inputs: Args) -> Any:
        values: dict[int, Any] = dict(zip(map(id, roots), flatten(list(inputs))[0], strict=True))
        for step in steps:
            if id(step) not in starts:
                fun, args, options, parents = step.recipe
                replaced = list(args)
                for i, parent in parents:
                    replaced[i] = values[id(parent)]
                values[id(step)] = fun(*replaced, **options)
        return rebuild([values[id(leaf.node)] if is_traced(leaf) else leaf for leaf in leaves])

    return run


def is_traced(x: Any) -> bool:
    """Return whether a leaf of a result is a box of a graph."""
    return type(x) is Box and isinstance(x.node, FullGraphNode)
