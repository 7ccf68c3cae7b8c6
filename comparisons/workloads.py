"""Small programs that show what each operation costs, and the list of all that is timed.

The referee works with 60 digits, so a workload that is large is a function of its size: `CASES` calls it with
a small one and `TIMED` with those that are timed, and both are the same program. To add a small program, write a
`Case`, or a function that returns one, and list it in `CASES` and in `TIMED`. Whole models have a module each in
`comparisons/models`; `MODELS` holds what is timed of them, by the name of the model.
"""

from math import factorial
from typing import Any

import numpy
from comparisons.models import (
    Function,
    arrays_of_parts,
    bundle_adjustment,
    curves,
    determinant,
    gmm,
    k_means,
    least_squares,
    log_sum_exp,
    logistic_regression,
    lstm,
    mlp,
    nested,
    ode,
    rosenbrock,
    two_layers,
)
from comparisons.models import Timed as Timed  # the benchmarks take it from here

from graddiff import Case
from graddiff.domains import NONZERO, POSITIVE, REAL

SCALAR: dict[str, Any] = {"shapes": [()], "kinds": ("float",)}


def scalar_chain(operations: int) -> Case:
    """Return a chain of multiplications and additions on one float."""

    def chain(x: Any) -> Any:
        for _ in range(operations // 2):
            x = x * 1.0001 + 0.1
        return x

    return Case(f"scalar_chain_{operations}", lambda np: chain, [REAL], **SCALAR)


def elementwise(n: int) -> Case:
    """Return a sum over n elements of a function with six elementwise operations."""
    return Case(
        f"elementwise_{n}",
        lambda np: lambda x: np.sum(np.sin(x) * np.exp(-(x**2)) + 2 / x),
        [POSITIVE],
        shapes=[(n,)],
    )


def indexing_loop(n: int) -> Case:
    """Return a Python loop that reads each of n elements twice."""

    def sum_of_squares(x: Any) -> Any:
        s = 0.0
        for i in range(n):
            s += x[i] * x[i]
        return s

    return Case(f"indexing_loop_{n}", lambda np: sum_of_squares, [REAL], shapes=[(n,)])


def reciprocal(shape: tuple[int, ...]) -> Case:
    """Return 2 / x of one float, or of an array; `higher_derivatives.py` compares it to order 8."""
    size = f"n{shape[0]}" if shape else "float"
    return Case(f"reciprocal_{size}", lambda np: lambda x: 2 / x, [NONZERO], [shape], () if shape else ("float",))


def closures(np: Any, lib: Any) -> Any:
    """Return a function with two derivatives inside; the innermost closes over both outer variables."""

    def outer(x: Any) -> Any:
        def middle(y: Any) -> Any:
            return y * lib.grad(lambda z: np.sin(x * y * z))(x + y)

        return lib.grad(middle)(x * x)

    return outer


SCALAR_TANH = Case("scalar_tanh", curves.tanh_by_exp, [REAL], orders=(1, 2, 3, 4), **SCALAR)
NESTED_CLOSURES = Case("nested_closures", closures, [POSITIVE], orders=(1,), **SCALAR)
CASES = [scalar_chain(20), SCALAR_TANH, elementwise(1), elementwise(5), NESTED_CLOSURES, indexing_loop(5)]


def chain_by_hand(operations: int) -> Function:
    """Return the derivative of the chain by hand: the product of its factors."""
    return lambda x: 1.0001 ** (operations // 2)


def elementwise_by_hand(x: Any) -> Any:
    """Return the gradient of the elementwise sum by hand."""
    return (numpy.cos(x) - 2 * x * numpy.sin(x)) * numpy.exp(-(x**2)) - 2 / x**2


def squares_by_hand(x: Any) -> Any:
    """Return the gradient of the sum of squares by hand."""
    return 2 * x


def reciprocal_by_hand(order: int) -> Function:
    """Return a derivative of 2 / x by hand."""
    return lambda x: (-1) ** order * 2 * factorial(order) / x ** (order + 1)


TIMED = [
    *(Timed(scalar_chain(n), by_hand=chain_by_hand(n)) for n in (200, 20_000)),
    Timed(SCALAR_TANH, by_hand=curves.tanh_by_hand),
    Timed(SCALAR_TANH, order=4),
    Timed(NESTED_CLOSURES),
    *(Timed(elementwise(n), by_hand=elementwise_by_hand) for n in (1, 10, 1_000, 10_000, 100_000, 1_000_000)),
    *(Timed(indexing_loop(n), by_hand=squares_by_hand) for n in (100, 1_000)),
]

MODELS: dict[str, list[Timed]] = {
    "scalar chain": [Timed(scalar_chain(n), by_hand=chain_by_hand(n)) for n in (200, 2_000, 20_000, 1_000_000)],
    "elementwise": [Timed(elementwise(10**k), by_hand=elementwise_by_hand) for k in range(8)],
    "indexing loop": [Timed(indexing_loop(n), by_hand=squares_by_hand) for n in (100, 1_000, 4_000)],
    "2/x ladder": [
        Timed(reciprocal(shape), order, reciprocal_by_hand(order), elementwise=bool(shape))
        for shape in ((), (1,), (3,))
        for order in range(1, 9)
    ],
    "nested closures": [Timed(NESTED_CLOSURES)],
    "curves": curves.timed(),
    "logistic regression": logistic_regression.timed(),
    "mlp": mlp.timed(),
    "gmm": gmm.timed(),
    "bundle adjustment": bundle_adjustment.timed(),
    "d-lstm": lstm.timed(),
    "k-means": k_means.timed(),
    "log-sum-exp": log_sum_exp.timed(),
    "least squares": least_squares.timed(),
    "ode": ode.timed(),
    "determinant": determinant.timed(),
    "particle and saddle": nested.timed(),
    "rosenbrock": rosenbrock.timed(),
    "two layers": two_layers.timed(),
    "arrays of parts": arrays_of_parts.timed(),
}
