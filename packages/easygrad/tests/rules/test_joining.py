"""Joins, parts, repeated and inserted elements: the laws in every form of their arguments."""

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import grad, jacobian, vjp
from easygrad.rules import joining as family

from ..laws import (
    LAWS,
    Sample,
    law_name,
    primitives_of,
    pullback_is_the_transpose,
    pushforward_is_the_derivative,
    second_order_agrees,
)

X = np.reshape(np.arange(6.0), (2, 3)) + 0.5
Y = np.reshape(np.arange(6.0), (2, 3)) * -0.7
ROW = np.array([0.4, -1.1, 2.3])
CUBE = np.reshape(np.arange(24.0), (2, 3, 4)) / 5.0


def flat(parts):
    """Return parts of different shapes as one vector, each with its own weight."""
    return np.concatenate([(i + 1.0) * np.ravel(part) for i, part in enumerate(parts)])


COMPOSITES = {
    "hstack": Sample(lambda x, y: family.hstack([x, y]), X, Y, analytic=True),
    "vstack": Sample(lambda x, y: family.vstack([x, y]), X, ROW, analytic=True),
    "dstack": Sample(lambda x, y: family.dstack([x, y]), X, Y, analytic=True),
    "column_stack": Sample(lambda x, y: family.column_stack([x, y]), X, ROW[:2], analytic=True),
    "block": Sample(lambda x, y: family.block([[x, y], [y, x]]), X, Y, analytic=True),
    "append": Sample(family.append, X, ROW, analytic=True),
    "array_split": Sample(lambda x: flat(family.array_split(x, 2, 1)), X, analytic=True),
    "split": Sample(lambda x: flat(family.split(x, 2)), X, analytic=True),
    "hsplit": Sample(lambda x: flat(family.hsplit(x, [1])), X, analytic=True),
    "vsplit": Sample(lambda x: flat(family.vsplit(x, 2)), X, analytic=True),
    "dsplit": Sample(lambda x: flat(family.dsplit(x, 2)), CUBE, analytic=True),
    "unstack": Sample(lambda x: flat(family.unstack(x, axis=1)), X, analytic=True),
    "repeat": Sample(lambda x: family.repeat(x, 2, axis=1), X, analytic=True),
    "tile": Sample(lambda x: family.tile(x, 2), X, analytic=True),
    "resize": Sample(lambda x: family.resize(x, (3, 4)), X, analytic=True),
    "insert": Sample(lambda x, y: family.insert(x, 1, y, axis=0), X, ROW, analytic=True),
    "delete": Sample(lambda x: family.delete(x, 1, axis=1), X, analytic=True),
    "apply_along_axis": Sample(lambda x: family.apply_along_axis(lambda r: r * r[0], 1, x), X, analytic=True),
    "apply_over_axes": Sample(lambda x: family.apply_over_axes(np.sum, x, (0, 1)), X, analytic=True),
}
FORMS = {
    "hstack rows": lambda x: np.hstack([x[0, 0], x[0, 1]]),
    "hstack scalars": lambda x: np.hstack([x[0, 0, 0], 2.0, x[0, 1, 1]]),
    "hstack tuple": lambda x: np.hstack((x, x[:, :1])),
    "hstack of a box": lambda x: np.hstack(x),
    "vstack rows": lambda x: np.vstack([x[0, 0], CUBE[0], x[1]]),
    "vstack scalars": lambda x: np.vstack([x[0, 0, 0], 1.0]),
    "vstack of a box": lambda x: np.vstack(x),
    "dstack rows": lambda x: np.dstack([x[0, 0], x[0, 1]]),
    "dstack scalars": lambda x: np.dstack([x[0, 0, 0], 3.0]),
    "dstack cubes": lambda x: np.dstack([x, x[:, :, :2]]),
    "column_stack": lambda x: np.column_stack([x[0, 0], x[1, 2], np.arange(4.0)]),
    "column_stack scalars": lambda x: np.column_stack([x[0, 0, 0], 2.0]),
    "block flat": lambda x: np.block([x[0, 0], 1.0, x[1, 1, 1]]),
    "block of one": lambda x: np.block(x),
    "block nested": lambda x: np.block([[x[0], np.ones((3, 2))], [x[1, :1], np.zeros((1, 2))]]),
    "block deep": lambda x: np.block([[[x[0]]], [[x[1]]]]),
    "block of mixed ndim": lambda x: np.block([[x, x[:, :, :1]]]),
    "append flat": lambda x: np.append(x, x[0]),
    "append constant": lambda x: np.append(x[0], [[1, 2, 3, 4]], axis=0),
    "append to constant": lambda x: np.append([[1, 2, 3, 4]], x[0], 0),
    "append axis": lambda x: np.append(x, x[:, :, :1], axis=-1),
    "array_split uneven": lambda x: flat(np.array_split(x, 3, axis=-1)),
    "array_split more than there are": lambda x: flat(np.array_split(x, 5)),
    "array_split indices": lambda x: flat(np.array_split(x, [1, 3, 7], 2)),
    "split indices": lambda x: flat(np.split(x, [1, 2], axis=1)),
    "split axis": lambda x: flat(np.split(x, 3, axis=-2)),
    "hsplit row": lambda x: flat(np.hsplit(x[0, 0], 2)),
    "hsplit cube": lambda x: flat(np.hsplit(x, 3)),
    "vsplit": lambda x: flat(np.vsplit(x, [1])),
    "dsplit": lambda x: flat(np.dsplit(x, [1, 3])),
    "unstack": lambda x: flat(getattr(np, "unstack", enp.unstack)(x, axis=-1)),  # NumPy 2.0 does not have it
    "repeat flat": lambda x: np.repeat(x, 2),
    "repeat negative axis": lambda x: np.repeat(x, 3, axis=-2),
    "repeat array": lambda x: np.repeat(x, [1, 0, 2], axis=1),
    "repeat array flat": lambda x: np.repeat(x[0, 0], np.array([2, 1, 0, 3])),
    "repeat array negative axis": lambda x: np.repeat(x, (2, 3), axis=-3),
    "repeat list of one": lambda x: np.repeat(x, [2], axis=0),
    "repeat 0": lambda x: np.append(np.repeat(x, 0), np.sum(x)),
    "repeat scalar": lambda x: np.repeat(x[0, 0, 0], 3),
    "repeat scalar axis": lambda x: np.repeat(x[0, 0, 0], 3, axis=0),
    "tile shorter": lambda x: np.tile(x, 3),
    "tile pair": lambda x: np.tile(x, (2, 1)),
    "tile equal": lambda x: np.tile(x, (1, 2, 3)),
    "tile longer": lambda x: np.tile(x, (2, 1, 1, 2)),
    "tile list": lambda x: np.tile(x[0], [2]),
    "tile array": lambda x: np.tile(x, np.array([2, 2])),
    "tile scalar": lambda x: np.tile(x[0, 0, 0], (2, 2)),
    "tile none": lambda x: np.tile(x, ()),
    "resize longer": lambda x: np.resize(x, (5, 7)),
    "resize shorter": lambda x: np.resize(x, 5),
    "insert scalar": lambda x: np.insert(x, 2, 1.5),
    "insert box scalar": lambda x: np.insert(CUBE[0, 0], 2, x[0, 1, 1]),
    "insert row": lambda x: np.insert(x[0], 1, x[1, 0], axis=0),
    "insert column": lambda x: np.insert(x[0], 1, x[1, :, 0], axis=1),
    "insert several": lambda x: np.insert(x, [1, 2], x[:, :, :2], axis=2),
    "insert spread": lambda x: np.insert(x, [0, 3], x[0, 0, 0], axis=-1),
    "insert slice": lambda x: np.insert(x[0, 0], slice(0, 2), x[1, 1, :2]),
    "insert repeated": lambda x: np.insert(x[0, 0], [2, 2, -1], [9.0, 8.0, 7.0]),
    "insert list": lambda x: np.insert(x[0, 0], 1, [x[1, 1, 1], 2.0]),
    "delete int": lambda x: np.delete(x, 5),
    "delete negative": lambda x: np.delete(x, -1, axis=-1),
    "delete list": lambda x: np.delete(x, [0, 2], axis=2),
    "delete slice": lambda x: np.delete(x, slice(None, None, 2), axis=1),
    "delete mask": lambda x: np.delete(x, np.array([True, False, True]), 1),
    "apply_along_axis number": lambda x: np.apply_along_axis(np.sum, 1, x * x),
    "apply_along_axis row": lambda x: np.apply_along_axis(lambda r, s: s * r[::-1] * r[0], -1, x, 2.0),
    "apply_along_axis matrix": lambda x: np.apply_along_axis(lambda r: np.outer(r, r), 0, x),
    "apply_along_axis list": lambda x: enp.apply_along_axis(lambda r: [r[0], r[1] * r[0]], 1, x),
    "apply_over_axes": lambda x: np.apply_over_axes(np.sum, x, [0, -1]),
    "apply_over_axes int": lambda x: np.apply_over_axes(np.mean, x, 1),
    "apply_over_axes kept": lambda x: np.apply_over_axes(np.flip, x, (0, 2)),
}


