"""The engine: boxes, traces, nodes, primitives and the backward pass.

A *trace* is one derivative being taken. It wraps the numbers that it follows in *boxes*. A *primitive* is a
function with a rule; called with a box it computes its answer from the values and asks the box's trace to
record the call. ``Reverse`` records a *node*: the pullbacks of the call and the nodes that they lead to.
``Forward`` records nothing and carries the tangent along.

Which closure does a value belong to?  That is the one hard idea, and six lines show it::

    def f(x):
        def inner(y):
            return x * y          # x: a box of the outer trace; y: a box of the inner one
        return grad(inner)(3.0)   # d(x*y)/dy = x, still a box of the outer trace
    grad(f)(2.0)                  # dx/dx = 1

Every trace takes the next number of one counter as its level. A trace that starts later is an inner one, so a
primitive differentiates with respect to the highest level among its arguments and takes the others for
constants. In ``x * y`` that is ``y``; the answer's box has the outer ``x`` inside, and what the rules then
compute with it is recorded by the outer trace. Nothing is pushed or popped: an exception leaves nothing behind,
and threads do not meet.

To add an operation, use ``elementwise``, ``linear``, ``jointly_linear`` or ``general`` at the end of this file.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property, update_wrapper
from heapq import heappop, heappush
from itertools import count, takewhile
from operator import attrgetter, neg
from typing import Any

import numpy as np

Array = Any  # an ndarray, a NumPy scalar, or a Box around one
Rule = Callable[..., Any]
Args = Sequence[Any]
Options = dict[str, Any]
Followed = Sequence[tuple[int, Any]]  # the arguments that a trace follows: position, and node or tangent
float64 = np.float64
NUMBERS = frozenset({float, int})  # beside one, an array keeps its shape and dtype
level_of = attrgetter("owner.level")
numbers = count(1)  # levels of traces and births of nodes; a number is never used twice


class Operators:
    """The operators and methods of an array; ``array.py`` gives the box a class full of them instead."""

    __slots__ = ()

    @staticmethod
    def joined(x: Any) -> Array:
        """Return a list or tuple with boxes inside as one box; anything else as it is."""

    def shows(self, boxes: Sequence[Any], call: tuple[Primitive, Args, Options]) -> None:
        """Note that this box, the answer of a call, may share its memory with some of the arguments."""


class Box(Operators):
    """A value, the trace that owns it, and what the trace keeps for it: a node in reverse, a tangent in forward.

    Of a view of another array, ``origin`` is the call that made it; ``views`` are the boxes that may be views of this.
    """

    __slots__ = ("__weakref__", "node", "origin", "owner", "value", "views")
    value: Array
    owner: Trace
    node: Any


class Node:
    """One recorded call: the number of its birth, and an edge ``(parent, pullback)`` for each argument followed.

    Of an array that was indexed, ``space`` is its shape and dtype: kept once, for all the portions that come back.
    """

    __slots__ = ("birth", "edges", "space")
    birth: int
    edges: Sequence[tuple[Node, Rule]]
    space: tuple[tuple[int, ...], Any]


ARRAYS = frozenset({Box, np.ndarray, float64, float, int, bool, complex})  # the usual arguments, known at a glance


def plain(x: Any) -> Any:
    """Return a constant argument as primitives take it: lists, tables of pandas and sparse matrices as arrays."""
    is_table = hasattr(x, "__array__") and not hasattr(x, "__array_function__")
    x = x.toarray() if hasattr(x, "toarray") else x
    return np.asarray(x) if is_table or type(x) in (list, tuple) else x


def boxed(value: Array, trace: Trace, node: Any) -> Box:
    """Return a new box; setting the attributes from outside saves the call of an ``__init__``."""
    box = Box()
    box.value = value
    box.owner = trace
    box.node = node
    return box


def recorded(ans: Array, trace: Trace, edges: Sequence[tuple[Node, Rule]]) -> Box:
    """Return a box with a new node: around an answer, or without edges around an argument of the whole function."""
    node = Node()
    node.birth = next(numbers)
    node.edges = edges
    box = Box()
    box.value = ans
    box.owner = trace
    box.node = node
    return box


class Trace:
    """One derivative being taken; its level says which closure its boxes belong to. ``note`` is for subclasses."""

    __slots__ = ("level", "note")
    note: Any

    def __init__(self) -> None:
        self.level = next(numbers)

    def close(self) -> None:
        """End the trace: from now on its boxes raise where they are used."""
        self.__class__ = Closed

    def opened(self, box: Box) -> Array:
        """Return what is in a box, as a constant."""
        return box.value

    def record(self, primitive: Primitive, ans: Array, args: Args, options: Options, followed: Followed) -> Box:
        """Return a box around the answer of a call; a trace that has ended refuses."""
        raise RuntimeError(
            f"{primitive.name}: argument {followed[0][0]} is a traced value that outlived its derivative. Something "
            "(a global, an attribute, a closure) kept it while grad, vjp or jvp ran, and these have ended. Return "
            "it from the differentiated function, or keep stop_gradient(value) instead."
        )


class Reverse(Trace):
    """Records a node for each call, for a backward pass."""

    __slots__ = ()

    def record(self, primitive: Primitive, ans: Array, args: Args, options: Options, followed: Followed) -> Box:
        return recorded(ans, self, primitive.edges(ans, args, options, followed))


class Forward(Trace):
    """Carries a tangent of the same shape and dtype along with each value."""

    __slots__ = ()

    def record(self, primitive: Primitive, ans: Array, args: Args, options: Options, followed: Followed) -> Box:
        return boxed(ans, self, primitive.tangent(ans, args, options, followed))


class Closed(Trace):
    """A trace that has ended."""

    __slots__ = ()


class Portion(tuple[Any, ...]):
    """A pullback ``(merge, *place)`` to a portion of a cotangent; ``merge`` takes many portions together.

    ``merge(total, parts)`` adds the parts, pairs of a portion and its ``g``, to a total, which may be None. A loop over
    ``x[i]`` makes one part for each ``i``, and one array at the end instead of an array each.
    """

    __slots__ = ()

    def __call__(self, g: Array) -> Array:
        return self[0](None, [(self, g)])


class Parts(list[Any]):
    """A cotangent that is not built yet: the sum of what is no part, or None, and then the parts."""

    def __add__(self, other: Any) -> Parts:
        self[0] = other if self[0] is None else self[0] + other
        return self


def backward(cotangents: dict[Node, Array], keep: bool = False) -> dict[Node, Array]:
    """Carry the cotangents of some nodes back and return those of the nodes without edges.

    A node born later lies nearer the end, so the pass takes nodes in falling order of birth. It drops the
    pullbacks of a node, and the arrays they hold, as soon as they have run, unless ``keep`` is true.
    """
    starts, ours = {}, set()  # the sums made here are nobody else's, so more can be added in place
    queue: list[tuple[int, Node]] = []
    for node in cotangents:
        heappush(queue, (-node.birth, node))
    while queue:
        node = heappop(queue)[1]
        g = cotangents.pop(node)
        if type(g) is Parts:
            g = g[1][0][0](g[0], g[1:])
        edges, node.edges = node.edges, node.edges if keep else ()
        if not edges:
            starts[node] = g
        for parent, pullback in edges:
            total = cotangents.get(parent)
            if total is None:
                heappush(queue, (-parent.birth, parent))
            if type(pullback) is Portion:
                if type(total) is not Parts:
                    cotangents[parent] = total = Parts([total])
                total.append((pullback, g))
            elif total is None:
                cotangents[parent] = pullback(g)
            else:
                cotangents[parent] = added(total, pullback(g), parent in ours)
                ours.add(parent)
            del pullback, total
        del edges, g  # or the last residuals would outlive their use
    return starts


def added(total: Array, term: Array, ours: bool) -> Array:
    """Return the sum of two cotangents, made in place if the first one is nobody else's."""
    if ours and type(total) is type(term) is np.ndarray and total.dtype is term.dtype:
        total += term
        return total
    return total + term


