"""Functions that move elements: the laws, and every order, sign and form of their arguments."""

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import deriv, grad, jvp, vjp
from easygrad.rules import shaping as family

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

X = np.reshape(np.arange(6.0), (2, 3)) + 0.5
Y = np.reshape(np.arange(6.0), (2, 3)) * -0.7
CUBE = np.reshape(np.arange(24.0), (2, 3, 4)) / 5.0
THIN = np.reshape(np.arange(3.0), (1, 3, 1))

SAMPLES = {
    "reordered": Sample(lambda x: family.reordered(x, (3, 2), "F"), X, analytic=True),
    "flattened": Sample(lambda x: family.flattened(x, "F"), X, analytic=True),
    "squeeze": Sample(family.squeeze, THIN, analytic=True),
    "expand_dims": Sample(lambda x: family.expand_dims(x, 1), X, analytic=True),
    "transpose": Sample(family.transpose, CUBE, analytic=True),
    "moveaxis": Sample(lambda x: family.moveaxis(x, 0, 2), CUBE, analytic=True),
    "swapaxes": Sample(lambda x: family.swapaxes(x, 0, 2), CUBE, analytic=True),
    "broadcast_to": Sample(lambda x: family.broadcast_to(x, (4, 2, 3)), X, analytic=True),
    "cast_to": Sample(lambda x: family.cast_to(x, x.dtype), X, analytic=True),
    "copy": Sample(family.copy, X, analytic=True),
    "flip": Sample(lambda x: family.flip(x, (0, -1)), CUBE, analytic=True),
    "fliplr": Sample(family.fliplr, CUBE, analytic=True),
    "flipud": Sample(family.flipud, CUBE, analytic=True),
    "rot90": Sample(lambda x: family.rot90(x, 3, (2, 0)), CUBE, analytic=True),
    "roll": Sample(lambda x: family.roll(x, (1, -2), (0, 2)), CUBE, analytic=True),
    "matrix_transpose": Sample(family.matrix_transpose, CUBE, analytic=True),
    "in_c_order": Sample(family.in_c_order, CUBE.T, analytic=True),
    "in_f_order": Sample(family.in_f_order, CUBE, analytic=True),
    "join": Sample(lambda x, y: family.join(x, y, axis=1), X, Y, analytic=True),
    "layer": Sample(lambda x, y: family.layer(x, y, axis=1), X, Y, analytic=True),
}
COMPOSITES = {
    "reshape": Sample(lambda x: family.reshape(x, (3, 2)), X, analytic=True),
    "ravel": Sample(family.ravel, X, analytic=True),
    "rollaxis": Sample(lambda x: family.rollaxis(x, 2), CUBE, analytic=True),
    "atleast_1d": Sample(lambda x: family.atleast_1d(x), np.float64(1.3), analytic=True),
    "atleast_2d": Sample(lambda x, y: family.atleast_2d(x, y)[1] * x, X[0], X[1], analytic=True),
    "atleast_3d": Sample(lambda x: family.atleast_3d(x), X, analytic=True),
    "broadcast_arrays": Sample(lambda x, y: sum(family.broadcast_arrays(x, y)), X, Y[0], analytic=True),
    "meshgrid": Sample(lambda x, y: np.stack(family.meshgrid(x, y)), X[0], Y[1], analytic=True),
    "full": Sample(lambda x: family.full((2, 3), x), X[0], analytic=True),
    "asanyarray": Sample(lambda x, y: family.asanyarray([x, y]), X, Y, analytic=True),
    "asarray_chkfinite": Sample(lambda x, y: family.asarray_chkfinite([x, y]), X, Y, analytic=True),
    "ascontiguousarray": Sample(lambda x, y: family.ascontiguousarray([x, y]), X, Y, analytic=True),
    "asfortranarray": Sample(lambda x, y: family.asfortranarray([x, y]), X, Y, analytic=True),
    "with_dtype": Sample(lambda x: family.with_dtype(x, x.dtype), X, analytic=True),
    "matrix_transpose": Sample(family.matrix_transpose, CUBE, analytic=True),
    "in_c_order": Sample(family.in_c_order, X, analytic=True),
    "in_f_order": Sample(family.in_f_order, X, analytic=True),
    "astype": Sample(lambda x: family.astype(x, x.dtype), X, analytic=True),
    "concatenate": Sample(lambda x, y: family.concatenate([x, y]), X, Y, analytic=True),
    "stack": Sample(lambda x, y: family.stack([x, y]), X, Y, analytic=True),
    "array": Sample(lambda x, y: family.array([[x, y], [y, x]]), X, Y, analytic=True),
    "asarray": Sample(lambda x, y: family.asarray((x, y)), X, Y, analytic=True),
    "full_like": Sample(lambda x: family.full_like(CUBE.astype(x.dtype), x), np.float64(1.3)),
}
FORMS = {
    "flip all": lambda x: np.flip(x),
    "flip negative": lambda x: np.flip(x, -1),
    "flip tuple": lambda x: np.flip(x, axis=(0, -2)),
    "fliplr": lambda x: np.fliplr(x),
    "flipud": lambda x: np.flipud(x[0, 0]),
    "rot90 k": lambda x: np.rot90(x, 3),
    "rot90 negative k": lambda x: np.rot90(x, -1, axes=(1, 2)),
    "rot90 axes": lambda x: np.rot90(x, k=1, axes=(2, 0)),
    "rot90 twice": lambda x: np.rot90(x, 2, (-1, -3)),
    "roll flat": lambda x: np.roll(x, 5),
    "roll negative axis": lambda x: np.roll(x, -1, axis=-2),
    "roll tuples": lambda x: np.roll(x, (1, -2), (0, 2)),
    "roll one axis twice": lambda x: np.roll(x, (1, 2), axis=(2, 2)),
    "roll one shift": lambda x: np.roll(x, 1, axis=(0, 1)),
    "roll array": lambda x: np.roll(x, np.array([1, 3]), (1, 2)),
    "rollaxis": lambda x: np.rollaxis(x, 1, 3),
    "rollaxis negative": lambda x: np.rollaxis(x, -1, -2),
    "rollaxis to itself": lambda x: np.rollaxis(x, 1, 1),
    "matrix_transpose": lambda x: np.matrix_transpose(x),
    "atleast_1d": lambda x: np.atleast_1d(x[0, 0, 0]),
    "atleast_1d several": lambda x: np.atleast_1d(x, x[0, 0, 0], 2.0)[1],
    "atleast_2d row": lambda x: np.atleast_2d(x[0, 1]),
    "atleast_2d scalar": lambda x: np.atleast_2d(x[0, 1, 0], x)[0],
    "atleast_3d scalar": lambda x: np.atleast_3d(x[0, 1, 0]),
    "atleast_3d row": lambda x: np.atleast_3d(x[0, 1]),
    "atleast_3d matrix": lambda x: np.atleast_3d(x[0]),
    "atleast_3d cube": lambda x: np.atleast_3d(x),
    "broadcast_arrays": lambda x: np.stack(np.broadcast_arrays(x, x[0, 0], 2.0)),
    "broadcast_arrays constant": lambda x: np.broadcast_arrays(x[0, 0], CUBE)[0],
    "meshgrid": lambda x: np.stack(np.meshgrid(x[0, 0], x[1, :, 2])),
    "meshgrid ij": lambda x: np.stack(np.meshgrid(x[0, 0], x[1, :, 2], [1.0, 2.0], indexing="ij")),
    "meshgrid three": lambda x: np.stack(np.meshgrid(x[0, 0], x[1, :, 2], x[0, 1, 1])),
    "meshgrid sparse": lambda x: np.concatenate([np.ravel(m) for m in np.meshgrid(x[0, 0], x[1, :, 2], sparse=True)]),
    "meshgrid one": lambda x: np.meshgrid(x[0, 0])[0],
    "full": lambda x: enp.full((2, 4), x[0, 0]),
    "full int": lambda x: enp.full(3, x[0, 0, 0]),
    "full list": lambda x: enp.full([2, 2], [x[0, 0, 0], 1.0]),
    "asanyarray": lambda x: enp.asanyarray([x[0, 0, 0], 1.0]),
    "asanyarray of a box": lambda x: enp.asanyarray(x),
    "ascontiguousarray of a scalar": lambda x: enp.ascontiguousarray(x[0, 0, 0]),
    "asfortranarray": lambda x: enp.asfortranarray(x),
    "astype function": lambda x: np.astype(x, np.float64, copy=False),
    "concatenate to complex": lambda x: np.concatenate([x, CUBE], dtype=np.complex128, casting="safe"),
    "copy order": lambda x: np.copy(x, order="F"),
    "reshape -1": lambda x: np.reshape(x, -1),
    "reshape method": lambda x: x.reshape(4, -1),
    "reshape method tuple": lambda x: x.reshape((6, 4)),
    "reshape order": lambda x: np.reshape(x, (4, 6), order="F"),
    "reshape method order": lambda x: x.reshape(4, 6, order="F"),
    "ravel order": lambda x: np.ravel(x, order="F"),
    "ravel method": lambda x: x.ravel(),
    "flatten": lambda x: x.flatten(),
    "flatten order": lambda x: x.flatten("F"),
    "T": lambda x: x.T,
    "transpose negative": lambda x: np.transpose(x, (-1, 0, 1)),
    "transpose cycle": lambda x: np.transpose(x, (1, 2, 0)),
    "transpose list": lambda x: np.transpose(x, [2, 0, 1]),
    "transpose method": lambda x: x.transpose(),
    "transpose method axes": lambda x: x.transpose(1, 2, 0),
    "transpose method tuple": lambda x: x.transpose((-1, 0, 1)),
    "transpose method None": lambda x: x.transpose(None),
    "permute_dims": lambda x: np.permute_dims(x, (2, 0, 1)),
    "moveaxis negative": lambda x: np.moveaxis(x, -1, 0),
    "moveaxis lists": lambda x: np.moveaxis(x, [0, 1], [-1, 0]),
    "swapaxes method": lambda x: x.swapaxes(0, -1),
    "squeeze axis": lambda x: np.squeeze(x[:1], axis=0),
    "squeeze tuple": lambda x: np.squeeze(x[:1, :, :1], (0, 2)),
    "squeeze method": lambda x: x[:1].squeeze(),
    "expand_dims tuple": lambda x: np.expand_dims(x, (0, -1)),
    "broadcast_to stretched": lambda x: np.broadcast_to(x[:, :1], (2, 3, 4)),
    "broadcast_to new axes": lambda x: np.broadcast_to(x, (5, 2, 3, 4)),
    "concatenate axis": lambda x: np.concatenate([x, 2 * x], axis=-1),
    "concatenate flat": lambda x: np.concatenate([x, x[0]], axis=None),
    "concatenate constant": lambda x: np.concatenate((CUBE, x, CUBE), axis=1),
    "concatenate box": lambda x: np.concatenate(x),
    "concat": lambda x: np.concat([x, x[:1]]),
    "stack negative": lambda x: np.stack([x, CUBE], axis=-1),
    "stack positional": lambda x: np.stack([x, x * x], 2),
    "array of scalars": lambda x: enp.array([[x[0, 0, 0], 2.0], [x[1, 1, 1] ** 2, x[0, 0, 0]]]),
    "array of rows": lambda x: enp.array([x[0], CUBE[1]]),
    "array of lists": lambda x: enp.array([[list(x[0, 0]), list(x[0, 1])]]),
    "array of box": lambda x: enp.array(x),
    "asarray of box": lambda x: enp.asarray(x),
    "copy method": lambda x: x.copy(),
    "full_like": lambda x: enp.full_like(CUBE, x[0, 0, 1]),
    "full_like row": lambda x: enp.full_like(CUBE, x[0, 0]),
    "rot90 back": lambda x: np.rot90(x, k=-1, axes=(-1, 1)),
    "full_like of a box": lambda x: np.full_like(x, x[0, 0, 1]),
}


