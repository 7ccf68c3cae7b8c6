"""Logarithms and exponentials in combination: entropies, logistic functions, power transforms, softmax.

At the edges of a domain the rules give the limit where there is one.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special as sp

from easygrad.core import Array, Rule
from easygrad.primitives import elementwise
from easygrad.rules.composition import composite
from easygrad.rules.elementwise import LOG_2 as LOG_TWO
from easygrad.rules.elementwise import LOG_10, nonzero, sigmoid
from easygrad.rules.shaping import asarray

DEGREE = math.pi / 180.0

# Second names: SciPy's ufuncs of functions that NumPy has too

expm1 = elementwise(sp.expm1, lambda g, _ans, x: g * np.exp(x))
log1p = elementwise(sp.log1p, lambda g, _ans, x: g / (1.0 + x))
cbrt = elementwise(sp.cbrt, lambda g, ans, _x: g / (3.0 * ans * ans))
exp2 = elementwise(sp.exp2, lambda g, ans, _x: g * ans * LOG_TWO)
exp10 = elementwise(sp.exp10, lambda g, ans, _x: g * ans * LOG_10)
cosm1 = elementwise(sp.cosm1, lambda g, _ans, x: -g * np.sin(x))
sindg = elementwise(sp.sindg, lambda g, _ans, x: g * cosdg(x) * DEGREE)
cosdg: Rule = elementwise(sp.cosdg, lambda g, _ans, x: -g * sindg(x) * DEGREE)
tandg = elementwise(sp.tandg, lambda g, ans, _x: g * (1.0 + ans * ans) * DEGREE)
cotdg = elementwise(sp.cotdg, lambda g, ans, _x: -g * (1.0 + ans * ans) * DEGREE)

# Logistic functions

expit: Rule = elementwise(sp.expit, lambda g, ans, x: g * ans * expit(-x))
logit = elementwise(sp.logit, lambda g, _ans, x: g / (x * (1.0 - x)))
log_expit = elementwise(sp.log_expit, lambda g, _ans, x: g * sigmoid(-x))


def softplus_of(x: Array, **options: Any) -> Array:
    """Return ``log(1 + exp(x))``."""
    return np.logaddexp(0.0, x, **options)


softplus: Rule = composite(sp.softplus)(softplus_of) if hasattr(sp, "softplus") else softplus_of  # new in SciPy 1.17

# Entropies: 0 log 0 is 0, and what multiplies the logarithm keeps its derivative


def over(x: Array, y: Array) -> Array:
    """Return ``x / y``; 0 where both are 0, as ``0 log y`` is 0 for every y."""
    return x / np.where((x == 0) & (y == 0), 1.0, y)


xlogy = elementwise(sp.xlogy, lambda g, _ans, _x, y: g * np.log(y), lambda g, _ans, x, y: g * over(x, y))
xlog1py = elementwise(sp.xlog1py, lambda g, _ans, _x, y: g * np.log1p(y), lambda g, _ans, x, y: g * over(x, 1.0 + y))
entr = elementwise(sp.entr, lambda g, _ans, x: -g * (1.0 + np.log(x)))
rel_entr = elementwise(
    sp.rel_entr, lambda g, _ans, x, y: g * (1.0 + np.log(x / y)), lambda g, _ans, x, y: -g * over(x, y)
)
kl_div = elementwise(sp.kl_div, lambda g, _ans, x, y: g * np.log(x / y), lambda g, _ans, x, y: g * (1.0 - over(x, y)))

# Losses and power transforms


def clipped(delta: Array, r: Array) -> Array:
    """Return ``r``, but no further from 0 than delta: the slope of the Huber loss."""
    return np.where(np.abs(r) < delta, r, delta * np.sign(r))


huber = elementwise(
    sp.huber,
    lambda g, _ans, delta, r: g * np.where(np.abs(r) < delta, 0.0, np.abs(r) - delta),
    lambda g, _ans, delta, r: g * clipped(delta, r),
)


def steep(delta: Array, r: Array) -> Array:
    """Return ``sqrt(1 + (r / delta)**2)``."""
    return np.hypot(1.0, r / delta)


pseudo_huber = elementwise(
    sp.pseudo_huber,
    lambda g, _ans, delta, r: g * delta * (steep(delta, r) - 1.0) ** 2 / steep(delta, r),
    lambda g, _ans, delta, r: g * r / steep(delta, r),
)

EXPREL_TERMS = [1.0 / (math.factorial(k) * (k + 2)) for k in range(19, -1, -1)]


def exprel_slope(x: Array) -> Array:
    """Return the derivative of ``(exp(x) - 1) / x``; near 0 by its series, exact at all orders."""
    near = np.abs(x) < 1.0
    small, large = np.where(near, x, 0.0), np.where(near, 1.0, x)
    series: Array = 0.0 * small
    for term in EXPREL_TERMS:
        series = series * small + term
    return np.where(near, series, (np.exp(large) - exprel(large)) / large)


exprel = elementwise(sp.exprel, lambda g, _ans, x: g * exprel_slope(x))


@composite(sp.boxcox)
def boxcox(x: Array, lmbda: Array) -> Array:
    """Return the power transform ``(x**lmbda - 1) / lmbda``, which is the logarithm at 0."""
    return exprel(asarray(lmbda) * np.log(x)) * np.log(x)


@composite(sp.boxcox1p)
def boxcox1p(x: Array, lmbda: Array) -> Array:
    """Return the power transform of ``1 + x``."""
    return exprel(asarray(lmbda) * np.log1p(x)) * np.log1p(x)


def log1p_share(x: Array) -> Array:
    """Return ``log(1 + x) / x``; near 0 by its series, exact at all orders."""
    near = np.abs(x) < 0.1
    small, large = np.where(near, x, 0.0), np.where(near, 1.0, x)
    series: Array = 0.0 * small
    for k in range(18, 0, -1):
        series = 1.0 / k - series * small
    return np.where(near, series, np.log1p(large) / large)


@composite(sp.inv_boxcox)
def inv_boxcox(y: Array, lmbda: Array) -> Array:
    """Return the inverse of boxcox."""
    return np.exp(y * log1p_share(lmbda * y))


@composite(sp.inv_boxcox1p)
def inv_boxcox1p(y: Array, lmbda: Array) -> Array:
    """Return the inverse of boxcox1p."""
    return np.expm1(y * log1p_share(lmbda * y))


powm1 = elementwise(
    sp.powm1,
    lambda g, _ans, x, y: g * y * np.power(x, y - 1.0),
    lambda g, _ans, x, y: g * np.power(x, y) * np.log(nonzero(x)),
)
