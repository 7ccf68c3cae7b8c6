"""Elementwise functions: one row for each, on a domain where it is smooth; more rows say what is special.

To add a function, write a row `Case("name", lambda np: lambda x: np.name(x), [DOMAIN], **UNARY)`, with
`BINARY` for two arguments, and a row "name.complex" with `**HOLOMORPHIC` if NumPy takes complex numbers.
Where the derivative is a matter of taste there is a row of kind "convention" at the end: shown, never failed.
"""

from math import factorial
from typing import Any

import numpy

from graddiff import SCALARS, Case
from graddiff.domains import (
    ABOVE_ONE,
    COMPLEX,
    DISTINCT,
    NEGATIVE,
    NONZERO,
    POSITIVE,
    REAL,
    UNIT,
    Domain,
)

FLOATS: dict[str, Any] = {"dtypes": ("float64", "float32")}
UNARY: dict[str, Any] = {"kinds": ("float",), **FLOATS}
EVERY_SCALAR: dict[str, Any] = {"kinds": SCALARS, **FLOATS}  # for some functions of each family
# once an argument gets a trailing axis, once a leading one, once all of them
BINARY: dict[str, Any] = {"shapes": [(3,), ((2, 1), (3,)), ((), (2,))], "kinds": ("float",), **FLOATS}
# the two pairs of modes that say most; the others are asked for real numbers
HOLOMORPHIC: dict[str, Any] = {"aspects": ("value", "vjp", "jvp", "rev-over-rev", "fwd-over-rev")}

ZERO = Domain("ZERO", lambda rng, shape: numpy.zeros(shape))
FAR = Domain("FAR", lambda rng, shape: rng.uniform(20.0, 25.0, shape))

INFINITY = numpy.array([numpy.inf])


def sinc_by_series(x: Any) -> Any:
    """Return sinc for very small x from its Taylor series: NumPy's quotient has no digits to spare there."""
    square = (numpy.pi * x) ** 2
    return sum((-1) ** k * square**k / factorial(2 * k + 1) for k in range(6))


# Arithmetic

ARITHMETIC = [
    Case("add", lambda np: lambda x, y: np.add(x, y), [REAL, REAL], **BINARY | {"kinds": ("float", "int")}),
    Case("subtract", lambda np: lambda x, y: np.subtract(x, y), [REAL, REAL], **BINARY),
    Case(
        "multiply",
        lambda np: lambda x, y: np.multiply(x, y),
        [REAL, REAL],
        **BINARY | {"kinds": ("float", "int")},
    ),
    Case(
        "divide",
        lambda np: lambda x, y: np.divide(x, y),
        [REAL, NONZERO],
        **BINARY | {"kinds": ("float", "int")},
    ),
    Case("power", lambda np: lambda x, y: np.power(x, y), [POSITIVE, REAL], **BINARY),
    Case("power.negative_base", lambda np: lambda x: np.power(x, 3), [NEGATIVE], **UNARY),
    Case("power.negative_exponent", lambda np: lambda x: np.power(x, -2.0), [NONZERO], **UNARY),
    Case("power.constant_base", lambda np: lambda y: np.power(2.5, y), [REAL], **UNARY),
    Case(
        "power.integers_in_an_array",
        lambda np: lambda x: np.power(x, numpy.array([0, 1, 2])),
        [REAL],
    ),
    Case(
        "power.zero_base",
        lambda np: lambda x: np.power(x, 3) + np.power(x, 1) + 1.0,
        [ZERO],
        orders=(1, 2, 3),
        kinds=("float",),
    ),
    Case("mod", lambda np: lambda x, y: np.mod(x, y), [REAL, POSITIVE], **BINARY),
    Case("negative", lambda np: lambda x: np.negative(x), [REAL], **UNARY),
    Case("positive", lambda np: lambda x: np.positive(x), [REAL], **EVERY_SCALAR),
    Case("reciprocal", lambda np: lambda x: np.reciprocal(x), [NONZERO], **UNARY),
    Case("square", lambda np: lambda x: np.square(x), [REAL], **EVERY_SCALAR),
    Case("sqrt", lambda np: lambda x: np.sqrt(x), [POSITIVE], **EVERY_SCALAR),
    Case("cbrt", lambda np: lambda x: np.cbrt(x), [NONZERO], **UNARY),
]

