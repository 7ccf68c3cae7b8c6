"""The transforms: values against closed forms, the structure that Autograd returns, and the words of their errors."""

import functools
import inspect
import pickle
import subprocess
import sys
import types
from pathlib import Path
from unittest.mock import patch

import autograd
import autograd.differential_operators as upstream
import autograd.numpy as anp
import numpy as np
import pytest

import easygrad as eg
from easygrad import (
    core,
    deriv,
    elementwise_grad,
    grad,
    hessian,
    hessian_vector_product,
    holomorphic_grad,
    jacobian,
    jvp,
    make_hvp,
    make_jvp,
    make_vjp,
    stop_gradient,
    value_and_grad,
    vjp,
)

from .laws import assert_near

X = np.array([0.5, 1.5, 2.5])
V = np.array([1.0, -2.0, 0.5])
A = np.reshape(np.arange(9.0), (3, 3)) - 2.0
S = A + A.T


def f(x, y, z=1.0):
    return x**2 * y * z


def energy(x):
    return 0.5 * x @ S @ x


def cubes(x):
    return np.sum(x**3)


# Values


@pytest.mark.parametrize(
    ("argnum", "expected"),
    [
        (0, 30.0),
        (1, 9.0),
        (-1, 9.0),
        (-2, 30.0),
        ((0, 1), (30.0, 9.0)),
        ([0, 1], (30.0, 9.0)),
        ((1, 0), (9.0, 30.0)),
        ((1,), (9.0,)),
        ([-1, 0], (9.0, 30.0)),
        ((), ()),
    ],
    ids=repr,
)
def test_argnum(argnum, expected):
    assert grad(f, argnum)(3.0, 5.0) == expected
    assert value_and_grad(f, argnum)(3.0, 5.0) == (45.0, expected)
    assert make_vjp(f, argnum)(3.0, 5.0)[0](1.0) == expected
    assert type(grad(f, argnum)(3.0, 5.0)) is type(expected) or isinstance(expected, float)


@pytest.mark.parametrize("transform", [grad, elementwise_grad, deriv, jacobian])
def test_transform_with_argnum(transform):
    assert transform(f, 1)(3.0, 5.0) == 9.0
    assert transform(f, argnum=-1)(3.0, 5.0) == 9.0


@pytest.mark.parametrize("transform", [grad, elementwise_grad, deriv, jacobian])
def test_keyword_arguments_are_handed_on(transform):
    assert transform(f)(3.0, 5.0, z=2.0) == 60.0
    assert transform(f)(3.0, y=5.0) == 30.0


def test_keyword_arguments_of_the_other_transforms():
    assert make_jvp(f)(3.0, 5.0, z=2.0)(1.0) == (90.0, 60.0)
    assert make_vjp(f)(3.0, 5.0, z=2.0)[0](1.0) == 60.0
    assert hessian(f)(3.0, 5.0, z=2.0) == 20.0
    assert hessian_vector_product(f)(3.0, 5.0, 1.0, z=2.0) == 20.0
    assert make_hvp(f)(3.0, 5.0, z=2.0)[0](1.0) == 20.0


def test_gradient_of_vectors():
    assert_near(grad(energy)(X), S @ X, 1e-15, "grad")
    value, gradient = value_and_grad(energy)(X)
    assert_near(value, energy(X), 1e-15, "value")
    assert_near(gradient, S @ X, 1e-15, "value_and_grad")


def test_elementwise_grad_and_deriv():
    assert_near(elementwise_grad(np.sin)(X), np.cos(X), 1e-15, "elementwise_grad")
    assert_near(deriv(np.sin)(X), np.cos(X), 1e-15, "deriv")
    assert_near(elementwise_grad(elementwise_grad(np.sin))(X), -np.sin(X), 1e-15, "second")
    assert_near(deriv(elementwise_grad(np.sin))(X), -np.sin(X), 1e-15, "mixed")
    assert elementwise_grad(np.exp)(1.0) == np.exp(1.0)


@pytest.mark.parametrize(
    "function", [np.exp, np.sin, lambda z: z**3 + 1j * z, np.log], ids=["exp", "sin", "cubic", "log"]
)
def test_holomorphic_grad(function):
    z, h = np.array([1.0 + 0.5j, 0.3 - 2.0j]), 1e-5
    expected = (function(z + h) - function(z - h)) / (2 * h)
    assert_near(holomorphic_grad(function)(z), expected, 1e-9, "holomorphic_grad")
    assert_near(holomorphic_grad(function)(z[0]), expected[0], 1e-9, "scalar")
    assert type(holomorphic_grad(function)(complex(z[0]))) is np.complex128


def test_jacobian_of_each_pair_of_shapes():
    assert_near(jacobian(lambda x: A @ x)(X), A, 1e-15, "matrix")
    assert jacobian(lambda x: np.sum(x) * A)(X).shape == (3, 3, 3)
    assert jacobian(cubes)(X).tolist() == (3 * X**2).tolist()
    assert jacobian(lambda x: x * X)(2.0).tolist() == X.tolist()
    assert jacobian(lambda x: x * x)(3.0) == 6.0
    assert jacobian(lambda x: np.sin(x)[:, None] * x)(X).shape == (3, 3, 3)
    assert jacobian(lambda x: x[:0])(X).shape == (0, 3)
    assert jacobian(lambda x: x)(np.zeros((0, 2))).shape == (0, 2, 0, 2)


