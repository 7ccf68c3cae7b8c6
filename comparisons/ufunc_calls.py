"""Options and methods of ufuncs: ``where dtype out axes`` and ``reduce accumulate reduceat outer at``.

The methods are those of plain NumPy's ufuncs, which hand a traced value over.
"""

from graddiff import Case
from graddiff.domains import ABOVE_ONE, POSITIVE, REAL

PAIR = [((2, 3), (2, 3))]
EVEN = [True, False, True]


def added_at(np):
    """Return a function that adds at an index that repeats."""

    def f(x, y):
        z = x * y
        np.add.at(z, [0, 2, 0], y)
        np.multiply.at(z, [1], 3.0)
        return z

    return f


CASES = [
    Case(
        "ufunc.where",
        lambda np: lambda x, y: np.log(x, where=EVEN, out=x * y),
        [POSITIVE, REAL],
        reference=lambda np: lambda x, y: np.where(EVEN, np.log(x), x * y),
    ),
    Case(
        "ufunc.where_off_a_pole",
        lambda np: lambda x: np.divide(1.0, x - x[1], where=EVEN, out=np.zeros_like(x)),
        [REAL],
        reference=lambda np: lambda x: np.stack([1 / (x[0] - x[1]), x[1] * 0, 1 / (x[2] - x[1])]),
    ),
    Case(
        "ufunc.dtype",
        lambda np: lambda x, y: np.multiply(x, y, dtype=float),
        [REAL, REAL],
        reference=lambda np: lambda x, y: x * y,
    ),
    Case(
        "ufunc.axes",
        lambda np: lambda x, y: np.matmul(x, y, axes=[(1, 0), (0, 1), (1, 0)]),
        [REAL, REAL],
        shapes=PAIR,
        reference=lambda np: lambda x, y: (x.T @ y).T,
    ),
    Case("ufunc.outer", lambda np: lambda x, y: np.divide.outer(x, y), [REAL, ABOVE_ONE], shapes=[(3,)]),
    Case("ufunc.reduce", lambda np: lambda x: np.add.reduce(x, axis=1), [REAL], shapes=[(2, 3)]),
    Case("ufunc.reduce_all", lambda np: lambda x: np.multiply.reduce(x, axis=None), [REAL], shapes=[(2, 3)]),
    Case("ufunc.reduce_subtract", lambda np: lambda x: np.subtract.reduce(x, axis=1), [REAL], shapes=[(2, 3)]),
    Case("ufunc.reduce_hypot", lambda np: lambda x: np.hypot.reduce(x), [POSITIVE], behaviours=("strided",)),
    Case("ufunc.accumulate", lambda np: lambda x: np.multiply.accumulate(x), [REAL]),
    Case("ufunc.accumulate_divide", lambda np: lambda x: np.divide.accumulate(x), [ABOVE_ONE], behaviours=("strided",)),
    Case("ufunc.reduceat", lambda np: lambda x: np.add.reduceat(x, [0, 2, 1]), [REAL], shapes=[(4,)]),
    Case("ufunc.at", added_at, [REAL, REAL]),
]
