"""To define a primitive, and the functions by which it is called.

``elementwise``, ``linear``, ``jointly_linear`` and ``general`` return what users call. On plain arguments that is
NumPy's own function; with boxes the call is recorded by ``core.apply``, after its options were bound. Elementwise calls
of one or two arguments, of which most programs are made, take a shorter way to the same record.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import numpy as np

from easygrad.core import (
    ARRAYS,
    Array,
    Binary,
    Box,
    Elementwise,
    General,
    JointlyLinear,
    Linear,
    Primitive,
    Reverse,
    Rule,
    Unary,
    apply,
    births,
    float64,
    matching,
    plain,
)

NUMBERS = frozenset({float, int})  # beside one, an array keeps its shape and dtype


def elementwise(fun: Rule, *rules: Rule | str | None, fast: Rule | None = None, name: str | None = None) -> Rule:
    """Return ``fun`` as a primitive whose derivative is a scaling: ``rule(g, ans, *args)`` is ``g`` times the slope.

    One rule for each argument, None where nothing flows, or a text that says why there is none. It serves both modes,
    and says nothing about broadcasting. A parameter that it does not need has an underscore in front: what no rule
    needs is not kept for the backward pass.
    """
    way = entry if not all(map(callable, rules)) else {1: unary, 2: binary}.get(len(rules), entry)
    return way(Elementwise(fun, rules, name, fast))


def linear(fun: Rule, *transposes: Rule | None, fast: Rule | None = None, name: str | None = None) -> Rule:
    """Return ``fun`` as a primitive that is linear in each argument with a rule: the transpose ``g -> ...``."""
    return entry(Linear(fun, transposes, name, fast))


def jointly_linear(fun: Rule, transposes: Rule, name: str | None = None) -> Rule:
    """Return ``fun`` as a primitive that is linear in all arguments together: one rule, a list of transposes."""
    return entry(JointlyLinear(fun, (transposes,), name))


def general(fun: Rule, *rules: tuple[Rule, Rule] | None, fast: Rule | None = None, name: str | None = None) -> Rule:
    """Return ``fun`` as a primitive with a pair for each argument: jvp ``t -> ...`` and vjp ``g -> ...``."""
    return entry(General(fun, rules, name, fast))


def entry(primitive: Primitive) -> Callable[..., Any]:
    """Return the function that users call: NumPy's own for plain arguments, a recorded call for boxes."""
    fun, is_ufunc = primitive.fun, isinstance(primitive.fun, np.ufunc)

    def call(*args: Any, **options: Any) -> Any:
        if Box in map(type, args) or (options and Box in map(type, options.values())):
            if not options and len(args) <= primitive.places:  # nothing to bind, in most calls
                return apply(primitive, args, options)
            if is_ufunc or options.get("out") is not None:  # array.py knows what where=, dtype=, out= and so on mean
                return fun(*args, **options)
            return apply(primitive, *primitive.bind(args, options))
        if list in map(type, args) or tuple in map(type, args):
            joined = list(map(Box.joined, args))
            return call(*joined, **options) if Box in map(type, joined) else fun(*args, **options)
        return fun(*args, **options)

    return named(call, primitive)


def named(call: Rule, primitive: Primitive) -> Rule:
    """Give an entry point the name, text and signature of the function, and a reference to its primitive."""
    update_wrapper(call, primitive.fun)
    call.__name__ = primitive.name
    call.primitive = primitive  # type: ignore[attr-defined]  # functions may have attributes
    return call


def unary(primitive: Primitive) -> Rule:
    """Return the entry point of an elementwise function of one argument: ``entry`` on the shortest way."""
    fun, slow = primitive.fun, entry(primitive)

    def call(x: Array, **options: Any) -> Array:
        if options:
            return slow(x, **options)
        return apply_unary(primitive, x) if type(x) is Box else fun(x)

    return named(call, primitive)


