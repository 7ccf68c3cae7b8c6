"""What makes a box feel like an array: operators on both sides, attributes and methods, and what it refuses to do."""

import copy
import math
import operator
import re
import warnings

import numpy as np
import pandas
import pytest
import scipy.sparse

import easygrad.numpy as enp
from easygrad import deriv, grad, jvp, stop_gradient, value_and_grad, vjp
from easygrad.array import FUNCTIONS
from easygrad.core import Box

from .laws import Sample, assert_near, pullback_is_the_transpose, pushforward_is_the_derivative

X = np.array([1.5, 2.5, 3.5])
C = np.array([2.0, 0.5, 3.0])
MODES = pytest.mark.parametrize("mode", [grad, deriv])


def inside(function, x=X):
    """Call a function with a box, and return what it returns."""
    seen = []
    grad(lambda z: seen.append(function(z)) or np.sum(np.real(z)))(x)
    return seen[0]


def words_of(error):
    """Return the messages of an error and of its causes; NumPy puts its own in front of ours in places."""
    return f"{error} {words_of(error.__cause__)}" if error else ""


def boxes_are_equal(actual, expected):
    """Raise unless a function of a box and its result are the same as of the plain value, dtype included."""
    actual = stop_gradient(actual)
    assert np.asarray(actual).dtype == np.asarray(expected).dtype
    assert_near(actual, expected, 1e-15, "value")


# Operators

ARITHMETIC = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.mod]
UFUNCS = [np.add, np.subtract, np.multiply, np.divide, np.power, np.remainder]
CONSTANTS = {
    "int": 2,
    "float": 2.0,
    "np.float64": np.float64(2.0),
    "np.float32": np.float32(2.0),
    "np.int64": np.int64(2),
    "0-d": np.array(2.0),
    "array": C,
    "integer array": np.array([1, 2, 3]),
    "one element": np.array([2.0]),
    "column": C[:, None],
    "list": [2.0, 0.5, 3.0],
    "list of integers": [1, 2, 3],
    "tuple": (2.0, 0.5, 3.0),
}


def gradient_by_array(operation, constant, x, left):
    """Return the gradient with the constant as a float64 array."""
    c = np.asarray(constant, np.float64)
    return grad(lambda z: np.sum(operation(z, c) if left else operation(c, z)))(x)


@pytest.mark.parametrize("left", [True, False], ids=["box first", "constant first"])
@pytest.mark.parametrize("name", CONSTANTS)
@pytest.mark.parametrize("operation", ARITHMETIC + UFUNCS, ids=lambda f: f.__name__)
def test_operation_with_a_constant(operation, name, left):
    constant = CONSTANTS[name]
    for x in (X, 1.5, np.array(1.5), np.float64(1.5)):

        def f(z):
            return operation(z, constant) if left else operation(constant, z)  # called in this round

        value, gradient = value_and_grad(lambda z: np.sum(f(z)))(x)
        c = np.asarray(constant)
        expected = operation(np.asarray(x), c) if left else operation(c, np.asarray(x))
        assert_near(value, np.sum(expected), 1e-14, "value")
        assert_near(gradient, gradient_by_array(operation, constant, x, left), 1e-14, "gradient")
        tangent = jvp(f, x, np.ones(np.shape(x)) if np.shape(x) else 1.0)[1]
        assert_near(np.sum(tangent), np.sum(gradient), 1e-14, "tangent")
        assert np.shape(tangent) == np.shape(expected)


@pytest.mark.parametrize("left", [True, False], ids=["box first", "constant first"])
@pytest.mark.parametrize(
    "constant", [1 + 2j, np.complex128(1 + 2j), C + 1j, [1 + 2j, 1.0, 2.0]], ids=lambda c: type(c).__name__
)
@pytest.mark.parametrize("operation", [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow])
def test_operation_with_a_complex_constant(operation, constant, left):
    # a NumPy scalar times a list is no product to NumPy itself
    scalars = () if isinstance(constant, list) else (X[0], X[0] * (1 - 0.5j))
    for x in (X, X * (1 - 0.5j), *scalars):
        plain = np.asarray(constant)
        sample = Sample(lambda z: operation(z, constant) if left else operation(constant, z), np.real(x))
        sample.args = (x,)
        pushforward_is_the_derivative(sample)
        pullback_is_the_transpose(sample)
        expected = operation(x, plain) if left else operation(plain, x)
        boxes_are_equal(inside(sample.function, x), expected)


@pytest.mark.parametrize("x", [1.5, X], ids=["scalar", "array"])
@MODES
def test_unary_operators(mode, x):
    assert_near(
        mode(lambda z: np.sum(-z * +z))(x) if mode is grad else mode(lambda z: -z * +z)(x), -2 * x, 1e-15, "-z * +z"
    )
    assert_near(jvp(lambda z: abs(-z), x, x)[1], x, 1e-15, "abs")


@pytest.mark.parametrize("left", [True, False], ids=["box first", "constant first"])
@pytest.mark.parametrize("name", CONSTANTS)
def test_floor_division_and_divmod(name, left):
    constant = CONSTANTS[name]
    for x in (X, 1.5, np.array(1.5)):

        def both(f, z):
            return f(z, constant) if left else f(constant, z)  # called in this round

        plain = (lambda f, z: f(z, np.asarray(constant))) if left else (lambda f, z: f(np.asarray(constant), z))
        quotient, rest = inside(lambda z: both(divmod, z), x)
        assert not isinstance(quotient, Box)
        assert_near(quotient, plain(np.floor_divide, x), 0.0, "quotient")
        assert_near(stop_gradient(rest), plain(np.remainder, x), 1e-15, "rest")
        assert_near(inside(lambda z: both(operator.floordiv, z), x), quotient, 0.0, "//")
        by_mod = grad(lambda z: np.sum(both(operator.mod, z)))(x)
        assert_near(grad(lambda z: np.sum(both(divmod, z)[1]))(x), by_mod, 0.0, "gradient of the rest")
        assert not np.any(grad(lambda z: np.sum(both(operator.floordiv, z)))(x))


