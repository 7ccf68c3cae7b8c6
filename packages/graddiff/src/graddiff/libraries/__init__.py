"""What graddiff asks of an autodiff library, and the adapters, one small file each.

To add a library, write `libraries/<name>.py` with a function `load() -> Library` and add its name to `ADAPTERS`. An
adapter of your own need not lie here: `--lib my_module:MyAdapter` finds it. An adapter is imported when its library is
asked for, never before. Where a library lacks something, the method of the adapter raises NotImplementedError: that is
what the verdict "unsupported" is made of.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from typing import Any, Protocol, cast

from graddiff.arrays import Function

ADAPTERS: Mapping[str, str] = {
    "advect": "graddiff.libraries.advect",
    "autograd": "graddiff.libraries.autograd",
    "easygrad": "graddiff.libraries.easygrad",
    "jax": "graddiff.libraries.jax",
    "mygrad": "graddiff.libraries.mygrad",
    "torch": "graddiff.libraries.torch",
}


class UnknownLibraryError(LookupError):
    """A library without an adapter, or that is not installed; the text says which there are."""


class Library(Protocol):
    """An autodiff library as cases see it; `numpy` is its NumPy namespace.

    `vjp` returns the value and the pullback; the pullback gives the cotangent of the only argument, or a
    tuple with one for each of several. `jvp` takes one tangent for each argument and returns the value and
    the tangent.
    """

    name: str
    version: str
    numpy: Any

    def grad(self, f: Function, argnum: int = 0) -> Function:
        """Return the function that gives the gradient of the scalar f in one argument."""
        ...

    def value_and_grad(self, f: Function) -> Function:
        """Return the function that gives the value and the gradient in the first argument."""
        ...

    def elementwise_grad(self, f: Function) -> Function:
        """Return the function that gives the gradient of the sum of f in its first argument."""
        ...

    def deriv(self, f: Function) -> Function:
        """Return the derivative of a function of one scalar, by forward mode."""
        ...

    def jacobian(self, f: Function) -> Function:
        """Return the function that gives all partial derivatives, of shape out + in."""
        ...

    def hessian(self, f: Function) -> Function:
        """Return the function that gives all second derivatives of the scalar f."""
        ...

    def vjp(self, f: Function, *args: Any) -> tuple[Any, Callable[[Any], Any]]:
        """Return the value and the pullback."""
        ...

    def jvp(self, f: Function, args: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
        """Return the value and the derivative along the tangents."""
        ...

    def hvp(self, f: Function, x: Any, v: Any) -> Any:
        """Return the derivative of the gradient of the scalar f along v."""
        ...

    def stop_gradient(self, x: Any) -> Any:
        """Return x as a constant."""
        ...


def constant(library: Library, x: Any) -> Any:
    """Return x as a user of the library writes a constant: where the adapter has a method `constant`, by that."""
    converted = getattr(library, "constant", None)
    return converted(x) if converted else x


def _own(module: str, attribute: str) -> Library:
    """Return an adapter that is not graddiff's, what `attribute` of a module makes; it keeps how it was asked for."""
    try:
        library = getattr(import_module(module), attribute)()
    except (ModuleNotFoundError, AttributeError) as error:
        raise UnknownLibraryError(f"adapter {module}:{attribute}: {error}") from error
    with suppress(AttributeError):  # an adapter with slots, or frozen, is shown by its name alone
        library.asked_as = f"{module}:{attribute}"
    return cast(Library, library)


def asked_as(library: Library) -> str:
    """Return what `--lib` takes for a library: its name, or "module:Class" for an adapter that is not graddiff's."""
    return str(getattr(library, "asked_as", library.name))


def find_library(name: str, adapters: Mapping[str, str] = ADAPTERS) -> Library:
    """Return the adapter of this name, or "module:Class"; one that is unknown or missing is refused by a sentence."""
    module, _, attribute = name.partition(":")
    if attribute:
        return _own(module, attribute)
    if name not in adapters:
        close = get_close_matches(name, adapters, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise UnknownLibraryError(f"unknown library {name!r}: known are {', '.join(sorted(adapters))}{hint}")
    try:
        return cast(Library, import_module(adapters[name]).load())
    except ModuleNotFoundError as error:
        raise UnknownLibraryError(f"library {name!r} is not installed: {error}") from error
