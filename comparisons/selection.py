"""Selection: elements picked by position, by condition, by a bound and by rank.

A pick is linear in the data, so a case squares or cubes what was picked, and its second derivative is not 0. To add
one, write a row for each option that changes which element is meant.
"""

from typing import Any

import numpy

from graddiff import Case
from graddiff.domains import DISTINCT, REAL

MATRIX: dict[str, Any] = {"shapes": [(2, 3)]}
SQUARE: dict[str, Any] = {"shapes": [(3, 3)], "orders": (1,)}
FIRST: dict[str, Any] = {"shapes": [(2, 3)], "orders": (1,)}
FLOATS: dict[str, Any] = {"shapes": [(2, 3)], "dtypes": ("float64", "float32")}
MASK = numpy.array([[True, False, True], [False, True, True]])
PLACES = numpy.array([[0, 2, 2], [-1, 1, 0]])
WEIGHTS = numpy.array([[1.0, -2.0, 0.5], [3.0, 1.5, -1.0]])
HALF = numpy.tri(2, 3)
VECTORS_ONLY = "Autograd can do that of vectors only (#349)"


def diagonal_of(x: Any, k: int) -> Any:
    """Return a diagonal of a matrix, read element by element."""
    return numpy.stack([x[i, i + k] for i in range(x.shape[0]) if 0 <= i + k < x.shape[1]])


def bounded(x: Any, low: Any, high: Any) -> Any:
    """Return the elements between two bounds, by the functions that exact numbers have."""
    return numpy.minimum(numpy.maximum(x, low), high)


BY_POSITION = [
    Case("take", lambda np: lambda x: np.take(x, numpy.array([3, 0, 0])) ** 2, [REAL], **FLOATS),
    Case(
        "take.axis",
        lambda np: lambda x: np.take(x, [2, 0, 2], axis=-1) ** 2,
        [REAL],
        **MATRIX,
        expect={"easygrad empty": "behaviour differs"},
    ),
    Case("take.number", lambda np: lambda x: np.take(x, 1, axis=0) ** 2, [REAL], **FIRST),
    Case(
        "take.matrix",
        lambda np: lambda x: np.take(x, PLACES, axis=1) ** 2,
        [REAL],
        **FIRST,
        expect={"easygrad empty": "behaviour differs"},
    ),
    Case("take.wrap", lambda np: lambda x: np.take(x, [7, -9], mode="wrap") ** 2, [REAL], **FIRST),
    Case(
        "take.clip",
        lambda np: lambda x: np.take(x, [7, -9], axis=0, mode="clip") ** 2,
        [REAL],
        **FIRST,
        expect={"easygrad empty": "behaviour differs"},
    ),
    Case("take_along_axis", lambda np: lambda x: np.take_along_axis(x, PLACES, 1) ** 2, [REAL], **FLOATS),
    Case(
        "take_along_axis.broadcast",
        lambda np: lambda x: np.take_along_axis(x, numpy.array([[1, 0]]), axis=-1) ** 2,
        [REAL],
        **MATRIX,
    ),
    Case(
        "take_along_axis.flat",
        lambda np: lambda x: np.take_along_axis(x, numpy.array([5, 0, -1]), axis=None) ** 2,
        [REAL],
        **FIRST,
    ),
    Case(
        "diagonal",
        lambda np: lambda x: np.diagonal(x) ** 2,
        [REAL],
        reason="Autograd has no derivative for the default axes",
        **MATRIX,
    ),
    Case("diagonal.offset", lambda np: lambda x: np.diagonal(x, 1) ** 2, [REAL], **MATRIX),
    Case("diagonal.axes", lambda np: lambda x: np.diagonal(x, -1, 1, 2) ** 2, [REAL], shapes=[(2, 3, 2)], orders=(1,)),
    Case("diagonal.last_axes", lambda np: lambda x: np.diagonal(x, 0, -1, -2) ** 2, [REAL], shapes=[(2, 2, 2)]),
    Case("diag", lambda np: lambda x: np.diag(x) ** 2, [REAL], **SQUARE),
    Case(
        "diag.not_square",
        lambda np: lambda x: np.diag(x) ** 2,
        [REAL],
        shapes=[(2, 3), (3, 2), (1, 3)],
        reason="Autograd's gradient is square",
        reference=lambda np: lambda x: diagonal_of(x, 0) ** 2,
    ),
    Case(
        "diag.not_square_k",
        lambda np: lambda x: np.diag(x, 1) ** 2,
        [REAL],
        shapes=[(2, 3), (3, 2)],
        reason="Autograd's gradient is square",
        reference=lambda np: lambda x: diagonal_of(x, 1) ** 2,
    ),
    Case(
        "diag.of_vector",
        lambda np: lambda x: np.diag(x * x, -1),
        [REAL],
        reference=lambda np: lambda x: numpy.eye(4, 3, -1) * (x * x) @ numpy.eye(3, 4),
    ),
    Case(
        "diagflat",
        lambda np: lambda x: np.diagflat(x * x),
        [REAL],
        reference=lambda np: lambda x: numpy.eye(6) * np.reshape(x * x, 6),
        **FIRST,
    ),
    Case("tril", lambda np: lambda x: np.tril(x * x), [REAL], reference=lambda np: lambda x: x * x * HALF, **MATRIX),
    Case(
        "tril.k",
        lambda np: lambda x: np.tril(x * x, 1),
        [REAL],
        reference=lambda np: lambda x: x * x * numpy.tri(2, 3, 1),
        **FIRST,
    ),
    Case(
        "triu",
        lambda np: lambda x: np.triu(x * x),
        [REAL],
        reference=lambda np: lambda x: x * x * (1 - numpy.tri(2, 3, -1)),
        **MATRIX,
    ),
    Case(
        "triu.stack",
        lambda np: lambda x: np.triu(x * x, 1),
        [REAL],
        shapes=[(2, 2, 2)],
        orders=(1,),
        reference=lambda np: lambda x: x * x * (1 - numpy.tri(2)),
    ),
    Case(
        "tril.of_vector",
        lambda np: lambda x: np.tril(x * x),
        [REAL],
        orders=(1,),
        reference=lambda np: lambda x: x * x * numpy.tri(3),
    ),
    Case(
        "trim_zeros",
        lambda np: lambda x: np.trim_zeros(np.concatenate([numpy.zeros(2), x * x, numpy.zeros(1)])),
        [REAL],
        orders=(1,),
        reference=lambda np: lambda x: x * x,
    ),
]