def test_every_primitive_has_a_sample():
    assert primitives_of(family) == set(SAMPLES)


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES | COMPOSITES)
def test_law(name, law):
    law((SAMPLES | COMPOSITES)[name])


@pytest.mark.parametrize("name", FORMS)
def test_form(name):
    sample = Sample(FORMS[name], CUBE)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)


@pytest.mark.parametrize("order", ["C", "F", "A", "K"])
@pytest.mark.parametrize("layout", ["C", "F"])
@pytest.mark.parametrize("form", ["reshape", "ravel", "flatten"])
def test_order_is_right_or_refused(form, layout, order):
    x = np.array(CUBE[0], order=layout)
    weights = np.arange(12.0)
    forms = {
        "reshape": lambda z: np.reshape(z, -1, order=order),
        "ravel": lambda z: np.ravel(z, order=order),
        "flatten": lambda z: z.flatten(order),
    }
    try:
        gradient = grad(lambda z: np.sum(weights * forms[form](z)))(x)
    except (TypeError, ValueError, NotImplementedError):
        return
    # element (i, j) of x stands at the place of its number in the flattened array
    places = forms[form](np.array(np.reshape(np.arange(12), (3, 4)), order=layout))
    assert_near(np.ravel(gradient)[places], weights, 0.0, "gradient")


