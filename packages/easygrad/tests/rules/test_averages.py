"""Averages, medians and quantiles, and the reductions that leave out nan: the laws under all options."""

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import deriv, grad, jvp
from easygrad.rules import averages as family

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
WEIGHTS = np.array([[0.4, 1.3, 2.2], [1.7, 0.9, 0.8]])
HOLES = np.where(np.isin(np.arange(24), [2, 7, 8, 21]), np.nan, CUBE.ravel()).reshape(CUBE.shape)
AXES = [None, 0, 1, -1, (0, 2), (2, 0), (0, 1, 2)]
SMOOTH = list(family.SLOPES)
STEPPED = [
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "lower",
    "higher",
    "midpoint",
    "nearest",
]

COUNTS = np.array([[4], [5]])
SAMPLES = {"ranks": Sample(lambda q: family.ranks(q, COUNTS, "linear", q.dtype), [0.3, 0.6])}
COMPOSITES = {
    "average": Sample(np.average, X, analytic=True),
    "average.weights": Sample(lambda x, w: np.average(x, weights=w), X, WEIGHTS, analytic=True),
    "average.row": Sample(lambda x, w: np.average(x, 1, w), X, WEIGHTS[0], analytic=True),
    "average.returned": Sample(lambda x, w: np.average(x, 0, w, returned=True)[1] * x, X, WEIGHTS),
    "ptp": Sample(np.ptp, X),
    "median": Sample(np.median, X),
    "median.odd": Sample(lambda x: np.median(x, axis=1), X),
    "quantile": Sample(lambda x: np.quantile(x, 0.3), X),
    "quantile.both": Sample(lambda x, q: np.quantile(x, q, axis=1), X, [0.3, 0.8]),
    "percentile": Sample(lambda x: np.percentile(x, 30), X),
    "percentile.both": Sample(lambda x, q: np.percentile(x, q), X, [[30.0, 71.0]]),
    "nanmedian": Sample(np.nanmedian, X),
    "nanquantile": Sample(lambda x, q: np.nanquantile(x, q, axis=0), X, [0.3, 0.8]),
    "nanpercentile": Sample(lambda x, q: np.nanpercentile(x, q), X, 44.0),
    "nansum": Sample(np.nansum, X, analytic=True),
    "nanprod": Sample(np.nanprod, X, analytic=True),
    "nanmean": Sample(np.nanmean, X, analytic=True),
    "nanvar": Sample(np.nanvar, X, analytic=True),
    "nanstd": Sample(np.nanstd, X, analytic=True),
    "nanmax": Sample(np.nanmax, X),
    "nanmin": Sample(np.nanmin, X),
}


def test_every_primitive_has_a_sample():
    assert primitives_of(family) == set(SAMPLES)


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES | COMPOSITES)
def test_law(name, law):
    if name not in SAMPLES or law_name(law) != "dtype_is_kept":  # the dtype of ranks is an argument
        law((SAMPLES | COMPOSITES)[name])


def keeps_the_laws(function, *args):
    sample = Sample(function, *args)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", AXES, ids=repr)
@pytest.mark.parametrize("name", ["average", "ptp", "median"])
def test_axis_and_keepdims(name, axis, keepdims):
    keeps_the_laws(lambda x: getattr(np, name)(x, axis=axis, keepdims=keepdims), CUBE)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", AXES, ids=repr)
@pytest.mark.parametrize("q", [0.37, [0.1, 0.62], [[0.1, 0.55]]], ids=str)
def test_quantile_axis_and_keepdims(q, axis, keepdims):
    keeps_the_laws(lambda x, f: np.quantile(x, f, axis=axis, keepdims=keepdims), CUBE, q)


