"""Integrals and differential equations: the laws, exact derivatives, stiff equations, and what is refused."""

import numpy as np
import pytest
import scipy.integrate

import easygrad.numpy as enp
from easygrad import grad, hessian, jvp
from easygrad.scipy import integrate

from ..laws import LAWS, Sample, dtype_is_kept, law_name

Y, X = np.cos(np.arange(14.0)).reshape(2, 7), np.cumsum(1.0 + 0.5 * np.sin(np.arange(7.0)))
SAMPLES = {
    "trapezoid": Sample(integrate.trapezoid, Y, X),
    "cumulative_trapezoid": Sample(lambda y, x: integrate.cumulative_trapezoid(y, x, initial=0), Y, X),
    "cumulative_trapezoid, dx": Sample(lambda y, dx: integrate.cumulative_trapezoid(y, dx=dx, axis=0), Y, 0.3),
    "simpson": Sample(lambda y, x: integrate.simpson(y, x), Y, X),
    "simpson, even": Sample(lambda y, x: integrate.simpson(y, x), Y[:, :6], X[:6]),
    "simpson, dx": Sample(lambda y, dx: integrate.simpson(y, dx=dx), Y, 0.3),
    "simpson, axis": Sample(lambda y: integrate.simpson(y, axis=0), Y),
    "romb": Sample(lambda y, dx: integrate.romb(y[:, :5], dx), Y, 0.3),
    "fixed_quad": Sample(
        lambda a, b, p: integrate.fixed_quad(lambda x, p: np.sin(p * x), a, b, (p,))[0], 0.3, 1.1, 2.0
    ),
}


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES)
def test_law(name, law):
    if law is dtype_is_kept and name == "fixed_quad":  # SciPy's answer is a double here, whatever the limits are
        assert integrate.fixed_quad(np.sin, np.float32(0), np.float32(1))[0].dtype == np.float64
        return
    law(SAMPLES[name])


# quad, against integrals that are known

