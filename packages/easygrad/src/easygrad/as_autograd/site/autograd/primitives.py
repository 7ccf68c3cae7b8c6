"""``primitive`` as Autograd has it: an operation of easygrad that also takes and returns containers.

An operation of easygrad has arrays for arguments and one array for an answer. Some programs give a tuple or a dict to a
primitive, or return one, and their rules get and return such. In the graph such a call is what a checkpoint is: the
boxes of the results lead to a node that collects their cotangents, the rules are its one edge, and a third node deals
the cotangents of the arguments out.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import Any

import numpy as np

from easygrad import extend
from easygrad.containers import aligned, apart, differentiable, flatten
from easygrad.core import (
    Box,
    Closed,
    Forward,
    Node,
    Reverse,
    Trace,
    backward,
    boxed,
    level_of,
    portion,
    project,
    recorded,
)
from easygrad.extend import caller
from easygrad.operations import Operation, holds_box, newborn, number

from .views import Tangent
from .vspaces import dense, vspace

Rule = Callable[..., Any]
Options = dict[str, Any]
NOTRACE: dict[Any, set[Any]] = defaultdict(set)  # by the class of nodes, the functions that are constant to them


class ContainerAnswerError(Exception):
    """Says that a primitive returned a container, so that the call is made in the other way."""


class AutogradPrimitive(Operation):
    """An operation whose arguments and answer may be containers."""

    _is_autograd_primitive = True
    returns_container = False

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Call the function, and have the traces of traced arguments record that."""
        if self in NOTRACE[Reverse] or self in NOTRACE[Forward]:
            args = self.untraced(args)
        if not self.returns_container and not any(map(holds_box, args)):
            try:
                return super().__call__(*args, **options)
            except ContainerAnswerError:
                self.returns_container = True
        return self.call_with_containers(*self.bind(args, options))

    def __hash__(self) -> int:
        return id(self)

    def fast(self, *args: Any, **options: Any) -> Any:
        """Return the answer as something with a derivative; a container is for the other way."""
        ans = self.fun(*args, **options)
        if apart(ans) is not None:
            raise ContainerAnswerError
        return number(ans, lambda: f"{self.name} returned")

    def untraced(self, args: Sequence[Any]) -> Any:
        """Return the arguments without the boxes of those traces to which this is declared a constant."""
        owner = innermost(args)
        while owner is not None and self in NOTRACE[type(owner)]:
            args = opened(args, owner)
            owner = innermost(args)
        return args

    def call_with_containers(self, args: Sequence[Any], options: Options) -> Any:
        """Return the answer for arguments of any form, recorded by the innermost trace among them."""
        owner = innermost(args)
        if owner is None:
            return self.fun(*args, **options)
        values = opened(args, owner)
        ans = self.call_with_containers(values, options)
        positions = [i for i, x in enumerate(args) if boxes_of(x, owner) and self.rule(i)]
        if not positions:
            return ans
        if isinstance(owner, Reverse):
            owner.note = False  # as its record would say: this is not elementwise
            return self.recorded_answer(ans, values, options, [(i, args[i]) for i in positions], owner)
        if type(owner) is Forward:
            return self.pushed_answer(ans, values, options, [(i, args[i]) for i in positions], owner)
        if type(owner) is Closed:
            results, rebuild = flatten(ans, whole=True)
            return rebuild([recorded(number(y, lambda: f"{self.name} returned"), owner, ()) for y in results])
        leaf = next(x for x in flatten(list(args))[0] if type(x) is Box and x.owner is owner)
        return owner.record(self, ans, values, options, [(positions[0], leaf.node)])

    def pullback(self, ans: Any, values: Sequence[Any], options: Options, positions: Sequence[int]) -> Rule:
        """Return the function from the cotangent of the answer to those of some arguments."""
        if self.vjps.joint:
            return self.called(self.vjps.joint, "vjp", None, positions, ans, tuple(values), options)  # type: ignore[no-any-return]
        unknown = [i for i in positions if i not in self.vjps]
        if unknown:
            raise self.missing("its answer or an argument is a container, for which a vjp is needed", unknown)
        pullbacks = [self.called(self.vjps.single[i], "vjp", i, ans, *values, **options) for i in positions]
        return lambda g: [pullback(g) for pullback in pullbacks]

    def recorded_answer(
        self, ans: Any, values: Sequence[Any], options: Options, followed: Sequence[tuple[int, Any]], owner: Trace
    ) -> Any:
        """Return the answer with boxes for its numbers, recorded for the backward pass."""
        pullback = self.pullback(ans, values, options, [i for i, _ in followed])
        results, rebuild = flatten(ans, whole=True)
        results = [np.asarray(y)[()] if type(y) is not Box else y for y in results]
        leaves = [x for _, arg in followed for x in flatten(arg, whole=True)[0]]

        def pull(cotangents: Sequence[Any]) -> list[Any]:
            terms = map(dense, pullback(rebuild(list(cotangents))))
            what = self.label("vjp")
            pairs = [(values[i], term) for (i, _), term in zip(followed, terms, strict=True)]
            return [g for x, term in pairs for g in aligned(x, in_parts(x, term), differentiable, what)]

        def collected(total: None, parts: Sequence[tuple[Any, Any, int]]) -> Any:
            cotangents: list[Any] = [np.zeros(y.shape, y.dtype)[()] for y in results]
            for _, g, k in parts:
                cotangents[k] = cotangents[k] + g
            return cotangents

        edges = [(x.node, taker(k, x)) for k, x in enumerate(leaves) if type(x) is Box and x.owner is owner]
        collecting = newborn([(newborn(edges), pull)])
        return rebuild([recorded(y, owner, [(collecting, portion(collected, k))]) for k, y in enumerate(results)])

    def pushed_answer(
        self, ans: Any, values: Sequence[Any], options: Options, followed: Sequence[tuple[int, Any]], owner: Trace
    ) -> Any:
        """Return the answer with boxes for its numbers and their tangents."""
        positions, tangents = [i for i, _ in followed], [tangent_of(arg, owner) for _, arg in followed]
        unknown = [i for i in positions if i not in self.jvps]
        if unknown:
            raise self.missing("its answer or an argument is a container, for which a jvp is needed", unknown)
        if self.jvps.joint:
            terms = [self.called(self.jvps.joint, "jvp", None, positions, tangents, ans, tuple(values), options)]
        else:
            pairs = zip(positions, tangents, strict=True)
            terms = [self.called(self.jvps.single[i], "jvp", i, t, ans, *values, **options) for i, t in pairs]
        results, rebuild = flatten(ans, whole=True)
        columns = zip(*[aligned(ans, dense(term), differentiable, self.label("jvp")) for term in terms], strict=True)
        return rebuild([boxed(y, owner, sum(column)) for y, column in zip(results, columns, strict=True)])

    # How rules were defined before Autograd 1.2; the update guide of Autograd says what to write instead

    def defvjp(self, vjpmaker: Rule, argnum: int = 0) -> None:
        """Define the vjp by one argument: ``vjpmaker(g, ans, vs, gvs, *args, **options)`` returns its cotangent."""
        warn_of("defvjp")

        def staged(ans: Any, *args: Any, **options: Any) -> Rule:
            return lambda g: vjpmaker(g, ans, vspace(args[argnum]), vspace(g), *args, **options)

        defvjp(self, staged, argnums=[argnum])

    def defgrad(self, gradfun: Rule, argnum: int = 0) -> None:
        """Define the vjp by one argument: ``gradfun(ans, *args, **options)`` returns the pullback."""
        warn_of("defgrad")
        defvjp(self, gradfun, argnums=[argnum])

    def defvjp_is_zero(self, argnums: Sequence[int] = (0,)) -> None:
        """Say that nothing flows through some arguments."""
        warn_of("defvjp_is_zero")
        defvjp(self, *[None] * len(argnums), argnums=argnums)


