"""The adapter of PyTorch: `torch.func`, and `torch_numpy.names` as its NumPy namespace."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from graddiff.arrays import Function
from graddiff.libraries.derived import Foreign
from graddiff.libraries.torch_numpy import names, tensor


class Torch(Foreign):
    """PyTorch behind the interface `graddiff.libraries.Library`.

    For a complex argument u + iv PyTorch gives d/du + i d/dv; the other libraries give the conjugate, as is done here.
    """

    name = "torch"
    version = str(torch.__version__)
    numpy = names
    refusal_words = (
        "'Tensor' object has no attribute",
        "'numpy.ndarray' and 'Tensor'",  # an array to the left of an operator
        "Can't call numpy() on Tensor",  # a tensor in a function of NumPy, or an array to the right of an operator
        "must be Tensor, not",
        "not implemented for",
        "of floating point dtype can require gradients",
        "unexpected keyword argument",
    )

    def given(self, x: Any) -> Any:
        """Return a tensor as an array of NumPy, unless it is traced."""
        if not isinstance(x, torch.Tensor) or torch._C._functorch.is_functorch_wrapped_tensor(x):
            return x
        return np.array(x.detach().resolve_conj().resolve_neg().numpy())[()]

    def constant(self, x: Any) -> Any:
        """Return x as a tensor: PyTorch does not compute with arrays of NumPy beside traced tensors."""
        return tensor(x)

    def vjp(self, f: Function, *args: Any) -> tuple[Any, Callable[[Any], Any]]:
        """Return the value and the pullback."""
        self.refuse_integers(*args)
        value, pullback = self.translated(torch.func.vjp, _of_tensors(f), *map(tensor, args))

        def pulled(g: Any) -> Any:
            cotangent = torch.conj(tensor(g)).to(value.dtype).broadcast_to(value.shape)
            cotangents = self.translated(lambda: tuple(map(torch.conj, pullback(cotangent))))
            return self.given(cotangents[0]) if len(args) == 1 else tuple(map(self.given, cotangents))

        return self.given(value), pulled

    def jvp(self, f: Function, args: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
        """Return the value and the tangent."""
        self.refuse_integers(*args)
        points = tuple(map(tensor, args))
        ways = tuple(tensor(t).to(x.dtype) for t, x in zip(tangents, points, strict=True))
        value, tangent = self.guarded(torch.func.jvp)(_of_tensors(f), points, ways)
        return value, tangent

    def jacobian(self, f: Function) -> Function:
        """Return `torch.func.jacrev`."""
        return lambda *args: self.guarded(torch.func.jacrev(_of_tensors(f)))(*map(tensor, args))

    def hessian(self, f: Function) -> Function:
        """Return `torch.func.hessian`."""
        return lambda *args: self.guarded(torch.func.hessian(_of_tensors(f)))(*map(tensor, args))

    def stop_gradient(self, x: Any) -> Any:
        """Return x as a constant."""
        return tensor(x).detach()


def _of_tensors(f: Function) -> Function:
    """Return f with a tensor for its value, also where that is a plain number."""
    return lambda *args: tensor(f(*args))


def load() -> Torch:
    """Return the adapter."""
    return Torch()
