"""Elementwise functions: arithmetic, exponentials, trigonometry, comparisons that pick one of two.

A rule ``lambda ans, x, y: lambda g: ...`` scales by the partial derivative; the engine does the broadcasting.
At points where the derivative is a matter of taste the comment says what was taken.
"""

from __future__ import annotations

import math
import operator

import numpy as np

from easygrad.core import Array, Box, Rule, elementwise, general, linear, stop_gradient
from easygrad.rules.composition import composite

LOG_2 = float(np.log(2.0))
LOG_10 = float(np.log(10.0))
DEGREE = float(np.pi / 180.0)


def nonzero(x: Array) -> Array:
    """Return ``x`` with 1 where it is zero, so that one may divide by it or take its logarithm."""
    return np.where(x == 0, 1.0, x)


# Arithmetic


def same(g: Array) -> Array:
    """Return the cotangent as it is."""
    return g


add = elementwise(np.add, lambda ans, x, y: same, lambda ans, x, y: same, fast=operator.add)
subtract = elementwise(np.subtract, lambda ans, x, y: same, lambda ans, x, y: operator.neg, fast=operator.sub)

multiply = elementwise(
    np.multiply, lambda ans, x, y: lambda g: g * y, lambda ans, x, y: lambda g: g * x, fast=operator.mul
)
# -x / y. Where a denominator is traced itself, the derivative by it is made of this: one call instead of two, and its
# own derivatives are of the same form.
opposite: Rule = elementwise(
    lambda x, y: -(x / y),
    lambda ans, x, y: lambda g: opposite(g, y),
    lambda ans, x, y: lambda g: opposite(g * ans, y),
    name="opposite",
)
divide = elementwise(
    np.divide,
    lambda ans, x, y: lambda g: g / y,
    lambda ans, x, y: (lambda g: opposite(g * ans, y)) if type(y) is Box else (lambda g: -g * ans / y),
    fast=operator.truediv,
)


def doubled(g: Array) -> Array:
    """Return ``g + g``; of a large cotangent that repeats itself along an axis, as sums give it, just once."""
    if type(g) is np.ndarray and g.size > 4096 and 0 in g.strides:
        once = g[tuple(slice(0, 1) if step == 0 else slice(None) for step in g.strides)]
        return np.broadcast_to(once + once, g.shape)
    return g + g


def power_by_base(ans: Array, x: Array, y: Array) -> Rule:
    """Return ``g -> g * y * x**(y-1)``; at ``y = 0`` it is 0, also for ``x = 0``."""
    if type(y) in (int, float):
        return (lambda g: doubled(g) * x) if y == 2 else lambda g: g * (y * x ** (y - 1) if y else 0.0 * x)
    return lambda g: g * (y * x ** np.where(y == 0, 1, y - 1))


