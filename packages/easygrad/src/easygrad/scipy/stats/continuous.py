"""Continuous distributions, by the functions of their standard variable ``z`` and their shapes.

To add one, give SciPy's distribution, ``logpdf``, ``cdf`` and, where they are better than ``1 - cdf`` and ``log(cdf)``,
``sf``, ``logcdf``, ``logsf``; ``ppf`` where there is a formula; and the ends of the support if it has any.
"""

from __future__ import annotations

import math

import numpy as np
import scipy.stats

from easygrad.core import Array
from easygrad.scipy.special.betas import betainc, betaincc, betaincinv, betaln
from easygrad.scipy.special.distributions import stdtr
from easygrad.scipy.special.entropies import expit, log_expit, logit, xlog1py, xlogy
from easygrad.scipy.special.error_functions import erfc, log_ndtr, ndtr, ndtri, owens_t
from easygrad.scipy.special.gammas import gammainc, gammaincc, gammaincinv, gammaln
from easygrad.scipy.stats.families import Continuous

HALF_LOG_TWO_PI = 0.5 * math.log(2.0 * math.pi)
LOG_TWO = math.log(2.0)


def normal_logpdf(z: Array) -> Array:
    """Return the logarithm of the standard normal density."""
    return -0.5 * z * z - HALF_LOG_TWO_PI


def log1mexp(x: Array) -> Array:
    """Return ``log(1 - exp(-x))`` for positive x, without cancellation at either end."""
    near = x < LOG_TWO
    small, large = np.where(near, x, 1.0), np.where(near, 1.0, x)
    return np.where(near, np.log(-np.expm1(-small)), np.log1p(-np.exp(-large)))


norm = Continuous(
    scipy.stats.norm,
    {
        "logpdf": normal_logpdf,
        "cdf": ndtr,
        "sf": lambda z: ndtr(-z),
        "logcdf": log_ndtr,
        "logsf": lambda z: log_ndtr(-z),
        "ppf": ndtri,
        "isf": lambda q: -ndtri(q),
    },
)
halfnorm = Continuous(
    scipy.stats.halfnorm,
    {
        "logpdf": lambda z: normal_logpdf(z) + LOG_TWO,
        "cdf": lambda z: 1.0 - erfc(z / math.sqrt(2.0)),
        "sf": lambda z: erfc(z / math.sqrt(2.0)),
        "logsf": lambda z: log_ndtr(-z) + LOG_TWO,
    },
    0.0,
)
lognorm = Continuous(
    scipy.stats.lognorm,
    {
        "logpdf": lambda z, s: normal_logpdf(np.log(z) / s) - np.log(s * z),
        "cdf": lambda z, s: ndtr(np.log(z) / s),
        "sf": lambda z, s: ndtr(-np.log(z) / s),
        "logcdf": lambda z, s: log_ndtr(np.log(z) / s),
        "logsf": lambda z, s: log_ndtr(-np.log(z) / s),
        "ppf": lambda q, s: np.exp(s * ndtri(q)),
    },
    math.ulp(0.0),
)
skewnorm = Continuous(
    scipy.stats.skewnorm,
    {
        "logpdf": lambda z, a: LOG_TWO + normal_logpdf(z) + log_ndtr(a * z),
        "cdf": lambda z, a: ndtr(z) - 2.0 * owens_t(z, a),
        "sf": lambda z, a: ndtr(-z) + 2.0 * owens_t(z, a),
    },
)
t = Continuous(
    scipy.stats.t,
    {
        "logpdf": lambda z, df: -0.5 * (df + 1.0) * np.log1p(z * z / df) - betaln(0.5 * df, 0.5) - 0.5 * np.log(df),
        "cdf": lambda z, df: stdtr(df, z),
        "sf": lambda z, df: stdtr(df, -z),
    },
)
cauchy = Continuous(
    scipy.stats.cauchy,
    {
        "logpdf": lambda z: -np.log1p(z * z) - math.log(math.pi),
        "cdf": lambda z: np.arctan2(1.0, -z) / math.pi,
        "sf": lambda z: np.arctan2(1.0, z) / math.pi,
        "ppf": lambda q: -1.0 / np.tan(math.pi * q),
    },
)
gamma = Continuous(
    scipy.stats.gamma,
    {
        "logpdf": lambda z, a: xlogy(a - 1.0, z) - z - gammaln(a),
        "cdf": lambda z, a: gammainc(a, z),
        "sf": lambda z, a: gammaincc(a, z),
        "ppf": lambda q, a: gammaincinv(a, q),
    },
    0.0,
)
chi2 = Continuous(
    scipy.stats.chi2,
    {
        "logpdf": lambda z, df: xlogy(0.5 * df - 1.0, z) - 0.5 * z - gammaln(0.5 * df) - 0.5 * df * LOG_TWO,
        "cdf": lambda z, df: gammainc(0.5 * df, 0.5 * z),
        "sf": lambda z, df: gammaincc(0.5 * df, 0.5 * z),
        "ppf": lambda q, df: 2.0 * gammaincinv(0.5 * df, q),
    },
    0.0,
)
invgamma = Continuous(
    scipy.stats.invgamma,
    {
        "logpdf": lambda z, a: -(a + 1.0) * np.log(z) - 1.0 / z - gammaln(a),
        "cdf": lambda z, a: gammaincc(a, 1.0 / z),
        "sf": lambda z, a: gammainc(a, 1.0 / z),
    },
    math.ulp(0.0),
)
beta = Continuous(
    scipy.stats.beta,
    {
        "logpdf": lambda z, a, b: xlogy(a - 1.0, z) + xlog1py(b - 1.0, -z) - betaln(a, b),
        "cdf": lambda z, a, b: betainc(a, b, z),
        "sf": lambda z, a, b: betaincc(a, b, z),
        "ppf": lambda q, a, b: betaincinv(a, b, q),
    },
    0.0,
    1.0,
)


