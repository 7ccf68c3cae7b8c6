"""Functions without a derivative: they answer what NumPy answers, and nothing flows through them."""

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import deriv, grad, stop_gradient, vjp
from easygrad.core import Box
from easygrad.rules import constants as family

from ..laws import LAWS, Sample, law_name, primitives_of

X = np.array([[0.4, -1.3, 2.2], [1.7, 0.9, -0.8]])
Y = np.array([0.5, -1.3, 2.0])
SQUARE = np.outer(Y, Y)
ONE = """
    logical_not isfinite isinf isnan iscomplexobj isrealobj iscomplex isreal signbit all any count_nonzero nonzero
    argmax argmin argsort floor ceil trunc rint round shape ndim size result_type
    fix spacing tril_indices_from triu_indices_from argwhere flatnonzero lexsort nanargmax nanargmin
    around isneginf isposinf common_type min_scalar_type
"""
TWO = """
    equal not_equal less less_equal greater greater_equal logical_and logical_or logical_xor isclose allclose
    array_equal floor_divide nextafter isin intersect1d array_equiv may_share_memory shares_memory
"""
ARGS = (
    dict.fromkeys(ONE.split(), (X,))
    | dict.fromkeys(TWO.split(), (X, Y))
    | {"searchsorted": (np.sort(Y), X), "digitize": (X, np.sort(Y)), "diag_indices_from": (SQUARE,)}
)
# A traced value is never an integer, so these get plain numbers, or need one beside the traced value
INTEGERS = "bitwise_and bitwise_or bitwise_xor left_shift right_shift gcd lcm"
PLAIN = dict.fromkeys(INTEGERS.split(), ([6, 5, 4], [1, 2, 3])) | {
    "invert": ([6, 5, 4],),
    "bitwise_count": ([6, 5, 4],),
    "einsum_path": ("ij,j", X, Y),
    "argpartition": (X, 1),
    "can_cast": (X.dtype, np.float32),
    "isfortran": (X,),
    "isscalar": (2.0,),
    "iterable": (X,),
    "ix_": ([0, 1], [2]),
    "packbits": ([True, False, True],),
    "unpackbits": (np.array([5], np.uint8),),
    "ravel_multi_index": (([0, 1], [2, 0]), (2, 3)),
    "unravel_index": (4, (2, 3)),
}
LIVE = sorted(name for name, value in vars(family).items() if hasattr(value, "constant"))
MADE = {"zeros_like": 0.0, "ones_like": 1.0, "empty_like": None}
SAMPLES = {"made": Sample(lambda x: family.made(x, Y.astype(x.dtype)), X)}


def test_every_constant_has_a_sample():
    assert set(LIVE) == set(ARGS) | set(PLAIN)
    assert {name for name, value in vars(family).items() if hasattr(value, "composite")} == set(MADE)
    assert primitives_of(family) == set(SAMPLES)


@pytest.mark.parametrize("law", LAWS, ids=law_name)
def test_law(law):
    law(SAMPLES["made"])


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("namespace", [np, enp], ids=["numpy", "easygrad"])
@pytest.mark.parametrize("mode", [grad, deriv])
def test_array_like_another_is_constant_and_can_be_written_into(mode, namespace, name):
    def f(s):
        new = getattr(namespace, name)(s * X)
        if MADE[name] is not None:
            assert np.array_equal(stop_gradient(new), np.full(X.shape, MADE[name]))
        new[...] = 2.0
        total = np.sum(new * s * X)
        new[0] = s**2
        return total + np.sum(new[0])

    assert mode(f)(1.5) == pytest.approx(2 * np.sum(X) + 9.0, rel=1e-15)
    assert mode(lambda s: np.sum(getattr(namespace, name)(s * X) * 0.0))(1.0) == 0.0


@pytest.mark.parametrize("name", MADE)
def test_options_of_an_array_like_another(name):
    seen = []

    def f(x):
        seen.append(getattr(np, name)(x, dtype=np.float32, shape=(2, 2)))
        seen.append(getattr(np, name)(x, dtype=int))
        seen.append(getattr(np, name)(x, int))
        return np.sum(x)

    grad(f)(X)
    assert isinstance(seen[0], Box)
    assert (seen[0].shape, seen[0].dtype) == ((2, 2), np.float32)
    for plain in seen[1:]:  # integers take no derivative
        assert type(plain) is np.ndarray
        assert (plain.shape, plain.dtype) == (X.shape, int)


@pytest.mark.parametrize("name", PLAIN)
def test_answers_for_plain_arguments(name):
    expected = getattr(np, name)(*PLAIN[name])
    np.testing.assert_equal(getattr(family, name)(*PLAIN[name]), expected)
    np.testing.assert_equal(getattr(enp, name)(*PLAIN[name]), expected)


def same(actual, expected):
    assert type(actual) is type(expected)
    np.testing.assert_equal(actual, expected)


@pytest.mark.filterwarnings("ignore:numpy.fix is deprecated:DeprecationWarning")  # from NumPy 2.5; its answer stays
@pytest.mark.parametrize("name", ARGS)
@pytest.mark.parametrize("namespace", [np, enp], ids=["numpy", "easygrad"])
def test_answers_for_the_plain_values(name, namespace):
    function, args = getattr(namespace, name), ARGS[name]
    answers = []

    def total(*boxes):
        answers.append(function(*boxes))
        return np.sum(boxes[0])

    with np.errstate(all="ignore"):
        grad(total)(*args)
        grad(lambda *a: grad(total)(*a).sum())(*args)
    for answer in answers:
        assert not isinstance(answer, Box)
        same(answer, getattr(np, name)(*args))


@pytest.mark.parametrize("name", ["floor", "ceil", "trunc", "rint", "round", "zeros_like", "ones_like"])
@pytest.mark.parametrize("mode", [grad, deriv])
def test_nothing_flows_through(name, mode):
    assert mode(lambda s: np.sum(s * X + getattr(np, name)(s * X)))(1.0) == np.sum(X)


@pytest.mark.parametrize("mode", [grad, deriv])
def test_function_that_is_constant_has_the_derivative_zero(mode):
    derivative = mode(lambda x: np.floor(x))(1.5)
    assert derivative == 0.0
    assert type(derivative) is np.float64
    assert grad(lambda x: np.sum(np.sign(x)))(X).tolist() == np.zeros((2, 3)).tolist()


def test_options_are_numpys():
    seen = []

    def total(x):
        seen.extend(
            [
                np.argmax(x, axis=1),
                np.round(x, decimals=1),
                x.argsort(0),
                np.zeros_like(x, dtype=int),
                np.any(x > 2, axis=0),
            ]
        )
        return np.sum(x)

    grad(total)(X)
    expected = [X.argmax(1), X.round(1), X.argsort(0), np.zeros(X.shape, int), (X > 2).any(0)]
    for a, b in zip(seen, expected, strict=True):
        same(a, b)


def test_sign_of_a_real_number_is_plain():
    value, pullback = vjp(np.sign, X)
    assert np.array_equal(value, np.sign(X))
    assert not pullback(np.ones(X.shape)).any()
