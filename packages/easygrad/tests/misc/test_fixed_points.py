"""Fixed points and their derivatives."""

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import grad, jacobian, make_jvp
from easygrad.misc.fixed_points import fixed_point
from easygrad.testing import check_grads


def newton(a):
    """Return the step towards the square root."""
    return lambda x: 0.5 * (x + a / x)


def distance(x, y):
    """Return the greatest difference."""
    return np.max(np.abs(x - y))


def root(a):
    """Return the square root."""
    return fixed_point(newton, a, np.ones(np.shape(a)), distance, 1e-13)


@pytest.mark.parametrize("a", [2.0, np.array([2.0, 9.0])])
def test_value_and_derivatives_of_a_square_root(a):
    assert np.allclose(root(a), np.sqrt(a), rtol=1e-14)
    check_grads(root, order=2)(a)


def test_third_derivative_and_forward_mode():
    assert np.isclose(grad(grad(grad(root)))(4.0), 3 / 8 * 4.0**-2.5, rtol=1e-12)
    assert np.isclose(make_jvp(root)(4.0)(1.0)[1], 0.25, rtol=1e-13)


def step(a):
    """Return a contraction of two coupled vectors."""
    return lambda p: {"u": 0.3 * enp.tanh(p["v"]) + a["shift"], "v": 0.2 * np.sin(p["u"]) * a["scale"]}


def apart(x, y):
    """Return how far two pairs are apart."""
    return np.max(np.abs(x["u"] - y["u"])) + np.max(np.abs(x["v"] - y["v"]))


def test_parameters_and_points_may_be_containers():
    a = {"shift": np.array([0.1, 0.4]), "scale": 1.5}
    start = {"u": np.zeros(2), "v": np.zeros(2)}

    def solved(a):
        p = fixed_point(step, a, start, apart, 1e-14)
        return np.sum(p["u"] * p["v"])

    slope = grad(solved)(a)
    for key in a:
        moved = {sign: {**a, key: a[key] + sign * 1e-6} for sign in (1, -1)}
        assert np.isclose(np.sum(slope[key]), (solved(moved[1]) - solved(moved[-1])) / 2e-6, rtol=1e-7)


def test_memory_of_the_steps_is_not_kept():
    calls = []

    def counted(a):
        def once(x):
            calls.append(type(x))
            return newton(a)(x)

        return once

    grad(lambda a: fixed_point(counted, a, 1.0, distance, 1e-13))(2.0)
    traced = [kind for kind in calls if kind is not np.float64]
    assert len(traced) == 2  # once for the parameters, once for the point


def test_traced_value_from_around_is_refused():
    with pytest.raises(TypeError, match="traced value that is no argument of it"):
        grad(lambda b: fixed_point(lambda a: lambda x: newton(a)(x) * b, 2 * b, 1.0, distance, 1e-3))(1.0)


def test_jacobian_of_a_linear_iteration_is_the_inverse():
    matrix = np.array([[0.1, 0.3], [-0.2, 0.4]])

    def solved(b):
        return fixed_point(lambda b: lambda x: matrix @ x + b, b, np.zeros(2), distance, 1e-15)

    assert np.allclose(jacobian(solved)(np.ones(2)), np.linalg.inv(np.eye(2) - matrix), rtol=1e-12)
