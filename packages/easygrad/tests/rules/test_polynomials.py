"""Polynomials: the laws, and NumPy's conventions on zeros in front."""

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import grad, jvp, vjp
from easygrad.rules import polynomials as family

from ..factors import settled_values
from ..laws import LAWS, Sample, assert_near, dtype_is_kept, law_name, primitives_of

P, Q, X = np.array([0.7, -1.2, 0.4, 2.0]), np.array([1.5, 0.6]), np.array([[0.3, -0.8], [1.4, 2.0]])
AT = np.array([-1.0, -0.3, 0.2, 0.9, 1.7])
WEIGHTS = np.array([1.0, 0.5, 2.0, 0.7, 1.2])

SAMPLES = {
    "polyval": Sample(enp.polyval, P, X, analytic=True),
    "polyadd": Sample(enp.polyadd, P, Q, analytic=True),
    "polysub": Sample(enp.polysub, Q, P, analytic=True),
    "polymul": Sample(enp.polymul, P, Q, analytic=True),
    "polymul, number": Sample(enp.polymul, P, 0.3),
    "polydiv": Sample(lambda u, v: np.concatenate(enp.polydiv(u, v)), P, Q, analytic=True),
    "polydiv, shorter": Sample(lambda u, v: np.concatenate(enp.polydiv(u, v)), Q, P),
    "polyder": Sample(enp.polyder, P, analytic=True),
    "polyder, m": Sample(lambda p: np.polyder(p, 2), P, analytic=True),
    "polyder, all": Sample(lambda p: np.polyder(p, 4), P),
    "polyint": Sample(enp.polyint, P, analytic=True),
    "polyint, k": Sample(lambda p, k: enp.polyint(p, 2, k), P, Q, analytic=True),
    "polyint, one k": Sample(lambda p, k: enp.polyint(p, 3, k), P, 0.3),
    "vander": Sample(enp.vander, P, analytic=True),
    "vander, N": Sample(lambda x: np.vander(x, 3), P, analytic=True),
    "vander, increasing": Sample(lambda x: np.vander(x, 5, increasing=True), [0.0, 0.4]),
    "poly": Sample(enp.poly, P, analytic=True),
    "poly, pairs": Sample(lambda x, y: enp.poly([x + 1j * y, x - 1j * y]), 0.4, 0.7),
    "poly, matrix": Sample(enp.poly, [[2.0, 0.7], [0.3, 1.0]]),
    "poly, matrix with complex eigenvalues": Sample(enp.poly, [[2.0, 0.7], [-0.9, 1.0]]),
    "roots": Sample(lambda p: settled_values(enp.roots(p)), P, analytic=True),
    "roots, real": Sample(lambda p: settled_values(enp.roots(p)), [1.0, -0.5, -1.3, 0.2]),
    "simple_roots": Sample(lambda p: settled_values(family.simple_roots(p)), P, analytic=True),
    "polyfit": Sample(lambda x, y: enp.polyfit(x, y, 2), AT, np.cos(AT)),
    "polyfit, w": Sample(lambda x, y, w: enp.polyfit(x, y, 1, w=w), AT, np.cos(AT), WEIGHTS),
    "polyfit, two": Sample(lambda x, y: enp.polyfit(x, y, 2), AT, np.stack([np.cos(AT), AT**3], axis=1)),
    "polyfit, cov": Sample(lambda x, y: np.concatenate(enp.polyfit(x, y, 1, cov=True), None), AT, np.cos(AT)),
    "polyfit, cov of two": Sample(
        lambda x, y, w: enp.polyfit(x, y, 1, w=w, cov=True)[1], AT, np.stack([np.cos(AT), AT**3], axis=1), WEIGHTS
    ),
    "polyfit, unscaled": Sample(lambda x, y: enp.polyfit(x, y, 1, cov="unscaled")[1], AT, np.cos(AT)),
    "polyfit, full": Sample(lambda x, y: enp.polyfit(x, y, 1, full=True)[0], AT, np.cos(AT)),
}
WIDENED = ("polyder", "polyint", "vander", "polyfit")  # NumPy multiplies by integers and has double precision then


def test_every_primitive_has_a_sample():
    assert primitives_of(family) <= set(SAMPLES)


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES)
def test_law(name, law):
    if law is dtype_is_kept and name.split(",")[0] in WIDENED:
        single_precision_is_numpys(SAMPLES[name])
    else:
        law(SAMPLES[name])