# Exponentials and logarithms

EXPONENTIALS = [
    Case("exp", lambda np: lambda x: np.exp(x), [REAL], **EVERY_SCALAR),
    Case("exp2", lambda np: lambda x: np.exp2(x), [REAL], **UNARY),
    Case("expm1", lambda np: lambda x: np.expm1(x), [REAL], **UNARY),
    Case("log", lambda np: lambda x: np.log(x), [POSITIVE], **EVERY_SCALAR),
    Case("log2", lambda np: lambda x: np.log2(x), [POSITIVE], **UNARY),
    Case("log10", lambda np: lambda x: np.log10(x), [POSITIVE], **UNARY),
    Case("log1p", lambda np: lambda x: np.log1p(x), [POSITIVE], **UNARY),
    Case(
        "logaddexp",
        lambda np: lambda x, y: np.logaddexp(x, y),
        [REAL, REAL],
        reference=lambda np: lambda x, y: np.log(np.exp(x) + np.exp(y)),
        **BINARY,
    ),
    Case(
        "logaddexp2",
        lambda np: lambda x, y: np.logaddexp2(x, y),
        [REAL, REAL],
        reference=lambda np: lambda x, y: np.log2(np.exp2(x) + np.exp2(y)),
        **BINARY,
    ),
]

# Trigonometric and hyperbolic functions

TRIGONOMETRIC = [
    Case("sin", lambda np: lambda x: np.sin(x), [REAL], **EVERY_SCALAR),
    Case("cos", lambda np: lambda x: np.cos(x), [REAL], **UNARY),
    Case("tan", lambda np: lambda x: np.tan(x), [UNIT], **UNARY),
    Case("arcsin", lambda np: lambda x: np.arcsin(x), [UNIT], **UNARY),
    Case("arccos", lambda np: lambda x: np.arccos(x), [UNIT], **UNARY),
    Case("arctan", lambda np: lambda x: np.arctan(x), [REAL], **UNARY),
    Case("sinh", lambda np: lambda x: np.sinh(x), [REAL], **UNARY),
    Case("cosh", lambda np: lambda x: np.cosh(x), [REAL], **UNARY),
    Case("tanh", lambda np: lambda x: np.tanh(x), [REAL], **EVERY_SCALAR),
    Case(
        "tanh.far",
        lambda np: lambda x: np.tanh(x),
        [FAR],
        orders=(1, 2, 3),
        reason="1 - tanh(x)**2 has lost all its digits from x = 19 on, 1 / cosh(x)**2 none",
    ),
    Case("arcsinh", lambda np: lambda x: np.arcsinh(x), [REAL], **UNARY),
    Case("arccosh", lambda np: lambda x: np.arccosh(x), [ABOVE_ONE], **UNARY),
    Case("arctanh", lambda np: lambda x: np.arctanh(x), [UNIT], **UNARY),
    Case("hypot", lambda np: lambda x, y: np.hypot(x, y), [REAL, REAL], **BINARY),
    Case("arctan2", lambda np: lambda x, y: np.arctan2(x, y), [REAL, REAL], **BINARY),
    Case("deg2rad", lambda np: lambda x: np.deg2rad(x), [REAL], **UNARY),
    Case("rad2deg", lambda np: lambda x: np.rad2deg(x), [REAL], **UNARY),
    Case("radians", lambda np: lambda x: np.radians(x), [REAL], kinds=("float",)),
    Case("degrees", lambda np: lambda x: np.degrees(x), [REAL], kinds=("float",)),
    Case(
        "sinc",
        lambda np: lambda x: np.sinc(x),
        [POSITIVE],
        reference=lambda np: lambda x: np.sin(numpy.pi * x) / (numpy.pi * x),
        **UNARY,
    ),
    Case(
        "sinc.at_0",
        lambda np: lambda x: np.sinc(x),
        [ZERO],
        kinds=("float",),
        orders=(1, 2, 3),
        reference=lambda np: sinc_by_series,
        reason="smooth at 0: the derivatives are 0, -pi**2/3, 0; Autograd says nan",
    ),
]

