"""The page `reports/benchmark.html`: one static file without scripts, made of the saved rows.

    python -m benchmarks.page reports

reads `benchmark.json`, and `benchmark-<library>.json` of the other libraries, where there are any.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from benchmarks import plots, report
from benchmarks.contestants import BY_HAND, LIBRARIES
from benchmarks.laws import Law, crossover, law_of
from benchmarks.report import Row

NAME = "benchmark.html"
SWEEPS = {"sum of sin(x) exp(-x²) + 2 / x": "elementwise", "log-sum-exp": "log-sum-exp"}  # title: model
# title, model, part of the name, label of the axis, what is on it
LAWS: Sequence[tuple[str, str, str, str, Callable[[Row], float]]] = (
    ("length of the graph", "scalar chain", "scalar_chain", "operations", lambda row: row.counts["easygrad"]["nodes"]),
    ("order", "2/x ladder", "reciprocal_float", "order of the derivative of 2 / x", lambda row: row.order),
    ("size of a Jacobian", "two layers", "jacobian", "rows and columns", lambda row: row.elements),
)


@dataclass(frozen=True)
class FittedLaw:
    """A line of the table of laws."""

    sweep: str
    library: str
    law: Law


def counted_rows(rows: Sequence[Row], model: str, part: str) -> list[Row]:
    """Return the rows of a sweep that have counters, in the order of their time."""
    found = [row for row in rows if row.model == model and part in row.workload and row.counts]
    return sorted(found, key=lambda row: row.seconds["easygrad"])


def law_sections(rows: Sequence[Row]) -> tuple[list[str], list[FittedLaw]]:
    """Return a plot for each sweep that has enough rows, and the laws."""
    pictures, fitted = [], []
    for title, model, part, label, place in LAWS:
        shown = counted_rows(rows, model, part)
        laws = {library: law for library in LIBRARIES if (law := law_of(shown, library))}
        if laws:
            pictures.append(plots.law_plot(title, label, [place(row) for row in shown], shown, laws))
            fitted += [FittedLaw(title, library, law) for library, law in laws.items()]
    return pictures, fitted


def overhead_sections(rows: Sequence[Row]) -> tuple[list[str], list[str]]:
    """Return a plot for each sweep over the number of elements, and a sentence about its crossover sizes."""
    pictures, sentences = [], []
    for title, model in SWEEPS.items():
        shown = [row for row in rows if row.model == model and row.order == 1 and BY_HAND in row.seconds]
        if len(shown) > 1:
            pictures.append(plots.overhead_plot(title, shown))
            largest = max(row.elements for row in shown)
            for library in LIBRARIES:
                size = crossover(shown, library)
                from_size = f"from {size:,.0f} elements on" if size else f"at no size up to {largest:,}"
                sentences.append(f"{title}: the overhead of {library} is below 10 % of the floor {from_size}.")
    return pictures, sentences


def html(environment: str, rows: Sequence[Row], others: Sequence[tuple[str, Sequence[Row]]] = ()) -> str:
    """Return the page."""
    headline = [row for row in rows if row.headline]
    overhead_plots, crossovers = overhead_sections(rows)
    law_plots, laws = law_sections(rows)
    has_split = any(all(row.split(library) for library in LIBRARIES) for row in headline)
    folder = FileSystemLoader(Path(__file__).parent)
    pages = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return pages.get_template("page.html").render(
        environment=environment,
        result=report.result(headline),
        headline=headline,
        groups=list(dict.fromkeys(row.group for row in headline)),
        others=others,
        report=report,
        overhead_plots=overhead_plots,
        crossovers=crossovers,
        stacked=plots.stacked_plot(headline) if has_split else "",
        law_plots=law_plots,
        laws=laws,
        memory=plots.memory_plot(headline) if any(row.memory for row in headline) else "",
    )


def write(folder: Path) -> Path:
    """Write the page beside the saved rows and return its path."""
    environment, rows = report.load(folder / "benchmark.json")
    others = [report.load(path) for path in sorted(folder.glob("benchmark-*.json"))]
    path = folder / NAME
    path.write_text(html(environment, rows, others), encoding="utf-8")
    return path


if __name__ == "__main__":
    print(write(Path(sys.argv[1])))
