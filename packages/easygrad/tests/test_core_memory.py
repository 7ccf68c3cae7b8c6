"""What the engine keeps, and when it lets go: residuals, graphs of a million calls, and what an exception leaves.

Python's collector of cycles is off in these tests, so everything has to go by itself.
"""

import gc
import threading
import weakref

import numpy as np
import pytest

from easygrad import deriv, elementwise_grad, grad, hessian, jacobian, jvp, make_vjp, value_and_grad, vjp
from easygrad.core import Box, Node, Trace, stop_gradient
from easygrad.primitives import elementwise, general, linear

pytestmark = pytest.mark.usefixtures("_no_collector")
MILLION = 1_000_000
X = np.array([0.5, 1.5, 2.5])


@pytest.fixture
def _no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def live():
    """Return how many boxes, nodes and traces there are in the process."""
    return sum(isinstance(x, Box | Node | Trace) for x in gc.get_objects())


class Watch:
    """A primitive, the identity, whose pullback holds an array; it knows which of these arrays are alive."""

    def __init__(self):
        self.residuals = []
        self.seen = []
        self.call = general(np.positive, (self.rule, self.rule), name="watched")

    @property
    def rule(self):
        """The rule of the primitive: it keeps an array of its own."""

        def rule(ans, x):
            residual = np.ones(np.shape(x))
            number = len(self.residuals)
            self.residuals.append(weakref.ref(residual))

            def pullback(g):
                self.seen.append((number, self.alive()))
                return g * residual

            return pullback

        return rule

    def alive(self):
        """Return the numbers of the residuals that are alive."""
        return [i for i, residual in enumerate(self.residuals) if residual() is not None]


def test_residual_is_gone_when_the_next_pullback_runs():
    watch = Watch()
    gradient = grad(lambda x: np.sum(watch.call(watch.call(watch.call(watch.call(x))))))(X)
    assert gradient.tolist() == [1.0, 1.0, 1.0]
    assert watch.seen == [(3, [0, 1, 2, 3]), (2, [0, 1, 2]), (1, [0, 1]), (0, [0])]
    assert watch.alive() == []


def test_arguments_of_numpys_functions_are_gone_when_the_next_pullback_runs():
    held, seen = [], []

    def spy(g, _ans, _x):
        seen.append([ref() is not None for ref in held])
        return g

    look = elementwise(np.positive, spy, name="look")

    def f(x):
        x = look(x)
        for function in (np.sin, np.cos, np.square):
            x = look(function(x))
            held.append(weakref.ref(x.value))
        return np.sum(x)

    grad(f)(X)
    # cos holds the first and square the second until they have run; nobody holds the third
    assert seen == [[True, True, False], [True, False, False], [False, False, False], [False, False, False]]


@pytest.mark.parametrize(
    ("function", "kept"),
    [
        (lambda x: x + X, [False, False]),
        (lambda x: x - x, [False, False]),
        (lambda x: x * 2.0, [False, False]),
        (lambda x: x * X, [False, False]),
        (lambda x: np.sin(x) * x, [True, False]),
        (lambda x: x / X, [False, False]),
        (lambda x: X / x, [True, True]),
        (np.exp, [False, True]),
        (np.log, [True, False]),
        (lambda x: np.where(X > 1.0, x, 2.0 * x), [False, False]),
        (lambda x: x + X[:, None], [False, False]),
        (lambda x: x * X[:, None], [False, False]),
    ],
)
def test_call_keeps_what_its_rules_need(function, kept):
    held = []

    def f(x):
        x = +x
        y = function(x)
        held[:] = [weakref.ref(x.value), weakref.ref(y.value)]
        return y

    pullback, _ = make_vjp(lambda x: np.sum(f(x)))(X)
    assert [ref() is not None for ref in held] == kept
    assert pullback(1.0).shape == X.shape


def test_residual_of_a_general_call_is_gone_when_elementwise_rules_run():
    watch, alive = Watch(), []
    look = elementwise(np.positive, lambda g, _ans, _x: alive.append(watch.alive()) or g)
    grad(lambda x: np.sum(watch.call(look(look(x)))))(X)
    assert alive == [[], []]


@pytest.mark.parametrize("between", [np.negative, lambda x: np.reshape(x, (3, 1))[:, 0], lambda x: x + x * X])
def test_cotangent_is_gone_when_it_was_used(between):
    given, alive = [], []

    def spy(g, _ans, _x):
        alive.append([ref() is not None for ref in given])
        given.append(weakref.ref(g))
        return g * 1.0

    look = elementwise(np.positive, spy, name="look")

    def f(x):
        for _ in range(4):
            x = between(look(x))
        return np.sum(x * X)

    grad(f)(X)
    assert alive == [[], [False], [False] * 2, [False] * 3]


def test_branch_that_does_not_lead_to_the_result_is_freed_during_the_call():
    watch, alive = Watch(), []

    def f(x):
        for _ in range(5):
            np.sum(watch.call(watch.call(x)))
            alive.append(watch.alive())
        return np.sum(x)

    grad(f)(X)
    assert alive == [[]] * 5
    assert watch.seen == []


def test_forward_mode_keeps_only_the_present():
    refs, alive = [], []

    def f(x):
        for _ in range(5):
            x = np.sin(x)
            refs.append(weakref.ref(x.value))
            alive.append(sum(ref() is not None for ref in refs))
        return np.sum(x)

    jvp(f, X, X)
    assert alive == [1] * 5


