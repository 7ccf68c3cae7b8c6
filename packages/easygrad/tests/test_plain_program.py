"""A program written for plain NumPy is differentiated without changing a line."""

import ast
import inspect

import numpy as np

from easygrad import grad, hessian_vector_product, jvp, value_and_grad

from . import plain_program
from .laws import assert_near, difference

PARAMS = {
    "base": 1.2,
    "slope": 0.01,
    "bend": 1.4,
    "melting": 31.0,
    "heater": {"power": 9.0, "loss": 0.3},
    "start": np.array([14.0, 12.5, 9.0, 8.0, 6.5, 5.0, 3.5, 2.5]),
    "weights": np.array([1.0, 2.0, 1.5]),
    "mix": np.array([[0.3, -0.2], [0.5, 0.1], [-0.4, 0.8], [0.2, 0.6]]),
    "comment": "measured on a Monday",
}


def moved(params, tangents, t):
    """Return the parameters moved by ``t`` in a direction."""
    if isinstance(params, dict):
        return {key: moved(value, tangents[key], t) for key, value in params.items()}
    return params if isinstance(params, str) else params + t * tangents


def direction(params, seed=0):
    """Return a direction in the space of the parameters."""
    if isinstance(params, dict):
        return {key: direction(value, seed + i) for i, (key, value) in enumerate(params.items())}
    return (
        params if isinstance(params, str) else np.cos(1.0 + seed + np.arange(np.size(params))).reshape(np.shape(params))
    )


def paired(gradient, tangents):
    """Return the sum of products over all parameters."""
    if isinstance(gradient, dict):
        return sum(paired(value, tangents[key]) for key, value in gradient.items())
    return 0.0 if isinstance(gradient, str) else np.sum(gradient * tangents)


def test_the_program_knows_numpy_alone():
    tree = ast.parse(inspect.getsource(plain_program))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"dataclasses", "numpy"}


def test_value_and_gradient():
    value, gradient = value_and_grad(plain_program.simulate)(PARAMS)
    assert value == plain_program.simulate(PARAMS)
    assert gradient["comment"] == "measured on a Monday"
    tangents = direction(PARAMS)
    expected = difference(lambda t: plain_program.simulate(moved(PARAMS, tangents, t)), (0.0,), (1.0,), step=1e-3)
    assert_near(paired(gradient, tangents), expected, 1e-9, "gradient")
    assert_near(jvp(plain_program.simulate, PARAMS, tangents)[1], expected, 1e-9, "jvp")
    for name in ("base", "slope", "start", "weights", "mix"):
        assert np.all(gradient[name] != 0.0), name


def test_second_order():
    tangents = direction(PARAMS)
    product = hessian_vector_product(plain_program.simulate)(PARAMS, tangents)
    gradient = grad(plain_program.simulate)
    expected = difference(lambda t: paired(gradient(moved(PARAMS, tangents, t)), tangents), (0.0,), (1.0,), step=1e-3)
    assert_near(paired(product, tangents), expected, 1e-7, "Hessian")


def test_what_it_writes_to_its_log_is_plain_text():
    logs = []
    report = plain_program.Rod.report

    def spied(rod, step):
        report(rod, step)
        logs.append(rod.log[-2:])

    plain_program.Rod.report = spied
    try:
        plain_program.simulate(PARAMS)
        grad(plain_program.simulate)(PARAMS)
    finally:
        plain_program.Rod.report = report
    half = len(logs) // 2
    assert logs[:half] == logs[half:]
    assert logs[0][0].startswith("copper   0: ")
