"""Products of vectors, matrices and stacks of them.

A product is linear in each factor; the transpose is a product with the other factor. In Autograd's convention for
complex numbers nothing is conjugated.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from easygrad.core import Array, Rule, linear, project
from easygrad.rules.composition import composite, newer
from easygrad.rules.shaping import asarray, stack


def matmul_left(ans: Array, x: Array, y: Array) -> Rule:
    """Return ``g -> g y.T``, summed over the batch axes that ``x`` lacks."""
    shape, dtype, vector = x.shape, x.dtype, x.ndim == 1
    if y.ndim == 1:
        return lambda g: project(np.expand_dims(g, -1) * y, shape, dtype)
    columns = np.swapaxes(y, -1, -2)
    if vector:
        return lambda g: project((np.expand_dims(g, -2) @ columns)[..., 0, :], shape, dtype)
    return lambda g: project(g @ columns, shape, dtype)


def matmul_right(ans: Array, x: Array, y: Array) -> Rule:
    """Return ``g -> x.T g``, summed over the batch axes that ``y`` lacks."""
    shape, dtype, vector = y.shape, y.dtype, y.ndim == 1
    if x.ndim == 1:
        column = x if vector else x[:, None]
        return lambda g: project(column * (g if vector else np.expand_dims(g, -2)), shape, dtype)
    rows = np.swapaxes(x, -1, -2)
    if vector:
        return lambda g: project((rows @ np.expand_dims(g, -1))[..., 0], shape, dtype)
    return lambda g: project(rows @ g, shape, dtype)


matmul = linear(np.matmul, matmul_left, matmul_right)


@composite(np.dot)
def dot(a: Array, b: Array) -> Array:
    """Return the sum of products over the last axis of ``a`` and the last but one of ``b``."""
    a, b = asarray(a), asarray(b)
    if a.ndim == 0 or b.ndim == 0:
        return a * b
    if b.ndim <= 2:
        return matmul(a, b)
    columns = np.reshape(np.moveaxis(b, -2, 0), (b.shape[-2], -1))
    return np.reshape(matmul(a, columns), (*a.shape[:-1], *b.shape[:-2], b.shape[-1]))


@composite(np.outer)
def outer(a: Array, b: Array) -> Array:
    """Return the products of each element of ``a`` with each of ``b``."""
    return np.ravel(asarray(a))[:, None] * np.ravel(asarray(b))


@composite(np.vdot)
def vdot(a: Array, b: Array, /) -> Array:
    """Return the product of two flattened arrays, the first one conjugated."""
    return matmul(np.conj(np.ravel(asarray(a))), np.ravel(asarray(b)))


# Products over any axes


def axis_pairs(axes: Any, a: Array, b: Array) -> tuple[list[int], list[int]]:
    """Return the axes of ``a`` and those of ``b`` that ``tensordot`` sums over, as numbers from 0."""
    if np.ndim(axes) == 0:
        axes = (range(-axes, 0), range(axes)) if axes else ((), ())
    left, right = [np.atleast_1d(part).astype(int).tolist() for part in axes]
    left, right = [range(a.ndim)[i] for i in left], [range(b.ndim)[i] for i in right]
    if [a.shape[i] for i in left] != [b.shape[i] for i in right]:
        raise ValueError(f"tensordot: shapes {a.shape} and {b.shape} do not match along the axes {left} and {right}.")
    return left, right


@composite(np.tensordot)
def tensordot(a: Array, b: Array, axes: Any = 2) -> Array:
    """Return the sum of products over pairs of axes."""
    a, b = asarray(a), asarray(b)
    left, right = axis_pairs(axes, a, b)
    rows = [i for i in range(a.ndim) if i not in left]
    columns = [i for i in range(b.ndim) if i not in right]
    tall, wide, summed = [a.shape[i] for i in rows], [b.shape[i] for i in columns], [a.shape[i] for i in left]
    first = np.reshape(np.transpose(a, rows + left), (math.prod(tall), math.prod(summed)))
    second = np.reshape(np.transpose(b, right + columns), (math.prod(summed), math.prod(wide)))
    return np.reshape(matmul(first, second), (*tall, *wide))


@composite(np.inner)
def inner(a: Array, b: Array, /) -> Array:
    """Return the sum of products over the last axes."""
    a, b = asarray(a), asarray(b)
    return a * b if a.ndim == 0 or b.ndim == 0 else tensordot(a, b, (-1, -1))


@composite(np.kron)
def kron(a: Array, b: Array) -> Array:
    """Return the blocks ``a[i] * b`` as one array."""
    a, b = asarray(a), asarray(b)
    ndim = max(a.ndim, b.ndim)
    outer_shape, inner_shape = (1,) * (ndim - a.ndim) + a.shape, (1,) * (ndim - b.ndim) + b.shape
    spread = np.reshape(a, [length for n in outer_shape for length in (n, 1)])
    products = spread * np.reshape(b, [length for n in inner_shape for length in (1, n)])
    return np.reshape(products, [m * n for m, n in zip(outer_shape, inner_shape, strict=True)])


@composite(np.cross)
def cross(a: Array, b: Array, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Array:
    """Return the vector product; a vector of two numbers lies in the plane, and of two of them only z is returned."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = np.moveaxis(asarray(a), axisa, -1), np.moveaxis(asarray(b), axisb, -1)
    if not {a.shape[-1], b.shape[-1]} <= {2, 3}:
        raise ValueError(f"cross: vectors have 2 or 3 elements, not {a.shape[-1]} and {b.shape[-1]}.")
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