@pytest.mark.parametrize("n", [1, 2, 5, 8])
@pytest.mark.parametrize("name", ["quantile", "nanquantile"])
@pytest.mark.parametrize("method", SMOOTH + STEPPED)
def test_every_method_at_every_fraction(method, name, n):
    x = np.random.default_rng(n).normal(size=n)
    for q in (0.0, 0.03, 0.37, 0.5, 0.81, 0.98, 1.0):
        value, tangent = jvp(lambda z, f=q: getattr(np, name)(z, f, method=method), x, np.cos(x))
        assert value == pytest.approx(np.quantile(x, q, method=method), rel=1e-14, abs=1e-15)
        order = np.argsort(x)
        wanted = np.interp(value, x[order], np.cos(x)[order]) if n > 1 else np.cos(x)[0]
        assert tangent == pytest.approx(wanted, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("method", SMOOTH)
@pytest.mark.parametrize("axis", [None, 0, (0, 2)], ids=repr)
def test_smooth_methods(method, axis):
    n = 24 if axis is None else 2 if axis == 0 else 8
    q = 0.5 + (n // 2 - 0.4 - np.quantile(np.arange(n), 0.5, method=method)) / (n + family.SLOPES[method])
    keeps_the_laws(lambda x, q: np.quantile(x, q, axis, method=method), CUBE, [q])
    keeps_the_laws(lambda x, q: np.nanquantile(x, q, axis, method=method), CUBE, q)


@pytest.mark.parametrize("method", STEPPED)
def test_stepped_methods_have_no_slope_in_the_fraction(method):
    assert deriv(lambda q: np.quantile(X, q, method=method))(0.37) == 0.0
    keeps_the_laws(lambda x: np.quantile(x, [0.37, 0.6], axis=1, method=method), CUBE)


@pytest.mark.parametrize("q", [0.0, 1.0])
def test_slope_at_the_ends_is_that_inside(q):
    x = np.array([1.0, 4.0, 2.0])
    assert deriv(lambda f: np.quantile(x, f))(q) == (2.0 if q == 0.0 else 4.0)
    assert deriv(lambda f: np.quantile(x, f, method="weibull"))(q) == 0.0


@pytest.mark.parametrize("row", [False, True])
@pytest.mark.parametrize("name", ["quantile", "percentile", "nanquantile", "nanpercentile"])
def test_weighted_quantiles(name, row):
    weights = WEIGHTS[0] if row and not name.startswith("nan") else WEIGHTS  # NumPy's nanquantile fails on a row
    q = [0.3, 0.8] if name.endswith("quantile") else [30.0, 80.0]

    def weighted(x):
        return getattr(np, name)(x, q, axis=1, weights=weights, method="inverted_cdf")

    keeps_the_laws(weighted, X)
    assert jvp(weighted, X, X)[1].tolist() == weighted(X).tolist()


def test_weighted_quantile_without_nan():
    x, w = np.array([1.0, np.nan, 3.0, 4.0]), np.array([1.0, 9.0, 3.0, 1.0])
    gradient = grad(lambda z: np.nanquantile(z, 0.5, weights=w, method="inverted_cdf"))(x)
    assert gradient.tolist() == [0.0, 0.0, 1.0, 0.0]


NAN_REDUCTIONS = ["nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmax", "nanmin", "nanmedian"]


def without_nan(name, axis, row):
    """Return the gradient of the plain reduction of the known elements, in their places."""
    gradient, known = np.zeros(row.shape), ~np.isnan(row)
    plain = getattr(np, name.removeprefix("nan"))
    gradient[known] = grad(lambda z: plain(z) ** 2)(row[known])
    return gradient


@pytest.mark.parametrize("name", NAN_REDUCTIONS)
def test_nan_is_left_out(name):
    function = getattr(np, name)
    for axis in (0, 1, 2, -1):
        wanted = np.apply_along_axis(lambda row: without_nan(name, -1, row), axis, HOLES)
        gradient = grad(lambda x, a=axis: np.sum(function(x, axis=a) ** 2))(HOLES)
        assert_near(gradient, wanted, 1e-13, name)
    wanted = without_nan(name, None, HOLES.ravel()).reshape(HOLES.shape)
    assert_near(grad(lambda x: function(x) ** 2)(HOLES), wanted, 1e-13, name)
    assert_near(grad(lambda x: np.sum(function(x, (0, 1, 2), keepdims=True) ** 2))(HOLES), wanted, 1e-13, name)


@pytest.mark.parametrize("name", [*NAN_REDUCTIONS, "nanquantile"])
@pytest.mark.parametrize("axis", [None, 0, (0, 2)], ids=repr)
def test_second_order_without_nan(name, axis):
    known = ~np.isnan(HOLES)
    further = (0.37,) if name == "nanquantile" else ()

    def function(x):
        holes = enp.where(known, x, np.nan)
        return getattr(np, name)(holes, *further, axis=axis)

    keeps_the_laws(function, CUBE)


@pytest.mark.parametrize("q", [0.37, [0.1, 0.62]], ids=str)
@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2)], ids=repr)
@pytest.mark.parametrize("method", ["linear", "hazen", "nearest"])
def test_nanquantile_has_numpys_values(method, axis, q):
    value = jvp(lambda x: np.nanquantile(x, q, axis, method=method, keepdims=True), HOLES, HOLES)[0]
    assert_near(value, np.nanquantile(HOLES, q, axis, method=method, keepdims=True), 1e-15, "value")


OPTIONS = {
    "nansum": {"initial": 1.5, "where": CUBE > 1.0, "dtype": np.float64},
    "nanprod": {"initial": 1.5, "where": CUBE > 1.0},
    "nanmean": {"where": CUBE > 1.0, "dtype": np.float64},
    "nanvar": {"where": CUBE > 1.0, "ddof": 1},
    "nanstd": {"where": CUBE > 1.0, "correction": 0.5},
    "nanmax": {"where": CUBE > 1.0, "initial": 0.0},
    "nanmin": {"where": CUBE > 1.0, "initial": 9.0},
}


@pytest.mark.parametrize("name", OPTIONS)
def test_options_without_nan(name):
    known, options = ~np.isnan(HOLES), OPTIONS[name]
    value = jvp(lambda x: getattr(np, name)(x, (0, 2), **options), HOLES, HOLES)[0]
    assert_near(value, getattr(np, name)(HOLES, (0, 2), **options), 1e-14, "value")
    keeps_the_laws(lambda x: getattr(np, name)(enp.where(known, x, np.nan), (0, 2), **options), CUBE)


