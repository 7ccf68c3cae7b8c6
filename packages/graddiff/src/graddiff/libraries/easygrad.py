"""The adapter of easygrad: every transform by its own name in the public interface."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib.metadata import version
from typing import Any

import easygrad
import easygrad.numpy
from graddiff.arrays import Function
from graddiff.tapes import Tape


class Easygrad:
    """easygrad behind the interface `graddiff.libraries.Library`."""

    name = "easygrad"
    version = version("easygrad")
    numpy = easygrad.numpy
    grad = staticmethod(easygrad.grad)
    value_and_grad = staticmethod(easygrad.value_and_grad)
    elementwise_grad = staticmethod(easygrad.elementwise_grad)
    deriv = staticmethod(easygrad.deriv)
    jacobian = staticmethod(easygrad.jacobian)
    hessian = staticmethod(easygrad.hessian)
    stop_gradient = staticmethod(easygrad.stop_gradient)

    def recording(self) -> AbstractContextManager[Tape]:
        """Return a context in which easygrad writes what it does on a tape."""
        from graddiff.libraries.tapes_easygrad import recording

        return recording()

    def vjp(self, f: Function, *args: Any) -> tuple[Any, Callable[[Any], Any]]:
        """Return the value and the pullback."""
        pullback, value = easygrad.make_vjp(f, _argnum(args))(*args)
        return value, pullback

    def jvp(self, f: Function, args: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
        """Return the value and the tangent."""
        direction = tangents[0] if len(args) == 1 else tuple(tangents)
        value, tangent = easygrad.make_jvp(f, _argnum(args))(*args)(direction)
        return value, tangent

    def hvp(self, f: Function, x: Any, v: Any) -> Any:
        """Return the Hessian of f times v."""
        return easygrad.make_hvp(f)(x)[0](v)


def _argnum(args: Sequence[Any]) -> int | tuple[int, ...]:
    return 0 if len(args) == 1 else tuple(range(len(args)))


def load() -> Easygrad:
    """Return the adapter."""
    return Easygrad()
