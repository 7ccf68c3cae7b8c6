"""The end of a run, from records alone: failures by the line of their rule, counts that agree, the last sentence."""

from typing import Any

import pytest

from graddiff.report import summary
from graddiff.report.summary import Tally

RULE = "src/rules.py:12: sin = rule(cos)"


def cell(case: str, state: str = "right", other: str = "right", **more: Any) -> dict[str, Any]:
    fails = state == "wrong"
    verdict = "a wrong" if fails else "upstream wrong" if other == "wrong" else "agree"
    place = {"file": "f.py", "case": case, "cell": "vjp-x-(3,)", "number": 0, "source": "lambda np: np.sin"}
    return place | {"verdict": verdict, "fails": fails, "states": {"a": state, "b": other}, "answers": {}} | more


def check(case: str, **more: Any) -> dict[str, Any]:
    place = {"file": "f.py", "case": case, "cell": "discrimination", "number": 9, "source": ""}
    return place | {"fails": False, "kills": "6/6", "survivors": [], "detail": ""} | more


def wrong(case: str, rule: str = RULE) -> dict[str, Any]:
    return cell(case, "wrong", repro=["import", "replay"], rule=rule)


def test_cases_stand_under_the_line_that_they_lead_back_to() -> None:
    records = [wrong("sin"), cell("sin", "wrong"), cell("sin"), wrong("sec"), wrong("log", "src/rules.py:9: log = ...")]
    assert summary.group_lines(records, "run --") == [
        "src/rules.py:9: log = ...",
        "  1 case leads back to this line:",
        "  FAILED f.py::log: a wrong in 1 of 1 cell",
        '  repro: run -- -k "f.py::log["',
        RULE,
        "  2 cases lead back to this line:",
        "  FAILED f.py::sin: a wrong in 2 of 3 cells",
        "  FAILED f.py::sec: a wrong in 1 of 1 cell",
        '  repro: run -- -k "f.py::sin["',
    ]


def test_a_fault_in_many_cases_has_a_bounded_number_of_lines() -> None:
    lines = summary.group_lines([wrong(f"case{i:03}") for i in range(300)], "run --")
    assert len(lines) == summary.SHOWN + 4
    assert lines[-2].startswith("  and 292 cases more: case008, case009, ")


def test_failures_without_a_rule_are_told_first() -> None:
    broken = {"file": "f.py", "case": "torn", "cell": "broken", "number": 0, "broken": "no", "fails": True}
    lines = summary.group_lines([check("vacuous", fails=True), broken, wrong("sin")], "run --")
    assert lines[0] == "no rule is to blame in 2 cases:"
    assert lines[1:3] == [
        "  FAILED f.py::vacuous: the case cannot fail in 1 of 0 cells",
        "  FAILED f.py::torn: the case is broken",
    ]
    assert RULE in lines


def test_a_behaviour_that_differs_says_whose() -> None:
    records = [cell("sin", "behaviour differs", "behaviour differs", verdict="behaviour differs", fails=True)]
    assert summary.group_lines(records)[1] == "  FAILED f.py::sin: behaviour of a and b differs in 1 of 1 cell"


def test_all_reasons_to_fail_are_counted() -> None:
    records = [cell("sin"), cell("sin", "wrong"), cell("cos"), check("sin"), check("cos", fails=True)]
    tally = Tally.of(records, changed=1, complaints=2)
    assert (tally.cells, tally.passed, tally.failed) == (3, 1, 5)
    assert summary.count_lines(records, tally)[0] == (
        "3 cells and 2 self-checks of cases, 2 cases in all; 5 failures: "
        "1 cell, 1 self-check, 1 changed verdict, 2 complaints of the ledger"
    )


def test_where_only_cells_fail_their_number_is_told_once() -> None:
    assert Tally.of([cell("sin", "wrong")]).failures() == "1 failure"


CASES = ["sin", "cos", "tan", "exp", "log"]


@pytest.mark.parametrize(
    ("records", "libraries", "told"),
    [
        (
            [cell("sin")] * 1234 + [cell("sin", other="wrong")] + [cell("sin", other="unsupported")] * 2,
            ["a", "b"],
            "a is right in 1 237 of 1 237 judged cells; b is wrong in 1; 2 it does not support",
        ),
        ([cell("sin")], ["a"], "a is right in 1 of 1 judged cell"),
        (
            [cell("sin", states={"a": "right", "b": "wrong", "c": "behaviour differs"})],
            ["a", "b", "c"],
            "a is right in 1 of 1 judged cell; b is wrong in 1; c is wrong in 0; in 1 it departs from plain NumPy",
        ),
        (
            [cell(case, "wrong") for case in CASES] + [cell("abs"), cell("abs", "unsupported"), check("abs")],
            ["a"],
            "a is right in 1 of 6 judged cells, wrong in 5 (sin, cos, tan and 2 cases more); 1 it does not support",
        ),
        (
            [cell("abs", "behaviour differs", fails=True), cell("cos", "behaviour differs"), cell("abs")],
            ["a"],
            "a is right in 1 of 1 judged cell, not like plain NumPy in 1 (abs); in 1 it departs from plain NumPy",
        ),
        (
            [cell("abs", "behaviour differs", verdict="convention"), cell("abs", "undecided"), cell("abs")],
            ["a"],
            "a is right in 1 of 1 judged cell",
        ),
    ],
)
def test_the_last_sentence(records: list[Any], libraries: list[str], told: str) -> None:
    assert summary.sentence(records, libraries) == told


def test_a_known_fault_of_the_upstream_is_told_where_there_are_few() -> None:
    values = [["a", "1"], ["b", "2"]]
    worst = {"part": "x", "index": [0], "values": values, "truth": "1", "ulps": 9.0, "wrong": 1, "size": 3}
    few = [cell(f"case{i}", other="wrong", worst=worst, word="vjp") for i in range(summary.KNOWN)]
    lines = summary.known_lines(few)
    assert lines[0] == "upstream wrong:"
    assert "truth 1; 9 ULP; 1 of 3 elements wrong" in lines[2]
    assert summary.known_lines([*few, cell("one_more", other="wrong", worst=worst, word="vjp")]) == []
    assert summary.known_lines([cell("sin")]) == []