BY_CONDITION = [
    Case("compress", lambda np: lambda x: np.compress([True, False, True], x) ** 2, [REAL], **FLOATS),
    Case(
        "compress.axis",
        lambda np: lambda x: np.compress([False, True], x, axis=-1) ** 2,
        [REAL],
        **MATRIX,
        expect={"easygrad empty": "behaviour differs"},
    ),
    Case("extract", lambda np: lambda x: np.extract(MASK, x) ** 2, [REAL], **FLOATS),
    Case("extract.own_condition", lambda np: lambda x: np.extract(x > 0, x) ** 2, [DISTINCT], **FIRST),
    Case(
        "choose",
        lambda np: lambda x, y: np.choose(MASK.astype(int), [x * x, y**3]),
        [REAL, REAL],
        shapes=[(2, 3), ((2, 3), (3,)), ((), (2, 1))],
        reference=lambda np: lambda x, y: np.where(MASK, y**3, x * x),
    ),
    Case(
        "choose.wrap",
        lambda np: lambda x: np.choose(PLACES, [x * x, x**3], mode="wrap"),
        [REAL],
        reference=lambda np: lambda x: np.where(PLACES % 2 == 1, x**3, x * x),
        **FIRST,
    ),
    Case(
        "choose.clip",
        lambda np: lambda x: np.choose(PLACES, [x * x, x**3], mode="clip"),
        [REAL],
        reference=lambda np: lambda x: np.where(PLACES >= 1, x**3, x * x),
        **FIRST,
    ),
    Case(
        "select",
        lambda np: lambda x, y: np.select([MASK, x > 0], [x * y, x**3], y),
        [DISTINCT, REAL],
        shapes=[(2, 3), ((2, 3), (3,))],
        reference=lambda np: lambda x, y: np.where(MASK, x * y, np.where(x > 0, x**3, y)),
    ),
    Case(
        "select.default",
        lambda np: lambda x: np.select([MASK], [x * x]),
        [REAL],
        reference=lambda np: lambda x: np.where(MASK, x * x, 0 * x),
        **FLOATS,
    ),
    Case(
        "piecewise",
        lambda np: lambda x: np.piecewise(x, [MASK], [lambda z: z * z, lambda z: z**3]),
        [REAL],
        reference=lambda np: lambda x: np.where(MASK, x * x, x**3),
        **FLOATS,
    ),
    Case(
        "piecewise.default",
        lambda np: lambda x: np.piecewise(x, [x < 0, x > 1], [lambda z, a: a * z * z, 2.5], 3.0),
        [DISTINCT],
        reference=lambda np: lambda x: np.where(x < 0, 3 * x * x, np.where(x > 1, 0 * x + 2.5, 0 * x)),
        **MATRIX,
    ),
]

