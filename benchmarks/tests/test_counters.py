"""Tests of the counters on functions whose counts are known; run by `pytest benchmarks/tests`."""

import sys
import tracemalloc

import numpy as np
from benchmarks.counters import Probe, count_calls, peak_bytes


def leaf(size: int) -> int:
    return size


def three_leaves() -> int:
    return leaf(1) + leaf(2) + leaf(3)


def test_functions_entered_are_counted() -> None:
    assert count_calls(three_leaves, ()) == {"calls": 4}


def test_probe_counts_entries() -> None:
    assert count_calls(three_leaves, [Probe("leaves", leaf.__code__)])["leaves"] == 3


def test_probe_may_weigh_an_entry_by_its_arguments() -> None:
    weighing = Probe("sizes", leaf.__code__, lambda frame: int(frame.f_locals["size"]))
    assert count_calls(three_leaves, [weighing])["sizes"] == 6


def test_counting_is_exact() -> None:
    assert count_calls(three_leaves, ()) == count_calls(three_leaves, ())


def test_profiler_is_put_back() -> None:
    before = sys.getprofile()
    count_calls(three_leaves, ())
    assert sys.getprofile() is before


def test_meter_sees_an_array_of_known_size() -> None:
    peak = peak_bytes(lambda: np.empty(1_000_000))
    assert 8_000_000 <= peak < 8_010_000


def test_meter_reports_the_peak_and_not_the_sum() -> None:
    def one_after_the_other() -> None:
        for _ in range(5):
            np.empty(1_000_000)

    assert 8_000_000 <= peak_bytes(one_after_the_other) < 8_010_000
    assert not tracemalloc.is_tracing()
