"""The other ways to the same functions: as methods of the array, and as functions of plain NumPy.

To add a method, write a row `x.method(...)` in METHODS. To add a function of plain NumPy, write a row in PLAIN
that calls `numpy.function` and not the namespace that is passed: NumPy itself must find the way to the library.
The truth is the same for both ways, so each row also says that they agree.
"""

from typing import Any

import numpy

from graddiff import Case
from graddiff.domains import COMPLEX, DISTINCT, NONZERO, POSITIVE, REAL, UNIT

MATRIX: dict[str, Any] = {"shapes": [(2, 3)]}
FIRST: dict[str, Any] = {"orders": (1,)}
PRODUCT: dict[str, Any] = {"shapes": [((2, 3), (3, 2))]}
MASK = numpy.array([[True, False, True], [False, True, True]])
ROW = numpy.array([0.5, 2.0, -1.5])
GRID = numpy.array([[1.0, -2.0, 0.5], [3.0, 1.5, -1.0]])
CONDITION = numpy.array([True, False, True])

MASKED: dict[str, Any] = {
    "shapes": [(2, 3)],
    "reference": lambda np: lambda x: np.sum(x * x * MASK),
    "reason": "Autograd ignores the mask in the derivative (#810)",
}

MISSING_METHOD = "Autograd's box lacks this method"
SILENT = "Autograd's gradient is 0: plain NumPy makes objects of its box (#244)"

