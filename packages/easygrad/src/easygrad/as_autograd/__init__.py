"""Runs programs that were written for Autograd on easygrad, without a change to them.

``python -m easygrad.as_autograd PROGRAM`` does it from outside, ``install()`` from inside a program, before anything
imports ``autograd``. The folder ``site`` holds a package of that name in Autograd's layout, with every name that
programs import from it as a thin view onto the engine; all that ``install`` does is to put the folder first on Python's
path. When the package is imported it gives the box the names that Autograd's has; nothing else of easygrad knows of it.
"""

from __future__ import annotations

import sys
from pathlib import Path

__all__ = ["install"]

SITE = Path(__file__).with_name("site")


def install() -> None:
    """Make ``import autograd`` and its submodules resolve to easygrad, from now on in this process.

    Raises RuntimeError if the real Autograd is already imported: its functions are then in use.
    """
    loaded = sys.modules.get("autograd")
    if loaded is not None and not is_ours(getattr(loaded, "__file__", None)):
        raise RuntimeError(
            f"easygrad.as_autograd: the real autograd is already imported, from {loaded.__file__}. Call install() "
            "before anything imports it, or run the program by python -m easygrad.as_autograd PROGRAM."
        )
    if str(SITE) not in sys.path:
        sys.path.insert(0, str(SITE))


def is_ours(file: str | None) -> bool:
    """Return whether a module is of the package in ``site``."""
    return file is not None and SITE in Path(file).parents