def ratio_logpdf(z: Array, d: Array, e: Array) -> Array:
    """Return the logarithm of the density of the F distribution."""
    scaled = d * z / e
    return xlogy(0.5 * d - 1.0, scaled) - 0.5 * (d + e) * np.log1p(scaled) + np.log(d / e) - betaln(0.5 * d, 0.5 * e)


f = Continuous(
    scipy.stats.f,
    {
        "logpdf": ratio_logpdf,
        "cdf": lambda z, d, e: betainc(0.5 * d, 0.5 * e, d * z / (d * z + e)),
        "sf": lambda z, d, e: betainc(0.5 * e, 0.5 * d, e / (d * z + e)),
    },
    0.0,
)
expon = Continuous(
    scipy.stats.expon,
    {
        "logpdf": lambda z: -z,
        "cdf": lambda z: -np.expm1(-z),
        "sf": lambda z: np.exp(-z),
        "logcdf": log1mexp,
        "logsf": lambda z: -z,
        "ppf": lambda q: -np.log1p(-q),
        "isf": lambda q: -np.log(q),
    },
    0.0,
)
weibull_min = Continuous(
    scipy.stats.weibull_min,
    {
        "logpdf": lambda z, c: np.log(c) + xlogy(c - 1.0, z) - z**c,
        "cdf": lambda z, c: -np.expm1(-(z**c)),
        "sf": lambda z, c: np.exp(-(z**c)),
        "logcdf": lambda z, c: log1mexp(z**c),
        "logsf": lambda z, c: -(z**c),
        "ppf": lambda q, c: (-np.log1p(-q)) ** (1.0 / c),
        "isf": lambda q, c: (-np.log(q)) ** (1.0 / c),
    },
    0.0,
)
rayleigh = Continuous(
    scipy.stats.rayleigh,
    {
        "logpdf": lambda z: np.log(z) - 0.5 * z * z,
        "cdf": lambda z: -np.expm1(-0.5 * z * z),
        "sf": lambda z: np.exp(-0.5 * z * z),
        "logsf": lambda z: -0.5 * z * z,
    },
    0.0,
)


def laplace_tail(z: Array) -> Array:
    """Return the smaller of the two tails."""
    return 0.5 * np.exp(-np.abs(z))


def laplace_logcdf(z: Array) -> Array:
    """Return the logarithm of the distribution function, linear below 0."""
    below = z < 0
    return np.where(below, np.where(below, z, 0.0) - LOG_TWO, np.log1p(-laplace_tail(np.where(below, 0.0, z))))


laplace = Continuous(
    scipy.stats.laplace,
    {
        "logpdf": lambda z: -np.abs(z) - LOG_TWO,
        "cdf": lambda z: np.where(z < 0, laplace_tail(z), 1.0 - laplace_tail(z)),
        "sf": lambda z: np.where(z > 0, laplace_tail(z), 1.0 - laplace_tail(z)),
        "logcdf": laplace_logcdf,
        "logsf": lambda z: laplace_logcdf(-z),
    },
)
logistic = Continuous(
    scipy.stats.logistic,
    {
        "logpdf": lambda z: log_expit(z) + log_expit(-z),
        "cdf": expit,
        "sf": lambda z: expit(-z),
        "logcdf": log_expit,
        "logsf": lambda z: log_expit(-z),
        "ppf": logit,
        "isf": lambda q: -logit(q),
    },
)
gumbel_r = Continuous(
    scipy.stats.gumbel_r,
    {
        "logpdf": lambda z: -z - np.exp(-z),
        "cdf": lambda z: np.exp(-np.exp(-z)),
        "sf": lambda z: -np.expm1(-np.exp(-z)),
        "logcdf": lambda z: -np.exp(-z),
        "logsf": lambda z: log1mexp(np.exp(-z)),
        "ppf": lambda q: -np.log(-np.log(q)),
    },
)
gumbel_l = Continuous(
    scipy.stats.gumbel_l,
    {
        "logpdf": lambda z: z - np.exp(z),
        "cdf": lambda z: -np.expm1(-np.exp(z)),
        "sf": lambda z: np.exp(-np.exp(z)),
        "logcdf": lambda z: log1mexp(np.exp(z)),
        "logsf": lambda z: -np.exp(z),
        "ppf": lambda q: np.log(-np.log1p(-q)),
    },
)
pareto = Continuous(
    scipy.stats.pareto,
    {
        "logpdf": lambda z, b: np.log(b) - (b + 1.0) * np.log(z),
        "cdf": lambda z, b: -np.expm1(-b * np.log(z)),
        "sf": lambda z, b: z**-b,
        "logcdf": lambda z, b: log1mexp(b * np.log(z)),
        "logsf": lambda z, b: -b * np.log(z),
    },
    1.0,
)
uniform = Continuous(
    scipy.stats.uniform,
    {
        "logpdf": lambda z: 0.0 * z,
        "cdf": lambda z: z,
        "sf": lambda z: 1.0 - z,
        "ppf": lambda q: q,
        "isf": lambda q: 1.0 - q,
    },
    0.0,
    1.0,
)
