"""SciPy's functions: what ``easygrad.scipy`` has."""

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    """Return a submodule, imported when it is asked for: SciPy is large."""
    if name in ("integrate", "linalg", "signal", "special", "stats"):
        return import_module(f"autograd.scipy.{name}")
    raise AttributeError(f"module 'autograd.scipy' has no attribute {name!r}")
