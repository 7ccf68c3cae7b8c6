"""The gamma function, its logarithm, its derivatives, and the incomplete gamma functions with their inverses.

The incomplete functions have derivatives with respect to the parameter ``a`` too, from an integral of one sign.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special as sp

from easygrad.core import Array, Rule, stop_gradient
from easygrad.primitives import elementwise
from easygrad.rules.composition import composite
from easygrad.rules.constants import constant
from easygrad.rules.shaping import asarray
from easygrad.scipy.namespace import unknown
from easygrad.scipy.special.quadrature import integral

STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400]
SHIFT = 20
HALF_LOG_TWO_PI = 0.5 * math.log(2.0 * math.pi)

# Gamma and its logarithm


def reflected(x: Array) -> Array:
    """Return the slope of 1 / gamma from ``sin(pi x) gamma(1 - x) / pi`` (DLMF 5.5.3), which has no poles at x < 1."""
    return gamma(1.0 - x) * (np.cos(np.pi * x) - np.sin(np.pi * x) / np.pi * digamma(1.0 - x))


def rgamma_slope(ans: Array, x: Array) -> Array:
    """Return the derivative of 1 / gamma, also at its zeros 0, -1, ..."""
    if x.dtype.kind == "c":
        return -ans * digamma(x)
    below = x < 0.5
    return np.where(below, reflected(np.where(below, x, 0.0)), -ans * digamma(np.where(below, 1.0, x)))


gammasgn = constant(sp.gammasgn)
gamma = elementwise(sp.gamma, lambda g, ans, x: g * ans * digamma(x))
gammaln = elementwise(sp.gammaln, lambda g, _ans, x: g * digamma(x))
loggamma = elementwise(sp.loggamma, lambda g, _ans, x: g * digamma(x))
rgamma = elementwise(sp.rgamma, lambda g, ans, x: g * rgamma_slope(ans, x))


def polygamma_of(n: Array, x: Array) -> Array:
    """Return the derivative of order ``n`` of digamma, in the precision of ``x``.

    Where SciPy's sum does not serve, for negative ``x``, by the recurrence of DLMF 5.15.5.
    """
    n, x = np.asarray(n), np.asarray(x)
    dtype = x.dtype if x.dtype.kind == "f" else np.dtype(float)
    steps = np.where(x < 0, np.ceil(-x), 0.0)
    ans = sp.polygamma(n, x + steps)
    sign = np.where(n % 2 == 0, -1.0, 1.0) * sp.gamma(n + 1.0)
    for k in range(int(np.max(steps, initial=0))):
        with np.errstate(divide="ignore"):
            ans = ans + np.where(k < steps, sign / np.where(k < steps, x + k, 1.0) ** (n + 1.0), 0.0)
    return np.asarray(ans, dtype)[()]


polygamma: Rule = elementwise(
    polygamma_of,
    unknown("scipy.special.polygamma", "n", "It is an order of differentiation. "),
    lambda g, _ans, n, x: g * polygamma(n + 1, x),
    name="polygamma",
)
digamma: Rule = elementwise(
    sp.digamma, lambda g, _ans, x: g * (polygamma(1, x) if x.dtype.kind != "c" else zeta_slope_of_complex())
)


def zeta_slope_of_complex() -> Array:
    """Refuse: SciPy has no trigamma function of complex numbers."""
    raise NotImplementedError(
        "scipy.special.digamma: no derivative at complex numbers, as SciPy has no polygamma function of them."
    )


zeta: Rule = elementwise(
    sp.zeta,
    unknown("scipy.special.zeta", "x", "With respect to q there is one. "),
    lambda g, _ans, x, q: -g * x * zeta(x + 1.0, q),
)
poch = elementwise(
    sp.poch,
    lambda g, ans, z, m: g * ans * (digamma(z + m) - digamma(z)),
    lambda g, ans, z, m: g * ans * digamma(z + m),
)


@composite(sp.multigammaln)
def multigammaln(a: Array, d: int) -> Array:
    """Return the logarithm of the gamma function of matrices."""
    steps = np.arange(stop_gradient(d)) / 2.0
    total = np.sum(gammaln(asarray(a)[..., None] - steps), axis=-1)
    return total + float(d * (d - 1)) * 0.25 * math.log(math.pi)


@composite(sp.factorial)
def factorial(n: Array, exact: bool = False, **options: Any) -> Array:
    """Return ``gamma(n + 1)``, 0 below 0."""
    if exact or options.get("extend", "zero") != "zero":
        raise TypeError("scipy.special.factorial: a traced n takes exact=False and extend='zero' only.")
    return np.where(n < 0, 0.0, gamma(np.where(n < 0, 0.0, n) + 1.0))


# The incomplete gamma functions, with respect to both arguments


def stirling_error(a: Array) -> Array:
    """Return ``log gamma(a + 1) - (a + 1/2) log a + a - log(2 pi) / 2``, by DLMF 5.11.1 above 16."""
    large = a > 16.0
    b, c = np.where(large, a, 32.0), np.where(large, 1.0, a)
    series: Array = 0.0
    for term in reversed(STIRLING):
        series = series / (b * b) + term
    return np.where(large, series / b, gammaln(c + 1.0) - (c + 0.5) * np.log(c) + c - HALF_LOG_TWO_PI)


def gamma_mass(a: Array, x: Array) -> Array:
    """Return ``x**a exp(-x) / gamma(a + 1)``; where both are large without the cancellation of its factors.

    The exponent is put in terms of ``x / a - 1`` (Loader, Fast and accurate computation of binomial probabilities,
    2000). The relative error is a few roundings times the exponent that is left.
    """
    off = (x - a) / a
    large = (a > 1.0) & (np.abs(off) < 0.5)
    b, y, c = np.where(large, a, 2.0), np.where(large, off, 0.0), np.where(large, 1.0, a)
    near = np.exp(-b * (y - np.log1p(y)) - stirling_error(b) - HALF_LOG_TWO_PI) / np.sqrt(b)
    far = np.exp(sp.xlogy(c, np.where(large, 1.0, x)) - np.where(large, 1.0, x) - gammaln(c + 1.0))
    return np.where(large, near, far)


def gammainc_by_a(a: Array, x: Array) -> Array:
    """Return the derivative of the lower regularised incomplete gamma function by its parameter.

    With the density p of a gamma variate it is the integral of ``(log t - digamma(a)) p(t)`` over (0, x), and also
    minus that over (x, inf); the smaller one is taken, whose integrand has one sign. Over (0, x) the parameter
    first goes up by 20, by the derivative of the recurrence DLMF 8.8.5, whose terms have that sign too. For ``a`` and
    ``x`` from 0.001 to 1000 the relative error is below 1e-13, as measured by ``tests/scipy/accuracy.py``.
    """
    a, x = np.broadcast_arrays(asarray(a), asarray(x))
    inner = (stop_gradient(x) > 0) & np.isfinite(stop_gradient(x))
    x = np.where(inner, x, 1.0)
    lower = np.log(stop_gradient(x)) < sp.digamma(stop_gradient(a) + 1.0)
    side, b = np.where(lower, 1.0, -1.0), a + np.where(lower, SHIFT, 0.0)
    total = steps_up(np.where(lower, a, 1.0), np.where(lower, x, 1.0)) if np.any(lower) else 0.0
    wide_x, wide_b, wide_side = x[..., None], b[..., None], side[..., None]
    start = (np.log(x) - digamma(b))[..., None]
    rest = integral(
        lambda u: -wide_side * wide_b * u - wide_x * np.expm1(-wide_side * u),
        lambda u: wide_side * start - u,
        x.shape,
    )
    return np.where(inner, np.where(lower, total, 0.0) + gamma_mass(b, x) * b * rest, 0.0)


def steps_up(a: Array, x: Array) -> Array:
    """Return what the derivative by ``a`` loses when ``a`` grows by 20."""
    mass, slope = gamma_mass(a, x), np.log(x) - digamma(a + 1.0)
    total = mass * slope
    for k in range(1, SHIFT):
        mass, slope = mass * x / (a + float(k)), slope - 1.0 / (a + float(k))
        total = total + mass * slope
    return total


def gamma_density(a: Array, x: Array) -> Array:
    """Return ``x**(a - 1) exp(-x) / gamma(a)``."""
    inside = x > 0
    y, edge = np.where(inside, x, 1.0), np.where(inside, 1.0, x)
    at_edge = np.exp(sp.xlogy(a - 1.0, edge) - edge - gammaln(a))
    return np.where(inside, gamma_mass(a, y) * a / y, at_edge)


gammainc: Rule = elementwise(
    sp.gammainc,
    lambda g, _ans, a, x: g * gammainc_by_a(a, x),
    lambda g, _ans, a, x: g * gamma_density(a, x),
)
gammaincc: Rule = elementwise(
    sp.gammaincc,
    lambda g, _ans, a, x: -g * gammainc_by_a(a, x),
    lambda g, _ans, a, x: -g * gamma_density(a, x),
)
gammaincinv: Rule = elementwise(
    sp.gammaincinv,
    lambda g, _ans, a, y: -g * gammainc_by_a(a, gammaincinv(a, y)) / gamma_density(a, gammaincinv(a, y)),
    lambda g, _ans, a, y: g / gamma_density(a, gammaincinv(a, y)),
)
gammainccinv: Rule = elementwise(
    sp.gammainccinv,
    lambda g, _ans, a, y: -g * gammainc_by_a(a, gammainccinv(a, y)) / gamma_density(a, gammainccinv(a, y)),
    lambda g, _ans, a, y: -g / gamma_density(a, gammainccinv(a, y)),
)
psi = digamma
