"""Containers as vectors, and back."""

from collections import OrderedDict, namedtuple
from dataclasses import dataclass

import numpy as np
import pytest

from easygrad import grad, jacobian
from easygrad.misc import flatten
from easygrad.misc.flatten import flatten_func

Pair = namedtuple("Pair", "b a")


@dataclass
class Model:
    """A model."""

    weights: np.ndarray
    name: str = "text"


def test_order_is_that_of_sorted_keys_and_of_positions():
    value = {"z": 1.0, "a": [np.array([[2.0, 3.0], [4.0, 5.0]]), (6.0, Pair(7.0, 8.0))]}
    flat, unflatten = flatten(value)
    assert flat.tolist() == [2, 3, 4, 5, 6, 7, 8, 1]
    back = unflatten(flat * 10)
    assert list(back) == ["z", "a"]
    assert back["z"] == 10.0
    assert back["a"][0].tolist() == [[20, 30], [40, 50]]
    assert back["a"][1] == (60.0, Pair(70.0, 80.0))


def test_containers_of_all_kinds_come_back_as_they_were():
    value = OrderedDict(b=Model(np.arange(2.0)), a=None, c=[], d="x")
    flat, unflatten = flatten(value)
    back = unflatten(flat + 1)
    assert type(back) is OrderedDict
    assert list(back) == ["b", "a", "c", "d"]
    assert (back["b"].weights.tolist(), back["b"].name) == ([1, 2], "text")
    assert (back["a"], back["c"], back["d"]) == (None, [], "x")


@pytest.mark.parametrize("value", [{}, [], (), {"a": None}])
def test_nothing_to_flatten(value):
    flat, unflatten = flatten(value)
    assert flat.shape == (0,)
    assert unflatten(flat) == value


def test_dtypes_come_back_and_whole_numbers_do_not_cut_off():
    value = [np.float32(1.5), np.array([1, 2]), np.array([1 + 2j])]
    flat, unflatten = flatten(value)
    assert flat.dtype == np.complex128
    single, whole, complex_ = unflatten(flat)
    assert (single.dtype, complex_.dtype) == (np.float32, np.complex128)
    flat, unflatten = flatten([np.array([1, 2]), 0.5])
    assert unflatten(flat + 0.25)[0].tolist() == [1.25, 2.25]
    assert whole.tolist() == [1, 2]


def test_vector_of_another_dtype_is_kept():
    _, unflatten = flatten([1.0, np.zeros(2)])
    assert unflatten(np.array([1j, 2.0, 3.0]))[0] == 1j


@pytest.mark.parametrize("vector", [np.zeros(2), np.zeros(4), np.zeros((3, 1))])
def test_vector_of_another_length_is_refused(vector):
    with pytest.raises(ValueError, match=r"unflatten: the vector has shape .* but that of the example has \(3,\)"):
        flatten([1.0, np.zeros(2)])[1](vector)


def test_both_ways_have_a_derivative():
    value = {"b": 2.0, "a": np.array([1.0, 3.0])}
    slope = grad(lambda p: np.sum(flatten(p)[0] ** 2))(value)
    assert slope["b"] == 4.0
    assert slope["a"].tolist() == [2, 6]
    flat, unflatten = flatten(value)
    assert grad(lambda v: np.sum(unflatten(v)["a"] ** 2) * unflatten(v)["b"])(flat).tolist() == [4, 12, 10]


def test_function_between_containers_as_one_between_vectors():
    func, unflatten, flat = flatten_func(lambda p, k: {"a": p["a"] * k, "b": p["b"] ** 2}, {"a": np.ones(2), "b": 3.0})
    assert func(flat, 5.0).tolist() == [5, 5, 9]
    assert jacobian(func)(flat, 5.0).tolist() == [[5, 0, 0], [0, 5, 0], [0, 0, 6]]
    assert unflatten(flat)["b"] == 3.0