def project(g: Array, shape: tuple[int, ...], dtype: Any) -> Array:
    """Return the cotangent ``g`` in the space of a primal: summed over broadcast axes, real if that is, cast."""
    if g.shape != shape:
        new = g.ndim - len(shape)
        stretched = [new + i for i, n in enumerate(shape) if n == 1 and g.shape[new + i] != 1]
        g = g.sum((*range(new), *stretched)).reshape(shape)
    return cast(g, dtype)


def cast(g: Array, dtype: Any) -> Array:
    """Return ``g`` with another dtype; from complex to real by its real part."""
    part = g.real if g.dtype.kind == "c" != dtype.kind else g
    return part if part.dtype == dtype else part.astype(dtype)


def projected(pullback: Rule, x: Array) -> Rule:
    """Return the pullback, followed by the projection into the space of ``x``."""
    shape, dtype = x.shape, x.dtype
    # a sign can wait until after the sum
    return (lambda g: -project(g, shape, dtype)) if pullback is neg else lambda g: project(pullback(g), shape, dtype)


def cast_back(pullback: Rule, x: Array, ans: Array) -> Rule:
    """Return the pullback of a linear function, with a projection if ``x`` was cast."""
    return pullback if x.dtype is ans.dtype else projected(pullback, x)


def fitting(pullback: Rule, x: Array, ans: Array) -> Rule:
    """Return the pullback of an elementwise function, with a projection if ``x`` was broadcast or cast."""
    return pullback if x.shape == ans.shape and x.dtype is ans.dtype else projected(pullback, x)


