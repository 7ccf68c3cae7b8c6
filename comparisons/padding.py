"""``pad`` in every mode that is made of the numbers in the array.

To add a mode, write a row with a width that is shorter and one that is longer than the array.
"""

from typing import Any

import numpy

from graddiff import Case
from graddiff.domains import DISTINCT, REAL

MATRIX: dict[str, Any] = {"shapes": [(2, 3)]}
FIRST: dict[str, Any] = {"orders": (1,)}
MISSING = "Autograd has the constant mode only (#429)"


def ramp(x: Any) -> Any:
    """Return x with two numbers before and one behind, on the way to 1."""
    return numpy.array([1, (1 + x[0]) / 2, *x, 1], dtype=object)


CASES = [
    Case("pad.constant", lambda np: lambda x: np.pad(x * x, ((1, 0), (2, 1)), "constant"), [REAL], **MATRIX),
    Case("pad.without_mode", lambda np: lambda x: np.pad(x * x, 1), [REAL], reason="Autograd wants a mode"),
    Case(
        "pad.constant_values",
        lambda np: lambda x: np.pad(x * x, (1, 2), "constant", constant_values=(3.0, 4.0)),
        [REAL],
    ),
    Case(
        "pad.differentiated_values",
        lambda np: lambda x, v: np.pad(x * x, (1, 2), "constant", constant_values=v),
        [REAL, REAL],
        shapes=[((3,), ())],
        reference=lambda np: lambda x, v: np.concatenate([x[:1] * 0 + v, x * x, x[:2] * 0 + v]),
        reason="Autograd sees no box in an option",
    ),
    *(
        Case(f"pad.{mode}", lambda np, mode=mode: lambda x: np.pad(x * x, (2, 1), mode), [REAL], reason=MISSING)
        for mode in ("edge", "reflect", "symmetric", "wrap")
    ),
    *(
        Case(
            f"pad.{mode}.far",
            lambda np, mode=mode: lambda x: np.pad(x * x, ((0, 3), (5, 7)), mode),
            [REAL],
            reason=MISSING,
            **MATRIX,
            **FIRST,
        )
        for mode in ("edge", "reflect", "symmetric", "wrap")
    ),
    *(
        Case(
            f"pad.{mode}.odd",
            lambda np, mode=mode: lambda x: np.pad(x * x, (4, 7), mode, reflect_type="odd"),
            [REAL],
            reason=MISSING,
        )
        for mode in ("reflect", "symmetric")
    ),
    Case(
        "pad.linear_ramp",
        lambda np: lambda x: np.pad(x * x, (2, 1), "linear_ramp", end_values=1.0),
        [REAL],
        reference=lambda np: lambda x: ramp(x * x),
        reason=MISSING,
    ),
    Case(
        "pad.mean",
        lambda np: lambda x: np.pad(x * x, (2, 1), "mean", stat_length=(2, 3)),
        [REAL],
        expect={"easygrad raises": "behaviour differs"},
        reason=MISSING,
    ),
    *(
        Case(f"pad.{mode}", lambda np, mode=mode: lambda x: np.pad(x * x, (2, 1), mode), [DISTINCT], reason=MISSING)
        for mode in ("maximum", "minimum")
    ),
    Case(
        "pad.median",
        lambda np: lambda x: np.pad(x * x, (2, 1), "median"),
        [DISTINCT],
        expect={"easygrad raises": "behaviour differs"},
        reference=lambda np: lambda x: np.concatenate([numpy.sort(x * x)[[1, 1]], x * x, numpy.sort(x * x)[[1]]]),
        reason=MISSING,
    ),
    Case(
        "pad.maximum_tie",
        lambda np: lambda x: np.pad(x, (0, 1), "maximum")[-1],
        kind="convention",
        at=[numpy.array([2.0, 1.0, 2.0])],
        reason="ties share equally, as in max",
    ),
]
