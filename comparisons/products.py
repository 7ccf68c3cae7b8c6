"""Products of vectors, matrices and stacks of them.

To add a product, write a row with all pairs of shapes that differ in kind; each pair gets both modes for each
factor and for both.
"""

import numpy

from graddiff import Case
from graddiff.domains import COMPLEX, REAL

WEIGHTS = numpy.array([0.5, 0.25, -1.0])
MATRIX = numpy.array([[1.0, -2.0, 0.5], [3.0, 1.5, -1.0]])

VECTOR_VECTOR = ((2,), (2,))
MATRIX_VECTOR = ((3, 2), (2,))
VECTOR_MATRIX = ((2,), (2, 3))
MATRIX_MATRIX = ((3, 2), (2, 2))
STACK_STACK = ((2, 2, 1), (2, 1, 2))
STACK_MATRIX = ((2, 1, 2), (2, 2))
MATRIX_STACK = ((1, 2), (2, 2, 1))
STACK_VECTOR = ((2, 1, 2), (2,))
VECTOR_STACK = ((2,), (2, 2, 1))
BROADCAST_STACKS = ((2, 1, 1, 2), (1, 2, 2, 1))

CASES = [
    Case(
        "matmul",
        lambda np: lambda x, y: np.matmul(x, y),
        [REAL, REAL],
        shapes=[
            MATRIX_MATRIX,
            VECTOR_VECTOR,
            MATRIX_VECTOR,
            VECTOR_MATRIX,
            STACK_STACK,
            STACK_MATRIX,
            MATRIX_STACK,
            STACK_VECTOR,
            VECTOR_STACK,
            BROADCAST_STACKS,
        ],
        dtypes=("float64", "float32"),
    ),
    Case("matmul.vectors", lambda np: lambda x, y: np.matmul(x, y), [REAL, REAL], shapes=[VECTOR_VECTOR]),
    Case("matmul.stacks", lambda np: lambda x, y: np.matmul(x, y), [REAL, REAL], shapes=[BROADCAST_STACKS]),
    Case(
        "matmul.complex",
        lambda np: lambda x, y: np.matmul(x, y),
        [COMPLEX, COMPLEX],
        shapes=[((1, 2), (2, 2))],
    ),
    Case("matmul.with_itself", lambda np: lambda x: x @ x.T, [REAL], shapes=[(2, 2)]),
    Case(
        "dot",
        lambda np: lambda x, y: np.dot(x, y),
        [REAL, REAL],
        shapes=[
            MATRIX_MATRIX,
            VECTOR_VECTOR,
            MATRIX_VECTOR,
            VECTOR_MATRIX,
            ((), (3,)),
            ((2, 2), ()),
            ((), ()),
            STACK_MATRIX,
            ((2, 2), (2, 2, 1)),
            STACK_VECTOR,
            VECTOR_STACK,
        ],
        dtypes=("float64", "float32"),
    ),
    Case("dot.stacks", lambda np: lambda x, y: np.dot(x, y), [REAL, REAL], shapes=[((2, 1, 2), (2, 2, 1))]),
    Case("dot.complex", lambda np: lambda x, y: np.dot(x, y), [COMPLEX, COMPLEX], shapes=[VECTOR_VECTOR]),
    Case(
        "dot.integers",
        lambda np: lambda z: np.dot(z, WEIGHTS),
        [REAL],
        kinds=("int array",),
        orders=(1,),
        reason="an array of integers: Autograd casts the gradient to integers, or refuses (S7, #3)",
    ),
    Case("dot.list", lambda np: lambda z: np.dot(z * z, [0.5, 0.25, -1.0]), [REAL], orders=(1,)),
    Case("dot.constant_matrix", lambda np: lambda z: np.dot(MATRIX, z * z), [REAL]),
    Case(
        "outer",
        lambda np: lambda x, y: np.outer(x, y),
        [REAL, REAL],
        shapes=[((2,), (3,)), ((2, 2), (2,))],
        dtypes=("float64", "float32"),
    ),
    Case(
        "outer.with_scalar",
        lambda np: lambda x, y: np.outer(x, y),
        [REAL, REAL],
        shapes=[((), (3,)), ((3,), ()), ((), ())],
        reason="Autograd does not sum the cotangent of a 0-d factor (S2)",
    ),
    Case("outer.with_itself", lambda np: lambda x: np.outer(x, x), [REAL]),
    Case(
        "matmul.quadratic_form",
        lambda np: lambda x, a: x @ a @ x,
        [REAL, REAL],
        shapes=[((2,), (2, 2))],
    ),
]
