"""The graph of a computation."""

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import grad, hessian
from easygrad.misc.tracers import const_graph, full_graph


def test_replay_runs_operations_and_no_python():
    ran = []

    def f(x, y, power=2):
        ran.append(1)
        return {"sum": np.sum(np.sin(x) ** power * y), "rest": [x[0] - 1.0, "text", 5.0]}

    again = const_graph(f, power=3)
    x, y = np.array([0.5, 1.0]), np.array([2.0, -1.0])
    for a, b in [(x, y), (y, x), (x + 1, y)]:
        assert again(a, b)["sum"] == f(a, b, 3)["sum"]
        assert again(a, b)["rest"] == [a[0] - 1.0, "text", 5.0]
    assert len(ran) == 4


def test_replay_has_derivatives():
    def f(p):
        return np.sum(np.exp(p["a"]) * p["b"] ** 2)

    again, p = const_graph(f), {"a": np.array([0.5, 1.0]), "b": 3.0}
    assert grad(again)(p)["a"].tolist() == grad(f)(p)["a"].tolist()
    assert hessian(again)(p)["a"]["b"].tolist() == hessian(f)(p)["a"]["b"].tolist()
    assert grad(again)(p)["b"] == grad(f)(p)["b"]


def test_replay_of_writing_and_of_lists():
    def f(x):
        y = np.zeros_like(x)
        y[1:] = x[:-1] ** 2
        y += 1.0
        return np.sum(enp.concatenate([y, x]) ** 2)

    again = const_graph(f)
    again(np.zeros(3))
    assert again(np.arange(3.0)) == f(np.arange(3.0))


def test_graph_has_functions_arguments_and_parents():
    end = full_graph(lambda x, y: np.sin(x) * y, 0.5, 2.0)
    fun, args, options, parents = end.recipe
    assert (fun.__name__, args, options) == ("multiply", (np.sin(0.5), 2.0), {})
    assert [i for i, _ in parents] == [0, 1]
    sine = parents[0][1]
    assert (sine.value, sine.recipe[0].__name__) == (np.sin(0.5), "sin")
    assert sine.parents[0].recipe[3] == []


def test_graph_of_a_constant_is_none():
    assert full_graph(lambda x: 3.0, 1.0) is None


def test_arguments_of_another_form_are_refused():
    again = const_graph(lambda x, y: x * y)
    again(1.0, 2.0)
    with pytest.raises(ValueError, match="zip"):
        again([1.0, 2.0], 2.0)
