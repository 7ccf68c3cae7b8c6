"""The functions of ``np.emath``: those of NumPy, with complex results where real ones do not exist.

To add one, say where the real function has no value.
"""

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


def extending(fun: Rule, real_function: Rule, outside: Rule) -> Rule:
    """Return a function of ``np.emath`` as the one of NumPy at extended numbers."""
    return composite(fun)(lambda x: real_function(extended(x, outside)))


sqrt = extending(np.emath.sqrt, np.sqrt, beyond_zero)
log = extending(np.emath.log, np.log, beyond_zero)
log2 = extending(np.emath.log2, np.log2, beyond_zero)
log10 = extending(np.emath.log10, np.log10, beyond_zero)
arccos = extending(np.emath.arccos, np.arccos, beyond_one)
arcsin = extending(np.emath.arcsin, np.arcsin, beyond_one)
arctanh = extending(np.emath.arctanh, np.arctanh, beyond_one)


@composite(np.emath.logn)
def logn(n: Any, x: Any) -> Array:
    """Return the logarithm to base ``n``."""
    return log(x) / log(n)


@composite(np.emath.power)
def power(x: Any, p: Any) -> Array:
    """Return ``x`` to the power ``p``."""
    x, p = extended(x, beyond_zero), asarray(p)
    return np.power(x, p * 1.0 if p.dtype.kind in "iu" and np.any(p < 0) else p)
