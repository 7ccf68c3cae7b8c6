"""The options and methods of NumPy's ufuncs: the value of plain NumPy, the derivative of differences, or a sentence.

To add a call, add it to a table; each is made through NumPy and through ``easygrad.numpy``.
"""

import re

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import grad, jvp, stop_gradient, vjp

from .laws import (
    Sample,
    assert_near,
    pullback_is_the_transpose,
    pushforward_is_the_derivative,
    second_order_agrees,
)

X = np.array([[0.4, 1.3, 2.2], [1.7, 0.9, 0.6]])
Y = np.array([[1.5, 0.7, 1.1], [0.3, 2.6, 1.2]])
SQUARE = np.array([[1.0, 0.5, 0.2], [0.3, 2.0, 0.1], [0.4, 0.6, 3.0]])
MASK = np.array([[True, False, True], [False, True, True]])
NAMESPACES = pytest.mark.parametrize("namespace", [np, enp], ids=["numpy", "easygrad"])

CALLS = {
    "where": lambda n, x, y: n.sin(x, where=MASK, out=n.zeros_like(x)),
    "where of a row": lambda n, x, y: n.multiply(x, y, where=MASK[0], out=n.ones_like(x)),
    "where keeps what out had": lambda n, x, y: n.divide(x, y, where=MASK, out=x * y),
    "where as a list": lambda n, x, y: n.add(x, y, where=[True, False, True], out=y * 1.0),
    "where is true": lambda n, x, y: n.add(x, y, where=True),
    "where is false": lambda n, x, y: n.add(x, y, where=False, out=x * 3.0),
    "where a comparison": lambda n, x, y: n.log(x, where=stop_gradient(x) > 1.0, out=n.zeros_like(y)),
    "where broadcasts": lambda n, x, y: n.multiply(x[0], y[:, :1], where=MASK, out=n.zeros_like(x)),
    "where and dtype": lambda n, x, y: n.add(x, y, where=MASK, dtype=float, out=n.zeros_like(x)),
    "out": lambda n, x, y: n.exp(x, out=y * 1.0),
    "out by position": lambda n, x, y: n.add(x, y, x * 1.0),
    "out in a tuple": lambda n, x, y: n.add(x, y, out=(x * 1.0,)),
    "out is an argument": lambda n, x, y: n.add(z := x * 1.0, y, out=z) * z,
    "out is a view": lambda n, x, y: [z := x * 1.0, n.sqrt(y[0], out=z[1])] and z,
    "out broadcasts": lambda n, x, y: n.multiply(x[0], 2.0, out=n.zeros_like(y[0])),
    "out is None": lambda n, x, y: n.add(x, y, out=None),
    "dtype": lambda n, x, y: n.multiply(x, y, dtype=np.float64),
    "dtype complex": lambda n, x, y: n.real(n.multiply(n.exp(x, dtype=complex), 1 + 2j)),
    "casting": lambda n, x, y: n.add(x, y, casting="no"),
    "order and subok": lambda n, x, y: n.add(x, y, order="F", subok=False),
    "axes of matmul": lambda n, x, y: n.matmul(x, y, axes=[(1, 0), (0, 1), (0, 1)]),
    "axes with a moved answer": lambda n, x, y: n.matmul(x, y, axes=[(0, 1), (1, 0), (1, 0)]),
    "axis of vecdot": lambda n, x, y: n.vecdot(x, y, axis=0),
    "axes of vecdot": lambda n, x, y: n.vecdot(x, y, axes=[0, 0]),
    "outer": lambda n, x, y: n.multiply.outer(x[0], y),
    "outer of a number": lambda n, x, y: n.subtract.outer(x[0, 0], y),
    "outer of constants": lambda n, x, y: n.arctan2.outer(x, [0.5, 2.0]) + n.power.outer(2.0, y)[:, :, None],
    "outer with dtype": lambda n, x, y: n.divide.outer(x, y[0], dtype=float),
    "reduce": lambda n, x, y: n.add.reduce(x),
    "reduce multiply": lambda n, x, y: n.multiply.reduce(x, axis=1),
    "reduce axes": lambda n, x, y: n.add.reduce(x, axis=(0, 1)),
    "reduce all": lambda n, x, y: n.multiply.reduce(x, axis=None),
    "reduce keepdims": lambda n, x, y: n.maximum.reduce(x, axis=1, keepdims=True),
    "reduce by position": lambda n, x, y: n.add.reduce(x, 1),
    "reduce minimum": lambda n, x, y: n.minimum.reduce(x, axis=-1),
    "reduce hypot": lambda n, x, y: n.hypot.reduce(x, axis=1),
    "reduce logaddexp": lambda n, x, y: n.logaddexp.reduce(x, axis=1),
    "reduce subtract": lambda n, x, y: n.subtract.reduce(x, axis=1, keepdims=True),
    "reduce divide": lambda n, x, y: n.divide.reduce(x, axis=-1),
    "reduce power": lambda n, x, y: n.power.reduce(x, axis=0),
    "reduce initial": lambda n, x, y: n.add.reduce(x, initial=2.0),
    "reduce where": lambda n, x, y: n.add.reduce(x, axis=1, where=MASK),
    "reduce where and initial": lambda n, x, y: n.maximum.reduce(x, axis=1, where=MASK, initial=0.0),
    "reduce dtype": lambda n, x, y: n.add.reduce(x, dtype=float),
    "reduce out": lambda n, x, y: n.add.reduce(x, axis=0, out=n.zeros_like(y[0])),
    "accumulate": lambda n, x, y: n.add.accumulate(x),
    "accumulate multiply": lambda n, x, y: n.multiply.accumulate(x, axis=1),
    "accumulate axis": lambda n, x, y: n.add.accumulate(x, 1),
    "accumulate subtract": lambda n, x, y: n.subtract.accumulate(x, axis=1),
    "accumulate divide": lambda n, x, y: n.divide.accumulate(x, axis=-1),
    "accumulate maximum": lambda n, x, y: n.maximum.accumulate(x, axis=1),
    "accumulate logaddexp": lambda n, x, y: n.logaddexp.accumulate(x),
    "reduceat": lambda n, x, y: n.add.reduceat(x, [0, 2, 1], axis=1),
    "reduceat that falls": lambda n, x, y: n.multiply.reduceat(x, [1, 0], axis=1),
    "reduceat of rows": lambda n, x, y: n.add.reduceat(x, [0, 1]),
    "reduceat subtract": lambda n, x, y: n.subtract.reduceat(x, np.array([0, 1, 1]), 1),
    "reduceat maximum": lambda n, x, y: n.maximum.reduceat(x, [0, 2], axis=-1),
    "at": lambda n, x, y: [z := x * 1.0, n.add.at(z, ([0, 0, 1], [1, 1, 2]), y[0])] and z,
    "at of rows": lambda n, x, y: [z := x * 1.0, n.subtract.at(z, [1, 1], y)] and z,
    "at of one value": lambda n, x, y: [z := x * 1.0, n.add.at(z, (0, [0, 0]), y[1, 1])] and z,
    "at without repeats": lambda n, x, y: [z := x * 1.0, n.multiply.at(z, ([0, 1], [1, 2]), y[0, :2])] and z,
    "at of one argument": lambda n, x, y: [z := x * 1.0, n.negative.at(z, [0])] and z,
    "at a mask": lambda n, x, y: [z := x * 1.0, n.divide.at(z, MASK, 2.0)] and z,
    "at a slice": lambda n, x, y: [z := x * 1.0, n.add.at(z, (slice(None), 0), y[:, 1])] and z,
}
NUMPY_ALONE = {"out by position"}
EXACT_ERRORS = {
    "casting": lambda n, x: n.add(x, x.astype(np.float32), casting="no"),
    "dtype narrower": lambda n, x: n.add(x, x, dtype=np.float32, casting="safe"),
    "dtype integer": lambda n, x: n.add(x, x, dtype=int),
    "dtype without a loop": lambda n, x: n.sin(x, dtype="M8[s]"),
    "casting unknown": lambda n, x: n.add(x, x, casting="nonsense"),
    "where of numbers": lambda n, x: n.sin(x, where=np.ones(3), out=n.zeros_like(x)),
    "where of a shape": lambda n, x: n.sin(x, where=np.ones(5, bool), out=n.zeros_like(x)),
    "shapes": lambda n, x: n.add(x, np.ones(5)),
    "shape of out": lambda n, x: n.add(x, 1.0, out=n.zeros_like(x[0])),
    "axis of reduce": lambda n, x: n.add.reduce(x, axis=7),
    "axis of accumulate": lambda n, x: n.subtract.accumulate(x, axis=7),
    "axis of a fold": lambda n, x: n.hypot.reduce(x, axis=7),
    "index of at": lambda n, x: n.add.at(x, [9], 1.0),
    "index of reduceat": lambda n, x: n.add.reduceat(x, [9]),
    "negative index of reduceat": lambda n, x: n.add.reduceat(x, [0, -1]),
    "axes of matmul": lambda n, x: n.matmul(x, x, axes=[(0, 1), (0, 1), (0, 1)]),
    "reduce of one argument": lambda n, x: n.sin.reduce(x),
    "outer of one argument": lambda n, x: n.sin.outer(x, x),
    "option": lambda n, x: n.sin(x, nonsense=1),
    "option of outer": lambda n, x: n.add.outer(x, x, nonsense=1),
    "option of reduce": lambda n, x: n.add.reduce(x, nonsense=1),
    "option of a fold": lambda n, x: n.subtract.reduce(x, nonsense=1),
}
OURS = {
    "out": (lambda x: np.sin(x, out=np.zeros((2, 3))), r"numpy\.sin.*plain array"),
    "out of reduce": (lambda x: np.add.reduce(x, out=np.zeros(3)), r"numpy\.add.*plain array"),
    "out of outer": (lambda x: np.add.outer(x, x, out=np.zeros((2, 3, 2, 3))), r"numpy\.add.*plain array"),
    "at": (lambda x: np.add.at(np.zeros((2, 3)), [0], x[0]), r"numpy\.add\.at.*plain array"),
    "at that repeats": (lambda x: np.multiply.at(x, [0, 0], 2.0), r"numpy\.multiply\.at: an index repeats"),
    "initial of a fold": (lambda x: np.hypot.reduce(x, initial=1.0), r"numpy\.hypot\.reduce.*initial"),
    "where of a fold": (lambda x: np.logaddexp.reduce(x, where=MASK, initial=0.0), r"numpy\.logaddexp\.reduce.*where"),
    "traced initial": (lambda x: np.add.reduce(x, initial=x[0, 0]), r"initial"),
    "signature": (lambda x: np.add(x, x, signature="dd->d"), r"numpy\.add.*signature"),
    "option": (lambda x: np.sin(x, nonsense=1), r"nonsense"),
    "empty fold": (lambda x: np.hypot.reduce(x[:0]), r"hypot.reduce.*no elements"),
}


