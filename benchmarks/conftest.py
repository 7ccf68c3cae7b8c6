"""Settings of a benchmark run: one BLAS thread, the option `--quick`, the rows, and the table at the end.

The environment variables stand before every import that may bring NumPy, because BLAS reads them once, when
it is loaded. With more threads, a product of matrices would depend on what else the machine does.
"""

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

BLAS_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
NUMPY_CAME_FIRST = "numpy" in sys.modules
os.environ.update(dict.fromkeys(BLAS_THREADS, "1"))

# The plain `pytest` command does not put the root of the repository on the path; `python -m pytest` does.
ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from benchmarks import report  # noqa: E402  # after the path and the variables
from benchmarks.paired import Plan  # noqa: E402

FULL = Plan()
QUICK = Plan(pairs=16, budget=0.8, warm_ups=3)
ROWS = pytest.StashKey[list[report.Row]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--quick`."""
    group = parser.getgroup("benchmark")
    group.addoption("--quick", action="store_true", help="Fewer pairs: the table in less than a minute.")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Make room for the rows; leave pytest-benchmark's tables to those who ask for their columns."""
    config.stash[ROWS] = []
    if config.option.benchmark_columns is None:
        config.option.benchmark_quiet = True


def pytest_report_header() -> str:
    """Say how many threads BLAS has."""
    inherited = "as NumPy found them, for it was imported before benchmarks/conftest.py"
    return f"BLAS threads: {inherited if NUMPY_CAME_FIRST else 1}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Time with the garbage collector off; with `--quick`, leave out what is not in the table."""
    history = [item for item in items if item.name.startswith("test_time[")]
    for item in history:
        item.add_marker(pytest.mark.benchmark(disable_gc=True))
    if config.option.quick:
        config.hook.pytest_deselected(items=history)
        items[:] = [item for item in items if item not in history]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table, and save it in `reports/`."""
    rows = config.stash[ROWS]
    if rows:
        report.save(rows, config.rootpath / "reports", f"{environment()}\n\n")
        terminalreporter.section("benchmark")
        terminalreporter.write_line(f"{environment()}\n")
        terminalreporter.write_line(report.table(rows, colour=terminalreporter.hasmarkup))
        terminalreporter.write_line("saved as reports/benchmark.txt and reports/benchmark.json")


def environment() -> str:
    """Return the versions and the machine in one line."""
    packages = [f"{name} {version(name)}" for name in ("easygrad", "autograd", "numpy")]
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return ", ".join([*packages, f"Python {platform.python_version()}", machine])


@pytest.fixture
def plan(request: pytest.FixtureRequest) -> Plan:
    """Return how much is measured."""
    return QUICK if request.config.option.quick else FULL


@pytest.fixture
def rows(request: pytest.FixtureRequest) -> list[report.Row]:
    """Return the rows of the table; a paired measurement adds its own."""
    return request.config.stash[ROWS]
