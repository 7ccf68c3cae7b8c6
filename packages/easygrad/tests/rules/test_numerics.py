"""Interpolation, integrals, differences, convolution, grids and angles: the laws with every option."""

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import grad, hessian, jvp, vjp
from easygrad.rules import numerics as family

from ..laws import (
    LAWS,
    Sample,
    assert_near,
    dtype_is_kept,
    law_name,
    primitives_of,
    pullback_is_the_transpose,
    pushforward_is_the_derivative,
    second_order_agrees,
)


def numbers(*shape):
    return np.random.default_rng(len(shape) + sum(shape)).uniform(0.2, 1, shape)


A, B, CUBE = numbers(5), numbers(3), numbers(2, 3, 4)
KNOTS = np.array([0.1, 0.4, 1.1, 1.6])
HEIGHTS = np.array([0.5, -1.0, 2.0, 0.3])
PLACES = np.array([[0.2, 0.7, -1.0], [1.2, 3.0, 0.15]])
RING = np.array([0.3, 2.9, -2.8, -0.4, 3.0, -3.0])
STEPS = np.array([0.0, 0.3, 0.7, 1.8])
GAPS = np.array([np.nan, 0.4, np.inf, -np.inf, 2.0])

SAMPLES = {
    "interp": Sample(enp.interp, PLACES, KNOTS, HEIGHTS),
    "interp, a number": Sample(enp.interp, 0.7, KNOTS, HEIGHTS),
    "interp, left and right": Sample(
        lambda x, xp, fp, left, right: enp.interp(x, xp, fp, left, right), PLACES, KNOTS, HEIGHTS, 0.3, 0.9
    ),
    "interp, period": Sample(lambda x, xp, fp, p: enp.interp(x, xp, fp, period=p), PLACES, KNOTS, HEIGHTS, 1.7),
    "interp, negative period": Sample(lambda x: np.interp(x, KNOTS[::-1], HEIGHTS, period=-1.7), PLACES),
    "interp, complex": Sample(lambda x, fp: enp.interp(x, KNOTS, fp * (1 + 2j)), PLACES, HEIGHTS),
    "interp, one point": Sample(lambda x, fp: enp.interp(x, [0.5], fp), PLACES, [2.0]),
    "trapezoid": Sample(enp.trapezoid, CUBE, analytic=True),
    "trapezoid, x": Sample(enp.trapezoid, CUBE, STEPS, analytic=True),
    "trapezoid, x and axis": Sample(lambda y, x: enp.trapezoid(y, x, axis=0), CUBE, [0.2, 0.9], analytic=True),
    "trapezoid, x like y": Sample(lambda y, x: enp.trapezoid(y, x, axis=1), CUBE, CUBE**2),
    "trapezoid, dx": Sample(lambda y, dx: enp.trapezoid(y, dx=dx, axis=-2), CUBE, 0.3, analytic=True),
    "diff": Sample(enp.diff, CUBE, analytic=True),
    "diff, n": Sample(lambda x: np.diff(x, 2, axis=0), numbers(4, 2), analytic=True),
    "diff, n = 0": Sample(lambda x: np.diff(2.0 * x, 0), A),
    "diff, ends": Sample(lambda x, a, b: enp.diff(x, 2, 1, a, b), CUBE, 0.7, numbers(2, 2, 4), analytic=True),
    "diff, append": Sample(lambda x, b: enp.diff(x, append=b, axis=-3), CUBE, 0.7),
    "ediff1d": Sample(enp.ediff1d, CUBE, analytic=True),
    "ediff1d, ends": Sample(lambda x, a, b: enp.ediff1d(x, a, b), A, numbers(2, 2), 0.4, analytic=True),
    "ediff1d, one": Sample(lambda x: np.ediff1d(x, to_end=[1, 2]), [0.3]),
    "gradient": Sample(enp.gradient, A, analytic=True),
    "gradient, axes": Sample(lambda f: np.stack(np.gradient(f)), numbers(2, 3)),
    "gradient, step": Sample(lambda f, h: enp.gradient(f, h), A, 0.3, analytic=True),
    "gradient, steps": Sample(lambda f, h, x: np.stack(enp.gradient(f, h, x)), numbers(3, 4), 0.3, STEPS),
    "gradient, coordinates": Sample(enp.gradient, numbers(4), STEPS, analytic=True),
    "gradient, even coordinates": Sample(enp.gradient, numbers(4), np.arange(4.0)),
    "gradient, axis": Sample(lambda f, x: enp.gradient(f, x, axis=-1), CUBE, STEPS),
    "gradient, edges": Sample(lambda f, h: enp.gradient(f, h, axis=1, edge_order=2), CUBE, 0.3, analytic=True),
    "gradient, all": Sample(lambda f, x: np.stack(enp.gradient(f, 0.5, x, axis=(1, 2), edge_order=2)), CUBE, STEPS),
    "gradient, two": Sample(lambda f, h: enp.gradient(f, h), numbers(2), 0.7),
    "unwrap": Sample(enp.unwrap, RING),
    "unwrap, axis": Sample(lambda p: np.unwrap(p, 3.0, 0), np.stack([RING, -RING], axis=1)),
    "unwrap, period": Sample(lambda p, period: enp.unwrap(p, period=period), RING, 3.7),
    "convolve": Sample(enp.convolve, A, B, analytic=True),
    "correlate": Sample(enp.correlate, A, B, analytic=True),
    "convolve, number": Sample(enp.convolve, A, 0.4),
    "linspace": Sample(lambda a, b: enp.linspace(a, b, 4), 0.3, 1.7, analytic=True),
    "linspace, default": Sample(enp.linspace, 0.3, [[1.7], [2.0]]),
    "linspace, endpoint": Sample(lambda a, b: enp.linspace(a, b, 4, endpoint=False), B, 2.0),
    "linspace, axis": Sample(lambda a, b: enp.linspace(a, b, 4, axis=-1), B, numbers(2, 1)),
    "linspace, one": Sample(lambda a, b: enp.linspace(a, b, 1), B, 2.0),
    "linspace, step": Sample(lambda a, b: enp.linspace(a, b, 5, retstep=True)[1], B, 2.0),
    "logspace": Sample(lambda a, b: enp.logspace(a, b, 4), 0.3, 0.7, analytic=True),
    "logspace, base": Sample(lambda a, b, c: enp.logspace(a, b, 3, base=c), 0.3, 0.7, 2.5),
    "logspace, bases": Sample(lambda a, b, c: enp.logspace(a, b, 3, False, c, axis=1), 0.3, B, numbers(2, 1)),
    "geomspace": Sample(lambda a, b: enp.geomspace(a, b, 4), 0.3, 1.7, analytic=True),
    "geomspace, axis": Sample(lambda a, b: enp.geomspace(a, b, 3, False, axis=1), B, 2.0),
    "geomspace, negative": Sample(lambda a, b: enp.geomspace(-a, -b, 3), B, 2.0),
    "geomspace, complex": Sample(lambda a, b: enp.geomspace(1j * a, 1 + 1j * b, 5), 0.7, 2.0),
    "i0": Sample(enp.i0, [[-3.0, 0.4], [9.0, 1e-3]]),
    "i0_derivative": Sample(lambda x: family.i0_derivative(x, 1), [[-3.0, 0.4], [9.0, 1e-3]]),
    "angle": Sample(lambda x, y: enp.angle(x + 1j * y), A, -A),
    "angle, degrees": Sample(lambda x, y: enp.angle(x - 1j * y, deg=True), A, A),
    "nan_to_num": Sample(enp.nan_to_num, A, analytic=True),
    "real_if_close": Sample(lambda x: enp.real_if_close(x + 1e-17j), A),
    "real_if_close, not": Sample(lambda x: enp.real_if_close(x + 1e-3j), A),
    "convolve_vectors": Sample(family.convolve_vectors, A, B, analytic=True),
}
WIDENED = ("interp", "unwrap", "geomspace")  # NumPy computes these in double precision, whatever comes in


