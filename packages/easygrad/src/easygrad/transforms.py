"""Derivatives of functions: ``grad`` and its family, each a few lines on the two modes of the engine.

A transform calls the function once, with boxes in place of the arguments that it differentiates. Arguments may be
numbers, arrays, or containers of them; integers count as float64. A cotangent ``g`` of complex numbers means that the
result changes by ``Re(sum(g * dx))``, which is Autograd's convention.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from operator import index
from typing import Any

import numpy as np

from easygrad.containers import LEAVES, Rebuild, flatten, only
from easygrad.core import (
    Array,
    Box,
    Closed,
    Forward,
    Node,
    Reverse,
    Trace,
    backward,
    boxed,
    cast,
    recorded,
    stop_gradient,
)
from easygrad.rules.shaping import stack

Function = Callable[..., Any]
Argnum = int | Sequence[int]
ONE = np.float64(1.0)
SINGLE = "a single real number has a gradient."


def name_of(f: Function) -> str:
    """Return the name of a function, for messages."""
    return getattr(f, "__name__", None) or type(f).__name__


def lifted(x: Any, argnum: Any, f: Function) -> Array:
    """Return a leaf as something to differentiate: integers as float64, real and complex numbers as they are."""
    kind = type(x)
    if kind is np.float64 or kind is Box:
        return x
    if kind is float or kind is int:
        return np.float64(x)
    if kind is complex:
        return np.complex128(x)
    if isinstance(x, np.ndarray | np.generic) and x.dtype.kind in "fciu":
        return x if x.dtype.kind in "fc" else x.astype(np.float64)
    raise TypeError(
        f"argument {argnum} of {name_of(f)} is {x!r:.80} of type {kind.__name__}, which has no derivative. Expected a "
        "number, an array of numbers, or a dict, list or tuple of them."
    )


def checked(argnum: Any) -> Any:
    """Return the argnum of a transform as an int or a tuple of ints."""
    try:
        return tuple(map(index, argnum)) if isinstance(argnum, list | tuple | range) else index(argnum)
    except TypeError:
        raise TypeError(
            f"argnum is {argnum!r}; expected the position of an argument, or a tuple of positions."
        ) from None


def pick(f: Function, args: Sequence[Any], argnum: Argnum) -> tuple[list[Array], Rebuild]:
    """Return the leaves of the arguments to differentiate, and the function that rebuilds these arguments."""
    try:
        picked = args[argnum] if isinstance(argnum, int) else tuple(args[i] for i in argnum)
    except IndexError:
        raise TypeError(f"argnum {argnum}: {name_of(f)} was called with {len(args)} positional arguments.") from None
    leaves, rebuild = flatten(picked)
    if picked is None or isinstance(picked, str):  # not even an empty container: refuse it
        leaves = [picked]
    return [lifted(x, argnum, f) for x in leaves], rebuild


def run(f: Function, args: Sequence[Any], options: Any, argnum: Argnum, boxes: Any, trace: Trace) -> Any:
    """Call the function with boxes in place of some arguments, and close the trace."""
    args = list(args)
    if isinstance(argnum, int):
        args[argnum] = boxes
    else:
        for i, box in zip(argnum, boxes, strict=True):
            args[i] = box
    try:
        return f(*args, **options)
    finally:
        trace.close()


def record(f: Function, args: Sequence[Any], options: dict[str, Any], argnum: Argnum) -> Recorded:
    """Call ``f`` and record it."""
    leaves, rebuild = pick(f, args, argnum)
    trace = Reverse()
    boxes = [recorded(x, trace, ()) for x in leaves]
    starts = [box.node for box in boxes]
    return Recorded(f, leaves, rebuild, trace, starts, run(f, args, options, argnum, rebuild(boxes), trace))


def own(x: Any, trace: Trace, f: Function) -> Any:
    """Return a result that depends on the arguments of this trace, as their box; of any other result, None."""
    if type(x) is not Box or x.owner is trace:
        return x if type(x) is Box else None
    if type(x.owner) is Closed:
        raise RuntimeError(
            f"{name_of(f)} returned a traced value of another derivative that has ended. Something (a global, an "
            "attribute, a closure) kept it. Return it from the function that was differentiated, or keep "
            "stop_gradient(value) instead."
        )
    return None


class Recorded:
    """A call recorded in reverse: its value, and the way back from cotangents of the results to the arguments."""

    def __init__(
        self,
        f: Function,
        leaves: Sequence[Array],
        rebuild: Rebuild,
        trace: Trace,
        starts: Sequence[Node],
        result: Any,
    ) -> None:
        self.f, self.leaves, self.rebuild, self.starts = f, leaves, rebuild, starts
        results, self.rebuild_value = flatten(result)
        boxes = [own(x, trace, f) for x in results]
        self.values = [x if box is None else box.value for x, box in zip(results, boxes, strict=True)]
        self.ends = [None if box is None else box.node for box in boxes]

    @property
    def value(self) -> Any:
        """The value of the function, in the container that it returned."""
        return self.rebuild_value(self.values)

    def numbers(self, transform: str) -> list[Array]:
        """Return the results as NumPy's numbers and arrays; refuse a function that returned anything else."""
        if not self.values:
            raise self.refusal(transform, f"{self.value!r:.80}", "numbers and arrays have a derivative.")
        return [numeric(value, self.f) for value in self.values]

    def number(self, transform: str) -> Array:
        """Return the value of the function, which must be one real number."""
        value = self.values[0] if len(self.values) == 1 else None
        plain = np.asarray(None if callable(value) else stop_gradient(value))
        if plain.dtype.kind == "c":
            raise self.refusal(transform, "a complex number", f"{SINGLE} Use holomorphic_grad, or np.abs of it.")
        if plain.dtype.kind not in "fiub":
            raise self.refusal(transform, f"{self.value!r:.80}", SINGLE)
        if plain.size != 1:
            raise self.refusal(
                transform, f"an array of shape {plain.shape}", f"{SINGLE} Use jacobian, or np.sum of it."
            )
        return numeric(value, self.f)

    def refusal(self, transform: str, got: str, instead: str) -> TypeError:
        """Return the error of a function that returned something without a derivative of the wanted kind."""
        return TypeError(f"{transform}: {name_of(self.f)} returned {got}, but only {instead}")

    def pull(self, cotangents: Sequence[Array], keep: bool = False) -> Any:
        """Return the cotangents of the arguments, in their containers."""
        seeds: dict[Node, Array] = {}
        for node, g in zip(self.ends, cotangents, strict=True):
            if node is not None:
                seeds[node] = seeds[node] + g if node in seeds else g
        found = backward(seeds, keep)
        taken = list(cotangents)
        for node, leaf in zip(self.starts, self.leaves, strict=True):
            taken.append(finished(found.get(node), leaf, taken))
        return self.rebuild(taken[len(cotangents) :])


