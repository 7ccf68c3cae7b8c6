"""Reductions: sum, mean, prod, max, min, var and std, each with every option.

To add a reduction, write rows for its options: no axis, one, a negative one, several, keepdims and where.
A linear reduction is asked for x * x, so that its second derivative is not 0.
"""

from typing import Any

import numpy

from graddiff import Case
from graddiff.domains import DISTINCT, NONZERO, POSITIVE, REAL, Domain

MATRIX: dict[str, Any] = {"shapes": [(2, 3)]}
CUBE: dict[str, Any] = {"shapes": [(2, 1, 3)], "orders": (1,)}
FLOATS: dict[str, Any] = {"shapes": [(2, 3)], "dtypes": ("float64", "float32")}
MASK = numpy.array([[True, False, True], [False, True, True]])
MASKED: dict[str, Any] = {
    "shapes": [(2, 3)],
    "reason": "Autograd ignores the mask in the derivative (#810)",
}


# NumPy cannot leave out elements of an array of objects, which the referee's numbers are


def masked_mean(x: Any, axis: int | None) -> Any:
    """Return the mean of the elements under MASK."""
    return numpy.sum(x * MASK, axis=axis) / numpy.sum(MASK, axis=axis)


def masked_variance(x: Any, axis: int | None) -> Any:
    """Return the variance of the elements under MASK."""
    mean = numpy.sum(x * MASK, axis=axis, keepdims=True) / numpy.sum(MASK, axis=axis, keepdims=True)
    return masked_mean((x - mean) ** 2, axis)


def with_zeros(*places: int) -> Domain:
    """Return numbers like those of NONZERO, with 0 at some places of the flat array."""

    def sample(rng: numpy.random.Generator, shape: tuple[int, ...]) -> Any:
        values = NONZERO.sample(rng, shape).copy()
        values.flat[list(places)] = 0.0
        return values

    return Domain("WITH_ZEROS", sample)


SUMS = [
    Case("sum", lambda np: lambda x: np.sum(x * x), [REAL], kinds=("float", "0-d", "int"), **FLOATS),
    Case("sum.axis", lambda np: lambda x: np.sum(x * x, axis=0), [REAL], **MATRIX),
    Case("sum.axis_negative", lambda np: lambda x: np.sum(x * x, axis=-1), [REAL], **MATRIX),
    Case("sum.axis_by_position", lambda np: lambda x: np.sum(x * x, 1), [REAL], **CUBE),
    Case("sum.axes", lambda np: lambda x: np.sum(x * x, axis=(0, -1)), [REAL], **CUBE),
    Case("sum.axes_none", lambda np: lambda x: np.sum(x * x, axis=()), [REAL], **CUBE),
    Case("sum.keepdims", lambda np: lambda x: x * np.sum(x, axis=1, keepdims=True), [REAL], **MATRIX),
    Case("sum.keepdims_all", lambda np: lambda x: x * np.sum(x, keepdims=True), [REAL], **MATRIX),
    Case(
        "sum.where",
        lambda np: lambda x: np.sum(x * x, where=MASK),
        [REAL],
        **MASKED,
        reference=lambda np: lambda x: np.sum(x * x * MASK),
    ),
    Case(
        "sum.where_axis",
        lambda np: lambda x: np.sum(x * x, axis=1, where=MASK),
        [REAL],
        **MASKED,
        reference=lambda np: lambda x: np.sum(x * x * MASK, axis=1),
    ),
    Case(
        "sum.where_row",
        lambda np: lambda x: np.sum(x * x, axis=0, where=MASK[0]),
        [REAL],
        **MASKED,
        reference=lambda np: lambda x: np.sum(x * x * MASK[0], axis=0),
    ),
    Case("sum.initial", lambda np: lambda x: np.sum(x * x, axis=0, initial=2.0), [REAL], **CUBE),
    Case("sum.of_list", lambda np: lambda x: np.sum([x[0] * x[1], x[2] ** 2]), [REAL]),
    Case("max.of_list", lambda np: lambda x: np.max([x[0] * x[1], x[2] ** 2, 0.5]), [REAL]),
    Case("mean", lambda np: lambda x: np.mean(x * x), [REAL], kinds=("float", "int"), **FLOATS),
    Case("mean.axis", lambda np: lambda x: np.mean(x * x, axis=0), [REAL], **MATRIX),
    Case("mean.axis_negative", lambda np: lambda x: np.mean(x * x, axis=-1), [REAL], **MATRIX),
    Case("mean.axes", lambda np: lambda x: np.mean(x * x, axis=(0, 2)), [REAL], **CUBE),
    Case("mean.keepdims", lambda np: lambda x: x - np.mean(x, axis=0, keepdims=True) ** 2, [REAL], **MATRIX),
    Case(
        "mean.where",
        lambda np: lambda x: np.mean(x * x, where=MASK),
        [REAL],
        **MASKED,
        reference=lambda np: lambda x: masked_mean(x * x, None),
    ),
    Case(
        "mean.where_axis",
        lambda np: lambda x: np.mean(x * x, axis=0, where=MASK),
        [REAL],
        **MASKED,
        reference=lambda np: lambda x: masked_mean(x * x, 0),
    ),
]

