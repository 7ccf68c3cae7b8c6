"""The pytest plugin: `pytest --graddiff comparisons` runs case files, each cell as a test item.

Without `--graddiff` it adds its options and does nothing else; what it needs is imported only with it.
With it, every Python file below the given paths is a case file, except `conftest.py` and names with a leading
underscore. An item is called after its cell, `elementwise.py::sin[vjp-x-(3,)]`, so that -k, -x, -n and
--junitxml work as everywhere.

The ledger of known differences is the file `ledger.toml` beside the case files, or above them. What it says of a cell
is judged with the cell; `--update-ledger` writes it anew. A run is also held against the accepted report, `report.txt`
in the same folder; `--accept` writes that one, after a run of all cases.

The exit code is 0 if everything is as expected, 1 if a verdict, the ledger or a change of the accepted verdicts fails
the run, 3 if a case is broken (it cannot be imported, or does not fit together), 4 (pytest's usage error) for an
unknown library or no paths.
"""

import gc
import json
from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from graddiff.cache import Cache
    from graddiff.cases import Case, Sources
    from graddiff.cells import Cell
    from graddiff.ledger import Ledger
    from graddiff.libraries import Library
    from graddiff.referee import Referee
    from graddiff.report.summary import Tally
    from graddiff.run import CaseRun, Record
    from graddiff.selection import Selection

DEFAULT_LIBRARIES = ("easygrad", "autograd")
LEDGER = "ledger.toml"
VERDICT_FAILS = 1
CASE_BROKEN = 3
TROUBLES = "graddiff_troubles"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of graddiff."""
    group = parser.getgroup("graddiff", "compare autodiff libraries")
    group.addoption("--graddiff", action="store_true", help="the paths are case files: compare libraries on them")
    group.addoption(
        "--lib",
        action="append",
        default=[],
        metavar="NAME",
        help="a library to compare, the one under test first, then the upstream (default: easygrad, autograd)",
    )
    group.addoption("--ledger", metavar="FILE", help="the ledger of known differences (default: ledger.toml, if there)")
    group.addoption("--update-ledger", action="store_true", help="write the ledger anew, reasons kept")
    group.addoption(
        "--only", action="append", default=[], metavar="PATTERN", help="cases whose id or file fits it, as 'linalg*'"
    )
    group.addoption("--order", type=int, metavar="N", help="ask every case to all orders up to N, whatever it lists")
    group.addoption(
        "--special", action="store_true", help="ask at zeros, equal numbers, infinities and the like instead"
    )
    group.addoption("--accept", action="store_true", help="accept the verdicts of this run: write report.txt anew")
    group.addoption("--fresh", action="store_true", help="compute and judge all anew, whatever earlier runs found")
    group.addoption("--report-dir", default="reports", metavar="DIR", help="where the reports go")
    group.addoption(
        "--graddiff-command", default="", metavar="TEXT", help="how this run was started; a failure shows it with -k"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start the comparison if `--graddiff` is given."""
    if not config.getoption("--graddiff"):
        return
    from graddiff.libraries import UnknownLibraryError, find_library

    # no paths, or those of testpaths: nobody meant tests to be read as cases
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        raise pytest.UsageError("--graddiff needs the case files: pytest --graddiff comparisons")
    names = config.getoption("--lib") or list(DEFAULT_LIBRARIES)
    if len(set(names)) < len(names):
        raise pytest.UsageError(f"--lib: give different libraries; these are {', '.join(names)}")
    if (config.getoption("--order") or 1) < 1:
        raise pytest.UsageError(f"--order: an order is at least 1, this is {config.getoption('--order')}")
    try:
        libraries = [] if config.option.collectonly else [find_library(name) for name in names]
    except UnknownLibraryError as error:
        raise pytest.UsageError(str(error)) from error
    if len({library.name for library in libraries}) < len(libraries):
        told = ", ".join(f"{name} is {library.name!r}" for name, library in zip(names, libraries, strict=True))
        raise pytest.UsageError(f"--lib: two adapters have the same name ({told}); give one of them another `name`")
    comparison = Comparison(config, libraries, _ledger(config), _cache(config))
    config.pluginmanager.register(comparison, "graddiff-comparison")
    if not config.option.collectonly and not hasattr(config, "workerinput"):
        from graddiff.console import Console

        config.pluginmanager.register(Console(config, _command(config)), "graddiff-console")


