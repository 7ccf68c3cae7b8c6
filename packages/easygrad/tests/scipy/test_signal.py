"""Convolutions and filters: the laws for each function, its modes and options, and the values of SciPy."""

import numpy as np
import pytest
import scipy.signal

from easygrad import grad, jvp
from easygrad.scipy import signal

from ..laws import LAWS, Sample, assert_near, law_name


def numbers(*shape, seed=3):
    return np.random.default_rng(seed).uniform(-1, 1, shape)


def joined(results):
    return np.concatenate([np.ravel(x) for x in results])


def sections(s):  # SciPy wants a column of ones
    return np.concatenate([s[:, :3], np.ones_like(s[:, :1]), s[:, 3:]], axis=1)


X, Y, IMAGE, WINDOW = numbers(6), numbers(3, seed=4), numbers(5, 4, seed=5), numbers(2, 3, seed=6)
EVEN = numbers(4, seed=7)
B, A = np.array([0.5, 0.2, 0.1]), np.array([2.0, -0.6, 0.3])
STACK = numbers(2, 7, seed=8)
SOS = np.array([[0.5, 0.2, 0.1, -0.3, 0.1], [0.4, 0.1, 0.3, 0.2, 0.3]])
SAMPLES = {
    "lfilter": Sample(signal.lfilter, B, A, STACK, analytic=True),
    "lfilter, axis": Sample(lambda b, a, x: signal.lfilter(b, a, x, axis=0), B, A, STACK.T),
    "lfilter, FIR": Sample(signal.lfilter, B, [2.0], X),
    "lfilter, long": Sample(signal.lfilter, [0.5], numbers(9, seed=9) + 2.0 * (np.arange(9) == 0), X),
    "lfilter, state": Sample(lambda b, a, x, zi: joined(signal.lfilter(b, a, x, zi=zi)), B, A, X, [0.3, -0.2]),
    "lfilter, short": Sample(lambda b, a, x, zi: joined(signal.lfilter(b, a, x, zi=zi)), EVEN, A, X[:2], Y),
    "sosfilt": Sample(lambda s, x: signal.sosfilt(sections(s), x), SOS, X),
    "sosfilt, state": Sample(lambda s, x, zi: joined(signal.sosfilt(sections(s), x, zi=zi)), SOS, X, numbers(2, 2)),
    "lfilter_zi": Sample(signal.lfilter_zi, B, A),
    "filtfilt": Sample(signal.filtfilt, B, A, numbers(12)),
    "filtfilt, even": Sample(lambda b, a, x: signal.filtfilt(b, a, x, padtype="even", padlen=4), B, A, X),
    "filtfilt, bare": Sample(lambda b, a, x: signal.filtfilt(b, a, x, padtype=None), B, A, X),
    "detrend": Sample(signal.detrend, STACK),
    "detrend, breaks": Sample(lambda x: signal.detrend(x, axis=0, bp=[3]), STACK.T),
    "detrend, mean": Sample(lambda x: signal.detrend(x, type="constant"), STACK),
    "hilbert": Sample(signal.hilbert, X),
    "hilbert, odd": Sample(lambda x: signal.hilbert(x, 7), X),
    "fftconvolve, axes": Sample(lambda x, y: signal.fftconvolve(x, y, axes=1), IMAGE, WINDOW[:1], analytic=True),
    "fftconvolve, same": Sample(lambda x, y: signal.fftconvolve(x, y, "same", axes=[1]), IMAGE, WINDOW[:1]),
    "oaconvolve": Sample(signal.oaconvolve, X, Y),
}
for mode in ("full", "same", "valid"):
    for name, x, y in (("1", X, Y), ("even", X, EVEN), ("swapped", Y, X), ("2", IMAGE, WINDOW)):
        for fun in (signal.convolve, signal.correlate):
            SAMPLES[f"{fun.__name__}, {mode}, {name}"] = Sample(
                lambda x, y, mode=mode, fun=fun: fun(x, y, mode), x, y, analytic=True
            )
    SAMPLES[f"fftconvolve, {mode}"] = Sample(lambda x, y, mode=mode: signal.fftconvolve(x, y, mode), IMAGE, WINDOW)
    for boundary in ("fill", "wrap", "symm"):
        for fun in (signal.convolve2d, signal.correlate2d):
            SAMPLES[f"{fun.__name__}, {mode}, {boundary}"] = Sample(
                lambda x, y, mode=mode, fun=fun, boundary=boundary: fun(x, y, mode, boundary, 0.5), IMAGE, WINDOW
            )


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES)
def test_law(name, law):
    law(SAMPLES[name])


@pytest.mark.parametrize("name", SAMPLES)
def test_values_with_traced_arguments_are_those_of_scipy(name):
    sample = SAMPLES[name]
    for args in sample.points:
        assert_near(jvp(sample.function, args, args)[0], sample.function(*args), 1e-14, name)


def test_long_signals_take_the_time_of_fourier_transforms():
    x, y = numbers(100_000), numbers(50_000, seed=4)
    slope = grad(lambda x: np.sum(signal.convolve(x, y, "same") ** 2))(x)
    assert np.all(np.isfinite(slope))


def test_modes_and_methods_that_are_unknown_are_refused():
    with pytest.raises(ValueError, match="mode='most'"):
        grad(lambda x: np.sum(signal.convolve(x, Y, "most")))(X)
    with pytest.raises(ValueError, match="same dimensionality"):
        grad(lambda x: np.sum(signal.convolve(x, IMAGE)))(X)
    with pytest.raises(NotImplementedError, match="method='gust'"):
        grad(lambda x: np.sum(signal.filtfilt(B, A, x, method="gust")))(X)
    with pytest.raises(ValueError, match="should be all ones"):
        grad(lambda x: np.sum(signal.sosfilt(2.0 * sections(SOS), x)))(X)
    assert signal.get_window is scipy.signal.get_window
