"""SciPy's distributions: the laws for each function with respect to variable, shapes, location and scale."""

import numpy as np
import pytest
import scipy.stats

from easygrad import deriv, grad, jvp, vjp
from easygrad.scipy import stats
from easygrad.scipy.stats.families import Continuous, Discrete

from ..laws import Sample, law_name
from .scipy_laws import SCIPY_LAWS

POSITIVE = np.array([0.9, 1.6, 2.8])
REAL = np.array([-1.1, 0.4, 2.3])
COUNTS = np.array([0.0, 2.0, 5.0])
SHAPE = np.array([1.4, 2.7, 0.8])
LOC, SCALE = 0.3, np.array([0.7, 1.6, 1.1])
SHARE = np.array([0.2, 0.45, 0.8])

CONTINUOUS = {
    **dict.fromkeys(["norm", "cauchy", "laplace", "logistic", "gumbel_r", "gumbel_l"], (REAL, LOC, SCALE)),
    **dict.fromkeys(["expon", "halfnorm", "rayleigh"], (POSITIVE, LOC, SCALE)),
    **dict.fromkeys(["gamma", "chi2", "invgamma", "weibull_min", "lognorm"], (POSITIVE, SHAPE, LOC, SCALE)),
    "t": (REAL, SHAPE, LOC, SCALE),
    "skewnorm": (0.5 * REAL, SHAPE, LOC, SCALE),
    "beta": (SHARE, SHAPE, SCALE + 0.9, -0.1, [1.3, 1.6, 1.1]),
    "f": (POSITIVE, SHAPE + 1.0, SCALE + 2.0, LOC, SCALE),
    "pareto": (POSITIVE + 3.0, SHAPE, LOC, SCALE),
    "uniform": (SHARE, -0.2, [1.1, 1.2, 1.4]),
}
DISCRETE = {
    "poisson": (COUNTS, (POSITIVE,)),
    "binom": (COUNTS, (SHARE,), 6.0),
    "bernoulli": (np.array([0.0, 0.0, 0.0]), (SHARE,)),
    "nbinom": (COUNTS, (POSITIVE, SHARE)),
    "geom": (COUNTS + 1.0, (SHARE,)),
}
FUNCTIONS = ["logpdf", "pdf", "logcdf", "cdf", "logsf", "sf"]
INVERSES = {
    (name, inverse) for name in CONTINUOUS for inverse in ("ppf", "isf") if inverse in getattr(stats, name).functions
}


def of_number(name, function, counts, fixed):
    """Return a function of a discrete distribution at constant counts."""
    return lambda *shapes: getattr(getattr(stats, name), function)(counts, *fixed, *shapes)


SAMPLES = {
    **{
        f"{name}.{f}": Sample(getattr(getattr(stats, name), f), *args)
        for name, args in CONTINUOUS.items()
        for f in FUNCTIONS
    },
    **{
        f"{name}.{f.replace('pdf', 'pmf')}": Sample(of_number(name, f.replace("pdf", "pmf"), counts, fixed), *shapes)
        for name, (counts, shapes, *fixed) in DISCRETE.items()
        for f in FUNCTIONS
    },
    **{
        f"{name}.{f}": Sample(getattr(getattr(stats, name), f), SHARE, *CONTINUOUS[name][1:])
        for name, f in sorted(INVERSES)
    },
}
POINTS = np.array([[0.4, -1.2], [1.3, 0.7], [0.2, 2.2]])
COV = np.array([[1.4, 0.3], [0.3, 0.8]])
ALPHA = np.array([1.4, 0.8, 2.3])
SIMPLEX = np.array([[0.2, 0.5], [0.3, 0.1], [0.5, 0.4]])


def symmetric(c):
    """Return a positive definite matrix from its factor."""
    return c @ c.T + np.eye(2, dtype=c.dtype)


