"""Matrices made of vectors and of blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from easygrad.core import Array
from easygrad.rules.composition import composite
from easygrad.rules.shaping import asarray


@composite(scipy.linalg.toeplitz)
def toeplitz(c: Array, r: Array | None = None) -> Array:
    """Return the matrix with the first column ``c`` and the first row ``r``, constant along each diagonal."""
    c = asarray(c)
    r = np.conj(c) if r is None else asarray(r)
    numbers = np.concatenate([c[..., ::-1], r[..., 1:]], axis=-1)
    return numbers[..., c.shape[-1] - 1 - np.arange(c.shape[-1])[:, None] + np.arange(r.shape[-1])]


@composite(scipy.linalg.hankel)
def hankel(c: Array, r: Array | None = None) -> Array:
    """Return the matrix with the first column ``c`` and the last row ``r``, constant along each antidiagonal."""
    c = asarray(c)
    r = np.zeros_like(c) if r is None else asarray(r)
    numbers = np.concatenate([c, r[..., 1:]], axis=-1)
    return numbers[..., np.arange(c.shape[-1])[:, None] + np.arange(r.shape[-1])]


@composite(scipy.linalg.circulant)
def circulant(c: Array) -> Array:
    """Return the matrix with the first column ``c``, of which each next column is shifted by one."""
    c = asarray(c)
    n = c.shape[-1]
    return c[..., (np.arange(n)[:, None] - np.arange(n)) % n]


@composite(scipy.linalg.companion)
def companion(a: Array) -> Array:
    """Return the matrix with the roots of a polynomial as eigenvalues."""
    a = asarray(a)
    if a.ndim != 1 or a.size < 2:
        raise ValueError(f"companion: a must be a vector of at least two coefficients, but has shape {a.shape}.")
    first = -a[1:] / a[0]
    return np.concatenate([first[None], np.eye(a.size - 2, a.size - 1, dtype=a.dtype)])


@composite(scipy.linalg.block_diag)
def block_diag(*arrs: Array) -> Array:
    """Return the matrices along the diagonal of one; a vector is a row, a number a matrix of one element."""
    blocks = [np.atleast_2d(asarray(x)) for x in arrs] or [np.zeros((1, 0))]
    width, left = sum(block.shape[-1] for block in blocks), 0
    padded = []
    for block in blocks:
        n = block.shape[-1]
        padded.append(np.pad(block, [(0, 0)] * (block.ndim - 1) + [(left, width - left - n)]))
        left += n
    return np.concatenate(padded, axis=-2)


@composite(scipy.linalg.khatri_rao)
def khatri_rao(a: Array, b: Array) -> Array:
    """Return the products of Kronecker, column by column."""
    a, b = asarray(a), asarray(b)
    if a.shape[-1] != b.shape[-1]:
        raise ValueError(f"khatri_rao: a and b have {a.shape[-1]} and {b.shape[-1]} columns; they must have as many.")
    products: Any = a[..., :, None, :] * b[..., None, :, :]
    return np.reshape(products, (*products.shape[:-3], -1, products.shape[-1]))
