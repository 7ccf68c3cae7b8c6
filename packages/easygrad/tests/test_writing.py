"""Writing into traced arrays: a program that writes shows the same numbers as under plain NumPy, and differentiates.

The evidence for "right, or an error" is ``test_program_shows_what_numpy_shows``: random programs of views, copies and
writes, compared with NumPy after every statement and with differences at the end. The other tests name one case each.
"""

import gc
import operator
import re
import warnings
import weakref
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import easygrad.numpy as enp
from easygrad import deriv, grad, jvp, stop_gradient, value_and_grad, vjp, writing
from easygrad.core import Box
from easygrad.rules.indexing import set_at as rules_set_at

from .laws import (
    Sample,
    assert_near,
    difference,
    pullback_is_the_transpose,
    pushforward_is_the_derivative,
    second_order_agrees,
)

X = np.array([1.3, -0.4, 2.2, 0.7, -1.1, 1.9])
MODES = pytest.mark.parametrize("mode", [grad, deriv])
NAMESPACES = pytest.mark.parametrize("namespace", [np, enp], ids=["numpy", "easygrad"])


# Random programs: statements about the arrays a to f; {t} is written into, {s} is read, {n} is a new name

VIEWS = """
    {s}[1:4] | {s}[::2] | {s}[::-1] | {s}[1] | {s}[..., 1] | {s}[0, ...] | {s}[None] | {s}[:, None] | {s}[:, ::-1][:1]
    {s}.T | {s}.mT | {s}.reshape(-1) | {s}.reshape(3, -1) | {s}.reshape(-1, order="F") | {s}.ravel() | {s}.ravel("F")
    {s}.ravel("K") | {s}.real | {s}.view() | {s} | np.reshape({s}, (2, -1)) | np.diagonal({s}) | np.diag({s})
    np.expand_dims({s}, 0) | np.squeeze({s}) | np.flip({s}) | np.broadcast_to({s}, (2, 3)) | np.rot90({s})
    np.swapaxes({s}, 0, -1) | np.moveaxis({s}, 0, -1) | np.split({s}, 2)[1] | np.atleast_2d({s}) | np.ravel({s})
    np.transpose({s}) | np.asfortranarray({s}) | np.ascontiguousarray({s})
    {s}[()] | {s}.squeeze() | {s}.swapaxes(0, 1)
    np.real({s}) | {s}.diagonal(1) | np.roll({s}, 1)
    np.hsplit({s}, [1])[0] | np.atleast_1d({s}) | {s}[slice(0, 2), ...]
"""
COPIES = """
    {s}[[0, 1]] | {s}[[1, 1, 0]] | {s}.copy() | {s}.flatten()
    {s}.astype(float) | {s} * 1.0 | +{s} | np.zeros_like({s})
    {s}.T.copy() | {s}.copy(order="F") | np.copy({s}) | {s}[np.arange(len({s})) % 2 == 0] | np.take({s}, [0, 1])
    np.take({s}, 1) | np.tril({s}) | np.stack([{s}[0], {s}[1]]) | {s}.astype(float, copy=False) | np.ones_like({s})
    np.where(True, {s}, 0.0) | np.full_like({s}, {s}.sum()) | np.hstack([{s}[:1], {s}[1:2]]) | {s} + {s}.T
"""
PLACES = """
    [0] | [-1] | [1:3] | [::-2] | [...] | [:] | [[0, 2]] | [[1, 1, 0]] | [:, 1] | [0, 1:]
    [[0, 1], [1, 1]] | [..., None] | [-1:, ::-1] | [()]
    [2:2] | [True] | [np.int64(1)] | [:, [2, 0]] | [np.array([1, 0])]
    .flat[1] | .flat[::2] | .T[1] | .real[1:] | .ravel()[:2] | .reshape(-1)[::3] | [1:][:1] | [::-1].T[0] | .mT[:, 0]
"""
VALUES = """
    1.5 | 2 | {s} | {s}[0] | {s}[::-1]
    {s}.T | {s}[:2] | {s}[:, 0] | np.sin({s}) | np.cos({s}).sum() | np.mean({s}, 0)
    [{s}[0], 2.0] | [1.0, 2.0] | {s}[None] | np.ones(2) | {t}[::-1] | {s}.ravel()[1] | {s}.reshape(-1)[:3]
"""
CALLS = """
    {t} *= 1.5 | {t} /= 2.0 | {t} *= np.cos({s}) | {t} = {t} + {s} | {t}[0] *= np.cos({s}[0]) | {t}[:2] /= 2.0
    np.sin({s}, out={t}) | np.add({s}, {t}, out={t}) | np.add({t}, {t}[::-1], out={t}) | np.multiply({s}, 1.5, {t})
    np.sum({s}, axis=0, out={t}) | np.cumsum({s}, axis=0, out={t}) | np.copyto({t}, {s}) | {t}.fill(2.5) | sort({t})
    np.copyto({t}, {s}[0], where=np.arange({t}.shape[-1]) % 2 == 0)
    np.put({t}, [0, -1], {s}) | np.put({t}, [1], 2.0)
    np.add({s}, 1.0, out={t}, where=np.arange({t}.shape[-1]) % 2 == 0) | np.fill_diagonal({t}, 2.0)
    np.fill_diagonal({t}, {s}[0])
    np.add.at({t}, [0, 0, 1], {s}[0]) | np.putmask({t}, np.indices({t}.shape)[0] < 2, {s})
    {t}[0], {t}[1] = {t}[1], {t}[0] | {t}[:], {s}[:] = {s}.copy(), {t}.copy() | np.negative({t}, out={t}[::-1])
    np.mean({s}, axis=-1, out={t}) | np.dot({s}, {s}, out={t}) | {t}.put([0], {s}) | np.add.accumulate({s}, out={t})
    np.put_along_axis({t}, np.array([0, 1]), {s}[0], 0) | np.place({t}, np.indices({t}.shape)[0] > 0, [1.0, 2.0])
    {t}[np.arange(len({t})) % 2 == 1] = np.sin({s}[0])
    {t}[np.indices({t}.shape)[-1] > 0] += 1.5 | np.multiply.at({t}, [0, 1], 1.5)
    {t}.sum(axis=0, out={s}) | np.subtract.at({t}, [1, 1], {s}[:1])
"""
LOOPS = [
    "for row in {t}: row[...] = row[::-1]",
    "for row in {t}: row += 1.0",
    "for i in range(2): {t}[i] += {t}[i - 1]",
]


