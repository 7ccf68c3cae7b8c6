"""SciPy's distributions, with respect to the variable, every shape, location and scale; the referee uses mpmath.

To add a distribution, write a row: its name, the domains of variable and shapes, and the logarithm of its density and
its distribution function as functions of an mpmath context. Location and scale are added here.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy
from comparisons.scipy_special import exact, incomplete_beta, lower_gamma, scipy_of, student

from graddiff import Case
from graddiff.domains import NEGATIVE, POSITIVE, PROBABILITY, REAL, SPD, Domain

MISSING = "no derivative in Autograd"
QUICK: dict[str, Any] = {"shapes": [(2,)], "behaviours": ()}
SLOW: dict[str, Any] = {**QUICK, "aspects": ("value", "vjp", "jvp", "fwd-over-rev")}


def parts(logpdf: Callable[..., Any], cdf: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """Return all functions of a distribution; each takes a context and the arguments."""
    return {
        "logpdf": logpdf,
        "pdf": lambda c, *xs: c.exp(logpdf(c, *xs)),
        "cdf": cdf,
        "sf": lambda c, *xs: 1 - cdf(c, *xs),
        "logcdf": lambda c, *xs: c.log(cdf(c, *xs)),
        "logsf": lambda c, *xs: c.log(1 - cdf(c, *xs)),
    }


def standard(name: str, domains: Sequence[Domain], logpdf: Callable[..., Any], cdf: Callable[..., Any]) -> list[Case]:
    """Return the cases of a distribution at location 0 and scale 1, which is what Autograd has of most."""
    return [
        Case(
            f"stats.{name}.{function}",
            lambda np, function=function: lambda *xs: getattr(getattr(scipy_of(np, "stats"), name), function)(*xs),
            domains,
            reference=lambda np, truth=truth: exact(truth),
            reason=MISSING,
            **(QUICK if function in ("logpdf", "pdf") else SLOW),
        )
        for function, truth in parts(logpdf, cdf).items()
    ]


def located(
    name: str,
    domains: Sequence[Domain],
    logpdf: Callable[..., Any],
    cdf: Callable[..., Any],
    scales: Domain = POSITIVE,
) -> list[Case]:
    """Return the cases of a distribution with location and scale, by keyword."""

    def moved(c: Any, x: Any, *rest: Any) -> Any:
        *shapes, loc, scale = rest
        return logpdf(c, (x - loc) / scale, *shapes) - c.log(scale)

    def moved_cdf(c: Any, x: Any, *rest: Any) -> Any:
        *shapes, loc, scale = rest
        return cdf(c, (x - loc) / scale, *shapes)

    def call(np: Any, function: str) -> Callable[..., Any]:
        distribution = getattr(scipy_of(np, "stats"), name)
        return lambda *xs: getattr(distribution, function)(*xs[:-2], loc=xs[-2], scale=xs[-1])

    return [
        Case(
            f"stats.{name}.{function}.located",
            lambda np, function=function: call(np, function),
            [*domains, NEGATIVE, scales],
            reference=lambda np, truth=truth: exact(truth),
            reason=MISSING,
            **(QUICK if function in ("logpdf", "pdf") else SLOW),
        )
        for function, truth in parts(moved, moved_cdf).items()
    ]


def normal(c: Any, x: Any) -> Any:
    """Return the logarithm of the normal density."""
    return -x * x / 2 - c.log(2 * c.pi) / 2


def student_logpdf(c: Any, x: Any, df: Any) -> Any:
    """Return the logarithm of the density of Student's distribution."""
    return -(df + 1) / 2 * c.log(1 + x * x / df) - c.log(c.beta(df / 2, c.mpf(1) / 2)) - c.log(df) / 2


def gamma_logpdf(c: Any, x: Any, a: Any) -> Any:
    """Return the logarithm of the density of the gamma distribution."""
    return (a - 1) * c.log(x) - x - c.loggamma(a)


def ratio_logpdf(c: Any, x: Any, d: Any, e: Any) -> Any:
    """Return the logarithm of the density of the F distribution."""
    scaled = d * x / e
    return (d / 2 - 1) * c.log(scaled) - (d + e) / 2 * c.log(1 + scaled) + c.log(d / e) - c.log(c.beta(d / 2, e / 2))


def laplace_cdf(c: Any, x: Any) -> Any:
    """Return the distribution function of the Laplace distribution."""
    return c.exp(x) / 2 if x < 0 else 1 - c.exp(-x) / 2


