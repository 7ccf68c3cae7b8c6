"""Tests of whole runs, as few as possible and as small: what is saved, compared and left out."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from benchmarks.conftest import is_left_out
from benchmarks.contestants import agreed_calls
from benchmarks.others import LIBRARIES
from benchmarks.paired import Plan
from benchmarks.report import Row
from benchmarks.test_benchmark import other_calls, workload_row
from benchmarks.workloads import BY_NAME, HEADLINE, LONG, NOT_QUICK

ROOT = Path(__file__).resolve().parents[2]
TINY = ["--benchmark-min-rounds=1", "--benchmark-max-time=0.001", "--benchmark-min-time=0.0001"]


def alone() -> dict[str, str]:
    """Return the environment without the marks of a parallel run, in which pytest-benchmark would time nothing."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}


def run(*arguments: str) -> str:
    """Run pytest on the benchmarks and return what it prints, to both streams."""
    command = [sys.executable, "-m", "pytest", "benchmarks/test_benchmark.py", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=alone(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_run_is_compared_with_the_last_saved_run(tmp_path: Path) -> None:
    where = [f"--benchmark-storage={tmp_path}", "-k", "test_time and scalar_tanh-", *TINY]
    run(*where, "--benchmark-autosave")
    (saved,) = tmp_path.rglob("*.json")
    benchmarks = json.loads(saved.read_text(encoding="utf-8"))["benchmarks"]
    assert {one["group"] for one in benchmarks} == {"scalar_tanh"}
    printed = run(*where, "--benchmark-compare")
    assert "Comparing against benchmarks from" in printed
    assert f"({saved.name[:4]}_" in printed.replace("NOW", "")  # rows of the saved run, in the table of their group
    assert "benchmark 'scalar_tanh'" in printed


def timed_with(**options: object) -> list[str]:
    """Return the names of the items that are timed with these options."""
    config = SimpleNamespace(option=SimpleNamespace(**{"quick": False, "long": False, "also": None, **options}))
    names = [f"test_paired[{name}]" for name in BY_NAME] + [f"test_time[{name}-easygrad]" for name in HEADLINE]
    names += ["test_import", "test_paired_with_garbage_collector"]
    items = [SimpleNamespace(name=name, path=ROOT / "benchmarks" / "test_benchmark.py") for name in names]
    return [item.name for item in items if not is_left_out(item, config)]  # type: ignore[arg-type]  # stand-ins


def test_quick_run_has_the_headline_rows_and_no_others() -> None:
    expected = [f"test_paired[{name}]" for name in HEADLINE if name not in NOT_QUICK]
    assert timed_with(quick=True) == [*expected, "test_paired_with_garbage_collector"]


def test_long_rows_only_if_asked_for() -> None:
    assert not any(name in item for item in timed_with() for name in LONG)
    assert len(timed_with(long=True)) == len(timed_with()) + len(LONG)


@pytest.mark.parametrize("library", LIBRARIES)
def test_another_library_is_timed_on_its_rows_alone(library: str) -> None:
    rows = LIBRARIES[library][1]
    assert set(timed_with(also=library)) == {f"test_paired[{name}]" for name in rows}
    assert len(rows) >= 9


def test_library_that_is_not_installed_is_said_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mygrad", None)
    timed = BY_NAME["scalar_tanh"].timed
    calls, missing = other_calls(timed, "mygrad", lambda: 0.0)
    assert calls == {}
    assert missing["mygrad"].startswith("ModuleNotFoundError: ")


def test_row_has_everything_that_was_asked_for() -> None:
    workload = BY_NAME["two_layers.jacobian_n10"]
    plan = Plan(pairs=6, budget=0.1, warm_ups=1)
    row: Row = workload_row(workload, agreed_calls(workload.timed), plan, quick=False, also=None)
    assert set(row.ratios) == {"A/A", "easygrad/floor", "easygrad/by hand", "autograd/easygrad"}
    assert row.band.pairs == 6
    assert row.counts["easygrad"]["nodes"] > 0
    assert (row.elements, row.model, row.headline, row.memory) == (10, "two layers", False, {})
