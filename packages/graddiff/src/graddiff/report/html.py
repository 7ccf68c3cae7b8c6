"""The HTML report: one static page, without JavaScript and without anything to be loaded from elsewhere.

It is made from the records that the JSON report holds. This file arranges them, `templates/report.html.j2` says what
stands where, `templates/report.css` how it looks, `figures` draws. The same records give the same bytes; only the
environment tells of the machine. To add a section, write a function that arranges it, hand it over in `render`, and
write it down in the template.
"""

import platform
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from graddiff.libraries import Library
from graddiff.report import figures
from graddiff.report.matrix import MARKS, OF_THE_STATE, Case, Record, by_case, columns_of, files_of, mark_of
from graddiff.report.text import BEHAVIOURS, abstentions, rerun

LADDER_ASPECTS = {"vjp": 1, "rev-over-rev": 2}
BINS = {"0": 0.0, "≤ 1": 1.0, "≤ 4": 4.0, "≤ 16": 16.0, "≤ 100": 1e2, "≤ 10⁴": 1e4, "≤ 10⁸": 1e8, "≤ 10¹⁶": 1e16}
BEYOND, INFINITE = "more", "infinite"
OF_THE_REFEREE = 1e-6  # ULP: what is smaller is the referee's own error
OPEN_CARDS = 6
OPEN_CASES = 40
CHARTS = 6


def render(
    records: Sequence[Record],
    libraries: Sequence[str],
    complaints: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    benchmark: str = "",
    threads: str = "",
) -> str:
    """Return the page of a run.

    `records` and `complaints` are those of the JSON report, the library under test stands first in `libraries`.
    `environment` is what `environment_of` returns, `benchmark` the address of the page of timings beside this one,
    `threads` the address of the threads whose numbers reasons give, with {} for the number.
    """
    everything = sorted(records, key=lambda r: (r["file"], r["case"], r["number"]))
    cells = [record for record in everything if "verdict" in record]
    return _template(libraries, threads).render(
        libraries=libraries,
        complaints=complaints,
        tiles=_tiles(everything, complaints, libraries),
        verdicts=Counter(verdict_of(record, libraries) for record in cells),
        **_failing(everything, libraries),
        **_differing(cells, libraries),
        **_matrix(cells, libraries),
        conventions=_conventions(cells),
        ledger=_ledger(cells),
        ladders=_ladders(cells, libraries),
        histogram=_histogram(cells, libraries),
        scores=_scores(everything),
        abstentions=abstentions(everything),
        environment=environment or {},
        benchmark=benchmark,
    )


def _failing(records: Sequence[Record], libraries: Sequence[str]) -> dict[str, Any]:
    """Return what stands at the top of the page."""
    cards = _cards(records, libraries)
    places = {card.key: i for i, card in enumerate(cards)}
    return {
        "cards": cards,
        "places": places,
        "open_cards": OPEN_CARDS,
        "rules": _rules(cards),
    }


def _differing(cells: Sequence[Record], libraries: Sequence[str]) -> dict[str, Any]:
    """Return who is wrong, and what else differs."""
    by_library = {(library, state): _in_state(cells, library, state) for library in libraries for state in TOLD_STATES}
    told = {STATES[state].format(lib): _details(own, lib, libraries) for (lib, state), own in by_library.items()}
    of_cells = {verdict: [r for r in cells if r["verdict"] == verdict] for verdict in TOLD_VERDICTS}
    return {
        "wrong": [_wrong(cells, library, libraries[0]) for library in libraries],
        "told": told | {verdict: _details(own, "", libraries) for verdict, own in of_cells.items()},
        "behaviours": _behaviours(cells, libraries),
    }


def _in_state(cells: Iterable[Record], library: str, state: str) -> list[Record]:
    return [record for record in cells if record["states"].get(library) == state]


TOLD_STATES, TOLD_VERDICTS = ("behaviour differs", "unsupported"), ("referee abstains", "ill-conditioned")


def _matrix(cells: Sequence[Record], libraries: Sequence[str]) -> dict[str, Any]:
    """Return the matrix; conventions have a table of their own."""
    cases = [Case.of(own, libraries) for own in by_case(cells)]
    return {
        "marks": MARKS,
        "columns": [column for column in columns_of(cells) if column != "point"],
        "cases": {case.key: case for case in cases},
        "files": files_of(cases),
        "open_files": len(cases) <= OPEN_CASES,
    }


def environment_of(libraries: Iterable[Library]) -> dict[str, str]:
    """Return the versions of the libraries, of NumPy, Python and the system."""
    versions = {library.name: library.version for library in libraries}
    machine = f"{platform.system()} {platform.machine()}"
    return versions | {"numpy": np.__version__, "Python": platform.python_version(), "system": machine}


