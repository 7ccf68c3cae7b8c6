"""Linear algebra: inverses, solutions, determinants, powers and norms; the factors stand in ``decompositions``.

A transpose in these rules is a transpose, never an adjoint: Autograd's convention for complex numbers. A stack of
matrices is a matrix here; only ``solve`` has to sum over a batch axis that an argument lacks.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from easygrad.core import Array, Rule, projected, stop_gradient
from easygrad.primitives import general
from easygrad.rules import products
from easygrad.rules.composition import composite
from easygrad.rules.constants import constant
from easygrad.rules.decompositions import adjoint, diagonals, mirrored, negligible, pinned, turned
from easygrad.rules.elementwise import nonzero
from easygrad.rules.reductions import axes_of, folded, spread
from easygrad.rules.shaping import asarray

SlogdetResult = type(np.linalg.slogdet(np.eye(1)))

# Inverses and solutions

inv = general(
    np.linalg.inv,
    (lambda ans, a: lambda t: -(ans @ t @ ans), lambda ans, a: lambda g: -(turned(ans) @ g @ turned(ans))),
)
solve_columns = general(
    lambda a, b: np.linalg.solve(a, b),
    (
        lambda ans, a, b: lambda t: -np.linalg.solve(a, t @ ans),
        lambda ans, a, b: projected(lambda g: -(np.linalg.solve(turned(a), g) @ turned(ans)), a),
    ),
    (
        lambda ans, a, b: lambda t: np.linalg.solve(a, t),
        lambda ans, a, b: projected(lambda g: np.linalg.solve(turned(a), g), b),
    ),
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
        return ans * turned(inverse)
    u, s, vh = np.linalg.svd(stop_gradient(x))
    small = s <= np.finfo(s.dtype).eps ** (1 / 3) * s[..., :1]
    n, k = s.shape[-1], int(np.max(np.sum(small, axis=-1), initial=1))
    x = adjoint(u) @ x @ adjoint(vh)
    inverse = np.linalg.inv(x[..., : n - k, : n - k])
    unit = np.broadcast_to(np.eye(k, dtype=x.dtype), (*s.shape[:-1], k, k))
    rows = np.concatenate([-(x[..., n - k :, : n - k] @ inverse), unit], axis=-1)
    columns = np.concatenate([-(inverse @ x[..., : n - k, n - k :]), unit], axis=-2)
    adjugate, det_rest = adjugate_and_det(rows @ x @ columns)
    first = np.pad(inverse, [(0, 0)] * (x.ndim - 2) + [(0, k)] * 2)
    whole = columns @ adjugate @ rows + det_rest[..., None, None] * first
    scale = np.linalg.det(u @ vh) * np.linalg.det(x[..., : n - k, : n - k])
    return np.conj(u) @ turned(scale[..., None, None] * whole) @ np.conj(vh)


def weighted(gradient: Rule) -> tuple[Rule, Rule]:
    """Return the rules of numbers with a gradient, by default one for each matrix; ``ans`` keeps the folded axes."""

    def jvp(ans: Array, x: Array, axis: Any = (-2, -1), *, keepdims: bool = False) -> Rule:
        weights = gradient(np.reshape(ans, folded(x.shape, axis)), x)
        return lambda t: np.sum(weights * t, axis=axis, keepdims=keepdims)

    def vjp(ans: Array, x: Array, axis: Any = (-2, -1), *, keepdims: bool = False) -> Rule:
        weights, shape = gradient(np.reshape(ans, folded(x.shape, axis)), x), x.shape
        return lambda g: spread(g, shape, axis) * weights

    return jvp, vjp


det = general(np.linalg.det, weighted(cofactors))


def log_of_det(a: Array) -> Array:
    """Return the logarithm of the absolute value, and for complex matrices of the determinant itself."""
    sign, logabsdet = np.linalg.slogdet(a)
    return logabsdet + 1j * np.angle(sign) if a.dtype.kind == "c" else logabsdet


logdet = general(log_of_det, weighted(lambda ans, a: turned(np.linalg.inv(a))), name="slogdet")


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
    if n < 0:
        return matrix_power(inv(a), -n)
    if n == 1:
        return a
    half = matrix_power(a, n // 2)
    return half @ half @ a if n % 2 else half @ half


@composite(np.linalg.multi_dot)
def multi_dot(arrays: Sequence[Array]) -> Array:
    """Return the product of a chain, in the order with the fewest multiplications."""
    chain = [asarray(x) for x in arrays]
    sizes = [(1, *chain[0].shape)[-2], *(x.shape[0] for x in chain[1:]), (*chain[-1].shape, 1)[1]]

    @cache
    def split(i: int, j: int) -> tuple[int, int]:
        costs = [(split(i, k)[0] + split(k, j)[0] + sizes[i] * sizes[k] * sizes[j], k) for k in range(i + 1, j)]
        return min(costs, default=(0, i))

    return chained(chain, split, 0, len(chain))


def chained(chain: list[Array], split: Callable[[int, int], tuple[int, int]], i: int, j: int) -> Array:
    """Return the product of a part of a chain, split where ``split`` says, after the cost."""
    k = split(i, j)[1]
    return chain[i] if k == i else chained(chain, split, i, k) @ chained(chain, split, k, j)


# Norms


def root_of_squares(x: Array, axis: Any, *, keepdims: Any = False) -> Array:
    """Return the square root of the sum of squares over any axes."""
    return np.sqrt(np.add.reduce((x.conj() * x).real, axis, keepdims=keepdims))


# The gradient is the conjugate vector of length 1; 0 at the zero vector
length = general(root_of_squares, weighted(lambda ans, x: np.conj(x) / nonzero(ans)), name="norm")
FOLDS: dict[Any, Rule] = {1: np.sum, np.inf: partial(np.max, initial=0), -np.inf: np.min}  # of vectors


def norm_of_vectors(x: Array, ord: Any, axis: Any, keepdims: bool) -> Array:
    """Return the norm of the vectors along the axes; where an extreme is shared, so is the derivative."""
    options: dict[str, Any] = {"axis": axis, "keepdims": keepdims}
    if ord is None or ord == 2:
        return length(x, axis, keepdims=keepdims)
    if isinstance(ord, str):
        raise ValueError(f"Invalid norm order {ord!r} for vectors")
    if ord == 0:
        return np.sum((stop_gradient(x) != 0).astype(x.real.dtype), **options)
    size = np.abs(x)
    if ord in FOLDS:
        return FOLDS[ord](size, **options)
    total = np.sum(size ** float(ord), **options)
    return np.where(total == 0, 0.0, np.where(total == 0, 1.0, total) ** (1.0 / ord))


def norm_of_matrices(x: Array, ord: Any) -> Array:
    """Return the norm of the matrices in the last two axes."""
    if ord in (None, "fro", "f"):
        return length(x, (-2, -1))
    if ord not in ("nuc", 1, 2, np.inf, -1, -2, -np.inf):
        raise ValueError("Invalid norm order for matrices.")
    if ord in ("nuc", 2, -2):
        s = np.linalg.svdvals(x)
        s = np.where(negligible(s, s), stop_gradient(s), s)  # a kink, like abs(x) at 0: no derivative there
    else:
        s = np.sum(np.abs(x), axis=-2 if abs(ord) == 1 else -1)
    fold: Rule = np.sum if ord == "nuc" else np.max if ord > 0 else np.min
    return fold(s, axis=-1)


@composite(np.linalg.norm)
def norm(x: Array, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Array:
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
def vector_norm(x: Array, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Array:
    """Return the norm of the vectors along any number of axes together."""
    x = asarray(x)
    return norm_of_vectors(x, ord, axes_of(axis, x.ndim), keepdims)


@composite(np.linalg.cond)
def cond(x: Array, p: Any = None) -> Array:
    """Return how much larger the image of the one vector may be than that of another."""
    x = asarray(x)
    if p is None or p in (2, -2):
        s = np.linalg.svdvals(x)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    return norm(x, p, (-2, -1)) * norm(inv(x), p, (-2, -1))


matrix_rank = constant(np.linalg.matrix_rank)

# Functions under the names that the array standard gives them

matmul = composite(np.linalg.matmul)(lambda x1, x2, /: np.matmul(x1, x2))
matrix_transpose = composite(np.linalg.matrix_transpose)(lambda x, /: turned(asarray(x)))
vecdot = composite(np.linalg.vecdot)(lambda x1, x2, /, *, axis=-1: products.vecdot(x1, x2, axis=axis))
matrix_norm = composite(np.linalg.matrix_norm)(lambda x, /, **options: norm(x, axis=(-2, -1), **options))
tensordot = composite(np.linalg.tensordot)(lambda x1, x2, /, *, axes=2: np.tensordot(x1, x2, axes=axes))
diagonal = composite(np.linalg.diagonal)(lambda x, /, *, offset=0: np.diagonal(x, offset, -2, -1))
trace = composite(np.linalg.trace)(lambda x, /, *, offset=0, dtype=None: np.trace(x, offset, -2, -1, dtype))


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
