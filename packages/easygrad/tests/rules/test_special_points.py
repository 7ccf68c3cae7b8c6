"""Points where a derivative is a matter of decision, or where a formula that is right elsewhere gives nan.

A finite derivative is given where there is one; at a kink the choice is Autograd's; nan only where nothing is better.
"""

import numpy as np
import pytest

from easygrad import deriv, grad, hessian, jacobian

INF, NAN = np.inf, np.nan
EPS = 1e-300
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's own warning at a pole

ONE_NUMBER = {
    "abs at 0": (np.abs, 0.0, 0.0),
    "fabs at 0": (np.fabs, 0.0, 0.0),
    "builtin abs at 0": (abs, 0.0, 0.0),
    "maximum at 0": (lambda x: np.maximum(x, 0.0), 0.0, 0.5),
    "minimum at 0": (lambda x: np.minimum(0.0, x), 0.0, 0.5),
    "fmax at 0": (lambda x: np.fmax(x, 0.0), 0.0, 0.5),
    "fmax beside nan": (lambda x: np.fmax(x, NAN), 2.0, 1.0),
    "fmin of nan": (lambda x: np.fmin(x, 1.0), NAN, 0.0),
    "maximum of infinities": (lambda x: np.maximum(x, INF), INF, 0.5),
    "maximum beside nan": (lambda x: np.maximum(x, NAN), 2.0, NAN),
    "sqrt at 0": (np.sqrt, 0.0, INF),
    "sqrt below 0": (np.sqrt, -1.0, NAN),
    "log at 0": (np.log, 0.0, INF),
    "arccosh below 1": (np.arccosh, 0.5, NAN),
    "x * x**.5 at 0": (lambda x: x * x**0.5, 0.0, NAN),
    "x**1.5 at 0": (lambda x: x**1.5, 0.0, 0.0),
    "x**2 at 0": (lambda x: x**2, 0.0, 0.0),
    "x**1 at 0": (lambda x: x**1, 0.0, 1.0),
    "x**0 at 0": (lambda x: x**0, 0.0, 0.0),
    "x**0. at 0": (lambda x: x**0.0, 0.0, 0.0),
    "x**array at 0": (lambda x: np.sum(x ** np.array([0.0, 1.0, 2.0])), 0.0, 1.0),
    "x**-1 at 0": (lambda x: x**-1, 0.0, -INF),
    "0**y": (lambda y: 0.0**y, 2.0, 0.0),
    "0-d 0**y": (lambda y: np.array(0.0) ** y, 2.0, 0.0),
    "(-2)**y": (lambda y: (-2.0) ** y, 2.0, NAN),
    "(-2)**3 by the base": (lambda x: x**3, -2.0, 12.0),
    "sinc at 0": (np.sinc, 0.0, 0.0),
    "naive where at 0": (lambda x: np.where(x > 0, np.sqrt(x), 0.0), 0.0, NAN),
    "double where at 0": (lambda x: np.where(x > 0, np.sqrt(np.where(x > 0, x, 1.0)), 0.0), 0.0, 0.0),
    "1e200 / z": (lambda z: 1e200 / z, 1e-200, -INF),
    "1 / 0": (lambda z: 1 / z, 0.0, -INF),
    "exp that overflows": (np.exp, 1000.0, INF),
    "0 % 0": (lambda x: x % 0.0, 1.0, 1.0),
    "prod with a zero": (lambda x: np.prod(np.array([0.0, 3.0]) + x * np.array([1.0, 0.0])), 0.0, 3.0),
    "std of a constant": (lambda x: np.std(x * np.ones(3)), 2.0, 0.0),
    "x**2 under sqrt at 0": (lambda x: np.sqrt(x**2), 0.0, NAN),
    "logaddexp(-inf, 1)": (lambda x: np.logaddexp(x, 1.0), -INF, 0.0),
    "logaddexp(inf, 1)": (lambda x: np.logaddexp(x, 1.0), INF, 1.0),
    "logaddexp(1, inf)": (lambda x: np.logaddexp(1.0, x), INF, 1.0),
    "arctan at inf": (np.arctan, INF, 0.0),
    "arctan far out": (np.arctan, 1e200, 0.0),
    "tanh at inf": (np.tanh, INF, 0.0),
    "reciprocal at inf": (np.reciprocal, INF, 0.0),
    "hypot far out": (lambda x: np.hypot(x, 1e200), 1e200, np.sqrt(0.5)),
    "arctan2 far out": (lambda x: np.arctan2(x, 1e200) * 1e200, 1e200, 0.5),
}
GRADIENTS = {
    "tie of maximum": (lambda x: np.maximum(x[0], x[1]), [2.0, 2.0], [0.5, 0.5]),
    "tie of max": (np.max, [2.0, 1.0, 2.0], [0.5, 0.0, 0.5]),
    "tie of min": (np.min, [2.0, 2.0, 2.0, 2.0], [0.25] * 4),
    "max with a nan": (np.max, [1.0, NAN, 2.0], [NAN] * 3),
    "prod with one zero": (np.prod, [0.0, 3.0, 2.0], [6.0, 0.0, 0.0]),
    "prod with two zeros": (np.prod, [0.0, 0.0, 2.0], [0.0, 0.0, 0.0]),
    "prod of one zero": (np.prod, [0.0], [1.0]),
    "std of a constant row": (
        lambda x: np.sum(np.std(np.reshape(x, (2, 2)), axis=1)),
        [1.0, 1.0, 1.0, 3.0],
        [0.0, 0.0, -0.5, 0.5],
    ),
    "arctan2 at the origin": (lambda x: np.arctan2(x[0], x[1]), [0.0, 0.0], [0.0, 0.0]),
    "hypot at the origin": (lambda x: np.hypot(x[0], x[1]), [0.0, 0.0], [0.0, 0.0]),
    "hypot on an axis": (lambda x: np.hypot(x[0], x[1]), [0.0, 2.0], [0.0, 1.0]),
    "logaddexp of two -inf": (lambda x: np.logaddexp(x[0], x[1]), [-INF, -INF], [0.5, 0.5]),
    "logaddexp of two inf": (lambda x: np.logaddexp(x[0], x[1]), [INF, INF], [0.5, 0.5]),
    "logaddexp2 of two -inf": (lambda x: np.logaddexp2(x[0], x[1]), [-INF, -INF], [0.5, 0.5]),
    "logaddexp far apart": (lambda x: np.logaddexp(x[0], x[1]), [800.0, -800.0], [1.0, 0.0]),
    "square root of a sum of squares at 0": (lambda x: np.sqrt(np.sum(x**2)), [0.0, 0.0], [NAN, NAN]),
    "sum of squares at 0": (lambda x: np.sum(x**2), [0.0, 0.0], [0.0, 0.0]),
    "power by both at base 0": (lambda x: x[0] ** x[1], [0.0, 2.0], [0.0, 0.0]),
}


