"""The steps of the three optimizers."""

import numpy as np
import pytest

from easygrad import grad
from easygrad.misc.optimizers import adam, rmsprop, sgd

CENTER = {"a": np.array([1.0, -2.0]), "b": 0.5}


def distance(p, i=0):
    """Return a quadratic with its least value at CENTER."""
    return np.sum((p["a"] - CENTER["a"]) ** 2) + 3 * (p["b"] - CENTER["b"]) ** 2


START = {"a": np.zeros(2), "b": 0.0}


@pytest.mark.parametrize(("optimize", "options"), [(sgd, {"mass": 0.5}), (rmsprop, {}), (adam, {"step_size": 0.1})])
def test_finds_the_least_value(optimize, options):
    found = optimize(grad(distance), START, num_iters=2000, **{"step_size": 0.01, **options})
    assert np.allclose(found["a"], CENTER["a"], atol=0.01)
    assert np.allclose(found["b"], CENTER["b"], atol=0.01)
    assert START["a"].tolist() == [0, 0]


def test_two_steps_of_sgd_by_hand():
    found = sgd(lambda x, i: np.array([2.0 + i]), np.array([1.0]), num_iters=2, step_size=0.1, mass=0.75)
    first = -0.25 * 2.0
    assert np.allclose(found, 1.0 + 0.1 * first + 0.1 * (0.75 * first - 0.25 * 3.0), rtol=1e-15)


def test_two_steps_of_rmsprop_by_hand():
    found = rmsprop(lambda x, i: np.array([2.0 + i]), np.array([1.0]), num_iters=2, step_size=0.1, gamma=0.75, eps=0.5)
    first = 0.75 + 0.25 * 4.0
    second = 0.75 * first + 0.25 * 9.0
    assert np.allclose(found, 1.0 - 0.1 * 2.0 / (first**0.5 + 0.5) - 0.1 * 3.0 / (second**0.5 + 0.5), rtol=1e-15)


def test_two_steps_of_adam_by_hand():
    options = {"num_iters": 2, "step_size": 0.1, "b1": 0.5, "b2": 0.75, "eps": 0.5}
    found = adam(lambda x, i: np.array([2.0 + i]), np.array([1.0]), **options)
    mean, square = 0.5 * (0.5 * 2.0) + 0.5 * 3.0, 0.75 * (0.25 * 4.0) + 0.25 * 9.0
    second = mean / (1 - 0.25) / ((square / (1 - 0.5625)) ** 0.5 + 0.5)
    assert np.allclose(found, 1.0 - 0.1 * 2.0 / 2.5 - 0.1 * second, rtol=1e-15)


@pytest.mark.parametrize("optimize", [sgd, rmsprop, adam])
def test_callback_sees_parameters_step_and_gradient_in_their_containers(optimize):
    seen = []
    optimize(grad(distance), START, lambda p, i, g: seen.append((p, i, g)), 3, 0.1)
    assert [i for _, i, _ in seen] == [0, 1, 2]
    assert seen[0][0]["a"].tolist() == [0, 0]
    assert seen[0][2]["a"].tolist() == [-2, 4]
    assert seen[1][0]["b"] != 0


@pytest.mark.parametrize("optimize", [sgd, rmsprop, adam])
def test_a_whole_run_has_a_derivative(optimize):
    def final(rate):
        return distance(optimize(grad(distance), START, num_iters=4, step_size=rate))

    difference = (final(0.05 + 1e-6) - final(0.05 - 1e-6)) / 2e-6
    assert np.isclose(grad(final)(0.05), difference, rtol=1e-7)
