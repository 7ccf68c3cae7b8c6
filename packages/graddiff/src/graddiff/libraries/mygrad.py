"""The adapter of MyGrad: reverse mode, once; the second derivative and forward mode are refused."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import mygrad
import numpy as np

from graddiff.arrays import Function
from graddiff.libraries.derived import Foreign


class MyGrad(Foreign):
    """MyGrad behind the interface `graddiff.libraries.Library`."""

    name = "mygrad"
    version = version("mygrad")
    numpy = mygrad
    refusal_words = (
        "no implementation found for",  # a function of NumPy that has no counterpart
        "returned NotImplemented from __array_ufunc__",
        "Tensor data must be of an floating type",
        "'Tensor' object has no attribute",
        "unexpected keyword argument",
    )

    def __init__(self) -> None:
        self._is_tracing = False

    def given(self, x: Any) -> Any:
        """Return a tensor as an array of NumPy."""
        return np.array(x.data)[()] if isinstance(x, mygrad.Tensor) else x

    def vjp(self, f: Function, *args: Any) -> tuple[Any, Callable[[Any], Any]]:
        """Return the value and the pullback; a trace within a trace is refused: MyGrad would take it for a constant."""
        self.refuse_integers(*args)
        if self._is_tracing or any(isinstance(x, mygrad.Tensor) for x in args):
            raise NotImplementedError("mygrad differentiates once only")
        self._is_tracing = True
        try:
            tensors, traced = self.translated(self._traced, f, args)
        finally:
            self._is_tracing = False

        def pullback(g: Any) -> Any:
            if isinstance(traced, mygrad.Tensor) and not traced.constant:
                self.translated(traced.backward, np.asarray(g, traced.dtype))
            cotangents = [np.zeros_like(t.data) if t.grad is None else np.array(t.grad) for t in tensors]
            return cotangents[0][()] if len(args) == 1 else tuple(c[()] for c in cotangents)

        return self.given(traced), pullback

    @staticmethod
    def _traced(f: Function, args: tuple[Any, ...]) -> tuple[list[mygrad.Tensor], Any]:
        tensors = [mygrad.tensor(x) for x in args]
        return tensors, f(*tensors)


def load() -> MyGrad:
    """Return the adapter."""
    return MyGrad()