ABOVE = Domain("ABOVE", lambda rng, shape: POSITIVE.sample(rng, shape) + 2.0)
LONG = Domain("LONG", lambda rng, shape: POSITIVE.sample(rng, shape) + 4.0)
CONTINUOUS = [
    *located("norm", [REAL], normal, lambda c, x: c.ncdf(x)),
    *located("t", [REAL, POSITIVE], student_logpdf, lambda c, x, df: student(c, df, x)),
    *located("gamma", [POSITIVE, POSITIVE], gamma_logpdf, lambda c, x, a: lower_gamma(c, a, x)),
    *standard("gamma", [POSITIVE, POSITIVE], gamma_logpdf, lambda c, x, a: lower_gamma(c, a, x)),
    *standard(
        "chi2",
        [POSITIVE, POSITIVE],
        lambda c, x, v: gamma_logpdf(c, x / 2, v / 2) - c.log(2),
        lambda c, x, v: lower_gamma(c, v / 2, x / 2),
    ),
    *standard(
        "beta",
        [PROBABILITY, POSITIVE, POSITIVE],
        lambda c, x, a, b: (a - 1) * c.log(x) + (b - 1) * c.log(1 - x) - c.log(c.beta(a, b)),
        lambda c, x, a, b: incomplete_beta(c, a, b, x),
    ),
    *standard(
        "f",
        [POSITIVE, POSITIVE, POSITIVE],
        ratio_logpdf,
        lambda c, x, d, e: incomplete_beta(c, d / 2, e / 2, d * x / (d * x + e)),
    ),
    *standard(
        "invgamma",
        [POSITIVE, POSITIVE],
        lambda c, x, a: -(a + 1) * c.log(x) - 1 / x - c.loggamma(a),
        lambda c, x, a: 1 - lower_gamma(c, a, 1 / x),
    ),
    *located(
        "lognorm",
        [POSITIVE, POSITIVE],
        lambda c, x, s: normal(c, c.log(x) / s) - c.log(s * x),
        lambda c, x, s: c.ncdf(c.log(x) / s),
    ),
    *located(
        "weibull_min",
        [POSITIVE, POSITIVE],
        lambda c, x, k: c.log(k) + (k - 1) * c.log(x) - x**k,
        lambda c, x, k: 1 - c.exp(-(x**k)),
    ),
    *located("expon", [POSITIVE], lambda c, x: -x, lambda c, x: 1 - c.exp(-x)),
    *located("laplace", [POSITIVE], lambda c, x: -abs(x) - c.log(2), laplace_cdf),
    *located("logistic", [REAL], lambda c, x: -x - 2 * c.log(1 + c.exp(-x)), lambda c, x: 1 / (1 + c.exp(-x))),
    *located("cauchy", [REAL], lambda c, x: -c.log(c.pi * (1 + x * x)), lambda c, x: c.atan(x) / c.pi + c.mpf(1) / 2),
    *located("gumbel_r", [REAL], lambda c, x: -x - c.exp(-x), lambda c, x: c.exp(-c.exp(-x))),
    *located("gumbel_l", [NEGATIVE], lambda c, x: x - c.exp(x), lambda c, x: 1 - c.exp(-c.exp(x))),
    *located("halfnorm", [POSITIVE], lambda c, x: normal(c, x) + c.log(2), lambda c, x: c.erf(x / c.sqrt(2))),
    *located("rayleigh", [POSITIVE], lambda c, x: c.log(x) - x * x / 2, lambda c, x: 1 - c.exp(-x * x / 2), LONG),
    *standard("pareto", [ABOVE, POSITIVE], lambda c, x, b: c.log(b) - (b + 1) * c.log(x), lambda c, x, b: 1 - x**-b),
    *located("uniform", [PROBABILITY], lambda c, x: 0 * x, lambda c, x: x, LONG),
    *standard(
        "skewnorm",
        [REAL, POSITIVE],
        lambda c, x, a: normal(c, x) + c.log(2 * c.ncdf(a * x)),
        lambda c, x, a: c.ncdf(x) - c.quad(lambda t: c.exp(-x * x * (1 + t * t) / 2) / (1 + t * t), [0, a]) / c.pi,
    )[:2],
]
COUNTS = numpy.array([1.0, 3.0])


def of_counts(
    name: str, domains: Sequence[Domain], logpmf: Callable[..., Any], cdf: Callable[..., Any], *fixed: Any
) -> list[Case]:
    """Return the cases of a discrete distribution at constant counts, after which come ``fixed`` shapes."""
    return [
        Case(
            f"stats.{name}.{function}",
            lambda np, function=function: (
                lambda *xs: getattr(getattr(scipy_of(np, "stats"), name), function)(COUNTS, *fixed, *xs)
            ),
            domains,
            reference=lambda np, truth=truth: lambda *xs: exact(truth)(COUNTS, *fixed, *xs),
            reason=MISSING,
            **SLOW,
        )
        for function, truth in ((f.replace("pdf", "pmf"), truth) for f, truth in parts(logpmf, cdf).items())
    ]