def options(text):
    """Return a strategy for one of the texts in a table."""
    return st.sampled_from([item.strip() for line in text.strip().splitlines() for item in line.split("|")])


NAMES = st.sampled_from("abcdef")
CHANGES = st.builds("{{t}}{} {} {}".format, options(PLACES), st.sampled_from(["=", "+=", "-="]), options(VALUES))
WHOLE = st.builds("{{t}} {} {}".format, st.sampled_from(["+=", "-="]), options(VALUES))
STATEMENTS = st.one_of(
    options(VIEWS).map("{{n}} = {}".format),
    options(COPIES).map("{{n}} = {}".format),
    CHANGES,
    CHANGES,
    WHOLE,
    options(CALLS),
    st.sampled_from(LOOPS),
)
PROGRAMS = st.lists(
    st.builds(lambda text, t, s, n: text.format(t=t, s=s, n=n), STATEMENTS, NAMES, NAMES, NAMES), min_size=2, max_size=9
)
START = "b = a * 0.5 + 1.0", "c = np.reshape(a * 1.5, (2, 3))", "d = np.zeros_like(b)", "e = a[1:5]", "f = c.T"
REFUSALS = (TypeError, ValueError, IndexError, AttributeError)


@cache
def compiled(line):
    """Return the code of a statement."""
    return compile(line, line, "exec")


