"""Counts what a gradient does, exactly and the same in every run, where times only estimate it.

The interpreter's own profiler reports each Python function that is entered: a `Probe` names the code of a
function and says how much an entry into it adds. Ufuncs and operators raise no event in the interpreter, so
NumPy's calls cannot be counted alike on both sides; the Python functions entered can, and they are what the
overhead consists of. Nor is there an event where a class without `__init__` is called: for the time of one
call, `count_instances` puts a subclass that counts in its place.

A new counter is a new probe in `contestants.py`; `tests/test_contestants.py` checks it on a known program.
"""

import gc
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import CodeType, FrameType, ModuleType
from typing import Any
from unittest.mock import patch

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

    before, collecting = sys.getprofile(), gc.isenabled()
    gc.disable()  # what its callbacks and finalizers do is not the library's work
    sys.setprofile(on_event)
    try:
        call()
    finally:
        sys.setprofile(before)
        if collecting:
            gc.enable()
    return counts


def count_instances(call: Call, module: ModuleType, name: str) -> int:
    """Call once and return how many instances of the class `module.name` were made through that name."""
    made = 0
    counted: type[Any] = getattr(module, name)

    class Counting(counted):  # type: ignore[misc]  # the base is known at run time only
        __slots__ = ()

        def __new__(cls, *args: object, **options: object) -> Any:
            nonlocal made
            made += 1
            return super().__new__(cls)

    with patch.object(module, name, Counting):
        call()
    return made


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