@pytest.mark.parametrize("constant", [1.0, 3, np.float64(2.0), X, np.float32(1.0)], ids=repr)
def test_jacobian_of_a_constant_is_zero(constant):
    result = jacobian(lambda x: constant)(X)
    assert np.shape(result) == (*np.shape(constant), 3)
    assert not np.any(result)


def test_hessian():
    assert_near(hessian(energy)(X), S, 1e-15, "quadratic form")
    assert_near(hessian(cubes)(X), np.diag(6 * X), 1e-15, "cubes")
    assert hessian(lambda x: x**3)(2.0) == 12.0
    assert hessian(lambda x: np.sum(np.outer(x, x) * A))(X).shape == (3, 3)
    assert hessian(lambda m: np.sum(m**2))(A).shape == (3, 3, 3, 3)


def test_hessian_vector_products():
    assert_near(hessian_vector_product(energy)(X, V), S @ V, 1e-14, "hessian_vector_product")
    product, gradient = make_hvp(energy)(X)
    assert_near(product(V), S @ V, 1e-14, "make_hvp")
    assert_near(product(V), S @ V, 1e-14, "make_hvp twice")
    assert_near(gradient, S @ X, 1e-14, "gradient")
    assert hessian_vector_product(lambda a, x: a * x**3, 1)(2.0, 3.0, 10.0) == 360.0


def test_pullback_first_then_value():
    pullback, value = make_vjp(np.sin)(X)
    assert_near(value, np.sin(X), 0.0, "value")
    assert_near(pullback(V), V * np.cos(X), 1e-15, "pullback")


def test_value_first_then_tangent():
    value, tangent = make_jvp(np.sin)(X)(V)
    assert_near(value, np.sin(X), 0.0, "value")
    assert_near(tangent, V * np.cos(X), 1e-15, "tangent")


def test_vjp_and_jvp_of_several_arguments():
    value, pullback = vjp(f, 3.0, 5.0)
    assert (value, pullback(2.0)) == (45.0, (60.0, 18.0))
    assert vjp(np.sin, X)[1](V).shape == (3,)
    assert jvp(f, (3.0, 5.0), (1.0, 10.0)) == (45.0, 120.0)
    assert jvp(np.negative, 3.0, 2.0) == (-3.0, -2.0)


def test_numpys_own_functions_and_partials_can_be_differentiated():
    assert grad(np.sin)(0.0) == 1.0
    assert grad(functools.partial(f, y=5.0))(3.0) == 30.0
    assert grad(functools.partial(f, 3.0))(5.0) == 9.0

    class Model:
        def __call__(self, x):
            return x * x

        def loss(self, x):
            return x * x

    assert grad(Model())(3.0) == grad(Model().loss)(3.0) == 6.0


def test_transform_keeps_name_and_text_of_the_function():
    assert grad(cubes).__name__ == "cubes"
    for transform in (value_and_grad, elementwise_grad, jacobian, hessian, deriv, make_vjp, make_jvp, make_hvp):
        assert transform(cubes).__wrapped__ is not None


def test_stop_gradient():
    assert grad(lambda x: x * stop_gradient(x))(3.0) == 3.0
    assert deriv(lambda x: stop_gradient(x) * x)(3.0) == 3.0
    assert type(stop_gradient(2.0)) is float


# What goes in says what comes out


@pytest.mark.parametrize(
    "x",
    [
        2,
        2.0,
        np.float64(2),
        np.float32(2),
        np.int64(2),
        np.array(2),
        np.array(2.0),
        np.array([2]),
        np.ones((1, 2)),
        np.uint8(2),
    ],
    ids=repr,
)
def test_gradient_is_like_the_argument(x):
    gradient = grad(lambda z: np.sum(z * z))(x)
    assert np.shape(gradient) == np.shape(x)
    assert gradient.dtype == (np.float32 if isinstance(x, np.float32) else np.float64)
    assert isinstance(gradient, np.ndarray) == isinstance(x, np.ndarray)
    assert_near(gradient, 2 * np.asarray(x, float), 1e-15, "gradient")
    second = grad(lambda z: np.sum(grad(lambda w: np.sum(w**3))(z)))(x)
    assert_near(second, 6 * np.asarray(x, float), 1e-15, "second")
    assert np.shape(second) == np.shape(x)


@pytest.mark.parametrize("x", [2.0, np.float32(2), np.array(2.0), X], ids=repr)
@pytest.mark.parametrize(
    "function", [lambda x: 3.0, lambda x: 3, lambda x: np.float64(3), lambda x: np.floor(np.sum(x))]
)
def test_gradient_of_a_constant_is_zero_and_like_the_argument(x, function):
    gradient = grad(function)(x)
    assert not np.any(gradient)
    assert np.shape(gradient) == np.shape(x)
    assert gradient.dtype == np.asarray(x).dtype
    assert not np.any(jvp(function, x, x)[1])


@pytest.mark.parametrize("shape", [(1,), (1, 1)])
def test_result_of_one_element_has_a_gradient(shape):
    value, gradient = value_and_grad(lambda x: np.reshape(x @ x, shape))(X)
    assert value.shape == shape
    assert_near(gradient, 2 * X, 1e-15, "gradient")


