"""Tests of the meter of memory and of its child process; run by `pytest benchmarks/tests`."""

import subprocess

import pytest
from benchmarks import memory


def test_child_reports_a_known_size() -> None:
    """The gradient by hand of a million elements holds 3 arrays at its peak, the function as many."""
    found = memory.in_child("elementwise_1000000", ["floor", "by hand"])
    assert {name: round(peak / 8e6) for name, peak in found.items()} == {"floor": 3, "by hand": 3}


def test_meter_is_proven_first(monkeypatch: pytest.MonkeyPatch) -> None:
    memory.calibrate()
    monkeypatch.setattr(memory, "peak_bytes", lambda call: 0)
    with pytest.raises(RuntimeError, match="reports 0 bytes for 10000000"):
        memory.calibrate()


def test_meter_that_counts_what_was_freed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "peak_bytes", lambda call: 2 * memory.KNOWN)
    with pytest.raises(RuntimeError, match="reports 20000000 bytes for 10000000"):
        memory.calibrate()


def test_child_that_fails_is_no_measurement() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        memory.in_child("no_such_workload", ["easygrad"])
