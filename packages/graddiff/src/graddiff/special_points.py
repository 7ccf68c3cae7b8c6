"""Inputs at which formulas break: zeros, ones, equal numbers, infinities, huge and tiny numbers, whole numbers.

A special point is made from the base inputs of a case: all arguments in one way, or one argument and the others left
as they are. To add one, write a function of an argument below and put it into `POINTS`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from graddiff.arrays import Array


def _filled(value: float) -> Callable[[Array], Array]:
    return lambda x: np.full_like(x, value)


def _first(value: float) -> Callable[[Array], Array]:
    """Return a function that puts a value in the place of the first element."""

    def changed(x: Array) -> Array:
        new = x.copy()
        new.flat[:1] = value
        return new

    return changed


def _two_equal(x: Array) -> Array:
    new = x.copy()
    new.flat[:2] = x.flat[0]
    return new


def _repeated(x: Array) -> Array:
    """Return a diagonal matrix with an eigenvalue twice; anything else as it is."""
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        return x
    return np.broadcast_to(np.diag([2.0, 2.0, *range(3, x.shape[-1] + 1)][: x.shape[-1]]), x.shape).astype(x.dtype)


def _identity(x: Array) -> Array:
    return np.broadcast_to(np.eye(*x.shape[-2:]), x.shape).astype(x.dtype) if x.ndim >= 2 else x


POINTS: Mapping[str, Callable[[Array], Array]] = {
    "zeros": _filled(0.0),
    "ones": _filled(1.0),
    "whole": np.rint,
    "equal": lambda x: np.full_like(x, x.flat[0] if x.size else 0.0),
    "infinite": _filled(np.inf),
    "negative-zeros": _filled(-0.0),
    "one-zero": _first(0.0),
    "two-equal": _two_equal,
    "one-infinite": _first(np.inf),
    "huge": lambda x: x * 1e160,
    "tiny": lambda x: x * 1e-160,
    "identity": _identity,
    "repeated": _repeated,
}
OF_ONE_ARGUMENT = ("zeros", "ones", "whole", "infinite")


def special_inputs(names: tuple[str, ...], base: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Give a label and inputs for each special point, none twice."""
    seen = {_bytes(base)}
    for label, inputs in _candidates(names, tuple(map(np.asarray, base))):
        if _bytes(inputs) not in seen:
            seen.add(_bytes(inputs))
            yield label, inputs


def _candidates(names: tuple[str, ...], base: tuple[Array, ...]) -> Iterator[tuple[str, tuple[Array, ...]]]:
    for label, change in POINTS.items():
        yield label, tuple(map(change, base))
    if len(base) > 1:
        for label in OF_ONE_ARGUMENT:
            for i, name in enumerate(names):
                yield f"{label}-{name}", tuple(POINTS[label](x) if i == j else x for j, x in enumerate(base))
        if len({(x.shape, x.dtype) for x in base}) == 1:
            yield "same", (base[0],) * len(base)


def _bytes(inputs: tuple[Any, ...]) -> tuple[bytes, ...]:
    return tuple(np.asarray(x).tobytes() for x in inputs)
