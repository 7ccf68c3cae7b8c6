"""Factors of matrices: Cholesky, LU, QR, eigenvalues (also generalized), singular values, polar; and what they make.

Most are those of ``rules.decompositions`` with SciPy's options. LU has a rule of its own: with L^-1 T U^-1 = X the
factors move by L times the strict lower half of X and by the upper half of X times U.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg
import scipy.optimize

from easygrad.core import Array, Rule, cast, stop_gradient
from easygrad.primitives import general
from easygrad.rules.composition import composite
from easygrad.rules.decompositions import adjoint, mirrored, pinned, turned
from easygrad.rules.shaping import asarray
from easygrad.scipy.linalg.hints import without_hints
from easygrad.scipy.linalg.systems import row_order, rows, triangular

det = without_hints(scipy.linalg.det)(lambda a: np.linalg.det(a))
norm = without_hints(scipy.linalg.norm)(lambda a, **options: np.linalg.norm(a, **options))
svdvals = without_hints(scipy.linalg.svdvals)(lambda a: np.linalg.svd(a, compute_uv=False))
cholesky = without_hints(scipy.linalg.cholesky)(lambda a, lower=False: np.linalg.cholesky(a, upper=not lower))
cho_factor = without_hints(scipy.linalg.cho_factor)(lambda a, lower=False: (cholesky(a, lower=lower), lower))

# LU


def unit_lower(packed: Array) -> Array:
    """Return the lower factor, whose diagonal is 1 and not kept."""
    return np.tril(packed, -1) + np.eye(packed.shape[-1], dtype=packed.dtype)


def divided(x: Array, lower: Array, upper: Array) -> Array:
    """Return ``L^-1 x U^-1``."""
    return turned(triangular(turned(upper), turned(triangular(lower, x, lower=True)), lower=True))


def triangles_jvp(ans: Array, a: Array) -> Rule:
    """Return ``t -> `` the tangent of both factors in one matrix."""
    lower, upper = unit_lower(ans), np.triu(ans)

    def jvp(t: Array) -> Array:
        x = divided(t, lower, upper)
        return lower @ np.tril(x, -1) + np.triu(x) @ upper

    return jvp


def triangles_vjp(ans: Array, a: Array) -> Rule:
    """Return ``g -> `` the cotangent of the matrix."""
    lower, upper, dtype = unit_lower(ans), np.triu(ans), a.dtype

    def vjp(g: Array) -> Array:
        x = np.tril(turned(lower) @ np.tril(g, -1), -1) + np.triu(np.triu(g) @ turned(upper))
        left = triangular(turned(lower), x, lower=False)
        return cast(turned(triangular(upper, turned(left), lower=False)), dtype)

    return vjp


def ordered_triangles(a: Array) -> Array:
    """Return both factors in one matrix, for rows in the order in which no exchange is needed."""
    return scipy.linalg.lu_factor(a, check_finite=False)[0]


triangles = general(ordered_triangles, (triangles_jvp, triangles_vjp), name="lu")


@without_hints(scipy.linalg.lu_factor)
def lu_factor(a: Array) -> tuple[Array, Array]:
    """Return both factors of a square matrix in one, and the exchanges of rows."""
    a = asarray(a)
    if a.shape[-1] != a.shape[-2]:
        raise NotImplementedError(f"lu_factor: no derivative for a matrix of shape {a.shape}; use lu.")
    pivots = scipy.linalg.lu_factor(stop_gradient(a))[1]
    return triangles(rows(a, row_order(pivots))), pivots


@without_hints(scipy.linalg.lu)
def lu(a: Array, permute_l: bool = False, p_indices: bool = False) -> tuple[Array, ...]:
    """Return the permutation and the factors of ``a = P L U``."""
    a = asarray(a)
    places = scipy.linalg.lu(stop_gradient(a), p_indices=True)[0]
    k, a = min(a.shape[-2:]), rows(a, np.argsort(places, axis=-1))
    packed = triangles(a[..., :k, :k])
    lower, upper = unit_lower(packed), np.triu(packed)
    if a.shape[-2] > k:
        rest = turned(triangular(turned(upper), turned(a[..., k:, :k]), lower=True))
        lower = np.concatenate([lower, rest], axis=-2)
    if a.shape[-1] > k:
        upper = np.concatenate([upper, triangular(lower, a[..., :k, k:], lower=True)], axis=-1)
    if permute_l:
        return rows(lower, places), upper
    return (places if p_indices else np.eye(a.shape[-2], dtype=packed.dtype)[places]), lower, upper


# QR


@without_hints(scipy.linalg.qr)
def qr(a: Array, mode: str = "full", pivoting: bool = False) -> tuple[Array, ...]:
    """Return an orthonormal basis and the triangular factor, for a matrix of full rank."""
    if mode not in ("full", "r", "economic"):
        raise NotImplementedError(f"qr: mode={mode!r} has no derivative; it takes 'full', 'economic' and 'r'.")
    a = asarray(a)
    order = scipy.linalg.qr(stop_gradient(a), mode="r", pivoting=True)[-1] if pivoting else None
    if order is not None:
        a = np.take_along_axis(a, np.broadcast_to(order[..., None, :], a.shape), -1)
    q, r = np.linalg.qr(a, mode="reduced" if mode == "economic" else "complete")
    return ((r,) if mode == "r" else (q, r)) + (() if order is None else (order,))


# Eigenvalues


def aligned(vectors: Array, plain: Array) -> Array:
    """Return the vectors with the signs, or phases, of the plain ones."""
    phases = np.sum(np.conj(stop_gradient(vectors)) * plain, axis=-2, keepdims=True)
    sizes = np.abs(phases)
    return vectors * np.where(sizes > 0, phases / np.where(sizes > 0, sizes, 1.0), 1.0).astype(plain.dtype)


@without_hints(scipy.linalg.eigh)
def eigh(
    a: Array,
    b: Array | None = None,
    *,
    lower: bool = True,
    eigvals_only: bool = False,
    type: int = 1,  # SciPy's name
    subset_by_index: Any = None,
    subset_by_value: Any = None,
) -> Any:
    """Return eigenvalues and eigenvectors of ``a v = w b v`` and its kin, by the Cholesky factor of ``b``."""
    given, a = a, mirrored(asarray(a), "L" if lower else "U")
    factor = None if b is None else np.linalg.cholesky(asarray(b), upper=not lower)
    if factor is not None:
        factor = factor if lower else adjoint(factor)
        a = reduced(a, factor) if type == 1 else adjoint(factor) @ a @ factor
    values, vectors = np.linalg.eigh(a)
    if factor is not None:
        vectors = factor @ vectors if type == 3 else triangular(adjoint(factor), vectors, lower=False)
    chosen = subset(values, subset_by_index, subset_by_value)
    plain_values, plain = scipy.linalg.eigh(*stop_gradient((given, b)), lower=lower, type=type)
    values = pinned(plain_values[..., chosen], values[..., chosen])
    if eigvals_only:
        return values
    return values, pinned(plain[..., chosen], aligned(vectors[..., chosen], plain[..., chosen]))


def reduced(a: Array, factor: Array) -> Array:
    """Return ``L^-1 a L^-H``."""
    return adjoint(triangular(factor, adjoint(triangular(factor, a, lower=True)), lower=True))


def subset(values: Array, by_index: Any, by_value: Any) -> Any:
    """Return which of the eigenvalues are asked for."""
    if by_index is not None:
        return slice(by_index[0], by_index[1] + 1)
    if by_value is not None:
        values = stop_gradient(values)
        return np.flatnonzero((values > by_value[0]) & (values <= by_value[1]))
    return slice(None)


@without_hints(scipy.linalg.eigvalsh)
def eigvalsh(a: Array, b: Array | None = None, **options: Any) -> Array:
    """Return the eigenvalues alone."""
    return eigh(a, b, eigvals_only=True, **options)


@without_hints(scipy.linalg.eig)
def eig(
    a: Array, b: Array | None = None, left: bool = False, right: bool = True, homogeneous_eigvals: bool = False
) -> Any:
    """Return complex eigenvalues and right eigenvectors of ``a v = w b v``, for a regular ``b``."""
    if left or homogeneous_eigvals:
        raise NotImplementedError("eig: left=True and homogeneous_eigvals=True have no derivative; use right vectors.")
    plain = scipy.linalg.eig(*stop_gradient((a, b)))
    values, vectors = np.linalg.eig(asarray(a) if b is None else np.linalg.solve(asarray(b), asarray(a)))
    order = nearest(stop_gradient(values), plain[0])
    values = values[order] + 0j
    return (values, aligned(vectors[:, order], plain[1])) if right else values


def nearest(values: Array, plain: Array) -> Array:
    """Return the order in which the values are the plain ones, each taken once."""
    return scipy.optimize.linear_sum_assignment(np.abs(plain[:, None] - values))[1]


@without_hints(scipy.linalg.eigvals)
def eigvals(a: Array, b: Array | None = None, homogeneous_eigvals: bool = False) -> Array:
    """Return the complex eigenvalues alone."""
    return eig(a, b, right=False, homogeneous_eigvals=homogeneous_eigvals)


@without_hints(scipy.linalg.eigh_tridiagonal)
def eigh_tridiagonal(
    d: Array, e: Array, eigvals_only: bool = False, select: str = "a", select_range: Any = None, tol: float = 0.0
) -> Any:
    """Return eigenvalues and eigenvectors of a real symmetric tridiagonal matrix, in the time of a dense one."""
    d, e = asarray(d), asarray(e)
    places = np.arange(d.size)
    matrix = np.where(places[:, None] == places, d, 0.0)
    below = np.pad(np.where(places[1:, None] == places[1:], e[:, None], 0.0), ((1, 0), (0, 1)))
    by = {"a": {}, "i": {"subset_by_index": select_range}, "v": {"subset_by_value": select_range}}[select]
    values, vectors = eigh(matrix + below, **by)
    plain = scipy.linalg.eigh_tridiagonal(*stop_gradient((d, e)), select=select, select_range=select_range, tol=tol)
    values = pinned(plain[0], values)
    return values if eigvals_only else (values, pinned(plain[1], aligned(vectors, plain[1])))


# Singular values


@without_hints(scipy.linalg.svd)
def svd(a: Array, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Return left vectors, singular values and the adjoint of the right vectors; or the values alone."""
    if not compute_uv:
        return np.linalg.svd(a, compute_uv=False)
    return tuple(np.linalg.svd(a, full_matrices=full_matrices))


