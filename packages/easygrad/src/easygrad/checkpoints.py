"""``checkpoint``: a function whose intermediate values are computed again in the backward pass instead of being kept.

In the graph its call is three generations of nodes. The boxes of the results lead to one node, which collects the
cotangents of all results. Its one edge runs the function again, recorded, and pulls them back at once for all
arguments; it leads to a node that deals the cotangents out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from easygrad.calls import Transform
from easygrad.containers import flatten
from easygrad.core import Array, Box, Reverse, Trace, level_of, portion, recorded, stop_gradient
from easygrad.operations import newborn
from easygrad.results import Function, Recorded, name_of

Leaves = Sequence[Array]


def checkpoint(f: Function) -> Function:
    """Return ``f``, as a function that keeps its arguments alone for the backward pass and runs ``f`` again there.

    That takes the time of one more run and saves the memory of all values in between. Arguments and results are what
    transforms take, and keyword arguments are followed too. What is to be differentiated has to be an argument: a
    traced value that ``f`` takes from a closure or an attribute raises; one of an outer derivative may come from there.
    An ``f`` that gives another value when it is run again, as one with random numbers does, raises too. Forward mode
    keeps nothing anyway and runs ``f`` as it is; of nested derivatives the innermost one saves its memory.
    """

    def at(args: Sequence[Any], options: dict[str, Any]) -> Any:
        leaves, rebuild = flatten((args, options))

        def on_leaves(values: Leaves) -> Any:
            inner, given = rebuild(list(values))
            return f(*inner, **given)

        return checkpointed(f, on_leaves, leaves)

    return Transform(checkpoint, f, at)


def checkpointed(f: Function, on_leaves: Callable[[Leaves], Any], leaves: Leaves) -> Any:
    """Call the function of leaves, and record the call as one in the innermost trace that they belong to."""
    innermost = max((x for x in leaves if type(x) is Box), key=level_of, default=None)
    if innermost is None or type(innermost.owner) is not Reverse:
        return on_leaves(leaves)
    owner = innermost.owner
    followed = [i for i, x in enumerate(leaves) if type(x) is Box and x.owner is owner]
    values = [x.value if i in followed else x for i, x in enumerate(leaves)]
    results, rebuild = flatten(on_leaves(values))
    results = [number(x, owner, f) for x in results]
    again = Again(f, on_leaves, values, followed, results)
    dealing = newborn([(leaves[i].node, taker(k)) for k, i in enumerate(followed)])
    collecting = newborn([(dealing, again.pull)])
    return rebuild([recorded(x, owner, [(collecting, portion(again.collected, k))]) for k, x in enumerate(results)])


def number(x: Any, owner: Trace, f: Function) -> Array:
    """Return a result as NumPy's; refuse a box that came from a closure: nothing would lead back to it."""
    if type(x) is Box and x.owner.level >= owner.level:
        raise ValueError(
            f"checkpoint: {name_of(f)} uses a traced value that is none of its arguments; it comes from a closure or "
            "an attribute. Pass it as an argument."
        )
    return x if type(x) is Box else np.asarray(x)[()]


def taker(k: int) -> Callable[[Leaves], Array]:
    """Return the way from the cotangents of all arguments to that of one."""
    return lambda cotangents: cotangents[k]


class Again:
    """The second run of a call: from the cotangents of its results to those of the arguments that are followed."""

    def __init__(
        self, f: Function, on_leaves: Callable[[Leaves], Any], values: Leaves, followed: Sequence[int], results: Leaves
    ) -> None:
        self.f, self.on_leaves, self.values, self.followed, self.results = f, on_leaves, values, followed, results

    def collected(self, total: None, parts: Sequence[tuple[Any, Array, int]]) -> Any:
        """Return the cotangents of all results, from what came from some of them."""
        cotangents: list[Any] = [None] * len(self.results)
        for _, g, k in parts:
            cotangents[k] = g if cotangents[k] is None else cotangents[k] + g
        return cotangents

    def pull(self, cotangents: Leaves) -> list[Array]:
        """Run the function again, recorded, and return the cotangents of its arguments."""
        trace = Reverse()
        values = list(self.values)
        boxes = [recorded(values[i], trace, ()) for i in self.followed]
        starts = [box.node for box in boxes]
        for i, box in zip(self.followed, boxes, strict=True):
            values[i] = box
        try:
            result = self.on_leaves(values)
        finally:
            trace.close()
        leaves = [self.values[i] for i in self.followed]
        call = Recorded(self.f, "checkpoint", leaves, list, trace, starts, flatten(result)[0])
        if not all(map(near, call.values, self.results)):
            raise ValueError(
                f"checkpoint: {name_of(self.f)} gave another value when it was run again: it uses random numbers, or "
                "something that has changed since. Pass these as arguments, or call it without checkpoint."
            )
        return call.pull_leaves(cotangents)


def near(x: Array, y: Array) -> bool:
    """Return whether two values are the same, up to what threads may change in the order of a sum."""
    x, y = np.asarray(stop_gradient(x)), np.asarray(stop_gradient(y))
    return x.shape == y.shape and np.allclose(x, y, np.finfo(y.dtype).eps ** 0.5, 0.0, equal_nan=True)
