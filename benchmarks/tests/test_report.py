"""Tests of the table and of saved rows; run by `pytest benchmarks/tests`."""

import json
from pathlib import Path

from benchmarks import report
from benchmarks.paired import Ratio
from benchmarks.report import Row

BAND = Ratio(1.0, 0.99, 1.01, 0.02, 50)
EASYGRAD_COUNTS = {"nodes": 7, "additions": 2, "calls": 60, "peak bytes": 2_400}
AUTOGRAD_COUNTS = {"nodes": 8, "additions": 3, "calls": 600, "peak bytes": 12_345}


def row(name: str, ratio: Ratio) -> Row:
    seconds = {"floor": 1e-6, "easygrad": 20e-6, "autograd": 0.2}
    counts = {"easygrad": EASYGRAD_COUNTS, "autograd": AUTOGRAD_COUNTS}
    return Row(name, seconds, Ratio(20.0, 19.0, 21.0, 0.02, 50), ratio, BAND, counts)


ROWS = [
    row("fast", Ratio(7.0, 6.9, 7.2, 0.02, 50)),
    row("same", BAND),
    row("noisy", Ratio(3.0, 1.0, 9.0, 0.5, 50)),
]


def line(name: str, text: str) -> list[str]:
    """Return the words of the first line about a workload."""
    return next(words for words in map(str.split, text.splitlines()) if words and words[0] == name)


def test_table_has_times_ratio_interval_band_and_pairs() -> None:
    cells = " ".join(line("fast", report.table(ROWS)))
    assert cells == "fast 1.00 20.0 200000 20.00 [19.00, 21.00] 7.00 [6.90, 7.20] [0.99, 1.01] 50"


def test_table_says_equal_and_unstable() -> None:
    text = report.table(ROWS)
    assert "=" in line("same", text)
    assert "unstable" in line("noisy", text)


def test_table_has_counters() -> None:
    counters = report.table(ROWS).split("nodes")[1]
    assert " ".join(line("fast", counters)) == "fast 7 / 8 2 / 3 60 / 600 2.4 / 12.3"


def test_table_is_plain_text() -> None:
    text = report.table(ROWS)
    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.splitlines())


def test_rows_survive_saving(tmp_path: Path) -> None:
    report.save(ROWS, tmp_path / "reports")
    assert report.load(tmp_path / "reports" / "benchmark.json") == ROWS
    assert (tmp_path / "reports" / "benchmark.txt").read_text(encoding="utf-8") == report.table(ROWS) + "\n"


def test_rows_are_read_from_the_file_of_pytest_benchmark(tmp_path: Path) -> None:
    benchmarks = [{"extra_info": {"row": report.as_record(ROWS[0])}}, {"extra_info": {}}]
    path = tmp_path / "saved.json"
    path.write_text(json.dumps({"benchmarks": benchmarks}), encoding="utf-8")
    assert report.load(path) == ROWS[:1]
