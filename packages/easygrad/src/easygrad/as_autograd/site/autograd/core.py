"""The two modes for functions of one argument, nodes made by hand, rules and spaces, under Autograd's names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

import easygrad
from easygrad import core
from easygrad.extend import def_linear, defjvp_argnum, defjvp_argnums, defvjp_argnum, defvjp_argnums
from easygrad.operations import newborn

from . import primitives, vspaces
from .absent import getter as _getter
from .primitives import defjvp, defvjp, primitive, primitive_jvps, primitive_vjps
from .tracer import Box, Node, getval, isbox, toposort, trace
from .util import func, subval
from .views import Tangent
from .vspaces import SparseObject, VSpace, dense, vspace

__all__ = [
    "Box",
    "JVPNode",
    "Node",
    "SparseBox",
    "SparseObject",
    "VJPNode",
    "VSpace",
    "add_outgrads",
    "backward_pass",
    "def_linear",
    "defjvp",
    "defjvp_argnum",
    "defjvp_argnums",
    "defvjp",
    "defvjp_argnum",
    "defvjp_argnums",
    "func",
    "getval",
    "identity_jvp",
    "identity_vjp",
    "isbox",
    "make_jvp",
    "make_vjp",
    "primitive",
    "primitive_",
    "primitive_jvps",
    "primitive_vjps",
    "primitive_with_deprecation_warnings",
    "primitives",
    "sparse_add",
    "sparse_object_types",
    "subval",
    "sum_outgrads",
    "toposort",
    "trace",
    "vspace",
    "vspaces",
]

Function = Callable[..., Any]
primitive_ = primitive_with_deprecation_warnings = primitive
sparse_object_types = {SparseObject}


def make_vjp(fun: Function, x: Any) -> tuple[Function, Any]:
    """Return the pullback of a function of one argument at ``x``, and its value."""
    pullback, value = easygrad.make_vjp(fun)(x)
    return pullback, value


def make_jvp(fun: Function, x: Any) -> Function:
    """Return the function from a tangent of ``x`` to the value of ``fun(x)`` and its tangent."""
    pushforward: Function = easygrad.make_jvp(fun)(x)
    return pushforward


class NodeClass(type):
    """Makes every node of the engine an instance."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, core.Node)


class VJPNode(metaclass=NodeClass):
    """A node for reverse mode: ``new_root()`` of an argument, or made of a call by hand."""

    def __new__(cls, value: Any, fun: Any, args: Any, kwargs: Any, parent_argnums: Any, parents: Any) -> Any:  # noqa: D102
        if not hasattr(fun, "primitive"):
            name = getattr(fun, "__name__", fun)
            raise NotImplementedError(f"VJP of {name} wrt argnums {parent_argnums} not defined: it is no primitive.")
        return newborn(fun.primitive.edges(value, args, kwargs, list(zip(parent_argnums, parents, strict=True))))

    @classmethod
    def new_root(cls) -> core.Node:
        """Return the node of an argument."""
        return newborn(())


JVPNode = Tangent


def backward_pass(g: Any, end_node: Any) -> Any:
    """Return the cotangent of the argument from that of the result, whose node is given; it may be called again."""
    starts = core.backward({end_node: np.asarray(g)[()] if isinstance(g, int | float | complex) else g}, keep=True)
    first = max(starts, key=lambda node: node.birth)
    return starts[first]


class SparseBox:
    """No value is one: a cotangent with few entries is made whole before it is traced."""


def add_outgrads(previous: tuple[Any, bool] | None, g: Any) -> tuple[Any, bool]:
    """Return the sum of two cotangents, and whether it may be changed; of the first this is known, or it is None."""
    if previous is None:
        return dense(g), isinstance(g, SparseObject)
    return vspace(dense(g)).add(previous[0], dense(g)), True


def sum_outgrads(gs: Iterable[Any]) -> Any:
    """Return the sum of cotangents, which may be sparse; None if there are none."""
    total = None
    for g in gs:
        total = add_outgrads(total, g)
    return None if total is None else total[0]


def sparse_add(vs: Any, x_prev: Any, x_new: SparseObject) -> Any:
    """Return a sparse cotangent added to another one, which may be changed, or None for zero."""
    return x_new.mut_add(vs.zeros() if x_prev is None else x_prev)


def identity_vjp(argnums: Any, *args: Any) -> Function:
    """Return the pullback that hands the cotangent on."""
    return lambda g: g


def identity_jvp(g: Any, *args: Any, **kwargs: Any) -> Any:
    """Return the tangent as it is."""
    return g


__getattr__ = _getter("autograd.core")