@pytest.mark.parametrize("name", ["nanmean", "nanvar", "nanstd", "nanmax", "nanmin", "nanmedian"])
def test_row_of_nan_warns_and_spoils_only_itself(name):
    x = np.array([[np.nan, np.nan], [1.0, 3.0]])
    function = getattr(np, name)
    with pytest.warns(RuntimeWarning, match=r"mpty slice|NaN slice|Degrees"):
        value = jvp(lambda z: function(z, axis=1), x, x)[0]
    assert np.isnan(value[0])
    with pytest.warns(RuntimeWarning, match=r"mpty slice|NaN slice|Degrees"):
        gradient = grad(lambda z: function(z, axis=1)[1])(x)
    plain = getattr(np, name.removeprefix("nan"))
    assert gradient[1].tolist() == grad(plain)(x[1]).tolist()


@pytest.mark.parametrize("function", [np.median, lambda x, **o: np.quantile(x, 0.3, **o)], ids=["median", "quantile"])
def test_nan_in_a_row_spoils_that_row(function):
    x = np.array([[np.nan, 2.0, 5.0], [1.0, 3.0, 7.0]])
    value, tangent = jvp(lambda z: function(z, axis=1), x, np.ones_like(x))
    assert np.isnan(value).tolist() == np.isnan(tangent).tolist() == [True, False]


def test_median_next_to_infinity():
    assert grad(np.median)(np.array([np.inf, 1.0, 2.0])).tolist() == [0.0, 0.0, 1.0]


def test_median_of_ties():
    assert grad(np.median)(np.array([1.0, 5.0, 3.0, 3.0])).tolist() == [0.0, 0.0, 0.5, 0.5]
    assert np.sum(grad(np.median)(np.array([3.0, 3.0, 3.0]))) == 1.0


def test_median_of_nothing_is_what_numpy_says():
    with np.errstate(all="ignore"), pytest.warns(RuntimeWarning, match="empty"):
        assert np.shape(grad(np.median)(np.zeros(0))) == (0,)


def test_quantile_of_a_number():
    assert grad(lambda x: np.median(x))(2.5) == grad(lambda x: np.quantile(x, 0.3))(2.5) == 1.0


def test_inputs_may_be_overwritten_but_are_not():
    x = X.copy()
    assert_near(grad(lambda z: np.median(z, overwrite_input=True))(x), grad(np.median)(x), 0.0, "gradient")
    assert_near(x, X, 0.0, "input")


@pytest.mark.parametrize("q", [0.25, [0.25], np.float32(0.25), np.array([0.25], np.float32)], ids=repr)
def test_dtype_of_quantiles_is_numpys(q):
    x = X.astype(np.float32)
    value, tangent = jvp(lambda z: np.quantile(z, q), x, x)
    assert value.dtype == tangent.dtype == np.quantile(x, q).dtype
    assert grad(lambda z: np.sum(np.quantile(z, q)))(x).dtype == np.float32


@pytest.mark.parametrize("axis", [0, 1, (0, 1), (1, 0), (2, 1)], ids=repr)
def test_average_with_weights_for_some_axes(axis):
    axes = axis if isinstance(axis, tuple) else (axis,)
    weights = np.linspace(0.5, 1.5, int(np.prod([CUBE.shape[i] for i in axes])))
    weights = np.reshape(weights, [CUBE.shape[i] for i in axes])
    keeps_the_laws(lambda x, w: np.average(x, axis, w), CUBE, weights)
    keeps_the_laws(lambda x, w: np.average(x, axis, w, keepdims=True), CUBE, weights)


def test_average_of_lists_and_what_it_refuses():
    assert grad(lambda w: enp.average([1.0, 4.0], weights=[w, 1.0]))(2.0) == pytest.approx(-1.0 / 3.0)
    with pytest.raises(ZeroDivisionError, match="zero"):
        grad(lambda x: np.average(x, weights=[1.0, -1.0, 0.0]))(X[0])
    with pytest.raises(ValueError, match="weights of shape"):
        grad(lambda x: np.average(x, weights=[1.0, 2.0]))(X)


def test_average_returns_the_sum_of_weights():
    average, total = np.average(X, 1, WEIGHTS[0], returned=True)
    value, tangent = jvp(lambda x: np.average(x, 1, WEIGHTS[0], returned=True), X, X)
    assert [part.tolist() for part in value] == [average.tolist(), total.tolist()]
    assert_near(tangent[0], average, 1e-15, "tangent")
    assert tangent[1].tolist() == [0.0, 0.0]


def test_unknown_methods_are_numpys_error():
    with pytest.raises(ValueError, match="method"):
        grad(lambda x: np.quantile(x, 0.3, method="guess"))(X)
    with pytest.raises(ValueError, match="range"):
        grad(lambda x: np.quantile(x, 1.3))(X)
