"""The command line: every command, every exit code, and what is said of unknown names."""

import json
from pathlib import Path

import pytest

from graddiff.cli import main

HEAD = "from graddiff import Case\nfrom graddiff.domains import REAL, POSITIVE\n"
GOOD = HEAD + (
    "CASES = [\n"
    "    Case('sin', lambda np: lambda x: np.sin(x), [REAL], orders=(1,)),\n"
    "    Case('log.of_exp', lambda np: lambda x: np.log(np.exp(x)), [POSITIVE], orders=(1,)),\n"
    "]\n"
)
# Autograd takes integers for integers: 2 / x at the sixth order overflows
WRONG = HEAD + "W = Case('upstream', lambda np: lambda x: 2 / x, [REAL], kinds=['int array'], orders=(1, 6))\n"
FAULTY = (
    "from graddiff.libraries.autograd import Autograd\n"
    "class Faulty(Autograd):\n"
    "    name = 'faulty'\n"
    "    version = '2'\n"
    "    def vjp(self, f, *args):\n"
    "        value, pullback = super().vjp(f, *args)\n"
    "        return value, lambda g: pullback(-g)\n"
    "load = Faulty\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder of cases in the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "comparisons").mkdir()
    (tmp_path / "comparisons" / "good.py").write_text(GOOD)
    return tmp_path / "comparisons"


@pytest.fixture
def faulty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the library "faulty", whose pullbacks have the wrong sign."""
    from graddiff.libraries import ADAPTERS

    (tmp_path / "faulty_library.py").write_text(FAULTY)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(ADAPTERS, "faulty", "faulty_library")  # type: ignore[misc]  # a dict beneath


def test_a_run_in_which_all_is_right(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--lib", "autograd"]) == 0
    assert "0 failures" in capsys.readouterr().out
    assert Path("reports/report.txt").exists()


def test_a_run_in_which_a_library_is_wrong(folder: Path, faulty: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "comparisons", "--lib", "faulty", "--only", "sin", "--order", "1"]) == 1
    printed = capsys.readouterr().out
    assert "faulty wrong" in printed
    assert "log.of_exp" not in printed


def test_three_libraries_each_by_itself(folder: Path, faulty: None) -> None:
    assert main(["run", "--lib", "easygrad", "--lib", "autograd", "--lib", "faulty", "--only", "sin"]) == 0
    text = Path("reports/report.txt").read_text()
    assert text.startswith("graddiff: easygrad against autograd (upstream), faulty\n")
    assert "\nfaulty wrong\n" in text
    assert "  faulty: " in text[text.index("each library by itself") :]


def test_a_broken_case_has_an_exit_code_of_its_own(folder: Path) -> None:
    (folder / "bad.py").write_text(HEAD + "B = Case('b', lambda np: lambda x: np.log(x), [REAL])\n")
    assert main(["run", "--lib", "autograd"]) == 3
    assert main(["record", "--lib", "autograd", "-o", "a.jsonl"]) == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--only", "sine"], "no case is called 'sine'; did you mean 'sin'?"),
        (["run", "--lib", "autogard"], "did you mean 'autograd'?"),
        (["run", "nowhere"], "nowhere"),
        (["explain", "sinn"], "did you mean 'sin'?"),
        (["explain", "sin[vjp-x-(4,)]"], "did you mean 'vjp-x-(3,)'?"),
        (["record", "-o", "a.jsonl", "--lib", "esygrad"], "did you mean 'easygrad'?"),
        (["compare", "nowhere.jsonl"], "nowhere.jsonl: No such file"),
        (["compare", "comparisons/good.py"], "not JSON"),
        (["new", "arcos"], "did you mean 'arccos'?"),
        (["new", "solve"], "did you mean 'linalg.solve'?"),
        (["ops", "--report", "nowhere.json"], "make one by `graddiff run`"),
    ],
)
def test_unknown_names_are_bad_usage(
    folder: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert said in told.out + told.err


@pytest.mark.parametrize("arguments", [[], ["walk"], ["run", "--order", "0"], ["explain"]])
def test_argparse_refuses_with_the_same_code(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_a_mistyped_command_gets_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["explian", "sin"])
    assert "did you mean 'explain'?" in capsys.readouterr().err


def test_two_records_are_judged_without_the_libraries(
    folder: Path, faulty: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["record", "--lib", "autograd", "-o", "a.jsonl"]) == 0
    assert main(["record", "--lib", "faulty", "-o", "f.jsonl"]) == 0
    monkeypatch.setattr("graddiff.libraries.find_library", None)  # nothing is asked any more
    assert main(["compare", "a.jsonl", "--report-dir", "judged"]) == 0
    capsys.readouterr()
    assert main(["compare", "a.jsonl", "f.jsonl"]) == 1
    printed = capsys.readouterr().out
    assert "autograd -> faulty: right -> wrong in 4 cells" in printed
    assert main(["compare", "a.jsonl", "f.jsonl", "--changed"]) == 1
    assert "left out: the records are alike to the bit" in capsys.readouterr().out
    assert json.loads(Path("judged/report.json").read_text())["libraries"] == ["autograd"]


def test_a_record_of_other_inputs_is_not_judged(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["record", "--lib", "autograd", "-o", "a.jsonl"])
    (folder / "good.py").write_text(GOOD.replace("np.sin(x), [REAL]", "np.sin(x), [POSITIVE]"))
    assert main(["compare", "a.jsonl"]) == 3
    assert "recorded on other inputs: record again" in capsys.readouterr().out


def test_one_cell_is_explained_step_by_step(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "wrong.py").write_text(WRONG)
    assert main(["explain", "sin"]) == 0
    told = capsys.readouterr().out
    for part in ("1. the question", "rule of sin", "(F(x + h) - F(x - h)) / 2h", "allowed: 16 * eps", "state: right"):
        assert part in told
    assert main(["explain", "comparisons/wrong.py::upstream"]) == 1
    told = capsys.readouterr().out
    for part in ("order6-x-intarray", "OUTSIDE", "diagnosis: autograd", "first divergence", "repro: pytest"):
        assert part in told


def test_the_coverage_of_operations(folder: Path, faulty: None, capsys: pytest.CaptureFixture[str]) -> None:
    main(["run", "--lib", "autograd", "--lib", "faulty"])
    capsys.readouterr()
    assert main(["ops"]) == 0
    lines = capsys.readouterr().out.splitlines()
    row = next(line for line in lines if line.startswith("sin"))
    assert row.split() == ["sin", "..", ".X", "..", ".."]  # value, reverse, forward, conduct
    assert (
        "  faulty: value 2/2, reverse 0/2, forward 2/2, order 2 0/0, order 3+ 0/0, complex 0/0, kinds 0/0, conduct 2/2"
        in lines
    )


@pytest.mark.parametrize("name", ["sin", "arccosh", "hypot", "roll", "np.concatenate"])
def test_a_new_case_runs_as_it_is(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", name]) == 0
    (folder / "good.py").write_text(capsys.readouterr().out)
    assert main(["run", "--lib", "easygrad", "--order", "1"]) == 0


def test_a_new_case_without_a_truth_says_what_to_write(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "linalg.inv"]) == 0
    assert "reference=lambda np: lambda x: ..." in capsys.readouterr().out


def test_verdicts_are_held_against_the_accepted_report(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["run", "--lib", "easygrad", "--lib", "autograd"]
    assert main([*arguments, "--accept"]) == 0
    assert main(arguments) == 0
    accepted = (folder / "report.txt").read_text()
    (folder / "report.txt").write_text(accepted.replace("sin  value .", "sin  value u"))
    capsys.readouterr()
    assert main(arguments) == 1
    printed = capsys.readouterr().out
    assert "-comparisons/good.py::sin  value u" in printed
    assert "+comparisons/good.py::sin  value ." in printed
    assert main([*arguments, "--only", "sin"]) == 1
    assert main([*arguments, "--only", "log*"]) == 0
    assert main([*arguments, "--only", "sin", "--order", "2"]) == 0  # other cells than the accepted ones
    assert main([*arguments, "--accept"]) == 0
    assert (folder / "report.txt").read_text() == accepted


def test_two_adapters_of_one_name_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--lib", "autograd", "--lib", "graddiff.libraries.autograd:Autograd"]) == 2
    assert "two adapters have the same name" in "".join(capsys.readouterr())


def test_a_third_library_is_not_held_against_the_ledger(folder: Path, faulty: None) -> None:
    (folder / "ledger.toml").write_text("")
    assert main(["run", "--lib", "easygrad", "--lib", "autograd", "--lib", "faulty"]) == 0
    assert main(["run", "--lib", "easygrad", "--lib", "faulty", "--lib", "autograd"]) == 1


def test_coverage_of_an_unknown_operation_is_bad_usage(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["run", "--lib", "autograd"])
    assert main(["ops", "--only", "sni*"]) == 2
    assert "no case is called 'sni*'; did you mean 'sin'?" in capsys.readouterr().err
