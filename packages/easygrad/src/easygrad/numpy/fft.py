"""NumPy's ``fft`` namespace with the differentiable functions in place."""

from numpy.fft import *  # noqa: F403  # the rest of the namespace

from easygrad.rules.fft import (
    fft,
    fft2,
    fftn,
    fftshift,
    hfft,
    ifft,
    ifft2,
    ifftn,
    ifftshift,
    ihfft,
    irfft,
    irfft2,
    irfftn,
    rfft,
    rfft2,
    rfftn,
)
