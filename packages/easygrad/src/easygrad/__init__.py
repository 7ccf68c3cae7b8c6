"""Automatic differentiation for NumPy that one person can read in an afternoon.

``from easygrad import grad``, and ``grad(f)`` is the gradient of ``f``: for functions written with plain ``numpy`` or
with ``easygrad.numpy``, in both modes and to any order.
"""

from easygrad import array as _array  # noqa: F401  # gives the box its operators
from easygrad.builtins import dict, isinstance, list, tuple, type  # noqa: A004, F401  # as in Autograd; not for `*`
from easygrad.checkpoints import checkpoint
from easygrad.containers import register_container
from easygrad.core import stop_gradient
from easygrad.extend import primitive  # noqa: F401  # as in Autograd
from easygrad.jacobians import (
    hessian,
    hessian_diagonal,
    hessian_tensor_product,
    hessian_vector_product,
    jacobian,
    make_ggnvp,
    make_hvp,
    tensor_jacobian_product,
    vector_jacobian_product,
)
from easygrad.transforms import (
    deriv,
    elementwise_grad,
    grad,
    grad_and_aux,
    grad_named,
    holomorphic_grad,
    jvp,
    make_jvp,
    make_vjp,
    multigrad_dict,
    value_and_grad,
    vjp,
)

__all__ = [
    "checkpoint",
    "deriv",
    "elementwise_grad",
    "grad",
    "grad_and_aux",
    "grad_named",
    "hessian",
    "hessian_diagonal",
    "hessian_tensor_product",
    "hessian_vector_product",
    "holomorphic_grad",
    "jacobian",
    "jvp",
    "make_ggnvp",
    "make_hvp",
    "make_jvp",
    "make_vjp",
    "multigrad_dict",
    "register_container",
    "stop_gradient",
    "tensor_jacobian_product",
    "value_and_grad",
    "vector_jacobian_product",
    "vjp",
]
