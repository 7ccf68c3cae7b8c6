"""The worst errors of the special functions' derivatives against mpmath, over the range that is stated for each.

``python packages/easygrad/tests/scipy/accuracy.py`` prints the table; ``test_special_accuracy.py`` holds the bounds. An
error is relative to ``|f'| + |x f''|``: near a zero of the derivative the rounding of x itself is as large.

To add a function, write a row: a range for each argument (logarithmic where both ends are positive), the function of
an mpmath context, the bound.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
import scipy.special as sp

from easygrad import deriv, grad
from easygrad.scipy import special

DIGITS = 120
STEP = 10.0**-28
TINY = 1e-50  # derivatives below are not asked about: beside functions near 1 the truth has too few digits for them


@dataclass(frozen=True)
class Row:
    """A function with constant first arguments, the ranges of the others, its truth, and the bounds of the errors."""

    name: str
    ranges: Sequence[tuple[float, float]]
    truth: Callable[..., Any]
    bound: float
    fixed: Sequence[float] = ()
    second_bound: float = 1e-11
    call: Callable[..., Any] = lambda function, *args: function(*args)

    def points(self, number: int) -> Any:
        """Return points of the ranges."""
        share = np.random.default_rng(7).uniform(size=(number, len(self.ranges)))
        columns = [
            low * (high / low) ** u if low > 0 else low + (high - low) * u
            for (low, high), u in zip(self.ranges, share.T, strict=True)
        ]
        return np.stack(columns, axis=1)


def truth_of(row: Row, point: Any, place: int) -> tuple[Any, Any]:
    """Return the first and second derivative by one argument, from differences of numbers of many digits."""
    context = mpmath.MPContext()
    context.dps = DIGITS
    args = [context.mpf(float(x)) for x in point]
    h = abs(args[place]) * context.mpf(STEP)

    def at(steps: int) -> Any:
        moved = [x + steps * h if i == place else x for i, x in enumerate(args)]
        return context.re(row.truth(context, *map(context.mpf, row.fixed), *moved))

    ahead, here, behind = at(1), at(0), at(-1)
    return (ahead - behind) / (2 * h), (ahead - 2 * here + behind) / h**2


def errors(row: Row, point: Any, place: int) -> tuple[float, float]:
    """Return the relative errors of the first derivative, in the worse of the two modes, and of the second."""
    function = getattr(special, row.name)

    def of_one(x: Any) -> Any:
        return row.call(function, *row.fixed, *point[:place], x, *point[place + 1 :])

    x, (first, second) = float(point[place]), truth_of(row, point, place)
    if abs(first) < TINY:
        return 0.0, 0.0
    scale = abs(first) + abs(x * second)
    worst = max(abs(mode(of_one)(x) - first) for mode in (grad, deriv)) / scale
    curvature = abs(grad(grad(of_one))(x) - second) / (abs(second) + abs(first / x))
    return float(worst), float(curvature)


def worst_errors(row: Row, number: int) -> list[tuple[float, float]]:
    """Return the worst errors by each argument."""
    found = []
    for place in range(len(row.ranges)):
        pairs = [errors(row, point, place) for point in row.points(number)]
        found.append((max(first for first, _ in pairs), max(second for _, second in pairs)))
    return found


def lower_gamma(c: Any, a: Any, x: Any) -> Any:
    """Return the lower regularised incomplete gamma function, less 1 where it is near 1."""
    return c.gammainc(a, 0, x, regularized=True) if x < a else -c.gammainc(a, x, c.inf, regularized=True)


def lower_beta(c: Any, a: Any, b: Any, x: Any) -> Any:
    """Return the regularised incomplete beta function, less 1 where it is near 1."""
    low = x * (a + b) < a
    return c.betainc(a, b, 0, x, regularized=True) if low else -c.betainc(a, b, x, 1, regularized=True)


def newton(start: float, function: Callable[[Any], Any], slope: Callable[[Any], Any], level: Any) -> Any:
    """Return where a function has a level, from where it has that in double precision."""
    x = level.context.mpf(float(start))
    for _ in range(4):
        x = x - (function(x) - level) / slope(x)
    return x


def inverse_gamma(c: Any, a: Any, y: Any) -> Any:
    """Return where the lower regularised incomplete gamma function is ``y``."""
    return newton(
        sp.gammaincinv(float(a), float(y)),
        lambda x: c.gammainc(a, 0, x, regularized=True),
        lambda x: c.exp((a - 1) * c.log(x) - x - c.loggamma(a)),
        y,
    )


def inverse_beta(c: Any, a: Any, b: Any, y: Any) -> Any:
    """Return where the regularised incomplete beta function is ``y``."""
    return newton(
        sp.betaincinv(float(a), float(b), float(y)),
        lambda x: c.betainc(a, b, 0, x, regularized=True),
        lambda x: x ** (a - 1) * (1 - x) ** (b - 1) / c.beta(a, b),
        y,
    )


def spherical(kind: str) -> Callable[..., Any]:
    """Return the spherical Bessel function to one of mpmath's."""
    return lambda c, n, x: c.sqrt(c.pi / (2 * x)) * getattr(c, kind)(n + c.mpf(1) / 2, x)


