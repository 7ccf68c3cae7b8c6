"""Derivatives that are matrices: of tanh(W tanh(W x)) the Jacobian, and the Hessian of its squared sum."""

from typing import Any

import numpy
from comparisons.models import Function, Timed, normal

from graddiff import Case
from graddiff.domains import REAL

SIZES = [10, 30, 100, 300]


def weights(n: int) -> Any:
    """Return the matrix, scaled so that the layers neither saturate nor vanish."""
    return normal("two layers", n, shape=(n, n)) / n**0.5


def layers(np: Any, n: int) -> Function:
    """Return the function of n numbers, which returns n numbers."""
    w = weights(n)
    return lambda x: np.tanh(np.dot(w, np.tanh(np.dot(w, x))))


def squared_sum(np: Any, n: int) -> Function:
    """Return the sum of the squares of the numbers that come out."""
    function = layers(np, n)
    return lambda x: np.sum(function(x) ** 2)


def jacobian(n: int) -> Function:
    """Return the Jacobian by hand: the slope of each layer times W, one after the other."""
    w = weights(n)

    def product(x: Any) -> Any:
        inner = numpy.tanh(w @ x)
        outer = numpy.tanh(w @ inner)
        return ((1 - outer**2)[:, None] * w * (1 - inner**2)) @ w

    return product


def hessian(n: int) -> Function:
    """Return the Hessian by hand: the curvature of the outer layer, through the inner one, and that of the inner."""
    w = weights(n)

    def curvature(x: Any) -> Any:
        inner = numpy.tanh(w @ x)
        outer = numpy.tanh(w @ inner)
        slope, inner_slope = 1 - outer**2, 1 - inner**2
        through = w * inner_slope
        middle = through.T @ ((2 * slope**2 - 4 * outer**2 * slope)[:, None] * through)
        own = (w.T @ (2 * outer * slope)) * (-2 * inner * inner_slope)
        return w.T @ (middle + numpy.diag(own)) @ w

    return curvature


def jacobian_case(n: int) -> Case:
    """Return the Jacobian of n numbers."""
    build = lambda np, lib: lib.jacobian(layers(np, n))  # noqa: E731  # a case shows its own line
    return Case(f"two_layers.jacobian_n{n}", build, [REAL], shapes=[(n,)], aspects=("value",))


def hessian_case(n: int) -> Case:
    """Return the Hessian of n numbers."""
    build = lambda np, lib: lib.hessian(squared_sum(np, n))  # noqa: E731  # as above
    return Case(f"two_layers.hessian_n{n}", build, [REAL], shapes=[(n,)], aspects=("value",))


CASES = [jacobian_case(3), hessian_case(3)]


def timed() -> list[Timed]:
    """Return the Jacobian at each size, and the Hessian at those up to 100."""
    jacobians = [Timed(jacobian_case(n), 0, jacobian(n)) for n in SIZES]
    return jacobians + [Timed(hessian_case(n), 0, hessian(n)) for n in SIZES if n <= 100]
