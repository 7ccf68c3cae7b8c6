"""The helpers for rules that programs import. The rules themselves are in ``easygrad.rules``, with other names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from easygrad.rules.shaping import expand_dims

from ..absent import getter as _getter
from ..core import (
    SparseObject,
    VJPNode,
    defjvp_argnum,
    defvjp,
    defvjp_argnum,
    func,
    primitive,
    vspace,
)
from ..tracer import register_notrace
from . import numpy_wrapper as anp
from .numpy_boxes import ArrayBox

__all__ = [
    "ArrayBox",
    "SparseObject",
    "VJPNode",
    "anp",
    "balanced_eq",
    "defjvp_argnum",
    "defvjp",
    "defvjp_argnum",
    "func",
    "match_complex",
    "nograd_functions",
    "primitive",
    "register_notrace",
    "repeat_to_match_shape",
    "replace_zero",
    "unbroadcast",
    "unbroadcast_einsum",
    "unbroadcast_f",
    "vspace",
]

Metadata = tuple[tuple[int, ...], int, Any, Any]  # as numpy_wrapper.metadata gives it

nograd_functions: list[Any] = []  # empty: in easygrad these are rules/constants.py


def unbroadcast(x: Any, target_meta: Metadata, broadcast_idx: int = 0) -> Any:
    """Return a cotangent summed over the axes along which the argument was broadcast; new axes are at an index."""
    shape, ndim, _, iscomplex = target_meta
    while np.ndim(x) > ndim:
        x = np.sum(x, axis=broadcast_idx)
    for axis, size in enumerate(shape):
        if size == 1 and np.shape(x)[axis] != 1:
            x = np.sum(x, axis=axis, keepdims=True)
    return np.real(x) if np.iscomplexobj(x) and not iscomplex else x


def unbroadcast_f(target: Any, f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a pullback, followed by ``unbroadcast`` to the space of an argument."""
    target_meta = anp.metadata(target)
    return lambda g: unbroadcast(f(g), target_meta)


def unbroadcast_einsum(x: Any, target_meta: Metadata, subscript: Any) -> Any:
    """Return a cotangent of an operand of einsum, summed over the axes that its ellipsis was broadcast along."""
    if Ellipsis not in subscript:
        return x
    place = list(subscript).index(Ellipsis)
    return unbroadcast(x, target_meta, -1 if 0 < place == len(subscript) - 1 else place)


def match_complex(target: Any, x: Any) -> Any:
    """Return ``x`` real or complex, as a target is."""
    if np.iscomplexobj(x) and not np.iscomplexobj(target):
        return np.real(x)
    return x + 0j if np.iscomplexobj(target) and not np.iscomplexobj(x) else x


def balanced_eq(x: Any, z: Any, y: Any) -> Any:
    """Return where ``x`` is the result ``z`` of a maximum of ``x`` and ``y``: 1, or a half where both are."""
    return (x == z) / (1.0 + (x == y))


def replace_zero(x: Any, val: Any) -> Any:
    """Return ``x`` with another value for its zeros."""
    return np.where(x, x, val)


def repeat_to_match_shape(g: Any, shape: Any, dtype: Any, axis: Any, keepdims: bool) -> tuple[Any, Any]:
    """Return the cotangent of a reduction, spread over the axes it went over, and their number of elements."""
    if shape == ():
        return g, 1
    axes = tuple(range(len(shape))) if axis is None else tuple(np.atleast_1d(axis) % len(shape))
    if not keepdims:
        g = expand_dims(g, axes) if np.ndim(g) < len(shape) else g
    return g + np.zeros(shape, dtype), int(np.prod([shape[i] for i in axes]))


__getattr__ = _getter("autograd.numpy.numpy_vjps")
