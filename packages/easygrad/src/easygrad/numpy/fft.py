"""NumPy's ``fft`` namespace with the differentiable functions in place."""

from numpy.fft import fftfreq, rfftfreq

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