class Program:
    """A program of one vector; it returns the elements of all its arrays.

    ``orders`` says how the elements were sorted: where that changes, the program is not smooth.
    """

    def __init__(self, lines, namespace):
        self.lines = [*START, *lines]
        self.namespace = namespace
        self.shown = []
        self.orders = set()

    def __call__(self, x, after=lambda names, error: None):
        """Run the statements; call ``after`` with the names and the error, if any, of each."""
        names, order = {"a": x if type(x) is Box else np.array(x)}, []

        def sort(y):
            order.append(np.argsort(stop_gradient(y)).tobytes())
            y.sort()

        hidden = {"np": self.namespace, "sort": sort}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of NumPy, about an array used as a number
            for line in self.lines:
                try:
                    exec(compiled(line), hidden, names)
                except REFUSALS as error:
                    after(names, error)
                else:
                    after(names, None)
        self.orders.add(tuple(order))
        return np.concatenate([self.namespace.ravel(names[name]) for name in arrays(names)])

    def run_as_numpy(self, x):
        """Run under plain NumPy and keep, after every statement, its error and what every name shows."""
        self.shown = []
        self(x, lambda names, error: self.shown.append((error, {name: np.copy(names[name]) for name in arrays(names)})))

    def run_compared(self, x):
        """Run with a traced vector, and raise where a name does not show what it shows under NumPy.

        A statement that NumPy carries out may be refused by a sentence that says what to do: the program ends before.
        """
        done = 0

        def compare(names, error):
            nonlocal done
            line, (error_of_numpy, values) = self.lines[done], self.shown[done]
            assert error or not error_of_numpy, f"{line}: NumPy refuses it: {error_of_numpy}"
            if error and not error_of_numpy:
                assert "traced" in words_of(error), f"{line}: {error!r}"
                raise RefusedError
            assert arrays(names) == list(values), line
            for name, value in values.items():
                assert names[name].dtype == value.dtype, f"{line}: {name}"
                assert np.shape(stop_gradient(names[name])) == value.shape, f"{line}: {name}"
                assert_near(stop_gradient(names[name]), value, 1e-14, f"{line}: {name}")
            done += 1

        try:
            return self(x, compare)
        except RefusedError:
            self.lines = self.lines[:done]
            return x


class RefusedError(Exception):
    """The derivative does not know a statement, and says so."""


def words_of(error):
    """Return the messages of an error and of its causes; NumPy puts its own in front of ours in places."""
    return f"{error} {words_of(error.__cause__)}" if error else ""


def arrays(names):
    """Return the names of a program, without the variables of its loops."""
    return [name for name in names if name in "abcdef"]


def check_program(lines, namespace, laws=(pushforward_is_the_derivative, pullback_is_the_transpose)):
    """Raise unless the program shows what it shows under NumPy, after each statement, and keeps the laws."""
    program = Program(lines, namespace)
    program.run_as_numpy(X)
    x = X.copy()
    vjp(program.run_compared, x)
    jvp(program.run_compared, x, np.ones(6))
    jvp(lambda y: vjp(program.run_compared, y)[0], x, x)
    assert x.tolist() == X.tolist()
    for law in laws:
        try:
            law(Sample(program, X))
        except AssertionError:
            if len(program.orders) == 1:  # or differences saw elements change their order
                raise


# Each found a wrong answer once, or is the shortest program of its kind
FOUND = {
    "layout kept by an operator": ["e = c.copy(order='F')", "e += c", "f = e.ravel()", "f[1] = 9.0"],
    "layout kept by out": ["e = c.copy(order='F')", "np.sin(c, out=e)", "f = e.ravel()", "f[1] = 9.0"],
    "layout kept by a write": ["e = c.copy(order='F')", "e[0] = 9.0", "f = e.reshape(-1)", "f[1] = 9.0"],
    "view of a view": ["e = c[1:].T", "f = e[::2][0]", "a[4] = 9.0", "f *= 2.0", "c[1, 2] += a[0]"],
    "swap of rows": ["c[0], c[1] = c[1], c[0]"],
    "overlap": ["a[1:] = a[:-1]", "a[:] = a[::-1]", "a[1:] += a[:-1]"],
    "repeats": ["a[[1, 1, 0]] += a[3:]", "np.add.at(a, [1, 1, 0], a[3:])", "a[[2, 2]] = [a[0], a[1]]"],
    "index that changes later": ["k = np.array([0, 1])", "e = a[1:]", "a[k] = e[k]", "k += 1", "a[k] *= 2.0"],
    "out of a number": ["f = a[1]", "np.sin(a[0], out=f)", "b.sum(axis=0, out=f)"],
    "flat": ["c.flat[::2] = a[:2]", "c.flat[1] = a", "c.flat[[5, 0]] *= 2.0"],
}


