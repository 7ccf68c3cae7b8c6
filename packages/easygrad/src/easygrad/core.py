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
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, update_wrapper
from heapq import heappop, heappush
from itertools import count, takewhile
from typing import Any

import numpy as np

Array = Any  # an ndarray, a NumPy scalar, or a Box around one
Rule = Callable[..., Any]
Args = Sequence[Any]
Options = dict[str, Any]
Places = Sequence[int]
float64 = np.float64
FIRST, SECOND, BOTH = (0,), (1,), (0, 1)
numbers = count(1)  # levels of traces and births of nodes; a number is never used twice


class Operators:
    """The operators and methods of an array; ``array.py`` puts them here."""

    __slots__ = ()


class Box(Operators):
    """A value that a trace follows, with what the trace keeps for it: a node in reverse, a tangent in forward."""

    __slots__ = ("node", "trace", "value")

    def __init__(self, value: Array, trace: Trace, node: Any) -> None:
        self.value = value
        self.trace = trace
        self.node = node


class Node:
    """One recorded call: its pullbacks, the nodes that they lead to, and the number of its birth."""

    __slots__ = ("birth", "parents", "pullbacks")

    def __init__(self, pullbacks: Sequence[Rule], parents: Sequence[Node]) -> None:
        self.pullbacks = pullbacks
        self.parents = parents
        self.birth = next(numbers)


class Trace:
    """One derivative being taken; its level says which closure its boxes belong to."""

    __slots__ = ("level",)

    def __init__(self) -> None:
        self.level = next(numbers)

    def close(self) -> None:
        """End the trace: from now on its boxes raise where they are used."""
        self.__class__ = Closed

    def record(
        self, primitive: Primitive, ans: Array, args: Args, options: Options, argnums: Places, nodes: Args
    ) -> Box:
        """Box the answer of a call whose arguments ``argnums`` belong to this trace."""
        raise NotImplementedError


class Reverse(Trace):
    """Records a node for each call, for a backward pass."""

    __slots__ = ()

    def record(
        self, primitive: Primitive, ans: Array, args: Args, options: Options, argnums: Places, nodes: Args
    ) -> Box:
        return Box(ans, self, Node(primitive.pullbacks(ans, args, options, argnums), nodes))


class Forward(Trace):
    """Carries a tangent of the same shape and dtype along with each value."""

    __slots__ = ()

    def record(
        self, primitive: Primitive, ans: Array, args: Args, options: Options, argnums: Places, nodes: Args
    ) -> Box:
        return Box(ans, self, primitive.tangent(ans, args, options, argnums, nodes))


class Closed(Trace):
    """A trace that has ended."""

    __slots__ = ()

    def record(
        self, primitive: Primitive, ans: Array, args: Args, options: Options, argnums: Places, nodes: Args
    ) -> Box:
        raise RuntimeError(
            f"{primitive.name}: argument {argnums[0]} is a traced value that outlived its derivative. It was kept "
            "by a global, an attribute or a closure while grad, vjp or jvp ran, and these have ended. Return it "
            "from the differentiated function, or keep stop_gradient(value) instead."
        )


class Deferred:
    """A cotangent that is not built yet: its parts are merged by one call of ``build`` when it is needed.

    A loop over ``x[i]`` makes one part for each ``i``, and one array at the end instead of an array each.
    """

    __slots__ = ("build", "dense", "parts")

    def __init__(self, build: Callable[[list[Any]], Array], part: Any) -> None:
        self.build = build
        self.parts = [part]
        self.dense: Array = None

    def total(self) -> Array:
        """Return the cotangent as an array."""
        built = self.build(self.parts)
        return built if self.dense is None else self.dense + built


def add_cotangents(a: Array, b: Array) -> Array:
    """Return the sum of two cotangents of one node, keeping parts apart as long as possible."""
    if type(a) is not Deferred:
        if type(b) is not Deferred:
            return a + b
        a, b = b, a
    if type(b) is Deferred:
        a.parts += b.parts
        b = b.dense
    if b is not None:
        a.dense = b if a.dense is None else a.dense + b
    return a


