"""``scipy.signal`` with the differentiable functions in place; the other names are SciPy's own."""

from __future__ import annotations

from typing import Any

import scipy.signal

from easygrad.scipy.signal.convolutions import convolve, convolve2d, correlate, correlate2d, fftconvolve, oaconvolve
from easygrad.scipy.signal.filters import detrend, filtfilt, hilbert, lfilter, lfilter_zi, sosfilt

__all__ = [
    "convolve", "convolve2d", "correlate", "correlate2d", "detrend", "fftconvolve", "filtfilt", "hilbert", "lfilter",
    "lfilter_zi", "oaconvolve", "sosfilt",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Return the rest of SciPy's namespace."""
    return getattr(scipy.signal, name)
