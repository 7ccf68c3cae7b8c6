"""Derivatives of functions: ``grad`` and its family, each a few lines on the two modes of the engine.

A transform calls the function with boxes in place of the arguments that it differentiates. Arguments may be numbers,
arrays, or containers of them (``containers.py``); an integer that is a whole argument counts as float64. A cotangent
``g`` of complex numbers means that the result changes by ``Re(sum(g * dx))``, which is Autograd's convention.

``argnum`` says everywhere which argument: its position, its name, or a tuple or list of these; then the derivative is a
tuple. The argument may come by position or by keyword, or be left to its default.

``jacobians.py`` has the derivatives that are larger than the argument, and the second ones; ``checkpoints.py`` has
``checkpoint``.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from easygrad.calls import Argnum, Call, Transform, checked, lifted
from easygrad.containers import LEAVES, left_out, only
from easygrad.core import Array, Box, Elementwise, Primitive, Reverse, backward, cast, recorded, stop_gradient
from easygrad.results import ONE, Function, Recorded, finished, name_of, ones, snapshot

SMALL = 4096  # elements of arrays that are kept for the next call
GOLDEN = (5**0.5 - 1) / 2  # its multiples, modulo 1, are all different and spread evenly

# Reverse mode


def value_and_gradient_at(f: Function, x: Any, options: dict[str, Any], transform: str) -> tuple[Any, Any]:
    """Return what ``value_and_grad`` does, of one argument that is a number or an array: on the shortest way."""
    leaf, trace = np.float64(x) if type(x) is float else lifted(x, transform, f, 0), Reverse()
    box = recorded(leaf, trace, ())
    start = box.node
    try:
        value = result = f(box, **options) if options else f(box)
    finally:
        trace.close()
    while type(value) is Box:
        value = value.value
    if type(value) is np.float64 and type(result) is Box and result.owner is trace:
        g = backward({result.node: ONE}).get(start)
        return result.value, g if type(g) is np.float64 is type(leaf) else finished(g, leaf, ())
    call = Recorded(f, transform, (leaf,), only, trace, (start,), result)
    one = ones(call.single())
    return call.values[0], call.pull((one,))


def value_and_gradient(
    f: Function, args: Sequence[Any], options: dict[str, Any], argnum: Any, has_aux: bool, transform: str
) -> tuple[Any, Any]:
    """Return what ``value_and_grad`` does, of any arguments."""
    call = Call(transform, f, args, options, argnum).record(has_aux)
    one = ones(call.single())
    value = call.values[0]
    return (value, call.aux) if has_aux else value, call.pull((one,))


def value_and_grad(f: Function, argnum: Argnum = 0, *, has_aux: bool = False) -> Function:
    """Return a function that gives the value of ``f`` and its gradient.

    ``f`` returns one real number. The gradient has the shapes, dtypes and containers of the arguments. With ``has_aux``
    the function returns ``(value, aux)``, and the answer is ``((value, aux), gradient)``, with anything as ``aux``.
    """
    argnum = checked("value_and_grad", f, argnum)
    short = argnum == 0 and not has_aux

    def at(args: Sequence[Any], options: dict[str, Any]) -> tuple[Any, Any]:
        if short and len(args) == 1 and type(args[0]) in LEAVES:
            return value_and_gradient_at(f, args[0], options, "value_and_grad")
        return value_and_gradient(f, args, options, argnum, has_aux, "value_and_grad")

    return Transform(value_and_grad, f, at, argnum=argnum, has_aux=has_aux)


def grad(f: Function, argnum: Argnum = 0, *, has_aux: bool = False) -> Function:
    """Return a function that gives the gradient of ``f``, which returns one real number.

    The gradient has the shapes, dtypes and containers of the arguments. With ``has_aux`` the function returns
    ``(value, aux)``, and the answer is ``(gradient, aux)``, with anything as ``aux``.
    """
    argnum = checked("grad", f, argnum)
    short = argnum == 0 and not has_aux

    def at(args: Sequence[Any], options: dict[str, Any]) -> Any:
        if short and len(args) == 1 and type(args[0]) in LEAVES:
            return value_and_gradient_at(f, args[0], options, "grad")[1]
        value, gradient = value_and_gradient(f, args, options, argnum, has_aux, "grad")
        return (gradient, value[1]) if has_aux else gradient

    return Transform(grad, f, at, argnum=argnum, has_aux=has_aux)


def grad_and_aux(f: Function, argnum: Argnum = 0) -> Function:
    """Return ``grad(f, argnum, has_aux=True)``: of a function that returns ``(value, aux)``, the gradient and aux."""
    return grad(f, argnum, has_aux=True)


def grad_named(f: Function, argname: str) -> Function:
    """Return ``grad(f, argname)``: the gradient with respect to the argument of that name."""
    return grad(f, argname)


def multigrad_dict(f: Function) -> Function:
    """Return a function that gives the gradients with respect to all arguments, in a dict by their names.

    Arguments left to their defaults count, ``*args`` are one tuple and ``**kwargs`` one dict. The arguments are the
    leaves of one container: a whole number is handed through and has None in the dict. ``f`` returns one real number.
    """
    signature = inspect.signature(f)

    def at(args: Sequence[Any], options: dict[str, Any]) -> dict[str, Any]:
        bound = signature.bind(*args, **options)
        bound.apply_defaults()

        def of_all(arguments: dict[str, Any]) -> Any:
            call = inspect.BoundArguments(signature, arguments)
            return f(*call.args, **call.kwargs)

        of_all.__name__ = name_of(f)
        gradients = value_and_gradient(of_all, (dict(bound.arguments),), {}, 0, False, "multigrad_dict")[1]
        return dict(gradients)

    return Transform(multigrad_dict, f, at)


def elementwise_grad(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that gives the derivative of each element of ``f`` by the same element of its argument.

    ``f`` returns real numbers in the shape of its argument, each computed from the element at its place. Raises
    TypeError of any other function, also where only the values tell: of ``np.cumsum``, of ``x * np.sum(x)``. Of a
    container of results, each has its own derivatives.
    """
    argnum = checked("elementwise_grad", f, argnum)

    def at(args: Sequence[Any], options: dict[str, Any]) -> Any:
        trace = Elements()
        call = Call("elementwise_grad", f, args, options, argnum).record(trace=trace)
        values, shapes = call.numbers(), [leaf.shape for leaf in call.leaves]
        for value in values:
            if value.dtype.kind == "c":
                raise call.refusal("complex numbers", "real ones; use holomorphic_grad.")
            if any(shape != value.shape for shape in shapes):
                raise not_elementwise(call, f"shape {value.shape} of shapes {', '.join(map(str, shapes))}")
        derivatives = [diagonal(call, i, value, trace.note) for i, value in enumerate(values)]
        return call.rebuild_value([call.rebuild(leaves, left_out) for leaves in derivatives], left_out)

    return Transform(elementwise_grad, f, at, argnum=argnum)


