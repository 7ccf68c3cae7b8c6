"""The HTML report: one static page, without JavaScript and without anything to be loaded from elsewhere.

It is made from the records that the JSON report holds. This file arranges them, `templates/report.html.j2` says what
stands where, `templates/report.css` how it looks, `figures` draws. The same records give the same bytes; only the
environment tells of the machine. To add a section, write a function that arranges it, hand it over in `render`, and
write it down in the template.
"""

import platform
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf
from operator import itemgetter
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from graddiff.libraries import Library
from graddiff.report import figures
from graddiff.report.text import BEHAVIOURS, abstentions

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
LADDER_ASPECTS = {"vjp": 1, "rev-over-rev": 2}
BINS = {"0": 0.0, "≤ 1": 1.0, "≤ 4": 4.0, "≤ 16": 16.0, "≤ 100": 1e2, "≤ 10⁴": 1e4, "≤ 10⁸": 1e8, "≤ 10¹⁶": 1e16}
BEYOND, INFINITE = "more", "infinite"
OF_THE_REFEREE = 1e-6  # ULP: what is smaller is the referee's own error
OPEN_CARDS = 20
OPEN_CASES = 40
CHARTS = 6


def render(
    records: Sequence[Record],
    libraries: Sequence[str],
    complaints: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    benchmark: str = "",
) -> str:
    """Return the page of a run.

    `records` and `complaints` are those of the JSON report, the library under test stands first in `libraries`.
    `environment` is what `environment_of` returns, `benchmark` the address of the page of timings beside this one.
    """
    everything = sorted(records, key=lambda r: (r["file"], r["case"], r["number"]))
    cells = [record for record in everything if "verdict" in record]
    cards = _cards(everything, libraries)
    cases = [Case.of(own, libraries) for own in _by_case(cells)]
    quiet = [record for record in cells if not record["fails"]]
    return _template().render(
        libraries=libraries,
        tiles=_tiles(everything),
        short=_short(libraries),
        cards=cards,
        rules=_rules(cards),
        places={card.key: i for i, card in enumerate(cards)},
        open_cards=OPEN_CARDS,
        cases={case.key: case for case in cases},
        expected=_wrongs(r for r in quiet if r["states"].get(libraries[0]) == "wrong"),
        upstream=_wrongs(r for r in quiet if r["verdict"] == "upstream wrong"),
        others={verdict: _details(r for r in quiet if r["verdict"] == verdict) for verdict in TOLD_BY_DETAIL},
        behaviours=_behaviours(cells, libraries),
        columns=[column for column in _columns(cells) if column != "point"],
        files=_files(cases),
        open_files=len(cases) <= OPEN_CASES,
        conventions=_conventions(cells),
        ledger=_ledger(cells),
        complaints=complaints,
        ladders=_ladders(cells, libraries),
        histogram=_histogram(cells, libraries),
        scores=_scores(everything),
        abstentions=abstentions(everything),
        environment=environment or {},
        benchmark=benchmark,
        marks=MARKS,
        of_each=lambda by_library: [(name, by_library[name]) for name in libraries if name in (by_library or {})],
    )


TOLD_BY_DETAIL = ("behaviour differs", "unsupported", "referee abstains", "ill-conditioned")


def environment_of(libraries: Iterable[Library]) -> dict[str, str]:
    """Return the versions of the libraries, of NumPy, Python and the system."""
    versions = {library.name: library.version for library in libraries}
    machine = f"{platform.system()} {platform.machine()}"
    return versions | {"numpy": np.__version__, "Python": platform.python_version(), "system": machine}


def _template() -> Any:
    loader = PackageLoader("graddiff.report")
    page = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    page.filters["number"] = _number
    page.filters["cells"] = lambda n: f"{n} cell" if n == 1 else f"{n} cells"
    page.filters["cases"] = lambda n: f"{n} case" if n == 1 else f"{n} cases"
    page.globals["css"] = _css
    return page.get_template("report.html.j2")


def _css(mark: str) -> str:
    """Return the class of a mark: its own name, where CSS has no letter for it."""
    return {"-": "n", "?": "a", "~": "u", ".": "r"}.get(mark, mark.lower())


def _number(error: float | None) -> str:
    """Return an error in ULP as it is shown; None is not finite."""
    if error is None or error == inf:
        return "inf"
    return f"{error:.0f}" if 100 <= error < 1e5 else f"{error:.2g}"


def _short(names: Sequence[str]) -> dict[str, str]:
    """Return the first letters of each name, two or as many as tell it from the others."""

    def is_enough(name: str, length: int) -> bool:
        return not any(other.startswith(name[:length]) for other in names if other != name)

    lengths = {name: [n for n in range(2, len(name)) if is_enough(name, n)] for name in names}
    return {name: name[: min(found, default=len(name))] for name, found in lengths.items()}


# marks


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
    """Return the libraries by which a cell fails the run: the subject, those at odds with the ledger, or with the case."""
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


def _columns(cells: Iterable[Record]) -> list[str]:
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