@pytest.mark.parametrize(
    "function", [lambda x: x, lambda x: +x, lambda x: np.reshape(x, -1), np.copy, lambda x: x[:], np.ravel]
)
def test_gradient_of_the_identity_is_nobody_elses_memory(function):
    x, g = X.copy(), V.copy()
    pullback = vjp(function, x)[1]
    pulled = pullback(g)
    for other in (x, g, pullback(g)):
        assert not np.shares_memory(pulled, other)
    pulled += 1.0
    assert pullback(g).tolist() == g.tolist() == V.tolist()
    assert x.tolist() == X.tolist()


def test_gradients_of_two_arguments_share_nothing():
    for function in (np.add, lambda x, y: x + y + x, lambda x, y: np.stack([x, y])[0] + y):
        first, second = grad(lambda x, y, h=function: np.sum(h(x, y)), (0, 1))(X, X)
        assert not np.shares_memory(first, second)
        assert first.flags.writeable
        assert second.flags.writeable


# The same return structure as Autograd


def structure(x):
    if isinstance(x, tuple | list):
        return type(x).__name__, [structure(part) for part in x]
    if isinstance(x, dict):
        return "dict", {key: structure(value) for key, value in x.items()}
    return np.shape(x), np.asarray(x).dtype, np.round(np.asarray(x), 10).tolist()


def g(x, y):
    return anp.sum(x * y**2 + anp.sin(x))


def vector(x):
    return anp.sin(x) * x[::-1]


CALLS = {
    "grad": (lambda m: m.grad(g)(2.0, 3.0)),
    "grad array": (lambda m: m.grad(g)(X, V)),
    "grad argnum": (lambda m: m.grad(g, 1)(X, V)),
    "grad tuple": (lambda m: m.grad(g, (0, 1))(X, V)),
    "grad list": (lambda m: m.grad(g, [1, 0])(X, V)),
    "grad dict": (lambda m: m.grad(lambda p: g(p["x"], p["l"][0]))({"x": X, "l": [V, X]})),
    "grad nested": (lambda m: m.grad(m.grad(m.grad(anp.tanh)))(0.5)),
    "value_and_grad": (lambda m: m.value_and_grad(g)(X, V)),
    "value_and_grad tuple": (lambda m: m.value_and_grad(g, (0, 1))(2.0, 3.0)),
    "elementwise_grad": (lambda m: m.elementwise_grad(anp.tanh)(X)),
    "elementwise_grad argnum": (lambda m: m.elementwise_grad(lambda x, y: x * y**2, 1)(X, V)),
    "holomorphic_grad": (lambda m: m.holomorphic_grad(anp.exp)(1.0 + 2.0j)),
    "deriv": (lambda m: m.deriv(anp.tanh)(0.5)),
    "deriv array": (lambda m: m.deriv(anp.tanh)(X)),
    "jacobian": (lambda m: m.jacobian(vector)(X)),
    "jacobian of a number": (lambda m: m.jacobian(anp.sin)(0.5)),
    "jacobian by a number": (lambda m: m.jacobian(lambda x: x * X)(0.5)),
    "jacobian of a sum": (lambda m: m.jacobian(g)(X, V)),
    "jacobian of a matrix": (lambda m: m.jacobian(lambda x: x.T)(A[:2])),
    "jacobian argnum": (lambda m: m.jacobian(lambda a, x: a * vector(x), 1)(2.0, X)),
    "hessian": (lambda m: m.hessian(g)(X, V)),
    "hessian of a number": (lambda m: m.hessian(anp.sin)(0.5)),
    "hessian argnum": (lambda m: m.hessian(g, 1)(X, V)),
    "make_vjp value": (lambda m: m.make_vjp(vector)(X)[1]),
    "make_vjp": (lambda m: m.make_vjp(vector)(X)[0](V)),
    "make_vjp tuple": (lambda m: m.make_vjp(lambda x, y: x * y, (0, 1))(X, V)[0](V)),
    "make_jvp": (lambda m: m.make_jvp(vector)(X)(V)),
    "make_jvp number": (lambda m: m.make_jvp(anp.sin)(0.5)(1.0)),
    "make_jvp argnum": (lambda m: m.make_jvp(g, 1)(X, V)(X)),
    "make_hvp value": (lambda m: m.make_hvp(g)(X, V)[1]),
    "make_hvp": (lambda m: m.make_hvp(g)(X, V)[0](V)),
    "complex": (lambda m: m.grad(lambda z: anp.abs(z) ** 2)(1.0 + 2.0j)),
    "complex imaginary part": (lambda m: m.grad(lambda z: anp.imag(z**2))(1.0 + 2.0j)),
}


class Autograd:
    """Autograd's transforms under one name."""

    grad, value_and_grad, elementwise_grad = autograd.grad, autograd.value_and_grad, autograd.elementwise_grad
    holomorphic_grad, deriv, jacobian, hessian = (
        autograd.holomorphic_grad,
        autograd.deriv,
        autograd.jacobian,
        autograd.hessian,
    )
    make_vjp, make_jvp, make_hvp = autograd.make_vjp, autograd.make_jvp, upstream.make_hvp


