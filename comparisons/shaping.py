"""Functions that move elements without changing them: shapes and axes, copies and types.

To add a function, write one row for each way to call it. They are linear, and asked for x * x, so that the
second derivative is not 0.
"""

from typing import Any

import numpy

from graddiff import Case
from graddiff.domains import REAL

MATRIX: dict[str, Any] = {"shapes": [(2, 3)]}
CUBE: dict[str, Any] = {"shapes": [(2, 1, 3)]}
FIRST: dict[str, Any] = {"orders": (1,)}
FILLED = numpy.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def written(array: Any, x: Any) -> Any:
    """Return the array after ``x`` was written into it."""
    array[...] = x
    return array


SHAPES = [
    Case(
        "reshape",
        lambda np: lambda x: np.reshape(x * x, (3, 2)),
        [REAL],
        dtypes=("float64", "float32"),
        **MATRIX,
    ),
    Case("reshape.unknown", lambda np: lambda x: np.reshape(x * x, (-1, 2)), [REAL], **MATRIX, **FIRST),
    Case("reshape.fortran", lambda np: lambda x: np.reshape(x * x, (3, 2), order="F"), [REAL], **MATRIX),
    Case("reshape.int", lambda np: lambda x: np.reshape(x * x, -1), [REAL], **MATRIX, **FIRST),
    Case(
        "reshape.scalar",
        lambda np: lambda x: np.reshape(x * x, (1, 1)),
        [REAL],
        kinds=("float", "int"),
        shapes=[()],
    ),
    Case("ravel", lambda np: lambda x: np.ravel(x * x), [REAL], **MATRIX),
    Case("ravel.fortran", lambda np: lambda x: np.ravel(x * x, order="F"), [REAL], **MATRIX, **FIRST),
    Case("squeeze", lambda np: lambda x: np.squeeze(x * x), [REAL], **CUBE),
    Case("squeeze.axis", lambda np: lambda x: np.squeeze(x * x, axis=-2), [REAL], **CUBE, **FIRST),
    Case("expand_dims", lambda np: lambda x: np.expand_dims(x * x, 1), [REAL], **MATRIX),
    Case("expand_dims.axes", lambda np: lambda x: np.expand_dims(x * x, (0, -1)), [REAL], **MATRIX, **FIRST),
    Case("broadcast_to", lambda np: lambda x: np.broadcast_to(x * x, (3, 2)), [REAL], shapes=[(3, 1)]),
    Case(
        "broadcast_to.leading",
        lambda np: lambda x: np.broadcast_to(x * x, (2, 2, 3)),
        [REAL],
        reason="Autograd cannot add leading axes (#384)",
    ),
    Case(
        "broadcast_to.scalar",
        lambda np: lambda x: np.broadcast_to(x * x, (2, 2)),
        [REAL],
        shapes=[()],
        kinds=("float",),
        reason="Autograd cannot add leading axes (#384)",
    ),
]

AXES = [
    Case("transpose", lambda np: lambda x: np.transpose(x * x), [REAL], **MATRIX),
    Case("transpose.axes", lambda np: lambda x: np.transpose(x * x, (1, 2, 0)), [REAL], **CUBE, **FIRST),
    Case(
        "transpose.axes_negative",
        lambda np: lambda x: np.transpose(x * x, (-1, 0, 1)),
        [REAL],
        shapes=[(2, 2, 2)],
        reason="Autograd inverts negative axes wrongly",
    ),
    Case(
        "transpose.axes_negative_by_keyword",
        lambda np: lambda x: np.transpose(x * x, axes=(0, -1, 1)),
        [REAL],
        shapes=[(1, 2, 3)],
        **FIRST,
    ),
    Case("transpose.cube", lambda np: lambda x: np.transpose(x * x), [REAL], **CUBE, **FIRST),
    Case("moveaxis", lambda np: lambda x: np.moveaxis(x * x, 0, -1), [REAL], **CUBE),
    Case("moveaxis.several", lambda np: lambda x: np.moveaxis(x * x, (0, 1), (-1, 0)), [REAL], **CUBE, **FIRST),
    Case("swapaxes", lambda np: lambda x: np.swapaxes(x * x, 0, -1), [REAL], **CUBE),
]

COPIES = [
    Case(
        "copy",
        lambda np: lambda x: np.copy(x * x),
        [REAL],
        kinds=("float",),
        reason="missing in Autograd (#357)",
    ),
    Case(
        "astype.float64", lambda np: lambda x: (x * x).astype("float64"), [REAL], reference=lambda np: lambda x: x * x
    ),
    Case(
        "astype.complex",
        lambda np: lambda x: (x * x).astype(complex) * (1 + 2j),
        [REAL],
        reference=lambda np: lambda x: x * x * (1 + 2j),
    ),
    Case("zeros_like", lambda np: lambda x: np.zeros_like(x) + x * x, [REAL], **MATRIX),
    Case("empty_like", lambda np: lambda x: written(np.empty_like(x), x * x), [REAL], **MATRIX),
    Case("ones_like", lambda np: lambda x: np.ones_like(x) * x * x, [REAL], **MATRIX),
    Case(
        "full_like.constant",
        lambda np: lambda x: np.full_like(x, 1.5) * x * x,
        [REAL],
        reference=lambda np: lambda x: 1.5 * x * x,
        **MATRIX,
    ),
    Case(
        "full_like.scalar",
        lambda np: lambda x: np.full_like(FILLED, x * x),
        [REAL],
        shapes=[()],
        kinds=("float",),
        reference=lambda np: lambda x: FILLED * 0 + x * x,
        reason="Autograd takes the value for a constant: its gradient is 0",
    ),
    Case(
        "full_like.row",
        lambda np: lambda x: np.full_like(FILLED, x * x),
        [REAL],
        reference=lambda np: lambda x: FILLED * 0 + x * x,
        reason="Autograd takes the value for a constant: its gradient is 0",
    ),
    Case(
        "full_like.both",
        lambda np: lambda x: np.full_like(x, x[0] ** 2) * x,
        [REAL],
        reference=lambda np: lambda x: x[0] ** 2 * x,
        reason="Autograd takes the value for a constant",
    ),
]
