"""``numpy.linalg`` with the differentiable functions in place."""

from numpy.linalg import *  # noqa: F403  # all of them is what is meant

from easygrad.numpy.linalg import *  # noqa: F403

from ..absent import getter as _getter

__getattr__ = _getter("autograd.numpy.linalg")