METHODS = [
    Case("method.sum", lambda np: lambda x: (x * x).sum(), [REAL], **MATRIX, **FIRST),
    Case("method.sum_axis", lambda np: lambda x: (x * x).sum(axis=0), [REAL], **MATRIX),
    Case("method.sum_position", lambda np: lambda x: (x * x).sum(-1), [REAL], **MATRIX, **FIRST),
    Case("method.sum_keepdims", lambda np: lambda x: x / (x * x).sum(axis=1, keepdims=True), [REAL], **MATRIX, **FIRST),
    Case("method.sum_where", lambda np: lambda x: (x * x).sum(where=MASK), [REAL], **MASKED),
    Case("method.mean", lambda np: lambda x: (x * x).mean(axis=1), [REAL], **MATRIX, **FIRST),
    Case("method.prod", lambda np: lambda x: x.prod(axis=0), [NONZERO], **MATRIX),
    Case("method.max", lambda np: lambda x: (x**3).max(axis=1), [DISTINCT], **MATRIX, **FIRST),
    Case("method.min", lambda np: lambda x: (x**3).min(), [DISTINCT], **MATRIX, **FIRST),
    Case("method.var", lambda np: lambda x: x.var(axis=0), [REAL], **MATRIX),
    Case("method.var_ddof", lambda np: lambda x: x.var(ddof=1), [REAL], **FIRST),
    Case("method.std", lambda np: lambda x: x.std(axis=-1), [REAL], **MATRIX, **FIRST),
    Case("method.reshape", lambda np: lambda x: (x * x).reshape(3, 2), [REAL], **MATRIX),
    Case("method.reshape_tuple", lambda np: lambda x: (x * x).reshape((3, -1)), [REAL], **MATRIX, **FIRST),
    Case("method.ravel", lambda np: lambda x: (x * x).ravel(), [REAL], **MATRIX, **FIRST),
    Case("method.flatten", lambda np: lambda x: (x * x).flatten(), [REAL], **MATRIX, **FIRST),
    Case("method.squeeze", lambda np: lambda x: (x * x).squeeze(), [REAL], shapes=[(2, 1, 3)], **FIRST),
    Case("method.transpose", lambda np: lambda x: (x * x).transpose(), [REAL], **MATRIX, **FIRST),
    Case("method.transpose_axes", lambda np: lambda x: (x * x).transpose(2, 0, 1), [REAL], shapes=[(2, 1, 3)], **FIRST),
    Case(
        "method.transpose_negative",
        lambda np: lambda x: (x * x).transpose((-1, 0, 1)),
        [REAL],
        shapes=[(2, 2, 2)],
        reason="Autograd inverts negative axes wrongly",
        **FIRST,
    ),
    Case("method.T", lambda np: lambda x: (x * x).T, [REAL], shapes=[(2, 3), (3,)], **FIRST),
    Case("method.swapaxes", lambda np: lambda x: (x * x).swapaxes(0, 1), [REAL], **MATRIX, **FIRST),
    Case("method.dot", lambda np: lambda x: x.dot(x.T), [REAL], **MATRIX, reason="#416, #608"),
    Case("method.dot_vector", lambda np: lambda x: (x * x).dot(ROW), [REAL], **FIRST, reason="#416, #608"),
    Case(
        "method.dot_of_constant",
        lambda np: lambda x: ROW.dot(x * x),
        [REAL],
        expect={"easygrad": "behaviour differs"},
        reason="NumPy's own method asks nobody: easygrad refuses and says so, Autograd is right for vectors (#8)",
        **FIRST,
    ),
    Case(
        "method.dot_of_constant_matrix",
        lambda np: lambda x: GRID.dot(x * x),
        [REAL],
        shapes=[(3, 2)],
        expect={"easygrad": "behaviour differs"},
        reason="NumPy's own method asks nobody: easygrad refuses and says so, Autograd's gradient is 0 (#608)",
        **FIRST,
    ),
    Case("method.copy", lambda np: lambda x: (x * x).copy() * x, [REAL], reason="#357", **FIRST),
    Case("method.conj", lambda np: lambda z: z.conj() * z, [COMPLEX], reason=MISSING_METHOD, **FIRST),
    Case(
        "method.real",
        lambda np: lambda z: (z * z).real,
        [COMPLEX],
        reference=lambda np: lambda z: (z * z + np.conjugate(z * z)) / 2,
        reason=MISSING_METHOD,
    ),
    Case(
        "method.imag",
        lambda np: lambda z: (z * z).imag,
        [COMPLEX],
        reference=lambda np: lambda z: (z * z - np.conjugate(z * z)) / 2j,
        reason=MISSING_METHOD,
        **FIRST,
    ),
    Case("method.argmax", lambda np: lambda x: x[x.argmax()] * x, [REAL], **FIRST),
    Case(
        "method.shape", lambda np: lambda x: x * x * (len(x) + x.shape[1] + x.ndim + x.size), [REAL], **MATRIX, **FIRST
    ),
]

