"""Counts what a gradient does, exactly and the same in every run, where times only estimate it.

The interpreter's own profiler reports each Python function that is entered: a `Probe` names the code of a
function and says how much an entry into it adds. Ufuncs and operators raise no event in the interpreter, so
NumPy's calls cannot be counted alike on both sides; the Python functions entered can, and they are what the
overhead consists of. Nor is there an event where NumPy allocates an array:
`allocated_bytes` asks tracemalloc between any two instructions of the interpreter.

A new counter is a new probe in `contestants.py`; `tests/test_contestants.py` checks it on a known program.
"""

import gc
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any

Call = Callable[[], object]

TOOL = 4  # of sys.monitoring: a number that no debugger, profiler or coverage tool has
SMALLEST = 1024  # bytes; what is smaller is counted as no array: a number, or an object of Python itself


@dataclass(frozen=True)
class Probe:
    """Adds `amount(frame)` to the counter `name` whenever a function with this code is entered."""

    name: str
    code: CodeType
    amount: Callable[[FrameType], int] = lambda frame: 1


@contextmanager
def without_collector() -> Iterator[None]:
    """Switch the cycle collector off: what its callbacks and finalizers do is not the library's work."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def count_calls(call: Call, probes: Iterable[Probe]) -> Counter[str]:
    """Call once and return how many Python functions were entered ("calls"), and what the probes counted."""
    counts: Counter[str] = Counter()
    by_code: dict[CodeType, list[Probe]] = {}
    for probe in probes:
        by_code.setdefault(probe.code, []).append(probe)

    def on_event(frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            counts["calls"] += 1
            for probe in by_code.get(frame.f_code, ()):
                counts[probe.name] += probe.amount(frame)

    before = sys.getprofile()
    with without_collector():
        sys.setprofile(on_event)
        try:
            call()
        finally:
            sys.setprofile(before)
    return counts


@contextmanager
def tracing_memory() -> Iterator[None]:
    """Have tracemalloc follow what is allocated; NumPy reports its arrays to it."""
    tracing = tracemalloc.is_tracing()
    if not tracing:
        tracemalloc.start()
    try:
        yield
    finally:
        if not tracing:
            tracemalloc.stop()


def peak_bytes(call: Call) -> int:
    """Call once and return the highest number of bytes that were allocated at one time during the call."""
    with tracing_memory():
        start, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        call()
        return tracemalloc.get_traced_memory()[1] - start


class Meter:
    """Adds up what each instruction of the interpreter allocates: the peak within it, less what was there before it."""

    def __init__(self) -> None:
        self.total = self.before = 0

    def start(self) -> None:
        """Begin with nothing."""
        self.total, (self.before, _) = 0, tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()

    def step(self, *event: object) -> None:
        """Add what the instruction that ended here has allocated."""
        now, peak = tracemalloc.get_traced_memory()
        if peak - self.before >= SMALLEST:
            self.total += peak - self.before
        self.before = now
        tracemalloc.reset_peak()


def allocated_bytes(call: Call) -> int:
    """Return how many bytes of arrays one call allocates in all, also where they were freed at once.

    It takes about 20 times as long as the call itself, and from Python 3.12 on twice that.
    """
    meter = Meter()
    with without_collector(), tracing_memory():
        (traced if sys.version_info < (3, 12) else monitored)(call, meter)
    return meter.total


def traced(call: Call, meter: Meter) -> None:
    """Call once, with a step of the meter between any two instructions, by the trace function."""

    def on_event(frame: FrameType, event: str, argument: object) -> Any:
        meter.step()
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        return on_event

    previous = sys.gettrace()
    meter.start()
    sys.settrace(on_event)
    try:
        call()
    finally:
        sys.settrace(previous)


def monitored(call: Call, meter: Meter) -> None:
    """Do the same by monitoring: from Python 3.12 on a trace function does not get all instructions.

    The interpreter makes a copy of each function that it monitors, which is no work of the call; so the call is made
    once before it is measured.
    """
    monitoring = sys.monitoring
    monitoring.use_tool_id(TOOL, "bytes of arrays")
    monitoring.register_callback(TOOL, monitoring.events.INSTRUCTION, meter.step)
    monitoring.set_events(TOOL, monitoring.events.INSTRUCTION)
    try:
        call()
        meter.start()
        call()
        meter.step()
    finally:
        monitoring.set_events(TOOL, monitoring.events.NO_EVENTS)
        monitoring.free_tool_id(TOOL)
