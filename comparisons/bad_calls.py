"""Calls that plain NumPy refuses: a library must refuse them with the same kind of error, while it differentiates.

To add one, write a row: name, function, shapes with which it works, and arguments with which NumPy raises. That the
function works at all, and has a gradient then, is asked too. Linear algebra has its own in its file.
"""

from typing import Any

import numpy

from graddiff import Case
from graddiff.domains import POSITIVE

THREE, FOUR = numpy.ones(3), numpy.ones(4)
GRID = numpy.ones((2, 3))

Row = tuple[str, Any, Any, list[Any]]

ONE: list[Row] = [
    ("reshape", lambda np: lambda x: np.reshape(x, (2, 3)) ** 2, (6,), [THREE]),
    ("transpose", lambda np: lambda x: np.transpose(x, (1, 0)) ** 2, (2, 3), [THREE]),
    ("squeeze", lambda np: lambda x: np.squeeze(x, axis=0) ** 2, (1, 3), [GRID]),
    ("broadcast_to", lambda np: lambda x: np.broadcast_to(x, (2, 3)) ** 2, (3,), [FOUR]),
    ("swapaxes", lambda np: lambda x: np.swapaxes(x, 0, 1) ** 2, (2, 3), [THREE]),
    ("index", lambda np: lambda x: x[3] ** 2, (4,), [THREE]),
    ("index.axes", lambda np: lambda x: x[0, 1] ** 2, (2, 3), [THREE]),
    ("index.mask", lambda np: lambda x: x[numpy.array([True, False, True])] ** 2, (3,), [FOUR]),
    ("take", lambda np: lambda x: np.take(x, [0, 3]) ** 2, (4,), [THREE]),
    ("sum", lambda np: lambda x: np.sum(x * x, axis=1), (2, 3), [THREE]),
    ("max", lambda np: lambda x: np.max(x * x), (3,), [numpy.ones(0)]),
    ("mean", lambda np: lambda x: np.mean(x * x, axis=1), (2, 3), [THREE]),
    ("cumsum", lambda np: lambda x: np.cumsum(x * x, axis=1), (2, 3), [THREE]),
    ("sort", lambda np: lambda x: np.sort(x * x, axis=1), (2, 3), [THREE]),
    ("diff", lambda np: lambda x: np.diff(x * x), (3,), [numpy.array(1.0)]),
    ("trace", lambda np: lambda x: np.trace(x * x), (2, 2), [THREE]),
]
TWO: list[Row] = [
    ("multiply", lambda np: lambda x, y: x * y, ((3,), (3,)), [(THREE, FOUR)]),
    ("power", lambda np: lambda x, y: x**y, ((3,), (3,)), [(THREE, FOUR)]),
    ("where", lambda np: lambda x, y: np.where(x > y, x * x, y), ((3,), (3,)), [(THREE, FOUR)]),
    ("matmul", lambda np: lambda x, y: x @ y, ((2, 3), (3,)), [(GRID, FOUR), (GRID, numpy.array(1.0))]),
    ("dot", lambda np: lambda x, y: np.dot(x, y), ((2, 3), (3,)), [(GRID, FOUR)]),
    ("tensordot", lambda np: lambda x, y: np.tensordot(x, y, 1), ((2, 3), (3,)), [(GRID, FOUR)]),
    ("einsum", lambda np: lambda x, y: np.einsum("ij,j->i", x, y), ((2, 3), (3,)), [(GRID, FOUR), (THREE, THREE)]),
    ("concatenate", lambda np: lambda x, y: np.concatenate([x * x, y]), ((3,), (2,)), [(THREE, GRID)]),
    ("stack", lambda np: lambda x, y: np.stack([x * x, y]), ((3,), (3,)), [(THREE, FOUR)]),
    ("convolve", lambda np: lambda x, y: np.convolve(x, y), ((3,), (2,)), [(THREE, numpy.ones(0))]),
]

CASES = [
    Case(
        f"bad.{name}",
        function,
        [POSITIVE] * arguments,
        shapes=[shapes],
        aspects=("vjp",),
        orders=(1,),
        behaviours=(),
        raises=[call if isinstance(call, tuple) else (call,) for call in calls],
    )
    for arguments, table in ((1, ONE), (2, TWO))
    for name, function, shapes, calls in table
]
