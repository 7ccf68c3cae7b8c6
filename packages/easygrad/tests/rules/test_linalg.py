"""Linear algebra: the laws for every function with its options, for stacks, and at special matrices."""

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import grad, hessian, jacobian, jvp, vjp
from easygrad.rules import decompositions, linalg

from ..laws import (
    LAWS,
    Sample,
    assert_near,
    difference,
    dtype_is_kept,
    inputs_are_left_alone,
    law_name,
    primitives_of,
    pullback_is_the_transpose,
    pushforward_is_the_derivative,
    second_order_agrees,
)

L = np.linalg


def numbers(*shape):
    return np.random.default_rng(len(shape) + sum(shape)).uniform(-1, 1, shape)


def square(*shape):
    """Return matrices with inverses, real eigenvalues, and singular values well apart."""
    n = shape[-1]
    return numbers(*shape) * 0.5 + np.diag(np.arange(1.0, n + 1)) + np.zeros(shape)


def gram(x):
    """Return a Hermitian, positive definite matrix that is an analytic function of nothing but its triangle."""
    return x @ np.conj(np.swapaxes(x, -1, -2))


def joined(results):
    """Return several results as one vector."""
    return np.concatenate([np.ravel(part) for part in results])


SQUARE = square(3, 3)
STACK = square(2, 3, 3)
TALL = square(4, 4)[:, :2]
WIDE = square(4, 4)[:2]
DEFICIENT = np.outer([1.0, 2.0, -1.0], [0.5, 1.5])

