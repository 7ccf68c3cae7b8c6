"""The matrix of the HTML report: for each case, aspect and library one mark, which is a letter and a colour.

To add a mark, write it into `MARKS` at its rank, give it a class in `report.html.j2` and a colour in `report.css`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

Record = Mapping[str, Any]

MARKS = {
    "X": "fails the run",
    "W": "wrong",
    "d": "behaves differently",
    "-": "unsupported",
    "?": "the referee abstains",
    "i": "ill-conditioned",
    "~": "right, n ULP apart",
    "c": "convention",
    ".": "right",
}
"""What stands in a cell of the matrix, the worst first: where several cells meet, the worst is shown."""

OF_THE_STATE = {"wrong": "W", "behaviour differs": "d", "unsupported": "-", "undecided": "?"}
OF_THE_VERDICT = {"referee abstains": "?", "ill-conditioned": "i", "both right, n ULP apart": "~"}
COLUMNS = (
    *("value", "vjp", "jvp", "rev-over-rev", "fwd-over-rev", "rev-over-fwd", "fwd-over-fwd", "order 3 and up"),
    *("shape", "broadcasting", "dtype", "kind", "strided", "empty", "raises", "point"),
)


def by_case(records: Iterable[Record]) -> Iterable[list[Record]]:
    """Give the records of each case, which stand together."""
    for _, group in groupby(records, itemgetter("file", "case")):
        yield list(group)


def mark_of(record: Record, library: str, subject: str) -> str:
    """Return the mark of one library in one cell; "" where the library was not asked."""
    states = record["states"]
    if library not in states:
        return ""
    if record["fails"] and library in _blamed(record, subject):
        return "X"
    if record["verdict"] == "convention":
        return "c"
    return OF_THE_STATE.get(states[library]) or OF_THE_VERDICT.get(record["verdict"], ".")


def _blamed(record: Record, subject: str) -> list[str]:
    """Return the libraries by which a cell fails: the subject, those at odds with the ledger, or with the case."""
    standings = record.get("ledger", {})
    departing = [library for library, state in record["states"].items() if state in OF_THE_STATE]
    against = [library for library, standing in standings.items() if standing["state"] != "known"]
    return against + [subject] * (subject in departing) or departing or list(record["states"])


def _worst_mark(marks: Iterable[str]) -> str:
    return min((mark for mark in marks if mark), key=list(MARKS).index, default="")


def column_of(record: Record) -> str:
    """Return under which aspect of the matrix a cell stands: off the base inputs, what is special about the inputs."""
    asked = f"order {record['order']}" if record["aspect"] == "order" else str(record["aspect"])
    inputs = str(record["word"]).removesuffix(asked).strip()
    return inputs or ("order 3 and up" if record["aspect"] == "order" else asked)


def columns_of(cells: Iterable[Record]) -> list[str]:
    """Return the aspects that were asked, in the order of the questions; unknown ones last."""
    found = {column_of(record) for record in cells}
    return [*(column for column in COLUMNS if column in found), *sorted(found.difference(COLUMNS))]


@dataclass(frozen=True)
class Case:
    """One row of the matrix: the marks of each library by aspect."""

    file: str
    id: str
    source: str
    marks: Mapping[str, Mapping[str, str]]

    @property
    def key(self) -> tuple[str, str]:
        """The file and the id, by which a case is known."""
        return self.file, self.id

    @property
    def worst(self) -> str:
        """The worst mark of the row."""
        return _worst_mark(mark for own in self.marks.values() for mark in own.values())

    @classmethod
    def of(cls, own: Sequence[Record], libraries: Sequence[str]) -> "Case":
        """Return the row of the cells of one case."""
        marks: dict[str, dict[str, str]] = {}
        for record in own:
            of_column = marks.setdefault(column_of(record), {})
            for library in libraries:
                of_column[library] = _worst_mark((of_column.get(library, ""), mark_of(record, library, libraries[0])))
        return cls(own[0]["file"], own[0]["case"], own[0]["source"], marks)


@dataclass(frozen=True)
class File:
    """One file of cases: its rows, those that fail first, and for the overview the worst marks and their number."""

    name: str
    cases: Sequence[Case]
    marks: Mapping[str, Mapping[str, tuple[str, int]]]

    @property
    def fails(self) -> bool:
        """Say whether one of its cases fails."""
        return any(case.worst == "X" for case in self.cases)


def files_of(cases: Sequence[Case]) -> list[File]:
    """Return the files, those with failures first."""
    found = []
    for name, group in groupby((case for case in cases if set(case.marks) - {"point"}), lambda case: case.file):
        own = sorted(group, key=lambda case: case.worst != "X")
        columns = {column: libraries for case in own for column, libraries in case.marks.items()}
        marks = {column: {library: _most(own, column, library) for library in row} for column, row in columns.items()}
        found.append(File(name, own, marks))
    return sorted(found, key=lambda file: not file.fails)


def _most(cases: Iterable[Case], column: str, library: str) -> tuple[str, int]:
    """Return the worst mark of a library in an aspect, and how many cases have it."""
    marks = [case.marks[column][library] for case in cases if column in case.marks]
    worst = _worst_mark(marks)
    return worst, marks.count(worst)
