"""What adapters share: transforms made from `vjp` and `jvp`, and the way to and from arrays of a library's own.

An adapter that derives from `Derived` needs `vjp` or `jvp` or both; what it leaves out is refused by a sentence, and
the cells that ask for it are "unsupported". `Foreign` is for libraries whose arrays are not NumPy's.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from graddiff.arrays import Function


class Derived:
    """The interface `graddiff.libraries.Library`, made from `vjp` and `jvp`."""

    name = "derived"
    numpy: Any = np

    def vjp(self, f: Function, *args: Any) -> tuple[Any, Callable[[Any], Any]]:
        """Return the value and the pullback."""
        raise NotImplementedError(f"{self.name} has no reverse mode")

    def jvp(self, f: Function, args: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
        """Return the value and the tangent."""
        raise NotImplementedError(f"{self.name} has no forward mode")

    def stop_gradient(self, x: Any) -> Any:
        """Return x as a constant."""
        raise NotImplementedError(f"{self.name} has no stop_gradient")

    def constant(self, x: Any) -> Any:
        """Return x as the library takes a constant."""
        return x

    def grad(self, f: Function, argnum: int = 0) -> Function:
        """Return the function that gives the gradient of the scalar f in one argument."""

        def gradient(*args: Any) -> Any:
            others = tuple(map(self.constant, args))
            return self.vjp(lambda x: f(*others[:argnum], x, *others[argnum + 1 :]), args[argnum])[1](1.0)

        return gradient

    def value_and_grad(self, f: Function) -> Function:
        """Return the function that gives the value and the gradient in the first argument."""

        def both(x: Any, *rest: Any) -> tuple[Any, Any]:
            value, pullback = self.vjp(lambda y: f(y, *map(self.constant, rest)), x)
            return value, pullback(1.0)

        return both

    def elementwise_grad(self, f: Function) -> Function:
        """Return the function that gives the gradient of the sum of f in its first argument."""

        def gradient(x: Any, *rest: Any) -> Any:
            value, pullback = self.vjp(lambda y: f(y, *map(self.constant, rest)), x)
            return pullback(np.ones(np.shape(value)))

        return gradient

    def deriv(self, f: Function) -> Function:
        """Return the derivative of a function of one scalar, by forward mode."""
        return lambda x: self.jvp(f, (x,), (1.0,))[1]

    def jacobian(self, f: Function) -> Function:
        """Return the function that gives all partial derivatives, of shape out + in: a pullback for each row."""

        def matrix(x: Any) -> Any:
            shape = np.shape(self.vjp(f, x)[0])
            units = np.eye(int(np.prod(shape, dtype=int))).reshape(-1, *shape)
            rows = [self.vjp(f, x)[1](unit) for unit in units]
            space = np if all(isinstance(row, np.ndarray | np.generic) for row in rows) else self.numpy
            return space.reshape(space.stack(rows), shape + np.shape(x))

        return matrix

    def hessian(self, f: Function) -> Function:
        """Return the function that gives all second derivatives of the scalar f."""
        return self.jacobian(self.grad(f))

    def hvp(self, f: Function, x: Any, v: Any) -> Any:
        """Return the derivative of the gradient of the scalar f along v, forward over reverse."""
        return self.jvp(self.grad(f), (x,), (v,))[1]


class Foreign(Derived):
    """An adapter of a library with arrays of its own: NumPy goes in, NumPy comes out.

    Such a library has no NumPy scalars: what it gives with no axes comes out as a scalar of NumPy, so that no library
    is blamed for a kind of scalar that it does not have. Errors of the types `refusals`, or with one of `refusal_words`
    in their text, say that the library does not do something: they become NotImplementedError.
    """

    refusals: tuple[type[Exception], ...] = ()
    refusal_words: tuple[str, ...] = ()

    def given(self, x: Any) -> Any:
        """Return an array of the library as NumPy's, anything else (a traced value, a pullback) as it is."""
        raise NotImplementedError

    def guarded(self, function: Function) -> Function:
        """Return a function of the library that gives NumPy's arrays, and refuses by NotImplementedError."""

        def call(*args: Any) -> Any:
            result = self.translated(function, *args)
            return tuple(map(self.given, result)) if isinstance(result, tuple) else self.given(result)

        return call

    def translated(self, function: Function, *args: Any) -> Any:
        """Call a function of the library; where it refuses, raise NotImplementedError."""
        try:
            return function(*args)
        except Exception as error:
            if isinstance(error, self.refusals) or any(word in str(error) for word in self.refusal_words):
                raise NotImplementedError(str(error)) from error
            raise

    def refuse_integers(self, *args: Any) -> None:
        """Refuse to differentiate by integers, which these libraries do not do; anything without a dtype passes."""
        kinds = {np.dtype(x.dtype).kind if isinstance(x, np.ndarray | np.generic) else type(x).__name__ for x in args}
        if kinds & {"i", "u", "b", "int", "bool"}:
            raise NotImplementedError(f"{self.name} does not differentiate by integers")
