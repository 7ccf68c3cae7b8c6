"""An operation: a function that easygrad cannot see into, with its own rules. ``extend.py`` is the way to make one.

The engine asks an operation for edges and tangents as it asks its own primitives; here the user's rules are called,
checked, and where only one mode has rules, transposed to have the other.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cached_property, update_wrapper
from operator import attrgetter, itemgetter
from pickle import PicklingError
from types import MethodType
from typing import Any, cast

import numpy as np

from easygrad import core
from easygrad.core import Array, Box, Node, Options, Primitive, Reverse, Rule, Trace, stop_gradient

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
        """Call the function, and have the call recorded if an argument is traced."""
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
    node.birth = next(core.births)
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


def replaced(args: Sequence[Any], i: int, x: Any) -> list[Any]:
    """Return the arguments with another one at a position."""
    return [*args[:i], x, *args[i + 1 :]]
