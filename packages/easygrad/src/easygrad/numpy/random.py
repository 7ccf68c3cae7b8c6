"""NumPy's ``random`` namespace; random numbers have no derivative, so there is nothing to put in place."""

from typing import Any

import numpy


def __getattr__(name: str) -> Any:
    """Return what ``numpy.random`` has under a name."""
    return getattr(numpy.random, name)


def __dir__() -> list[str]:
    """Return the names of ``numpy.random``."""
    return dir(numpy.random)
