"""Joins, parts, repeated, inserted and moved elements, in every form of their arguments.

To add a function, write one row for each way to call it. They are linear, and asked for x * x, so that the second
derivative is not 0.
"""

from typing import Any

import numpy

from graddiff import Case
from graddiff.domains import REAL

MATRIX: dict[str, Any] = {"shapes": [(2, 3)]}
CUBE: dict[str, Any] = {"shapes": [(2, 1, 3)]}
FIRST: dict[str, Any] = {"orders": (1,)}
NUMBER: dict[str, Any] = {"shapes": [()], "kinds": ("float",)}
FLOATS: dict[str, Any] = {"dtypes": ("float64", "float32")}
ONES = numpy.ones((1, 3))
NEW = hasattr(numpy, "unstack")

JOINS = [
    Case("r_", lambda np: lambda x, y: np.r_[x * x, 2.0, y[::-1], 1:3], [REAL, REAL], **FIRST),
    Case("r_.rows", lambda np: lambda x, y: np.r_["0,2", x * x, y], [REAL, REAL], **FIRST),
    Case("c_", lambda np: lambda x, y: np.c_[x * x, y], [REAL, REAL], shapes=[(3,), ((2, 2), (2, 1))], **FIRST),
    Case(
        "hstack", lambda np: lambda x, y: np.hstack([x * x, y]), [REAL, REAL], shapes=[(2,), ((2, 2), (2, 1))], **FLOATS
    ),
    Case("hstack.scalars", lambda np: lambda x: np.hstack([x * x, 2.0, x]), [REAL], **NUMBER, **FIRST),
    Case(
        "vstack",
        lambda np: lambda x, y: np.vstack([x * x, y]),
        [REAL, REAL],
        shapes=[(2,), ((2, 2), (2,))],
        **FLOATS,
        **FIRST,
    ),
    Case(
        "dstack",
        lambda np: lambda x, y: np.dstack((x * x, y)),
        [REAL, REAL],
        shapes=[(2,), ((2, 2), (2, 2, 1))],
        reason="Autograd makes an array of objects, and its gradient is 0",
        **FIRST,
    ),
    Case(
        "column_stack",
        lambda np: lambda x, y: np.column_stack([x * x, y]),
        [REAL, REAL],
        shapes=[(2,), ((2, 2), (2,))],
        **FIRST,
    ),
    Case(
        "concatenate.dtype",
        lambda np: lambda x: np.concatenate([x * x, x], dtype=numpy.complex128),
        [REAL],
        reference=lambda np: lambda x: np.concatenate([x * x, x]) * (1 + 0j),
        **FIRST,
    ),
    Case("append", lambda np: lambda x, y: np.append(x * x, y), [REAL, REAL], shapes=[(2,), ((2, 2), (3,))], **FIRST),
    Case(
        "append.axis",
        lambda np: lambda x, y: np.append(x * x, y, axis=-1),
        [REAL, REAL],
        shapes=[((2, 2), (2, 1))],
        **FIRST,
    ),
    Case(
        "block",
        lambda np: lambda x, y: np.block([[x * x, y], [ONES[:, :2], y[:1] ** 2]]),
        [REAL, REAL],
        shapes=[((2, 2), (2, 1))],
        reason="Autograd makes an array of objects, and its gradient is 0",
    ),
    Case(
        "block.flat",
        lambda np: lambda x: np.block([x * x, 1.0, x[0]]),
        [REAL],
        reason="Autograd makes an array of objects, and its gradient is 0",
        **FIRST,
    ),
]