@pytest.mark.parametrize("name", ["float", "np.float64", "0-d", "array", "list", "column"])
@pytest.mark.parametrize("left", [True, False], ids=["box first", "constant first"])
@pytest.mark.parametrize("comparison", [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne])
def test_comparison_answers_plain(comparison, name, left):
    constant = CONSTANTS[name]
    for x in (C, 2.0):
        answer = inside(lambda z: comparison(z, constant) if left else comparison(constant, z), x)
        plain = np.asarray(constant)
        assert not isinstance(answer, Box)
        expected = comparison(np.asarray(x), plain) if left else comparison(plain, np.asarray(x))
        assert np.array_equal(answer, expected)
        assert np.shape(answer) == np.shape(expected)


@pytest.mark.parametrize("other", [None, "text", object()], ids=lambda x: type(x).__name__)
def test_equality_with_something_else_is_no_error(other):
    for x in (2.0, X):
        assert not np.any(inside(lambda z: z == other, x))
        assert np.all(inside(lambda z: z != other, x))


def test_branch_on_a_comparison():
    def f(x):
        return x**2 if x > 1 else x**3

    assert grad(f)(2.0) == 4.0
    assert grad(f)(0.5) == 0.75
    assert grad(grad(f))(0.5) == 3.0
    assert deriv(f)(0.5) == 0.75


def test_two_boxes_of_different_levels():
    def f(x):
        def inner(y):
            return y if y > x and x <= y and y != x else x

        return x * grad(inner)(3.0)

    assert grad(f)(2.0) == 1.0


# What its plain value answers


def test_attributes():
    x = np.ones((2, 3), np.float32)
    for name in ("shape", "ndim", "size", "dtype"):
        assert inside(lambda z, name=name: getattr(z, name), x) == getattr(x, name)
    assert inside(np.shape, x) == (2, 3)
    assert inside(np.ndim, x) == 2
    assert inside(np.size, x) == 6


def test_bool_len_and_membership():
    assert inside(bool, 2.0) is True
    assert inside(lambda z: bool(z - 2.0), 2.0) is False
    assert inside(len, X) == 3
    assert inside(lambda z: 2.5 in z, X)
    assert not inside(lambda z: 7.0 in z, X)
    for function, words in ((bool, "ambiguous"), (lambda z: 1 if z else 2, "ambiguous")):
        with pytest.raises(ValueError, match=words):
            inside(function, X)
    for function in (len, list, lambda z: (*z,)):
        with pytest.raises(TypeError):
            inside(function, 2.0)


@MODES
def test_iteration_and_unpacking(mode):
    assert mode(lambda s: sum(item**2 for item in s * X))(1.0) == 2 * X @ X

    def unpacked(s):
        first, *rest = s * X
        return first * rest[0]

    assert mode(unpacked)(1.0) == 2 * X[0] * X[1]
    assert inside(lambda z: [row.shape for row in z], np.ones((2, 3))) == [(3,), (3,)]
    assert mode(lambda s: sum(a * b for a, b in zip(s * X, reversed(s * C), strict=True)))(1.0) == 2 * X @ C[::-1]


def test_text():
    assert inside(repr, 2.0) == "Box(np.float64(2.0))"
    assert inside(repr, X) == "Box(array([1.5, 2.5, 3.5]))"
    assert inside(str, X) == str(X)
    assert inside(lambda z: f"{z:.2f}", 2.0) == "2.00"
    assert inside(lambda z: f"{z:6.1e}|", 2.0) == "2.0e+00|"
    assert inside(lambda z: f"{z}", X) == str(X)
    assert inside(lambda z: "{:.1f}".format(z), 2.0) == "2.0"  # noqa: UP032  # another way in
    assert inside(lambda z: "%s" % z, 2.0) == "2.0"  # noqa: UP031  # another way in
    assert inside(lambda z: f"{z!r} {z!s}", np.array(2.0)) == "Box(array(2.)) 2.0"
    assert inside(lambda z: z, X).__repr__() == "Box(array([1.5, 2.5, 3.5]), of a derivative that has ended)"
    for spec in ("d", ".2f"):
        with pytest.raises((ValueError, TypeError)):
            inside(lambda z, spec=spec: format(z, spec), X)
    assert grad(lambda x: x * grad(lambda y: y * len(f"{y * x:.3f}"))(2.0))(3.0) == 5.0


def test_rounding_is_constant():
    assert inside(round, 2.6) == 3
    assert type(inside(round, 2.6)) is int
    assert inside(lambda z: round(z, 1), 2.66) == 2.7
    assert inside(math.floor, 2.6) == 2
    assert inside(math.ceil, 2.6) == 3
    assert grad(lambda z: z * round(z))(2.6) == 3.0


def test_box_is_not_hashable_like_an_array():
    with pytest.raises(TypeError, match="unhashable"):
        inside(lambda z: {z: 1}, X)


@MODES
def test_methods_and_attributes_with_derivatives(mode):
    m = np.reshape(np.arange(6.0), (2, 3)) + 1

    def f(s):
        z = s * m
        parts = [z.T.dot(z), z.conj().real, z.conjugate() + z.imag, z.copy(), z.swapaxes(0, 1), z.squeeze(), z.ravel()]
        return sum(np.sum(part) for part in parts) + z.flatten()[2] + z.transpose(1, 0)[0, 1] + z.astype(float)[0, 0]

    expected = 2 * np.sum(m.T @ m) + 6 * np.sum(m) + m[0, 2] + m[1, 0] + m[0, 0]
    assert mode(f)(1.0) == pytest.approx(expected, rel=1e-14)


def test_constant_methods():
    for name in ("argmax", "argmin", "argsort", "all", "any"):
        assert np.array_equal(inside(lambda z, name=name: getattr(z, name)()), getattr(X, name)())
    assert inside(lambda z: z.argmax(0)) == 2


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
@MODES
def test_copy_of_a_box_is_right_or_refused(mode, copied):
    try:
        derivative = mode(lambda z: copied(z) * z)(3.0)
    except (TypeError, RuntimeError):
        return
    assert derivative == 6.0


# What cannot be done to a traced value

