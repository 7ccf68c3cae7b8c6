"""Selection: the laws for every function that picks elements, with all its options."""

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import deriv, grad, jvp
from easygrad.rules import selection as family

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

X = np.array([[0.4, -1.3, 2.2], [1.7, 0.9, -0.8]])
VECTOR = np.array([0.4, -1.3, 2.2, 1.7, 0.9, -0.8, 3.1])
CUBE = np.reshape(np.random.default_rng(3).permutation(24), (2, 3, 4)) / 7.0 - 1.3
PLACES = np.array([[0, 2, 2], [-1, 1, 0]])
MASK = np.array([[True, False, True], [True, True, False]])
ORDER = np.argsort(X, 1)
PIECES = [np.square, lambda x, a=2.0: a * np.sin(x), 0.5]

SAMPLES = {
    "clipped": Sample(family.clipped, X, -0.5, 1.5),
    "diagonal_view": Sample(lambda x: family.diagonal_view(x, 1), X, analytic=True),
    "diagonal_matrix": Sample(family.diagonal_matrix, VECTOR[:3], analytic=True),
    "tril": Sample(family.tril, X, analytic=True),
    "triu": Sample(family.triu, X, analytic=True),
    "permute": Sample(lambda x: family.permute(x, ORDER, 1), X, analytic=True),
}
BY_POSITION = {
    "take": lambda x: np.take(x, [3, 0, 0]),
    "take.number": lambda x: np.take(x, 2),
    "take.matrix": lambda x: np.take(x, [[1, 0], [-1, 2]], axis=-1),
    "take.rows": lambda x: np.take(x, [1, 1], axis=0),
    "take.row": lambda x: np.take(x, 1, axis=0),
    "take.wrap": lambda x: np.take(x, [7, -9, 1], mode="wrap"),
    "take.clip": lambda x: np.take(x, [7, -9, 1], axis=1, mode="clip"),
    "take_along_axis": lambda x: np.take_along_axis(x, PLACES, 1),
    "take_along_axis.first": lambda x: np.take_along_axis(x, np.array([[1, 0, 1]]), axis=0),
    "take_along_axis.broadcast": lambda x: np.take_along_axis(x, np.array([[2, 0]]), axis=-1),
    "take_along_axis.flat": lambda x: np.take_along_axis(x, np.array([5, 0, -1]), axis=None),
    "diagonal": lambda x: np.diagonal(x),
    "diagonal.offset": lambda x: np.diagonal(x, 1),
    "diagonal.below": lambda x: np.diagonal(x, -1),
    "diagonal.outside": lambda x: np.diagonal(x, 5),
    "diagonal.axes": lambda x: np.diagonal(x, 0, 1, 0),
    "diag": lambda x: np.diag(x),
    "diag.k": lambda x: np.diag(x, -1),
    "diagflat": lambda x: np.diagflat(x, 1),
    "tril.k": lambda x: np.tril(x, 1),
    "triu.k": lambda x: np.triu(x, -1),
}
BY_CONDITION = {
    "compress": lambda x: np.compress([True, False, True, True], x),
    "compress.axis": lambda x: np.compress([False, True, True], x, axis=1),
    "extract": lambda x: np.extract(MASK, x),
    "choose": lambda x: np.choose(PLACES % 2, [x, x * x]),
    "choose.broadcast": lambda x: np.choose([0, 1, 2], [x, x[0, 0], x[1]]),
    "choose.wrap": lambda x: np.choose(PLACES, [x, x * x], mode="wrap"),
    "choose.clip": lambda x: np.choose(PLACES, [x, x * x], mode="clip"),
    "choose.rows": lambda x: np.choose([1, 0, 1], x),
    "select": lambda x: np.select([MASK, [True, False, False]], [x, x * x], 0.5),
    "select.default": lambda x: np.select([MASK], [x * x], x),
    "select.broadcast": lambda x: np.select([MASK[0], MASK], [x, x[0, 0]]),
    "piecewise": lambda x: np.piecewise(x, [MASK, ~MASK], PIECES[:2]),
    "piecewise.otherwise": lambda x: np.piecewise(x, [MASK], [PIECES[1], PIECES[1]], 3.0),
    "piecewise.constant": lambda x: np.piecewise(x, [MASK, MASK[::-1]], [PIECES[1], PIECES[2]], a=0.3) + x * x,
    "piecewise.one": lambda x: np.piecewise(x[0], MASK[0], [np.square]),
    "where": lambda x: np.where(MASK, x, x * x),
}
BY_RANK = {
    "sort": lambda x: np.sort(x),
    "sort.axis": lambda x: np.sort(x, axis=0),
    "sort.flat": lambda x: np.sort(x, axis=None),
    "sort.stable": lambda x: np.sort(x, stable=True),
    "sort.kind": lambda x: np.sort(x, kind="heapsort"),
    "sort_complex": lambda x: np.sort_complex(x),
    "partition": lambda x: np.partition(x, 1),
    "partition.axis": lambda x: np.partition(x, 1, axis=0),
    "partition.several": lambda x: np.partition(x, (1, 3), axis=None),
    "unique": lambda x: np.unique(x),
    "unique.axis": lambda x: np.unique(x, axis=1),
    "unique_values": lambda x: np.unique_values(x),
    "unique_counts": lambda x: np.unique_counts(x).values,
    "unique_inverse": lambda x: np.unique_inverse(x).values,
    "unique_all": lambda x: np.unique_all(x).values,
    "setdiff1d": lambda x: np.setdiff1d(x, [0.95, 7.0]),
}
PICKERS = BY_POSITION | BY_CONDITION | BY_RANK
ANALYTIC = set(BY_POSITION) | set(BY_CONDITION)
COMPOSITES = {name: Sample(f, X, analytic=name in ANALYTIC) for name, f in PICKERS.items()} | {
    "clip": Sample(np.clip, X, -0.5, 1.5),
    "clip.rows": Sample(np.clip, X, X[0] - 0.5, [[1.5], [0.5]]),
    "union1d": Sample(np.union1d, X, VECTOR + 0.05),
    "setxor1d": Sample(np.setxor1d, X, VECTOR[:3] + 0.05),
}
WIDER = {"sort_complex"}  # NumPy's own answer is complex128


