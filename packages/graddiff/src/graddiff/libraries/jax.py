"""The adapter of JAX: `jax.numpy` in double precision on the CPU."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy
import numpy as np

from graddiff.arrays import Function
from graddiff.libraries.derived import Foreign


class Jax(Foreign):
    """JAX behind the interface `graddiff.libraries.Library`."""

    name = "jax"
    version = jax.__version__
    numpy = jax.numpy
    refusals = (jax.errors.JAXTypeError, jax.errors.JAXIndexError)
    refusal_words = ("JAX arrays are immutable", "unexpected keyword argument", "Tracer' object has no attribute")

    def given(self, x: Any) -> Any:
        """Return an array of JAX as NumPy's."""
        is_array = isinstance(x, jax.Array) and not isinstance(x, jax.core.Tracer)
        return np.array(x)[()] if is_array else x

    def grad(self, f: Function, argnum: int = 0) -> Function:
        """Return `jax.grad`."""
        return self._floating(jax.grad(f, argnum))

    def value_and_grad(self, f: Function) -> Function:
        """Return `jax.value_and_grad`."""
        return self._floating(jax.value_and_grad(f))

    def jacobian(self, f: Function) -> Function:
        """Return `jax.jacobian`."""
        return self._floating(jax.jacobian(f))

    def hessian(self, f: Function) -> Function:
        """Return `jax.hessian`."""
        return self._floating(jax.hessian(f))

    def vjp(self, f: Function, *args: Any) -> tuple[Any, Callable[[Any], Any]]:
        """Return the value and the pullback; the cotangent takes the dtype of the value, as JAX asks."""
        value, pullback = self._floating(lambda *xs: jax.vjp(f, *xs))(*args)
        dtype = jax.numpy.result_type(value)

        def pulled(g: Any) -> Any:
            cotangents = self.guarded(pullback)(jax.numpy.asarray(g, dtype))
            return cotangents[0] if len(args) == 1 else cotangents

        return value, pulled

    def jvp(self, f: Function, args: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
        """Return the value and the tangent."""
        points = tuple(map(jax.numpy.asarray, args))
        ways = tuple(jax.numpy.asarray(t, x.dtype) for t, x in zip(tangents, points, strict=True))
        value, tangent = self._floating(lambda *_: jax.jvp(f, points, ways))(*args)
        return value, tangent

    def stop_gradient(self, x: Any) -> Any:
        """Return x as a constant."""
        return jax.lax.stop_gradient(x)

    def _floating(self, function: Function) -> Function:
        def call(*args: Any) -> Any:
            self.refuse_integers(*args)
            return self.guarded(function)(*args)

        return call


def load() -> Jax:
    """Return the adapter; JAX is told, for the whole process, to compute in double precision on the CPU."""
    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    return Jax()
