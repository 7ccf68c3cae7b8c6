"""What the console says at the end of a run: failing cases by the line that they lead back to, counts, who is right.

It is made from records only, as the text report is.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graddiff.report.text import Record, rerun, totals, upstream_wrong

JUDGED = ("right", "wrong")
DIFFERS = "behaviour differs"
SHOWN = 8  # cases under one line that have a line of their own; of the others the names are told
KNOWN = 3  # cases in which the upstream is wrong, as is known, that are told in full: a small selection has no more
NAMED = 3  # cases that the last sentence names


@dataclass(frozen=True)
class Tally:
    """What a run has done and what fails it; every count of the console is taken from here.

    `changed` are cells, or whole cases, whose verdict is not the accepted one; `complaints` are the ledger's.
    """

    cells: int = 0
    wrong: int = 0
    checks: int = 0
    failed_checks: int = 0
    broken: int = 0
    changed: int = 0
    complaints: int = 0

    @classmethod
    def of(cls, records: Sequence[Record], changed: int = 0, complaints: int = 0) -> "Tally":
        """Count the records of a run."""
        cells = [record["fails"] for record in records if "verdict" in record]
        checks = [record["fails"] for record in records if "verdict" not in record and "broken" not in record]
        broken = sum("broken" in record for record in records)
        return cls(len(cells), sum(cells), len(checks), sum(checks), broken, changed, complaints)

    @property
    def failed(self) -> int:
        """Everything for which the run fails."""
        return self.wrong + self.failed_checks + self.broken + self.changed + self.complaints

    @property
    def passed(self) -> int:
        """The cells that do not fail."""
        return max(self.cells - self.wrong - self.changed, 0)

    def failures(self) -> str:
        """Return the number of failures, and what they are."""
        kinds = {
            "cell": self.wrong,
            "self-check": self.failed_checks,
            "broken case": self.broken,
            "changed verdict": self.changed,
            "complaint of the ledger": self.complaints,
        }
        told = ", ".join(numbered(count, kind) for kind, count in kinds.items() if count)
        return numbered(self.failed, "failure") + (f": {told}" if self.failed > self.wrong else "")


def numbered(count: int, noun: str) -> str:
    """Return a number with its noun, which gets its plural."""
    plural = "complaints of the ledger" if noun == "complaint of the ledger" else f"{noun}s"
    return f"{count} {noun if count == 1 else plural}"


def counted(cells: int, checks: int) -> str:
    """Return what there is to do, in the words of every later line; a selection may have no self-check."""
    return numbered(cells, "cell") + (f" and {numbered(checks, 'self-check')} of cases" if checks else "")


def count_lines(records: Sequence[Record], tally: Tally) -> list[str]:
    """Return the number of cells for each verdict, under the number of all and of failures."""
    cases = len({(record["file"], record["case"]) for record in records})
    done = counted(tally.cells, tally.checks)
    return [f"{done}, {numbered(cases, 'case')} in all; {tally.failures()}", *totals(records)[1:]]


def known_lines(records: Sequence[Record]) -> list[str]:
    """Return where the upstream is wrong and the run does not fail by it; of many cases that stands in the report."""
    known = [record for record in records if record.get("verdict") == "upstream wrong" and not record["fails"]]
    cases = {(record["file"], record["case"]) for record in known}
    return ["upstream wrong:", *(f"  {line}" for line in upstream_wrong(known))] if 0 < len(cases) <= KNOWN else []


# failing cases by the line of the rule


@dataclass(frozen=True)
class FailingCase:
    """A case with its failing cells."""

    file: str
    case: str
    cells: int
    failing: Sequence[Record]

    @property
    def told(self) -> Record:
        """The failing cell that was told in full."""
        return next((record for record in self.failing if "repro" in record), self.failing[0])

    @property
    def rule(self) -> str:
        """The line that it leads back to, "path:line: text"; of some cases there is none."""
        return str(self.told.get("rule", ""))

    def line(self) -> str:
        """Return who is wrong in how many cells."""
        if "broken" in self.told:
            return f"FAILED {self.file}::{self.case}: the case is broken"
        words = Counter(map(verdict, self.failing))
        told = ", ".join(f"{word} in {n} of {numbered(self.cells, 'cell')}" for word, n in words.items())
        return f"FAILED {self.file}::{self.case}: {told}"


def verdict(record: Record) -> str:
    """Return the verdict of a failing cell, which says who is to blame."""
    if record.get("verdict") != DIFFERS:
        return str(record.get("verdict", "the case cannot fail"))
    blamed = [library for library, state in record["states"].items() if state == DIFFERS]
    return f"behaviour of {' and '.join(blamed)} differs"


def failing_cases(records: Iterable[Record]) -> list[FailingCase]:
    """Return the cases with a failing cell, the one with most of them first."""
    cells: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        cells.setdefault((record["file"], record["case"]), []).append(record)
    found = [
        FailingCase(*key, sum("verdict" in record for record in own), [record for record in own if record["fails"]])
        for key, own in cells.items()
    ]
    return sorted((case for case in found if case.failing), key=lambda case: -len(case.failing))


def group_lines(records: Iterable[Record], command: str = "") -> list[str]:
    """Return the failing cases under the lines that they lead back to; that with most cases is last, in sight."""
    groups: dict[str, list[FailingCase]] = {}
    for case in failing_cases(records):
        groups.setdefault(case.rule, []).append(case)
    ordered = sorted(groups.items(), key=lambda group: (bool(group[0]), len(group[1])))
    return [line for rule, cases in ordered for line in _group(rule, cases, command)]


def _group(rule: str, cases: Sequence[FailingCase], command: str) -> list[str]:
    one = len(cases) == 1
    lead = f"{numbered(len(cases), 'case')} lead{'s' if one else ''} back to this line:"
    head = [rule, f"  {lead}"] if rule else [f"no rule is to blame in {numbered(len(cases), 'case')}:"]
    names = [case.case for case in cases[SHOWN:]]
    more = [f"and {numbered(len(names), 'case')} more: {', '.join(names)}"] if names else []
    lines = [*(case.line() for case in cases[:SHOWN]), *more, f"repro: {rerun(cases[0].told, command=command)}"]
    return [*head, *(f"  {line}" for line in lines)]


# the last sentence


def sentence(records: Sequence[Record], libraries: Sequence[str]) -> str:
    """Return in how many cells each library is right.

    Judged are the cells in which it gave numbers that the referee calls right or wrong: not those where it raises, or
    answers in another shape or kind than plain NumPy, where the referee abstains, or where there is no right answer.
    """
    cells = [record for record in records if "verdict" in record]
    subject, *others = libraries
    return "; ".join([_of_subject(cells, subject), *(_of_other(cells, other) for other in others)])


def _of_subject(cells: Sequence[Record], subject: str) -> str:
    counts = _counts(cells, subject)
    judged = sum(counts[state] for state in JUDGED)
    mine = [record for record in cells if record["states"][subject] == DIFFERS and record["fails"]]
    wrong = _named("wrong in", [record for record in cells if record["states"][subject] == "wrong"])
    wrong += _named("not like plain NumPy in", mine)
    counts[DIFFERS] -= len(mine)
    noun = "cell" if judged == 1 else "cells"
    head = f"{subject} is right in {spaced(counts['right'])} of {spaced(judged)} judged {noun}{wrong}"
    return "; ".join([head, *_not_judged(counts)])


def _of_other(cells: Sequence[Record], library: str) -> str:
    counts = _counts(cells, library)
    return "; ".join([f"{library} is wrong in {spaced(counts['wrong'])}", *_not_judged(counts)])


def _named(words: str, cells: Sequence[Record]) -> str:
    """Return in how many cells a fault is, and in which cases, at most a few of them by name."""
    cases = list(dict.fromkeys(record["case"] for record in cells))
    more = f" and {numbered(len(cases) - NAMED, 'case')} more" if len(cases) > NAMED else ""
    return f", {words} {spaced(len(cells))} ({', '.join(cases[:NAMED])}{more})" if cases else ""


def _not_judged(counts: Counter[str]) -> list[str]:
    told = [f"{spaced(counts['unsupported'])} it does not support"] if counts["unsupported"] else []
    return told + ([f"in {spaced(n)} it departs from plain NumPy"] if (n := counts[DIFFERS]) else [])


def _counts(cells: Iterable[Record], library: str) -> Counter[str]:
    """Return the states of a library; conventions have no right answer."""
    return Counter(record["states"][library] for record in cells if record["verdict"] != "convention")


def spaced(count: int) -> str:
    """Return a number with its digits in groups of three."""
    return f"{count:,}".replace(",", " ")
