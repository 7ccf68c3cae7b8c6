"""``scipy.sparse.linalg`` with the differentiable functions in place; the other names are SciPy's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse.linalg

from easygrad.core import Array, Rule, stop_gradient
from easygrad.rules.shaping import asarray
from easygrad.scipy.implicit import depth
from easygrad.scipy.sparse.arrays import TracedSparse, solution, traced


def spsolve(A: Any, b: Any, permc_spec: Any = None, use_umfpack: bool = True) -> Any:  # SciPy's name
    """Return the solution of a sparse system, with the derivatives by the entries of ``A`` and by ``b``.

    ``b`` is a vector or dense columns. The matrix is factorized once for a solution and its derivative.
    """
    if not isinstance(A, TracedSparse) and not depth(b):
        return scipy.sparse.linalg.spsolve(A, b, permc_spec, use_umfpack)
    matrix, b = traced(A), asarray(b)
    flat = np.result_type(b.dtype, matrix.dtype, np.float32)
    b = b if b.dtype.kind in "fc" else b.astype(flat)
    return solution(matrix.data, b, pattern=matrix.pattern)


class Factors:
    """What ``splu`` returns for a matrix with traced entries."""

    def __init__(self, matrix: TracedSparse) -> None:
        self.matrix, self.shape = matrix, matrix.shape
        matrix.pattern.solve(plain_data(matrix), np.zeros(matrix.shape[0], matrix.dtype))  # now, as SciPy does

    def solve(self, rhs: Any, trans: str = "N") -> Array:
        """Return the solution; with ``trans="T"`` that of the transposed system."""
        if trans not in ("N", "T"):
            raise NotImplementedError(f"splu: trans={trans!r} has no derivative; it takes 'N' and 'T'.")
        return spsolve(self.matrix if trans == "N" else self.matrix.T, rhs)


def plain_data(matrix: TracedSparse) -> Array:
    """Return the plain entries, the very array that the rules will see."""
    return stop_gradient(matrix.data)


def splu(A: Any, **options: Any) -> Any:  # SciPy's name
    """Return the factors of a sparse matrix; those with traced entries have ``solve`` alone."""
    return Factors(A) if isinstance(A, TracedSparse) else scipy.sparse.linalg.splu(A, **options)


def factorized(A: Any) -> Rule:  # SciPy's name
    """Return the function that solves with a sparse matrix: ``b`` may be traced, and the entries of ``A``."""
    matrix = traced(A)
    return lambda b: solution(matrix.data, asarray(b), pattern=matrix.pattern)


def __getattr__(name: str) -> Any:
    """Return the rest of SciPy's namespace."""
    return getattr(scipy.sparse.linalg, name)
