"""`graddiff ops`: which operation has which mode in which library, from the JSON report of a run."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

Record = Mapping[str, Any]

MODES = ("value", "reverse", "forward", "order 2", "order 3+", "complex", "kinds", "conduct")
MARKS = {"right": ".", "undecided": "?", "unsupported": "-", "behaviour differs": "d", "wrong": "X"}  # best first
LEGEND = ". right   ? no truth   - unsupported   d behaves differently   X wrong   (a blank: not asked)"


class Asked(NamedTuple):
    """One cell: of which operation, for which mode, and the state of each library."""

    operation: str
    mode: str
    states: Mapping[str, str]


def mode_of(record: Record, complex_cases: Set[str] = frozenset()) -> str:
    """Return the mode that a cell asks for; `complex_cases` are the cases of complex numbers.

    Complex numbers, other kinds of scalar and integers ("kinds"), and empty and bad inputs ("conduct") have columns of
    their own: a library that does without them still has the mode.
    """
    word, aspect, order = record["word"], record["aspect"], record["order"]
    if record["case"] in complex_cases:
        return "complex"
    if word.startswith("empty") or aspect == "raises":
        return "conduct"
    if word.startswith("kind"):
        return "kinds"
    if aspect == "value":
        return "value"
    if order == 1:
        return "reverse" if aspect == "vjp" else "forward"
    return "order 2" if order == 2 else "order 3+"


def table(records: Sequence[Record], libraries: Sequence[str], only: Sequence[str] = ()) -> Iterator[str]:
    """Give one line for each operation, with a column for each mode and in it a letter for each library: the worst."""
    cells = [record for record in records if _is_judged(record) and _fits(record, only)]
    named = operations(record["case"] for record in cells)
    complex_cases = _complex_cases(cells)
    modes = [mode_of(record, complex_cases) for record in cells]
    asked = [Asked(named[r["case"]], mode, r["states"]) for r, mode in zip(cells, modes, strict=True)]
    columns = [max(len(mode), len(libraries)) for mode in MODES]
    width = max((*map(len, named.values()), len("operation")))
    yield f"letters in this order: {', '.join(libraries)}"
    yield LEGEND
    yield _row("operation", width, MODES, columns)
    for name in sorted(set(named.values())):
        own = [entry for entry in asked if entry.operation == name]
        yield _row(name, width, [_letters(own, mode, libraries) for mode in MODES], columns)
    yield from _totals(asked, libraries)


def operations(ids: Iterable[str]) -> dict[str, str]:
    """Return the operation of each case: "add.complex" belongs to "add", if there is a case of this id."""
    known = set(ids)
    return {case: _operation(case, known) for case in known}


def _operation(case: str, known: set[str]) -> str:
    parts = case.split(".")
    heads = (".".join(parts[:n]) for n in range(1, len(parts)))
    return next((head for head in heads if head in known), case)


def _row(name: str, width: int, words: Sequence[str], columns: Sequence[int]) -> str:
    return "  ".join([name.ljust(width), *(w.ljust(n) for w, n in zip(words, columns, strict=True))]).rstrip()


def _complex_cases(cells: Iterable[Record]) -> set[str]:
    return {record["case"] for record in cells if any("j" in shown for shown in record["inputs"].values())}


def _is_judged(record: Record) -> bool:
    return str(record.get("verdict", "convention")) != "convention"


def _fits(record: Record, only: Sequence[str]) -> bool:
    return not only or any(fnmatchcase(record["case"], pattern) for pattern in only)


def _letters(asked: Iterable[Asked], mode: str, libraries: Sequence[str]) -> str:
    own = [entry.states for entry in asked if entry.mode == mode]
    return "".join(_worst([states[library] for states in own]) for library in libraries) if own else ""


def _worst(states: Sequence[str]) -> str:
    return MARKS[max(states, key=list(MARKS).index)]


def _totals(asked: Sequence[Asked], libraries: Sequence[str]) -> Iterator[str]:
    """Give for each library how many operations are right in every cell of a mode."""
    yield ""
    yield "operations right in all cells, of those asked:"
    for library in libraries:
        counts = []
        for mode in MODES:
            own = [entry for entry in asked if entry.mode == mode]
            failing = {entry.operation for entry in own if entry.states[library] not in ("right", "undecided")}
            every = {entry.operation for entry in own}
            counts.append(f"{mode} {len(every - failing)}/{len(every)}")
        yield f"  {library}: {', '.join(counts)}"
