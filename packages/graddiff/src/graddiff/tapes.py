"""Tapes: what a library did while it computed one answer, call by call, in the order of time.

A library records a tape where its adapter has a method `recording()`, a context manager that gives a `Tape`;
`libraries/tapes_*.py` are the two there are. A tape holds plain numbers only. A *call* is one primitive that one trace
recorded; where traces nest, one call of a function is a call in each of them. A *flow* is one use of a rule: the
cotangent that it made for an argument, or the tangent that it made for the answer. A *slot* is a value of one trace,
with the cotangent that all its uses together sent back to it.
"""

import linecache
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import CellType, FunctionType
from typing import Any

import numpy as np

from graddiff.arrays import Function

# What libraries call differently, by NumPy's name.
NAMES = {
    "__getitem__": "getitem",
    "absolute": "abs",
    "concatenate_args": "concatenate",
    "conj": "conjugate",
    "mod": "remainder",
    "mut_add": "add",
    "true_divide": "divide",
    "untake": "scatter",
}
WIDTH = 100


def normalised(name: str) -> str:
    """Return the name of a primitive as all libraries are taken to call it."""
    return NAMES.get(name, name)


@dataclass(eq=False)
class Call:
    """A primitive that a trace recorded: what it got, what it gave, and by which rules it is differentiated.

    `followed` are the positions of the arguments that the trace follows, `rules` the functions that differentiate them,
    `inputs` and `output` the slots. `within` are the calls whose rules made this one, the outermost first. `function`
    is the library's own, which takes its boxes, `plain` the same under plain NumPy.
    """

    primitive: str
    trace: int
    mode: str
    function: Function
    plain: Function
    args: tuple[Any, ...]
    options: dict[str, Any]
    followed: tuple[int, ...]
    rules: tuple[Function | None, ...]
    within: tuple["Call", ...] = ()
    inputs: tuple[int, ...] = ()
    output: int = -1
    value: Any = None
    time: int = -1

    @property
    def name(self) -> str:
        """The name of the primitive as all libraries are taken to call it."""
        return normalised(self.primitive)

    def evaluate(self, changed: dict[int, Any]) -> Any:
        """Return the value under plain NumPy, with some of the arguments changed."""
        args = [changed.get(i, copied(x)) for i, x in enumerate(self.args)]
        return self.plain(*args, **self.options)

    def rule_at(self, place: int | None) -> Function | None:
        """Return the rule of an argument; of None, the first there is."""
        places = self.followed if place is None else (place,)
        return next((r for i, r in zip(self.followed, self.rules, strict=True) if i in places and r), None)


@dataclass(eq=False)
class Flow:
    """One use of a rule: of the cotangent `given` it `made` that of argument `place`; of tangents, the answer's."""

    call: Call
    place: int | None
    given: tuple[Any, ...]
    made: Any
    time: int


@dataclass(eq=False)
class Slot:
    """A value of one trace, the call that made it and those that use it.

    `totals` are the cotangents with which the library went on, one for each backward pass, or its tangent; `sums` what
    the uses of the value sent to it, added up.
    """

    trace: int
    value: Any
    producer: Call | None = None
    uses: list[Call] = field(default_factory=list)
    totals: list[Any] = field(default_factory=list)
    sums: list[Any] = field(default_factory=list)
    time: int = 0


