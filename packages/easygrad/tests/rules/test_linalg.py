"""Linear algebra: the laws for every function with its options, for stacks, and at special matrices."""

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import grad, hessian, jacobian, jvp, vjp
from easygrad.rules import linalg

from ..factors import settled_eig, settled_eigh, settled_qr, settled_r, settled_svd, settled_values
from ..laws import (
    LAWS,
    Sample,
    assert_near,
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


def apart(*shape):
    """Return numbers that are never near each other, nor are their sums."""
    rng = np.random.default_rng(sum(shape))
    return rng.permutation(np.prod(shape)).reshape(shape) * 0.7 + rng.uniform(0.5, 0.7, shape)


def gram(x):
    """Return a Hermitian, positive definite matrix that is an analytic function of nothing but its triangle."""
    return x @ np.conj(np.swapaxes(x, -1, -2))


def joined(results):
    """Return several results as one vector."""
    return np.concatenate([np.ravel(part) for part in results])


def recombined(factors, power):
    """Return the product of the factors of one decomposition, with a power of the singular values."""
    u, s, vh = factors
    return (u * s[..., None, :] ** power) @ vh


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
}
SAMPLES = {
    "inv of a stack": Sample(L.inv, STACK),
    "solve, vector": Sample(L.solve, SQUARE, numbers(3), analytic=True),
    "solve, stack and vector": Sample(L.solve, STACK, numbers(3)),
    "solve, stack and matrix": Sample(L.solve, STACK, numbers(3, 2)),
    "solve, matrix and stack": Sample(L.solve, SQUARE, numbers(2, 3, 2)),
    "solve, broadcast stacks": Sample(L.solve, STACK[:, None], numbers(1, 2, 3, 1)),
    "solve with itself": Sample(lambda a: L.solve(a, a @ a), SQUARE),
    "pinv, wide": Sample(L.pinv, WIDE, analytic=True),
    "pinv, square": Sample(L.pinv, STACK),
    "pinv, rank 1": Sample(lambda u, v: L.pinv(np.outer(u, v), 1e-4), numbers(3), numbers(2), analytic=True),
    "pinv, hermitian": Sample(lambda a: L.pinv(a, hermitian=True), SQUARE, analytic=True),
    "pinv, rtol": Sample(lambda a: L.pinv(a, rtol=1e-8), TALL),
    "lstsq, vector": Sample(lambda a, b: joined(L.lstsq(a, b)[:2]), TALL, numbers(4), analytic=True),
    "lstsq, matrix": Sample(lambda a, b: joined(L.lstsq(a, b)[:2]), TALL, numbers(4, 3)),
    "lstsq, values": Sample(lambda a: L.lstsq(a, a[:, 0])[3], TALL),
    "lstsq, wide": Sample(lambda a, b: joined(L.lstsq(a, b)[:2]), WIDE, numbers(2)),
    "lstsq, rank 1": Sample(lambda u, v: L.lstsq(np.outer(u, v), np.ones(3, u.dtype), 1e-4)[0], numbers(3), numbers(2)),
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
    "qr": Sample(lambda a: joined(settled_qr(L.qr(a))), SQUARE, analytic=True),
    "qr, tall": Sample(lambda a: joined(settled_qr(L.qr(a))), TALL, analytic=True),
    "qr, wide": Sample(lambda a: joined(settled_qr(L.qr(a))), WIDE, analytic=True),
    "qr, r": Sample(lambda a: settled_r(L.qr(a, "r")), STACK),
    "qr, complete": Sample(lambda a: L.matmul(*L.qr(a, "complete")), TALL),
    "qr, rest": Sample(lambda a: gram(L.qr(a, "complete").Q[:, 2:]), TALL, analytic=True),
    "eigh": Sample(lambda a: joined(settled_eigh(L.eigh(a))), SQUARE),
    "eigh, stack, upper": Sample(lambda a: joined(settled_eigh(L.eigh(a, "U"))), STACK),
    "eigh, complex": Sample(lambda a: projectors(L.eigh(a)[1]), SQUARE, analytic=True),
    "eigvalsh": Sample(L.eigvalsh, STACK, analytic=True),
    "eigvalsh, upper": Sample(lambda a: L.eigvalsh(a, "u"), SQUARE),
    "eig": Sample(lambda a: joined(settled_eig(L.eig(a))), STACK),
    "eig, complex": Sample(lambda a: joined(settled_eig(L.eig(a + 2j * np.sin(a)))), SQUARE),
    "eig, pairs": Sample(
        lambda a: joined(settled_eig(L.eig(a))), np.array([[1.0, 4.0, 0.3], [-6.0, 1.0, 0.2], [0.3, 0.9, 8.0]])
    ),
    "eigvals": Sample(lambda a: settled_values(L.eigvals(a)), SQUARE, analytic=True),
    "svd": Sample(lambda a: joined(settled_svd(L.svd(a))), SQUARE),
    "svd, stack": Sample(lambda a: recombined(L.svd(a), 2), STACK),
    "svd, wide": Sample(lambda a: joined(settled_svd(L.svd(a, full_matrices=False))), WIDE),
    "svd, full": Sample(lambda a: gram(L.svd(a).U[:, 2:]), TALL, analytic=True),
    "svd, full and wide": Sample(lambda a: gram(L.svd(a).Vh.T[:, 2:]), WIDE),
    "svd, complex": Sample(
        lambda a: projectors(L.svd(a, False).U) + L.svd(a, False).S[:, None, None], TALL, analytic=True
    ),
    "svd, polar": Sample(lambda a: recombined(L.svd(a, False), 0), TALL, analytic=True),
    "svd, hermitian": Sample(lambda a: joined(settled_svd(L.svd(a, hermitian=True))), SQUARE - 2 * np.eye(3)),
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
    assert primitives_of(linalg) == set(PRIMITIVES)


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", PRIMITIVES | SAMPLES)
def test_law(name, law):
    law((PRIMITIVES | SAMPLES)[name])


@pytest.mark.parametrize(
    "name", ["solve", "inv", "pinv", "det", "norm", "svdvals", "eigvalsh", "cholesky", "matrix_power"]
)
def test_namespace_and_numpy_agree(name):
    args = {"solve": (numbers(3),), "matrix_power": (2,)}.get(name, ())
    a = gram(SQUARE)
    plain = grad(lambda x: np.sum(getattr(L, name)(x, *args)))(a)
    ours = grad(lambda x: np.sum(getattr(enp.linalg, name)(x, *args)))(a)
    assert_near(ours, plain, 0.0, name)


@pytest.mark.parametrize("function", [lambda b: L.solve(SQUARE, b), lambda b: enp.linalg.solve(SQUARE.tolist(), b)])
def test_solve_for_a_constant_matrix(function):
    assert_near(jacobian(function)(numbers(3)), L.inv(SQUARE), 1e-14, "jacobian")


def test_matrix_made_of_boxes():
    gradient = grad(lambda x: np.sum(enp.linalg.solve([[x[0], 0.0], [0.0, x[1]]], [1.0, x[0]])))(np.array([3.0, 4.0]))
    assert_near(gradient, [-1 / 9 + 1 / 4, -3 / 16], 1e-14, "gradient")


def test_results_have_numpys_names():
    def total(x):
        u, s, vh = L.svd(x)
        parts = [L.eigh(x).eigenvalues, np.real(L.eig(x).eigenvectors), L.qr(x).R, L.slogdet(x).logabsdet, L.svd(x).Vh]
        return sum(np.sum(part) for part in [*parts, u, s, vh])

    assert np.all(np.isfinite(grad(total)(gram(SQUARE))))


# Determinants of singular matrices

SINGULAR = {
    "zero": np.zeros((3, 3)),
    "rank 1": np.outer([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]),
    "rank 2": np.arange(9.0).reshape(3, 3),
    "rank 2 of 4": np.diag([2.0, 0.0, 3.0, 0.0]),
    "stack": np.stack([np.zeros((3, 3)), np.eye(3), np.diag([1.0, 0.0, 1.0])]),
}


@pytest.mark.parametrize("name", SINGULAR)
def test_det_of_a_singular_matrix(name):
    sample = Sample(L.det, SINGULAR[name])
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)


