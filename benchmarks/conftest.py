"""Settings of a benchmark run: one BLAS thread, the options, the rows, and the tables and the page at the end.

The environment variables stand before every import that may bring NumPy, because BLAS reads them once, when
it is loaded. With more threads, a product of matrices would depend on what else the machine does.
"""

import os
import platform
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

BLAS_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
NUMPY_CAME_FIRST = "numpy" in sys.modules
os.environ.update(dict.fromkeys(BLAS_THREADS, "1"))

# The plain `pytest` command does not put the root of the repository on the path; `python -m pytest` does.
ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from benchmarks import others, report  # noqa: E402  # after the path and the variables
from benchmarks.paired import Plan  # noqa: E402
from benchmarks.workloads import BY_NAME, LONG, NOT_QUICK  # noqa: E402

COMPLETE = Plan(pairs=50, fewest=50, budget=20.0)  # of a row of the headline table
SWEEP = Plan(pairs=50, budget=3.0)  # of any other row
QUICK = Plan(pairs=12, budget=0.4, warm_ups=1)
ROWS = pytest.StashKey[list[report.Row]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--quick`, `--long` and `--also`."""
    group = parser.getgroup("benchmark")
    group.addoption("--quick", action="store_true", help="The headline table alone, with fewer pairs.")
    group.addoption("--long", action="store_true", help="The sizes too that take minutes each.")
    group.addoption("--also", choices=sorted(others.LIBRARIES), help="Another library; its rows alone are timed.")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Make room for the rows; leave pytest-benchmark's tables to those who ask for columns or a comparison."""
    config.stash[ROWS] = []
    if config.option.benchmark_columns is None and not config.option.benchmark_compare:
        config.option.benchmark_quiet = True


def pytest_report_header() -> str:
    """Say how many threads BLAS has."""
    inherited = "as NumPy found them, for it was imported before benchmarks/conftest.py"
    return f"BLAS threads: {inherited if NUMPY_CAME_FIRST else 1}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Time with the garbage collector off; leave out what was not asked for."""
    for item in items:
        if item.name.startswith("test_time["):
            item.add_marker(pytest.mark.benchmark(disable_gc=True))
    left_out = [item for item in items if is_left_out(item, config)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def is_left_out(item: pytest.Item, config: pytest.Config) -> bool:
    """Say whether an item is not timed with these options; the tests of the measurement are never left out."""
    test, _, name = item.name.rstrip("]").partition("[")
    if Path(item.path).parent != Path(__file__).parent:
        return False
    if config.option.also:
        return test != "test_paired" or name not in others.LIBRARIES[config.option.also][1]
    if config.option.quick:
        return (
            test in ("test_time", "test_import")
            or name in NOT_QUICK
            or (test == "test_paired" and not BY_NAME[name].headline)
        )
    return name in LONG and not config.option.long


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the tables, and save them and the page in `reports/`."""
    rows = config.stash[ROWS]
    if not rows:
        return
    from benchmarks import page  # matplotlib takes a second to import: not for the tests

    folder, also = config.rootpath / "reports", config.option.also
    report.save(rows, folder, environment(), f"benchmark-{also}" if also else "benchmark")
    terminalreporter.section("benchmark")
    terminalreporter.write_line(f"{environment()}\n")
    terminalreporter.write_line(report.tables(rows, colour=terminalreporter.hasmarkup))
    terminalreporter.write_line("")
    if (folder / "benchmark.json").exists():
        terminalreporter.write_line(f"page: {page.write(folder).relative_to(config.rootpath)}")


def environment() -> str:
    """Return the versions and the machine in one line."""
    packages = []
    for name in ("easygrad", "autograd", "numpy", *others.LIBRARIES):
        with suppress(PackageNotFoundError):  # the other libraries are mostly not there
            packages.append(f"{name} {version(name)}")
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return ", ".join([*packages, f"Python {platform.python_version()}", machine])


@pytest.fixture
def quick(request: pytest.FixtureRequest) -> bool:
    """Say whether the headline table alone was asked for."""
    return bool(request.config.option.quick)


@pytest.fixture
def also(request: pytest.FixtureRequest) -> str | None:
    """Return the name of the other library to be timed."""
    return request.config.option.also  # type: ignore[no-any-return]  # options have no types


@pytest.fixture
def rows(request: pytest.FixtureRequest) -> list[report.Row]:
    """Return the rows of the table; a paired measurement adds its own."""
    return request.config.stash[ROWS]
