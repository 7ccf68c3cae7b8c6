"""``pad`` in every mode, against the derivative of NumPy's own answer."""

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import grad, jacobian, vjp
from easygrad.rules import padding as family

from ..laws import (
    LAWS,
    Sample,
    assert_near,
    law_name,
    primitives_of,
    pullback_is_the_transpose,
    pushforward_is_the_derivative,
    second_order_agrees,
)

X = np.array([[0.5, -1.2, 2.2], [1.7, 0.3, -0.9]])
ROW = np.array([0.5, -1.2, 2.2, 0.4])
WIDTHS = {
    "int": 1,
    "pair": (1, 2),
    "pairs": ((0, 2), (3, 0)),
    "none": 0,
    "far": ((5, 4), (3, 8)),
    "column": ((1,), (2,)),
}
MODES = {
    "constant": {},
    "constant of values": {"mode": "constant", "constant_values": ((1.0, 2.0), (3.0, 4.0))},
    "edge": {"mode": "edge"},
    "reflect": {"mode": "reflect"},
    "reflect odd": {"mode": "reflect", "reflect_type": "odd"},
    "symmetric": {"mode": "symmetric"},
    "symmetric odd": {"mode": "symmetric", "reflect_type": "odd"},
    "wrap": {"mode": "wrap"},
    "linear_ramp": {"mode": "linear_ramp"},
    "linear_ramp to values": {"mode": "linear_ramp", "end_values": (1.0, -2.0)},
    "mean": {"mode": "mean"},
    "mean of some": {"mode": "mean", "stat_length": ((1, 2), (2, 9))},
    "maximum": {"mode": "maximum"},
    "minimum of some": {"mode": "minimum", "stat_length": 2},
    "median": {"mode": "median"},
}


def test_every_primitive_has_a_sample():
    assert primitives_of(family) == set()


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("mode", MODES)
def test_law(mode, law):
    law(Sample(lambda x: np.pad(x, (2, 1), **MODES[mode]), X))


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("mode", ["constant", "edge", "reflect odd", "wrap", "linear_ramp", "mean"])
def test_law_for_complex_numbers(mode, law):
    law(Sample(lambda x: np.pad(x, 2, **MODES[mode]), ROW, analytic=True))


@pytest.mark.parametrize("shape", [(2, 3), (1, 2), (1, 1)], ids=str)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("mode", MODES)
def test_width(mode, width, shape):
    sample = Sample(lambda x: np.pad(x, WIDTHS[width], **MODES[mode]), np.resize(X, shape))
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)


@pytest.mark.parametrize("name", ["constant_values", "end_values"])
@pytest.mark.parametrize(
    "form", [lambda v: v[0], lambda v: v[:2], lambda v: (v[0], v[1]), lambda v: ((v[0], v[1]), (2.0, v[2]))]
)
def test_values_are_differentiated(name, form):
    mode = "constant" if name == "constant_values" else "linear_ramp"

    def padded(x, v):
        return enp.pad(x, ((1, 2), (2, 1)), mode, **{name: form(v)})

    sample = Sample(padded, X, ROW)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)
    only_values = Sample(lambda v: padded(X, v), ROW)
    pullback_is_the_transpose(only_values)


def test_value_that_numpy_does_not_hand_over_is_refused():
    with pytest.raises(TypeError, match="cut a traced value"):
        grad(lambda v: np.sum(np.pad(X, 1, constant_values=v)))(1.0)


def test_other_numbers_of_dimensions():
    for shape in ((4,), (), (2, 1, 3)):
        x = np.resize(ROW, shape)
        gradient = grad(lambda z: np.sum(np.pad(z, 2, "edge") if z.ndim else np.pad(z, 0)))(x)
        assert np.sum(gradient) == (np.pad(x, 2) if x.ndim else x).size


def test_widths_by_axis():
    gradient = grad(lambda x: np.sum(np.pad(x, {-1: (1, 2)}, "edge")))(X)
    assert_near(gradient, [[2.0, 1.0, 3.0]] * 2, 0.0, "gradient")
    gradient = grad(lambda x: np.sum(np.pad(x, {0: 1}, "edge")))(X)
    assert_near(gradient, [[2.0] * 3] * 2, 0.0, "gradient")


def test_empty_array():
    value, pullback = vjp(lambda x: np.pad(x, 1), np.zeros((0, 2)))
    assert value.shape == (2, 4)
    assert pullback(value).shape == (0, 2)
    for mode in ("reflect", "edge", "wrap", "symmetric"):
        with pytest.raises(ValueError, match=r"empty|broadcast"):
            grad(lambda x, m=mode: np.sum(np.pad(x, 1, m)))(np.zeros((0, 2)))


def test_ties_of_maximum_share():
    assert_near(jacobian(lambda x: np.pad(x, (0, 1), "maximum"))(np.array([1.0, 1.0]))[2], [0.5, 0.5], 0.0, "tie")


REFUSED = {
    "empty": ({"mode": "empty"}, NotImplementedError, "empty"),
    "a function": ({"mode": lambda *args: None}, NotImplementedError, "mode"),
    "unknown mode": ({"mode": "mirror"}, NotImplementedError, "mirror"),
    "foreign option": ({"mode": "edge", "constant_values": 1.0}, TypeError, "constant_values"),
    "unknown kind": ({"mode": "reflect", "reflect_type": "strange"}, ValueError, "strange"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    options, error, words = REFUSED[name]
    with pytest.raises(error, match=words):
        grad(lambda x: np.sum(np.pad(x, 1, **options)))(X)


@pytest.mark.parametrize("width", [-1, 1.5, (1, 2, 3)], ids=str)
def test_width_that_numpy_refuses_is_refused(width):
    with pytest.raises(ValueError):  # noqa: PT011  # NumPy's words, which change
        grad(lambda x: np.sum(np.pad(x, width)))(X)
