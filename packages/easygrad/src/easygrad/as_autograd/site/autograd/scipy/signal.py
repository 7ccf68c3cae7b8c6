"""``scipy.signal`` with the functions that easygrad differentiates in place, and Autograd's ``convolve``."""

from scipy.signal import *  # noqa: F403  # all of them is what is meant

# isort: split
from easygrad.scipy.signal import *  # noqa: F403  # the second, to stand for SciPy's

# isort: split
from ..absent import getter as _getter
from .convolution import convolve  # noqa: F401

__getattr__ = _getter("autograd.scipy.signal")
