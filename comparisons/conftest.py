"""Settings of the comparisons and of their tests: imports from the root, no tests among the case files, `--slow`.

`pytest --graddiff comparisons` reads every Python file as a case file, so the tests of the models must stay out of it;
`pytest comparisons/tests` runs those, and with `--slow` also the whole runs that take minutes.
"""

import sys
from pathlib import Path

import pytest

# The plain `pytest` command does not put the root of the repository on the path; `python -m pytest` does.
ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--slow`."""
    group = parser.getgroup("comparisons")
    group.addoption("--slow", action="store_true", help="Run the tests marked slow too: whole optimisations.")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker of the slow tests known."""
    config.addinivalue_line("markers", "slow: a whole run that takes minutes; only with --slow.")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what holds no cases where every Python file is read as a case file; else let pytest decide."""
    if not config.getoption("--graddiff", default=False):
        return None
    if collection_path.name.startswith("scipy_"):  # the referee is slow on special functions: only where it is named
        named = {Path(argument.partition("::")[0]).resolve() for argument in config.args}
        return True if collection_path.resolve() not in named else None
    return True if collection_path.name in ("tests", "selftest", "clients") else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what is marked slow unless it is asked for."""
    if config.getoption("--slow"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="takes minutes: run with --slow"))