def _files(cases: Sequence[Case]) -> list[File]:
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


# totals and failures


def _tiles(records: Sequence[Record]) -> list[tuple[str, int, str]]:
    """Return the totals: what is counted, how many, and the mark by which it is coloured."""
    counts = Counter(record["verdict"] for record in records if "verdict" in record)
    cases = len({(record["file"], record["case"]) for record in records})
    failures = sum(record["fails"] for record in records)
    marks = {"agree": ".", "convention": "c"} | OF_THE_STATE | OF_THE_VERDICT
    head = [("failures", failures, "X" if failures else "."), ("cells", sum(counts.values()), ""), ("cases", cases, "")]
    tiles = [(verdict, count, marks.get(verdict, "W")) for verdict, count in sorted(counts.items())]
    return [*head, *sorted(tiles, key=lambda tile: list(MARKS).index(tile[2]))]


@dataclass(frozen=True)
class Card:
    """A case that fails: its worst cell in full, the others by what they have in common."""

    worst: Record
    also: Sequence[tuple[str, Sequence[str]]]

    @property
    def key(self) -> tuple[str, str]:
        """The file and the id of the case."""
        return self.worst["file"], self.worst["case"]


def error_of(record: Record) -> float:
    """Return the error of the worst element in ULP: infinite where it is not finite, 0 where there is none."""
    worst = record.get("worst")
    if not worst:
        return 0.0
    return inf if worst["ulps"] is None else float(worst["ulps"])


def _cards(records: Iterable[Record], libraries: Sequence[str]) -> list[Card]:
    """Return the failing cases, the worst first: what is broken, what is wrong, what departs."""
    failing: dict[tuple[str, str], list[Record]] = {}
    for record in sorted((r for r in records if r["fails"]), key=_rank):
        failing.setdefault((record["file"], record["case"]), []).append(record)
    return [_card(own, libraries) for own in failing.values()]


def _rank(record: Record) -> tuple[bool, bool, float]:
    """Return by what failures are sorted."""
    return "verdict" in record, not record.get("worst"), -error_of(record)


def _card(own: Sequence[Record], libraries: Sequence[str]) -> Card:
    shown = next((record for record in own if "repro" in record), own[0])
    groups: dict[str, list[str]] = {}
    for record in own:
        if record is not shown:
            patterns = record.get("patterns", {})
            pattern = ", ".join(f"{library} {patterns[library]}" for library in libraries if library in patterns)
            told = (record.get("verdict", "this case cannot fail"), pattern or record.get("detail", ""))
            groups.setdefault(": ".join(filter(None, told)), []).append(record["cell"])
    return Card(shown, list(groups.items()))


def _rules(cards: Iterable[Card]) -> dict[str, list[str]]:
    """Return the places to which several failures lead back, with their cases."""
    found: dict[str, list[str]] = {}
    for card in cards:
        if card.worst.get("rule"):
            found.setdefault(card.worst["rule"], []).append(card.worst["case"])
    return {rule: cases for rule, cases in sorted(found.items(), key=lambda entry: -len(entry[1])) if len(cases) > 1}


# what is known, and what else differs


def _by_case(records: Iterable[Record]) -> Iterable[list[Record]]:
    """Give the records of each case, which stand together."""
    for _, group in groupby(records, itemgetter("file", "case")):
        yield list(group)


def _words(records: Iterable[Record]) -> str:
    """Return the aspects of some cells, each with its number of cells."""
    counts = Counter(record["word"] for record in records)
    return ", ".join(word if n == 1 else f"{word} ({n})" for word, n in counts.items())


def _wrongs(records: Iterable[Record]) -> list[tuple[Record, str, int]]:
    """Return the cases in which a library is wrong, the worst first: the worst cell, the aspects, the number of cells."""
    found = [(max(own, key=error_of), _words(own), len(own)) for own in _by_case(records)]
    return sorted(found, key=lambda entry: -error_of(entry[0]))


def _details(records: Iterable[Record]) -> list[tuple[str, int, list[str]]]:
    """Return what is told, in how many cells and in which cases; what is told most often stands first."""
    groups: dict[str, list[str]] = {}
    for record in records:
        groups.setdefault(record["detail"], []).append(record["case"])
    found = [(detail, len(cases), list(dict.fromkeys(cases))) for detail, cases in groups.items()]
    return sorted(found, key=lambda entry: (-entry[1], entry[0]))


