"""The referee against closed forms, far beyond the digits of a float."""

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

from graddiff.referee import AbstainError, Referee

CLOSED_FORMS: dict[str, tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]] = {
    "sin": (np.sin, lambda c, x: c.cos(x)),
    "tanh": (np.tanh, lambda c, x: 1 / c.cosh(x) ** 2),
    "log": (np.log, lambda c, x: 1 / x),
    "sqrt": (np.sqrt, lambda c, x: 1 / (2 * c.sqrt(x))),
    "exp(-x*x)": (lambda x: np.exp(-x * x), lambda c, x: -2 * x * c.exp(-x * x)),
}


def relative_error(found: Any, true: Any) -> float:
    return float(abs((found.raw - true) / true))


@pytest.fixture
def context() -> Any:
    context = mpmath.MPContext()
    context.dps = 100
    return context


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_first_derivative_is_right_to_35_digits(name: str, context: Any) -> None:
    function, derivative = CLOSED_FORMS[name]
    found = Referee().grad(function)(0.7312)
    assert relative_error(found, derivative(context, context.mpf(0.7312))) < 1e-35


@pytest.mark.parametrize("order", range(1, 9))
def test_nth_derivative_of_a_reciprocal_is_right_to_35_digits(order: int, context: Any) -> None:
    found = Referee().differences(lambda x: 2 / x, (1.3,), (1,), order)
    true = 2 * (-1) ** order * context.factorial(order) / context.mpf(1.3) ** (order + 1)
    assert relative_error(found, true) < 1e-35


def test_nested_gradients_are_right_to_35_digits(context: Any) -> None:
    referee, function = Referee(), np.sin
    for _ in range(3):
        function = referee.grad(function)
    assert relative_error(function(0.7312), -context.cos(context.mpf(0.7312))) < 1e-35


def test_nested_closures_do_not_mix() -> None:
    referee = Referee()
    found = referee.grad(lambda x: x * referee.grad(lambda y: x * y)(3.0))(1.5)
    assert float(found.raw) == pytest.approx(3.0, rel=1e-30)


def test_all_transforms_agree_on_a_quadratic_form() -> None:
    referee = Referee()
    matrix = np.array([[2.0, 1.0], [1.0, 3.0]])
    x, v = np.array([0.5, -1.5]), np.array([1.0, 2.0])

    def form(x: Any) -> Any:
        return x @ matrix @ x / 2

    def floats(value: Any) -> Any:
        return np.vectorize(lambda n: float(n.raw))(value)

    np.testing.assert_allclose(floats(referee.grad(form)(x)), matrix @ x)
    np.testing.assert_allclose(floats(referee.hessian(form)(x)), matrix)
    np.testing.assert_allclose(floats(referee.hvp(form, x, v)), matrix @ v)
    np.testing.assert_allclose(floats(referee.jvp(form, (x,), (v,))[1]), v @ matrix @ x)
    np.testing.assert_allclose(floats(referee.jacobian(lambda x: matrix @ x)(x)), matrix)
    np.testing.assert_allclose(floats(referee.vjp(lambda x: matrix @ x, x)[1](v)), matrix.T @ v)
    np.testing.assert_allclose(floats(referee.elementwise_grad(np.square)(x)), 2 * x)
    np.testing.assert_allclose(floats(referee.value_and_grad(form)(x)[1]), matrix @ x)
    np.testing.assert_allclose(floats(referee.deriv(np.square)(1.5)), 3.0)


def test_complex_cotangents_follow_the_convention_of_autograd() -> None:
    z, g = np.array([0.5 + 1j]), np.array([1.0 + 2j])
    found = Referee().vjp(np.exp, z)[1](g)
    assert complex(found[0].raw) == pytest.approx((np.exp(z) * g)[0], rel=1e-15)


def test_stop_gradient_is_refused() -> None:
    with pytest.raises(AbstainError, match="reference="):
        Referee().stop_gradient(1.0)


def test_no_global_precision_is_touched() -> None:
    before = mpmath.mp.dps
    Referee().grad(np.sin)(1.0)
    assert mpmath.mp.dps == before
