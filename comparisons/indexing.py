"""Reading parts of an array: slices, integers, arrays of integers, masks, and their combinations.

To add a kind of index, write a row. Reading is linear, and asked for x * x, so that the second derivative
is not 0.
"""

from typing import Any

import numpy

from graddiff import Case
from graddiff.domains import NONZERO, REAL

REPEATED = numpy.array([2, 0, 2, 2])
MASK = numpy.array([True, False, True, True])
MATRIX_MASK = numpy.array([[True, False, True], [False, True, True]])


def quotient(a: Any, b: Any, c: Any) -> Any:
    """Return a function of three numbers that are unpacked from an array."""
    return a * a / b + c


BASIC = [
    Case("index.integer", lambda np: lambda x: (x * x)[1], [REAL], dtypes=("float64", "float32")),
    Case("index.negative", lambda np: lambda x: (x * x)[-1], [REAL], orders=(1,)),
    Case("index.row", lambda np: lambda x: (x * x)[1], [REAL], shapes=[(2, 3)]),
    Case("index.element", lambda np: lambda x: (x * x)[1, -2], [REAL], shapes=[(2, 3)]),
    Case("index.chained", lambda np: lambda x: (x * x)[1][2], [REAL], shapes=[(2, 3)]),
    Case("index.slice", lambda np: lambda x: (x * x)[1:3], [REAL], shapes=[(4,)]),
    Case("index.step", lambda np: lambda x: (x * x)[::2], [REAL], shapes=[(5,)], orders=(1,)),
    Case("index.reversed", lambda np: lambda x: (x * x)[::-1], [REAL], shapes=[(4,)]),
    Case("index.step_negative", lambda np: lambda x: (x * x)[3:0:-2], [REAL], shapes=[(5,)], orders=(1,)),
    Case("index.slices", lambda np: lambda x: (x * x)[:1, 1:], [REAL], shapes=[(2, 3)], orders=(1,)),
    Case("index.none", lambda np: lambda x: (x * x)[None, :, None], [REAL]),
    Case(
        "index.none_on_scalar",
        lambda np: lambda x: (x * x)[None],
        [REAL],
        shapes=[()],
        kinds=("np.float64",),
        reference=lambda np: lambda x: np.reshape(x * x, (1,)),
        orders=(1,),
    ),
    Case("index.ellipsis", lambda np: lambda x: (x * x)[..., 0], [REAL], shapes=[(2, 1, 3)]),
    Case("index.all", lambda np: lambda x: (x * x)[...], [REAL], orders=(1,)),
    Case("index.empty_slice", lambda np: lambda x: np.sum(x[1:1]) + x * x, [REAL], orders=(1,)),
    Case("index.overlapping", lambda np: lambda x: x[1:] * x[:-1] ** 2, [REAL], shapes=[(4,)]),
    Case("index.loop", lambda np: lambda x: sum(x[i] * x[i - 1] for i in range(3)), [REAL]),
    Case("index.iteration", lambda np: lambda x: sum(a**3 for a in x), [REAL]),
    Case(
        "index.iteration_rows",
        lambda np: lambda x: sum(i * row**2 for i, row in enumerate(x)),
        [REAL],
        shapes=[(2, 3)],
    ),
    Case("index.unpacking", lambda np: lambda x: quotient(*x), [NONZERO]),
]

ADVANCED = [
    Case("index.array", lambda np: lambda x: (x * x)[numpy.array([2, 0])], [REAL]),
    Case("index.array_repeated", lambda np: lambda x: (x * x)[REPEATED], [REAL], dtypes=("float64", "float32")),
    Case("index.array_negative", lambda np: lambda x: (x * x)[numpy.array([-1, 2, -3])], [REAL], orders=(1,)),
    Case("index.list", lambda np: lambda x: (x * x)[[1, 1, 0]], [REAL]),
    Case("index.array_2d", lambda np: lambda x: (x * x)[numpy.array([[0, 1], [1, 2]])], [REAL], orders=(1,)),
    Case("index.rows_repeated", lambda np: lambda x: (x * x)[[1, 1, 0]], [REAL], shapes=[(2, 3)], orders=(1,)),
    Case("index.pairs", lambda np: lambda x: (x * x)[[0, 1, 1, 0], [2, 1, 1, 0]], [REAL], shapes=[(2, 3)]),
    Case("index.broadcast_pairs", lambda np: lambda x: (x * x)[[[0], [1]], [2, 0, 2]], [REAL], shapes=[(2, 3)]),
    Case("index.mask", lambda np: lambda x: (x * x)[MASK], [REAL], shapes=[(4,)]),
    Case("index.mask_2d", lambda np: lambda x: (x * x)[MATRIX_MASK], [REAL], shapes=[(2, 3)]),
    Case("index.mask_of_rows", lambda np: lambda x: (x * x)[MASK[1:3]], [REAL], shapes=[(2, 3)], orders=(1,)),
    Case("index.mask_from_comparison", lambda np: lambda x: np.sum(x[x > 0] ** 2) + x, [NONZERO], shapes=[(4,)]),
    Case("index.position_from_argmax", lambda np: lambda x: x[np.argmax(x)] * x, [REAL]),
]

COMBINED = [
    Case("index.slice_and_array", lambda np: lambda x: (x * x)[:, [2, 0, 2]], [REAL], shapes=[(2, 3)]),
    Case(
        "index.integer_and_array",
        lambda np: lambda x: (x * x)[1, [2, 0, 2]],
        [REAL],
        shapes=[(2, 3)],
        orders=(1,),
    ),
    Case(
        "index.array_and_slice",
        lambda np: lambda x: (x * x)[[1, 1], ::-1],
        [REAL],
        shapes=[(2, 3)],
        orders=(1,),
    ),
    Case(
        "index.mask_and_slice",
        lambda np: lambda x: (x * x)[MASK[1:3], 1:],
        [REAL],
        shapes=[(2, 3)],
        orders=(1,),
    ),
    Case("index.none_and_array", lambda np: lambda x: (x * x)[None, [1, 1, 0]], [REAL], orders=(1,)),
    Case("index.ellipsis_and_array", lambda np: lambda x: (x * x)[..., [0, 0]], [REAL], shapes=[(2, 1, 3)]),
    Case(
        "index.arrays_apart",
        lambda np: lambda x: (x * x)[[0, 1, 1], :, [2, 0, 0]],
        [REAL],
        shapes=[(2, 1, 3)],
        orders=(1,),
    ),
    Case("index.of_index", lambda np: lambda x: (x * x)[1:][[0, 0, 1]][::-1], [REAL], shapes=[(4,)]),
    Case("index.slice_and_element", lambda np: lambda x: x[0] * x[1:] ** 2, [REAL], shapes=[(4,)]),
]