@pytest.mark.parametrize("name", FOUND)
@NAMESPACES
def test_program_that_was_wrong_or_may_become(namespace, name):
    check_program(
        FOUND[name], namespace, (pushforward_is_the_derivative, pullback_is_the_transpose, second_order_agrees)
    )


@NAMESPACES
@settings(max_examples=100, derandomize=True, deadline=None)
@given(lines=PROGRAMS)
def test_program_shows_what_numpy_shows(namespace, lines):
    check_program(lines, namespace)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(lines=PROGRAMS)
def test_program_has_a_second_derivative(lines):
    check_program(lines, np, (second_order_agrees,))


def views_are_not_made_again(x, new):
    x.value, x.owner, x.node = new.value, new.owner, new.node


def only_the_view_is_written(x, new):
    writing.replace(x, new)


def test_views_that_are_not_made_again_are_seen(monkeypatch):
    monkeypatch.setattr(writing, "replace", views_are_not_made_again)
    for program in (["e = a[:2]", "a[0] = 9.0"], ["e = c.T", "c += 1.0"], FOUND["view of a view"]):
        with pytest.raises(AssertionError):
            check_program(program, np)


def test_write_that_does_not_reach_the_array_of_a_view_is_seen(monkeypatch):
    monkeypatch.setattr(writing, "write", only_the_view_is_written)
    with pytest.raises(AssertionError):
        check_program(["e = a[:2]", "e[0] = 9.0"], np)


def test_program_that_lost_a_derivative_is_seen(monkeypatch):
    monkeypatch.setattr(writing, "set_at", lambda x, value, index: rules_set_at(x, stop_gradient(value), index=index))
    with pytest.raises(AssertionError):
        check_program(["b[0] = a[1]"], np)


# Programs that people write


def growth(np):
    """Return a function of a vector that fills arrays step by step."""

    def f(x):
        out = np.zeros_like(x)
        out[0] = x[0] ** 2
        for i in range(1, len(x)):
            out[i] = out[i - 1] * np.sin(x[i]) + x[i]
        table = np.zeros((2, len(x)), like=x)
        table[0] = out
        table[1, ::2] = x[::2] * out[1::2]
        table[table > 3.0] *= 0.5
        last = table[:, -1]
        last += x[:2]
        return np.sum(table * table) + np.prod(out[:3])

    return f


@NAMESPACES
def test_array_filled_step_by_step(namespace):
    f = growth(namespace)
    sample = Sample(lambda x: f(x.copy()), X)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)


@NAMESPACES
def test_array_like_a_traced_one(namespace):
    def f(x):
        made = [namespace.asarray([x[0], [1.0], x[1]][::2], like=x), namespace.array([x[2], 2.0], like=x)]
        made += [namespace.ones(2, like=x), namespace.full(2, 0.5, like=x), namespace.eye(2, like=x)[0]]
        for y in made:
            y[1] *= x[0]
        return np.sum(np.sin(made[0] * made[1]) * made[2] * made[3] + made[4])

    if namespace is np:
        with pytest.raises(TypeError, match="plain array"):  # NumPy looks into the list before it asks x
            grad(lambda x: np.sum(np.asarray([x[0], 1.0])))(X)
    expected = difference(lambda x: plain_made(x), (X,), (np.ones(6),))
    assert_near(np.sum(grad(f)(X)), expected, 1e-8, "gradient")


def plain_made(x):
    """Return what the function above does, without arrays that are written into."""
    return np.sum(np.sin(np.array([x[0] * x[2], x[1] * x[0] * 2 * x[0]])) * [1, x[0]] * [0.5, 0.5 * x[0]] + [1, 0])


@pytest.mark.parametrize("outer", [grad, deriv, lambda f: lambda x: jvp(f, x, 1.0)[1]])
@pytest.mark.parametrize("inner", [grad, deriv])
def test_nested_closures_write_into_arrays_of_each_other(outer, inner):
    def f(x):
        table = np.zeros(2, like=x) + x

        def g(y):
            row = np.zeros(2, like=y)
            row[0] = table[0] * y  # a box of the outer derivative written into an array of the inner one
            row[1] = y**2
            return np.sum(row * row)  # x^2 y^2 + y^4

        table[1] = inner(g)(3.0)  # 2 x^2 y + 4 y^3
        return table[0] * table[1]  # 2 x^3 y + 4 x y^3

    assert outer(f)(2.0) == pytest.approx(6 * 2.0**2 * 3 + 4 * 27, rel=1e-14)


