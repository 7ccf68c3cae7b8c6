"""Containers: what goes in comes out, and inside the function they are ordinary Python objects."""

import copy
import gc
import weakref
from collections import OrderedDict, defaultdict, namedtuple
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from easygrad import deriv, grad, hessian, jacobian, jvp, make_hvp, make_vjp, register_container, value_and_grad, vjp
from easygrad.containers import flatten, left_out
from easygrad.core import Box

Point = namedtuple("Point", ["x", "y"])


def kind_of(x):
    return type(x).__name__


class Table(dict):
    """A dict of one's own."""


@dataclass
class Layer:
    """Parameters beside sizes, a name and a function."""

    weights: np.ndarray
    size: int = 3
    name: str = "layer"
    activation: object = np.tanh
    scale: float = field(init=False, default=2.0)


@dataclass(frozen=True, slots=True)
class Frozen:
    """A dataclass that cannot be written to."""

    x: float
    layer: object = None


class Pair:
    """A class of one's own."""

    def __init__(self, first, second, label):
        self.first, self.second, self.label = first, second, label

    def __repr__(self):
        return f"{type(self).__name__}({self.first!r}, {self.second!r}, {self.label!r})"


class Twin(Pair):
    """A subclass of it."""


register_container(Pair, lambda x: [x.first, x.second], lambda x, parts: type(x)(*parts, x.label))


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
    "dataclass": Layer(np.array([1.0, 2.0])),
    "frozen": Frozen(1.0, {"a": 2.0}),
    "registered": Pair(1.0, [2.0], "label"),
    "subclass of a registered one": Twin(1.0, 2.0, "label"),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_round_trip(name):
    container = CONTAINERS[name]
    leaves, rebuild = flatten(container)
    again = rebuild(list(leaves))
    assert type(again) is type(container)
    assert repr(again) == repr(container)
    assert again is not container or isinstance(container, tuple)


@pytest.mark.parametrize("name", CONTAINERS)
def test_gradient_has_the_form_of_the_argument(name):
    container = CONTAINERS[name]
    gradient = grad(total)(container)
    leaves, rebuild = flatten(container)
    assert type(gradient) is type(container)
    expected = [2 * (x if isinstance(x, np.ndarray) else np.float64(x)) for x in leaves]
    assert repr(gradient) == repr(rebuild(expected, left_out))


@pytest.mark.parametrize("name", CONTAINERS)
def test_function_gets_an_ordinary_container(name):
    seen = []

    def f(p):
        seen.append(p)
        return total(p)

    grad(f)(CONTAINERS[name])
    assert type(seen[0]) is type(CONTAINERS[name])
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


