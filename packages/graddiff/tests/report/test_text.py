"""The text report, from records alone."""

import json
from typing import Any

from graddiff.report import json_report, text


def record(case: str, verdict: str, **more: Any) -> dict[str, Any]:
    place = {"file": "f.py", "case": case, "cell": "vjp-x-(3,)", "number": 0, "argument": "x"}
    question = {"word": "vjp", "order": 1, "source": "lambda np: np.sin", "reason": ""}
    judgement = {"verdict": verdict, "fails": False, "detail": "", "worst": None}
    score = {
        "answers": {"a": "1", "b": "2"},
        "kills": "6/6",
        "survivors": [],
        "abstains": "",
        "line": 7,
        "aspect": "vjp",
    }
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
    assert lines[3].strip() == "x"
    assert "worst element x[2]: a 1, b 2, truth 2; 1e+03 ULP; 1 of 3 elements wrong" in lines[2]
    assert "repro: pytest --graddiff 'f.py::c[vjp-x-(3,)]' --lib a --lib b" in lines[-1]


def test_the_block_of_a_failure_tells_everything_in_order() -> None:
    more: dict[str, Any] = {
        "wrong": {"a": {"x": "1 of 3", "y": "0 of 3"}},
        "diagnoses": {"a": "1 of 3 elements = 2 x truth"},
        "divergence": ["first divergence: cotangent of sin", "  a  sin"],
        "smallest": "x = np.array([1.0])",
        "repro": ["import numpy as np", "replay()"],
        "rule": "rules.py:5",
        "ledger": {"a": {"state": "new", "text": "new: a is wrong here"}},
        "detail": "a: dtype",
        "survivors": ["zeros"],
    }
    entry = record("c", "a wrong", fails=True, worst=worst(1e3), **more)
    assert text.failure_block(entry, "vjp X") == [
        "a wrong",
        "  f.py::c[vjp-x-(3,)]: order 1, argument x: lambda np: np.sin",
        "  worst element x[2]: a 1, b 2, truth 2; 1e+03 ULP; 1 of 3 elements wrong",
        "  wrong elements by argument: a x 1 of 3, y 0 of 3",
        "  diagnosis: a: 1 of 3 elements = 2 x truth",
        "  first divergence: cotangent of sin",
        "    a  sin",
        "  smallest failing input: x = np.array([1.0])",
        "      import numpy as np",
        "      replay()",
        "  where: f.py:7 (the case); rules.py:5 (the rule)",
        "  all cells of c: vjp X",
        "  ledger: new: a is wrong here",
        "  a: dtype",
        "  discrimination 6/6, survivors: zeros",
        "  repro: pytest --graddiff 'f.py::c[vjp-x-(3,)]' --lib a --lib b",
    ]
    assert len(text.failure_lines(entry)) == 6


def test_the_share_of_abstentions_is_told_by_reason() -> None:
    kink = {"abstains": "kink", "detail": "referee: kink: steps"}
    records = [
        record("c", "agree"),
        record("d", "referee abstains", **kink),
        record("e", "convention"),
        record("f", "agree", aspect="raises"),
    ]
    report = text.render(records, ["a", "b"])
    assert "referee abstains\n  in 1 of 2 cells (50.00%)\n  kink: 1 (50.00%)\n  f.py::d: vjp: referee: kink" in report


def test_behaviours_are_counted_for_each_library() -> None:
    records = [
        record("c", "agree", behaviours={"a": "", "b": "dtype"}),
        record("d", "agree", behaviours={"b": "raises"}),
    ]
    assert "depart from plain NumPy\n  b: raises 1, dtype 1\n" in text.render(records, ["a", "b"])


def test_the_ledger_complains_in_the_report() -> None:
    known = {"ledger": {"b": {"state": "known", "text": "known: a reason, since 2026-01-01"}}}
    report = text.render([record("c", "upstream wrong", worst=worst(1.0), **known)], ["a", "b"], ["there is no cell"])
    assert "the ledger of known differences\n  there is no cell\n  1 cells known\n" in report
    assert "    ledger: known: a reason, since 2026-01-01\n" in report


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
    assert "wrong, as expect says\n  f.py::c: lambda np: np.sin\n    in vjp; [vjp-x-(3,)]: worst element" in report


def test_json_has_one_record_for_each_cell() -> None:
    report = json_report.render([record("c", "agree")], ["a", "b"])
    assert '"verdict": "agree"' in report
    assert report.endswith("\n")


def test_a_report_from_json_names_the_libraries_in_the_order_of_the_run() -> None:
    answers = {"answers": {"under_test": "1", "a_far_upstream": "2"}}
    entry = record("c", "under_test wrong", fails=True, worst=worst(1e3), **answers)
    names = ["under_test", "a_far_upstream"]
    (again,) = json.loads(json_report.render([entry], names))["cells"]
    assert text.failure_lines(again)[-1].endswith("--lib under_test --lib a_far_upstream")
    assert text.render([again], names) == text.render([entry], names)


def test_a_library_of_ones_own_is_run_again_as_lib_takes_it() -> None:
    entry = record("c", "a wrong", fails=True, worst=worst(1e3), adapters={"a": "my_module:MyAdapter"})
    assert text.failure_lines(entry)[-1].endswith("[vjp-x-(3,)]' --lib my_module:MyAdapter --lib b")


def test_two_versions_of_a_library_are_run_again_as_one() -> None:
    entry = record("c", "a wrong", fails=True, worst=worst(1e3), adapters={"a": "same", "b": "same"})
    assert text.failure_lines(entry)[-1].endswith("[vjp-x-(3,)]' --lib same")
