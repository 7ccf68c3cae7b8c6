"""Gates between the operations and the comparison suites: none without a case, no case without a live operation."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad.array import FUNCTIONS
from easygrad.rules import constants

SUITES = sorted((Path(__file__).parents[3] / "comparisons").glob("[a-z]*.py"))
TREES = [ast.parse(path.read_text()) for path in SUITES]
FIXED = {value.constant for value in vars(constants).values() if hasattr(value, "constant")}
NO_CASE = {  # and why not
    "linalg.matrix_rank": "has no derivative",
    "row_stack": "a deprecated name of vstack",
    "trapz": "the name of trapezoid before NumPy 2.0, deprecated",
}
TEMPLATE = 'Case("{0}", lambda np: lambda x: np.{0}(x), [REAL], shapes=[(3,)])'


def dotted(node: ast.AST) -> str:
    """Return the name of an attribute of ``np`` (``linalg.inv``), or nothing."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}".removeprefix("np.") if before else ""
    return "np" if isinstance(node, ast.Name) and node.id in ("np", "numpy") else ""


def attributes() -> set[str]:
    """Return every function of the namespace that a suite names."""
    return {dotted(node) for tree in TREES for node in ast.walk(tree) if isinstance(node, ast.Attribute)} - {"", "np"}


def words() -> set[str]:
    """Return every text in the suites: rows made in a loop name their function so."""
    return {node.value for tree in TREES for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value}


def names_of(function: object) -> set[str]:
    """Return all names under which NumPy offers a function."""
    spaces = {"": np, "linalg.": np.linalg, "fft.": np.fft, "emath.": np.emath}
    return {f"{where}{name}" for where, space in spaces.items() for name, f in vars(space).items() if f is function}


def test_every_differentiable_function_has_a_case():
    named = attributes() | {word for word in words() if isinstance(word, str)}
    short = {name.rpartition(".")[2] for name in named}
    missing = [
        TEMPLATE.format(min(names, key=len))
        for names in map(names_of, FUNCTIONS.keys() - FIXED)
        if names and not names & (named | NO_CASE.keys()) and not {name.rpartition(".")[2] for name in names} & short
    ]
    assert not missing, "paste and fill in:\n" + "\n".join(sorted(missing))


@pytest.mark.parametrize("name", sorted(attributes()))
def test_every_name_in_a_case_is_alive(name):
    found = enp
    for part in name.split("."):
        found = getattr(found, part)
