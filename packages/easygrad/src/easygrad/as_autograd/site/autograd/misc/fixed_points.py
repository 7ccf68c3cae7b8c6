"""The same as ``easygrad.misc.fixed_points``."""

from easygrad.misc.fixed_points import fixed_point

from ..absent import getter as _getter

__all__ = ["fixed_point"]

__getattr__ = _getter("autograd.misc.fixed_points")
