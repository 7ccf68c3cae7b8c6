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

``apply`` calls any primitive. ``primitives.py`` has what users call, and shorter ways to the same record; to add an
operation, use its ``elementwise``, ``linear``, ``jointly_linear`` or ``general``.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from heapq import heappop, heappush
from itertools import chain, count, repeat, takewhile
from operator import attrgetter, or_
from typing import Any

import numpy as np

Array = Any  # an ndarray, a NumPy scalar, or a Box around one
Rule = Callable[..., Any]
Args = Sequence[Any]
Options = dict[str, Any]
Edge = tuple["Node", Rule]
Followed = Sequence[tuple[int, Any]]  # the arguments that a trace follows: position, and node or tangent
float64 = np.float64
level_of = attrgetter("owner.level")
levels = count(1)  # of traces; a number is never used twice
births = count(0, -1)  # of nodes; they fall, so that the first in a queue is the last born


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

    An argument of the whole function has a node without edges. Of an array that was indexed, ``space`` is its shape
    and dtype: kept once, for all the parts that come back.
    """

    __slots__ = ("birth", "edges", "space")
    birth: int
    edges: Sequence[Edge]
    space: tuple[tuple[int, ...], Any]


class Unary(Node):
    """A call with one parent, to which ``rule(g, ans, x)`` leads: of an elementwise function, a sum, an index.

    It holds no edges and no closures. Of calls on numbers and short arrays, making these took a quarter of the time.
    """

    __slots__ = ("ans", "other", "other_rule", "parent", "rule", "x", "y")
    ans: Any
    other: Any
    other_rule: Rule
    parent: Any
    rule: Rule
    x: Any
    y: Any

    @property
    def edges(self) -> Sequence[Edge]:  # type: ignore[override]  # a slot in Node; made here for who asks
        """The edges of this call, as those of a ``Node``."""
        pairs, kept = [(self.parent, self.rule)], [self.ans, self.x]
        if type(self) is Binary:
            kept.append(self.y)
            if self.other is not None:
                pairs.append((self.other, self.other_rule))
        return [(parent, lambda g, rule=rule: rule(g, *kept)) for parent, rule in pairs]


class Binary(Unary):
    """A call of an elementwise function of two arguments: ``rule(g, ans, x, y)`` leads to the parent.

    If both are followed, the parent is the one born last, and ``other_rule`` leads to the ``other``; else that is None.
    """

    __slots__ = ()


ARRAYS = frozenset({Box, np.ndarray, float64, float, int, bool, complex})  # the usual arguments, known at a glance


def plain(x: Any) -> Any:
    """Return a constant argument as primitives take it: lists, tables of pandas and sparse matrices as arrays."""
    is_table = hasattr(x, "__array__") and not hasattr(x, "__array_function__")
    x = x.toarray() if hasattr(x, "toarray") else x
    return np.asarray(x) if is_table or type(x) in (list, tuple) else x


def boxed(value: Array, trace: Trace, node: Any) -> Box:
    """Return a new box; setting the attributes from outside saves the call of an ``__init__``."""
    box = Box()
    box.value, box.owner, box.node = value, trace, node
    return box


def recorded(ans: Array, trace: Trace, edges: Sequence[Edge]) -> Box:
    """Return a box with a new node: around an answer, or without edges around an argument of the whole function."""
    node = Node()
    node.birth, node.edges = next(births), edges
    box = Box()  # as in boxed, without the call
    box.value, box.owner, box.node = ans, trace, node
    return box


def linked(ans: Array, trace: Trace, parent: Node, rule: Rule, kept: Any, x: Any) -> Box:
    """Return a box around the answer of a call with one parent, to which ``rule(g, kept, x)`` leads."""
    node = Unary()
    node.birth, node.parent, node.rule = next(births), parent, rule
    node.ans, node.x = kept, x
    box = Box()
    box.value, box.owner, box.node = ans, trace, node
    return box


class Trace:
    """One derivative being taken; its level says which closure its boxes belong to. ``note`` is for subclasses."""

    __slots__ = ("level", "note")
    note: Any

    def __init__(self) -> None:
        self.level = next(levels)

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


class Part(tuple[Any, ...]):
    """What a pullback may return instead of a cotangent: ``(merge, g, *place)``, a part of one.

    ``merge(total, parts)`` adds parts to a total, which may be None. A loop over ``x[i]`` makes one part for each
    ``i``, and one array at the end instead of an array each.
    """

    __slots__ = ()


def portion(merge: Rule, *place: Any) -> Rule:
    """Return the pullback to a part of a cotangent."""
    return lambda g: Part((merge, g, *place))


class Parts(list[Any]):
    """A cotangent that is not built yet: the sum of what is whole, or None, and then the parts."""

    __slots__ = ()


def backward(cotangents: dict[Node, Array], keep: bool = False) -> dict[Node, Array]:
    """Carry the cotangents of some nodes back and return those of the nodes without edges.

    A node born later lies nearer the end, so the pass takes the last born first; what the one before has just made is
    taken at once if nothing else is waiting that was born later. The pass drops the pullbacks of a node, and the arrays
    they hold, as soon as they have run, unless ``keep`` is true.
    """
    starts, ours, queue = {}, set(), []  # type: ignore[var-annotated]  # plain from the calls of send
    for end in cotangents:
        heappush(queue, (end.birth, end))
    while queue:
        node: Any = heappop(queue)[1]
        g = cotangents.pop(node)
        if type(g) is Parts:
            g = g[1][0](g[0], g[1:])
        while type(node) is not Node:
            if type(node) is Unary:
                g = node.rule(g, node.ans, node.x)
            else:
                if node.other is not None:
                    send(node.other, node.other_rule(g, node.ans, node.x, node.y), cotangents, queue, ours)
                    node.other = node.other if keep else None
                g = node.rule(g, node.ans, node.x, node.y)
            parent, node.parent = node.parent, node.parent if keep else None
            if (queue and queue[0][0] <= parent.birth) or type(g) is Part:
                send(parent, g, cotangents, queue, ours)
                break
            node = parent
        else:
            edges, node.edges = node.edges, node.edges if keep else ()
            if not edges:
                starts[node] = g
            for parent, pullback in edges:
                send(parent, pullback(g), cotangents, queue, ours)
            edges = pullback = None  # type: ignore[assignment]  # the last residuals must not outlive their use
    return starts


def send(parent: Node, term: Array, cotangents: dict[Node, Array], queue: Any, ours: set[Node]) -> None:
    """Add a cotangent to that of a node; ``ours`` are the sums made here, so that more can be added in place."""
    total = cotangents.get(parent)
    if total is None:
        cotangents[parent] = term if type(term) is not Part else Parts((None, term))
        heappush(queue, (parent.birth, parent))
    elif type(total) is type(term) is not np.ndarray:  # but numbers or boxes
        cotangents[parent] = total + term
    elif type(term) is Part:
        cotangents[parent] = total = total if type(total) is Parts else Parts((total,))
        total.append(term)
    elif type(total) is Parts:
        total[0] = term if total[0] is None else total[0] + term
    elif parent in ours and type(total) is type(term) is np.ndarray and total.dtype is term.dtype:
        total += term
    else:
        cotangents[parent] = total + term
        ours.add(parent)


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
    return lambda g: project(pullback(g), shape, dtype)


def matching(x: Array, y: Array) -> bool:
    """Return whether two arrays have one shape and dtype: then an argument was neither broadcast nor cast."""
    return x.shape == y.shape and x.dtype is y.dtype


def cast_back(pullback: Rule, x: Array, ans: Array) -> Rule:
    """Return the pullback of a linear function, with a projection if ``x`` was cast."""
    return pullback if x.dtype is ans.dtype else projected(pullback, x)


def add_tangents(terms: Sequence[Array], ans: Array) -> Array:
    """Return the sum of what the arguments bring to a tangent, in the shape and dtype of the answer."""
    total: Array = sum(terms[1:], start=terms[0])
    return cast(total if total.shape == ans.shape else np.broadcast_to(total, ans.shape), ans.dtype)


class Primitive:
    """A function and its derivative: for each argument a rule, None where nothing flows, or a text that says why not.

    Rules are called when a call is recorded, as ``rule(ans, *args, **options)``. The arguments that a rule takes
    by position are the leading parameters of the function; the rest it takes by keyword, and only what it takes
    is allowed. ``fast`` computes the same as ``fun`` on arrays, with less to do before.
    """

    first = 1  # parameter of a rule that is an argument of the function
    keeps: Sequence[Sequence[bool]]

    def __init__(self, fun: Rule, rules: Args, name: str | None = None, fast: Rule | None = None) -> None:
        self.fun = fun
        self.fast = fast or fun
        self.rules = rules
        self.name = name or fun.__name__
        codes = [f.__code__ for rule in rules for f in (rule if type(rule) is tuple else (rule,)) if callable(f)]
        self.places = min(sys.maxsize if c.co_flags & inspect.CO_VARARGS else c.co_argcount - self.first for c in codes)
        names = [c.co_varnames[self.first : c.co_argcount + c.co_kwonlyargcount] for c in codes]
        self.accepted = set.intersection(*map(set, names))

    def edges(self, ans: Array, args: Args, options: Options, followed: Followed) -> Any:
        """Return for each followed argument its node and the way back from the cotangent of the answer."""

    def tangent(self, ans: Array, args: Args, options: Options, followed: Followed) -> Array:
        """Return the tangent of the answer, from those of the followed arguments."""

    def rule(self, i: int) -> Any:
        """Return the rule of argument ``i``."""
        if i < len(self.rules):
            if type(self.rules[i]) is str:
                raise NotImplementedError(self.rules[i])
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
    """Each element of the answer depends on one element of each argument: the derivative is a scaling.

    A rule is called as ``rule(g, ans, *args)``. What it does not need it names with an underscore in front.
    """

    first = 2

    def __init__(self, fun: Rule, rules: Args, name: str | None = None, fast: Rule | None = None) -> None:
        super().__init__(fun, rules, name, fast)
        self.keeps = [needed(rule) if callable(rule) else () for rule in rules]
        if len(rules) == 2:
            self.keeps.append(tuple(map(or_, *self.keeps)))

    def pullback(self, i: int, ans: Array, args: Args) -> Rule:
        """Return the pullback to argument ``i``, with a projection if that was broadcast or cast."""
        rule, x = self.rules[i], args[i]
        keeps = chain(self.keeps[i], repeat(True))
        kept = [value if keep else None for value, keep in zip((ans, *args), keeps, strict=False)]
        if matching(x, ans):
            return lambda g: rule(g, *kept)
        shape, dtype = x.shape, x.dtype
        if not any(self.keeps[i]):  # a constant factor can wait until after the sum
            return lambda g: rule(project(g, shape, dtype), *kept)
        return lambda g: project(rule(g, *kept), shape, dtype)

    def edges(self, ans: Array, args: Args, options: Options, followed: Followed) -> Sequence[Edge]:
        return [(node, self.pullback(i, ans, args)) for i, node in followed]

    def tangent(self, ans: Array, args: Args, options: Options, followed: Followed) -> Array:
        return add_tangents([self.rules[i](t, ans, *args) for i, t in followed], ans)


def needed(rule: Rule) -> tuple[bool, ...]:
    """Return for the answer and each argument whether an elementwise rule needs it."""
    return tuple(name[0] != "_" for name in rule.__code__.co_varnames[1 : rule.__code__.co_argcount])


class Linear(Primitive):
    """Linear in each argument that has a rule: its derivative is itself, and a rule is the transpose."""

    def edges(self, ans: Array, args: Args, options: Options, followed: Followed) -> Sequence[Edge]:
        return [(node, cast_back(self.rules[i](ans, *args, **options), args[i], ans)) for i, node in followed]

    def tangent(self, ans: Array, args: Args, options: Options, followed: Followed) -> Array:
        return add_tangents([apply(self, (*args[:i], t, *args[i + 1 :]), options) for i, t in followed], ans)


class JointlyLinear(Linear):
    """Linear in all its arguments together, like concatenate; its one rule returns a list of transposes."""

    def rule(self, i: int) -> Any:
        return self.rules[0]

    def edges(self, ans: Array, args: Args, options: Options, followed: Followed) -> Sequence[Edge]:
        transposes = self.rules[0](ans, *args, **options)
        return [(node, cast_back(transposes[i], args[i], ans)) for i, node in followed]

    def tangent(self, ans: Array, args: Args, options: Options, followed: Followed) -> Array:
        known = dict(followed)
        tangents = [known[i] if i in known else np.zeros_like(x) for i, x in enumerate(args)]
        return add_tangents([apply(self, tangents, options)], ans)


class General(Primitive):
    """Any other function: a rule is a pair, the jvp and the vjp."""

    def edges(self, ans: Array, args: Args, options: Options, followed: Followed) -> Sequence[Edge]:
        return [(node, self.rules[i][1](ans, *args, **options)) for i, node in followed]

    def tangent(self, ans: Array, args: Args, options: Options, followed: Followed) -> Array:
        return add_tangents([self.rules[i][0](ans, *args, **options)(t) for i, t in followed], ans)


def apply(primitive: Primitive, args: Args, options: Options) -> Array:
    """Call a primitive on bound arguments: on the values, then have the highest level record the call."""
    trace: Any = None
    for x in args:
        if type(x) is Box and (trace is None or x.owner.level > trace.level):
            trace = x.owner
    if trace is None:
        return primitive.fast(*args, **options)
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
        box.shows([x for x in args if type(x) is Box], (primitive, args, options))
    return box


def stop_gradient(x: Any) -> Any:
    """Return the plain value of ``x``, also of boxes in lists, tuples and dicts: a constant to every derivative."""
    while type(x) is Box:
        x = x.owner.opened(x)
    if type(x) is dict:
        return {key: stop_gradient(value) for key, value in x.items()}
    return type(x)(map(stop_gradient, x)) if type(x) in (list, tuple) else x
