"""Automatic differentiation for NumPy that one person can read in an afternoon.

``from easygrad import grad``, and ``grad(f)`` is the gradient of ``f``: for functions written with plain ``numpy`` or
with ``easygrad.numpy``, in both modes and to any order.
"""

from easygrad import array as _array  # noqa: F401  # gives the box its operators
from easygrad.core import stop_gradient
from easygrad.transforms import (
    deriv,
    elementwise_grad,
    grad,
    hessian,
    hessian_vector_product,
    holomorphic_grad,
    jacobian,
    jvp,
    make_hvp,
    make_jvp,
    make_vjp,
    value_and_grad,
    vjp,
)

__all__ = [
    "deriv",
    "elementwise_grad",
    "grad",
    "hessian",
    "hessian_vector_product",
    "holomorphic_grad",
    "jacobian",
    "jvp",
    "make_hvp",
    "make_jvp",
    "make_vjp",
    "stop_gradient",
    "value_and_grad",
    "vjp",
]
