"""The HTML report, from records alone: what stands where, that nothing is loaded, that everything is escaped."""

import re
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from math import inf
from types import SimpleNamespace
from typing import Any

import pytest

from graddiff.report import figures, html
from graddiff.report.matrix import MARKS, column_of, mark_of

LIBRARIES = ("a", "b")
VOID = ("meta", "br", "path", "use", "rect")


def worst(ulps: float | None, part: str = "x") -> dict[str, Any]:
    values = [["a", "1.5"], ["b", "2.5"]]
    return {"part": part, "index": [2], "values": values, "truth": "2.5", "ulps": ulps, "wrong": 1, "size": 3}


def record(case: str, verdict: str = "agree", **more: Any) -> dict[str, Any]:
    """Return the record of a cell in which both libraries are right, unless more is said."""
    cell = {"file": "f.py", "line": 7, "case": case, "cell": "vjp-x-(3,)", "number": 1, "argument": "x"}
    question = {"word": "vjp", "aspect": "vjp", "order": 1, "source": "lambda np: np.sin", "reason": "a reason"}
    judgement = {"verdict": verdict, "fails": False, "detail": "", "worst": None, "abstains": ""}
    libraries = {"states": {"a": "right", "b": "right"}, "answers": {"a": "1.5", "b": "2.5"}, "inputs": {"x": "0.5"}}
    return cell | question | judgement | libraries | {"kills": "6/6", "survivors": []} | more


def order(n: int, **more: Any) -> dict[str, Any]:
    names = {"cell": f"order{n}-x-(3,)", "word": f"order {n}", "aspect": "order", "order": n, "number": n}
    return record("ladder", **names | more)


def discrimination(case: str, kills: str = "6/6", **more: Any) -> dict[str, Any]:
    place = {"file": "f.py", "case": case, "cell": "discrimination", "number": 99, "source": "lambda np: np.sin"}
    return place | {"kills": kills, "survivors": [], "detail": "", "fails": False} | more


WRONG = record(
    "cos",
    "a wrong",
    fails=True,
    states={"a": "wrong", "b": "right"},
    worst=worst(1e9),
    wrong={"a": {"x": "1 of 3"}},
    diagnoses={"a": "1 of 3 elements = 2 x truth"},
    patterns={"a": "factor"},
    divergence=["first divergence: cotangent of cos", "  a  cos"],
    smallest="x = np.array([1.0])",
    repro=["import numpy as np", "replay()"],
    rule="rules.py:5",
)
UPSTREAM = record(
    "tan",
    "upstream wrong",
    states={"a": "right", "b": "wrong"},
    worst=worst(None),
    ledger={"b": {"state": "known", "text": "known: the mask is ignored, since 2026-01-01"}},
)
CONVENTION = record(
    "abs.at_0", "convention", cell="vjp-x-at0", word="point vjp", states={"a": "undecided", "b": "undecided"}
)
EVERYTHING = [
    WRONG,
    UPSTREAM,
    CONVENTION,
    record("sin", errors={"a": 0.5, "b": 3.0}),
    record("log", "behaviour differs", states={"a": "right", "b": "behaviour differs"}, detail="b: shape () not (3,)"),
    record("exp", "referee abstains", abstains="kink", detail="referee: kink: steps"),
    *(order(n, errors={"a": float(n), "b": None if n > 3 else 10.0**n}) for n in (3, 4)),
    record("ladder", errors={"a": 0.0, "b": 1.0}),
    discrimination("sin"),
    discrimination("tan", "4/6", survivors=["zeros", "negated"]),
]