INTEGRALS = {
    "parameter": (lambda p: integrate.quad(lambda x: np.exp(-p * x), 0, 1)[0], lambda p: (1 - np.exp(-p)) / p),
    "args": (lambda p: integrate.quad(lambda x, q: x**q, 1, 2, args=(p,))[0], lambda p: (2 ** (p + 1) - 1) / (p + 1)),
    "limits": (lambda p: integrate.quad(lambda x: np.cos(x), p, p**2)[0], lambda p: np.sin(p**2) - np.sin(p)),
    "no length": (lambda p: integrate.quad(lambda x: np.cos(x), 1.3, p)[0], lambda p: np.sin(p) - np.sin(1.3)),
    "to infinity": (lambda p: integrate.quad(lambda x: np.exp(-p * x), p, np.inf)[0], lambda p: np.exp(-p * p) / p),
    "from infinity": (lambda p: integrate.quad(lambda x: np.exp(p * x), -np.inf, p)[0], lambda p: np.exp(p * p) / p),
    "back from infinity": (
        lambda p: integrate.quad(lambda x: np.exp(-p * x), np.inf, p)[0], lambda p: -np.exp(-p * p) / p,
    ),
    "everywhere": (
        lambda p: integrate.quad(lambda x: np.exp(-p * x**2), -np.inf, np.inf)[0], lambda p: np.sqrt(np.pi / p),
    ),
    "peak": (
        lambda p: integrate.quad(lambda x: 1 / (1e-4 + (x - p) ** 2), 0, 2, points=[1.3])[0],
        lambda p: 100 * (np.arctan(100 * (2 - p)) + np.arctan(100 * p)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", INTEGRALS)
def test_quad(name):
    numeric, exact = INTEGRALS[name]
    assert np.isclose(grad(numeric)(1.3), grad(exact)(1.3), rtol=1e-9, atol=1e-9)
    assert np.isclose(jvp(numeric, 1.3, 1.0)[1], grad(exact)(1.3), rtol=1e-9, atol=1e-9)
    assert np.isclose(grad(grad(numeric))(1.3), grad(grad(exact))(1.3), rtol=1e-7, atol=1e-7)
    assert jvp(numeric, 1.3, 1.0)[0] == numeric(1.3)


def test_quad_at_a_singularity_is_refused_not_wrong():
    with pytest.raises(RuntimeError, match="Substitute a singularity"):
        grad(lambda p: integrate.quad(lambda x: p * x**-0.9, 0, 1)[0])(1.0)
    with pytest.raises(NotImplementedError, match="weight"):
        grad(lambda p: integrate.quad(lambda x: p * x, 0, 1, weight="cos", wvar=2.0)[0])(1.0)


# Initial value problems, against solutions that are known

TIGHT = {"rtol": 1e-10, "atol": 1e-12}
METHODS = ("RK23", "RK45", "DOP853", "Radau", "BDF", "LSODA")


def decay(p, method="RK45", **options):
    return integrate.solve_ivp(lambda t, y: -p * y, (0, 2), [1.0], method=method, **{**TIGHT, **options}).y[0, -1]


@pytest.mark.parametrize("method", METHODS)
def test_every_method_to_the_second_order_in_all_modes(method):
    options = {"rtol": 1e-6, "atol": 1e-8} if method in ("RK23", "BDF") else TIGHT
    f = lambda p: decay(p, method, **options)  # noqa: E731  # a formula
    first, second = -2 * np.exp(-1.0), 4 * np.exp(-1.0)
    assert np.isclose(grad(f)(0.5), first, rtol=1e-8)
    assert np.isclose(jvp(f, 0.5, 1.0)[1], first, rtol=1e-8)
    assert np.isclose(grad(grad(f))(0.5), second, rtol=1e-8)
    assert np.isclose(jvp(grad(f), 0.5, 1.0)[1], second, rtol=1e-8)
    assert jvp(f, 0.5, 1.0)[0] == f(0.5)


def test_third_order():
    assert np.isclose(grad(grad(grad(decay)))(0.5), -8 * np.exp(-1.0), rtol=1e-8)


def test_start_times_and_places():
    def f(t0, t1, y0):  # y' = -t y
        return integrate.solve_ivp(lambda t, y: -t * y, (t0, t1), [y0], **TIGHT).y[0, -1]

    exact = lambda t0, t1, y0: y0 * np.exp((t0**2 - t1**2) / 2)  # noqa: E731  # a formula
    assert np.allclose(grad(f, (0, 1, 2))(0.5, 1.5, 2.0), grad(exact, (0, 1, 2))(0.5, 1.5, 2.0), rtol=1e-8)
    assert np.allclose(grad(f, (0, 1, 2))(1.5, 0.5, 2.0), grad(exact, (0, 1, 2))(1.5, 0.5, 2.0), rtol=1e-8)
    places = np.array([0.7, 0.9, 1.5])
    at = lambda ts: integrate.solve_ivp(lambda t, y: -t * y, (0.5, 2.0), [2.0], t_eval=ts, **TIGHT).y[0]  # noqa: E731
    assert np.allclose(jvp(at, places, np.ones(3))[1], -places * exact(0.5, places, 2.0), rtol=1e-8)
    assert np.allclose(
        hessian(lambda ts: np.sum(at(ts)))(places),
        np.diag((places**2 - 1) * exact(0.5, places, 2.0)),
        rtol=1e-7,
        atol=1e-8,
    )


def test_function_that_is_traced_in_places_only():
    late = lambda p: integrate.solve_ivp(lambda t, y: -p * y if 0.4 < t < 0.9 else -y, (0, 1), [1.0], max_step=0.01)  # noqa: E731
    assert np.isclose(grad(lambda p: late(p).y[0, -1])(1.0), -0.5 * np.exp(-1.0), rtol=1e-2)
    part = lambda p: integrate.quad(lambda x: p * x if x < 0.25 else x, 0, 1, points=[0.25])[0]  # noqa: E731
    assert np.isclose(grad(part)(1.0), 0.25**2 / 2)


def test_dense_output():
    f = lambda p: integrate.solve_ivp(lambda t, y: -p * y, (0, 2), [1.0], dense_output=True, **TIGHT).sol(1.1)[0]  # noqa: E731
    assert np.isclose(grad(f)(1.0), -1.1 * np.exp(-1.1), rtol=1e-7)


def oscillator(t, y, m):
    return enp.array([y[1], m * (1 - y[0] ** 2) * y[1] - y[0]])


def test_stiff_equation():
    def f(m, tolerance=1e-8, solve=integrate.solve_ivp):
        found = solve(oscillator, (0, 60), [2.0, 0.0], "Radau", args=(m,), rtol=tolerance, atol=tolerance)
        return found.y[0, -1]

    slope = (f(100.1, 1e-11, scipy.integrate.solve_ivp) - f(99.9, 1e-11, scipy.integrate.solve_ivp)) / 0.2
    assert np.isclose(grad(f)(100.0), slope, rtol=1e-5)


def pendulum(y, t, a, b):
    return [y[1], -a * np.sin(y[0]) - b * y[1]]


def test_odeint_by_everything():
    times = np.linspace(0.0, 3.0, 7)

    def f(a, y0, times):
        return np.sum(integrate.odeint(pendulum, y0, times, args=(a, 0.2)) ** 2)

    def sharp(a, y0, times):
        return np.sum(scipy.integrate.odeint(pendulum, y0, times, args=(a, 0.2), rtol=1e-12, atol=1e-12) ** 2)

    point, h = (2.0, np.array([1.0, 0.5]), times), 1e-4
    slopes = grad(f, (0, 1, 2))(*point)
    for i, x in enumerate(point):
        t = np.cos(1.0 + np.arange(np.size(x))).reshape(np.shape(x))
        ends = [[x + s * h * t if k == i else y for k, y in enumerate(point)] for s in (1, -1)]
        assert np.isclose(np.sum(slopes[i] * t), (sharp(*ends[0]) - sharp(*ends[1])) / (2 * h), rtol=1e-6)


def test_odeint_forms():
    times = np.array([0.0, 1.0, 1.0, 2.0])  # a time may be there twice
    f = lambda p: integrate.odeint(lambda t, y: -p * y, 1.0, times, tfirst=True)  # noqa: E731  # a formula
    assert np.allclose(jvp(f, 1.0, 1.0)[1][:, 0], -times * np.exp(-times), rtol=1e-7)
    value, info = integrate.odeint(lambda y, t: -y, 1.0, times, full_output=True)
    assert np.array_equal(value, scipy.integrate.odeint(lambda y, t: -y, 1.0, times))
    assert "hu" in info
    slope = grad(lambda p: integrate.odeint(lambda y, t: -p * y, 1.0, times, Dfun=lambda y, t: [[-p]])[-1, 0])(1.0)
    assert np.isclose(slope, -2 * np.exp(-2.0), rtol=1e-7)


def test_what_has_no_derivative_says_so():
    with pytest.raises(NotImplementedError, match="events"):
        grad(
            lambda p: integrate.solve_ivp(lambda t, y: -p * y, (0, 1), [1.0], events=lambda t, y: y[0] - 0.5).y[0, -1]
        )(1.0)
    with pytest.raises(NotImplementedError, match="complex"):
        grad(lambda p: np.real(integrate.solve_ivp(lambda t, y: -p * y, (0, 1), [1.0 + 0j]).y[0, -1]))(1.0)
    with pytest.raises(RuntimeError, match="did not reach the end"):
        grad(lambda p: integrate.solve_ivp(lambda t, y: p * y**2, (0, 2), [1.0]).y[0, -1])(1.0)
    assert integrate.dblquad is scipy.integrate.dblquad
