"""Products: the laws in every combination of dimensions."""

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import grad, vjp
from easygrad.rules import products as family

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


def numbers(*shape):
    return np.random.default_rng(len(shape) + sum(shape)).uniform(-1, 1, shape)


SAMPLES = {"matmul": Sample(family.matmul, numbers(2, 3), numbers(3, 4), analytic=True)}
COMPOSITES = {
    "dot": Sample(family.dot, numbers(2, 3), numbers(3, 4), analytic=True),
    "outer": Sample(family.outer, numbers(2), numbers(3), analytic=True),
}
MATMUL = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 4)),
    ((5, 2, 3), (3,)),
    ((3,), (5, 3, 4)),
    ((5, 2, 3), (5, 3, 4)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((1, 2, 3), (5, 3, 4)),
    ((6, 1, 2, 3), (5, 3, 4)),
    ((1, 1), (1, 1)),
    ((2, 0), (0, 3)),
]
DOT = [
    ((), ()),
    ((), (3,)),
    ((2, 3), ()),
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((3,), (5, 3, 4)),
    ((5, 2, 3), (3,)),
    ((5, 2, 3), (3, 4)),
    ((5, 2, 3), (6, 3, 4)),
    ((2, 3), (6, 5, 3, 4)),
]
OUTER = [((), ()), ((), (3,)), ((2,), ()), ((2,), (3,)), ((2, 2), (3,)), ((2,), (3, 2)), ((2, 2), (1, 3))]


def test_every_primitive_has_a_sample():
    assert primitives_of(family) == set(SAMPLES)


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES | COMPOSITES)
def test_law(name, law):
    law((SAMPLES | COMPOSITES)[name])


def keeps_the_laws(function, shapes):
    sample = Sample(function, *[numbers(*shape) for shape in shapes], analytic=True)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)


@pytest.mark.parametrize("shapes", MATMUL, ids=str)
def test_matmul(shapes):
    keeps_the_laws(np.matmul, shapes)


@pytest.mark.parametrize("shapes", DOT, ids=str)
@pytest.mark.parametrize("function", [np.dot, enp.dot], ids=["numpy", "easygrad"])
def test_dot(function, shapes):
    keeps_the_laws(function, shapes)


@pytest.mark.parametrize("shapes", OUTER, ids=str)
def test_outer(shapes):
    keeps_the_laws(np.outer, shapes)


CONSTANT = numbers(3, 3)
WITH_CONSTANT = {
    "box @ array": (lambda x, c: x @ c, np.asarray),
    "array @ box": (lambda x, c: c @ x, np.asarray),
    "box @ list": (lambda x, c: x @ c, np.ndarray.tolist),
    "list @ box": (lambda x, c: c @ x, np.ndarray.tolist),
    "matmul with list": (lambda x, c: np.matmul(x, c), np.ndarray.tolist),
    "matmul of list": (lambda x, c: enp.matmul(c, x), np.ndarray.tolist),
    "dot with list": (lambda x, c: np.dot(x, c), np.ndarray.tolist),
    "dot of list": (lambda x, c: np.dot(c, x), np.ndarray.tolist),
    "box.dot": (lambda x, c: x.dot(c), np.asarray),
    "array.dot": (lambda x, c: enp.dot(c, x), np.asarray),
    "outer with list": (lambda x, c: np.outer(x, c[0]), np.ndarray.tolist),
    "outer of list": (lambda x, c: np.outer(c[0], x), np.ndarray.tolist),
}


@pytest.mark.parametrize("name", WITH_CONSTANT)
@pytest.mark.parametrize("shape", [(3,), (3, 3)], ids=str)
def test_constant_factor(name, shape):
    form, kind = WITH_CONSTANT[name]
    x, constant = numbers(*shape), kind(CONSTANT)
    value, pullback = vjp(lambda z: form(z, constant), x)
    expected = form(x, CONSTANT)
    assert_near(value, expected, 1e-15, "value")
    gradient = np.array([np.sum(form(unit, CONSTANT)) for unit in np.reshape(np.eye(x.size), (x.size, *shape))])
    assert_near(pullback(np.ones(np.shape(value))), np.reshape(gradient, shape), 1e-14, "gradient")


def test_real_matrix_times_complex_vector_has_a_real_gradient():
    z = numbers(3) + 1j
    gradient = grad(lambda a: np.sum(np.abs(a @ z) ** 2))(CONSTANT)
    assert gradient.dtype == np.float64
    assert_near(gradient, 2 * np.real(np.outer(np.conj(CONSTANT @ z), z)), 1e-14, "gradient")


@pytest.mark.parametrize("function", [np.matmul, np.dot])
def test_shapes_that_do_not_fit_are_numpys_error(function):
    with pytest.raises(ValueError, match=r"mismatch|aligned"):
        grad(lambda x: np.sum(function(x, np.ones(4))))(np.ones(3))
