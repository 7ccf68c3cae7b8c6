"""Whole programs: the gradient is the one by hand, the fits succeed, and the times of both are printed if asked for.

``OPENBLAS_NUM_THREADS=1 python -m pytest packages/easygrad/tests/scipy/test_programs.py -s`` shows the times of the
processor, the best of five each.
"""

from time import process_time

import numpy as np
import pytest
import scipy.optimize

from easygrad.scipy import optimize

from .programs import gaussian_process, neural_ode, poisson

PROGRAMS = {
    "neural ODE": (neural_ode, neural_ode.start_parameters(), 1e-4),
    "Gaussian process": (gaussian_process, gaussian_process.START, 1e-8),
    "Poisson, 100 000 unknowns": (poisson, poisson.START, 1e-6),
}


def as_vector(gradient):
    return np.concatenate([np.ravel(x) for x in (gradient.values() if isinstance(gradient, dict) else [gradient])])


def best_times(functions, *args):
    """Return the best of five times of each, taken in turn, so that a busy machine is busy for all."""
    times = [[] for _ in functions]
    for _ in range(5):
        for function, taken in zip(functions, times, strict=True):
            start = process_time()
            function(*args)
            taken.append(process_time() - start)
    return map(min, times)


def print_times(name, program, point, error):
    """Print the times of a program's gradient and of the one by hand, and how far apart the two are."""
    ours, theirs = best_times((program.ours, program.by_hand), point)
    print(
        f"{name}: easygrad {ours * 1e3:.1f} ms, by hand {theirs * 1e3:.1f} ms, ratio {ours / theirs:.2f}, {error:.1e}"
    )


@pytest.mark.parametrize("name", PROGRAMS)
def test_gradient_is_the_one_by_hand(name, pytestconfig):
    program, point, tolerance = PROGRAMS[name]
    (value, slope), (expected, by_hand) = program.ours(point), program.by_hand(point)
    assert np.isclose(value, expected, rtol=1e-6)
    error = np.max(np.abs(as_vector(slope) - as_vector(by_hand))) / np.max(np.abs(as_vector(by_hand)))
    assert error < tolerance
    if pytestconfig.getoption("capture") == "no":  # -s: somebody reads it; else no clock is looked at
        print_times(name, program, point, error)


def test_neural_ode_is_fitted():
    arguments = optimize.objective(neural_ode.loss, neural_ode.start_parameters())
    found = scipy.optimize.minimize(**arguments, method="L-BFGS-B", options={"maxiter": 15})
    assert found.fun < 0.2 * neural_ode.loss(neural_ode.start_parameters())
    assert set(arguments.unpack(found.x)) == {"W1", "b1", "W2", "b2"}


def test_gaussian_process_is_fitted():
    arguments = optimize.objective(gaussian_process.negative_log_likelihood, gaussian_process.START)
    found = scipy.optimize.minimize(**arguments)
    by_hand = scipy.optimize.minimize(gaussian_process.by_hand, gaussian_process.START, jac=True)
    assert np.isclose(found.fun, by_hand.fun, rtol=1e-8)
    assert 0.07 < np.exp(found.x[2]) < 0.13  # the noise that was put in
