"""SciPy's linear algebra, with its options as rows; the references are plain loops on exact numbers.

To add a function, write a row: its id, the function of the module, the domains and shapes, and a reference.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy
from comparisons.linalg import exact_cholesky, exact_det, exact_inv, exact_solve
from comparisons.scipy_special import case_of

from graddiff.domains import POSITIVE, REAL, SPD, UNIT, WELL_CONDITIONED

Shapes = Sequence[Any]
MATRIX: Shapes = [(2, 2)]
SYSTEM: Shapes = [((2, 2), (2, 2))]
UNIT_DIAGONAL = "Autograd drops unit_diagonal: its gradient is that of another matrix"
case = partial(case_of, "linalg", linear_algebra=True)


# References


def lower(a: Any) -> Any:
    """Return the lower triangle."""
    return numpy.where(numpy.tri(*a.shape) == 1, a, 0 * a)


def upper(a: Any) -> Any:
    """Return the upper triangle."""
    return lower(a.T).T


def unit(a: Any) -> Any:
    """Return a matrix with ones on the diagonal."""
    return numpy.where(numpy.eye(a.shape[0]) == 1, 1 + 0 * a, a)


def exact_expm(a: Any) -> Any:
    """Return the exponential, by its series."""
    term = total = numpy.eye(a.shape[0]) + 0 * a
    for k in range(1, 90):
        term = term @ a / k
        total = total + term
    return total


def exact_sqrtm(a: Any) -> Any:
    """Return the root of a matrix of two rows (Cayley and Hamilton)."""
    root = numpy.sqrt(exact_det(a))
    return (a + root * numpy.eye(2)) / numpy.sqrt(a[0, 0] + a[1, 1] + 2 * root)


def exact_logm(a: Any) -> Any:
    """Return the logarithm of a matrix of two rows with different positive eigenvalues."""
    middle = (a[0, 0] + a[1, 1]) / 2
    radius = numpy.sqrt(middle * middle - exact_det(a))
    high, low = middle + radius, middle - radius
    return (numpy.log(high) - numpy.log(low)) / (2 * radius) * (a - low * numpy.eye(2)) + numpy.log(low) * numpy.eye(2)


def exact_sylvester(a: Any, b: Any, q: Any) -> Any:
    """Return x with ``a x + x b = q``, as one system for all elements."""
    n, m = q.shape
    whole = numpy.kron(a, numpy.eye(m)) + numpy.kron(numpy.eye(n), b.T)
    return exact_solve(whole, q.reshape(-1, 1)).reshape(n, m)


def from_bands(ab: Any) -> Any:
    """Return the matrix with one band below and one above the diagonal."""
    n = ab.shape[1]
    rows = [[ab[1 + i - j, j] if abs(i - j) <= 1 else 0 * ab[1, 0] for j in range(n)] for i in range(n)]
    return numpy.array(rows, dtype=object)


def exact_lu(a: Any) -> Any:
    """Return the factors for rows in the order of the larger first element, the lower one with its order undone."""
    flip = abs(a[1, 0]) > abs(a[0, 0])
    p, q = (a[1], a[0]) if flip else (a[0], a[1])
    factor = q[0] / p[0]
    one = 0 * factor + 1
    rows = [[one, 0 * one], [factor, one]]
    left = numpy.array(rows[::-1] if flip else rows, dtype=object)
    return numpy.stack([left, numpy.stack([p, q - factor * p]) * numpy.array([[1, 1], [0, 1]])])


def toeplitz(c: Any, r: Any) -> Any:
    """Return the matrix with equal diagonals."""
    rows = [[c[i - j] if i >= j else r[j - i] for j in range(r.size)] for i in range(c.size)]
    return numpy.array(rows, dtype=object)


def blocks(a: Any, b: Any) -> Any:
    """Return two matrices along the diagonal of one."""
    zero = numpy.zeros((2, 2)) + 0 * a
    return numpy.concatenate([numpy.concatenate([a, zero], 1), numpy.concatenate([zero, b], 1)])


# Systems

WELL, COLUMN = WELL_CONDITIONED, REAL
SYSTEMS = [
    case("solve", lambda m: lambda a, b: m.solve(a, b), [WELL, COLUMN], SYSTEM, exact_solve),
    case("solve.transposed", lambda m: lambda a, b: m.solve(a, b, transposed=True), [WELL, COLUMN], SYSTEM,
         lambda a, b: exact_solve(a.T, b)),
    case("solve.sym", lambda m: lambda a, b: m.solve(a, b, lower=True, assume_a="sym"), [WELL, COLUMN], SYSTEM,
         lambda a, b: exact_solve(lower(a) + lower(a).T - a * numpy.eye(2), b)),
    case("inv", lambda m: lambda a: m.inv(a), [WELL], MATRIX, exact_inv),
    case("det", lambda m: lambda a: m.det(a), [WELL], MATRIX, exact_det),
    case("lu_solve", lambda m: lambda a, b: m.lu_solve(m.lu_factor(a), b, 1), [WELL, COLUMN], SYSTEM,
         lambda a, b: exact_solve(a.T, b)),
    case("cho_solve", lambda m: lambda a, b: m.cho_solve(m.cho_factor((a + a.T) / 2), b), [SPD, COLUMN], SYSTEM,
         lambda a, b: exact_solve((a + a.T) / 2, b)),
    case("solve_banded", lambda m: lambda ab, b: m.solve_banded((1, 1), ab + 4.0 * BAND, b), [REAL, REAL],
         [((3, 3), (3,))], lambda ab, b: exact_solve(from_bands(ab + 4 * BAND), b[:, None])[:, 0]),
    case("solve_toeplitz", lambda m: lambda c, b: m.solve_toeplitz((c, c), b), [POSITIVE, REAL], [((2,), (2,))],
         lambda c, b: exact_solve(toeplitz(c, c), b[:, None])[:, 0]),
    case("solve_sylvester", lambda m: lambda a, b, q: m.solve_sylvester(a, b, q), [SPD, SPD, REAL],
         [((2, 2), (2, 2), (2, 2))], exact_sylvester),
    case("solve_continuous_lyapunov", lambda m: lambda a, q: m.solve_continuous_lyapunov(a, q), [SPD, REAL], SYSTEM,
         lambda a, q: exact_sylvester(a, a.T, q)),
]  # fmt: skip
BAND = numpy.array([[0.0], [1.0], [0.0]])

TRIANGULAR = [
    case("solve_triangular.upper", lambda m: lambda a, b: m.solve_triangular(a, b), [WELL, COLUMN], SYSTEM,
         lambda a, b: exact_solve(upper(a), b)),
    case("solve_triangular.lower", lambda m: lambda a, b: m.solve_triangular(a, b, lower=True), [WELL, COLUMN], SYSTEM,
         lambda a, b: exact_solve(lower(a), b)),
    case("solve_triangular.trans", lambda m: lambda a, b: m.solve_triangular(a, b, trans=1), [WELL, COLUMN], SYSTEM,
         lambda a, b: exact_solve(upper(a).T, b)),
    case("solve_triangular.unit_diagonal", lambda m: lambda a, b: m.solve_triangular(a, b, unit_diagonal=True),
         [WELL, COLUMN], SYSTEM, lambda a, b: exact_solve(unit(upper(a)), b), reason=UNIT_DIAGONAL),
    case("solve_triangular.unit_diagonal_lower_trans",
         lambda m: lambda a, b: m.solve_triangular(a, b, trans="T", lower=True, unit_diagonal=True),
         [WELL, COLUMN], SYSTEM, lambda a, b: exact_solve(unit(lower(a)).T, b), reason=UNIT_DIAGONAL),
]  # fmt: skip

# Factors, functions of matrices, matrices made of others


def generalized(m: Any) -> Any:
    """Return the eigenvalues of a pair of symmetric matrices."""
    return lambda a, b: m.eigh(a + a.T, b + b.T, eigvals_only=True)


def exact_generalized(a: Any, b: Any) -> Any:
    """Return the eigenvalues of two rows, in rising order, from the quadratic equation."""
    whole = exact_solve(b + b.T, a + a.T)
    middle = (whole[0, 0] + whole[1, 1]) / 2
    radius = numpy.sqrt(middle * middle - exact_det(whole))
    return numpy.stack([middle - radius, middle + radius])


FACTORS = [
    case("cholesky", lambda m: lambda a: m.cholesky((a + a.T) / 2, lower=True), [SPD], MATRIX,
         lambda a: exact_cholesky((a + a.T) / 2)),
    case("lu", lambda m: lambda a: stacked(m.lu(a, permute_l=True)), [WELL], MATRIX, exact_lu),
    case("eigh.generalized", generalized, [WELL, SPD], SYSTEM, exact_generalized),
    case("expm", lambda m: lambda a: m.expm(a), [UNIT], MATRIX, exact_expm),
    case("logm", lambda m: lambda a: m.logm(a), [SPD], MATRIX, exact_logm),
    case("sqrtm", lambda m: lambda a: m.sqrtm(a), [SPD], MATRIX, exact_sqrtm),
    case("sinm", lambda m: lambda a: m.sinhm(a), [UNIT], MATRIX, lambda a: (exact_expm(a) - exact_expm(-a)) / 2),
    case("toeplitz", lambda m: lambda c, r: m.toeplitz(c, r), [REAL, REAL], [((3,), (2,))], toeplitz),
    case("block_diag", lambda m: lambda a, b: m.block_diag(a, b), [REAL, REAL], SYSTEM, blocks),
    case("circulant", lambda m: lambda c: m.circulant(c), [REAL], [(3,)],
         lambda c: numpy.array([[c[(i - j) % 3] for j in range(3)] for i in range(3)], dtype=object)),
]  # fmt: skip


def stacked(parts: Any) -> Any:
    """Return both factors as one array."""
    return (
        numpy.stack(parts) if type(parts[0]) is numpy.ndarray else parts[0][None] * FIRST + parts[1][None] * (1 - FIRST)
    )


FIRST = numpy.array([1.0, 0.0])[:, None, None]
