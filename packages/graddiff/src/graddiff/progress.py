"""How far a long run is: a bar of rich on a terminal, where rich is installed; a line at each tenth everywhere else.

rich is imported only where a bar is drawn.
"""

import sys
from collections import Counter
from time import monotonic
from types import TracebackType
from typing import Any, Self, TextIO

EARLY = 0.5  # seconds after which the first line is told, however few the cells are by then
ROOM = 60  # columns that the bar, the numbers and the time take; the verdicts have the rest of the line
FEW = 20  # of fewer cells than these no tenths are told


class Progress:
    """A context manager; `advance` is called after each cell, with its verdict. `what` says what is counted."""

    def __init__(self, what: str, total: int, stream: TextIO | None = None) -> None:
        self._what, self._total, self._stream = what, total, stream or sys.stderr
        self._done = self._told = self._failed = 0
        self._words: Counter[str] = Counter()
        self._start = monotonic()
        self._bar: Any = _bar(self._stream) if self._stream.isatty() else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Take the bar away, and say how far the run came."""
        if self._bar:
            self._bar.stop()
        if self._done > self._told:
            self.write(self._line())

    def advance(self, word: str = "", failed: bool = False) -> None:
        """Note that one more cell is done; cells are counted by their word."""
        self._done += 1
        self._failed += failed
        self._words[word] += bool(word)
        if self._bar:
            self._draw()
        elif self._is_due():
            self.write(self._line())
            self._told = self._done

    def write(self, text: str, style: str = "") -> None:
        """Write lines; the bar stays below them."""
        if self._bar:
            self._bar.console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
        else:
            print(text, file=self._stream, flush=True)

    def _is_due(self) -> bool:
        """Say whether a line is due: at each tenth, and once as soon as there is something to tell."""
        if self._done == self._total:
            return False  # the last line is told at the end
        tenths = [10 * done // self._total for done in (self._done, self._told)]
        if self._total >= FEW and tenths[0] > tenths[1]:
            return True
        return not self._told and self._seconds() >= EARLY

    def _draw(self) -> None:
        """Show the bar; it begins with the first cell, for pytest still writes before that."""
        if not self._bar.task_ids:
            self._bar.add_task(self._what, total=self._total, words="")
            self._bar.start()
        words, room = self._counts(), max(self._bar.console.width - ROOM, 0)
        words = words if len(words) <= room else words[: max(room - 3, 0)] + "..."
        self._bar.update(self._bar.task_ids[0], advance=1, words=words)

    def _line(self) -> str:
        share = f"{100 * self._done // self._total} %" if self._total else "all"
        seconds = self._seconds()
        left = seconds * (self._total - self._done) / self._done
        time = f"{seconds:.0f} s" + (f", {left:.0f} s left" if self._done < self._total else "")
        return f"{share:>5}: {self._done} of {self._total} {self._what}, {time}{self._counts(': ')}"

    def _counts(self, before: str = "") -> str:
        told = [f"{self._failed} FAIL"] if self._failed else []
        told += [f"{count} {word}" for word, count in self._words.most_common() if count]
        return before + ", ".join(told) if told else ""

    def _seconds(self) -> float:
        return monotonic() - self._start


def _bar(stream: TextIO) -> Any:
    """Return a bar of rich; None where rich is not installed, or where the terminal cannot move a line."""
    try:
        from rich import progress
        from rich.console import Console
    except ImportError:
        return None
    console = Console(file=stream)
    if not console.is_interactive:
        return None
    columns = (
        progress.BarColumn(bar_width=20),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.description},"),
        progress.TimeRemainingColumn(compact=True),
        progress.TextColumn("left  {task.fields[words]}", markup=False),
    )
    # the streams are left alone: pytest has its own in their place
    return progress.Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
