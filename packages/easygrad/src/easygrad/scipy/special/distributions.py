"""The distribution functions of ``scipy.special``, in terms of the incomplete gamma and beta functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from easygrad.core import Array, Rule
from easygrad.primitives import elementwise
from easygrad.rules.composition import composite
from easygrad.rules.shaping import asarray
from easygrad.scipy.special.betas import beta_mass, betainc, betainc_by_a, betaincc, betaln
from easygrad.scipy.special.gammas import digamma, gammainc, gammaincc, gammainccinv


def defined(fun: Any, made: Rule) -> Rule:
    """Return a distribution function as what it is made of."""
    return composite(fun)(lambda *args: made(*map(asarray, args)))


chdtr = defined(sp.chdtr, lambda v, x: gammainc(0.5 * v, 0.5 * x))
chdtrc = defined(sp.chdtrc, lambda v, x: gammaincc(0.5 * v, 0.5 * x))
chdtri = defined(sp.chdtri, lambda v, p: 2.0 * gammainccinv(0.5 * v, p))
gdtr = defined(sp.gdtr, lambda a, b, x: gammainc(b, a * x))
gdtrc = defined(sp.gdtrc, lambda a, b, x: gammaincc(b, a * x))
pdtr = defined(sp.pdtr, lambda k, m: gammaincc(np.floor(k) + 1.0, m))
pdtrc = defined(sp.pdtrc, lambda k, m: gammainc(np.floor(k) + 1.0, m))
bdtr = defined(sp.bdtr, lambda k, n, p: betaincc(np.floor(k) + 1.0, n - np.floor(k), p))
bdtrc = defined(sp.bdtrc, lambda k, n, p: betainc(np.floor(k) + 1.0, n - np.floor(k), p))
nbdtr = defined(sp.nbdtr, lambda k, n, p: betainc(n + 0.0, k + 1.0, p))
nbdtrc = defined(sp.nbdtrc, lambda k, n, p: betaincc(n + 0.0, k + 1.0, p))
fdtr = defined(sp.fdtr, lambda d, e, x: betainc(0.5 * d, 0.5 * e, d * x / (d * x + e)))
fdtrc = defined(sp.fdtrc, lambda d, e, x: betainc(0.5 * e, 0.5 * d, e / (d * x + e)))


def student_density(df: Array, t: Array) -> Array:
    """Return the density of Student's distribution."""
    return np.exp(-0.5 * (df + 1.0) * np.log1p(t * t / df) - betaln(0.5 * df, 0.5)) / np.sqrt(df)


def stdtr_by_df(df: Array, t: Array) -> Array:
    """Return the derivative of Student's distribution function by its degrees of freedom.

    Below 0 that function is ``betainc(df / 2, 1 / 2, df / (df + t**2)) / 2``. The two terms nearly cancel where ``df``
    is large: up to 1000 the relative error is below 1e-9, as measured by ``tests/scipy/accuracy.py``.
    """
    middle = t == 0
    u = np.where(middle, 1.0, t)
    whole, a = df + u * u, 0.5 * df
    x, y = df / whole, u * u / whole
    moved = beta_mass(a, 0.5 + 0.0 * y, x, y) / df
    slope = student_density(df, 0.0) * 0.5 * (digamma(a + 0.5) - digamma(a) - 1.0 / df)  # of the density at 0
    return np.where(middle, t * slope, -0.5 * np.sign(u) * (0.5 * betainc_by_a(a, 0.5, x, y) + moved))


stdtr = elementwise(
    sp.stdtr,
    lambda g, _ans, df, t: g * stdtr_by_df(df, t),
    lambda g, _ans, df, t: g * student_density(df, t),
)