def test_third_derivative_of_det_at_zero():
    third = jacobian(hessian(L.det))(np.zeros((3, 3)))
    assert third[0, 0, 1, 1, 2, 2] == pytest.approx(1.0)
    assert third[0, 1, 1, 0, 2, 2] == pytest.approx(-1.0)
    assert np.count_nonzero(np.abs(third) > 1e-12) == 36


# Norms

VECTOR = [None, 1, 2, 3, 1.5, -1, -2.5, np.inf, -np.inf, 0]
MATRIX = [None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf]


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("order", VECTOR)
def test_norm_of_vectors(order, axis, keepdims):
    keeps_the_laws(lambda x: L.norm(x, order, axis, keepdims) + 0.0 * np.sum(x), apart(2, 3, 4))


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [(0, 1), (-1, 0), (2, 1)], ids=str)
@pytest.mark.parametrize("order", MATRIX)
def test_norm_of_matrices(order, axis, keepdims):
    keeps_the_laws(lambda x: L.norm(x, order, axis, keepdims), apart(2, 3, 4))


@pytest.mark.parametrize("order", MATRIX)
def test_norm_without_axis(order):
    keeps_the_laws(lambda x: L.norm(x, order, keepdims=True), apart(2, 3))
    keeps_the_laws(lambda x: L.matrix_norm(x, ord=order or "fro"), apart(4, 2, 3))


