"""Derivatives of derivatives: the same few functions at rising orders and for every kind of input.

To add a function, write a row with its highest order: `orders=range(1, 4)` asks for 1 to 3. Order 2 is also
asked in all four pairs of modes. A row costs the referee one more level of digits for each order.
"""

from typing import Any

from graddiff import Case
from graddiff.domains import NONZERO, POSITIVE, REAL

EVERY_KIND = ("float", "np.float64", "0-d", "(1,)", "int", "int array")
INTEGERS = "Autograd refuses integers; with integer arrays x**n overflows from order 5 on (#3, #229, #482)"


def tanh_by_exp(np: Any) -> Any:
    """Return tanh of half of x, written with exp."""

    def function(x: Any) -> Any:
        decay = np.exp(-x)
        return (1.0 - decay) / (1.0 + decay)

    return function


CASES = [
    Case(
        "order.reciprocal",
        lambda np: lambda x: 2 / x,
        [NONZERO],
        kinds=EVERY_KIND,
        orders=range(1, 9),
        reason=INTEGERS,
    ),
    Case(
        "order.tanh",
        lambda np: lambda x: np.tanh(x),
        [REAL],
        kinds=("float", "int", "int array"),
        orders=range(1, 7),
        reason=INTEGERS,
    ),
    Case("order.tanh_by_exp", tanh_by_exp, [REAL], kinds=("float",), orders=range(1, 7)),
    Case(
        "order.rational",
        lambda np: lambda x: x / (1 + x**2),
        [REAL],
        kinds=("float", "int"),
        orders=range(1, 4),
    ),
    Case(
        "order.bell",
        lambda np: lambda x: 1 / (1 + x**2),
        [REAL],
        kinds=("float", "int array"),
        orders=range(1, 4),
    ),
    Case(
        "order.nested_closures",
        lambda np, lib: lambda x: x * lib.grad(lambda y: np.sin(x * y))(x),
        [REAL],
        kinds=("float",),
        shapes=[()],
        orders=range(1, 6),
        reference=lambda np: lambda x: x * x * np.cos(x * x),
    ),
    Case("order.sin", lambda np: lambda x: np.sin(x), [REAL], kinds=("float",), orders=range(1, 4)),
    Case(
        "order.exp_sin",
        lambda np: lambda x: np.exp(x) * np.sin(x),
        [REAL],
        kinds=("float",),
        orders=range(1, 4),
    ),
    Case("order.power", lambda np: lambda x: x**3.5, [POSITIVE], kinds=("float",), orders=range(1, 5)),
    Case("order.integer_power", lambda np: lambda x: x**3, [REAL], kinds=("float", "int"), orders=range(1, 5)),
]
