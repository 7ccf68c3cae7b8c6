"""The timed items: all contestants in turns, for the ratios, and each by itself, for the history.

Compare two contestants by the rows of `test_paired` only: the items of `test_time` run one after the other,
so the load of the machine may change between them. With `--benchmark-disable` each item only checks that all
compute the same. A workload is added in `comparisons/workloads.py`, not here.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from comparisons.models import Timed
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks import memory, others, paired
from benchmarks.conftest import COMPLETE, QUICK, SWEEP
from benchmarks.contestants import (
    BY_HAND,
    FLOOR,
    FORWARD,
    LIBRARIES,
    agreed_calls,
    call_of,
    check,
    counts_of,
)
from benchmarks.counters import Call
from benchmarks.paired import Block, Clock, Plan, Ratio
from benchmarks.report import AGAIN, BAND, Row, as_record
from benchmarks.workloads import ALL, BY_NAME, Workload

CLOCK = time.thread_time  # stands still while the machine does something else; all that is timed has one thread
WATCHED = {"autograd": "easygrad", AGAIN: "easygrad"}
IMPORT = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"
IMPORTED = {FLOOR: "numpy", "easygrad": "easygrad", "autograd": "autograd"}
HEADLINE = [workload for workload in ALL if workload.headline]
COUNTED = ("scalar chain", "elementwise", "2/x ladder", "two layers")  # models whose laws are fitted
WITH_COLLECTOR = BY_NAME["scalar_chain_200"]
MEMORY_IN_QUICK = "elementwise_1000000"


def blocks_of(calls: Mapping[str, Call], plan: Plan, clock: Clock) -> dict[str, Block]:
    """Return a block of each call, warmed up."""
    return {name: paired.block_of(call, plan, clock) for name, call in calls.items()}


def timings_of(blocks: Mapping[str, Block], plan: Plan) -> tuple[dict[str, float], dict[str, Ratio]]:
    """Measure the blocks in turns, easygrad a second time for the A/A ratio; return seconds and ratios."""
    blocks = {**blocks, AGAIN: blocks["easygrad"]}
    times = paired.measure(blocks, plan, time.perf_counter, watched=WATCHED)
    ratios = {BAND: paired.ratio_of(times, AGAIN, over="easygrad")}
    for name in blocks:
        if name in (FLOOR, BY_HAND):
            ratios[f"easygrad/{name}"] = paired.ratio_of(times, "easygrad", over=name)
        elif name not in ("easygrad", AGAIN) and not name.endswith(FORWARD):
            ratios[f"{name}/easygrad"] = paired.ratio_of(times, name, over="easygrad")
    return paired.medians(times), ratios


def other_calls(timed: Timed, also: str | None, mine: Call) -> tuple[dict[str, Call], dict[str, str]]:
    """Return the calls of another library that agree with easygrad, and why there is none of the rest."""
    if also is None:
        return {}, {}
    try:
        calls = dict(others.calls_of(also, timed))
        for name, call in calls.items():
            check(timed, name, call(), mine())
    except Exception as error:  # whatever another library raises is its answer, and stands in the table
        return {}, {also: f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:160]}
    return calls, {}


def workload_row(workload: Workload, calls: Mapping[str, Call], plan: Plan, quick: bool, also: str | None) -> Row:
    """Measure a workload in turns, count what each library does, and weigh it."""
    if quick or also:  # where the time goes is for the complete run
        calls = {name: call for name, call in calls.items() if not name.endswith(FORWARD)}
    more, missing = other_calls(workload.timed, also, calls["easygrad"])
    clock = time.perf_counter if also else CLOCK  # other libraries may have threads of their own
    seconds, ratios = timings_of(blocks_of({**calls, **more}, plan, clock), plan)
    complete = not (quick or also)
    counts, weighed = {}, {}
    if complete and (workload.headline or workload.model in COUNTED):
        counts = {library: counts_of(calls[library], library) for library in LIBRARIES}
    if (complete and workload.headline) or (quick and workload.name == MEMORY_IN_QUICK):
        weighed = memory.in_child(workload.name, [name for name in calls if not name.endswith(FORWARD)])
    return Row(
        workload.name,
        workload.group,
        seconds,
        ratios,
        counts,
        weighed,
        missing,
        workload.model,
        workload.aim,
        workload.headline,
        workload.timed.order,
        workload.elements,
    )


def import_seconds(module: str) -> float:
    """Import a module in a fresh process and return the seconds it took, without the start of Python."""
    command = [sys.executable, "-c", IMPORT.format(module)]
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return float(subprocess.run(command, capture_output=True, check=True, text=True, env=compiled).stdout)


def import_row() -> Row:
    """Measure in turns what imports cost; NumPy is the floor. The files are read once before."""
    blocks: dict[str, Block] = {}
    for name, module in IMPORTED.items():
        import_seconds(module)
        blocks[name] = lambda module=module: import_seconds(module)  # type: ignore[misc]  # mypy: no defaults
    return Row("import", "import", *timings_of(blocks, SWEEP))


def measured(benchmark: BenchmarkFixture, rows: list[Row], row: Callable[[], Row]) -> None:
    """Measure a row as one item; put it where pytest-benchmark saves it, and where the table finds it."""
    found: Row = benchmark.pedantic(row)  # type: ignore[no-untyped-call]  # pytest-benchmark has few types
    benchmark.extra_info["row"] = as_record(found)
    rows.append(found)


@pytest.mark.parametrize("workload", ALL, ids=lambda workload: workload.name)
def test_paired(workload: Workload, benchmark: BenchmarkFixture, rows: list[Row], quick: bool, also: Any) -> None:
    """Measure a workload in turns."""
    benchmark.group = f"paired: {workload.group}"
    calls = agreed_calls(workload.timed)
    if benchmark.disabled:
        benchmark(calls[FLOOR])
    else:
        plan = QUICK if quick else COMPLETE if workload.headline else SWEEP
        measured(benchmark, rows, partial(workload_row, workload, calls, plan, quick, also))


def test_paired_with_garbage_collector(benchmark: BenchmarkFixture, rows: list[Row], quick: bool) -> None:
    """Measure one workload as a user meets it, with Python's cycle collector on."""
    benchmark.group = f"paired: {WITH_COLLECTOR.group}"
    calls = agreed_calls(WITH_COLLECTOR.timed)
    if benchmark.disabled:
        benchmark(calls[FLOOR])
        return
    plan = replace(QUICK if quick else COMPLETE, collector=True)
    blocks = blocks_of(calls, plan, CLOCK)
    name = f"{WITH_COLLECTOR.name}, collector on"
    measured(benchmark, rows, lambda: Row(name, "with the garbage collector", *timings_of(blocks, plan)))


def test_import(benchmark: BenchmarkFixture, rows: list[Row]) -> None:
    """Measure the imports in turns, each in a fresh process."""
    benchmark.group = "paired: import"
    if benchmark.disabled:
        benchmark(import_seconds, "easygrad")
    else:
        measured(benchmark, rows, import_row)


@pytest.mark.parametrize("contestant", [FLOOR, *LIBRARIES])
@pytest.mark.parametrize("workload", HEADLINE, ids=lambda workload: workload.name)
def test_time(workload: Workload, contestant: str, benchmark: BenchmarkFixture) -> None:
    """Time one contestant by itself, for the history of pytest-benchmark."""
    benchmark.group = workload.name
    benchmark(call_of(workload.timed, contestant))