PRIMITIVES = {
    "inv": Sample(linalg.inv, SQUARE, analytic=True),
    "solve_columns": Sample(linalg.solve_columns, SQUARE, numbers(3, 2), analytic=True),
    "pseudo_inverse": Sample(linalg.pseudo_inverse, TALL, analytic=True),
    "det": Sample(linalg.det, SQUARE, analytic=True),
    "logdet": Sample(linalg.logdet, SQUARE, analytic=True),
    "length": Sample(lambda x: linalg.length(x, (0, -1), keepdims=True), numbers(2, 3, 4), analytic=True),
    "cholesky_factor": Sample(lambda x: decompositions.cholesky_factor(gram(x)), SQUARE, analytic=True),
    "packed_eigh": Sample(lambda x: decompositions.packed_eigh(x + x.T), SQUARE),
    "packed_eig": Sample(lambda x: L.eig(x)[1] + L.eig(x)[0], SQUARE),
    "packed_svd": Sample(decompositions.packed_svd, TALL),
}
SAMPLES = {
    "inv of a stack": Sample(L.inv, STACK),
    "solve, vector": Sample(L.solve, SQUARE, numbers(3), analytic=True),
    "solve, stack and vector": Sample(L.solve, STACK, numbers(3)),
    "solve, stack and matrix": Sample(L.solve, STACK, numbers(3, 2)),
    "solve, matrix and stack": Sample(L.solve, SQUARE, numbers(2, 3, 2)),
    "solve, broadcast stacks": Sample(L.solve, STACK[:, None], numbers(1, 2, 3, 1)),
    "solve for constant matrix": Sample(lambda b: L.solve(SQUARE, b), numbers(3)),
    "solve for constant columns": Sample(lambda a: L.solve(a, SQUARE), SQUARE),
    "solve with itself": Sample(lambda a: L.solve(a, a @ a), SQUARE),
    "pinv, wide": Sample(L.pinv, WIDE, analytic=True),
    "pinv, square": Sample(L.pinv, STACK),
    "pinv, rank 1": Sample(lambda u, v: L.pinv(np.outer(u, v), 1e-10), numbers(3), numbers(2), analytic=True),
    "pinv, hermitian": Sample(lambda a: L.pinv(a, hermitian=True), SQUARE, analytic=True),
    "pinv, rtol": Sample(lambda a: L.pinv(a, rtol=1e-8), TALL),
    "lstsq, vector": Sample(lambda a, b: joined(L.lstsq(a, b)[:2]), TALL, numbers(4), analytic=True),
    "lstsq, matrix": Sample(lambda a, b: joined(L.lstsq(a, b)[:2]), TALL, numbers(4, 3)),
    "lstsq, values": Sample(lambda a: L.lstsq(a, np.ones(4))[3], TALL),
    "lstsq, wide": Sample(lambda a, b: joined(L.lstsq(a, b)[:2]), WIDE, numbers(2)),
    "lstsq, rank 1": Sample(lambda u, v: L.lstsq(np.outer(u, v), np.ones(3), 1e-10)[0], numbers(3), numbers(2)),
    "tensorinv": Sample(lambda a: L.tensorinv(a, 1), square(6, 6).reshape(6, 2, 3)),
    "tensorsolve": Sample(L.tensorsolve, square(6, 6).reshape(2, 3, 6), numbers(2, 3)),
    "tensorsolve, axes": Sample(
        lambda a, b: L.tensorsolve(a, b, (0,)), np.moveaxis(square(6, 6).reshape(2, 3, 2, 3), 2, 0), numbers(2, 3)
    ),
    "det of a stack": Sample(L.det, STACK),
    "slogdet": Sample(lambda a: joined(L.slogdet(a)), STACK, analytic=True),
    "matrix_power 0": Sample(lambda a: a + L.matrix_power(a, 0), SQUARE),
    "matrix_power 1": Sample(lambda a: L.matrix_power(a, 1) * 1.0, SQUARE),
    "matrix_power 5": Sample(lambda a: L.matrix_power(a, 5), STACK, analytic=True),
    "matrix_power -2": Sample(lambda a: L.matrix_power(a, -2), STACK),
    "multi_dot, 2": Sample(lambda *x: L.multi_dot(x), numbers(2, 3), numbers(3, 4)),
    "multi_dot, 4": Sample(
        lambda *x: L.multi_dot(x), numbers(2, 5), numbers(5, 3), numbers(3, 1), numbers(1, 4), analytic=True
    ),
    "multi_dot, vectors": Sample(lambda *x: L.multi_dot(x), numbers(3), numbers(3, 4), numbers(4)),
    "cholesky": Sample(L.cholesky, gram(SQUARE)),
    "cholesky, upper": Sample(lambda a: L.cholesky(a, upper=True), gram(STACK)),
    "cholesky, complex": Sample(lambda a: L.cholesky(gram(a), upper=True), SQUARE, analytic=True),
    "qr": Sample(lambda a: joined(L.qr(a)), SQUARE, analytic=True),
    "qr, tall": Sample(lambda a: joined(L.qr(a)), TALL, analytic=True),
    "qr, wide": Sample(lambda a: joined(L.qr(a)), WIDE, analytic=True),
    "qr, r": Sample(lambda a: L.qr(a, "r"), STACK),
    "qr, complete": Sample(lambda a: L.qr(a, "complete").Q[:, :2] @ L.qr(a, "complete").R[:2], TALL),
    "qr, rest": Sample(lambda a: gram(L.qr(a, "complete").Q[:, 2:]), TALL, analytic=True),
    "eigh": Sample(lambda a: joined(L.eigh(a)), SQUARE),
    "eigh, stack, upper": Sample(lambda a: joined(L.eigh(a, "U")), STACK),
    "eigh, complex": Sample(lambda a: projectors(L.eigh(a)[1]), SQUARE, analytic=True),
    "eigvalsh": Sample(L.eigvalsh, STACK, analytic=True),
    "eigvalsh, upper": Sample(lambda a: L.eigvalsh(a, "u"), SQUARE),
    "eig": Sample(lambda a: joined(L.eig(a)), STACK),
    "eig, complex": Sample(lambda a: joined(L.eig(a + 2j * np.sin(a))), SQUARE),
    "eig, pairs": Sample(lambda a: joined(L.eig(a)), np.array([[1.0, 2.0, 0.1], [-3.0, 1.0, 0.2], [0.3, 0.1, 4.0]])),
    "eigvals": Sample(L.eigvals, SQUARE, analytic=True),
    "svd": Sample(lambda a: joined(L.svd(a)), SQUARE),
    "svd, stack": Sample(lambda a: joined(L.svd(a)), STACK),
    "svd, wide": Sample(lambda a: joined(L.svd(a, full_matrices=False)), WIDE),
    "svd, full": Sample(lambda a: gram(L.svd(a).U[:, 2:]), TALL, analytic=True),
    "svd, full and wide": Sample(lambda a: gram(L.svd(a).Vh.T[:, 2:]), WIDE),
    "svd, complex": Sample(
        lambda a: projectors(L.svd(a, False).U) + L.svd(a, False).S[:, None, None], TALL, analytic=True
    ),
    "svd, polar": Sample(lambda a: L.svd(a, False).U @ L.svd(a, False).Vh, TALL, analytic=True),
    "svd, hermitian": Sample(lambda a: joined(L.svd(a, hermitian=True)), SQUARE - 2 * np.eye(3)),
    "svd, hermitian values": Sample(lambda a: L.svd(a, compute_uv=False, hermitian=True), STACK, analytic=True),
    "svdvals": Sample(L.svdvals, STACK, analytic=True),
    "cond": Sample(L.cond, STACK, analytic=True),
    "outer": Sample(L.outer, numbers(2), numbers(3)),
    "cross": Sample(lambda x, y: L.cross(x, y, axis=0), numbers(3, 2), numbers(3, 2) + 1),
    "trace": Sample(lambda x: L.trace(x, offset=1), numbers(2, 3, 4)),
    "diagonal": Sample(lambda x: L.diagonal(x, offset=-1), numbers(2, 3, 4)),
    "matmul": Sample(L.matmul, numbers(2, 3), numbers(3, 4)),
    "matrix_transpose": Sample(L.matrix_transpose, numbers(2, 3, 4)),
    "vecdot": Sample(lambda x, y: L.vecdot(x, y, axis=0), numbers(3, 2), numbers(3, 2) + 1, analytic=True),
    "tensordot": Sample(lambda x, y: L.tensordot(x, y, axes=1), numbers(2, 3), numbers(3, 4)),
}


def projectors(v):
    """Return the projectors on the columns, which have no phase."""
    return np.stack([np.outer(v[:, i], np.conj(v[:, i])) for i in range(v.shape[-1])])


def test_every_primitive_has_a_sample():
    assert primitives_of(linalg) | primitives_of(decompositions) == set(PRIMITIVES)


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", PRIMITIVES | SAMPLES)
def test_law(name, law):
    law((PRIMITIVES | SAMPLES)[name])