# With respect to the exponent: 0 at base 0, where x**y does not move for y > 0; nan for a negative base.
power = elementwise(
    np.power,
    power_by_base,
    lambda ans, x, y: lambda g: g * ans * np.log(nonzero(x).astype(ans.dtype)),
    fast=operator.pow,
)
mod = elementwise(
    np.remainder, lambda ans, x, y: lambda g: g, lambda ans, x, y: lambda g: -g * (x // y), fast=operator.mod
)
negative = elementwise(np.negative, lambda ans, x: lambda g: -g, fast=operator.neg)
positive = elementwise(np.positive, lambda ans, x: lambda g: g)
reciprocal = elementwise(np.reciprocal, lambda ans, x: lambda g: -g * ans * ans)
square = elementwise(np.square, lambda ans, x: lambda g: doubled(g) * x)
sqrt = elementwise(np.sqrt, lambda ans, x: lambda g: g / (ans + ans))
cbrt = elementwise(np.cbrt, lambda ans, x: lambda g: g / (3.0 * ans * ans))

# Exponentials and logarithms

exp = elementwise(np.exp, lambda ans, x: lambda g: g * ans)
exp2 = elementwise(np.exp2, lambda ans, x: lambda g: g * ans * LOG_2)
expm1 = elementwise(np.expm1, lambda ans, x: lambda g: g * np.exp(x))
log = elementwise(np.log, lambda ans, x: lambda g: g / x)
log2 = elementwise(np.log2, lambda ans, x: lambda g: g / (x * LOG_2))
log10 = elementwise(np.log10, lambda ans, x: lambda g: g / (x * LOG_10))
log1p = elementwise(np.log1p, lambda ans, x: lambda g: g / (1.0 + x))


def sigmoid_of(x: Array) -> Array:
    """Return ``1 / (1 + exp(-x))`` without overflow."""
    decay = np.exp(-np.abs(x))
    return np.where(x < 0, decay, 1.0) / (1.0 + decay)


sigmoid: Rule = elementwise(sigmoid_of, lambda ans, x: lambda g: g * ans * sigmoid(-x))


def share(x: Array, y: Array) -> Array:
    """Return ``exp(x) / (exp(x) + exp(y))``; a half where both are the same infinity."""
    same = (x == y) & np.isinf(x)
    if np.any(same):
        x, y = np.where(same, 0.0, x), np.where(same, 0.0, y)
    return sigmoid(x - y)


def symmetric(fun: np.ufunc, slope: Rule) -> Rule:
    """Return a function with ``f(x, y) = f(y, x)`` as a primitive; ``slope(ans, x, y)`` is the derivative by ``x``."""
    return elementwise(
        fun, lambda ans, x, y: lambda g: g * slope(ans, x, y), lambda ans, x, y: lambda g: g * slope(ans, y, x)
    )


logaddexp = symmetric(np.logaddexp, lambda ans, x, y: share(x, y))
logaddexp2 = symmetric(np.logaddexp2, lambda ans, x, y: share(x * LOG_2, y * LOG_2))

# Trigonometric and hyperbolic functions

sin = elementwise(np.sin, lambda ans, x: lambda g: g * np.cos(x))
cos = elementwise(np.cos, lambda ans, x: lambda g: -g * np.sin(x))
tan = elementwise(np.tan, lambda ans, x: lambda g: g * (1.0 + ans * ans))
# x - 1 and not 1 - x, which would lose the sign of a zero imaginary part, and with it the side of the branch cut
arcsin = elementwise(np.arcsin, lambda ans, x: lambda g: g / np.sqrt(-((x - 1.0) * (x + 1.0))))
arccos = elementwise(np.arccos, lambda ans, x: lambda g: -g / np.sqrt(-((x - 1.0) * (x + 1.0))))
arctan = elementwise(np.arctan, lambda ans, x: lambda g: g / (1.0 + x * x))
sinh = elementwise(np.sinh, lambda ans, x: lambda g: g * np.cosh(x))
cosh = elementwise(np.cosh, lambda ans, x: lambda g: g * np.sinh(x))
arcsinh = elementwise(np.arcsinh, lambda ans, x: lambda g: g / np.sqrt(1.0 + x * x))
arccosh = elementwise(np.arccosh, lambda ans, x: lambda g: g / (np.sqrt(x - 1.0) * np.sqrt(x + 1.0)))
arctanh = elementwise(np.arctanh, lambda ans, x: lambda g: g / ((1.0 - x) * (1.0 + x)))


def sech_squared(x: Array) -> Array:
    """Return ``1 / cosh(x)**2`` without overflow, and without the cancellation of ``1 - tanh(x)**2``."""
    decay = np.exp((np.where(x.real < 0, -x, x) if x.dtype.kind == "c" else np.abs(x)) * -2.0)
    above = decay + 1.0
    above *= above  # in place: this is most of what a network costs beside its products
    decay *= 4.0
    decay /= above
    return decay


sech2 = elementwise(sech_squared, lambda ans, x: lambda g: -2.0 * g * ans * np.tanh(x))
tanh = elementwise(np.tanh, lambda ans, x: lambda g: g * sech2(x))


hypot = symmetric(np.hypot, lambda ans, x, y: x / nonzero(ans))  # 0 at the origin


def over_squares(x: Array, y: Array) -> Array:
    """Return ``x / (x**2 + y**2)`` without overflow; 0 at the origin."""
    radius = nonzero(np.hypot(x, y))
    return x / radius / radius


arctan2 = elementwise(
    np.arctan2, lambda ans, x, y: lambda g: g * over_squares(y, x), lambda ans, x, y: lambda g: -g * over_squares(x, y)
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


sinc = elementwise(np.sinc, lambda ans, x: lambda g: g * sinc_slope(x))

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
    np.where, None, lambda ans, c, x, y: lambda g: np.where(c, g, 0), lambda ans, c, x, y: lambda g: np.where(c, 0, g)
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


fabs = elementwise(np.fabs, lambda ans, x: lambda g: g * np.sign(x))
real = linear(np.real, lambda ans, x: lambda g: g)
imag = linear(np.imag, lambda ans, x: (lambda g: g * -1j) if x.dtype.kind == "c" else (lambda g: g * 0.0))
conjugate = linear(np.conjugate, lambda ans, x: lambda g: np.conj(g))