MANY = {
    "multivariate_normal.logpdf": Sample(
        lambda x, m, c: stats.multivariate_normal.logpdf(x, m, symmetric(c)), POINTS, [0.1, 0.4], COV
    ),
    "multivariate_normal.pdf": Sample(
        lambda x, m, c: stats.multivariate_normal.pdf(x, mean=m, cov=symmetric(c)), POINTS, [0.1, 0.4], COV
    ),
    "multivariate_normal.entropy": Sample(lambda c: stats.multivariate_normal.entropy(cov=symmetric(c)), COV),
    "dirichlet.logpdf": Sample(lambda x, a: stats.dirichlet.logpdf(x, a), SIMPLEX[:-1], ALPHA),
    "dirichlet.pdf": Sample(lambda x, a: stats.dirichlet.pdf(x, a), SIMPLEX[:-1], ALPHA),
    "multinomial.logpmf": Sample(
        lambda p: stats.multinomial.logpmf([[1, 2, 0], [0, 1, 2]], 3, p / np.sum(p)), SIMPLEX[:, 0]
    ),
    "multinomial.pmf": Sample(lambda p: stats.multinomial.pmf([1, 2, 0], 3, p / np.sum(p)), SIMPLEX[:, 0]),
}


def test_every_distribution_has_samples():
    ours = {name for name, value in vars(stats).items() if isinstance(value, Continuous | Discrete)}
    assert ours == set(CONTINUOUS) | set(DISCRETE)


@pytest.mark.parametrize("law", SCIPY_LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES | MANY)
def test_law(name, law):
    law((SAMPLES | MANY)[name])


X = np.array([-1.5, 0.2, 0.7, 3.0])


@pytest.mark.parametrize("name", ["expon", "gamma", "beta", "weibull_min", "uniform", "lognorm", "pareto"])
@pytest.mark.parametrize("function", ["pdf", "logpdf", "cdf", "sf", "logcdf", "logsf"])
def test_outside_of_the_support_the_value_is_scipys_and_the_gradient_0(name, function):
    shapes = [1.3, 0.8][: len(getattr(stats, name).signature.parameters) - 3]
    ours, plain = getattr(getattr(stats, name), function), getattr(getattr(scipy.stats, name), function)
    with np.errstate(divide="ignore"):
        value, slope = jvp(lambda x: ours(x, *shapes), X, np.ones(4))
        assert np.allclose(value, plain(X, *shapes), rtol=1e-14, atol=0, equal_nan=True)
    low, high = getattr(scipy.stats, name)(*shapes).support()
    outside = (low > X) | (high < X)
    assert np.all(slope[outside] == 0)
    assert np.all(np.isfinite(slope))
    gradient = grad(lambda *p: np.sum(np.where(outside, 0.0, ours(X, *p))), tuple(range(len(shapes) + 2)))(
        *shapes, 0.0, 1.0
    )
    assert np.all(np.isfinite(gradient))


@pytest.mark.parametrize("name", sorted(DISCRETE))
def test_numbers_that_are_not_whole_or_outside(name):
    shapes = {"poisson": [2.3], "binom": [6.0, 0.4], "nbinom": [2.5, 0.4]}.get(name, [0.4])
    k = np.array([-1.0, 0.0, 0.5, 1.0, 1.7, 4.0, np.nan])
    for function in ["pmf", "logpmf", "cdf", "sf"]:
        ours, plain = getattr(getattr(stats, name), function), getattr(getattr(scipy.stats, name), function)
        value, pullback = vjp(lambda p, f=ours: f(k, *shapes[:-1], p), shapes[-1])
        assert np.allclose(value, plain(k, *shapes), rtol=1e-13, atol=1e-15, equal_nan=True)
        assert np.isfinite(pullback(np.where(np.isfinite(value), 1.0, 0.0)))


def test_parameters_outside_of_their_domain_give_nan():
    assert np.isnan(vjp(lambda s: stats.norm.logpdf(0.3, 0.0, s), -1.0)[0])
    assert np.isnan(vjp(lambda a: stats.gamma.cdf(0.3, a), -1.0)[0])
    assert np.isnan(vjp(stats.norm.cdf, np.nan)[0])


def test_keywords_positions_and_frozen_distributions_agree():
    def total(loc, scale):
        by_keyword = stats.norm.logpdf(x=0.3, scale=scale, loc=loc)
        by_position = stats.norm.logpdf(0.3, loc, scale)
        frozen = stats.norm(loc, scale=scale).logpdf(0.3)
        return by_keyword - 2.0 * by_position + frozen, by_keyword

    (difference, value), tangent = jvp(total, (0.1, 1.4), (1.0, 1.0))
    assert difference == tangent[0] == 0
    assert value == scipy.stats.norm.logpdf(0.3, 0.1, 1.4)
    assert np.isclose(tangent[1], deriv(lambda s: -0.5 * ((0.3 - 0.1 - s) / (1.4 + s)) ** 2 - np.log(1.4 + s))(0.0))


