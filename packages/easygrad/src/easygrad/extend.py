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

import inspect
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cached_property, update_wrapper, wraps
from operator import attrgetter, itemgetter
from pickle import PicklingError
from types import MethodType
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np

from easygrad import core
from easygrad.core import Array, Box, Node, Options, Primitive, Reverse, Rule, Trace, stop_gradient
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
Followed = Sequence[tuple[int, Any]]
MISSING: Any = object()
FLAT = frozenset({Box, np.ndarray, np.float64, float, int, str})  # nothing can hide inside of these
RETURNS = (
    "An operation returns one number or array. Make an operation of each result, or one array of all; what has no "
    "derivative is a notrace_primitive."
)
NAMED = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Rules:
    """The rules of one mode: one for each argument, or one for all of them together."""

    def __init__(self) -> None:
        self.single: dict[int, Any] = {}
        self.joint: Rule | None = None

    def __contains__(self, i: int) -> bool:
        return self.joint is not None or i in self.single

    def stops(self, i: int) -> bool:
        """Return whether it is said that nothing flows through an argument."""
        return self.joint is None and self.single.get(i, MISSING) is None

    def define(self, single: dict[int, Any], joint: Rule | None = None) -> None:
        """Add rules of arguments to those that there are, or put a joint rule in their place."""
        self.joint = joint
        self.single = {} if joint else self.single | single


