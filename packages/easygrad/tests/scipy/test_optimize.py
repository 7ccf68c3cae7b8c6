"""Implicit functions and solvers: derivatives of roots and minima, both modes, to third order, and refusals."""

import warnings

import numpy as np
import pytest
import scipy.optimize

from easygrad import grad, hessian, jacobian, jvp
from easygrad.scipy import linalg, optimize
from easygrad.scipy.implicit import implicit

from ..laws import Sample, law_name, pullback_is_the_transpose, second_order_agrees

LAWS = (pullback_is_the_transpose, second_order_agrees)  # the first law below, to the accuracy of the solvers
P, Q = np.array([0.7, 1.2]), 0.4
TIGHT = {"tol": 1e-14}


def equations(x, p, q):
    return np.stack([2.0 * x[0] + q * x[1] ** 3 - p[0], 2.0 * x[1] + np.sin(x[0]) * p[1] - q])


def bowl(x, p, q):
    return np.sum((x - p) ** 2) + q * np.exp(x[0] * x[1]) + x[0] ** 4


def scalar(x, p):
    return x**3 + p * x - 2.0


def with_slope(fun, slope):
    return lambda x, *args: (fun(x, *args), slope(x, *args))


def bounded(p):
    return optimize.minimize(lambda x: np.sum((x - p) ** 2) + x[0] * x[1], P, bounds=[(0.3, None), (None, 2.0)]).x


SAMPLES = {
    "root": Sample(lambda p, q: optimize.root(equations, P, (p, q), **TIGHT).x, P, Q),
    "root, closure": Sample(lambda p, q: optimize.root(lambda x: equations(x, p, q), P, **TIGHT).x, P, Q),
    "root, jac": Sample(
        lambda q: optimize.root(with_slope(scalar, lambda x, p: 3 * x**2 + p), np.ones(1), (q,), jac=True, **TIGHT).x, Q
    ),
    "fsolve": Sample(lambda p, q: optimize.fsolve(equations, P, (p, q), xtol=1e-14), P, Q),
    "fixed_point": Sample(lambda p, q: optimize.fixed_point(lambda x: 0.3 * np.cos(p * x) + q, P, xtol=1e-14), P, Q),
    "newton": Sample(lambda q: optimize.newton(scalar, 1.0, args=(q,), tol=1e-14), Q),
    "newton, array": Sample(lambda p: optimize.newton(scalar, np.ones(2), lambda x, p: 3 * x**2 + p, (p,)), P),
    "root_scalar": Sample(lambda q: optimize.root_scalar(scalar, (q,), bracket=(0, 2), xtol=1e-14).root, Q),
    "minimize": Sample(lambda p, q: optimize.minimize(bowl, P, (p, q), tol=1e-10).x, P, Q),
    "minimize, fun": Sample(lambda p, q: optimize.minimize(bowl, P, (p, q), method="Nelder-Mead").fun, P, Q),
    "minimize, bounds": Sample(bounded, P),
    "minimize_scalar": Sample(lambda q: optimize.minimize_scalar(lambda x: (x - q) ** 2 + x**4).x, Q),
    "minimize_scalar, bounds": Sample(
        lambda q: optimize.minimize_scalar(lambda x, q: (x - q) ** 2, bounds=(0, 2), args=(q,)).x, Q
    ),
    "least_squares": Sample(
        lambda p, q: optimize.least_squares(
            lambda x, p: np.stack([x[0] ** 2 - p[0], x[1] - q, x[0] * x[1] - p[1]]), P, args=(p,)
        ).x, P, Q,
    ),
}  # fmt: skip


def bracketed(solve):
    return Sample(lambda q: solve(scalar, 0, 2, (q,), xtol=1e-14, rtol=1e-14), Q)


BRACKETING = ("brentq", "brenth", "ridder", "bisect", "toms748")
SAMPLES |= {name: bracketed(getattr(optimize, name)) for name in BRACKETING}


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES)
def test_law(name, law):
    if law is second_order_agrees:
        modes_agree(SAMPLES[name])
    else:
        law(SAMPLES[name])


def modes_agree(sample):
    """Check that the second order is one number in the four pairs of modes."""
    weights = np.cos(np.arange(np.size(sample.function(*sample.args))))
    total = lambda *args: np.sum(weights * sample.function(*args) ** 2)  # noqa: E731  # a formula
    places = tuple(range(len(sample.args)))
    t = tuple(np.cos(1.0 + np.arange(x.size)).reshape(x.shape) for x in sample.args)
    along = lambda *args: jvp(total, args, t)[1]  # noqa: E731  # a formula
    pair = lambda gs: sum(np.sum(g * v) for g, v in zip(gs, t, strict=True))  # noqa: E731  # a formula
    found = [
        jvp(along, sample.args, t)[1],
        pair(grad(along, places)(*sample.args)),
        jvp(lambda *args: pair(grad(total, places)(*args)), sample.args, t)[1],
        pair(grad(lambda *args: pair(grad(total, places)(*args)), places)(*sample.args)),
    ]
    assert np.allclose(found, found[0], rtol=1e-10)


