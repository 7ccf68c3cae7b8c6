"""What a run says on the console: how far it is, each failing case once and in full, counts that agree with each other.

Under pytest every cell is an item, and so is the self-check of each case. The console speaks of cells, and names the
self-checks apart; so the reporter of pytest gets other words for the lines in which it would count items.
"""

import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from graddiff.progress import Progress

if TYPE_CHECKING:
    from graddiff.report.summary import Tally
    from graddiff.run import Record

Parts = tuple[list[tuple[str, dict[str, bool]]], str]


class CellReporter(pytest.TerminalReporter):  # type: ignore[misc]  # final, but there is no hook for these lines
    """The reporter of pytest, which counts cells and leaves failing cells to the summary of graddiff."""

    def report_collect(self, final: bool = False) -> None:
        """Say nothing: the console tells what is to do, under pytest-xdist too."""

    def getreports(self, name: str) -> list[Any]:
        """Return the reports that pytest shows in its own sections: not those of cells."""
        return [report for report in super().getreports(name) if not hasattr(report, "graddiff")]

    def short_test_summary(self) -> None:
        """List what failed, but for cells, which are listed by case already."""
        everything = self.stats
        self.stats = everything | {"failed": self.getreports("failed")}
        try:
            super().short_test_summary()
        finally:
            self.stats = everything

    def build_summary_stats_line(self) -> Parts:
        """Return the parts of the closing line: what the summary of graddiff counts, then what else pytest knows."""
        parts, color = super().build_summary_stats_line()
        tally: Tally | None = self.config.pluginmanager.getplugin("graddiff-comparison").tally
        if tally is None:
            return parts, color
        failed = tally.failed + len(self.getreports("failed"))
        own = [(f"{failed} failed", {"red": True, "bold": True})] if failed else []
        own += [(f"{tally.passed} passed", {"green": True, "bold": not failed})]
        kept = ("skipped", "deselected")
        counts = {key: sum(not is_self_check(item.nodeid) for item in self.stats.get(key, ())) for key in kept}
        own += [(f"{count} {key}", {"yellow": True}) for key, count in counts.items() if count]
        others = [part for part in parts if part[0].partition(" ")[2] not in ("passed", "failed", *kept)]
        return [*own, *others], "red" if failed else color

    def _write_progress_information_filling_space(self) -> None:
        """Write "[100%]" where pytest writes a line for each item, and nowhere else."""
        if self.config.option.verbose > 0:
            super()._write_progress_information_filling_space()


def is_self_check(nodeid: str) -> bool:
    """Say whether an item is the self-check of a case."""
    from graddiff.run import DISCRIMINATION

    return nodeid.endswith(f"[{DISCRIMINATION}]")


class Console:
    """The hooks that write while a comparison runs."""

    def __init__(self, config: pytest.Config, command: str) -> None:
        self._config = config
        self._command = command
        self._verbosity: int = config.option.verbose
        self._progress: Progress | None = None
        self._told: dict[tuple[str, str], bool] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Give the reporters their other words.

        The class of the reporter is changed, for other plugins have asked for the reporter and keep it.
        """
        reporter = self._reporter()
        if reporter is not None:
            reporter.__class__ = CellReporter
            reporter.showfspath = False  # no letters of cells follow the name of a file
        workers = self._config.pluginmanager.getplugin("terminaldistreporter")
        if workers is not None:
            from graddiff.scheduling import WorkersReporter

            workers.__class__ = WorkersReporter

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Say what is to do, as soon as that is known."""
        self._begin([item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Say it under pytest-xdist: all processes have the same items."""
        self._begin(ids)

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Print no letter for a cell, and do not count a self-check among the cells."""
        if report.when != "call" or not hasattr(report, "graddiff"):
            return None
        counted = report.failed or not is_self_check(report.nodeid)
        return report.outcome if counted else "", "", report.outcome.upper()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note that a cell is done; tell all about the first failing one of a case."""
        record: Record | None = getattr(report, "graddiff", None)
        if self._progress and report.when == "call" and not is_self_check(report.nodeid):
            word = "skipped" if record is None else record.get("verdict", "broken")
            self._progress.advance(word, report.failed)
        if record and record["fails"] and self._is_news(record):
            self._tell(record)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """End the bar, before anything else is written."""
        if self._progress:
            self._progress.__exit__(None, None, None)

    def _begin(self, ids: Iterable[str]) -> None:
        from graddiff.report.summary import counted

        checks = [is_self_check(name) for name in ids]
        if self._progress or not checks or self._verbosity < 0:
            return
        cells = len(checks) - sum(checks)
        self._write_line(counted(cells, sum(checks)))
        if self._verbosity == 0 and cells:
            reporter = self._reporter()
            self._progress = Progress("cells", cells, reporter._tw._file if reporter else sys.stderr)

    def _is_news(self, record: Mapping[str, Any]) -> bool:
        """Say whether a failing case was not told yet, or only without an explanation."""
        case, explained = (record["file"], record["case"]), "repro" in record
        news = case not in self._told or (explained and not self._told[case])
        self._told[case] = explained or self._told.get(case, False)
        return news

    def _tell(self, record: Mapping[str, Any]) -> None:
        from graddiff.report.summary import DIFFERS, verdict
        from graddiff.report.text import failure_block

        head, *lines = failure_block(record, command=self._command)
        head = verdict(record) if head == DIFFERS else head
        if self._progress:
            self._progress.write(f"\n{head}", "bold red")
            self._progress.write("\n".join(lines))
            return
        self._write_line(f"\n{head}", red=True, bold=True)
        for line in lines:
            self._write_line(line)

    def _write_line(self, line: str, **markup: bool) -> None:
        reporter = self._reporter()
        if reporter is None:
            return
        if reporter.isatty() and not self._told:
            reporter.rewrite(line, erase=True, **markup)  # "collecting ..." stands there
            reporter.write("\n")
        else:
            reporter.write_line(line, **markup)

    def _reporter(self) -> Any:
        """Return the reporter of pytest; there is none with `-p no:terminal`."""
        return self._config.pluginmanager.getplugin("terminalreporter")
