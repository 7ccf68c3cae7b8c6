"""Reductions: the laws under every combination of their options."""

import numpy as np
import pytest

from easygrad import deriv, grad, hessian, jvp
from easygrad.rules import reductions as family

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
MASK = np.array([[True, False, True], [True, True, False]])

SAMPLES = {
    "sum": Sample(family.sum, X, analytic=True),
    "mean": Sample(family.mean, X, analytic=True),
    "prod": Sample(family.prod, X, analytic=True),
    "variance": Sample(family.variance, X, analytic=True),
    "root": Sample(family.root, np.abs(X), analytic=True),
    "max": Sample(family.max, X),
    "min": Sample(family.min, X),
}
COMPOSITES = {
    "var": Sample(family.var, X, analytic=True),
    "std": Sample(family.std, X, analytic=True),
    "var about a mean": Sample(lambda x, m: family.var(x, mean=m, correction=1), X, 0.3, analytic=True),
    "std about a mean": Sample(lambda x, m: family.std(x, 1, mean=m), X, [[0.3], [0.5]], analytic=True),
}
NAMES = ["sum", "mean", "prod", "var", "std", "max", "min"]
AXES = [None, 0, 1, 2, -1, -3, (0,), (0, 2), (2, 0), (-1, 0), (-1, -2), (0, 1, 2), np.int64(1)]
WHERE = {
    "array": {"where": CUBE > 1.0},
    "row": {"where": np.array([True, False, True, True])},
    "column": {"where": np.array([[True], [False], [True]])},
    "all": {"where": True},
}
INITIAL = {"prod": 0.7, "max": 1.9, "min": 1.9}


def test_every_primitive_has_a_sample():
    assert primitives_of(family) == set(SAMPLES)


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES | COMPOSITES)
def test_law(name, law):
    law((SAMPLES | COMPOSITES)[name])


def with_options(name, **options):
    function = getattr(family, name)
    return Sample(lambda x: function(x, **options), CUBE)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", AXES, ids=repr)
@pytest.mark.parametrize("name", NAMES)
def test_axis_and_keepdims(name, axis, keepdims):
    sample = with_options(name, axis=axis, keepdims=keepdims)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "max", "min"])
def test_no_axis_at_all_is_the_identity(name):
    sample = with_options(name, axis=())
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)


def where_keeps_the_laws(name, mask, axis):
    options = {"initial": INITIAL[name]} if name in ("max", "min") else {}
    sample = with_options(name, axis=axis, **WHERE[mask], **options)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("axis", [None, -1, (0, 2)], ids=repr)
def test_where_along_the_row(name, axis):
    where_keeps_the_laws(name, "row", axis)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("axis", [None, 1, (0, 1)], ids=repr)
@pytest.mark.parametrize("mask", ["column", "all"])
def test_where_along_the_column(name, mask, axis):
    where_keeps_the_laws(name, mask, axis)


@pytest.mark.parametrize("name", NAMES)
def test_where_for_each_element(name):
    where_keeps_the_laws(name, "array", None)
    where_keeps_the_laws(name, "array", (0, 2))


@pytest.mark.parametrize("name", ["sum", "prod", "max", "min"])
@pytest.mark.parametrize("mask", ["array", "row", "column"])
def test_where_that_selects_nothing_for_some_answers(name, mask):
    where_keeps_the_laws(name, mask, 0)


@pytest.mark.parametrize("name", NAMES)
def test_element_off_the_mask_gets_exactly_zero(name):
    options = {"initial": -9.0} if name == "max" else {"initial": 9.0} if name == "min" else {}
    gradient = grad(lambda x: getattr(np, name)(x, where=MASK, **options))(X)
    assert np.all(gradient[~MASK] == 0.0)


@pytest.mark.parametrize("axis", [None, 0, (0, 2)], ids=repr)
@pytest.mark.parametrize("name", INITIAL)
def test_initial(name, axis):
    sample = with_options(name, axis=axis, initial=INITIAL[name])
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)


@pytest.mark.parametrize("axis", [None, 1, (0, 2)], ids=repr)
@pytest.mark.parametrize("name", ["var", "std"])
def test_ddof(name, axis):
    sample = with_options(name, axis=axis, ddof=1)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("axis", [None, 1, (0, -1)], ids=repr)
def test_second_order_along_axes(name, axis):
    second_order_agrees(with_options(name, axis=axis))


@pytest.mark.parametrize("name", NAMES)
def test_method_function_and_namespace_agree(name):
    gradients = [
        grad(lambda x: np.sum(getattr(np, name)(x, axis=1) ** 2))(X),
        grad(lambda x: np.sum(getattr(x, name)(axis=1) ** 2))(X),
        grad(lambda x: np.sum(getattr(x, name)(1, keepdims=True) ** 2))(X),
        grad(lambda x: np.sum(getattr(family, name)(x, 1) ** 2))(X),
    ]
    for other in gradients[1:]:
        assert_near(other, gradients[0], 0.0, name)


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "max", "min"])
@pytest.mark.parametrize("mode", [grad, deriv])
def test_reduction_of_a_scalar(name, mode):
    assert mode(getattr(np, name))(2.5) == 1.0


@pytest.mark.parametrize("name", ["sum", "prod"])
def test_reduction_of_nothing(name):
    assert grad(getattr(np, name))(np.zeros((0, 3))).shape == (0, 3)
    value, tangent = jvp(getattr(np, name), np.zeros(0), np.zeros(0))
    assert (value, tangent) == (0.0 if name == "sum" else 1.0, 0.0)


