"""Fourier transforms: the laws for each transform, with every length, axis and norm."""

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import grad, jvp, vjp
from easygrad.rules import fft as family

from ..laws import (
    LAWS,
    Sample,
    assert_near,
    direction,
    law_name,
    primitives_of,
    pullback_is_the_transpose,
    pushforward_is_the_derivative,
    second_order_agrees,
)


def numbers(*shape):
    return np.random.default_rng(len(shape) + sum(shape)).uniform(-1, 1, shape)


X = numbers(2, 5)
REAL_ONLY = ("rfft", "rfft2", "rfftn", "ihfft")
ONE_AXIS = ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"]
SEVERAL_AXES = ["fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn"]
SHIFTS = ["fftshift", "ifftshift"]
NORMS = [None, "backward", "ortho", "forward"]


def sample(name, *args, **options):
    function = getattr(np.fft, name)
    return Sample(lambda x: function(x, **options), *args, analytic=name not in REAL_ONLY)


SAMPLES = {name: sample(name, X) for name in ONE_AXIS + SEVERAL_AXES + SHIFTS}


def test_every_primitive_has_a_sample():
    assert primitives_of(family) <= set(SAMPLES)


def test_every_function_of_numpy_is_here():
    assert {*SAMPLES, "fftfreq", "rfftfreq"} == set(np.fft.__all__)
    assert all(hasattr(enp.fft, name) for name in np.fft.__all__)


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES)
def test_law(name, law):
    law(SAMPLES[name])


def first_derivative_agrees(each):
    pushforward_is_the_derivative(each)
    pullback_is_the_transpose(each)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("n", [None, 1, 2, 3, 4, 5, 6, 7, 8])
@pytest.mark.parametrize("name", ONE_AXIS)
def test_length_and_norm(name, n, norm):
    first_derivative_agrees(sample(name, X, n=n, norm=norm))


@pytest.mark.parametrize("length", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("name", ONE_AXIS)
def test_odd_and_even_inputs(name, length):
    first_derivative_agrees(sample(name, numbers(length)))
    second_order_agrees(sample(name, numbers(length)))


@pytest.mark.parametrize("n", [None, 3, 6])
@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
@pytest.mark.parametrize("name", ONE_AXIS)
def test_axis(name, axis, n):
    first_derivative_agrees(sample(name, numbers(2, 3, 4), n=n, axis=axis))


OPTIONS = {
    "all axes": {},
    "longer": {"s": (4, 6), "axes": (0, 1)},
    "shorter": {"s": (2, 3), "axes": (-1, -2)},
    "whole and shorter": {"s": (-1, 3), "axes": (1, 2)},
    "axes in reverse": {"axes": (2, 0)},
    "one axis": {"axes": (1,)},
    "ortho": {"norm": "ortho", "axes": (0, 2)},
    "forward": {"norm": "forward"},
}


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("name", SEVERAL_AXES)
def test_several_axes(name, options):
    first_derivative_agrees(sample(name, numbers(2, 3, 4), **OPTIONS[options]))


@pytest.mark.parametrize("axes", [None, 0, -1, (0, 1), (2,)], ids=repr)
@pytest.mark.parametrize("name", SHIFTS)
def test_shift(name, axes):
    first_derivative_agrees(sample(name, numbers(2, 3, 5), axes=axes))


@pytest.mark.parametrize("name", ONE_AXIS + SEVERAL_AXES + SHIFTS)
def test_options_by_position_and_both_namespaces(name):
    positions = {"axes": ((0,),), "one": (4, 0, "ortho"), "several": ((4, 3), (1, 0), "ortho")}
    given = positions["axes" if name in SHIFTS else "one" if name in ONE_AXIS else "several"]
    x, t = numbers(3, 4), direction(numbers(3, 4), 1)
    value, tangent = jvp(lambda z: getattr(enp.fft, name)(z, *given), (x,), (t,))
    assert np.array_equal(value, getattr(np.fft, name)(x, *given))
    assert_near(tangent, getattr(np.fft, name)(t, *given), 0.0, "a linear function is its own derivative")


def test_a_list_of_traced_numbers_is_transformed():
    gradient = grad(lambda x: enp.sum(enp.abs(enp.fft.hfft([x[0], 2.0, x[1]])) ** 2))(numbers(2))
    assert gradient.shape == (2,)


def test_gradient_of_real_input_is_real():
    value, pullback = vjp(np.fft.fft, X)
    assert pullback(np.ones_like(value)).dtype == np.float64


def test_parseval():
    gradient = grad(lambda x: np.sum(np.abs(np.fft.rfft(x, norm="forward")) ** 2))(numbers(5))
    full = grad(lambda x: 0.5 * np.sum(x**2) / 5 + 0.5 * np.mean(x) ** 2)(numbers(5))
    assert_near(gradient, full, 1e-15, "half of the energy, and the mean once more")


def test_out_is_refused_by_name():
    for name in ("fft", "irfft", "fftn"):
        with pytest.raises(TypeError, match="out"):
            grad(lambda x, name=name: np.sum(np.abs(getattr(np.fft, name)(x, out=np.zeros(5, complex)))))(numbers(5))


def test_errors_are_numpys():
    with pytest.raises(ValueError, match="data points"):
        grad(lambda x: np.sum(np.abs(np.fft.fft(x, 0))))(numbers(5))
    with pytest.raises(ValueError, match="norm"):
        grad(lambda x: np.sum(np.abs(np.fft.fft(x, norm="none"))))(numbers(5))
    with pytest.raises(ValueError, match="different lengths"):
        grad(lambda x: np.sum(np.abs(np.fft.fftn(x, (2, 2), (0,)))))(X)
    with pytest.raises(TypeError, match="ufunc"):
        np.fft.rfft(X + 1j)