def add_tangents(terms: Sequence[Array], ans: Array) -> Array:
    """Return the sum of what the arguments bring to a tangent, in the shape and dtype of the answer."""
    total: Array = sum(terms[1:], start=terms[0])
    return cast(total if total.shape == ans.shape else np.broadcast_to(total, ans.shape), ans.dtype)


class Primitive:
    """A function and its derivative: one rule for each argument, or None where nothing flows through it.

    Rules are called when a call is recorded, as ``rule(ans, *args, **options)``. The arguments that a rule takes
    by position are the leading parameters of the function; the rest it takes by keyword, and only what it takes
    is allowed. ``fast`` computes the same as ``fun`` on arrays, with less to do before.
    """

    def __init__(self, fun: Rule, rules: Args, name: str | None = None, fast: Rule | None = None) -> None:
        self.fun = fun
        self.fast = fast or fun
        self.rules = rules
        self.name = name or fun.__name__
        codes = [f.__code__ for rule in rules if rule for f in (rule if type(rule) is tuple else (rule,))]
        self.places = min(sys.maxsize if c.co_flags & inspect.CO_VARARGS else c.co_argcount - 1 for c in codes)
        self.accepted = set.intersection(*(set(c.co_varnames[1 : c.co_argcount + c.co_kwonlyargcount]) for c in codes))

    def edges(self, ans: Array, args: Args, options: Options, followed: Followed) -> Any:
        """Return for each followed argument its node and the way back from the cotangent of the answer."""

    def tangent(self, ans: Array, args: Args, options: Options, followed: Followed) -> Array:
        """Return the tangent of the answer, from those of the followed arguments."""

    def rule(self, i: int) -> Any:
        """Return the rule of argument ``i``."""
        if i < len(self.rules):
            return self.rules[i]
        names = list(self.signature.parameters) if self.signature else []
        raise NotImplementedError(
            f"{self.name}: no derivative with respect to argument {names[i] if i < len(names) else i}. Pass a "
            "constant there, or stop_gradient(value) if that is meant; an own rule goes to easygrad.extend.primitive."
        )

    @cached_property
    def signature(self) -> inspect.Signature | None:
        """The parameters of the function, where Python knows them."""
        with suppress(ValueError):
            return inspect.signature(self.fun)
        return None

    def bind(self, args: Args, options: Options) -> tuple[Args, Options]:
        """Return positional arguments and options as the rules take them; refuse what they do not honour."""
        if (len(args) > self.places or Box in map(type, options.values())) and self.signature:
            options = dict(self.signature.bind(*args, **options).arguments)
            leading = takewhile(options.__contains__, list(self.signature.parameters)[: self.places])
            args = [options.pop(name) for name in leading]
        for name, value in options.items():
            if name not in self.accepted or type(value) is Box or len(args) > self.places:
                raise TypeError(
                    f"{self.name}: the derivative does not know the option {name}={value!r}; it takes "
                    f"{', '.join(sorted(self.accepted)) or 'no options'}. Leave it out, or write it otherwise."
                )
        return args, options


class Elementwise(Primitive):
    """Each element of the answer depends on one element of each argument: the derivative is a scaling."""

    def edges(self, ans: Array, args: Args, options: Options, followed: Followed) -> Sequence[tuple[Node, Rule]]:
        return [(node, fitting(self.rules[i](ans, *args), args[i], ans)) for i, node in followed]

    def tangent(self, ans: Array, args: Args, options: Options, followed: Followed) -> Array:
        return add_tangents([self.rules[i](ans, *args)(t) for i, t in followed], ans)


class Linear(Primitive):
    """Linear in each argument that has a rule: its derivative is itself, and a rule is the transpose."""

    def edges(self, ans: Array, args: Args, options: Options, followed: Followed) -> Sequence[tuple[Node, Rule]]:
        return [(node, cast_back(self.rules[i](ans, *args, **options), args[i], ans)) for i, node in followed]

    def tangent(self, ans: Array, args: Args, options: Options, followed: Followed) -> Array:
        return add_tangents([apply(self, (*args[:i], t, *args[i + 1 :]), options) for i, t in followed], ans)


