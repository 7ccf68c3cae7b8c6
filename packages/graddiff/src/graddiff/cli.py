"""The command line: `graddiff run`, `record`, `compare`, `explain`, `ops`, `new`.

Exit codes: 0 all is as expected; 1 a verdict changed or a library is wrong; 2 bad usage (an unknown name, no such file,
nothing chosen); 3 a case is broken. To add a command, write its function below and its parser in `_parser`.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Collection, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NoReturn

import pytest

AS_EXPECTED, WRONG, USAGE, BROKEN = 0, 1, 2, 3
LIBRARIES = ["easygrad", "autograd"]
PATH = "comparisons"

Command = Callable[[argparse.Namespace], int]


class UsageError(ValueError):
    """A command that cannot be carried out as it is given; the text says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command and return its exit code; argparse ends a wrong one with code 2 by itself."""
    from graddiff.ledger import LedgerError
    from graddiff.libraries import UnknownLibraryError
    from graddiff.newcase import UnknownOperationError
    from graddiff.records import RecordsError
    from graddiff.suite import NothingFoundError

    parsed = _parser().parse_args(arguments)
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))  # as `python -m` does: `--lib my_module:MyAdapter` lies there
    command: Command = parsed.command
    try:
        return command(parsed)
    except (
        UsageError, UnknownLibraryError, UnknownOperationError, RecordsError, NothingFoundError, LedgerError
    ) as error:  # fmt: skip
        print(f"graddiff: {error}", file=sys.stderr)
        return USAGE


# the commands


def run(options: argparse.Namespace) -> int:
    """Run case files under pytest, with its reports."""
    if options.only:
        _suite(options)  # refuses unknown names
    libraries = [f"--lib={name}" for name in options.lib or LIBRARIES]
    chosen = [f"--only={pattern}" for pattern in options.only]
    chosen += [f"--order={options.order}"] if options.order else []
    chosen += ["--accept"] if options.accept else []
    workers = ["-n", options.jobs] if options.jobs else []
    reports = [f"--report-dir={options.report_dir}"]
    code = pytest.main(["--graddiff", "--assert=plain", *libraries, *chosen, *workers, *reports, *options.paths])
    nothing = (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED)
    return USAGE if code in nothing else int(code)


def record(options: argparse.Namespace) -> int:
    """Write what libraries answer; nothing is judged."""
    from graddiff.libraries import find_library
    from graddiff.recording import record_suite

    libraries = [find_library(name) for name in options.lib or LIBRARIES]
    suite = _suite(options)
    count = record_suite(suite, libraries, Path(options.output))
    print(f"{count} answers of {', '.join(f'{x.name} {x.version}' for x in libraries)} written to {options.output}")
    return _told_broken(suite.broken)


def compare(options: argparse.Namespace) -> int:
    """Judge records that were made elsewhere."""
    from graddiff.comparing import CHANGED, compare_suite, lines
    from graddiff.records import read

    libraries = read([Path(name) for name in options.records])
    options.paths = [options.cases]
    suite = _suite(options)
    found = compare_suite(suite, libraries, options.changed)
    print("\n".join(lines(found)))
    if options.report_dir:
        _write_reports(Path(options.report_dir), found.records, found.names)
    broken = _told_broken(suite.broken)
    if broken or found.left_out[CHANGED]:
        return BROKEN
    if not found.cells and not found.left_out:
        raise UsageError("the records have no cell of these case files; give the files that they were made from")
    return AS_EXPECTED if found.is_clean else WRONG


def explain(options: argparse.Namespace) -> int:
    """Tell all about one cell."""
    from graddiff.derivation import derivation
    from graddiff.libraries import find_library

    libraries = [find_library(name) for name in options.lib or LIBRARIES]
    case, _, cell_name = options.case.rpartition("::")[2].rstrip("]").partition("[")
    options.paths = [options.case.partition("::")[0]] if "::" in options.case else [options.cases]
    options.only, options.order = [case], None
    suite = _suite(options)
    if not suite.runs:
        return _told_broken(suite.broken) or USAGE
    case_run = suite.runs[0]
    cell = _named_cell(case_run, cell_name) if cell_name else _telling_cell(case_run, libraries)
    print("\n".join(derivation(case_run, cell, libraries)))
    states = dict(case_run.judged(cell, libraries)[0].states)
    return WRONG if "wrong" in states.values() else AS_EXPECTED


def ops(options: argparse.Namespace) -> int:
    """Show which operation has which mode in which library."""
    from graddiff.coverage import table

    path = Path(options.report)
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        cells, libraries = report["cells"], report["libraries"]
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"{path} is no report ({type(error).__name__}); make one by `graddiff run`") from error
    _refuse_unknown(options.only, {record["case"] for record in cells})
    print("\n".join(table(cells, libraries, options.only)))
    return AS_EXPECTED


def new(options: argparse.Namespace) -> int:
    """Print a case for a function of NumPy."""
    from graddiff.newcase import written_case

    print(written_case(options.operation), end="")
    return AS_EXPECTED


# what they share


def _suite(options: argparse.Namespace) -> Any:
    """Return the chosen cases; a pattern that fits none is refused with the nearest name."""
    from graddiff.suite import collect

    suite = collect(options.paths, options.only, options.order)
    _refuse_unknown(options.only, suite.names)
    return suite


def _refuse_unknown(patterns: Sequence[str], names: Collection[str]) -> None:
    from graddiff.selection import nearest

    for pattern in patterns:
        if not any(fnmatchcase(name.removesuffix(".py"), pattern.removesuffix(".py")) for name in names):
            raise UsageError(f"no case is called {pattern!r}{nearest(pattern.strip('*'), names)}")


def _named_cell(case_run: Any, name: str) -> Any:
    from graddiff.selection import nearest

    ids = {cell.id: cell for cell in case_run.cells}
    if name not in ids:
        raise UsageError(f"{case_run.case.id} has no cell {name!r}; it has {', '.join(ids)}{nearest(name, ids)}")
    return ids[name]


def _telling_cell(case_run: Any, libraries: Sequence[Any]) -> Any:
    """Return the first cell in which not all is right; failing that, the first of reverse mode."""
    for cell in case_run.cells:
        if any(state != "right" for _, state in case_run.judged(cell, libraries)[0].states):
            return cell
    return next((cell for cell in case_run.cells if cell.aspect == "vjp"), case_run.cells[0])


def _write_reports(folder: Path, records: Sequence[Any], names: Sequence[str]) -> None:
    from graddiff.report import html, json_report, text

    folder.mkdir(parents=True, exist_ok=True)
    ordered = sorted(records, key=lambda r: (r["file"], r["case"], r["number"]))
    contents = {"report.html": html.render, "report.txt": text.render, "report.json": json_report.render}
    for name, render in contents.items():
        (folder / name).write_text(render(ordered, names), encoding="utf-8", newline="\n")
    print(f"reports: {', '.join(str(folder / name) for name in contents)}")


def _told_broken(broken: Sequence[str]) -> int:
    for text in broken:
        print(f"the case is broken: {text}", file=sys.stderr)
    return BROKEN if broken else AS_EXPECTED


# arguments


class _Parser(argparse.ArgumentParser):
    """Suggests the nearest command for one that is not known."""

    def error(self, message: str) -> NoReturn:
        from graddiff.selection import nearest

        typed = re.search("invalid choice: '([^']*)'", message)
        commands = [command.__name__ for command in (run, record, compare, explain, ops, new)]
        super().error(message + (nearest(typed[1], commands) if typed else ""))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="graddiff",
        description="Run identical functions through autodiff libraries and say which one is wrong.",
        epilog="Exit codes: 0 as expected, 1 a verdict changed or a library is wrong, 2 bad usage, 3 a case is broken.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(command: Command) -> argparse.ArgumentParser:
        sentence = command.__doc__
        own = commands.add_parser(command.__name__, help=sentence, description=sentence)
        own.set_defaults(command=command, only=[], order=None)
        return own

    _arguments_of_run(add(run))
    _arguments_of_record(add(record))
    _arguments_of_compare(add(compare))
    own = add(explain)
    own.add_argument("case", metavar="CASE", help="sin, 'sin[vjp-x-(3,)]', or a place as the reports show it")
    own.add_argument("--cases", default=PATH, metavar="PATH", help=f"where the case files are (default: {PATH})")
    _library_argument(own)
    own = add(ops)
    own.add_argument("--report", default="reports/report.json", metavar="FILE", help="the JSON report of a run")
    own.add_argument("--only", action="append", default=[], metavar="PATTERN", help="cases whose id fits it")
    own = add(new)
    own.add_argument("operation", metavar="OP", help="a function of NumPy, as sin or linalg.solve")
    return parser


def _arguments_of_run(parser: argparse.ArgumentParser) -> None:
    _choice_arguments(parser)
    parser.add_argument("--accept", action="store_true", help="accept the verdicts: write report.txt beside the cases")
    parser.add_argument("--report-dir", default="reports", metavar="DIR", help="where the reports go")
    parser.add_argument("-n", "--jobs", metavar="N", help="processes (needs pytest-xdist)")


def _arguments_of_record(parser: argparse.ArgumentParser) -> None:
    _choice_arguments(parser)
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the record, JSON lines")


def _arguments_of_compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("records", nargs="+", metavar="RECORD", help="made by `graddiff record`, the subject first")
    parser.add_argument("--cases", default=PATH, metavar="PATH", help=f"where the case files are (default: {PATH})")
    parser.add_argument("--only", action="append", default=[], metavar="PATTERN", help="cases whose id or file fits it")
    parser.add_argument("--order", type=_order, metavar="N", help="the --order that the records were made with")
    parser.add_argument("--changed", action="store_true", help="judge only where the records differ in any bit")
    parser.add_argument("--report-dir", metavar="DIR", help="write the reports there too")


def _choice_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", default=[PATH], metavar="PATH", help=f"case files (default: {PATH})")
    _library_argument(parser)
    parser.add_argument("--only", action="append", default=[], metavar="PATTERN", help="cases whose id or file fits it")
    parser.add_argument("--order", type=_order, metavar="N", help="ask every case to all orders up to N")


def _library_argument(parser: argparse.ArgumentParser) -> None:
    words = f"a library, the one under test first (default: {', '.join(LIBRARIES)})"
    parser.add_argument("--lib", action="append", default=[], metavar="NAME", help=words)


def _order(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"an order is a whole number from 1 on, this is {text!r}")
    return int(text)
