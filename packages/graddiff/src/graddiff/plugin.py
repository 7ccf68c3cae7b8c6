"""The pytest plugin: `pytest --graddiff comparisons` runs case files, each cell as a test item.

Without `--graddiff` it adds its options and does nothing else; what it needs is imported only with it.
With it, every Python file below the given paths is a case file, except `conftest.py` and names with a leading
underscore. An item is called after its cell, `elementwise.py::sin[vjp-x-(3,)]`, so that -k, -x, -n and --junitxml
work as everywhere.

The exit code is 0 if everything is as expected, 1 if a verdict fails the run, 3 if a case is broken (it
cannot be imported, or does not fit together), 4 (pytest's usage error) for an unknown library or no paths.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from graddiff.cases import Case
    from graddiff.cells import Cell
    from graddiff.libraries import Library
    from graddiff.run import CaseRun, Record

DEFAULT_LIBRARIES = ("easygrad", "autograd")
VERDICT_FAILS = 1
CASE_BROKEN = 3


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of graddiff."""
    group = parser.getgroup("graddiff", "compare autodiff libraries")
    group.addoption("--graddiff", action="store_true", help="the paths are case files: compare libraries on them")
    group.addoption(
        "--lib",
        action="append",
        default=[],
        metavar="NAME",
        help="a library to compare, the one under test first (default: easygrad, autograd)",
    )
    group.addoption("--report-dir", default="reports", metavar="DIR", help="where the reports go")


def pytest_configure(config: pytest.Config) -> None:
    """Start the comparison if `--graddiff` is given."""
    if not config.getoption("--graddiff"):
        return
    from graddiff.libraries import UnknownLibraryError, find_library

    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        raise pytest.UsageError("--graddiff needs the case files: pytest --graddiff comparisons")
    names = config.getoption("--lib") or list(DEFAULT_LIBRARIES)
    if len(names) > 2 or len(set(names)) < len(names):
        raise pytest.UsageError(f"--lib: give one library, or two different ones; these are {', '.join(names)}")
    try:
        libraries = [find_library(name) for name in names]
    except UnknownLibraryError as error:
        raise pytest.UsageError(str(error)) from error
    config.pluginmanager.register(Comparison(config, libraries), "graddiff-comparison")


class Comparison:
    """The hooks of one comparison; collects the records of all processes and writes the reports."""

    def __init__(self, config: pytest.Config, libraries: "list[Library]") -> None:
        self.libraries = libraries
        self.places: dict[str, str] = {}
        self.records: list[Record] = []
        self.broken = False
        self._config = config
        self._folder = Path(config.getoption("--report-dir"))

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> Iterator[None]:
        """Collect a Python file as a case file, and as nothing else."""
        yield
        ours = file_path.suffix == ".py" and not file_path.name.startswith("_") and file_path.name != "conftest.py"
        return [CaseFile.of(parent, file_path, self)] if ours else []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Iterator[None]:
        """Attach the record to the report of the item: so it reaches the process that writes the reports."""
        report = yield
        if isinstance(item, CellItem) and report.when == "call":
            report.graddiff = item.record
        return report
