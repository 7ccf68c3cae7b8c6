"""Python's operators with a differentiated array on either side, or on both.

To add an operator, write one row for each side: `x + 2.0`, `2.0 + x`, and one with a constant array on the
left, for there NumPy's own operator is asked first. In-place operators change a value of their own, no input.
"""

from typing import Any

import numpy

from graddiff import SCALARS, Case
from graddiff.domains import AWAY_FROM_INTEGERS, DISTINCT, NONZERO, POSITIVE, REAL

ROW = numpy.array([0.5, 2.0, -1.5])
COLUMN = numpy.array([[0.7], [1.3]])
MATRIX = numpy.array([[1.0, -2.0, 0.5], [3.0, 1.5, -1.0]])
SCALAR = numpy.float64(1.7)

SIMPLE: dict[str, Any] = {"kinds": ("float", "int"), "orders": (1, 2)}
MIXED: dict[str, Any] = {"shapes": [(3,), ((2, 1), (3,))]}

# Arithmetic

ARITHMETIC = [
    Case("operator.add", lambda np: lambda x, y: x + y, [REAL, REAL], **MIXED),
    Case("operator.add.constant", lambda np: lambda x: x + 2.0, [REAL], kinds=SCALARS),
    Case("operator.add.to_constant", lambda np: lambda x: 2 + x, [REAL], kinds=SCALARS),
    Case("operator.add.to_array", lambda np: lambda x: ROW + x, [REAL], shapes=[(3,), (2, 3), ()]),
    Case("operator.add.list", lambda np: lambda x: x + [0.5, 2.0, -1.5], [REAL]),
    Case("operator.add.to_np.float64", lambda np: lambda x: SCALAR + x, [REAL], kinds=("float", "0-d")),
    Case("operator.subtract", lambda np: lambda x, y: x - y, [REAL, REAL], **MIXED),
    Case("operator.subtract.constant", lambda np: lambda x: x - 2, [REAL]),
    Case(
        "operator.subtract.from_constant",
        lambda np: lambda x: 2.0 - x,
        [REAL],
        kinds=("float", "int"),
    ),
    Case("operator.subtract.from_array", lambda np: lambda x: COLUMN - x, [REAL], shapes=[(3,), ()]),
    Case("operator.multiply", lambda np: lambda x, y: x * y, [REAL, REAL], **MIXED),
    Case("operator.multiply.constant", lambda np: lambda x: x * 3, [REAL]),
    Case("operator.multiply.by_constant", lambda np: lambda x: 3.0 * x, [REAL], kinds=("float", "int")),
    Case("operator.multiply.by_array", lambda np: lambda x: ROW * x, [REAL], shapes=[(3,), (2, 1), ()]),
    Case(
        "operator.multiply.by_np.float64",
        lambda np: lambda x: SCALAR * x,
        [REAL],
        kinds=("float", "0-d"),
    ),
    Case("operator.multiply.by_list", lambda np: lambda x: [0.5, 2.0, -1.5] * x, [REAL]),
    Case("operator.divide", lambda np: lambda x, y: x / y, [REAL, NONZERO], **MIXED),
    Case("operator.divide.constant", lambda np: lambda x: x / 2, [REAL], kinds=("int",)),
    Case("operator.divide.into_constant", lambda np: lambda x: 2 / x, [NONZERO], **SIMPLE),
    Case("operator.divide.into_array", lambda np: lambda x: ROW / x, [NONZERO], shapes=[(3,), ()]),
    Case("operator.power", lambda np: lambda x, y: x**y, [POSITIVE, REAL], **MIXED),
    Case("operator.power.constant", lambda np: lambda x: x**3, [REAL], **SIMPLE),
    Case("operator.power.negative", lambda np: lambda x: x**-2.0, [NONZERO], kinds=("float",)),
    Case("operator.power.small_integers", lambda np: lambda x: x**0 + x**1 + x**2, [REAL], **SIMPLE),
    Case("operator.power.of_constant", lambda np: lambda x: 2.0**x, [REAL], **SIMPLE),
    Case(
        "operator.power.of_array",
        lambda np: lambda x: numpy.array([0.5, 2.0, 1.5]) ** x,
        [REAL],
        shapes=[(3,), ()],
    ),
    Case("operator.negative", lambda np: lambda x: -x, [REAL], kinds=("float", "int")),
    Case(
        "operator.positive",
        lambda np: lambda x: +x * x,
        [REAL],
        kinds=("float", "int"),
        reason="Autograd's box has no +",
    ),
    Case("operator.abs", lambda np: lambda x: abs(x) * x, [NONZERO], kinds=("float", "int")),
]

# Division with a whole quotient: the quotient is constant, the remainder is not