def test_every_primitive_has_a_sample():
    assert primitives_of(family) == set()


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", COMPOSITES)
def test_law(name, law):
    law(COMPOSITES[name])


@pytest.mark.parametrize("name", FORMS)
def test_form(name):
    sample = Sample(FORMS[name], CUBE)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)


@pytest.mark.filterwarnings("ignore:`row_stack` alias:DeprecationWarning")
def test_old_name_of_vstack():
    pullback_is_the_transpose(Sample(lambda x, y: enp.row_stack([x, y]), X, ROW))


def test_parts_come_as_numpy_gives_them():
    kinds = []

    def total(x):
        parts = [np.split(x, 3, 1), np.array_split(x, 2), np.hsplit(x, 3), np.vsplit(x, 2), enp.unstack(x)]
        kinds.extend((type(p), [part.shape for part in p]) for p in parts)
        return np.sum(x)

    grad(total)(X)
    assert kinds == [
        (list, [(2, 1)] * 3),
        (list, [(1, 3)] * 2),
        (list, [(2, 1)] * 3),
        (list, [(1, 3)] * 2),
        (tuple, [(3,)] * 2),
    ]


JOINS = {
    "concatenate": lambda x, **options: np.concatenate([x, Y], **options),
    "stack": lambda x, **options: np.stack([x, Y], **options),
    "hstack": lambda x, **options: np.hstack([x, Y], **options),
    "vstack": lambda x, **options: np.vstack([x, Y], **options),
}


