"""The accepted report: a run of all cases fails where its verdicts differ from the report that was accepted.

The accepted report is `report.txt` beside the case files, committed with them, so that a review shows a change of
verdicts as a diff. Only verdicts are held against it: which library, which case, which letter for each cell. Numbers
may change with the machine, and so may the last digits: "right, n ULP apart" counts as agreeing.
"""

from difflib import unified_diff
from itertools import takewhile
from pathlib import Path

NAME = "report.txt"
TITLE = "cases"
RIGHT_BUT_APART = str.maketrans("~", ".")


def differences(report: str, path: Path) -> list[str]:
    """Return the verdicts of a report that differ from the accepted one, as a unified diff; empty where none does.

    A report about other libraries is not compared.
    """
    accepted = path.read_text(encoding="utf-8")
    if _libraries(accepted) != _libraries(report):
        return []
    return list(unified_diff(_verdicts(accepted), _verdicts(report), path.name, "this run", lineterm="", n=0))


def _libraries(report: str) -> str:
    return report.partition("\n")[0]


def _verdicts(report: str) -> list[str]:
    """Return the lines of cases, which hold a letter for each cell, in the form in which they are compared."""
    lines = report.splitlines()
    if TITLE not in lines:
        return []
    own = takewhile(lambda line: line.startswith("  "), lines[lines.index(TITLE) + 1 :])
    return [_verdicts_only(line.strip()) for line in own]


def _verdicts_only(line: str) -> str:
    """Return a line of a case without its score of spoilt truths."""
    place, _, letters = line.partition("  ")
    return f"{place}  {letters.partition('  kills ')[0].translate(RIGHT_BUT_APART)}"
