"""Sparse matrices with traced entries: against dense ones, to the second order, and what is refused."""

import numpy as np
import pytest
import scipy.sparse

from easygrad import grad, jvp
from easygrad.scipy import linalg, sparse
from easygrad.scipy.sparse import arrays

from ..laws import LAWS, Sample, assert_near, law_name, primitives_of

ROWS, COLUMNS = np.array([0, 0, 1, 2, 2, 1]), np.array([0, 1, 1, 2, 0, 1])  # one place stands there twice
DATA, B = np.array([2.0, 1.0, 1.5, 2.0, 0.3, 1.5]), np.array([[1.0, 0.3], [2.0, -1.0], [3.0, 0.5]])
PLAIN = scipy.sparse.csc_array((DATA, (ROWS, COLUMNS)), shape=(3, 3))


def matrix(data):
    return sparse.coo_array((data, (ROWS, COLUMNS)), shape=(3, 3))


def dense(data):
    a = np.zeros((3, 3), data.dtype, like=data)
    np.add.at(a, (ROWS, COLUMNS), data)
    return a


SPARSE = {
    "spsolve": (lambda d, b: sparse.linalg.spsolve(matrix(d), b), lambda d, b: np.linalg.solve(dense(d), b)),
    "spsolve, T": (lambda d, b: sparse.linalg.spsolve(matrix(d).T, b), lambda d, b: np.linalg.solve(dense(d).T, b)),
    "splu": (lambda d, b: sparse.linalg.splu(matrix(d)).solve(b, "T"), lambda d, b: np.linalg.solve(dense(d).T, b)),
    "factorized": (lambda d, b: sparse.linalg.factorized(matrix(d))(b), lambda d, b: np.linalg.solve(dense(d), b)),
    "product": (lambda d, b: matrix(d) @ b, lambda d, b: dense(d) @ b),
    "product, T": (lambda d, b: matrix(d).T.dot(b[:, 0]), lambda d, b: dense(d).T @ b[:, 0]),
    "sum": (
        lambda d, b: (matrix(d) * 2.0 - matrix(d).T / 3.0 + -matrix(d)) @ b,
        lambda d, b: (dense(d) - dense(d).T / 3) @ b,
    ),
    "with SciPy's": (lambda d, b: (PLAIN + matrix(d) - PLAIN * 2.0) @ b, lambda d, b: (dense(d) - PLAIN.toarray()) @ b),
    "diagonal": (lambda d, b: matrix(d).diagonal() * b[:, 0], lambda d, b: np.diagonal(dense(d)) * b[:, 0]),
    "sums": (
        lambda d, b: matrix(d).sum(axis=0) * b[:, 0] + matrix(d).sum(axis=1) + matrix(d).sum(),
        lambda d, b: dense(d).sum(axis=0) * b[:, 0] + dense(d).sum(axis=1) + dense(d).sum(),
    ),
    "toarray": (lambda d, b: matrix(d).toarray() * b[:, :1], lambda d, b: dense(d) * b[:, :1]),
    "csr": (
        lambda d, b: sparse.csr_array((d, [0, 1, 1, 2, 0, 1], [0, 2, 4, 6]), shape=(3, 3)) @ b,
        lambda d, b: scatter(d, [0, 0, 1, 1, 2, 2], [0, 1, 1, 2, 0, 1]) @ b,
    ),
    "csc": (
        lambda d, b: sparse.csc_array((d, [0, 1, 1, 2, 0, 1], [0, 2, 4, 6])) @ b,
        lambda d, b: scatter(d, [0, 1, 1, 2, 0, 1], [0, 0, 1, 1, 2, 2]) @ b,
    ),
    "diags": (
        lambda d, b: sparse.diags_array([d[:3], d[3:5], d[5:]], offsets=[0, -1, 2]) @ b,
        lambda d, b: (np.diag(d[:3]) + np.diag(d[3:5], -1) + np.diag(d[5:], 2)) @ b,
    ),
}  # fmt: skip


def scatter(d, rows, columns):
    a = np.zeros((3, 3), d.dtype, like=d)
    np.add.at(a, (np.array(rows), np.array(columns)), d)
    return a


SAMPLES = {name: Sample(pair[0], DATA, B, analytic=name in ("spsolve", "product")) for name, pair in SPARSE.items()}


@pytest.mark.parametrize("law", LAWS[:3] + LAWS[4:5], ids=law_name)
@pytest.mark.parametrize("name", SPARSE)
def test_law(name, law):
    sample = Sample(traced_once(SPARSE[name][0]), DATA, B, analytic=name in ("spsolve", "product"))
    law(sample)


def traced_once(function):
    """Return the function for plain entries as well, of which SciPy's own classes make a matrix of their own."""

    def call(data, b):
        return function(data, b) if type(data) is not np.ndarray else plain_value(function, data, b)

    return call


def plain_value(function, data, b):
    return jvp(function, (data, b), (np.zeros_like(data), np.zeros_like(b)))[0]


@pytest.mark.parametrize("name", SPARSE)
def test_derivatives_are_those_of_the_dense_matrix(name):
    ours, theirs = SPARSE[name]
    weigh = lambda f: lambda d, b: np.sum(np.cos(f(d, b)))  # noqa: E731  # a formula
    for single in (False, True):
        args = (DATA.astype(np.float32), B.astype(np.float32)) if single else (DATA, B)
        found, expected = (grad(weigh(f), (0, 1))(*args) for f in (ours, theirs))
        assert all(x.dtype == args[0].dtype for x in found)
        assert_near(found, expected, 1e-5 if single else 1e-13, name)


