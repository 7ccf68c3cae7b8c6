"""Transforms made from `vjp` and `jvp`, and how a library of its own arrays refuses."""

from typing import Any

import numpy as np
import pytest

from graddiff.libraries import constant
from graddiff.libraries.autograd import Autograd
from graddiff.libraries.derived import Derived, Foreign


class Made(Derived):
    """Autograd, of which only `vjp` and `jvp` are used."""

    name = "made"
    numpy = Autograd.numpy
    vjp = Autograd.vjp
    jvp = Autograd.jvp


X, V = np.array([0.5, -1.5]), np.array([1.0, 2.0])


def cube(x: Any) -> Any:
    return Made.numpy.sum(x**3)


def test_every_transform_is_made_from_two() -> None:
    made = Made()
    np.testing.assert_allclose(made.grad(cube)(X), 3 * X**2)
    np.testing.assert_allclose(made.grad(lambda a, b: Made.numpy.sum(a * b), 1)(X, V), X)
    np.testing.assert_allclose(made.value_and_grad(cube)(X)[1], 3 * X**2)
    np.testing.assert_allclose(made.elementwise_grad(lambda x, n: x**n)(X, 3), 3 * X**2)
    np.testing.assert_allclose(made.deriv(np.sin)(0.5), np.cos(0.5))
    np.testing.assert_allclose(made.jacobian(lambda x: x**2)(X), np.diag(2 * X))
    np.testing.assert_allclose(made.hessian(cube)(X), np.diag(6 * X))
    np.testing.assert_allclose(made.hvp(cube, X, V), 6 * X * V)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda lib: lib.grad(cube)(X), "derived has no reverse mode"),
        (lambda lib: lib.deriv(cube)(X), "derived has no forward mode"),
        (lambda lib: lib.stop_gradient(X), "derived has no stop_gradient"),
    ],
)
def test_what_is_left_out_is_refused(ask: Any, said: str) -> None:
    with pytest.raises(NotImplementedError, match=said):
        ask(Derived())


class Strange(Foreign):
    """A library that knows one error of its own and one sentence."""

    name = "strange"
    refusals = (KeyError,)
    refusal_words = ("cannot do this",)

    def given(self, x: Any) -> Any:
        """Return x."""
        return x


def raising(error: Exception) -> Any:
    def function() -> None:
        raise error

    return function


@pytest.mark.parametrize("error", [KeyError("x"), TypeError("one cannot do this")])
def test_a_refusal_is_unsupported(error: Exception) -> None:
    with pytest.raises(NotImplementedError):
        Strange().guarded(raising(error))()


def test_another_error_stays_what_it_is() -> None:
    with pytest.raises(TypeError, match="a fault"):
        Strange().guarded(raising(TypeError("a fault")))()


@pytest.mark.parametrize("x", [1, True, np.int64(1), np.array([1]), np.array([True])])
def test_integers_are_refused(x: Any) -> None:
    with pytest.raises(NotImplementedError, match="strange does not differentiate by integers"):
        Strange().refuse_integers(1.0, x)


def test_a_constant_is_the_library_s_own_where_it_has_one() -> None:
    class Wrapping(Derived):
        def constant(self, x: Any) -> Any:
            return [x]

    assert constant(Wrapping(), 1.0) == [1.0]
    assert constant(Autograd(), 1.0) == 1.0