def _template(libraries: Sequence[str], threads: str) -> Template:
    """Return the template, with what it needs to show names and numbers."""
    loader = PackageLoader("graddiff.report")
    page = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    page.filters["number"] = _number
    page.filters["linked"] = _linking(threads)
    page.filters["cells"] = lambda n: f"{n} cell" if n == 1 else f"{n} cells"
    page.filters["cases"] = lambda n: f"{n} case" if n == 1 else f"{n} cases"
    page.globals |= {"css": _css, "rerun": partial(rerun, order=libraries)}
    page.globals["headline"] = partial(_headline, libraries=libraries)
    page.globals["short"] = _short(libraries)
    page.globals["row"] = partial(_row, libraries=libraries)
    # in the order of the run, wherever the records come from
    page.globals["of_each"] = lambda told: [(name, told[name]) for name in libraries if name in (told or {})]
    return page.get_template("report.html.j2")


def _row(
    marks: Mapping[str, Mapping[str, str]], columns: Iterable[str], card: int | None, libraries: Sequence[str]
) -> Markup:
    """Return the marks of a case as cells of the matrix, failures linked to their card.

    The template could do it too, but these are most of the page, and it would take longer than all the rest.
    """
    link = None if card is None else f'<td class="x"><a href="#failure-{card}">X</a></td>'
    found = (marks.get(column, {}).get(library, "") for column in columns for library in libraries)
    return Markup("".join(link if mark == "X" and link else CELLS[mark] for mark in found))


def _css(mark: str) -> str:
    """Return the class of a mark: its own name, where CSS has no letter for it."""
    return {"-": "n", "?": "a", "~": "u", ".": "r"}.get(mark, mark.lower())


CELLS = {"": "<td></td>"} | {mark: f'<td class="{_css(mark)}">{mark}</td>' for mark in MARKS}


def _linking(threads: str) -> Callable[[str], Markup]:
    """Return what escapes a text, and makes each number of a thread in it, as #93, a link."""

    def linked(text: str) -> Markup:
        if not threads:
            return escape(text)
        between, numbers = re.split(r"(?<![\w&])#\d+", text), re.findall(r"(?<![\w&])#\d+", text)
        links = [Markup('<a href="{}">{}</a>').format(threads.format(number[1:]), number) for number in numbers]
        return Markup("").join(part for pair in zip(between, [*links, ""], strict=True) for part in pair)

    return linked


def _number(error: float | None) -> str:
    """Return an error in ULP as it is shown; None is not finite."""
    if error is None or error == inf:
        return "inf"
    return f"{error:.0f}" if 100 <= error < 1e5 else f"{error:.2g}"


def _short(names: Sequence[str]) -> dict[str, str]:
    """Return the first two letters of each name; where these are the same, with a number."""
    heads = [name[:2] for name in names]
    return {
        name: head if heads.count(head) == 1 else f"{head}{i}"
        for i, (name, head) in enumerate(zip(names, heads, strict=True), 1)
    }


# totals and failures


STATES = {
    "wrong": "{} wrong",
    "right": "{} right",
    "behaviour differs": "{} behaves differently",
    "unsupported": "unsupported by {}",
    "undecided": "{} not judged",
}
"""What a library can be in a cell, and how that is said: of each cell in which it was asked, it is one of these."""

Tile = tuple[str, int, str]  # what is counted, how many, and the mark by which it is coloured


def _tiles(records: Sequence[Record], complaints: Sequence[str], libraries: Sequence[str]) -> list[list[Tile]]:
    """Return a row of totals for the run, and one for each library, which adds up to the cells it was asked."""
    cells = [record for record in records if "verdict" in record]
    cases = len({(record["file"], record["case"]) for record in records})
    failing = sum(record["fails"] for record in cells)
    broken = {
        "broken cases": sum("broken" in record for record in records),
        "cases that cannot fail": sum(r["fails"] for r in records if "verdict" not in r and "broken" not in r),
        "complaints of the ledger": len(complaints),
    }
    head = [("failing cells", failing, "X" if failing else "."), ("cells", len(cells), ""), ("cases", cases, "")]
    more = [(name, count, "X") for name, count in broken.items() if count]
    return [[*head, *more], *(_tiles_of(cells, library, libraries[0]) for library in libraries)]


