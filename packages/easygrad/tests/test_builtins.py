"""Python's containers under Autograd's names."""

import builtins

import numpy as np

from easygrad import grad
from easygrad.builtins import dict, isinstance, list, tuple, type  # noqa: A004  # what is tested


def test_containers_are_pythons():
    assert (dict, list, tuple) == (builtins.dict, builtins.list, builtins.tuple)


def test_isinstance_and_type_look_at_the_value():
    def f(x):
        assert isinstance(x, np.ndarray)
        assert type(x) is np.ndarray
        assert isinstance({"a": x}, dict)
        assert not isinstance(x, list | float)
        return np.sum(x**2)

    assert grad(f)(np.ones(2)).tolist() == [2, 2]
    assert grad(lambda x: x * isinstance(x, float))(2.0) == 1.0
    assert type(1) is int
