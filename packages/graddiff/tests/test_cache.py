"""What earlier runs found is used only where nothing has changed, and never needed."""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graddiff import Case
from graddiff.cache import Cache, environment
from graddiff.cases import Sources
from graddiff.domains import REAL
from graddiff.libraries.autograd import Autograd
from graddiff.run import CaseRun, Record

HELPERS = (
    "def third(x):\n    return {factor} * x\ndef second(x):\n    return third(x)\ndef first(x):\n    return second(x)\n"
)
CASES = (
    "import deep_helpers\nfrom graddiff import Case\nfrom graddiff.domains import REAL\n"
    "FACTOR = {constant}\n"
    "def made(factor):\n    return lambda np: lambda x: np.sin(deep_helpers.first(x)) * factor\n"
    "CASE = Case('deep', made(FACTOR), [REAL], orders=(1,))\n"
)


class Counting(Autograd):
    """Autograd, with a count of how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def vjp(self, f: Any, *args: Any) -> Any:
        """Count and answer."""
        self.asked += 1
        return super().vjp(f, *args)


class Spoilt(Autograd):
    """Autograd with pullbacks of the wrong sign."""

    def vjp(self, f: Any, *args: Any) -> Any:
        """Answer wrongly."""
        value, pullback = super().vjp(f, *args)
        return value, lambda g: pullback(-g)


def case(factor: float = 2.0) -> Case:
    return Case("scaled", lambda np: lambda x: np.sin(factor * x), [REAL], orders=(1, 2))


def run(folder: Path, case: Case, library: Any = None, fresh: bool = False) -> list[Record]:
    """Run all cells of a case with what is kept in a folder."""
    prepared = CaseRun.prepare(case, "f.py", Sources(), cache=Cache(folder, fresh))
    records = [prepared.run(cell, [library or Autograd()]) for cell in prepared.cells]
    records.append(prepared.discrimination_record())
    prepared.found.save()
    return records


def origins(records: Iterable[Record]) -> set[str]:
    return {record["truth"] for record in records if "truth" in record}


def without_origin(records: Iterable[Record]) -> list[Record]:
    return [{name: value for name, value in record.items() if name != "truth"} for record in records]


def test_a_second_run_finds_the_same_and_says_so(tmp_path: Path) -> None:
    first, second = run(tmp_path, case()), run(tmp_path, case())
    assert (origins(first), origins(second)) == ({"computed"}, {"kept"})
    assert without_origin(first) == without_origin(second)


def test_fresh_reads_nothing(tmp_path: Path) -> None:
    run(tmp_path, case())
    assert origins(run(tmp_path, case(), fresh=True)) == {"computed"}


def test_another_closure_variable_is_another_question(tmp_path: Path) -> None:
    run(tmp_path, case(2.0))
    assert origins(run(tmp_path, case(3.0))) == {"computed"}


def test_another_numpy_is_another_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path, case())
    before = environment()
    monkeypatch.setattr(np, "__version__", "99.0")
    assert environment() != before
    assert origins(run(tmp_path, case())) == {"computed"}


def test_libraries_are_always_asked(tmp_path: Path) -> None:
    counts = []
    for _ in range(2):
        library = Counting()
        run(tmp_path, case(), library)
        counts.append(library.asked)
    # twice in the first run; in the second one the answers of the first are what must come again
    assert counts[0] == 2 * counts[1] > 0


def test_an_answer_with_other_bits_each_time_is_never_kept(tmp_path: Path) -> None:
    class Restless(Counting):
        """Adds another last bit to each pullback."""

        def vjp(self, f: Any, *args: Any) -> Any:
            value, pullback = super().vjp(f, *args)
            return value, lambda g: pullback(g) * (1 + self.asked * 2.0**-52)

    for _ in range(2):
        records = run(tmp_path, case(), Restless())
        assert {r["behaviours"]["autograd"] for r in records if r.get("word") == "vjp"} == {"bits"}


def test_a_library_that_becomes_wrong_is_judged_by_the_kept_truth(tmp_path: Path) -> None:
    run(tmp_path, case())
    records = run(tmp_path, case(), Spoilt())
    assert {r["verdict"] for r in records if r.get("word") == "vjp"} == {"autograd wrong"}
    assert origins(records) == {"kept"}


def test_failures_are_judged_anew(tmp_path: Path) -> None:
    first, second = run(tmp_path, case(), Spoilt()), run(tmp_path, case(), Spoilt())
    assert without_origin(first) == without_origin(second)
    place = next(tmp_path.glob("*.sqlite"))
    with closing(sqlite3.connect(place)) as file:
        kept = [json.loads(entry) for (entry,) in file.execute("SELECT entry FROM found")]
    assert not any(entry.get("fails") for entry in kept)


def test_a_kept_truth_is_really_used(tmp_path: Path) -> None:
    run(tmp_path, case())
    with closing(sqlite3.connect(next(tmp_path.glob("*.sqlite")))) as file, file:
        file.execute("UPDATE found SET entry = ? WHERE question LIKE 'vjp %'", (json.dumps({"reason": "planted: x"}),))
    records = run(tmp_path, case(), Spoilt())
    assert {r["abstains"] for r in records if r.get("word") == "vjp"} == {"planted"}


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\x00 torn"])
def test_a_file_that_cannot_be_read_costs_time_only(tmp_path: Path, content: bytes) -> None:
    (tmp_path / f"{environment()}.sqlite").write_bytes(content)
    cache = Cache(tmp_path)
    assert cache.read("f.py::scaled") == {}
    assert cache.trouble
    assert origins(run(tmp_path, case())) == {"computed"}
    assert origins(run(tmp_path, case())) == {"computed"}  # the second run made a new file
    assert origins(run(tmp_path, case())) == {"kept"}


@pytest.mark.parametrize("processes", ["0", "2"])
def test_the_console_tells_that_nothing_is_kept(pytester: pytest.Pytester, processes: str) -> None:
    pytester.mkdir("comparisons").joinpath("good.py").write_text(
        "from graddiff import Case\nfrom graddiff.domains import REAL\n"
        "CASE = Case('sin', lambda np: lambda x: np.sin(x), [REAL], orders=(1,))\n"
    )
    folder = pytester.path / ".pytest_cache" / "d" / "graddiff"
    (folder / f"{environment()}.sqlite").mkdir(parents=True)  # a folder where the file would be
    result = pytester.runpytest_subprocess("--graddiff", "comparisons", "--lib", "autograd", "-n", processes)
    assert result.ret == 0
    result.stdout.fnmatch_lines(["not all that was found is kept for the next run: unable to open database file"])


def test_files_of_old_environments_are_removed(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"{number}.sqlite").touch()
    run(tmp_path, case())
    assert len(list(tmp_path.glob("*.sqlite"))) == 4


def test_a_function_that_cannot_be_seen_through_is_computed_each_time(tmp_path: Path) -> None:
    hidden = Case("hidden", lambda np: lambda x: np.sin(x) * float(eval("2")), [REAL], orders=(1,))
    assert [origins(run(tmp_path, hidden)) for _ in range(2)] == [{"computed"}, {"computed"}]


@pytest.mark.parametrize("change", [{"factor": 3.0}, {"constant": 5.0}])
def test_a_stale_truth_is_not_used_under_pytest(pytester: pytest.Pytester, change: dict[str, float]) -> None:
    told = []
    for values in ({}, {}, change):
        parts = {"factor": 2.0, "constant": 4.0} | values
        pytester.makepyfile(deep_helpers=HELPERS.format(**parts))
        folder = pytester.mkdir("comparisons") if not told else pytester.path / "comparisons"
        (folder / "deep.py").write_text(CASES.format(**parts))
        result = pytester.runpytest_subprocess("--graddiff", "comparisons", "--lib", "autograd")
        assert result.ret == 0
        cells = json.loads((pytester.path / "reports" / "report.json").read_text())["cells"]
        told.append(origins(cells))
        assert {cell["verdict"] for cell in cells if "verdict" in cell} == {"agree"}
    assert told == [{"computed"}, {"kept"}, {"computed"}]