@pytest.mark.parametrize("axes", [(0,), (0, 0, 1), (0, 1), ()], ids=repr)
def test_axes_that_numpy_refuses_are_refused(axes):
    with pytest.raises(ValueError, match=r"axes|repeated"):
        grad(lambda x: np.sum(np.transpose(x, axes)))(CUBE)
    with pytest.raises(ValueError, match=r"axes|repeated"):
        grad(lambda x: np.sum(x.transpose(*axes) if axes else x.transpose(())))(CUBE)


@pytest.mark.parametrize("join", [enp.concatenate, enp.stack])
def test_generator_of_arrays_is_refused_or_right(join):
    def total(x):
        return np.sum(join(x * i for i in (1.0, 10.0)))

    try:
        gradient = grad(total)(np.ones(3))
    except TypeError:
        return
    assert gradient.tolist() == [11.0, 11.0, 11.0]


@pytest.mark.parametrize("mode", [grad, deriv])
def test_cast_to_integers_is_constant_or_refused(mode):
    def total(x):
        return np.sum(x.astype(int) * x)

    try:
        derivative = mode(total)(np.float64(2.6))
    except (TypeError, NotImplementedError):
        return
    assert derivative == 2.0


def test_fraction_in_an_integer_array_is_constant_or_refused():
    try:
        gradient = grad(lambda x: x * np.sum(enp.full_like(np.array([1, 2]), x)))(2.6)
    except (TypeError, NotImplementedError):
        return
    assert gradient == 4.0


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128, "complex64"])
def test_cast_hands_back_the_dtype_of_the_input(dtype):
    gradient = grad(lambda x: np.sum(np.real(x.astype(dtype) ** 2)))(X)
    assert gradient.dtype == np.float64
    assert_near(gradient, 2 * X, 1e-6, "gradient")
    assert jvp(lambda x: x.astype(dtype), X, Y)[1].dtype == dtype


