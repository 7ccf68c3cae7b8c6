"""An ordinary differential equation by the classic Runge-Kutta method, differentiated in its parameters.

y_0' = x_0 and y_i' = x_i y_(i-1), from 0 over the time 2 in s steps; the value is the last y. For n = 4 the solution
is a polynomial of degree 4, which the method integrates exactly: the product of x times 2**4 / 4!.
"""

from math import factorial
from typing import Any

import numpy
from comparisons.models import Function, Timed

from graddiff import Case
from graddiff.domains import POSITIVE

TIME = 2.0
SIZES = [(n, steps) for n in (4, 16) for steps in (10, 100)]


def last_of(np: Any, n: int, steps: int) -> Function:
    """Return the last component at the end as a function of the parameters."""
    h = TIME / steps

    def solved(x: Any) -> Any:
        def rate(y: Any) -> Any:
            return np.concatenate([x[:1], x[1:] * y[:-1]])

        y = numpy.zeros(n)
        for _ in range(steps):
            k1 = rate(y)
            k2 = rate(y + h / 2 * k1)
            k3 = rate(y + h / 2 * k2)
            k4 = rate(y + h * k3)
            y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        return y[n - 1]

    return solved


def gradient_of_4(x: Any) -> Any:
    """Return the gradient by hand for n = 4, where the result is a product."""
    return numpy.prod(x) / x * TIME**4 / factorial(4)


def case(n: int, steps: int) -> Case:
    """Return the solution at a size."""
    return Case(f"ode.n{n}_s{steps}", lambda np: last_of(np, n, steps), [POSITIVE], shapes=[(n,)])


CASES = [case(4, 3), case(6, 2)]


def timed() -> list[Timed]:
    """Return the gradient at each size."""
    return [Timed(case(n, steps), by_hand=gradient_of_4 if n == 4 else None) for n, steps in SIZES]
