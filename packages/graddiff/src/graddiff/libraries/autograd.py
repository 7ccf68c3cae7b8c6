"""The adapter of HIPS Autograd: every transform by its own name in Autograd's public interface."""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

import autograd
import autograd.numpy

from graddiff.arrays import Function


class Autograd:
    """Autograd behind the interface `graddiff.libraries.Library`."""

    name = "autograd"
    version = version("autograd")
    numpy = autograd.numpy

    def grad(self, f: Function, argnum: int = 0) -> Function:
        return autograd.grad(f, argnum)  # type: ignore[no-any-return]  # autograd has no types

    def value_and_grad(self, f: Function) -> Function:
        return autograd.value_and_grad(f)  # type: ignore[no-any-return]

    def elementwise_grad(self, f: Function) -> Function:
        return autograd.elementwise_grad(f)  # type: ignore[no-any-return]

    def deriv(self, f: Function) -> Function:
        return autograd.deriv(f)  # type: ignore[no-any-return]

    def jacobian(self, f: Function) -> Function:
        return autograd.jacobian(f)  # type: ignore[no-any-return]

    def hessian(self, f: Function) -> Function:
        return autograd.hessian(f)  # type: ignore[no-any-return]

    def vjp(self, f: Function, *args: Any) -> tuple[Any, Callable[[Any], Any]]:
        pullback, value = autograd.make_vjp(f, _argnum(args))(*args)
        return value, pullback

    def jvp(self, f: Function, args: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
        tangent = tangents[0] if len(args) == 1 else tuple(tangents)
        value, tangent = autograd.make_jvp(f, _argnum(args))(*args)(tangent)
        return value, tangent

    def hvp(self, f: Function, x: Any, v: Any) -> Any:
        return autograd.make_hvp(f)(x)[0](v)

    def stop_gradient(self, x: Any) -> Any:
        raise NotImplementedError("autograd has no stop_gradient")


def _argnum(args: Sequence[Any]) -> int | tuple[int, ...]:
    return 0 if len(args) == 1 else tuple(range(len(args)))


def load() -> Autograd:
    """Return the adapter."""
    return Autograd()
