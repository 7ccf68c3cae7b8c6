"""``checkpoint``: the same derivatives in every nesting, fewer arrays alive, nothing kept, and what it refuses."""

import gc
import itertools
import threading
import tracemalloc
import weakref
from collections import namedtuple

import numpy as np
import pytest

from easygrad import checkpoint, deriv, grad, hessian, jacobian, jvp, make_hvp, make_vjp, value_and_grad, vjp
from easygrad.core import Box, Node, Trace
from easygrad.primitives import general

from .laws import assert_near

X = np.array([0.5, 1.5, 2.5])
V = np.array([1.0, -2.0, 0.5])


def wave(x):
    return np.sin(x) * np.exp(-(x**2)) + x


def plain(f):
    return f


# Values

NESTINGS = {
    "grad": lambda f: grad(lambda x: np.sum(f(x) ** 2))(X),
    "deriv": lambda f: deriv(lambda x: f(x) ** 2)(X),
    "jvp": lambda f: jvp(f, X, V),
    "vjp": lambda f: vjp(f, X)[1](V),
    "pullback twice": lambda f: [vjp(f, X)[1](g) for g in (V, X)],
    "jacobian": lambda f: jacobian(f)(X),
    "jacobian forward": lambda f: jacobian(f, mode="forward")(X),
    "hessian": lambda f: hessian(lambda x: np.sum(f(x) ** 2))(X),
    "forward over reverse": lambda f: jvp(grad(lambda x: np.sum(f(x) ** 2)), X, V),
    "reverse over forward": lambda f: grad(lambda x: np.sum(jvp(f, x, V)[1] ** 2))(X),
    "make_hvp": lambda f: make_hvp(lambda x: np.sum(f(x) ** 2))(X)[0](V),
    "third order": lambda f: grad(lambda x: np.sum(grad(lambda y: np.sum(grad(lambda z: np.sum(f(z)))(y)))(x)))(X),
    "chain": lambda f: grad(lambda x: np.sum(f(f(f(x)))))(X),
    "inner closure": lambda f: grad(lambda x: np.sum(grad(lambda y: np.sum(f(x * y)))(X)))(V),
    "of one number": lambda f: value_and_grad(f)(0.5),
    "of a constant": lambda f: f(X),
}


def assert_equal(x, y):
    if isinstance(x, tuple | list):
        for a, b in zip(x, y, strict=True):
            assert_equal(a, b)
    else:
        assert np.shape(x) == np.shape(y)
        assert_near(x, y, 1e-14, "checkpointed")


@pytest.mark.parametrize("name", NESTINGS)
def test_checkpoint_changes_no_derivative(name):
    expected = NESTINGS[name](wave)
    assert_equal(NESTINGS[name](checkpoint(wave)), expected)
    assert_equal(NESTINGS[name](checkpoint(checkpoint(wave))), expected)
    assert_equal(NESTINGS[name](checkpoint(lambda x: checkpoint(np.sin)(x) * np.exp(-(x**2)) + x)), expected)


Pair = namedtuple("Pair", ["u", "v"])


@pytest.mark.parametrize("transform", [grad, deriv, jacobian, lambda f: lambda p: hessian(f)(p)])
def test_containers_keywords_and_constants(transform):
    def parts(p, *, scale, power, name="text"):
        return {"pair": Pair(p["a"] ** power * scale, [p["b"], 2.0]), "name": name, "n": p["n"]}

    def loss(p, f):
        parts = f({"a": p["a"], "b": p["b"], "n": 3}, scale=p["c"], power=2)
        assert (parts["name"], parts["n"], type(parts["pair"])) == ("text", 3, Pair)
        return np.sum(parts["pair"].u) * parts["pair"].v[0] * parts["pair"].v[1] * parts["n"]

    p = {"a": X, "b": 3.0, "c": 2.0}
    expected = transform(lambda p: loss(p, parts))(p)
    result = transform(lambda p: loss(p, checkpoint(parts)))(p)
    assert repr(result) == repr(expected)


def test_several_results_are_computed_again_once():
    count = itertools.count()

    def two(x, y):
        next(count)
        return x * y, x + y, np.sin(x)

    def loss(x, y):
        a, b, c = checkpoint(two)(x, y)
        return np.sum(a * b * c + a)

    result = grad(loss, (0, 1))(X, V)
    assert next(count) == 2
    for mine, expected in zip(
        result, grad(lambda x, y: np.sum(x * y * (x + y) * np.sin(x) + x * y), (0, 1))(X, V), strict=True
    ):
        assert_near(mine, expected, 1e-14, "two arguments")


def test_result_that_is_not_used_and_one_that_is_constant():
    f = checkpoint(lambda x: (x * 2.0, x * 3.0, 5.0, None, "text"))
    assert grad(lambda x: f(x)[1])(2.0) == 3.0
    assert grad(lambda x: f(x)[2])(2.0) == 0.0
    assert grad(lambda x: f(x)[0] + f(x)[0])(2.0) == 4.0


def test_argument_that_stands_twice():
    assert grad(lambda x: checkpoint(lambda a, b: a * b)(x, x))(3.0) == 6.0