def test_right_side_of_scipys_own_matrix():
    f = lambda b: np.sum(sparse.linalg.spsolve(PLAIN, b) ** 2)  # noqa: E731  # a formula
    assert_near(grad(f)(B), grad(lambda b: np.sum(np.linalg.solve(PLAIN.toarray(), b) ** 2))(B), 1e-13, "gradient")


def test_the_matrix_is_factorized_once(monkeypatch):
    calls = []
    splu = scipy.sparse.linalg.splu
    monkeypatch.setattr(scipy.sparse.linalg, "splu", lambda a: calls.append(1) or splu(a))
    grad(lambda d, b: np.sum(sparse.linalg.spsolve(matrix(d), b) ** 2), (0, 1))(DATA, B)
    assert len(calls) == 1


def test_every_primitive_is_behind_a_sample():
    assert primitives_of(arrays) == {"product", "solution"}


@pytest.mark.parametrize(
    "call",
    [
        lambda d: np.ones(3) * d[0] @ matrix(d),
        lambda d: d[0] * matrix(d),
        lambda d: d[:3] + matrix(d),
        lambda d: np.add(d[:3], matrix(d)),
        lambda d: np.matmul(d[:3], matrix(d)),
        lambda d: np.multiply(d[:3], matrix(d)),
        lambda d: matrix(d) + d[0],
    ],
)
def test_what_would_lose_the_entries_is_refused(call):
    with pytest.raises(TypeError, match=r"left of a sparse matrix|does not support ufuncs|expected a sparse matrix"):
        grad(lambda d: np.sum(call(d)))(DATA)


def test_other_refusals():
    with pytest.raises(NotImplementedError, match="product of two sparse"):
        grad(lambda d: np.sum((matrix(d) @ PLAIN).toarray()))(DATA)
    with pytest.raises(ValueError, match="shape"):
        grad(lambda d: np.sum(matrix(d) @ np.ones(4)))(DATA)
    with pytest.raises(ValueError, match="3 elements instead of 2"):
        grad(lambda d: np.sum(sparse.diags_array([d[:3], d[:3]], offsets=[0, 1]) @ np.ones(3)))(DATA)


# Eigenvalues of a chain of masses: by the diagonal and the one beside it

CHAIN_ARGS = (np.linspace(1.0, 4.0, 8) ** 1.3, np.linspace(0.2, 0.7, 7))


def chain(d, e):
    return sparse.diags_array([d, e, e], offsets=[0, 1, -1])


def full(d, e):
    return np.diag(d) + np.diag(e, 1) + np.diag(e, -1)


CHAIN, MASSES = chain(*CHAIN_ARGS), np.linspace(1.0, 1.5, 8)
EIGEN = {
    "largest": (lambda d, e: sparse.linalg.eigsh(chain(d, e), 3), lambda d, e: np.linalg.eigh(full(d, e)), -3),
    "array": (lambda d, e: sparse.linalg.eigsh(full(d, e), 3), lambda d, e: np.linalg.eigh(full(d, e)), -3),
    "shifted": (
        lambda d, e: sparse.linalg.eigsh(chain(d, e), 2, sigma=100.0), lambda d, e: np.linalg.eigh(full(d, e)), -2,
    ),
    "masses": (
        lambda d, e: sparse.linalg.eigsh(chain(d, e), 2, sparse.diags_array([MASSES * d[0]])),
        lambda d, e: linalg.eigh(full(d, e), np.diag(MASSES * d[0])), -2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EIGEN)
def test_eigenvalues_and_vectors_are_those_of_the_dense_matrix(name):
    ours, theirs, first = EIGEN[name]
    weigh = lambda f, k: lambda d, e: np.sum(np.cos(f(d, e)[0][k:])) + np.sum(f(d, e)[1][:, k:] ** 4)  # noqa: E731
    for order in (lambda f: f, lambda f: lambda d, e: np.sum(grad(f)(d, e) ** 2)):
        f, g = order(weigh(ours, 0)), order(weigh(theirs, first))
        assert_near(grad(f, (0, 1))(*CHAIN_ARGS), grad(g, (0, 1))(*CHAIN_ARGS), 1e-10, name)
        assert_near(jvp(f, CHAIN_ARGS, CHAIN_ARGS), jvp(g, CHAIN_ARGS, CHAIN_ARGS), 1e-10, name)


def test_eigenvalues_that_have_no_derivative():
    with pytest.raises(np.linalg.LinAlgError, match=r"eigsh: the eigenvalue .* is not simple"):
        grad(lambda d: np.sum(sparse.linalg.eigsh(sparse.diags_array([d]), 2)[1]))(np.array([1.0, 2.0, 3.0, 3.0]))
    with pytest.raises(NotImplementedError, match="eigsh: no derivative for a complex matrix"):
        grad(lambda d: np.real(sparse.linalg.eigsh(sparse.diags_array([d + 0j]), 1)[0][0]))(np.arange(1.0, 5.0))


def test_plain_calls_are_those_of_scipy():
    assert isinstance(sparse.csr_array((DATA, (ROWS, COLUMNS))), scipy.sparse.csr_array)
    assert isinstance(sparse.diags_array([DATA]), scipy.sparse.sparray)
    assert np.allclose(sparse.linalg.spsolve(PLAIN, B[:, 0]), np.linalg.solve(PLAIN.toarray(), B[:, 0]))
    values, vectors = sparse.linalg.eigsh(CHAIN, 2, v0=np.arange(8.0))
    assert np.allclose(CHAIN @ vectors, vectors * values)
    assert sparse.linalg.svds is scipy.sparse.linalg.svds
    assert sparse.eye_array is scipy.sparse.eye_array
