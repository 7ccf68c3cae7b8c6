"""Reductions of lists with traced values, ``r_`` and ``c_`` in ``easygrad.numpy``, and what a dtype of objects says."""

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import grad, jacobian

X = np.arange(1.0, 4.0)
REDUCTIONS = ["average", "cumsum", "max", "mean", "min", "prod", "std", "sum", "var"]
JOINS = {
    "numbers": lambda np, v: np.r_[v[0], v[1:], 2.0],
    "slices": lambda np, v: np.r_[1:3, v, 0:1:5j, [v[0], 2.0]],
    "text": lambda np, v: np.r_["1,3,0", v, v * 2],
    "rows": lambda np, v: np.r_["0,2", v, v * 2],
    "columns": lambda np, v: np.c_[v, v**2, [1, 2, 3]],
}


def differences(f, x, h=1e-6):
    """Return the Jacobian by central differences."""
    return np.stack([(np.asarray(f(x + h * e)) - f(x - h * e)) / (2 * h) for e in np.eye(x.size)], -1)


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reduction_of_a_list_is_that_of_the_array(name):
    of_list = jacobian(lambda v: getattr(enp, name)([v[0] ** 2, v[1], 1.5]))(X)
    assert np.allclose(of_list, jacobian(lambda v: getattr(enp, name)(enp.array([v[0] ** 2, v[1], 1.5])))(X))
    assert of_list.any()


def test_dot_of_lists():
    assert grad(lambda v: enp.dot([v[0], v[1]], (v[1], v[2])))(X).tolist() == [2.0, 4.0, 2.0]


@pytest.mark.parametrize("name", JOINS)
def test_joined_as_numpy_joins(name):
    f, seen = JOINS[name], []
    slope = jacobian(lambda v: seen.append(f(enp, v)) or seen[-1])(X)
    assert seen[0].shape == f(np, X).shape
    assert np.allclose(slope, differences(lambda v: f(np, v), X), atol=1e-6)


def test_plain_parts_are_joined_by_numpy():
    assert type(enp.r_[1:3, [4]]) is np.ndarray
    assert enp.c_[[1, 2], [3, 4]].tolist() == [[1, 3], [2, 4]]


@pytest.mark.parametrize("make", [lambda v: v.astype(object), lambda v: enp.array([v[0], 1.0], dtype=object)])
def test_a_dtype_of_objects_does_not_cut_in_silence(make):
    with pytest.raises(TypeError, match="would cut a traced value off from its derivative"):
        grad(lambda v: np.sum(make(v)))(X)


def test_names_of_autograd_by_their_relative_place():
    import easygrad.scipy.stats.norm as module

    from easygrad import dict, isinstance, list, primitive, tuple, type  # noqa: A004, F401
    from easygrad.scipy.stats import norm

    assert module is norm
    assert grad(module.logpdf)(1.0) == -1.0
