"""Reading by an index: the laws, and every kind of index, those that name an element twice above all."""

import array

import numpy as np
import pytest

from easygrad import deriv, grad, hessian, jacobian, make_vjp
from easygrad.rules import indexing as family

from ..laws import (
    LAWS,
    Sample,
    assert_near,
    law_name,
    primitives_of,
    pullback_is_the_transpose,
    pushforward_is_the_derivative,
    second_order_agrees,
)

X = np.reshape(np.arange(12.0), (3, 4)) + 0.5
PART = np.array([1.0, 2.0])

SAMPLES = {
    "getitem": Sample(lambda x: family.getitem(x, (slice(None), [0, 0, 2])), X, analytic=True),
    "scatter": Sample(
        lambda x, y: family.scatter(x, y, indices=[[0, 0], slice(1, 3)], shape=(4,), dtype=x.dtype),
        PART,
        PART,
        analytic=True,
    ),
    "set_at": Sample(
        lambda x, y: family.set_at(x, y, index=(slice(None), [0, 0, 2])), X, X[:, :3] - 7.0, analytic=True
    ),
}
INDICES = {
    "integer": 1,
    "negative": -1,
    "numpy integer": np.int64(2),
    "0-d integer": np.array(2),
    "pair": (1, 2),
    "slice": slice(1, 3),
    "step": (slice(None), slice(None, None, -2)),
    "empty slice": slice(2, 2),
    "Ellipsis": (..., 1),
    "Ellipsis alone": ...,
    "None": (None, 1, None, slice(2)),
    "empty tuple": (),
    "list": [2, 0],
    "repeats": [1, 1, 0, 1],
    "negative repeats": [1, -2],
    "repeats in an array": np.array([[0, 0], [2, 2]]),
    "repeats and slice": (slice(1, 3), [0, 0, 3]),
    "pairs": ([0, 0, 2], [1, 1, 3]),
    "pairs as tuples": ((0, 0, 2), (1, 1, 3)),
    "tuple in a tuple": ((1, 1),),
    "range": (range(2), range(2)),
    "broadcast pairs": (np.array([[0], [2]]), np.array([1, 1])),
    "integer and repeats": (1, [2, 2]),
    "separated": (None, [0, 0], slice(None), None),
    "array.array": (array.array("i", [2, 2]),),
    "mask": X > 4.0,
    "row mask": np.array([True, False, True]),
    "mask as a list": [True, False, True],
    "mask and repeats": (np.array([True, False, True]), [1, 1]),
    "mask of columns": (slice(None), np.array([True, False, True, True])),
    "True": True,
    "False": False,
    "unsigned": np.array([1, 1], np.uint8),
}


def test_every_primitive_has_a_sample():
    assert primitives_of(family) == set(SAMPLES)


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES)
def test_law(name, law):
    law(SAMPLES[name])


@pytest.mark.parametrize("name", INDICES)
def test_index(name):
    sample = Sample(lambda x: x[INDICES[name]], X)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)


@pytest.mark.parametrize("name", INDICES)
def test_write_at_an_index(name):
    index = INDICES[name]
    shape = X[index].shape
    for value in (0.5, np.full(shape, 0.5), np.sin(np.arange(X[index].size)).reshape(shape), np.full((1, *shape), 0.5)):

        def written(x, y):
            new = np.array(x) if isinstance(x, np.ndarray) else x * 1.0
            new[index] = y  # called in this round
            return new

        if np.ndim(value) > len(shape) and name in ("mask", "pair"):
            continue  # NumPy refuses an axis more for a mask or a single element
        sample = Sample(written, X, value)
        pushforward_is_the_derivative(sample)
        pullback_is_the_transpose(sample)
        second_order_agrees(sample)


@pytest.mark.parametrize("name", INDICES)
def test_index_read_twice_adds_both(name):
    gradient = grad(lambda x: np.sum(x[INDICES[name]]) + 2 * np.sum(x[INDICES[name]] ** 2) + np.sum(x))(X)
    counts = np.zeros(X.shape)
    np.add.at(counts, INDICES[name], 1.0)
    assert_near(gradient, counts * (1 + 4 * X) + 1, 1e-15, "gradient")


@pytest.mark.parametrize("mode", [grad, deriv])
def test_comparison_as_index(mode):
    total = mode(lambda s: np.sum((s * X)[s * X > 4.0]))(1.0)
    assert total == np.sum(X[X > 4.0])


def test_loop_over_elements_and_iteration():
    x = np.array([1.0, 2.0, 3.0])
    assert grad(lambda z: sum(z[i] ** 2 for i in range(3)))(x).tolist() == [2.0, 4.0, 6.0]
    assert grad(lambda z: sum(item**2 for item in z))(x).tolist() == [2.0, 4.0, 6.0]
    loop = hessian(lambda z: sum(z[i] * z[(i + 1) % 3] * z[0] for i in range(3)))(x)
    expected = hessian(lambda z: z[0] ** 2 * z[1] + z[0] * z[1] * z[2] + z[0] ** 2 * z[2])(x)
    assert_near(loop, expected, 1e-14, "hessian")
    assert np.array_equal(loop, loop.T)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64])
def test_dtype_is_kept(dtype):
    gradient = grad(lambda z: np.real(z[0] * z[0] + z[1]))(np.ones(3, dtype))
    assert gradient.dtype == dtype
    assert gradient.tolist() == [2.0, 1.0, 0.0]


def test_pullback_through_an_index_can_be_called_twice():
    pullback, _ = make_vjp(lambda z: z[[0, 0, 1]] + z[:1])(np.array([1.0, 2.0]))
    first = pullback(np.array([1.0, 10.0, 100.0]))
    assert first.tolist() == [122.0, 100.0]
    assert pullback(np.array([1.0, 10.0, 100.0])).tolist() == first.tolist()
    assert pullback(np.zeros(3)).tolist() == [0.0, 0.0]


def test_jacobian_of_a_permutation():
    assert jacobian(lambda z: z[[2, 0, 1]])(np.ones(3)).tolist() == np.eye(3)[[2, 0, 1]].tolist()


def test_index_out_of_range_is_numpys_error():
    with pytest.raises(IndexError, match="out of bounds"):
        grad(lambda z: z[5])(np.ones(3))


def test_traced_number_as_an_index_is_refused_with_advice():
    with pytest.raises((TypeError, IndexError), match=r"stop_gradient|integers"):
        grad(lambda z: X[0][z])(1.0)


def test_index_array_that_is_used_again_for_another_index():
    def f(z):
        index, total = np.array([0]), 0.0
        for i in range(3):
            index[0] = i
            total = total + (i + 1) * np.sum(z[index])
        return total

    assert grad(f)(np.ones(3)).tolist() == [1.0, 2.0, 3.0]