# Selection and sign: away from ties and from 0

SELECTION = [
    Case("absolute", lambda np: lambda x: np.absolute(x) * x, [NONZERO], **EVERY_SCALAR),
    Case("fabs", lambda np: lambda x: np.fabs(x) * x, [NONZERO], **UNARY),
    Case("sign", lambda np: lambda x: x * np.sign(x), [NONZERO], **UNARY),
    Case(
        "maximum",
        lambda np: lambda x, y: np.maximum(x, y),
        [DISTINCT, REAL],
        **BINARY,
    ),
    Case(
        "minimum",
        lambda np: lambda x, y: np.minimum(x, y),
        [DISTINCT, REAL],
        **BINARY,
    ),
    Case("fmax", lambda np: lambda x, y: np.fmax(x, y), [DISTINCT, REAL], **BINARY),
    Case("fmin", lambda np: lambda x, y: np.fmin(x, y), [DISTINCT, REAL], **BINARY),
    Case(
        "where",
        lambda np: lambda x, y: np.where(numpy.array([True, False, True]), x * x, y * x),
        [REAL, REAL],
        shapes=[(3,), ((2, 3), (3,)), ((), (3,))],
        **FLOATS,
    ),
    Case(
        "where.scalar_branch",
        lambda np: lambda x: np.where(numpy.array([True, False, True]), x, 0.0),
        [REAL],
        shapes=[()],
        kinds=("float", "np.float64"),
        reason="Autograd does not sum the cotangent to the shape of the branch (#396)",
    ),
    Case(
        "where.row_branch",
        lambda np: lambda x: np.where(numpy.array([[True, False, True], [True, True, False]]), x, 1.0),
        [REAL],
        reason="Autograd does not sum the cotangent to the shape of the branch (#396)",
    ),
    Case("where.from_comparison", lambda np: lambda x: np.where(x > 0, x**3, np.exp(x)), [NONZERO], **UNARY),
    Case(
        "where.safe_sqrt",
        lambda np: lambda x: np.where(x > 0, np.sqrt(np.where(x > 0, x, 1.0)), 0.0),
        [NONZERO],
        kinds=("float",),
        reference=lambda np: lambda x: np.where(x > 0, np.sqrt(abs(x)), 0.0),
    ),
]

# Complex numbers: holomorphic functions, and those that are not by Autograd's convention d/du - i d/dv

