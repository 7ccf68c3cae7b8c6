"""The adapter of HIPS Autograd: every transform by its own name in the public interface."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib.metadata import version
from typing import Any

import autograd
import autograd.numpy

from graddiff.arrays import Function
from graddiff.tapes import Tape


class Autograd:
    """HIPS Autograd behind the interface `graddiff.libraries.Library`."""

    name = "autograd"
    version = version("autograd")
    numpy = autograd.numpy
    grad = staticmethod(autograd.grad)
    value_and_grad = staticmethod(autograd.value_and_grad)
    elementwise_grad = staticmethod(autograd.elementwise_grad)
    deriv = staticmethod(autograd.deriv)
    jacobian = staticmethod(autograd.jacobian)
    hessian = staticmethod(autograd.hessian)

    def recording(self) -> AbstractContextManager[Tape]:
        """Return a context in which Autograd writes what it does on a tape."""
        from graddiff.libraries.tapes_autograd import recording

        return recording()

    def vjp(self, f: Function, *args: Any) -> tuple[Any, Callable[[Any], Any]]:
        """Return the value and the pullback."""
        pullback, value = autograd.make_vjp(f, _argnum(args))(*args)
        return value, pullback

    def jvp(self, f: Function, args: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
        """Return the value and the tangent."""
        direction = tangents[0] if len(args) == 1 else tuple(tangents)
        value, tangent = autograd.make_jvp(f, _argnum(args))(*args)(direction)
        return value, tangent

    def hvp(self, f: Function, x: Any, v: Any) -> Any:
        """Return the Hessian of f times v."""
        return autograd.make_hvp(f)(x)[0](v)

    def stop_gradient(self, x: Any) -> Any:
        """Refuse: Autograd has no such function in its interface."""
        raise NotImplementedError("autograd has no stop_gradient")


def _argnum(args: Sequence[Any]) -> int | tuple[int, ...]:
    return 0 if len(args) == 1 else tuple(range(len(args)))


def load() -> Autograd:
    """Return the adapter."""
    return Autograd()
