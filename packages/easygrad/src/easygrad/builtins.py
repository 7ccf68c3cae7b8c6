"""Python's ``dict``, ``list`` and ``tuple``, and an ``isinstance`` and a ``type`` that look at the plain value.

Autograd has containers of its own for traced values. Here they are Python's, inside a differentiated function too, so
these names are what they are everywhere; of a traced array, ``isinstance`` and ``type`` answer for the array.
"""

from builtins import dict, list, tuple  # noqa: A004, UP029  # Autograd's names, to be imported from here
from typing import Any

from easygrad.core import stop_gradient

__all__ = ["dict", "isinstance", "list", "tuple", "type"]

python_isinstance, python_type = isinstance, type


def isinstance(x: Any, classes: Any) -> bool:  # noqa: A001  # Autograd's name
    """Return whether ``x``, or the plain value of a traced ``x``, is an instance of a class or of one of a tuple."""
    return python_isinstance(stop_gradient(x), classes)


def type(x: Any) -> Any:  # noqa: A001  # Autograd's name
    """Return the class of ``x``; of a traced value that of the plain one."""
    return python_type(stop_gradient(x))
