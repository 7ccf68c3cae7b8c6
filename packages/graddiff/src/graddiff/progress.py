"""How far a long run is: a bar of rich on a terminal, where rich is installed; plain lines everywhere else.

rich is imported only where a bar is drawn.
"""

import sys
from time import monotonic
from types import TracebackType
from typing import Any, Self, TextIO

import pytest

SECONDS_BETWEEN_LINES = 30.0


class Progress:
    """A context manager; `advance` is called after each step."""

    def __init__(self, what: str, total: int, stream: TextIO | None = None) -> None:
        self._what, self._total, self._stream = what, total, stream or sys.stderr
        self._done = self._failed = 0
        self._start = self._told = monotonic()
        self._bar: Any = _bar(self._stream) if self._stream.isatty() else None

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
            self._bar.add_task(self._what, total=self._total)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._bar:
            self._bar.stop()
        elif self._told > self._start:
            self._tell()

    def advance(self, failed: bool = False) -> None:
        """Note that one more step is done."""
        self._done += 1
        self._failed += failed
        if self._bar:
            self._bar.update(self._bar.task_ids[0], advance=1, description=self._words())
        elif monotonic() - self._told >= SECONDS_BETWEEN_LINES:
            self._tell()

    def _words(self) -> str:
        return f"{self._what}, {self._failed} failed" if self._failed else self._what

    def _tell(self) -> None:
        self._told = monotonic()
        print(f"{self._words()}: {self._done} of {self._total}, {self._told - self._start:.0f} s", file=self._stream)


def _bar(stream: TextIO) -> Any:
    """Return a bar of rich; None where rich is not installed."""
    try:
        from rich import progress
        from rich.console import Console
    except ImportError:
        return None
    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
        progress.TimeRemainingColumn(),
    )
    return progress.Progress(*columns, console=Console(file=stream), transient=True)


class PytestProgress:
    """The progress of a run under pytest, in place of its dots."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._progress: Progress | None = None

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Begin, as soon as the number of cells is known."""
        self._begin(len(session.items))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        """Begin, under pytest-xdist."""
        self._begin(len(ids))

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Print no letter for a cell; what fails is told at the end."""
        if report.when == "call":
            return report.outcome, "", report.outcome.upper()
        return None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note that a cell is done."""
        if self._progress and report.when == "call":
            self._progress.advance(report.failed)

    def pytest_sessionfinish(self) -> None:
        """End."""
        if self._progress:
            self._progress.__exit__(None, None, None)

    def _begin(self, total: int) -> None:
        if self._progress is None and total:
            reporter: Any = self._config.pluginmanager.getplugin("terminalreporter")
            self._progress = Progress("cells", total, reporter._tw._file if reporter else sys.stderr).__enter__()
