"""`graddiff record`: ask libraries for every cell and write what they answer; nothing is judged."""

from collections.abc import Sequence
from pathlib import Path

from graddiff.libraries import Library
from graddiff.progress import Progress
from graddiff.records import head, line_of, write_line
from graddiff.suite import Suite


def record_suite(suite: Suite, libraries: Sequence[Library], path: Path) -> int:
    """Write the record of all cells, and return how many lines it has."""
    written = 0
    with path.open("w", encoding="utf-8", newline="\n") as stream, Progress("cells recorded", suite.cells) as progress:
        write_line(stream, head(libraries))
        for run in suite.runs:
            for cell in run.cells:
                for outcome in run.outcomes(cell, libraries):
                    write_line(stream, line_of(run, cell, outcome))
                    written += 1
                progress.advance()
    return written
