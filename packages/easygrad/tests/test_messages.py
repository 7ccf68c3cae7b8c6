"""Errors name the function and the argument, say what came and what to do, and show the user's line.

The rows are those calls whose messages people found confusing elsewhere.
"""

import math
import traceback
from pathlib import Path

import numpy as np
import pytest

import easygrad
import easygrad.numpy as enp
from easygrad import grad, jacobian, stop_gradient, value_and_grad
from easygrad.extend import primitive

X = np.array([1.0, 2.0])
PACKAGE = Path(easygrad.__file__).parent


@primitive
def squared(x, scale):
    """Return a scaled square; no rule says how that changes."""
    return scale * x**2


def assign_element(x):
    plain = np.zeros(2)
    plain[0] = x[0]
    return plain.sum()


def assign_part(x):
    plain = np.zeros(2)
    plain[:] = x
    return plain.sum()


def add_in_place(x):
    plain = np.zeros(2)
    plain += x
    return plain.sum()


# What was written; the error; what its message (or that of its cause) says
ROWS = {
    "plain[i] = x": (grad(assign_element), ValueError, ["float(x)", "shape ()", "np.zeros_like(x)", "like=x"]),
    "plain[:] = x": (grad(assign_part), TypeError, ["writing it into one", "shape (2,)", "np.zeros_like(x)"]),
    "plain += x": (grad(add_in_place), TypeError, ["numpy.add", "a += x", "Write a = a + x"]),
    "float(x)": (lambda x: grad(float)(x[0]), TypeError, ["float(x)", "functions of math", "stop_gradient(x)"]),
    "math.sin(x)": (lambda x: grad(math.sin)(x[0]), TypeError, ["functions of math", "numpy", "stop_gradient(x)"]),
    "np.sin([x, y])": (
        grad(lambda x: np.sin([x[0], x[1]]).sum()),
        TypeError,
        ["plain array", "list with traced values", "easygrad.numpy.array([...])"],
    ),
    "np.sum(list)": (lambda x: grad(np.sum)(list(x)), TypeError, ["list", "easygrad.numpy.array([...])"]),
    "returns None": (grad(lambda x: None), TypeError, ["grad", "<lambda> returned None", "single real number"]),
    "returns a string": (grad(lambda x: "text"), TypeError, ["grad", "returned 'text'", "single real number"]),
    "returns an array": (grad(lambda x: x), TypeError, ["array of shape (2,)", "jacobian", "np.sum"]),
    "returns complex": (grad(lambda x: x.sum() * 1j), TypeError, ["complex", "holomorphic_grad"]),
    "a string as argument": (lambda x: grad(lambda s: 1.0)("text"), TypeError, ["argument 0", "'text'", "str"]),
    "no such argument": (lambda x: grad(lambda x: x, 1)(x), TypeError, ["argnum 1", "<lambda>", "1 positional"]),
    "no such name": (lambda x: grad(lambda x: x, "y")(x), TypeError, ["y", "<lambda>"]),
    "an option without a rule": (
        grad(lambda x: enp.cross(x, X, nonsense=1)),
        TypeError,
        ["cross", "nonsense"],
    ),
    "an option of a ufunc": (
        grad(lambda x: np.add(x, X, signature="dd->d").sum()),
        TypeError,
        ["numpy.add", "signature"],
    ),
    "an argument without a rule": (
        grad(lambda x: np.roll(x, x[0])[0]),
        NotImplementedError,
        ["roll", "argument shift", "stop_gradient(value)"],
    ),
    "a function without a rule": (
        grad(lambda x: np.lib.stride_tricks.sliding_window_view(x, 1).sum()),
        NotImplementedError,
        ["numpy.lib.stride_tricks.sliding_window_view", "stop_gradient(x)", "rule"],
    ),
    "a primitive without a rule": (
        grad(lambda x: squared(x[0], 2.0)),
        NotImplementedError,
        ["squared", "x", "defvjp(squared"],
    ),
    "a container of another shape": (
        lambda x: easygrad.jvp(lambda p: p["a"], {"a": x}, {"a": x, "b": x}),
        TypeError,
        ["tangent", "argument 0 ('p')", "'b'"],
    ),
    "a cotangent of another shape": (
        lambda x: easygrad.vjp(lambda x: x, x)[1](1.0),
        TypeError,
        ["cotangent", "shape ()", "shape (2,)"],
    ),
    "in place, too large": (
        grad(lambda x: x.__iadd__(np.ones((2, 2))).sum()),
        TypeError,
        ["in-place", "shape (2, 2)", "shape (2,)", "a = a + b"],
    ),
}


def user_and_library(error):
    """Return the frames of this file and, below its last one, those of the package."""
    frames = [Path(frame.filename) for frame in traceback.extract_tb(error.__traceback__)]
    last = max(i for i, path in enumerate(frames) if path.name == Path(__file__).name)
    return frames[: last + 1], [path for path in frames[last + 1 :] if PACKAGE in path.parents]


@pytest.mark.parametrize("row", ROWS)
def test_message(row):
    program, kind, words = ROWS[row]
    with pytest.raises(kind) as raised:
        program(X)
    text = f"{raised.value} {raised.value.__cause__}"
    for word in words:
        assert word in text, text


@pytest.mark.parametrize("row", ROWS)
def test_traceback_shows_the_users_line_and_few_of_ours(row):
    program, kind, _ = ROWS[row]
    with pytest.raises(kind) as raised:
        program(X)
    user, ours = user_and_library(raised.value)
    assert user
    assert len(ours) <= 4, ours


def test_what_confused_people_and_now_works():
    assert grad(lambda x: x**2)(2) == 4.0
    assert grad(lambda hi: np.clip(3.0, 0.0, hi))(2.0) == 1.0
    by_x, by_y = jacobian(lambda x: (x, x * 2.0))(X)
    np.testing.assert_array_equal(by_y, 2.0 * by_x)
    np.testing.assert_array_equal(grad(lambda x: np.multiply(x, x, where=[True, False]).sum())(X), [2.0, 0.0])


def test_function_independent_of_its_argument_has_gradient_zero_and_what_detaches_raises():
    assert value_and_grad(lambda x: 3.0)(1.0) == (3.0, 0.0)
    assert grad(np.floor)(1.5) == 0.0
    assert grad(lambda x: x * stop_gradient(x))(3.0) == 3.0
    with pytest.raises(TypeError, match="stop_gradient"):
        grad(lambda x: np.full(3, float(x)).sum())(1.0)
