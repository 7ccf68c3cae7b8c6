"""Arrays made of traced values, and what an array can be asked for."""

from graddiff import Case
from graddiff.domains import DISTINCT, POSITIVE, REAL


def list_building(np):
    """Return a function that builds a list and makes an array of it."""

    def f(x):
        values = [x[0]]
        for item in x[1:]:
            values.append(values[-1] * item + np.sin(item))
        return np.stack(values)

    return f


def branches(np):
    """Return a function that asks values in plain Python."""

    def f(x):
        scale = 2.0 if x[0] > 0 and len(x) == 4 else 3.0
        return np.stack([scale * item if item > x.mean() else item * item for item in x])

    return f


CASES = [
    Case("arrays.array", lambda np: lambda x: np.array([x[0] * x[1], x[2], 1.0]), [REAL]),
    Case("arrays.nested_array", lambda np: lambda x: np.array([[x[0], 2.0], [x[1] * x[2], x[0]]]), [REAL]),
    Case("arrays.rows", lambda np: lambda x, y: np.array([x, y * x, x]), [REAL, REAL]),
    Case("arrays.list_building", list_building, [REAL]),
    Case("arrays.branches", branches, [DISTINCT], shapes=[(4,)]),
    Case("arrays.iteration", lambda np: lambda x: sum(a * b for a, b in zip(x, x[::-1], strict=True)), [REAL]),
    Case("arrays.unpacking", lambda np: lambda x: (lambda a, b, c: a * b + b / c)(*x), [POSITIVE]),
    Case("arrays.item", lambda np: lambda x: x.item(2) * x.item(0) * x, [REAL]),
    Case("arrays.tolist", lambda np: lambda x: np.stack([a * a for a in x.tolist()]), [REAL]),
    Case("arrays.flat", lambda np: lambda x: x.flat[1] * x.flat[3:] * x[0], [REAL], shapes=[(2, 3)]),
    Case("arrays.dot", lambda np: lambda x: x.dot(x.T).dot(x), [REAL], shapes=[(2, 2)]),
    Case("arrays.take", lambda np: lambda x: x.take([2, 0, 2]) * x.repeat(1), [REAL]),
    Case("arrays.matrix_power", lambda np: lambda x: x.mT @ x.T @ x, [REAL], shapes=[(2, 2)]),
    Case("arrays.full", lambda np: lambda x: np.full((2, 3), x) * x, [REAL]),
    Case("arrays.full_like", lambda np: lambda x: np.full_like(x, x[1]) * x, [REAL]),
]