def test_every_primitive_has_a_sample():
    assert primitives_of(family) <= set(SAMPLES)


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES)
def test_law(name, law):
    if law is dtype_is_kept and name.split(",")[0] in WIDENED:
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


def laws_of_derivatives(sample):
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("lengths", [(5, 3), (5, 4), (4, 4), (3, 5), (4, 5), (1, 3), (6, 2), (2, 6)], ids=str)
@pytest.mark.parametrize("name", ["convolve", "correlate"])
def test_modes_of_convolution(name, lengths, mode):
    a, v = (numbers(n) for n in lengths)
    laws_of_derivatives(Sample(lambda x, y: getattr(enp, name)(x, y, mode), a, v, analytic=True))


@pytest.mark.parametrize("name", ["convolve", "correlate"])
def test_convolution_of_real_and_complex(name):
    gradient = grad(lambda a: np.sum(np.abs(getattr(np, name)(a, B * 1j, "full")) ** 2))(A)
    assert gradient.dtype == np.float64
    expected = grad(lambda a: np.sum(np.abs(getattr(np, name)(a, B, "full")) ** 2))(A)
    assert_near(gradient, expected, 1e-15, "a factor i")


def test_interp_through_no_points_is_what_numpy_makes_of_it():
    none = np.zeros(0)
    try:
        expected = np.interp(none, none, none)
    except ValueError as error:
        with pytest.raises(ValueError, match=str(error)):
            vjp(enp.interp, none, none, none)
    else:
        value, pullback = vjp(enp.interp, none, none, none)
        np.testing.assert_array_equal(value, expected)
        assert [g.shape for g in pullback(none)] == [(0,)] * 3
    with pytest.raises(ValueError, match="empty"):
        vjp(enp.interp, 0.5, none, none)


