"""The rows of the benchmark, how they are saved, and the tables that people read.

`tables(rows)` is plain text, the same for the terminal, `reports/benchmark.txt` and the README; `load` reads
the rows back from `reports/benchmark.json` or from the file of pytest-benchmark's `--benchmark-json`.
A new column is a field of `Row` and a line in one of the tables.
"""

import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.contestants import BY_HAND, COUNTS, FLOOR, FORWARD, LIBRARIES
from benchmarks.paired import Ratio, verdict

WIDTH = 300  # columns; wide enough for every row, so that no terminal decides what is shown
AGAIN, BAND = "easygrad again", "A/A"
OWN = (FLOOR, BY_HAND, *LIBRARIES, AGAIN, *(library + FORWARD for library in LIBRARIES))
NONE = "-"

LEGEND = """\
floor: the same function under plain NumPy, without any derivative. by hand: its gradient, written in plain NumPy.
µs: processor time of one call, median of all rounds. Ratios: median of per-pair ratios [95 % interval of the median].
A/A: easygrad over itself in the same rounds. "=": the ratio cannot be told from A/A. "unstable": the middle half of
the pairs spreads over more than 20 %. aim: the ratio autograd/easygrad that easygrad has set itself; "missed" where
the whole interval is below."""
SPLIT_LEGEND = """\
recording: the forward run less the floor; backward: the whole gradient less the forward run."""
COUNT_LEGEND = """\
For one call, easygrad / autograd. nodes: operations recorded in reverse, and inputs. primitive calls: recorded in
either mode. additions: of cotangents. calls: Python functions entered. kB: of all arrays allocated, and the most at
a time."""
MEMORY_LEGEND = """\
The most memory at a time during one call, in a process of its own, in kB."""


@dataclass(frozen=True)
class Row:
    """One workload as it was measured: seconds of each contestant, ratios, counters, and bytes of memory.

    `ratios` are named "easygrad/floor", "easygrad/by hand", "autograd/easygrad" and "A/A"; `missing` says of other
    libraries why they have no time.
    """

    workload: str
    group: str
    seconds: Mapping[str, float]
    ratios: Mapping[str, Ratio]
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    memory: Mapping[str, int] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    model: str = ""
    aim: float = 0.0
    headline: bool = True
    order: int = 1
    elements: int = 1

    @property
    def band(self) -> Ratio:
        """The A/A ratio."""
        return self.ratios[BAND]

    def split(self, library: str) -> tuple[float, float] | None:
        """Return the seconds of a library for recording and for the way back, where they were measured."""
        if library + FORWARD not in self.seconds:
            return None
        forward = self.seconds[library + FORWARD]
        return max(forward - self.seconds[FLOOR], 0.0), max(self.seconds[library] - forward, 0.0)


def as_record(row: Row) -> dict[str, Any]:
    """Return a row as JSON can hold it; times in seconds."""
    return asdict(row)


def from_record(record: Mapping[str, Any]) -> Row:
    """Return the row that `as_record` was given."""
    ratios = {name: Ratio(**ratio) for name, ratio in record["ratios"].items()}
    return Row(**{**record, "ratios": ratios})


def save(rows: Sequence[Row], folder: Path, heading: str = "", stem: str = "benchmark") -> None:
    """Write the text, below a heading, and the rows as JSON into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n\n".join([*([heading] if heading else []), tables(rows)])
    (folder / f"{stem}.txt").write_text(f"{text}\n", encoding="utf-8")
    saved = {"environment": heading, "rows": [as_record(row) for row in rows]}
    (folder / f"{stem}.json").write_text(json.dumps(saved, indent=1) + "\n", encoding="utf-8")


def load(path: Path) -> tuple[str, list[Row]]:
    """Read the environment and the rows of a saved benchmark, ours or pytest-benchmark's own file."""
    saved = json.loads(path.read_text(encoding="utf-8"))
    if "rows" in saved:
        return saved["environment"], [from_record(record) for record in saved["rows"]]
    infos = [one["extra_info"] for one in saved["benchmarks"]]
    return "", [from_record(info["row"]) for info in infos if "row" in info]


def tables(rows: Sequence[Row], *, colour: bool = False) -> str:
    """Return all tables with their legends: plain text, or with the colours of a terminal."""
    output = io.StringIO()
    console = Console(file=output, width=WIDTH, force_terminal=colour, highlight=colour)
    found = [
        (timing_table(rows), LEGEND),
        (split_table(rows), SPLIT_LEGEND),
        (counting_table(rows), COUNT_LEGEND),
        (memory_table(rows), MEMORY_LEGEND),
    ]
    for table, legend in found:
        if table.row_count:
            console.print(table, "", sep="\n")
            output.write(legend + "\n\n")
    for row in rows:
        output.writelines(f"{row.workload}: no time of {name}: {why}\n" for name, why in row.missing.items())
    return "\n".join(line.rstrip() for line in output.getvalue().rstrip().splitlines())


