"""Many rows at once: every rule of a batch against one row after the other, and what a batch must not hide."""

import itertools

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import batches, grad, hessian, jacobian, jvp, vjp
from easygrad.batches import Batch, HiddenError
from easygrad.extend import stop_gradient
from easygrad.primitives import elementwise, general, linear
from easygrad.rules.indexing import scatter

from .laws import Sample, assert_near, rows_go_together

X = np.array([0.4, 1.3, 2.2])
NUMBERS = np.random.default_rng(1)
FIRST = np.array([2, 0, 2])
MASK = np.array([[True, False, True, True], [False, True, True, False], [True, True, False, False]])


def sample(*shape):
    return NUMBERS.standard_normal(shape)


W, CUBE = sample(4, 2), sample(2, 3, 4)
CALLS = {
    "reshape": (lambda x: np.reshape(x, (2, 6)), (3, 4)),
    "reshape in order F": (lambda x: np.reshape(x, (2, 6), order="F"), (3, 4)),
    "ravel": (np.ravel, (3, 4)),
    "squeeze": (lambda x: np.squeeze(x, 1), (3, 1, 1)),
    "expand_dims": (lambda x: np.expand_dims(x, (0, -1)), (3,)),
    "broadcast_to": (lambda x: np.broadcast_to(x, (2, 4, 3)), (3,)),
    "broadcast_to from a number": (lambda x: np.broadcast_to(x, (2, 2)), ()),
    "broadcast_to along an axis": (lambda x: np.broadcast_to(x, (2, 4, 3)), (4, 1)),
    "transpose": (np.transpose, (2, 3, 4)),
    "transpose with axes": (lambda x: np.transpose(x, (-1, 0, 1)), (2, 3, 4)),
    "moveaxis": (lambda x: np.moveaxis(x, 0, -1), (2, 3, 4)),
    "moveaxis of several": (lambda x: np.moveaxis(x, (0, -1), (1, 0)), (2, 3, 4)),
    "swapaxes": (lambda x: np.swapaxes(x, -1, 0), (2, 3, 4)),
    "flip": (np.flip, (2, 3)),
    "flip of one axis": (lambda x: np.flip(x, -1), (2, 3)),
    "flip of several": (lambda x: np.flip(x, (0, 2)), (2, 3, 4)),
    "matrix_transpose": (lambda x: np.matrix_transpose(x), (2, 3, 4)),
    "copy": (np.copy, (2, 3)),
    "astype": (lambda x: x.astype(np.float32) * 2.0, (2, 3)),
    "concatenate": (lambda x: np.concatenate([x, np.ones((2, 3)), x[:1]]), (2, 3)),
    "concatenate along the last axis": (lambda x: np.concatenate([x, np.ones((2, 1))], -1), (2, 3)),
    "stack": (lambda x: np.stack([x, np.ones((2, 3))], 1), (2, 3)),
    "stack of numbers": (lambda x: np.stack([x, 2.0 * x, x * 0.0 + 1.0], -1), ()),
    "tril": (lambda x: np.tril(x, 1), (3, 4)),
    "triu": (lambda x: np.triu(x, k=-1), (3, 4)),
    "real": (lambda x: np.real(x * 1j + x), (3,)),
    "imag": (lambda x: np.imag(x * 1j + x), (3,)),
    "conj": (lambda x: np.conj(x * 1j + x), (3,)),
    "sum": (np.sum, (2, 3)),
    "sum over an axis": (lambda x: np.sum(x, -1), (2, 3)),
    "sum over several": (lambda x: np.sum(x, axis=(0, 2), keepdims=True), (2, 3, 4)),
    "sum where": (lambda x: np.sum(x, axis=0, where=MASK), (3, 4)),
    "sum of a number": (np.sum, ()),
    "mean": (np.mean, (2, 3)),
    "mean over an axis": (lambda x: np.mean(x, axis=1, keepdims=True), (2, 3)),
    "vector times vector": (lambda x: x @ X, (3,)),
    "vector with vector on the left": (lambda x: X @ x, (3,)),
    "vector times matrix": (lambda x: x @ W, (4,)),
    "matrix times matrix": (lambda x: x @ W, (3, 4)),
    "matrix times vector": (lambda x: x @ X, (4, 3)),
    "matrix with matrix on the left": (lambda x: W @ x, (2, 3)),
    "vector with matrix on the left": (lambda x: W @ x, (2,)),
    "matrix with vector on the left": (lambda x: X @ x, (3, 4)),
    "product of stacks": (lambda x: CUBE @ x, (2, 4, 2)),
    "index": (lambda x: x[1], (3, 4)),
    "index of a number": (lambda x: x[1, -1], (3, 4)),
    "slices": (lambda x: x[::-1, None, 1:], (3, 4)),
    "ellipsis": (lambda x: x[..., 1], (2, 3, 4)),
    "array of indices": (lambda x: x[FIRST], (3, 4)),
    "arrays of indices": (lambda x: x[FIRST, FIRST[::-1]], (3, 4)),
    "list of indices": (lambda x: x[:, [0, 2]], (3, 4)),
    "arrays of indices with a slice between": (lambda x: x[FIRST, :, FIRST], (3, 2, 4)),
    "number and array with a slice between": (lambda x: x[1, :, FIRST], (3, 2, 4)),
    "mask": (lambda x: x[MASK], (3, 4)),
    "scatter": (lambda x: scatter(x, x * 2.0, indices=[FIRST, slice(3)], shape=(4,), dtype=np.dtype(float)), (3,)),
    "scatter with a slice between": (
        lambda x: scatter(x, indices=[(FIRST, slice(None), FIRST)], shape=(3, 2, 4), dtype=np.dtype(float)),
        (3, 2),
    ),
    "scatter of a part that is no row": (
        lambda x: scatter(x[0], np.float64(2.0), indices=[1, 3], shape=(4,), dtype=np.dtype(float)),
        (3,),
    ),
    "einsum": (lambda x: np.einsum("ij,jk->ki", x, W), (3, 4)),
    "einsum with an ellipsis": (lambda x: np.einsum("...i,i", x, X), (2, 4, 3)),
    "einsum of a diagonal": (lambda x: np.einsum("ii->i", x), (3, 3)),
    "elementwise": (lambda x: x * X - np.ones((2, 1)) / 2.0 + x, (3,)),
    "elementwise of a number": (lambda x: x * X, ()),
    "where": (lambda x: np.where(X > 1.0, x, 1.0), ()),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("size", [1, 4])
def test_rows_are_what_each_row_gives(name, size):
    function, shape = CALLS[name]
    rows = NUMBERS.standard_normal((size, *shape))
    batch = Batch(size)
    together = batch.rows(function(batch.box(rows)))
    for row, found in zip(rows, together, strict=True):
        expected = function(row)
        assert found.shape == np.shape(expected)
        assert found.dtype == np.asarray(expected).dtype
        assert_near(found, expected, 1e-14, name)


def test_every_rule_is_reached(monkeypatch):
    reached = set()

    def watched(primitive, rule):
        def call(*args):
            found = rule(*args)
            if found is not None:
                reached.add(primitive)
            return found

        return call

    monkeypatch.setattr(batches, "ROWS", {p: watched(p, rule) for p, rule in batches.ROWS.items()})
    for function, shape in CALLS.values():
        function(Batch(2).box(np.zeros((2, *shape))))
    assert {p.name for p in reached} == {p.name for p in batches.ROWS}


def test_law_finds_a_wrong_rule(monkeypatch):
    primitive = enp.flip.primitive
    monkeypatch.setitem(batches.ROWS, primitive, lambda batch, ans, args, options, rows: np.flip(rows[0], 0))
    with pytest.raises(AssertionError, match="row 0 of the vjp"):
        rows_go_together(Sample(enp.flip, X))


def test_primitive_without_rule_is_called_for_each_row():
    calls = itertools.count()

    def twice(x):
        next(calls)
        return x * 2.0

    double = linear(twice, lambda ans, x: double)
    assert jacobian(lambda x: double(x * x))(X).tolist() == np.diag(4.0 * X).tolist()
    assert next(calls) == 1 + 1 + 3  # the value, the first row for its type, every row


# What looks at numbers


def numbers_of(g):
    return float(np.sum(g))


LOOKING = {
    "stop_gradient": lambda g: g * 2.0 if np.all(stop_gradient(g) == [0.0, 1.0, 0.0]) else g * 2.0 + 0.0 * np.sum(g),
    "comparison": lambda g: np.where(g > 0.5, g * 2.0, g + g),
    "sign": lambda g: np.sign(g) * np.abs(g) * 2.0,
    "truth": lambda g: g * 2.0 if np.any(g) else g,
    "plain array": lambda g: np.asarray(g) * 2.0,
    "memory of its own": lambda g: np.multiply(g, 2.0, out=np.empty(3)),
    "float": lambda g: g * 2.0 + 0.0 * numbers_of(g),
    "list": lambda g: np.array([2.0 * float(x) for x in g]),
}


@pytest.mark.parametrize("name", LOOKING)
def test_pullback_that_looks_at_numbers_gets_them(name):
    seen = []

    def pullback(g):
        found = LOOKING[name](g)
        seen.append(found)
        return found

    looking = general(np.positive, (lambda ans, x: lambda t: t, lambda ans, x: pullback), name="looking")
    assert jacobian(lambda x: looking(x * x), mode="reverse")(X).tolist() == np.diag(4.0 * X).tolist()
    assert len(seen) >= 3


def test_batch_shows_no_numbers():
    box = Batch(3).box(np.eye(3))
    for look in (stop_gradient, np.sign, np.isnan, bool, lambda g: g > 0.0, lambda g: np.argmax(g)):
        with pytest.raises(HiddenError):
            look(box)


def test_error_in_a_pullback_is_the_users():
    def broken(g):
        raise ZeroDivisionError("mine")

    f = general(np.positive, (lambda ans, x: lambda t: t, lambda ans, x: broken), name="broken")
    with pytest.raises(ZeroDivisionError, match="mine"):
        jacobian(f)(X)


# Where they are used


@pytest.mark.parametrize(("rows", "passes"), [(30, 1), (100, 6), (500, 6), (1000, 16)])
def test_backward_passes_take_many_rows_at_once(rows, passes):
    calls = itertools.count()
    counted = elementwise(np.positive, lambda g, _ans, _x: g + 0.0 * next(calls))
    jacobian(lambda x: counted(x) ** 2)(np.ones(rows))
    assert next(calls) == passes


def test_many_rows_are_taken_in_portions():
    x = np.linspace(0.5, 1.5, 700)  # 700 x 700 is more than is worked on at a time
    assert_near(jacobian(lambda x: np.sin(x) * np.sum(x), mode="reverse")(x), whole(x), 1e-13, "reverse")
    assert_near(jacobian(lambda x: np.sin(x) * np.sum(x), mode="forward")(x), whole(x), 1e-13, "forward")


def whole(x):
    return np.diag(np.cos(x) * np.sum(x)) + np.sin(x)[:, None]


def test_derivatives_of_jacobians():
    third = jacobian(hessian(lambda x: np.sum(x**2) * np.sum(np.sin(x))))(X)
    ones, eye = np.ones(3), np.eye(3)
    terms = 2 * np.einsum("ij,k->ijk", eye, np.cos(X)) - 2 * np.einsum("i,jk->ijk", X, np.diag(np.sin(X)))
    expected = sum(np.transpose(terms, axes) for axes in ((0, 1, 2), (2, 0, 1), (1, 2, 0)))
    expected = expected - np.sum(X**2) * np.einsum("ij,jk->ijk", eye, np.diag(np.cos(X)))
    assert_near(third, expected, 1e-14, "third derivatives")
    assert_near(grad(lambda x: np.sum(jacobian(lambda y: y**3)(x)))(X), 6.0 * X, 1e-15, "gradient")
    tangent = jvp(jacobian(lambda y: y**3), (X,), (ones,))[1]
    assert_near(tangent, np.diag(6.0 * X), 1e-15, "tangent")
    pulled = vjp(jacobian(lambda y: np.exp(y) * np.sum(y)), X)[1](np.ones((3, 3)))
    weights = np.exp(X) * (np.sum(X) + 3) + np.sum(np.exp(X)) + 0.0 * X
    assert_near(pulled, weights, 1e-14, "pullback")