CLIPS = [
    Case(
        "clip",
        lambda np: lambda x: np.clip(x**3, -1.0, 2.0),
        [DISTINCT],
        kinds=("float", "0-d"),
        reference=lambda np: lambda x: bounded(x**3, -1.0, 2.0),
        **FLOATS,
    ),
    Case(
        "clip.bounds",
        lambda np: lambda x, low, high: np.clip(x * x, low - 1.0, low + high * high),
        [REAL, REAL, REAL],
        shapes=[(2, 3), ((2, 3), (3,), ()), ((), (3,), (2, 1))],
        reference=lambda np: lambda x, low, high: bounded(x * x, low - 1.0, low + high * high),
        reason="bounds have derivatives too, and a number clipped by arrays a number as gradient",
    ),
    Case(
        "clip.named_bounds",
        lambda np: lambda x: np.clip(x**3, min=-1.0, max=2.0),
        [DISTINCT],
        reference=lambda np: lambda x: bounded(x**3, -1.0, 2.0),
        reason="Autograd does not take the bounds by name",
        **FIRST,
    ),
    Case(
        "clip.low",
        lambda np: lambda x: np.clip(x**3, -1.0, None),
        [DISTINCT],
        reference=lambda np: lambda x: np.maximum(x**3, -1.0),
        **FIRST,
    ),
    Case(
        "clip.high",
        lambda np: lambda x: np.clip(x**3, None, 2.0),
        [DISTINCT],
        reference=lambda np: lambda x: np.minimum(x**3, 2.0),
        **FIRST,
    ),
    Case(
        "clip.of_number_by_arrays",
        lambda np: lambda x: np.clip(x * x, numpy.array([0.0, 9.0]), numpy.array([30.0, 40.0])),
        [REAL],
        shapes=[()],
        reference=lambda np: lambda x: bounded(x * x, numpy.array([0.0, 9.0]), numpy.array([30.0, 40.0])),
        reason="Autograd's gradient has the shape of the result",
    ),
]

BY_RANK = [
    Case("sort", lambda np: lambda x: np.sort(x) * WEIGHTS[0] * x, [DISTINCT], dtypes=("float64", "float32")),
    Case("sort.last_axis", lambda np: lambda x: np.sort(x) * WEIGHTS * x, [DISTINCT], reason=VECTORS_ONLY, **MATRIX),
    Case(
        "sort.axis", lambda np: lambda x: np.sort(x, axis=0) ** 2 * WEIGHTS, [DISTINCT], reason=VECTORS_ONLY, **MATRIX
    ),
    Case("sort.flat", lambda np: lambda x: np.sort(x, axis=None) ** 2 * numpy.arange(1.0, 7.0), [DISTINCT], **FIRST),
    Case("sort.stable", lambda np: lambda x: np.sort(x, kind="stable") ** 2 * WEIGHTS, [DISTINCT], **FIRST),
    Case(
        "partition",
        lambda np: lambda x: np.partition(x, 1)[..., 1] ** 2,
        [DISTINCT],
        reference=lambda np: lambda x: np.sort(x)[..., 1] ** 2,
        reason=VECTORS_ONLY,
        **MATRIX,
    ),
    Case(
        "partition.axis",
        lambda np: lambda x: np.sum(np.partition(x, (0, 2), axis=0)[1:] ** 2, axis=0),
        [DISTINCT],
        shapes=[(3, 2)],
        reference=lambda np: lambda x: np.sum(np.sort(x, axis=0)[1:] ** 2, axis=0),
    ),
    Case(
        "unique",
        lambda np: lambda x: np.unique(x) ** 2 * numpy.arange(1.0, 7.0),
        [DISTINCT],
        reference=lambda np: lambda x: np.sort(np.reshape(x, 6)) ** 2 * numpy.arange(1.0, 7.0),
        reason="raises in Autograd",
        **FIRST,
    ),
]

CONVENTIONS = [
    Case("clip.on_bound", lambda np: lambda x: np.clip(x, 0.0, 1.0), kind="convention", at=[0.0], reason="kink"),
    Case(
        "clip.on_both_bounds",
        lambda np: lambda x: np.clip(x, 1.0, 1.0),
        kind="convention",
        at=[1.0],
        reason="one after the other: low and element share, then that half and high",
    ),
    Case(
        "sort.ties",
        lambda np: lambda x: np.sort(x) * numpy.array([1.0, 2.0, 3.0]),
        kind="convention",
        at=[numpy.array([2.0, 1.0, 2.0])],
        reason="equal elements keep the order of argsort",
    ),
    Case(
        "unique.ties",
        lambda np: lambda x: np.unique(x),
        kind="convention",
        at=[numpy.array([2.0, 1.0, 2.0])],
        reason="the first of equal elements",
    ),
]