def _tiles_of(cells: Iterable[Record], library: str, subject: str) -> list[Tile]:
    """Return in how many cells a library is wrong, also if it is in none, and what else it is."""
    own = [record for record in cells if library in record["states"]]
    counts = Counter(record["states"][library] for record in own)
    is_failing = any(_fails_by(record, library, subject) for record in own)
    marks = {"wrong": "X" if is_failing else "W" if counts["wrong"] else "."}
    shown = [state for state in STATES if counts[state] or state == "wrong"]
    return [(STATES[s].format(library), counts[s], marks.get(s) or OF_THE_STATE.get(s, ".")) for s in shown]


def _fails_by(record: Record, library: str, subject: str) -> bool:
    """Say whether a library is wrong in a cell, and the run fails by that."""
    return record["states"][library] == "wrong" and mark_of(record, library, subject) == "X"


def verdict_of(record: Record, libraries: Sequence[str]) -> str:
    """Return the verdict of a cell, which is about the first two libraries, with their names."""
    verdict, pair = record["verdict"], [name for name in libraries[:2] if name in record["states"]]
    both = " and ".join(pair)
    if verdict in TOLD_STATES:
        who = [name for name in pair if record["states"][name] == verdict]
        return STATES[verdict].format(" and ".join(who)).replace("behaves", "behaves" if len(who) < 2 else "behave")
    named = {
        "agree": f"{both} agree" if len(pair) > 1 else f"{both} right",
        "both right, n ULP apart": f"{both} right, n ULP apart",
        "both wrong": f"{both} wrong",
        "upstream wrong": f"{pair[-1]} wrong",
    }
    return named.get(verdict, str(verdict))


def _headline(record: Record, libraries: Sequence[str]) -> str:
    """Return the verdict of a cell, and which of the further libraries are wrong."""
    wrong = [f"{name} wrong" for name in libraries[2:] if record["states"].get(name) == "wrong"]
    return "; ".join([verdict_of(record, libraries), *wrong])


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
            verdict = verdict_of(record, libraries) if "verdict" in record else "this case cannot fail"
            told = (verdict, pattern or record.get("detail", ""))
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


def _words(records: Iterable[Record]) -> str:
    """Return the aspects of some cells, each with its number of cells."""
    counts = Counter(record["word"] for record in records)
    return ", ".join(word if n == 1 else f"{word} ({n})" for word, n in counts.items())


def _wrongs(records: Iterable[Record]) -> list[tuple[Record, str, int]]:
    """Return the cases in which a library is wrong, the worst first: the worst cell, aspects, number of cells."""
    found = [(max(own, key=error_of), _words(own), len(own)) for own in by_case(records)]
    return sorted(found, key=lambda entry: -error_of(entry[0]))


@dataclass(frozen=True)
class Wrong:
    """A library that is wrong: in how many cells and cases, in how many cells the run fails by it, and what to show.

    What fails by the library under test stands among the failures, and not here again.
    """

    library: str
    cells: int
    cases: int
    failing: int
    entries: Sequence[tuple[Record, str, int]]


def _wrong(cells: Iterable[Record], library: str, subject: str) -> Wrong:
    own = _in_state(cells, library, "wrong")
    shown = [record for record in own if not record["fails"] or library != subject]
    return Wrong(library, len(own), len(list(by_case(own))), len(own) - len(shown), _wrongs(shown))


def _details(records: Iterable[Record], library: str, libraries: Sequence[str]) -> list[tuple[str, int, list[str]]]:
    """Return what is told of a library, in how many cells and in which cases; what is told most often stands first."""
    groups: dict[str, list[str]] = {}
    between = re.compile(rf"; (?=(?:{'|'.join(map(re.escape, [*libraries, 'referee']))}): )")
    for record in records:
        own = [part for part in between.split(record["detail"]) if part.startswith(f"{library}: ")]
        groups.setdefault("; ".join(own) or record["detail"], []).append(record["case"])
    found = [(detail, len(cases), list(dict.fromkeys(cases))) for detail, cases in groups.items()]
    return sorted(found, key=lambda entry: (-entry[1], entry[0]))


def _behaviours(cells: Iterable[Record], libraries: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return for each behaviour in how many cells each library departs from plain NumPy."""
    counts = Counter(pair for record in cells for pair in record.get("behaviours", {}).items())
    table = {word: {library: counts[library, word] for library in libraries} for word in BEHAVIOURS}
    return {word: row for word, row in table.items() if any(row.values())}


def _conventions(cells: Iterable[Record]) -> list[tuple[Record, str, bool]]:
    """Return the probes: one cell for all with the same answers, its aspects, whether the libraries differ.

    Those where they differ stand first.
    """
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
    found = [[record for record in own if _order(record)] for own in by_case(cells)]
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
