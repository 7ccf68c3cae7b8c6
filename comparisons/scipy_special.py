"""SciPy's special functions, with respect to every argument that has a derivative; the referee computes with mpmath.

To add a function, write a row: its name, a domain for each argument, the same function of an mpmath context. Constant
first arguments, an order or a degree, go into ``fixed``.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import numpy
from scipy import special

from graddiff import Case
from graddiff.domains import ABOVE_ONE, POSITIVE, PROBABILITY, REAL, UNIT, Domain
from graddiff.numbers import Number, lift_raw

HOMES = {"autograd.numpy": "autograd.scipy", "easygrad.numpy": "easygrad.scipy", "jax.numpy": "jax.scipy"}
SLOW: dict[str, Any] = {"shapes": [(2,)], "aspects": ("value", "vjp", "jvp", "fwd-over-rev")}
DEGREES = Domain("DEGREES", lambda rng, shape: 20.0 * POSITIVE.sample(rng, shape))
MISSING = "no derivative in Autograd"


def scipy_of(np: Any, module: str) -> Any:
    """Return a module of SciPy as the library has it that a namespace of NumPy belongs to; a missing one is refused."""
    name = f"{HOMES.get(np.__name__, 'scipy')}.{module}"
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise NotImplementedError(f"there is no {name}") from error


def case_of(
    module: str,
    name: str,
    function: Callable[..., Any],
    domains: Sequence[Domain],
    shapes: Sequence[Any],
    reference: Any,
    **options: Any,
) -> Case:
    """Return the case of a function ``lambda module: lambda *args: ...`` of one of SciPy's modules."""
    return Case(
        f"scipy.{module}.{name}",
        lambda np: function(scipy_of(np, module)),
        domains,
        shapes=shapes,
        reference=lambda np: reference,
        behaviours=(),
        **options,
    )


