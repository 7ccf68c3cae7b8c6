"""The accepted report: a run fails where its verdicts differ from the report that was accepted.

The accepted report is `report.txt` beside the case files, committed with them, so that a review shows a change of
verdicts as a diff. Only verdicts are held against it: which library, which case, which letter for each cell. Numbers
may change with the machine, and so may the last digits: "right, n ULP apart" counts as agreeing. A run of a selection
is held against the lines of the cases that it ran completely; a case that fails the run has no line, and is told as a
failure already.
"""

from collections.abc import Collection
from dataclasses import dataclass
from difflib import unified_diff
from itertools import takewhile
from pathlib import Path

NAME = "report.txt"
TITLE = "cases"
RIGHT_BUT_APART = str.maketrans("~", ".")


@dataclass(frozen=True)
class Changes:
    """What differs from the accepted report: a unified diff, and how many verdicts it changes."""

    lines: tuple[str, ...] = ()
    count: int = 0


def changes(report: str, path: Path, failing: Collection[str] = (), whole: bool = True) -> Changes:
    """Return what a report changes in the accepted one; a report about other libraries is not compared.

    `failing` are the cases, as "file::case", that fail the run by themselves; `whole` says that all cases were run.
    """
    accepted = path.read_text(encoding="utf-8")
    if _libraries(accepted) != _libraries(report):
        return Changes()
    old, new = _verdicts(accepted), _verdicts(report)
    common = {place for place in old.keys() & new.keys() if _shape(old[place]) == _shape(new[place])}
    taken = common if not whole else (old.keys() | new.keys()) - set(failing)
    differing = [place for place in taken if old.get(place) != new.get(place)]
    before, after = ([f"{place}  {own[place]}" for place in own if place in differing] for own in (old, new))
    lines = unified_diff(before, after, path.name, "this run", lineterm="", n=0)
    return Changes(tuple(lines), sum(_changed(old.get(place), new.get(place)) for place in differing))


def _libraries(report: str) -> str:
    return report.partition("\n")[0]


def _verdicts(report: str) -> dict[str, str]:
    """Return the letters for the cells of each case, in the form in which they are compared."""
    lines = report.splitlines()
    if TITLE not in lines:
        return {}
    own = takewhile(lambda line: line.startswith("  "), lines[lines.index(TITLE) + 1 :])
    parted = [line.strip().partition("  ") for line in own]
    # the score of spoilt truths is no verdict
    return {place: letters.partition("  kills ")[0].translate(RIGHT_BUT_APART) for place, _, letters in parted}


def _shape(letters: str) -> list[tuple[str, int]]:
    """Return which cells there are: the words, each with its number of letters."""
    words = [word.rpartition(" ") for word in letters.split("  ")]
    return [(word, len(marks)) for word, _, marks in words]


def _changed(old: str | None, new: str | None) -> int:
    """Return how many verdicts differ; a case that came, went or has other cells counts as one."""
    if old is None or new is None or _shape(old) != _shape(new):
        return 1
    return sum(a != b for a, b in zip(old, new, strict=True))
