"""The text report, from records alone."""

from typing import Any

from graddiff.report import json_report, text


def record(case: str, verdict: str, **more: Any) -> dict[str, Any]:
    place = {"file": "f.py", "case": case, "cell": "vjp-x-(3,)", "number": 0, "argument": "x"}
    question = {"word": "vjp", "order": 1, "source": "lambda np: np.sin", "reason": ""}
    judgement = {"verdict": verdict, "fails": False, "detail": "", "worst": None}
    score = {"answers": {"a": "1", "b": "2"}, "kills": "6/6", "survivors": []}
    return place | question | judgement | score | more


def worst(ulps: float | None) -> dict[str, Any]:
    values = [["a", "1"], ["b", "2"]]
    return {"part": "x", "index": [2], "values": values, "truth": "2", "ulps": ulps, "wrong": 1, "size": 3}


def test_failures_stand_worst_first() -> None:
    records = [
        record("small", "a wrong", fails=True, worst=worst(1e3)),
        record("departs", "behaviour differs", fails=True, detail="a: raises"),
        record("infinite", "a wrong", fails=True, worst=worst(None)),
        record("large", "a wrong", fails=True, worst=worst(1e9)),
    ]
    report = text.render(records, ["a", "b"])
    places = [report.index(f"f.py::{case}[") for case in ("infinite", "large", "small", "departs")]
    assert places == sorted(places)


def test_a_failure_has_at_most_six_lines() -> None:
    entry = record("c", "a wrong", fails=True, worst=worst(1e3), detail="x", survivors=["zeros"])
    lines = text.failure_lines(entry)
    assert len(lines) <= 6
    assert lines[0] == "a wrong"
    assert "worst element x[2]: a 1, b 2, truth 2; 1e+03 ULP; 1 of 3 elements wrong" in lines[2]
    assert "discrimination 6/6, survivors: zeros" in lines[4]


def test_each_verdict_has_its_section_and_its_mark() -> None:
    verdicts = {
        "agree": ".",
        "both right, n ULP apart": "~",
        "upstream wrong": "u",
        "behaviour differs": "d",
        "unsupported": "-",
        "referee abstains": "?",
        "ill-conditioned": "i",
        "convention": "c",
    }
    for verdict, mark in verdicts.items():
        detail = worst(1.0) if verdict == "upstream wrong" else None
        report = text.render([record("c", verdict, worst=detail)], ["a", "b"])
        assert f"f.py::c  vjp {mark}\n" in report
        assert f"1  {verdict}" in report


def test_a_known_fault_of_the_subject_is_still_listed() -> None:
    report = text.render([record("c", "a wrong", worst=worst(5.0))], ["a", "b"])
    assert "wrong, as expect says\n  f.py::c[vjp-x-(3,)]" in report


def test_json_has_one_record_for_each_cell() -> None:
    report = json_report.render([record("c", "agree")], ["a", "b"])
    assert '"verdict": "agree"' in report
    assert report.endswith("\n")
