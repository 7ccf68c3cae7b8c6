"""Jacobians and Hessians: shapes, both modes, complex numbers, diagonals, and products against Autograd's."""

import itertools
import tracemalloc

import autograd
import autograd.differential_operators as upstream
import autograd.numpy as anp
import numpy as np
import pytest

import easygrad as eg
from easygrad import deriv, elementwise_grad, grad, hessian, hessian_diagonal, jacobian, jvp, make_ggnvp, vjp
from easygrad.primitives import general

from .laws import assert_near

X = np.array([0.5, 1.5, 2.5])
V = np.array([1.0, -2.0, 0.5])
Z = X + 1j * V
MODES = [None, "forward", "reverse"]


def calls_of(f, mode, x):
    """Return the Jacobian, and how often the function was called for it."""
    count = itertools.count()

    def counted(x):
        next(count)
        return f(x)

    return jacobian(counted, mode=mode)(x), next(count)


# Modes

PAIRS = {
    "wide": lambda x: np.sum(x**2)[None] * np.ones(2),
    "square": lambda x: np.sin(x) * x[::-1],
    "tall": lambda x: np.outer(x, np.arange(6.0)) * np.sum(x),
    "number": lambda x: np.prod(x),
    "empty": lambda x: x[:0],
    "constant": lambda x: np.ones((2, 2)),
}


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("x", [X, X.astype(np.float32), np.ones((2, 2)), np.array([1, 2, 3])], ids=repr)
def test_modes_give_the_same(name, x):
    whole = [jacobian(PAIRS[name], mode=mode)(x) for mode in MODES]
    for other in whole:
        assert other.shape == (*np.shape(PAIRS[name](x)), *x.shape)
        assert other.dtype == (np.float32 if x.dtype == np.float32 else np.float64)
        assert_near(other, whole[0], 1e-6 if x.dtype == np.float32 else 1e-15, name)


def test_mode_is_chosen_by_the_shapes():
    _, wide = calls_of(lambda x: x * 2.0, None, X)
    _, tall = calls_of(lambda x: np.outer(x, np.ones(6)), None, X)
    _, forced = calls_of(lambda x: np.outer(x, np.ones(6)), "reverse", X)
    assert (wide, tall, forced) == (1, 2, 1)


def test_unknown_mode_is_named():
    with pytest.raises(ValueError, match='jacobian: mode is \'fwd\'; expected "forward", "reverse" or None'):
        jacobian(np.sin, mode="fwd")


def test_forced_mode_needs_the_rules_of_that_mode_alone():
    def missing(*args):
        raise LookupError

    forward_only = general(np.positive, (lambda ans, x: lambda t: t, missing), name="forward_only")
    assert jacobian(lambda x: forward_only(x) * 2.0, mode="forward")(X).tolist() == (2 * np.eye(3)).tolist()
    reverse_only = general(np.positive, (missing, lambda ans, x: lambda g: g), name="reverse_only")
    assert jacobian(lambda x: reverse_only(x) * 2.0, mode="reverse")(X).tolist() == (2 * np.eye(3)).tolist()


def test_function_with_random_numbers_is_differentiated_as_it_was_recorded():
    numbers = np.random.default_rng(3)
    drawn = []

    def dropout(x):
        drawn.append(numbers.uniform(size=20))
        return x * drawn[-1]

    assert jacobian(dropout)(2.0).tolist() == drawn[0].tolist()
    with pytest.raises(ValueError, match=r'jacobian: dropout gave other values.*random.*mode="reverse"'):
        jacobian(dropout, mode="forward")(2.0)


@pytest.mark.parametrize("modes", list(itertools.product(MODES, repeat=2)), ids=str)
def test_jacobian_of_a_jacobian(modes):
    outer, inner = modes
    second = jacobian(jacobian(lambda x: x**3 * np.sum(x), mode=inner), mode=outer)(X)
    eye = np.eye(3)
    # d2/dx_j dx_k of x_i**3 S
    expected = 6 * np.einsum("i,ij,ik->ijk", X * np.sum(X), eye, eye)
    expected += np.einsum("i,ij,k->ijk", 3 * X**2, eye, np.ones(3)) + np.einsum(
        "i,j,ik->ijk", 3 * X**2, np.ones(3), eye
    )
    assert_near(second, expected, 1e-14, "second")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "transform", [grad, deriv, lambda f: lambda x: jvp(f, x, 1.0)[1]], ids=["grad", "deriv", "jvp"]
)
def test_derivative_of_a_jacobian(mode, transform):
    def f(a):
        return np.sum(jacobian(lambda x: a**2 * np.sin(a * x), mode=mode)(X))

    expected = np.sum(3 * 4 * np.cos(2 * X) - 8 * X * np.sin(2 * X))
    assert_near(transform(f)(2.0), expected, 1e-14, "derivative")


