"""The functions of ``np.emath``, inside and outside of the domain of the real function; Autograd has none of them.

To add a function, write what it is for numbers that the real function does not take.
"""

from collections.abc import Callable
from typing import Any

import numpy

from graddiff import Case
from graddiff.domains import ABOVE_ONE, NEGATIVE, NONZERO, POSITIVE, UNIT

PI, I = numpy.pi, 1j  # noqa: E741  # the letter of mathematics
Function = Callable[[Any], Any]
INSIDE: dict[str, tuple[Any, Function]] = {
    "sqrt": (POSITIVE, numpy.sqrt),
    "log": (POSITIVE, numpy.log),
    "log2": (POSITIVE, numpy.log2),
    "log10": (POSITIVE, numpy.log10),
    "arccos": (UNIT, numpy.arccos),
    "arcsin": (UNIT, numpy.arcsin),
    "arctanh": (UNIT, numpy.arctanh),
}
OUTSIDE: dict[str, tuple[Any, Function]] = {
    "sqrt": (NEGATIVE, lambda x: I * numpy.sqrt(-x)),
    "log": (NEGATIVE, lambda x: numpy.log(-x) + I * PI),
    "log2": (NEGATIVE, lambda x: numpy.log2(-x) + I * PI / numpy.log(2 + 0 * x)),
    "log10": (NEGATIVE, lambda x: numpy.log10(-x) + I * PI / numpy.log(10 + 0 * x)),
    "arccos": (ABOVE_ONE, lambda x: -I * numpy.arccosh(x)),
    "arcsin": (ABOVE_ONE, lambda x: PI / 2 + I * numpy.arccosh(x)),
    "arctanh": (ABOVE_ONE, lambda x: numpy.log((x + 1) / (x - 1)) / 2 + I * PI / 2),
}

CASES = [
    Case(
        f"emath.{name}{place}",
        lambda np, name=name: lambda x: getattr(np.emath, name)(x),
        [domain],
        dtypes=("float64", "float32"),
        orders=(1, 2) if place else (1,),
        reference=lambda np, function=function: lambda x: function(x),
    )
    for place, table in (("", INSIDE), (".outside", OUTSIDE))
    for name, (domain, function) in table.items()
] + [
    Case(
        "emath.logn",
        lambda np: lambda n, x: np.emath.logn(n, x),
        [ABOVE_ONE, NONZERO],
        shapes=[((), (3,))],
        reference=lambda np: lambda n, x: (np.log(np.abs(x)) + I * PI * (x < 0)) / np.log(n),
    ),
    Case(
        "emath.power",
        lambda np: lambda x, p: np.emath.power(x, p),
        [NEGATIVE, POSITIVE],
        reference=lambda np: lambda x, p: np.exp(p * np.log(-x)) * (np.cos(PI * p) + I * np.sin(PI * p)),
    ),
]
