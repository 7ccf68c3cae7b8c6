"""Filters of images: the laws for each function and its modes, and the values of SciPy."""

import numpy as np
import pytest
import scipy.ndimage

from easygrad import grad, jvp
from easygrad.scipy import ndimage

from ..laws import LAWS, Sample, assert_near, law_name


def numbers(*shape, seed=3):
    return np.random.default_rng(seed).uniform(-1, 1, shape)


IMAGE, CUBE, WINDOW, LINE = numbers(5, 4), numbers(3, 4, 3, seed=4), numbers(2, 3, seed=5), numbers(4, seed=6)
POINTS = np.array([[0.3, 1.6, 3.9, 4.7], [2.2, 0.4, -0.6, 1.5]])
SAMPLES = {
    "convolve, origin": Sample(lambda x, w: ndimage.convolve(x, w, origin=(0, -1)), IMAGE, WINDOW),
    "correlate, origin": Sample(lambda x, w: ndimage.correlate(x, w, origin=[-1, 1]), IMAGE, WINDOW),
    "correlate, axes": Sample(lambda x, w: ndimage.correlate(x, w, axes=(0, 2)), CUBE, WINDOW),
    "correlate1d": Sample(lambda x, w: ndimage.correlate1d(x, w, 0, origin=-1), IMAGE, LINE),
    "convolve1d": Sample(lambda x, w: ndimage.convolve1d(x, w, 1), CUBE, LINE),
    "gaussian_filter": Sample(ndimage.gaussian_filter, IMAGE, 0.8),
    "gaussian_filter, orders": Sample(lambda x, s: ndimage.gaussian_filter(x, s, (1, 2)), IMAGE, [0.8, 1.1]),
    "gaussian_filter, axes": Sample(lambda x: ndimage.gaussian_filter(x, 0.7, radius=2, axes=[1, 2]), CUBE),
    "gaussian_filter1d": Sample(lambda x, s: ndimage.gaussian_filter1d(x, s, 0, 3), IMAGE, 1.2),
    "gaussian_laplace": Sample(ndimage.gaussian_laplace, IMAGE, 0.8),
    "gaussian_gradient_magnitude": Sample(ndimage.gaussian_gradient_magnitude, IMAGE, 0.8),
    "uniform_filter": Sample(lambda x: ndimage.uniform_filter(x, [2, 3]), IMAGE),
    "uniform_filter1d": Sample(lambda x: ndimage.uniform_filter1d(x, 4, 0, origin=1), IMAGE),
    "sobel": Sample(lambda x: ndimage.sobel(x, 0), IMAGE),
    "prewitt": Sample(ndimage.prewitt, CUBE),
    "laplace": Sample(lambda x: ndimage.laplace(x, mode="constant"), CUBE),
    "map_coordinates": Sample(lambda x, p: ndimage.map_coordinates(x, p, order=1), IMAGE, POINTS),
    "map_coordinates, nearest": Sample(
        lambda x, p: ndimage.map_coordinates(x, p, order=1, mode="nearest"), IMAGE, POINTS
    ),
}
for mode in ndimage.MODES:
    SAMPLES[f"correlate, {mode}"] = Sample(
        lambda x, w, mode=mode: ndimage.correlate(x, w, mode=mode, cval=0.7), IMAGE, WINDOW
    )
    SAMPLES[f"convolve, {mode}"] = Sample(
        lambda x, w, mode=mode: ndimage.convolve(x, w, mode=mode, cval=0.7), CUBE, CUBE[:2, :3, :2]
    )
    SAMPLES[f"gaussian, {mode}"] = Sample(lambda x, mode=mode: ndimage.gaussian_filter(x, 2.5, mode=mode), IMAGE)


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES)
def test_law(name, law):
    law(SAMPLES[name])


@pytest.mark.parametrize("name", SAMPLES)
def test_values_with_traced_arguments_are_those_of_scipy(name):
    sample = SAMPLES[name]
    assert_near(jvp(sample.function, sample.args, sample.args)[0], sample.function(*sample.args), 1e-14, name)


def test_what_has_no_derivative_says_so():
    with pytest.raises(NotImplementedError, match="order=3"):
        grad(lambda p: np.sum(ndimage.map_coordinates(IMAGE, p)))(POINTS)
    with pytest.raises(NotImplementedError, match="no derivative with output"):
        grad(lambda x: np.sum(ndimage.correlate(x, WINDOW, output=np.empty((5, 4)))))(IMAGE)
    assert ndimage.label is scipy.ndimage.label
