"""``scipy.integrate`` with the functions that easygrad differentiates in place."""

from scipy.integrate import *  # noqa: F403  # all of them is what is meant

# isort: split
from easygrad.scipy.integrate import *  # noqa: F403  # the second, to stand for SciPy's

from ..absent import getter as _getter

__getattr__ = _getter("autograd.scipy.integrate")