def exact(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of an mpmath context and its numbers as a function of arrays of exact numbers."""

    def apply(*args: Any) -> Any:
        number = next(x for x in args if isinstance(x, Number))
        context = number.raw.context
        return Number(function(context, *[lift_raw(context, x) for x in args])) + number * 0

    def broadcast(*args: Any) -> Any:
        return numpy.frompyfunc(apply, len(args), 1)(*args)

    return broadcast


def case(
    name: str, domains: Sequence[Domain], truth: Callable[..., Any], fixed: Sequence[Any] = (), **options: Any
) -> Case:
    """Return the case of a function of ``scipy.special``."""
    options.setdefault("shapes", [(2,)] if len(domains) == 1 else [(2,), ((2, 1), *[(2,)] * (len(domains) - 1))])
    options.setdefault("behaviours", ())
    return Case(
        options.pop("id", f"special.{name}"),
        lambda np: lambda *xs: getattr(scipy_of(np, "special"), name)(*fixed, *xs),
        domains,
        reference=lambda np: lambda *xs: exact(truth)(*fixed, *xs),
        **options,
    )


def paired(name: str, domain: Domain, truth: Callable[..., Any]) -> Case:
    """Return the case of a function with several results, by their sum."""
    return Case(
        f"special.{name}",
        lambda np: lambda x: sum(getattr(scipy_of(np, "special"), name)(x)),
        [domain],
        reference=lambda np: exact(truth),
        reason=MISSING,
    )


def newton(start: Any, level: Any, function: Callable[[Any], Any], slope: Callable[[Any], Any]) -> Any:
    """Return where a function has a level, by Newton's method from where it has that in double precision."""
    x = level.context.mpf(float(start))
    for _ in range(4):
        x = x - (function(x) - level) / slope(x)
    return x


def inverse_gamma(c: Any, a: Any, y: Any) -> Any:
    """Return the inverse of the lower regularised incomplete gamma function."""
    start = special.gammaincinv(float(a), float(y))
    return newton(start, y, lambda x: lower_gamma(c, a, x), lambda x: c.exp((a - 1) * c.log(x) - x - c.loggamma(a)))


def inverse_beta(c: Any, a: Any, b: Any, y: Any) -> Any:
    """Return the inverse of the regularised incomplete beta function."""
    start = special.betaincinv(float(a), float(b), float(y))
    return newton(
        start, y, lambda x: incomplete_beta(c, a, b, x), lambda x: x ** (a - 1) * (1 - x) ** (b - 1) / c.beta(a, b)
    )


def lower_gamma(c: Any, a: Any, x: Any) -> Any:
    """Return the lower regularised incomplete gamma function."""
    return c.gammainc(a, 0, x, regularized=True)


def incomplete_beta(c: Any, a: Any, b: Any, x: Any) -> Any:
    """Return the regularised incomplete beta function."""
    return c.betainc(a, b, 0, x, regularized=True)


def student(c: Any, df: Any, t: Any) -> Any:
    """Return Student's distribution function."""
    tail = incomplete_beta(c, df / 2, c.mpf(1) / 2, df / (df + t * t)) / 2
    return tail if t < 0 else 1 - tail


def owen(c: Any, h: Any, a: Any) -> Any:
    """Return Owen's T."""
    rule = {"method": "gauss-legendre", "maxdegree": 5}
    return c.quad(lambda t: c.exp(-h * h * (1 + t * t) / 2) / (1 + t * t), [0, a], **rule) / (2 * c.pi)


def multigamma(c: Any, a: Any) -> Any:
    """Return the logarithm of the gamma function of 3 x 3 matrices."""
    return c.mpf(3) / 2 * c.log(c.pi) + sum(c.loggamma(a - c.mpf(j) / 2) for j in range(3))


GAMMAS = [
    case("gamma", [POSITIVE], lambda c, x: c.gamma(x), dtypes=("float64", "float32")),
    case(
        "gamma",
        [Domain("NEGATIVE_HALVES", lambda rng, shape: -numpy.arange(numpy.prod(shape)).reshape(shape) - 0.4)],
        lambda c, x: c.gamma(x),
        id="special.gamma.negative",
    ),
    case("gammaln", [POSITIVE], lambda c, x: c.loggamma(x), kinds=("float",), dtypes=("float64", "float32")),
    case("loggamma", [POSITIVE], lambda c, x: c.loggamma(x), reason=MISSING),
    case("rgamma", [POSITIVE], lambda c, x: c.rgamma(x)),
    case("digamma", [POSITIVE], lambda c, x: c.digamma(x)),
    case("psi", [POSITIVE], lambda c, x: c.digamma(x)),
    case("polygamma", [POSITIVE], lambda c, n, x: c.polygamma(int(n), x), [2], kinds=("float",)),
    case(
        "polygamma",
        [POSITIVE],
        lambda c, n, x: c.polygamma(int(n), x),
        [numpy.array([[0], [1], [2]])],
        id="special.polygamma.orders",
        shapes=[(3,), (1,)],
        aspects=("value", "vjp", "jvp", "fwd-over-rev"),
        reason="Autograd does not sum over the axes along which x was broadcast",
    ),
    case("zeta", [POSITIVE], lambda c, x, q: c.zeta(x, q), [2.5], reason=MISSING, **SLOW),
    case("poch", [POSITIVE, POSITIVE], lambda c, z, m: c.rf(z, m), reason=MISSING),
    case("factorial", [POSITIVE], lambda c, x: c.gamma(x + 1), reason=MISSING),
    Case(
        "special.multigammaln",
        lambda np: lambda a: scipy_of(np, "special").multigammaln(a + 1.0, 3),
        [POSITIVE],
        reference=lambda np: lambda a: exact(multigamma)(a + 1),
    ),
    case("gammainc", [POSITIVE, POSITIVE], lower_gamma, reason="Autograd has no derivative with respect to a"),
    case("gammaincc", [POSITIVE, POSITIVE], lambda c, a, x: 1 - lower_gamma(c, a, x), reason=MISSING),
    case("gammainc", [POSITIVE], lower_gamma, [1.7], id="special.gammainc.by_x"),
    case("gammaincc", [POSITIVE], lambda c, a, x: 1 - lower_gamma(c, a, x), [1.7], id="special.gammaincc.by_x"),
    case(
        "gammaincinv",
        [POSITIVE, PROBABILITY],
        inverse_gamma,
        reason=MISSING,
        **SLOW,
    ),
    case(
        "gammainccinv",
        [POSITIVE, PROBABILITY],
        lambda c, a, y: inverse_gamma(c, a, 1 - y),
        reason=MISSING,
        **SLOW,
    ),
]
BETAS = [
    case("beta", [POSITIVE, POSITIVE], lambda c, a, b: c.beta(a, b)),
    case("betaln", [POSITIVE, POSITIVE], lambda c, a, b: c.log(c.beta(a, b))),
    case("binom", [ABOVE_ONE, PROBABILITY], lambda c, n, k: c.binomial(n, k), reason=MISSING),
    case("betainc", [POSITIVE, POSITIVE, PROBABILITY], incomplete_beta, reason=MISSING),
    case("betaincc", [POSITIVE, POSITIVE, PROBABILITY], lambda c, *xs: 1 - incomplete_beta(c, *xs), reason=MISSING),
    case("betainc", [PROBABILITY], incomplete_beta, [1.7, 0.8], id="special.betainc.by_x"),
    case(
        "betaincinv",
        [POSITIVE, POSITIVE, PROBABILITY],
        inverse_beta,
        reason=MISSING,
        **SLOW,
    ),
]
ERRORS = [
    case("erf", [REAL], lambda c, x: c.erf(x), kinds=("float",), dtypes=("float64", "float32"), orders=(1, 2, 3)),
    case("erfc", [REAL], lambda c, x: c.erfc(x), dtypes=("float64", "float32")),
    case("erfinv", [UNIT], lambda c, x: c.erfinv(x)),
    case("erfcinv", [PROBABILITY], lambda c, x: c.erfinv(1 - x)),
    case("erfcx", [REAL], lambda c, x: c.exp(x * x) * c.erfc(x), reason=MISSING),
    case("erfi", [REAL], lambda c, x: c.erfi(x), reason=MISSING),
    case("dawsn", [REAL], lambda c, x: c.exp(-x * x) * c.sqrt(c.pi) / 2 * c.erfi(x), reason=MISSING),
    case("ndtr", [REAL], lambda c, x: c.ncdf(x), reason=MISSING),
    case("log_ndtr", [REAL], lambda c, x: c.log(c.ncdf(x)), reason=MISSING),
    case("ndtri", [PROBABILITY], lambda c, x: c.sqrt(2) * c.erfinv(2 * x - 1), reason=MISSING),
    case(
        "ndtri_exp",
        [Domain("NEGATIVE", lambda rng, shape: rng.uniform(-3.0, -0.2, shape))],
        lambda c, y: c.sqrt(2) * c.erfinv(2 * c.exp(y) - 1),
        reason=MISSING,
    ),
    case("owens_t", [REAL, REAL], owen, reason=MISSING, shapes=[()], aspects=("value", "vjp")),
    paired("fresnel", REAL, lambda c, x: c.fresnels(x) + c.fresnelc(x)),
]
ENTROPIES = [
    case("expit", [REAL], lambda c, x: 1 / (1 + c.exp(-x)), kinds=("float",), dtypes=("float64", "float32")),
    case("logit", [PROBABILITY], lambda c, x: c.log(x / (1 - x)), dtypes=("float64", "float32")),
    case("log_expit", [REAL], lambda c, x: -c.log(1 + c.exp(-x)), reason=MISSING),
    case("softplus", [REAL], lambda c, x: c.log(1 + c.exp(x)), reason=MISSING),
    case("xlogy", [REAL, POSITIVE], lambda c, x, y: x * c.log(y), reason=MISSING),
    case("xlog1py", [REAL, POSITIVE], lambda c, x, y: x * c.log(1 + y), reason=MISSING),
    case("entr", [POSITIVE], lambda c, x: -x * c.log(x), reason=MISSING),
    case("rel_entr", [POSITIVE, POSITIVE], lambda c, x, y: x * c.log(x / y), reason=MISSING),
    case("kl_div", [POSITIVE, POSITIVE], lambda c, x, y: x * c.log(x / y) - x + y, reason=MISSING),
    case(
        "huber",
        [POSITIVE, REAL],
        lambda c, d, r: r * r / 2 if abs(r) < d else d * (abs(r) - d / 2),
        reason=MISSING,
    ),
    case("pseudo_huber", [POSITIVE, REAL], lambda c, d, r: d * d * (c.sqrt(1 + (r / d) ** 2) - 1), reason=MISSING),
    case("boxcox", [POSITIVE, REAL], lambda c, x, k: (x**k - 1) / k, reason=MISSING),
    case("boxcox1p", [POSITIVE, REAL], lambda c, x, k: ((1 + x) ** k - 1) / k, reason=MISSING),
    case("inv_boxcox", [POSITIVE, POSITIVE], lambda c, x, k: (1 + k * x) ** (1 / k), reason=MISSING),
    case("inv_boxcox1p", [POSITIVE, POSITIVE], lambda c, x, k: (1 + k * x) ** (1 / k) - 1, reason=MISSING),
    case("powm1", [POSITIVE, REAL], lambda c, x, y: x**y - 1, reason=MISSING),
    case("exprel", [REAL], lambda c, x: (c.exp(x) - 1) / x, reason=MISSING),
    case("expm1", [REAL], lambda c, x: c.exp(x) - 1, reason=MISSING),
    case("log1p", [POSITIVE], lambda c, x: c.log(1 + x), reason=MISSING),
    case("exp2", [REAL], lambda c, x: c.mpf(2) ** x, reason=MISSING),
    case("exp10", [REAL], lambda c, x: c.mpf(10) ** x, reason=MISSING),
    case("cbrt", [POSITIVE], lambda c, x: c.cbrt(x), reason=MISSING),
    case("cosm1", [REAL], lambda c, x: c.cos(x) - 1, reason=MISSING),
    case("sindg", [DEGREES], lambda c, x: c.sin(x * c.pi / 180), reason=MISSING),
    case("cosdg", [DEGREES], lambda c, x: c.cos(x * c.pi / 180), reason=MISSING),
    case("tandg", [DEGREES], lambda c, x: c.tan(x * c.pi / 180), reason=MISSING),
    case("cotdg", [DEGREES], lambda c, x: c.cot(x * c.pi / 180), reason=MISSING),
]
WEIGHTS = numpy.array([0.5, 2.0, 0.0, 1.5])


def summed(a: Any, axis: int | None = None, b: Any = 1.0, keepdims: bool = False) -> Any:
    """Return logsumexp of exact numbers."""
    return numpy.log(numpy.abs(numpy.sum(b * numpy.exp(a), axis=axis, keepdims=keepdims)))


SUMS = [
    Case(
        "special.logsumexp",
        lambda np: lambda a: scipy_of(np, "special").logsumexp(a),
        [REAL],
        reference=lambda np: summed,
        shapes=[(3,), (2, 3)],
        behaviours=("strided",),
    ),
    Case(
        "special.logsumexp.axis",
        lambda np: lambda a: scipy_of(np, "special").logsumexp(a, axis=-1, keepdims=True) * a,
        [REAL],
        reference=lambda np: lambda a: summed(a, axis=-1, keepdims=True) * a,
        shapes=[(2, 3)],
        behaviours=("strided",),
    ),
    Case(
        "special.logsumexp.b",
        lambda np: lambda a: scipy_of(np, "special").logsumexp(a, b=WEIGHTS),
        [REAL],
        reference=lambda np: lambda a: summed(a, b=WEIGHTS),
        shapes=[(4,)],
        behaviours=("strided",),
    ),
    Case(
        "special.logsumexp.by_b",
        lambda np: lambda a, b: scipy_of(np, "special").logsumexp(a, axis=1, b=b, return_sign=True)[0],
        [REAL, REAL],
        reference=lambda np: lambda a, b: summed(a, axis=1, b=b),
        shapes=[(2, 3)],
        behaviours=("strided",),
        reason=MISSING,
    ),
    Case(
        "special.softmax",
        lambda np: lambda x: scipy_of(np, "special").softmax(x, axis=0),
        [REAL],
        reference=lambda np: lambda x: numpy.exp(x) / numpy.sum(numpy.exp(x), axis=0),
        shapes=[(3,), (3, 2)],
        behaviours=("strided",),
        reason=MISSING,
    ),
    Case(
        "special.log_softmax",
        lambda np: lambda x: scipy_of(np, "special").log_softmax(x, axis=-1),
        [REAL],
        reference=lambda np: lambda x: x - summed(x, axis=-1, keepdims=True),
        shapes=[(3,), (2, 3)],
        behaviours=("strided",),
        reason=MISSING,
    ),
]


def spherical(kind: str) -> Callable[..., Any]:
    """Return the spherical Bessel function to one of mpmath's."""
    return lambda c, n, x: c.sqrt(c.pi / (2 * x)) * getattr(c, kind)(n + c.mpf(1) / 2, x)


BESSEL = [
    case("j0", [POSITIVE], lambda c, x: c.besselj(0, x)),
    case("j1", [POSITIVE], lambda c, x: c.besselj(1, x)),
    case("jn", [POSITIVE], lambda c, n, x: c.besselj(n, x), [2]),
    case("jv", [POSITIVE], lambda c, n, x: c.besselj(n, x), [0.7], reason=MISSING),
    case("y0", [POSITIVE], lambda c, x: c.bessely(0, x)),
    case("y1", [POSITIVE], lambda c, x: c.bessely(1, x), **SLOW),
    case("yn", [POSITIVE], lambda c, n, x: c.bessely(n, x), [2], **SLOW),
    case("yv", [POSITIVE], lambda c, n, x: c.bessely(n, x), [0.7], reason=MISSING),
    case("i0", [REAL], lambda c, x: c.besseli(0, x)),
    case("i1", [REAL], lambda c, x: c.besseli(1, x)),
    case("iv", [POSITIVE], lambda c, n, x: c.besseli(n, x), [0.7]),
    case("ive", [POSITIVE], lambda c, n, x: c.exp(-x) * c.besseli(n, x), [1.7]),
    case("i0e", [POSITIVE], lambda c, x: c.exp(-x) * c.besseli(0, x), reason=MISSING),
    case("i1e", [POSITIVE], lambda c, x: c.exp(-x) * c.besseli(1, x), reason=MISSING),
    case("k0", [POSITIVE], lambda c, x: c.besselk(0, x), reason=MISSING, **SLOW),
    case("k1", [POSITIVE], lambda c, x: c.besselk(1, x), reason=MISSING, **SLOW),
    case("k0e", [POSITIVE], lambda c, x: c.exp(x) * c.besselk(0, x), reason=MISSING, **SLOW),
    case("k1e", [POSITIVE], lambda c, x: c.exp(x) * c.besselk(1, x), reason=MISSING, **SLOW),
    case("kn", [POSITIVE], lambda c, n, x: c.besselk(n, x), [2], reason=MISSING, **SLOW),
    case("kv", [REAL, POSITIVE], lambda c, n, x: c.besselk(n, x), reason=MISSING, **SLOW),
    case("kve", [REAL, POSITIVE], lambda c, n, x: c.exp(x) * c.besselk(n, x), reason=MISSING, **SLOW),
    case("jve", [POSITIVE], lambda c, n, x: c.besselj(n, x), [0.7], reason=MISSING),
    case("yve", [POSITIVE], lambda c, n, x: c.bessely(n, x), [0.7], reason=MISSING),
    case("jvp", [POSITIVE], lambda c, n, x: c.besselj(n, x, derivative=1), [2], reason=MISSING),
    case("kvp", [POSITIVE], lambda c, n, x: -(c.besselk(n - 1, x) + c.besselk(n + 1, x)) / 2, [1.7], reason=MISSING),
    case("spherical_jn", [POSITIVE], spherical("besselj"), [2], reason=MISSING),
    case("spherical_yn", [POSITIVE], spherical("bessely"), [2], reason=MISSING),
    case("spherical_in", [POSITIVE], spherical("besseli"), [2], reason=MISSING),
    case("spherical_kn", [POSITIVE], spherical("besselk"), [2], reason=MISSING),
    case("struve", [POSITIVE], lambda c, n, x: c.struveh(n, x), [0.7], reason=MISSING),
    case("modstruve", [POSITIVE], lambda c, n, x: c.struvel(n, x), [0.7], reason=MISSING),
    paired(
        "airy", REAL, lambda c, x: c.airyai(x) + c.airyai(x, derivative=1) + c.airybi(x) + c.airybi(x, derivative=1)
    ),
]
INTEGRALS = [
    case("expi", [POSITIVE], lambda c, x: c.ei(x), reason=MISSING),
    case("exp1", [POSITIVE], lambda c, x: c.e1(x), reason=MISSING),
    case("expn", [POSITIVE], lambda c, n, x: c.expint(n, x), [2], reason=MISSING),
    case("spence", [PROBABILITY], lambda c, x: c.polylog(2, 1 - x), reason=MISSING),
    case("wrightomega", [REAL], lambda c, x: c.lambertw(c.exp(x)), reason=MISSING),
    Case(
        "special.lambertw",
        lambda np: lambda x: np.real(scipy_of(np, "special").lambertw(x)),
        [POSITIVE],
        reference=lambda np: exact(lambda c, x: c.lambertw(x)),
        reason=MISSING,
    ),
    paired("sici", POSITIVE, lambda c, x: c.si(x) + c.ci(x)),
    paired("shichi", POSITIVE, lambda c, x: c.shi(x) + c.chi(x)),
    case("ellipk", [PROBABILITY], lambda c, m: c.ellipk(m), reason=MISSING),
    case("ellipkm1", [PROBABILITY], lambda c, p: c.ellipk(1 - p), reason=MISSING),
    case("ellipe", [PROBABILITY], lambda c, m: c.ellipe(m), reason=MISSING),
    case("hyp2f1", [UNIT], lambda c, *xs: c.hyp2f1(*xs), [0.4, 1.3, 2.2], reason=MISSING),
    case("hyp1f1", [REAL], lambda c, *xs: c.hyp1f1(*xs), [0.4, 1.3], reason=MISSING),
    case("hyp0f1", [REAL], lambda c, *xs: c.hyp0f1(*xs), [0.4], reason=MISSING),
    case("hyperu", [POSITIVE], lambda c, *xs: c.hyperu(*xs), [0.4, 1.3], reason=MISSING),
    case("eval_jacobi", [UNIT], lambda c, *xs: c.jacobi(*xs), [3, 0.4, 1.3], reason=MISSING),
    case("eval_gegenbauer", [UNIT], lambda c, *xs: c.gegenbauer(*xs), [3, 0.4], reason=MISSING),
    case("eval_genlaguerre", [REAL], lambda c, *xs: c.laguerre(*xs), [3, 0.4], reason=MISSING),
    case("eval_laguerre", [REAL], lambda c, n, x: c.laguerre(n, 0, x), [3], reason=MISSING),
    case("eval_legendre", [UNIT], lambda c, *xs: c.legendre(*xs), [3], reason=MISSING),
    case("eval_chebyt", [UNIT], lambda c, *xs: c.chebyt(*xs), [3], reason=MISSING),
    case("eval_chebyu", [UNIT], lambda c, *xs: c.chebyu(*xs), [3], reason=MISSING),
    case("eval_hermite", [REAL], lambda c, *xs: c.hermite(*xs), [3], reason=MISSING),
]
DISTRIBUTIONS = [
    case("chdtr", [POSITIVE, POSITIVE], lambda c, v, x: lower_gamma(c, v / 2, x / 2), reason=MISSING),
    case("chdtrc", [POSITIVE, POSITIVE], lambda c, v, x: 1 - lower_gamma(c, v / 2, x / 2), reason=MISSING),
    case("gdtr", [POSITIVE, POSITIVE, POSITIVE], lambda c, a, b, x: lower_gamma(c, b, a * x), reason=MISSING),
    case("gdtrc", [POSITIVE, POSITIVE, POSITIVE], lambda c, a, b, x: 1 - lower_gamma(c, b, a * x), reason=MISSING),
    case("pdtr", [POSITIVE], lambda c, k, m: 1 - lower_gamma(c, k + 1, m), [2], reason=MISSING),
    case("pdtrc", [POSITIVE], lambda c, k, m: lower_gamma(c, k + 1, m), [2], reason=MISSING),
    case("bdtr", [PROBABILITY], lambda c, k, n, p: 1 - incomplete_beta(c, k + 1, n - k, p), [2.0, 6], reason=MISSING),
    case("bdtrc", [PROBABILITY], lambda c, k, n, p: incomplete_beta(c, k + 1, n - k, p), [2.0, 6], reason=MISSING),
    case("nbdtr", [PROBABILITY], lambda c, k, n, p: incomplete_beta(c, n, k + 1, p), [2, 3], reason=MISSING),
    case("nbdtrc", [PROBABILITY], lambda c, k, n, p: 1 - incomplete_beta(c, n, k + 1, p), [2, 3], reason=MISSING),
    case(
        "fdtr",
        [POSITIVE, POSITIVE, POSITIVE],
        lambda c, d, e, x: incomplete_beta(c, d / 2, e / 2, d * x / (d * x + e)),
        reason=MISSING,
    ),
    case("stdtr", [POSITIVE, REAL], student, reason=MISSING),
]
