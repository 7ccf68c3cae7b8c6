"""Products of vectors, matrices and stacks of them.

A product is linear in each factor; the transpose is a product with the other factor. In Autograd's convention for
complex numbers nothing is conjugated.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from easygrad.core import Array, Box, Rule, projected
from easygrad.primitives import linear
from easygrad.rules.composition import composite, newer
from easygrad.rules.joining import interleaved
from easygrad.rules.shaping import asarray, stack


def matmul_left(ans: Array, x: Array, y: Array) -> Rule:
    """Return ``g -> g y.T``, summed over the batch axes that ``x`` lacks."""
    if y.ndim == 2 and x.ndim <= 2:
        transposed = y.T
        return lambda g: g @ transposed
    if y.ndim == 1:
        return projected(lambda g: g[..., None] * y, x)
    columns = np.swapaxes(y, -1, -2)
    if x.ndim == 1:
        return projected(lambda g: g @ columns if y.ndim == 2 else (g[..., None, :] @ columns)[..., 0, :], x)
    return projected(lambda g: g @ columns, x)


def matmul_right(ans: Array, x: Array, y: Array) -> Rule:
    """Return ``g -> x.T g``, summed over the batch axes that ``y`` lacks."""
    if x.ndim == 2 and y.ndim <= 2:
        transposed = x.T
        return lambda g: transposed @ g
    if x.ndim == 1:
        return projected((lambda g: x * g) if y.ndim == 1 else (lambda g: x[:, None] * g[..., None, :]), y)
    rows = np.swapaxes(x, -1, -2)
    if y.ndim == 1:
        return projected(lambda g: rows @ g if x.ndim == 2 else (rows @ g[..., None])[..., 0], y)
    return projected(lambda g: rows @ g, y)


matmul = linear(np.matmul, matmul_left, matmul_right)


# A sparse matrix of SciPy is a constant factor; its products are its own
sparse_left = linear(lambda x, a: a @ x, lambda ans, x, a: lambda g: a.T @ g, name="sparse @ array")
sparse_right = linear(lambda x, a: x @ a, lambda ans, x, a: lambda g: g @ a.T, name="array @ sparse")


@composite(np.dot)
def dot(a: Array, b: Array) -> Array:
    """Return the sum of products over the last axis of ``a`` and the last but one of ``b``."""
    if hasattr(a, "tocsr") or hasattr(b, "tocsr"):
        return a @ b
    a, b = (x if type(x) in (Box, np.ndarray) else asarray(x) for x in (a, b))
    if a.ndim and b.ndim:
        return matmul(a, b) if b.ndim < 3 else tensordot(a, b, (-1, -2))
    return a * b


outer = composite(np.outer)(lambda a, b: np.ravel(asarray(a))[:, None] * np.ravel(asarray(b)))
vdot = composite(np.vdot)(lambda a, b, /: matmul(np.conj(np.ravel(asarray(a))), np.ravel(asarray(b))))

# Products over any axes


@composite(np.tensordot)
def tensordot(a: Array, b: Array, axes: Any = 2) -> Array:
    """Return the sum of products over pairs of axes."""
    left, right = axes if np.ndim(axes) else (range(-axes, 0), range(axes))
    n = np.size(left)
    a, b = np.moveaxis(asarray(a), left, range(-n, 0)), np.moveaxis(asarray(b), right, range(n))
    rows, columns, summed = a.shape[: a.ndim - n], b.shape[n:], b.shape[:n]
    if a.shape[a.ndim - n :] != summed:
        raise ValueError(f"tensordot: the lengths {a.shape[a.ndim - n :]} of axes {left} do not match {summed}.")
    length = math.prod(summed)
    product = np.reshape(a, (math.prod(rows), length)) @ np.reshape(b, (length, math.prod(columns)))
    return np.reshape(product, (*rows, *columns))


@composite(np.inner)
def inner(a: Array, b: Array, /) -> Array:
    """Return the sum of products over the last axes."""
    a, b = asarray(a), asarray(b)
    return a * b if a.ndim == 0 or b.ndim == 0 else tensordot(a, b, (-1, -1))


@composite(np.kron)
def kron(a: Array, b: Array) -> Array:
    """Return the blocks ``a[i] * b`` as one array."""
    a, b, shape = interleaved(a, b)
    return np.reshape(a * b, shape)


LENGTHS_OF_VECTORS = {2, 3} if np.lib.NumpyVersion(np.__version__) < "2.5.0" else {3}  # of np.cross, as NumPy takes


@composite(np.cross)
def cross(a: Array, b: Array, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Array:
    """Return the vector product; a vector of two numbers lies in the plane, and of two of them only z is returned.

    NumPy 2.5 and newer take vectors of three numbers only.
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = np.moveaxis(asarray(a), axisa, -1), np.moveaxis(asarray(b), axisb, -1)
    if not {a.shape[-1], b.shape[-1]} <= LENGTHS_OF_VECTORS:
        lengths = " or ".join(map(str, LENGTHS_OF_VECTORS))
        raise ValueError(f"cross: vectors have {lengths} elements, not {a.shape[-1]} and {b.shape[-1]}.")
    z = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    if a.shape[-1] == b.shape[-1] == 2:
        return z
    if a.shape[-1] == 2:
        x, y = a[..., 1] * b[..., 2], -a[..., 0] * b[..., 2]
    elif b.shape[-1] == 2:
        x, y = -a[..., 2] * b[..., 1], a[..., 2] * b[..., 0]
    else:
        x, y = a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1], a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
    return np.moveaxis(stack([x, y, z]), 0, axisc)


def trace_transpose(ans: Array, a: Array, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Rule:
    """Return ``g -> g`` on a diagonal and 0 elsewhere."""
    ones = np.eye(a.shape[axis1], a.shape[axis2], offset, dtype=a.dtype)
    return lambda g: np.moveaxis(np.expand_dims(g, (-2, -1)) * ones, (-2, -1), (axis1, axis2))


trace = linear(np.trace, trace_transpose)

# Stacks of products


@composite(np.vecdot)
def vecdot(x1: Array, x2: Array, /, *, axis: int = -1) -> Array:
    """Return the products of vectors along an axis, the first ones conjugated."""
    return np.sum(np.moveaxis(np.conj(asarray(x1)), axis, -1) * np.moveaxis(asarray(x2), axis, -1), -1)


@newer("matvec")
def matvec(x1: Array, x2: Array, /) -> Array:
    """Return the products of matrices with vectors."""
    return matmul(asarray(x1), asarray(x2)[..., None])[..., 0]


@newer("vecmat")
def vecmat(x1: Array, x2: Array, /) -> Array:
    """Return the products of vectors, conjugated, with matrices."""
    return matmul(np.conj(asarray(x1))[..., None, :], asarray(x2))[..., 0, :]
