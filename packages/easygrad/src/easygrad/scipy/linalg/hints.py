"""What the functions of ``scipy.linalg`` share: arguments that say how to compute, and matrices read in part."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from easygrad.core import Array, stop_gradient
from easygrad.rules.composition import composite
from easygrad.rules.decompositions import diagonals, mirrored, on_diagonal, turned
from easygrad.rules.shaping import asarray

HINTS = frozenset(
    ("overwrite_a", "overwrite_b", "overwrite_ab", "check_finite", "driver", "lapack_driver", "lwork", "balanced")
)


def without_hints(fun: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return ``composite(fun)`` for a function that does not take what only says how to compute.

    Traced values are never overwritten. With ``check_finite``, SciPy's default, they must be finite, or ValueError.
    """
    signature = inspect.signature(fun)

    def decorate(made_of_primitives: Callable[..., Any]) -> Callable[..., Any]:
        def lean(*args: Any, **options: Any) -> Any:
            given = signature.bind(*args, **options).arguments
            if given.get("check_finite", "check_finite" in signature.parameters):
                refuse_infinite(fun.__name__, given)
            return made_of_primitives(**{name: x for name, x in given.items() if name not in HINTS})

        return composite(fun)(lean)

    return decorate


def refuse_infinite(name: str, given: dict[str, Any]) -> None:
    """Raise ValueError, as SciPy does, where an argument holds nan or an infinity."""
    for argument, x in given.items():
        plain = stop_gradient(x)
        if isinstance(plain, np.ndarray) and plain.dtype.kind in "fc" and not np.all(np.isfinite(plain)):
            raise ValueError(f"{name}: argument {argument} must not contain infs or NaNs.")


def structured(a: Array, assume_a: str | None, lower: bool) -> Array:
    """Return the whole matrix of which only the part that ``assume_a`` says is read."""
    a = asarray(a)
    if assume_a in ("sym", "symmetric"):
        half = np.tril(a, -1) if lower else np.triu(a, 1)
        return half + turned(half) + on_diagonal(diagonals(a))
    if assume_a in ("her", "hermitian", "pos", "positive definite"):
        return mirrored(a, "L" if lower else "U")
    if assume_a in ("lower triangular", "upper triangular"):
        return np.tril(a) if assume_a == "lower triangular" else np.triu(a)
    if assume_a in ("diagonal", "tridiagonal"):
        width = 1 if assume_a == "tridiagonal" else 0
        return np.triu(np.tril(a, width), -width)
    if assume_a in (None, "gen", "general", "banded"):
        return a
    raise ValueError(f"assume_a={assume_a!r} is unknown.")
