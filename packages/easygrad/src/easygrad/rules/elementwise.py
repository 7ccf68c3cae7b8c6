"""Elementwise functions: arithmetic, exponentials, trigonometry, comparisons that pick one of two.

A rule ``lambda ans, x, y: lambda g: ...`` scales by the partial derivative; the engine does the broadcasting.
At points where the derivative is a matter of taste the comment says what was taken.
"""

from __future__ import annotations

import math
import operator

import numpy as np

from easygrad.core import Array, Box, Rule, stop_gradient
from easygrad.primitives import elementwise, general, linear
from easygrad.rules.composition import composite

LOG_2 = float(np.log(2.0))
LOG_10 = float(np.log(10.0))
DEGREE = float(np.pi / 180.0)


def nonzero(x: Array) -> Array:
    """Return ``x`` with 1 where it is zero, so that one may divide by it or take its logarithm."""
    return np.where(x == 0, 1.0, x)


# Arithmetic


add = elementwise(np.add, lambda g, _ans, _x, _y: g, lambda g, _ans, _x, _y: g, fast=operator.add)
subtract = elementwise(np.subtract, lambda g, _ans, _x, _y: g, lambda g, _ans, _x, _y: -g, fast=operator.sub)
multiply = elementwise(np.multiply, lambda g, _ans, _x, y: g * y, lambda g, _ans, x, _y: g * x, fast=operator.mul)
# -x / y. Where a denominator is traced itself, the derivative by it is made of this: one call instead of two, and its
# own derivatives are of the same form.
opposite: Rule = elementwise(
    lambda x, y: -(x / y),
    lambda g, _ans, _x, y: opposite(g, y),
    lambda g, ans, _x, y: opposite(g * ans, y),
    name="opposite",
)
divide = elementwise(
    np.divide,
    lambda g, _ans, _x, y: g / y,
    lambda g, ans, _x, y: opposite(g * ans, y) if type(y) is Box else -g * ans / y,
    fast=operator.truediv,
)


def doubled(g: Array) -> Array:
    """Return ``g + g``; of a large cotangent that repeats itself along an axis, as sums give it, just once."""
    if type(g) is np.ndarray and g.size > 4096 and 0 in g.strides:
        once = g[tuple(slice(0, 1) if step == 0 else slice(None) for step in g.strides)]
        return np.broadcast_to(once + once, g.shape)
    return g + g


def power_by_base(g: Array, _ans: Array, x: Array, y: Array) -> Array:
    """Return ``g * y * x**(y-1)``; at ``y = 0`` it is 0, also for ``x = 0``."""
    if type(y) in (int, float):
        return doubled(g) * x if y == 2 else g * (y * x ** (y - 1) if y else 0.0 * x)
    return g * (y * x ** np.where(y == 0, 1, y - 1))