def finished(g: Array, leaf: Array, taken: Sequence[Array]) -> Array:
    """Return a cotangent as the user gets it: of the kind and dtype of its leaf, writeable, nobody else's memory."""
    if g is None:
        g = np.zeros(leaf.shape, leaf.dtype)
    if g.dtype is not leaf.dtype:
        g = cast(g, leaf.dtype)
    if type(g) is Box or type(g) is np.float64 is type(leaf):
        return g
    if not isinstance(stop_gradient(leaf), np.ndarray):
        return g[()]
    if type(g) is not np.ndarray:
        g = np.asarray(g)
    if not g.flags.writeable:
        return g.copy()
    for other in taken:
        if isinstance(other, np.ndarray) and np.may_share_memory(g, other):
            return g.copy()
    return g


def numeric(value: Any, f: Function) -> Array:
    """Return a result as a NumPy number or array."""
    kind = type(value)
    if kind is np.float64 or kind is Box:
        return value
    if isinstance(value, float | int | complex | np.ndarray | np.generic) and np.asarray(value).dtype.kind in "fciub":
        return np.asarray(value)[()]
    raise TypeError(f"{name_of(f)} returned {value!r:.80} of type {kind.__name__}, which is no number and no array.")


def like(value: Array, v: Any, what: str) -> Array:
    """Return ``v`` as a tangent or cotangent of ``value``: of its shape and dtype."""
    if type(v) is not Box:
        v = np.asarray(v)[()]
    if v.shape != value.shape or v.dtype.kind not in ("fciu" if value.dtype.kind == "c" else "fiu"):
        raise TypeError(
            f"{what} has shape {v.shape} and dtype {v.dtype}; it belongs to a value of shape {value.shape} and "
            f"dtype {value.dtype}, and must be like it."
        )
    return cast(v, value.dtype)


def likes(values: Sequence[Array], v: Any, what: str) -> list[Array]:
    """Return the leaves of ``v`` as tangents or cotangents of the values."""
    leaves, _ = flatten(v)
    if len(leaves) != len(values):
        raise TypeError(f"{what} has {len(leaves)} leaves; it belongs to a value with {len(values)}.")
    return [like(value, leaf, what) for value, leaf in zip(values, leaves, strict=True)]


def ones(value: Array) -> Array:
    """Return the cotangent 1 for each element of a value."""
    return ONE if type(value) is np.float64 else np.ones(value.shape, value.dtype)[()]


# Reverse mode


