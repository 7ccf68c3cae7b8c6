"""The text report: totals, then what fails, worst first, then what to know, then one line for each case.

It is made from records only and holds no times, no versions and no paths outside the repository: the same
verdicts give the same bytes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

Record = Mapping[str, Any]

LEGEND = (
    ". agree   ~ both right, n ULP apart   u upstream wrong   X fails   d upstream behaves differently",
    "- unsupported   c convention   i ill-conditioned   ? referee abstains",
    "kills: how many of the spoilt truths that apply to a case its bound rejects",
)


def render(records: Sequence[Record], libraries: Sequence[str]) -> str:
    """Return the whole report of a run."""
    subject, *others = libraries
    opponent = f"{others[0]} (upstream)" if others else "the referee alone"
    cells = [record for record in records if "verdict" in record]
    head = [f"graddiff: {subject} against {opponent}", *(f"  {line}" for line in totals(records)), ""]
    groups = (
        ("failures", _blocks(_worst_first(r for r in records if r["fails"]))),
        ("wrong, as expect says", map(upstream_line, _wrong_as_expected(cells))),
        ("upstream wrong", map(upstream_line, _with(cells, "upstream wrong"))),
        ("upstream behaves differently", _by_detail(_with(cells, "behaviour differs"))),
        ("unsupported", _by_detail(_with(cells, "unsupported"))),
        ("referee abstains", _by_detail(_with(cells, "referee abstains"))),
        ("ill-conditioned", map(_place, _with(cells, "ill-conditioned"))),
        ("conventions", map(_convention, _with(cells, "convention"))),
    )
    body = [line for title, lines in groups for line in _section(title, list(lines))]
    return "\n".join([*head, *body, *_section("cases", _case_lines(records)), *LEGEND]) + "\n"


def totals(records: Sequence[Record]) -> list[str]:
    """Return the number of cells for each verdict, and of failures, on at most ten lines and a half."""
    counts = Counter(record["verdict"] for record in records if "verdict" in record)
    cases = {(record["file"], record["case"]) for record in records}
    failing = sum(record["fails"] for record in records)
    lines = [f"{count:6}  {verdict}" for verdict, count in sorted(counts.items(), key=lambda x: (-x[1], x[0]))]
    return [f"{sum(counts.values())} cells of {len(cases)} cases, {failing} failures", *lines]


def failure_lines(record: Record) -> list[str]:
    """Return what a failing cell tells, in at most six lines, the verdict first."""
    libraries = "".join(f" --lib {name}" for name in record.get("answers", ()))
    repro = f"repro: pytest --graddiff '{_place(record)}'{libraries}"
    if "broken" in record:
        return ["the case is broken", f"  {record['broken']}"]
    if "verdict" not in record:
        reason = f"no spoilt truth is rejected (kills {record['kills']}): this case cannot fail"
        return [reason, f"  {_place(record)}: {record['source']}", f"  {repro}"]
    where = f"{_place(record)}: order {record['order']}, argument {record['argument']}: {record['source']}"
    explained = [line for line in (_worst_line(record), record["detail"]) if line]
    return [record["verdict"], *(f"  {line}" for line in (where, *explained, _kills(record), repro))]


def upstream_line(record: Record) -> str:
    """Return one line on a cell where the upstream is the side that is wrong, with the referee's number."""
    return f"{_place(record)}: {record['source']}: {_worst_line(record)}"


def _worst_line(record: Record) -> str:
    worst = record["worst"]
    if not worst:
        return ""
    index = ", ".join(map(str, worst["index"]))
    values = ", ".join(f"{library} {value}" for library, value in worst["values"])
    ulps = "no finite error" if worst["ulps"] is None else f"{worst['ulps']:.2g} ULP"
    return (
        f"worst element {worst['part']}[{index}]: {values}, truth {worst['truth']}; "
        f"{ulps}; {worst['wrong']} of {worst['size']} elements wrong"
    )


def _kills(record: Record) -> str:
    survivors = f", survivors: {', '.join(record['survivors'])}" if record["survivors"] else ""
    return f"discrimination {record['kills']}{survivors}"


def _place(record: Record) -> str:
    return f"{record['file']}::{record['case']}[{record['cell']}]"


def _with(cells: Iterable[Record], verdict: str) -> list[Record]:
    return [record for record in cells if record["verdict"] == verdict and not record["fails"]]


def _wrong_as_expected(cells: Iterable[Record]) -> list[Record]:
    return [record for record in cells if not record["fails"] and record["verdict"] not in MARKS]


def _worst_first(records: Iterable[Record]) -> list[Record]:
    """Sort broken cases and wrong answers before departures, and wrong answers by the size of the error."""
    return sorted(records, key=lambda r: (not r.get("broken"), not r.get("worst"), -_ulps(r)))


def _ulps(record: Record) -> float:
    worst = record.get("worst")
    if not worst:
        return 0.0
    return float("inf") if worst["ulps"] is None else float(worst["ulps"])


def _blocks(records: Iterable[Record]) -> Iterable[str]:
    for record in records:
        yield from failure_lines(record)


def _by_detail(records: Iterable[Record]) -> Iterable[str]:
    """Give one line for all cells of a case that have the same thing to tell."""
    key = itemgetter("file", "case", "detail")
    for (file, case, detail), group in groupby(sorted(records, key=key), key):
        words = dict.fromkeys(record["word"] for record in group)
        yield f"{file}::{case}: {', '.join(words)}: {detail}"


def _convention(record: Record) -> str:
    answers = ", ".join(f"{library} {answer}" for library, answer in record["answers"].items())
    reason = f" ({record['reason']})" if record["reason"] else ""
    return f"{_place(record)}: {record['source']}: {answers}{reason}"


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return [title, *(f"  {line}" for line in lines), ""] if lines else []


def _case_lines(records: Sequence[Record]) -> list[str]:
    """Return one line for each case without a failure: a mark for each cell, and its kills."""
    lines = []
    for (file, case), group in groupby(records, itemgetter("file", "case")):
        own = list(group)
        if any(record["fails"] for record in own):
            continue
        kills = next((f"  kills {record['kills']}" for record in own if "verdict" not in record), "")
        lines.append(f"{file}::{case}  {_strip(r for r in own if 'verdict' in r)}{kills}")
    return lines


def _strip(cells: Iterable[Record]) -> str:
    marks: dict[str, str] = {}
    for record in cells:
        marks[record["word"]] = marks.get(record["word"], "") + _mark(record)
    return "  ".join(f"{word} {strip}" for word, strip in marks.items())


def _mark(record: Record) -> str:
    if record["fails"]:
        return "X"
    return MARKS.get(record["verdict"], "X")


MARKS: Mapping[str, str] = {
    "agree": ".",
    "both right, n ULP apart": "~",
    "upstream wrong": "u",
    "behaviour differs": "d",
    "unsupported": "-",
    "ill-conditioned": "i",
    "referee abstains": "?",
    "convention": "c",
}