HOLOMORPHIC_FUNCTIONS = [
    Case("add.complex", lambda np: lambda x, y: np.add(x, y), [COMPLEX, COMPLEX], **HOLOMORPHIC),
    Case("subtract.complex", lambda np: lambda x, y: np.subtract(x, y), [COMPLEX, COMPLEX], **HOLOMORPHIC),
    Case(
        "multiply.complex",
        lambda np: lambda x, y: np.multiply(x, y),
        [COMPLEX, COMPLEX],
        dtypes=("complex128",),
    ),
    Case("multiply.real_and_complex", lambda np: lambda x, y: x * y, [REAL, COMPLEX], **HOLOMORPHIC),
    Case("divide.complex", lambda np: lambda x, y: np.divide(x, y), [COMPLEX, COMPLEX], **HOLOMORPHIC),
    Case("power.complex", lambda np: lambda x, y: np.power(x, y), [COMPLEX, COMPLEX], **HOLOMORPHIC),
    Case("negative.complex", lambda np: lambda z: np.negative(z), [COMPLEX], **HOLOMORPHIC),
    Case("reciprocal.complex", lambda np: lambda z: np.reciprocal(z), [COMPLEX], **HOLOMORPHIC),
    Case("square.complex", lambda np: lambda z: np.square(z), [COMPLEX], **HOLOMORPHIC),
    Case("sqrt.complex", lambda np: lambda z: np.sqrt(z), [COMPLEX], **HOLOMORPHIC),
    Case("exp.complex", lambda np: lambda z: np.exp(z), [COMPLEX], **HOLOMORPHIC),
    Case("exp2.complex", lambda np: lambda z: np.exp2(z), [COMPLEX], **HOLOMORPHIC),
    Case("expm1.complex", lambda np: lambda z: np.expm1(z), [COMPLEX], **HOLOMORPHIC),
    Case("log.complex", lambda np: lambda z: np.log(z), [COMPLEX], **HOLOMORPHIC),
    Case("log2.complex", lambda np: lambda z: np.log2(z), [COMPLEX], **HOLOMORPHIC),
    Case("log10.complex", lambda np: lambda z: np.log10(z), [COMPLEX], **HOLOMORPHIC),
    Case("log1p.complex", lambda np: lambda z: np.log1p(z), [COMPLEX], **HOLOMORPHIC),
    Case("sin.complex", lambda np: lambda z: np.sin(z), [COMPLEX], **HOLOMORPHIC),
    Case("cos.complex", lambda np: lambda z: np.cos(z), [COMPLEX], **HOLOMORPHIC),
    Case("tan.complex", lambda np: lambda z: np.tan(z), [COMPLEX], **HOLOMORPHIC),
    Case("arcsin.complex", lambda np: lambda z: np.arcsin(z), [COMPLEX], **HOLOMORPHIC),
    Case("arccos.complex", lambda np: lambda z: np.arccos(z), [COMPLEX], **HOLOMORPHIC),
    Case("arctan.complex", lambda np: lambda z: np.arctan(z), [COMPLEX], **HOLOMORPHIC),
    Case("sinh.complex", lambda np: lambda z: np.sinh(z), [COMPLEX], **HOLOMORPHIC),
    Case("cosh.complex", lambda np: lambda z: np.cosh(z), [COMPLEX], **HOLOMORPHIC),
    Case("tanh.complex", lambda np: lambda z: np.tanh(z), [COMPLEX], **HOLOMORPHIC),
    Case("arcsinh.complex", lambda np: lambda z: np.arcsinh(z), [COMPLEX], **HOLOMORPHIC),
    Case("arccosh.complex", lambda np: lambda z: np.arccosh(z), [COMPLEX], **HOLOMORPHIC),
    Case("arctanh.complex", lambda np: lambda z: np.arctanh(z), [COMPLEX], **HOLOMORPHIC),
    Case("where.complex", lambda np: lambda z: np.where(numpy.array([True, False, True]), z * z, z), [COMPLEX]),
]

NOT_HOLOMORPHIC = [
    Case("absolute.complex", lambda np: lambda z: np.absolute(z), [COMPLEX], **HOLOMORPHIC),
    Case("conjugate", lambda np: lambda z: np.conjugate(z) * z * z, [COMPLEX]),
    Case(
        "real",
        lambda np: lambda z: np.real(z * z),
        [COMPLEX],
        reference=lambda np: lambda z: (z * z + np.conjugate(z * z)) / 2,
    ),
    Case(
        "imag",
        lambda np: lambda z: np.imag(z * z),
        [COMPLEX],
        reference=lambda np: lambda z: (z * z - np.conjugate(z * z)) / 2j,
    ),
    Case(
        "sign.complex",
        lambda np: lambda z: np.sign(z),
        [COMPLEX],
        reference=lambda np: lambda z: z / np.absolute(z),
        reason="since NumPy 2 the sign of a complex number is z / abs(z), which is not constant",
    ),
    Case("conjugate.real", lambda np: lambda x: np.conjugate(x) * x, [REAL]),
    Case("real.real", lambda np: lambda x: np.real(x) * x, [REAL]),
    Case(
        "imag.real",
        lambda np: lambda x: x * x + np.imag(x),
        [REAL],
        reference=lambda np: lambda x: x * x,
    ),
]

# Where the derivative is a matter of taste