# Autograd's namespace knows its own boxes alone, so each library gets the program in its own
@pytest.mark.parametrize("name", CALLS)
def test_same_structure_as_autograd(name, monkeypatch):
    theirs = CALLS[name](Autograd)
    for attribute in ("sum", "sin", "tanh", "exp", "abs", "imag"):
        monkeypatch.setattr(anp, attribute, getattr(np, attribute))
    assert structure(CALLS[name](eg)) == structure(theirs)


def test_same_structure_for_hessian_vector_products():
    theirs = autograd.hessian_vector_product(lambda x: anp.sum(x**3))(X, V)
    assert structure(hessian_vector_product(cubes)(X, V)) == structure(theirs)


# Errors


def raises(words, call, error=TypeError):
    with pytest.raises(error, match=words):
        call()


@pytest.mark.parametrize("transform", [grad, value_and_grad, make_hvp, hessian_vector_product])
@pytest.mark.parametrize("args", [(X,)], ids=["vector"])
def test_result_that_is_no_number_is_refused(transform, args):
    args = (*args, X) if transform is hessian_vector_product else args
    raises(
        r"(grad|value_and_grad): named returned an array of shape \(3,\).*jacobian.*np\.sum",
        lambda: transform(named)(*args),
    )


def named(x):
    return x * 2.0


RESULTS = {
    "None": (lambda x: None, "returned None"),
    "text": (lambda x: "text", "returned 'text'"),
    "tuple": (lambda x: (x, x), r"returned \(.*real number"),
    "dict": (lambda x: {"a": x, "b": x}, r"returned \{.*real number"),
    "list": (lambda x: [x, x], r"returned \[.*real number"),
    "empty": (lambda x: x * np.zeros(0), r"shape \(0,\).*real number"),
    "complex": (lambda x: x * (1 + 2j), "complex number.*holomorphic_grad"),
    "constant complex": (lambda x: 1 + 2j, "complex number.*holomorphic_grad"),
    "object": (lambda x: object(), "returned <object"),
    "function": (lambda x: lambda y: x * y, "returned <function"),
    "text array": (lambda x: np.array("text"), "returned array"),
}


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("transform", [grad, value_and_grad])
def test_result_without_a_gradient_is_refused(transform, name):
    function, words = RESULTS[name]
    raises(words, lambda: transform(function)(1.0))


@pytest.mark.parametrize("name", ["None", "text", "object", "function"])
@pytest.mark.parametrize("transform", [deriv, jacobian, elementwise_grad])
def test_result_without_a_derivative_is_refused(transform, name):
    function, _ = RESULTS[name]
    raises(f"{transform.__name__}: <lambda> returned .*numbers and arrays", lambda: transform(function)(1.0))


TRANSFORMS = [grad, value_and_grad, elementwise_grad, jacobian, hessian, deriv, make_vjp, make_hvp]


@pytest.mark.parametrize("argnum", [1, 5, -2, (0, 1), [3], (-2,)], ids=repr)
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_argnum_out_of_range_is_named(transform, argnum):
    raises(r"argnum.*named was called with 1 positional argument", lambda: transform(named, argnum)(X))


@pytest.mark.parametrize("argnum", [0.0, None, (0.5,)], ids=repr)
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_argnum_of_another_type_is_named(transform, argnum):
    words = rf"{transform.__name__}: argnum is (0.0|None|0.5); expected the position or the name"
    raises(words, lambda: transform(named, argnum))


def test_numpy_integer_is_an_argnum():
    assert grad(f, np.int64(1))(3.0, 5.0) == 9.0


def kind_of(x):
    return type(x).__name__


ARGUMENTS = [True, object(), np.array(["a"]), np.array([True]), np.array([None]), range(3), {1.0}, b"x"]


@pytest.mark.parametrize("argument", ARGUMENTS, ids=kind_of)
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_argument_without_derivative_is_named(transform, argument):
    words = r"argument 0 \('x'\) of named is .*no derivative\. Expected a number"
    raises(rf"^{transform.__name__}: {words}", lambda: transform(named)(argument))


@pytest.mark.parametrize("argument", ["text", None])
def test_argument_that_is_text_or_none_is_refused(argument):
    raises("derivative|NoneType|str|number|text", lambda: grad(lambda x: 1.0)(argument))


TANGENTS = [np.ones(2), np.ones((3, 1)), 1.0, np.ones((1, 3)), X * 1j]


@pytest.mark.parametrize("v", TANGENTS, ids=str)
def test_tangent_of_another_kind_is_refused(v):
    words = r"tangent given for argument 0 \('x'\) of named has shape.*shape \(3,\)"
    raises(words, lambda: make_jvp(named)(X)(v))
    raises("tangent.*must be like it", lambda: jvp(named, X, v))
    raises("tangent.*must be like it", lambda: hessian_vector_product(cubes)(X, v))
    raises("cotangent.*pullback of named.*must be like it", lambda: vjp(named, X)[1](v))
    raises("cotangent.*must be like it", lambda: make_hvp(cubes)(X)[0](v))