@pytest.mark.parametrize("zeros", [[], [1], [0, 1], [0, 1, 2]], ids=repr)
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_product_with_zeros_is_exact(zeros, axis):
    x = X.copy()
    x[0, zeros] = 0.0
    sample = Sample(lambda z: np.prod(z, axis=axis), x)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)


def test_hessian_of_a_product_with_zeros():
    x = np.array([0.0, 2.0, 3.0, 0.0])
    assert_near(hessian(np.prod)(x)[0, 3], 6.0, 0.0, "pair of zeros")


@pytest.mark.parametrize("x", [[1e-200, 1e-200], [1e-200, 1e-200, 1e200], [1e200, 1e-300, 1e-300]], ids=str)
def test_product_that_underflows_has_the_gradient_of_the_others(x):
    expected = [np.prod(np.delete(x, i)) for i in range(len(x))]
    assert grad(np.prod)(np.array(x)) == pytest.approx(expected, rel=1e-12, abs=0.0)


def test_maximum_shared_by_ties_and_initial():
    x = np.array([3.0, 1.0, 3.0])
    assert grad(np.max)(x).tolist() == [0.5, 0.0, 0.5]
    assert grad(lambda z: np.max(z, initial=3.0))(x).tolist() == [1 / 3, 0.0, 1 / 3]
    assert grad(lambda z: np.max(z, initial=10.0))(x).tolist() == [0.0, 0.0, 0.0]
    assert deriv(lambda z: np.max(z * x))(1.0) == 3.0


def test_mean_of_nothing_is_what_numpy_says():
    with np.errstate(all="ignore"), pytest.warns(RuntimeWarning, match="empty"):
        assert np.shape(grad(np.mean)(np.zeros(0))) == (0,)


DTYPES = ["sum", "mean", "prod", "var", "std"]


@pytest.mark.parametrize("name", DTYPES)
def test_dtype_computes_in_double_precision_and_gives_the_gradient_back_in_single(name):
    function = getattr(np, name)
    x, t = CUBE.astype(np.float32), np.ones_like(CUBE, np.float32)
    value, tangent = jvp(lambda z: function(z, axis=1, dtype=np.float64), x, t)
    assert value.dtype == tangent.dtype == np.float64
    exact = x.astype(np.float64)
    assert_near(tangent, jvp(lambda z: function(z, axis=1), exact, t.astype(np.float64))[1], 1e-14, "tangent")
    gradient = grad(lambda z: np.sum(function(z, axis=1, dtype=np.float64) ** 2))(x)
    assert gradient.dtype == np.float32
    assert_near(gradient, grad(lambda z: np.sum(function(z, axis=1) ** 2))(exact), 1e-6, "gradient")


@pytest.mark.parametrize("axis", [None, 0, (0, 2)], ids=repr)
def test_initial_of_a_sum_is_a_constant(axis):
    sample = Sample(lambda x: np.sum(x, axis, initial=0.7), CUBE, analytic=True)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)


@pytest.mark.parametrize("axis", [None, 1, (0, -1)], ids=repr)
@pytest.mark.parametrize("name", ["var", "std"])
def test_correction_is_another_name_of_ddof(name, axis):
    x, function = CUBE, getattr(np, name)
    gradients = [
        grad(lambda z: np.sum(function(z, axis=axis, ddof=1) ** 2))(x),
        grad(lambda z: np.sum(function(z, axis=axis, correction=1) ** 2))(x),
    ]
    assert_near(gradients[1], gradients[0], 0.0, name)


@pytest.mark.parametrize("options", [{}, {"ddof": 1}, {"where": CUBE[0] > 1.0}, {"keepdims": True}], ids=str)
@pytest.mark.parametrize("axis", [None, 1, (0, -1)], ids=repr)
@pytest.mark.parametrize("name", ["var", "std"])
def test_given_mean(name, axis, options):
    mean = np.mean(CUBE, axis=axis, keepdims=True) + 0.5
    sample = Sample(lambda x, m: getattr(np, name)(x, axis=axis, mean=m, **options), CUBE, mean, analytic=True)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)


@pytest.mark.parametrize("name", ["var", "std"])
def test_mean_that_is_given_and_follows_the_elements(name):
    function = getattr(np, name)
    given = grad(lambda x: np.sum(function(x, axis=1, mean=np.mean(x, axis=1, keepdims=True))))(X)
    assert_near(given, grad(lambda x: np.sum(function(x, axis=1)))(X), 1e-14, name)


def test_second_names():
    assert_near(grad(np.amax)(X), grad(np.max)(X), 0.0, "amax")
    assert_near(grad(np.amin)(X), grad(np.min)(X), 0.0, "amin")


UFUNCS = {"sum": np.add, "prod": np.multiply, "max": np.maximum, "min": np.minimum}


@pytest.mark.parametrize("name", UFUNCS)
def test_reduce_of_a_ufunc(name):
    for options in ({}, {"axis": 1}, {"axis": None}, {"axis": 1, "keepdims": True}):
        wanted = grad(lambda x, o=options: np.sum(getattr(np, name)(x, **({"axis": 0} | o)) ** 2))(X)
        assert_near(grad(lambda x, o=options: np.sum(UFUNCS[name].reduce(x, **o) ** 2))(X), wanted, 0.0, name)
    assert_near(
        grad(lambda x: np.sum(UFUNCS[name].reduce(x, 1)))(X),
        grad(lambda x: np.sum(getattr(np, name)(x, 1)))(X),
        0.0,
        name,
    )


@pytest.mark.parametrize("ufunc", [np.multiply, np.subtract, np.arctan2])
def test_outer_of_a_ufunc(ufunc):
    sample = Sample(lambda x, y: ufunc.outer(x, y), X, X[0] + 3.0)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)
