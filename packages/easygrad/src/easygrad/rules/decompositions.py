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

from typing import Any

import numpy as np

from easygrad.core import Array, Rule, cast, stop_gradient
from easygrad.primitives import general
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
    half = np.tril(a, -1) if triangle.upper() == "L" else np.triu(a, 1)
    return half + adjoint(half) + on_diagonal(np.real(diagonals(a)))


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
    return negligible(values[..., None, :] - values[..., :, None], values) & ~np.eye(values.shape[-1], dtype=bool)


def is_small(x: Array, scale: Array) -> Array:
    """Return where plain ``x`` is next to nothing against the largest element of a stack of matrices."""
    return np.abs(x) <= 1e3 * np.finfo(scale.dtype).eps * np.max(np.abs(scale), axis=(-2, -1), keepdims=True)


def motion_of_equals(values: Array, change: Array) -> Array:
    """Return how far vectors of equal values turn into each other: nan unless the matrix does not mix them."""
    equal = equals(values)
    if not np.any(equal):
        return 0.0
    change = stop_gradient(change)
    return np.where(equal & ~is_small(change, change), np.nan, 0.0).astype(values.dtype)


def share_of_equals(values: Array, of_values: Array, of_vectors: Array, hermitian: bool = True) -> Array:
    """Return what multiplies the cotangent of vectors of equal values, by which function these are the factors of.

    It is 0 where the values have no cotangent (``V V^H``, a projector, the polar factor), and ``1 / 2w`` where the
    cotangents of values and vectors are those of ``V w V^H``; otherwise nan, if the vectors have one.
    """
    equal = equals(values)
    if not np.any(equal):
        return 0.0
    w, of_w, of_v = (stop_gradient(x)[..., None, :] for x in (values, of_values, np.real(diagonals(of_vectors))))
    known, plain = np.asarray(np.nan), stop_gradient(of_vectors)
    if hermitian:
        within = equal | np.eye(values.shape[-1], dtype=bool)
        unused = np.all(is_small(w * of_w, plain) | ~within, axis=-1, keepdims=True)
        product = np.all(is_small(of_v - 2.0 * w * of_w, plain) | ~within, axis=-1, keepdims=True)
        known = np.where(unused & ~product, 0.0, np.where(product & ~unused, 1.0, np.nan))
    known = np.where(is_small(plain, plain), unless_mixed(w, of_w, plain), known).astype(values.dtype)
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


def packed(values: Array, *vectors: Array) -> Array:
    """Return values and vectors, which are columns, as one array; its first row has the values."""
    return np.concatenate([values[..., None, :], *vectors], axis=-2)


# Cholesky: with L^-1 T L^-H = X, the factor moves by L times the lower half of X (Murray 2016, arXiv:1602.07527)


def lower_half(x: Array) -> Array:
    """Return the lower triangle with half the diagonal."""
    return np.tril(x, -1) + on_diagonal(diagonals(x)) * 0.5


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
    factor = cholesky_factor(mirrored(asarray(a), "U" if upper else "L"))
    return adjoint(factor) if upper else factor


# QR, and the columns that make a basis complete


@composite(np.linalg.qr)
def qr(a: Array, mode: str = "reduced") -> Any:
    """Return an orthonormal basis of the columns and the triangular factor, for a matrix of full rank."""
    if mode not in ("reduced", "complete", "r"):
        raise NotImplementedError(f"qr: mode={mode!r} has no derivative; it takes 'reduced', 'complete' and 'r'.")
    a = asarray(a)
    k = min(a.shape[-2:])
    plain = np.linalg.qr(stop_gradient(a))
    q = orthonormal(a[..., :k] @ np.linalg.inv(plain.R[..., :k]))
    r = np.where(np.tri(k, a.shape[-1], k=-1, dtype=bool), 0.0, adjoint(q) @ a)
    q, r = pinned(plain.Q, q), pinned(plain.R, r)
    if mode == "complete":
        q = completed(q, np.linalg.qr(stop_gradient(a), "complete").Q)
        r = np.pad(r, [(0, 0)] * (r.ndim - 2) + [(0, q.shape[-1] - k), (0, 0)])
    return r if mode == "r" else QRResult(q, r)


