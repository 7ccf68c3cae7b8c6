"""Functions that are written with other functions: their derivative, in both modes, comes by itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import numpy as np

from easygrad.core import Box, Primitive


def primitive_of(function: Any) -> Primitive:
    """Return the primitive behind an entry point."""
    found: Primitive = function.primitive
    return found


def boxed_within(x: Any) -> bool:
    """Return whether there is a box anywhere in nested lists and tuples."""
    if type(x) is list or type(x) is tuple:
        return Box in map(type, x) or any(map(boxed_within, x))
    return type(x) is Box


def composite(fun: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator: the decorated function, made of primitives, stands for ``fun`` where there are boxes."""

    def decorate(made_of_primitives: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            if boxed_within(args) or (options and boxed_within(tuple(options.values()))):
                if options.get("out") is not None or (options and isinstance(fun, np.ufunc)):
                    return fun(*args, **options)  # NumPy hands it to the box, which knows what that means
                return made_of_primitives(*args, **options)
            return fun(*args, **options)

        if not hasattr(made_of_primitives, "composite"):
            made_of_primitives.__qualname__ = f"numpy.{fun.__name__}"  # for Python's errors about arguments
        update_wrapper(call, fun)
        call.composite = fun  # type: ignore[attr-defined]  # functions may have attributes
        return call

    return decorate


def newer(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return ``composite`` of a function that older releases of NumPy lack; there the decorated one is all."""
    fun = getattr(np, name, None)
    return composite(fun) if fun else lambda made_of_primitives: made_of_primitives
