"""Containers: what goes in comes out, and inside the function they are ordinary Python objects."""

from collections import OrderedDict, defaultdict, namedtuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from easygrad import deriv, grad, jvp, make_vjp, value_and_grad, vjp
from easygrad.containers import flatten
from easygrad.core import Box

Point = namedtuple("Point", ["x", "y"])


def kind_of(x):
    return type(x).__name__


class Table(dict):
    """A dict of one's own."""


def total(p):
    return sum(np.sum(leaf * leaf) for leaf in flatten(p)[0])


CONTAINERS = {
    "list": [1.0, 2.0],
    "tuple": (1.0, np.array([2.0, 3.0])),
    "dict": {"a": 1.0, "b": np.ones((2, 2))},
    "named tuple": Point(1.0, 2.0),
    "ordered": OrderedDict([("b", 1.0), ("a", 2.0)]),
    "own dict": Table(a=1.0),
    "default": defaultdict(float, a=1.0),
    "nested": {"a": [1.0, (2.0, {"b": Point(3.0, [4.0])})], "c": ()},
    "empty list": [],
    "empty dict": {},
    "None and text": {"a": 1.0, "name": "text", "nothing": None, "list": [None, 2.0]},
    "mixed keys": {1: 1.0, "a": 2.0, None: 3.0},
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_round_trip(name):
    container = CONTAINERS[name]
    leaves, rebuild = flatten(container)
    again = rebuild(list(leaves))
    assert type(again) is type(container)
    assert repr(again) == repr(container)
    assert again is not container or not isinstance(container, dict | list)


@pytest.mark.parametrize("name", CONTAINERS)
def test_gradient_has_the_form_of_the_argument(name):
    container = CONTAINERS[name]
    gradient = grad(total)(container)
    leaves, rebuild = flatten(container)
    assert type(gradient) is type(container)
    assert repr(gradient) == repr(rebuild([2 * (x if isinstance(x, np.ndarray) else np.float64(x)) for x in leaves]))


@pytest.mark.parametrize("name", CONTAINERS)
def test_function_gets_an_ordinary_container(name):
    seen = []

    def f(p):
        seen.append(p)
        return total(p)

    grad(f)(CONTAINERS[name])
    assert type(seen[0]) is type(CONTAINERS[name])
    assert isinstance(seen[0], dict | list | tuple)
    assert all(type(leaf) is Box for leaf in flatten(seen[0])[0])


@pytest.mark.parametrize("name", CONTAINERS)
def test_tangents_have_the_form_of_the_argument(name):
    container = CONTAINERS[name]
    value, tangent = jvp(total, (container,), (container,))
    assert tangent == 2 * total(container) == 2 * value


trees = st.recursive(
    st.floats(-10, 10) | st.none() | st.text(max_size=3),
    lambda kids: (
        st.lists(kids, max_size=3) | st.dictionaries(st.text(max_size=2), kids, max_size=3) | st.tuples(kids, kids)
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(trees.filter(lambda tree: isinstance(tree, list | dict | tuple)))
def test_any_tree_has_a_gradient_of_its_form(tree):
    leaves, rebuild = flatten(tree)
    assert repr(rebuild(leaves)) == repr(tree)
    assert flatten(grad(total)(tree))[0] == [2 * x for x in leaves]
    assert flatten(grad(lambda p: 0.0)(tree))[0] == [0.0] * len(leaves)


def test_results_may_be_containers():
    def f(x):
        return {"square": x * x, "list": [x, 3.0], "text": "text", "nothing": None}

    value, pullback = vjp(f, 2.0)
    assert value == {"square": 4.0, "list": [2.0, 3.0], "text": "text", "nothing": None}
    assert pullback({"square": 1.0, "list": [10.0, 100.0], "text": "text", "nothing": None}) == 14.0
    value, tangent = jvp(f, 2.0, 1.0)
    assert tangent == {"square": 4.0, "list": [1.0, 0.0], "text": "text", "nothing": None}
    assert deriv(f)(2.0) == tangent


def test_same_result_twice_in_a_container():
    pullback, _ = make_vjp(lambda x: (x, x, x * 2))(1.0)
    assert pullback((1.0, 10.0, 100.0)) == 211.0


def test_unused_leaf_gets_zero_of_its_kind():
    p = {"used": 1.0, "array": np.ones((2, 3), np.float32), "scalar": 2.0}
    gradient = grad(lambda p: p["used"] * 3.0)(p)
    assert (gradient["used"], gradient["scalar"]) == (3.0, 0.0)
    assert gradient["array"].shape == (2, 3)
    assert gradient["array"].dtype == np.float32
    assert not gradient["array"].any()


def test_integers_in_a_container_count_as_floats():
    assert grad(lambda p: p["n"] * p["x"])({"n": 3, "x": 2.5}) == {"n": 2.5, "x": 3.0}


def test_array_that_stands_twice_gets_two_gradients_of_its_own():
    x = np.ones(3)
    first, second = grad(lambda p: np.sum(p[0] + p[1]))([x, x])
    assert not np.shares_memory(first, second)
    assert first.tolist() == second.tolist() == [1.0, 1.0, 1.0]


def test_container_is_not_changed():
    p = {"a": [1.0, 2.0]}
    value_and_grad(lambda p: p["a"].pop() * p.setdefault("b", 3.0))(p)
    assert p == {"a": [1.0, 2.0]}


@pytest.mark.parametrize("leaf", [object(), True, {1.0}, np.array(["a"]), np.array([None])], ids=kind_of)
def test_leaf_without_derivative_is_named(leaf):
    with pytest.raises(TypeError, match=r"argument 0 of total.*has no derivative.*Expected a number"):
        grad(total)({"a": 1.0, "b": [leaf]})
