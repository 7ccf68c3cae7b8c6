"""Linear algebra: inverses, solutions, determinants, powers and norms; the factors stand in ``decompositions``.

A transpose in these rules is a transpose, never an adjoint: Autograd's convention for complex numbers. A stack of
matrices is a matrix here; only ``solve`` has to sum over a batch axis that an argument lacks.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from easygrad.core import Array, Rule, general, project, stop_gradient
from easygrad.rules.composition import composite
from easygrad.rules.constants import constant
from easygrad.rules.decompositions import adjoint, diagonals, mirrored, negligible, pinned, turned
from easygrad.rules.reductions import axes_of, folded, spread
from easygrad.rules.shaping import asarray

SlogdetResult = type(np.linalg.slogdet(np.eye(1)))

# Inverses and solutions

inv = general(
    np.linalg.inv,
    (
        lambda ans, a: lambda t: -(ans @ t @ ans),
        lambda ans, a: lambda g: -(turned(ans) @ g @ turned(ans)),
    ),
)


def solve_matrix_vjp(ans: Array, a: Array, b: Array) -> Rule:
    """Return ``g -> `` the cotangent of the matrix of a linear system."""
    shape, dtype, rows, columns = a.shape, a.dtype, turned(a), turned(ans)
    return lambda g: project(-(np.linalg.solve(rows, g) @ columns), shape, dtype)


def solve_columns_vjp(ans: Array, a: Array, b: Array) -> Rule:
    """Return ``g -> `` the cotangent of the right-hand sides of a linear system."""
    shape, dtype, rows = b.shape, b.dtype, turned(a)
    return lambda g: project(np.linalg.solve(rows, g), shape, dtype)


solve_columns = general(
    lambda a, b: np.linalg.solve(a, b),
    (lambda ans, a, b: lambda t: -np.linalg.solve(a, t @ ans), solve_matrix_vjp),
    (lambda ans, a, b: lambda t: np.linalg.solve(a, t), solve_columns_vjp),
    name="solve",
)


@composite(np.linalg.solve)
def solve(a: Array, b: Array) -> Array:
    """Return the solution of ``a x = b``; ``b`` is one column only where it has exactly one dimension."""
    a, b = asarray(a), asarray(b)
    return solve_columns(a, b[:, None])[..., 0] if b.ndim == 1 else solve_columns(a, b)


# The pseudo-inverse where the rank does not change (Golub and Pereyra 1973)


def pinv_jvp(ans: Array, a: Array, *, rcond: Any = None, rtol: Any = None) -> Rule:
    """Return ``t -> `` the tangent of the pseudo-inverse."""

    def jvp(t: Array) -> Array:
        left, right = ans @ adjoint(ans) @ adjoint(t), adjoint(t) @ (adjoint(ans) @ ans)
        return left - (left @ a) @ ans + right - ans @ (a @ right) - ans @ t @ ans

    return jvp


def pinv_vjp(ans: Array, a: Array, *, rcond: Any = None, rtol: Any = None) -> Rule:
    """Return ``g -> `` the cotangent of the matrix."""

    def vjp(g: Array) -> Array:
        left, right = turned(g) @ (ans @ adjoint(ans)), adjoint(ans) @ ans @ turned(g)
        through = np.conj(left - a @ (ans @ left) + right - (right @ ans) @ a)
        return through - turned(ans) @ g @ turned(ans)

    return vjp


pseudo_inverse = general(lambda a, **options: np.linalg.pinv(a, **options), (pinv_jvp, pinv_vjp), name="pinv")


@composite(np.linalg.pinv)
def pinv(a: Array, rcond: Any = None, hermitian: bool = False, **rtol: Any) -> Array:
    """Return the pseudo-inverse; its derivative is the one along matrices of the same rank."""
    a = asarray(a)
    return pseudo_inverse(mirrored(a) if hermitian else a, rcond=rcond, **rtol)


@composite(np.linalg.lstsq)
def lstsq(a: Array, b: Array, rcond: Any = None) -> Any:
    """Return the shortest least-squares solution, the sums of squares left, the rank and the singular values."""
    a, b = asarray(a), asarray(b)
    x, squares, rank, s = np.linalg.lstsq(stop_gradient(a), stop_gradient(b), rcond)
    cutoff = max(a.shape) * np.finfo(s.dtype).eps if rcond is None else rcond
    x = pinned(x, np.linalg.pinv(a, rcond=cutoff) @ b)
    rest = b - a @ x
    if squares.size:
        squares = pinned(squares, np.reshape(np.sum(np.real(rest * np.conj(rest)), axis=0), squares.shape))
    return x, squares, rank, pinned(s, np.linalg.svdvals(a))


@composite(np.linalg.tensorinv)
def tensorinv(a: Array, ind: int = 2) -> Array:
    """Return the inverse of the linear map from the axes after ``ind`` to those before."""
    if ind <= 0:
        raise ValueError("Invalid ind argument.")
    a = asarray(a)
    rows, columns = a.shape[:ind], a.shape[ind:]
    return np.reshape(inv(np.reshape(a, (math.prod(columns), -1))), (*columns, *rows))


@composite(np.linalg.tensorsolve)
def tensorsolve(a: Array, b: Array, axes: Sequence[int] | None = None) -> Array:
    """Return the solution of ``tensordot(a, x, x.ndim) = b``; ``axes`` of ``a`` are put last before."""
    a, b = asarray(a), asarray(b)
    for i in axes or ():
        a = np.moveaxis(a, i, -1)
    shape = a.shape[-(a.ndim - b.ndim) :]
    n = math.prod(shape)
    return np.reshape(solve(np.reshape(a, (n, n)), np.ravel(b)), shape)


# Determinants


def usable_inverse(ans: Array, x: Array) -> Array | None:
    """Return the inverses, None if a matrix of the stack is singular or so near to it that they lost their digits."""
    if not np.all(stop_gradient(ans)):
        return None
    inverse = np.linalg.inv(x)
    size = largest_element(x) * largest_element(inverse)
    return inverse if np.all(size * np.finfo(size.dtype).eps ** (1 / 3) < 1.0) else None


def largest_element(x: Array) -> Array:
    """Return the absolute value of the largest element of each matrix."""
    return np.abs(stop_gradient(x)).max((-2, -1), initial=0.0)


def adjugate_and_det(x: Array) -> tuple[Array, Array]:
    """Return the adjugate and the determinant of small matrices, as polynomials (Faddeev and LeVerrier)."""
    n = x.shape[-1]
    one = np.eye(n, dtype=x.dtype)
    power, trace = np.broadcast_to(one, x.shape), -np.sum(diagonals(x), axis=-1)
    for k in range(2, n + 1):
        power = x @ power + trace[..., None, None] * one
        trace = np.sum(diagonals(x @ power), axis=-1) * (-1.0 / k)
    return power * (-1.0) ** (n - 1), trace * (-1.0) ** n


def cofactors(ans: Array, x: Array) -> Array:
    """Return the gradient of the determinant, exact at singular matrices too, to all orders.

    A singular ``x`` is turned by its singular vectors, taken for constants, so that its small singular values stand
    last. The rows before are eliminated, and what is left, nearly 0, enters by its adjugate.
    """
    inverse = usable_inverse(ans, x)
    if inverse is not None:
        return ans[..., None, None] * turned(inverse)
    u, s, vh = np.linalg.svd(stop_gradient(x))
    small = s <= np.finfo(s.dtype).eps ** (1 / 3) * s[..., :1]
    n, k = s.shape[-1], int(np.max(np.sum(small, axis=-1), initial=1))
    x = adjoint(u) @ x @ adjoint(vh)
    inverse = np.linalg.inv(x[..., : n - k, : n - k])
    unit = np.broadcast_to(np.eye(k, dtype=x.dtype), (*s.shape[:-1], k, k))
    rows = np.concatenate([-(x[..., n - k :, : n - k] @ inverse), unit], axis=-1)
    columns = np.concatenate([-(inverse @ x[..., : n - k, n - k :]), unit], axis=-2)
    adjugate, det_rest = adjugate_and_det(rows @ x @ columns)
    first = np.concatenate([inverse, np.zeros((*s.shape[:-1], k, n - k), x.dtype)], axis=-2)
    first = np.concatenate([first, np.zeros((*s.shape[:-1], n, k), x.dtype)], axis=-1)
    whole = columns @ adjugate @ rows + det_rest[..., None, None] * first
    scale = np.linalg.det(u @ vh) * np.linalg.det(x[..., : n - k, : n - k])
    return np.conj(u) @ turned(scale[..., None, None] * whole) @ np.conj(vh)


def det_jvp(ans: Array, a: Array) -> Rule:
    """Return ``t -> `` the tangent of the determinant."""
    gradient = cofactors(ans, a)
    return lambda t: np.sum(gradient * t, axis=(-2, -1))


def det_vjp(ans: Array, a: Array) -> Rule:
    """Return ``g -> `` the cotangent of the matrix."""
    gradient = cofactors(ans, a)
    return lambda g: g[..., None, None] * gradient


det = general(np.linalg.det, (det_jvp, det_vjp))


def log_of_det(a: Array) -> Array:
    """Return the logarithm of the absolute value, and for complex matrices of the determinant itself."""
    sign, logabsdet = np.linalg.slogdet(a)
    return logabsdet + 1j * np.angle(sign) if a.dtype.kind == "c" else logabsdet


def logdet_jvp(ans: Array, a: Array) -> Rule:
    """Return ``t -> `` the tangent of the logarithm of the determinant."""
    gradient = turned(np.linalg.inv(a))
    return lambda t: np.sum(gradient * t, axis=(-2, -1))


def logdet_vjp(ans: Array, a: Array) -> Rule:
    """Return ``g -> `` the cotangent of the matrix."""
    gradient = turned(np.linalg.inv(a))
    return lambda g: g[..., None, None] * gradient


logdet = general(log_of_det, (logdet_jvp, logdet_vjp), name="slogdet")


@composite(np.linalg.slogdet)
def slogdet(a: Array) -> Any:
    """Return the sign of the determinant and the logarithm of its absolute value."""
    a = asarray(a)
    sign, logarithm = np.linalg.slogdet(stop_gradient(a)).sign, logdet(a)
    if a.dtype.kind == "c":
        sign = sign * np.exp(1j * np.imag(logarithm - stop_gradient(logarithm)))
    return SlogdetResult(sign, np.real(logarithm))


# Powers and chains


@composite(np.linalg.matrix_power)
def matrix_power(a: Array, n: int) -> Array:
    """Return the product of ``n`` times the matrix, by repeated squares; of its inverse for negative ``n``."""
    a, n = asarray(a), operator.index(n)
    if n == 0:
        return np.linalg.matrix_power(stop_gradient(a), 0)
    square, result = inv(a) if n < 0 else a, None
    for bit in reversed(f"{abs(n):b}"):
        if bit == "1":
            result = square if result is None else result @ square
        square = square @ square
    return result


@composite(np.linalg.multi_dot)
def multi_dot(arrays: Sequence[Array]) -> Array:
    """Return the product of a chain, in the order with the fewest multiplications."""
    chain = [asarray(x) for x in arrays]
    sizes = [chain[0].shape[0] if chain[0].ndim == 2 else 1, *(x.shape[0] for x in chain[1:]), chain[-1].shape[-1]]
    sizes[-1] = 1 if chain[-1].ndim == 1 else sizes[-1]
    best: dict[tuple[int, int], tuple[int, Any]] = {(i, i + 1): (0, x) for i, x in enumerate(chain)}
    for width in range(2, len(chain) + 1):
        for i in range(len(chain) - width + 1):
            j = i + width
            costs = [(best[i, k][0] + best[k, j][0] + sizes[i] * sizes[k] * sizes[j], k) for k in range(i + 1, j)]
            best[i, j] = min(costs)
    return chained(chain, best, 0, len(chain))


def chained(chain: list[Array], best: dict[tuple[int, int], Any], i: int, j: int) -> Array:
    """Return the product of a part of a chain, split where ``best`` says."""
    if j == i + 1:
        return chain[i]
    k = best[i, j][1]
    return chained(chain, best, i, k) @ chained(chain, best, k, j)


# Norms


def length_jvp(ans: Array, x: Array, axis: Any = None, *, keepdims: bool = False) -> Rule:
    """Return ``t -> `` the tangent of the length; 0 at the zero vector."""
    gradient = direction(ans, x, axis)
    return lambda t: np.sum(np.real(gradient * t), axis=axis, keepdims=keepdims)


def length_vjp(ans: Array, x: Array, axis: Any = None, *, keepdims: bool = False) -> Rule:
    """Return ``g -> `` the cotangent of the vectors; 0 at the zero vector."""
    gradient, shape = direction(ans, x, axis), x.shape
    return lambda g: spread(g, shape, axis) * gradient


def direction(ans: Array, x: Array, axis: Any) -> Array:
    """Return the conjugate vectors of length 1; 0 at the zero vector."""
    size = np.reshape(ans, folded(x.shape, axis))
    return np.conj(x) / np.where(size == 0, 1.0, size)


def root_of_squares(x: Array, axis: Any = None, *, keepdims: Any = False) -> Array:
    """Return the square root of the sum of squares over any axes."""
    return np.sqrt(np.add.reduce((x.conj() * x).real, axis, keepdims=keepdims))


length = general(root_of_squares, (length_jvp, length_vjp), name="norm")


def norm_of_vectors(x: Array, ord: Any, axis: Any, keepdims: bool) -> Array:  # noqa: A002  # NumPy's name
    """Return the norm of the vectors along the axes; where an extreme is shared, so is the derivative."""
    options: dict[str, Any] = {"axis": axis, "keepdims": keepdims}
    if ord is None or ord == 2:
        return length(x, axis, keepdims=keepdims)
    if isinstance(ord, str):
        raise ValueError(f"Invalid norm order {ord!r} for vectors")
    if ord == 0:
        return np.sum((stop_gradient(x) != 0).astype(x.real.dtype), **options)
    size = np.abs(x)
    if ord == np.inf:
        return np.max(size, initial=0, **options)
    if ord == -np.inf:
        return np.min(size, **options)
    if ord == 1:
        return np.sum(size, **options)
    total = np.sum(size ** float(ord), **options)
    return np.where(total == 0, 0.0, np.where(total == 0, 1.0, total) ** (1.0 / ord))


def norm_of_matrices(x: Array, ord: Any) -> Array:  # noqa: A002  # NumPy's name
    """Return the norm of the matrices in the last two axes."""
    if ord in (None, "fro", "f"):
        return length(x, (-2, -1))
    if ord in ("nuc", 2, -2):
        s = np.linalg.svdvals(x)
        s = np.where(negligible(s, s), stop_gradient(s), s)  # a kink, like abs(x) at 0: no derivative there
        fold: Any = {"nuc": np.sum, 2: np.max, -2: np.min}[ord]
        return fold(s, axis=-1)
    if ord not in (1, -1, np.inf, -np.inf):
        raise ValueError("Invalid norm order for matrices.")
    sums = np.sum(np.abs(x), axis=-2 if abs(ord) == 1 else -1)
    return np.max(sums, axis=-1) if ord > 0 else np.min(sums, axis=-1)


@composite(np.linalg.norm)
def norm(x: Array, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Array:  # noqa: A002  # NumPy's name
    """Return the norm of vectors (one axis) or of matrices (two); of all elements where neither is given."""
    x = asarray(x)
    if axis is None and ord is None:
        return length(x, None, keepdims=keepdims)
    axes = axes_of(axis, x.ndim)
    if len(axes) == 1:
        return norm_of_vectors(x, ord, axes, keepdims)
    if len(axes) != 2:
        raise ValueError("Improper number of dimensions to norm.")
    if axes[0] == axes[1]:
        raise ValueError("Duplicate axes given.")
    result = norm_of_matrices(np.moveaxis(x, axes, (-2, -1)), ord)
    return np.reshape(result, folded(x.shape, axes)) if keepdims else result


@composite(np.linalg.vector_norm)
def vector_norm(x: Array, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Array:  # noqa: A002
    """Return the norm of the vectors along any number of axes together."""
    x = asarray(x)
    return norm_of_vectors(x, ord, axes_of(axis, x.ndim), keepdims)


@composite(np.linalg.matrix_norm)
def matrix_norm(x: Array, /, *, keepdims: bool = False, ord: Any = "fro") -> Array:  # noqa: A002  # NumPy's name
    """Return the norm of the matrices in the last two axes."""
    return norm(x, ord, (-2, -1), keepdims)


@composite(np.linalg.cond)
def cond(x: Array, p: Any = None) -> Array:
    """Return how much larger the image of the one vector may be than that of another."""
    x = asarray(x)
    if p is None or p in (2, -2):
        s = np.linalg.svdvals(x)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    return norm(x, p, (-2, -1)) * norm(inv(x), p, (-2, -1))


matrix_rank = constant(np.linalg.matrix_rank)

# NumPy's functions under the name that the array standard gives them


@composite(np.linalg.outer)
def outer(x1: Array, x2: Array, /) -> Array:
    """Return the products of each element of one vector with each of another."""
    x1, x2 = asarray(x1), asarray(x2)
    if x1.ndim != 1 or x2.ndim != 1:
        raise ValueError(f"Input arrays must be one-dimensional, but they are {x1.ndim=} and {x2.ndim=}.")
    return np.outer(x1, x2)


@composite(np.linalg.cross)
def cross(x1: Array, x2: Array, /, *, axis: int = -1) -> Array:
    """Return the vectors at right angles to both, in three dimensions."""
    x1, x2 = asarray(x1), asarray(x2)
    if x1.shape[axis] != 3 or x2.shape[axis] != 3:
        raise ValueError(f"Both input arrays must hold 3-dimensional vectors, not {x1.shape} and {x2.shape}.")
    return np.cross(x1, x2, axis=axis)


@composite(np.linalg.trace)
def trace(x: Array, /, *, offset: int = 0, dtype: Any = None) -> Array:
    """Return the sums of the diagonals of the last two axes."""
    return np.sum(np.linalg.diagonal(x, offset=offset), axis=-1, dtype=dtype)


@composite(np.linalg.diagonal)
def diagonal(x: Array, /, *, offset: int = 0) -> Array:
    """Return the diagonals of the last two axes."""
    return np.diagonal(x, offset, -2, -1)


@composite(np.linalg.matmul)
def matmul(x1: Array, x2: Array, /) -> Array:
    """Return the product of matrices."""
    return np.matmul(x1, x2)


@composite(np.linalg.matrix_transpose)
def matrix_transpose(x: Array, /) -> Array:
    """Return the matrices with rows and columns exchanged."""
    return turned(asarray(x))


@composite(np.linalg.vecdot)
def vecdot(x1: Array, x2: Array, /, *, axis: int = -1) -> Array:
    """Return the products of vectors along an axis, the first one conjugated."""
    return np.vecdot(x1, x2, axis=axis)  # type: ignore[call-overload]  # NumPy's types lack the axis


@composite(np.linalg.tensordot)
def tensordot(x1: Array, x2: Array, /, *, axes: Any = 2) -> Array:
    """Return the sum of products over pairs of axes."""
    return np.tensordot(x1, x2, axes=axes)
