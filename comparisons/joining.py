"""Arrays made of arrays: joins, stacks, and nested lists of numbers that are differentiated.

To add a row, say what is joined with what: two arguments, one with a constant, or one with itself.
"""

import numpy

from graddiff import Case
from graddiff.domains import REAL

ROW = numpy.array([1.0, 2.0])
INTEGERS = numpy.array([1, 2, 3])

JOINS = [
    Case(
        "concatenate",
        lambda np: lambda x, y: np.concatenate([x * y, y, x * x]),
        [REAL, REAL],
        dtypes=("float64", "float32"),
    ),
    Case(
        "concatenate.axis",
        lambda np: lambda x, y: np.concatenate((x * x, y), axis=1),
        [REAL, REAL],
        shapes=[((2, 2), (2, 1))],
    ),
    Case(
        "concatenate.axis_negative",
        lambda np: lambda x, y: np.concatenate((x, y * y), axis=-2),
        [REAL, REAL],
        shapes=[((1, 2), (2, 2))],
    ),
    Case(
        "concatenate.axis_none",
        lambda np: lambda x, y: np.concatenate((x * x, y), axis=None),
        [REAL, REAL],
        shapes=[((2, 2), (3,))],
        reason="Autograd cannot",
    ),
    Case("concatenate.with_constant", lambda np: lambda x: np.concatenate([ROW, x * x, [3.0]]), [REAL]),
    Case(
        "concatenate.with_integers",
        lambda np: lambda x: np.concatenate([INTEGERS, x * x]),
        [REAL],
        orders=(1,),
    ),
    Case(
        "concatenate.of_array",
        lambda np: lambda x: np.concatenate(x * x),
        [REAL],
        shapes=[(2, 3)],
        orders=(1,),
    ),
    Case("stack", lambda np: lambda x, y: np.stack([x * x, x * y, y]), [REAL, REAL]),
    Case("stack.axis_negative", lambda np: lambda x, y: np.stack((x * x, y), axis=-1), [REAL, REAL]),
    Case(
        "stack.scalars",
        lambda np: lambda x: np.stack([x * x, 2 * x, 1.0]),
        [REAL],
        shapes=[()],
        kinds=("float",),
    ),
]

NESTED_LISTS = [
    Case(
        "array.scalars",
        lambda np: lambda x: np.array([x * x, 1 / x]),
        [REAL],
        shapes=[()],
        kinds=("float", "int"),
    ),
    Case("array.elements", lambda np: lambda x: np.array([x[2] ** 2, x[0] * x[1]]), [REAL]),
    Case("array.rows", lambda np: lambda x, y: np.array([x * x, x * y]), [REAL, REAL]),
    Case("array.nested", lambda np: lambda x, y: np.array([[x * y, 1.0], [2, y**2]]), [REAL, REAL], shapes=[()]),
    Case(
        "array.nested_elements",
        lambda np: lambda x: np.array([[x[0] * x[1], x[1]], [0.0, x[2] ** 2]]),
        [REAL],
    ),
    Case("array.nested_in_loops", lambda np: lambda x: np.array([[a * b for a in x] for b in x]), [REAL]),
    Case(
        "array.three_deep",
        lambda np: lambda x: np.array([[[x[0] ** 2, x[1]]], [[x[2], 1.0]]]),
        [REAL],
        orders=(1,),
    ),
    Case("array.of_array", lambda np: lambda x: np.array(x * x), [REAL], kinds=("float",)),
    Case("array.of_integers", lambda np: lambda x: np.array([1, 2, 3]) * x * x, [REAL], orders=(1,)),
    Case(
        "asarray.nested",
        lambda np: lambda x: np.asarray([[x[0] * x[1], x[1]], [0.0, x[2] ** 2]]),
        [REAL],
        reason="no derivative in Autograd",
    ),
    Case(
        "asarray.of_array",
        lambda np: lambda x: np.asarray(x * x) * x,
        [REAL],
        kinds=("float", "int"),
        reason="no derivative in Autograd",
    ),
]
