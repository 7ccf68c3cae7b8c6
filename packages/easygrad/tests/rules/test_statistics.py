"""Covariance, correlation and histograms: the laws with every option."""

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import grad, jvp, vjp
from easygrad.rules import statistics as family

from ..laws import LAWS, Sample, assert_near, dtype_is_kept, law_name, primitives_of

M = np.random.default_rng(3).uniform(-1, 1, (3, 5))
ROW = np.array([0.4, -0.2, 0.9, 1.3, -0.7])
TIMES, SHARES = np.array([1, 2, 1, 3, 1]), np.array([0.4, 1.2, 0.7, 0.3, 1.0])
COUNTED = np.array([3, 0, 1, 3, 1])
EDGES = np.array([-1.0, 0.1, 0.6, 1.4])


def first(result):
    return result[0]


SAMPLES = {
    "cov": Sample(enp.cov, M, analytic=True),
    "cov, y": Sample(lambda m, y: enp.cov(m, y), M, ROW, analytic=True),
    "cov, of one": Sample(enp.cov, ROW, analytic=True),
    "cov, rowvar": Sample(lambda m, y: enp.cov(m, y, rowvar=False), M, M**2),
    "cov, row and columns": Sample(lambda m, y: enp.cov(m, y, rowvar=False), M.T, ROW),
    "cov, bias": Sample(lambda m: np.cov(m, bias=True), M),
    "cov, ddof": Sample(lambda m: np.cov(m, ddof=2), M),
    "cov, fweights": Sample(lambda m: np.cov(m, fweights=TIMES), M, analytic=True),
    "cov, aweights": Sample(lambda m, w: enp.cov(m, aweights=w), M, SHARES),
    "cov, all weights": Sample(lambda m, w: enp.cov(m, fweights=TIMES, aweights=w, ddof=0), M, SHARES),
    "cov, dtype": Sample(lambda m: np.cov(m, dtype=np.float64), M),
    "corrcoef": Sample(enp.corrcoef, M, analytic=True),
    "corrcoef, y": Sample(lambda m, y: enp.corrcoef(m, y, rowvar=False), M.T, ROW),
    "bincount": Sample(lambda w: np.bincount(COUNTED, w), ROW),
    "bincount, minlength": Sample(lambda w: np.bincount(COUNTED, weights=w, minlength=6), ROW),
    "histogram": Sample(lambda w: np.histogram(ROW, 4, weights=w)[0], SHARES, analytic=True),
    "histogram, edges": Sample(lambda w: np.histogram(ROW, EDGES, weights=w)[0], SHARES),
    "histogram, range": Sample(lambda w: np.histogram(ROW, 3, (-0.3, 1.0), weights=w)[0], SHARES),
    "histogram, density": Sample(lambda w: np.histogram(ROW, 3, weights=w, density=True)[0], SHARES),
    "histogram, density of edges": Sample(lambda e: np.histogram(ROW, e, density=True)[0], EDGES),
    "histogram, moving edges": Sample(lambda a: np.histogram(a, 3)[1], ROW),
    "histogram, density of numbers": Sample(lambda a: np.histogram(a, 3, density=True)[0], [0.1, 0.2, 0.5, 1.0]),
    "histogram_bin_edges": Sample(lambda a: np.histogram_bin_edges(a, "sqrt"), ROW),
    "histogram2d": Sample(lambda w: np.histogram2d(ROW, M[0], 3, weights=w)[0], SHARES),
    "histogram2d, edges": Sample(lambda w: np.histogram2d(ROW, M[0], EDGES, weights=w)[0], SHARES),
    "histogram2d, density": Sample(
        lambda e, w: np.histogram2d(ROW, M[0], [e, 2], density=True, weights=w)[0], EDGES, SHARES
    ),
    "histogramdd": Sample(lambda w: np.histogramdd(M.T, [2, 3, EDGES], weights=w)[0], SHARES),
    "histogramdd, range": Sample(lambda m: first(np.histogramdd(m, 2, [(-1, 1), (-1, 1), None], density=True)), M.T),
}
WIDENED = ("cov", "corrcoef", "bincount", "histogram2d", "histogramdd")  # NumPy has double precision here


def test_every_primitive_has_a_sample():
    assert primitives_of(family) - {"scatter"} <= set(SAMPLES)


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES)
def test_law(name, law):
    if law is dtype_is_kept and ("density" in name or name.split(",")[0] in WIDENED):
        single_precision_is_numpys(SAMPLES[name])
    else:
        law(SAMPLES[name])