# Closures


def test_traced_value_from_a_closure_is_refused():
    words = r"checkpoint: <lambda> uses a traced value that is none of its arguments.*Pass it as an argument"
    with pytest.raises(ValueError, match=words):
        grad(lambda w: np.sum(checkpoint(lambda x: x * w)(w * 2.0)))(X)
    with pytest.raises(ValueError, match=words):  # y belongs to the inner derivative, the argument to the outer one
        grad(lambda x: grad(lambda y: checkpoint(lambda z: z * y)(x))(2.0))(3.0)


def test_traced_value_of_an_outer_derivative_may_come_from_a_closure():
    def outer(x):
        return x * grad(checkpoint(lambda y: x * y**2))(x)  # 2 x**3

    for transform in (grad, deriv):
        assert transform(outer)(3.0) == 54.0
    assert grad(grad(outer))(3.0) == 36.0


def test_without_a_traced_argument_it_is_the_function_itself():
    assert grad(lambda w: checkpoint(lambda x: x * w)(2.0))(3.0) == 2.0
    assert checkpoint(wave)(X).tolist() == wave(X).tolist()


def test_function_with_random_numbers_is_refused():
    numbers = np.random.default_rng(1)
    with pytest.raises(ValueError, match=r"checkpoint: <lambda> gave another value when it was run again.*random"):
        grad(lambda x: checkpoint(lambda x: x * numbers.uniform())(x))(1.0)


def test_argument_that_was_written_into_is_noticed():
    x = X.copy()

    def loss(w):
        y = np.sum(checkpoint(lambda w, x: w * x)(w, x))
        x[:] = 0.0
        return y

    with pytest.raises(ValueError, match="another value"):
        grad(loss)(V)


# Memory


class Watch:
    """A primitive, the identity, whose pullback holds an array; it counts how many of these are alive."""

    def __init__(self):
        self.held = []

        def rule(ans, x):
            residual = np.ones(np.shape(x))
            self.held.append(weakref.ref(residual))
            return lambda g: g * residual

        self.call = general(np.positive, (rule, rule), name="watched")

    def alive(self):
        """Return the number of residuals alive."""
        return sum(ref() is not None for ref in self.held)


@pytest.mark.parametrize(("wrapper", "expected"), [(plain, [20, 40, 60]), (checkpoint, [0, 0, 0])])
def test_nothing_in_between_is_kept(wrapper, expected):
    watch, alive = Watch(), []

    def layer(x):
        for _ in range(20):
            x = watch.call(np.tanh(x))
        return x

    def loss(x):
        for _ in range(3):
            x = wrapper(layer)(x)
            alive.append(watch.alive())
        return np.sum(x)

    grad(loss)(X)
    assert alive == expected
    assert watch.alive() == 0


def peak_of(wrapper):
    """Return the most bytes in use during a gradient through 8 layers of 8 operations on 8 kB."""

    def layer(x):
        for _ in range(8):
            x = np.tanh(x)
        return x

    def loss(x):
        for _ in range(8):
            x = wrapper(layer)(x)
        return np.sum(x)

    gradient, x = grad(loss), np.linspace(0.0, 1.0, 1000)
    gradient(x)
    tracemalloc.start()
    gradient(x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_peak_of_memory_falls():
    # about 64 arrays without, 8 + 8 with
    assert peak_of(plain) > 60 * 8000
    assert peak_of(checkpoint) < 30 * 8000


@pytest.fixture
def _no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Data:
    """Something that can be watched."""


@pytest.mark.usefixtures("_no_collector")
@pytest.mark.parametrize("name", NESTINGS)
def test_nothing_is_kept_for_ever(name):
    before = sum(isinstance(x, Box | Node | Trace) for x in gc.get_objects())
    data = Data()
    gone = weakref.ref(data)
    f = checkpoint(lambda x, data=data: wave(x))
    result = NESTINGS[name](f)
    del f, data
    assert gone() is None
    assert sum(isinstance(x, Box | Node | Trace) for x in gc.get_objects()) == before, result


@pytest.mark.usefixtures("_no_collector")
def test_held_pullback_can_be_called_again():
    pullback, _ = make_vjp(checkpoint(wave))(X)
    assert pullback(V).tolist() == pullback(V).tolist()
    assert_near(pullback(V), vjp(wave, X)[1](V), 1e-15, "pullback")


def test_exception_passes_and_leaves_nothing():
    def fails(x):
        raise LookupError(str(np.shape(x)))

    with pytest.raises(LookupError, match=r"\(3,\)"):
        grad(lambda x: np.sum(checkpoint(fails)(x)))(X)
    assert grad(lambda x: np.sum(checkpoint(wave)(x)))(X).tolist() == grad(lambda x: np.sum(wave(x)))(X).tolist()


def test_threads_do_not_meet():
    results = []
    f = checkpoint(wave)

    def work(x):
        results.extend(bool(grad(f)(x) == grad(wave)(x)) for _ in range(50))

    threads = [threading.Thread(target=work, args=(x,)) for x in (0.5, 1.5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 100
