"""The accepted report: which verdicts of a run are held against it, and how many differ."""

from pathlib import Path

import pytest

from graddiff.accepted import Changes, changes

HEAD = "graddiff: a against b (upstream)\n\ncases\n"
ACCEPTED = HEAD + "  f.py::sin  vjp ..  jvp .  kills 6/6\n  f.py::cos  vjp u.  kills 6/6\n\n. agree\n"


@pytest.fixture
def accepted(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_text(ACCEPTED)
    return path


def of_a_run(*lines: str) -> str:
    return HEAD + "".join(f"  {line}\n" for line in lines) + "\n. agree\n"


SIN, COS = "f.py::sin  vjp ..  jvp .  kills 6/6", "f.py::cos  vjp u.  kills 6/6"


def test_the_last_digits_and_the_scores_are_no_change(accepted: Path) -> None:
    again = of_a_run("f.py::sin  vjp .~  jvp ~  kills 5/6", COS)
    assert changes(again, accepted) == Changes()


def test_every_changed_verdict_counts_and_stands_in_the_diff(accepted: Path) -> None:
    found = changes(of_a_run("f.py::sin  vjp .u  jvp -  kills 6/6", COS), accepted)
    assert found.count == 2
    assert found.lines[-2:] == ("-f.py::sin  vjp ..  jvp .", "+f.py::sin  vjp .u  jvp -")
    assert "cos" not in "".join(found.lines)


def test_a_case_that_came_or_went_counts_in_a_whole_run_only(accepted: Path) -> None:
    report = of_a_run(SIN, "f.py::new  vjp .")
    assert changes(report, accepted).count == 2
    assert changes(report, accepted, whole=False) == Changes()


def test_a_case_with_other_cells_counts_as_one(accepted: Path) -> None:
    report = of_a_run("f.py::sin  vjp ....  jvp .", COS)
    assert changes(report, accepted).count == 1


def test_of_a_selection_the_cases_that_ran_completely_are_compared(accepted: Path) -> None:
    assert changes(of_a_run("f.py::sin  vjp .u  jvp ."), accepted, whole=False).count == 1
    assert changes(of_a_run("f.py::sin  vjp u"), accepted, whole=False) == Changes()


def test_a_case_that_fails_is_no_change_besides(accepted: Path) -> None:
    report = of_a_run(COS)
    assert changes(report, accepted).count == 1
    assert changes(report, accepted, failing=["f.py::sin"]) == Changes()


def test_a_report_about_other_libraries_is_not_compared(accepted: Path) -> None:
    assert changes(of_a_run(COS).replace("against b", "against c"), accepted) == Changes()
