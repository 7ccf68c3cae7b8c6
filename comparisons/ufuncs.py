"""Rarer elementwise functions: signs, remainders, the parts of floats, steps.

To add a function, write one row for each argument that it has.
"""

from typing import Any

import numpy

from graddiff import Case
from graddiff.domains import NONZERO, POSITIVE, REAL

UNARY: dict[str, Any] = {"kinds": ("float",), "dtypes": ("float64", "float32")}
SIGNS = numpy.array([-1.0, 2.0, -0.5])
STEPS = numpy.array([0.0, 1.5, -2.0])
POWERS = numpy.array([2, -1, 3])
MISSING = "no derivative in Autograd"


def truncated(x: Any) -> Any:
    """Return exact numbers with their fractions cut off."""
    return numpy.where(x < 0, numpy.ceil(x), numpy.floor(x))


def scale(x: Any) -> Any:
    """Return 2 to the exponent that frexp finds for positive numbers."""
    return 2.0 ** (numpy.floor(numpy.log2(x)) + 1)


CASES = [
    Case(
        "copysign",
        lambda np: lambda x: np.copysign(x * x * x, SIGNS),
        [NONZERO],
        reference=lambda np: lambda x: np.abs(x * x * x) * numpy.sign(SIGNS),
        reason=MISSING,
    ),
    Case(
        "copysign.of_the_sign",
        lambda np: lambda x, y: np.copysign(x * x, y) + x * y,
        [NONZERO, NONZERO],
        reference=lambda np: lambda x, y: x * x * np.sign(y) + x * y,
        reason=MISSING,
    ),
    Case(
        "heaviside",
        lambda np: lambda x, h: x * x + np.heaviside(STEPS, h * h),
        [REAL, REAL],
        reference=lambda np: lambda x, h: x * x + np.where(STEPS == 0, h * h, STEPS > 0),
        reason=MISSING,
    ),
    Case(
        "fmod",
        lambda np: lambda x, y: np.fmod(x * 3.0, y),
        [REAL, NONZERO],
        reference=lambda np: lambda x, y: x * 3.0 - truncated(x * 3.0 / y) * y,
        shapes=[(3,), ((2, 1), (3,))],
        kinds=(),
        reason=MISSING,
    ),
    Case(
        "ldexp",
        lambda np: lambda x: np.ldexp(x * x, POWERS),
        [REAL],
        reference=lambda np: lambda x: x * x * 2.0**POWERS,
        reason=MISSING,
    ),
    Case(
        "modf",
        lambda np: lambda x: np.modf(x * x * 2.0)[0],
        [REAL],
        reference=lambda np: lambda x: x * x * 2.0 - truncated(x * x * 2.0),
        reason=MISSING,
    ),
    Case(
        "frexp",
        lambda np: lambda x: np.frexp(x * x)[0],
        [NONZERO],
        reference=lambda np: lambda x: x * x / scale(x * x),
        reason=MISSING,
    ),
    Case(
        "divmod",
        lambda np: lambda x, y: np.divmod(x * 3.0, y)[1],
        [REAL, NONZERO],
        reference=lambda np: lambda x, y: x * 3.0 - np.floor(x * 3.0 / y) * y,
        reason=MISSING,
    ),
    Case(
        "float_power",
        lambda np: lambda x, y: np.float_power(x, y),
        [POSITIVE, REAL],
        shapes=[(3,), ((2, 1), (3,))],
        reference=lambda np: lambda x, y: x**y,
        reason=MISSING,
    ),
]

CONVENTIONS = [
    Case(
        "copysign.at_0", lambda np: lambda x: np.copysign(x, 1.0), kind="convention", at=[0.0], reason="a kink, as abs"
    ),
    Case("heaviside.at_0", lambda np: lambda x: np.heaviside(x, 0.5), kind="convention", at=[0.0], reason="a jump"),
]