def single_precision_is_numpys(sample):
    small = tuple(x.astype(np.float32) for x in sample.args)
    expected = sample.function(*small)
    value, tangent = jvp(sample.function, small, tuple(map(np.ones_like, small)))
    assert value.dtype == tangent.dtype == expected.dtype
    pulled = vjp(sample.function, *small)[1](np.ones_like(value))
    assert all(g.dtype == np.float32 for g in (pulled if len(small) > 1 else (pulled,)))


def test_zeros_in_front_are_left_out_as_numpy_does():
    zeros = np.array([0.0, 0.0, 2.0, 1.0])
    value, pullback = vjp(lambda p: np.polymul(p, [1.0, 3.0]), zeros)
    assert np.array_equal(value, np.polymul(zeros, [1.0, 3.0]))
    assert np.array_equal(pullback(np.ones(3)), [0.0, 0.0, 4.0, 4.0])
    assert np.array_equal(vjp(lambda p: np.polymul(p, Q), np.zeros(3))[0], np.polymul(np.zeros(3), Q))


def test_division_without_remainder():
    value = vjp(lambda u: np.concatenate(np.polydiv(u, [1.0, 1.0])), np.array([1.0, 3.0, 2.0]))[0]
    assert_near(value, [1.0, 2.0, 0.0], 1e-15, "quotient and remainder")


def test_roots_with_zeros_at_both_ends():
    p = np.array([0.0, 1.0, -3.0, 2.0, 0.0])
    value, tangent = jvp(np.roots, (p,), (np.array([0.0, 0.0, 0.0, 0.0, 1.0]),))
    assert_near(np.sort(value), [0.0, 1.0, 2.0], 1e-14, "roots")
    assert_near(tangent, -1.0 / np.polyval(np.polyder(p), value), 1e-14, "tangents")
    assert vjp(np.roots, np.zeros(3))[0].shape == (0,)


def test_double_root_has_no_derivative():
    with np.errstate(all="ignore"):
        assert not np.any(np.isfinite(jvp(np.roots, (np.array([1.0, 0.0, 0.0]),), (np.array([0.0, 0.0, 1.0]),))[1]))


def test_powers_of_zero():
    gradient = grad(lambda x: np.sum(np.vander(x, 3)))(np.zeros(2))
    assert np.array_equal(gradient, [1.0, 1.0])


def test_poly1d_may_hold_traced_numbers():
    assert grad(lambda x: np.poly1d([2.0, 1.0, 0.5])(x))(3.0) == 13.0
    assert_near(grad(lambda c: (np.poly1d(c) * np.poly1d(c)).deriv()(2.0))(Q), [13.2, 3.0], 1e-14, "coefficients")
    with pytest.raises(TypeError, match="poly1d"):
        grad(lambda c: np.sum(np.polyadd(np.poly1d([2.0]), c)))(P)


def test_list_of_traced_coefficients():
    assert grad(lambda x: enp.polyval([x, 1.0, x], 2.0))(3.0) == 5.0
    assert_near(grad(lambda x: enp.sum(enp.roots([1.0, x])))(3.0), -1.0, 0.0, "root")


def test_poor_condition_warns():
    with pytest.warns(np.exceptions.RankWarning):
        grad(lambda y: np.sum(np.polyfit([1.0, 1.0, 2.0], y, 2)))(np.ones(3))


ERRORS = {
    "polyder": lambda p: np.polyder(p, -1),
    "polyint": lambda p: np.polyint(p, -1),
    "polyint with too few constants": lambda p: np.polyint(p, 3, [1.0, 2.0]),
    "vander": lambda p: np.vander(p[:, None]),
    "poly": lambda p: np.poly(p[:, None]),
    "polyfit": lambda p: np.polyfit(p, p[1:], 1),
    "polyfit with wrong weights": lambda p: np.polyfit(p, p, 1, w=p[1:]),
    "polyfit without freedom": lambda p: np.polyfit(p, p, 3, cov=True)[0],
    "poly1d as the argument": lambda p: np.polyval(p, np.poly1d([1.0, 2.0])),
}


@pytest.mark.parametrize("name", ERRORS)
def test_error(name):
    with pytest.raises((ValueError, TypeError)):
        grad(lambda p: np.sum(ERRORS[name](p)))(P)
