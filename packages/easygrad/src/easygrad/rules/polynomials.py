"""Polynomials as vectors of coefficients, the highest power first.

All but the roots are composites. To add a function, write it with operators, slices and joins of ``coefficients(p)``.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from easygrad.core import Array, Rule, cast, stop_gradient
from easygrad.primitives import general
from easygrad.rules.composition import composite
from easygrad.rules.numerics import convolve
from easygrad.rules.shaping import asarray


def array_of(p: Any) -> Array:
    """Return coefficients or places as an array; NumPy would answer a ``poly1d`` with another one."""
    if isinstance(p, np.poly1d):
        raise TypeError("a poly1d and a traced array cannot be combined. Use its coefficients, p.coeffs, instead.")
    return asarray(p)


def coefficients(p: Any) -> Array:
    """Return the coefficients as a vector."""
    return np.atleast_1d(array_of(p))


def trimmed(p: Any) -> Array:
    """Return the coefficients without leading zeros."""
    p = coefficients(p)
    found = np.nonzero(p)[0]
    return p[found[0] :] if len(found) else p[:1]


def aligned(*polynomials: Any) -> list[Array]:
    """Return two polynomials with zeros in front of the shorter one."""
    arrays = [coefficients(p) for p in polynomials]
    length = max(map(len, arrays))
    return [np.concatenate([np.zeros(length - len(a), a.dtype), a]) for a in arrays]


polyadd = composite(np.polyadd)(lambda a1, a2: np.add(*aligned(a1, a2)))
polysub = composite(np.polysub)(lambda a1, a2: np.subtract(*aligned(a1, a2)))
polymul = composite(np.polymul)(lambda a1, a2: convolve(trimmed(a1), trimmed(a2)))


@composite(np.polydiv)
def polydiv(u: Any, v: Any) -> tuple[Array, Array]:
    """Return quotient and remainder of two polynomials."""
    u, v = coefficients(u) + 0.0, coefficients(v) + 0.0
    steps = max(len(u) - len(v) + 1, 0)
    quotient, rest = [], u
    for _ in range(steps):
        factor = rest[0] / v[0]
        quotient.append(factor)
        rest = np.concatenate([rest[1 : len(v)] - factor * v[1:], rest[len(v) :]])
    full = np.concatenate([np.zeros(steps, rest.dtype), rest])
    large = np.flatnonzero(~np.isclose(stop_gradient(full), 0.0, rtol=1e-14))
    return np.stack(quotient) if steps else np.zeros_like(full[:1]), full[large[0] if len(large) else -1 :]


@composite(np.polyval)
def polyval(p: Any, x: Any) -> Array:
    """Return the values of a polynomial at ``x``, by Horner's rule."""
    p, x = asarray(p), array_of(x)
    y = np.zeros_like(x)
    for i in range(len(p)):
        y = y * x + p[i] if i else y + p[i]
    return y


@composite(np.polyder)
def polyder(p: Any, m: int = 1) -> Array:
    """Return the derivative of order ``m`` of a polynomial."""
    p = coefficients(p)
    if m < 0:
        raise ValueError("Order of derivative must be positive (see polyint)")
    for _ in range(m):
        p = p[:-1] * np.arange(len(p) - 1, 0, -1)
    return p


@composite(np.polyint)
def polyint(p: Any, m: int = 1, k: Any = None) -> Array:
    """Return the integral of order ``m`` of a polynomial, with constants ``k``."""
    p, k = coefficients(p), coefficients(0.0 if k is None else k)
    if m < 0 or (len(k) != 1 and len(k) < m):
        raise ValueError(f"polyint: order {m} must not be negative, and needs one constant for all or one for each.")
    for i in range(m):
        p = np.concatenate([p / np.arange(len(p), 0, -1), k[i % len(k) :][:1]])
    return p


@composite(np.vander)
def vander(x: Array, N: int | None = None, increasing: bool = False) -> Array:
    """Return the powers of each number as the rows of a matrix."""
    x = asarray(x)
    if x.ndim != 1:
        raise ValueError("x must be a one-dimensional array or sequence.")
    powers = np.arange(len(x) if N is None else N)
    return x.astype(np.result_type(x.dtype, int))[:, None] ** (powers if increasing else powers[::-1])


