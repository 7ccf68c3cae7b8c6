"""Helpers on tuples, and the order of a graph."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from .absent import getter as _getter


def subvals(x: Sequence[Any], ivs: Iterable[tuple[int, Any]]) -> tuple[Any, ...]:
    """Return a sequence as a tuple, with other values at some positions."""
    values = list(x)
    for i, value in ivs:
        values[i] = value
    return tuple(values)


def subval(x: Sequence[Any], i: int, v: Any) -> tuple[Any, ...]:
    """Return a sequence as a tuple, with another value at a position."""
    return subvals(x, [(i, v)])


def func(f: Any) -> Any:
    """Return ``f``: a method taken from its class is a function."""
    return f


def toposort(end_node: Any, parents: Callable[[Any], Iterable[Any]] = attrgetter("parents")) -> Iterator[Any]:
    """Yield the nodes that lead to a node, each before its parents."""
    children: dict[Any, int] = {}
    waiting = [end_node]
    while waiting:
        node = waiting.pop()
        children[node] = children.get(node, 0) + 1
        if children[node] == 1:
            waiting.extend(parents(node))
    ready = [end_node]
    while ready:
        node = ready.pop()
        yield node
        for parent in parents(node):
            children[parent] -= 1
            if not children[parent]:
                ready.append(parent)


def quick_grad_check(
    fun: Callable[..., Any], arg0: Any, extra_args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None, **_: Any
) -> None:
    """Check the gradient of ``fun`` by its first argument; the name of old, for ``test_util.check_grads``."""
    from easygrad.test_util import check_grads

    warnings.warn("quick_grad_check is deprecated; use autograd.test_util.check_grads.", stacklevel=2)
    check_grads(fun, modes=["rev"], order=1)(arg0, *extra_args, **(kwargs or {}))


__getattr__ = _getter("autograd.util")
