"""Other libraries, each timed in an environment of its own: `nox -s benchmark-jax` and so on.

JAX, MyGrad and advect run the programs of the cases, with their own namespace. PyTorch has none that is NumPy's, so its
programs are written here, for some rows only, and their results are checked against easygrad's as all others are.
A library is a function that returns its calls for a workload, by their names in the table. Where it has none, it raises
what the library raises, and the table says so. To add one, write such a function and list it in `LIBRARIES`.
"""

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np
from comparisons.models import Timed, inputs_of, mlp

from benchmarks.contestants import given
from benchmarks.counters import Call
from benchmarks.workloads import HEADLINE, name_of

Function = Callable[..., Any]

ELEMENTWISE = [name for name in HEADLINE if name.startswith("elementwise")]
SMALL = ["scalar_chain_200", "scalar_tanh", *ELEMENTWISE]
MODELS = ["mlp.b256_784_100_10", "logistic_regression.n20000_d100"]
VECTORS = ["gmm.vector_n1000_d10_k25", "two_layers.jacobian_n100", "two_layers.hessian_n100"]


def jax_calls(timed: Timed) -> Mapping[str, Call]:
    """Return JAX's calls, eager and compiled; the inputs are on its side already, and the result is waited for."""
    jax: Any = import_module("jax")

    jax.config.update("jax_enable_x64", True)

    def vjp(f: Function, *args: Any) -> tuple[Any, Function]:
        value, pullback = jax.vjp(f, *args)
        return value, lambda g: pullback(jax.numpy.asarray(g, value.dtype))

    def hvp(f: Function, x: Any, v: Any) -> Any:
        return jax.jvp(jax.grad(f), (x,), (v,))[1]

    transforms = {"grad": jax.grad, "jacobian": jax.jacobian, "hessian": jax.hessian, "vjp": vjp, "hvp": hvp}
    derivative = timed.derivative(SimpleNamespace(name="jax", numpy=jax.numpy, **transforms))
    arguments = jax.tree.map(jax.numpy.asarray, given(timed))

    def call(function: Function) -> Any:
        return jax.block_until_ready(function(*arguments))

    return {"jax eager": partial(call, derivative), "jax jit": partial(call, jax.jit(derivative))}


def mygrad_calls(timed: Timed) -> Mapping[str, Call]:
    """Return MyGrad's call: its tensors, and `backward`."""
    mygrad: Any = import_module("mygrad")

    def gradients(f: Function, *args: Any) -> tuple[Any, ...]:
        tensors = [mygrad.tensor(x) for x in args]
        f(*tensors).backward()
        return tuple(tensor.grad for tensor in tensors)

    def grad(f: Function, argnum: int = 0) -> Function:
        def of_dict(named: Mapping[str, Any]) -> dict[str, Any]:
            found = gradients(lambda *xs: f(dict(zip(named, xs, strict=True))), *named.values())
            return dict(zip(named, found, strict=True))

        return lambda x: of_dict(x) if isinstance(x, dict) else gradients(f, x)[0]

    names = SimpleNamespace(dot=mygrad.matmul, **{name: getattr(mygrad, name) for name in dir(mygrad) if name != "dot"})
    library = SimpleNamespace(name="mygrad", numpy=names, grad=grad)
    return {"mygrad": partial(timed.derivative(library), *given(timed))}


def advect_calls(timed: Timed) -> Mapping[str, Call]:
    """Return advect's call; it takes NumPy's own namespace."""
    advect: Any = import_module("advect")

    def vjp(f: Function, *args: Any) -> tuple[Any, Function]:
        return advect.vjp(f, argnums=tuple(range(len(args))))(*args)  # type: ignore[no-any-return]  # untyped here

    transforms = {"grad": advect.grad, "jacobian": advect.jacobian, "hessian": advect.hessian, "vjp": vjp}
    library = SimpleNamespace(name="advect", numpy=np, **transforms)
    return {"advect": partial(timed.derivative(library), *given(timed))}


def torch_calls(timed: Timed) -> Mapping[str, Call]:
    """Return eager PyTorch's call on one thread, of a program written for it; raises KeyError where there is none."""
    torch: Any = import_module("torch")

    torch.set_num_threads(1)
    program = torch_program(torch, name_of(timed))
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs_of(timed.case)]

    def call() -> Any:
        found = [one.numpy() for one in torch.autograd.grad(program(*tensors), tensors)]
        return dict(zip(timed.keys, found, strict=True)) if timed.keys else found[0]

    return {"torch": call}


def torch_program(torch: Any, name: str) -> Function:
    """Return the program of a workload in PyTorch's own functions."""

    def chain(x: Any) -> Any:
        for _ in range(100):
            x = x * 1.0001 + 0.1
        return x

    def tanh(x: Any) -> Any:
        decay = torch.exp(-x)
        return (1.0 - decay) / (1.0 + decay)

    def elementwise(x: Any) -> Any:
        return torch.sum(torch.sin(x) * torch.exp(-(x**2)) + 2 / x)

    batch, width, classes = 256, 784, 10
    images, labels = torch.tensor(mlp.images(batch, width)), torch.tensor(mlp.one_hot(batch, classes))

    def network(w0: Any, b0: Any, w1: Any, b1: Any) -> Any:
        scores = torch.tanh(images @ w0 + b0) @ w1 + b1
        return (torch.sum(torch.logsumexp(scores, 1)) - torch.sum(scores * labels)) / batch

    programs: dict[str, Function] = {"scalar_chain_200": chain, "scalar_tanh": tanh, "mlp.b256_784_100_10": network}
    return programs[name] if name in programs else dict.fromkeys(ELEMENTWISE, elementwise)[name]


LIBRARIES: Mapping[str, tuple[Callable[[Timed], Mapping[str, Call]], list[str]]] = {
    "jax": (jax_calls, [*SMALL, "scalar_tanh_order_4", *MODELS, *VECTORS]),
    "torch": (torch_calls, [*SMALL, "mlp.b256_784_100_10"]),
    "mygrad": (mygrad_calls, [*SMALL, *MODELS, "indexing_loop_1000"]),
    "advect": (advect_calls, [*SMALL, *MODELS, "scalar_tanh_order_4", *VECTORS, "indexing_loop_1000"]),
}


def calls_of(library: str, timed: Timed) -> Mapping[str, Call]:
    """Return the calls of another library for a workload."""
    return LIBRARIES[library][0](timed)
