"""Rarer elementwise functions: the laws, broadcasting, special points."""

import numpy as np
import pytest

from easygrad import deriv, grad, jvp, vjp
from easygrad.rules import ufuncs as family

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

ANY = np.array([-1.4, 0.3, 2.1])
OTHER = np.array([0.6, -1.1, 0.7])
STEPS = np.array([1.5, 0.0, -2.0])
POWERS = np.array([2, -1, 3])

SAMPLES = {
    "copysign": Sample(lambda x: family.copysign(x, OTHER.astype(x.dtype)), ANY),
    "heaviside": Sample(lambda h: family.heaviside(STEPS.astype(h.dtype), h), OTHER),
    "fmod": Sample(family.fmod, [7.3, -3.4, 2.2], [2.0, 1.5, -0.9]),
    "ldexp": Sample(lambda x: family.ldexp(x, POWERS), ANY),
    "fraction": Sample(family.fraction, ANY),
    "mantissa": Sample(family.mantissa, ANY),
}
COMPOSITES = {
    "modf": Sample(lambda x: family.modf(x)[0] * family.modf(x)[1], ANY),
    "frexp": Sample(lambda x: family.frexp(x)[0] ** 2, ANY),
    "divmod": Sample(lambda x, y: family.divmod(x, y)[1], [7.3, -3.4, 2.2], [2.0, 1.5, -0.9]),
}
FORMS = {
    "copysign": lambda x: np.copysign(x[:, None], OTHER) * x,
    "copysign of the sign": lambda x: np.copysign(x * x, x) + x * np.copysign(2.0, x),
    "heaviside": lambda x: np.heaviside(STEPS, x[:, None] * x) + x * np.heaviside(x, 0.5),
    "fmod": lambda x: np.fmod(x[:, None] * 5.0, x - 4.0),
    "ldexp": lambda x: np.ldexp(x[:, None], POWERS) * x,
    "modf": lambda x: np.modf(x * x)[0] + x * np.modf(3.0 * x)[1],
    "frexp": lambda x: np.frexp(x**3)[0] + x * np.frexp(x)[1],
    "divmod": lambda x: np.divmod(x * 5.0, x - 4.0)[1] + x * np.divmod(x, 0.4)[0],
    "divmod of Python": lambda x: divmod(x * 5.0, 0.8)[1],
    "float_power": lambda x: np.float_power(x * x, x),
    "float_power of an integer": lambda x: np.float_power(2, x),
}


def test_every_primitive_has_a_sample():
    assert primitives_of(family) == set(SAMPLES)


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES | COMPOSITES)
def test_law(name, law):
    law((SAMPLES | COMPOSITES)[name])


@pytest.mark.parametrize("name", FORMS)
def test_form(name):
    sample = Sample(FORMS[name], ANY)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)


def test_float_power_of_complex_numbers():
    sample = Sample(family.float_power, [0.4, 1.3, 2.2], OTHER, analytic=True)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)


def test_float_power_is_double_and_its_gradient_is_of_the_input():
    x = ANY.astype(np.float32) ** 2
    value, pullback = vjp(lambda z: np.float_power(z, 2), x)
    assert value.dtype == np.float64
    assert pullback(np.ones(3)).dtype == np.float32
    assert jvp(lambda z: np.float_power(z, 2), x, x)[1].dtype == np.float64


@pytest.mark.parametrize("name", ["modf", "frexp", "divmod"])
def test_results_are_numpys(name):
    seen = []
    args = (0.4,) if name == "divmod" else ()

    def total(x):
        seen.append(getattr(np, name)(x, *args))
        return np.sum(x)

    grad(total)(ANY)
    for part, expected in zip(seen[0], getattr(np, name)(ANY, *args), strict=True):
        plain = getattr(part, "value", part)
        assert np.array_equal(plain, expected)
        assert plain.dtype == expected.dtype


ONE_NUMBER = {
    "copysign at 0": (lambda x: np.copysign(x, -1.0), 0.0, 0.0),
    "copysign with respect to the sign": (lambda y: np.copysign(2.0, y), 1.5, 0.0),
    "heaviside beside 0": (lambda x: np.heaviside(x, 0.5), 1.0, 0.0),
    "heaviside at 0": (lambda x: np.heaviside(x, 0.5), 0.0, 0.0),
    "heaviside by its value at 0": (lambda h: np.heaviside(0.0, h), 0.3, 1.0),
    "heaviside by its value elsewhere": (lambda h: np.heaviside(2.0, h), 0.3, 0.0),
    "fmod by 0.1": (lambda y: np.fmod(0.3, y), 0.1, -2.0),
    "fmod of a negative number": (lambda y: np.fmod(-7.5, y), 2.0, 3.0),
    "modf at infinity": (lambda x: np.modf(x)[0], np.inf, 1.0),
    "frexp at 0": (lambda x: np.frexp(x)[0], 0.0, 1.0),
    "float_power at 0": (lambda x: np.float_power(x, 2), 0.0, 0.0),
    "nextafter": (lambda x: np.nextafter(x, 2.0), 1.0, 0.0),
}


@pytest.mark.parametrize("name", ONE_NUMBER)
@pytest.mark.parametrize("mode", [grad, deriv])
@pytest.mark.parametrize("kind", [float, np.float64, np.array])
def test_special_point(name, mode, kind):
    function, x, expected = ONE_NUMBER[name]
    assert_near(mode(function)(kind(x)), expected, 1e-14, name)