WHOLE = [
    Case("operator.mod", lambda np: lambda x, y: x % y, [AWAY_FROM_INTEGERS, POSITIVE], **MIXED),
    Case("operator.mod.constant", lambda np: lambda x: x % 2, [AWAY_FROM_INTEGERS], kinds=("float",)),
    Case("operator.mod.of_constant", lambda np: lambda x: 7.0 % x, [POSITIVE], kinds=("float",)),
    Case("operator.mod.of_array", lambda np: lambda x: ROW % x, [AWAY_FROM_INTEGERS]),
    Case(
        "operator.floordiv.constant",
        lambda np: lambda x: x * (x // 2),
        [AWAY_FROM_INTEGERS],
        kinds=("float",),
        reason="Autograd's box has no //",
    ),
    Case(
        "operator.floordiv.of_constant",
        lambda np: lambda x: x * (7 // x),
        [POSITIVE],
        kinds=("float",),
        reason="Autograd's box has no //",
    ),
    Case("operator.floordiv.of_array", lambda np: lambda x: x * (10 * ROW // x), [AWAY_FROM_INTEGERS]),
    Case("operator.floordiv", lambda np: lambda x, y: x * y * (x // y), [AWAY_FROM_INTEGERS, POSITIVE]),
    Case(
        "operator.divmod.constant",
        lambda np: lambda x: divmod(x, 2)[0] * x + divmod(x, 2)[1] ** 2,
        [AWAY_FROM_INTEGERS],
        kinds=("float",),
        reference=lambda np: lambda x: (x // 2) * x + (x % 2) ** 2,
        reason="Autograd's box has no divmod",
    ),
    Case(
        "operator.divmod.of_constant",
        lambda np: lambda x: divmod(7.0, x)[0] * x + divmod(7.0, x)[1] ** 2,
        [POSITIVE],
        kinds=("float",),
        reference=lambda np: lambda x: (7 // x) * x + (7 % x) ** 2,
        reason="Autograd's box has no divmod",
    ),
    Case(
        "operator.round",
        lambda np: lambda x: x * round(x[0]),
        [AWAY_FROM_INTEGERS],
        reason="Autograd's box cannot be rounded",
    ),
    Case(
        "operator.round.digits",
        lambda np: lambda x: x * round(x[0], 1),
        [AWAY_FROM_INTEGERS],
        reason="Autograd's box cannot be rounded",
    ),
]

# Matrices: the constant on the left is an ndarray, whose own operator is asked first

MATRICES = [
    Case("operator.matmul", lambda np: lambda x, y: x @ y, [REAL, REAL], shapes=[((2, 3), (3, 2)), (3,)]),
    Case("operator.matmul.array", lambda np: lambda x: (x * x) @ ROW, [REAL], shapes=[(3,), (2, 3)]),
    Case("operator.matmul.by_array", lambda np: lambda x: MATRIX @ (x * x), [REAL], shapes=[(3,), (3, 2)]),
]

# Comparisons: their answers are constant, and choose; a constant on the left is what some rows are about
# ruff: noqa: SIM300

COMPARISONS = [
    Case("operator.less", lambda np: lambda x, y: np.where(x < y, x**2, y**3), [DISTINCT, REAL]),
    Case("operator.less_equal.constant", lambda np: lambda x: np.where(x <= 1, x**2, x**3), [REAL]),
    Case("operator.greater.than_constant", lambda np: lambda x: np.where(1.0 > x, x**2, x**3), [REAL]),
    Case("operator.greater_equal.than_array", lambda np: lambda x: np.where(ROW >= x, x**2, x**3), [DISTINCT]),
    Case("operator.equal", lambda np: lambda x: np.where(x == x, x**2, x**3), [REAL]),
    Case("operator.not_equal", lambda np: lambda x: np.where(x != ROW, x**2, x**3), [REAL]),
    Case(
        "operator.truth_of_comparison",
        lambda np: lambda x: x**2 if x > 0 else x**3,
        [REAL],
        shapes=[()],
        kinds=("float", "int"),
    ),
    Case("operator.product_with_comparison", lambda np: lambda x: (x > 0) * x**2, [NONZERO]),
]

# In place: on a value of its own, so that no input changes


def plus_equals(x: Any) -> Any:
    """Add to an intermediate value."""
    y = 2.0 * x
    y += x**2
    return y


def minus_equals(x: Any) -> Any:
    """Subtract from an intermediate value."""
    y = 2.0 * x
    y -= x**2
    return y


def times_equals(x: Any) -> Any:
    """Multiply an intermediate value."""
    y = 2.0 * x
    y *= x
    return y


def divide_equals(x: Any) -> Any:
    """Divide an intermediate value."""
    y = 2.0 + x
    y /= x
    return y


def power_equals(x: Any) -> Any:
    """Raise an intermediate value to a power."""
    y = 2.0 + x
    y **= 3
    return y


def loop_of_plus_equals(x: Any) -> Any:
    """Add to a number in a loop, as one sums up terms."""
    total = 0.0
    for i in range(3):
        total += x**i / (i + 1)
    return total


def alias_of_plus_equals(x: Any) -> Any:
    """Add to a value that has two names: an array changes under both, a scalar under one."""
    y = 2.0 * x
    z = y
    y += x
    return y * z


IN_PLACE = [
    Case("operator.iadd", lambda np: plus_equals, [REAL], kinds=("float",)),
    Case("operator.isub", lambda np: minus_equals, [REAL], kinds=("float",)),
    Case("operator.imul", lambda np: times_equals, [REAL], kinds=("float",)),
    Case("operator.itruediv", lambda np: divide_equals, [NONZERO], kinds=("float",)),
    Case("operator.ipow", lambda np: power_equals, [REAL], kinds=("float",)),
    Case("operator.iadd.loop", lambda np: loop_of_plus_equals, [REAL], kinds=("float", "int")),
    Case(
        "operator.iadd.alias",
        lambda np: alias_of_plus_equals,
        [REAL],
        kinds=("float",),
        reason="+= changes an array under all its names, in Autograd under one",
    ),
]