@pytest.mark.parametrize("v", ["text", None, (), (X, X), [X, X], {"a": X, "b": X}], ids=str)
def test_tangent_with_another_number_of_leaves_is_refused(v):
    raises("tangent.*leaves", lambda: jvp(named, X, v))
    raises("cotangent.*leaves", lambda: vjp(named, X)[1](v))


def test_tangent_is_cast_to_the_dtype_of_the_argument():
    x = X.astype(np.float32)
    assert jvp(named, x, V)[1].dtype == np.float32
    assert jvp(named, x, [1, 2, 3] @ np.eye(3, dtype=int))[1].dtype == np.float32
    assert vjp(named, x)[1](V).dtype == np.float32


def test_jvp_of_several_arguments_needs_as_many_tangents():
    raises("leaves", lambda: jvp(f, (3.0, 5.0), (1.0,)))
    raises("leaves", lambda: jvp(f, (3.0, 5.0), 1.0))


def test_elementwise_grad_of_another_function_is_refused():
    raises(
        r"elementwise_grad: cubes returned shape \(\).*elementwise\. Use grad or jacobian",
        lambda: elementwise_grad(cubes)(X),
    )
    raises(r"elementwise_grad.*shape \(2,\).*grad or jacobian", lambda: elementwise_grad(lambda x: x[:2])(X))
    raises("elementwise_grad.*complex.*holomorphic_grad", lambda: elementwise_grad(lambda x: x * 1j)(X))


def test_holomorphic_grad_refuses_what_it_cannot_do():
    raises("holomorphic_grad.*not complex.*grad", lambda: holomorphic_grad(np.exp)(1.0))
    raises("holomorphic_grad.*real", lambda: holomorphic_grad(np.abs)(1.0 + 2.0j))
    raises("not holomorphic", lambda: holomorphic_grad(lambda z: np.conj(z) * 1.0)(1.0 + 2.0j), ValueError)
    raises("not holomorphic", lambda: holomorphic_grad(lambda z: z * np.real(z))(1.0 + 2.0j), ValueError)


def test_errors_of_the_function_pass_through():
    with pytest.raises(ZeroDivisionError):
        grad(lambda x: x * (1 / 0))(1.0)
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        grad(f)(1.0)


# Which argument


def power(x, y=2.0, *, scale=1.0):
    return scale * x**y


@pytest.mark.parametrize("transform", [grad, deriv, jacobian, elementwise_grad])
def test_argument_by_name(transform):
    assert transform(power, "x")(3.0) == 6.0
    assert transform(power, "x")(x=3.0) == 6.0
    assert transform(power)(x=3.0) == 6.0
    assert transform(power, "y")(3.0, 1.0) == pytest.approx(3 * np.log(3))
    assert transform(power, "y")(3.0, y=1.0) == pytest.approx(3 * np.log(3))
    assert transform(power, "y")(3.0) == pytest.approx(9 * np.log(3))  # at the default
    assert transform(power, 1)(3.0) == pytest.approx(9 * np.log(3))
    assert transform(power, "scale")(3.0) == transform(power, "scale")(3.0, scale=5.0) == 9.0
    assert transform(power, ("scale", 0))(3.0) == (9.0, 6.0)
    assert transform(power, ["x", "scale"])(x=3.0, scale=2.0) == (12.0, 9.0)


def test_name_of_a_keyword_that_the_signature_does_not_know():
    assert grad(lambda **given: given["a"] * given["b"], "b")(a=2.0, b=3.0) == 2.0
    assert grad(lambda x, **given: x * given["b"], ("b", "x"))(2.0, b=3.0) == (2.0, 3.0)


def test_argument_by_name_to_any_order_and_in_every_transform():
    assert grad(grad(power, "x"), "x")(3.0, y=3.0) == 18.0
    assert hessian(power, "x")(3.0, 3.0) == 18.0
    assert hessian(lambda x, y: x * y**2, ("x", "y"))(2.0, 3.0) == ((0.0, 6.0), (6.0, 4.0))
    assert hessian_vector_product(power, "x")(3.0, 3.0, 1.0) == 18.0
    assert hessian_vector_product(lambda x, y: x * y**2, (0, 1))(2.0, 3.0, (1.0, 1.0)) == (6.0, 10.0)
    assert make_hvp(lambda x, y: x * y**2, ("x", "y"))(2.0, y=3.0)[0]((1.0, 1.0)) == (6.0, 10.0)
    assert make_jvp(power, "x")(x=3.0)(2.0) == (9.0, 12.0)
    assert make_vjp(power, ("x",))(x=3.0)[0](2.0) == (12.0,)


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_argument_that_is_not_there_is_named(transform):
    name = transform.__name__
    raises(rf"{name}: argnum 'q': f has no such argument; it has x, y, z", lambda: transform(f, "q"))
    words = rf"{name}: argnum 'y': f was called with 1 positional argument and with z\. Pass"
    raises(words, lambda: transform(f, "y")(1.0, z=2.0))


@pytest.mark.parametrize("transform", [grad, jacobian, elementwise_grad, make_vjp, make_jvp])
def test_argument_that_is_named_twice_is_refused(transform):
    words = rf"{transform.__name__}: argnum \(0, 0\) names an argument of f twice"
    raises(words, lambda: transform(f, (0, "x"))(1.0, 2.0))