# Complex numbers


@pytest.mark.parametrize("mode", MODES)
def test_complex_value_of_a_real_argument(mode):
    c = np.array([[1 + 2j, 3j, 0], [1, -1j, 2 - 1j]])
    assert_near(jacobian(lambda x: c @ x**2, mode=mode)(X), c * 2 * X, 1e-15, "linear")
    assert_near(jacobian(lambda x: np.exp(1j * x), mode=mode)(2.0), 1j * np.exp(2j), 1e-15, "number")
    result = jacobian(lambda x: x * 1j, mode=mode)(X.astype(np.float32))
    assert result.dtype == np.complex64
    assert jacobian(lambda x: (x * 1j)[:0], mode=mode)(X).shape == (0, 3)


@pytest.mark.parametrize("mode", MODES)
def test_rows_of_a_real_value_are_gradients(mode):
    rows = jacobian(lambda z: np.stack([np.sum(np.abs(z) ** 2), np.imag(z[0] * z[1])]), mode=mode)(Z)
    assert_near(rows[0], grad(lambda z: np.sum(np.abs(z) ** 2))(Z), 1e-15, "first")
    assert_near(rows[1], grad(lambda z: np.imag(z[0] * z[1]))(Z), 1e-15, "second")
    assert_near(rows[0], autograd.grad(lambda z: anp.sum(anp.abs(z) ** 2))(Z), 1e-15, "Autograd's")


@pytest.mark.parametrize("mode", MODES)
def test_complex_derivative(mode):
    assert_near(jacobian(lambda z: z**2 * z[0], mode=mode)(Z), complex_expected(), 1e-15, "cubic")
    with pytest.raises(ValueError, match="jacobian: <lambda> is not holomorphic"):
        jacobian(lambda z: z * np.real(z), mode=mode)(Z)


def complex_expected():
    """Return the derivatives of ``z_i**2 z_0``."""
    first = np.zeros((3, 3), complex)
    first[:, 0] = Z**2
    return np.diag(2 * Z * Z[0]) + first


@pytest.mark.parametrize("mode", MODES)
def test_real_and_complex_leaves_together(mode):
    blocks = jacobian(lambda p: {"w": p["x"] * p["z"], "r": p["x"] ** 2}, mode=mode)({"x": 2.0, "z": 1 + 3j})
    assert blocks == {"w": {"x": 1 + 3j, "z": 2.0}, "r": {"x": 4.0, "z": 0.0}}
    assert type(blocks["w"]["z"]) is np.complex128


# Hessians


def test_hessian_of_several_arguments():
    def f(x, y):
        return np.sum(x**2) * y

    (xx, xy), (yx, yy) = hessian(f, (0, 1))(X, 2.0)
    assert xx.tolist() == (4 * np.eye(3)).tolist()
    assert xy.tolist() == yx.tolist() == (2 * X).tolist()
    assert yy == 0.0


def test_diagonal_of_the_hessian():
    def f(x):
        return np.sum(np.outer(x, x) ** 2) + np.prod(x)

    assert_near(hessian_diagonal(f)(X), np.diag(hessian(f)(X)), 1e-14, "vector")
    assert hessian_diagonal(lambda x: x**3)(2.0) == 12.0
    assert type(hessian_diagonal(lambda x: x**3)(2.0)) is np.float64
    assert hessian_diagonal(lambda m: np.sum(m**3))(np.ones((2, 3))).tolist() == (6 * np.ones((2, 3))).tolist()
    assert hessian_diagonal(lambda p: p["a"] ** 3 * p["b"] ** 2)({"a": 2.0, "b": 3.0, "n": 1}) == {
        "a": 108.0,
        "b": 16.0,
        "n": None,
    }
    assert hessian_diagonal(lambda x, y: x**2 * y**2, ("x", 1))(2.0, 3.0) == (18.0, 8.0)
    assert hessian_diagonal(lambda x: np.sum(x))(np.zeros(0)).shape == (0,)
    assert hessian_diagonal(lambda x: 1.0)(X).tolist() == [0.0, 0.0, 0.0]


def test_third_derivatives_by_the_diagonal():
    assert_near(grad(lambda x: np.sum(hessian_diagonal(lambda y: np.sum(y**4))(x)))(X), 24 * X, 1e-14, "reverse")
    assert_near(deriv(lambda x: hessian_diagonal(lambda y: np.sum(y**4))(x))(X), 24 * X, 1e-14, "forward")