@MODES
def test_value_of_an_inner_derivative_written_into_an_outer_array(mode):
    def f(x):
        kept = np.zeros(2, like=x)
        kept[0] = x

        def g(y):
            kept[1] = y * x  # stays there when the inner derivative has ended
            return kept[1] * y

        slope = mode(g)(3.0)
        return slope * x + kept[1]

    with pytest.raises(RuntimeError, match="outlived its derivative"):
        mode(f)(2.0)


@MODES
def test_inner_derivative_of_an_array_that_changes_between_its_calls(mode):
    def f(x):
        state, total = np.zeros(2, like=x) + x, 0.0
        for _ in range(3):
            total = total + mode(lambda y, state=state: np.sum(state * y**2))(1.0)  # 2 sum(state)
            state += x
        return total

    # 2 * 2 * (1 + 2 + 3) x
    assert mode(f)(0.5) == 24.0


# What is refused


def refused(f, words, x=X, error=TypeError):
    for transformed in (lambda: vjp(f, x), lambda: jvp(f, x, x)):
        with pytest.raises(error) as caught:
            transformed()
        assert re.search(words, words_of(caught.value)), words_of(caught.value)


PLAIN_TARGETS = {
    "out": lambda z, y: np.sin(z, out=y),
    "out by position": lambda z, y: np.add(z, 1.0, y),
    "out of a reduction": lambda z, y: np.sum(z[None], axis=0, out=y),
    "out of a composite": lambda z, y: np.cumsum(z, out=y),
    "out of our namespace": lambda z, y: enp.cumsum(z, out=y),
    "out and where": lambda z, y: np.sin(z, out=y, where=y > 0),
    "+=": lambda z, y: operator.iadd(y, z),
    "*= a number": lambda z, y: operator.imul(y, z[0]),
    "@=": lambda z, y: operator.imatmul(np.eye(6), np.outer(z, z)),
    "add.at": lambda z, y: np.add.at(y, [0], z[0]),
    "copyto": lambda z, y: np.copyto(y, z),
    "put": lambda z, y: np.put(y, [0], z[0]),
    "place": lambda z, y: np.place(y, y > 0, z),
    "putmask": lambda z, y: np.putmask(y, y > 0, z),
    "fill_diagonal": lambda z, y: np.fill_diagonal(np.ones((2, 2)), z[0]),
    "put_along_axis": lambda z, y: np.put_along_axis(y, np.array([0]), z[:1], 0),
}


@pytest.mark.parametrize("name", PLAIN_TARGETS)
def test_plain_array_is_refused_by_a_sentence_and_left_alone(name):
    plain = np.ones(6)
    refused(lambda z: PLAIN_TARGETS[name](z, plain), r"plain array.*(Write a = a \+ x|np\.zeros_like\(x\))")
    assert plain.tolist() == np.ones(6).tolist()


@pytest.mark.parametrize("index", [0, slice(2), [0, 1], ..., np.arange(6) < 1], ids=str)
def test_item_of_a_plain_array_is_refused_by_a_sentence(index):
    refused(
        lambda z: operator.setitem(np.zeros(6), index, z[0]),
        "np.zeros_like.*stop_gradient",
        error=(TypeError, ValueError),
    )


