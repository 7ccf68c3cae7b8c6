"""Gradients of test problems, by a tape that the package drives itself."""

import numpy as np
from pymoo.gradient.automatic import AutomaticDifferentiation
from pymoo.problems import get_problem


def run():
    """Return values and gradients of problems with one and several objectives and with constraints."""
    found = {}
    for name in ("rosenbrock", "zdt1", "bnh", "ackley", "rastrigin", "osy"):
        problem = AutomaticDifferentiation(get_problem(name))
        low, high = problem.bounds()
        points = low + (high - low) * np.random.RandomState(0).rand(5, problem.n_var)
        for key, value in problem.evaluate(points, return_as_dictionary=True).items():
            if key in ("F", "G", "dF", "dG") and value is not None:
                found[f"{name} {key}"] = value
    return found
