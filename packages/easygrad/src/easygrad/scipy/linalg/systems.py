"""Solutions of linear systems: dense, triangular, factorized, banded; the equations of Sylvester, Lyapunov, Riccati.

Triangular, banded and Sylvester's systems are primitives, whose derivative is the solution of another system of their
kind; all others are made of these. A transpose is a transpose, never an adjoint, as in ``rules.linalg``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import scipy.linalg

from easygrad.core import Array, Rule, projected, stop_gradient
from easygrad.primitives import general
from easygrad.rules.composition import composite
from easygrad.rules.decompositions import adjoint, turned
from easygrad.rules.shaping import asarray
from easygrad.scipy.implicit import at_root, operator
from easygrad.scipy.linalg.hints import structured, without_hints
from easygrad.scipy.linalg.special_matrices import toeplitz


@without_hints(scipy.linalg.solve)
def solve(a: Array, b: Array, lower: bool = False, assume_a: str | None = None, transposed: bool = False) -> Array:
    """Return the solution of ``a x = b``; the derivative is by the part of ``a`` that ``assume_a`` says is read."""
    a = structured(a, assume_a, lower)
    return np.linalg.solve(turned(a) if transposed else a, b)


@without_hints(scipy.linalg.inv)
def inv(a: Array, *, assume_a: str | None = None, lower: bool = False) -> Array:
    """Return the inverse; the derivative is by the part of ``a`` that ``assume_a`` says is read."""
    return np.linalg.inv(structured(a, assume_a, lower))


# Triangular systems


def triangle(lower: bool) -> Rule:
    """Return the function that keeps one triangle."""
    return np.tril if lower else np.triu


def triangular_vjp(ans: Array, a: Array, b: Array, *, lower: bool) -> Rule:
    """Return ``g -> `` the cotangent of the triangle."""
    part = triangle(lower)
    return projected(lambda g: -part(triangular(turned(a), g, lower=not lower) @ turned(ans)), a)


triangular: Rule = general(
    lambda a, b, *, lower: scipy.linalg.solve_triangular(a, b, lower=lower, check_finite=False),
    (
        lambda ans, a, b, *, lower: lambda t: -triangular(a, triangle(lower)(t) @ ans, lower=lower),
        triangular_vjp,
    ),
    (
        lambda ans, a, b, *, lower: lambda t: triangular(a, t, lower=lower),
        lambda ans, a, b, *, lower: projected(lambda g: triangular(turned(a), g, lower=not lower), b),
    ),
    name="solve_triangular",
)


def in_columns(b: Array, solved: Rule) -> Array:
    """Return the solution for the columns of ``b``, which is one column if it has one dimension."""
    b = asarray(b)
    return solved(b[:, None])[..., 0] if b.ndim == 1 else solved(b)


@without_hints(scipy.linalg.solve_triangular)
def solve_triangular(
    a: Array, b: Array, trans: int | str = 0, lower: bool = False, unit_diagonal: bool = False
) -> Array:
    """Return the solution of ``a x = b`` by one triangle; with ``unit_diagonal`` nothing flows to the diagonal."""
    a = asarray(a)
    if unit_diagonal:
        a = (np.tril(a, -1) if lower else np.triu(a, 1)) + np.eye(a.shape[-1], dtype=a.dtype)
    else:
        a = triangle(lower)(a)
    if trans in (0, "N"):
        return in_columns(b, lambda b: triangular(a, b, lower=lower))
    if trans not in (1, 2, "T", "C"):
        raise ValueError(f"solve_triangular: trans={trans!r} is unknown; it is 0, 1, 2, 'N', 'T' or 'C'.")
    a = turned(a) if trans in (1, "T") else adjoint(a)
    return in_columns(b, lambda b: triangular(a, b, lower=not lower))


@without_hints(scipy.linalg.cho_solve)
def cho_solve(c_and_lower: tuple[Array, bool], b: Array) -> Array:
    """Return the solution by the factor of ``cho_factor``, one triangle of which is read."""
    c, lower = c_and_lower
    factor = np.tril(asarray(c)) if lower else adjoint(np.triu(asarray(c)))
    return in_columns(b, lambda b: triangular(adjoint(factor), triangular(factor, b, lower=True), lower=False))


@without_hints(scipy.linalg.lu_solve)
def lu_solve(lu_and_piv: tuple[Array, Array], b: Array, trans: int = 0) -> Array:
    """Return the solution by the factors of ``lu_factor``."""
    packed, order = asarray(lu_and_piv[0]), row_order(lu_and_piv[1])
    lower = np.tril(packed, -1) + np.eye(packed.shape[-1], dtype=packed.dtype)
    upper = np.triu(packed)
    if trans == 0:
        return in_columns(b, lambda b: triangular(upper, triangular(lower, rows(b, order), lower=True), lower=False))
    flip = turned if trans == 1 else adjoint
    back = np.argsort(order, axis=-1)
    return in_columns(
        b,
        lambda b: rows(triangular(flip(lower), triangular(flip(upper), b, lower=True), lower=False), back),
    )


def row_order(pivots: Array) -> Array:
    """Return the order of the rows after the exchanges that LAPACK lists."""
    pivots = stop_gradient(pivots)
    order = np.broadcast_to(np.arange(pivots.shape[-1]), pivots.shape).copy()
    for place in np.ndindex(pivots.shape[:-1]):
        for i, k in enumerate(pivots[place]):
            order[place][[i, k]] = order[place][[k, i]]
    return order


def rows(b: Array, order: Array) -> Array:
    """Return the rows of matrices in another order."""
    return np.take_along_axis(b, np.broadcast_to(order[..., None], b.shape), -2)


# Banded systems: the element (i, i + d) stands in row u - d and column i + d of ``ab``


def inside(ab: Array, l: int, u: int) -> Array:  # noqa: E741  # SciPy's name
    """Return where the places of ``ab`` lie inside the matrix."""
    j, d = np.arange(ab.shape[1]), np.arange(u, -l - 1, -1)[:, None]
    return (j >= d) & (j - d < ab.shape[1])


def other_way(ab: Array, l: int, u: int) -> Array:  # noqa: E741  # SciPy's name
    """Return the transposed matrix, which has ``u`` bands below and ``l`` above the diagonal."""
    return np.stack([np.roll(ab[u - d], -d) for d in range(-l, u + 1)])


def banded_product(ab: Array, x: Array, l: int, u: int) -> Array:  # noqa: E741  # SciPy's name
    """Return the banded matrix times the columns of ``x``."""
    ab = np.where(inside(ab, l, u), ab, 0.0)
    return sum(np.roll(ab[u - d][:, None] * x, -d, axis=0) for d in range(-l, u + 1))


def banded_outer(w: Array, x: Array, l: int, u: int) -> Array:  # noqa: E741  # SciPy's name
    """Return the bands of ``w x^T``."""
    bands = np.stack([np.sum(np.roll(w, d, axis=0) * x, axis=1) for d in range(u, -l - 1, -1)])
    return np.where(inside(bands, l, u), bands, 0.0)


banded: Rule = general(
    lambda ab, b, *, l, u: scipy.linalg.solve_banded((l, u), ab, b, check_finite=False),  # noqa: E741
    (
        lambda ans, ab, b, *, l, u: lambda t: -banded(ab, banded_product(t, ans, l, u), l=l, u=u),  # noqa: E741
        lambda ans, ab, b, *, l, u: projected(  # noqa: E741
            lambda g: -banded_outer(banded(other_way(ab, l, u), g, l=u, u=l), ans, l, u), ab
        ),
    ),
    (
        lambda ans, ab, b, *, l, u: lambda t: banded(ab, t, l=l, u=u),  # noqa: E741
        lambda ans, ab, b, *, l, u: projected(lambda g: banded(other_way(ab, l, u), g, l=u, u=l), b),  # noqa: E741
    ),
    name="solve_banded",
)


@without_hints(scipy.linalg.solve_banded)
def solve_banded(l_and_u: tuple[int, int], ab: Array, b: Array) -> Array:
    """Return the solution for a banded matrix, in time and memory proportional to the bands, derivatives too."""
    l, u = l_and_u  # noqa: E741  # SciPy's name
    ab = asarray(ab)
    return in_columns(b, lambda b: banded(ab, b, l=l, u=u))


@without_hints(scipy.linalg.solveh_banded)
def solveh_banded(ab: Array, b: Array, lower: bool = False) -> Array:
    """Return the solution for a Hermitian positive definite banded matrix, of which one half of the bands is read."""
    ab = asarray(ab)
    width = ab.shape[0] - 1
    half = ab if lower else np.stack([np.roll(ab[width - d], -d) for d in range(width + 1)])
    below = list(half[1:] if lower else np.conj(half[1:]))
    above = [np.roll(np.conj(row), d) for d, row in enumerate(below, 1)]
    whole = np.stack([*above[::-1], asarray(np.real(half[0])), *below])
    return in_columns(b, lambda b: banded(whole, b, l=width, u=width))


@without_hints(scipy.linalg.solve_toeplitz)
def solve_toeplitz(c_or_cr: Any, b: Array) -> Array:
    """Return the solution for a matrix with equal elements along each diagonal; in cubic time, unlike SciPy's."""
    c, r = c_or_cr if isinstance(c_or_cr, tuple) else (c_or_cr, None)
    return np.linalg.solve(toeplitz(c, r), b)