@dataclass(eq=False)
class Tape:
    """The calls and flows of one computation, in the order of time; `running` are the calls in which it broke off."""

    library: str = ""
    calls: list[Call] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    modes: dict[int, str] = field(default_factory=dict)
    running: tuple[Call, ...] = ()
    error: str = ""
    answer: tuple[Any, ...] = ()
    _stack: list[Call] = field(default_factory=list)
    _numbers: dict[int, int] = field(default_factory=dict)
    _kept: list[Any] = field(default_factory=list)
    _time: int = 0

    # recording

    def number(self, thing: Any) -> int:
        """Return the number of a node or trace; it is kept alive, so that no other gets the same number."""
        if id(thing) not in self._numbers:
            self._kept.append(thing)
            self._numbers[id(thing)] = len(self._kept)
        return self._numbers[id(thing)]

    @contextmanager
    def inside(self, call: Call) -> Iterator[None]:
        """Take what is called meanwhile as made by the rule of this call."""
        self._stack.append(call)
        try:
            yield
        except Exception:
            self.running = self.running or tuple(self._stack)
            raise
        finally:
            self._stack.pop()

    @property
    def within(self) -> tuple[Call, ...]:
        """The calls whose rules are running."""
        return (*self._stack[-1].within, self._stack[-1]) if self._stack else ()

    def add(self, call: Call) -> None:
        """Take in a finished call."""
        call.time = self._tick()
        self.modes.setdefault(call.trace, call.mode)
        self.calls.append(call)

    def flow(self, call: Call, place: int | None, given: Sequence[Any], made: Any) -> None:
        """Take in what a rule made."""
        self.flows.append(Flow(call, place, tuple(given), made, self._tick()))

    def _tick(self) -> int:
        self._time += 1
        return self._time

    # reading

    def slots(self) -> list[Slot]:
        """Return the values of all traces, by the time at which their cotangents or tangents were known."""
        found: dict[int, Slot] = {}
        for call in self.calls:
            for place, slot in zip(call.followed, call.inputs, strict=False):
                found.setdefault(slot, Slot(call.trace, call.args[place])).uses.append(call)
            found.setdefault(call.output, Slot(call.trace, call.value)).producer = call
        counted: dict[tuple[int, int | None], int] = {}
        for flow in self.flows:
            turn = counted.get((id(flow.call), flow.place), 0)
            counted[id(flow.call), flow.place] = turn + 1
            _add_flow(found, turn, flow)
        for entry in found.values():
            entry.totals = entry.totals or entry.sums  # the arguments of the whole function
        return sorted(found.values(), key=lambda slot: slot.time)

    def ranks(self) -> dict[int, int]:
        """Return for each trace its place among all, the outermost first."""
        return {trace: rank for rank, trace in enumerate(sorted(self.modes))}


def _add_flow(slots: dict[int, Slot], turn: int, flow: Flow) -> None:
    """Add what a rule got to the slot of its answer, and what it made to the slot of its argument."""
    call, answer = flow.call, slots[flow.call.output]
    if flow.place is None:
        answer.totals, answer.time = [flow.made], flow.time
        return
    if flow.place == call.followed[0]:
        answer.totals.append(flow.given[0])
    slot = slots[call.inputs[call.followed.index(flow.place)]]
    slot.time = flow.time
    if turn == len(slot.sums):
        slot.sums.append(flow.made)
    elif is_numeric(flow.made) and np.shape(flow.made) == np.shape(slot.sums[turn]):
        slot.sums[turn] = slot.sums[turn] + flow.made


def recording_of(library: Any) -> AbstractContextManager[Tape] | None:
    """Return the context in which a library records a tape, or None where its adapter has no such method."""
    recording = getattr(library, "recording", None)
    return recording() if recording else None


# plain numbers


def is_numeric(value: Any) -> bool:
    """Say whether a value is a number or an array of numbers."""
    known = isinstance(value, bool | int | float | complex | np.generic | np.ndarray)
    return known and np.asarray(value).dtype.kind in "biufc"


def parts(value: Any) -> Sequence[Any]:
    """Return the arrays of a value that may be a tuple of them, like that of a decomposition."""
    return value if isinstance(value, list | tuple) else (value,)


def copied(value: Any) -> Any:
    """Return a value that nobody else changes."""
    return value.copy() if isinstance(value, np.ndarray) else value


