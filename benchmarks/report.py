"""The rows of the benchmark, how they are saved, and the table that people read.

`table(rows)` is plain text, the same for the terminal, `reports/benchmark.txt` and the README; `load` reads
the rows back from `reports/benchmark.json` or from the file of pytest-benchmark's `--benchmark-json`.
A new column is a field of `Row` and a line in `timing_table` or `counting_table`.
"""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.paired import Ratio, verdict

WIDTH = 160  # columns; wide enough for every row, so that no terminal decides what is shown
COUNTERS = ("nodes", "additions", "calls", "peak bytes")

LEGEND = """\
floor: the same function under plain NumPy, without any derivative. µs: median of all rounds, for one call.
Ratios: median of per-pair ratios [95 % interval of the median]. A/A: easygrad over itself in the same rounds.
"=": the ratio cannot be told from A/A. "unstable": the middle half of the pairs spreads over more than 20 %.
Counters for one call, easygrad / autograd. nodes: operations and inputs. additions: of cotangents.
calls: Python functions entered. kB: most memory allocated at a time."""


@dataclass(frozen=True)
class Row:
    """One workload as it was measured: seconds of each contestant, ratios, and counters of each library."""

    workload: str
    seconds: Mapping[str, float]
    over_floor: Ratio
    ratio: Ratio
    band: Ratio
    counts: Mapping[str, Mapping[str, int]]


def as_record(row: Row) -> dict[str, Any]:
    """Return a row as JSON can hold it; times in seconds."""
    return asdict(row)


def from_record(record: Mapping[str, Any]) -> Row:
    """Return the row that `as_record` was given."""
    ratios = {name: Ratio(**record[name]) for name in ("over_floor", "ratio", "band")}
    return Row(record["workload"], record["seconds"], counts=record["counts"], **ratios)


def save(rows: Sequence[Row], folder: Path, heading: str = "") -> None:
    """Write `benchmark.txt`, below a heading, and `benchmark.json` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "benchmark.txt").write_text(f"{heading}{table(rows)}\n", encoding="utf-8")
    records = json.dumps([as_record(row) for row in rows], indent=1)
    (folder / "benchmark.json").write_text(records + "\n", encoding="utf-8")


def load(path: Path) -> list[Row]:
    """Read the rows of a saved benchmark, ours or pytest-benchmark's own file."""
    saved = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(saved, dict):
        infos = (one["extra_info"] for one in saved["benchmarks"])
        saved = [info["row"] for info in infos if "row" in info]
    return [from_record(record) for record in saved]


def table(rows: Sequence[Row], *, colour: bool = False) -> str:
    """Return the times, the counters and a legend: plain text, or with the colours of a terminal."""
    output = io.StringIO()
    console = Console(file=output, width=WIDTH, force_terminal=colour, highlight=colour)
    console.print(timing_table(rows), "", counting_table(rows), "", sep="\n")
    return "\n".join(line.rstrip() for line in (output.getvalue() + LEGEND).splitlines())


def new_table(headers: Iterable[str]) -> Table:
    """Return an empty table: names to the left, numbers to the right."""
    fresh = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    fresh.add_column("workload", no_wrap=True)
    for header in headers:
        fresh.add_column(header, justify="right", no_wrap=True)
    return fresh


def timing_table(rows: Sequence[Row]) -> Table:
    """Return the times in microseconds and the ratios, a line for each row."""
    times = ("floor µs", "easygrad µs", "autograd µs")
    times_table = new_table([*times, "easygrad/floor", "autograd/easygrad", "A/A", "pairs"])
    for row in rows:
        seconds = [microseconds(row.seconds[header.split()[0]]) for header in times]
        ratios = [with_interval(ratio, row.band) for ratio in (row.over_floor, row.ratio)]
        times_table.add_row(row.workload, *seconds, *ratios, interval(row.band), str(row.ratio.pairs))
    return times_table


def counting_table(rows: Sequence[Row]) -> Table:
    """Return the counters, easygrad's before Autograd's, for the rows that have any."""
    counters = new_table(["nodes", "additions", "calls", "kB"])
    for row in rows:
        if row.counts:
            counters.add_row(row.workload, *(both_counts(row.counts, name) for name in COUNTERS))
    return counters


def both_counts(counts: Mapping[str, Mapping[str, int]], name: str) -> str:
    """Return a counter of both libraries as text, bytes in units of 1000."""
    mine, other = counts["easygrad"][name], counts["autograd"][name]
    return f"{mine / 1000:.1f} / {other / 1000:.1f}" if name == "peak bytes" else f"{mine} / {other}"


def microseconds(seconds: float) -> str:
    """Return a time in microseconds with three figures or more."""
    value = seconds * 1e6
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 1000 else f"{value:.0f}"


def interval(ratio: Ratio) -> str:
    """Return the interval of a ratio as text."""
    return f"[{ratio.low:.2f}, {ratio.high:.2f}]"


def with_interval(ratio: Ratio, band: Ratio) -> str:
    """Return the verdict on a ratio, and its interval."""
    return f"{verdict(ratio, band)} {interval(ratio)}"
