"""Discrete distributions, by the functions of the number ``k`` and their shapes.

To add one, give SciPy's distribution, ``logpmf``, ``cdf``, ``sf``, and the ends of the support; an end may be a
function of the shapes.
"""

from __future__ import annotations

import numpy as np
import scipy.stats

from easygrad.core import Array
from easygrad.scipy.special.betas import betainc, betaincc
from easygrad.scipy.special.entropies import xlog1py, xlogy
from easygrad.scipy.special.gammas import gammainc, gammaincc, gammaln
from easygrad.scipy.stats.families import Discrete


def log_choices(n: Array, k: Array) -> Array:
    """Return the logarithm of the binomial coefficient."""
    return gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)


poisson = Discrete(
    scipy.stats.poisson,
    {
        "logpmf": lambda k, mu: xlogy(k, mu) - gammaln(k + 1.0) - mu,
        "cdf": lambda k, mu: gammaincc(k + 1.0, mu),
        "sf": lambda k, mu: gammainc(k + 1.0, mu),
    },
    0.0,
)
binom = Discrete(
    scipy.stats.binom,
    {
        "logpmf": lambda k, n, p: log_choices(n, k) + xlogy(k, p) + xlog1py(n - k, -p),
        "cdf": lambda k, n, p: betaincc(k + 1.0, n - k, p),
        "sf": lambda k, n, p: betainc(k + 1.0, n - k, p),
    },
    0.0,
    lambda n, p: n,
)
bernoulli = Discrete(
    scipy.stats.bernoulli,
    {
        "logpmf": lambda k, p: xlogy(k, p) + xlog1py(1.0 - k, -p),
        "cdf": lambda k, p: 1.0 - p + 0.0 * k,
        "sf": lambda k, p: p + 0.0 * k,
    },
    0.0,
    1.0,
)
nbinom = Discrete(
    scipy.stats.nbinom,
    {
        "logpmf": lambda k, n, p: gammaln(n + k) - gammaln(k + 1.0) - gammaln(n) + n * np.log(p) + xlog1py(k, -p),
        "cdf": lambda k, n, p: betainc(n, k + 1.0, p),
        "sf": lambda k, n, p: betaincc(n, k + 1.0, p),
    },
    0.0,
)
geom = Discrete(
    scipy.stats.geom,
    {
        "logpmf": lambda k, p: xlog1py(k - 1.0, -p) + np.log(p),
        "cdf": lambda k, p: -np.expm1(k * np.log1p(-p)),
        "sf": lambda k, p: np.exp(k * np.log1p(-p)),
        "logsf": lambda k, p: k * np.log1p(-p),
    },
    1.0,
)
