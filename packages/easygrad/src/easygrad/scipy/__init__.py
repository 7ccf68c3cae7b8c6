"""SciPy's namespaces with the differentiable functions in place: ``from easygrad.scipy import special, stats``.

Names without a rule are SciPy's own. SciPy's ufuncs, which are most of ``scipy.special``, take traced values under
their own names as well, once the namespace here has been imported.

To add a module, write its file and put its name below.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

try:
    import scipy  # whether it is there is the question
except ImportError as error:
    raise ImportError("easygrad.scipy needs SciPy, which is not installed: pip install easygrad[scipy]") from error

SUBMODULES = ("integrate", "interpolate", "linalg", "ndimage", "optimize", "signal", "sparse", "special", "stats")


def __getattr__(name: str) -> ModuleType:
    """Return a namespace, imported when it is first asked for."""
    if name in SUBMODULES:
        return import_module(f"easygrad.scipy.{name}")
    raise AttributeError(f"module 'easygrad.scipy' has no attribute {name!r}; it has {', '.join(SUBMODULES)}.")


def __dir__() -> list[str]:
    """Return the names of the namespaces."""
    return [*SUBMODULES]