def test_every_primitive_has_a_sample():
    assert primitives_of(family) == set(SAMPLES) | {"scatter"}  # its sample is beside those of indexing


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES | COMPOSITES)
def test_law(name, law):
    if name in WIDER and law_name(law) == "dtype_is_kept":
        assert grad(lambda x: np.sum(np.real(PICKERS[name](x))))(X.astype(np.float32)).dtype == np.float32
    else:
        law((SAMPLES | COMPOSITES)[name])


def keeps_the_laws(function, *args):
    sample = Sample(function, *args)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, None])
@pytest.mark.parametrize("name", ["sort", "partition", "take", "compress"])
def test_axis(name, axis):
    further = {"sort": (), "partition": (1,), "take": ([1, 0, 1],)}
    if name == "compress":
        keeps_the_laws(lambda x: np.compress([False, True], x, axis=axis), CUBE)
    else:
        keeps_the_laws(lambda x: getattr(np, name)(x, *further[name], axis=axis), CUBE)


@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (4, 2), (1, 3), (0, 2)], ids=str)
@pytest.mark.parametrize("k", [0, 1, -1, 3, -4])
@pytest.mark.parametrize("name", ["diag", "diagonal", "tril", "triu"])
def test_matrices_of_any_shape(name, k, shape):
    keeps_the_laws(lambda x: getattr(np, name)(x, k), np.reshape(np.arange(np.prod(shape)) / 3.0, shape))


@pytest.mark.parametrize("axes", [(0, 1), (1, 2), (-1, 0), (2, 1)], ids=str)
def test_diagonals_of_a_cube(axes):
    keeps_the_laws(lambda x: np.diagonal(x, 1, *axes), CUBE)
    keeps_the_laws(lambda x: x.diagonal(1, *axes), CUBE)


@pytest.mark.parametrize("name", ["tril", "triu"])
def test_half_of_a_stack_and_of_a_vector(name):
    keeps_the_laws(lambda x: getattr(np, name)(x, 1), CUBE)
    keeps_the_laws(lambda x: getattr(np, name)(x, -1), VECTOR[:3])


@pytest.mark.parametrize("k", [0, 2, -1])
def test_matrix_of_a_diagonal(k):
    keeps_the_laws(lambda x: np.diag(x, k), VECTOR[:3])
    keeps_the_laws(lambda x: np.diagflat(x, k), X)


TRIMMED = [[0.0, 0.0, 1.5, 0.0, 2.0, 0.0], [1.0, 2.0], [0.0, 0.0], []]


