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
    "reshape": Sample(lambda x: family.reshape(x, (3, 2)), X, analytic=True),
    "ravel": Sample(family.ravel, X, analytic=True),
    "squeeze": Sample(family.squeeze, THIN, analytic=True),
    "expand_dims": Sample(lambda x: family.expand_dims(x, 1), X, analytic=True),
    "transpose": Sample(family.transpose, CUBE, analytic=True),
    "moveaxis": Sample(lambda x: family.moveaxis(x, 0, 2), CUBE, analytic=True),
    "swapaxes": Sample(lambda x: family.swapaxes(x, 0, 2), CUBE, analytic=True),
    "broadcast_to": Sample(lambda x: family.broadcast_to(x, (4, 2, 3)), X, analytic=True),
    "cast_to": Sample(lambda x: family.cast_to(x, x.dtype), X, analytic=True),
    "copy": Sample(family.copy, X, analytic=True),
    "join": Sample(lambda x, y: family.join(x, y, axis=1), X, Y, analytic=True),
    "layer": Sample(lambda x, y: family.layer(x, y, axis=1), X, Y, analytic=True),
}
COMPOSITES = {
    "astype": Sample(lambda x: family.astype(x, x.dtype), X, analytic=True),
    "concatenate": Sample(lambda x, y: family.concatenate([x, y]), X, Y, analytic=True),
    "stack": Sample(lambda x, y: family.stack([x, y]), X, Y, analytic=True),
    "array": Sample(lambda x, y: family.array([[x, y], [y, x]]), X, Y, analytic=True),
    "asarray": Sample(lambda x, y: family.asarray((x, y)), X, Y, analytic=True),
    "full_like": Sample(lambda x: family.full_like(CUBE.astype(x.dtype), x), np.float64(1.3)),
}
FORMS = {
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
    with pytest.raises(TypeError, match="dtype"):
        grad(lambda x: np.sum(join([x, x], dtype=np.float32)))(X)


def test_mixed_dtypes_are_cast_back_to_each():
    single = X.astype(np.float32)
    gradients = grad(lambda x, y: np.sum(np.concatenate([x, y]) ** 2), (0, 1))(single, Y)
    assert [g.dtype for g in gradients] == [np.float32, np.float64]
    gradients = grad(lambda x, z: np.sum(np.abs(np.stack([x, z])) ** 2), (0, 1))(X, Y + 1j)
    assert [g.dtype for g in gradients] == [np.float64, np.complex128]
    assert_near(gradients[1], 2 * (Y - 1j), 1e-14, "gradient")