def value_and_gradient_at(f: Function, x: Any, options: dict[str, Any], transform: str) -> tuple[Any, Any]:
    """Return what ``value_and_grad`` does, of one argument that is a number or an array: on the shortest way."""
    leaf, trace = lifted(x, 0, f), Reverse()
    box = recorded(leaf, trace, ())
    start = box.node
    try:
        result = f(box, **options)
    finally:
        trace.close()
    if type(result) is Box and result.owner is trace and type(stop_gradient(result)) is np.float64:
        return result.value, finished(backward({result.node: ONE}).get(start), leaf, ())
    call = Recorded(f, (leaf,), only, trace, (start,), result)
    one = ones(call.number(transform))
    return call.values[0], call.pull((one,))


def gradient_function(f: Function, argnum: Argnum, transform: str) -> Function:
    """Return the function that ``value_and_grad`` and ``grad`` make."""
    argnum = checked(argnum)

    def value_and_gradient(*args: Any, **options: Any) -> tuple[Any, Any]:
        if len(args) == 1 and argnum == 0 and type(args[0]) in LEAVES:
            return value_and_gradient_at(f, args[0], options, transform)
        call = record(f, args, options, argnum)
        one = ones(call.number(transform))
        return call.values[0], call.pull((one,))

    return value_and_gradient