def _command(config: pytest.Config) -> str:
    """Return the command that takes -k to run a case again with the same libraries; "" where none is known."""
    command: str = config.getoption("--graddiff-command")
    libraries = "".join(f" --lib {name}" for name in config.getoption("--lib"))
    return command + libraries if command else ""


def _cache(config: pytest.Config) -> "Cache | None":
    """Return what earlier runs found, in pytest's own cache; None where pytest runs without one."""
    from graddiff.cache import Cache

    cache = getattr(config, "cache", None)
    return None if cache is None else Cache(cache.mkdir("graddiff"), config.getoption("--fresh"))


def _ledger(config: pytest.Config) -> "Ledger | None":
    """Return the ledger that is named, or that lies beside or above the case files; None if there is none."""
    from graddiff.ledger import Ledger, LedgerError, load

    path, updating = _ledger_path(config), config.getoption("--update-ledger")
    if not path.exists():
        if config.getoption("--ledger") and not updating:
            raise pytest.UsageError(f"--ledger: there is no file {config.getoption('--ledger')}")
        return Ledger(path.name) if updating else None
    try:
        return load(path, path.name)
    except LedgerError as error:
        raise pytest.UsageError(str(error)) from error


def _ledger_path(config: pytest.Config) -> Path:
    if config.getoption("--ledger"):
        return Path(config.invocation_params.dir, config.getoption("--ledger"))
    folder = _case_paths(config)[0]
    folder = folder if folder.is_dir() else folder.parent
    above = [parent for parent in (folder, *folder.parents) if parent.is_relative_to(config.rootpath)]
    return next((path for parent in above if (path := parent / LEDGER).exists()), folder / LEDGER)


def _case_paths(config: pytest.Config) -> list[Path]:
    return [Path(config.invocation_params.dir, argument.partition("::")[0]).resolve() for argument in config.args]


def _selection(config: pytest.Config) -> "Selection":
    from graddiff.selection import Selection

    return Selection(config.getoption("--only"), config.getoption("--order"), config.getoption("--special"))


def _is_complete(config: pytest.Config, ledger: Path) -> bool:
    """Say whether a run has all cases of the ledger: all of its folder, and nothing deselected."""
    options = (
        "only",
        "order",
        "keyword",
        "markexpr",
        "deselect",
        "lf",
        "last_failed",
        "stepwise",
        "ignore",
        "ignore_glob",
        "maxfail",
    )
    chosen = any(config.getoption(option, None) for option in options)
    return not chosen and any(ledger.resolve().is_relative_to(path) for path in _case_paths(config) if path.is_dir())


