"""The adapter of easygrad: every transform by its own name in the public interface of easygrad."""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

import easygrad
import easygrad.numpy

from graddiff.arrays import Function


class Easygrad:
    """easygrad behind the interface `graddiff.libraries.Library`."""

    name = "easygrad"
    version = version("easygrad")
    numpy = easygrad.numpy

    def grad(self, f: Function, argnum: int = 0) -> Function:
        return easygrad.grad(f, argnum)  # type: ignore[no-any-return]  # easygrad has no types

    def value_and_grad(self, f: Function) -> Function:
        return easygrad.value_and_grad(f)  # type: ignore[no-any-return]

    def elementwise_grad(self, f: Function) -> Function:
        return easygrad.elementwise_grad(f)  # type: ignore[no-any-return]

    def deriv(self, f: Function) -> Function:
        return easygrad.deriv(f)  # type: ignore[no-any-return]

    def jacobian(self, f: Function) -> Function:
        return easygrad.jacobian(f)  # type: ignore[no-any-return]

    def hessian(self, f: Function) -> Function:
        return easygrad.hessian(f)  # type: ignore[no-any-return]

    def vjp(self, f: Function, *args: Any) -> tuple[Any, Callable[[Any], Any]]:
        pullback, value = easygrad.make_vjp(f, _argnum(args))(*args)
        return value, pullback

    def jvp(self, f: Function, args: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
        tangent = tangents[0] if len(args) == 1 else tuple(tangents)
        value, tangent = easygrad.make_jvp(f, _argnum(args))(*args)(tangent)
        return value, tangent

    def hvp(self, f: Function, x: Any, v: Any) -> Any:
        return easygrad.make_hvp(f)(x)[0](v)

    def stop_gradient(self, x: Any) -> Any:
        return easygrad.stop_gradient(x)


def _argnum(args: Sequence[Any]) -> int | tuple[int, ...]:
    return 0 if len(args) == 1 else tuple(range(len(args)))


def load() -> Easygrad:
    """Return the adapter."""
    return Easygrad()
