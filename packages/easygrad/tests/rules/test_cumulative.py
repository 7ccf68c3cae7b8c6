"""Running sums and products: the laws, along every axis, and with zeros."""

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import grad, hessian, jvp
from easygrad.rules import cumulative as family

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

X = np.array([[0.4, -1.3, 2.2], [1.7, 0.9, -0.8]])
CUBE = np.reshape(np.random.default_rng(3).permutation(24), (2, 3, 4)) / 7.0 + 0.3
HOLES = np.array([[0.4, np.nan, 2.2], [np.nan, 0.9, -0.8]])

SAMPLES = {
    "cumsum": Sample(family.cumsum, X, analytic=True),
    "cumprod": Sample(family.cumprod, X, analytic=True),
}
COMPOSITES = {
    "nancumsum": Sample(np.nancumsum, X, analytic=True),
    "nancumprod": Sample(np.nancumprod, X, analytic=True),
    "cumulative_sum": Sample(lambda x: enp.cumulative_sum(x, axis=1), X, analytic=True),
    "cumulative_sum.include_initial": Sample(
        lambda x: enp.cumulative_sum(x, axis=0, include_initial=True), X, analytic=True
    ),
    "cumulative_prod": Sample(lambda x: enp.cumulative_prod(x, axis=-1), X, analytic=True),
    "cumulative_prod.include_initial": Sample(
        lambda x: enp.cumulative_prod(x, axis=-1, include_initial=True), X, analytic=True
    ),
    "cumulative_sum.vector": Sample(lambda x: enp.cumulative_sum(x, include_initial=True), X[0], analytic=True),
    "maximum.accumulate": Sample(lambda x: np.maximum.accumulate(x, axis=1), X),
    "minimum.accumulate": Sample(lambda x: np.minimum.accumulate(x), X),
}


def test_every_primitive_has_a_sample():
    assert primitives_of(family) == set(SAMPLES)


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES | COMPOSITES)
def test_law(name, law):
    law((SAMPLES | COMPOSITES)[name])


def keeps_the_laws(function, x):
    sample = Sample(function, x)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)


@pytest.mark.parametrize("axis", [None, 0, 1, 2, -1, -3])
@pytest.mark.parametrize("zeros", [0, 1, 2, 5])
@pytest.mark.parametrize("name", ["cumsum", "cumprod"])
def test_axis_and_zeros(name, zeros, axis):
    x = CUBE / 2.0
    x.flat[[5, 6, 1, 14, 20][:zeros]] = 0.0
    keeps_the_laws(lambda z: getattr(np, name)(z, axis=axis), x)


@pytest.mark.parametrize("n", range(1, 10))
def test_running_product_of_any_length(n):
    x = np.linspace(-1.1, 1.3, n)
    keeps_the_laws(np.cumprod, x)
    x[n // 2] = 0.0
    keeps_the_laws(np.cumprod, x)


def test_hessian_of_a_running_product_with_zeros():
    x = np.array([2.0, 0.0, 3.0, 0.0, 5.0])
    matrix = hessian(lambda z: np.cumprod(z)[3])(x)
    assert matrix[1, 3] == matrix[3, 1] == 6.0
    assert np.count_nonzero(matrix) == 2


def test_running_product_that_underflows_is_exact():
    x = np.array([1e-200, 1e-200, 1e300])
    assert grad(lambda z: np.cumprod(z)[1])(x).tolist() == [1e-200, 1e-200, 0.0]
    assert jvp(np.cumprod, x, np.ones(3))[1] == pytest.approx([1.0, 2e-200, 2e100], rel=1e-15)


@pytest.mark.parametrize("name", ["cumsum", "cumprod"])
def test_dtype(name):
    x = X.astype(np.float32)
    value, tangent = jvp(lambda z: getattr(np, name)(z, dtype=np.float64), x, np.ones_like(x))
    assert value.dtype == tangent.dtype == np.float64
    assert grad(lambda z: np.sum(getattr(np, name)(z, 1, dtype=np.float64)))(x).dtype == np.float32
    assert grad(lambda z: np.sum(getattr(z, name)(1, dtype=np.float64)))(x).dtype == np.float32


@pytest.mark.parametrize(("name", "neutral"), [("nancumsum", 0.0), ("nancumprod", 1.0)])
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_nan_is_the_neutral_element(name, neutral, axis):
    plain = getattr(np, name.removeprefix("nan"))
    filled, known = np.where(np.isnan(HOLES), neutral, HOLES), ~np.isnan(HOLES)
    gradient = grad(lambda x: np.sum(getattr(np, name)(x, axis) ** 2))(HOLES)
    assert_near(gradient, known * grad(lambda x: np.sum(plain(x, axis) ** 2))(filled), 1e-14, name)


@pytest.mark.parametrize("name", ["cumsum", "cumprod"])
def test_scalar_and_nothing(name):
    assert grad(lambda x: np.sum(getattr(np, name)(x)))(2.5) == 1.0
    assert grad(lambda x: np.sum(getattr(np, name)(x)))(np.zeros(0)).shape == (0,)
    assert grad(lambda x: np.sum(getattr(np, name)(x, axis=1)))(np.zeros((2, 0))).shape == (2, 0)


def test_running_maximum_of_nan_and_ties():
    x = np.array([1.0, 3.0, 3.0, np.nan, 5.0])
    value, tangent = jvp(np.maximum.accumulate, x, np.arange(5.0))
    assert value.tolist()[:3] == [1.0, 3.0, 3.0]
    assert np.isnan(value[3:]).all()
    assert tangent.tolist() == [0.0, 1.0, 2.0, 3.0, 3.0]


def test_accumulate_is_the_running_sum_along_the_first_axis():
    assert_near(
        grad(lambda x: np.sum(np.add.accumulate(x) ** 2))(X),
        grad(lambda x: np.sum(np.cumsum(x, 0) ** 2))(X),
        0.0,
        "sum",
    )


def test_cumulative_functions_need_an_axis():
    with pytest.raises(ValueError, match="axis"):
        grad(lambda x: np.sum(enp.cumulative_sum(x)))(X)
