"""Products: the laws in every combination of dimensions."""

import numpy as np
import pytest
import scipy.sparse

import easygrad.numpy as enp
from easygrad import grad, jvp, vjp
from easygrad.rules import products as family

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


def numbers(*shape):
    return np.random.default_rng(len(shape) + sum(shape)).uniform(-1, 1, shape)


SPARSE = scipy.sparse.csr_array(numbers(2, 3) * [[1, 0, 1], [0, 1, 0]])
SAMPLES = {
    "sparse_left": Sample(lambda x: family.sparse_left(x, a=SPARSE.astype(x.dtype)), numbers(3, 4), analytic=True),
    "sparse_right": Sample(lambda x: family.sparse_right(x, a=SPARSE.astype(x.dtype)), numbers(4, 2), analytic=True),
    "matmul": Sample(family.matmul, numbers(2, 3), numbers(3, 4), analytic=True),
    "trace": Sample(lambda x: family.trace(x, 1, -1, 0), numbers(3, 2, 4), analytic=True),
}
COMPOSITES = {
    "vdot": Sample(family.vdot, numbers(2, 3), numbers(2, 3), analytic=True),
    "inner": Sample(family.inner, numbers(2, 3), numbers(4, 3), analytic=True),
    "tensordot": Sample(family.tensordot, numbers(2, 3, 4), numbers(3, 4, 2), analytic=True),
    "kron": Sample(family.kron, numbers(2, 3), numbers(3, 2), analytic=True),
    "cross": Sample(family.cross, numbers(2, 3), numbers(2, 3), analytic=True),
    "multi_dot": Sample(lambda *x: np.linalg.multi_dot(x), numbers(2, 3), numbers(3, 4), numbers(4, 2), analytic=True),
    "vecdot": Sample(family.vecdot, numbers(2, 3), numbers(2, 3), analytic=True),
    "matvec": Sample(family.matvec, numbers(2, 3), numbers(3), analytic=True),
    "vecmat": Sample(family.vecmat, numbers(2), numbers(2, 3), analytic=True),
    "dot": Sample(family.dot, numbers(2, 3), numbers(3, 4), analytic=True),
    "outer": Sample(family.outer, numbers(2), numbers(3), analytic=True),
}
MATMUL = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 4)),
    ((5, 2, 3), (3,)),
    ((3,), (5, 3, 4)),
    ((5, 2, 3), (5, 3, 4)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((1, 2, 3), (5, 3, 4)),
    ((6, 1, 2, 3), (5, 3, 4)),
    ((1, 1), (1, 1)),
    ((2, 0), (0, 3)),
]
DOT = [
    ((), ()),
    ((), (3,)),
    ((2, 3), ()),
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((3,), (5, 3, 4)),
    ((5, 2, 3), (3,)),
    ((5, 2, 3), (3, 4)),
    ((5, 2, 3), (6, 3, 4)),
    ((2, 3), (6, 5, 3, 4)),
]
OUTER = [((), ()), ((), (3,)), ((2,), ()), ((2,), (3,)), ((2, 2), (3,)), ((2,), (3, 2)), ((2, 2), (1, 3))]


def test_every_primitive_has_a_sample():
    assert primitives_of(family) == set(SAMPLES)


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES | COMPOSITES)
def test_law(name, law):
    law((SAMPLES | COMPOSITES)[name])


def keeps_the_laws(function, shapes):
    sample = Sample(function, *[numbers(*shape) for shape in shapes], analytic=True)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)


@pytest.mark.parametrize("shapes", MATMUL, ids=str)
def test_matmul(shapes):
    keeps_the_laws(np.matmul, shapes)


@pytest.mark.parametrize("shapes", DOT, ids=str)
@pytest.mark.parametrize("function", [np.dot, enp.dot], ids=["numpy", "easygrad"])
def test_dot(function, shapes):
    keeps_the_laws(function, shapes)


@pytest.mark.parametrize("shapes", OUTER, ids=str)
def test_outer(shapes):
    keeps_the_laws(np.outer, shapes)


@pytest.mark.parametrize("shapes", [((), ()), ((3,), (3,)), ((2, 3), (3, 2)), ((2, 3), (6,)), ((0,), (0,))], ids=str)
def test_vdot(shapes):
    keeps_the_laws(np.vdot, shapes)