def test_keywords_of_the_caller_are_not_changed():
    options = {"y": 3.0}
    grad(power, "scale")(2.0, **options)
    assert options == {"y": 3.0}


# Auxiliary results


def with_parts(x):
    y = x * x
    return np.sum(y), {"y": y, "text": "text", "n": 3, "list": [y[0], None]}


@pytest.mark.parametrize("x", [X, [X]], ids=["array", "container"])
def test_auxiliary_result_is_plain(x):
    def loss(x):
        return with_parts(x[0] if isinstance(x, list) else x)

    (value, aux), gradient = value_and_grad(loss, has_aux=True)(x)
    again, same = grad(loss, has_aux=True)(x)
    assert value == np.sum(X**2)
    assert repr(aux) == repr(same) == repr(with_parts(X)[1])
    assert repr(again) == repr(gradient) == repr([2 * X] if isinstance(x, list) else 2 * X)
    assert repr(eg.grad_and_aux(loss)(x)) == repr((gradient, aux))


@pytest.mark.parametrize("mode", [None, "forward", "reverse"])
def test_auxiliary_result_of_a_jacobian(mode):
    matrix, aux = jacobian(lambda x: (A @ x, {"sum": np.sum(x)}), mode=mode, has_aux=True)(X)
    assert_near(matrix, A, 1e-15, "jacobian")
    assert aux == {"sum": 4.5}
    assert type(aux["sum"]) is np.float64


@pytest.mark.parametrize("outer", [grad, deriv, jacobian])
def test_auxiliary_result_belongs_to_the_outer_derivatives(outer):
    def product(x):
        slope, aux = grad(lambda y: (x * y**2, {"xy": x * y}), has_aux=True)(x)
        (value, kept), _ = value_and_grad(lambda y: (x * y, x), has_aux=True)(1.0)
        return slope * aux["xy"] * value * kept  # 2 x**2 * x**2 * x * x

    assert outer(product)(2.0) == 12 * 2.0**5


@pytest.mark.parametrize("result", [lambda x: x, lambda x: (x, x, x), lambda x: None], ids=["one", "three", "None"])
def test_function_without_the_auxiliary_result_is_named(result):
    for transform in (grad, value_and_grad, jacobian):
        words = rf"{transform.__name__}: has_aux is true, so <lambda> must return \(value, aux\)"
        raises(words, lambda transform=transform: transform(result, has_aux=True)(1.0))


# Under the names of Autograd


def test_names_of_autograd():
    assert eg.grad_named(power, "y")(3.0, 1.0) == pytest.approx(3 * np.log(3))
    assert eg.multigrad_dict(f)(3.0, y=5.0) == {"x": 30.0, "y": 9.0, "z": 45.0}


def test_all_arguments_at_once():
    def loss(x, *rest, scale=2.0, mode="sum", steps=2, **named):
        return x * rest[0] * scale * named["w"] * steps if mode == "sum" else 0.0

    assert eg.multigrad_dict(loss)(1.0, 2.0, 3.0, w=4.0) == {
        "x": 32.0,
        "rest": (16.0, 0.0),
        "scale": 16.0,
        "mode": "sum",
        "steps": None,
        "named": {"w": 8.0},
    }
    raises("missing a required argument: 'x'", lambda: eg.multigrad_dict(loss)())
    raises("multigrad_dict: named returned an array", lambda: eg.multigrad_dict(named)(X))


# Elementwise or not

NOT_ELEMENTWISE = {
    "cumulative": np.cumsum,
    "times its sum": lambda x: x * np.sum(x),
    "reversed": lambda x: x[::-1],
    "product with its reverse": lambda x: x * x[::-1],
    "sorted": lambda x: np.sort(-x),
    "rolled": lambda x: np.roll(x, 1),
    "matrix": lambda x: A @ x,
    "a little of the sum": lambda x: x + 1e-9 * np.sum(x),
    "softmax": lambda x: np.exp(x) / np.sum(np.exp(x)),
    "one pair": lambda x: x + np.where([True, False, False], x[2], 0.0),
}


@pytest.mark.parametrize("name", NOT_ELEMENTWISE)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_function_of_other_elements_is_refused(name, dtype):
    if dtype is np.float32 and name == "a little of the sum":
        return  # less than the rounding of float32
    words = "elementwise_grad: .* returned elements that depend on more than the one at their place.*jacobian"
    raises(words, lambda: elementwise_grad(NOT_ELEMENTWISE[name])(X.astype(dtype)))


@pytest.mark.parametrize("n", [2, 3, 89, 1000])
def test_single_entry_beside_the_diagonal_is_found(n):
    x = np.linspace(1.0, 2.0, n)

    def coupled(x):
        return np.concatenate([[x[0] * x[-1]], x[1:]]) if type(x) is np.ndarray else x + unit * (x[0] * x[-1] - x[0])

    unit = np.eye(n)[0]
    raises("elementwise_grad", lambda: elementwise_grad(coupled)(x))


def test_second_derivative_that_is_not_elementwise_is_refused():
    raises("elementwise_grad", lambda: elementwise_grad(elementwise_grad(lambda x: x * np.sum(x)))(X))
    raises("elementwise_grad", lambda: elementwise_grad(elementwise_grad(NOT_ELEMENTWISE["rolled"]))(X))
    second = elementwise_grad(elementwise_grad(np.tanh))(X)
    assert_near(second, np.diag(jacobian(elementwise_grad(np.tanh))(X)), 1e-15, "second")


