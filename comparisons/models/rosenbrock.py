"""Rosenbrock's function: sum of 100 (x[i+1] - x[i]**2)**2 + (1 - x[i])**2, with its Hessian and products with that."""

from typing import Any

import numpy
from comparisons.models import Function, Timed, normal

from graddiff import Case
from graddiff.domains import REAL

SIZES = [10, 100, 1_000]


def rosenbrock(np: Any) -> Function:
    """Return the function."""
    return lambda x: np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def gradient(x: Any) -> Any:
    """Return the gradient by hand."""
    result, valley = numpy.zeros(len(x)), x[1:] - x[:-1] ** 2
    result[:-1] = -400 * x[:-1] * valley - 2 * (1 - x[:-1])
    result[1:] += 200 * valley
    return result


def diagonals(x: Any) -> tuple[Any, Any]:
    """Return the diagonal of the Hessian and the one above, which is also the one below."""
    main = numpy.full(len(x), 200.0)
    main[0] = 0.0
    main[:-1] += 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
    return main, -400 * x[:-1]


def hessian(x: Any) -> Any:
    """Return the Hessian by hand."""
    main, beside = diagonals(x)
    return numpy.diag(main) + numpy.diag(beside, 1) + numpy.diag(beside, -1)


def direction(n: int) -> Any:
    """Return the vector that the Hessian is multiplied with."""
    return normal("rosenbrock", n, shape=(n,))


def hessian_product(x: Any) -> Any:
    """Return the product of the Hessian and the vector by hand."""
    (main, beside), v = diagonals(x), direction(len(x))
    result = main * v
    result[:-1] += beside * v[1:]
    result[1:] += beside * v[:-1]
    return result


def case(n: int) -> Case:
    """Return the function of n variables."""
    return Case(f"rosenbrock.n{n}", rosenbrock, [REAL], shapes=[(n,)])


def hessian_case(n: int) -> Case:
    """Return the Hessian of n variables."""
    build = lambda np, lib: lib.hessian(rosenbrock(np))  # noqa: E731  # a case shows its own line
    return Case(f"rosenbrock.hessian_n{n}", build, [REAL], shapes=[(n,)], aspects=("value",), behaviours=("strided",))


def product_case(n: int) -> Case:
    """Return the product of the Hessian and a vector in n variables."""
    build = lambda np, lib: lambda x: lib.hvp(rosenbrock(np), x, direction(n))  # noqa: E731  # as above
    return Case(f"rosenbrock.hvp_n{n}", build, [REAL], shapes=[(n,)], aspects=("value",))


CASES = [case(5), hessian_case(4), product_case(5)]


def timed() -> list[Timed]:
    """Return the gradient, the Hessian and the product at each size."""
    gradients = [Timed(case(n), by_hand=gradient) for n in SIZES]
    hessians = [Timed(hessian_case(n), order=0, by_hand=hessian) for n in SIZES]
    return gradients + hessians + [Timed(product_case(n), order=0, by_hand=hessian_product) for n in SIZES]