def test_diagonal_takes_no_square_array():
    n = 3000
    tracemalloc.start()
    hessian_diagonal(lambda x: np.sum(np.sin(x)))(np.ones(n))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < n * n * 8 / 4


def test_jacobians_have_memory_of_their_own():
    for mode in MODES:
        a, b, c = jacobian(lambda x, y, z: x + y, (0, 1, 2), mode=mode)(X, V, X)
        a[...], c[...] = 7.0, 8.0
        assert b.tolist() == np.eye(3).tolist(), mode


# Products


def curve(x):
    return anp.outer(anp.sin(x), x**2)


def bowl(x):
    return anp.sum(anp.sin(x) * x[::-1]) ** 2


PRODUCTS = {
    "hessian_tensor_product": lambda m: m.hessian_tensor_product(bowl)(X, V),
    "of a matrix": lambda m: m.hessian_tensor_product(lambda x: anp.sum(x**3))(np.ones((2, 3)), np.eye(2, 3)),
    "hessian_vector_product tuple": lambda m: m.hessian_vector_product(lambda x, y: x * y**2, (0, 1))(
        2.0, 3.0, (1.0, 4.0)
    ),
    "tensor_jacobian_product": lambda m: m.tensor_jacobian_product(curve)(X, np.outer(X, V)),
    "with some of the axes": lambda m: m.tensor_jacobian_product(curve)(X, V),
    "with a number": lambda m: m.tensor_jacobian_product(curve)(X, 2.0),
    "vector_jacobian_product argnum": lambda m: m.vector_jacobian_product(lambda a, x: a * curve(x), 1)(2.0, X, V),
    "make_ggnvp": lambda m: m.make_ggnvp(lambda x: anp.sin(x) * x[0])(X)(V),
    "make_ggnvp with g": lambda m: m.make_ggnvp(lambda x: anp.sin(x) * x[0], lambda y: anp.sum(y**4))(X)(V),
    "make_ggnvp f_argnum": lambda m: m.make_ggnvp(lambda a, x: a * anp.sin(x), f_argnum=1)(2.0, X)(V),
    "grad_and_aux": lambda m: m.grad_and_aux(lambda x: (bowl(x), bowl(x) * 2.0))(X)[0],
    "grad_named": lambda m: m.grad_named(lambda x, y: bowl(x * y), "y")(X, 2.0),
}


@pytest.mark.parametrize("name", PRODUCTS)
def test_same_numbers_as_autograd(name, monkeypatch):
    theirs = PRODUCTS[name](upstream)
    for attribute in ("sum", "sin", "outer"):
        monkeypatch.setattr(anp, attribute, getattr(np, attribute))
    ours = PRODUCTS[name](eg)
    if not isinstance(theirs, tuple):
        ours, theirs = (ours,), (theirs,)
    for mine, other in zip(ours, theirs, strict=True):
        assert np.shape(mine) == np.shape(other)
        assert_near(mine, other, 1e-13, name)


def test_second_names_are_the_same_transform():
    assert eg.hessian_tensor_product is eg.hessian_vector_product
    assert eg.vector_jacobian_product is eg.tensor_jacobian_product


def test_gauss_newton_matrix_by_its_definition():
    def f(p):
        return {"u": np.sin(p["a"]) * p["b"], "v": p["b"] ** 2}

    def g(y):
        return np.sum(y["u"] ** 3) * y["v"]

    p, v = {"a": X, "b": 2.0}, {"a": V, "b": 0.5}
    product = make_ggnvp(f, g)(p)(v)
    tangent = jvp(f, (p,), (v,))[1]
    curvature = jvp(grad(g), (f(p),), (tangent,))[1]
    expected = vjp(f, p)[1](curvature)
    assert_near(product["a"], expected["a"], 1e-15, "a")
    assert_near(product["b"], expected["b"], 1e-15, "b")


@pytest.mark.parametrize("transform", [eg.hessian_vector_product, eg.tensor_jacobian_product])
def test_missing_vector_is_named(transform):
    with pytest.raises(TypeError, match=f"{transform.__name__}: the (vector|tensor) is missing"):
        transform(bowl)()


def test_derivative_of_a_product_by_its_tensor():
    def f(v):
        return np.sum(eg.tensor_jacobian_product(np.sin)(X, v))

    assert_near(grad(f)(V), np.cos(X), 1e-15, "product")
    assert_near(
        elementwise_grad(lambda x: eg.hessian_vector_product(lambda y: np.sum(y**3))(x, V))(X), 6 * V, 1e-14, ""
    )