# The exact solution: x = sqrt(p), and the smallest of (x - p)^2 + q x, which is p - q / 2


@pytest.mark.parametrize("name", ["brentq", "bisect", "toms748"])
def test_third_order_of_the_square_root(name):
    solve = getattr(optimize, name)
    f = lambda p: solve(lambda x: x**2 - p, 0.0, 10.0)  # noqa: E731  # a formula
    assert np.isclose(grad(f)(2.0), 0.5 / np.sqrt(2.0), rtol=1e-14)
    assert np.isclose(grad(grad(f))(2.0), -0.25 * 2.0**-1.5, rtol=1e-13)
    assert np.isclose(grad(grad(grad(f)))(2.0), 3 / 8 * 2.0**-2.5, rtol=1e-12)
    assert np.isclose(jvp(lambda p: jvp(f, p, 1.0)[1], 2.0, 1.0)[1], -0.25 * 2.0**-1.5, rtol=1e-13)


def test_derivative_has_all_digits_though_the_solver_stopped_early():
    f = lambda p: optimize.root(lambda x: x**3 - p, np.ones(1), tol=1e-3).x[0]  # noqa: E731  # a formula
    assert np.isclose(grad(f)(2.0), 2.0 ** (-2 / 3) / 3, rtol=1e-14)


@pytest.mark.parametrize("name", SAMPLES)
def test_values_are_those_of_scipy(name):
    sample = SAMPLES[name]
    assert np.array_equal(jvp(sample.function, sample.args, sample.args)[0], sample.function(*sample.args))


@pytest.mark.parametrize("name", SAMPLES)
def test_first_derivative_is_that_of_differences(name):
    sample, h = SAMPLES[name], 1e-3
    for i, x in enumerate(sample.args):
        t = np.cos(1.0 + np.arange(x.size)).reshape(x.shape)
        ends = [[x + s * h * t if k == i else y for k, y in enumerate(sample.args)] for s in (1, -1)]
        zeros = tuple(t if k == i else np.zeros_like(y) for k, y in enumerate(sample.args))
        tangent = jvp(sample.function, sample.args, zeros)[1]
        quotient = (sample.function(*ends[0]) - sample.function(*ends[1])) / (2 * h)
        assert np.allclose(
            tangent, quotient, rtol=1e-4, atol=1e-4 if "Nelder" in name or name == "minimize, fun" else 2e-5
        )


# Fits: of a line there are formulas, and the covariance of the parameters is a function of the data too

PLACES = np.linspace(0.0, 3.0, 9)
VALUES = 2.0 * np.exp(-1.1 * PLACES) + 0.3 + 0.05 * np.cos(5.0 * PLACES)
ERRORS = 0.1 + PLACES / 10.0
TIGHTLY = {"ftol": 1e-15, "xtol": 1e-15}


def exponential(x, a, b, c):
    return a * np.exp(-b * x) + c


def correlated(s):
    return np.diag(s) + 0.01 * s[:, None] * s


FITS = {
    "by x and y": lambda y, s: optimize.curve_fit(exponential, PLACES + y / 9, y, **TIGHTLY)[0],
    "by errors": lambda y, s: optimize.curve_fit(exponential, PLACES, y, sigma=s, **TIGHTLY)[0],
    "by covariance": lambda y, s: optimize.curve_fit(exponential, PLACES, y, sigma=correlated(s), **TIGHTLY)[0],
    "covariance": lambda y, s: optimize.curve_fit(exponential, PLACES, y, sigma=s, **TIGHTLY)[1],
    "absolute covariance": lambda y, s: optimize.curve_fit(
        exponential, PLACES, y, sigma=s, absolute_sigma=True, **TIGHTLY
    )[1],
    "closure, bounds": lambda y, s: optimize.curve_fit(
        lambda x, a, b: exponential(x, a, b, s[0]), PLACES, y, [1, 2], bounds=([0, 1.5], 9), **TIGHTLY
    )[0],
}


@pytest.mark.parametrize("name", FITS)
def test_fits_have_the_derivatives_of_differences(name):
    fit, h = FITS[name], 1e-4
    for order in (lambda f: f, lambda f: lambda *args: jvp(f, args, (ERRORS, VALUES))[1]):
        f = order(fit)
        tangent = jvp(f, (VALUES, ERRORS), (ERRORS, VALUES))[1]
        ahead, behind = (f(VALUES + t * ERRORS, ERRORS + t * VALUES) for t in (h, -h))
        assert np.allclose(tangent, (ahead - behind) / (2 * h), rtol=1e-4, atol=1e-4 * np.max(np.abs(tangent)))
        weights = np.cos(np.arange(tangent.size)).reshape(tangent.shape)
        slopes = grad(lambda *args, f=f, weights=weights: np.sum(weights * f(*args)), (0, 1))(VALUES, ERRORS)
        assert np.isclose(slopes[0] @ ERRORS + slopes[1] @ VALUES, np.sum(weights * tangent), rtol=1e-8)


