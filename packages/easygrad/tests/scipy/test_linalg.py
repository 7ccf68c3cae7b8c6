"""SciPy's linear algebra: the laws for each function and its options, its values, and what it refuses."""

import numpy as np
import pytest
import scipy.linalg

from easygrad import grad, hessian, jvp, vjp
from easygrad.scipy import linalg
from easygrad.scipy.linalg import factors, functions, special_matrices, systems

from ..factors import settled_eigh, settled_qr, settled_r, settled_svd
from ..laws import LAWS, Sample, dtype_is_kept, law_name, primitives_of


def numbers(*shape, seed=3):
    return np.random.default_rng(seed).uniform(-1, 1, shape)


def gram(x):
    return x @ np.swapaxes(x, -1, -2) + 2.0 * np.eye(x.shape[-1], dtype=x.dtype)


def joined(results):
    return np.concatenate([np.ravel(x) for x in results])


def hermitian_gram(x):
    return x @ np.conj(np.swapaxes(x, -1, -2)) + 2.0 * np.eye(x.shape[-1], dtype=x.dtype)


SQUARE = numbers(3, 3) + 2.0 * np.eye(3)
OTHER = numbers(3, 3, seed=4)
STACK = numbers(2, 3, 3, seed=5) + 2.0 * np.eye(3)
COLUMNS = numbers(3, 2, seed=6)
COLUMN = numbers(3, seed=7)
TALL, WIDE = numbers(4, 3, seed=8), numbers(3, 4, seed=9)
BANDS = numbers(4, 5, seed=10) + np.array([0.0, 0.0, 4.0, 0.0])[:, None]
APART = np.diag([1.0, 3.0, 6.0])
BLOCK = np.array([[0.5, 0.1], [-0.2, 0.4]])