class Elements(Reverse):
    """Reverse mode that notes whether nothing but elementwise functions was called.

    Those of one or two arguments are recorded on the shortest way, and not seen here. The short ways of sums and of
    ``x[i]`` are therefore for a trace that is a ``Reverse`` and nothing more: here these come to ``record``.
    """

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__()
        self.note = True

    def record(self, primitive: Primitive, ans: Array, args: Any, options: Any, followed: Any) -> Box:
        """Record a call."""
        self.note = self.note and isinstance(primitive, Elementwise)
        return super().record(primitive, ans, args, options, followed)


def not_elementwise(call: Recorded, got: str) -> TypeError:
    """Return the error of a function that is not elementwise."""
    return call.refusal(got, "what works element by element is elementwise. Use grad or jacobian.")


def diagonal(call: Recorded, i: int, value: Array, sure: bool) -> list[Array]:
    """Return the diagonal of the Jacobian J of result i by each leaf; refuse one that has anything beside it.

    Where only elementwise functions were called it is ``sure`` that there is nothing: broadcasting cannot be undone by
    them, so with a result in the shape of the leaves nothing was broadcast. Else it is tried. The column sums ``J^T 1``
    are the diagonal if ``J^T w = w * (J^T 1)`` for weights w that are all different: the difference is
    ``sum_i (w_i - w_j) J_ij``, and only an accident makes that 0 with an entry beside the diagonal. Where terms cancel,
    rounding alone makes a difference. So, before it is refused, a function has a second chance: weights that are powers
    of 2 commute with every rounding, so elementwise operations give equality to the last bit. Of a single element all
    this has nothing to find; else it costs one more backward pass.
    """

    def pulled(g: Array) -> list[Array]:
        return call.pull_leaves([g if k == i else None for k in range(len(call.values))], keep=True)

    found = pulled(ones(value))
    if not sure and value.size > 1 and call.boxes[i] is not None:
        made = unequal if value.size <= SMALL else unequal.__wrapped__  # what is large is not kept
        tolerance, weights, powers = made(value.shape, value.dtype)
        if not scales(found, weights, pulled(weights), tolerance) and not scales(found, powers, pulled(powers), 0.0):
            raise not_elementwise(call, "elements that depend on more than the one at their place")
    return found


