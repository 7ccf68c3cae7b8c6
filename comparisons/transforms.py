"""The transforms themselves: which argument, Jacobians of each shape, products, complex Jacobians, kept pullbacks.

A row calls transforms inside and returns numbers, so that its value is the result of a transform and its derivatives
go through it. Where the referee cannot do the same (several arguments, complex numbers, an array that is written into)
it gets the formula. To add a row, write a function ``(np, lib)`` and list it.
"""

from collections.abc import Callable
from typing import Any

from graddiff import Case
from graddiff.domains import POSITIVE, REAL

Function = Callable[..., Any]


def second_argument(np: Any, lib: Any) -> Function:
    """Return x -> the derivative by the second argument."""
    return lambda x: lib.grad(lambda a, y: np.sum(a * y**3), 1)(2.0, x)


def tall_jacobian(np: Any, lib: Any) -> Function:
    """Return x -> the Jacobian of three outputs for each input."""
    return lambda x: lib.jacobian(lambda y: np.concatenate([np.sin(y), y**2, np.exp(y) * y[::-1]]))(x)


def wide_jacobian(np: Any, lib: Any) -> Function:
    """Return x -> the Jacobian of two outputs."""
    return lambda x: lib.jacobian(lambda y: np.stack([np.sum(y**3), np.sum(np.sin(y))]))(x)


def jacobian_by_a_number(np: Any, lib: Any) -> Function:
    """Return x -> the derivatives of a vector by a number."""
    return lambda x: lib.jacobian(lambda a: np.sin(a * x))(2.0) * x


def jacobian_of_a_jacobian(np: Any, lib: Any) -> Function:
    """Return x -> the second derivatives of a vector."""
    return lambda x: np.sum(lib.jacobian(lib.jacobian(lambda y: y**3 * np.sum(y)))(x), axis=0)


def hessian_diagonal(np: Any, lib: Any) -> Function:
    """Return x -> the diagonal of a Hessian."""
    return lambda x: np.diagonal(lib.hessian(lambda y: np.sum(y**3) * y[0])(x))


def elementwise_twice(np: Any, lib: Any) -> Function:
    """Return x -> the second derivative of each element."""
    return lambda x: lib.elementwise_grad(lib.elementwise_grad(lambda y: np.sin(y) * y))(x)


def gauss_newton(np: Any, lib: Any) -> Function:
    """Return x -> J^T J x, of a vector."""

    def product(x: Any) -> Any:
        def f(y: Any) -> Any:
            return np.sin(y) * np.sum(y)

        return lib.vjp(f, x)[1](lib.jvp(f, (x,), (x,))[1])

    return product


def value_times_gradient(np: Any, lib: Any) -> Function:
    """Return x -> the value times the gradient."""

    def product(x: Any) -> Any:
        value, gradient = lib.value_and_grad(lambda y: np.sum(np.sin(y)))(x)
        return value * gradient

    return product


CASES = [
    Case(f"transform.{build.__name__}", build, [REAL], orders=(1,), behaviours=("strided",))
    for build in (
        second_argument,
        tall_jacobian,
        wide_jacobian,
        jacobian_by_a_number,
        jacobian_of_a_jacobian,
        hessian_diagonal,
        elementwise_twice,
        gauss_newton,
        value_times_gradient,
    )
]


def last_argument(np: Any, lib: Any) -> Function:
    """Return x -> the derivative by the last argument, counted from the end."""
    return lambda x: lib.grad(lambda a, y: np.sum(a * y**3), -1)(2.0, x)


def both_arguments(np: Any, lib: Any) -> Function:
    """Return x -> the product of the derivatives by two arguments."""

    def product(x: Any) -> Any:
        by_first, by_second = lib.grad(lambda a, b: np.sum(a**2 * np.sin(b)), (0, 1))(x, x)
        return by_first * by_second

    return product


def jacobian_of_complex_results(np: Any, lib: Any) -> Function:
    """Return x -> the real and imaginary parts of the derivatives of a complex vector."""

    def parts(x: Any) -> Any:
        whole = lib.jacobian(lambda y: np.exp(1j * y))(x)
        return np.sum(np.real(whole) + 2 * np.imag(whole), axis=0)

    return parts


def kept_pullback(np: Any, lib: Any) -> Function:
    """Return x -> a pullback of np.square at (1, 2, 3), called after the array was written into."""

    def product(x: Any) -> Any:
        array = np.array([1.0, 2.0, 3.0])
        _, pullback = lib.vjp(np.square, array)
        array[:] = 100.0
        return x**2 * pullback(np.ones(3))

    return product


def kept_value(np: Any, lib: Any) -> Function:
    """Return x -> a pullback of np.exp at (1, 1, 1), called after the value was written into."""

    def product(x: Any) -> Any:
        value, pullback = lib.vjp(np.exp, np.ones(3))
        value[:] = 100.0
        return x**2 * pullback(np.ones(3))

    return product


def case(build: Function, formula: Function) -> Case:
    """Return a row: the program for the libraries, and the formula for the referee."""

    def function(np: Any, lib: Any) -> Function:
        return build(np, lib) if lib.name != "referee" else formula(np)

    return Case(f"transform.{build.__name__}", function, [POSITIVE], behaviours=("strided",))


FORMULAS = [
    case(last_argument, lambda np: lambda x: 6 * x**2),
    case(both_arguments, lambda np: lambda x: 2 * x * np.sin(x) * x**2 * np.cos(x)),
    case(jacobian_of_complex_results, lambda np: lambda x: 2 * np.cos(x) - np.sin(x)),
    case(kept_pullback, lambda np: lambda x: x**2 * np.array([2, 4, 6])),
    case(kept_value, lambda np: lambda x: x**2 * np.exp(x / x)),
]
