"""Products of vectors, matrices and stacks of them.

A product is linear in each factor; the transpose is a product with the other factor. In Autograd's convention for
complex numbers nothing is conjugated.
"""

from __future__ import annotations

import numpy as np

from easygrad.core import Array, Rule, linear, project
from easygrad.rules.composition import composite
from easygrad.rules.shaping import asarray


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