def test_interp_at_a_knot_takes_the_slope_on_the_right_and_at_the_end_the_last():
    slopes = np.diff(HEIGHTS) / np.diff(KNOTS)
    gradient = grad(lambda x: np.sum(np.interp(x, KNOTS, HEIGHTS)))(KNOTS)
    assert_near(gradient, slopes[[0, 1, 2, 2]], 1e-15, "slopes")
    assert np.array_equal(vjp(lambda x: np.interp(x, KNOTS, HEIGHTS), KNOTS)[0], HEIGHTS)


def test_interp_of_a_jump_and_beyond_the_ends():
    x, xp, fp = np.array([0.5, 1.0, 1.5, 2.0, 2.5]), [0.0, 1.0, 1.0, 2.0, 2.0], [0.0, 1.0, 3.0, 4.0, 7.0]
    value, pullback = vjp(lambda x: np.interp(x, xp, fp, right=9.0), x)
    assert np.array_equal(value, np.interp(x, xp, fp, right=9.0))
    assert_near(pullback(np.ones(5)), [1.0, 1.0, 1.0, 0.0, 0.0], 0.0, "slopes")
    assert np.isnan(vjp(lambda x: np.interp(x, xp, fp), np.array([np.nan]))[0])


def test_unwrap_has_the_derivative_one():
    assert np.array_equal(grad(lambda p: np.sum(np.unwrap(p)))(RING), np.ones(6))
    value = vjp(np.unwrap, RING)[0]
    assert_near(value, np.unwrap(RING), 1e-15, "value")