@pytest.mark.parametrize(("options", "words"), [({"ndmin": 3}, "ndmin"), ({"like": X}, "like")])
def test_option_of_array_is_honoured_or_refused(options, words):
    def made(x):
        return enp.array([x, x], **options)

    try:
        value, _ = vjp(made, 2.0)
    except TypeError as error:
        assert words in str(error)  # noqa: PT017  # either answer is right, so nothing has to be raised
        return
    assert np.shape(value) == np.shape(made(2.0))


def test_array_of_boxes_with_dtype():
    assert vjp(lambda x: enp.array([x, 1.0], dtype=np.float32), 2.0)[0].dtype == np.float32
    assert vjp(lambda x: enp.asarray([x, 1.0], np.complex128), 2.0)[0].dtype == np.complex128


def test_ragged_array_of_boxes_is_refused():
    with pytest.raises(ValueError, match="shape"):
        grad(lambda x: np.sum(enp.array([x, [x, x]])))(1.0)


@pytest.mark.parametrize("join", [np.concatenate, np.stack, enp.concatenate, enp.stack])
def test_unknown_option_of_a_join_is_refused(join):
    with pytest.raises(TypeError, match="out"):
        grad(lambda x: np.sum(join([x, x], out=np.zeros((4, 3)))))(X)