def close(a: Any, b: Any, digits: float = 1e-9) -> bool:
    """Say whether two values are the same in shape and, up to rounding, in every element."""
    if not (is_numeric(a) and is_numeric(b)) or np.shape(a) != np.shape(b):
        return False
    x, y = np.asarray(a), np.asarray(b)
    if np.array_equal(x, y):
        return True
    low = any(z.dtype in (np.float32, np.complex64, np.float16) for z in (x, y))
    tolerance = 1e-3 if low else digits
    scale = max(float(np.max(np.abs(z[np.isfinite(z)]), initial=0.0)) for z in (x, y))
    with np.errstate(all="ignore"):
        return bool(np.allclose(x, y, rtol=tolerance, atol=tolerance * scale, equal_nan=True))


# flows


def is_finite_flow(flow: Flow) -> bool:
    """Say whether a rule was given finite numbers, at a point where all is finite."""
    values = (*flow.given, flow.call.value, *(flow.call.args[i] for i in flow.call.followed))
    return all(is_numeric(x) and bool(np.isfinite(x).all()) for value in values for x in parts(value))


def print_of(value: Any) -> tuple[tuple[int, ...], str]:
    """Return what two values share if they are the same, but for bad luck in rounding: shape, size in six digits."""
    return (np.shape(value), f"{float(np.sum(np.abs(value))):.5e}") if is_numeric(value) else ((), "")


def fingerprint(flow: Flow) -> tuple[object, ...]:
    """Return what two flows share if they are the same, but for bad luck in rounding."""
    return flow.call.name, flow.call.mode, *print_of(flow.made)


def is_same(a: Flow, b: Flow) -> bool:
    """Say whether two rules made the same of the same."""
    if (a.call.name, a.call.mode, len(a.given)) != (b.call.name, b.call.mode, len(b.given)):
        return False
    pairs = [(a.made, b.made), (a.call.value, b.call.value), *zip(a.given, b.given, strict=True)]
    if a.place is not None and b.place is not None:
        pairs.append((a.call.args[a.place], b.call.args[b.place]))
    return all(close(x, y) for x, y in pairs)


# source lines


def source_line(function: Function | None) -> str:
    """Return where a function is written, and its first line: "package/file.py:12: text"; "" where that is unknown.

    Of a rule that another function has made of the one that matters, that one is told too.
    """
    while isinstance(function, partial):
        function = function.func
    code = getattr(function, "__code__", None)
    if code is None:
        return ""
    text = linecache.getline(code.co_filename, code.co_firstlineno).strip()
    text = text if len(text) <= WIDTH else text[: WIDTH - 3] + "..."
    return f"{shown_path(Path(code.co_filename))}:{code.co_firstlineno}: {text}{_ingredients(function)}"


def _ingredients(function: Function | None) -> str:
    """Return the named functions that a closure holds, each with its line."""
    held = [cell.cell_contents for cell in getattr(function, "__closure__", None) or () if cell != CellType()]
    found = [one for one in held if isinstance(one, FunctionType) and one.__name__ != "<lambda>"]
    told = [f"{one.__name__}, {Path(one.__code__.co_filename).name}:{one.__code__.co_firstlineno}" for one in found]
    return f" (made of {'; '.join(told)})" if told else ""


def shown_path(path: Path) -> str:
    """Return the path of a file as it is best found: of the user's own from the root of the repository.

    What is installed is told by its path below the folder from which it is imported, as "autograd/numpy/fft.py".
    """
    root = next((parent for parent in (*path.parents, Path.cwd()) if (parent / ".git").exists()), Path.cwd())
    installed = any(folder in ("site-packages", "dist-packages") for folder in path.parts)
    if path.is_relative_to(root) and not installed:
        return path.relative_to(root).as_posix()
    homes = [Path(entry).resolve() for entry in sys.path if entry]
    inside = [path.relative_to(home).as_posix() for home in homes if path.is_relative_to(home)]
    return min((name for name in inside if "/" in name), key=len, default=path.name)