def result(rows: Sequence[Row]) -> str:
    """Return in one sentence in how many rows each library takes less time, and the median of the ratios."""
    if not rows:
        return "No workload of the headline was timed."
    subject, upstream = LIBRARIES
    ratios = [(row.ratios[f"{upstream}/{subject}"], row.band) for row in rows]
    found = Counter(outcome(ratio, band) for ratio, band in ratios)
    return (
        f"{subject} takes less time than {upstream} in {found['less']} of {len(rows)} workloads and more in "
        f"{found['more']} (within the noise of the machine: {found['=']}; too unstable to tell: {found['unstable']}); "
        f"the median of the ratios {upstream} / {subject} is {median(ratio.median for ratio, _ in ratios):.2f}."
    )


def outcome(ratio: Ratio, band: Ratio) -> str:
    """Return "unstable", "=", or whether what stands below the line takes "less" or "more" time."""
    told = verdict(ratio, band)
    return told if told in ("unstable", "=") else "less" if ratio.median > 1 else "more"


def new_table(headers: Iterable[str]) -> Table:
    """Return an empty table: names to the left, numbers to the right."""
    fresh = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    fresh.add_column("workload", no_wrap=True)
    for header in headers:
        fresh.add_column(header, justify="right", no_wrap=True)
    return fresh


def others_in(rows: Iterable[Row]) -> list[str]:
    """Return the other libraries that were timed, in the order in which they appear."""
    return list(dict.fromkeys(name for row in rows for name in row.seconds if name not in OWN))


def timing_table(rows: Sequence[Row]) -> Table:
    """Return the times in microseconds and the ratios, a line for each row."""
    others = others_in(rows)
    names, ratios = [FLOOR, BY_HAND, *LIBRARIES, *others], ["easygrad/floor", f"easygrad/{BY_HAND}"]
    over = [f"{name}/easygrad" for name in (*LIBRARIES[1:], *others)]
    table = new_table([*(f"{name} µs" for name in names), *ratios, *over, "aim", BAND, "pairs"])
    for row in rows:
        cells = [microseconds(row.seconds.get(name)) for name in names]
        cells += [verdict(row.ratios[name], row.band) if name in row.ratios else NONE for name in ratios]
        cells += [with_interval(row.ratios.get(name), row.band) for name in over]
        table.add_row(row.workload, *cells, aim(row), interval(row.band), str(row.band.pairs))
    return table


def split_table(rows: Sequence[Row]) -> Table:
    """Return where the time of each library goes, for the rows where it was measured."""
    columns = [f"{library} {part} µs" for library in LIBRARIES for part in ("recording", "backward")]
    table = new_table(["floor µs", *columns])
    for row in rows:
        splits = [row.split(library) for library in LIBRARIES]
        if all(splits):
            cells = [microseconds(seconds) for split in splits if split for seconds in split]
            table.add_row(row.workload, microseconds(row.seconds[FLOOR]), *cells)
    return table


def counting_table(rows: Sequence[Row]) -> Table:
    """Return the counters, easygrad's before Autograd's, for the rows that have any."""
    counters = new_table(name.replace("bytes", "kB") for name in COUNTS)
    for row in rows:
        if row.counts:
            counters.add_row(row.workload, *(both_counts(row.counts, name) for name in COUNTS))
    return counters


def memory_table(rows: Sequence[Row]) -> Table:
    """Return the most memory at a time of each contestant, for the rows where it was measured."""
    names = (FLOOR, BY_HAND, *LIBRARIES)
    table = new_table(names)
    for row in rows:
        if row.memory:
            cells = [f"{row.memory[name] / 1000:.1f}" if name in row.memory else NONE for name in names]
            table.add_row(row.workload, *cells)
    return table


def both_counts(counts: Mapping[str, Mapping[str, int]], name: str) -> str:
    """Return a counter of both libraries as text, bytes in units of 1000."""
    unit = 1000 if name.endswith("bytes") else 1
    return " / ".join(f"{counts[library][name] / unit:.{int(unit > 1)}f}" for library in LIBRARIES)


def microseconds(seconds: float | None) -> str:
    """Return a time in microseconds with three figures or more."""
    if seconds is None:
        return NONE
    value = seconds * 1e6
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 1000 else f"{value:.0f}"


def interval(ratio: Ratio) -> str:
    """Return the interval of a ratio as text."""
    return f"[{ratio.low:.2f}, {ratio.high:.2f}]"


def with_interval(ratio: Ratio | None, band: Ratio) -> str:
    """Return the verdict on a ratio, and its interval."""
    return f"{verdict(ratio, band)} {interval(ratio)}" if ratio else NONE


def aim(row: Row) -> str:
    """Return the ratio that is aimed at, and whether the whole interval is below."""
    if not row.aim:
        return ""
    missed = row.ratios[f"{LIBRARIES[1]}/{LIBRARIES[0]}"].high < row.aim
    return f"{row.aim:g}{' missed' if missed else ''}"