def warn_of(name: str) -> None:
    """Warn that a method is old."""
    warnings.warn(f"The method {name} of a primitive is deprecated; use autograd.extend.defvjp.", stacklevel=3)


def boxes_of(x: Any, owner: Trace | None = None) -> list[Any]:
    """Return the boxes in nested containers, all or those of a trace."""
    return [leaf for leaf in flatten(x)[0] if type(leaf) is Box and (owner is None or leaf.owner is owner)]


def innermost(args: Sequence[Any]) -> Trace | None:
    """Return the innermost trace among the arguments."""
    box = max(boxes_of(list(args)), key=level_of, default=None)
    return None if box is None else box.owner


def opened(args: Sequence[Any], owner: Trace) -> list[Any]:
    """Return the arguments with the values of the boxes of a trace."""
    leaves, rebuild = flatten(list(args))
    return rebuild([x.value if type(x) is Box and x.owner is owner else x for x in leaves])  # type: ignore[no-any-return]


def tangent_of(x: Any, owner: Trace) -> Any:
    """Return the tangent of an argument, in its form."""
    leaves, rebuild = flatten(x, whole=True)
    own = [type(leaf) is Box and leaf.owner is owner for leaf in leaves]
    return rebuild([x.node if mine else np.zeros_like(x) for x, mine in zip(leaves, own, strict=True)])


def in_parts(x: Any, g: Any) -> Any:
    """Return a cotangent of a list or tuple as one of it; some rules return an array with an element for each part."""
    if not isinstance(x, list | tuple) or apart(x) is None:
        return g
    if (isinstance(g, list | tuple) or np.ndim(g)) and len(g) == len(x):
        return [in_parts(part, given) for part, given in zip(x, g, strict=True)]
    return g