PRODUCTS = [
    Case("prod", lambda np: lambda x: np.prod(x), [NONZERO], kinds=("int",), **FLOATS),
    Case("prod.axis", lambda np: lambda x: np.prod(x, axis=0), [NONZERO], **MATRIX),
    Case("prod.axis_negative", lambda np: lambda x: np.prod(x, axis=-1), [NONZERO], **MATRIX),
    Case("prod.axes", lambda np: lambda x: np.prod(x, axis=(0, 2)), [NONZERO], **CUBE),
    Case("prod.keepdims", lambda np: lambda x: x + np.prod(x, axis=1, keepdims=True), [NONZERO], **MATRIX),
    Case(
        "prod.where",
        lambda np: lambda x: np.prod(x, where=MASK),
        [NONZERO],
        **MASKED,
        reference=lambda np: lambda x: np.prod(np.where(MASK, x, 1.0)),
    ),
    Case(
        "prod.where_axis",
        lambda np: lambda x: np.prod(x, axis=1, where=MASK),
        [NONZERO],
        **MASKED,
        reference=lambda np: lambda x: np.prod(np.where(MASK, x, 1.0), axis=1),
    ),
    Case("prod.initial", lambda np: lambda x: np.prod(x, axis=1, initial=1.5), [NONZERO], **CUBE | {"orders": (1, 2)}),
    Case(
        "prod.with_zero",
        lambda np: lambda x: 1.0 + np.prod(x),
        [with_zeros(1)],
        shapes=[(4,)],
        orders=(1, 2, 3),
        reason="a polynomial, smooth everywhere; Autograd divides by the zero (#93, #378)",
    ),
    Case(
        "prod.with_two_zeros",
        lambda np: lambda x: 1 + x[0] + np.prod(x),
        [with_zeros(1, 2)],
        shapes=[(4,)],
        reason="only the second derivative in the two zeros is not 0 (#93, #378)",
    ),
    Case(
        "prod.with_zero_axis",
        lambda np: lambda x: x[:, 0] + np.prod(x, axis=-1),
        [with_zeros(1, 4, 5)],
        shapes=[(2, 3)],
        reason="one row with one zero, one with two (#93, #378)",
    ),
]

