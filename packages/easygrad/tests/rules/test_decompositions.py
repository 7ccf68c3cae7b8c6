"""Decompositions: the laws for each of them, and what happens where eigenvalues or singular values are equal."""

import numpy as np
import pytest

from easygrad import grad, jvp
from easygrad.rules import decompositions

from ..factors import settled_eig, settled_eigh, settled_svd
from ..laws import LAWS, Sample, assert_near, difference, law_name, primitives_of
from .test_linalg import SQUARE, TALL, L, gram, joined, numbers, recombined


def eigenvalues_and_vectors(rows):
    """Return what ``packed_eigh`` has packed, settled."""
    return joined(settled_eigh(decompositions.eigen_parts(rows, hermitian=True)))


def singular_values_and_vectors(rows, m):
    """Return what ``packed_svd`` has packed for a matrix of ``m`` rows, settled."""
    u, s, v = decompositions.svd_parts(rows, m)
    return joined(settled_svd((u, s, decompositions.adjoint(v))))


PRIMITIVES = {
    "cholesky_factor": Sample(lambda x: decompositions.cholesky_factor(gram(x)), SQUARE, analytic=True),
    "packed_eigh": Sample(lambda x: eigenvalues_and_vectors(decompositions.packed_eigh(x + x.T)), SQUARE),
    "packed_eig": Sample(lambda x: joined(settled_eig(L.eig(x))), SQUARE),
    "packed_svd": Sample(lambda x: singular_values_and_vectors(decompositions.packed_svd(x), len(x)), TALL),
}


def test_every_primitive_has_a_sample():
    assert primitives_of(decompositions) == set(PRIMITIVES)


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", PRIMITIVES)
def test_law(name, law):
    law(PRIMITIVES[name])


# Equal eigenvalues and singular values

TURN = L.qr(numbers(3, 3)).Q
WEIGHTS = np.arange(9.0).reshape(3, 3)
EQUAL = {"identity": np.eye(3), "two": np.diag([2.0, 2.0, 5.0]), "two, turned": gram(TURN * np.sqrt([2.0, 2.0, 5.0]))}
SMOOTH = {
    "sum": lambda a: np.sum(L.eigvalsh(a) ** 2),
    "eigh": lambda a: recomposed(*L.eigh(a)),
    "svd": lambda a: np.sum(WEIGHTS * recomposed_svd(*L.svd(a))),
    "polar": lambda a: np.sum(WEIGHTS * recombined(L.svd(a), 0)),
    "nuc": lambda a: L.norm(a, "nuc"),
    "svdvals": lambda a: np.sum(L.svdvals(a) ** 2),
}


def recomposed(w, v):
    return np.sum(WEIGHTS * ((v * w) @ v.T))


def recomposed_svd(u, s, vh):
    return (u * s) @ vh


@pytest.mark.parametrize("at", EQUAL)
@pytest.mark.parametrize("name", SMOOTH)
def test_function_that_is_smooth_at_equal_values(name, at):
    f, a, t = SMOOTH[name], EQUAL[at], numbers(3, 3)
    assert_near(np.sum(grad(f)(a) * t), difference(f, (a,), (t,)), 1e-7, name)


@pytest.mark.parametrize("name", ["sum", "svdvals", "nuc"])
def test_values_alone_have_a_tangent_where_they_are_equal(name):
    f, a, t = SMOOTH[name], EQUAL["two, turned"], numbers(3, 3)
    assert_near(jvp(f, (a,), (t,))[1], difference(f, (a,), (t,)), 1e-7, name)


def test_projector_on_equal_eigenvalues():
    def f(a):
        v = L.eigh(a).eigenvectors[:, :2]
        return np.sum(WEIGHTS * (v @ v.T))

    a, t = EQUAL["two, turned"], numbers(3, 3)
    assert_near(np.sum(grad(f)(a) * t), difference(f, (a,), (t,)), 1e-7, "projector")


def test_function_of_equal_eigenvalues_that_the_factors_cannot_tell_is_nan_not_wrong():
    def inverse(a):
        w, v = L.eigh(a)
        return np.sum(WEIGHTS * ((v / w) @ v.T))

    assert np.any(np.isnan(grad(inverse)(EQUAL["two"])))
    assert np.all(np.isfinite(grad(inverse)(gram(SQUARE))))
    assert np.isnan(jvp(inverse, (EQUAL["two"],), (np.ones((3, 3)),))[1])


@pytest.mark.parametrize("factors", [np.linalg.eigh, np.linalg.eig])
@pytest.mark.parametrize("matrix", [np.diag([1.0, 0.0, 0.0]), np.zeros((3, 3))], ids=["rank 1", "rank 0"])
def test_reconstruction_at_equal_zeros_is_nan_not_wrong(factors, matrix):
    weights = np.arange(9.0).reshape(3, 3)

    def reconstruction(a):
        values, vectors = factors(a)
        return np.sum(weights * np.real((vectors * values) @ np.linalg.inv(vectors)))

    with np.errstate(all="ignore"):
        gradient = grad(reconstruction)(matrix)
    right = np.tril(weights) + np.tril(weights.T, -1) if factors is np.linalg.eigh else weights
    assert np.all(np.isnan(gradient) | np.isclose(gradient, right, rtol=1e-9))


def test_leading_eigenvector_of_a_matrix_of_rank_one_has_a_gradient():
    u = np.array([0.6, 0.0, 0.8])
    gradient = grad(lambda a: np.linalg.eigh((a + a.T) / 2)[1][0, -1] ** 2)(np.outer(u, u))
    h, unit = 1e-6, np.zeros((3, 3))
    unit[0, 2] = unit[2, 0] = h
    first = lambda a: np.linalg.eigh(a)[1][0, -1] ** 2  # noqa: E731  # used twice on one line
    slope = (first(np.outer(u, u) + unit) - first(np.outer(u, u) - unit)) / (2 * h)
    assert np.isclose(gradient[0, 2] + gradient[2, 0], slope, rtol=1e-6)


@pytest.mark.parametrize("dtype", [float, complex])
def test_eig_of_nothing_has_nothing_to_differentiate(dtype):
    nothing = np.zeros((0, 0), dtype)
    gradient = grad(lambda a: np.sum(np.real(np.linalg.eig(a)[0])) + np.sum(np.real(np.linalg.eig(a)[1])))(nothing)
    assert (gradient.shape, gradient.dtype) == ((0, 0), nothing.dtype)
