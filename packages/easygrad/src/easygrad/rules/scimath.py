"""The functions of ``np.emath``: those of NumPy, with complex results where real ones do not exist.

To add one, say between which numbers the real function has a value.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from easygrad.core import Array, Rule
from easygrad.rules.composition import composite
from easygrad.rules.shaping import asarray


def extended(x: Any, least: float = 0.0, most: float = np.inf) -> Array:
    """Return ``x``, as complex numbers if it is real and somewhere outside of the domain of a real function."""
    x = asarray(x)
    inside = x.dtype.kind == "c" or not np.any((x < least) | (x > most))
    return x if inside else x.astype(np.result_type(x.dtype, np.complex64))


def extending(name: str, *domain: float) -> Rule:
    """Return a function of ``np.emath`` as the one of NumPy at extended numbers."""
    return composite(getattr(np.emath, name))(lambda x: getattr(np, name)(extended(x, *domain)))


sqrt, log, log2, log10 = map(extending, ("sqrt", "log", "log2", "log10"))
arccos, arcsin, arctanh = [extending(name, -1.0, 1.0) for name in ("arccos", "arcsin", "arctanh")]
logn = composite(np.emath.logn)(lambda n, x: log(x) / log(n))


@composite(np.emath.power)
def power(x: Any, p: Any) -> Array:
    """Return ``x`` to the power ``p``."""
    x, p = extended(x), asarray(p)
    return np.power(x, p * 1.0 if p.dtype.kind in "iu" and np.any(p < 0) else p)
