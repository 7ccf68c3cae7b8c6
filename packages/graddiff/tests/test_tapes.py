"""Where a rule is written: paths from the root of the repository, short ones of what is installed."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from graddiff.tapes import shown_path, source_line


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with a package in it, whose folder of sources is on the path."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "packages" / "lib" / "src" / "lib").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "packages" / "lib" / "src")
    return tmp_path


def test_a_file_of_the_repository_has_its_path_from_the_root(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = repository / "packages" / "lib" / "src" / "lib" / "rules.py"
    assert shown_path(file) == "packages/lib/src/lib/rules.py"
    monkeypatch.chdir(repository / "packages")  # from wherever it is looked at
    assert shown_path(file) == "packages/lib/src/lib/rules.py"


def test_without_a_repository_the_path_begins_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown_path(tmp_path / "lib" / "rules.py") == "lib/rules.py"


def test_what_is_installed_has_a_short_path(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = repository / ".nox" / "compare" / "lib" / "site-packages"  # an environment inside the repository
    monkeypatch.syspath_prepend(installed)
    assert shown_path(installed / "autograd" / "numpy" / "numpy_vjps.py") == "autograd/numpy/numpy_vjps.py"


def weights(x: float) -> float:
    return x


def made_of(function: Callable[[float], float]) -> Callable[[float], float]:
    return lambda x: function(x)


def test_a_rule_that_is_made_of_another_function_names_that_one() -> None:
    first = weights.__code__.co_firstlineno
    assert source_line(made_of(weights)).endswith(f"(made of weights, test_tapes.py:{first})")
    assert source_line(partial(weights)).endswith(f"test_tapes.py:{first}: def weights(x: float) -> float:")
    assert source_line(None) == ""
