"""Exponential, trigonometric and elliptic integrals, Lambert's function, hypergeometric functions, polynomials.

Hypergeometric functions, and polynomials of a degree, have derivatives with respect to their argument.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.special as sp

from easygrad.core import Array, Rule
from easygrad.primitives import elementwise
from easygrad.rules.composition import composite
from easygrad.scipy.namespace import unknown
from easygrad.scipy.special.entropies import exprel, log1p_share

EIGHTH = math.pi / 8.0

expi = elementwise(sp.expi, lambda g, _ans, x: g * np.exp(x) / x)
exp1 = elementwise(sp.exp1, lambda g, _ans, x: -g * np.exp(-x) / x)


def expn_slope(n: Array, x: Array) -> Array:
    """Return the derivative of expn by ``x`` (DLMF 8.19.13), minus that of order ``n - 1``."""
    zeroth = np.asarray(n) == 0
    return np.where(zeroth, -np.exp(-x) * (1.0 + x) / (x * x), -expn(np.where(zeroth, 1, n) - 1, x))


expn: Rule = elementwise(sp.expn, unknown("scipy.special.expn", "n"), lambda g, _ans, n, x: g * expn_slope(n, x))
spence = elementwise(
    sp.spence,
    lambda g, _ans, z: -g * (log1p_share(z - 1.0) if z.dtype.kind != "c" else np.log(z) / (z - 1.0)),
)
lambertw = elementwise(sp.lambertw, lambda g, ans, _z, k=0, tol=1e-8: g / (np.exp(ans) * (1.0 + ans)), None, None)
wrightomega = elementwise(sp.wrightomega, lambda g, ans, _z: g * ans / (1.0 + ans))

# Functions in pairs


def paired(fun: Any, first: Rule, second: Rule) -> Rule:
    """Return a function with two results, whose slopes are given, as a composite of two primitives."""
    one = elementwise(lambda x: fun(x)[0], lambda g, _ans, x: g * first(x), name=fun.__name__)
    other = elementwise(lambda x: fun(x)[1], lambda g, _ans, x: g * second(x), name=fun.__name__)
    return composite(fun)(lambda x: (one(x), other(x)))


sici = paired(sp.sici, lambda x: np.sinc(x / math.pi), lambda x: np.cos(x) / x)
shichi = paired(sp.shichi, lambda x: 0.5 * (exprel(x) + exprel(-x)), lambda x: np.cosh(x) / x)

# Hypergeometric functions, DLMF 15.5.1, 13.3.15, 13.3.22


def of_argument(fun: Any, names: Sequence[str], slope: Rule) -> Rule:
    """Return a function of parameters, named, and an argument by which ``slope`` is the derivative."""
    refused = [unknown(f"scipy.special.{fun.__name__}", name) for name in names]
    return elementwise(fun, *refused, lambda g, _ans, *args: g * slope(*args))


hyp2f1: Rule = of_argument(sp.hyp2f1, "abc", lambda a, b, c, z: a * b / c * hyp2f1(a + 1.0, b + 1.0, c + 1.0, z))
hyp1f1: Rule = of_argument(sp.hyp1f1, "ab", lambda a, b, x: a / b * hyp1f1(a + 1.0, b + 1.0, x))
hyp0f1: Rule = of_argument(sp.hyp0f1, "v", lambda v, z: hyp0f1(v + 1.0, z) / v)
hyperu: Rule = of_argument(sp.hyperu, "ab", lambda a, b, x: -a * hyperu(a + 1.0, b + 1.0, x))

# Elliptic integrals; as hypergeometric functions (DLMF 19.5.1, 19.5.2) their derivatives do not cancel at m = 0

ellipk = elementwise(sp.ellipk, lambda g, _ans, m: g * EIGHTH * hyp2f1(0.5, 0.5, 2.0, m) / (1.0 - m))
ellipkm1 = elementwise(sp.ellipkm1, lambda g, _ans, p: -g * EIGHTH * hyp2f1(0.5, 0.5, 2.0, 1.0 - p) / p)
ellipe = elementwise(sp.ellipe, lambda g, _ans, m: -g * EIGHTH * hyp2f1(0.5, 1.5, 2.0, m))
ellipkinc = elementwise(
    sp.ellipkinc,
    lambda g, _ans, phi, m: g / np.sqrt(1.0 - m * np.sin(phi) ** 2),
    unknown("scipy.special.ellipkinc", "m"),
)
ellipeinc = elementwise(
    sp.ellipeinc,
    lambda g, _ans, phi, m: g * np.sqrt(1.0 - m * np.sin(phi) ** 2),
    unknown("scipy.special.ellipeinc", "m"),
)

# Orthogonal polynomials, DLMF 18.9.15 to 18.9.26


def lower(fun: Rule, n: Array, *args: Any) -> Array:
    """Return the polynomial of the next lower degree, 0 below degree 0."""
    n = np.asarray(n)
    return np.where(n < 1, 0.0, fun(np.where(n < 1, 0, n - 1), *args))


eval_jacobi: Rule = of_argument(
    sp.eval_jacobi,
    ["n", "alpha", "beta"],
    lambda n, a, b, x: 0.5 * (n + a + b + 1.0) * lower(eval_jacobi, n, a + 1.0, b + 1.0, x),
)
eval_gegenbauer: Rule = of_argument(
    sp.eval_gegenbauer, ["n", "alpha"], lambda n, a, x: 2.0 * a * lower(eval_gegenbauer, n, a + 1.0, x)
)
eval_genlaguerre: Rule = of_argument(
    sp.eval_genlaguerre, ["n", "alpha"], lambda n, a, x: -lower(eval_genlaguerre, n, a + 1.0, x)
)
eval_legendre = of_argument(sp.eval_legendre, "n", lambda n, x: 0.5 * (n + 1.0) * lower(eval_jacobi, n, 1.0, 1.0, x))
eval_chebyu = of_argument(sp.eval_chebyu, "n", lambda n, x: 2.0 * lower(eval_gegenbauer, n, 2.0, x))
eval_chebyt = of_argument(sp.eval_chebyt, "n", lambda n, x: n * lower(eval_chebyu, n, x))
eval_laguerre = of_argument(sp.eval_laguerre, "n", lambda n, x: -lower(eval_genlaguerre, n, 1.0, x))
eval_hermite: Rule = of_argument(sp.eval_hermite, "n", lambda n, x: 2.0 * n * lower(eval_hermite, n, x))
eval_hermitenorm: Rule = of_argument(sp.eval_hermitenorm, "n", lambda n, x: n * lower(eval_hermitenorm, n, x))
