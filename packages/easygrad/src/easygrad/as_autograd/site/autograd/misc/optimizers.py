"""The same as ``easygrad.misc.optimizers``."""

from easygrad.misc.optimizers import adam, rmsprop, sgd, unflatten_optimizer

from ..absent import getter as _getter

__all__ = ["adam", "rmsprop", "sgd", "unflatten_optimizer"]

__getattr__ = _getter("autograd.misc.optimizers")
