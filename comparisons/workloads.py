"""Programs whose gradients are compared at a small size here and timed at a large one by `benchmarks/`.

The referee works with 60 digits, so a workload that is large is a function of its size: `CASES` calls it with
a small one and `TIMED` with those that are timed, and both are the same program. To add a workload, write a
`Case`, or a function that returns one, and list it in `CASES` and in `TIMED`.
"""

from dataclasses import dataclass
from typing import Any

from graddiff import Case
from graddiff.domains import POSITIVE, REAL

SCALAR: dict[str, Any] = {"shapes": [()], "kinds": ("float",)}


@dataclass(frozen=True)
class Timed:
    """A case at the size at which it is timed, and the order of the derivative.

    The first kind of input is timed, or an array of the first shape if the case names no kind.
    """

    case: Case
    order: int = 1


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


def tanh(np: Any) -> Any:
    """Return tanh of one variable, written with exp."""

    def function(x: Any) -> Any:
        y = np.exp(-x)
        return (1.0 - y) / (1.0 + y)

    return function


def nested(np: Any, lib: Any) -> Any:
    """Return a function with two derivatives inside; the innermost closes over both outer variables."""

    def outer(x: Any) -> Any:
        def middle(y: Any) -> Any:
            return y * lib.grad(lambda z: np.sin(x * y * z))(x + y)

        return lib.grad(middle)(x * x)

    return outer


SCALAR_TANH = Case("scalar_tanh", tanh, [REAL], orders=(1, 2, 3, 4), **SCALAR)
NESTED_CLOSURES = Case("nested_closures", nested, [POSITIVE], orders=(1,), **SCALAR)
CASES = [scalar_chain(20), SCALAR_TANH, elementwise(1), elementwise(5), NESTED_CLOSURES, indexing_loop(5)]

TIMED = [
    Timed(scalar_chain(200)),
    Timed(scalar_chain(20_000)),
    Timed(SCALAR_TANH),
    Timed(SCALAR_TANH, order=4),
    Timed(NESTED_CLOSURES),
    *(Timed(elementwise(n)) for n in (1, 10, 1_000, 10_000, 100_000, 1_000_000)),
    *(Timed(indexing_loop(n)) for n in (100, 1_000)),
]
