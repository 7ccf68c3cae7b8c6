"""graddiff runs identical functions through autodiff libraries and says which one is wrong.

A case file needs only ``from graddiff import Case`` and ``from graddiff.domains import REAL``.
The names below are imported on first use, so that the pytest plugin costs nothing in ordinary runs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graddiff import domains
    from graddiff.cases import SCALARS, Case
    from graddiff.libraries import Library

__all__ = ["SCALARS", "Case", "Library", "domains"]

_HOMES = {"Case": "graddiff.cases", "SCALARS": "graddiff.cases", "Library": "graddiff.libraries"}


def __getattr__(name: str) -> Any:
    if name == "domains":
        return import_module("graddiff.domains")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'graddiff' has no attribute {name!r}")