class Operation(Primitive):
    """A function and its own rules; what ``primitive`` and the kinds return.

    A rule for one argument is ``vjp(ans, *args, **options)``, which returns a pullback, and ``jvp(t, ans, *args,
    **options)``, which returns a tangent. Joint rules take the positions of the followed arguments first, and the
    arguments as a list and a dict.
    """

    __name__: str

    def __init__(self, fun: Rule, name: str | None, module: str) -> None:
        update_wrapper(self, fun, updated=())
        self.fun = fun
        self.rules = ()
        self.name = self.__name__ = name or name_of(fun)
        self.__qualname__ = name or getattr(fun, "__qualname__", self.name)
        self.__module__ = module
        self.vjps = Rules()
        self.jvps = Rules()
        self.transposing: list[Trace] = []

    # Being a function

    def __call__(self, *args: Any, **options: Any) -> Any:
        values = (*args, *options.values()) if options else args
        for x in values:
            if type(x) not in FLAT and holds_box(x):
                raise self.hidden(args, options)
        if Box not in map(type, values):
            return self.fun(*args, **options)
        if self.transposing and any(type(x) is Box and x.owner in self.transposing for x in values):
            raise self.missing(
                f"its jvp calls {self.name} itself on the tangent, so that no vjp can be made of it", range(len(args))
            )
        box = core.apply(self, *self.bind(args, options))
        self.refuse_captured(box)
        return box

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __copy__(self) -> Operation:
        return self

    def __deepcopy__(self, memo: Any) -> Operation:
        return self

    def __reduce__(self) -> str:
        module = sys.modules.get(self.__module__)
        for name in (self.__qualname__, *getattr(module, "__dict__", ())):
            if find(module, name) is self:
                return str(name)
        raise PicklingError(
            f"{self.name} is not a global name of the module {self.__module__}, so it cannot be pickled. Define it at "
            "the top of a module, as f = primitive(...) or below @primitive."
        )

    def __repr__(self) -> str:
        return f"<operation {self.name} of {self.__module__}>"

    @property
    def primitive(self) -> Primitive:
        """The operation, as the engine's own functions have it."""
        return self

    def fast(self, *args: Any, **options: Any) -> Array:
        """Return the answer as something with a derivative: integers as float64, Python's numbers as NumPy's."""
        ans = self.fun(*args, **options)
        return number(ans, lambda: f"{self.name} returned", RETURNS)

    def bind(self, args: Sequence[Any], options: Options) -> tuple[Sequence[Any], Options]:
        """Return the arguments with every traced one among the positional ones; other keywords stay as they are."""
        boxed = [name for name, x in options.items() if type(x) is Box]
        if not boxed:
            return args, options
        names = self.parameters
        if not set(boxed) <= set(names):
            raise TypeError(
                f"{self.name}: argument {(set(boxed) - set(names)).pop()} is a traced value and can be passed by "
                "keyword alone, but rules belong to positions. Make it an ordinary parameter of the function, or pass "
                "stop_gradient(value) if a constant is meant."
            )
        end = max(map(names.index, boxed)) + 1
        bound = inspect.signature(self.fun).bind(*args, **options)
        bound.apply_defaults()
        positional = [*args, *(bound.arguments[name] for name in names[len(args) : end])]
        return positional, {name: x for name, x in options.items() if name not in names[:end]}

    @cached_property
    def parameters(self) -> list[str]:
        """The names of the parameters that can be passed by position."""
        if isinstance(self.fun, np.ufunc):
            return ["x"] if self.fun.nin == 1 else [f"x{i}" for i in range(1, self.fun.nin + 1)]
        return [p.name for p in self.signature.parameters.values() if p.kind in NAMED] if self.signature else []

    def argument(self, i: int) -> str:
        """Return the name of an argument, for messages."""
        names = self.parameters
        return names[i] if i < len(names) else str(i)

    # Errors

    def hidden(self, args: Sequence[Any], options: Options) -> TypeError:
        """Return the error of a call with traced values inside a list, tuple or dict."""
        named_args = [(self.argument(i), x) for i, x in enumerate(args)] + list(options.items())
        name, x = next((name, x) for name, x in named_args if holds_box(x))
        return TypeError(
            f"{self.name}: argument {name} is a {type(x).__name__} with traced values inside, which an operation "
            "cannot see. Pass one array (easygrad.numpy.array or np.stack makes it), or each value as an argument of "
            "its own; if constants are meant, stop_gradient of it."
        )

    def refuse_captured(self, box: Any) -> None:
        """Refuse an answer that depends on a traced value behind the back of the rules."""
        while type(box) is Box and type(box.value) is Box:
            if box.value.owner.level >= box.owner.level:
                raise TypeError(
                    f"{self.name}: its answer was computed with a traced value that is no argument of it but came in "
                    "from around it (a closure, a global, an attribute). Pass it as an argument, and give that a rule."
                )
            box = box.value

    def missing(self, why: str, positions: Iterable[int]) -> NotImplementedError:
        """Return the error of an argument without a rule, with the line to write."""
        i = next(iter(positions), 0)
        parameters = ", ".join(self.parameters) or "*args, **options"
        if self.signature and not isinstance(self.fun, np.ufunc):
            bare = [p.replace(annotation=p.empty) for p in self.signature.parameters.values()]
            parameters = str(inspect.Signature(bare))[1:-1].replace(", /", "")
        return NotImplementedError(
            f"{self.name}: {why}. Write\n\n    defvjp({self.name}, lambda ans, {parameters}: lambda g: ..., "
            f"argnums=({i},))\n\nwith the cotangent of {self.argument(i)} for the dots, or None in place of the lambda "
            f"if nothing flows through it. Or pass stop_gradient({self.argument(i)}), if a constant is meant."
        )

    # What the engine asks

    def rule(self, i: int) -> bool:
        """Return whether anything flows through an argument; refuse one that no rule was said of."""
        if i not in self.vjps and i not in self.jvps:
            raise self.missing(f"no derivative with respect to argument {self.argument(i)}", [i])
        return not all(rules.stops(i) for rules in (self.vjps, self.jvps) if i in rules)

    def edges(self, ans: Array, args: Sequence[Any], options: Options, followed: Any) -> Sequence[tuple[Node, Rule]]:
        """Return the ways back: by the vjps, and by the transposes of the jvps where there are no others."""
        if self.vjps.joint:
            positions = [i for i, _ in followed]
            pullback = self.called(self.vjps.joint, "vjp", None, positions, ans, tuple(args), options)
            return self.joint_edges(pullback, args, followed)
        edges: list[tuple[Node, Rule]] = []
        for i, node in followed:
            if self.vjps.single.get(i):
                pullback = self.called(self.vjps.single[i], "vjp", i, ans, *args, **options)
                edges.append((node, self.fitting(pullback, i, args[i])))
        rest = [(i, node) for i, node in followed if i not in self.vjps and not self.jvps.stops(i)]
        if rest:
            edges += self.joint_edges(self.transposed_jvps(ans, args, options, [i for i, _ in rest]), args, rest)
        return edges

    def tangent(self, ans: Array, args: Sequence[Any], options: Options, followed: Any) -> Array:
        """Return the tangent: by the jvps, and by the transposes of the vjps where there are no others."""
        terms = self.pushed(ans, args, options, [(i, t) for i, t in followed if i in self.jvps])
        terms += self.transposed_vjps(ans, args, options, [(i, t) for i, t in followed if i not in self.jvps])
        return core.add_tangents(terms, ans) if terms else np.zeros(ans.shape, ans.dtype)[()]

    # Parts of these

    def label(self, mode: str, i: int | None = None) -> str:
        """Return the name of a rule, for messages."""
        return f"{self.name}: the {mode}" + ("" if i is None else f" of argument {self.argument(i)}")

    def called(self, rule: Rule, mode: str, i: int | None, /, *args: Any, **options: Any) -> Any:
        """Return what a rule returns; where it cannot take the arguments, say so."""
        try:
            return rule(*args, **options)
        except TypeError as error:
            if accepts(rule, args, options):
                raise
            raise TypeError(
                f"{self.label(mode, i)} was called with {len(args)} arguments by position and {list(options) or 'none'}"
                f" by keyword, as the function was, and cannot take them: {error}. Give the rule the parameters of the "
                "function."
            ) from error

    def fitting(self, pullback: Rule, i: int, x: Array) -> Rule:
        """Return the pullback of an argument; its results are checked, and are of the dtype of the argument."""
        shape, dtype = x.shape, x.dtype

        def fitted(g: Array) -> Array:
            term = number(pullback(g), lambda: f"{self.label('vjp', i)} returned")
            if term.shape != shape:
                raise self.misfit(i, term.shape, shape)
            return core.cast(term, dtype)

        return fitted

    def misfit(self, i: int, got: Shape, shape: Shape) -> ValueError:
        """Return the error of a cotangent that is not in the shape of its argument."""
        return ValueError(
            f"{self.label('vjp', i)} returned shape {got}, but the argument has shape {shape}. If it was broadcast, "
            f"return unbroadcast({self.argument(i)}, ...), which sums over the new axes."
        )

    def joint_edges(self, pullback: Rule, args: Sequence[Any], followed: Followed) -> list[tuple[Node, Rule]]:
        """Return the edges of a pullback that gives the cotangents of several arguments at once.

        They lead over a node of their own, whose cotangent is the tuple: so the pullback runs once.
        """
        count = len(followed)

        def terms(g: Array) -> tuple[Array, ...]:
            pulled = tuple(pullback(g))
            if len(pulled) != count:
                raise ValueError(f"{self.label('vjp')} returned {len(pulled)} cotangents for {count} arguments.")
            return pulled

        return [
            (newborn([(end, self.fitting(itemgetter(k), i, args[i])) for k, (i, end) in enumerate(followed)]), terms)
        ]

    def pushed(self, ans: Array, args: Sequence[Any], options: Options, followed: Followed) -> list[Array]:
        """Return what the jvps make of the tangents of some arguments, part for part."""
        if self.jvps.joint and followed:
            positions, tangents = [i for i, _ in followed], [t for _, t in followed]
            t = self.called(self.jvps.joint, "jvp", None, positions, tangents, ans, tuple(args), options)
            return [self.fitting_tangent(t, ans, None)]
        terms = []
        for i, t in followed:
            if self.jvps.single[i]:
                term = self.called(self.jvps.single[i], "jvp", i, t, ans, *args, **options)
                terms.append(self.fitting_tangent(term, ans, i))
        return terms

    def fitting_tangent(self, t: Any, ans: Array, i: int | None) -> Array:
        """Return a tangent; refuse one that is not in the space of the answer."""
        t = number(t, lambda: f"{self.label('jvp', i)} returned")
        if t.shape != ans.shape:
            raise ValueError(
                f"{self.label('jvp', i)} returned shape {t.shape}, but the answer has shape {ans.shape}. If the "
                "argument was broadcast, return np.broadcast_to(..., ans.shape)."
            )
        if t.dtype.kind == "c" and ans.dtype.kind != "c":
            raise TypeError(
                f"{self.label('jvp', i)} returned complex numbers, but the answer is real. Return the real part."
            )
        return t

    def transposed_vjps(self, ans: Array, args: Sequence[Any], options: Options, followed: Followed) -> list[Array]:
        """Return the tangent that the vjps imply, if any: their transpose takes tangents to that of the answer."""
        flowing = [(i, t) for i, t in followed if not self.vjps.stops(i)]
        if not flowing:
            return []
        starts = [newborn(()) for _ in flowing]
        positions = [i for i, _ in flowing]
        end = newborn(self.edges(ans, args, options, list(zip(positions, starts, strict=True))))

        def pull(g: Array) -> list[Array]:
            found = core.backward({end: g}, keep=True)
            return [found[start] for start in starts]

        tangents = [t for _, t in flowing]
        terms: list[Array] = transposed(self.label("vjp"), pull, [ans])(*tangents)
        return terms

    def transposed_jvps(self, ans: Array, args: Sequence[Any], options: Options, positions: Sequence[int]) -> Rule:
        """Return the pullback that the jvps imply, to the cotangents of some arguments."""

        def push(*tangents: Array) -> list[Array]:
            terms = self.pushed(ans, args, options, list(zip(positions, tangents, strict=True)))
            return [core.add_tangents(terms, ans)]

        return transposed(self.label("jvp"), push, [args[i] for i in positions], self.transposing)


