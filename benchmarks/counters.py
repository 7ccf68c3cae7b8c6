"""Counts what a gradient does, exactly and the same in every run, where times only estimate it.

The interpreter's own profiler reports each Python function that is entered, so nothing in a library is
replaced or wrapped: a `Probe` names the code of a function and says how much an entry into it adds. Ufuncs
and operators raise no event in the interpreter, so NumPy's calls cannot be counted alike on both sides; the
Python functions entered can, and they are what the overhead consists of.

A new counter is a new probe in the library's tuple in `contestants.py`.
"""

import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import CodeType, FrameType

Call = Callable[[], object]


@dataclass(frozen=True)
class Probe:
    """Adds `amount(frame)` to the counter `name` whenever a function with this code is entered."""

    name: str
    code: CodeType
    amount: Callable[[FrameType], int] = lambda frame: 1


def count_calls(call: Call, probes: Iterable[Probe]) -> Counter[str]:
    """Call once and return how many Python functions were entered ("calls"), and what the probes counted."""
    counts: Counter[str] = Counter()
    by_code = {probe.code: probe for probe in probes}

    def on_event(frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            counts["calls"] += 1
            probe = by_code.get(frame.f_code)
            if probe is not None:
                counts[probe.name] += probe.amount(frame)

    before = sys.getprofile()
    sys.setprofile(on_event)
    try:
        call()
    finally:
        sys.setprofile(before)
    return counts


def peak_bytes(call: Call) -> int:
    """Call once and return the highest number of bytes that were allocated at one time during the call.

    NumPy reports its arrays to tracemalloc, so they are included.
    """
    tracing = tracemalloc.is_tracing()
    if not tracing:
        tracemalloc.start()
    try:
        start, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        call()
        return tracemalloc.get_traced_memory()[1] - start
    finally:
        if not tracing:
            tracemalloc.stop()