DETACHING = {
    "float": (float, r"float\(x\)"),
    "int": (int, r"int\(x\)"),
    "complex": (complex, r"complex\(x\)"),
    "math.sin": (math.sin, r"float\(x\)"),
    "math.exp": (math.exp, r"float\(x\)"),
    "math.pow": (lambda z: math.pow(2.0, z), r"float\(x\)"),
    "index": (lambda z: [1, 2, 3][z], "index"),
    "range": (range, "index"),
    "slice": (lambda z: X[:z], "index"),
    "slice of a box": (lambda z: (z * X)[:z], "index"),
    "np.asarray": (np.asarray, "plain array"),
    "np.array": (np.array, "plain array"),
    "np.array of a list": (lambda z: np.array([z, 1.0]), "plain array"),
    "np.asarray of nested lists": (lambda z: np.asarray([[z], [z]]), "plain array"),
    "np.fromiter": (lambda z: np.fromiter([z], float), r"float\(x\)|plain array"),
    "np.float64": (np.float64, r"float\(x\)|plain array"),
    "np.sum of a list": (lambda z: np.sum([z, z]), "plain array"),
    "np.sin of a list": (lambda z: np.sin([z, z]), "plain array"),
}


@pytest.mark.parametrize("name", DETACHING)
@MODES
def test_what_would_detach_raises_and_says_what_to_do(mode, name):
    function, words = DETACHING[name]
    with pytest.raises((TypeError, ValueError)) as caught:
        mode(lambda z: function(z) and z)(2.0)
    assert re.search(words, words_of(caught.value))
    assert "stop_gradient(x)" in words_of(caught.value)


@pytest.mark.parametrize("x", [2.0, np.array(2.0), np.array([2.0])], ids=repr)
@pytest.mark.parametrize("index", [0, slice(1), [0], Ellipsis, np.array([True, False, False])], ids=str)
@pytest.mark.parametrize("mode", [grad, lambda f: lambda x: jvp(f, x, x)])
def test_writing_into_a_plain_array_raises_and_says_what_to_do(mode, index, x):
    def f(z):
        plain = np.zeros(3)
        plain[index] = z
        return np.sum(plain * z)

    with pytest.raises((TypeError, ValueError)) as caught:
        mode(f)(x)
    assert re.search("traced value.*stop_gradient", words_of(caught.value))


@pytest.mark.parametrize("x", [2.0, X], ids=["scalar", "array"])
@pytest.mark.parametrize("operation", [operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ipow])
def test_plain_array_cannot_be_updated_by_a_box(operation, x):
    def f(z):
        plain = np.ones(3)
        plain = operation(plain, z)
        return np.sum(plain)

    with pytest.raises(TypeError, match=r"traced value into a plain array.*Write a = a \+ x"):
        grad(f)(x)


@pytest.mark.parametrize(
    "function", [np.sin, lambda z, out: np.add(z, 1.0, out=out), lambda z, out: np.multiply(z, z, out)]
)
def test_out_is_refused(function):
    with pytest.raises(TypeError, match="plain array"):
        grad(lambda z: np.sum(function(z, out=np.zeros(3))))(X)


def test_traced_number_cannot_be_written_into():
    for write in (
        lambda z: operator.setitem(z, 0, 1.0),
        lambda z: operator.setitem(z, ..., 1.0),
        lambda z: z.fill(1.0),
    ):
        with pytest.raises(TypeError, match="traced number cannot be written into"):
            grad(lambda z: write(z) or z)(2.0)  # noqa: B023


@pytest.mark.parametrize("name", ["datetime_as_string", "is_busday", "busday_count"])  # never to have a derivative
@MODES
def test_numpy_function_without_a_rule_is_named(mode, name):
    def f(z):
        return np.sum(getattr(np, name)(z, z) if name == "busday_count" else getattr(np, name)(z))

    with pytest.raises(NotImplementedError, match=rf"numpy\.{name}.*no derivative.*stop_gradient"):
        mode(f)(1.0)


def test_ufunc_without_a_rule_is_named():
    logistic = np.frompyfunc(lambda x: x / (1 + x), 1, 1)
    with pytest.raises(NotImplementedError, match=r"numpy\.<lambda>.*no derivative.*stop_gradient"):
        grad(lambda z: np.sum(logistic(z)))(X)


# Options

MASK = np.array([True, False, True])
# Some of these have a rule and others may get one: each is right, or refused by a sentence that names the option
OPTIONS = {
    "where of a ufunc": (lambda n, z: n.sin(z, where=MASK, out=np.zeros(3)), "where|out"),
    "where of a binary ufunc": (lambda n, z: n.add(z, 1.0, where=MASK, out=np.zeros(3)), "where|out"),
    "dtype of a ufunc": (lambda n, z: n.multiply(z, 2.0, dtype=complex), "dtype"),
    "casting": (lambda n, z: n.exp(z, casting="unsafe"), "casting"),
    "initial of sum": (lambda n, z: n.sum(z, initial=1.0), "initial"),
    "dtype of sum": (lambda n, z: n.sum(z, dtype=complex), "dtype"),
    "dtype of mean": (lambda n, z: n.mean(z, dtype=complex), "dtype"),
    "out of sum": (lambda n, z: n.sum(z, out=np.zeros(())), "out"),
    "correction of std": (lambda n, z: n.std(z, correction=1), "correction"),
    "mean of var": (lambda n, z: n.var(z, mean=np.mean(z)), "mean"),
    "another mean of var": (lambda n, z: n.var(z, mean=2.0), "mean"),
    "copy of reshape": (lambda n, z: n.reshape(z, (3, 1), copy=True), "copy"),
    "subok of broadcast_to": (lambda n, z: n.broadcast_to(z, (2, 3), subok=True), "subok"),
    "order of copy": (lambda n, z: n.copy(z, order="F"), "order"),
    "axes of matmul": (lambda n, z: n.matmul(z[None], z[:, None], axes=[(0, 1), (0, 1), (1, 0)]), "axes"),
    "dtype of concatenate": (lambda n, z: n.concatenate([z, z], dtype=complex), "dtype"),
}
NEVER = {
    "nonsense": (lambda n, z: n.sum(z, nonsense=1), "nonsense"),
    "nonsense of a ufunc": (lambda n, z: n.sin(z, nonsense=1), "nonsense"),
    "ddof of max": (lambda n, z: n.max(z, ddof=1), "ddof"),
    "initial of var": (lambda n, z: n.var(z, initial=1.0), "initial"),
    "box as where": (lambda n, z: n.sum(z, where=z), "where"),
    "box as initial": (lambda n, z: n.max(z, initial=z[0]), "initial"),
    "box as ddof": (lambda n, z: n.var(z, ddof=z[0]), "ddof"),
    "box as axis": (lambda n, z: n.sum(z, axis=z[0]), "axis"),
    "box as positional axis": (lambda n, z: n.sum(z, z[0]), "axis|argument"),
    "box as initial of constants": (lambda n, z: n.max(X, initial=z[0]), "initial|float"),
    "box as where of a ufunc": (lambda n, z: n.sin(X, where=z), "where"),
    "box as ddof of constants": (lambda n, z: n.std(X, ddof=z[0]), "ddof|plain array"),
}


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("namespace", [np, enp], ids=["numpy", "easygrad"])
def test_option_is_honoured_or_refused_and_named(namespace, name):
    function, words = OPTIONS[name]
    sample = Sample(lambda z: function(namespace, z), X)
    for law in (pushforward_is_the_derivative, pullback_is_the_transpose):
        try:
            law(sample)
        except (TypeError, NotImplementedError) as error:
            assert re.search(words, str(error))  # noqa: PT017  # either answer is right