class JointlyLinear(Linear):
    """Linear in all its arguments together, like concatenate; its one rule returns a list of transposes."""

    def rule(self, i: int) -> Any:
        return self.rules[0]

    def edges(self, ans: Array, args: Args, options: Options, followed: Followed) -> Sequence[tuple[Node, Rule]]:
        transposes = self.rules[0](ans, *args, **options)
        return [(node, cast_back(transposes[i], args[i], ans)) for i, node in followed]

    def tangent(self, ans: Array, args: Args, options: Options, followed: Followed) -> Array:
        known = dict(followed)
        tangents = [known[i] if i in known else np.zeros_like(x) for i, x in enumerate(args)]
        return add_tangents([apply(self, tangents, options)], ans)


class General(Primitive):
    """Any other function: a rule is a pair, the jvp and the vjp."""

    def edges(self, ans: Array, args: Args, options: Options, followed: Followed) -> Sequence[tuple[Node, Rule]]:
        return [(node, self.rules[i][1](ans, *args, **options)) for i, node in followed]

    def tangent(self, ans: Array, args: Args, options: Options, followed: Followed) -> Array:
        return add_tangents([self.rules[i][0](ans, *args, **options)(t) for i, t in followed], ans)


def apply(primitive: Primitive, args: Args, options: Options) -> Array:
    """Call a primitive on bound arguments: on the values, then have the highest level record the call."""
    boxes = [x for x in args if type(x) is Box]
    if not boxes:
        return primitive.fast(*args, **options)
    trace = boxes[0].owner if len(boxes) == 1 else max(boxes, key=level_of).owner
    values, followed = list(args), []
    for i, x in enumerate(args):
        if type(x) is Box and x.owner is trace:
            values[i] = x.value
            if primitive.rule(i):
                followed.append((i, x.node))
        elif type(x) not in ARRAYS and i < len(primitive.rules):
            values[i] = plain(x)
    ans = apply(primitive, values, options) if Box in map(type, values) else primitive.fast(*values, **options)
    if not followed:
        return ans
    box = trace.record(primitive, ans, values, options, followed)
    if getattr(ans, "base", None) is not None or ans is values[0]:
        box.shows(boxes, (primitive, args, options))
    return box


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
    if type(trace) is Reverse:
        return recorded(ans, trace, ((x.node, primitive.rules[0](ans, value)),))
    return trace.record(primitive, ans, (value,), {}, ((0, x.node),))


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
    of_x, of_y = type(x) is Box, type(y) is Box  # which arguments the trace follows
    if of_x and of_y and x.owner is not y.owner:
        of_x, of_y = (True, False) if x.owner.level > y.owner.level else (False, True)
    trace = x.owner if of_x else y.owner
    a = x.value if of_x else x if type(x) in ARRAYS else plain(x)
    b = y.value if of_y else y if type(y) in ARRAYS else plain(y)
    value = ans = apply_binary(primitive, a, b) if type(a) is Box or type(b) is Box else primitive.fast(a, b)
    if type(ans) is complex:  # Python's complex times a NumPy scalar is Python's
        ans = np.complex128(ans)
    if type(trace) is not Reverse:
        followed = [(i, z.node) for i, z, own in ((0, x, of_x), (1, y, of_y)) if own]
        return trace.record(primitive, ans, (a, b), {}, followed)
    while type(value) is Box:
        value = value.value
    left, right = primitive.rules
    number = type(value) is float64 or type(a) in NUMBERS or type(b) in NUMBERS  # so nothing was broadcast
    if of_x:
        to_x = left(ans, a, b) if number else fitting(left(ans, a, b), a, ans)
        if not of_y:
            return recorded(ans, trace, ((x.node, to_x),))
    to_y = right(ans, a, b) if number else fitting(right(ans, a, b), b, ans)
    return recorded(ans, trace, ((x.node, to_x), (y.node, to_y)) if of_x else ((y.node, to_y),))


def stop_gradient(x: Any) -> Any:
    """Return the plain value of ``x``, also of boxes in lists, tuples and dicts: a constant to every derivative."""
    while type(x) is Box:
        x = x.owner.opened(x)
    if type(x) is dict:
        return {key: stop_gradient(value) for key, value in x.items()}
    return type(x)(map(stop_gradient, x)) if type(x) in (list, tuple) else x


def elementwise(fun: Rule, *rules: Rule | None, fast: Rule | None = None, name: str | None = None) -> Rule:
    """Return ``fun`` as a primitive whose derivative is a scaling: ``rule(ans, *args)`` returns ``g -> ...``.

    One rule for each argument; it serves both modes, and says nothing about broadcasting.
    """
    way = entry if None in rules else {1: unary, 2: binary}.get(len(rules), entry)
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
