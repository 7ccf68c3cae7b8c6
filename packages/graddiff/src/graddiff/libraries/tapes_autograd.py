"""How a tape of Autograd is recorded: its two classes of nodes are given other constructors for a while."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from inspect import getclosurevars
from itertools import count
from typing import Any
from unittest.mock import patch

import numpy as np
from autograd import core, tracer

from graddiff.tapes import Call, Tape, copied

CHANGING = (core.sparse_add, core.VSpace.mut_add)  # they change an argument: the tape sees it too late


def unknown(*args: Any, **options: Any) -> Any:
    """Refuse to compute what was computed with arguments that have changed since."""
    raise NotImplementedError("the arguments of this call have changed since")


class Recorder:
    """The constructors of Autograd's nodes, with a tape."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.births = count()
        self.traces: dict[int, int] = {}

    def rooting(self, original: Callable[..., None]) -> Callable[..., None]:
        """Return the constructor of the first node of a trace, which numbers the traces."""

        def initialize_root(node: Any, *args: Any, **options: Any) -> None:
            original(node, *args, **options)
            self.traces[self.tape.number(node)] = next(self.births)

        return initialize_root

    def reverse(self, original: Callable[..., None]) -> Callable[..., None]:
        """Return the constructor of a node in reverse mode; its pullback writes to the tape."""

        def init(
            node: Any, value: Any, fun: Any, args: Any, options: Any, followed: Sequence[int], parents: Any
        ) -> None:
            call = self.call(fun, "reverse", args, options, followed, parents)
            with self.tape.inside(call):
                original(node, value, fun, args, options, followed, parents)
            self.finish(call, node, value)
            node.vjp = self.watched(call, node.vjp)

        return init

    def forward(self, original: Callable[..., None]) -> Callable[..., None]:
        """Return the constructor of a node in forward mode, which writes its tangent to the tape."""

        def init(
            node: Any, value: Any, fun: Any, args: Any, options: Any, followed: Sequence[int], parents: Any
        ) -> None:
            call = self.call(fun, "forward", args, options, followed, parents)
            with self.tape.inside(call):
                original(node, value, fun, args, options, followed, parents)
            self.finish(call, node, value)
            self.tape.flow(call, None, [plain(parent.g) for parent in parents], plain(node.g))

        return init

    def call(self, fun: Any, mode: str, args: Any, options: Any, followed: Sequence[int], parents: Any) -> Call:
        """Return what is known of a call before its rule has run."""
        raw = fun.fun
        return Call(
            getattr(raw, "__name__", "?"),
            self.traces.get(self.tape.number(parents[0]), 0),
            mode,
            fun,
            unknown if fun in CHANGING else lambda *xs, **given: plain(raw(*xs, **given)),
            tuple(plain(x) for x in args),
            {key: plain(x) for key, x in options.items()},
            tuple(followed),
            tuple(rule_of(fun, i, mode) for i in followed),
            self.tape.within,
            tuple(self.tape.number(parent) for parent in parents),
        )

    def finish(self, call: Call, node: Any, value: Any) -> None:
        """Complete a call and put it on the tape."""
        call.output, call.value = self.tape.number(node), plain(value)
        self.traces[call.output] = call.trace
        self.tape.add(call)

    def watched(self, call: Call, vjp: Callable[..., Any]) -> Callable[..., Any]:
        """Return a pullback that writes what it made to the tape."""

        def pull(g: Any) -> Any:
            with self.tape.inside(call):
                terms = tuple(vjp(g))
            for place, term in zip(call.followed, terms, strict=False):
                self.tape.flow(call, place, (plain(g),), plain(term))
            return terms

        return pull


def rule_of(fun: Any, place: int, mode: str) -> Any:
    """Return the function that a rule was defined with; Autograd keeps it in a closure."""
    maker = (core.primitive_vjps if mode == "reverse" else core.primitive_jvps).get(fun)
    if maker is None:
        return None
    kept = getclosurevars(maker).nonlocals
    table = kept.get("vjps_dict") or kept.get("jvps_dict") or {}
    return table.get(place) or kept.get("vjpmaker") or kept.get("jvpmaker") or maker


def plain(x: Any) -> Any:
    """Return a value without its boxes, as nobody else's memory; a sparse cotangent becomes an array."""
    x = tracer.getval(x)
    if isinstance(x, core.SparseObject):
        return x.mut_add(x.vs.zeros())
    if type(x) in (list, tuple):
        return type(x)(plain(part) for part in x)
    return copied(x) if isinstance(x, np.ndarray) else x


@contextmanager
def recording() -> Iterator[Tape]:
    """Give a tape on which Autograd writes what it does until the context ends."""
    recorder = Recorder(Tape("autograd"))
    reverse, forward = core.VJPNode, core.JVPNode
    with (
        patch.object(reverse, "__init__", recorder.reverse(reverse.__init__)),
        patch.object(reverse, "initialize_root", recorder.rooting(reverse.initialize_root)),
        patch.object(forward, "__init__", recorder.forward(forward.__init__)),
        patch.object(forward, "initialize_root", recorder.rooting(forward.initialize_root)),
    ):
        yield recorder.tape