@composite(np.poly)
def poly(seq_of_zeros: Any) -> Any:
    """Return the polynomial with these roots, or the characteristic polynomial of a matrix."""
    roots = asarray(seq_of_zeros)
    if roots.ndim == 2 and roots.shape[0] == roots.shape[1] > 0:
        roots = np.linalg.eigvals(roots)
    roots = coefficients(roots)
    if roots.ndim != 1:
        raise ValueError("input must be 1d or non-empty square 2d array.")
    zero, a = np.zeros(1, roots.dtype), np.ones(1, roots.dtype)
    for i in range(len(roots)):
        a = np.concatenate([a, zero]) - roots[i] * np.concatenate([zero, a])
    plain = stop_gradient(roots)
    in_pairs = plain.dtype.kind == "c" and np.all(np.sort(plain) == np.sort(np.conj(plain)))
    return np.real(a) if in_pairs else a


def roots_jvp(ans: Array, p: Array) -> Rule:
    """Return ``t -> `` the tangents of the roots: a simple root moves by ``-t(root) / p'(root)``."""
    slope = np.polyval(np.polyder(p), ans)
    return lambda t: -np.polyval(t, ans) / slope


def roots_vjp(ans: Array, p: Array) -> Rule:
    """Return ``g -> `` the transpose of ``roots_jvp``."""
    dtype, slope, powers = p.dtype, np.polyval(np.polyder(p), ans), np.vander(ans, len(p))
    return lambda g: cast(-(g / slope) @ powers, dtype)


simple_roots = general(np.roots, (roots_jvp, roots_vjp))


roots = composite(np.roots)(lambda p: simple_roots(coefficients(p)))  # a double root has no derivative


@composite(np.polyfit)
def polyfit(x: Array, y: Array, deg: int, rcond: Any = None, full: Any = False, w: Any = None, cov: Any = False) -> Any:
    """Return the polynomial with the least sum of squared residuals."""
    x, y = asarray(x) + 0.0, asarray(y) + 0.0
    if deg < 0 or x.ndim != 1 or x.size == 0 or y.ndim not in (1, 2) or len(x) != len(y):
        raise TypeError(f"polyfit: cannot fit degree {deg} to x and y of shapes {x.shape} and {y.shape}.")
    matrix, rhs = vander(x, int(deg) + 1), y
    if w is not None:
        w = asarray(w) + 0.0
        if w.shape != x.shape:
            raise TypeError("expected w and y to have the same length")
        matrix, rhs = matrix * w[:, None], rhs * (w[:, None] if y.ndim == 2 else w)
    rcond = len(x) * np.finfo(x.dtype).eps if rcond is None else rcond
    scale = np.sqrt(np.sum(matrix * matrix, axis=0))
    c, residuals, rank, s = np.linalg.lstsq(matrix / scale, rhs, rcond)
    c = (c.T / scale).T
    if rank != deg + 1 and not full:
        warnings.warn("Polyfit may be poorly conditioned", np.exceptions.RankWarning, stacklevel=2)
    if full:
        return c, residuals, rank, s, rcond
    return (c, covariance_of_fit(matrix, scale, c, rhs, cov)) if cov else c


def covariance_of_fit(matrix: Array, scale: Array, c: Array, rhs: Array, cov: Any) -> Array:
    """Return the covariance of fitted coefficients, scaled by the residuals unless ``cov`` is "unscaled"."""
    base = np.linalg.inv((matrix / scale).T @ (matrix / scale)) / (scale[:, None] * scale)
    base = base if rhs.ndim == 1 else base[:, :, None]
    if cov == "unscaled":
        return base * 1.0
    freedom = matrix.shape[0] - matrix.shape[1]
    if freedom <= 0:
        raise ValueError("the number of data points must exceed order to scale the covariance matrix")
    return base * (np.sum(np.abs(rhs - matrix @ c) ** 2, axis=0) / freedom)