@pytest.mark.parametrize("values", TRIMMED, ids=str)
@pytest.mark.parametrize("trim", ["fb", "f", "b", "B"])
def test_trim_zeros(values, trim):
    x = np.array(values)
    kept = np.trim_zeros(x, trim)
    value, tangent = jvp(lambda z: np.trim_zeros(z, trim), x, np.arange(1.0, x.size + 1))
    assert value.tolist() == kept.tolist()
    assert tangent.shape == kept.shape
    gradient = grad(lambda z: np.sum(np.trim_zeros(z, trim) ** 2))(x)
    assert gradient.tolist() == (2 * x).tolist()


def test_trim_zeros_of_a_matrix():
    x = np.zeros((4, 5))
    x[1:3, 2:4] = X[:, :2]
    for options in ({}, {"axis": 0}, {"axis": (-1,)}):
        try:
            kept = np.trim_zeros(x, **options)
        except (TypeError, ValueError):
            pytest.skip("this NumPy trims vectors only")
        assert jvp(lambda z, o=options: np.trim_zeros(z, **o), x, x)[1].tolist() == kept.tolist()


CLIPS = {
    "both": (lambda x: np.clip(x, -0.5, 1.5), -0.5, 1.5),
    "low": (lambda x: np.clip(x, -0.5, None), -0.5, np.inf),
    "high": (lambda x: np.clip(x, None, 1.5), -np.inf, 1.5),
    "named": (lambda x: enp.clip(x, min=-0.5, max=1.5), -0.5, 1.5),
    "named low": (lambda x: enp.clip(x, min=-0.5), -0.5, np.inf),
    "old names": (lambda x: np.clip(x, a_min=-0.5, a_max=1.5), -0.5, 1.5),
    "method": (lambda x: x.clip(-0.5, 1.5), -0.5, 1.5),
    "method high": (lambda x: x.clip(max=1.5), -np.inf, 1.5),
    "nothing": (lambda x: enp.clip(x, None, None), -np.inf, np.inf),
    "lists": (lambda x: np.clip(x, [-0.5] * 3, [[1.5], [1.5]]), -0.5, 1.5),
}


@pytest.mark.parametrize("name", CLIPS)
def test_clip(name):
    form, low, high = CLIPS[name]
    value, tangent = jvp(form, X, np.ones_like(X))
    assert value.tolist() == np.clip(X, low, high).tolist()
    assert tangent.tolist() == ((low < X) & (high > X)).astype(float).tolist()
    assert grad(lambda x: np.sum(form(x)))(X).tolist() == tangent.tolist()


def test_clip_of_a_number_by_arrays_has_a_number_as_gradient():
    assert grad(lambda x: np.sum(np.clip(x, [0.0, 3.0], [2.0, 5.0])))(1.0) == 1.0
    assert grad(lambda low: np.sum(np.clip(X, low, 2.0)))(0.5) == 3.0
    assert grad(lambda high: np.sum(np.clip(X, None, high)))(1.0) == 2.0


def test_clip_between_bounds_in_the_wrong_order():
    for x in (0.5, 1.5, 2.5):
        assert grad(lambda a, low, high: np.clip(a, low, high), (0, 1, 2))(x, 2.0, 1.0) == (0.0, 0.0, 1.0)


def test_clip_at_a_bound_shares():
    assert grad(lambda a, low, high: np.clip(a, low, high), (0, 1, 2))(1.0, 1.0, 1.0) == (0.25, 0.25, 0.5)
    assert deriv(lambda x: np.clip(x, 0.0, 1.0))(0.0) == 0.5
    assert deriv(lambda x: np.clip(x, 0.0, 1.0))(1.0) == 0.5
    assert grad(lambda low: np.clip(1.0, low, 2.0))(1.0) == 0.5


def test_sort_of_equal_elements_keeps_their_order():
    x = np.array([2.0, 1.0, 2.0, 1.0])
    assert jvp(lambda z: np.sort(z, kind="stable"), x, np.arange(4.0))[1].tolist() == [1.0, 3.0, 0.0, 2.0]
    assert sorted(jvp(np.sort, x, np.arange(4.0))[1].tolist()) == [0.0, 1.0, 2.0, 3.0]


