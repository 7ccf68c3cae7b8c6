"""Helpers around derivatives: ``flatten``, optimizers, fixed points and the graph of a computation."""

from easygrad.misc.flatten import flatten
from easygrad.misc.tracers import const_graph

__all__ = ["const_graph", "flatten"]