# The transpose of a rule


def newborn(edges: Sequence[tuple[Node, Rule]]) -> Node:
    """Return a node of its own: a later one is nearer the end."""
    node = Node()
    node.birth = next(core.numbers)
    node.edges = edges
    return node


def transposed(what: str, function: Rule, likes: Sequence[Array], running: list[Trace] | None = None) -> Rule:
    """Return the transpose of a linear function, which takes and returns several arrays; it is recorded once, at 0.

    ``running`` holds the traces of the transpositions in progress.
    """
    trace, running = Reverse(), [] if running is None else running
    zeros = [np.zeros(x.shape, x.dtype)[()] for x in likes]
    boxes = [core.recorded(zero, trace, ()) for zero in zeros]
    starts = [box.node for box in boxes]
    running.append(trace)
    try:
        with np.errstate(invalid="ignore"):  # 0 times an infinite derivative
            results = function(*boxes)
    finally:
        running.remove(trace)
        trace.close()
    refuse_offset(what, results)
    ends = [(y.node, np.dtype(cast(Any, y).dtype)) if type(y) is Box and y.owner is trace else None for y in results]
    spaces = [(zero.shape, zero.dtype) for zero in zeros]

    def transpose(*gs: Array) -> list[Array]:
        seeds: dict[Node, Array] = {}
        for end, g in zip(ends, gs, strict=True):
            if end:
                node, dtype = end
                g = core.cast(g, dtype)
                seeds[node] = seeds[node] + g if node in seeds else g
        found = core.backward(seeds, keep=True)
        return [
            found[start] if start in found else np.zeros(*space)[()]
            for start, space in zip(starts, spaces, strict=True)
        ]

    return transpose


