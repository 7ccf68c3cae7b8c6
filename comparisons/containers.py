"""Gradients with respect to containers: the parameters of a small loss in a dict, a list, a named tuple and so on.

Each row puts ``x`` and ``x**2`` into a container, takes the gradient of ``sum(sin(a) * b)`` with respect to it, and
combines the two leaves of the gradient; so the derivatives of the row go through that gradient. The referee knows
arrays alone and gets the formula. To add a container, write how it is made and how its two leaves are read.
"""

from collections import OrderedDict, defaultdict, namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graddiff import Case
from graddiff.domains import REAL

Function = Callable[..., Any]
Point = namedtuple("Point", ["a", "b"])


@dataclass
class Parameters:
    """Two arrays, and what goes with them."""

    a: Any
    b: Any
    steps: int = 3
    name: str = "parameters"


@dataclass(frozen=True)
class Frozen:
    """A container within one that cannot be written to."""

    inner: Any


def with_default(a: Any, b: Any) -> dict[str, Any]:
    """Return a dict that makes missing entries."""
    new: dict[str, Any] = defaultdict(float)
    new["a"], new["b"] = a, b
    return new


MAKERS: dict[str, tuple[Function, Function]] = {
    "dict": (lambda a, b: {"a": a, "b": b}, lambda p: (p["a"], p["b"])),
    "list": (lambda a, b: [a, b], lambda p: (p[0], p[1])),
    "tuple": (lambda a, b: (a, b), lambda p: (p[0], p[1])),
    "nested": (lambda a, b: {"l": [a, (b,)]}, lambda p: (p["l"][0], p["l"][1][0])),
    "ordered_dict": (lambda a, b: OrderedDict(b=b, a=a), lambda p: (p["a"], p["b"])),
    "default_dict": (with_default, lambda p: (p["a"], p["b"])),
    "named_tuple": (Point, lambda p: (p.a, p.b)),
    "dataclass": (Parameters, lambda p: (p.a, p.b)),
    "frozen_dataclass": (lambda a, b: Frozen({"a": a, "b": b}), lambda p: (p.inner["a"], p.inner["b"])),
    "dict_with_none": (lambda a, b: {"a": a, "b": b, "c": None}, lambda p: (p["a"], p["b"])),
    "dict_with_text": (lambda a, b: {"a": a, "b": b, "c": "text"}, lambda p: (p["a"], p["b"])),
    "dict_with_int": (lambda a, b: {"a": a, "b": b, "c": 3}, lambda p: (p["a"], p["b"])),
}


def of_gradient(np: Any, lib: Any, make: Function, read: Function) -> Function:
    """Return x -> a combination of the two leaves of the gradient at the container of x and x**2."""

    def loss(p: Any) -> Any:
        a, b = read(p)
        return np.sum(np.sin(a) * b)

    def combined(x: Any) -> Any:
        by_a, by_b = read(lib.grad(loss)(make(x, x**2)))
        return by_a + 2 * by_b

    return combined


def of_tangent(np: Any, lib: Any, make: Function, read: Function) -> Function:
    """Return x -> the tangent of the loss along the container (x**2, x)."""

    def loss(p: Any) -> Any:
        a, b = read(p)
        return np.sin(a) * b

    return lambda x: lib.jvp(loss, (make(x, x**2),), (make(x**2, x),))[1]


def of_pullback(np: Any, lib: Any, make: Function, read: Function) -> Function:
    """Return x -> the pullback of a container of results.

    Autograd follows results in its own ``autograd.builtins`` alone, and takes those in Python's for constants.
    """
    return lambda x: lib.vjp(lambda y: make(np.sin(y), y**3), x)[1](make(x**2, x))


def case(kind: str, name: str, build: Function, formula: Function) -> Case:
    """Return a row: the program for the libraries, and the formula for the referee."""
    make, read = MAKERS[name]

    def function(np: Any, lib: Any) -> Function:
        return build(np, lib, make, read) if lib.name != "referee" else formula(np)

    return Case(f"{kind}.{name}", function, [REAL])


CASES = [case("container", name, of_gradient, lambda np: lambda x: np.cos(x) * x**2 + 2 * np.sin(x)) for name in MAKERS]
TANGENTS = [
    case("container_tangent", name, of_tangent, lambda np: lambda x: np.cos(x) * x**4 + np.sin(x) * x)
    for name in ("dict", "nested", "named_tuple", "dataclass")
]
RESULTS = [
    case("container_result", name, of_pullback, lambda np: lambda x: np.cos(x) * x**2 + 3 * x**3)
    for name in ("dict", "list", "tuple", "nested", "named_tuple", "dataclass")
]
