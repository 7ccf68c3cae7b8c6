"""Autograd's operators: easygrad's, but for the three of which Autograd documents another meaning."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import easygrad
from easygrad import (
    checkpoint,
    deriv,
    grad,
    grad_and_aux,
    grad_named,
    hessian,
    hessian_tensor_product,
    hessian_vector_product,
    jacobian,
    make_ggnvp,
    make_hvp,
    make_jvp,
    make_vjp,
    multigrad_dict,
    tensor_jacobian_product,
    value_and_grad,
    vector_jacobian_product,
)

from .absent import getter as _getter
from .core import defvjp_argnum, primitive, vspace
from .wrap_util import unary_to_nary

__all__ = [
    "checkpoint",
    "defvjp_argnum",
    "deriv",
    "elementwise_grad",
    "grad",
    "grad_and_aux",
    "grad_named",
    "hessian",
    "hessian_tensor_product",
    "hessian_vector_product",
    "holomorphic_grad",
    "jacobian",
    "make_ggnvp",
    "make_hvp",
    "make_jvp",
    "make_jvp_reversemode",
    "make_vjp",
    "multigrad_dict",
    "primitive",
    "tensor_jacobian_product",
    "unary_to_nary",
    "value_and_grad",
    "vector_jacobian_product",
    "vspace",
]

Function = Callable[..., Any]


def elementwise_grad(fun: Function, argnum: Any = 0) -> Function:
    """Return a function that gives the sum of each column of the Jacobian, which is its diagonal if it is diagonal.

    Unlike ``easygrad.elementwise_grad`` it does not ask whether it is. Raises TypeError for complex results.
    """
    make = easygrad.make_vjp(fun, argnum)

    def columns(*args: Any, **options: Any) -> Any:
        pullback, ans = make(*args, **options)
        space = vspace(ans)
        if space.iscomplex:
            raise TypeError("Elementwise_grad only applies to real-output functions.")
        return pullback(space.ones())

    return columns


def holomorphic_grad(fun: Function, argnum: int = 0) -> Function:
    """Return ``easygrad.holomorphic_grad``; of a real argument it warns and gives the gradient of the real part."""
    derivative = easygrad.holomorphic_grad(fun, argnum)

    def gradient(*args: Any, **options: Any) -> Any:
        if np.iscomplexobj(args[argnum]):
            return derivative(*args, **options)
        warnings.warn("Input to holomorphic_grad is not complex", stacklevel=2)
        return grad(lambda *inner, **given: np.real(fun(*inner, **given)), argnum)(*args, **options)

    return gradient


def make_jvp_reversemode(fun: Function, argnum: Any = 0) -> Function:
    """Return a function of the arguments that gives the function from a tangent to that of ``fun``, its value left out.

    It is forward mode; the result is the same.
    """
    make = easygrad.make_jvp(fun, argnum)

    def at(*args: Any, **options: Any) -> Function:
        pushforward = make(*args, **options)
        return lambda v: pushforward(v)[1]

    return at


__getattr__ = _getter("autograd.differential_operators")
