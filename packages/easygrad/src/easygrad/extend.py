"""The public way to add an operation: a function that easygrad cannot see into, and its derivative.

Two ways to say the derivative. The kinds take the function and its rules in one line and know what is the same for all
functions of the kind::

    erf = elementwise(scipy.special.erf, lambda ans, x: lambda g: g * 2 / np.sqrt(np.pi) * np.exp(-(x**2)))

``primitive`` with ``defvjp`` and ``defjvp`` are Autograd's names with Autograd's meaning: one maker for each argument,
``maker(ans, *args, **options)``, returns the pullback ``g -> ...``; ``jvpfun(g, ans, *args, **options)`` returns the
change of the answer. Here one of the two is enough: both are linear in ``g``, and the engine transposes the one to have
the other. Write both where speed counts.

An operation may be called with traced values by position and by keyword, is a method where it stands in a class, and
knows its rules itself: there is no registry, so a local one goes when its last name goes. Rules that are made of
functions with a derivative can be differentiated to any order. ``easygrad.testing.check_grads`` checks them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np

from easygrad import core
from easygrad.core import Array, Box, Options, Rule, stop_gradient
from easygrad.operations import Operation, name_of, number, replaced
from easygrad.rules.composition import composite

__all__ = [
    "Box",
    "composite",
    "def_linear",
    "defjvp",
    "defjvp_argnum",
    "defjvp_argnums",
    "defvjp",
    "defvjp_argnum",
    "defvjp_argnums",
    "elementwise",
    "general",
    "isbox",
    "jointly_linear",
    "linear",
    "notrace_primitive",
    "primitive",
    "stop_gradient",
    "unbroadcast",
    "unbroadcast_f",
]

P = ParamSpec("P")
R = TypeVar("R")
Shape = tuple[int, ...]


def fits(shape: Shape, whole: Shape) -> bool:
    """Return whether a shape broadcasts to another one."""
    try:
        return shape == whole or np.broadcast_shapes(shape, whole) == whole
    except ValueError:
        return False


def caller() -> str:
    """Return the name of the module that called the function that asks."""
    return str(sys._getframe(2).f_globals.get("__name__", "__main__"))


def isbox(x: Any) -> bool:
    """Return whether ``x`` is a traced value; ``stop_gradient(x)`` is the plain one."""
    return type(x) is Box


def unbroadcast(x: Any, g: Any) -> Array:
    """Return the cotangent ``g`` in the space of ``x``: summed over the axes along which ``x`` was broadcast.

    The result has the shape of ``x``; for a real ``x`` it is the real part. Raises ValueError where ``x`` does not
    broadcast to the shape of ``g``.
    """
    return unbroadcast_f(x, lambda g: g)(g)


def unbroadcast_f(x: Any, pullback: Rule) -> Rule:
    """Return a pullback, followed by ``unbroadcast`` to the space of ``x``; of ``x`` it keeps shape and dtype."""
    x = number(x, lambda: "unbroadcast: the argument is")
    shape, dtype, sum_up = x.shape, x.dtype, summed(pullback, x.shape)

    def pulled(g: Any) -> Array:
        term = sum_up(g)
        if term.shape != shape:
            raise ValueError(
                f"unbroadcast: the cotangent has shape {term.shape}, to which an argument of shape {shape} does not "
                "broadcast."
            )
        return core.cast(term, dtype)

    return pulled


def summed(pullback: Rule, shape: Shape) -> Rule:
    """Return a pullback whose results are summed over broadcast axes, if there are any; others stay as they are."""

    def pulled(g: Any) -> Array:
        term = number(pullback(g), lambda: "the rule returned")
        return core.project(term, shape, term.dtype) if term.shape != shape and fits(shape, term.shape) else term

    return pulled


# The definition of rules, under Autograd's names


def primitive(fun: Callable[P, R]) -> Callable[P, R]:
    """Return ``fun`` as an operation, whose derivative ``defvjp`` or ``defjvp`` says.

    ``fun`` sees plain numbers and arrays and returns one number or array; what happens inside is not followed. With
    traced values it returns a traced value: integers become float64. In a class it makes a method, whose argument 0
    is the instance. It is pickled by its name.
    """
    return Operation(fun, None, caller())


def operation(fun: Any, where: str) -> Operation:
    """Return the operation that rules are defined for."""
    if isinstance(fun, Operation):
        return fun
    raise TypeError(
        f"{where}: {fun!r:.80} is no operation of easygrad.extend. Make one of it, f = primitive({name_of(fun)}), and "
        "call that; of a method, define the rules on the class."
    )


def by_position(fun: Operation, where: str, rules: Sequence[Any], argnums: Iterable[int] | None) -> dict[int, Any]:
    """Return the rules by the positions of their arguments."""
    positions = list(range(len(rules)) if argnums is None else argnums)
    if len(positions) != len(rules):
        raise ValueError(f"{where}: {len(rules)} rules for {fun.name}, but argnums names {len(positions)} arguments.")
    for i, rule in zip(positions, rules, strict=True):
        if rule is not None and not callable(rule):
            raise TypeError(f"{where}: the rule of argument {fun.argument(i)} of {fun.name} is {rule!r}, no function.")
    return dict(zip(positions, rules, strict=True))


def defvjp(fun: Rule, *makers: Rule | None, argnums: Iterable[int] | None = None) -> None:
    """Define the vjp of ``fun`` by its arguments, one maker for each.

    ``maker(ans, *args, **options)`` returns the pullback: a function from the cotangent ``g``, in the shape of the
    answer, to that of the argument, in its shape (``unbroadcast`` helps). None says that nothing flows. ``argnums``
    are the positions of the arguments if they are not the first ones; rules of other arguments stay.
    """
    op = operation(fun, "defvjp")
    op.vjps.define(by_position(op, "defvjp", makers, argnums))


def defvjp_argnum(fun: Rule, maker: Rule) -> None:
    """Define the vjp of ``fun`` by any argument: ``maker(argnum, ans, args, options)`` returns its pullback."""

    def joint(argnums: Sequence[int], ans: Array, args: Sequence[Any], options: Options) -> Rule:
        pullbacks = [maker(argnum, ans, args, options) for argnum in argnums]
        return lambda g: [pullback(g) for pullback in pullbacks]

    operation(fun, "defvjp_argnum").vjps.define({}, joint)


def defvjp_argnums(fun: Rule, maker: Rule) -> None:
    """Define the vjp of ``fun`` by several arguments at once.

    ``maker(argnums, ans, args, options)`` returns a function from the cotangent of the answer to those of the
    arguments at the positions ``argnums``, in this order.
    """
    operation(fun, "defvjp_argnums").vjps.define({}, maker)


def defjvp(fun: Rule, *jvpfuns: Rule | str | None, argnums: Iterable[int] | None = None) -> None:
    """Define the jvp of ``fun`` by its arguments, one function for each.

    ``jvpfun(g, ans, *args, **options)`` returns the tangent of the answer, in its shape, from the tangent ``g`` of the
    argument. ``"same"`` says that ``fun`` is linear in the argument, None that nothing flows. ``argnums`` as in
    ``defvjp``.
    """
    op = operation(fun, "defjvp")
    rules = by_position(op, "defjvp", [None if rule == "same" else rule for rule in jvpfuns], argnums)
    op.jvps.define(
        {i: same(fun, i) if jvpfun == "same" else rules[i] for i, jvpfun in zip(rules, jvpfuns, strict=True)}
    )


def same(fun: Rule, i: int) -> Rule:
    """Return the jvp of a function that is linear in an argument."""
    return lambda g, ans, *args, **options: fun(*replaced(args, i, g), **options)


def defjvp_argnum(fun: Rule, jvpfun: Rule) -> None:
    """Define the jvp of ``fun`` by any argument: ``jvpfun(argnum, g, ans, args, options)`` returns the tangent."""

    def joint(argnums: Sequence[int], gs: Sequence[Array], ans: Array, args: Sequence[Any], options: Options) -> Array:
        return sum(jvpfun(argnum, g, ans, args, options) for argnum, g in zip(argnums, gs, strict=True))

    operation(fun, "defjvp_argnum").jvps.define({}, joint)


def defjvp_argnums(fun: Rule, jvpfun: Rule) -> None:
    """Define the jvp of ``fun`` by several arguments at once.

    ``jvpfun(argnums, gs, ans, args, options)`` returns the tangent of the answer from those of the arguments.
    """
    operation(fun, "defjvp_argnums").jvps.define({}, jvpfun)


def def_linear(fun: Rule) -> None:
    """Define the jvp of ``fun``, which is linear in each argument by itself; the vjp has to be defined as well."""
    defjvp_argnum(fun, lambda argnum, g, ans, args, options: fun(*replaced(args, argnum, g), **options))


def notrace_primitive(fun: Callable[P, R]) -> Callable[P, R]:
    """Return ``fun`` as a function that sees plain values and whose answer is a constant: nothing flows through it."""

    @wraps(fun)
    def plain(*args: Any, **options: Any) -> Any:
        return cast(Any, fun)(*map(stop_gradient, args), **stop_gradient(options))

    return cast(Callable[P, R], plain)


# The kinds: function and rules in one line


def elementwise(fun: Rule, *scalings: Rule | None, name: str | None = None) -> Rule:
    """Return ``fun``, each element of which depends on one element of each argument, as an operation.

    ``scaling(ans, *args, **options)`` returns ``g -> g * partial derivative``, one for each argument, None where
    nothing flows. It serves both modes, and need not care for broadcasting.
    """
    op = Operation(fun, name, caller())
    op.rules = scalings  # constant lists count as arrays
    by_position(op, "elementwise", scalings, None)

    def vjp(i: int, scaling: Rule) -> Rule:
        def maker(ans: Array, *args: Any, **options: Any) -> Rule:
            return summed(op.called(scaling, "rule", i, ans, *args, **options), args[i].shape)

        return maker

    def jvp(i: int, scaling: Rule) -> Rule:
        def push(t: Array, ans: Array, *args: Any, **options: Any) -> Array:
            t = op.called(scaling, "rule", i, ans, *args, **options)(t)
            moved = number(t, lambda: f"{op.label('rule', i)} returned")
            broadcast = moved.shape != ans.shape and fits(moved.shape, ans.shape)
            return np.broadcast_to(moved, ans.shape) if broadcast else moved

        return push

    op.vjps.define({i: rule and vjp(i, rule) for i, rule in enumerate(scalings)})
    op.jvps.define({i: rule and jvp(i, rule) for i, rule in enumerate(scalings)})
    return op


def linear(fun: Rule, *transposes: Rule | None, name: str | None = None) -> Rule:
    """Return ``fun``, which is linear in each argument with a rule by itself, as an operation.

    ``transpose(ans, *args, **options)`` returns the transpose ``g -> ...``, into the shape of its argument.
    """
    op = Operation(fun, name, caller())
    op.rules = transposes
    defvjp(op, *transposes)
    defjvp(op, *["same" if rule else None for rule in transposes])
    return op


def jointly_linear(fun: Rule, transposes: Rule, name: str | None = None) -> Rule:
    """Return ``fun``, which is linear in all its arguments by position together, as an operation.

    ``transposes(ans, *args, **options)`` returns a list: for each argument the transpose ``g -> ...``.
    """
    op = Operation(fun, name, caller())

    def vjp(argnums: Sequence[int], ans: Array, args: Sequence[Any], options: Options) -> Rule:
        pullbacks = op.called(transposes, "rule", None, ans, *args, **options)
        return lambda g: [pullbacks[i](g) for i in argnums]

    def jvp(argnums: Sequence[int], gs: Sequence[Array], ans: Array, args: Sequence[Any], options: Options) -> Array:
        known = dict(zip(argnums, gs, strict=True))
        return op(*[known[i] if i in known else np.zeros_like(x) for i, x in enumerate(args)], **options)

    defvjp_argnums(op, vjp)
    defjvp_argnums(op, jvp)
    return op


def general(fun: Rule, *rules: tuple[Rule, Rule] | None, name: str | None = None) -> Rule:
    """Return ``fun`` as an operation with a pair for each argument, the jvp and the vjp, or None.

    Both are called as ``rule(ans, *args, **options)``. The jvp returns ``t -> ...``, the tangent of the answer from
    that of the argument; the vjp returns ``g -> ...``, the cotangent of the argument from that of the answer.
    """
    op = Operation(fun, name, caller())
    op.rules = rules

    def push(i: int, jvp: Rule) -> Rule:
        return lambda t, ans, *args, **options: op.called(jvp, "jvp", i, ans, *args, **options)(t)

    defvjp(op, *[pair and pair[1] for pair in rules])
    defjvp(op, *[pair and push(i, pair[0]) for i, pair in enumerate(rules)])
    return op