def faddeeva(c: Any, z: Any) -> Any:
    """Return the scaled complementary error function of complex numbers."""
    return c.exp(-z * z) * c.erfc(-1j * z)


def voigt(c: Any, x: Any, sigma: Any, gamma: Any) -> Any:
    """Return the convolution of a normal with a Cauchy density."""
    z = (x + 1j * gamma) / (sigma * c.sqrt(2))
    return c.re(faddeeva(c, z)) / (sigma * c.sqrt(2 * c.pi))


def multigamma(c: Any, a: Any) -> Any:
    """Return the logarithm of the gamma function of 3 x 3 matrices."""
    return c.mpf(3) / 2 * c.log(c.pi) + sum(c.loggamma(a - c.mpf(j) / 2) for j in range(3))


def part(place: int) -> Callable[..., Any]:
    """Return the call of a function with several results of which one is compared."""
    return lambda function, *args: function(*args)[place]


def real(function: Any, *args: Any) -> Any:
    """Return the real part of a complex result."""
    return np.real(function(*args))


def beside(function: Any, x: Any) -> Any:
    """Return the first result of a function of two numbers, the second of which is 0.3."""
    return np.atleast_1d(function(np.stack([x, 0.3])))[0]


WIDE, LINE, SHARE = (1e-3, 1e3), (-6.0, 6.0), (1e-3, 0.999)
SOME, WAVES, DEGREES, UNIT = (0.1, 10.0), (0.1, 50.0), (1.0, 89.0), (-0.99, 0.99)
ROWS = [
    Row("gamma", [(-5.0, 30.0)], lambda c, x: c.gamma(x), 1e-12),
    Row("gammaln", [(1e-3, 1e6)], lambda c, x: c.loggamma(x), 1e-13),
    Row("rgamma", [(-5.0, 30.0)], lambda c, x: c.rgamma(x), 1e-12),
    Row("digamma", [(1e-3, 1e6)], lambda c, x: c.digamma(x), 1e-13),
    Row("digamma", [(-5.0, 0.0)], lambda c, x: c.digamma(x), 1e-12),
    Row("polygamma", [(1e-3, 1e3)], lambda c, n, x: c.polygamma(int(n), x), 1e-13, [2.0]),
    Row("zeta", [(1e-3, 1e3)], lambda c, x, q: c.zeta(x, q), 1e-13, [2.5]),
    Row("gammainc", [WIDE, WIDE], lower_gamma, 1e-12),
    Row("gammaincc", [WIDE, WIDE], lambda c, a, x: -lower_gamma(c, a, x), 1e-12),
    Row("beta", [(1e-2, 1e2)] * 2, lambda c, a, b: c.beta(a, b), 1e-12),
    Row("betaln", [(1e-2, 1e4)] * 2, lambda c, a, b: c.log(c.beta(a, b)), 1e-9),
    Row("betainc", [WIDE, WIDE, (1e-6, 1 - 1e-6)], lower_beta, 1e-10),
    Row("betaincc", [WIDE, WIDE, (1e-6, 1 - 1e-6)], lambda c, *xs: -lower_beta(c, *xs), 1e-10),
    Row("erf", [LINE], lambda c, x: c.erf(x), 1e-13),
    Row("erfc", [LINE], lambda c, x: c.erfc(x), 1e-13),
    Row("erfcx", [(-5.0, 1e3)], lambda c, x: c.exp(x * x) * c.erfc(x), 1e-12),
    Row("erfinv", [(-0.999, 0.999)], lambda c, x: c.erfinv(x), 1e-13),
    Row("dawsn", [(-1e3, 1e3)], lambda c, x: c.exp(-x * x) * c.sqrt(c.pi) / 2 * c.erfi(x), 1e-12),
    Row("ndtr", [(-30.0, 8.0)], lambda c, x: c.erfc(-x / c.sqrt(2)) / 2, 1e-12),
    Row("log_ndtr", [(-1e3, 8.0)], lambda c, x: c.log(c.erfc(-x / c.sqrt(2)) / 2), 1e-12),
    Row("ndtri", [(1e-6, 0.999)], lambda c, x: c.sqrt(2) * c.erfinv(2 * x - 1), 1e-12),
    Row(
        "owens_t",
        [(-3.0, 3.0), (0.1, 2.0)],
        lambda c, h, a: c.quad(lambda t: c.exp(-h * h * (1 + t * t) / 2) / (1 + t * t), [0, a]) / (2 * c.pi),
        1e-12,
    ),
    Row("expit", [(-30.0, 30.0)], lambda c, x: 1 / (1 + c.exp(-x)), 1e-13),
    Row("log_expit", [(-30.0, 30.0)], lambda c, x: -c.log(1 + c.exp(-x)), 1e-13),
    Row("exprel", [(-30.0, 30.0)], lambda c, x: (c.exp(x) - 1) / x, 1e-12),
    Row("boxcox", [(1e-2, 1e2), (-3.0, 3.0)], lambda c, x, k: (x**k - 1) / k, 1e-12),
    Row("j0", [(0.1, 50.0)], lambda c, x: c.besselj(0, x), 1e-13),
    Row("j1", [(0.1, 50.0)], lambda c, x: c.besselj(1, x), 1e-13),
    Row("y0", [(0.1, 50.0)], lambda c, x: c.bessely(0, x), 1e-12),
    Row("iv", [(0.1, 50.0)], lambda c, v, x: c.besseli(v, x), 1e-13, [0.7]),
    Row("i0e", [(0.1, 50.0)], lambda c, x: c.exp(-x) * c.besseli(0, x), 1e-12),
    Row("i1e", [(0.1, 50.0)], lambda c, x: c.exp(-x) * c.besseli(1, x), 1e-12),
    Row("kv", [(0.01, 30.0), (0.01, 100.0)], lambda c, v, x: c.besselk(v, x), 1e-12),
    Row("kve", [(0.01, 30.0), (0.01, 100.0)], lambda c, v, x: c.exp(x) * c.besselk(v, x), 1e-12),
    Row("struve", [(0.1, 20.0)], lambda c, v, x: c.struveh(v, x), 1e-12, [0.7]),
    Row("expi", [(0.01, 50.0)], lambda c, x: c.ei(x), 1e-13),
    Row("exp1", [(0.01, 50.0)], lambda c, x: c.e1(x), 1e-13),
    Row("expn", [(0.01, 50.0)], lambda c, n, x: c.expint(n, x), 1e-12, [2.0]),
    Row("spence", [(0.01, 1.9)], lambda c, x: c.polylog(2, 1 - x), 1e-12),
    Row("ellipk", [(0.01, 0.99)], lambda c, m: c.ellipk(m), 1e-12),
    Row("ellipe", [(0.01, 0.99)], lambda c, m: c.ellipe(m), 1e-12),
    Row("hyp2f1", [(-0.9, 0.9)], lambda c, *xs: c.hyp2f1(*xs), 1e-11, [0.4, 1.3, 2.2]),
    Row("hyp1f1", [(-20.0, 20.0)], lambda c, *xs: c.hyp1f1(*xs), 1e-11, [0.4, 1.3]),
    Row(
        "stdtr",
        [(0.3, 1e3), LINE],
        lambda c, df, t: (1 if t > 0 else -1) * -lower_beta(c, df / 2, c.mpf(1) / 2, df / (df + t * t)) / 2,
        1e-9,
        second_bound=1e-9,
    ),
    Row("loggamma", [(1e-3, 1e6)], lambda c, x: c.loggamma(x), 1e-13),
    Row("psi", [(1e-3, 1e6)], lambda c, x: c.digamma(x), 1e-13),
    Row("factorial", [(0.1, 30.0)], lambda c, x: c.gamma(x + 1), 1e-12),
    Row("poch", [SOME, SOME], lambda c, z, m: c.rf(z, m), 1e-12),
    Row("multigammaln", [(1.1, 1e3)], multigamma, 1e-12, call=lambda f, a: f(a, 3)),
    Row("gammaincinv", [SOME, SHARE], inverse_gamma, 1e-11),
    Row("gammainccinv", [SOME, SHARE], lambda c, a, y: inverse_gamma(c, a, 1 - y), 1e-11),
    Row("betaincinv", [(0.5, 10.0)] * 2 + [SHARE], inverse_beta, 1e-10, second_bound=1e-9),
    Row(
        "betainccinv",
        [(0.5, 10.0)] * 2 + [SHARE],
        lambda c, a, b, y: inverse_beta(c, a, b, 1 - y),
        1e-10,
        second_bound=1e-9,
    ),
    Row("binom", [(1.0, 30.0), (0.1, 30.0)], lambda c, n, k: c.binomial(n, k), 1e-11),
    Row("erfi", [LINE], lambda c, x: c.erfi(x), 1e-13),
    Row("erfcinv", [(0.01, 1.99)], lambda c, x: c.erfinv(1 - x), 1e-12),
    Row("ndtri_exp", [(-30.0, -0.01)], lambda c, y: c.sqrt(2) * c.erfinv(2 * c.exp(y) - 1), 1e-12),
    Row("voigt_profile", [LINE, (0.3, 3.0), SOME], voigt, 1e-10, second_bound=1e-9),
    Row("wofz", [(-1e3, 1e3)], lambda c, x: c.im(faddeeva(c, x)), 1e-12, call=lambda f, x: np.imag(f(x + 0j))),
    Row("fresnel", [LINE], lambda c, x: c.fresnels(x), 1e-12, call=part(0)),
    Row("fresnel", [LINE], lambda c, x: c.fresnelc(x), 1e-12, call=part(1)),
    Row("bdtr", [SHARE], lambda c, k, n, p: lower_beta(c, n - k, k + 1, 1 - p), 1e-11, [2.0, 6.0]),
    Row("bdtrc", [SHARE], lambda c, k, n, p: lower_beta(c, k + 1, n - k, p), 1e-11, [2.0, 6.0]),
    Row("nbdtr", [SHARE], lambda c, k, n, p: lower_beta(c, n, k + 1, p), 1e-11, [2.0, 3.0]),
    Row("nbdtrc", [SHARE], lambda c, k, n, p: lower_beta(c, k + 1, n, 1 - p), 1e-11, [2.0, 3.0]),
    Row("pdtr", [SOME], lambda c, k, m: -lower_gamma(c, k + 1, m), 1e-11, [2.0]),
    Row("pdtrc", [SOME], lambda c, k, m: lower_gamma(c, k + 1, m), 1e-11, [2.0]),
    Row("chdtr", [SOME, SOME], lambda c, v, x: lower_gamma(c, v / 2, x / 2), 1e-11),
    Row("chdtrc", [SOME, SOME], lambda c, v, x: -lower_gamma(c, v / 2, x / 2), 1e-11),
    Row("chdtri", [SOME, SHARE], lambda c, v, p: 2 * inverse_gamma(c, v / 2, 1 - p), 1e-11),
    Row("gdtr", [SOME] * 3, lambda c, a, b, x: lower_gamma(c, b, a * x), 1e-11),
    Row("gdtrc", [SOME] * 3, lambda c, a, b, x: -lower_gamma(c, b, a * x), 1e-11),
    Row("fdtr", [SOME] * 3, lambda c, d, e, x: lower_beta(c, d / 2, e / 2, d * x / (d * x + e)), 1e-10),
    Row("fdtrc", [SOME] * 3, lambda c, d, e, x: -lower_beta(c, d / 2, e / 2, d * x / (d * x + e)), 1e-10),
    Row("logit", [SHARE], lambda c, x: c.log(x / (1 - x)), 1e-13),
    Row("softplus", [(-30.0, 30.0)], lambda c, x: c.log1p(c.exp(x)), 1e-13),
    Row("xlogy", [LINE, WIDE], lambda c, x, y: x * c.log(y), 1e-13),
    Row("xlog1py", [LINE, WIDE], lambda c, x, y: x * c.log1p(y), 1e-13),
    Row("entr", [WIDE], lambda c, x: -x * c.log(x), 1e-13),
    Row("rel_entr", [WIDE, WIDE], lambda c, x, y: x * c.log(x / y), 1e-12),
    Row("kl_div", [WIDE, WIDE], lambda c, x, y: x * c.log(x / y) - x + y, 1e-12),
    Row("huber", [SOME, LINE], lambda c, d, r: r * r / 2 if abs(r) < d else d * (abs(r) - d / 2), 1e-13),
    Row("pseudo_huber", [SOME, LINE], lambda c, d, r: d * d * (c.sqrt(1 + (r / d) ** 2) - 1), 1e-12),
    Row("boxcox1p", [(1e-2, 1e2), (-3.0, 3.0)], lambda c, x, k: ((1 + x) ** k - 1) / k, 1e-12),
    Row("inv_boxcox", [SOME, SOME], lambda c, x, k: (1 + k * x) ** (1 / k), 1e-12),
    Row("inv_boxcox1p", [SOME, SOME], lambda c, x, k: (1 + k * x) ** (1 / k) - 1, 1e-12),
    Row("powm1", [SOME, LINE], lambda c, x, y: x**y - 1, 1e-12),
    Row("expm1", [(-30.0, 30.0)], lambda c, x: c.expm1(x), 1e-13),
    Row("log1p", [WIDE], lambda c, x: c.log1p(x), 1e-13),
    Row("exp2", [(-30.0, 30.0)], lambda c, x: c.mpf(2) ** x, 1e-13),
    Row("exp10", [(-30.0, 30.0)], lambda c, x: c.mpf(10) ** x, 1e-13),
    Row("cbrt", [WIDE], lambda c, x: c.cbrt(x), 1e-13),
    Row("cosm1", [LINE], lambda c, x: c.cos(x) - 1, 1e-13),
    Row("sindg", [DEGREES], lambda c, x: c.sin(x * c.pi / 180), 1e-13),
    Row("cosdg", [DEGREES], lambda c, x: c.cos(x * c.pi / 180), 1e-13),
    Row("tandg", [DEGREES], lambda c, x: c.tan(x * c.pi / 180), 1e-13),
    Row("cotdg", [DEGREES], lambda c, x: c.cot(x * c.pi / 180), 1e-13),
    Row("logsumexp", [LINE], lambda c, x: c.log(c.exp(x) + c.exp(0.3)), 1e-13, call=beside),
    Row("softmax", [LINE], lambda c, x: c.exp(x) / (c.exp(x) + c.exp(0.3)), 1e-13, call=beside),
    Row("log_softmax", [LINE], lambda c, x: x - c.log(c.exp(x) + c.exp(0.3)), 1e-13, call=beside),
    Row("jn", [WAVES], lambda c, n, x: c.besselj(n, x), 1e-12, [2.0]),
    Row("jv", [WAVES], lambda c, n, x: c.besselj(n, x), 1e-12, [0.7]),
    Row("jve", [WAVES], lambda c, n, x: c.besselj(n, x), 1e-12, [0.7]),
    Row("jvp", [WAVES], lambda c, n, x: c.besselj(n, x, derivative=1), 1e-12, [0.7]),
    Row("y1", [WAVES], lambda c, x: c.bessely(1, x), 1e-12),
    Row("yn", [WAVES], lambda c, n, x: c.bessely(n, x), 1e-12, [2.0], call=lambda f, n, x: f(int(n), x)),
    Row("yv", [WAVES], lambda c, n, x: c.bessely(n, x), 1e-12, [0.7]),
    Row("yve", [WAVES], lambda c, n, x: c.bessely(n, x), 1e-12, [0.7]),
    Row("yvp", [WAVES], lambda c, n, x: c.bessely(n, x, derivative=1), 1e-12, [0.7]),
    Row("i0", [WAVES], lambda c, x: c.besseli(0, x), 1e-13),
    Row("i1", [WAVES], lambda c, x: c.besseli(1, x), 1e-13),
    Row("ive", [WAVES], lambda c, n, x: c.exp(-x) * c.besseli(n, x), 1e-12, [1.7]),
    Row("ivp", [WAVES], lambda c, n, x: c.besseli(n, x, derivative=1), 1e-12, [1.7]),
    Row("k0", [WAVES], lambda c, x: c.besselk(0, x), 1e-12),
    Row("k1", [WAVES], lambda c, x: c.besselk(1, x), 1e-12),
    Row("k0e", [WAVES], lambda c, x: c.exp(x) * c.besselk(0, x), 1e-11),
    Row("k1e", [WAVES], lambda c, x: c.exp(x) * c.besselk(1, x), 1e-11),
    Row("kn", [WAVES], lambda c, n, x: c.besselk(n, x), 1e-12, [2.0], call=lambda f, n, x: f(int(n), x)),
    Row("kvp", [WAVES], lambda c, n, x: -(c.besselk(n - 1, x) + c.besselk(n + 1, x)) / 2, 1e-12, [1.7]),
    Row("hankel1", [WAVES], lambda c, n, x: c.besselj(n, x), 1e-12, [0.7], call=real),
    Row("hankel2", [WAVES], lambda c, n, x: c.besselj(n, x), 1e-12, [0.7], call=real),
    Row("hankel1e", [WAVES], lambda c, n, x: c.re(c.expj(-x) * c.hankel1(n, x)), 1e-11, [0.7], call=real),
    Row("hankel2e", [WAVES], lambda c, n, x: c.re(c.expj(x) * c.hankel2(n, x)), 1e-11, [0.7], call=real),
    Row("h1vp", [WAVES], lambda c, n, x: c.besselj(n, x, derivative=1), 1e-12, [0.7], call=real),
    Row("h2vp", [WAVES], lambda c, n, x: c.besselj(n, x, derivative=1), 1e-12, [0.7], call=real),
    Row("spherical_jn", [(0.5, 50.0)], spherical("besselj"), 1e-12, [2], call=lambda f, n, x: f(int(n), x)),
    Row("spherical_yn", [(0.5, 50.0)], spherical("bessely"), 1e-12, [2], call=lambda f, n, x: f(int(n), x)),
    Row("spherical_in", [(0.5, 50.0)], spherical("besseli"), 1e-12, [2], call=lambda f, n, x: f(int(n), x)),
    Row("spherical_kn", [(0.5, 50.0)], spherical("besselk"), 1e-12, [2], call=lambda f, n, x: f(int(n), x)),
    Row("modstruve", [(0.1, 20.0)], lambda c, v, x: c.struvel(v, x), 1e-12, [0.7]),
    Row("airy", [LINE], lambda c, x: c.airyai(x), 1e-12, call=part(0)),
    Row("airy", [LINE], lambda c, x: c.airyai(x, derivative=1), 1e-12, call=part(1)),
    Row("airy", [LINE], lambda c, x: c.airybi(x), 1e-12, call=part(2)),
    Row("airy", [LINE], lambda c, x: c.airybi(x, derivative=1), 1e-12, call=part(3)),
    Row("sici", [WAVES], lambda c, x: c.si(x), 1e-12, call=part(0)),
    Row("sici", [WAVES], lambda c, x: c.ci(x), 1e-12, call=part(1)),
    Row("shichi", [WAVES], lambda c, x: c.shi(x), 1e-12, call=part(0)),
    Row("shichi", [WAVES], lambda c, x: c.chi(x), 1e-12, call=part(1)),
    Row("lambertw", [WIDE], lambda c, x: c.lambertw(x), 1e-13, call=real),
    Row("wrightomega", [(-30.0, 30.0)], lambda c, x: c.lambertw(c.exp(x)), 1e-13),
    Row("ellipkm1", [(0.01, 0.99)], lambda c, p: c.ellipk(1 - p), 1e-12),
    Row("ellipkinc", [(-3.0, 3.0)], lambda c, phi: c.ellipf(phi, c.mpf(0.4)), 1e-13, call=lambda f, phi: f(phi, 0.4)),
    Row("ellipeinc", [(-3.0, 3.0)], lambda c, phi: c.ellipe(phi, c.mpf(0.4)), 1e-13, call=lambda f, phi: f(phi, 0.4)),
    Row("hyp0f1", [(-20.0, 20.0)], lambda c, *xs: c.hyp0f1(*xs), 1e-11, [0.4]),
    Row("hyperu", [(0.1, 20.0)], lambda c, *xs: c.hyperu(*xs), 1e-7, [0.4, 1.3], 1e-7),  # SciPy's values are no better
    Row("eval_jacobi", [UNIT], lambda c, *xs: c.jacobi(*xs), 1e-12, [5.0, 0.4, 1.3]),
    Row("eval_gegenbauer", [UNIT], lambda c, *xs: c.gegenbauer(*xs), 1e-12, [5.0, 0.4]),
    Row("eval_genlaguerre", [SOME], lambda c, *xs: c.laguerre(*xs), 1e-12, [5.0, 0.4]),
    Row("eval_laguerre", [SOME], lambda c, n, x: c.laguerre(n, 0, x), 1e-12, [5.0]),
    Row("eval_legendre", [UNIT], lambda c, *xs: c.legendre(*xs), 1e-12, [5.0]),
    Row("eval_chebyt", [UNIT], lambda c, *xs: c.chebyt(*xs), 1e-12, [5.0]),
    Row("eval_chebyu", [UNIT], lambda c, *xs: c.chebyu(*xs), 1e-12, [5.0]),
    Row("eval_hermite", [LINE], lambda c, *xs: c.hermite(*xs), 1e-12, [5.0], call=lambda f, n, x: f(int(n), x)),
    Row(
        "eval_hermitenorm",
        [LINE],
        lambda c, n, x: c.hermite(n, x / c.sqrt(2)) / c.sqrt(2) ** n,
        1e-12,
        [5.0],
        call=lambda f, n, x: f(int(n), x),
    ),
]


def main() -> None:
    """Print the table."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    print(f"{number} points for each argument; worst relative errors of the first and second derivative\n")
    print(f"{'function':14}{'argument':>9}  {'range':24}{'first':>10}{'second':>10}")
    for row in ROWS:
        for place, (first, second) in enumerate(worst_errors(row, number)):
            low, high = row.ranges[place]
            span, at = f"{low:g} to {high:g}", len(row.fixed) + place
            print(
                f"{row.name:14}{at:>9}  {span:24}{first:10.1e}{second:10.1e}  {row.bound:.0e} {row.second_bound:.0e}",
                flush=True,
            )


if __name__ == "__main__":
    main()
