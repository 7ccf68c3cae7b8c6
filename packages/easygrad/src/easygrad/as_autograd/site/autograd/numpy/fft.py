"""``numpy.fft`` with the differentiable functions in place."""

from numpy.fft import *  # noqa: F403  # all of them is what is meant

from easygrad.numpy.fft import *  # noqa: F403

from ..absent import getter as _getter

__getattr__ = _getter("autograd.numpy.fft")