@pytest.mark.parametrize("name", NEVER)
@pytest.mark.parametrize("namespace", [np, enp], ids=["numpy", "easygrad"])
@MODES
def test_option_that_makes_no_sense_is_refused_and_named(mode, namespace, name):
    function, words = NEVER[name]
    with pytest.raises((TypeError, ValueError, NotImplementedError)) as caught:
        mode(lambda s: np.sum(function(namespace, s * X)))(1.0)
    assert re.search(words, words_of(caught.value))


M = np.reshape(np.arange(6.0), (2, 3)) * 0.3 + 0.1
# Forms of one call; each gives what the first one gives, or an error
FORMS = {
    "sum": [
        lambda n, z: n.sum(z, axis=0),
        lambda n, z: n.sum(z, 0),
        lambda n, z: n.sum(a=z, axis=0),
        lambda n, z: n.sum(axis=0, a=z),
        lambda n, z: n.sum(z, 0, None),
        lambda n, z: n.sum(z, 0, None, None),
        lambda n, z: n.sum(z, axis=(0,)),
        lambda n, z: n.sum(z, axis=-2),
        lambda n, z: z.sum(0),
        lambda n, z: z.sum(axis=0),
        lambda n, z: n.sum(z, 0, keepdims=False),
    ],
    "sum with keepdims": [
        lambda n, z: n.sum(z, axis=0, keepdims=True),
        lambda n, z: n.sum(z, 0, None, None, True),
        lambda n, z: n.sum(z, 0, keepdims=True),
        lambda n, z: n.sum(a=z, axis=0, keepdims=True),
        lambda n, z: z.sum(0, keepdims=True),
        lambda n, z: z.sum(0, None, None, True),
    ],
    "var": [
        lambda n, z: n.var(z, axis=1, ddof=1),
        lambda n, z: n.var(z, 1, None, None, 1),
        lambda n, z: n.var(z, 1, ddof=1),
        lambda n, z: n.var(a=z, axis=1, ddof=1),
        lambda n, z: z.var(1, ddof=1),
        lambda n, z: n.var(z, 1, correction=1),
    ],
    "max": [
        lambda n, z: n.max(z, axis=1, initial=0.3),
        lambda n, z: n.max(z, 1, initial=0.3),
        lambda n, z: n.max(z, 1, None, False, 0.3),
        lambda n, z: n.max(a=z, axis=1, initial=0.3),
        lambda n, z: n.amax(z, axis=1, initial=0.3),
    ],
    "reshape": [
        lambda n, z: n.reshape(z, (3, 2), order="F"),
        lambda n, z: n.reshape(z, (3, 2), "F"),
        lambda n, z: n.reshape(a=z, shape=(3, 2), order="F"),
        lambda n, z: n.reshape(z, shape=(3, 2), order="F"),
        lambda n, z: z.reshape(3, 2, order="F"),
        lambda n, z: z.reshape((3, 2), order="F"),
        lambda n, z: z.reshape(-1, 2, order="F"),
    ],
    "transpose": [
        lambda n, z: n.transpose(z),
        lambda n, z: n.transpose(z, None),
        lambda n, z: n.transpose(z, (1, 0)),
        lambda n, z: n.transpose(a=z, axes=(-1, 0)),
        lambda n, z: n.swapaxes(z, 0, 1),
        lambda n, z: n.swapaxes(a=z, axis1=0, axis2=1),
        lambda n, z: n.moveaxis(z, 0, -1),
        lambda n, z: n.moveaxis(a=z, source=0, destination=1),
        lambda n, z: n.permute_dims(z, axes=(1, 0)),
        lambda n, z: z.T,
        lambda n, z: z.transpose(1, 0),
    ],
    "concatenate": [
        lambda n, z: n.concatenate([z, z], axis=1),
        lambda n, z: n.concatenate((z, z), 1),
        lambda n, z: n.concatenate(arrays=[z, z], axis=1),
        lambda n, z: n.concatenate([z, z], -1),
        lambda n, z: n.concat([z, z], axis=1),
        lambda n, z: n.concatenate([z, z], 1, None),
    ],
    "stack": [
        lambda n, z: n.stack([z, z], axis=1),
        lambda n, z: n.stack((z, z), 1),
        lambda n, z: n.stack(arrays=[z, z], axis=1),
        lambda n, z: n.stack([z, z], -2),
    ],
    "where": [
        lambda n, z: n.where(M > 0.5, z, 0.0),
        lambda n, z: n.where(z > 0.5, z, 0.0),
        lambda n, z: n.where(M > 0.5, z, np.zeros((2, 3))),
        lambda n, z: n.where((M > 0.5).tolist(), z, 0.0),
    ],
    "expand_dims": [
        lambda n, z: n.expand_dims(z, 1),
        lambda n, z: n.expand_dims(z, axis=1),
        lambda n, z: n.expand_dims(a=z, axis=1),
        lambda n, z: z[:, None],
    ],
    "broadcast_to": [
        lambda n, z: n.broadcast_to(z, (4, 2, 3)),
        lambda n, z: n.broadcast_to(array=z, shape=(4, 2, 3)),
        lambda n, z: n.broadcast_to(z, shape=(4, 2, 3)),
        lambda n, z: n.broadcast_to(z, (4, 2, 3), False),
    ],
    "add": [
        lambda n, z: n.add(z, 1.0),
        lambda n, z: n.add(1.0, z),
        lambda n, z: n.add(x1=z, x2=1.0),
        lambda n, z: z + 1.0,
        lambda n, z: 1.0 + z,
        lambda n, z: n.add(z, [1.0, 1.0, 1.0]),
    ],
    "matmul": [
        lambda n, z: n.matmul(z, M.T),
        lambda n, z: n.dot(z, M.T),
        lambda n, z: n.dot(a=z, b=M.T),
        lambda n, z: z @ M.T,
        lambda n, z: z.dot(M.T),
        lambda n, z: n.dot(z, M.T, None),
    ],
    "outer": [
        lambda n, z: n.outer(z, C),
        lambda n, z: n.outer(a=z, b=C),
        lambda n, z: n.outer(z, C, None),
        lambda n, z: z.ravel()[:, None] * C,
    ],
    "round": [
        lambda n, z: z * n.round(z, 1),
        lambda n, z: z * n.round(z, decimals=1),
        lambda n, z: z * n.round(a=z, decimals=1),
        lambda n, z: z * n.around(z, 1),
        lambda n, z: z * z.round(1),
    ],
    "squeeze": [
        lambda n, z: n.squeeze(z[None], 0),
        lambda n, z: n.squeeze(z[None], axis=0),
        lambda n, z: n.squeeze(a=z[None], axis=(0,)),
        lambda n, z: z[None].squeeze(0),
        lambda n, z: n.squeeze(z[None]),
    ],
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("namespace", [np, enp], ids=["numpy", "easygrad"])
def test_every_form_of_a_call_is_the_same_or_an_error(namespace, name):
    first, *others = FORMS[name]
    sample = Sample(lambda z: first(namespace, z), M)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    weights = np.cos(np.arange(100.0))

    def total(z, form):
        y = form(namespace, z)
        return np.sum(y * np.resize(weights, y.shape))

    expected = value_and_grad(total)(M, first)
    answered = 0
    for form in others:
        try:
            value, gradient = value_and_grad(total)(M, form)
        except (TypeError, NotImplementedError, AttributeError):
            continue
        answered += 1
        assert_near(value, expected[0], 1e-15, name)
        assert_near(gradient, expected[1], 1e-15, name)
    assert answered >= len(others) / 2


# Updates in place

UPDATES = {
    "+=": operator.iadd,
    "-=": operator.isub,
    "*=": operator.imul,
    "/=": operator.itruediv,
    "**=": operator.ipow,
    "%=": operator.imod,
    "//=": operator.ifloordiv,
}


@pytest.mark.parametrize("name", UPDATES)
@pytest.mark.parametrize("x", [1.5, X], ids=["scalar", "array"])
def test_update_in_place_has_the_value_and_gradient_of_the_operation(name, x):
    update, plain = UPDATES[name], getattr(operator, UPDATES[name].__name__[1:])

    def updated(z):
        y = z * 1.0
        y = update(y, z * z)
        return np.sum(y * z)

    def operation(z):
        return np.sum(plain(z, z * z) * z)

    for found, expected in zip(value_and_grad(updated)(x), value_and_grad(operation)(x), strict=True):
        assert_near(found, expected, 1e-14, name)
    assert_near(jvp(updated, x, x)[1], jvp(operation, x, x)[1], 1e-14, name)


def refused_or_as_numpy(f, x=X):
    """Raise unless the derivative of ``f`` is that of NumPy's result, by differences; or the program is refused."""
    x = x.copy()
    try:
        gradient = grad(f)(x)
    except (TypeError, NotImplementedError):
        return
    h = 1e-6
    expected = [(f(x + h * unit) - f(x - h * unit)) / (2 * h) for unit in np.eye(len(x))]
    np.testing.assert_allclose(gradient, expected, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("name", UPDATES)
def test_update_is_seen_under_every_name(name):
    def f(z):
        y = z * 1.0
        other = y
        y = UPDATES[name](y, C)
        return np.sum(other * z)

    refused_or_as_numpy(f, np.array([1.6, 2.7, 3.8]))


VIEWS = {
    "slice": lambda y: y[:2],
    "reversed": lambda y: y[::-1],
    "reshape": lambda y: y.reshape(3, 1),
    "ravel": lambda y: y.ravel(),
    "T": lambda y: y.T,
    "None": lambda y: y[None],
    "real": lambda y: y.real,
    "expand_dims": lambda y: np.expand_dims(y, 0),
    "swapaxes": lambda y: y[None].swapaxes(0, 1),
    "asarray": enp.asarray,
    "view of a view": lambda y: y[:2][1:],
}
COPIES = {
    "copy": lambda y: y.copy(),
    "mask": lambda y: y[[0, 1]],
    "flatten": lambda y: y.flatten(),
    "array": enp.array,
    "+y": lambda y: +y,
    "element": lambda y: y[0],
}


@pytest.mark.parametrize("name", VIEWS | COPIES)
def test_update_of_an_array_is_seen_in_its_views_and_not_in_its_copies(name):
    def f(z):
        y = z * 1.0
        other = (VIEWS | COPIES)[name](y)
        y += 10.0
        return np.sum(other**2) + np.sum(y)

    refused_or_as_numpy(f)


@pytest.mark.parametrize("name", VIEWS | COPIES)
def test_update_of_a_view_is_seen_in_the_array_and_of_a_copy_not(name):
    def f(z):
        y = z * 1.0
        other = (VIEWS | COPIES)[name](y)
        other *= 10.0
        return np.sum(y**2) + np.sum(other)

    refused_or_as_numpy(f)


def test_update_of_an_argument_changes_no_array_of_the_caller():
    x = X.copy()

    def f(z):
        z *= 3.0
        return np.sum(z * z)

    assert_near(grad(f)(x), 18 * X, 1e-15, "gradient")
    assert x.tolist() == X.tolist()
    assert_near(deriv(lambda s: f(s * x))(1.0), np.sum(18 * X * X), 1e-15, "deriv")


def test_update_before_use_and_in_a_loop():
    def f(z):
        total = enp.zeros_like(z) + z * 0.0
        for _ in range(3):
            total += z * z
            total *= 2.0
        return np.sum(total)

    assert_near(grad(f)(X), 28 * X, 1e-15, "gradient")


def test_update_that_changes_shape_or_kind_is_refused():
    for update in (lambda z: operator.iadd(z, np.ones((2, 3))), lambda z: operator.imul(z, 1j)):
        with pytest.raises(TypeError, match=r"in-place operator.*Write a = a \+ b"):
            grad(lambda z: np.sum(np.real(update(z * 1.0))))(X)  # noqa: B023


def test_update_keeps_the_dtype():
    x = X.astype(np.float32)

    def f(z):
        y = z * z
        y += np.ones(3)
        assert y.dtype == np.float32
        return np.sum(y)

    assert grad(f)(x).dtype == np.float32


def test_closure_updates_an_outer_box():
    def f(x):
        total = x * 1.0

        def inner(y):
            return np.sum(total * y)

        total += 1.0
        return grad(inner)(2.0) * np.sum(x)

    # sum(x + 1) * sum(x)
    assert_near(grad(f)(X), (np.sum(X + 1) + np.sum(X)) * np.ones(3), 1e-14, "gradient")


# NumPy's two protocols


@MODES
def test_numpy_and_easygrad_namespace_agree(mode):
    def f(n):
        return lambda s: (
            n.sum(n.sin(s * X) * n.exp(-s) + n.where(s * X > 2, s, n.tanh(s))) + n.max(s * X) + n.dot(X, s * C)
        )

    assert mode(f(np))(0.7) == mode(f(enp))(0.7)


@pytest.mark.parametrize(
    "name",
    [
        "conj",
        "abs",
        "true_divide",
        "pow",
        "acos",
        "atan2",
        "concat",
        "permute_dims",
        "amax",
        "amin",
        "around",
    ],
)
def test_second_names_of_numpy_work_or_are_refused(name):
    args = {"true_divide": (C,), "pow": (C,), "atan2": (C,)}.get(name, ())
    values = []

    def f(z):
        y = [z, z] if name == "concat" else z / 4
        values.append(np.sum(getattr(np, name)(y, *args)))
        values.append(np.sum(getattr(enp, name)(y, *args)))
        return values[-1]

    try:
        grad(f)(X)
    except NotImplementedError as error:
        assert name in str(error)  # noqa: PT017  # either answer is right
        return
    assert stop_gradient(values[0]) == stop_gradient(values[1])


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 2), (1, 2, 2)], ids=str)
@pytest.mark.parametrize("arguments", [lambda x: (x,), lambda x: ([x],), lambda x: (x, 0), lambda x: (x, 1)])
def test_what_numpy_copies_is_not_the_same_box(arguments, shape):
    """Or an in-place operator on the result would change the argument as well."""
    plain = np.full(shape, 1.5)
    same = []

    def f(x):
        for function, ours in FUNCTIONS.items():
            try:
                result = ours(*arguments(x))
                expected = function(*arguments(plain))
            except Exception:  # not a call of this function
                continue
            if result is x and not np.shares_memory(expected, plain):
                same.append(function.__name__)
        return np.sum(x)

    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        grad(f)(plain)
    assert same == []


