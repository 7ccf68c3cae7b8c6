"""No sample depends on what is LAPACK's choice, and a wrong rule for factors is still found."""

import numpy as np
import pytest

from easygrad.rules import decompositions
from easygrad.scipy.linalg import factors as scipys

from .factors import choose_otherwise, settled_eig, settled_eigh, settled_qr, settled_r, settled_svd
from .laws import Sample, pullback_is_the_transpose, pushforward_is_the_derivative, second_order_agrees
from .rules import test_decompositions, test_linalg, test_polynomials
from .scipy import test_linalg as test_scipys

TABLES = {
    "linalg": test_linalg.PRIMITIVES | test_linalg.SAMPLES,
    "decompositions": test_decompositions.PRIMITIVES,
    "polynomials": test_polynomials.SAMPLES,
    "scipy": test_scipys.SAMPLES,
}
SAMPLES = {f"{table}: {name}": sample for table, samples in TABLES.items() for name, sample in samples.items()}
MATRIX = test_linalg.SQUARE
COMPLEX = MATRIX + 1j * np.sin(MATRIX)


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_does_not_depend_on_the_choices(monkeypatch, name):
    choose_otherwise(monkeypatch)
    pushforward_is_the_derivative(SAMPLES[name])
    pullback_is_the_transpose(SAMPLES[name])


@pytest.mark.parametrize(
    "function",
    [
        lambda a: np.linalg.eigh(a)[1],
        lambda a: np.linalg.eig(a)[0],
        lambda a: np.linalg.eig(a)[1],
        lambda a: np.linalg.eigvals(a),
        lambda a: np.linalg.svd(a)[0],
        lambda a: np.linalg.svd(a)[2],
        lambda a: np.linalg.qr(a)[0],
        lambda a: np.linalg.qr(a, "r"),
        lambda a: scipys.eigh(a, lower=True)[1],
        lambda a: scipys.eigh_tridiagonal(a[0], a[0, 1:])[1],
    ],
)
def test_sample_that_is_not_settled_is_found(monkeypatch, function):
    choose_otherwise(monkeypatch)
    with pytest.raises(AssertionError, match=r"value|jvp"):
        pushforward_is_the_derivative(Sample(function, MATRIX))


def test_vector_without_a_sign_is_refused():
    shares = np.cos(2.8 * np.arange(3) + 0.3)
    without = np.array([[shares[1]], [-shares[0]], [0.0]])
    with pytest.raises(AssertionError, match="too near to having no sign"):
        settled_eigh((np.ones(1), without))


@pytest.mark.parametrize(
    "matrix", [MATRIX, COMPLEX, MATRIX[:, :2], MATRIX[:2]], ids=["real", "complex", "tall", "wide"]
)
def test_settled_factors_are_factors(matrix):
    u, s, vh = settled_svd(np.linalg.svd(matrix, full_matrices=False))
    assert np.allclose((u * s) @ vh, matrix)
    q, r = settled_qr(np.linalg.qr(matrix))
    assert np.allclose(q @ r, matrix)
    assert np.allclose(settled_r(np.linalg.qr(matrix, "r")), r)
    assert np.all(np.diagonal(r).real > 0)
    hermitian = matrix @ np.conj(matrix.T)
    for factors in (settled_eigh(np.linalg.eigh(hermitian)), settled_eig(np.linalg.eig(hermitian))):
        assert np.allclose(hermitian @ factors[1], factors[1] * factors[0])
        assert np.all(np.diff(factors[0]) > 0)


def keeps_the_laws(sample):
    for law in (pushforward_is_the_derivative, pullback_is_the_transpose, second_order_agrees):
        law(sample)


# Wrong rules: what is planted in which function of which module, and a sample that has to find each

PLANTED = {
    "vectors of eigh and eig turn too far": (decompositions, "inverse_gaps", lambda f: lambda w: f(w) * (1 + 1e-6)),
    "vectors of svd do not turn against each other": (decompositions, "inverse_sums", lambda f: lambda s: 0.0 * f(s)),
    "values move too far": (decompositions, "diagonals", lambda f: lambda x: f(x) * (1 + 1e-6)),
    "columns of Q are not kept orthonormal": (decompositions, "orthonormal", lambda f: lambda near: near),
    "factors do not move": (decompositions, "pinned", lambda f: lambda value, x: value + 0.0 * x),
    "vectors of SciPy's eigh have another length": (scipys, "aligned", lambda f: lambda v, plain: f(v, plain) * 2.0),
}
FINDERS = {
    "vectors of eigh and eig turn too far": [
        "linalg: eigh", "linalg: eigh, stack, upper", "linalg: eigh, complex", "linalg: eig", "linalg: eig, complex",
        "linalg: eig, pairs", "linalg: svd, hermitian", "linalg: svd", "linalg: svd, wide", "linalg: svd, complex",
        "decompositions: packed_eigh", "decompositions: packed_eig", "decompositions: packed_svd",
        "scipy: eigh", "scipy: eigh, generalized", "scipy: eigh, type 2", "scipy: eigh, type 3",
        "scipy: eigh_tridiagonal", "scipy: svd",
    ],
    "vectors of svd do not turn against each other": [
        "linalg: svd", "linalg: svd, stack", "linalg: svd, wide", "linalg: svd, polar", "linalg: svd, complex",
        "decompositions: packed_svd", "scipy: svd", "scipy: polar",
    ],
    "values move too far": [
        "linalg: eigh", "linalg: eigvalsh", "linalg: eig", "linalg: eigvals", "linalg: svdvals", "linalg: svd, wide",
        "scipy: eigh", "scipy: eigvalsh", "scipy: svdvals",
    ],
    "columns of Q are not kept orthonormal": [
        "linalg: qr", "linalg: qr, tall", "linalg: qr, wide", "linalg: qr, r", "scipy: qr", "scipy: qr, economic",
        "scipy: qr, pivoting", "scipy: qr, r",
    ],
    "factors do not move": ["linalg: qr", "linalg: qr, complete", "linalg: eig", "scipy: qr", "scipy: svd"],
    "vectors of SciPy's eigh have another length": [
        "scipy: eigh", "scipy: eigh, generalized", "scipy: eigh, type 2", "scipy: eigh, type 3",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("fault", "name"), [(fault, name) for fault, names in FINDERS.items() for name in names])
def test_planted_fault_is_found_by_a_settled_sample(monkeypatch, fault, name):
    module, function, planted = PLANTED[fault]
    monkeypatch.setattr(module, function, planted(getattr(module, function)))
    with pytest.raises(AssertionError, match=r"differs|transpose"):
        keeps_the_laws(SAMPLES[name])


def test_every_planted_fault_has_samples_that_find_it():
    assert set(FINDERS) == set(PLANTED)