def backward(cotangents: dict[Node, Array], keep: bool = False) -> dict[Node, Array]:
    """Carry the cotangents of some nodes back and return those of the nodes without parents.

    A node born later lies nearer the end, so the pass takes nodes in falling order of birth. It drops the
    pullbacks of a node, and the arrays they hold, as soon as they have run, unless ``keep`` is true.
    """
    starts = {}
    queue = sorted((-node.birth, node) for node in cotangents)
    while queue:
        node = heappop(queue)[1]
        g = cotangents.pop(node)
        if type(g) is Deferred:
            g = g.total()
        parents, pullbacks = node.parents, node.pullbacks
        if not parents:
            starts[node] = g
        elif not keep:
            node.parents = node.pullbacks = ()
        for parent, pullback in zip(parents, pullbacks, strict=True):
            term = pullback(g)
            if parent in cotangents:
                cotangents[parent] = add_cotangents(cotangents[parent], term)
            else:
                cotangents[parent] = term
                heappush(queue, (-parent.birth, parent))
        node = parents = pullbacks = pullback = term = None  # or the last residual would outlive its use
    return starts


def project(g: Array, shape: tuple[int, ...], dtype: Any) -> Array:
    """Return the cotangent ``g`` in the space of a primal: summed over broadcast axes, real if that is, cast."""
    if g.shape != shape:
        new = g.ndim - len(shape)
        stretched = [new + i for i, n in enumerate(shape) if n == 1 and g.shape[new + i] != 1]
        g = np.reshape(np.sum(g, axis=(*range(new), *stretched)), shape)
    return cast(g, dtype)


def cast(g: Array, dtype: Any) -> Array:
    """Return ``g`` with another dtype; from complex to real by its real part."""
    if g.dtype == dtype:
        return g
    if g.dtype.kind == "c" and dtype.kind != "c":
        g = np.real(g)
    return g.astype(dtype)


def cast_to(x: Array, ans: Array, pullback: Rule) -> Rule:
    """Return the pullback of a call, followed by the cast to the dtype of ``x`` where that is another one."""
    dtype = x.dtype
    return pullback if dtype == ans.dtype else lambda g: cast(pullback(g), dtype)


def fit(x: Array, ans: Array, pullback: Rule) -> Rule:
    """Return the pullback of a call, followed by the projection into the space of ``x`` where it needs one."""
    if type(x) is float64 is type(ans) or (x.shape == ans.shape and x.dtype == ans.dtype):
        return pullback
    shape, dtype = x.shape, x.dtype
    return lambda g: project(pullback(g), shape, dtype)


def add_tangents(terms: Sequence[Array], ans: Array) -> Array:
    """Return the sum of the arguments' contributions to a tangent, in the shape and dtype of the answer."""
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    if total.shape != ans.shape:
        total = np.broadcast_to(total, ans.shape)
    return cast(total, ans.dtype)


class Primitive:
    """A function and its derivative: one rule for each argument, or None where nothing flows through it.

    Rules are called when a call is recorded, as ``rule(ans, *args, **options)``. The arguments that a rule takes
    by position are the leading parameters of the function; the rest it takes by keyword, and only what it takes
    is allowed.
    """

    def __init__(self, fun: Callable[..., Any], rules: Sequence[Any], name: str | None = None) -> None:
        self.fun = fun
        self.rules = rules
        self.name = name or fun.__name__

    def pullbacks(self, ans: Array, args: Args, options: Options, argnums: Places) -> Sequence[Rule]:
        """Return a function from the cotangent of the answer to that of the argument, for each of ``argnums``."""
        raise NotImplementedError

    def tangent(self, ans: Array, args: Args, options: Options, argnums: Places, tangents: Args) -> Array:
        """Return the tangent of the answer, from the tangents of the arguments ``argnums``."""
        raise NotImplementedError

    def rule(self, i: int) -> Any:
        """Return the rule of argument ``i``."""
        if i < len(self.rules):
            return self.rules[i]
        raise NotImplementedError(
            f"{self.name}: no derivative with respect to argument {i}{self.parameter(i)}. Pass a constant there, "
            "stop_gradient(value) if that is meant, or define a rule with easygrad.core."
        )

    def parameter(self, i: int) -> str:
        """Return the name of parameter ``i`` for a message."""
        names = list(self.signature.parameters) if self.signature else []
        return f" ({names[i]})" if i < len(names) else ""

    @cached_property
    def signature(self) -> inspect.Signature | None:
        """The parameters of the function, where Python knows them."""
        try:
            return inspect.signature(self.fun)
        except ValueError:
            return None

    @cached_property
    def accepted(self) -> tuple[int, frozenset[str]]:
        """How many arguments the rules take by position, and the keywords that all of them take."""
        functions = [f for rule in self.rules if rule for f in (rule if type(rule) is tuple else (rule,))]
        codes = [f.__code__ for f in functions]
        names = [c.co_varnames[c.co_posonlyargcount + 1 : c.co_argcount + c.co_kwonlyargcount] for c in codes]
        places = [sys.maxsize if c.co_flags & inspect.CO_VARARGS else c.co_argcount - 1 for c in codes]
        return min(places), frozenset.intersection(*map(frozenset, names))

    def bind(self, args: Sequence[Any], options: dict[str, Any]) -> tuple[Sequence[Any], dict[str, Any]]:
        """Return positional arguments and options as the rules take them; refuse what they do not honour."""
        places, accepted = self.accepted
        if self.signature and (len(args) > places or any(type(v) is Box for v in options.values())):
            options = dict(self.signature.bind(*args, **options).arguments)
            leading = takewhile(options.__contains__, list(self.signature.parameters)[:places])
            args = [options.pop(name) for name in leading]
        for name, value in options.items():
            if name not in accepted or type(value) is Box or len(args) > places:
                raise TypeError(
                    f"{self.name}: the derivative does not know the option {name}={value!r}; it takes "
                    f"{', '.join(sorted(accepted)) or 'no options'}. Leave it out, or express it otherwise."
                )
        return args, options


