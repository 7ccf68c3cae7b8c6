"""What a differentiated function returned, and the way from there: back to its arguments, or along with a tangent.

The values, the gradients and the tangents that users get are made and checked here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from easygrad.containers import aligned, flatten, left_out, numeric
from easygrad.core import Array, Box, Closed, Node, Trace, backward, boxed, cast, stop_gradient
from easygrad.rules.indexing import duplicate

Function = Callable[..., Any]
ONE = np.float64(1.0)
SINGLE = "a single real number has a gradient."


def name_of(f: Function) -> str:
    """Return the name of a function, for messages."""
    return getattr(f, "__name__", None) or type(f).__name__


class Result:
    """What a function returned, taken apart: ``values``, and for each its box of this trace or None."""

    def __init__(self, f: Function, transform: str, trace: Trace, result: Any, has_aux: bool = False) -> None:
        if has_aux:
            result, self.aux = with_aux(f, transform, trace, result)
        self.f, self.transform, self.result = f, transform, result
        results, self.rebuild_value = flatten(result, numeric, whole=True)
        self.boxes = [own(x, trace, f) for x in results]
        self.values = [x if box is None else box.value for x, box in zip(results, self.boxes, strict=True)]

    @property
    def value(self) -> Any:
        """The value of the function, in the container that it returned."""
        return self.rebuild_value(self.values)

    def numbers(self) -> list[Array]:
        """Return the results as NumPy's numbers and arrays; refuse a function that returned anything else."""
        if not self.values:
            raise self.refusal(f"{self.result!r:.80}", "numbers and arrays have a derivative.")
        return [self.number(value) for value in self.values]

    def number(self, value: Any) -> Array:
        """Return a result as a NumPy number or array."""
        kind = type(value)
        if kind is np.float64 or kind is Box:
            return value
        if not numeric(value):
            raise self.refusal(f"{value!r:.80} of type {kind.__name__}", "numbers and arrays have a derivative.")
        return np.asarray(value)[()]

    def refusal(self, got: str, instead: str) -> TypeError:
        """Return the error of a function that returned something without a derivative of the wanted kind."""
        return TypeError(f"{self.transform}: {name_of(self.f)} returned {got}, but only {instead}")


def own(x: Any, trace: Trace, f: Function) -> Any:
    """Return a result that depends on the arguments of this trace, as their box; of any other result, None."""
    if type(x) is not Box or x.owner is trace:
        return x if type(x) is Box else None
    if type(x.owner) is Closed:
        raise RuntimeError(
            f"{name_of(f)} returned a traced value of another derivative that has ended. Something (a global, an "
            "attribute, a closure) kept it. Return it from the function that was differentiated, or keep "
            "stop_gradient(value) instead."
        )
    return None


class Recorded(Result):
    """A call recorded in reverse: its value, and the way back from cotangents of the results to the arguments."""

    def __init__(
        self,
        f: Function,
        transform: str,
        leaves: Sequence[Array],
        rebuild: Function,
        trace: Trace,
        starts: Sequence[Node],
        result: Any,
        has_aux: bool = False,
    ) -> None:
        self.leaves, self.rebuild, self.starts = leaves, rebuild, starts
        super().__init__(f, transform, trace, result, has_aux)

    def single(self) -> Array:
        """Return the value of the function, which must be one real number."""
        value = self.values[0] if len(self.values) == 1 else None
        if type(value) is np.float64:
            return value
        plain = stop_gradient(value)
        kind = np.asarray(plain).dtype.kind if numeric(plain) else "O"
        if kind == "c":
            raise self.refusal("a complex number", f"{SINGLE} Use holomorphic_grad, or np.abs of it.")
        if kind == "O":
            raise self.refusal(f"{self.result!r:.80}", SINGLE)
        if np.size(plain) != 1:
            raise self.refusal(f"an array of shape {plain.shape}", f"{SINGLE} Use jacobian, or np.sum of it.")
        return self.number(value)

    def pull_leaves(self, cotangents: Sequence[Array | None], keep: bool = False) -> list[Array]:
        """Return the cotangents of the leaves of the arguments; one that is None counts as 0."""
        seeds: dict[Node, Array] = {}
        for box, g in zip(self.boxes, cotangents, strict=True):
            if box is not None and g is not None:
                seeds[box.node] = seeds[box.node] + g if box.node in seeds else g
        found = backward(seeds, keep)
        taken = list(cotangents)
        for node, leaf in zip(self.starts, self.leaves, strict=True):
            taken.append(finished(found.get(node), leaf, taken))
        return taken[len(cotangents) :]

    def pull(self, cotangents: Sequence[Array], keep: bool = False) -> Any:
        """Return the cotangents of the arguments, in their containers."""
        return self.rebuild(self.pull_leaves(cotangents, keep), left_out)

    def seeds(self, g: Any) -> list[Array]:
        """Return the leaves of ``g`` as cotangents of the results."""
        what = f"{self.transform}: the cotangent given to the pullback of {name_of(self.f)}"
        values = self.numbers()
        leaves = aligned(self.value, g, numeric, what)
        return [like(value, leaf, what) for value, leaf in zip(values, leaves, strict=True)]