# Every attribute and method of an ndarray is decided

SQUARE = np.array([[0.4, 1.3, 2.2], [1.7, 0.9, 0.6], [1.1, 0.2, 3.1]])
DIFFERENTIABLE = {
    "T": lambda z: z.T,
    "astype": lambda z: z.astype(complex).real + z.astype("f8") + z.astype(float, copy=False, order="K"),
    "clip": lambda z: z.clip(0.5, 2.0) + z.clip(min=0.7) + z.clip(max=1.0),
    "compress": lambda z: z.compress([True, False, True], 1),
    "conj": lambda z: z.conj(),
    "conjugate": lambda z: z.conjugate(),
    "copy": lambda z: z.copy() * z.copy("F"),
    "cumprod": lambda z: z.cumprod(0) + z.cumprod().reshape(3, 3),
    "cumsum": lambda z: z.cumsum(1) + z.cumsum().reshape(3, 3),
    "diagonal": lambda z: z.diagonal(1, 1, 0),
    "dot": lambda z: z.dot(SQUARE).dot(z[0]),
    "fill": lambda z: [y := z * 1.0, y[0].fill(z[1, 1])] and y,
    "flat": lambda z: z.flat[3:] * z.flat[0] * sum(z.flat) * len(z.flat),
    "flatten": lambda z: z.flatten("F") * z.flatten(),
    "imag": lambda z: (z * (1 + 2j)).imag + z.imag,
    "item": lambda z: z.item(4) * z.item(1, 2) * z[:1, :1].item(),
    "mT": lambda z: z.mT,
    "max": lambda z: z.max(0) + z.max(),
    "mean": lambda z: z.mean(0, keepdims=True) + z.mean(axis=1),
    "min": lambda z: z.min(1) + z.min(initial=0.3),
    "partition": lambda z: [y := z * 1.0, y.partition(1)] and y,
    "prod": lambda z: z.prod(0) * z.prod(),
    "put": lambda z: [y := z * 1.0, y.put([0, 5], z[1])] and y,
    "ravel": lambda z: z.ravel() * z.ravel("F"),
    "real": lambda z: z.real * (z * (1 + 2j)).real,
    "repeat": lambda z: z.repeat(2, axis=1)[:, :3] + z.repeat(2)[:3],
    "reshape": lambda z: z.reshape(9) + z.reshape((1, 9)) + z.reshape(-1, order="F"),
    "sort": lambda z: [y := z * 1.0, y.sort(), y.sort(axis=0)] and y,
    "squeeze": lambda z: z[None].squeeze() + z[:, None].squeeze(1),
    "std": lambda z: z.std(0, ddof=1) + z.std(),
    "sum": lambda z: z.sum(0) + z.sum() + z.sum(1, keepdims=True),
    "swapaxes": lambda z: z.swapaxes(0, 1),
    "take": lambda z: z.take([2, 0], 1) + z.take(4),
    "tolist": lambda z: z.tolist()[1][2] * z[0].tolist()[1] * z,
    "trace": lambda z: z.trace() + z.trace(1) * z,
    "transpose": lambda z: z.transpose() + z.transpose(1, 0) + z.transpose((0, 1)),
    "var": lambda z: z.var(0) + z.var(axis=1, ddof=1),
    "view": lambda z: z.view(),
    "__abs__": abs,
    "__add__": lambda z: z + z,
    "__copy__": lambda z: copy.copy(z) * z,
    "__deepcopy__": lambda z: copy.deepcopy(z) * z,
    "__divmod__": lambda z: divmod(z, 0.35)[1],
    "__getitem__": lambda z: z[1:, [0, 2]],
    "__iadd__": lambda z: operator.iadd(z * 1.0, z),
    "__ifloordiv__": lambda z: operator.ifloordiv(z * 1.0, 0.35) * z,
    "__imatmul__": lambda z: operator.imatmul(z * 1.0, z),
    "__imod__": lambda z: operator.imod(z * 1.0, 0.35),
    "__imul__": lambda z: operator.imul(z * 1.0, z),
    "__ipow__": lambda z: operator.ipow(z * 1.0, 2),
    "__isub__": lambda z: operator.isub(z * 2.0, z * z),
    "__iter__": lambda z: sum(row * i for i, row in enumerate(z)),
    "__itruediv__": lambda z: operator.itruediv(z * 1.0, z + 1),
    "__matmul__": lambda z: z @ z,
    "__mod__": lambda z: z % 0.35,
    "__mul__": lambda z: z * z,
    "__neg__": lambda z: -z,
    "__pos__": lambda z: +z,
    "__pow__": lambda z: z**2 + z**-0.5,
    "__radd__": lambda z: 1 + z,
    "__rdivmod__": lambda z: divmod(7.3, z)[1],
    "__rmatmul__": lambda z: SQUARE @ z,
    "__rmod__": lambda z: 7.3 % z,
    "__rmul__": lambda z: SQUARE * z,
    "__rpow__": lambda z: 2**z,
    "__rsub__": lambda z: 1 - z,
    "__rtruediv__": lambda z: 1 / z,
    "__setitem__": lambda z: [y := z * 1.0, operator.setitem(y, 0, z[1])] and y,
    "__sub__": lambda z: z - z * z,
    "__truediv__": lambda z: z / (z + 1),
}
CONSTANT = {
    "all": lambda z: z.all(0),
    "any": lambda z: z.any(),
    "argmax": lambda z: z.argmax(0),
    "argmin": lambda z: z.argmin(),
    "argpartition": lambda z: z.argpartition(1),
    "argsort": lambda z: z.argsort(0),
    "base": lambda z: (z.base is None) and (z * 1.0).base is None and z[1:].base.shape,
    "dtype": lambda z: z.dtype,
    "flags": lambda z: str(z.flags.c_contiguous) + str(z.T.flags.c_contiguous),
    "itemsize": lambda z: z.itemsize,
    "nbytes": lambda z: z.nbytes,
    "ndim": lambda z: z.ndim,
    "nonzero": lambda z: z.nonzero(),
    "round": lambda z: z.round(1),
    "searchsorted": lambda z: z[0].searchsorted([1.0, 2.0]),
    "shape": lambda z: z.shape,
    "size": lambda z: z.size,
    "strides": lambda z: z.T.strides,
    "__bool__": lambda z: bool(z[0, 0]),
    "__contains__": lambda z: (0.4 in z, 7.0 in z),
    "__eq__": lambda z: z == SQUARE,
    "__floordiv__": lambda z: z // 0.35,
    "__format__": lambda z: f"{z} {z[0, 0]:.3f}",
    "__ge__": lambda z: z >= 1,
    "__gt__": lambda z: z > 1,
    "__le__": lambda z: z <= 1,
    "__len__": len,
    "__lt__": lambda z: z < 1,
    "__ne__": lambda z: z != 1,
    "__rfloordiv__": lambda z: 7.3 // z,
    "__str__": str,
}
SHOWN = {"__repr__", "__array_ufunc__", "__array_function__", "choose"}  # other tests here hold these
DETACHED = {  # they would make a plain value of a traced one
    "__array__": np.asarray,
    "__complex__": lambda z: complex(z[0, 0]),
    "__float__": lambda z: float(z[0, 0]),
    "__index__": lambda z: operator.index(z[0, 0]),
    "__int__": lambda z: int(z[0, 0]),
}
MEMORY = {  # they hand out the bytes, which have no derivative, or reinterpret them
    *("byteswap", "ctypes", "data", "dump", "dumps", "getfield", "resize", "setfield", "setflags", "tobytes", "tofile"),
    *("__array_interface__", "__array_struct__", "__dlpack__", "__dlpack_device__", "__setstate__", "__buffer__"),
    *("_set_dtype", "_set_shape"),  # what NumPy 2.5 has in place of setting the attributes
}
SUBCLASSES = {
    "__array_finalize__",
    "__array_priority__",
    "__array_wrap__",
    "__class_getitem__",
}  # NumPy's own machinery
ARRAY_API = {"device", "to_device", "__array_namespace__"}  # a box is not an object of the array API
INTEGERS = {  # operators of integers and masks: a traced value is a number with a fraction
    *("__and__", "__iand__", "__rand__", "__or__", "__ior__", "__ror__", "__xor__", "__ixor__", "__rxor__"),
    *("__lshift__", "__ilshift__", "__rlshift__", "__rshift__", "__irshift__", "__rrshift__", "__invert__"),
}
REFUSED = MEMORY | SUBCLASSES | ARRAY_API | INTEGERS | {"__delitem__"}  # an array has no items to delete


