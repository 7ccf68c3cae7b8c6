"""The timed items: each contestant by itself, for the history, and all of them in turns, for the ratios.

Compare two contestants by the rows of `test_paired` only: the items of `test_time` run one after the other,
so the load of the machine may change between them. With `--benchmark-disable` each item only checks that both
libraries agree. A workload is added in `comparisons/workloads.py`, not here.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import pytest
from comparisons.workloads import TIMED, Timed
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks import paired
from benchmarks.contestants import CONTESTANTS, LIBRARIES, agreed_calls, counts_of, name_of
from benchmarks.counters import Call
from benchmarks.paired import Block, Plan
from benchmarks.report import Row, as_record

AGAIN = "easygrad again"
WATCHED = {"autograd": "easygrad", AGAIN: "easygrad"}
IMPORT = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"
IMPORTED = {"floor": "numpy", "easygrad": "easygrad", "autograd": "autograd"}


def row_of(name: str, blocks: Mapping[str, Block], plan: Plan, counts: Mapping[str, Mapping[str, int]]) -> Row:
    """Measure the blocks of all contestants in turns, easygrad a second time for the A/A ratio."""
    blocks = {**blocks, AGAIN: blocks["easygrad"]}
    times = paired.measure(blocks, plan, time.perf_counter, watched=WATCHED)
    over_floor = paired.ratio_of(times, "easygrad", over="floor")
    ratio = paired.ratio_of(times, "autograd", over="easygrad")
    band = paired.ratio_of(times, AGAIN, over="easygrad")
    return Row(name, paired.medians(times), over_floor, ratio, band, counts)


def workload_row(name: str, calls: Mapping[str, Call], plan: Plan) -> Row:
    """Measure a workload in turns, and count what each library does."""
    blocks = {one: paired.block_of(calls[one], plan, time.perf_counter) for one in CONTESTANTS}
    return row_of(name, blocks, plan, {library: counts_of(calls[library], library) for library in LIBRARIES})


def import_seconds(module: str) -> float:
    """Import a module in a fresh process and return the seconds it took, without the start of Python."""
    command = [sys.executable, "-c", IMPORT.format(module)]
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return float(subprocess.run(command, capture_output=True, check=True, text=True, env=compiled).stdout)


def import_row(plan: Plan) -> Row:
    """Measure in turns what imports cost; NumPy is the floor. The files are read once before."""
    blocks: dict[str, Block] = {}
    for name, module in IMPORTED.items():
        import_seconds(module)
        blocks[name] = lambda module=module: import_seconds(module)  # type: ignore[misc]  # mypy: no defaults
    return row_of("import", blocks, plan, {})


def measured(benchmark: BenchmarkFixture, rows: list[Row], row: Callable[[], Row]) -> None:
    """Measure a row as one item; put it where pytest-benchmark saves it, and where the table finds it."""
    found: Row = benchmark.pedantic(row)  # type: ignore[no-untyped-call]  # pytest-benchmark has few types
    benchmark.extra_info["row"] = as_record(found)
    rows.append(found)


@pytest.mark.parametrize("timed", TIMED, ids=name_of)
def test_paired(timed: Timed, benchmark: BenchmarkFixture, plan: Plan, rows: list[Row]) -> None:
    """Measure a workload in turns."""
    benchmark.group = "paired"
    calls = agreed_calls(timed)
    if benchmark.disabled:
        benchmark(calls["floor"])
    else:
        measured(benchmark, rows, partial(workload_row, name_of(timed), calls, plan))


def test_paired_with_garbage_collector(benchmark: BenchmarkFixture, plan: Plan, rows: list[Row]) -> None:
    """Measure one workload as a user meets it, with Python's cycle collector on."""
    benchmark.group = "paired"
    calls = agreed_calls(TIMED[0])
    if benchmark.disabled:
        benchmark(calls["floor"])
    else:
        name = f"{name_of(TIMED[0])}, collector on"
        measured(benchmark, rows, partial(workload_row, name, calls, replace(plan, collector=True)))


def test_import(benchmark: BenchmarkFixture, plan: Plan, rows: list[Row]) -> None:
    """Measure the imports in turns, each in a fresh process."""
    benchmark.group = "paired"
    if benchmark.disabled:
        benchmark(import_seconds, "easygrad")
    else:
        measured(benchmark, rows, partial(import_row, plan))


@pytest.mark.parametrize("contestant", CONTESTANTS)
@pytest.mark.parametrize("timed", TIMED, ids=name_of)
def test_time(timed: Timed, contestant: str, benchmark: BenchmarkFixture) -> None:
    """Time one contestant by itself, for the history of pytest-benchmark."""
    benchmark.group = name_of(timed)
    benchmark(agreed_calls(timed)[contestant])