@pytest.mark.parametrize("name", CALLS)
@NAMESPACES
def test_call(namespace, name):
    call = CALLS[name]
    if namespace is enp and name in NUMPY_ALONE:
        with pytest.raises(TypeError):
            vjp(lambda x, y: call(enp, x, y), X, Y)
        return
    sample = Sample(lambda x, y: call(namespace, x, y), X, Y)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)
    expected, value = call(np, X.copy(), Y.copy()), vjp(sample.function, X, Y)[0]
    assert value.dtype == expected.dtype
    assert_near(value, expected, 4e-15, name)


@pytest.mark.parametrize("name", ["where", "out", "dtype"])
def test_call_keeps_single_precision(name):
    options = {"where": {"where": MASK}, "out": {}, "dtype": {"dtype": np.float32}}[name]
    x = X.astype(np.float32)
    out = (lambda z: np.zeros_like(z)) if name != "dtype" else lambda z: None
    value, change = jvp(lambda z: np.exp(z, out=out(z), **options), x, x)
    assert value.dtype == change.dtype == np.float32
    assert grad(lambda z: np.sum(np.exp(z, out=out(z), **options)))(x).dtype == np.float32


def test_pole_that_is_not_selected_leaves_the_derivative_finite():
    x = np.array([0.0, 1.0, 4.0])
    calls = [
        (np.log, lambda z: 1 / z),
        (np.sqrt, lambda z: 0.5 / np.sqrt(z)),
        (np.reciprocal, lambda z: -1 / z**2),
    ]
    for ufunc, slope in calls:

        def f(z, ufunc=ufunc):
            return np.sum(ufunc(z, where=z > 0, out=np.zeros_like(z)))

        with np.errstate(all="raise"):
            gradient, change = grad(f)(x), jvp(f, x, np.ones(3))[1]
        assert_near(gradient, np.append(0.0, slope(x[1:])), 1e-15, ufunc.__name__)
        assert change == pytest.approx(gradient.sum(), rel=1e-15)
    divided = grad(lambda z: np.sum(np.divide(1.0, z, where=z != 0, out=np.ones_like(z))))(x)
    assert divided.tolist() == [0.0, -1.0, -0.0625]


