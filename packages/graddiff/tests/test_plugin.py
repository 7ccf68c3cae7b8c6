"""The plugin, through pytest itself."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HEAD = "from graddiff import Case\nfrom graddiff.domains import REAL, POSITIVE\n"
GOOD = HEAD + (
    "CASES = [\n"
    "    Case('sin', lambda np: lambda x: np.sin(x), [REAL], dtypes=('float64', 'float32')),\n"
    "    Case('mul', lambda np: lambda x, y: x * y, [REAL, REAL], shapes=[(3,), ((2, 3), (3,))]),\n"
    "    Case('abs', lambda np: lambda x: np.abs(x), kind='convention', at=[0.0], reason='a kink'),\n"
    "]\n"
)


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """Return a folder with good cases in comparisons/."""
    write(pytester, "good.py", GOOD)
    return pytester


@pytest.fixture
def toy(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, toy_module: str) -> None:
    """Make the library "toy", whose pullbacks have the wrong sign."""
    from graddiff.libraries import ADAPTERS

    pytester.makepyfile(toy_library=toy_module + "load = Toy\n")
    pytester.syspathinsert()
    monkeypatch.setitem(ADAPTERS, "toy", "toy_library")  # type: ignore[misc]  # a dict beneath


def write(pytester: pytest.Pytester, name: str, text: str) -> None:
    folder = pytester.path / "comparisons"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)


def report(pytester: pytest.Pytester) -> str:
    return (pytester.path / "reports" / "report.txt").read_text()


ALONE = ("--graddiff", "comparisons", "--lib", "autograd")


def test_every_cell_is_an_item(suite: pytest.Pytester) -> None:
    result = suite.runpytest(*ALONE, "-v")
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "*comparisons/good.py::sin[[]vjp-x-(3,)] PASSED*",
            "*comparisons/good.py::mul[[]discrimination] PASSED*",
        ]
    )


def test_k_and_node_ids_select(suite: pytest.Pytester) -> None:
    suite.runpytest(*ALONE, "-k", "sin and jvp").assert_outcomes(passed=3, deselected=31)
    node = "comparisons/good.py::sin[vjp-x-(3,)]"
    suite.runpytest("--graddiff", node, "--lib", "autograd").assert_outcomes(passed=1)


def test_the_reports_are_whole(suite: pytest.Pytester) -> None:
    suite.runpytest(*ALONE)
    text = report(suite)
    assert "  34 cells of 3 cases, 0 failures\n" in text
    assert "comparisons/good.py::mul  value .  vjp ...  jvp ..." in text
    assert "strided vjp .  strided jvp .  empty vjp .  kills 7/7" in text
    assert "kills 7/7" in text
    assert "comparisons/good.py::abs[vjp-x-at0.0]: lambda np: lambda x: np.abs(x): autograd 0 (a kink)" in text
    cells = json.loads((suite.path / "reports" / "report.json").read_text())["cells"]
    assert {cell["verdict"] for cell in cells if "verdict" in cell} == {"agree", "convention"}
    assert str(suite.path) not in text


def test_two_processes_write_the_same_bytes(suite: pytest.Pytester) -> None:
    for folder, processes in (("one", "0"), ("two", "2")):
        command = [sys.executable, "-m", "pytest", *ALONE, "--fresh", "-n", processes, "--report-dir", folder]
        subprocess.run(command, cwd=suite.path, check=True, capture_output=True)
    for name in ("report.txt", "report.json"):
        one, two = ((suite.path / folder / name).read_bytes() for folder in ("one", "two"))
        assert one == two


@pytest.mark.usefixtures("toy")
def test_a_wrong_library_fails_the_run_with_a_few_lines(suite: pytest.Pytester) -> None:
    result = suite.runpytest("--graddiff", "comparisons", "--lib", "toy", "--lib", "autograd")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "toy wrong",
            "  comparisons/good.py::sin[[]vjp-x-(3,)]: order 1, argument x: lambda np: lambda x: np.sin(x)",
            "  worst element x[[]*[]]: toy *, autograd *, truth *; * ULP; 3 of 3 elements wrong",
            "  diagnosis: toy: 3 of 3 elements = -1 x truth",
            "  repro: pytest --graddiff 'comparisons/good.py::sin[[]vjp-x-(3,)]' --lib toy --lib autograd",
        ]
    )
    assert "failures\n  toy wrong\n" in report(suite)


@pytest.mark.usefixtures("toy")
def test_a_wrong_upstream_is_listed_and_does_not_fail(suite: pytest.Pytester) -> None:
    result = suite.runpytest("--graddiff", "comparisons", "--lib", "autograd", "--lib", "toy")
    assert result.ret == 0
    section = report(suite).split("upstream wrong\n", 2)[-1]
    assert "comparisons/good.py::mul: lambda np: lambda x, y: x * y\n    in vjp (3), " in section
    assert "diagnosis: toy: " in section
    assert "elements = -1 x truth" in section


def test_an_unknown_library_is_a_usage_error(suite: pytest.Pytester) -> None:
    result = suite.runpytest("--graddiff", "comparisons", "--lib", "autogrd")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*unknown library 'autogrd': known are *; did you mean 'autograd'?*"])


@pytest.mark.parametrize("arguments", [["--graddiff"], [*ALONE, "--lib", "autograd"]])
def test_other_bad_usage(suite: pytest.Pytester, arguments: list[str]) -> None:
    assert suite.runpytest(*arguments).ret == pytest.ExitCode.USAGE_ERROR


def test_a_file_that_cannot_be_imported_ends_with_3(suite: pytest.Pytester) -> None:
    write(suite, "bad.py", "y = 1 / 0\n")
    result = suite.runpytest(*ALONE)
    assert result.ret == 3
    result.stdout.fnmatch_lines(["*bad.py cannot be imported: line 1: y = 1 / 0: ZeroDivisionError*"])


def test_a_broken_case_ends_with_3_and_the_others_run(suite: pytest.Pytester) -> None:
    write(suite, "misfit.py", HEAD + "LOG = Case('log', lambda np: lambda x: np.log(x), [REAL])\n")
    result = suite.runpytest(*ALONE)
    assert result.ret == 3
    result.assert_outcomes(passed=34, failed=1, skipped=9)
    result.stdout.fnmatch_lines(["the case is broken", "  log: plain NumPy gives *nan*"])
    assert "the case is broken" in report(suite)


def test_a_duplicate_id_names_both_files(suite: pytest.Pytester) -> None:
    write(suite, "other.py", HEAD + "SIN = Case('sin', lambda np: lambda x: np.sin(x), [REAL])\n")
    result = suite.runpytest(*ALONE)
    assert result.ret == 3
    result.stdout.fnmatch_lines(["  sin: two cases have this id, in *good.py and in *other.py; rename one*"])


def test_without_the_option_nothing_happens(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_one(): pass")
    result = pytester.runpytest()
    result.assert_outcomes(passed=1)
    assert not (pytester.path / "reports").exists()


def test_the_plugin_imports_neither_numpy_nor_mpmath() -> None:
    code = "import sys, graddiff.plugin; assert not {'numpy', 'mpmath', 'autograd'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent)


# the ledger


LEDGER = """
[[known]]
case = "sin"
library = "toy"
verdict = "wrong"
reason = "the sign"
since = 2026-01-01
[known.cells]
"vjp-x-(3,)" = 2.0
"vjp-x-(3,)-float32" = {float32}
"vjp-x-strided-(3,)" = 2.0
{more}
"""
TWO = ("--graddiff", "comparisons", "--lib", "autograd", "--lib", "toy")


def ledger(pytester: pytest.Pytester, float32: float = 2.0, more: str = "", drop: str = "") -> None:
    text = LEDGER.format(float32=float32, more=more)
    write(pytester, "ledger.toml", "\n".join(line for line in text.splitlines() if not drop or drop not in line))


@pytest.fixture
def one(pytester: pytest.Pytester, toy: None) -> pytest.Pytester:
    """Return a folder with one case, in which toy is wrong in three cells, and a ledger that says so."""
    case = "SIN = Case('sin', lambda np: lambda x: np.sin(x), [REAL], dtypes=('float64', 'float32'), orders=(1,))\n"
    write(pytester, "one.py", HEAD + case)
    ledger(pytester)
    return pytester


def test_what_the_ledger_names_does_not_fail(one: pytest.Pytester) -> None:
    assert one.runpytest(*TWO).ret == 0
    assert "ledger: known: the sign, since 2026-01-01" in report(one)
    assert "the ledger of known differences\n  3 cells known\n" in report(one)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"drop": "strided"}, "new: toy is wrong here, and ledger.toml does not say so"),
        ({"more": '"jvp-x-(3,)" = 1.0'}, "fixed: toy is 'right' here; take the cell out of ledger.toml"),
        ({"float32": 0.1}, "grew: toy was off by 0.1, now by 2; the sign, since 2026-01-01"),
    ],
)
def test_a_cell_that_is_new_or_fixed_or_grew_fails(one: pytest.Pytester, change: dict[str, Any], told: str) -> None:
    ledger(one, **change)
    result = one.runpytest(*TWO)
    assert result.ret == 1
    result.assert_outcomes(passed=7, failed=1)
    result.stdout.fnmatch_lines([f"  ledger: {told}"])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"drop": "reason"}, "ledger.toml: sin (toy): write the reason"),
        ({"more": '"vjp-x-(4,)" = 1.0'}, "ledger.toml: sin (toy): there is no cell vjp-x-(4,)"),
    ],
)
def test_an_entry_without_reason_or_that_names_nothing_fails(
    one: pytest.Pytester, change: dict[str, str], told: str
) -> None:
    ledger(one, **change)
    result = one.runpytest(*TWO)
    assert result.ret == 1
    result.assert_outcomes(passed=8, failed=1)
    result.stdout.fnmatch_lines([f"the ledger fails the run: {told}"])
    assert told in report(one)


def test_a_part_of_the_run_is_judged_by_its_own_cells(one: pytest.Pytester) -> None:
    ledger(one, more='"vjp-x-(4,)" = 1.0')
    assert one.runpytest(*TWO, "-k", "vjp").ret == 0
    assert one.runpytest("--graddiff", "comparisons/one.py", *TWO[2:]).ret == 0
    assert one.runpytest("--graddiff", "comparisons", "--lib", "autograd").ret == 0  # toy was not asked


def test_the_ledger_is_written_and_keeps_its_reasons(one: pytest.Pytester) -> None:
    ledger(one, more='"vjp-x-(4,)" = 1.0', drop="strided")
    one.runpytest(*TWO, "--update-ledger")
    text = (one.path / "comparisons" / "ledger.toml").read_text()
    assert 'reason = "the sign"' in text
    assert '"vjp-x-strided-(3,)" = 2.0' in text
    assert "(4,)" not in text
    assert one.runpytest(*TWO).ret == 0
    one.runpytest(*TWO, "--update-ledger")
    assert (one.path / "comparisons" / "ledger.toml").read_text() == text


def test_threads_are_kept_in_the_ledger_and_linked_in_the_page(one: pytest.Pytester) -> None:
    path = one.path / "comparisons" / "ledger.toml"
    reason = path.read_text().replace('"the sign"', '"the sign (#7, #12)"')
    path.write_text('threads = "https://example.org/{}"\n' + reason)
    one.runpytest(*TWO, "--update-ledger")
    assert path.read_text().count('\nthreads = "https://example.org/{}"\n') == 1
    assert one.runpytest(*TWO).ret == 0
    page = (one.path / "reports" / "report.html").read_text()
    assert '<a href="https://example.org/7">#7</a>, <a href="https://example.org/12">#12</a>' in page
    assert "known: the sign (#7, #12), since 2026-01-01" in report(one)


@pytest.mark.parametrize("address", ["https://example.org", "https://example.org/{}/{}", "javascript:{}"])
def test_an_address_of_threads_that_names_none_is_a_usage_error(one: pytest.Pytester, address: str) -> None:
    path = one.path / "comparisons" / "ledger.toml"
    path.write_text(f'threads = "{address}"\n' + path.read_text())
    assert one.runpytest(*TWO).ret == pytest.ExitCode.USAGE_ERROR


@pytest.mark.parametrize(
    ("reason", "text"),
    [("no thread", "no thread (#3), since"), ("as in #3", "as in #3, since"), ("see #376", "see #376 (#3), since")],
)
def test_a_thread_is_told_unless_the_reason_names_it(reason: str, text: str) -> None:
    from graddiff.ledger import Entry

    assert Entry("sin", "toy", {}, reason, "#3", "2026").text.startswith(text)


def test_a_new_ledger_lacks_the_reasons(one: pytest.Pytester) -> None:
    (one.path / "comparisons" / "ledger.toml").unlink()
    assert one.runpytest(*TWO).ret == 0  # without a ledger nothing is known, and nothing new
    result = one.runpytest(*TWO, "--update-ledger")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["the ledger fails the run: ledger.toml: sin (toy): write the reason"])


@pytest.mark.parametrize("text", ["[[known]", "[[known]]\ncase = 'sin'\n", LEDGER + LEDGER])
def test_a_ledger_that_cannot_be_read_is_a_usage_error(one: pytest.Pytester, text: str) -> None:
    write(one, "ledger.toml", text.format(float32=2.0, more=""))
    assert one.runpytest(*TWO).ret == pytest.ExitCode.USAGE_ERROR


def test_a_ledger_that_is_named_must_be_there(one: pytest.Pytester) -> None:
    assert one.runpytest(*TWO, "--ledger", "none.toml").ret == pytest.ExitCode.USAGE_ERROR


def test_the_two_lines_of_a_failure_run_when_pasted(one: pytest.Pytester) -> None:
    one.runpytest("--graddiff", "comparisons", "--lib", "toy", "--lib", "autograd")
    lines = report(one).splitlines()
    first = next(i for i, line in enumerate(lines) if "import numpy as np; from graddiff.replay" in line)
    assert "smallest failing input: x = np.array([" in lines[first - 1]
    assert lines[first - 1].count(",") == 0  # one element is enough
    setup = "from graddiff.libraries import ADAPTERS; ADAPTERS['toy'] = 'toy_library'\n"
    code = setup + "\n".join(line.strip() for line in lines[first : first + 2])
    done = subprocess.run([sys.executable, "-c", code], cwd=one.path, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("toy wrong\n")
    assert "diagnosis: toy: 1 of 1 elements = -1 x truth" in done.stdout