EXTREMES = [
    Case("max", lambda np: lambda x: np.max(x * x), [POSITIVE], kinds=("float", "int"), **FLOATS),
    Case("max.axis", lambda np: lambda x: np.max(x**3, axis=0), [DISTINCT], **MATRIX),
    Case(
        "max.axes_keepdims",
        lambda np: lambda x: x * np.max(x, axis=(0, -1), keepdims=True),
        [DISTINCT],
        **CUBE,
    ),
    Case(
        "max.initial",
        lambda np: lambda x: np.max(x**3, axis=1, initial=10.0) + x[:, 0],
        [DISTINCT],
        shapes=[(2, 3)],
        orders=(1,),
        reason="the initial value is the largest: Autograd says nan instead of 0",
    ),
    Case("min", lambda np: lambda x: np.min(x * x), [POSITIVE], kinds=("float", "int"), **FLOATS),
    Case("min.axis_negative", lambda np: lambda x: np.min(x**3, axis=-1), [DISTINCT], **MATRIX),
    Case("min.keepdims", lambda np: lambda x: x * np.min(x, axis=0, keepdims=True), [DISTINCT], **MATRIX),
    Case(
        "min.where",
        lambda np: lambda x: np.min(x**3, axis=1, where=MASK, initial=9.0),
        [DISTINCT],
        shapes=[(2, 3)],
        reason="Autograd ignores the mask in the derivative (#810)",
    ),
]

SPREADS = [
    Case("var", lambda np: lambda x: np.var(x * x), [REAL], kinds=("int array",), **FLOATS),
    Case("var.axis", lambda np: lambda x: np.var(x, axis=0), [REAL], **MATRIX),
    Case("var.axes", lambda np: lambda x: np.var(x, axis=(0, 2)), [REAL], **CUBE),
    Case("var.ddof", lambda np: lambda x: np.var(x, axis=1, ddof=1), [REAL], **MATRIX),
    Case("var.keepdims", lambda np: lambda x: x * np.var(x, axis=-1, keepdims=True), [REAL], **MATRIX),
    Case(
        "var.where",
        lambda np: lambda x: np.var(x, where=MASK),
        [REAL],
        **MASKED,
        reference=lambda np: lambda x: masked_variance(x, None),
    ),
    Case(
        "var.where_axis",
        lambda np: lambda x: np.var(x, axis=1, where=MASK),
        [REAL],
        **MASKED,
        reference=lambda np: lambda x: masked_variance(x, 1),
    ),
    Case("std", lambda np: lambda x: np.std(x * x), [REAL], kinds=("int array",), **FLOATS),
    Case("std.axis", lambda np: lambda x: np.std(x, axis=-1), [REAL], **MATRIX),
    Case("std.axes_ddof", lambda np: lambda x: np.std(x, axis=(0, 2), ddof=1), [REAL], **CUBE),
    Case("std.keepdims", lambda np: lambda x: x / np.std(x, axis=0, keepdims=True), [REAL], **MATRIX),
    Case(
        "std.where",
        lambda np: lambda x: np.std(x, where=MASK),
        [REAL],
        **MASKED,
        reference=lambda np: lambda x: np.sqrt(masked_variance(x, None)),
    ),
    Case(
        "std.where_axis",
        lambda np: lambda x: np.std(x * x, axis=1, where=MASK),
        [REAL],
        **MASKED,
        reference=lambda np: lambda x: np.sqrt(masked_variance(x * x, 1)),
    ),
]

COMPLEX_SUMS = [
    Case("sum.complex", lambda np: lambda x: np.sum(x * (1 + 2j)), [REAL], orders=(1,)),
    Case("mean.complex", lambda np: lambda x: np.mean(x * x * (1 + 2j), axis=0), [REAL]),
]

CONVENTIONS = [
    Case(
        "max.tie",
        lambda np: lambda x: np.max(x),
        kind="convention",
        at=[numpy.array([2.0, 1.0, 2.0])],
        reason="tie",
    ),
    Case(
        "min.tie",
        lambda np: lambda x: np.min(x, axis=0),
        kind="convention",
        at=[numpy.array([1.0, 1.0, 2.0])],
        reason="tie",
    ),
    Case(
        "max.with_nan",
        lambda np: lambda x: np.max(x),
        kind="convention",
        at=[numpy.array([1.0, numpy.nan])],
        reason="the value is nan",
    ),
    Case(
        "std.constant_row",
        lambda np: lambda x: np.std(x, axis=-1),
        kind="convention",
        at=[numpy.array([[1.0, 1.0, 1.0], [1.0, 2.0, 4.0]])],
        reason="the tip of a cone; Autograd says nan",
    ),
]