class Page(HTMLParser):
    """The elements of a page: their names, attributes and text, in order; refuses what is not closed."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(source)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element without content."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close an element, which must be the last one opened."""
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text of the innermost element."""
        if self.open and data.strip():
            self.texts.setdefault(self.open[-1], []).append(data.strip())

    def names(self) -> set[str]:
        """Return which elements there are."""
        return {tag for tag, _ in self.elements}

    def values(self, attribute: str) -> list[str]:
        """Return the values of an attribute, in order."""
        return [value for _, attrs in self.elements if (value := attrs.get(attribute)) is not None]


def page(records: Sequence[dict[str, Any]], libraries: Sequence[str] = LIBRARIES, **more: Any) -> str:
    return html.render(records, libraries, **more)


@cache
def whole() -> str:
    """Return the page of everything: drawing it takes a while."""
    return page(EVERYTHING)


def test_the_sections_stand_in_order() -> None:
    sections = [attrs["id"] for tag, attrs in Page(whole()).elements if tag == "section"]
    assert sections == [
        *("failures", "how", "wrong", "matrix", "conventions", "differs"),
        *("ledger", "orders", "errors", "discrimination", "abstentions", "environment"),
    ]


def test_every_address_is_in_the_page() -> None:
    found = Page(whole())
    ids = found.values("id")
    assert len(ids) == len(set(ids))
    assert {value for value in found.values("href") if value.removeprefix("#") not in ids} == set()
    assert {value for value in found.values("xlink:href") if value.removeprefix("#") not in ids} == set()


def test_nothing_is_loaded_and_nothing_runs() -> None:
    source = page(EVERYTHING, environment={"numpy": "2"}, benchmark="benchmark.html")
    found = Page(source)
    assert found.names().isdisjoint({"script", "link", "img", "iframe", "object", "embed", "image"})
    assert found.values("src") == []
    assert not re.search(r"https?:|@import|url\((?!#)", source)
    assert "<svg" in source
    assert [value for value in found.values("href") if not value.startswith("#")] == ["benchmark.html"]
    assert [attrs for _, attrs in found.elements if any(name.startswith("on") for name in attrs)] == []


def test_only_drawings_have_styles_of_their_own() -> None:
    source = re.sub(r"<svg.*?</svg>", "", whole(), flags=re.DOTALL)
    assert Page(source).values("style") == []


def test_the_same_records_give_the_same_bytes() -> None:
    assert whole() == page(list(reversed(EVERYTHING)))


def test_only_the_environment_block_tells_of_the_environment() -> None:
    first, second = (page(EVERYTHING, environment={"numpy": version}) for version in ("1.0.0", "2.0.0"))
    assert first != second
    assert first.replace("<dd>1.0.0</dd>", "<dd>2.0.0</dd>") == second


def test_what_a_failure_tells_stands_in_order_and_before_everything_else() -> None:
    source = whole()
    told = [
        *('id="failure-0"', "a wrong</span> cos", "f.py::cos[vjp-x-(3,)]</code>: vjp, order 1, argument x"),
        *("lambda np: np.sin", "x[2]", "1e+09 ULP; 1 of 3 elements wrong", "a: 1 of 3 elements = 2 x truth"),
        *("first divergence: cotangent of cos", "x = np.array([1.0])", "replay()", "f.py:7</code> (the case)"),
        *("rules.py:5", "all its aspects", "pytest --graddiff &#39;f.py::cos[vjp-x-(3,)]&#39; --lib a --lib b"),
        *('<section id="how">', "the mask is ignored"),
    ]
    places = [source.index(words) for words in told]
    assert places == sorted(places)


def test_failures_stand_worst_first() -> None:
    def failing(case: str, **more: Any) -> dict[str, Any]:
        return record(case, "a wrong", fails=True, states={"a": "wrong", "b": "right"}, **more)

    records = [
        failing("small", worst=worst(1e3)),
        failing("departs", detail="a: raises"),
        failing("infinite", worst=worst(None)),
        failing("large", worst=worst(1e9)),
        {"file": "f.py", "case": "torn", "cell": "broken", "number": 0, "broken": "bad", "kills": "0/0", "fails": True},
        discrimination("vacuous", "0/6", survivors=["zeros"], fails=True),
    ]
    cards = re.findall(r'<h3><span class="x">(.*?)</span> (\w+)</h3>', page(records))
    names = [name for _, name in cards]
    assert names == ["torn", "vacuous", "infinite", "large", "small", "departs"]
    assert [verdict for verdict, _ in cards][:2] == ["the case is broken", "this case cannot fail"]


def test_further_cells_of_a_case_share_its_card() -> None:
    others = [WRONG | {"cell": f"jvp-{i}", "number": i, "worst": worst(1.0), "repro": []} for i in range(8)]
    source = page([*(other | {"number": 2 + i} for i, other in enumerate(others)), WRONG])
    assert source.count("<article") == 1
    assert "<li>a wrong: a factor: <code>jvp-0, jvp-1, jvp-2, jvp-3, jvp-4, jvp-5</code> and 2 more</li>" in source


def test_cases_that_lead_back_to_one_rule_are_named_together() -> None:
    source = page([WRONG, WRONG | {"case": "sec"}, WRONG | {"case": "log", "rule": "rules.py:9"}])
    assert "<li><code>rules.py:5</code>: cos, sec</li>" in source
    assert "<li><code>rules.py:9" not in source


def test_more_failures_than_a_reader_takes_in_are_folded() -> None:
    source = page([WRONG | {"case": f"cos{i:02}"} for i in range(html.OPEN_CARDS + 5)])
    assert source.count("<article") == html.OPEN_CARDS + 5
    assert "5 more, each less wrong than these" in source
    assert source.count('<summary><span class="tag x">a wrong</span>') == 5


def test_the_order_of_libraries_is_that_of_the_run() -> None:
    swapped = WRONG | {"answers": {"b": "2.5", "a": "1.5"}, "states": {"b": "right", "a": "wrong"}}
    assert page([WRONG]) == page([swapped])


EVIL = "<script>alert('x')</script>\"&'$"


def test_everything_is_escaped() -> None:
    texts = {"case": EVIL, "source": EVIL, "reason": EVIL, "detail": EVIL, "smallest": EVIL, "rule": EVIL, "cell": EVIL}
    more = {"divergence": [EVIL], "repro": [EVIL], "diagnoses": {"a": EVIL}, "inputs": {EVIL: EVIL}}
    ledger = {"b": {"state": "new", "text": EVIL}}
    spoilt = [entry | texts | more | {"file": EVIL, "ledger": ledger, "answers": {"a": EVIL}} for entry in EVERYTHING]
    broken = {"file": EVIL, "case": EVIL, "cell": "broken", "number": 0, "broken": EVIL, "kills": "0/0", "fails": True}
    source = page([*spoilt, broken], complaints=[EVIL], environment={EVIL: EVIL}, benchmark=EVIL)
    found = Page(source)
    assert "script" not in found.names()
    assert "<script" not in source
    assert EVIL in found.texts["pre"]


def test_names_in_drawings_are_escaped() -> None:
    ladder = [entry for entry in EVERYTHING if entry["case"] == "ladder"]
    states, errors = {"a<i>": "right"}, {"a<i>": 1.0}
    source = page([entry | {"case": "<b>", "states": states, "errors": errors} for entry in ladder], ["a<i>"])
    assert "&lt;b&gt;: the largest error by order" in source
    assert "a&lt;i&gt;</text>" in source
    assert Page(source).names().isdisjoint({"i"})


@pytest.mark.parametrize(
    ("entry", "marks"),
    [
        (record("c"), ". ."),
        (record("c", "both right, n ULP apart"), "~ ~"),
        (record("c", "ill-conditioned"), "i i"),
        (record("c", "referee abstains"), "? ?"),
        (UPSTREAM, ". W"),
        (CONVENTION, "c c"),
        (WRONG, "X ."),
        (WRONG | {"fails": False}, "W ."),
        (WRONG | {"states": {"a": "wrong", "b": "unsupported"}}, "X -"),
        (UPSTREAM | {"fails": True, "ledger": {"b": {"state": "new", "text": ""}}}, ". X"),
        (record("c", fails=True, ledger={"b": {"state": "fixed", "text": ""}}), ". X"),
        (record("c", fails=True, detail="expect says that b is 'wrong' here"), "X X"),
        (record("c", "unsupported", states={"a": "right"}), ". "),
    ],
)
def test_each_library_has_its_mark(entry: dict[str, Any], marks: str) -> None:
    assert " ".join(mark_of(entry, library, "a") for library in LIBRARIES) == marks


def test_each_mark_has_a_class_of_its_own() -> None:
    source = whole()
    legend = re.findall(r'<li><b class="(\w)">(.)</b>', source)
    assert [mark for _, mark in legend] == list(MARKS)
    assert len({name for name, _ in legend}) == len(MARKS)
    assert all(f".{name} {{ background: var(--{name})" in source for name, _ in legend)


def test_cells_stand_under_their_aspect_or_what_is_special_about_their_inputs() -> None:
    assert column_of(record("c")) == "vjp"
    assert column_of(order(4)) == "order 3 and up"
    assert column_of(record("c", word="kind vjp")) == "kind"
    assert column_of(order(2, word="kind order 2")) == "kind"
    assert column_of(record("c", word="raises", aspect="raises")) == "raises"


def test_the_matrix_shows_the_worst_of_several_cells_and_links_failures() -> None:
    source = page([record("cos", number=0), WRONG, WRONG | {"number": 2, "fails": False}])
    assert '<td class="x"><a href="#failure-0">X</a></td><td class="r">.</td>' in source.replace("\n", "")
    assert "<details open><summary><b>f.py</b>, 1 case</summary>" in source


def test_upstream_wrong_shows_the_referees_number_and_the_reason() -> None:
    summary = re.search(r"<summary><b>tan</b>.*?</summary>", page([UPSTREAM]), re.DOTALL)
    assert summary is not None
    text = re.sub("<.*?>", "", summary.group())
    assert text == "tan 1 cell a 1.5, b 2.5, referee 2.5 known: the mask is ignored, since 2026-01-01"


def test_conventions_show_who_answers_what() -> None:
    same = CONVENTION | {"case": "max.tie", "answers": {"a": "0.5", "b": "0.5"}}
    source = page([same, CONVENTION])
    assert source.index("abs.at_0") < source.index("max.tie")
    rows = re.findall(r'<td( class="c")?>(≠ )?<span class="label">[ab]</span> <code>(.*?)</code>', source)
    assert rows == [("", "", "1.5"), (' class="c"', "≠ ", "2.5"), ("", "", "0.5"), ("", "", "0.5")]


def test_ladders_show_the_error_of_each_library_at_each_order() -> None:
    source = page([r for r in EVERYTHING if r["case"] == "ladder"])
    table = source[source.index('aria-label="orders of ladder"') :]
    rows = re.findall(r'<tr><th scope="row">(.*?)</th><th scope="row">(.*?)</th>(.*?)</tr>', table)
    cells = [(label, library, re.findall(r">([^<]+)</td>", row)) for label, library, row in rows]
    assert cells == [("(3,)", "a", [". 0", ". 3", ". 4"]), ("(3,)", "b", [". 1", ". 1000", ". inf"])]
    assert source.count('<svg role="img" aria-label="ladder: ') == 1


def test_old_records_without_errors_still_have_ladders() -> None:
    old = [{k: v for k, v in r.items() if k != "errors"} for r in EVERYTHING]
    source = page(old)
    assert 'aria-label="orders of ladder"' in source
    assert "<svg" not in source
    assert "These records do not hold the errors of right answers" in source


def test_the_histogram_counts_every_cell_with_an_error() -> None:
    errors = [0.0, 1e-20, 1.0, 1.5, 5.0, 1e3, 1e30, None]
    records = [record(f"c{i}", errors={"a": error}) for i, error in enumerate(errors)]
    source = page(records)
    table = source[source.index('aria-label="numbers of the histogram"') :]
    rows = dict(re.findall(r'<th scope="row">(.*?)</th><td class="number">(\d+)</td>', table))
    shown = {name: int(n) for name, n in rows.items() if n != "0"}
    assert shown == {"0": 2, "≤ 1": 1, "≤ 4": 1, "≤ 16": 1, "≤ 10⁴": 1, "more": 1, "infinite": 1}


def test_the_lowest_discrimination_is_named() -> None:
    source = page([discrimination("b", "5/6", survivors=["zeros"]), *EVERYTHING])
    assert "4/6 in 1 case, 5/6 in 1 case, 6/6 in 1 case" in source
    assert source.index("<b>tan</b> 4/6, passes: zeros, negated") < source.index("<b>b</b> 5/6, passes: zeros")


def test_abstentions_are_told_by_reason() -> None:
    assert "In 1 of 8 cells: kink 1." in whole()


def test_the_ledgers_complaints_stand_at_the_top() -> None:
    source = page([record("c")], complaints=["ledger.toml: there is no cell"])
    assert source.index("ledger.toml: there is no cell") < source.index('<section id="how">')
    assert "every cell is as expected" not in source


def test_further_libraries_have_columns_and_a_list_of_their_own() -> None:
    entry = record("c", states={"lib1": "right", "lib2": "right", "x": "wrong"}, worst=worst(9.0))
    source = page([entry], ["lib1", "lib2", "x"])
    assert '<abbr title="lib1">li1</abbr>' in source
    assert '<abbr title="x">x</abbr>' in source
    assert "<h3>x wrong: 1 cell of 1 case</h3>" in source


def test_one_library_alone_has_a_page() -> None:
    source = page([record("c", states={"a": "right"})], ["a"])
    assert "<h1>graddiff: a</h1>" in source
    assert "upstream" not in source
    assert tiles(source)[1:] == [[("0", "a wrong"), ("1", "a right")]]
    assert "By verdict: a right 1." in source


# the totals


def tiles(source: str) -> list[list[tuple[str, str]]]:
    """Return the rows of totals: numbers and what they count."""
    rows = re.findall(r'<ul class="tiles">(.*?)</ul>', source, re.DOTALL)
    return [re.findall(r'<li.*?><b>(\d+) <span class="letter">.?</span></b>(.*?)</li>', row) for row in rows]


def test_every_tile_says_which_library_it_speaks_of() -> None:
    assert tiles(whole()) == [
        [("1", "failing cells"), ("9", "cells"), ("7", "cases")],
        [("1", "a wrong"), ("7", "a right"), ("1", "a not judged")],
        [("1", "b wrong"), ("6", "b right"), ("1", "b behaves differently"), ("1", "b not judged")],
    ]


def test_nobody_wrong_is_told_of_every_library() -> None:
    names = ["easygrad", "autograd", "jax"]
    found = tiles(page([record("c", states=dict.fromkeys(names, "right"))], names))
    assert [row[0] for row in found[1:]] == [("0", f"{name} wrong") for name in names]


def states_of_three() -> list[dict[str, Any]]:
    """Return cells in which three libraries are in all states that go together, some of them not asked."""
    words = ("right", "wrong", "behaviour differs", "unsupported", "undecided")
    mixed = [dict(zip("abz", (words[i % 5], words[i // 5 % 5], words[i % 3]), strict=True)) for i in range(25)]
    asked = [*mixed, {"a": "right", "z": "wrong"}, {"a": "unsupported", "b": "unsupported"}]
    return [record(f"c{i}", states=states, detail="b: told") for i, states in enumerate(asked)]


def test_the_row_of_a_library_adds_up_to_the_cells_it_was_asked() -> None:
    records = states_of_three()
    rows = tiles(page(records, "abz"))[1:]
    for library, row in zip("abz", rows, strict=True):
        states = [entry["states"][library] for entry in records if library in entry["states"]]
        assert sum(int(count) for count, _ in row) == len(states)
        assert row[0] == (str(states.count("wrong")), f"{library} wrong")


def test_the_list_of_who_is_wrong_counts_what_the_tile_counts() -> None:
    source = page(states_of_three(), "abz")
    listed = dict(re.findall(r"<h3>(\w wrong): (\d+) cells? of", source))
    assert listed == {name: count for row in tiles(source)[1:] for count, name in row if "wrong" in name}


def test_the_verdicts_add_up_to_all_cells() -> None:
    told = re.search(r"By verdict, .*?: (.*?)\.</p>", whole())
    assert told is not None
    found = dict(re.findall(r"([^,]+?) (\d+)(?:, |$)", told[1]))
    assert found == {
        "a and b agree": "4",
        **dict.fromkeys(("a wrong", "b wrong", "convention", "b behaves differently", "referee abstains"), "1"),
    }
    assert sum(map(int, found.values())) == sum("verdict" in entry for entry in EVERYTHING)


@pytest.mark.parametrize(
    ("verdict", "states", "words"),
    [
        ("agree", ["right", "right"], "a and b agree"),
        ("agree", ["right"], "a right"),
        ("a wrong", ["wrong", "right"], "a wrong"),
        ("upstream wrong", ["right", "wrong"], "b wrong"),
        ("both wrong", ["wrong", "wrong"], "a and b wrong"),
        ("both right, n ULP apart", ["right", "right"], "a and b right, n ULP apart"),
        ("behaviour differs", ["right", "behaviour differs"], "b behaves differently"),
        ("behaviour differs", ["behaviour differs", "behaviour differs"], "a and b behave differently"),
        ("unsupported", ["unsupported", "wrong"], "unsupported by a"),
        ("unsupported", ["unsupported", "unsupported", "unsupported"], "unsupported by a and b"),
        ("ill-conditioned", ["right", "right"], "ill-conditioned"),
    ],
)
def test_a_verdict_names_its_libraries(verdict: str, states: list[str], words: str) -> None:
    told = dict(zip("abz", states, strict=False))  # of fewer libraries, where not all were asked
    assert html.verdict_of(record("c", verdict, states=told), ["a", "b", "z"]) == words


def test_cases_that_are_broken_or_cannot_fail_and_complaints_have_tiles() -> None:
    broken = {
        "file": "f.py",
        "case": "t",
        "cell": "broken",
        "number": 0,
        "broken": "bad",
        "kills": "0/0",
        "fails": True,
    }
    records = [record("c"), broken, discrimination("c", "0/6", survivors=["zeros"], fails=True)]
    head = tiles(page(records, complaints=["one", "two"]))[0]
    assert head == [
        *(("0", "failing cells"), ("1", "cells"), ("2", "cases")),
        *(("1", "broken cases"), ("1", "cases that cannot fail"), ("2", "complaints of the ledger")),
    ]


def test_nothing_on_the_page_is_called_upstream() -> None:
    failing = UPSTREAM | {"fails": True, "case": "new", "ledger": {"b": {"state": "new", "text": "new: b is wrong"}}}
    source = page([*EVERYTHING, failing], environment={"numpy": "2"})
    assert '<span class="x">b wrong</span> new' in source
    assert "upstream" not in source.lower()


def test_what_differs_is_told_of_the_library_that_differs() -> None:
    states = {"a": "right", "b": "unsupported", "z": "behaviour differs"}
    detail = "b: raises TypeError: no; really; z: shape () instead of (3,); referee: kink (1 of 3 elements)"
    source = page([record("c", "unsupported", states=states, detail=detail)], ["a", "b", "z"])
    found = re.findall(r"<summary><b>(.*?)</b>: (.*?)</summary><ul>\s*<li>(.*?) <span", source)
    assert found == [
        ("unsupported by b", "1 cell", "b: raises TypeError: no; really"),
        ("z behaves differently", "1 cell", "z: shape () instead of (3,)"),
    ]


# threads


THREADS = "https://example.org/{}"
REASON = "known: it's 0 (#8, #93), &#34; and a#5, since 2026-01-01"


def test_numbers_of_threads_are_links_where_reasons_stand() -> None:
    known = UPSTREAM | {"ledger": {"b": {"state": "known", "text": REASON}}}
    source = page([known, CONVENTION | {"reason": "a kink (#7)"}], threads=THREADS)
    links = re.findall(r'<a href="(https:.*?)">(.*?)</a>', source)
    in_the_list = [(f"https://example.org/{n}", f"#{n}") for n in (8, 93)]
    assert links == [*in_the_list, ("https://example.org/7", "#7"), *in_the_list]
    table = re.search(r'<section id="ledger">.*?</section>', source, re.DOTALL)
    assert table is not None
    assert "it&#39;s 0 (<a" in table[0]
    assert "&amp;#34; and a#5, since" in table[0]


def test_without_an_address_numbers_stay_text() -> None:
    source = page([UPSTREAM | {"ledger": {"b": {"state": "known", "text": REASON}}}])
    assert "(#8, #93)" in source
    assert "https:" not in source


# small screens


def test_every_table_stands_in_a_region_that_scrolls() -> None:
    source = whole()
    regions = re.findall(r'<div class="scroll"[^>]*tabindex="0" role="region" aria-label="[^"]+"><table', source)
    assert len(regions) == source.count("<table") > 5


def test_drawings_are_as_wide_as_the_page_and_not_wider() -> None:
    assert all(
        attrs.keys() >= {"viewbox"} and "width" not in attrs for tag, attrs in Page(whole()).elements if tag == "svg"
    )
    css = files("graddiff.report").joinpath("templates", "report.css").read_text(encoding="utf-8")
    assert re.search(r"svg \{ width: 100%;", css)


def many(operations: int, failing: int) -> list[dict[str, Any]]:
    """Return the records of a large run."""
    aspects = ("value", "vjp", "jvp", "rev-over-rev", "fwd-over-rev", "rev-over-fwd", "fwd-over-fwd")
    words = [*aspects, "broadcasting vjp", "dtype vjp", "kind vjp", "strided vjp", "empty vjp"]
    records = []
    for i in range(operations):
        base = WRONG if i < failing else UPSTREAM if i % 5 == 0 else record("c", errors={"a": 0.5, "b": 2.0})
        place = {"file": f"comparisons/family{i // 40}.py", "case": f"family{i // 40}.operation_{i}"}
        for number, word in enumerate(words):
            name = {"number": number, "word": word, "aspect": word.split()[-1], "cell": f"{number}-x-(3,)"}
            records.append(base | place | name)
        records.append(discrimination("d") | place)
        records += [order(n, errors={"a": float(n), "b": 2.0**n}) | place for n in (3, 4)]
    return records


def test_four_hundred_operations_are_less_than_two_megabytes() -> None:
    source = page(many(400, failing=30))
    assert len(source.encode()) < 2_000_000
    assert len([1 for tag, _ in Page(source).elements if tag == "article"]) == 30
    assert source.count("<svg") <= html.CHARTS + 1


def colours(scheme: str) -> dict[str, str]:
    """Return the colours of the light or the dark scheme."""
    css = files("graddiff.report").joinpath("templates", "report.css").read_text(encoding="utf-8")
    light, dark = css.split("@media (prefers-color-scheme: dark)")
    return dict(re.findall(r"--([\w-]+): (#\w{6});", light if scheme == "light" else dark.partition("* {")[0]))


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    low, high = sorted(map(luminance, (first, second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_lines_can_be_told_from_their_ground(scheme: str) -> None:
    known = colours(scheme)
    on_paper = {name: contrast(known[name], known["paper"]) for name in ("ink", "soft", "link")}
    on_marks = {name: contrast(known["mark"], known[name]) for name in "wdnaiucr"}
    found = on_paper | on_marks | {"x": contrast(known["x-ink"], known["x"])}
    assert {name: ratio for name, ratio in found.items() if ratio < 4.5} == {}
    assert {name for name in known if "series" in name and contrast(known[name], known["paper"]) < 3} == set()


def test_both_schemes_have_the_same_colours() -> None:
    assert colours("light").keys() == colours("dark").keys()


def test_what_the_page_is_made_with_is_imported_only_for_it() -> None:
    code = (
        "import sys, graddiff.plugin, graddiff.run, graddiff.report.text; "
        "print({'jinja2', 'markupsafe'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_the_environment_names_libraries_and_versions() -> None:
    library = SimpleNamespace(name="toy", version="1.2")
    found = html.environment_of([library])  # type: ignore[list-item]  # only name and version are asked
    assert found["toy"] == "1.2"
    assert {"numpy", "Python", "system"} < found.keys()


# drawings


def test_a_ladder_rises_with_the_error_and_marks_what_is_not_finite() -> None:
    drawing = figures.ladder("c", {"a": {1: [1.0], 2: [10.0, 2.0], 3: [1000.0]}, "b": {1: [0.0], 3: [inf]}})
    lines = re.findall(r'<polyline points="(.*?)"', drawing)
    heights = [[float(point.split(",")[1]) for point in line.split()] for line in lines]
    first, second, third = heights[0]
    assert (second - third) == pytest.approx(2 * (first - second), abs=0.2)  # two decades, then one
    assert len(heights[1]) == 1
    assert drawing.count(">inf</text>") == 1


def test_a_bar_is_as_long_as_its_number_on_a_logarithmic_axis() -> None:
    drawing = figures.histogram(["0", "more"], {"a": [10, 1000], "b": [100, 0]})
    bars = [float(width) for width in re.findall(r'<rect [^>]* width="([\d.]+)" height="12"', drawing)]
    ten, hundred, thousand = sorted(bars)
    assert (thousand - hundred) == pytest.approx(hundred - ten, abs=0.2)
    assert [figure for figure in ("10", "100", "1000") if f'text-anchor="start">{figure}</text>' in drawing] == [
        *("10", "100", "1000")
    ]


def test_series_can_be_told_apart_without_colours() -> None:
    names = ("a", "b", "c", "d", "e")
    drawing = figures.ladder("c", {name: {1: [1.0], 2: [2.0]} for name in names})
    assert len(set(re.findall(r'<polyline [^>]*stroke-dasharray="(.*?)"', drawing))) == len(names)
    bars = figures.histogram(["0"], {name: [3] for name in names})
    assert len(set(re.findall(r'<rect [^>]* fill="(.*?)"', bars))) == len(names)


def test_more_series_than_colours_are_drawn_as_well() -> None:
    names = [f"x{i}" for i in range(7)]
    bars = figures.histogram(["0"], {name: [3] for name in names})
    assert all(f">{name}</text>" in bars for name in names)
    assert figures.ladder("c", {name: {3: [1.0]} for name in names}).count("<polyline") == len(names)


def test_an_axis_has_few_numbers_however_long_it_is() -> None:
    for high in (1.0, 1e3, 1e18, 1e300):
        ticks = figures.Scale(0.05, high, 0.0, 100.0).ticks()
        assert 1 <= len(ticks) <= figures.MOST_TICKS
        assert all(0.05 <= tick <= high for tick in ticks)