class Pushed(Result):
    """A call in forward mode: its value, and the tangents of the results."""

    def __init__(self, f: Function, transform: str, trace: Trace, result: Any, has_aux: bool = False) -> None:
        super().__init__(f, transform, trace, result, has_aux)
        pairs = zip(self.boxes, self.numbers(), strict=True)
        self.tangents = [tangent_of(box, value) for box, value in pairs]

    @property
    def tangent(self) -> Any:
        """The tangents of the results, in the container that the function returned."""
        return self.rebuild_value(self.tangents, left_out)


def with_aux(f: Function, transform: str, trace: Trace, result: Any) -> tuple[Any, Any]:
    """Return the value, and the other result, plain: its boxes of this trace, and no others, opened."""
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise TypeError(f"{transform}: has_aux is true, so {name_of(f)} must return (value, aux); got {result!r:.80}.")
    value, aux = result
    leaves, rebuild = flatten(aux, whole=True)
    return value, rebuild([x.value if type(x) is Box and x.owner is trace else x for x in leaves])


def innermost(x: Any) -> Any:
    """Return what is in a box, and in the boxes in that."""
    while type(x) is Box:
        x = x.value
    return x


def finished(g: Array, leaf: Array, taken: Sequence[Array]) -> Array:
    """Return a cotangent as the user gets it: of the kind and dtype of its leaf, writeable, nobody else's memory."""
    if type(innermost(g)) is np.float64 is type(innermost(leaf)):
        return g
    if type(g) is np.ndarray is type(leaf) and g.dtype is leaf.dtype and not taken and g.flags.writeable:
        return g
    if g is None:
        g = np.zeros(leaf.shape, leaf.dtype)
    if g.dtype is not leaf.dtype:
        g = cast(g, leaf.dtype)
    if type(g) is Box:
        return g
    if not isinstance(stop_gradient(leaf), np.ndarray):
        return g[()]
    if type(g) is not np.ndarray:
        g = np.asarray(g)
    if not g.flags.writeable:
        return g.copy()
    for other in taken:
        if isinstance(other, np.ndarray) and np.may_share_memory(g, other):
            return g.copy()
    return g


def tangent_of(box: Box | None, value: Array) -> Array:
    """Return the tangent of a result: of the same kind as its value, 0 where that does not depend on the argument."""
    t = np.zeros(value.shape, value.dtype) if box is None else box.node
    scalar = isinstance(stop_gradient(value), np.generic) and isinstance(t, np.ndarray)
    return t[()] if scalar else t


def like(value: Array, v: Any, what: str) -> Array:
    """Return ``v`` as a tangent or cotangent of ``value``: of its shape and dtype."""
    if type(v) is not Box:
        v = np.asarray(v)[()]
    if v.shape != value.shape or v.dtype.kind not in ("fciu" if value.dtype.kind == "c" else "fiu"):
        raise TypeError(
            f"{what} has shape {v.shape} and dtype {v.dtype}; it belongs to a value of shape {value.shape} and "
            f"dtype {value.dtype}, and must be like it."
        )
    return cast(v, value.dtype)


def ones(value: Array) -> Array:
    """Return the cotangent 1 for each element of a value."""
    return ONE if type(value) is np.float64 else np.ones(value.shape, value.dtype)[()]


def snapshot(x: Array) -> Array:
    """Return a leaf that later writing into the array does not change."""
    if type(x) is Box:
        return boxed(x.value, x.owner, x.node)
    return duplicate(x) if isinstance(x, np.ndarray) else x