def taker(k: int, x: Any) -> Rule:
    """Return the way from the cotangents of all leaves to that of one, in the space of that."""
    shape, dtype = x.shape, x.dtype

    def take(cotangents: Sequence[Any]) -> Any:
        g = number(cotangents[k], lambda: "the vjp of a primitive returned")
        if g.shape != shape:
            raise ValueError(f"The vjp of a primitive returned shape {g.shape} for an argument of shape {shape}.")
        return project(g, shape, dtype)

    return take


def primitive(fun: Rule) -> AutogradPrimitive:
    """Return ``fun`` as an operation, whose derivative ``defvjp`` or ``defjvp`` says; containers come and go too."""
    return fun if isinstance(fun, AutogradPrimitive) else AutogradPrimitive(fun, None, caller())


def register_notrace(trace_type: Any, primitive_fun: Any) -> None:
    """Say that the answer of a primitive is a constant to one mode, ``VJPNode`` or ``JVPNode``.

    Functions of NumPy keep the derivative that they have.
    """
    NOTRACE[trace_type].add(primitive_fun)
    NOTRACE[Forward if trace_type is Tangent else Reverse].add(primitive_fun)


# The definition of rules


def has_own_rules(fun: Any, mode: str) -> bool:
    """Return whether there is nothing to define: a function of the namespaces has its rules, and one warns of it.

    What is neither an operation nor such a function is never recorded, and a rule for it means nothing: some programs
    define one in passing, for a function around their primitives. Raises TypeError for what easygrad takes for
    constant: there the rule would change the result.
    """
    if isinstance(fun, Operation):
        return False
    name = getattr(fun, "__name__", repr(fun))
    if hasattr(fun, "constant"):
        raise TypeError(
            f"{mode}: {name} is constant to every derivative in easygrad, and the rule would not be used. Make an "
            f"operation of your own, f = primitive({name}), and call that."
        )
    if hasattr(fun, "primitive") or hasattr(fun, "composite"):
        warnings.warn(f"{mode}: easygrad has a derivative of {name} of its own, and uses that.", stacklevel=3)
    return True


def defvjp(fun: Any, *makers: Rule | None, argnums: Iterable[int] | None = None) -> None:
    """Define the vjp of a primitive by its arguments; see ``easygrad.extend.defvjp``."""
    if has_own_rules(fun, "defvjp"):
        return
    pairs = list(zip(count() if argnums is None else argnums, makers, strict=False))
    extend.defvjp(fun, *[maker for _, maker in pairs], argnums=[i for i, _ in pairs])


def defjvp(fun: Any, *jvpfuns: Rule | str | None, argnums: Iterable[int] | None = None) -> None:
    """Define the jvp of a primitive by its arguments; see ``easygrad.extend.defjvp``."""
    if has_own_rules(fun, "defjvp"):
        return
    pairs = list(zip(count() if argnums is None else argnums, jvpfuns, strict=False))
    extend.defjvp(fun, *[jvpfun for _, jvpfun in pairs], argnums=[i for i, _ in pairs])


class RulesOfAll(Mapping[Any, Rule]):
    """The rules of one mode by function, which easygrad keeps with each function: a view that reads and writes them."""

    def __init__(self, read: Callable[[Any], Rule], write: Callable[[Any, Rule], None]) -> None:
        self.read, self.write = read, write

    def __getitem__(self, fun: Any) -> Rule:
        if not hasattr(fun, "primitive"):
            raise KeyError(fun)
        return self.read(fun.primitive)

    def __setitem__(self, fun: Any, rule: Rule) -> None:
        self.write(fun, rule)

    def __iter__(self) -> Any:
        raise NotImplementedError("easygrad has no list of all primitives: a function keeps its own rules.")

    def __len__(self) -> int:
        raise NotImplementedError("easygrad has no list of all primitives: a function keeps its own rules.")


def vjp_of(primitive: Any) -> Rule:
    """Return the rule of a primitive as Autograd has it: ``maker(argnums, ans, args, kwargs)(g)``, a tuple."""

    def maker(argnums: Sequence[int], ans: Any, args: Sequence[Any], kwargs: Options) -> Rule:
        starts = [newborn(()) for _ in argnums]
        end: Node = newborn(primitive.edges(ans, args, kwargs, list(zip(argnums, starts, strict=True))))

        def pull(g: Any) -> tuple[Any, ...]:
            found = backward({end: g}, keep=True)
            return tuple(found[start] for start in starts)

        return pull

    return maker


def jvp_of(primitive: Any) -> Rule:
    """Return the rule of a primitive as Autograd has it: ``maker(argnums, gs, ans, args, kwargs)``, a tangent."""

    def maker(argnums: Sequence[int], gs: Sequence[Any], ans: Any, args: Sequence[Any], kwargs: Options) -> Any:
        return primitive.tangent(ans, args, kwargs, list(zip(argnums, gs, strict=True)))

    return maker


primitive_vjps = RulesOfAll(vjp_of, extend.defvjp_argnums)
primitive_jvps = RulesOfAll(jvp_of, extend.defjvp_argnums)