class Comparison:
    """The hooks of one comparison; collects the records of all processes and writes the reports."""

    def __init__(
        self,
        config: pytest.Config,
        libraries: "list[Library]",
        ledger: "Ledger | None",
        cache: "Cache | None" = None,
    ) -> None:
        self.config = config
        self.cache = cache
        self.libraries = libraries
        self.ledger = ledger
        self.selection = _selection(config)
        self.complaints: list[str] = []
        self.changes: Sequence[str] = ()
        self.refusal = ""
        self.tally: Tally | None = None
        self.places: dict[str, str] = {}
        self.names_of_cases: set[str] = set()
        self.records: list[Record] = []
        self.collection_failed = False
        self.broken_off = False
        self.troubles: set[str] = set()
        self.is_worker = hasattr(config, "workerinput")  # of pytest-xdist

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Generator[None, Any, Any]:
        """Collect; the collector of garbage need not look at thousands of items that live until the end."""
        gc.disable()
        try:
            return (yield)
        finally:
            gc.freeze()
            gc.enable()

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
        """Collect a Python file as a case file, and as nothing else."""
        yield
        if file_path.suffix != ".py" or file_path.name.startswith("_") or file_path.name == "conftest.py":
            return []
        return [CaseFile.from_parent(parent, path=file_path, comparison=self)]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Attach the record to the report of the item: so it reaches the process that writes the reports."""
        report = yield
        if isinstance(item, ComparisonItem) and report.when == "call" and hasattr(item, "record"):
            # pytest carries extra attributes of a report along
            report.graddiff = item.record  # type: ignore[attr-defined]
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_report_to_serializable(self) -> Generator[None, dict[str, Any] | None, dict[str, Any] | None]:
        """Send a record from a worker as text: pytest-xdist takes a dictionary apart in Python."""
        data = yield
        if data and "graddiff" in data:
            data["graddiff"] = json.dumps(data["graddiff"])
        return data

    @pytest.hookimpl(wrapper=True)
    def pytest_report_from_serializable(self, data: dict[str, Any]) -> Generator[None, Any, Any]:
        """Make the record of what a worker sent."""
        if "graddiff" in data:
            data["graddiff"] = json.loads(data["graddiff"])
        return (yield)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Deal out whole cases, unless the user chose another way than the usual one."""
        if config.getoption("dist") != "load":
            return None
        from graddiff.scheduling import CaseScheduling

        return CaseScheduling(config, log)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        """Run a cell in one step: it has nothing to set up or to tear down, and there are thousands of them.

        After the last cell of a case what was found about it is kept.
        """
        if not isinstance(item, ComparisonItem):
            return None
        if not self.is_worker:  # each word to the other process costs a tenth of what a cell does
            item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        call = pytest.CallInfo.from_call(
            lambda: self._call(item=item), when="call", reraise=(pytest.exit.Exception, KeyboardInterrupt)
        )
        report = item.ihook.pytest_runtest_makereport(item=item, call=call)
        item.ihook.pytest_runtest_logreport(report=report)
        if not self.is_worker:
            item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        if item.run and getattr(nextitem, "run", None) is not item.run:
            item.run.found.save()
        return True

    @cached_property
    def _call(self) -> Callable[..., None]:
        """The hook that runs an item, without pytest's recorder of log messages, which wants a set-up."""
        manager = self.config.pluginmanager
        recorder = manager.getplugin("logging-plugin")
        return manager.subset_hook_caller("pytest_runtest_call", [recorder] if recorder else [])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the record of an item."""
        record = getattr(report, "graddiff", None)
        if record is not None:
            self.records.append(record)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what a worker could not keep; one that crashed says nothing."""
        self.troubles |= set(getattr(node, "workeroutput", {}).get(TROUBLES, ()))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note that a file could not be collected."""
        self.collection_failed |= report.failed

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the reports, and turn the exit code into 3 where a case is broken."""
        if self.cache and self.cache.trouble:
            self.troubles.add(self.cache.trouble)
        gc.unfreeze()
        if self.is_worker:  # its records were sent one by one
            session.config.workeroutput[TROUBLES] = sorted(self.troubles)  # type: ignore[attr-defined]  # xdist's own
            return
        self.broken_off = exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        if self.config.getoption("--update-ledger"):
            self._update_ledger()
        self.complaints = self._complaints()
        self._write_reports()
        if (self.complaints or self.changes) and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = VERDICT_FAILS
        broken = self.collection_failed or any("broken" in record for record in self.records)
        if broken and exitstatus != pytest.ExitCode.INTERNAL_ERROR:
            session.exitstatus = CASE_BROKEN

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the summary."""
        if self.tally is None:
            return
        terminalreporter.section(f"graddiff: {' and '.join(self._names())}")
        for line in self._summary(self.tally):
            terminalreporter.write_line(line, bold=not line.startswith(" "))

    def _summary(self, tally: "Tally") -> list[str]:
        """Return what a run says at its end: what is known, what fails by its rule, counts, who is right."""
        from graddiff.report import summary

        records = self._sorted()
        names = ("report.html", "report.txt", "report.json")
        return [
            *summary.known_lines(records),
            *summary.group_lines(records, _command(self.config)),
            *(f"the ledger fails the run: {line}" for line in self.complaints),
            *(["verdicts changed; --accept accepts them:"] if self.changes else []),
            *(f"  {line}" for line in self.changes),
            *([self.refusal] if self.refusal else []),
            *(f"not all that was found is kept for the next run: {trouble}" for trouble in sorted(self.troubles)),
            *summary.count_lines(records, tally),
            summary.sentence(records, self._names()),
            "reports: " + ", ".join(str(self._folder() / name) for name in names),
        ]

    def judged_by_ledger(self, record: "Record") -> "Record":
        """Return the record with what the ledger says of it, which may make it fail."""
        if self.ledger is None or self.config.getoption("--update-ledger"):
            return record
        standings = self.ledger.standings(record)
        told = {library: {"state": s.state, "text": s.text} for library, s in standings.items()}
        return record | {"ledger": told, "fails": record["fails"] or any(s.fails for s in standings.values())}

    def _complaints(self) -> list[str]:
        """Return what the ledger says against the run as a whole."""
        if self.ledger is None or not self.records:
            return []
        complaints = self.ledger.without_reason()
        if self._is_complete(_ledger_path(self.config)):
            complaints += self.ledger.naming_nothing(self.records, self._names())
        return complaints

    def _update_ledger(self) -> None:
        """Write the ledger that the records ask for."""
        if self.ledger is None or not self.records:
            return
        path = _ledger_path(self.config)
        complete = self._is_complete(path)
        today = date.today().isoformat()
        self.ledger = self.ledger.updated(self._sorted(), self._names(), today, complete)
        path.write_text(self.ledger.dump(), encoding="utf-8", newline="\n")

    def label(self, path: Path) -> str:
        """Return the path of a case file as reports show it: relative to the root, or else the name alone."""
        root = self.config.rootpath
        return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name

    def _names(self) -> list[str]:
        return [library.name for library in self.libraries]

    def _folder(self) -> Path:
        return Path(self.config.getoption("--report-dir"))

    def _sorted(self) -> "list[Record]":
        return sorted(self.records, key=lambda r: (r["file"], r["case"], r["number"]))

    def _write_reports(self) -> None:
        if not self.records:
            return
        from graddiff.report import html, json_report, summary, text

        self._folder().mkdir(parents=True, exist_ok=True)
        benchmark = "benchmark.html" if (self._folder() / "benchmark.html").exists() else ""
        environment = html.environment_of(self.libraries)
        threads = self.ledger.threads if self.ledger else ""
        asked = (self._sorted(), self._names(), self.complaints)
        contents = {
            "report.html": html.render(*asked, environment, benchmark, threads),
            "report.txt": text.render(*asked),
            "report.json": json_report.render(*asked),
        }
        for name, content in contents.items():
            (self._folder() / name).write_text(content, encoding="utf-8", newline="\n")
        changed = self._hold_against_accepted(contents["report.txt"])
        self.tally = summary.Tally.of(self.records, changed, len(self.complaints))

    def _hold_against_accepted(self, report: str) -> int:
        """Note where verdicts differ from the accepted report, and return in how many; accept them if that is asked."""
        from graddiff.accepted import NAME, changes

        path = _ledger_path(self.config).parent / NAME
        whole = self._is_complete(path)
        if self.config.getoption("--accept"):
            if whole:
                path.write_text(report, encoding="utf-8", newline="\n")
                return 0
            self.refusal = "--accept: nothing was accepted, for that takes a run of all cases"
        if not path.exists() or self.config.getoption("--order"):
            return 0
        failing = {f"{record['file']}::{record['case']}" for record in self.records if record["fails"]}
        found = changes(report, path, failing, whole)
        self.changes = found.lines
        return found.count

    def _is_complete(self, path: Path) -> bool:
        """Say whether all cases of a folder, that of the ledger or of the accepted report, were run to the end."""
        return not (self.collection_failed or self.broken_off) and _is_complete(self.config, path)


class CaseFile(pytest.File):
    """A file of cases."""

    def __init__(self, *, comparison: Comparison, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.comparison = comparison

    def collect(self) -> Iterator[pytest.Item]:
        """Give the items of all cases of the file."""
        from graddiff.cases import CaseError, Sources, load
        from graddiff.run import Referees

        try:
            cases = load(self.path)
        except CaseError as error:
            raise self.CollectError(str(error)) from error
        seen: set[str] = set()
        sources, referees = Sources(), Referees()
        selection = self.comparison.selection
        self.comparison.names_of_cases |= {self.path.stem, *(case.id for case in cases)}
        for case in cases:
            if selection.takes(case.id, self.path):
                yield from self._items(selection.asked(case), seen, sources, referees.of(case))

    def _items(self, case: "Case", seen: set[str], sources: "Sources", referee: "Referee") -> Iterator[pytest.Item]:
        """Give one item for each cell and one for the discrimination, or one that says what is broken."""
        from graddiff.cases import CaseError
        from graddiff.run import DISCRIMINATION, CaseRun

        file = self.comparison.label(self.path)
        try:
            self._refuse_duplicates(case, file, seen)
            run = CaseRun.prepare(case, file, sources, referee, self.comparison.cache)
        except CaseError as error:
            yield BrokenItem.from_parent(self, name=f"{case.id}[broken]", case=case, file=file, error=error)
            return
        for cell in run.cells:
            yield CellItem.from_parent(self, name=f"{case.id}[{cell.id}]", run=run, cell=cell)
        if case.kind == "smooth":
            yield DiscriminationItem.from_parent(self, name=f"{case.id}[{DISCRIMINATION}]", run=run)

    def _refuse_duplicates(self, case: "Case", file: str, seen: set[str]) -> None:
        from graddiff.cases import CaseError

        other = self.comparison.places.setdefault(case.id, file)
        if other != file or case.id in seen:
            raise CaseError(f"{case.id}: two cases have this id, in {other} and in {file}; rename one of them")
        seen.add(case.id)


class CaseFailedError(AssertionError):
    """A cell that fails the run; its lines are already in the record."""


class ComparisonItem(pytest.Item):
    """An item of a comparison: makes a record, and fails where the record says so."""

    record: "Record"
    run: "CaseRun | None" = None

    def __init__(self, **keywords: Any) -> None:
        super().__init__(**keywords)
        # so -k can select one case by a word that is in no other name: "comparisons/file.py::case["
        self.extra_keyword_matches.add(self.nodeid)

    def make_record(self) -> "Record":
        """Do the work of the item."""
        raise NotImplementedError

    def runtest(self) -> None:
        """Make the record; fail by it."""
        self.record = self.make_record()
        if self.record["fails"]:
            raise CaseFailedError

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the lines of the record instead of a traceback."""
        if not isinstance(excinfo.value, CaseFailedError):
            return super().repr_failure(excinfo, style)
        from graddiff.report.text import failure_lines

        return "\n".join(failure_lines(self.record, _command(self.config)))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Name the item in the summary."""
        return self.path, None, self.name


class CellItem(ComparisonItem):
    """One cell of a case."""

    def __init__(self, *, run: "CaseRun", cell: "Cell", **keywords: Any) -> None:
        super().__init__(**keywords)
        self.run: CaseRun = run
        self.cell = cell

    def make_record(self) -> "Record":
        """Ask the libraries and judge; explain what fails. Of a broken case the first cell tells, for all."""
        if self.run.misfit:
            if self.run.is_told:
                pytest.skip("the case is broken, as its first cell tells")
            self.run.is_told = True
            return self.run.broken_record()
        comparison: Comparison = self.parent.comparison  # type: ignore[union-attr]  # always a CaseFile
        record = comparison.judged_by_ledger(self.run.run(self.cell, comparison.libraries))
        if not record["fails"]:
            return record
        return self.run.explained_record(self.cell, comparison.libraries, record)


class DiscriminationItem(ComparisonItem):
    """The proof that a case can fail."""

    def __init__(self, *, run: "CaseRun", **keywords: Any) -> None:
        super().__init__(**keywords)
        self.run: CaseRun = run

    def make_record(self) -> "Record":
        """Apply the mutants."""
        if self.run.misfit:
            pytest.skip("the case is broken, as its first cell tells")
        return self.run.discrimination_record()


class BrokenItem(ComparisonItem):
    """A case that does not fit together."""

    def __init__(self, *, case: "Case", file: str, error: Exception, **keywords: Any) -> None:
        super().__init__(**keywords)
        from graddiff.run import broken_record

        self.text = str(error)
        self._broken = broken_record(file, case, self.text)

    def make_record(self) -> "Record":
        """Return what is wrong with the case."""
        return self._broken