def apply_unary(primitive: Primitive, x: Array) -> Array:
    """Call an elementwise primitive of one argument: ``apply`` on the shortest way."""
    value, trace = x.value, x.owner
    ans = apply_unary(primitive, value) if type(value) is Box else primitive.fast(value)
    if not isinstance(trace, Reverse):
        return trace.record(primitive, ans, (value,), {}, ((0, x.node),))
    node, (keep_ans, keep_x) = Unary(), primitive.keeps[0]
    node.birth, node.parent, node.rule = next(births), x.node, primitive.rules[0]
    node.ans, node.x = ans if keep_ans else None, value if keep_x else None
    box = Box()  # as in boxed, without the call
    box.value, box.owner, box.node = ans, trace, node
    return box


def binary(primitive: Primitive) -> Rule:
    """Return the entry point of an elementwise function of two arguments: ``entry`` on the shortest way."""
    fun, slow = primitive.fun, entry(primitive)

    def call(x: Array, y: Array, **options: Any) -> Array:
        if options:
            return slow(x, y, **options)
        return apply_binary(primitive, x, y) if type(x) is Box or type(y) is Box else fun(x, y)

    return named(call, primitive)


def apply_binary(primitive: Primitive, x: Array, y: Array) -> Array:
    """Call an elementwise primitive of two arguments: ``apply`` on the shortest way."""
    if type(x) is not Box or type(y) is not Box or x.owner is not y.owner:
        return apply_beside(primitive, x, y)
    a, b, trace = x.value, y.value, x.owner
    value = ans = apply_binary(primitive, a, b) if type(a) is Box or type(b) is Box else primitive.fast(a, b)
    while type(value) is Box:
        value = value.value
    scalar = type(value) is float64
    if not isinstance(trace, Reverse) or not (scalar or matching(a, b)):
        return trace.record(primitive, ans, (a, b), {}, ((0, x.node), (1, y.node)))
    node = Binary()
    if x.node.birth < y.node.birth:
        node.parent, node.other = x.node, y.node
        node.rule, node.other_rule = primitive.rules
    else:
        node.parent, node.other = y.node, x.node
        node.other_rule, node.rule = primitive.rules
    if scalar:
        node.ans, node.x, node.y = ans, a, b
    else:
        keep_ans, keep_a, keep_b = primitive.keeps[2]
        node.ans, node.x, node.y = ans if keep_ans else None, a if keep_a else None, b if keep_b else None
    box, node.birth = Box(), next(births)
    box.value, box.owner, box.node = ans, trace, node
    return box


def apply_beside(primitive: Primitive, x: Array, y: Array) -> Array:
    """Call an elementwise primitive of two arguments, of which one is constant to the trace that follows the other."""
    if type(x) is Box and (type(y) is not Box or x.owner.level > y.owner.level):
        i, followed = 0, x
        a = x.value
        b = constant = y if type(y) in ARRAYS else plain(y)
    else:
        i, followed = 1, y
        a = constant = x if type(x) in ARRAYS else plain(x)
        b = y.value
    value = ans = apply_binary(primitive, a, b) if type(a) is Box or type(b) is Box else primitive.fast(a, b)
    if type(ans) is complex:  # Python's complex times a NumPy scalar is Python's
        ans = np.complex128(ans)
    while type(value) is Box:
        value = value.value
    trace, scalar = followed.owner, type(value) is float64
    fits = scalar or type(constant) in NUMBERS or matching(followed.value, ans)  # nothing was broadcast or cast
    if not fits or not isinstance(trace, Reverse):
        return trace.record(primitive, ans, (a, b), {}, ((i, followed.node),))
    node = Binary()
    node.parent, node.rule, node.other = followed.node, primitive.rules[i], None
    if scalar:
        node.ans, node.x, node.y = ans, a, b
    else:
        keep_ans, keep_a, keep_b = primitive.keeps[i]
        node.ans, node.x, node.y = ans if keep_ans else None, a if keep_a else None, b if keep_b else None
    box, node.birth = Box(), next(births)
    box.value, box.owner, box.node = ans, trace, node
    return box