@pytest.mark.parametrize("df", [3.3, 4.0])
def test_chi2_with_any_degrees_of_freedom(df):
    assert np.isclose(grad(stats.chi2.logpdf)(0.9, df), (df / 2 - 1) / 0.9 - 0.5, rtol=1e-14)


def test_unknown_and_missing_arguments_name_themselves():
    with pytest.raises(TypeError, match="missing a required argument: 'a'"):
        grad(stats.gamma.logpdf)(1.0)
    with pytest.raises(TypeError, match="unexpected keyword argument 'shape'"):
        grad(lambda x: stats.norm.logpdf(x, shape=1.0))(1.0)


def test_scipys_own_functions_refuse_traced_values():
    with pytest.raises(TypeError, match="stop_gradient"):
        grad(lambda mu: stats.norm.mean(loc=mu))(1.0)
    with pytest.raises(TypeError, match="stop_gradient"):
        grad(scipy.stats.norm.logpdf)(1.0)


def test_what_has_no_traced_value_is_scipys():
    assert stats.norm.rvs(random_state=1) == scipy.stats.norm.rvs(random_state=1)
    assert stats.genpareto is scipy.stats.genpareto
    assert stats.norm(1.0, 2.0).mean() == 1.0
    assert stats.norm.logpdf(0.3) == scipy.stats.norm.logpdf(0.3)
    assert stats.norm.ppf(0.3) == scipy.stats.norm.ppf(0.3)
    assert stats.multivariate_normal.rvs([0.0], random_state=1) == scipy.stats.multivariate_normal.rvs(
        [0.0], random_state=1
    )


SINGULAR = np.array([[1.0, 1.0], [1.0, 1.0]])


def test_multivariate_normal_forms_of_the_covariance():
    x = np.array([0.3, -0.7])
    for cov in (1.7, np.array([1.7, 0.4]), np.array([[1.7, 0.4], [0.4, 0.9]])):
        for point in (x, np.array([x, x + 1.0])):
            mean = np.zeros(2)
            value = vjp(lambda m, p=point, c=cov: stats.multivariate_normal.logpdf(p, m, c), mean)[0]
            assert np.allclose(value, scipy.stats.multivariate_normal.logpdf(point, mean, cov), rtol=1e-14)
    value = vjp(stats.multivariate_normal.logpdf, np.array([0.3, 0.8, 1.2]))[0]
    assert np.allclose(value, scipy.stats.multivariate_normal.logpdf([0.3, 0.8, 1.2]), rtol=1e-14)
    gradient = grad(stats.multivariate_normal.logpdf, 2)(x, np.zeros(2), np.array([[1.7, 0.4], [0.4, 0.9]]))
    assert np.array_equal(gradient, gradient.T)
    with pytest.raises(ValueError, match="argument cov is not positive definite"):
        grad(stats.multivariate_normal.logpdf, 2)(x, np.zeros(2), SINGULAR, allow_singular=True)


@pytest.mark.parametrize("x", [np.array([0.3, 0.3]), np.array([[0.3, 0.4], [0.5, 0.5]])])
def test_multivariate_normal_with_a_constant_singular_covariance(x):
    value, slope = jvp(
        lambda m: stats.multivariate_normal.logpdf(x, m, SINGULAR, allow_singular=True), np.zeros(2), np.ones(2)
    )
    assert np.allclose(value, scipy.stats.multivariate_normal.logpdf(x, np.zeros(2), SINGULAR, allow_singular=True))
    assert np.allclose(slope, np.where(np.isfinite(value), x[..., 0], 0.0))


def test_dirichlet_checks_its_arguments():
    with pytest.raises(ValueError, match="parameters must be greater than 0"):
        grad(stats.dirichlet.logpdf, 1)(np.array([0.5, 0.5]), np.array([1.0, -1.0]))