@pytest.mark.parametrize("order", VECTOR[1:-1])
def test_norm_of_everything(order):
    keeps_the_laws(lambda x: L.norm(x, order), apart(4))
    keeps_the_laws(lambda x: L.vector_norm(x, ord=order), apart(2, 3))
    keeps_the_laws(lambda x: L.vector_norm(x, ord=order, axis=(2, 0), keepdims=True), apart(2, 3, 4))


def keeps_the_laws(function, x):
    for law in (pushforward_is_the_derivative, pullback_is_the_transpose, dtype_is_kept, inputs_are_left_alone):
        law(Sample(function, x, analytic=True))


@pytest.mark.parametrize("order", [None, 1, 2, 3, 1.5, np.inf])
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_norm_of_the_zero_vector_has_derivative_0(order, axis):
    x = np.zeros(3) if axis is None else np.zeros((2, 3))
    assert_near(grad(lambda z: np.sum(L.norm(z, order, axis)))(x), np.zeros(x.shape), 0.0, "gradient")
    assert_near(jvp(lambda z: L.norm(z, order, axis), (x,), (x + 1,))[1], L.norm(x, order, axis), 0.0, "tangent")


@pytest.mark.parametrize("order", MATRIX)
def test_norm_of_the_zero_matrix_has_derivative_0(order):
    assert_near(grad(lambda z: L.norm(z, order))(np.zeros((2, 3))), np.zeros((2, 3)), 0.0, "gradient")


def test_special_points_of_norms():
    x = np.array([3.0, 0.0, -3.0])
    assert grad(lambda z: L.norm(z, np.inf))(x).tolist() == [0.5, 0.0, -0.5]
    assert grad(lambda z: L.norm(z, np.inf))(np.array([1.0, -4.0, 2.0])).tolist() == [0.0, -1.0, 0.0]
    assert grad(lambda z: L.norm(z, 1.5))(np.array([4.0, 0.0])) == pytest.approx([1.0, 0.0])
    assert grad(lambda z: L.norm(z) ** 2)(np.zeros(3)).tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("p", [None, 1, -1, 2, -2, np.inf, -np.inf, "fro", "nuc"])
def test_cond(p):
    sample = Sample(lambda a: L.cond(a, p), apart(3, 3))
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    assert grad(sample.function)(apart(3, 3).astype(np.float32)).dtype == np.float32  # NumPy 2.0 itself is in double


# Errors and constants


def test_pinv_and_lstsq_of_a_matrix_without_full_rank_move_with_its_rank():
    t = np.outer([0.3, -0.2, 0.5], [0.5, 1.5]) + np.outer([1.0, 2.0, -1.0], [0.7, -0.1])
    for f in (L.pinv, lambda a: L.lstsq(a, np.ones(3))[0]):
        h = 1e-6
        along_rank = [
            np.outer([1.0 + 0.3 * s, 2 - 0.2 * s, -1 + 0.5 * s], [0.5 + 0.7 * s, 1.5 - 0.1 * s]) for s in (h, -h)
        ]
        expected = (f(along_rank[0]) - f(along_rank[1])) / (2 * h)
        assert_near(jvp(f, (DEFICIENT,), (t,))[1], expected, 1e-8, "tangent")


def test_matrix_rank_is_a_constant():
    assert grad(lambda a: L.matrix_rank(a) * np.sum(a))(DEFICIENT).tolist() == [[1.0] * 2] * 3


@pytest.mark.parametrize("function", [L.inv, lambda a: L.solve(a, np.ones(2)), lambda a: L.slogdet(a)[1]])
def test_singular_matrix_is_numpys_error(function):
    with pytest.raises(np.linalg.LinAlgError, match="Singular"):
        grad(lambda a: np.sum(function(a)))(np.ones((2, 2)))


@pytest.mark.parametrize(
    ("function", "error", "match"),
    [
        (lambda a: L.norm(a, 3), ValueError, "norm order"),
        (lambda a: L.norm(a[0], "fro"), ValueError, "norm order"),
        (lambda a: L.norm(a, None, (0, 0)), ValueError, "Duplicate"),
        (lambda a: L.norm(a[None], 1), ValueError, "dimensions"),
        (lambda a: L.qr(a, "raw")[0], NotImplementedError, "qr"),
        (lambda a: L.tensorinv(a, 0), ValueError, "ind"),
        (lambda a: L.outer(a, a), ValueError, "one-dimensional"),
        (lambda a: L.cross(a, a), ValueError, "3-dimensional"),
    ],
)
def test_mistakes_are_named(function, error, match):
    with pytest.raises(error, match=match):
        vjp(function, np.eye(2) + 1.0)


@pytest.mark.parametrize("function", [L.inv, L.det, L.pinv, L.eigvalsh, L.svdvals, L.matrix_transpose])
def test_empty_stack(function):
    assert vjp(function, np.zeros((0, 2, 2)))[1](np.zeros(np.shape(function(np.zeros((0, 2, 2)))))).shape == (0, 2, 2)