@pytest.mark.parametrize("shapes", [((), ()), ((), (2, 3)), ((3,), (3,)), ((2, 3), (3,)), ((4, 2, 3), (5, 3))], ids=str)
def test_inner(shapes):
    keeps_the_laws(np.inner, shapes)


TENSORDOT = {
    "two": (((2, 3, 4), (3, 4, 5)), 2),
    "one": (((2, 3), (3, 4)), 1),
    "none": (((2, 3), (4,)), 0),
    "pair": (((2, 3), (4, 2)), (0, 1)),
    "negative": (((2, 3, 4), (4, 5, 3)), ((-2, -1), (-1, 0))),
    "lists": (((2, 3, 4), (5, 2, 4)), [[2, 0], [2, 1]]),
    "empty lists": (((2,), (3,)), ((), ())),
    "arrays": (((2, 3), (3, 2)), np.array([[0, 1], [1, 0]])),
    "of nothing": (((2, 0), (0, 3)), 1),
}


@pytest.mark.parametrize("name", TENSORDOT)
def test_tensordot(name):
    shapes, axes = TENSORDOT[name]
    keeps_the_laws(lambda x, y: np.tensordot(x, y, axes), shapes)


@pytest.mark.parametrize(
    "shapes", [((), (2,)), ((2,), (3,)), ((2, 2), (3,)), ((3,), (2, 2)), ((2, 1, 2), (2, 3)), ((0,), (2,))], ids=str
)
def test_kron(shapes):
    keeps_the_laws(np.kron, shapes)


CROSS = {
    "vectors": (((3,), (3,)), {}),
    "rows": (((4, 3), (4, 3)), {}),
    "broadcast": (((2, 1, 3), (4, 3)), {}),
    "axes": (((3, 4), (4, 3)), {"axisa": 0, "axisb": 1, "axisc": 0}),
    "axis": (((2, 3, 4), (2, 3, 4)), {"axis": 1}),
    "negative axis": (((3, 2), (3, 2)), {"axis": -2}),
}
PLANE = {
    "plane": (((2,), (2,)), {}),
    "plane rows": (((4, 2), (2,)), {}),
    "plane and space": (((2,), (3,)), {}),
    "space and plane": (((4, 3), (2,)), {"axisc": 0}),
}


@pytest.mark.parametrize("name", CROSS)
def test_cross(name):
    shapes, options = CROSS[name]
    keeps_the_laws(lambda x, y: np.cross(x, y, **options), shapes)


@pytest.mark.filterwarnings("ignore:Arrays of 2-dimensional vectors:DeprecationWarning")
@pytest.mark.parametrize("name", PLANE)
def test_cross_of_vectors_in_the_plane(name):
    shapes, options = PLANE[name]
    if 2 in family.LENGTHS_OF_VECTORS:
        keeps_the_laws(lambda x, y: np.cross(x, y, **options), shapes)
        return
    x, y = map(np.ones, shapes)
    with pytest.raises(ValueError, match="3-dimensional"):
        np.cross(x, y, **options)
    with pytest.raises(ValueError, match="cross: vectors have 3 elements"):
        jvp(lambda x: np.cross(x, y, **options), x, x)


TRACE = {
    "matrix": ((3, 4), {}),
    "offset": ((3, 4), {"offset": 1}),
    "offset below": ((3, 4), {"offset": -2}),
    "offset outside": ((3, 4), {"offset": 9}),
    "axes": ((2, 3, 4), {"axis1": 0, "axis2": 2}),
    "axes turned": ((2, 3, 4), {"axis1": -1, "axis2": -2, "offset": 1}),
    "batch": ((2, 3, 3, 2), {"axis1": 1, "axis2": 2}),
}


@pytest.mark.parametrize("name", TRACE)
def test_trace(name):
    shape, options = TRACE[name]
    keeps_the_laws(lambda x: np.trace(x, **options), [shape])


def test_dtype_of_trace():
    value, pullback = vjp(lambda x: np.trace(x, dtype=np.float64), numbers(3, 3).astype(np.float32))
    assert value.dtype == np.float64
    assert pullback(1.0).dtype == np.float32


MULTI_DOT = [
    ((2, 3), (3, 2)),
    ((3,), (3, 2), (2, 4)),
    ((2, 3), (3, 4), (4,)),
    ((3,), (3, 4), (4,)),
    ((3,), (3,)),
    ((2, 3), (3, 1), (1, 4), (4, 2)),
]