def test_sort_of_complex_numbers_and_of_nan():
    z = np.array([1 + 2j, 1 - 1j, 0.5 + 3j])
    assert jvp(np.sort, z, np.arange(3) + 0j)[1].tolist() == [2, 1, 0]
    assert jvp(np.sort, np.array([np.nan, 2.0, 1.0]), np.arange(3.0))[1].tolist() == [2.0, 1.0, 0.0]


def test_partition_puts_the_elements_of_some_ranks_at_their_places():
    x = np.random.default_rng(0).normal(size=(3, 50))
    value, tangent = jvp(lambda z: np.partition(z, (7, 20)), x, 2 * x)
    assert value[:, [7, 20]].tolist() == np.sort(x)[:, [7, 20]].tolist()
    assert np.max(value[:, :7]) <= np.max(value[:, 7]) <= np.max(value[:, 20])
    assert tangent.tolist() == (2 * value).tolist()


def test_methods_that_sort_in_place():
    def sorted_by_method(x):
        y = x * x
        y.sort(axis=0)
        return np.sum(y[0])

    def partitioned_by_method(x):
        y = x * x
        y.partition(1)
        return np.sum(y[:, 1])

    assert_near(grad(sorted_by_method)(X), grad(lambda x: np.sum(np.sort(x * x, axis=0)[0]))(X), 0.0, "sort")
    assert_near(grad(partitioned_by_method)(X), grad(lambda x: np.sum(np.sort(x * x)[:, 1]))(X), 0.0, "partition")


METHODS = {
    "take": lambda x: x.take([1, 2], axis=1),
    "compress": lambda x: x.compress([False, True, True], axis=1),
    "diagonal": lambda x: x.diagonal(),
    "clip": lambda x: x.clip(0.0, 1.0),
}


@pytest.mark.parametrize("name", METHODS)
def test_method(name):
    keeps_the_laws(METHODS[name], X)


def test_positions_are_constant():
    x = np.array([3.0, 1.0, 2.0])

    def positions(z):
        found = [
            z.argsort(),
            z.argpartition(1),
            z.searchsorted(2.5),
            *z.nonzero(),
            np.argwhere(z > 1),
            np.flatnonzero(z),
        ]
        found += [np.lexsort((z, z)), np.digitize(z, [1.5, 2.5]), np.isin(z, [2.0]), np.nanargmax(z), np.nanargmin(z)]
        assert all(isinstance(place, np.ndarray | np.generic) for place in found)
        return np.sum(z[found[0]] * np.arange(3.0))

    assert grad(positions)(x).tolist() == [2.0, 0.0, 1.0]
    assert grad(lambda z: np.sum(z[np.where(z > 1.5)] ** 2))(x).tolist() == [6.0, 0.0, 4.0]


def test_piecewise_like_numpy():
    for x in (X, VECTOR, np.float64(0.5)):
        conditions = [x > 0.6, x < 0.0]
        wanted = np.piecewise(x, conditions, PIECES)
        value, tangent = jvp(lambda z, c=conditions: np.piecewise(z, c, PIECES), x, np.ones(np.shape(x)))
        assert_near(value, wanted, 0.0, "value")
        slopes = np.select(conditions, [2 * x, 2.0 * np.cos(x)], 0.0)
        assert_near(tangent, slopes, 1e-15, "tangent")


def test_piecewise_calls_no_function_for_nothing():
    assert (
        grad(lambda x: np.sum(np.piecewise(x, [x > 9.0, x < 9.0], [lambda z: 1 / 0, np.square])))(VECTOR).tolist()
        == (2 * VECTOR).tolist()
    )


def test_piecewise_with_a_traced_constant():
    gradient = grad(lambda a: np.sum(enp.piecewise(VECTOR, [VECTOR > 0], [a * a, lambda z: a * z])))(3.0)
    assert gradient == pytest.approx(6.0 * np.sum(VECTOR > 0) + np.sum(VECTOR[VECTOR <= 0]))


def test_unique_like_numpy():
    x = np.array([3.0, 1.0, 3.0, 2.0])
    value, tangent = jvp(np.unique, x, np.arange(4.0))
    assert value.tolist() == [1.0, 2.0, 3.0]
    assert tangent.tolist() == [1.0, 3.0, 0.0]

    def weighted(z):
        values, index, inverse, counts = np.unique(z, return_index=True, return_inverse=True, return_counts=True)
        assert [index.tolist(), inverse.tolist(), counts.tolist()] == [[1, 3, 0], [2, 0, 2, 1], [1, 1, 2]]
        return np.sum(values * counts)

    assert grad(weighted)(x).tolist() == [2.0, 1.0, 0.0, 1.0]
    assert np.unique_counts(x)._fields == ("values", "counts")
    assert grad(lambda z: np.sum(np.unique_all(z).values * np.unique_counts(z).counts))(x).tolist() == [
        2.0,
        1.0,
        0.0,
        1.0,
    ]


