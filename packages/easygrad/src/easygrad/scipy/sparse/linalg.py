"""``scipy.sparse.linalg`` with the differentiable functions in place; the other names are SciPy's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse.linalg

from easygrad.core import Array, Rule, stop_gradient
from easygrad.rules.decompositions import pinned
from easygrad.rules.shaping import asarray, stack
from easygrad.scipy.implicit import at_root, depth, operator
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


# Some eigenvalues of a symmetric matrix: each with its vector is the root of A v = w M v, v^T M v = 1


def plain_matrix(matrix: Any) -> Any:
    """Return the plain sparse matrix; None remains."""
    if isinstance(matrix, TracedSparse):
        return matrix.pattern.matrix(plain_data(matrix))
    return matrix if matrix is None or scipy.sparse.issparse(matrix) else scipy.sparse.csc_array(stop_gradient(matrix))


def eigsh(
    A: Any,  # SciPy's name
    k: int = 6,
    M: Any = None,  # SciPy's name
    sigma: Any = None,
    which: str = "LM",
    *,
    return_eigenvectors: bool = True,
    **options: Any,
) -> Any:
    """Return ``k`` eigenvalues and vectors of a real symmetric matrix, or of ``A v = w M v``, with their derivatives.

    ``A`` and ``M`` may be sparse matrices with traced entries or traced arrays. An eigenvalue must be simple, or
    LinAlgError. Raises NotImplementedError for complex matrices. SciPy starts from a random vector, so the signs of its
    vectors vary from call to call; the start here, unless ``v0`` is given, is always the same.
    """
    if not any(isinstance(matrix, TracedSparse) or depth(matrix) for matrix in (A, M)):
        options["return_eigenvectors"] = return_eigenvectors
        return scipy.sparse.linalg.eigsh(A, k, M, sigma, which, **options)
    a, mass = plain_matrix(A), plain_matrix(M)
    if a.dtype.kind == "c":
        raise NotImplementedError("eigsh: no derivative for a complex matrix.")
    options.setdefault("v0", np.random.default_rng(0).uniform(-1.0, 1.0, a.shape[0]).astype(a.dtype))
    values, vectors = scipy.sparse.linalg.eigsh(a, k, mass, sigma, which, **options)
    pairs = stack([eigenpair(A, M, a, mass, w, v) for w, v in zip(values, vectors.T, strict=True)])
    values = pinned(values, pairs[:, -1])
    return (values, pinned(vectors, pairs[:, :-1].T)) if return_eigenvectors else values


def eigenpair(A: Any, M: Any, a: Any, mass: Any, value: Array, vector: Array) -> Array:  # SciPy's names
    """Return a vector and its eigenvalue, in one array, with their derivatives; ``a`` and ``mass`` are plain."""

    def residual(x: Array) -> Array:
        v, w = x[:-1], x[-1]
        weighed = v if M is None else M @ v
        return np.concatenate([A @ v - w * weighed, 0.5 * (1.0 - v @ weighed)[None]])

    mass = scipy.sparse.eye_array(vector.size, dtype=vector.dtype) if mass is None else mass
    edge = -(mass @ vector)
    bordered = scipy.sparse.block_array([[a - value * mass, edge[:, None]], [edge[None, :], None]], format="csc")
    factors = regular(bordered, f"eigsh: the eigenvalue {value} is not simple, so its vector has no derivative.")
    solver = operator(lambda r: factors.solve(r), lambda r: factors.solve(r, "T"))
    return at_root(residual, np.append(vector, value), solver)


def regular(matrix: Any, message: str) -> Any:
    """Return the factors of a matrix; raise LinAlgError with this message if it is singular."""
    try:
        factors = scipy.sparse.linalg.splu(matrix)
    except RuntimeError as error:  # SciPy's "exactly singular"
        raise np.linalg.LinAlgError(message) from error
    sizes = np.abs(factors.U.diagonal())
    if np.min(sizes) <= np.finfo(matrix.dtype).eps * sizes.size * np.max(sizes):
        raise np.linalg.LinAlgError(message)
    return factors


def __getattr__(name: str) -> Any:
    """Return the rest of SciPy's namespace."""
    return getattr(scipy.sparse.linalg, name)
