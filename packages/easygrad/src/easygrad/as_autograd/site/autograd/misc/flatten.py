"""The same as ``easygrad.misc.flatten``."""

from easygrad.misc.flatten import flatten, flatten_func

from ..absent import getter as _getter

__all__ = ["flatten", "flatten_func"]

__getattr__ = _getter("autograd.misc.flatten")
