"""The functions with complex results: the laws inside and outside of the real domain."""

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import grad
from easygrad.rules import scimath as family

from ..laws import LAWS, Sample, law_name, primitives_of

INSIDE, MIXED = np.array([0.3, 0.7]), np.array([[0.4, -1.3], [2.2, -0.6]])
ONE = ["sqrt", "log", "log2", "log10", "arccos", "arcsin", "arctanh"]
TWO = ["logn", "power"]
SAMPLES = {
    **{name: Sample(getattr(np.emath, name), INSIDE, analytic=True) for name in ONE},
    **{f"{name}, outside": Sample(getattr(enp.emath, name), MIXED) for name in ONE},
    **{name: Sample(getattr(np.emath, name), 1.7, INSIDE, analytic=True) for name in TWO},
    "logn, outside": Sample(enp.emath.logn, -2.5, MIXED),
    "power, outside": Sample(enp.emath.power, MIXED, 2.5),
}


def test_every_function_of_numpy_is_here():
    assert not primitives_of(family)
    assert {name.split(",")[0] for name in SAMPLES} == {name for name in dir(np.emath) if not name.startswith("_")}


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES)
def test_law(name, law):
    law(SAMPLES[name])


def test_gradient_of_a_real_number_is_real():
    gradient = grad(lambda x: np.imag(np.emath.sqrt(x)))(-4.0)
    assert type(gradient) is np.float64
    assert gradient == -0.25


def test_power_of_integers():
    assert np.allclose(grad(lambda x: np.sum(np.emath.power(x, [-2, 3])))(INSIDE), [-2 * 0.3**-3, 3 * 0.7**2])