TRANSFORMS = {
    "grad": lambda f: grad(f)(X),
    "value_and_grad": lambda f: value_and_grad(f)(X),
    "elementwise_grad": lambda f: elementwise_grad(lambda x: x * stop_gradient(f(x)))(X),
    "jacobian": lambda f: jacobian(lambda x: x * f(x))(X),
    "hessian": lambda f: hessian(f)(X),
    "vjp": lambda f: vjp(f, X)[1](1.0),
    "jvp": lambda f: jvp(f, X, X),
    "deriv": lambda f: deriv(f)(X),
    "grad of grad": lambda f: grad(lambda x: np.sum(grad(f)(x)))(X),
    "forward over reverse": lambda f: jvp(grad(f), X, X),
    "reverse over forward": lambda f: grad(lambda x: jvp(f, x, X)[1])(X),
    "containers": lambda f: grad(lambda p: f(p["x"][0]))({"x": [X, X]}),
    "several arguments": lambda f: grad(lambda x, y: f(x * y), (0, 1))(X, X),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_everything_is_gone_afterwards(name):
    watch, before = Watch(), live()
    result = TRANSFORMS[name](lambda x: np.sum(np.tanh(watch.call(x)) ** 2 + x[0] * x[[1, 1, 2]]))
    assert watch.residuals
    assert watch.alive() == []
    assert live() == before, result


class Thing:
    """Something that can be watched."""


@pytest.mark.parametrize("name", TRANSFORMS)
def test_what_the_closure_held_is_gone_with_it(name):
    thing = Thing()
    gone = weakref.ref(thing)
    TRANSFORMS[name](lambda x, thing=thing: np.sum(np.sin(x)) if thing else 0.0)
    del thing
    assert gone() is None


@pytest.mark.parametrize("name", TRANSFORMS)
def test_exception_leaves_nothing(name):
    watch, before = Watch(), live()

    def f(x):
        y = np.sum(np.sin(watch.call(x)) * x[0])
        raise LookupError(str(np.shape(y)))

    def run():
        try:
            TRANSFORMS[name](f)
        except LookupError as error:
            return str(error)

    assert run() == "()"
    assert watch.alive() == []
    assert live() == before


def test_refused_result_leaves_nothing():
    before = live()

    def run():
        try:
            grad(lambda x: x * np.sin(x))(X)
        except TypeError as error:
            return str(error)

    assert "shape (3,)" in run()
    assert live() == before


def test_exception_in_the_backward_pass_leaves_nothing():
    before = live()

    def failing(g, _ans, _x):
        raise LookupError

    fails = elementwise(np.positive, failing)

    def run():
        try:
            grad(lambda x: np.sum(np.sin(fails(np.cos(x)))))(X)
        except LookupError:
            return True

    assert run()
    assert live() == before


def test_held_pullback_keeps_residuals_until_it_is_dropped():
    watch, before = Watch(), live()
    pullback, _ = make_vjp(lambda x: watch.call(np.sin(watch.call(x))))(X)
    first = pullback(X)
    assert watch.alive() == [0, 1]
    assert pullback(X).tolist() == first.tolist() == (X * np.cos(X)).tolist()
    assert pullback(2 * X).tolist() == (2 * first).tolist()
    del pullback
    assert watch.alive() == []
    assert live() == before


def test_rule_that_takes_a_shape_does_not_keep_the_array():
    refs = []

    def f(x):
        y = x * 2.0
        refs.append(weakref.ref(y.value))
        total = np.sum(y) + np.sum(np.reshape(y, (3, 1))) + y[0] + np.mean(y) + np.sum(y + 1.0)
        del y
        refs.append(refs[0]() is None)
        return total

    grad(f)(X)
    assert refs[1]


# A million operations


def chain(x):
    """Return ``e * x``, nearly, by a million multiplications."""
    for _ in range(MILLION):
        x = x * 1.000001
    return x


FACTOR = 1.000001**MILLION


@pytest.mark.parametrize("mode", [grad, deriv])
def test_chain_of_a_million_operations(mode):
    before = live()
    assert mode(chain)(1.0) == pytest.approx(FACTOR, rel=1e-9)
    assert live() == before


@pytest.mark.parametrize("step", [lambda x: x * 1.000001, lambda x: -x, lambda x: x * 0.5 + x * 0.5])
def test_graph_of_a_million_calls_held_by_a_pullback_is_freed(step):
    def steps(x):
        for _ in range(MILLION):
            x = step(x)
        return x

    before = live()
    pullback, value = make_vjp(steps)(1.0)
    assert value == pytest.approx(step(1.0) ** MILLION, rel=1e-9)
    assert live() > before + MILLION
    thread = threading.Thread(target=lambda held: held.clear(), args=([pullback],))
    del pullback  # the thread has the last reference, and a smaller stack than this one
    thread.start()
    thread.join()
    del thread
    assert live() == before


def test_graph_of_a_million_calls_left_by_an_exception_is_freed():
    before = live()

    def fails(x):
        y = chain(x)
        raise LookupError(repr(y))

    def run():
        try:
            grad(fails)(1.0)
        except LookupError as error:
            return str(error)

    assert "Box" in run()
    assert live() == before


def test_deep_graph_of_linear_calls_and_indices():
    flip = linear(lambda x: x[::-1], lambda ans, x: lambda g: g[::-1], name="flip")

    def f(x):
        total = 0.0
        for i in range(20_000):
            total = total + flip(x)[i % 3]
        return total

    assert grad(f)(X).tolist() == [6666.0, 6667.0, 6667.0]