@pytest.mark.parametrize("name", JOINS)
def test_dtype_of_a_join(name):
    value, pullback = vjp(lambda x: JOINS[name](x, dtype=np.float32), X)
    expected = JOINS[name](X, dtype=np.float32)
    assert value.dtype == np.float32
    assert np.array_equal(value, expected)
    gradient = pullback(np.ones_like(value))
    assert gradient.dtype == np.float64
    assert np.array_equal(gradient, np.ones_like(X))
    for options in ({"dtype": np.float32, "casting": "safe"}, {"dtype": np.float32, "casting": "no"}):
        with pytest.raises(TypeError, match="cast"):
            JOINS[name](X, **options)
        with pytest.raises(TypeError, match="cast"):
            grad(lambda x, o=options: np.sum(JOINS[name](x, **o)))(X)


@pytest.mark.parametrize("name", JOINS)
def test_join_into_an_array_is_refused(name):
    with pytest.raises(TypeError, match="out"):
        grad(lambda x: np.sum(JOINS[name](x, out=np.zeros((4, 3)))))(X)


REFUSED = {
    "block of unequal depths": lambda x: np.block([[x], x]),
    "block of nothing": lambda x: np.block([[x], []]),
    "split unevenly": lambda x: np.split(x, 2, axis=1),
    "vsplit of a row": lambda x: np.vsplit(x[0], 2),
    "dsplit of a matrix": lambda x: np.dsplit(x, 2),
    "hsplit of a number": lambda x: np.hsplit(x[0, 0], 2),
    "repeat of the wrong length": lambda x: np.repeat(x, [1, 2, 3, 4], axis=1),
    "negative repeat": lambda x: np.repeat(x, -1, axis=1),
    "rows of an empty array": lambda x: np.apply_along_axis(np.sum, 1, x[:0]),
    "insert too much": lambda x: np.insert(x, [0, 1], [1.0, 2.0, 3.0], axis=1),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_numpy_refuses_is_refused(name):
    with pytest.raises(ValueError):  # noqa: PT011  # NumPy's words, which change
        REFUSED[name](X)
    with pytest.raises(ValueError):  # noqa: PT011
        grad(lambda x: np.sum(REFUSED[name](x)[0]))(X)


def test_repeat_by_a_fraction_is_refused():
    with pytest.raises(TypeError):
        grad(lambda x: np.sum(np.repeat(x, 2.5)))(X)


@pytest.mark.parametrize("index", [np.index_exp[0], np.index_exp[:, 0]], ids=str)
def test_index_tricks_that_join_refuse_boxes(index):
    """``np.r_[box, box]`` would make a plain array: it raises, and says what to use."""
    with pytest.raises(TypeError, match="cut a traced value"):
        grad(lambda x: np.sum(np.r_[x[index], x[index]]))(X)
    with pytest.raises(TypeError, match="cut a traced value"):
        grad(lambda x: np.sum(np.c_[x[index], x[index]]))(X)


def test_vectorize_refuses_boxes():
    with pytest.raises(TypeError, match="cut a traced value"):
        grad(lambda x: np.sum(np.vectorize(lambda a: a * a)(x)))(X)


def test_value_is_cast_when_it_is_inserted():
    value, pullback = vjp(lambda y: np.insert(X.astype(np.float32), 0, y, axis=0), ROW)
    assert value.dtype == np.float32
    assert np.array_equal(pullback(np.ones_like(value)), np.ones(3))


def test_empty_array_is_resized_to_zeros():
    value, pullback = vjp(lambda x: np.resize(x, (2, 2)), np.zeros(0))
    assert np.array_equal(value, np.zeros((2, 2)))
    assert pullback(np.ones((2, 2))).shape == (0,)


def test_jacobian_of_tile_and_repeat():
    assert np.array_equal(jacobian(lambda x: np.tile(x, 2))(ROW), np.tile(np.eye(3), (2, 1)))
    assert np.array_equal(jacobian(lambda x: np.repeat(x, 2))(ROW), np.repeat(np.eye(3), 2, axis=0))


def test_join_of_many_parts_is_linear_in_their_number():
    parts = 2000
    gradient = grad(lambda x: np.sum(np.hstack([x[i] * i for i in range(parts)])))(np.ones(parts))
    assert np.array_equal(gradient, np.arange(parts))