# With respect to the exponent: 0 at base 0, where x**y does not move for y > 0; nan for a negative base.
power = elementwise(
    np.power,
    power_by_base,
    lambda g, ans, x, _y: g * ans * log(nonzero(x).astype(ans.dtype)),
    fast=operator.pow,
)
mod = elementwise(np.remainder, lambda g, _ans, _x, _y: g, lambda g, _ans, x, y: -g * (x // y), fast=operator.mod)
negative = elementwise(np.negative, lambda g, _ans, _x: -g, fast=operator.neg)
positive = elementwise(np.positive, lambda g, _ans, _x: g)
reciprocal = elementwise(np.reciprocal, lambda g, ans, _x: -g * ans * ans)
square = elementwise(np.square, lambda g, _ans, x: doubled(g) * x)
sqrt = elementwise(np.sqrt, lambda g, ans, _x: g / (ans + ans))
cbrt = elementwise(np.cbrt, lambda g, ans, _x: g / (3.0 * ans * ans))

# Exponentials and logarithms

exp = elementwise(np.exp, lambda g, ans, _x: g * ans)
exp2 = elementwise(np.exp2, lambda g, ans, _x: g * ans * LOG_2)
expm1 = elementwise(np.expm1, lambda g, _ans, x: g * exp(x))
log: Rule = elementwise(np.log, lambda g, _ans, x: g / x)
log2 = elementwise(np.log2, lambda g, _ans, x: g / (x * LOG_2))
log10 = elementwise(np.log10, lambda g, _ans, x: g / (x * LOG_10))
log1p = elementwise(np.log1p, lambda g, _ans, x: g / (1.0 + x))


def sigmoid_of(x: Array) -> Array:
    """Return ``1 / (1 + exp(-x))`` without overflow."""
    decay = np.exp(-np.abs(x))
    return np.where(x < 0, decay, 1.0) / (1.0 + decay)


sigmoid: Rule = elementwise(sigmoid_of, lambda g, ans, x: g * ans * sigmoid(-x))


def share(x: Array, y: Array) -> Array:
    """Return ``exp(x) / (exp(x) + exp(y))``; a half where both are the same infinity."""
    same = (x == y) & np.isinf(x)
    if np.any(same):
        x, y = np.where(same, 0.0, x), np.where(same, 0.0, y)
    return sigmoid(x - y)


def symmetric(fun: np.ufunc, slope: Rule) -> Rule:
    """Return a function with ``f(x, y) = f(y, x)`` as a primitive; ``slope(ans, x, y)`` is the derivative by ``x``."""
    return elementwise(fun, lambda g, ans, x, y: g * slope(ans, x, y), lambda g, ans, x, y: g * slope(ans, y, x))


logaddexp = symmetric(np.logaddexp, lambda ans, x, y: share(x, y))
logaddexp2 = symmetric(np.logaddexp2, lambda ans, x, y: share(x * LOG_2, y * LOG_2))

# Trigonometric and hyperbolic functions

sin = elementwise(np.sin, lambda g, _ans, x: g * cos(x))
cos: Rule = elementwise(np.cos, lambda g, _ans, x: -g * sin(x))
tan = elementwise(np.tan, lambda g, ans, _x: g * (1.0 + ans * ans))
# x - 1 and not 1 - x, which would lose the sign of a zero imaginary part, and with it the side of the branch cut
arcsin = elementwise(np.arcsin, lambda g, _ans, x: g / sqrt(-((x - 1.0) * (x + 1.0))))
arccos = elementwise(np.arccos, lambda g, _ans, x: -g / sqrt(-((x - 1.0) * (x + 1.0))))
arctan = elementwise(np.arctan, lambda g, _ans, x: g / (1.0 + x * x))
sinh = elementwise(np.sinh, lambda g, _ans, x: g * cosh(x))
cosh: Rule = elementwise(np.cosh, lambda g, _ans, x: g * sinh(x))
arcsinh = elementwise(np.arcsinh, lambda g, _ans, x: g / sqrt(1.0 + x * x))
arccosh = elementwise(np.arccosh, lambda g, _ans, x: g / (sqrt(x - 1.0) * sqrt(x + 1.0)))
arctanh = elementwise(np.arctanh, lambda g, _ans, x: g / ((1.0 - x) * (1.0 + x)))


def sech_squared(x: Array) -> Array:
    """Return ``1 / cosh(x)**2`` without overflow, and without the cancellation of ``1 - tanh(x)**2``."""
    decay = np.exp((np.where(x.real < 0, -x, x) if x.dtype.kind == "c" else np.abs(x)) * -2.0)
    above = decay + 1.0
    above *= above  # in place: this is most of what a network costs beside its products
    decay *= 4.0
    decay /= above
    return decay


sech2 = elementwise(sech_squared, lambda g, ans, x: -2.0 * g * ans * tanh(x))
tanh: Rule = elementwise(np.tanh, lambda g, _ans, x: g * sech2(x))


hypot = symmetric(np.hypot, lambda ans, x, y: x / nonzero(ans))  # 0 at the origin


def over_squares(x: Array, y: Array) -> Array:
    """Return ``x / (x**2 + y**2)`` without overflow; 0 at the origin."""
    radius = nonzero(np.hypot(x, y))
    return x / radius / radius


arctan2 = elementwise(
    np.arctan2, lambda g, _ans, x, y: g * over_squares(y, x), lambda g, _ans, x, y: -g * over_squares(x, y)
)
deg2rad = linear(np.deg2rad, lambda ans, x: lambda g: g * DEGREE)
rad2deg = linear(np.rad2deg, lambda ans, x: lambda g: g / DEGREE)
radians = linear(np.radians, lambda ans, x: lambda g: g * DEGREE)
degrees = linear(np.degrees, lambda ans, x: lambda g: g / DEGREE)


SINC_TERMS = [(-1.0) ** k * 2 * k * np.pi ** (2 * k) / math.factorial(2 * k + 1) for k in range(20, 0, -1)]


def sinc_slope(x: Array) -> Array:
    """Return ``(cos(pi x) - sinc(x)) / x``, the derivative of sinc; near 0 by its series, exact at all orders."""
    near = np.abs(x) < 0.5
    small, large = np.where(near, x, 0.0), np.where(near, 1.0, x)
    series: Array = 0.0
    for term in SINC_TERMS:
        series = series * (small * small) + term
    return np.where(near, series * small, (np.cos(np.pi * large) - np.sinc(large)) / large)


sinc = elementwise(np.sinc, lambda g, _ans, x: g * sinc_slope(x))

# Selection: ties share equally


def picked(ans: Array, x: Array, y: Array) -> Array:
    """Return 1 where the answer is ``x``, 0 where it is ``y``, a half where it is both, nan where it is neither."""
    is_x, is_y = np.equal(ans, x), np.equal(ans, y)
    if np.all(is_x != is_y):
        return is_x
    return np.where(is_x == is_y, np.where(is_x, 0.5, np.nan), is_x).astype(ans.dtype)


maximum, minimum = symmetric(np.maximum, picked), symmetric(np.minimum, picked)
fmax, fmin = symmetric(np.fmax, picked), symmetric(np.fmin, picked)
where = elementwise(
    np.where, None, lambda g, _ans, c, _x, _y: np.where(c, g, 0), lambda g, _ans, c, _x, _y: np.where(c, 0, g)
)

# Complex numbers: a cotangent g pairs with a tangent t as Re(g * t), which is Autograd's convention


def unit(ans: Array, x: Array) -> Array:
    """Return ``conj(x) / abs(x)``, the direction of steepest ascent of ``abs``; 0 at 0."""
    return np.conj(x) / nonzero(ans) if x.dtype.kind == "c" else np.sign(x)


absolute = general(
    np.absolute, (lambda ans, x: lambda t: np.real(t * unit(ans, x)), lambda ans, x: lambda g: g * unit(ans, x))
)


@composite(np.sign)
def sign(x: Array) -> Array:
    """Return the sign; of a complex number that is ``x / abs(x)``, which does have a derivative."""
    return x / nonzero(absolute(x)) if x.dtype.kind == "c" else np.sign(stop_gradient(x))


fabs = elementwise(np.fabs, lambda g, _ans, x: g * np.sign(x))
real = linear(np.real, lambda ans, x: lambda g: g)
imag = linear(np.imag, lambda ans, x: (lambda g: g * -1j) if x.dtype.kind == "c" else (lambda g: g * 0.0))
conjugate = linear(np.conjugate, lambda ans, x: lambda g: np.conj(g))
