"""`graddiff compare`: judge what was recorded elsewhere, and say where two records part.

Nothing but the referee is needed here, besides the case files: a cell is judged if every record has it, and was made on
the inputs that it has now.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from graddiff.cells import Cell
from graddiff.progress import Progress
from graddiff.records import Recorded, RecordedRun
from graddiff.run import DISCRIMINATION, Record
from graddiff.suite import Suite

WORDS = {"undecided": "undecided (no truth)"}


@dataclass
class Comparison:
    """The records of the cells that were judged, and how many were left out, by the reason."""

    libraries: Sequence[Recorded]
    records: list[Record] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def cells(self) -> list[Record]:
        """The records of cells; the others say whether their case can fail."""
        return [record for record in self.records if record["cell"] != DISCRIMINATION]

    @property
    def names(self) -> list[str]:
        """The names under which the libraries are judged."""
        return [library.label for library in self.libraries]

    def changes(self) -> list[tuple[str, list[Record]]]:
        """Return the cells in which the first two do not stand alike, by what becomes of the first in the second."""
        first, second = self.names[:2]
        moved: dict[str, list[Record]] = {}
        for record in self.cells:
            before, after = record["states"][first], record["states"][second]
            if before != after:
                moved.setdefault(f"{before} -> {after}", []).append(record)
        return sorted(moved.items())

    @property
    def is_clean(self) -> bool:
        """Say whether no library is wrong, and no two of them stand otherwise in a cell."""
        return all(_is_clean(record) for record in self.cells)


def _is_clean(record: Record) -> bool:
    states = set(record["states"].values())
    return len(states) == 1 and "wrong" not in states


def compare_suite(suite: Suite, libraries: Sequence[Recorded], changed_only: bool = False) -> Comparison:
    """Judge all cells that every record has; with `changed_only`, those in which the records differ in any bit."""
    found = Comparison(libraries)
    with Progress("cells judged", suite.cells) as progress:
        for prepared in suite.runs:
            run = RecordedRun.of(prepared)
            for cell in run.cells:
                reason = _reason_to_leave_out(run, cell, libraries, changed_only)
                if reason:
                    found.left_out[reason] += 1
                else:
                    found.records.append(run.run(cell, libraries))  # type: ignore[arg-type]  # they only answer
                progress.advance()
            if not changed_only and run.case.kind == "smooth" and found.records:
                found.records.append(run.discrimination_record())
    return found


ALIKE = "the records are alike to the bit"
CHANGED = "recorded on other inputs: record again"


def _reason_to_leave_out(run: RecordedRun, cell: Cell, libraries: Sequence[Recorded], changed_only: bool) -> str:
    missing = [library.label for library in libraries if not library.has(run, cell)]
    if missing:
        return f"not in the record of {', '.join(missing)}"
    if not all(library.is_of(run, cell) for library in libraries):
        return CHANGED
    key = (run.case.id, cell.id)
    first, *others = (library.answer(key) for library in libraries)
    return ALIKE if changed_only and all(other == first for other in others) else ""


def lines(comparison: Comparison) -> Iterator[str]:
    """Give what a comparison found: the versions, the states of each library, and the cells that changed."""
    for library in comparison.libraries:
        versions = ", ".join(f"{name} {version}" for name, version in library.environment.items())
        yield f"{library.label}: {library.name} {library.version} with {versions}"
    cells = comparison.cells
    yield f"{len(cells)} cells judged"
    for reason, count in sorted(comparison.left_out.items()):
        yield f"{count} cells left out: {reason}"
    for name in comparison.names:
        counts = Counter(record["states"][name] for record in cells)
        yield f"{name}: {', '.join(f'{n} {WORDS.get(state, state)}' for state, n in counts.most_common())}"
    if len(comparison.names) > 1:
        yield from _change_lines(comparison)


def _change_lines(comparison: Comparison) -> Iterator[str]:
    first, second = comparison.names[:2]
    for change, records in comparison.changes():
        yield ""
        yield f"{first} -> {second}: {change} in {len(records)} cells"
        for (file, case), group in groupby(records, lambda record: (record["file"], record["case"])):
            own = list(group)
            shown = ", ".join(record["cell"] for record in own[:4])
            more = f" and {len(own) - 4} more" if len(own) > 4 else ""
            yield f"  {file}::{case}: {shown}{more}"