def orthonormal(near: Array) -> Array:
    """Return columns that are orthonormal up to rounding as functions that remain so."""
    return near @ np.linalg.inv(np.linalg.cholesky(adjoint(near) @ near, upper=True))


def completed(columns: Array, plain: Array) -> Array:
    """Return an orthonormal basis that begins with the columns and has the values of the plain one."""
    rest = plain[..., columns.shape[-1] :]
    near = rest - columns @ (adjoint(columns) @ rest)
    return np.concatenate([columns, pinned(rest, orthonormal(near))], axis=-1)


# Eigenvalues and eigenvectors: A V = V W gives dW + (X W - W X) = V^-1 T V, where dV = V X (Giles 2008)


def eigen_parts(rows: Array, hermitian: bool) -> tuple[Array, Array]:
    """Return eigenvalues and eigenvectors that were packed."""
    values = np.real(rows[..., 0, :]) if hermitian else rows[..., 0, :]
    return values, rows[..., 1:, :]


def eigen_rules(hermitian: bool) -> tuple[Rule, Rule]:
    """Return the rules of packed eigenvalues and eigenvectors, with tangents that are Hermitian if the matrix is.

    Of other matrices the length of the vectors is left to the composite.
    """

    def parts_of(ans: Array) -> tuple[Array, ...]:
        values, vectors = eigen_parts(ans, hermitian)
        return values, vectors, adjoint(vectors) if hermitian else np.linalg.inv(vectors), inverse_gaps(values)

    def jvp(ans: Array, a: Array, *, UPLO: Any = "L") -> Rule:
        values, vectors, inverse, gaps = parts_of(ans)

        def tangent(t: Array) -> Array:
            change = inverse @ t @ vectors
            factors = gaps + motion_of_equals(values, change) if hermitian else gaps
            return packed(diagonals(change), vectors @ (factors * change))

        return tangent

    def vjp(ans: Array, a: Array, *, UPLO: Any = "L") -> Rule:
        dtype, (values, vectors, inverse, gaps) = a.dtype, parts_of(ans)

        def cotangent(g: Array) -> Array:
            of_values, of_vectors = eigen_parts(g, hermitian)
            inner = turned(vectors) @ of_vectors
            inner = (gaps + share_of_equals(values, of_values, inner, hermitian)) * inner
            return cast(turned(inverse) @ (inner + on_diagonal(of_values)) @ turned(vectors), dtype)

        return cotangent

    return jvp, vjp


packed_eigh = general(lambda a, UPLO="L": packed(*np.linalg.eigh(a, UPLO)), eigen_rules(True), name="eigh")
packed_eig = general(lambda a: packed(*np.linalg.eig(a)), eigen_rules(False), name="eig")


@composite(np.linalg.eigh)
def eigh(a: Array, UPLO: Any = "L") -> Any:
    """Return eigenvalues and eigenvectors of a Hermitian matrix, of which one triangle is read."""
    return EighResult(*eigen_parts(packed_eigh(mirrored(asarray(a), UPLO), UPLO=UPLO), hermitian=True))


@composite(np.linalg.eig)
def eig(a: Array) -> Any:
    """Return eigenvalues and eigenvectors; as in LAPACK a vector has length 1 and its largest element is real."""
    values, vectors = eigen_parts(packed_eig(asarray(a)), hermitian=False)
    if vectors.dtype.kind == "c" and vectors.size:  # from NumPy 2.5 on they are always complex
        largest = (
            np.argmax(np.abs(stop_gradient(vectors)), axis=-2)[..., None, :] == np.arange(vectors.shape[-1])[:, None]
        )
        phase = np.sign(np.sum(np.where(largest, vectors, 0.0), axis=-2, keepdims=True))
        vectors = pinned(stop_gradient(vectors), vectors * np.conj(phase * np.conj(stop_gradient(phase))))
    length = np.sqrt(np.sum(np.real(vectors * np.conj(vectors)), axis=-2, keepdims=True))
    return EigResult(values, pinned(stop_gradient(vectors), vectors / length))