# Equations for a matrix: Sylvester's a x + x b = q, and what can be solved by it

sylvester: Rule = general(
    lambda a, b, q: scipy.linalg.solve_sylvester(a, b, q),
    (
        lambda ans, a, b, q: lambda t: -sylvester(a, b, t @ ans),
        lambda ans, a, b, q: projected(lambda g: -(sylvester(turned(a), turned(b), g) @ turned(ans)), a),
    ),
    (
        lambda ans, a, b, q: lambda t: -sylvester(a, b, ans @ t),
        lambda ans, a, b, q: projected(lambda g: -(turned(ans) @ sylvester(turned(a), turned(b), g)), b),
    ),
    (
        lambda ans, a, b, q: lambda t: sylvester(a, b, t),
        lambda ans, a, b, q: projected(lambda g: sylvester(turned(a), turned(b), g), q),
    ),
    name="solve_sylvester",
)


@composite(scipy.linalg.solve_sylvester)
def solve_sylvester(a: Array, b: Array, q: Array) -> Array:
    """Return x with ``a x + x b = q``."""
    return sylvester(asarray(a), asarray(b), asarray(q))


@composite(scipy.linalg.solve_continuous_lyapunov)
def solve_continuous_lyapunov(a: Array, q: Array) -> Array:
    """Return x with ``a x + x a^H = q``."""
    return sylvester(asarray(a), adjoint(asarray(a)), asarray(q))


