"""``scipy.linalg`` with the functions that easygrad differentiates in place."""

from scipy.linalg import *  # noqa: F403  # all of them is what is meant

# isort: split
from easygrad.scipy.linalg import *  # noqa: F403  # the second, to stand for SciPy's

from ..absent import getter as _getter

__getattr__ = _getter("autograd.scipy.linalg")