@lru_cache(maxsize=8)  # the same function is mostly called at arrays of one shape
def unequal(shape: tuple[int, ...], dtype: Any) -> tuple[float, Array, Array]:
    """Return what rounding may do, weights that are all different, and such that are powers of 2; all read-only."""
    spread = np.reshape(np.arange(1, math.prod(shape) + 1) * GOLDEN % 1, shape)
    both = cast(1 + spread, dtype), cast(2 ** np.floor(8 * spread), dtype)
    for weights in both:
        weights.setflags(write=False)
    return np.finfo(dtype).eps ** 0.75, *both


def scales(found: Sequence[Array], weights: Array, pulled: Sequence[Array], tolerance: float) -> bool:
    """Return whether the cotangents of the weights are the weights times those of 1, wherever these are finite."""
    for one, g in zip(map(stop_gradient, found), map(stop_gradient, pulled), strict=True):
        with np.errstate(all="ignore"):  # nan and inf
            expected = weights * one
            right = np.abs(g - expected) <= tolerance * np.abs(expected)
        if not right.all() and not np.all(right | ~np.isfinite(expected)):
            return False
    return True


def holomorphic_grad(f: Function, argnum: int | str = 0) -> Function:
    """Return a function that gives the complex derivative of each element of ``f`` at a complex argument.

    Raises ValueError where ``f`` has none, because it does not satisfy the Cauchy-Riemann equations there.
    """
    argnum = checked("holomorphic_grad", f, argnum)

    def at(args: Sequence[Any], options: dict[str, Any]) -> Any:
        call = Call("holomorphic_grad", f, args, options, argnum).record()
        if len(call.leaves) != 1 or call.leaves[0].dtype.kind != "c":
            raise TypeError(f"holomorphic_grad: argument {argnum} of {name_of(f)} is not complex. Use grad.")
        values = call.numbers()
        if len(values) != 1 or values[0].dtype.kind != "c":
            raise call.refusal(f"{call.value!r:.80}", "complex results do; of a real one use grad.")
        one = ones(values[0])
        by_real, by_imaginary = call.pull([one], keep=True), call.pull([one * -1j])
        return holomorphic(by_real, by_imaginary * 1j, "holomorphic_grad", f)

    return Transform(holomorphic_grad, f, at, argnum=argnum)