def single_precision_is_numpys(sample):
    small = tuple(x.astype(np.float32) for x in sample.args)
    expected = sample.function(*small)
    value, tangent = jvp(sample.function, small, tuple(map(np.ones_like, small)))
    assert value.dtype == tangent.dtype == expected.dtype
    pulled = vjp(sample.function, *small)[1](np.ones_like(value))
    assert all(g.dtype == np.float32 for g in (pulled if len(small) > 1 else (pulled,)))


def test_correlation_of_one_variable_is_one():
    value, pullback = vjp(np.corrcoef, ROW)
    assert value == 1.0
    assert_near(pullback(np.float64(1.0)), np.zeros(5), 1e-15, "gradient")


def test_correlation_is_within_one_and_has_no_edge_there():
    x = np.stack([ROW, 3.0 * ROW, -0.1 * ROW])
    value, tangent = jvp(np.corrcoef, (x,), (M,))
    assert np.max(np.abs(value)) == 1.0
    assert_near(tangent, np.zeros((3, 3)), 1e-11, "an extreme point")
    z = M + 1j * M[::-1]
    assert_near(vjp(np.corrcoef, z)[0], np.corrcoef(z), 1e-14, "complex")


def test_no_degrees_of_freedom():
    with pytest.warns(RuntimeWarning, match="freedom"), np.errstate(all="ignore"):
        assert np.all(np.isnan(jvp(np.cov, (np.ones((2, 1)),), (np.ones((2, 1)),))[0]))


def test_numbers_that_are_counted_are_constant():
    assert np.array_equal(grad(lambda x: np.sum(np.histogram(x, EDGES)[0] * x[0]))(ROW), [5.0, 0, 0, 0, 0])
    counts = vjp(lambda x: np.histogram(x, 3)[0] * np.sum(x), ROW)[0]
    assert_near(counts, np.histogram(ROW, 3)[0] * np.sum(ROW), 1e-15, "counts")


@pytest.mark.parametrize("bins", [7, 10, 30])
def test_numbers_on_edges_are_counted_like_numpy(bins):
    x = np.linspace(0.0, 1.0, bins + 1)
    for a in (x, np.nextafter(x, -1), np.nextafter(x, 2)):
        value = vjp(lambda w, a=a: np.histogram(a, bins, (0.0, 1.0), weights=w)[0], np.ones(bins + 1))[0]
        assert np.array_equal(value, np.histogram(a, bins, (0.0, 1.0))[0])


def test_all_numbers_the_same_or_none():
    assert_near(grad(lambda a: np.sum(np.histogram_bin_edges(a, 2)))(np.ones(3)), np.ones(3), 1e-15, "edges")
    assert vjp(lambda w: np.histogram([], 2, weights=w)[0], np.zeros(0))[0].tolist() == [0.0, 0.0]
    assert vjp(lambda w: np.bincount(np.zeros(0, int), w, 2), np.zeros(0))[0].tolist() == [0.0, 0.0]


ERRORS = {
    "cov of a cube": lambda x: np.cov(x[:, None, None]),
    "negative weights": lambda x: np.cov(x, aweights=-SHARES),
    "too few weights": lambda x: np.cov(x, aweights=SHARES[:2]),
    "weights that are no counts": lambda x: np.cov(x, fweights=SHARES),
    "bincount of fractions": lambda x: np.bincount(x, x),
    "bincount of negative numbers": lambda x: np.bincount([-1], x[:1]),
    "bincount with too few weights": lambda x: np.bincount(COUNTED, x[:2]),
    "bincount with complex weights": lambda x: np.bincount(COUNTED, x * 1j),
    "histogram with too few weights": lambda x: np.histogram(ROW, weights=x[:2])[0],
    "histogram of strange bins": lambda x: np.histogram(x, [1.0, 0.0])[0],
    "histogramdd": lambda x: np.histogramdd([x, x], [2, 2, 2])[0],
    "histogram2d": lambda x: np.histogram2d(x, x[1:])[0],
}


@pytest.mark.parametrize("name", ERRORS)
def test_error(name):
    with pytest.raises((ValueError, TypeError)):
        grad(lambda x: np.sum(np.abs(ERRORS[name](x))))(ROW)
