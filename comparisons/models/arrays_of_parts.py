"""Calls that take a list of arrays, or many: where a library may fall back to arrays of objects, and pay for it.

Each is one call, and what is differentiated is the sum of the squares of what it returns, or its sum.
"""

from typing import Any

import numpy
from comparisons.models import Function, Timed, interval

from graddiff import Case
from graddiff.domains import REAL

ENTRY = interval("ENTRY", 0.1, 0.5)


def concat(np: Any) -> Function:
    """Return the sum of squares of an array that is joined to itself."""
    return lambda x: np.sum(np.concat([x, x]) ** 2)


def block(np: Any) -> Function:
    """Return the sum of squares of a matrix of two by two blocks."""
    return lambda x: np.sum(np.block([[x, 2.0 * x], [3.0 * x, x]]) ** 2)


def multi_dot(np: Any) -> Function:
    """Return the sum of the third power of a matrix, the order of the products being NumPy's."""
    return lambda x: np.sum(np.linalg.multi_dot([x, x, x]))


def einsum(np: Any) -> Function:
    """Return the sum of the fourth power of a matrix by one contraction of four operands."""
    return lambda x: np.sum(np.einsum("ij,jk,kl,lm->im", x, x, x, x, optimize=True))


def boxes(np: Any) -> Function:
    """Return the sum of squares of the outer product, made of its elements one by one."""
    return lambda x: np.sum(np.array([[a * b for b in x] for a in x]) ** 2)


def power_by_hand(exponent: int) -> Function:
    """Return the gradient of the sum of a power of a matrix by hand: a term for each factor."""

    def gradient(x: Any) -> Any:
        rows = [numpy.ones(len(x))]  # rows[i]: ones times the i-th power, from the left; columns: from the right
        columns = [numpy.ones(len(x))]
        for _ in range(exponent - 1):
            rows.append(rows[-1] @ x)
            columns.append(x @ columns[-1])
        return numpy.array(rows).T @ numpy.array(columns[::-1])

    return gradient


def case(name: str, function: Function, shape: tuple[int, ...]) -> Case:
    """Return a program at a size."""
    return Case(f"parts.{name}_{'x'.join(map(str, shape))}", function, [REAL if len(shape) < 2 else ENTRY], [shape])


PROGRAMS: dict[str, tuple[Function, Function, tuple[int, ...], tuple[int, ...]]] = {  # small shape, timed shape
    "concat": (concat, lambda x: 4 * x, (3,), (1_000,)),
    "block": (block, lambda x: 30 * x, (2, 3), (30, 30)),
    "multi_dot": (multi_dot, power_by_hand(3), (2, 2), (12, 12)),
    "einsum": (einsum, power_by_hand(4), (2, 2), (20, 20)),
    "boxes": (boxes, lambda x: 4 * numpy.sum(x**2) * x, (3,), (30,)),
}
CASES = [case(name, function, small) for name, (function, _, small, _) in PROGRAMS.items()]


def timed() -> list[Timed]:
    """Return the gradient of each program."""
    return [Timed(case(name, f, shape), by_hand=by_hand) for name, (f, by_hand, _, shape) in PROGRAMS.items()]