CONVENTIONS = [
    Case("absolute.at_0", lambda np: lambda x: np.abs(x), kind="convention", at=[0.0], reason="kink"),
    Case("sign.at_0", lambda np: lambda x: np.sign(x), kind="convention", at=[0.0], reason="jump"),
    Case(
        "maximum.with_0_at_0",
        lambda np: lambda x: np.maximum(x, 0.0),
        kind="convention",
        at=[0.0],
        reason="kink of relu",
    ),
    Case(
        "maximum.tie",
        lambda np: lambda x, y: np.maximum(x, y),
        kind="convention",
        at=[(1.5, 1.5)],
        reason="tie",
    ),
    Case(
        "minimum.tie",
        lambda np: lambda x, y: np.minimum(x, y),
        kind="convention",
        at=[(1.5, 1.5)],
        reason="tie",
    ),
    Case(
        "sqrt.at_0",
        lambda np: lambda x: np.sqrt(x),
        kind="convention",
        at=[0.0, numpy.zeros(1)],
        reason="a pole; on a Python float Autograd raises ZeroDivisionError (#570)",
    ),
    Case(
        "sqrt.of_negative",
        lambda np: lambda x: np.sqrt(x),
        kind="convention",
        at=[-1.0, -numpy.ones(1)],
        reason="no real value; on a Python float Autograd's answer is complex (#570)",
    ),
    Case(
        "sqrt.of_sum_of_squares_at_0",
        lambda np: lambda x: np.sqrt(np.sum(x**2)),
        kind="convention",
        at=[numpy.zeros(2)],
        reason="the tip of a cone, seen through sqrt",
    ),
    Case(
        "power.x_times_root_at_0",
        lambda np: lambda x: x * x**0.5,
        kind="convention",
        at=[0.0],
        reason="x**1.5 has the derivative 0, but 0 times the pole of the root is nan (#581)",
    ),
    Case("power.three_halves_at_0", lambda np: lambda x: x**1.5, kind="convention", at=[0.0], reason="#581"),
    Case(
        "power.negative_base_in_exponent",
        lambda np: lambda y: np.power(-2.0, y),
        kind="convention",
        at=[2.0],
        reason="(-2)**y is real at single points only",
    ),
    Case(
        "power.0_to_the_0",
        lambda np: lambda x, y: x**y,
        kind="convention",
        at=[(0.0, 0.0)],
        reason="no limit",
    ),
    Case(
        "where.sqrt_at_0",
        lambda np: lambda x: np.where(x > 0, np.sqrt(x), 0.0),
        kind="convention",
        at=[0.0, -1.0, numpy.zeros(1)],
        reason="0 times the pole of the branch that is not taken; where.safe_sqrt is the recipe",
    ),
    Case(
        "arctan2.at_0",
        lambda np: lambda x, y: np.arctan2(x, y),
        kind="convention",
        at=[(0.0, 0.0)],
        reason="jump",
    ),
    Case(
        "hypot.at_0",
        lambda np: lambda x, y: np.hypot(x, y),
        kind="convention",
        at=[(0.0, 0.0)],
        reason="tip of a cone",
    ),
    Case(
        "logaddexp.infinities",
        lambda np: lambda x, y: np.logaddexp(x, y),
        kind="convention",
        at=[(-INFINITY, -INFINITY), (INFINITY, numpy.ones(1))],
        reason="the share of each is a limit",
    ),
    Case(
        "log.at_0",
        lambda np: lambda x: np.log(x),
        kind="convention",
        at=[0.0, numpy.zeros(1)],
        reason="a pole; on a Python float Autograd raises ZeroDivisionError",
    ),
    Case(
        "divide.huge",
        lambda np: lambda x: 1e200 / x,
        [Domain("HUGE", lambda rng, shape: numpy.full(shape, 1e200))],
        kinds=("float",),
        reason="x**2 overflows, the derivative -1e-200 does not; on a Python float Autograd raises",
    ),
    Case(
        "arccosh.below_1",
        lambda np: lambda x: np.arccosh(x),
        kind="convention",
        at=[0.5],
        reason="no real value",
    ),
]