def holomorphic(one_way: Array, other_way: Array, transform: str, f: Function) -> Array:
    """Return a complex derivative that was found in two ways; raise where they differ."""
    difference = np.abs(stop_gradient(other_way) - stop_gradient(one_way))
    if np.any(difference > 1e-6 * np.abs(stop_gradient(one_way))):
        raise ValueError(
            f"{transform}: {name_of(f)} is not holomorphic at this point, so it has no complex derivative. "
            "Differentiate its real and its imaginary part by jacobian."
        )
    return one_way


def make_vjp(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that gives a pullback and the value of ``f``; the pullback may be called again and again.

    The pullback takes a cotangent like the value and returns that of the argument. It stays right when the array that
    was differentiated is written into later.
    """
    argnum = checked("make_vjp", f, argnum)

    def at(args: Sequence[Any], options: dict[str, Any]) -> tuple[Function, Any]:
        return pullback_and_value("make_vjp", f, args, options, argnum)

    return Transform(make_vjp, f, at, argnum=argnum)


def pullback_and_value(transform: str, f: Function, args: Any, options: Any, argnum: Any) -> tuple[Function, Any]:
    """Return what ``make_vjp`` does, for the transform of that name."""
    call = Call(transform, f, args, options, argnum).held().record()
    value = call.rebuild_value([snapshot(x) for x in call.values])  # the pullback may keep what would be written into
    return (lambda g: call.pull(call.seeds(g), keep=True)), value


def vjp(f: Function, *args: Any) -> tuple[Any, Function]:
    """Return ``f(*args)`` and a pullback, which may be called again and again.

    The pullback takes a cotangent like the value and returns that of the argument; of several arguments, a tuple.
    """
    pullback, value = pullback_and_value("vjp", f, args, {}, 0 if len(args) == 1 else tuple(range(len(args))))
    return value, pullback


# Forward mode


def pushed(transform: str, f: Function, args: Any, options: Any, argnum: Any, v: Any) -> tuple[Any, Any]:
    """Return the value of ``f`` and its tangent, from the tangent ``v`` of the differentiated arguments."""
    call = Call(transform, f, args, options, argnum)
    result = call.push(call.tangents(v))
    return result.value, result.tangent


def make_jvp(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function of the arguments that gives a function from a tangent to the value of ``f`` and its tangent."""
    argnum = checked("make_jvp", f, argnum)

    def at(args: Sequence[Any], options: dict[str, Any]) -> Function:
        call = Call("make_jvp", f, args, options, argnum).held()

        def pushforward(v: Any) -> tuple[Any, Any]:
            result = call.push(call.tangents(v))
            return result.value, result.tangent

        return pushforward

    return Transform(make_jvp, f, at, argnum=argnum)


def jvp(f: Function, args: Any, tangents: Any) -> tuple[Any, Any]:
    """Return ``f`` and its derivative in a direction: ``y, t = jvp(f, x, v)``, or ``jvp(f, (x, y), (v, w))``."""
    if isinstance(args, tuple):
        return pushed("jvp", f, args, {}, tuple(range(len(args))), tangents)
    return pushed("jvp", f, (args,), {}, 0, tangents)


def deriv(f: Function, argnum: Argnum = 0) -> Function:
    """Return the derivative of ``f`` by an argument, by forward mode: the change when all its elements grow by 1.

    Of a function of one number, of any result, that is its derivative; of an elementwise function of an array it is the
    derivative of each element. Of a tuple of arguments it is the tuple of the derivatives by each of them.
    """
    argnum = checked("deriv", f, argnum)

    def by(i: Any, args: Sequence[Any], options: dict[str, Any]) -> Any:
        call = Call("deriv", f, args, options, i)
        return call.push([ones(x) for x in call.leaves]).tangent

    def at(args: Sequence[Any], options: dict[str, Any]) -> Any:
        if isinstance(argnum, tuple):
            return tuple(by(i, args, options) for i in argnum)
        return by(argnum, args, options)

    return Transform(deriv, f, at, argnum=argnum)
