"""Containers at the border: a transform takes them apart into leaves and puts results back together.

Dicts, lists, tuples, named tuples, dataclasses and registered classes, nested in any way; their subclasses too, and
what is rebuilt is of the same class. Inside the differentiated function they are the ordinary Python objects.

A leaf is differentiated if it is a real or complex number or an array of them, also one of pandas. Any other leaf of a
container is handed through untouched: None, text, whole numbers and arrays of them (sizes, indices, labels), functions.
In a gradient None and text stand at their places, and None at the places of all others: a whole number there could be
taken for a derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from easygrad.core import Box

Rebuild = Callable[..., Any]  # of the leaves, and of what to put at the place of an untouched leaf
Counts = Callable[[Any], bool]
Apart = tuple[list[Any], Callable[[list[Any]], Any]]
LEAVES = frozenset({Box, float, np.float64, np.ndarray, int})  # the usual ones, known at a glance
REALS = frozenset({Box, float, np.float64})  # of these, what is differentiated in any case
REGISTERED = "__easygrad_container__"


def register_container(
    cls: type, flatten: Callable[[Any], Sequence[Any]], unflatten: Callable[[Any, list[Any]], Any]
) -> type:
    """Make a class of one's own a container, and return it.

    ``flatten(x)`` returns the parts of ``x`` that may hold something to differentiate, ``unflatten(x, parts)`` a new
    object like ``x`` with other parts; neither may change ``x``. The parts are boxes inside the function, and arrays of
    other shapes in a Jacobian, so ``unflatten`` should not check them. Subclasses are taken apart in the same way:
    use ``type(x)`` in ``unflatten``, or register them on their own. The two functions are kept on the class.
    """
    try:
        setattr(cls, REGISTERED, (flatten, unflatten))
    except TypeError:
        raise TypeError(
            f"register_container: {cls!r} takes no attributes, so it cannot be registered. Register a subclass of it."
        ) from None
    return cls


def differentiable(x: Any) -> bool:
    """Return whether a leaf of a container is differentiated: a real or complex number, or an array of them."""
    return type(x) in REALS or kind_of(x) in ("f", "c")


def numeric(x: Any) -> bool:
    """Return whether a leaf is a number or an array of numbers, whole ones too."""
    return type(x) in REALS or kind_of(x) in ("f", "c", "i", "u", "b")


def kind_of(x: Any) -> str:
    """Return the kind of the dtype of a number or an array, also of another library; of anything else, "O"."""
    if isinstance(x, np.ndarray | np.generic):
        return x.dtype.kind
    return np.asarray(x).dtype.kind if isinstance(x, int | float | complex) or is_array(x) else "O"


def is_array(x: Any) -> bool:
    """Return whether NumPy can make an array of an object of another library, like a Series of pandas."""
    return hasattr(x, "__array__") and type(x) is not Box and not isinstance(x, type)


def apart(x: Any) -> Apart | None:
    """Return the parts of a container and the function that makes a like one of other parts; None of a leaf."""
    kind = type(x)
    if kind in LEAVES or x is None or kind is str:
        return None
    if hasattr(kind, REGISTERED):
        flatten_own, unflatten = getattr(kind, REGISTERED)
        return list(flatten_own(x)), lambda parts: unflatten(x, parts)
    if isinstance(x, dict):
        return list(x.values()), lambda parts: with_values(x, parts)
    if isinstance(x, list | tuple):
        return list(x), getattr(kind, "_make", kind)
    if is_dataclass(x) and kind is not type and not isinstance(x, type):
        return fields_apart(x)
    return None


def with_values(x: dict[Any, Any], values: list[Any]) -> dict[Any, Any]:
    """Return a copy of the dict, of its own type, with other values."""
    new = copy(x)
    new.update(zip(x, values, strict=True))
    return new


def fields_apart(x: Any) -> Apart:
    """Return the fields of a dataclass, and the function that makes one of others without calling ``__init__``.

    What else the object has is copied, but for anything with numbers in it: that was computed from the old fields. A
    cached property is then computed again.
    """
    names = [field.name for field in fields(x) if hasattr(x, field.name)]
    rest = {name: value for name, value in getattr(x, "__dict__", {}).items() if name not in names}

    def make(parts: list[Any]) -> Any:
        new = object.__new__(type(x))
        others = {name: value for name, value in rest.items() if not flatten(value)[0]}
        for name, value in {**others, **dict(zip(names, parts, strict=True))}.items():
            object.__setattr__(new, name, value)  # a frozen one too
        return new

    return [getattr(x, name) for name in names], make


def flatten(x: Any, counts: Counts = differentiable, whole: bool = False) -> tuple[list[Any], Rebuild]:
    """Return the leaves that count, and the function that puts others in their places.

    ``rebuild(leaves)`` keeps the untouched leaves; ``rebuild(leaves, left_out)`` makes a gradient. A ``whole`` argument
    or result that is no container is a leaf, whatever it is.
    """
    if type(x) in REALS:
        return [x], only
    taken = apart(x)
    if taken is not None:
        return join([flatten(part, counts) for part in taken[0]], taken[1])
    if whole or counts(x):
        return [x], only
    return [], lambda leaves, place=kept: place(x)


def only(leaves: list[Any], place: Any = None) -> Any:
    """Return the one leaf: the container that is none."""
    return leaves[0]


def kept(x: Any) -> Any:
    """Return an untouched leaf, to stand at its place again."""
    return x


def left_out(x: Any) -> Any:
    """Return what stands in a gradient at the place of an untouched leaf."""
    return x if isinstance(x, str) else None


def join(flat: list[tuple[list[Any], Rebuild]], make: Callable[[list[Any]], Any]) -> tuple[list[Any], Rebuild]:
    """Return the leaves of all parts, and the function that rebuilds the parts and makes the container of them."""

    def rebuild(leaves: list[Any], place: Callable[[Any], Any] = kept) -> Any:
        rest = iter(leaves)
        return make([build([next(rest) for _ in part], place) for part, build in flat])

    return [leaf for part, _ in flat for leaf in part], rebuild


def aligned(x: Any, v: Any, counts: Counts, what: str, whole: bool = True) -> list[Any]:
    """Return the leaves of ``v``, a tangent or cotangent of ``x``, in the order of the leaves of ``x`` that count.

    A dict is taken by its keys, whatever their order. At the place of an untouched leaf nothing may stand that looks
    like a derivative. ``what`` names ``v`` in messages.
    """
    mine, others = apart(x), apart(v)
    if mine is None and others is None and not (v is None or isinstance(v, str)):
        if whole or counts(x):
            return [v]
        if differentiable(v):
            raise TypeError(f"{what} has {v!r:.80} for {x!r:.80}, which is not differentiated. Put None there.")
    if mine is None and not whole and not counts(x):
        return []
    if mine is None or others is None or len(mine[0]) != len(others[0]) or not same_keys(x, v):
        raise TypeError(f"{what} has not the leaves of what it belongs to: it is {v!r:.80}, for {x!r:.80}.")
    parts = [v[key] for key in x] if isinstance(x, dict) else others[0]
    pairs = zip(mine[0], parts, strict=True)
    return [leaf for part, other in pairs for leaf in aligned(part, other, counts, what, whole=False)]


def same_keys(x: Any, v: Any) -> bool:
    """Return whether two containers have the same keys, or none at all."""
    return x.keys() == v.keys() if isinstance(x, dict) and isinstance(v, dict) else not isinstance(x, dict)
