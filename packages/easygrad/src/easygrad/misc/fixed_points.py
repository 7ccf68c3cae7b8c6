"""``fixed_point``: where an iteration comes to rest, with a derivative that does not go through its steps.

At the fixed point ``x = f(a)(x)``, so a change of ``a`` changes it by ``t = J_x t + J_a da``. The transpose of that is
again a fixed point, ``w = g + J_x^T w``, and ``J_a^T w`` is the cotangent of ``a``: it is found by the same iteration,
needs no memory of the steps, and can be differentiated in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from easygrad.core import Array
from easygrad.extend import defvjp, primitive
from easygrad.misc.flatten import flatten
from easygrad.results import Function
from easygrad.transforms import make_vjp

Distance = Callable[[Any, Any], Any]


def fixed_point(f: Function, a: Any, x0: Any, distance: Distance, tol: float) -> Any:
    """Return the ``x`` at which ``f(a)(x) = x``, by iteration from ``x0`` until ``distance(x, x_before) <= tol``.

    ``a`` and ``x0`` are numbers, arrays or containers; ``a`` is differentiated, to any order and in both modes. The
    iterations of the derivative measure the same distance. What else ``f`` uses has to be constant: a traced value
    from elsewhere, beside a traced ``a``, raises TypeError.
    """
    _, unflatten = flatten(x0)
    return unflatten(vector_fixed_point(f, a, x0, distance, tol))


def vector_fixed_point(f: Function, a: Any, x0: Any, distance: Distance, tol: float) -> Array:
    """Return the fixed point as a vector: the operation of the parameters as a vector."""
    start, unflatten_x = flatten(x0)
    parameters, unflatten_a = flatten(a)

    def step(parameters: Array, x: Array) -> Array:
        return flatten(f(unflatten_a(parameters))(unflatten_x(x)))[0]

    def iterate(parameters: Array) -> Array:
        x, before = step(parameters, start), start
        while distance(unflatten_x(x), unflatten_x(before)) > tol:
            x, before = step(parameters, x), x
        return x

    def backward(ans: Array, parameters: Array) -> Function:
        def adjoint(given: tuple[Array, Array, Array]) -> Function:
            parameters, x, g = given
            pullback = make_vjp(step, 1)(parameters, x)[0]
            return lambda w: g + pullback(w)

        def flat_distance(w: Array, before: Array) -> Any:
            return distance(unflatten_x(w), unflatten_x(before))

        by_parameters = make_vjp(step)(parameters, ans)[0]
        zero = np.zeros(start.shape)
        return lambda g: by_parameters(vector_fixed_point(adjoint, (parameters, ans, g), zero, flat_distance, tol))

    operation = primitive(iterate)
    defvjp(operation, backward)
    return operation(parameters)
