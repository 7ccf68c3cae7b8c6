"""Containers at the border: a transform takes them apart into leaves and puts results back together.

Dicts, lists, tuples and named tuples, nested in any way. ``None`` and strings are handed through untouched. Inside the
differentiated function they are the ordinary Python objects.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

import numpy as np

from easygrad.core import Box

Rebuild = Callable[[list[Any]], Any]
LEAVES = frozenset({Box, float, np.float64, np.ndarray, int})  # the usual ones, known at a glance


def flatten(x: Any) -> tuple[list[Any], Rebuild]:
    """Return the leaves of a container, and the function that puts new leaves in their places."""
    if type(x) in LEAVES:
        return [x], only
    if x is None or isinstance(x, str):
        return [], lambda leaves: x
    if isinstance(x, dict):
        return join(list(x.values()), lambda parts: with_values(x, parts))
    if isinstance(x, list | tuple):
        make = type(x)._make if hasattr(x, "_make") else type(x)
        return join(list(x), make)
    return [x], only


def only(leaves: list[Any]) -> Any:
    """Return the one leaf: the container that is none."""
    return leaves[0]


def with_values(x: dict[Any, Any], values: list[Any]) -> dict[Any, Any]:
    """Return a copy of the dict, of its own type, with other values."""
    new = copy(x)
    new.update(zip(x, values, strict=True))
    return new


def join(items: list[Any], make: Callable[[list[Any]], Any]) -> tuple[list[Any], Rebuild]:
    """Return the leaves of all items, and the function that rebuilds the items and makes the container of them."""
    flat = [flatten(item) for item in items]

    def rebuild(leaves: list[Any]) -> Any:
        rest = iter(leaves)
        return make([build([next(rest) for _ in part]) for part, build in flat])

    return [leaf for part, _ in flat for leaf in part], rebuild
