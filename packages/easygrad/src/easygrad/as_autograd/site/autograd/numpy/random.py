"""``numpy.random``."""

from numpy.random import *  # noqa: F403  # all of them is what is meant

from ..absent import getter as _getter

__getattr__ = _getter("autograd.numpy.random")