REFUSED = {
    "real part": (lambda z: operator.setitem((z + 1j).real, 0, 1.0), "real or imaginary part", TypeError),
    "imaginary part": (lambda z: operator.iadd((z + 1j).imag, 1.0), "real or imaginary part", TypeError),
    "read-only view": (lambda z: operator.setitem(np.broadcast_to(z, (2, 6)), 0, 1.0), "read-only", ValueError),
    "diagonal": (lambda z: operator.setitem(np.diagonal(z.reshape(2, 3)), 0, 1.0), "read-only", ValueError),
    "number": (lambda z: operator.setitem(z[0], ..., 1.0), "traced number", (TypeError, IndexError)),
    "out of a number": (lambda z: np.sin(z[0], out=z[1]), "traced number", TypeError),
    "shape": (lambda z: operator.setitem(z, slice(2), np.ones(3)), "broadcast", ValueError),
    "shape of +=": (lambda z: operator.iadd(z, np.ones((2, 6))), r"in-place operator.*a = a \+ b", TypeError),
    "kind of +=": (lambda z: operator.iadd(z, 1j), r"in-place operator.*a = a \+ b", TypeError),
    "index": (lambda z: operator.setitem(z, 9, 1.0), "out of bounds", IndexError),
    "repeats in at": (lambda z: np.multiply.at(z, [0, 0], 2.0), "numpy.multiply.at: an index repeats", TypeError),
    "flat that overlaps": (lambda z: operator.setitem(z.flat, slice(2), z[1:3]), "copy", TypeError),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    write, words, error = REFUSED[name]
    refused(write, words, error=error)


def test_refused_write_changes_nothing():
    def f(z):
        y = z * 1.0
        view = y[::2]
        for write in ("y[9] = 1.0", "y[:2] = np.ones(3)", "y += np.ones((2, 6))", "y += 1j", "view[5] = z[0]"):
            with pytest.raises((TypeError, ValueError, IndexError)):
                exec(write, {"np": np, "y": y, "view": view, "z": z})
        return np.sum(y * y) + np.sum(view)

    assert_near(grad(f)(X), 2 * X + [1, 0, 1, 0, 1, 0], 1e-15, "gradient")


def test_complex_value_written_into_a_real_array_is_as_in_numpy():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        expected = None
        try:
            X.copy()[:] = X + 1j
        except Exception as error:
            expected = type(error)
        with pytest.raises(expected):
            grad(lambda z: np.sum(operator.setitem(z, slice(None), z + 1j) or z))(X)


def test_real_part_shows_what_is_written_into_a_complex_array():
    def f(z):
        w = z + 2j * z
        real, imag = w.real, w.imag
        w[0] = 5.0 * z[1] - 1j
        return np.sum(real * imag)

    # 5 z1 * -1 + sum of 2 z^2
    assert_near(grad(f)(X), 4 * X * (np.arange(6) > 0) - 5 * (np.arange(6) == 1), 1e-14, "gradient")


@pytest.mark.parametrize("x", [X, X[::2], X[::-1], X.reshape(2, 3).T, np.asfortranarray(X.reshape(2, 3))], ids=str)
def test_written_argument_shows_in_views_as_in_numpy_and_leaves_the_array_of_the_caller(x):
    def f(z):
        z[0] = 5.0
        row = z.ravel()
        row[1] = 7.0
        z *= 2.0
        return np.sum(z * z) + np.sum(row)

    owner = np.array(x.base if x.base is not None else x)
    plain = np.lib.stride_tricks.as_strided(owner[-1:] if x.strides[0] < 0 else owner, x.shape, x.strides)
    expected = f(plain)
    kept = x.copy()
    for value in (value_and_grad(f)(x)[0], jvp(f, x, kept)[0]):
        assert value == expected
    assert x.tolist() == kept.tolist()


@pytest.mark.parametrize("dtype", [np.float32, np.complex64, np.complex128])
def test_dtype_is_kept(dtype):
    def f(z):
        y = np.zeros_like(z)
        y[:3] = z[3:] * np.float64(2.0)
        y += np.ones(6) * 1.5
        assert y.dtype == dtype
        return np.real(np.sum(y * y))

    assert grad(f)(X.astype(dtype)).dtype == dtype


# Memory


def test_temporary_view_is_freed_and_leaves_the_list():
    counts = []

    def f(z):
        y = z * 1.0
        for i in range(1000):
            y[1:][:2].T[i % 2] = z[0]
            y[2:4] += 1.0
            y.ravel()[:2].sum()
        counts.append(len(getattr(y, "views", [])))
        return np.sum(y)

    vjp(f, X)
    assert counts == [0]


def test_view_keeps_its_array_and_nothing_keeps_the_view():
    alive = []

    def f(z):
        y = z * 1.0
        view = y[1:]
        links = weakref.ref(y), weakref.ref(view)
        del y
        alive.append([link() is not None for link in links])
        view[0] = 3.0
        del view
        alive.append([link() is not None for link in links])
        return np.sum(z)

    gc.disable()
    try:
        vjp(f, X)
    finally:
        gc.enable()
    assert alive == [[True, True], [False, False]]