def test_a_fitted_line_is_a_linear_function_of_the_data():
    fit = lambda y: optimize.curve_fit(lambda x, a, b: a * x + b, PLACES, y, jac=line_slopes)[0]  # noqa: E731
    assert np.allclose(jacobian(fit)(VALUES), np.linalg.pinv(line_slopes(PLACES, 1, 1)), rtol=1e-12)


def line_slopes(x, a, b):
    return np.stack([x, np.ones_like(x)], axis=1)


def test_a_fit_returns_what_scipy_returns():
    found = scipy.optimize.curve_fit(exponential, PLACES, VALUES, full_output=True)
    assert len(optimize.curve_fit(exponential, PLACES, VALUES, full_output=True)) == len(found)
    value = jvp(lambda y: optimize.curve_fit(exponential, PLACES, y)[0], (VALUES,), (VALUES,))[0]
    assert np.array_equal(value, found[0])


def test_bounds_hold():
    slopes = grad(lambda p: bounded(p)[0])(P), grad(lambda p: bounded(p)[1])(P)
    assert np.array_equal(slopes, [[0.0, 0.0], [0.0, 1.0]])


def test_implicit_takes_any_solver_and_shape():
    def square_root(a):
        plain = np.linalg.cholesky(np.eye(2))  # of no importance how it was found
        for _ in range(20):
            plain = 0.5 * (plain + np.linalg.solve(plain, MATRIX))
        return implicit(lambda x: x @ x - a, plain)

    slope = grad(lambda a: np.sum(square_root(a) * MATRIX))(MATRIX)
    assert np.allclose(slope, grad(lambda a: np.sum(linalg.sqrtm(a) * MATRIX))(MATRIX), rtol=1e-12)


MATRIX = np.array([[2.0, 0.5], [0.3, 1.5]])


def test_single_precision_stays():
    slope = grad(lambda p: optimize.root(lambda x: x**2 - p, np.ones(2)).x.sum())(np.array([2.0, 3.0], np.float32))
    assert slope.dtype == np.float32


# objective


def test_objective_of_containers():
    start = {"a": np.zeros((2, 2)), "b": 1.0}
    fun = lambda p: np.sum((p["a"] - 2.0) ** 2) + (p["b"] * p["a"][0, 0] - 3.0) ** 2  # noqa: E731  # a formula
    for method in ("BFGS", "L-BFGS-B", "trust-ncg", "Newton-CG"):
        arguments = optimize.objective(fun, start, hessp=method in ("trust-ncg", "Newton-CG"))
        found = arguments.unpack(scipy.optimize.minimize(**arguments, method=method, tol=1e-10).x)
        assert np.allclose(found["a"], 2.0, atol=1e-6)
        assert np.isclose(found["b"], 1.5, atol=1e-6)


def test_objective_with_arguments_and_its_products():
    arguments = optimize.objective(bowl, P, (P, Q), hessp=True)
    value, slope = arguments["fun"](P)
    assert type(value) is float
    assert np.allclose(slope, grad(bowl)(P, P, Q))
    assert np.allclose(arguments["hessp"](P, P), hessian(bowl)(P, P, Q) @ P)


# What is refused


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda p: optimize.root(lambda x: x**2 - p, np.zeros(2)).x, np.linalg.LinAlgError, "singular"),
        (lambda p: optimize.root(lambda x: x**2 + 1.0 + p**2, np.ones(2)).x, RuntimeError, "no solution"),
        (lambda p: optimize.root(lambda x: (x - p) ** 2, np.ones(2)).x, (RuntimeError, np.linalg.LinAlgError), "root"),
        (lambda p: implicit(lambda x: np.sum(x - p), np.ones(2)), ValueError, "as many equations as unknowns"),
        (
            lambda p: (
                optimize.minimize(
                    lambda x: np.sum((x - p) ** 2), P, constraints=[{"type": "eq", "fun": lambda x: x[0]}]
                ).x
            ),
            NotImplementedError,
            "under constraints",
        ),
        (
            lambda p: optimize.least_squares(lambda x: x - p, P, loss="huber").x,
            NotImplementedError,
            "loss='huber'",
        ),
    ],
)
def test_what_has_no_derivative_says_so(call, error, message):
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the solvers warn before the derivative is refused
        with pytest.raises(error, match=message):
            grad(lambda p: np.sum(call(p)))(P)


def test_plain_calls_are_those_of_scipy():
    assert optimize.brentq(lambda x: x**2 - 2.0, 0, 2) == scipy.optimize.brentq(lambda x: x**2 - 2.0, 0, 2)
    assert optimize.linprog is scipy.optimize.linprog
