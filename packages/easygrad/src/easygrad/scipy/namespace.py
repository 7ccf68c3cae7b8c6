"""What the namespaces of SciPy share: its ufuncs take traced values, and what is public pickles by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from easygrad.array import FUNCTIONS
from easygrad.core import Array, Rule


def register(namespace: Mapping[str, Any], home: str) -> None:
    """Let SciPy's own ufuncs answer for traced values by the primitives, composites and constants of a namespace.

    ``home`` is the name of the namespace, under which pickle finds what is public in it.
    """
    for name, value in namespace.items():
        if hasattr(value, "primitive"):
            fun = value.primitive.fun
        else:
            fun = getattr(value, "composite", None) or getattr(value, "constant", None)
        if fun is None or getattr(fun, "__module__", None) == "numpy":
            continue
        if isinstance(fun, np.ufunc):
            FUNCTIONS[fun] = value
        value.__module__, value.__qualname__ = home, name


def unknown(function: str, argument: str, instead: str = "") -> str:
    """Return in place of a rule what is said of an argument by which there is no derivative."""
    return (
        f"{function}: no derivative with respect to argument {argument}: no stable formula for it is known here. "
        f"{instead}Pass a constant there, or stop_gradient(value) if that is meant; an own rule goes to "
        "easygrad.extend.primitive."
    )