eigvals = composite(np.linalg.eigvals)(lambda a: eig(a).eigenvalues)
eigvalsh = composite(np.linalg.eigvalsh)(lambda a, UPLO="L": eigh(a, UPLO).eigenvalues)

# Singular values and vectors: U^H T V = X S + dS - S Y, where dU = U X and dV = V Y (Townsend 2016)


def svd_columns(a: Array, full: bool = False) -> Array:
    """Return the values, the left and the right vectors of a reduced decomposition, packed."""
    k = min(a.shape[-2:])
    u, s, vh = np.linalg.svd(a, full)
    return packed(s, u[..., :k], adjoint(vh)[..., :k])


def svd_parts(rows: Array, m: int) -> tuple[Array, Array, Array]:
    """Return left vectors of length ``m``, values and right vectors that were packed."""
    return rows[..., 1 : m + 1, :], np.real(rows[..., 0, :]), rows[..., m + 1 :, :]


def svd_jvp(ans: Array, a: Array, *, full: bool = False) -> Rule:
    """Return ``t -> `` the tangent of the packed decomposition."""
    u, s, v = svd_parts(ans, a.shape[-2])
    gaps, sums, inverse = inverse_gaps(s), inverse_sums(s), inverse_or_zero(s, s)[..., None, :]

    def jvp(t: Array) -> Array:
        right, left = t @ v, adjoint(t) @ u
        change = adjoint(u) @ right
        even = hermitian_half(change)
        even, odd = (gaps + motion_of_equals(s, even)) * even, sums * (change - adjoint(change)) * 0.5
        du = u @ (even + odd) + (right - u @ change) * inverse
        dv = v @ (even - odd) + (left - v @ adjoint(change)) * inverse
        return packed(np.real(diagonals(change)), du, dv)

    return jvp


def svd_vjp(ans: Array, a: Array, *, full: bool = False) -> Rule:
    """Return ``g -> `` the cotangent of the matrix."""
    m = a.shape[-2]
    u, s, v = svd_parts(ans, m)
    gaps, sums, inverse = inverse_gaps(s), inverse_sums(s), inverse_or_zero(s, s)[..., None, :]

    def vjp(g: Array) -> Array:
        of_u, of_s, of_v = svd_parts(np.conj(g), m)
        of_x, of_y = adjoint(u) @ of_u, adjoint(v) @ of_v
        even, odd = of_x + of_y, sums * (of_x - of_y)
        even = (gaps + share_of_equals(s, of_s, even)) * even
        inner = hermitian_half(even) + (odd - adjoint(odd)) * 0.5 + on_diagonal(of_s)
        left, right = (of_u - u @ of_x) * inverse, (of_v - v @ of_y) * inverse
        return np.conj((u @ inner + left) @ adjoint(v) + u @ adjoint(right))

    return vjp


packed_svd = general(svd_columns, (svd_jvp, svd_vjp), name="svd")


@composite(np.linalg.svd)
def svd(a: Array, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """Return left vectors, singular values and the adjoint of the right vectors; or the values alone."""
    a = asarray(a)
    full = full_matrices and compute_uv and a.shape[-1] != a.shape[-2]
    u, s, v = hermitian_svd(a) if hermitian else svd_parts(packed_svd(a, full=full), a.shape[-2])
    if full:
        plain = np.linalg.svd(stop_gradient(a))
        u, v = completed(u, plain.U), completed(v, adjoint(plain.Vh))
    return SVDResult(u, s, adjoint(v)) if compute_uv else s


def hermitian_svd(a: Array) -> Any:
    """Return left vectors, singular values and right vectors from the eigenvalues of a Hermitian matrix."""
    values, vectors = np.linalg.eigh(a)
    order = np.argsort(np.abs(stop_gradient(values)), axis=-1)[..., ::-1]
    values, vectors = np.take_along_axis(values, order, -1), np.take_along_axis(vectors, order[..., None, :], -1)
    return vectors, np.abs(values), vectors * np.sign(values)[..., None, :]


svdvals = composite(np.linalg.svdvals)(lambda x, /: svd(x, compute_uv=False))