SAMPLES = {
    "solve": Sample(linalg.solve, SQUARE, COLUMNS, analytic=True),
    "solve, stack": Sample(linalg.solve, STACK, COLUMN, analytic=True),
    "solve, transposed": Sample(lambda a, b: linalg.solve(a, b, transposed=True), SQUARE, COLUMN),
    "solve, sym": Sample(lambda a, b: linalg.solve(a, b, assume_a="sym"), SQUARE + 3.0, COLUMN),
    "solve, her": Sample(lambda a, b: linalg.solve(a, b, assume_a="her", lower=True), SQUARE, COLUMN),
    "solve, pos": Sample(lambda a, b: linalg.solve(gram(a), b, assume_a="pos"), SQUARE, COLUMN),
    "solve, upper": Sample(lambda a, b: linalg.solve(a, b, assume_a="upper triangular"), SQUARE, COLUMN),
    "solve, tridiagonal": Sample(lambda a, b: linalg.solve(a, b, assume_a="tridiagonal"), SQUARE, COLUMN),
    "solve, diagonal": Sample(lambda a, b: linalg.solve(a, b, assume_a="diagonal"), SQUARE, COLUMN),
    "inv": Sample(linalg.inv, SQUARE, analytic=True),
    "det": Sample(linalg.det, STACK, analytic=True),
    "norm": Sample(lambda a: linalg.norm(a, "nuc"), SQUARE),
    "cholesky": Sample(lambda x: linalg.cholesky(gram(x)), SQUARE),
    "cholesky, lower": Sample(lambda x: linalg.cholesky(hermitian_gram(x), lower=True), SQUARE, analytic=False),
    "cho_solve": Sample(lambda x, b: linalg.cho_solve(linalg.cho_factor(gram(x)), b), SQUARE, COLUMN),
    "cho_solve, lower": Sample(lambda c, b: linalg.cho_solve((c, True), b), SQUARE, COLUMNS),
    "lu_solve": Sample(lambda a, b: linalg.lu_solve(linalg.lu_factor(a), b), OTHER, COLUMN, analytic=True),
    "lu_solve, trans": Sample(lambda a, b: linalg.lu_solve(linalg.lu_factor(a), b, 1), OTHER, COLUMNS, analytic=True),
    "lu": Sample(lambda a: joined(linalg.lu(a)[1:]), OTHER, analytic=True),
    "lu, tall": Sample(lambda a: joined(linalg.lu(a, permute_l=True)), TALL),
    "lu, wide": Sample(lambda a: joined(linalg.lu(a, p_indices=True)[1:]), WIDE),
    "qr": Sample(lambda a: joined(settled_qr(linalg.qr(a))), TALL),
    "qr, economic": Sample(lambda a: joined(settled_qr(linalg.qr(a, mode="economic"))), TALL),
    "qr, pivoting": Sample(lambda a: joined(settled_qr(linalg.qr(a, mode="economic", pivoting=True)[:2])), TALL),
    "qr, r": Sample(lambda a: settled_r(linalg.qr(a, mode="r")[0]), SQUARE),
    "eigh": Sample(lambda x: joined(settled_eigh(linalg.eigh(x + x.T))), OTHER + APART),
    "eigh, generalized": Sample(lambda x, y: joined(settled_eigh(linalg.eigh(x + x.T, gram(y)))), OTHER, SQUARE),
    "eigh, type 2": Sample(lambda x, y: joined(settled_eigh(linalg.eigh(x, gram(y), type=2))), OTHER, SQUARE),
    "eigh, type 3": Sample(
        lambda x, y: joined(settled_eigh(linalg.eigh(x, gram(y), lower=False, type=3))), OTHER, SQUARE
    ),
    "eigvalsh": Sample(lambda x: linalg.eigvalsh(x, subset_by_index=[1, 2]), OTHER),
    "eigh_tridiagonal": Sample(
        lambda d, e: joined(settled_eigh(linalg.eigh_tridiagonal(d, e))), [1.0, 3.0, 6.0], [0.7, 0.4]
    ),
    "svd": Sample(lambda a: joined(settled_svd(linalg.svd(a))), TALL),
    "svdvals": Sample(linalg.svdvals, WIDE),
    "pinv": Sample(linalg.pinv, TALL, analytic=False),
    "pinvh": Sample(linalg.pinvh, OTHER),
    "polar": Sample(lambda a: joined(linalg.polar(a)), SQUARE),
    "polar, left": Sample(lambda a: joined(linalg.polar(a, "left")), SQUARE),
    "lstsq": Sample(lambda a, b: linalg.lstsq(a, b)[0], TALL, numbers(4)),
    "solve_triangular": Sample(linalg.solve_triangular, SQUARE, COLUMNS, analytic=True),
    "solve_triangular, T": Sample(lambda a, b: linalg.solve_triangular(a, b, trans="T"), SQUARE, COLUMN, analytic=True),
    "solve_triangular, C": Sample(
        lambda a, b: linalg.solve_triangular(a, b, 2, lower=True), SQUARE, COLUMN, analytic=False
    ),
    "solve_triangular, unit": Sample(
        lambda a, b: linalg.solve_triangular(a, b, lower=True, unit_diagonal=True), SQUARE, COLUMN, analytic=True
    ),
    "solve_triangular, unit, T": Sample(
        lambda a, b: linalg.solve_triangular(a, b, 1, unit_diagonal=True), SQUARE, COLUMN
    ),
    "solve_triangular, stack": Sample(linalg.solve_triangular, STACK, COLUMNS),
    "solve_banded": Sample(lambda ab, b: linalg.solve_banded((1, 2), ab, b), BANDS, numbers(5), analytic=True),
    "solve_banded, columns": Sample(
        lambda ab, b: linalg.solve_banded((2, 1), ab[::-1], b), BANDS[::-1] + 0.0, numbers(5, 2)
    ),
    "solveh_banded": Sample(linalg.solveh_banded, BANDS[:3], numbers(5)),
    "solveh_banded, lower": Sample(lambda ab, b: linalg.solveh_banded(ab, b, lower=True), BANDS[2:], numbers(5)),
    "solve_toeplitz": Sample(
        lambda c, r, b: linalg.solve_toeplitz((c, r), b), [3.0, 1.0, 0.5], [3.0, -1.0, 0.2], COLUMN
    ),
    "solve_sylvester": Sample(linalg.solve_sylvester, SQUARE, BLOCK, COLUMNS, analytic=True),
    "solve_continuous_lyapunov": Sample(linalg.solve_continuous_lyapunov, SQUARE, OTHER),
    "solve_discrete_lyapunov": Sample(linalg.solve_discrete_lyapunov, 0.3 * OTHER, OTHER),
    "solve_continuous_are": Sample(
        lambda a, b, q, r: linalg.solve_continuous_are(a, b, gram(q), gram(r)), OTHER, COLUMNS, OTHER, BLOCK
    ),
    "solve_discrete_are": Sample(
        lambda a, b, q, r: linalg.solve_discrete_are(a, b, gram(q), gram(r)), OTHER, COLUMNS, OTHER, BLOCK
    ),
    "expm": Sample(linalg.expm, OTHER, analytic=True),
    "expm, stack": Sample(linalg.expm, STACK),
    "expm_frechet": Sample(lambda a, e: joined(linalg.expm_frechet(a, e)), OTHER, SQUARE),
    "logm": Sample(linalg.logm, SQUARE),
    "sqrtm": Sample(linalg.sqrtm, SQUARE),
    "sinm": Sample(linalg.sinm, OTHER),
    "cosm": Sample(linalg.cosm, OTHER),
    "tanm": Sample(linalg.tanm, 0.5 * OTHER),
    "sinhm": Sample(linalg.sinhm, OTHER),
    "coshm": Sample(linalg.coshm, OTHER),
    "tanhm": Sample(linalg.tanhm, OTHER),
    "fractional_matrix_power": Sample(linalg.fractional_matrix_power, SQUARE, 0.3),
    "block_diag": Sample(linalg.block_diag, OTHER, COLUMN, [2.0], analytic=True),
    "toeplitz": Sample(linalg.toeplitz, COLUMN, [1.0, 2.0], analytic=True),
    "toeplitz, one": Sample(linalg.toeplitz, COLUMN),
    "hankel": Sample(linalg.hankel, COLUMN, [1.0, 2.0, 4.0, 3.0], analytic=True),
    "hankel, one": Sample(linalg.hankel, COLUMN),
    "circulant": Sample(linalg.circulant, COLUMN, analytic=True),
    "companion": Sample(linalg.companion, COLUMN),
    "khatri_rao": Sample(linalg.khatri_rao, OTHER, WIDE[:, :3], analytic=True),
}
# SciPy answers in double precision, whatever it is given
DOUBLE = {"logm", "fractional_matrix_power", "expm_frechet", "solve_continuous_are", "solve_discrete_are"}


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES)
def test_law(name, law):
    if law is dtype_is_kept and name in DOUBLE:
        sample = SAMPLES[name]
        single = [x.astype(np.float32) for x in sample.args]
        value, tangent = jvp(sample.function, tuple(single), tuple(single))
        assert value.dtype == tangent.dtype == np.float64
        assert all(x.dtype == np.float32 for x in vjp(lambda *x: np.sum(sample.function(*x)), *single)[1](1.0))
        return
    law(SAMPLES[name])