mixed_trees = st.recursive(
    st.floats(-10, 10) | st.integers() | st.booleans() | st.none() | st.text(max_size=3),
    lambda kids: st.lists(kids, max_size=3) | st.dictionaries(st.text(max_size=2), kids, max_size=3),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(mixed_trees.filter(lambda tree: isinstance(tree, list | dict)))
def test_leaves_of_any_tree_are_its_floats_in_order(tree):
    leaves, rebuild = flatten(tree)
    assert all(type(x) is float for x in leaves)
    assert repr(rebuild(leaves)) == repr(tree)
    numbered = rebuild([float(i) for i in range(len(leaves))], left_out)
    assert flatten(numbered)[0] == list(range(len(leaves)))
    assert not any(isinstance(x, int) for x in flatten(numbered, lambda x: True)[0])


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


# Leaves that are not differentiated

UNTOUCHED = [3, True, np.int64(3), np.arange(3), np.array([True]), np.array(["a"]), np.array([None]), len, {1.0}, b"x"]


@pytest.mark.parametrize("leaf", UNTOUCHED, ids=kind_of)
def test_other_leaf_is_handed_through_and_has_none_in_the_gradient(leaf):
    seen = []

    def f(p):
        seen.append(p["other"][0])
        return p["x"] * p["x"]

    p = {"other": [leaf], "x": 2.5}
    empty = {"other": [None], "x": 5.0}
    assert grad(f)(p) == jacobian(f)(p) == value_and_grad(f)(p)[1] == make_vjp(f)(p)[0](1.0) == empty
    assert hessian(f)(p) == {"other": [None], "x": {"other": [None], "x": 2.0}}
    assert jvp(f, (p,), ({"other": [None], "x": 1.0},)) == (6.25, 5.0)
    assert deriv(f)(p) == 5.0
    assert make_hvp(f)(p)[0](empty) == {"other": [None], "x": 10.0}
    assert all(x is leaf for x in seen)


def test_whole_numbers_are_no_derivatives_but_steps_and_indices():
    def f(p):
        x = p["x"]
        for _ in range(p["steps"]):
            x = x * p["w"][p["rows"]]
        return np.sum(x) if p["mode"] == "sum" else 0.0

    p = {"x": 2.0, "w": np.array([1.0, 3.0, 5.0]), "rows": np.array([0, 2, 2]), "steps": 2, "mode": "sum"}
    gradient = grad(f)(p)
    assert gradient["x"] == 51.0  # sum of w[rows]**2
    assert gradient["w"].tolist() == [4.0, 0.0, 40.0]
    assert (gradient["rows"], gradient["steps"], gradient["mode"]) == (None, None, "sum")


@pytest.mark.parametrize("container", [[1, 2], {"a": 1}, (np.arange(3), "text")], ids=str)
def test_container_of_whole_numbers_alone_is_refused(container):
    with pytest.raises(TypeError, match=r"grad: argument 0 \('p'\) of total.*whole numbers alone.*like 2\.0"):
        grad(total)(container)


def test_whole_numbers_in_a_result_are_constants():
    assert jacobian(lambda x: {"y": x * x, "n": 3})(2.0) == {"y": 4.0, "n": 0.0}
    assert deriv(lambda x: [x, 3, "text", len])(2.0) == [1.0, 0.0, "text", None]


@pytest.mark.parametrize("v", [1.0, np.ones(2)], ids=kind_of)
def test_direction_at_an_untouched_leaf_is_refused(v):
    with pytest.raises(TypeError, match=r"tangent given for argument 0 \('p'\).*not differentiated.*None"):
        jvp(lambda p: p["x"] * p["n"], ({"x": 1.0, "n": 2},), ({"x": 1.0, "n": v},))


def test_array_of_another_library_is_its_values():
    class Series:
        """What NumPy needs of a table."""

        def __init__(self, values):
            self.values = np.array(values)

        def __array__(self, dtype=None, copy=None):
            return self.values

    assert grad(lambda x: np.sum(x**2))(Series([1.0, 2.0])).tolist() == [2.0, 4.0]
    assert grad(lambda x: np.sum(x**2))(Series([1, 2])).tolist() == [2.0, 4.0]
    gradient = grad(lambda p: np.sum(p["x"] ** 2))({"x": Series([1.0, 2.0]), "n": Series([1, 2])})
    assert gradient["x"].tolist() == [2.0, 4.0]
    assert gradient["n"] is None
    with pytest.raises(TypeError, match="no derivative"):
        grad(total)(Series(["a"]))


def test_series_and_frames_of_pandas():
    pandas = pytest.importorskip("pandas", reason="easygrad does not need it")
    assert grad(lambda x: np.sum(x**2))(pandas.Series([1.0, 2.0])).tolist() == [2.0, 4.0]
    gradient = grad(lambda p: np.sum(p["x"] ** 2))({"x": pandas.DataFrame({"a": [1.0, 2.0]})})["x"]
    assert type(gradient) is np.ndarray
    assert gradient.tolist() == [[2.0], [4.0]]


# Order and form


def test_dicts_are_taken_by_their_keys():
    def f(p):
        return p["a"] * p["b"]

    assert jvp(f, ({"a": 2.0, "b": 3.0},), ({"b": 10.0, "a": 1.0},)) == (6.0, 23.0)
    pullback = vjp(lambda x: {"a": x, "b": 3.0 * x}, 1.0)[1]
    assert pullback({"b": 10.0, "a": 1.0}) == 31.0


FORMS = [{"a": 1.0}, {"a": 1.0, "c": 1.0}, [1.0, 1.0], 1.0, None, {"a": 1.0, "b": [1.0]}]


@pytest.mark.parametrize("v", FORMS, ids=repr)
def test_tangent_of_another_form_is_refused(v):
    with pytest.raises(TypeError, match=r"jvp: the tangent given for argument 0 \('p'\) of total.*leaves"):
        jvp(total, ({"a": 1.0, "b": 2.0},), (v,))


def test_dataclass_computes_what_it_caches_again():
    @dataclass
    class Circle:
        radius: float

        @cached_property
        def area(self):
            return np.pi * self.radius**2

    circle = Circle(3.0)
    assert circle.area > 0  # cached now
    assert grad(lambda c: c.area)(circle).radius == 6 * np.pi
    circle.label, circle.half = "label", 1.5  # neither is a field
    assert grad(lambda c: c.radius if c.label else 0.0)(circle).radius == 1.0
    with pytest.raises(AttributeError, match="half"):
        grad(lambda c: c.half)(circle)


def test_class_of_a_dataclass_is_no_container():
    assert grad(lambda p: p["x"] * 2)({"x": 1.0, "class": Layer}) == {"x": 2.0, "class": None}


def test_subclass_can_be_registered_on_its_own():
    class Odd(Pair):
        """Keeps its second part as it is."""

    register_container(Odd, lambda x: [x.first], lambda x, parts: Odd(parts[0], x.second, x.label))
    assert repr(grad(lambda p: p.first * p.second)(Odd(2.0, 3.0, "a"))) == "Odd(np.float64(3.0), 3.0, 'a')"
    assert repr(grad(lambda p: p.first * p.second)(Pair(2.0, 3.0, "a"))).startswith(
        "Pair(np.float64(3.0), np.float64(2"
    )


def test_class_that_is_not_registered_is_named():
    class Model:
        """Nobody told easygrad about it."""

    with pytest.raises(TypeError, match=r"argument 0 \('m'\).*type Model.*register_container"):
        grad(lambda m: m.x)(Model())
    with pytest.raises(TypeError, match=r"takes no attributes.*subclass"):
        register_container(complex, lambda x: [], lambda x, parts: x)


def test_registration_goes_with_the_class():
    def register():
        class Local:
            """A class that nobody else knows."""

        return weakref.ref(register_container(Local, lambda x: [], lambda x, parts: Local()))

    local = register()
    gc.collect()  # a class is always part of a cycle
    assert local() is None


# Every transform


P = {"a": np.array([1.0, 2.0]), "b": (3.0, "text")}


def mixed(p):
    return np.sum(p["a"] ** 2) * p["b"][0]


def assert_same(x, y):
    assert repr(x) == repr(y)


def test_second_derivatives_of_containers():
    blocks = hessian(mixed)(P)
    assert blocks["a"]["a"].tolist() == [[6.0, 0.0], [0.0, 6.0]]
    assert blocks["a"]["b"][0].tolist() == blocks["b"][0]["a"].tolist() == [2.0, 4.0]
    assert_same(blocks["b"], ({"a": np.array([2.0, 4.0]), "b": (np.float64(0.0), "text")}, "text"))
    direction = {"b": (1.0, None), "a": np.array([0.0, 1.0])}
    assert_same(jvp(grad(mixed), (P,), (direction,))[1], make_hvp(mixed)(P)[0](direction))


def test_gradient_of_a_jacobian_of_containers():
    def outer(p):
        inner = jacobian(lambda q: {"u": q["a"] ** 2 * p["b"][0], "v": [q["b"][0]]})(p)
        return np.sum(inner["u"]["a"]) + inner["v"][0]["b"][0]

    # the sum of diag(2 a b) + 1
    for result in (grad(outer)(P), make_vjp(outer)(P)[0](1.0), jacobian(outer)(P)):
        assert_same(result, {"a": np.array([6.0, 6.0]), "b": (np.float64(6.0), "text")})


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_jacobian_of_containers_in_both_modes(mode):
    blocks = jacobian(lambda p: [np.outer(p["a"], p["a"]), p["b"]], mode=mode)(P)
    assert blocks[0]["a"].shape == (2, 2, 2)
    assert blocks[0]["a"][0, 1].tolist() == [2.0, 1.0]
    assert_same(blocks[0]["b"], (np.zeros((2, 2)), "text"))
    assert_same(blocks[1], ({"a": np.zeros(2), "b": (np.float64(1.0), "text")}, "text"))


def test_array_that_stands_twice_gets_two_gradients_of_its_own():
    x = np.ones(3)
    first, second = grad(lambda p: np.sum(p[0] + p[1]))([x, x])
    assert not np.shares_memory(first, second)
    assert first.tolist() == second.tolist() == [1.0, 1.0, 1.0]


def test_container_is_not_changed():
    p = {"a": [1.0, 2.0]}
    value_and_grad(lambda p: p["a"].pop() * p.setdefault("b", 3.0))(p)
    assert p == {"a": [1.0, 2.0]}


def test_copies_of_containers_stay_containers():
    assert grad(lambda p: copy.copy(p)["a"] * copy.deepcopy(p)["b"])({"a": 2.0, "b": 3.0}) == {"a": 3.0, "b": 2.0}