PARTS = [
    Case("split", lambda np: lambda x: np.split(x * x, 3)[1], [REAL]),
    Case("split.indices", lambda np: lambda x: np.split(x * x, [1, 3], axis=-1)[1], [REAL], **MATRIX, **FIRST),
    Case("array_split", lambda np: lambda x: np.array_split(x * x, 2)[0], [REAL], **FIRST),
    Case("array_split.axis", lambda np: lambda x: np.array_split(x * x, 2, axis=1)[1], [REAL], **MATRIX, **FIRST),
    Case("hsplit", lambda np: lambda x: np.hsplit(x * x, 3)[1], [REAL], **MATRIX, **FIRST),
    Case("vsplit", lambda np: lambda x: np.vsplit(x * x, 2)[1], [REAL], **MATRIX, **FIRST),
    Case("dsplit", lambda np: lambda x: np.dsplit(x * x, [2])[0], [REAL], **CUBE, **FIRST),
    *([Case("unstack", lambda np: lambda x: np.unstack(x * x, axis=1)[2], [REAL], **MATRIX, **FIRST)] if NEW else []),
]

REPEATED = [
    Case("repeat", lambda np: lambda x: np.repeat(x * x, 2), [REAL], **MATRIX, **FLOATS),
    Case("repeat.axis", lambda np: lambda x: np.repeat(x * x, 2, axis=0), [REAL], **MATRIX, **FIRST),
    Case(
        "repeat.axis_negative",
        lambda np: lambda x: np.repeat(x * x, 2, axis=-2),
        [REAL],
        reason="Autograd sums the wrong cotangents for a negative axis",
        **MATRIX,
    ),
    Case(
        "repeat.axis_last",
        lambda np: lambda x: np.repeat(x * x, 3, axis=-1),
        [REAL],
        reason="Autograd sums the wrong cotangents for a negative axis",
        **MATRIX,
    ),
    Case(
        "repeat.array",
        lambda np: lambda x: np.repeat(x * x, [2, 0, 1], axis=1),
        [REAL],
        reason="Autograd cannot (#252)",
        **MATRIX,
    ),
    Case("tile", lambda np: lambda x: np.tile(x * x, (2, 3)), [REAL], **MATRIX, **FLOATS),
    Case(
        "tile.shorter",
        lambda np: lambda x: np.tile(x * x, 3),
        [REAL],
        shapes=[(3, 3)],
        reason="Autograd sums over the wrong axis where reps is shorter than the shape",
    ),
    Case("tile.longer", lambda np: lambda x: np.tile(x * x, (2, 1, 2)), [REAL], **MATRIX, **FIRST),
    Case("tile.number", lambda np: lambda x: np.tile(x * x, (2, 2)), [REAL], **NUMBER, **FIRST),
    Case("resize", lambda np: lambda x: np.resize(x * x, (2, 4)), [REAL]),
    Case("resize.shorter", lambda np: lambda x: np.resize(x * x, 4), [REAL], **MATRIX, **FIRST),
    Case("insert", lambda np: lambda x, y: np.insert(x * x, 1, y * y, axis=0), [REAL, REAL], shapes=[((2, 3), (3,))]),
    Case(
        "insert.several",
        lambda np: lambda x, y: np.insert(x * x, [0, 2], y),
        [REAL, REAL],
        shapes=[((3,), (2,))],
        **FIRST,
    ),
    Case(
        "insert.spread",
        lambda np: lambda x, y: np.insert(x * x, [0, 2], y * y),
        [REAL, REAL],
        shapes=[((3,), ())],
        **FIRST,
    ),
    Case("delete", lambda np: lambda x: np.delete(x * x, 1), [REAL]),
    Case("delete.axis", lambda np: lambda x: np.delete(x * x, [0, 2], axis=1), [REAL], **MATRIX, **FIRST),
    Case("delete.slice", lambda np: lambda x: np.delete(x * x, slice(0, 2)), [REAL], **FIRST),
]

