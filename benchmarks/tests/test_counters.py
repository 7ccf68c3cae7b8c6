"""Tests of the counters on functions whose counts are known; run by `pytest benchmarks/tests`."""

import sys
import tracemalloc

import numpy as np
import pytest
from benchmarks.counters import Probe, allocated_bytes, count_calls, peak_bytes


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


def test_two_probes_may_watch_one_function() -> None:
    probes = [Probe("leaves", leaf.__code__), Probe("sizes", leaf.__code__, lambda frame: int(frame.f_locals["size"]))]
    counts = count_calls(three_leaves, probes)
    assert (counts["leaves"], counts["sizes"]) == (3, 6)


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


def sum_of_two(x: np.ndarray) -> np.ndarray:
    return (x + 1.0) + 2.0


def test_all_allocated_arrays_are_counted_though_they_are_freed() -> None:
    x = np.ones(100_000)
    found = allocated_bytes(lambda: [sum_of_two(x) for _ in range(5)] and None)
    assert 5 * 2 * x.nbytes - 4000 <= found + 5 * x.nbytes  # NumPy may add into the temporary of the first sum
    assert found == pytest.approx(allocated_bytes(lambda: [sum_of_two(x) for _ in range(5)] and None), rel=1e-3)


def test_arrays_that_are_freed_before_the_next_line_are_counted() -> None:
    def one_after_the_other() -> None:
        for _ in range(5):
            np.empty(1_000_000)

    assert 40_000_000 <= allocated_bytes(one_after_the_other) < 40_100_000
    assert sys.gettrace() is None or not tracemalloc.is_tracing()


def test_numbers_are_no_arrays() -> None:
    assert allocated_bytes(lambda: [float(i) * 2.0 for i in range(1000)] and None) < 20_000