def _behaviours(cells: Iterable[Record], libraries: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return for each behaviour in how many cells each library departs from plain NumPy."""
    counts = Counter(pair for record in cells for pair in record.get("behaviours", {}).items())
    table = {word: {library: counts[library, word] for library in libraries} for word in BEHAVIOURS}
    return {word: row for word, row in table.items() if any(row.values())}


def _conventions(cells: Iterable[Record]) -> list[tuple[Record, str, bool]]:
    """Return the probes: one cell for all that have the same answers, its aspects, and whether libraries differ; such ones first."""
    groups: dict[tuple[str, ...], list[Record]] = {}
    for record in cells:
        if record["verdict"] == "convention":
            key = (record["file"], record["case"], str(record["inputs"]), str(record["answers"]))
            groups.setdefault(key, []).append(record)
    probes = [(own[0], _words(own), len(set(own[0]["answers"].values())) > 1) for own in groups.values()]
    return sorted(probes, key=lambda probe: not probe[2])


def _ledger(cells: Iterable[Record]) -> list[tuple[str, str, str, str, int]]:
    """Return how cells stand to the ledger: state, case, library, what it tells, number of cells; known ones last."""
    entries = Counter(
        (standing["state"], record["case"], library, standing["text"].removeprefix(f"{standing['state']}: "))
        for record in cells
        for library, standing in record.get("ledger", {}).items()
    )
    return sorted(((*key, n) for key, n in entries.items()), key=lambda entry: (entry[0] == "known", entry))


# orders, errors, discrimination


@dataclass(frozen=True)
class Ladder:
    """One case by order of differentiation: for each kind of input and library the mark and the error at each order."""

    case: str
    source: str
    orders: Sequence[int]
    rows: Mapping[tuple[str, str], Mapping[int, tuple[str, str]]]
    drawing: str


def _order(record: Record) -> int:
    """Return the order that a cell is a rung for: of nested reverse mode; 0 for the others."""
    return int(record["order"]) if record["aspect"] == "order" else LADDER_ASPECTS.get(record["aspect"], 0)


def _ladders(cells: Iterable[Record], libraries: Sequence[str]) -> list[Ladder]:
    """Return the cases that reach order 3, the highest first; those are drawn."""
    found = [[record for record in own if _order(record)] for own in _by_case(cells)]
    tall = sorted(
        (own for own in found if max(map(_order, own), default=0) > 2), key=lambda own: -max(map(_order, own))
    )
    return [_ladder(own, libraries, drawn=i < CHARTS) for i, own in enumerate(tall)]


def _ladder(own: Sequence[Record], libraries: Sequence[str], drawn: bool) -> Ladder:
    rows: dict[tuple[str, str], dict[int, tuple[str, str]]] = {}
    errors: dict[str, dict[int, list[float]]] = {}
    climbing = {_label(record) for record in own if record["aspect"] == "order"}
    for record, library in ((r, lib) for r in own for lib in libraries if _label(r) in climbing):
        order, error = _order(record), _error(record, library)
        told = "" if error is None else _number(error)
        rows.setdefault((_label(record), library), {})[order] = (mark_of(record, library, libraries[0]), told)
        if error is not None:
            errors.setdefault(library, {}).setdefault(order, []).append(error)
    name = own[0]["case"]
    orders = sorted(set(map(_order, own)))
    return Ladder(name, own[0]["source"], orders, rows, figures.ladder(name, errors) if drawn and errors else "")


def _label(record: Record) -> str:
    """Return the inputs of a cell as its id names them."""
    return str(record["cell"]).partition(f"-{record['argument']}-")[2]


def _error(record: Record, library: str) -> float | None:
    """Return the largest error of a library against the truth in ULP; None where it is not told."""
    errors = record.get("errors", {})
    if library not in errors:
        return None
    error = inf if errors[library] is None else float(errors[library])
    return error if error > OF_THE_REFEREE else 0.0


@dataclass(frozen=True)
class Histogram:
    """In how many cells the worst element of each library has which error."""

    bins: Sequence[str]
    counts: Mapping[str, Sequence[int]]
    drawing: str


def _histogram(cells: Sequence[Record], libraries: Sequence[str]) -> Histogram:
    counts = {}
    for library in libraries:
        errors = (_error(record, library) for record in cells)
        found = Counter(_bin(error) for error in errors if error is not None)
        if found:
            counts[library] = [found[name] for name in (*BINS, BEYOND, INFINITE)]
    bins = (*BINS, BEYOND, INFINITE)
    return Histogram(bins, counts, figures.histogram(bins, counts) if counts else "")


def _bin(error: float) -> str:
    return next((name for name, limit in BINS.items() if error <= limit), INFINITE if error == inf else BEYOND)


@dataclass(frozen=True)
class Scores:
    """How many cases have which discrimination score, and the cases that let a spoilt truth pass, the lowest first."""

    counts: Mapping[str, int]
    lowest: Sequence[Record]


def _scores(records: Iterable[Record]) -> Scores:
    found = [record for record in records if "verdict" not in record and "broken" not in record]
    lowest = [record for record in found if record["survivors"] or record["fails"]]
    counts = Counter(record["kills"] for record in found)
    return Scores(
        dict(sorted(counts.items(), key=lambda e: _share(e[0]))), sorted(lowest, key=lambda r: _share(r["kills"]))
    )


def _share(kills: str) -> tuple[float, int]:
    """Return the share of spoilt truths that are rejected, "5/6", and how many there are."""
    killed, _, applicable = kills.partition("/")
    return int(killed) / max(int(applicable), 1), int(applicable)