def binomial(c: Any, k: Any, n: Any, p: Any) -> Any:
    """Return the logarithm of the probability of the binomial distribution."""
    return c.log(c.binomial(n, k)) + k * c.log(p) + (n - k) * c.log(1 - p)


def negative_binomial(c: Any, k: Any, n: Any, p: Any) -> Any:
    """Return the logarithm of the probability of the negative binomial distribution."""
    return c.loggamma(n + k) - c.loggamma(n) - c.loggamma(k + 1) + n * c.log(p) + k * c.log(1 - p)


DISCRETE = [
    *of_counts(
        "poisson",
        [POSITIVE],
        lambda c, k, m: k * c.log(m) - c.loggamma(k + 1) - m,
        lambda c, k, m: 1 - lower_gamma(c, k + 1, m),
    ),
    *of_counts("binom", [PROBABILITY], binomial, lambda c, k, n, p: 1 - incomplete_beta(c, k + 1, n - k, p), 6),
    *of_counts(
        "nbinom", [POSITIVE, PROBABILITY], negative_binomial, lambda c, k, n, p: incomplete_beta(c, n, k + 1, p)
    ),
    *of_counts(
        "geom",
        [PROBABILITY],
        lambda c, k, p: (k - 1) * c.log(1 - p) + c.log(p),
        lambda c, k, p: 1 - (1 - p) ** k,
    ),
]


def solved(a: Any, b: Any) -> tuple[Any, Any]:
    """Return the solution of a linear system and the determinant of its matrix, by elimination."""
    a, b, size, determinant = a.copy(), b.copy(), len(a), 1
    for i in range(size):
        determinant = determinant * a[i, i]
        for j in range(i + 1, size):
            factor = a[j, i] / a[i, i]
            a[j] = a[j] - factor * a[i]
            b[j] = b[j] - factor * b[i]
    for i in reversed(range(size)):
        b[i] = (b[i] - sum(a[i, j] * b[j] for j in range(i + 1, size))) / a[i, i]
    return b, determinant


def two_pi(x: Any) -> Any:
    """Return 2 pi in the precision of exact numbers."""
    return numpy.arctan(x[0] * 0 + 1) * 8


def vector_logpdf(x: Any, mean: Any, cov: Any) -> Any:
    """Return the logarithm of the density of the multivariate normal distribution at exact numbers."""
    solution, determinant = solved(cov, x - mean)
    return -(numpy.sum((x - mean) * solution) + numpy.log(determinant * two_pi(x) ** len(x))) / 2


def dirichlet_logpdf(c: Any, x: Any, a: Any) -> Any:
    """Return what one variable adds to the logarithm of the density of the Dirichlet distribution."""
    return (a - 1) * c.log(x) - c.loggamma(a)


VECTORS = [
    Case(
        "stats.multivariate_normal.logpdf",
        lambda np: lambda x, m, c: scipy_of(np, "stats").multivariate_normal.logpdf(x, m, (c + c.T) / 2),
        [REAL, REAL, SPD],
        reference=lambda np: lambda x, m, c: vector_logpdf(x, m, (c + c.T) / 2),
        shapes=[((3,), (3,), (3, 3))],
        behaviours=(),
        linear_algebra=True,
    ),
    Case(
        "stats.multivariate_normal.pdf",
        lambda np: lambda x, m, c: scipy_of(np, "stats").multivariate_normal.pdf(x, m, (c + c.T) / 2),
        [REAL, REAL, SPD],
        reference=lambda np: lambda x, m, c: numpy.exp(vector_logpdf(x, m, (c + c.T) / 2)),
        shapes=[((2,), (2,), (2, 2))],
        behaviours=(),
        linear_algebra=True,
    ),
    Case(
        "stats.multivariate_normal.entropy",
        lambda np: lambda c: scipy_of(np, "stats").multivariate_normal.entropy(None, (c + c.T) / 2),
        [SPD],
        reference=lambda np: (
            lambda c: (
                numpy.log(solved((c + c.T) / 2, c[0])[1] * (two_pi(c[0]) * numpy.exp(c[0, 0] * 0 + 1)) ** len(c)) / 2
            )
        ),
        shapes=[(2, 2)],
        behaviours=(),
        linear_algebra=True,
    ),
    Case(
        "stats.dirichlet.logpdf",
        lambda np: lambda x, a: scipy_of(np, "stats").dirichlet.logpdf(x / np.sum(x), a),
        [POSITIVE, POSITIVE],
        reference=lambda np: (
            lambda x, a: (
                numpy.sum(exact(dirichlet_logpdf)(x / numpy.sum(x), a))
                + exact(lambda c, s: c.loggamma(s))(numpy.sum(a))
            )
        ),
        shapes=[(3,)],
        behaviours=(),
    ),
]
