"""The cases of some paths, found as pytest finds them, for the commands that do not run them through pytest."""

import os
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO

import pytest

from graddiff.plugin import BrokenItem, CellItem, Comparison
from graddiff.run import CaseRun

# graddiff itself is imported already: pytest would warn that it cannot rewrite its assertions
QUIETLY = ("--capture=no", "--assert=plain", "-q")


class NothingFoundError(LookupError):
    """Paths without a case; the text names them."""


@dataclass(eq=False)  # a plugin of pytest must be hashable
class Suite:
    """The cases that were found, and the texts of those that are broken; the plugin that collects them.

    `names` are the ids of all cases, chosen or not, and the names of their files.
    """

    runs: list[CaseRun] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    @property
    def cells(self) -> int:
        """The number of cells of all cases."""
        return sum(len(run.cells) for run in self.runs)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Take the cases of the items, each once, and the names of all cases and files there are."""
        comparison: Comparison = session.config.pluginmanager.getplugin("graddiff-comparison")
        self.names = comparison.names_of_cases
        seen: dict[int, CaseRun] = {}
        for item in session.items:
            if isinstance(item, CellItem):
                seen.setdefault(id(item.run), item.run)
            elif isinstance(item, BrokenItem):
                self.broken.append(item.text)
        self.broken += [run.misfit for run in seen.values() if run.misfit]
        self.runs = [run for run in seen.values() if not run.misfit]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take what cannot be collected."""
        if report.failed:
            self.broken.append(str(report.longrepr))


def collect(paths: Sequence[str], only: Sequence[str] = (), order: int | None = None) -> Suite:
    """Return the cases below some paths; asks no library, and needs none."""
    missing = [path for path in paths if not os.path.exists(path)]  # noqa: PTH110  # pytest takes strings
    if missing:
        raise NothingFoundError(f"there is no {missing[0]}; give case files, or a folder of them")
    chosen = [f"--only={pattern}" for pattern in only] + ([f"--order={order}"] if order else [])
    suite = Suite()
    told = StringIO()
    with redirect_stdout(told), redirect_stderr(told):
        code = pytest.main(["--graddiff", "--collect-only", *QUIETLY, *chosen, *paths], plugins=[suite])
    if code == pytest.ExitCode.USAGE_ERROR or (code == pytest.ExitCode.INTERNAL_ERROR and not suite.broken):
        raise NothingFoundError(told.getvalue().strip())
    return suite