WRITERS = {
    "copyto": lambda n, z, v: n.copyto(z, v[0]),
    "copyto.where": lambda n, z, v: n.copyto(z, v, where=MASK),
    "copyto.constant": lambda n, z, v: n.copyto(z, 2.0, where=[True, False, True]),
    "put": lambda n, z, v: n.put(z, [4, 0, 0], v),
    "put.fewer": lambda n, z, v: n.put(z, [[4, 0], [1, 2]], v[0, :2]),
    "put.wrap": lambda n, z, v: n.put(z, [7, -9], v[0], mode="wrap"),
    "put.clip": lambda n, z, v: n.put(z, [7, -9], v[0], "clip"),
    "put_along_axis": lambda n, z, v: n.put_along_axis(z, PLACES, v, 1),
    "put_along_axis.broadcast": lambda n, z, v: n.put_along_axis(z, np.array([[1, 0, 1]]), v[:1], axis=0),
    "put_along_axis.flat": lambda n, z, v: n.put_along_axis(z, np.array([5, 0]), v[0, :2], None),
    "fill_diagonal": lambda n, z, v: n.fill_diagonal(z, v[0, 0]),
    "fill_diagonal.values": lambda n, z, v: n.fill_diagonal(z, v[0]),
    "putmask": lambda n, z, v: n.putmask(z, MASK, v),
    "putmask.fewer": lambda n, z, v: n.putmask(z, MASK, v[0, :2]),
    "place": lambda n, z, v: n.place(z, MASK, v[0]),
    "place.fewer": lambda n, z, v: n.place(z, MASK, v[0, :2]),
}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("namespace", [np, enp], ids=["numpy", "easygrad"])
def test_function_that_writes(namespace, name):
    def f(x, y):
        new = x * 1.0
        row = new[1]
        WRITERS[name](namespace, new, y)
        return np.stack([*new, row])

    sample = Sample(f, X, X * X - 7.0)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)


def test_fill_diagonal_of_a_tall_matrix():
    def f(x, wrap):
        tall = np.zeros((7, 3), like=x)
        np.fill_diagonal(tall, x, wrap=wrap)
        return tall

    for wrap in (False, True):
        expected = np.zeros((7, 3))
        np.fill_diagonal(expected, VECTOR, wrap=wrap)
        value, change = jvp(lambda x, wrap=wrap: f(x, wrap), VECTOR, VECTOR)
        assert np.array_equal(value, expected)
        assert np.array_equal(change, expected)


@pytest.mark.parametrize(
    ("write", "error"),
    [
        (lambda x: np.put(x, [9], 1.0), IndexError),
        (lambda x: np.putmask(x, [True, False], 1.0), ValueError),
        (lambda x: np.place(x, [True, False], [1.0]), ValueError),
        (lambda x: np.copyto(x, 1j), TypeError),
        (lambda x: np.copyto(x, np.ones(5)), ValueError),
        (lambda x: np.put_along_axis(x, np.array([[9]]), 1.0, 1), IndexError),
        (lambda x: np.fill_diagonal(x[0], 1.0), ValueError),
    ],
)
def test_wrong_write_is_numpys_error(write, error):
    with pytest.raises(error):
        write(X.copy())
    with pytest.raises(error):
        grad(lambda x: write(x) or np.sum(x))(X)


def test_wrong_positions_are_numpys_error():
    with pytest.raises(IndexError):
        grad(lambda x: np.sum(np.take(x, 9)))(X)
    with pytest.raises((IndexError, ValueError)):
        grad(lambda x: np.take(x[0, 0], 0, axis=0))(X)
    with pytest.raises(IndexError):
        grad(lambda x: np.sum(np.take_along_axis(x, np.array([[9]]), 1)))(X)
    with pytest.raises(ValueError, match="choice"):
        grad(lambda x: np.sum(np.choose([5], [x, x])))(X)
    with pytest.raises(ValueError, match=r"same|axes|repeated"):
        grad(lambda x: np.sum(np.diagonal(x, 0, 1, 1)))(X)