def cutoff(a: Array, atol: Any, rtol: Any) -> float:
    """Return below which share of the largest a singular value counts as 0."""
    if atol is not None:
        raise NotImplementedError("pinv: atol has no derivative rule; use rtol.")
    return float(max(a.shape[-2:]) * np.finfo(a.dtype).eps) if rtol is None else rtol


@without_hints(scipy.linalg.pinv)
def pinv(a: Array, *, atol: Any = None, rtol: Any = None, return_rank: bool = False) -> Any:
    """Return the pseudo-inverse; its derivative is the one along matrices of the same rank."""
    a = asarray(a)
    inverse = np.linalg.pinv(a, rcond=cutoff(a, atol, rtol))
    if not return_rank:
        return inverse
    return inverse, scipy.linalg.pinv(stop_gradient(a), rtol=rtol, return_rank=True)[1]


@without_hints(scipy.linalg.pinvh)
def pinvh(a: Array, atol: Any = None, rtol: Any = None, lower: bool = True, return_rank: bool = False) -> Any:
    """Return the pseudo-inverse of a Hermitian matrix, of which one triangle is read."""
    return pinv(mirrored(asarray(a), "L" if lower else "U"), atol=atol, rtol=rtol, return_rank=return_rank)


@composite(scipy.linalg.polar)
def polar(a: Array, side: str = "right") -> tuple[Array, Array]:
    """Return the unitary and the positive factor of a matrix of full rank: ``u p``, or ``p u`` for the left side."""
    if side not in ("right", "left"):
        raise ValueError(f"polar: side={side!r}; it is 'right' or 'left'.")
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return u @ vh, (adjoint(vh) * s[..., None, :]) @ vh if side == "right" else (u * s[..., None, :]) @ adjoint(u)


@composite(scipy.linalg.orth)
def orth(A: Array, rcond: Any = None) -> Array:  # SciPy's name
    """Return an orthonormal basis of the columns."""
    u, s, _ = np.linalg.svd(A, full_matrices=False)
    plain, share = stop_gradient(s), np.finfo(s.dtype).eps * max(np.shape(A)) if rcond is None else rcond
    return u[..., : int(np.sum(plain > share * np.max(plain, initial=0.0)))]