@pytest.mark.parametrize("order", range(6))
def test_derivatives_of_i0_by_their_series(order):
    x = np.array([1e-6, 0.3, 2.0, 11.0])
    terms = [bessel_term(k, order, x) for k in range((order + 1) // 2, 100)]
    assert np.all(np.abs(family.i0_derivative(x, order) / np.sum(terms[::-1], axis=0) - 1.0) < 1e-14)


def bessel_term(k, order, x):
    falling = np.prod(np.arange(2 * k - order + 1.0, 2 * k + 1.0))
    return np.prod([(x / 2 / i) ** 2 for i in range(1, k + 1)], axis=0) * falling / x**order


def test_i0_at_zero_and_far_out():
    assert grad(np.i0)(0.0) == 0.0
    assert_near(grad(grad(np.i0))(0.0), 0.5, 1e-15, "second derivative")
    far = np.array([700.0, -700.0])
    gradient = grad(lambda x: np.sum(np.i0(x)))(far)
    assert_near(gradient / np.i0(far), np.array([1.0, -1.0]) * (1 - 1 / 1400 - 1 / 8 / 700**2), 1e-8, "i1 / i0")
    assert np.array_equal(np.shape(hessian(lambda x: np.sum(np.i0(x)))(np.zeros(0))), (0, 0))


def test_nan_to_num_lets_through_only_numbers():
    gradient = grad(lambda x: np.sum(np.nan_to_num(x, posinf=1.0, neginf=1.0) * 2.0))(GAPS)
    assert np.array_equal(gradient, [0.0, 2.0, 0.0, 0.0, 2.0])
    options = {"copy": False, "nan": 1.0, "posinf": 2.0, "neginf": 3.0}
    value = vjp(lambda x: np.nan_to_num(x, **options), GAPS)[0]
    assert np.array_equal(value, [1.0, 0.4, 2.0, 3.0, 2.0])
    z = GAPS.astype(complex)
    z.imag = GAPS[::-1]
    value, pullback = vjp(np.nan_to_num, z)
    assert np.array_equal(value, np.nan_to_num(z))
    assert np.array_equal(pullback(np.ones(5, complex)), np.isfinite(z.real) + 0j)


def test_angle_at_special_points():
    assert grad(lambda x: np.sum(np.angle(x)))(np.array([1.0, -2.0])).tolist() == [0.0, 0.0]
    assert grad(lambda z: np.sum(np.angle(z)))(np.array([0j])) == 0
    assert grad(lambda z: np.angle(z))(2 + 0j) == -0.5j


def test_grids_of_integers_are_constant():
    assert np.array_equal(grad(lambda x: np.sum(np.linspace(x, 9.5, 4, dtype=int)) * x)(0.5), 18)
    value, pullback = vjp(lambda x: np.linspace(x, 2.0, 3, dtype=np.float32), 0.5)
    assert value.dtype == np.float32
    assert pullback(np.ones(3, np.float32)).dtype == np.float64


def test_grids_are_exact_at_both_ends_and_may_be_empty():
    value = vjp(lambda x: np.linspace(x, 0.7, 7), 0.1)[0]
    assert (value[0], value[-1]) == (0.1, 0.7)
    assert vjp(lambda x: np.linspace(x, 1.0, 0), 0.1)[0].shape == (0,)
    assert grad(lambda x: np.linspace(x, 1.0, 1)[0])(0.1) == 1.0
    assert np.isnan(vjp(lambda x: np.linspace(x, 1.0, 1, retstep=True)[1] + x, 0.1)[0])


LISTS = {
    "interp": lambda x: enp.interp([x, 0.3], [0.0, x], [1.0, x]),
    "trapezoid": lambda x: enp.trapezoid([x, 1.0, x], [0.0, x, 2.0]),
    "diff": lambda x: enp.diff([1.0, x, 3.0], append=[x]),
    "ediff1d": lambda x: enp.ediff1d([1.0, x], to_end=[x, x * x]),
    "gradient": lambda x: enp.gradient([1.0, x, x * x], [0.0, x, 2.0]),
    "unwrap": lambda x: enp.unwrap([x, 6.0 * x]),
    "convolve": lambda x: enp.convolve([x, 1.0], [x, x, 2.0]),
    "correlate": lambda x: enp.correlate([x, 1.0], [x, x, 2.0], "same"),
    "linspace": lambda x: enp.linspace([x, 1.0], x, 3),
    "nan_to_num": lambda x: enp.nan_to_num([x, 1.0]),
    "real_if_close": lambda x: enp.real_if_close([x, 1.0 + 0j]),
    "angle": lambda x: enp.angle([x + 1j, x]),
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_with_traced_numbers(name):
    pushforward_is_the_derivative(Sample(LISTS[name], 0.7))
    pullback_is_the_transpose(Sample(LISTS[name], 0.7))


def test_old_name_of_trapezoid():
    assert_near(grad(enp.trapz)(A), grad(np.trapezoid)(A), 0.0, "trapz")


ERRORS = {
    "interp": (lambda x: np.interp(0.5, x, [1.0, 2.0]), "two equal vectors"),
    "diff of a number": (lambda x: np.diff(np.sum(x)), "axis"),
    "diff of negative order": (lambda x: np.diff(x, -1), "non-negative"),
    "diff of a missing axis": (lambda x: np.diff(x, axis=1), "axis"),
    "gradient of one": (lambda x: np.gradient(x[:1]), "more samples"),
    "gradient with wrong coordinates": (lambda x: np.gradient(x, [0.0, 1.0]), "one coordinate for each sample"),
    "gradient with two steps": (lambda x: np.gradient(x, 0.1, 0.2), "invalid number"),
    "geomspace from zero": (lambda x: np.geomspace(0.0, x), "zero"),
    "linspace of less than none": (lambda x: np.linspace(0.0, x, -1), "non-negative"),
    "ediff1d": (lambda x: np.ediff1d(x, to_end=1j), "cannot cast"),
    "convolve with nothing": (lambda x: np.convolve(x, []), "empty"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_error(name):
    function, message = ERRORS[name]
    with pytest.raises((ValueError, TypeError), match=message):
        grad(lambda x: np.sum(function(x)))(A)