ELEMENTWISE = {
    "cancelling": lambda x: np.sin(x) ** 2 + np.cos(x) ** 2,
    "cancelling more": lambda x: np.log(np.exp(x)) - x + 1e-20 * x,
    "constant": lambda x: np.ones(3),
    "saturated": lambda x: np.tanh(100 * x),
    "through a transform": lambda x: np.real(np.fft.ifft(np.fft.fft(x))) * x,
    "wide range": lambda x: x * np.array([1e-200, 1.0, 1e200]),
}


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise_function_is_not_refused_for_its_rounding(name):
    derivatives = elementwise_grad(ELEMENTWISE[name])(X)
    full = jacobian(ELEMENTWISE[name])(X)
    assert_near(derivatives, np.sum(full, 0), 1e-15, name)


def passes(f, x):
    """Return how many backward passes elementwise_grad makes."""
    with patch("easygrad.results.backward", wraps=core.backward) as backward:
        elementwise_grad(f)(x)
    return backward.call_count


def test_what_called_elementwise_functions_alone_is_not_asked_whether_it_is_elementwise():
    assert passes(lambda x: np.where(x > 0, np.sin(x) ** 2, -1 / x) * np.arange(3.0), X) == 1
    assert passes(lambda x: np.tanh(x) + np.sum(np.ones(3)), X) == 1  # the sum is none of the trace's
    assert passes(lambda x: x * np.sum(x * 0.0), X) == 2
    assert passes(lambda x: grad(lambda y: np.sum(np.sin(y) * x))(2.0 * x), X) == 2  # x is in that sum


def test_an_inner_derivative_that_is_not_elementwise_is_found():
    raises("elementwise_grad", lambda: elementwise_grad(lambda x: grad(lambda y: np.sum(np.cumsum(y) * x))(x))(X))
    raises("elementwise_grad", lambda: elementwise_grad(lambda x: grad(lambda y: np.sum(y * y[::-1]) * x[0])(x))(X))


def test_results_of_another_shape_than_the_argument_are_refused():
    for f in (lambda x: x + np.ones((3, 1)), lambda x: x[:1], lambda x: x.reshape(3, 1)):
        raises("elementwise_grad: .* returned shape", lambda f=f: elementwise_grad(f)(X))


def test_elementwise_derivatives_that_are_not_finite():
    with np.errstate(all="ignore"):
        derivatives = elementwise_grad(np.sqrt)(np.array([-1.0, 0.0, 0.25]))
        assert np.isnan(derivatives[0])
        assert derivatives[1:].tolist() == [np.inf, 1.0]


def test_elementwise_derivatives_of_containers():
    def both(p, x):
        return {"product": p["a"] * p["b"] * x, "a": np.sin(p["a"])}

    result = elementwise_grad(both)({"a": X, "b": V, "n": 3}, 2.0)
    assert_near(result["product"]["a"], 2 * V, 1e-15, "by a")
    assert_near(result["product"]["b"], 2 * X, 1e-15, "by b")
    assert_near(result["a"]["a"], np.cos(X), 1e-15, "sine")
    assert result["a"]["b"].tolist() == [0.0, 0.0, 0.0]
    assert result["a"]["n"] is None
    by_both = elementwise_grad(lambda x, y: x * y**2, (0, 1))(X, V)
    assert_near(by_both[0], V**2, 1e-15, "first")
    assert_near(by_both[1], 2 * X * V, 1e-15, "second")


def test_derivatives_in_a_tuple_of_arguments():
    assert deriv(f, (0, 1))(3.0, 5.0) == deriv(f, ("x", "y"))(3.0, y=5.0) == (30.0, 9.0)


# What is kept stays right


@pytest.mark.parametrize("make", [vjp, lambda f, x: make_vjp(f)(x)[::-1]], ids=["vjp", "make_vjp"])
@pytest.mark.parametrize("function", [np.square, np.exp, lambda x: x, lambda x: x * x], ids=["2", "exp", "x", "x x"])
def test_pullback_does_not_see_later_changes(make, function):
    x = X.copy()
    value, pullback = make(function, x)
    expected = pullback(np.ones(3)).tolist()
    x[:] = 100.0
    assert value.tolist() == function(X).tolist()
    value[:] = 100.0
    assert pullback(np.ones(3)).tolist() == expected


def test_pullback_of_a_traced_array_does_not_see_later_changes():
    def outer(x):
        _, pullback = vjp(lambda y: y * y * y, x)
        x += 100.0
        return np.sum(pullback(np.ones(3))) + 0.0 * x[0]

    assert grad(outer)(X).tolist() == (6 * X).tolist()
    assert outer(X.copy()) == np.sum(3 * X**2)


def test_pushforward_and_products_do_not_see_later_changes():
    x, y = X.copy(), X.copy()
    pushforward, (product, _) = make_jvp(np.square)(x), make_hvp(cubes)(y)
    x[:], y[:] = 100.0, 100.0
    assert pushforward(V)[1].tolist() == (2 * X * V).tolist()
    assert product(V).tolist() == (6 * X * V).tolist()


# What a transform returns

