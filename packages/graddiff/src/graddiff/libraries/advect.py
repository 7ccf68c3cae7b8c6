"""The adapter of advect (Python 3.12 or later): every transform by its own name in the public interface."""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

import advect
import numpy as np

from graddiff.arrays import Function
from graddiff.libraries.derived import Foreign


class Advect(Foreign):
    """Advect behind the interface `graddiff.libraries.Library`.

    For a complex argument u + iv advect gives d/du + i d/dv; the other libraries give the conjugate, as is done here.
    """

    name = "advect"
    version = version("advect")
    numpy = advect.numpy
    refusals = (advect.NoVJPError, advect.NoJVPError, advect.MutationError, advect.TracingError)

    def given(self, x: Any) -> Any:
        """Return x: advect's arrays are NumPy's."""
        return x

    def grad(self, f: Function, argnum: int = 0) -> Function:
        """Return `advect.grad`."""
        return self.guarded(advect.grad(f, argnum))

    def value_and_grad(self, f: Function) -> Function:
        """Return `advect.value_and_grad`."""
        return self.guarded(advect.value_and_grad(f))

    def jacobian(self, f: Function) -> Function:
        """Return `advect.jacobian`."""
        return self.guarded(advect.jacobian(f))

    def hessian(self, f: Function) -> Function:
        """Return `advect.hessian`."""
        return self.guarded(advect.hessian(f))

    def vjp(self, f: Function, *args: Any) -> tuple[Any, Callable[[Any], Any]]:
        """Return the value and the pullback."""
        value, pullback = self.guarded(advect.vjp(f, _argnums(args)))(*args)

        def pulled(g: Any) -> Any:
            cotangents = self.guarded(pullback)(np.conjugate(g))
            return np.conjugate(cotangents) if len(args) == 1 else tuple(map(np.conjugate, cotangents))

        return value, pulled

    def jvp(self, f: Function, args: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
        """Return the value and the tangent."""
        way = tangents[0] if len(args) == 1 else tuple(tangents)
        transform = advect.jvp(f, _argnums(args))
        value, tangent = self.guarded(lambda *xs: transform(*xs, tangents=way))(*args)
        return value, tangent

    def stop_gradient(self, x: Any) -> Any:
        """Return x as a constant."""
        return advect.stop_gradient(x)


def _argnums(args: Sequence[Any]) -> int | tuple[int, ...]:
    return 0 if len(args) == 1 else tuple(range(len(args)))


def load() -> Advect:
    """Return the adapter."""
    return Advect()
