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
        reason="an array of integers: Autograd casts the gradient to integers, or refuses (#3)",
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
        reason="Autograd does not sum the cotangent of a 0-d factor",
    ),
    Case("outer.with_itself", lambda np: lambda x: np.outer(x, x), [REAL]),
    Case(
        "matmul.quadratic_form",
        lambda np: lambda x, a: x @ a @ x,
        [REAL, REAL],
        shapes=[((2,), (2, 2))],
    ),
]

MORE = [
    Case(
        "vdot",
        lambda np: lambda x, y: np.vdot(x, y),
        [REAL, REAL],
        shapes=[((2, 2), (2, 2)), ((3,), (3,))],
        orders=(1,),
    ),
    Case(
        "vdot.complex",
        lambda np: lambda x, y: np.vdot(x, y),
        [COMPLEX, COMPLEX],
        shapes=[VECTOR_VECTOR],
        reference=lambda np: lambda x, y: np.sum(np.conjugate(x) * y),
        orders=(1,),
    ),
    Case(
        "inner",
        lambda np: lambda x, y: np.inner(x, y),
        [REAL, REAL],
        shapes=[((2, 3), (2, 3)), ((3,), (3,)), ((2, 2, 3), (2, 3)), ((), (3,)), ((2,), ())],
        dtypes=("float64", "float32"),
    ),
    Case(
        "tensordot",
        lambda np: lambda x, y: np.tensordot(x, y),
        [REAL, REAL],
        shapes=[((2, 1, 3), (1, 3, 2)), ((2, 2), (2, 2))],
        dtypes=("float64", "float32"),
    ),
    Case(
        "tensordot.one",
        lambda np: lambda x, y: np.tensordot(x, y, 1),
        [REAL, REAL],
        shapes=[((2, 3), (3, 2))],
        orders=(1,),
    ),
    Case(
        "tensordot.none",
        lambda np: lambda x, y: np.tensordot(x, y, 0),
        [REAL, REAL],
        shapes=[((2,), (3,))],
        orders=(1,),
    ),
    Case(
        "tensordot.axes",
        lambda np: lambda x, y: np.tensordot(x, y, axes=((-1, 0), (0, -1))),
        [REAL, REAL],
        shapes=[((2, 1, 3), (3, 2, 2))],
        orders=(1,),
    ),
    Case(
        "tensordot.pair",
        lambda np: lambda x, y: np.tensordot(x, y, axes=(0, 1)),
        [REAL, REAL],
        shapes=[((2, 3), (2, 2))],
        orders=(1,),
    ),
    Case(
        "tensordot.complex",
        lambda np: lambda x, y: np.tensordot(x, y, 1),
        [COMPLEX, COMPLEX],
        shapes=[((2, 2), (2, 2))],
        orders=(1,),
    ),
    Case("kron", lambda np: lambda x, y: np.kron(x, y), [REAL, REAL], shapes=[((2, 2), (2, 1)), ((2,), (3,))]),
    Case(
        "kron.dimensions",
        lambda np: lambda x, y: np.kron(x, y),
        [REAL, REAL],
        shapes=[((2, 2), (2, 1, 3)), ((2, 2), (3,)), ((3,), (2, 2)), ((), (2,))],
        reason="Autograd is wrong where an array has three dimensions",
    ),
    Case(
        "cross",
        lambda np: lambda x, y: np.cross(x, y),
        [REAL, REAL],
        shapes=[((3,), (3,)), ((2, 3), (2, 3))],
        dtypes=("float64", "float32"),
    ),
    Case(
        "cross.broadcast",
        lambda np: lambda x, y: np.cross(x, y),
        [REAL, REAL],
        shapes=[((2, 3), (3,))],
        reason="Autograd does not sum the cotangent of the factor that was repeated",
    ),
    Case(
        "cross.axes",
        lambda np: lambda x, y: np.cross(x, y, axisa=0, axisb=1, axisc=0),
        [REAL, REAL],
        shapes=[((3, 2), (2, 3))],
        orders=(1,),
    ),
    Case(
        "cross.axis",
        lambda np: lambda x, y: np.cross(x, y, axis=-2),
        [REAL, REAL],
        shapes=[((3, 2), (3, 2))],
        orders=(1,),
    ),
    Case("trace", lambda np: lambda x: np.trace(x * x), [REAL], shapes=[(2, 3)], dtypes=("float64", "float32")),
    Case("trace.offset", lambda np: lambda x: np.trace(x * x, offset=-1), [REAL], shapes=[(3, 3)], orders=(1,)),
    Case(
        "trace.axes",
        lambda np: lambda x: np.trace(x * x, 1, axis1=2, axis2=-2),
        [REAL],
        shapes=[(2, 2, 2)],
        reason="Autograd cannot",
    ),
    Case("vecdot", lambda np: lambda x, y: np.vecdot(x, y), [REAL, REAL], shapes=[((2, 3), (3,))]),
    Case(
        "vecdot.axis",
        lambda np: lambda x, y: np.vecdot(x, y, axis=0),
        [REAL, REAL],
        shapes=[((3, 2), (3, 2))],
        orders=(1,),
    ),
    Case(
        "vecdot.complex",
        lambda np: lambda x, y: np.vecdot(x, y),
        [COMPLEX, COMPLEX],
        shapes=[VECTOR_VECTOR],
        reference=lambda np: lambda x, y: np.sum(np.conjugate(x) * y),
        orders=(1,),
    ),
]
if hasattr(numpy, "matvec"):
    MORE += [
        Case(
            "matvec",
            lambda np: lambda x, y: np.matvec(x, y),
            [REAL, REAL],
            shapes=[((2, 2, 3), (3,))],
            reference=lambda np: lambda x, y: np.matmul(x, y),
            orders=(1,),
        ),
        Case(
            "vecmat",
            lambda np: lambda x, y: np.vecmat(x, y),
            [REAL, REAL],
            shapes=[((2, 3), (2, 3, 2))],
            reference=lambda np: lambda x, y: np.sum(x[..., None] * y, axis=-2),
            orders=(1,),
        ),
        Case(
            "vecmat.complex",
            lambda np: lambda x, y: np.vecmat(x, y),
            [COMPLEX, COMPLEX],
            shapes=[((2,), (2, 2))],
            reference=lambda np: lambda x, y: np.matmul(np.conjugate(x), y),
            orders=(1,),
        ),
    ]