def refuse_offset(what: str, results: Sequence[Array]) -> None:
    """Refuse a rule that gives something for nothing: it cannot be transposed."""
    for y in results:
        plain = np.asarray(stop_gradient(y))
        if np.any(plain[np.isfinite(plain)]):
            raise ValueError(
                f"{what} is not linear: for g = 0 it gives {plain!r:.80}. Its result must be proportional to g; or "
                "write both defvjp and defjvp, so that neither is made of the other."
            )


# Helpers


def name_of(fun: Any) -> str:
    """Return the name of a function; of a partial one, that of the whole."""
    if hasattr(fun, "__name__"):
        return str(fun.__name__)
    return name_of(fun.func) if hasattr(fun, "func") else type(fun).__name__


def find(module: Any, name: str) -> Any:
    """Return what a module has under a name, which may have dots; None if there is nothing."""
    with suppress(AttributeError):
        return attrgetter(name)(module)
    return None


def holds_box(x: Any) -> bool:
    """Return whether there is a box inside a list, tuple or dict."""
    if isinstance(x, dict):
        x = list(x.values())
    return isinstance(x, list | tuple) and any(type(item) is Box or holds_box(item) for item in x)


def number(x: Any, what: Callable[[], str], hint: str = "Expected a number or an array.") -> Array:
    """Return ``x`` as something with a derivative: integers as float64, Python's numbers as NumPy's."""
    if type(x) is Box or type(x) is np.float64:
        return x
    if type(x) in (float, int, complex):
        x = np.asarray(x)[()]
    if isinstance(x, np.ndarray | np.generic) and x.dtype.kind in "fciu":
        return x if x.dtype.kind in "fc" else x.astype(np.float64)
    raise TypeError(f"{what()} {x!r:.60} of type {type(x).__name__}. {hint}")


def accepts(rule: Rule, args: Sequence[Any], options: Options) -> bool:
    """Return whether a function can be called with these arguments, as far as Python knows."""
    try:
        inspect.signature(rule).bind(*args, **options)
    except TypeError:
        return False
    except ValueError:
        return True
    return True


def fits(shape: Shape, whole: Shape) -> bool:
    """Return whether a shape broadcasts to another one."""
    try:
        return shape == whole or np.broadcast_shapes(shape, whole) == whole
    except ValueError:
        return False


def replaced(args: Sequence[Any], i: int, x: Any) -> list[Any]:
    """Return the arguments with another one at a position."""
    return [*args[:i], x, *args[i + 1 :]]


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
