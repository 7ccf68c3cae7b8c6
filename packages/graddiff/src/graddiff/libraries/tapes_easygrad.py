"""How a tape of easygrad is recorded: the engine's own functions are replaced for a while.

Every call of a primitive goes through `core.apply`, or `apply_unary`, `apply_binary` or `apply_beside` of `primitives`,
and ends with `core.recorded` (reverse) or `core.boxed` (forward). These names are replaced where modules of easygrad
have them. The shorter records of elementwise calls are for a trace that is a plain `Reverse`; while no trace is, all
calls leave the edges that can be watched. Nothing else of easygrad is touched, and afterwards all is what it was.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from easygrad import array, core, primitives
from easygrad.rules import indexing, reductions
from graddiff.tapes import Call, Tape, copied


@dataclass(eq=False)
class Frame:
    """A call in progress; `repeats` while its next step is the same call in an outer trace."""

    call: Call
    nodes: tuple[Any, ...]
    repeats: bool


class Recorder:
    """The functions of the engine, with a tape."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.frames: list[Frame] = []
        self.levels: dict[int, int] = {}
        self.recorded = core.recorded
        self.boxed = core.boxed
        self.apply_binary = primitives.apply_binary

    def applying(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Return one of the ways to call a primitive, noting the call that is in progress."""

        def call(primitive: Any, *rest: Any) -> Any:
            args, options = (rest[0], rest[1]) if original.__name__ == "apply" else (rest, {})
            boxes = [x for x in args if type(x) is core.Box]
            hands_on = original is self.apply_binary and (len(boxes) == 1 or boxes[0].owner is not boxes[1].owner)
            if not boxes or hands_on:  # to apply_beside, which notes the call
                return original(primitive, *rest)
            frame = self.frame(primitive, tuple(args), options, max(boxes, key=core.level_of).owner)
            self.frames.append(frame)
            try:
                with self.tape.inside(frame.call):
                    return original(primitive, *rest)
            finally:
                self.frames.pop()

        return call

    def frame(self, primitive: Any, args: tuple[Any, ...], options: dict[str, Any], trace: Any) -> Frame:
        """Return what is known of a call before it is made."""
        owned = [i for i, x in enumerate(args) if type(x) is core.Box and x.owner.level == trace.level]
        followed = tuple(i for i in owned if primitive.rule(i))
        nodes = tuple(args[i].node for i in followed)
        mode = "forward" if isinstance(trace, core.Forward) else "reverse"
        values = [args[i].value if i in owned else x for i, x in enumerate(args)]
        call = Call(
            name_of(primitive),
            trace.level,
            mode,
            lambda *xs, **given: core.apply(primitive, xs, given),
            primitive.fun,
            tuple(plain(x) for x in args),
            {key: plain(x) for key, x in options.items()},
            followed,
            tuple(rule_of(primitive, i, mode) for i in followed),
            self.context(),
        )
        return Frame(call, nodes, core.Box in map(type, values))

    def context(self) -> tuple[Call, ...]:
        """Return the calls whose rules are running; a call repeated in an outer trace is made by none."""
        if self.frames and self.frames[-1].repeats:
            self.frames[-1].repeats = False
            return self.frames[-1].call.within
        return self.tape.within

    def record(self, ans: Any, trace: Any, edges: Sequence[tuple[Any, Any]]) -> Any:
        """Do what `core.recorded` does, with pullbacks that write to the tape."""
        if not self.frames:
            return self.recorded(ans, trace, edges)
        call = self.frames[-1].call
        places = zip(call.followed, edges, strict=False)
        watched = [(parent, self.watched(call, place, pullback)) for place, (parent, pullback) in places]
        box = self.recorded(ans, trace, watched)
        self.finish(ans, [self.tape.number(parent) for parent, _ in edges], self.tape.number(box.node))
        return box

    def finish(self, ans: Any, inputs: Sequence[int], output: int) -> None:
        """Complete the call in progress and put it on the tape."""
        call = self.frames[-1].call
        call.value, call.inputs, call.output = plain(ans), tuple(inputs), output
        self.tape.add(call)

    def watched(self, call: Call, place: int, pullback: Callable[..., Any]) -> Callable[..., Any]:
        """Return a pullback that writes what it made to the tape."""

        def pull(g: Any) -> Any:
            self.frames.append(Frame(call, (), False))
            try:
                with self.tape.inside(call):
                    term = pullback(g)
            finally:
                self.frames.pop()
            self.tape.flow(call, place, (plain(g),), plain(term))
            return term

        return pull

    def box(self, value: Any, trace: Any, tangent: Any) -> Any:
        """Do what `core.boxed` does, and write the tangent to the tape."""
        box = self.boxed(value, trace, tangent)
        if self.frames:
            frame = self.frames[-1]
            self.finish(value, [self.tape.number(node) for node in frame.nodes], self.tape.number(box))
            self.tape.flow(frame.call, None, [plain(node) for node in frame.nodes], plain(tangent))
        return box


def name_of(primitive: Any) -> str:
    """Return the name of a primitive; of one made of a lambda, the name that its module gives it."""
    if primitive.name != "<lambda>":
        return str(primitive.name)
    modules = [module for name, module in list(sys.modules.items()) if name.startswith("easygrad.")]
    names = (n for module in modules for n, v in vars(module).items() if getattr(v, "primitive", None) is primitive)
    return next(names, primitive.name)


def rule_of(primitive: Any, place: int, mode: str) -> Any:
    """Return the rule of an argument; of a pair, the one of the mode."""
    rule = primitive.rule(place)
    return rule[0 if mode == "forward" else 1] if isinstance(rule, tuple) else rule


def plain(x: Any) -> Any:
    """Return a value without its boxes, as nobody else's memory."""
    return copied(core.stop_gradient(x))


@contextmanager
def recording() -> Iterator[Tape]:
    """Give a tape on which easygrad writes what it does until the context ends."""
    recorder = Recorder(Tape("easygrad"))
    getitem = patch.object(
        array.ArrayMethods, "__getitem__", lambda x, index: indexing.getitem(x, core.stop_gradient(index))
    )
    with ExitStack() as stack, getitem:
        for way in (core.apply, primitives.apply_unary, primitives.apply_binary, primitives.apply_beside):
            replace(stack, way, recorder.applying(way))
        stack.enter_context(patch.object(core, "recorded", recorder.record))
        stack.enter_context(patch.object(core, "boxed", recorder.box))
        for module in (primitives, reductions):
            stack.enter_context(patch.object(module, "Reverse", type("NoTrace", (), {})))
        yield recorder.tape


def replace(stack: ExitStack, function: Callable[..., Any], other: Callable[..., Any]) -> None:
    """Replace a function of the engine in all modules of easygrad that have it under its name."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "easygrad" and vars(module).get(function.__name__) is function:
            stack.enter_context(patch.object(module, function.__name__, other))