@pytest.mark.parametrize("shapes", MULTI_DOT, ids=str)
def test_multi_dot(shapes):
    keeps_the_laws(lambda *x: np.linalg.multi_dot(x), shapes)


@pytest.mark.parametrize("shapes", [((3,), (3,)), ((2, 3), (3,)), ((2, 1, 3), (4, 3))], ids=str)
def test_vecdot(shapes):
    keeps_the_laws(np.vecdot, shapes)
    keeps_the_laws(lambda x, y: np.vecdot(x.T, y.T, axis=0), [shapes[0][-2:], shapes[0][-2:]])


@pytest.mark.parametrize("shapes", [((2, 3), (3,)), ((5, 2, 3), (3,)), ((2, 3), (4, 3)), ((4, 2, 3), (4, 3))], ids=str)
def test_matvec_and_vecmat(shapes):
    matrix, vector = shapes
    keeps_the_laws(enp.matvec, shapes)
    keeps_the_laws(enp.vecmat, [vector, (*matrix[:-2], 3, 2)])
    if hasattr(np, "matvec"):
        keeps_the_laws(np.matvec, shapes)
        keeps_the_laws(np.vecmat, [vector, (*matrix[:-2], 3, 2)])


REFUSED = {
    "tensordot of other lengths": lambda x: np.tensordot(x, np.ones((3, 2)), ((0, 1), (0, 1))),
    "cross of long vectors": lambda x: np.cross(np.ones((2, 4)), x[:, :1]),
    "vdot of other sizes": lambda x: np.vdot(x, np.ones(5)),
    "inner of other lengths": lambda x: np.inner(x, np.ones(4)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_numpy_refuses_is_refused(name):
    with pytest.raises(ValueError):  # noqa: PT011  # NumPy's words, which change
        REFUSED[name](numbers(2, 3))
    with pytest.raises(ValueError):  # noqa: PT011
        grad(lambda x: np.sum(REFUSED[name](x)))(numbers(2, 3))


CONSTANT = numbers(3, 3)
WITH_CONSTANT = {
    "box @ array": (lambda x, c: x @ c, np.asarray),
    "array @ box": (lambda x, c: c @ x, np.asarray),
    "box @ list": (lambda x, c: x @ c, np.ndarray.tolist),
    "list @ box": (lambda x, c: c @ x, np.ndarray.tolist),
    "matmul with list": (lambda x, c: np.matmul(x, c), np.ndarray.tolist),
    "matmul of list": (lambda x, c: enp.matmul(c, x), np.ndarray.tolist),
    "dot with list": (lambda x, c: np.dot(x, c), np.ndarray.tolist),
    "dot of list": (lambda x, c: np.dot(c, x), np.ndarray.tolist),
    "box.dot": (lambda x, c: x.dot(c), np.asarray),
    "array.dot": (lambda x, c: enp.dot(c, x), np.asarray),
    "outer with list": (lambda x, c: np.outer(x, c[0]), np.ndarray.tolist),
    "outer of list": (lambda x, c: np.outer(c[0], x), np.ndarray.tolist),
}


@pytest.mark.parametrize("name", WITH_CONSTANT)
@pytest.mark.parametrize("shape", [(3,), (3, 3)], ids=str)
def test_constant_factor(name, shape):
    form, kind = WITH_CONSTANT[name]
    x, constant = numbers(*shape), kind(CONSTANT)
    value, pullback = vjp(lambda z: form(z, constant), x)
    expected = form(x, CONSTANT)
    assert_near(value, expected, 1e-15, "value")
    gradient = np.array([np.sum(form(unit, CONSTANT)) for unit in np.reshape(np.eye(x.size), (x.size, *shape))])
    assert_near(pullback(np.ones(np.shape(value))), np.reshape(gradient, shape), 1e-14, "gradient")


def test_real_matrix_times_complex_vector_has_a_real_gradient():
    z = numbers(3) + 1j
    gradient = grad(lambda a: np.sum(np.abs(a @ z) ** 2))(CONSTANT)
    assert gradient.dtype == np.float64
    assert_near(gradient, 2 * np.real(np.outer(np.conj(CONSTANT @ z), z)), 1e-14, "gradient")


@pytest.mark.parametrize("function", [np.matmul, np.dot])
def test_shapes_that_do_not_fit_are_numpys_error(function):
    with pytest.raises(ValueError, match=r"mismatch|aligned"):
        grad(lambda x: np.sum(function(x, np.ones(4))))(np.ones(3))
