"""Decompositions of matrices: cholesky, qr, eig, eigh, svd, and the eigenvalues and singular values alone.

A primitive answers with one array, so the factors of ``eigh``, ``eig`` and ``svd`` are packed into one, which has the
rule, and a composite unpacks it into NumPy's named tuple. ``qr`` and the additional columns of full matrices are
composites alone: they correct the plain factors by a factor that is 1, and that can be differentiated.

Of a Hermitian matrix NumPy reads one triangle only. The derivative is that of the function of this triangle: the other
one gets 0, and the one that is read gets twice the symmetric gradient off the diagonal.

Where factors are not unique (the phase of a complex vector, the vectors of equal values), their derivative is the one
without a rotation among them. Between equal values the formulas divide by 0. No rule for the factors can be right for
all smooth functions there: a cotangent of the vectors does not say whether it came from ``V V^H`` or from
``V f(w) V^H``. So the pullback does what the cotangents of values and vectors together show, see ``share_of_equals``,
and the rest is nan; values and vectors must come from one call for that. Functions of the values alone are right, in
both modes, to first order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from easygrad.core import Array, Rule, cast, general, stop_gradient
from easygrad.rules.composition import composite
from easygrad.rules.shaping import asarray

EighResult = type(np.linalg.eigh(np.eye(1)))
EigResult = type(np.linalg.eig(np.eye(1)))
QRResult = type(np.linalg.qr(np.eye(1)))
SVDResult = type(np.linalg.svd(np.eye(1)))


def turned(x: Array) -> Array:
    """Return the transposed matrices."""
    return np.swapaxes(x, -1, -2)


def adjoint(x: Array) -> Array:
    """Return the conjugate transposed matrices."""
    return np.conj(turned(x))


def diagonals(x: Array) -> Array:
    """Return the diagonals of square matrices."""
    return np.sum(np.where(np.eye(x.shape[-1], dtype=bool), x, 0.0), axis=-1)


def on_diagonal(x: Array) -> Array:
    """Return square matrices with these diagonals and 0 elsewhere."""
    return np.where(np.eye(x.shape[-1], dtype=bool), x[..., None], 0.0)


def hermitian_half(x: Array) -> Array:
    """Return ``(x + x^H) / 2``."""
    return (x + adjoint(x)) * 0.5


def mirrored(a: Array, triangle: str = "L") -> Array:
    """Return the Hermitian matrix that has this triangle, as NumPy reads it."""
    n = a.shape[-1]
    below = np.tri(n, k=-1, dtype=bool)
    half = np.where(below if triangle.upper() == "L" else below.T, a, 0.0)
    return half + adjoint(half) + np.where(np.eye(n, dtype=bool), np.real(a), 0.0)


def pinned(value: Array, x: Array) -> Array:
    """Return the plain ``value`` with the derivatives of ``x``, which is the same up to rounding."""
    return value + (x - stop_gradient(x))


def negligible(x: Array, values: Array) -> Array:
    """Return where ``x`` is no more than the rounding error of these eigenvalues or singular values."""
    size = np.max(np.abs(stop_gradient(values)), axis=-1, initial=0.0)
    size = np.reshape(size, size.shape + (1,) * (x.ndim - size.ndim))
    return np.abs(stop_gradient(x)) <= 4.0 * values.shape[-1] * np.finfo(values.dtype).eps * size


def inverse_or_zero(x: Array, values: Array) -> Array:
    """Return ``1 / x``, with 0 where ``x`` is negligible against the values."""
    zero = negligible(x, values)
    return np.where(zero, 0.0, 1.0 / np.where(zero, 1.0, x))


def inverse_gaps(values: Array) -> Array:
    """Return ``1 / (w_j - w_i)`` in row i and column j, with 0 where the two are equal."""
    return inverse_or_zero(values[..., None, :] - values[..., :, None], values)


def equals(values: Array) -> Array:
    """Return, in row i and column j, where two different ones of the values are equal up to rounding."""
    gaps = values[..., None, :] - values[..., :, None]
    return negligible(gaps, values) & ~np.eye(values.shape[-1], dtype=bool)


def is_small(x: Array, scale: Array) -> Array:
    """Return where plain ``x`` is next to nothing against the largest element of a stack of matrices."""
    return np.abs(x) <= 1e3 * np.finfo(scale.dtype).eps * np.max(np.abs(scale), axis=(-2, -1), keepdims=True)


def motion_of_equals(values: Array, change: Array) -> Array:
    """Return how far vectors of equal values turn into each other: nan unless the matrix does not mix them."""
    equal = equals(values)
    if not np.any(equal):
        return np.zeros((), values.dtype)
    change = stop_gradient(change)
    return np.where(equal & ~is_small(change, change), np.nan, 0.0).astype(values.dtype)


def share_of_equals(values: Array, of_values: Array, of_vectors: Array) -> Array:
    """Return what multiplies the cotangent of vectors of equal values, by which function these are the factors of.

    It is 0 where the values have no cotangent (``V V^H``, a projector, the polar factor), and ``1 / 2w`` where the
    cotangents of values and vectors are those of ``V w V^H``; otherwise nan, if the vectors have one.
    """
    equal = equals(values)
    if not np.any(equal):
        return np.zeros((), values.dtype)
    w, of_w, of_v = (stop_gradient(x)[..., None, :] for x in (values, of_values, np.real(diagonals(of_vectors))))
    within, plain = equal | np.eye(values.shape[-1], dtype=bool), stop_gradient(of_vectors)
    unused = np.all(is_small(w * of_w, plain) | ~within, axis=-1, keepdims=True)
    product = np.all(is_small(of_v - 2.0 * w * of_w, plain) | ~within, axis=-1, keepdims=True)
    known = np.where(unused & ~product, 0.0, np.where(product & ~unused, 1.0, np.nan)).astype(values.dtype)
    known = np.where(is_small(plain, plain), unless_mixed(w, of_w, plain), known)
    return np.where(equal, known, 0.0) * inverse_sums(values)


def unless_mixed(values: Array, of_values: Array, of_vectors: Array) -> Array:
    """Return 0, but nan for two values whose cotangents differ and that may come from ``V w V^H`` at equal values.

    They cannot if the vectors have no cotangent at all, other than at values of 0, where that says nothing.
    """
    gaps = np.abs(of_values - np.swapaxes(of_values, -1, -2))
    used = np.any(of_vectors, axis=(-2, -1), keepdims=True) | is_small(values, values)
    return np.where(used & ~is_small(gaps, of_values), np.nan, 0.0)


def inverse_sums(s: Array) -> Array:
    """Return ``1 / (s_i + s_j)``, with 0 where both are 0."""
    return inverse_or_zero(s[..., None, :] + s[..., :, None], s)


def packed(parts: Sequence[Array], batch: tuple[int, ...]) -> Array:
    """Return matrices and vectors, each with the batch axes in front, as one array of rows."""
    sizes = [math.prod(part.shape[len(batch) :]) for part in parts]
    return np.concatenate([np.reshape(part, (*batch, n)) for part, n in zip(parts, sizes, strict=True)], axis=-1)


def unpacked(rows: Array, *shapes: tuple[int, ...]) -> list[Array]:
    """Return the matrices and vectors of these shapes that were packed."""
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    pieces = [rows[..., end - math.prod(shape) : end] for shape, end in zip(shapes, ends, strict=True)]
    return [np.reshape(piece, (*rows.shape[:-1], *shape)) for piece, shape in zip(pieces, shapes, strict=True)]


# Cholesky: with L^-1 T L^-H = X, the factor moves by L times the lower half of X (Murray 2016, arXiv:1602.07527)


def lower_half(x: Array) -> Array:
    """Return the lower triangle with half the diagonal."""
    n = x.shape[-1]
    return np.where(np.tri(n, k=-1, dtype=bool), x, np.where(np.eye(n, dtype=bool), x * 0.5, 0.0))


def cholesky_jvp(ans: Array, a: Array) -> Rule:
    """Return ``t -> `` the tangent of the factor, for Hermitian ``t``."""
    inverse = np.linalg.inv(ans)
    return lambda t: ans @ lower_half(inverse @ t @ adjoint(inverse))


def cholesky_vjp(ans: Array, a: Array) -> Rule:
    """Return ``g -> `` the cotangent of a Hermitian matrix."""
    inverse = np.linalg.inv(ans)
    return lambda g: turned(inverse) @ lower_half(turned(ans) @ g) @ np.conj(inverse)


cholesky_factor = general(lambda a: np.linalg.cholesky(a), (cholesky_jvp, cholesky_vjp), name="cholesky")


@composite(np.linalg.cholesky)
def cholesky(a: Array, /, *, upper: bool = False) -> Array:
    """Return the triangular factor of a positive definite matrix; the other triangle is not read."""
    if upper:
        return adjoint(cholesky_factor(mirrored(asarray(a), "U")))
    return cholesky_factor(mirrored(asarray(a)))


# QR, and the columns that make a basis complete


@composite(np.linalg.qr)
def qr(a: Array, mode: str = "reduced") -> Any:
    """Return an orthonormal basis of the columns and the triangular factor, for a matrix of full rank."""
    if mode not in ("reduced", "complete", "r"):
        raise NotImplementedError(f"qr: mode={mode!r} has no derivative; it takes 'reduced', 'complete' and 'r'.")
    a = asarray(a)
    k = min(a.shape[-2:])
    plain = np.linalg.qr(stop_gradient(a))
    near_q = a[..., :k] @ np.linalg.inv(plain.R[..., :k])
    near_one = np.linalg.cholesky(adjoint(near_q) @ near_q, upper=True)
    q = near_q @ np.linalg.inv(near_one)
    r = np.where(np.tri(k, a.shape[-1], k=-1, dtype=bool), 0.0, adjoint(q) @ a)
    q, r = pinned(plain.Q, q), pinned(plain.R, r)
    if mode == "complete":
        q = completed(q, np.linalg.qr(stop_gradient(a), "complete").Q)
        missing = np.zeros((*r.shape[:-2], q.shape[-1] - k, r.shape[-1]), r.dtype)
        r = np.concatenate([r, missing], axis=-2)
    return r if mode == "r" else QRResult(q, r)


def completed(columns: Array, plain: Array) -> Array:
    """Return an orthonormal basis that begins with the columns and has the values of the plain one."""
    rest = plain[..., columns.shape[-1] :]
    if rest.shape[-1] == 0:
        return columns
    near = rest - columns @ (adjoint(columns) @ rest)
    near_one = np.linalg.cholesky(adjoint(near) @ near, upper=True)
    return np.concatenate([columns, pinned(rest, near @ np.linalg.inv(near_one))], axis=-1)


# Eigenvalues and eigenvectors: A V = V W gives dW + (X W - W X) = V^-1 T V, where dV = V X (Giles 2008)


def eigh_rows(a: Array, UPLO: Any = "L") -> Array:  # noqa: N803  # NumPy's name
    """Return eigenvalues and eigenvectors as rows."""
    values, vectors = np.linalg.eigh(a, UPLO)
    return packed([values.astype(vectors.dtype), vectors], a.shape[:-2])


def eigh_parts(rows: Array, n: int) -> Any:
    """Return eigenvalues and eigenvectors of rows."""
    values, vectors = unpacked(rows, (n,), (n, n))
    return np.real(values), vectors


def eigh_jvp(ans: Array, a: Array, *, UPLO: Any = "L") -> Rule:  # noqa: N803  # NumPy's name
    """Return ``t -> `` the tangent of the rows, for Hermitian ``t``."""
    batch = a.shape[:-2]
    values, vectors = eigh_parts(ans, a.shape[-1])
    gaps = inverse_gaps(values)

    def jvp(t: Array) -> Array:
        change = adjoint(vectors) @ t @ vectors
        return packed(
            [np.real(diagonals(change)), vectors @ ((gaps + motion_of_equals(values, change)) * change)], batch
        )

    return jvp


def eigh_vjp(ans: Array, a: Array, *, UPLO: Any = "L") -> Rule:  # noqa: N803  # NumPy's name
    """Return ``g -> `` the cotangent of a Hermitian matrix."""
    n = a.shape[-1]
    values, vectors = eigh_parts(ans, n)
    gaps = inverse_gaps(values)

    def vjp(g: Array) -> Array:
        of_values, of_vectors = eigh_parts(g, n)
        inner = turned(vectors) @ of_vectors
        inner = (gaps + share_of_equals(values, of_values, inner)) * inner
        return np.conj(vectors) @ (inner + on_diagonal(of_values)) @ turned(vectors)

    return vjp


packed_eigh = general(eigh_rows, (eigh_jvp, eigh_vjp), name="eigh")


@composite(np.linalg.eigh)
def eigh(a: Array, UPLO: Any = "L") -> Any:  # noqa: N803  # NumPy's name
    """Return eigenvalues and eigenvectors of a Hermitian matrix, of which one triangle is read."""
    a = asarray(a)
    return EighResult(*eigh_parts(packed_eigh(mirrored(a, UPLO), UPLO=UPLO), a.shape[-1]))


@composite(np.linalg.eigvalsh)
def eigvalsh(a: Array, UPLO: Any = "L") -> Array:  # noqa: N803  # NumPy's name
    """Return the eigenvalues of a Hermitian matrix."""
    return np.linalg.eigh(a, UPLO).eigenvalues


def eig_rows(a: Array) -> Array:
    """Return eigenvalues and eigenvectors as rows."""
    return packed(np.linalg.eig(a), a.shape[:-2])


def eig_jvp(ans: Array, a: Array) -> Rule:
    """Return ``t -> `` the tangent of the rows; the length of the vectors is left to the composite."""
    batch, n = a.shape[:-2], a.shape[-1]
    values, vectors = unpacked(ans, (n,), (n, n))
    gaps, inverse = inverse_gaps(values), np.linalg.inv(vectors)

    def jvp(t: Array) -> Array:
        change = inverse @ t @ vectors
        return packed([diagonals(change), vectors @ (gaps * change)], batch)

    return jvp


def eig_vjp(ans: Array, a: Array) -> Rule:
    """Return ``g -> `` the cotangent of the matrix."""
    n, dtype = a.shape[-1], a.dtype
    values, vectors = unpacked(ans, (n,), (n, n))
    gaps, inverse, equal = inverse_gaps(values), np.linalg.inv(vectors), equals(stop_gradient(values))

    def vjp(g: Array) -> Array:
        of_values, of_vectors = unpacked(g, (n,), (n, n))
        within = turned(vectors) @ of_vectors
        plain, w, of_w = stop_gradient(within), *(stop_gradient(x)[..., None, :] for x in (values, of_values))
        unknown = np.where(is_small(plain, plain), unless_mixed(w, of_w, plain), np.nan)
        inner = on_diagonal(of_values) + (gaps + np.where(equal, unknown, 0.0)) * within
        return cast(turned(inverse) @ inner @ turned(vectors), dtype)

    return vjp


packed_eig = general(eig_rows, (eig_jvp, eig_vjp), name="eig")


@composite(np.linalg.eig)
def eig(a: Array) -> Any:
    """Return eigenvalues and eigenvectors; as in LAPACK a vector has length 1 and its largest element is real."""
    a = asarray(a)
    n = a.shape[-1]
    values, vectors = unpacked(packed_eig(a), (n,), (n, n))
    if vectors.dtype.kind == "c":
        largest = np.argmax(np.abs(stop_gradient(vectors)), axis=-2)[..., None, :] == np.arange(n)[:, None]
        phase = np.sign(np.sum(np.where(largest, vectors, 0.0), axis=-2, keepdims=True))
        vectors = pinned(stop_gradient(vectors), vectors * np.conj(phase * np.conj(stop_gradient(phase))))
    length = np.sqrt(np.sum(np.real(vectors * np.conj(vectors)), axis=-2, keepdims=True))
    return EigResult(values, pinned(stop_gradient(vectors), vectors / length))


@composite(np.linalg.eigvals)
def eigvals(a: Array) -> Array:
    """Return the eigenvalues of a matrix."""
    return np.linalg.eig(a).eigenvalues


# Singular values and vectors: U^H T V = X S + dS - S Y, where dU = U X and dV = V Y (Townsend 2016)


def svd_rows(a: Array, full: bool = False) -> Array:
    """Return the left vectors, the values and the right vectors of a reduced decomposition as rows."""
    k = min(a.shape[-2:])
    u, s, vh = np.linalg.svd(a, full)
    return packed([u[..., :k], s.astype(u.dtype), vh[..., :k, :]], a.shape[:-2])


def svd_parts(rows: Array, shape: tuple[int, ...]) -> Any:
    """Return left vectors, values and the adjoint of the right vectors."""
    (m, n), k = shape[-2:], min(shape[-2:])
    u, s, vh = unpacked(rows, (m, k), (k,), (k, n))
    return u, np.real(s), vh


def svd_jvp(ans: Array, a: Array, *, full: bool = False) -> Rule:
    """Return ``t -> `` the tangent of the rows."""
    shape = a.shape
    u, s, vh = svd_parts(ans, shape)
    gaps, sums, inverse = inverse_gaps(s), inverse_sums(s), inverse_or_zero(s, s)[..., None, :]

    def jvp(t: Array) -> Array:
        right = t @ adjoint(vh)
        left = adjoint(t) @ u
        change = adjoint(u) @ right
        even = hermitian_half(change)
        even, odd = (gaps + motion_of_equals(s, even)) * even, sums * (change - adjoint(change)) * 0.5
        du = u @ (even + odd) + (right - u @ change) * inverse
        dv = adjoint(vh) @ (even - odd) + (left - adjoint(vh) @ adjoint(change)) * inverse
        return packed([du, np.real(diagonals(change)), adjoint(dv)], shape[:-2])

    return jvp


def svd_vjp(ans: Array, a: Array, *, full: bool = False) -> Rule:
    """Return ``g -> `` the cotangent of the matrix."""
    shape = a.shape
    u, s, vh = svd_parts(ans, shape)
    gaps, sums, inverse = inverse_gaps(s), inverse_sums(s), inverse_or_zero(s, s)[..., None, :]

    def vjp(g: Array) -> Array:
        of_u, of_s, of_vh = svd_parts(g, shape)
        of_u, of_v = np.conj(of_u), turned(of_vh)
        of_x, of_y = adjoint(u) @ of_u, vh @ of_v
        even, odd = of_x + of_y, sums * (of_x - of_y)
        even = (gaps + share_of_equals(s, of_s, even)) * even
        inner = hermitian_half(even) + (odd - adjoint(odd)) * 0.5 + on_diagonal(of_s)
        left = (of_u - u @ of_x) * inverse
        right = (of_v - adjoint(vh) @ of_y) * inverse
        return np.conj((u @ inner + left) @ vh + u @ adjoint(right))

    return vjp


packed_svd = general(svd_rows, (svd_jvp, svd_vjp), name="svd")


@composite(np.linalg.svd)
def svd(a: Array, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """Return left vectors, singular values and the adjoint of the right vectors; or the values alone."""
    a = asarray(a)
    full = full_matrices and compute_uv and a.shape[-1] != a.shape[-2]
    u, s, vh = hermitian_svd(a) if hermitian else svd_parts(packed_svd(a, full=full), a.shape)
    if full:
        plain = np.linalg.svd(stop_gradient(a))
        u, vh = completed(u, plain.U), adjoint(completed(adjoint(vh), adjoint(plain.Vh)))
    return SVDResult(u, s, vh) if compute_uv else s


def hermitian_svd(a: Array) -> Any:
    """Return the singular value decomposition that the eigenvalues of a Hermitian matrix give."""
    values, vectors = np.linalg.eigh(a)
    order = np.argsort(np.abs(stop_gradient(values)), axis=-1)[..., ::-1]
    pick = turned(np.eye(a.shape[-1], dtype=values.dtype)[order])
    values, vectors = (values[..., None, :] @ pick)[..., 0, :], vectors @ pick
    return vectors, np.abs(values), adjoint(vectors * np.sign(values)[..., None, :])


@composite(np.linalg.svdvals)
def svdvals(x: Array, /) -> Array:
    """Return the singular values."""
    return np.linalg.svd(x, compute_uv=False)
