"""Elementwise functions that few programs need: signs, remainders, the parts of floats, steps.

The usual ones are in ``elementwise``; a new one is written the same way.
"""

from __future__ import annotations

import numpy as np

from easygrad.core import Array, stop_gradient
from easygrad.primitives import elementwise
from easygrad.rules import constants
from easygrad.rules.composition import composite
from easygrad.rules.shaping import asarray, astype


def sign_change(x: Array, y: Array) -> Array:
    """Return 1 where the sign of ``y`` is that of ``x``, -1 where it is not, and 0 at ``x = 0``, as for abs."""
    return np.sign(x) * np.copysign(1.0, stop_gradient(y))


copysign = elementwise(np.copysign, lambda g, _ans, x, y: g * sign_change(x, y), None)
# A step is constant beside 0, where it is the value given for it.
heaviside = elementwise(np.heaviside, None, lambda g, _ans, x, _y: np.where(x == 0, g, 0.0))
fmod = elementwise(np.fmod, lambda g, _ans, _x, _y: g, lambda g, ans, x, y: -g * np.rint((x - ans) / y))
ldexp = elementwise(np.ldexp, lambda g, _ans, _x, i: np.ldexp(g, i), None)
fraction = elementwise(lambda x: np.modf(x)[0], lambda g, _ans, _x: g, name="modf")
mantissa = elementwise(
    lambda x: np.frexp(x)[0], lambda g, _ans, x: np.ldexp(g, -np.frexp(stop_gradient(x))[1]), name="frexp"
)


@composite(np.modf)
def modf(x: Array, /) -> tuple[Array, Array]:
    """Return the fraction and the whole part, which is constant."""
    return fraction(x), np.modf(stop_gradient(x))[1]


@composite(np.frexp)
def frexp(x: Array, /) -> tuple[Array, Array]:
    """Return the mantissa and the exponent of 2, which is constant."""
    return mantissa(x), np.frexp(stop_gradient(x))[1]


@composite(np.divmod)
def divmod(x: Array, y: Array, /) -> tuple[Array, Array]:  # the name of NumPy's function
    """Return the quotient, rounded down and so constant, and the remainder."""
    return constants.floor_divide(x, y), np.remainder(x, y)


@composite(np.float_power)
def float_power(x: Array, y: Array, /) -> Array:
    """Return the power of two numbers, in double precision at least."""
    x, y = asarray(x), asarray(y)
    return np.power(astype(x, np.result_type(x.dtype, np.float64)), astype(y, np.result_type(y.dtype, np.float64)))
