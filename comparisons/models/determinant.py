"""The determinant by recursion on minors along the first row: a tape of scalars that grows as l!."""

from collections.abc import Sequence
from typing import Any

import numpy
from comparisons.models import Function, Timed

from graddiff import Case
from graddiff.domains import WELL_CONDITIONED

SIZES = [3, 4, 5]


def by_minors(rows: Sequence[Sequence[Any]]) -> Any:
    """Return the determinant of a list of rows."""
    if len(rows) == 1:
        return rows[0][0]
    total = 0.0
    for j, element in enumerate(rows[0]):
        term = element * by_minors([[*row[:j], *row[j + 1 :]] for row in rows[1:]])
        total = total + term if j % 2 == 0 else total - term
    return total


def determinant(np: Any, size: int) -> Function:
    """Return the determinant of an array; its elements are read once each."""
    return lambda a: by_minors([[a[i, j] for j in range(size)] for i in range(size)])


def gradient(a: Any) -> Any:
    """Return the gradient by hand: the matrix of cofactors."""
    return numpy.linalg.det(a) * numpy.linalg.inv(a).T


def case(size: int) -> Case:
    """Return the determinant of a size x size matrix."""
    return Case(f"determinant.l{size}", lambda np: determinant(np, size), [WELL_CONDITIONED], shapes=[(size, size)])


CASES = [case(3)]


def timed() -> list[Timed]:
    """Return the gradient at each size."""
    return [Timed(case(size), by_hand=gradient) for size in SIZES]