@pytest.mark.parametrize("mode", [grad, deriv])
def test_box_in_a_constructor_that_numpy_does_not_hand_over_is_refused(mode):
    for made in (lambda x: np.full(3, x), lambda x: np.asanyarray(x), lambda x: np.ascontiguousarray([x, x])):
        with pytest.raises(TypeError, match="cut a traced value"):
            mode(lambda x, f=made: np.sum(f(x)))(1.0)
    with pytest.raises((TypeError, NotImplementedError), match=r"cut a traced value|copyto"):
        mode(lambda x: np.sum(np.full(3, x, dtype=float)))(1.0)


def test_full_of_integers_is_constant():
    assert grad(lambda x: x * np.sum(enp.full(2, x, dtype=int)))(2.6) == 4.0


def test_full_takes_the_dtype_that_is_asked_for():
    value, pullback = vjp(lambda x: enp.full((2, 2), x, np.float32), 2.0)
    assert value.dtype == np.float32
    assert type(pullback(np.ones_like(value))) is np.float64


def test_number_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="infs or NaNs"):
        grad(lambda x: np.sum(enp.asarray_chkfinite([x, np.nan])))(1.0)


def test_unknown_indexing_of_meshgrid_is_refused():
    with pytest.raises(ValueError, match="indexing"):
        grad(lambda x: np.sum(np.meshgrid(x, x, indexing="yx")[0]))(X[0])


def test_layout_in_memory_is_the_one_that_was_asked_for():
    flags = []

    def total(x):
        flags.append(
            (enp.asfortranarray(x).value.flags.f_contiguous, enp.ascontiguousarray(x.T).value.flags.c_contiguous)
        )
        return np.sum(x)

    grad(total)(X)
    assert flags == [(True, True)]


def test_mixed_dtypes_are_cast_back_to_each():
    single = X.astype(np.float32)
    gradients = grad(lambda x, y: np.sum(np.concatenate([x, y]) ** 2), (0, 1))(single, Y)
    assert [g.dtype for g in gradients] == [np.float32, np.float64]
    gradients = grad(lambda x, z: np.sum(np.abs(np.stack([x, z])) ** 2), (0, 1))(X, Y + 1j)
    assert [g.dtype for g in gradients] == [np.float64, np.complex128]
    assert_near(gradients[1], 2 * (Y - 1j), 1e-14, "gradient")


METHODS = {
    "repeat": lambda x: x.repeat(2, axis=-1),
    "mT": lambda x: x.mT,
    "astype": lambda x: x.astype(np.float64, copy=False),
}


@pytest.mark.parametrize("name", METHODS)
def test_method(name):
    sample = Sample(METHODS[name], CUBE)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)


def test_cast_that_is_not_allowed_is_refused():
    with pytest.raises(TypeError, match="cast"):
        grad(lambda x: np.sum(x.astype(np.float32, casting="safe")))(X)


@pytest.mark.parametrize("order", ["A", "K", "f", "c"])
@pytest.mark.parametrize("layouts", ["CC", "CF", "FC", "FF"])
def test_order_is_that_of_the_value_and_not_of_its_tangent(layouts, order):
    x, t = np.array(CUBE[0], order=layouts[0]), np.array(CUBE[1], order=layouts[1])
    meant = {"A": layouts[0], "K": layouts[0]}.get(order, order.upper())
    forms = [lambda z: np.ravel(z, order=order), lambda z: z.ravel(order), lambda z: z.flatten(order)]
    if order != "K":
        forms += [lambda z: np.reshape(z, -1, order=order), lambda z: z.reshape(12, order=order)]
    for form in forms:
        value, tangent = jvp(form, x, t)
        assert_near(value, np.ravel(x, order=meant), 0.0, "value")
        assert_near(tangent, np.ravel(t, order=meant), 0.0, "tangent")
        assert_near(vjp(form, x)[1](np.ravel(t, order=meant)), t, 0.0, "gradient")
