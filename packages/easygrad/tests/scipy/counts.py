"""How many functions of each of SciPy's modules have derivatives here; ``test_counts.py`` says which must be there.

``python packages/easygrad/tests/scipy/counts.py`` prints the table. A function counts if it takes traced values and its
value has a derivative; rules, composites and distributions have both modes by construction, and the laws in the tests
beside hold each of them in both.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

import scipy

from easygrad.scipy import SUBMODULES

METHODS = ("pdf", "logpdf", "pmf", "logpmf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf", "entropy")
HELPERS = {"optimize": ("implicit", "objective"), "sparse": ("TracedSparse",)}  # which SciPy does not have
CONSTANT = {"special": ("gammasgn",)}


def differentiable(module: str) -> list[str]:
    """Return the names of a module that stand for another object than SciPy's own."""
    ours, theirs = import_module(f"easygrad.scipy.{module}"), import_module(f"scipy.{module}")
    left_out = (*HELPERS.get(module, ()), *CONSTANT.get(module, ()))
    return sorted(
        name for name, value in vars(ours).items() if name not in left_out and is_own(name, value, vars(theirs))
    )


def is_own(name: str, value: Any, theirs: dict[str, Any]) -> bool:
    """Return whether a name of SciPy's stands here for something of easygrad's."""
    if name.startswith("_") or name not in theirs or isinstance(value, ModuleType):
        return False
    return value is not theirs[name]


def methods_of(distribution: Any) -> list[str]:
    """Return the methods of a distribution that are easygrad's."""
    known = {*dir(type(distribution)), *vars(distribution).get("functions", ())}
    return [name for name in METHODS if name in known]


def table() -> list[tuple[str, list[str]]]:
    """Return the modules with their names; distributions stand with each of their methods."""
    found = [(module, differentiable(module)) for module in SUBMODULES if module != "stats"]
    found.append(("sparse.linalg", differentiable("sparse.linalg")))
    stats = import_module("easygrad.scipy.stats")
    found.append(("stats", [f"{x}.{m}" for x in differentiable("stats") for m in methods_of(getattr(stats, x))]))
    return sorted(found)


def main() -> None:
    """Print the table, and below it the names."""
    print(f"scipy {scipy.__version__}\n\n{'module':16}{'functions in both modes':>24}")
    for module, names in table():
        print(f"{module:16}{len(names):>24}")
    print(f"{'all':16}{sum(len(names) for _, names in table()):>24}\n")
    for module, names in table():
        print(f"{module}: {', '.join(names)}\n")


if __name__ == "__main__":
    main()
