"""Tests of the tables, of saved rows and of the page; run by `pytest benchmarks/tests`."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from benchmarks import page, report
from benchmarks.paired import Ratio
from benchmarks.report import Row

BAND = Ratio(1.0, 0.99, 1.01, 0.02, 50)
NAMES = ("nodes", "primitive calls", "additions", "calls", "bytes", "peak bytes")
EASYGRAD_COUNTS = dict(zip(NAMES, (7, 6, 2, 60, 4_800, 2_400), strict=True))
AUTOGRAD_COUNTS = dict(zip(NAMES, (8, 7, 3, 600, 50_000, 12_345), strict=True))


def row(name: str, ratio: Ratio, **changes: object) -> Row:
    seconds = {"floor": 1e-6, "by hand": 2e-6, "easygrad": 20e-6, "autograd": 0.2}
    seconds |= {"easygrad forward": 15e-6, "autograd forward": 0.1, "easygrad again": 20e-6}
    over_floor, over_hand = Ratio(20.0, 19.0, 21.0, 0.02, 50), Ratio(10.0, 9.5, 10.5, 0.02, 50)
    ratios = {"easygrad/floor": over_floor, "easygrad/by hand": over_hand, "autograd/easygrad": ratio, "A/A": BAND}
    counts = {"easygrad": EASYGRAD_COUNTS, "autograd": AUTOGRAD_COUNTS}
    memory = {"floor": 1_000, "by hand": 2_000, "easygrad": 3_000, "autograd": 9_000}
    return replace(Row(name, "models", seconds, ratios, counts, memory, aim=5.0), **changes)  # type: ignore[arg-type]


ROWS = [
    row("fast", Ratio(7.0, 6.9, 7.2, 0.02, 50)),
    row("same", BAND),
    row("noisy", Ratio(3.0, 1.0, 9.0, 0.5, 50)),
]
SWEEP = [
    row(f"{model}_{n}", BAND, model=model, elements=n, headline=False, order=1)
    for model in ("elementwise", "log-sum-exp")
    for n in (10, 1_000)
]
LADDER = [
    replace(row(f"reciprocal_float_order_{n}", BAND, model="2/x ladder", order=n, headline=False), counts=counts)
    for n in (1, 2)
    for counts in [{name: {**EASYGRAD_COUNTS, "nodes": 10 * n} for name in ("easygrad", "autograd")}]
]


def line(name: str, text: str) -> list[str]:
    """Return the words of the first line about a workload."""
    return next(words for words in map(str.split, text.splitlines()) if words and words[0] == name)


def test_table_has_times_ratios_interval_aim_band_and_pairs() -> None:
    cells = " ".join(line("fast", report.tables(ROWS)))
    assert cells == "fast 1.00 2.00 20.0 200000 20.00 10.00 7.00 [6.90, 7.20] 5 [0.99, 1.01] 50"


def test_table_says_equal_unstable_and_missed() -> None:
    text = report.tables(ROWS)
    assert "=" in line("same", text)
    assert "missed" in line("same", text)
    assert "unstable" in line("noisy", text)


def test_table_of_counters() -> None:
    counters = report.tables(ROWS).split("primitive calls")[1]
    assert " ".join(line("fast", counters)) == "fast 7 / 8 6 / 7 2 / 3 60 / 600 4.8 / 50.0 2.4 / 12.3"


def test_time_is_split_into_floor_recording_and_backward() -> None:
    assert ROWS[0].split("easygrad") == pytest.approx((14e-6, 5e-6))
    split = report.tables(ROWS).split("autograd backward µs")[1]
    assert " ".join(line("fast", split)) == "fast 1.00 14.0 5.00 99999 100000"


def test_row_without_forward_run_has_no_split() -> None:
    whole = {name: seconds for name, seconds in ROWS[0].seconds.items() if "forward" not in name}
    assert replace(ROWS[0], seconds=whole).split("easygrad") is None
    assert "recording" not in report.tables([replace(ROWS[0], seconds=whole)])


def test_table_of_memory() -> None:
    memory = report.tables(ROWS).rpartition("workload")[2]
    assert " ".join(line("fast", memory)) == "fast 1.0 2.0 3.0 9.0"


def test_other_library_has_columns_and_reasons() -> None:
    ratios = {**ROWS[0].ratios, "torch/easygrad": Ratio(1.5, 1.4, 1.6, 0.02, 50)}
    rows = [
        replace(ROWS[0], seconds={**ROWS[0].seconds, "torch": 30e-6}, ratios=ratios),
        replace(ROWS[1], missing={"torch": "KeyError: same"}),
    ]
    text = report.tables(rows)
    assert report.others_in(rows) == ["torch"]
    assert "1.50 [1.40, 1.60]" in " ".join(line("fast", text))
    assert "same: no time of torch: KeyError: same" in text


def test_result_counts_every_row_once() -> None:
    slow = row("slow", Ratio(0.5, 0.49, 0.51, 0.02, 50))
    assert report.result([*ROWS, slow, slow]) == (
        "easygrad takes less time than autograd in 1 of 5 workloads and more in 2 "
        "(within the noise of the machine: 1; too unstable to tell: 1); "
        "the median of the ratios autograd / easygrad is 1.00."
    )


def test_result_of_nothing_claims_nothing() -> None:
    assert report.result([]) == "No workload of the headline was timed."


def test_tables_are_plain_text() -> None:
    text = report.tables(ROWS)
    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.splitlines())
    assert "\x1b" in report.tables(ROWS, colour=True)


def test_rows_survive_saving(tmp_path: Path) -> None:
    report.save(ROWS, tmp_path / "reports", "some machine")
    assert report.load(tmp_path / "reports" / "benchmark.json") == ("some machine", ROWS)
    text = (tmp_path / "reports" / "benchmark.txt").read_text(encoding="utf-8")
    assert text == f"some machine\n\n{report.tables(ROWS)}\n"


def test_rows_are_read_from_the_file_of_pytest_benchmark(tmp_path: Path) -> None:
    benchmarks = [{"extra_info": {"row": report.as_record(ROWS[0])}}, {"extra_info": {}}]
    path = tmp_path / "saved.json"
    path.write_text(json.dumps({"benchmarks": benchmarks}), encoding="utf-8")
    assert report.load(path) == ("", ROWS[:1])


class Tags(HTMLParser):
    """The tags of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Note a tag."""
        self.found.append(tag)


@pytest.fixture(scope="module")
def text() -> str:
    others = [("another machine", [replace(ROWS[0], missing={"torch": "KeyError: <fast>"})])]
    return page.html("a machine & its versions", ROWS + SWEEP + LADDER, others)


def test_page_is_one_static_file(text: str) -> None:
    tags = Tags(text).found
    assert not {"script", "link", "img", "iframe"} & set(tags)
    assert not re.search(r'(src|href)="(?!#)', text)
    assert "@import" not in text
    assert "url(http" not in text


def test_page_begins_with_the_result_and_the_ratios(text: str) -> None:
    body = text[text.index("<body>") :]
    title, sentence, heading, first = re.findall(r"<(?:h1|h2|p|th)\b[^>]*>([^<]*)", body)[:4]
    assert title == "What differentiation costs"
    assert sentence == report.result(ROWS)
    assert (heading, first) == ("Ratios", "workload")
    columns = re.findall("<th>([^<]*)", body[: body.index("</thead>")])
    assert [name.strip() for name in columns[1:6]] == [
        *("autograd / easygrad", "95 % interval", "aim", "easygrad / floor", "easygrad / by hand")
    ]
    assert body.index("How it was measured") > body.index("</table>")


def test_every_table_stands_in_a_region_that_scrolls(text: str) -> None:
    regions = re.findall(r'<div class="scroll" tabindex="0" role="region" aria-label="[^"]+">\s*<table>', text)
    assert len(regions) == text.count("<table>") > 2


def test_page_has_every_row_and_every_plot(text: str) -> None:
    tags = Tags(text).found
    assert tags.count("svg") == 2 + 1 + 1 + 1  # two sweeps, the bars, one law, memory
    assert all(f"<td>{one.workload}" in text for one in ROWS)
    assert "5 missed" in text
    assert "a machine &amp; its versions" in text
    assert "KeyError: &lt;fast&gt;" in text


def test_pictures_have_no_colour_of_their_own_but_a_label(text: str) -> None:
    pictures = re.findall(r"<svg.*?</svg>", text, re.S)
    assert all(not re.search("#0[0-9]0[0-9]0[0-9]", picture) for picture in pictures)
    assert all("var(--easygrad)" in picture and 'role="img" aria-label="' in picture for picture in pictures)
    for picture in pictures:
        ElementTree.fromstring(picture.replace("xlink:href", "href"))


def test_page_of_a_quick_run_leaves_out_what_was_not_measured() -> None:
    bare = [replace(one, counts={}, memory={}) for one in ROWS]
    text = page.html("", bare)
    assert "How cost grows" not in text
    assert "<h2>Memory" not in text
    assert "<h2>Overhead against size" not in text


def test_page_is_written_beside_the_rows(tmp_path: Path) -> None:
    report.save(ROWS, tmp_path, "a machine")
    report.save(ROWS[:1], tmp_path, "with torch", "benchmark-torch")
    written = page.write(tmp_path)
    assert written == tmp_path / "benchmark.html"
    assert "with torch" in written.read_text(encoding="utf-8")