@composite(scipy.linalg.solve_discrete_lyapunov)
def solve_discrete_lyapunov(a: Array, q: Array, method: str | None = None) -> Array:
    """Return x with ``a x a^H - x + q = 0``, by the bilinear transformation of a to a continuous equation."""
    a, q = asarray(a), asarray(q)
    eye = np.eye(a.shape[-1], dtype=a.dtype)
    inverse = np.linalg.inv(a + eye)
    c = (a - eye) @ inverse
    return sylvester(c, adjoint(c), -2.0 * (inverse @ q @ adjoint(inverse)))


def real_matrices(name: str, **matrices: Any) -> list[Array]:
    """Return the matrices; refuse complex ones and what has no derivative yet."""
    arrays = [asarray(x) for x in matrices.values()]
    for argument, x in zip(matrices, arrays, strict=True):
        if x.dtype.kind == "c":
            raise NotImplementedError(f"{name}: no derivative for complex {argument}.")
    return arrays


def refuse_generalized(name: str, e: Any, s: Any) -> None:
    """Refuse the two matrices of the generalized equations of Riccati."""
    if e is not None or s is not None:
        raise NotImplementedError(f"{name}: no derivative with the arguments e and s.")


@without_hints(scipy.linalg.solve_continuous_are)
def solve_continuous_are(a: Array, b: Array, q: Array, r: Array, e: Any = None, s: Any = None) -> Array:
    """Return x with ``a^T x + x a - x b r^-1 b^T x + q = 0``, for real matrices, as an implicit function."""
    refuse_generalized("solve_continuous_are", e, s)
    a, b, q, r = real_matrices("solve_continuous_are", a=a, b=b, q=q, r=r)
    x = scipy.linalg.solve_continuous_are(*stop_gradient((a, b, q, r)))
    closed = stop_gradient(a) - stop_gradient(b) @ np.linalg.solve(stop_gradient(r), stop_gradient(b).T @ x)
    solver = partial(scipy.linalg.solve_sylvester, closed.T, closed)
    transposed = partial(scipy.linalg.solve_sylvester, closed, closed.T)
    residual = lambda x: turned(a) @ x + x @ a - x @ b @ np.linalg.solve(r, turned(b) @ x) + q  # noqa: E731  # a formula
    return at_root(residual, x, operator(solver, transposed))


@without_hints(scipy.linalg.solve_discrete_are)
def solve_discrete_are(a: Array, b: Array, q: Array, r: Array, e: Any = None, s: Any = None) -> Array:
    """Return x with ``a^T x a - x - a^T x b (r + b^T x b)^-1 b^T x a + q = 0``, real, as an implicit function."""
    refuse_generalized("solve_discrete_are", e, s)
    a, b, q, r = real_matrices("solve_discrete_are", a=a, b=b, q=q, r=r)
    x = scipy.linalg.solve_discrete_are(*stop_gradient((a, b, q, r)))

    def closed_loop(a: Array, b: Array, r: Array, x: Array) -> Array:
        return a - b @ np.linalg.solve(r + turned(b) @ x @ b, turned(b) @ x @ a)

    closed = closed_loop(stop_gradient(a), stop_gradient(b), stop_gradient(r), x)
    solver = operator(
        lambda g: -scipy.linalg.solve_discrete_lyapunov(closed.T, g),
        lambda g: -scipy.linalg.solve_discrete_lyapunov(closed, g),
    )
    return at_root(lambda x: turned(a) @ x @ closed_loop(a, b, r, x) - x + q, x, solver)


@without_hints(scipy.linalg.lstsq)
def lstsq(a: Array, b: Array, cond: float | None = None) -> Sequence[Any]:
    """Return the shortest least-squares solution, the sums of squares left, the rank and the singular values."""
    a = asarray(a)
    return np.linalg.lstsq(a, b, rcond=np.finfo(a.dtype).eps if cond is None else cond)