MADE = {
    "grad": lambda: grad(cubes),
    "named": lambda: grad(f, "y"),
    "aux": lambda: grad(with_parts, has_aux=True),
    "value_and_grad": lambda: value_and_grad(cubes),
    "elementwise_grad": lambda: elementwise_grad(np.tanh),
    "holomorphic_grad": lambda: holomorphic_grad(np.exp),
    "deriv": lambda: deriv(f, (0, 1)),
    "jacobian": lambda: jacobian(cubes, mode="forward"),
    "hessian": lambda: hessian(cubes),
    "hessian_diagonal": lambda: eg.hessian_diagonal(cubes),
    "make_vjp": lambda: make_vjp(cubes),
    "make_jvp": lambda: make_jvp(cubes),
    "make_hvp": lambda: make_hvp(cubes),
    "hessian_vector_product": lambda: hessian_vector_product(cubes),
    "tensor_jacobian_product": lambda: eg.tensor_jacobian_product(named),
    "make_ggnvp": lambda: eg.make_ggnvp(named),
    "multigrad_dict": lambda: eg.multigrad_dict(f),
    "checkpoint": lambda: eg.checkpoint(cubes),
    "grad of grad": lambda: grad(grad(np.tanh)),
}
GIVEN = {"named": (3.0, 5.0), "deriv": (3.0, 5.0), "multigrad_dict": (3.0, 5.0), "holomorphic_grad": (1.0 + 2.0j,)}
GIVEN |= {"hessian_vector_product": (X, V), "tensor_jacobian_product": (X, V), "grad of grad": (0.5,)}
RETURNS_FUNCTIONS = ("make_vjp", "make_jvp", "make_hvp", "make_ggnvp")


@pytest.mark.parametrize("name", MADE)
def test_transform_pickles(name, monkeypatch):
    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or module())
    made = MADE[name]()
    again = pickle.loads(pickle.dumps(made))
    assert (again.__name__, again.__doc__, repr(again)) == (made.__name__, made.__doc__, repr(made))
    if hasattr(np.tanh, "__signature__") or not isinstance(inspect.unwrap(again), np.ufunc):  # since NumPy 2.4
        assert inspect.signature(again) == inspect.signature(made)
    if name not in RETURNS_FUNCTIONS:
        args = GIVEN.get(name, (X,))
        assert repr(again(*args)) == repr(made(*args))


def module():
    """Return this module as one that can be imported: pytest does not enter it under its name."""
    stand_in = types.ModuleType(__name__)
    vars(stand_in).update(globals())
    return stand_in


@grad
def decorated(x):
    """Text."""
    return x**3


def test_decorated_function_pickles_by_its_name(monkeypatch):
    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or module())
    assert pickle.loads(pickle.dumps(decorated)) is decorated
    assert decorated(2.0) == 12.0
    assert (decorated.__name__, decorated.__doc__) == ("decorated", "Text.")


def test_transform_in_another_process(tmp_path):
    (tmp_path / "loss_of_mine.py").write_text("def loss(x):\n    return x**3\n")
    program = """
import multiprocessing, easygrad, loss_of_mine
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(easygrad.grad(loss_of_mine.loss), [1.0, 2.0]))
"""
    (tmp_path / "program.py").write_text(program)
    run = [sys.executable, str(tmp_path / "program.py")]
    done = subprocess.run(run, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.strip() == "[np.float64(3.0), np.float64(12.0)]"


def test_transform_tells_what_it_is():
    made = grad(f, "y")
    assert str(inspect.signature(made)) == "(x, y, z=1.0)"
    assert repr(made) == "<grad of f>"
    assert made.__wrapped__ is f
    assert repr(hessian(grad(cubes))) == "<hessian of cubes>"


def test_transform_of_a_callable_object_keeps_its_own_settings():
    class Model:
        """Has attributes of the names that a transform uses."""

        def __init__(self):
            self.at, self.settings, self.transform, self.__wrapped__ = None, None, None, None

        def __call__(self, x):
            return x * x

    assert grad(Model())(3.0) == 6.0


def test_transform_is_a_method_in_a_class():
    class Model:
        """Differentiates one of its methods."""

        factor = 5.0

        @functools.partial(grad, argnum="x")
        def slope(self, x):
            return self.factor * x**2

        def loss(self, x):
            return self.factor * x**2

        wrong = grad(loss)

    assert Model().slope(3.0) == grad(Model().loss)(3.0) == 30.0
    assert Model.slope(Model(), 3.0) == 30.0
    raises(r"grad: argument 0 \('self'\) of loss", lambda: Model().wrong(3.0))


FRAMES = {
    "one number": lambda f: grad(f)(3.0),
    "several arguments": lambda f: grad(f, (0,))(3.0),
    "jacobian": lambda f: jacobian(f)(3.0),
    "jvp": lambda f: jvp(f, 3.0, 1.0),
}


@pytest.mark.parametrize("name", FRAMES)
def test_few_frames_stand_between_the_call_and_the_function(name):
    def f(x):
        raise LookupError

    with pytest.raises(LookupError) as caught:
        FRAMES[name](f)
    files = [Path(entry.path).name for entry in caught.traceback]
    assert len([file for file in files if file != Path(__file__).name]) <= 5
