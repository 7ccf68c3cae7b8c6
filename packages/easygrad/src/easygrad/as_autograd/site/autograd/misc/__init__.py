"""The same as ``easygrad.misc``."""

from . import fixed_points, optimizers, tracers  # noqa: F401  # as attributes
from .flatten import flatten
from .tracers import const_graph

__all__ = ["const_graph", "flatten"]