class Elementwise(Primitive):
    """Each element of the answer depends on one element of each argument: the derivative is a scaling."""

    def pullbacks(self, ans: Array, args: Args, options: Options, argnums: Places) -> Sequence[Rule]:
        if len(args) == 1:
            return (self.rules[0](ans, args[0]),)
        if len(argnums) == 1:
            i = argnums[0]
            return (fit(args[i], ans, self.rules[i](ans, *args)),)
        return [fit(args[i], ans, self.rules[i](ans, *args)) for i in argnums]

    def tangent(self, ans: Array, args: Args, options: Options, argnums: Places, tangents: Args) -> Array:
        return add_tangents([self.rules[i](ans, *args)(t) for i, t in zip(argnums, tangents, strict=True)], ans)


class Linear(Primitive):
    """Linear in each argument that has a rule: its derivative is itself, and a rule is the transpose."""

    def pullbacks(self, ans: Array, args: Args, options: Options, argnums: Places) -> Sequence[Rule]:
        return [cast_to(args[i], ans, self.rules[i](ans, *args, **options)) for i in argnums]

    def tangent(self, ans: Array, args: Args, options: Options, argnums: Places, tangents: Args) -> Array:
        terms = []
        for i, t in zip(argnums, tangents, strict=True):
            terms.append(apply(self, [*args[:i], t, *args[i + 1 :]], options))
        return add_tangents(terms, ans)


class JointlyLinear(Primitive):
    """Linear in all its arguments together, like concatenate; its one rule returns a list of transposes."""

    def rule(self, i: int) -> Any:
        return self.rules[0]

    def pullbacks(self, ans: Array, args: Args, options: Options, argnums: Places) -> Sequence[Rule]:
        transposes = self.rules[0](ans, *args, **options)
        return [cast_to(args[i], ans, transposes[i]) for i in argnums]

    def tangent(self, ans: Array, args: Args, options: Options, argnums: Places, tangents: Args) -> Array:
        known = dict(zip(argnums, tangents, strict=True))
        filled = [known[i] if i in known else np.zeros_like(x) for i, x in enumerate(args)]
        return add_tangents([apply(self, filled, options)], ans)


class General(Primitive):
    """Any other function: a rule is a pair, the jvp and the vjp."""

    def pullbacks(self, ans: Array, args: Args, options: Options, argnums: Places) -> Sequence[Rule]:
        return [self.rules[i][1](ans, *args, **options) for i in argnums]

    def tangent(self, ans: Array, args: Args, options: Options, argnums: Places, tangents: Args) -> Array:
        return add_tangents([self.rules[i][0](ans, *args, **options)(t) for i, t in zip(argnums, tangents, strict=True)], ans)


def apply(primitive: Primitive, args: Args, options: Options) -> Array:
    """Call a primitive on bound arguments: on the values, then have the highest level record the call."""
    trace = None
    for x in args:
        if type(x) is Box and (trace is None or x.trace.level > trace.level):
            trace = x.trace
    if trace is None:
        return primitive.fun(*args, **options)
    values, argnums, nodes = list(args), [], []
    for i, x in enumerate(args):
        if type(x) is Box and x.trace is trace:
            values[i] = x.value
            if primitive.rule(i):
                argnums.append(i)
                nodes.append(x.node)
    ans = apply(primitive, values, options)
    return trace.record(primitive, ans, values, options, argnums, nodes) if nodes else ans


def entry(primitive: Primitive) -> Callable[..., Any]:
    """Return the function that users call: NumPy's own for plain arguments, a recorded call for boxes."""
    fun = primitive.fun

    def call(*args: Any, **options: Any) -> Any:
        if any_box(args) or any_box(options.values()):
            return apply(primitive, *primitive.bind(args, options))
        return fun(*args, **options)

    return named(call, primitive)