def test_every_name_of_an_ndarray_is_decided():
    gone = {"itemset", "newbyteorder", "ptp", "tostring"}  # NumPy 2.0 lists them still, and raises
    decided = set(DIFFERENTIABLE) | set(CONSTANT) | set(DETACHED) | SHOWN | REFUSED | gone
    names = {name for name in dir(np.ndarray) if getattr(np.ndarray, name) is not getattr(object, name, None)}
    undecided = names - decided - {"__hash__", "__new__", "__doc__", "__reduce__", "__reduce_ex__", "__sizeof__"}
    assert undecided - {"__init_subclass__", "__subclasshook__"} == set()
    assert {name for name in decided - REFUSED - gone if not hasattr(Box, name)} == set()


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_method_is_that_of_an_array(name):
    call = DIFFERENTIABLE[name]
    sample = Sample(call, SQUARE)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    boxes_are_equal(inside(call, SQUARE), call(SQUARE.copy()))


@pytest.mark.parametrize("name", CONSTANT)
def test_method_answers_what_an_array_answers(name):
    expected, answer = CONSTANT[name](SQUARE.copy()), inside(CONSTANT[name], SQUARE)
    assert type(answer) is type(expected)
    np.testing.assert_equal(answer, expected)


@pytest.mark.parametrize("name", DETACHED)
def test_method_that_would_detach(name):
    with pytest.raises(TypeError, match="stop_gradient"):
        inside(DETACHED[name], SQUARE)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_name_of_an_array_that_a_box_has_not(name):
    assert name not in {attribute for kind in Box.__mro__[:-1] for attribute in vars(kind)}
    calls = {
        "__and__": lambda z: z & 1,
        "__rand__": lambda z: 1 & z,
        "__iand__": lambda z: operator.iand(z, 1),
        "__lshift__": lambda z: z << 1,
        "__invert__": lambda z: ~z,
        "__delitem__": lambda z: operator.delitem(z, 0),
    }
    with pytest.raises((AttributeError, TypeError)):
        inside(calls.get(name, lambda z: getattr(z, name)), SQUARE)


