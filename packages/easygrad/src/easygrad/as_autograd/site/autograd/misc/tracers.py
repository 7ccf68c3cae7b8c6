"""The same as ``easygrad.misc.tracers``."""

from easygrad.misc.tracers import FullGraphNode, const_graph, full_graph

from ..absent import getter as _getter

__all__ = ["FullGraphNode", "const_graph", "const_graph_unary", "full_graph"]

const_graph_unary = const_graph

__getattr__ = _getter("autograd.misc.tracers")
