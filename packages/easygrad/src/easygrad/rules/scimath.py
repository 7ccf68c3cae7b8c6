"""The functions of ``np.emath``: those of NumPy, with complex results where real ones do not exist."""

from __future__ import annotations

from typing import Any

import numpy as np

from easygrad.core import Array, Rule
from easygrad.rules.composition import composite
from easygrad.rules.shaping import asarray


def extended(x: Any, outside: Rule) -> Array:
    """Return ``x``, as complex numbers if it is real and somewhere ``outside`` of a real function's domain."""
    x = asarray(x)
    if x.dtype.kind == "c" or not np.any(outside(x)):
        return x
    return x.astype(np.result_type(x.dtype, np.complex64))


def beyond_zero(x: Array) -> Array:
    """Return where a logarithm has no real value."""
    return x < 0


def beyond_one(x: Array) -> Array:
    """Return where no real number has this sine."""
    return np.abs(x) > 1


@composite(np.emath.sqrt)
def sqrt(x: Any) -> Array:
    """Return the square root."""
    return np.sqrt(extended(x, beyond_zero))


@composite(np.emath.log)
def log(x: Any) -> Array:
    """Return the natural logarithm."""
    return np.log(extended(x, beyond_zero))


@composite(np.emath.log2)
def log2(x: Any) -> Array:
    """Return the logarithm to base 2."""
    return np.log2(extended(x, beyond_zero))


@composite(np.emath.log10)
def log10(x: Any) -> Array:
    """Return the logarithm to base 10."""
    return np.log10(extended(x, beyond_zero))


@composite(np.emath.logn)
def logn(n: Any, x: Any) -> Array:
    """Return the logarithm to base ``n``."""
    return np.log(extended(x, beyond_zero)) / np.log(extended(n, beyond_zero))


@composite(np.emath.power)
def power(x: Any, p: Any) -> Array:
    """Return ``x`` to the power ``p``."""
    x, p = extended(x, beyond_zero), asarray(p)
    return np.power(x, p * 1.0 if p.dtype.kind in "iu" and np.any(p < 0) else p)


@composite(np.emath.arccos)
def arccos(x: Any) -> Array:
    """Return the inverse cosine."""
    return np.arccos(extended(x, beyond_one))


@composite(np.emath.arcsin)
def arcsin(x: Any) -> Array:
    """Return the inverse sine."""
    return np.arcsin(extended(x, beyond_one))


@composite(np.emath.arctanh)
def arctanh(x: Any) -> Array:
    """Return the inverse hyperbolic tangent."""
    return np.arctanh(extended(x, beyond_one))