def value_and_grad(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that gives the value of ``f`` and its gradient.

    ``f`` returns one real number. ``argnum`` is the position of the argument to differentiate, or a tuple or list of
    positions; then the gradient is a tuple. It has the shapes, dtypes and containers of the arguments.
    """
    return wraps(f)(gradient_function(f, argnum, "value_and_grad"))


def grad(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that gives the gradient of ``f``, which returns one real number.

    ``argnum`` is the position of the argument to differentiate, or a tuple or list of positions; then the gradient is a
    tuple. It has the shapes, dtypes and containers of the arguments.
    """
    value_and_gradient = gradient_function(f, argnum, "grad")

    @wraps(f)
    def gradient(*args: Any, **options: Any) -> Any:
        return value_and_gradient(*args, **options)[1]

    return gradient


def elementwise_grad(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that gives the derivative of each element of ``f`` by the same element of its argument.

    ``f`` returns real numbers in the shape of its argument, each computed from the element at its place.
    """
    argnum = checked(argnum)

    @wraps(f)
    def derivatives(*args: Any, **options: Any) -> Any:
        call = record(f, args, options, argnum)
        values, shapes = call.numbers("elementwise_grad"), [leaf.shape for leaf in call.leaves]
        for value in values:
            if value.dtype.kind == "c":
                raise call.refusal("elementwise_grad", "complex numbers", "real ones; use holomorphic_grad.")
            if not covers(value.shape, shapes):
                instead = f"what works element by element on shape {shapes[0]} is elementwise. Use grad or jacobian."
                raise call.refusal("elementwise_grad", f"shape {value.shape}", instead)
        return call.pull([ones(value) for value in values])

    return derivatives


def covers(shape: tuple[int, ...], parts: Sequence[tuple[int, ...]]) -> bool:
    """Return whether all the parts broadcast to the shape."""
    try:
        return np.broadcast_shapes(shape, *parts) == shape
    except ValueError:
        return False


def holomorphic_grad(f: Function, argnum: int = 0) -> Function:
    """Return a function that gives the complex derivative of each element of ``f`` at a complex argument.

    Raises ValueError where ``f`` has none, because it does not satisfy the Cauchy-Riemann equations there.
    """
    argnum = checked(argnum)

    @wraps(f)
    def derivatives(*args: Any, **options: Any) -> Any:
        call = record(f, args, options, argnum)
        if len(call.leaves) != 1 or call.leaves[0].dtype.kind != "c":
            raise TypeError(f"holomorphic_grad: argument {argnum} of {name_of(f)} is not complex. Use grad.")
        values = call.numbers("holomorphic_grad")
        if len(values) != 1 or values[0].dtype.kind != "c":
            raise call.refusal("holomorphic_grad", f"{call.value!r:.80}", "complex results do; of a real one use grad.")
        one = ones(values[0])
        by_real, by_imaginary = call.pull([one], keep=True), call.pull([one * -1j])
        difference = np.abs(stop_gradient(by_imaginary) + 1j * stop_gradient(by_real))
        if np.any(difference > 1e-6 * np.abs(stop_gradient(by_real))):
            raise ValueError(f"holomorphic_grad: {name_of(f)} is not holomorphic at this point. Use jacobian.")
        return by_real

    return derivatives


def make_vjp(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that gives a pullback and the value of ``f``; the pullback may be called again and again.

    The pullback takes a cotangent like the value and returns that of the argument.
    """
    argnum = checked(argnum)

    @wraps(f)
    def vjp_and_value(*args: Any, **options: Any) -> tuple[Function, Any]:
        call = record(f, args, options, argnum)

        def pullback(g: Any) -> Any:
            return call.pull(
                likes(call.numbers("make_vjp"), g, f"the cotangent given to the pullback of {name_of(f)}"), keep=True
            )

        return pullback, call.value

    return vjp_and_value


def vjp(f: Function, *args: Any) -> tuple[Any, Function]:
    """Return ``f(*args)`` and a pullback, which may be called again and again.

    The pullback takes a cotangent like the value and returns that of the argument; of several arguments, a tuple.
    """
    pullback, value = make_vjp(f, 0 if len(args) == 1 else range(len(args)))(*args)
    return value, pullback


def jacobian(f: Function, argnum: int = 0) -> Function:
    """Return a function that gives all derivatives of the elements of ``f`` by those of an argument.

    Both are arrays or numbers; the shape is that of the value, followed by that of the argument.
    """
    argnum = checked(argnum)

    @wraps(f)
    def derivatives(*args: Any, **options: Any) -> Any:
        call = record(f, args, options, argnum)
        if len(call.values) != 1 or len(call.leaves) != 1:
            raise TypeError(f"jacobian: {name_of(f)} must take and return one array, not a container of several.")
        (value,), leaf = call.numbers("jacobian"), call.leaves[0]
        rows = [call.pull([unit], keep=True) for unit in units(value)]
        shape = (*value.shape, *leaf.shape)
        return np.reshape(stack(rows), shape) if rows else np.zeros(shape, leaf.dtype)

    return derivatives


def units(value: Array) -> list[Array]:
    """Return the cotangents that are 1 in one element of a value and 0 in the others."""
    value = stop_gradient(value)
    return list(np.reshape(np.eye(value.size, dtype=value.dtype), (value.size, *value.shape)))


def hessian(f: Function, argnum: int = 0) -> Function:
    """Return a function that gives the second derivatives of ``f``, which returns one real number."""
    return jacobian(jacobian(f, argnum), argnum)


# Forward mode


def pushed(f: Function, args: Sequence[Any], options: dict[str, Any], argnum: Argnum, v: Any) -> tuple[Any, Any]:
    """Return the value of ``f`` and its tangent, from the tangent ``v`` of the differentiated arguments."""
    leaves, rebuild = pick(f, args, argnum)
    trace = Forward()
    tangents = likes(leaves, v, f"the tangent given for argument {argnum} of {name_of(f)}")
    boxes = [boxed(x, trace, t) for x, t in zip(leaves, tangents, strict=True)]
    results, rebuild_value = flatten(run(f, args, options, argnum, rebuild(boxes), trace))
    own_boxes = [own(x, trace, f) for x in results]
    values = [x if box is None else box.value for x, box in zip(results, own_boxes, strict=True)]
    moved = [tangent(box, value, f) for box, value in zip(own_boxes, values, strict=True)]
    return rebuild_value(values), rebuild_value(moved)


def tangent(box: Box | None, value: Any, f: Function) -> Array:
    """Return the tangent of a result: of the same kind as its value, 0 where that does not depend on the argument."""
    value = numeric(value, f)
    t = np.zeros(value.shape, value.dtype) if box is None else box.node
    scalar = isinstance(stop_gradient(value), np.generic) and isinstance(t, np.ndarray)
    return t[()] if scalar else t


def make_jvp(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function of the arguments that gives a function from a tangent to the value of ``f`` and its tangent."""
    argnum = checked(argnum)

    @wraps(f)
    def at(*args: Any, **options: Any) -> Function:
        return lambda v: pushed(f, args, options, argnum, v)

    return at


def jvp(f: Function, args: Any, tangents: Any) -> tuple[Any, Any]:
    """Return ``f`` and its derivative in a direction: ``y, t = jvp(f, x, v)``, or ``jvp(f, (x, y), (v, w))``."""
    if isinstance(args, tuple):
        return pushed(f, args, {}, range(len(args)), tangents)
    return pushed(f, (args,), {}, 0, tangents)


def deriv(f: Function, argnum: int = 0) -> Function:
    """Return the derivative of a function of one number, or of each element of an array, by forward mode."""
    argnum = checked(argnum)

    @wraps(f)
    def derivative(*args: Any, **options: Any) -> Any:
        leaves, rebuild = pick(f, args, argnum)
        return pushed(f, args, options, argnum, rebuild([ones(x) for x in leaves]))[1]

    return derivative


# Second order


def hessian_vector_product(f: Function, argnum: int = 0) -> Function:
    """Return a function of the arguments and a vector that gives the Hessian of ``f`` times the vector."""
    argnum = checked(argnum)

    @wraps(f)
    def product(*args: Any, **options: Any) -> Any:
        return pushed(grad(f, argnum), args[:-1], options, argnum, args[-1])[1]

    return product


def make_hvp(f: Function, argnum: int = 0) -> Function:
    """Return a function that gives the Hessian-vector product and the gradient of ``f``, like ``make_vjp(grad(f))``."""
    return make_vjp(grad(f, argnum), argnum)