# pandas and sparse matrices of SciPy, as constants on the other side

SPARSE = SQUARE * (SQUARE > 1.0)
TABLES = {
    "Series": (pandas.Series(SQUARE[0]), SQUARE[0]),
    "DataFrame": (pandas.DataFrame(SQUARE), SQUARE),
    "array": (scipy.sparse.csr_array(SPARSE), SPARSE),
    "matrix": (scipy.sparse.csr_matrix(SPARSE), SPARSE),
    "csc_array": (scipy.sparse.csc_array(SPARSE), SPARSE),
    "coo_matrix": (scipy.sparse.coo_matrix(SPARSE), SPARSE),
}
OF_TABLES = {f.__name__: f for f in [operator.add, operator.sub, operator.mul, operator.truediv, operator.matmul]}
OF_TABLES |= {f"np.{f.__name__}": f for f in [np.add, np.multiply, np.subtract, np.dot, np.matmul, np.maximum]}


@pytest.mark.parametrize("name", OF_TABLES)
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("left", [True, False], ids=["box first", "box second"])
@pytest.mark.parametrize("x", [SQUARE + 0.3, SQUARE[1] + 0.3], ids=["matrix", "vector"])
def test_table_as_a_constant(table, name, left, x):
    constant, plain = TABLES[table]
    operation = OF_TABLES[name]
    if operation is np.dot and scipy.sparse.issparse(constant):
        pytest.skip("SciPy: np.dot of a sparse matrix is undefined, an array of objects")
    is_product = table.endswith("matrix") and operation is operator.mul  # as the class has it
    dense = operator.matmul if is_product else operation
    expected = Sample((lambda z: dense(z, plain)) if left else (lambda z: dense(plain, z)), x)
    sample = Sample((lambda z: operation(z, constant)) if left else (lambda z: operation(constant, z)), x)
    with np.errstate(all="ignore"):
        try:
            value, pullback = vjp(sample.function, x)
        except (TypeError, ValueError, NotImplementedError) as error:
            by_pandas = "Series" in table or "Frame" in table
            if not by_pandas or left or "matmul" not in name:
                raise
            assert "stop_gradient" in words_of(error)  # noqa: PT017  # pandas asks for a plain array
            return
        wanted, transpose = vjp(expected.function, x)
        g = np.ones_like(wanted)
        assert_near(np.nan_to_num(value), np.nan_to_num(wanted), 1e-14, name)
        assert_near(np.nan_to_num(pullback(g)), np.nan_to_num(transpose(g)), 1e-14, name)
        change = jvp(sample.function, x, x)[1]
        assert_near(np.nan_to_num(change), np.nan_to_num(jvp(expected.function, x, x)[1]), 1e-14, name)


@pytest.mark.parametrize(
    "call",
    [
        lambda z, c: np.where(c > 1.0, z, c),
        lambda z, c: np.stack([z, c]),
        lambda z, c: np.concatenate([z, c]),
        lambda z, c: np.einsum("ij,jk", z, c),
        lambda z, c: np.sum(z * c, axis=0),
        lambda z, c: np.tensordot(z, c, 1),
        lambda z, c: np.outer(z, c),
        lambda z, c: z[c.iloc[:, 0] > 1.0] if hasattr(c, "iloc") else z[c[:, 0] > 1.0],
    ],
)
def test_table_in_a_call(call):
    table = pandas.DataFrame(SQUARE)
    sample = Sample(lambda z: call(z, SQUARE if isinstance(z, np.ndarray) else table), SQUARE + 0.3)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
