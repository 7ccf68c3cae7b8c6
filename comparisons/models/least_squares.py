"""Least squares: a polynomial with m coefficients that shall be -1 left and 1 right of 0, at n points of (-1, 1).

The cost is half the sum of the squares of sign(t) - (x_0 + x_1 t + x_2 t**2 + ...).
"""

from typing import Any

import numpy
from comparisons.models import Function, Timed

from graddiff import Case
from graddiff.domains import REAL

COEFFICIENTS = 128
SIZES = [16, 64, 256, 1024]


def points(n: int) -> Any:
    """Return the points."""
    return numpy.linspace(-1, 1, n)


def vector_form(np: Any, n: int, m: int) -> Function:
    """Return the cost with the powers of all points as one matrix."""
    t = points(n)
    powers, target = numpy.vander(t, m, increasing=True), numpy.sign(t)
    return lambda x: 0.5 * np.sum((target - np.dot(powers, x)) ** 2)


def loop_form(np: Any, n: int, m: int) -> Function:
    """Return the cost by Horner's rule, coefficient by coefficient, over all points at once."""
    t = points(n)
    target = numpy.sign(t)

    def cost(x: Any) -> Any:
        value = x[m - 1]
        for j in reversed(range(m - 1)):
            value = x[j] + t * value
        return 0.5 * np.sum((target - value) ** 2)

    return cost


def gradient(n: int, m: int) -> Function:
    """Return the gradient by hand."""
    t = points(n)
    powers, target = numpy.vander(t, m, increasing=True), numpy.sign(t)
    return lambda x: (powers @ x - target) @ powers


FORMS = {"vector": vector_form, "loop": loop_form}


def case(form: str, n: int, m: int = COEFFICIENTS) -> Case:
    """Return the cost for n points and m coefficients."""
    return Case(f"least_squares.{form}_n{n}_m{m}", lambda np: FORMS[form](np, n, m), [REAL], shapes=[(m,)])


CASES = [case("vector", 6, 4), case("loop", 5, 4)]


def timed() -> list[Timed]:
    """Return the gradient at each size."""
    return [Timed(case(form, n), by_hand=gradient(n, COEFFICIENTS)) for form in FORMS for n in SIZES]