MOVED = [
    Case("flip", lambda np: lambda x: np.flip(x * x), [REAL], **MATRIX),
    Case("flip.axes", lambda np: lambda x: np.flip(x * x, (0, -1)), [REAL], **CUBE, **FIRST),
    Case("fliplr", lambda np: lambda x: np.fliplr(x * x), [REAL], **MATRIX, **FIRST),
    Case("flipud", lambda np: lambda x: np.flipud(x * x), [REAL], **MATRIX, **FIRST),
    Case("rot90", lambda np: lambda x: np.rot90(x * x), [REAL], **MATRIX),
    Case("rot90.three", lambda np: lambda x: np.rot90(x * x, 3), [REAL], **MATRIX, **FIRST),
    Case(
        "rot90.axes",
        lambda np: lambda x: np.rot90(x * x, k=-1, axes=(2, 0)),
        [REAL],
        reason="Autograd cannot",
        **CUBE,
    ),
    Case("roll", lambda np: lambda x: np.roll(x * x, 1), [REAL], **MATRIX),
    Case("roll.axis", lambda np: lambda x: np.roll(x * x, -2, axis=-1), [REAL], **MATRIX, **FIRST),
    Case(
        "roll.tuples",
        lambda np: lambda x: np.roll(x * x, (1, 2), axis=(0, 1)),
        [REAL],
        reason="Autograd cannot",
        **MATRIX,
    ),
    Case("rollaxis", lambda np: lambda x: np.rollaxis(x * x, 2), [REAL], **CUBE, **FIRST),
    Case("rollaxis.start", lambda np: lambda x: np.rollaxis(x * x, 0, 3), [REAL], **CUBE, **FIRST),
    Case("matrix_transpose", lambda np: lambda x: np.matrix_transpose(x * x), [REAL], **CUBE, **FIRST),
]

WIDENED = [
    Case("atleast_1d", lambda np: lambda x: np.atleast_1d(x * x), [REAL], **NUMBER, **FIRST),
    Case(
        "atleast_1d.several",
        lambda np: lambda x, y: np.atleast_1d(x, y * y)[1],
        [REAL, REAL],
        shapes=[((), ())],
        reason="Autograd cannot",
    ),
    Case("atleast_2d", lambda np: lambda x: np.atleast_2d(x * x), [REAL], **FIRST),
    Case("atleast_3d", lambda np: lambda x: np.atleast_3d(x * x), [REAL], **FIRST),
    Case("atleast_3d.matrix", lambda np: lambda x: np.atleast_3d(x * x), [REAL], **MATRIX, **FIRST),
    Case(
        "broadcast_arrays",
        lambda np: lambda x, y: np.broadcast_arrays(x * x, y)[0],
        [REAL, REAL],
        shapes=[((3,), (2, 1))],
    ),
    Case("meshgrid", lambda np: lambda x, y: np.meshgrid(x * x, y)[0], [REAL, REAL], shapes=[((3,), (2,))]),
    Case(
        "meshgrid.ij",
        lambda np: lambda x, y: np.meshgrid(x * x, y * y, indexing="ij")[1],
        [REAL, REAL],
        shapes=[((3,), (2,))],
        **FIRST,
    ),
    Case(
        "meshgrid.sparse",
        lambda np: lambda x, y: np.meshgrid(x * x, y * y, sparse=True)[1],
        [REAL, REAL],
        shapes=[((3,), (2,))],
        **FIRST,
    ),
    Case(
        "full",
        lambda np: lambda x: np.full((2, 3), x * x),
        [REAL],
        shapes=[(), (3,)],
        reference=lambda np: lambda x: numpy.zeros((2, 3)) + x * x,
        reason="Autograd does not sum the cotangent of an array that was repeated",
    ),
]

ALONG_AXES = [
    Case(
        "apply_along_axis",
        lambda np: lambda x: np.apply_along_axis(lambda row: row[::-1] * row, 1, x),
        [REAL],
        **MATRIX,
    ),
    Case(
        "apply_along_axis.number",
        lambda np: lambda x: np.apply_along_axis(lambda row: row[0] * row[-1], -1, x),
        [REAL],
        reference=lambda np: lambda x: x[:, 0] * x[:, -1],
        **MATRIX,
    ),
    Case("apply_over_axes", lambda np: lambda x: np.apply_over_axes(np.sum, x * x, (0, 2)), [REAL], **CUBE),
]
