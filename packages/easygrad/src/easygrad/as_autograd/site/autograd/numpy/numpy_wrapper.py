# mypy: disable-error-code="assignment,no-redef,misc"
"""NumPy's namespace again, with the helpers that Autograd's has beside NumPy's names."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as _np
from numpy import *  # noqa: F403  # all of them is what is meant

import easygrad.numpy as _namespace
from easygrad.extend import notrace_primitive
from easygrad.numpy import *  # noqa: F403
from easygrad.rules import shaping as _shaping
from easygrad.rules.concatenators import CClass as c_class  # noqa: F401, N813  # Autograd's names
from easygrad.rules.concatenators import RClass as r_class  # noqa: F401, N813
from easygrad.rules.concatenators import c_, r_  # noqa: F401
from easygrad.rules.joining import row_stack  # noqa: F401  # NumPy 2.5 has it no more, Autograd's namespace has

from .. import builtins  # noqa: F401  # an attribute
from ..absent import getter as _getter
from ..primitives import primitive
from .lists import *  # noqa: F403  # the last, to stand for the functions above

numpy_version = _np.__version__
notrace_functions = [_np.ndim, _np.shape, _np.iscomplexobj, _np.result_type]
_astype = _shaping.with_dtype


def concatenate_args(axis: Any, *args: Any) -> Any:
    """Return arrays joined along an axis."""
    return _shaping.concatenate(args, axis)


def array_from_args(array_args: Any, array_kwargs: Any, *args: Any) -> Any:
    """Return an array of values."""
    return _shaping.array(args, *array_args, **array_kwargs)


def _array_from_scalar_or_array(array_args: Any, array_kwargs: Any, scalar: Any) -> Any:
    """Return an array of a number or an array."""
    return _shaping.array(scalar, *array_args, **array_kwargs)


def wrap_if_boxes_inside(raw_array: Any, slow_op_name: Any = None) -> Any:
    """Return an array of objects that holds traced values as a traced array, and any other as it is."""
    if raw_array.dtype != object:
        return raw_array
    return _shaping.reshape(_shaping.stack(list(raw_array.ravel())), raw_array.shape)


def make_diagonal(D: Any, offset: int = 0, axis1: int = -1, axis2: int = -2) -> Any:  # noqa: N803  # Autograd's name
    """Return an array with the last axis of ``D`` on the diagonal of two new last ones."""
    if (offset, axis1, axis2) != (0, -1, -2):
        raise NotImplementedError(f"make_diagonal: only offset=0, axis1=-1, axis2=-2; got {(offset, axis1, axis2)}.")
    return _shaping.expand_dims(D, -1) * _np.eye(_np.shape(D)[-1])


@notrace_primitive
def metadata(A: Any) -> tuple[Any, int, Any, Any]:  # noqa: N803  # Autograd's name
    """Return shape, number of axes, dtype, and whether that is complex."""
    return _np.shape(A), _np.ndim(A), _np.result_type(A), _np.iscomplexobj(A)


@notrace_primitive
def parse_einsum_input(*args: Any) -> Any:
    """Return the subscripts of the operands, that of the result, and the operands, of a call of einsum."""
    return import_module("numpy._core.einsumfunc")._parse_einsum_input(args)


def wrap_namespace(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Put the functions of a namespace into another one, as primitives without a rule."""
    for name, value in old.items():
        if callable(value) and not isinstance(value, type):
            new[name] = vars(_namespace).get(name, value) if old is _np.__dict__ else primitive(value)
        elif isinstance(value, float | int | type) or value is None:
            new[name] = value


def wrap_intdtype(cls: type) -> Callable[..., Any]:
    """Return an integer type as a function that also takes traced values, whose answer is a constant."""
    return notrace_primitive(cls)


__getattr__ = _getter("autograd.numpy.numpy_wrapper")