def agree(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=EPS)
    assert np.asarray(actual).dtype == np.float64


@pytest.mark.parametrize("name", ONE_NUMBER)
@pytest.mark.parametrize("kind", [float, np.float64, np.array])
def test_derivative_in_reverse(name, kind):
    function, x, expected = ONE_NUMBER[name]
    agree(grad(function)(kind(x)), expected)


# Forward mode does not meet the infinite slope of the branch that was not taken
@pytest.mark.parametrize("name", [name for name in ONE_NUMBER if name != "naive where at 0"])
@pytest.mark.parametrize("kind", [float, np.array])
def test_derivative_forward(name, kind):
    function, x, expected = ONE_NUMBER[name]
    agree(deriv(function)(kind(x)), expected)


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradient(name):
    function, x, expected = GRADIENTS[name]
    agree(grad(function)(np.array(x)), expected)


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradient_from_tangents(name):
    function, x, expected = GRADIENTS[name]
    columns = [deriv(lambda s, unit=unit: function(np.array(x) + s * unit))(0.0) for unit in np.eye(len(x))]
    if "inf" not in name:  # inf + 0 * s keeps the point, and so does -inf, but nan would not
        agree(columns, expected)


@pytest.mark.parametrize("first", [grad, deriv])
@pytest.mark.parametrize("second", [grad, deriv])
def test_second_derivatives(first, second):
    def twice(f, x):
        return second(first(f))(x)

    agree(twice(np.sinc, 0.0), -(np.pi**2) / 3)
    agree(twice(lambda x: x**2, 0.0), 2.0)
    agree(twice(lambda x: x**1, 0.0), 0.0)
    agree(twice(lambda x: x**0, 0.0), 0.0)
    agree(twice(lambda x: x**2.0, 0.0), 2.0)
    agree(twice(abs, 0.0), 0.0)
    agree(twice(lambda x: x * np.abs(x), 0.0), 0.0)


@pytest.mark.parametrize("mode", [grad, deriv])
def test_powers_at_zero_to_order_four(mode):
    f, found = (lambda x: x**3), []
    for _ in range(4):
        f = mode(f)
        found.append(f(0.0))
    agree(found, [0.0, 0.0, 6.0, 0.0])


def test_fourth_derivative_of_sinc_at_zero():
    agree(grad(grad(grad(grad(np.sinc))))(0.0), np.pi**4 / 5)


def test_hessian_of_a_product_with_one_zero():
    agree(hessian(np.prod)(np.array([0.0, 3.0, 2.0])), [[0.0, 2.0, 3.0], [2.0, 0.0, 0.0], [3.0, 0.0, 0.0]])


def test_second_derivative_of_hypot_at_equal_arguments():
    # 1/(2 sqrt 2) * [[1, -1], [-1, 1]] at (1, 1)
    expected = np.array([[1.0, -1.0], [-1.0, 1.0]]) / np.sqrt(8.0)
    agree(jacobian(grad(lambda x: np.hypot(x[0], x[1])))(np.array([1.0, 1.0])), expected)


@pytest.mark.parametrize("x", [[1, 2], [3, 4]], ids=str)
def test_integer_array_counts_as_floats(x):
    agree(grad(lambda z: np.dot(z, [0.5, 0.25]))(np.array(x)), [0.5, 0.25])