def any_box(values: Iterable[Any]) -> bool:
    """Return whether there is a box among the values."""
    for x in values:  # a loop: faster than any(...)
        if type(x) is Box:
            return True
    return False


def named(call: Callable[..., Any], primitive: Primitive) -> Callable[..., Any]:
    """Give an entry point the name, text and signature of the function, and a reference to its primitive."""
    update_wrapper(call, primitive.fun)
    call.__name__ = primitive.name
    call.primitive = primitive  # type: ignore[attr-defined]  # functions may have attributes
    return call


def unary(primitive: Primitive) -> Callable[..., Any]:
    """Return the entry point of an elementwise function of one argument: ``entry`` without its loops."""
    fun, slow = primitive.fun, entry(primitive)

    def call(x: Array, **options: Any) -> Array:
        if type(x) is not Box or options:
            return slow(x, **options) if options else fun(x)
        value = x.value
        ans = apply(primitive, (value,), options) if type(value) is Box else fun(value)
        return x.trace.record(primitive, ans, (value,), options, FIRST, (x.node,))

    return named(call, primitive)


def binary(primitive: Primitive, fast: Callable[..., Any]) -> Callable[..., Any]:
    """Return the entry point of an elementwise function of two arguments.

    ``fast`` computes the same as the function, for scalars faster (``operator.mul`` for ``np.multiply``).
    """
    fun, slow = primitive.fun, entry(primitive)

    def call(x: Array, y: Array, **options: Any) -> Array:
        if options:
            return slow(x, y, **options)
        x_level = x.trace.level if type(x) is Box else 0
        y_level = y.trace.level if type(y) is Box else 0
        if x_level > y_level:
            trace, args, argnums, nodes = x.trace, (x.value, y), FIRST, (x.node,)
        elif y_level > x_level:
            trace, args, argnums, nodes = y.trace, (x, y.value), SECOND, (y.node,)
        elif x_level:
            trace, args, argnums, nodes = x.trace, (x.value, y.value), BOTH, (x.node, y.node)
        else:
            return fun(x, y)
        a, b = args
        ans = apply(primitive, args, options) if type(a) is Box or type(b) is Box else fast(a, b)
        return trace.record(primitive, ans, args, options, argnums, nodes)

    return named(call, primitive)


def stop_gradient(x: Any) -> Any:
    """Return the plain value of ``x``, also of boxes in lists and tuples: a constant to every derivative."""
    while type(x) is Box:
        x = x.value
    if type(x) in (list, tuple):
        return type(x)(map(stop_gradient, x))
    return x


def constant(fun: Callable[..., Any], name: str | None = None) -> Callable[..., Any]:
    """Return ``fun`` as a function whose derivative is 0 wherever it has one: it answers for the plain values."""

    def call(*args: Any, **options: Any) -> Any:
        return fun(*stop_gradient(args), **{k: stop_gradient(v) for k, v in options.items()})

    return named(call, Primitive(fun, (), name))


def elementwise(
    fun: Callable[..., Any], *rules: Rule | None, fast: Callable[..., Any] | None = None, name: str | None = None
) -> Callable[..., Any]:
    """Return ``fun`` as a primitive whose derivative is a scaling: ``rule(ans, *args)`` returns ``g -> ...``.

    One rule for each argument; it serves both modes, and says nothing about broadcasting.
    """
    primitive = Elementwise(fun, rules, name)
    if len(rules) == 1:
        return unary(primitive)
    return binary(primitive, fast or fun) if len(rules) == 2 and None not in rules else entry(primitive)


def linear(fun: Callable[..., Any], *transposes: Rule | None, name: str | None = None) -> Callable[..., Any]:
    """Return ``fun`` as a primitive that is linear in each argument with a rule: the transpose ``g -> ...``."""
    return entry(Linear(fun, transposes, name))


def jointly_linear(fun: Callable[..., Any], transposes: Rule, name: str | None = None) -> Callable[..., Any]:
    """Return ``fun`` as a primitive that is linear in all arguments together: one rule, a list of transposes."""
    return entry(JointlyLinear(fun, (transposes,), name))


def general(fun: Callable[..., Any], *rules: tuple[Rule, Rule] | None, name: str | None = None) -> Callable[..., Any]:
    """Return ``fun`` as a primitive with a pair for each argument: jvp ``t -> ...`` and vjp ``g -> ...``."""
    return entry(General(fun, rules, name))