# The eigenvectors of a matrix that is not symmetric are complex, so their law is written out


def test_generalized_eigenvalues_of_a_general_matrix():
    def total(a, b):
        w, v = linalg.eig(a, b)
        return np.sum(np.abs(w) ** 2) + np.sum(np.abs(v[0]) ** 2) + np.sum(np.real(linalg.eigvals(a)))

    a, t, h = SQUARE, OTHER, 1e-5
    slope = jvp(total, (a, gram(OTHER)), (t, t))[1]
    difference = (total(a + h * t, gram(OTHER) + h * t) - total(a - h * t, gram(OTHER) - h * t)) / (2 * h)
    assert np.isclose(slope, difference, rtol=1e-7)
    g = grad(total, (0, 1))(a, gram(OTHER))
    assert np.isclose(np.sum((g[0] + g[1]) * t), slope, rtol=1e-12)


def test_every_primitive_is_behind_a_sample():
    found = set().union(*map(primitives_of, (factors, functions, special_matrices, systems)))
    assert found == {"triangles", "triangular", "banded", "sylvester", "square_root"}


def test_values_with_traced_arguments_are_those_of_scipy():
    for name, sample in SAMPLES.items():
        traced = jvp(sample.function, sample.args, sample.args)[0]
        assert np.allclose(traced, sample.function(*sample.args), rtol=1e-13, atol=1e-14), name


def test_unit_diagonal_gets_nothing():
    slope = grad(lambda a: np.sum(linalg.solve_triangular(a, COLUMN, lower=True, unit_diagonal=True)))(SQUARE)
    assert np.all(np.triu(slope) == 0)
    assert np.any(slope != 0)


def test_exponential_along_a_large_and_a_small_direction_keeps_its_digits():
    for scale in (1e-12, 1e12):
        tangent = jvp(linalg.expm, SQUARE, scale * OTHER)[1]
        assert np.allclose(tangent, scale * scipy.linalg.expm_frechet(SQUARE, OTHER)[1], rtol=1e-12)


def test_third_order_of_the_square_root():
    f = lambda x: linalg.sqrtm(x * np.eye(2))[0, 0]  # noqa: E731  # a formula
    assert np.isclose(grad(grad(grad(f)))(4.0), 3 / 8 * 4.0**-2.5)
    assert np.isclose(hessian(lambda x: linalg.logm(x * np.eye(2))[1, 1])(2.0), -0.25)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: linalg.qr(x, mode="raw"), "mode='raw'"),
        (lambda x: linalg.eig(x, left=True), "left=True"),
        (lambda x: linalg.solve_continuous_are(x, x, x, x, e=x), "arguments e and s"),
        (lambda x: linalg.pinv(x, atol=1e-9), "atol"),
        (lambda x: linalg.lu_factor(x[:2]), "use lu"),
    ],
)
def test_what_has_no_derivative_says_so(call, message):
    with pytest.raises(NotImplementedError, match=message):
        jvp(call, SQUARE, SQUARE)


def test_numbers_that_are_not_finite_are_refused_as_scipy_does():
    with pytest.raises(ValueError, match="argument a must not contain infs or NaNs"):
        grad(lambda a: np.sum(linalg.solve(a, COLUMN)))(np.full((3, 3), np.nan))


def test_other_names_are_those_of_scipy():
    assert linalg.hadamard is scipy.linalg.hadamard