@pytest.mark.parametrize("name", EXACT_ERRORS)
def test_error_is_of_numpys_type(name):
    call = EXACT_ERRORS[name]
    with pytest.raises(Exception) as expected:  # noqa: PT011  # the type is what NumPy says
        call(np, X.copy())
    for transformed in (lambda f: vjp(f, X), lambda f: jvp(f, X, X)):
        with pytest.raises((type(expected.value), *type(expected.value).__mro__[1:2])) as caught:
            transformed(lambda x: call(np, x))
        assert not isinstance(caught.value, ZeroDivisionError)


@pytest.mark.parametrize("name", OURS)
def test_refused_by_a_sentence(name):
    call, words = OURS[name]
    for transformed in (lambda f: vjp(f, X), lambda f: jvp(f, X, X)):
        with pytest.raises((TypeError, ValueError)) as caught:
            transformed(call)
        assert re.search(words, str(caught.value)), caught.value


def test_second_argument_of_at_alone_is_traced():
    def f(y):
        total = np.zeros((3,), like=y)
        np.add.at(total, [0, 0, 2], y[0])
        return total

    value, pullback = vjp(f, X)
    assert value.tolist() == [X[0, 0] + X[0, 1], 0.0, X[0, 2]]
    assert pullback(np.array([1.0, 2.0, 3.0])).tolist() == [[1.0, 1.0, 3.0], [0.0, 0.0, 0.0]]
