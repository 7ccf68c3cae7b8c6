"""Averages, medians and quantiles, and the reductions that leave out nan.

To add one, write rows for no axis, one, several, keepdims and its own options. Exact numbers know no nan: the
references use the elements that are known.
"""

from collections.abc import Callable
from typing import Any

import numpy

from graddiff import Case
from graddiff.domains import DISTINCT, NONZERO, POSITIVE, PROBABILITY, REAL

MATRIX: dict[str, Any] = {"shapes": [(2, 3)]}
FIRST: dict[str, Any] = {"shapes": [(2, 3)], "orders": (1,)}
CUBE: dict[str, Any] = {"shapes": [(2, 1, 3)], "orders": (1,)}
FLOATS: dict[str, Any] = {"shapes": [(2, 3)], "dtypes": ("float64", "float32")}
KNOWN = numpy.array([[True, False, True], [True, True, False]])
ROW = numpy.array([1.5, 0.5, 2.0])
MISSING = "no derivative in Autograd (#139)"
STARTS = {"linear": (0.0, -1.0), "hazen": (-0.5, 0.0), "weibull": (-1.0, 1.0), "median_unbiased": (-2 / 3, 1 / 3)}


def between(x: Any, q: Any, method: str = "linear") -> Any:
    """Return quantiles of a vector: its sorted elements, and a straight line between two of them."""
    start, more = STARTS[method]
    rows, rank = numpy.sort(x), start + q * (len(x) + more)
    low = sum(1 for k in range(1, len(x) - 1) if rank >= k)
    return rows[low] + (rows[low + 1] - rows[low]) * (rank - low)


def each_row(function: Callable[[Any], Any]) -> Any:
    """Return a function of a matrix that takes its known elements row by row."""
    return lambda np: lambda x: np.stack([function(x[i][KNOWN[i]]) for i in range(2)])


def holes(np: Any, x: Any) -> Any:
    """Return the array with nan at the places that are not known."""
    return np.where(KNOWN, x, numpy.nan)


AVERAGES = [
    Case(
        "average",
        lambda np: lambda x: np.average(x * x),
        [REAL],
        expect={"easygrad empty": "behaviour differs"},
        reference=lambda np: lambda x: np.sum(x * x) / 6,
        **FLOATS,
    ),
    Case(
        "average.weights",
        lambda np: lambda x, w: np.average(x, weights=w),
        [REAL, POSITIVE],
        reference=lambda np: lambda x, w: np.sum(x * w) / np.sum(w),
        **MATRIX,
    ),
    Case(
        "average.axis",
        lambda np: lambda x, w: np.average(x, axis=-1, weights=w),
        [REAL, POSITIVE],
        expect={"easygrad raises": "behaviour differs"},
        shapes=[((2, 3), (3,)), (2, 3)],
        reference=lambda np: lambda x, w: np.sum(x * w, axis=-1) / np.sum(w, axis=-1),
    ),
    Case(
        "average.keepdims",
        lambda np: lambda x: x * np.average(x, axis=0, weights=[1.0, 3.0], keepdims=True),
        [REAL],
        reference=lambda np: lambda x: x * (x[0] + 3 * x[1]) / 4,
        **FIRST,
    ),
    Case(
        "average.returned",
        lambda np: lambda x, w: np.prod(np.stack(np.average(x, weights=w, returned=True))),
        [REAL, POSITIVE],
        reference=lambda np: lambda x, w: np.sum(x * w),
        orders=(1,),
    ),
    Case("ptp", lambda np: lambda x: np.ptp(x**3), [DISTINCT], reason="no derivative in Autograd", **FLOATS),
    Case(
        "ptp.axis",
        lambda np: lambda x: x * np.ptp(x, axis=1, keepdims=True),
        [DISTINCT],
        reference=lambda np: lambda x: x * (np.max(x, axis=1) - np.min(x, axis=1))[:, None],
        **MATRIX,
    ),
]

MEDIANS = [
    Case(
        "median",
        lambda np: lambda x: np.median(x**3),
        [DISTINCT],
        reference=lambda np: lambda x: np.sum(np.sort(np.reshape(x**3, 6))[2:4]) / 2,
        reason=MISSING,
        **FLOATS,
    ),
    Case(
        "median.odd",
        lambda np: lambda x: np.median(x, axis=1) ** 2,
        [DISTINCT],
        reference=lambda np: lambda x: np.sort(x)[:, 1] ** 2,
        **MATRIX,
    ),
    Case(
        "median.axes_keepdims",
        lambda np: lambda x: x * np.median(x, axis=(0, -1), keepdims=True),
        [DISTINCT],
        behaviours=("strided",),  # of an empty array NumPy has a median from 2.5 on
        reference=lambda np: lambda x: x * np.sum(np.sort(np.reshape(x, 6))[2:4]) / 2,
        **CUBE,
    ),
    Case(
        "nanmedian",
        lambda np: lambda x: np.nanmedian(holes(np, x), axis=1) ** 2,
        [DISTINCT],
        reference=each_row(lambda x: ((x[0] + x[1]) / 2) ** 2),
        reason=MISSING,
        **MATRIX,
    ),
]