PLAIN = [
    Case("plain.sin", lambda np: lambda x: numpy.sin(x), [REAL], kinds=("float", "int")),
    Case("plain.exp_of_negative", lambda np: lambda x: numpy.exp(-(x**2)), [REAL], kinds=("float",)),
    Case("plain.sqrt_of_log", lambda np: lambda x: numpy.sqrt(numpy.log(1 + x)), [POSITIVE], **FIRST),
    Case("plain.arctanh", lambda np: lambda x: numpy.arctanh(x), [UNIT], **FIRST),
    Case("plain.add", lambda np: lambda x, y: numpy.add(x, y) ** 2, [REAL, REAL], **FIRST),
    Case("plain.multiply", lambda np: lambda x: numpy.multiply(ROW, x) * x, [REAL], **FIRST),
    Case("plain.hypot", lambda np: lambda x, y: numpy.hypot(x, y), [REAL, REAL]),
    Case("plain.maximum", lambda np: lambda x: numpy.maximum(x**3, ROW), [DISTINCT], **FIRST),
    Case("plain.absolute", lambda np: lambda x: numpy.abs(x) * x, [NONZERO], **FIRST),
    Case("plain.where", lambda np: lambda x: numpy.where(CONDITION, x**2, 0.0), [REAL], reason=SILENT),
    Case("plain.sum", lambda np: lambda x: numpy.sum(x * x, axis=0), [REAL], **MATRIX, **FIRST),
    Case("plain.sum_where", lambda np: lambda x: numpy.sum(x * x, where=MASK), [REAL], **MASKED, **FIRST),
    Case("plain.mean", lambda np: lambda x: numpy.mean(x * x, axis=-1, keepdims=True), [REAL], **MATRIX),
    Case("plain.prod", lambda np: lambda x: numpy.prod(x), [NONZERO], **FIRST),
    Case("plain.max", lambda np: lambda x: numpy.max(x**3, axis=0), [DISTINCT], **MATRIX, **FIRST),
    Case("plain.var", lambda np: lambda x: numpy.var(x, axis=1), [REAL], **MATRIX, **FIRST),
    Case("plain.std", lambda np: lambda x: numpy.std(x), [REAL], **FIRST),
    Case("plain.reshape", lambda np: lambda x: numpy.reshape(x * x, (3, 2)), [REAL], **MATRIX, **FIRST),
    Case("plain.transpose", lambda np: lambda x: numpy.transpose(x * x, (1, 0)), [REAL], **MATRIX, **FIRST),
    Case("plain.ravel", lambda np: lambda x: numpy.ravel(x * x), [REAL], **MATRIX, **FIRST, reason=SILENT),
    Case("plain.squeeze", lambda np: lambda x: numpy.squeeze(x * x), [REAL], shapes=[(1, 3)], **FIRST),
    Case("plain.expand_dims", lambda np: lambda x: numpy.expand_dims(x * x, 0), [REAL], **FIRST, reason=SILENT),
    Case("plain.moveaxis", lambda np: lambda x: numpy.moveaxis(x * x, 0, 1), [REAL], **MATRIX, **FIRST),
    Case("plain.swapaxes", lambda np: lambda x: numpy.swapaxes(x * x, 0, 1), [REAL], **MATRIX, **FIRST),
    Case("plain.broadcast_to", lambda np: lambda x: numpy.broadcast_to(x * x, (2, 3)), [REAL], **FIRST, reason=SILENT),
    Case("plain.dot", lambda np: lambda x, y: numpy.dot(x, y), [REAL, REAL], **PRODUCT, reason=SILENT),
    Case("plain.matmul", lambda np: lambda x, y: numpy.matmul(x, y), [REAL, REAL], **PRODUCT, **FIRST),
    Case("plain.outer", lambda np: lambda x: numpy.outer(ROW, x * x), [REAL], **FIRST, reason=SILENT),
    Case("plain.concatenate", lambda np: lambda x: numpy.concatenate([x * x, ROW, x]), [REAL], reason=SILENT),
    Case("plain.stack", lambda np: lambda x, y: numpy.stack([x * y, y], axis=1), [REAL, REAL], **FIRST, reason=SILENT),
    Case("plain.copy", lambda np: lambda x: numpy.copy(x * x), [REAL], **FIRST, reason=SILENT),
    Case("plain.zeros_like", lambda np: lambda x: numpy.zeros_like(x) + x * x, [REAL], **FIRST),
    Case(
        "plain.logaddexp",
        lambda np: lambda x: numpy.logaddexp(x, ROW),
        [REAL],
        reference=lambda np: lambda x: numpy.log(numpy.exp(x) + numpy.exp(ROW)),
        **FIRST,
    ),
    Case(
        "plain.real",
        lambda np: lambda z: numpy.real(z * z),
        [COMPLEX],
        reference=lambda np: lambda z: (z * z + numpy.conjugate(z * z)) / 2,
        **FIRST,
        reason=SILENT,
    ),
    Case("plain.float64_times", lambda np: lambda x: numpy.float64(1.5) * x * x, [REAL], kinds=("float",), **FIRST),
    Case("plain.array_minus", lambda np: lambda x: (ROW - x) ** 2, [REAL], **FIRST),
]