QUANTILES = [
    Case(
        "quantile",
        lambda np: lambda x, q: np.quantile(x, q),
        [DISTINCT, PROBABILITY],
        shapes=[((5,), ())],
        reference=lambda np: lambda x, q: between(x, q),
        reason=MISSING,
    ),
    *(
        Case(
            f"quantile.{method}",
            lambda np, method=method: lambda x: np.quantile(x**3, 0.4, method=method),
            [DISTINCT],
            shapes=[(4,)],
            reference=lambda np, method=method: lambda x: between(x**3, 0.4, method),
            reason=MISSING,
        )
        for method in STARTS
    ),
    Case(
        "quantile.several",
        lambda np: lambda x: np.quantile(x, [0.125, 0.75], axis=0) ** 2,
        [DISTINCT],
        expect={"easygrad raises": "behaviour differs"},
        shapes=[(3, 2)],
        reference=lambda np: (
            lambda x: np.stack([np.stack([between(x[:, i], q) ** 2 for i in range(2)]) for q in (0.125, 0.75)])
        ),
    ),
    Case(
        "quantile.float32",
        lambda np: lambda x: np.quantile(x, 0.375) ** 2,
        [DISTINCT],
        reference=lambda np: lambda x: between(x, 0.375) ** 2,
        dtypes=("float64", "float32"),
    ),
    Case(
        "quantile.nearest",
        lambda np: lambda x: np.quantile(x, 0.4, method="nearest") ** 2,
        [DISTINCT],
        reference=lambda np: lambda x: np.sort(x)[1] ** 2,
    ),
    Case(
        "percentile",
        lambda np: lambda x, q: np.percentile(x, 100 * q, axis=-1, keepdims=True) * x,
        [DISTINCT, PROBABILITY],
        shapes=[((1, 4), ())],
        reference=lambda np: lambda x, q: between(x[0], q) * x,
        reason=MISSING,
    ),
    Case(
        "nanquantile",
        lambda np: lambda x: np.nanquantile(holes(np, x), 0.375, axis=1) ** 2,
        [DISTINCT],
        reference=each_row(lambda x: between(x, 0.375) ** 2),
        reason=MISSING,
        **MATRIX,
    ),
    Case(
        "nanpercentile",
        lambda np: lambda x: np.nanpercentile(holes(np, x), 37.5, axis=1) ** 2,
        [DISTINCT],
        reference=each_row(lambda x: between(x, 0.375) ** 2),
        reason=MISSING,
        **FIRST,
    ),
]


def variance(x: Any, ddof: int = 0) -> Any:
    """Return the variance of a vector."""
    return numpy.sum((x - numpy.sum(x) / len(x)) ** 2) / (len(x) - ddof)


WITHOUT_NAN = [
    Case(
        "nansum",
        lambda np: lambda x: np.nansum(holes(np, x * x), 1),
        [REAL],
        reference=each_row(lambda x: numpy.sum(x * x)),
        **FLOATS,
    ),
    Case(
        "nansum.all",
        lambda np: lambda x: np.nansum(holes(np, x * x)),
        [REAL],
        reference=lambda np: lambda x: np.sum(x * x * KNOWN),
        **FIRST,
    ),
    Case(
        "nanprod", lambda np: lambda x: np.nanprod(holes(np, x), 1), [NONZERO], reference=each_row(numpy.prod), **FLOATS
    ),
    Case(
        "nanmean",
        lambda np: lambda x: np.nanmean(holes(np, x * x), 1),
        [REAL],
        reference=each_row(lambda x: numpy.sum(x * x) / 2),
        **FLOATS,
    ),
    Case(
        "nanmean.all",
        lambda np: lambda x: np.nanmean(holes(np, x * x)),
        [REAL],
        reference=lambda np: lambda x: np.sum(x * x * KNOWN) / 4,
        **FIRST,
    ),
    Case("nanvar", lambda np: lambda x: np.nanvar(holes(np, x), 1), [DISTINCT], reference=each_row(variance), **FLOATS),
    Case(
        "nanvar.ddof",
        lambda np: lambda x: np.nanvar(holes(np, x), ddof=1),
        [DISTINCT],
        reference=lambda np: lambda x: variance(x[KNOWN], 1),
        **MATRIX,
    ),
    Case(
        "nanstd",
        lambda np: lambda x: np.nanstd(holes(np, x), keepdims=True) * x,
        [DISTINCT],
        reference=lambda np: lambda x: np.sqrt(variance(x[KNOWN])) * x,
        **FLOATS,
    ),
    Case(
        "nanmax",
        lambda np: lambda x: np.nanmax(holes(np, x), 1) ** 2,
        [DISTINCT],
        reference=each_row(lambda x: numpy.max(x) ** 2),
        **FLOATS,
    ),
    Case(
        "nanmin",
        lambda np: lambda x: np.nanmin(holes(np, x)) ** 2,
        [DISTINCT],
        reference=lambda np: lambda x: np.min(x[KNOWN]) ** 2,
        **FLOATS,
    ),
]

CONVENTIONS = [
    Case(
        "median.ties",
        lambda np: lambda x: np.median(x),
        kind="convention",
        at=[numpy.array([2.0, 2.0, 1.0, 5.0])],
        reason="the two elements that argpartition finds in the middle",
    ),
    Case(
        "nanmax.ties",
        lambda np: lambda x: np.nanmax(x),
        kind="convention",
        at=[numpy.array([2.0, numpy.nan, 2.0])],
        reason="ties share, nan has no part",
    ),
    Case(
        "median.with_nan",
        lambda np: lambda x: np.median(x),
        kind="convention",
        at=[numpy.array([2.0, numpy.nan, 1.0])],
        reason="the value is nan",
    ),
    Case(
        "quantile.at_element",
        lambda np: lambda q: np.quantile(numpy.array([1.0, 2.0, 5.0]), q),
        kind="convention",
        at=[0.5],
        reason="a kink in the fraction: the slope beyond it",
    ),
]
