"""The text report: totals, then what fails, worst first, then what to know, then one line for each case.

It is made from records only and holds no times, no versions and no paths outside the repository: the same
verdicts give the same bytes.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

Record = Mapping[str, Any]
A_KEYWORD = re.compile(r"[\w:+\-.\[\]/]+")  # what pytest's -k takes for one word

LEGEND = (
    ". agree   ~ both right, n ULP apart   u upstream wrong   X fails   d upstream behaves differently",
    "- unsupported   c convention   i ill-conditioned   ? referee abstains",
    "kills: how many of the spoilt truths that apply to a case its bound rejects",
)


def render(records: Sequence[Record], libraries: Sequence[str], complaints: Sequence[str] = ()) -> str:
    """Return the whole report of a run; `complaints` are the ledger's that belong to no cell."""
    subject, *others = libraries
    opponent = ", ".join([f"{others[0]} (upstream)", *others[1:]]) if others else "the referee alone"
    cells = [record for record in records if "verdict" in record]
    head = [f"graddiff: {subject} against {opponent}", *(f"  {line}" for line in totals(records)), ""]
    groups = (
        ("failures", _blocks(records)),
        ("the ledger of known differences", _ledger(cells, complaints)),
        ("wrong, as expect says", _by_case(_wrong_as_expected(cells))),
        ("upstream wrong", upstream_wrong(records)),
        *((f"{other} wrong", _by_case(r for r in cells if r["states"][other] == "wrong")) for other in others[1:]),
        ("each library by itself", _states(cells, libraries) if len(others) > 1 else ()),
        ("behaviour beside the numbers: cells that depart from plain NumPy", _behaviours(cells, libraries)),
        ("upstream behaves differently", _by_detail(_with(cells, "behaviour differs"))),
        ("unsupported", _by_detail(_with(cells, "unsupported"))),
        ("referee abstains", [*_abstention_lines(records), *_by_detail(_with(cells, "referee abstains"))]),
        ("ill-conditioned", _by_detail(_with(cells, "ill-conditioned"))),
        ("conventions", map(_convention, _with(cells, "convention"))),
    )
    body = [line for title, lines in groups for line in _section(title, list(lines))]
    return "\n".join([*head, *body, *_section("cases", _case_lines(records)), *LEGEND]) + "\n"


def upstream_wrong(records: Iterable[Record]) -> list[str]:
    """Return the operations in which the upstream is wrong, and no run fails by it."""
    return list(_by_case(_with((record for record in records if "verdict" in record), "upstream wrong")))


def totals(records: Sequence[Record]) -> list[str]:
    """Return the number of cells for each verdict, and of failures, on at most ten lines and a half."""
    counts = Counter(record["verdict"] for record in records if "verdict" in record)
    cases = {(record["file"], record["case"]) for record in records}
    failing = sum(record["fails"] for record in records)
    lines = [f"{count:6}  {verdict}" for verdict, count in sorted(counts.items(), key=lambda x: (-x[1], x[0]))]
    return [f"{sum(counts.values())} cells of {len(cases)} cases, {failing} failures", *lines]


def abstentions(records: Iterable[Record]) -> dict[str, Any]:
    """Return in how many cells the referee was asked, and in how many it abstained, by reason."""
    asked = [r for r in records if "verdict" in r and r["verdict"] != "convention" and r["aspect"] != "raises"]
    reasons = Counter(record["abstains"] for record in asked if record["abstains"])
    return {"asked": len(asked), "abstained": sum(reasons.values()), "reasons": dict(sorted(reasons.items()))}


def failure_lines(record: Record, command: str = "") -> list[str]:
    """Return what a failing cell tells where there is little room, in at most six lines, the verdict first."""
    if "verdict" not in record:
        return _broken_lines(record, command)
    told = [line for line in (_worst_line(record), record["detail"]) if line] or [_kills(record)]
    others = [*_diagnoses(record), *record.get("divergence", [])[:1], *told[1:]]
    lines = [_question(record), *told[:1], *_ledger_lines(record)[:1], *others]
    return [headline(record), *(f"  {line}" for line in (*lines[:4], _rerun(record, command)))]


def headline(record: Record) -> str:
    """Return the verdict, which is about the first two libraries, and which of the further ones are wrong."""
    further = list(record.get("states", {}).items())[2:]
    wrong = [f"{library} wrong" for library, state in further if state == "wrong"]
    return "; ".join([record["verdict"], *wrong])


def failure_block(record: Record, strip: str = "", command: str = "") -> list[str]:
    """Return all that a failing cell tells: verdict, worst element, diagnosis, divergence, input, where to look."""
    if "verdict" not in record:
        return _broken_lines(record, command)
    rule = f"; {record['rule'].partition(': ')[0]} (the rule)" if record.get("rule") else ""
    lines = [
        _question(record),
        _worst_line(record),
        _parts_line(record),
        *_diagnoses(record),
        *record.get("divergence", ()),
        *_smallest(record),
        f"where: {record['file']}:{record['line']} (the case){rule}",
        f"all cells of {record['case']}: {strip}" if strip else "",
        *_ledger_lines(record),
        record["detail"],
        _kills(record),
        _rerun(record, command),
    ]
    return [headline(record), *(f"  {line}" for line in lines if line)]


def _smallest(record: Record) -> list[str]:
    """Return the smallest failing input and two lines that show it, or where in the case they stand."""
    if "repro" in record:
        return [f"smallest failing input: {record['smallest']}", *(f"    {line}" for line in record["repro"])]
    return []


def _question(record: Record) -> str:
    return f"{_place(record)}: order {record['order']}, argument {record['argument']}: {record['source']}"


def _rerun(record: Record, command: str) -> str:
    return f"repro: {rerun(record, command=command)}"


def rerun(record: Record, order: Sequence[str] = (), command: str = "") -> str:
    """Return the command that runs a cell again, with the libraries as `--lib` takes them, in the order of the run.

    `command` is one that takes pytest's -k: then it runs the case. Words that -k cannot have leave the plain command.
    """
    case = f"{record['file']}::{record['case']}["
    if command and A_KEYWORD.fullmatch(case):
        return f'{command} -k "{case}"'
    adapters, names = record.get("adapters", {}), record.get("answers", ())
    ordered = [name for name in order if name in names] or names
    libraries = dict.fromkeys(adapters.get(name, name) for name in ordered)
    return f"pytest --graddiff '{_place(record)}'{''.join(f' --lib {name}' for name in libraries)}"


def _broken_lines(record: Record, command: str = "") -> list[str]:
    if "broken" in record:
        return ["the case is broken", f"  {record['broken']}"]
    reason = f"no spoilt truth is rejected (kills {record['kills']}): this case cannot fail"
    if record.get("detail"):
        reason = f"the referee abstains everywhere: this case cannot fail: {record['detail']}"
    return [reason, f"  {_place(record)}: {record['source']}", f"  {_rerun(record, command)}"]


def _diagnoses(record: Record) -> list[str]:
    told = [f"{library}: {text}" for library, text in record.get("diagnoses", {}).items()]
    return [f"diagnosis: {' | '.join(told)}"] if told else []


def _ledger_lines(record: Record) -> list[str]:
    return [f"ledger: {standing['text']}" for standing in record.get("ledger", {}).values()]


def _parts_line(record: Record) -> str:
    """Return how many elements are wrong for each argument, where there are several."""
    counts = [(library, parts) for library, parts in record.get("wrong", {}).items() if len(parts) > 1]
    told = [f"{library} {', '.join(f'{name} {n}' for name, n in parts.items())}" for library, parts in counts]
    return f"wrong elements by argument: {'; '.join(told)}" if told else ""


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


def _blocks(records: Sequence[Record]) -> Iterable[str]:
    """Give the failures by case, the worst case first: one cell in full, the others in a line for each pattern."""
    strips = {key: _strip(r for r in own if "verdict" in r) for key, own in _cases(records)}
    failing: dict[tuple[str, str], list[Record]] = {}
    for record in _worst_first(r for r in records if r["fails"]):
        failing.setdefault((record["file"], record["case"]), []).append(record)
    for key, own in failing.items():
        first = next((record for record in own if "repro" in record), own[0])
        yield from failure_block(first, strips[key])
        yield from (f"  {line}" for line in _also([record for record in own if record is not first]))


def _also(records: Iterable[Record]) -> Iterable[str]:
    """Give one line for all further cells of a case with the same verdict and pattern."""
    groups: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        verdict = record.get("verdict") or _broken_lines(record)[0]
        told = ", ".join(f"{library} {pattern}" for library, pattern in record.get("patterns", {}).items())
        groups.setdefault((verdict, told or record.get("detail", "")), []).append(record)
    for (verdict, told), own in groups.items():
        cells = ", ".join(sorted(record["cell"] for record in own)[:6])
        more = f" and {len(own) - 6} more" if len(own) > 6 else ""
        yield f"also {verdict}: {cells}{more}{f': {told}' if told else ''}"


def _cases(records: Iterable[Record]) -> Iterable[tuple[tuple[str, str], list[Record]]]:
    """Give the records of each case, which stand together."""
    for key, group in groupby(records, itemgetter("file", "case")):
        yield key, list(group)


def _by_case(cells: Iterable[Record]) -> Iterable[str]:
    """Give the operations in which a library is wrong: the worst cell with the referee's number, the ledger's word."""
    for (file, case), own in _cases(cells):
        worst = max(own, key=_ulps)
        words = Counter(record["word"] for record in own)
        count = ", ".join(word if n == 1 else f"{word} ({n})" for word, n in words.items())
        yield f"{file}::{case}: {worst['source']}"
        for line in (f"in {count}; [{worst['cell']}]: {_worst_line(worst)}", *_diagnoses(worst), *_ledger_lines(worst)):
            yield f"  {line}"


def _ledger(cells: Iterable[Record], complaints: Sequence[str]) -> list[str]:
    """Return the ledger's complaints, and how many cells stand how to it."""
    states = Counter(standing["state"] for record in cells for standing in record.get("ledger", {}).values())
    counted = ", ".join(
        f"{states[state]} cells {state}" for state in ("known", "new", "grew", "fixed") if states[state]
    )
    return [*complaints, counted] if counted else [*complaints]


def _states(cells: Iterable[Record], libraries: Sequence[str]) -> list[str]:
    """Return for each library in how many cells it is right, wrong and so on."""
    counts = {library: Counter[str]() for library in libraries}
    for record in cells:
        for library, state in record["states"].items():
            counts[library][state] += 1
    return [
        f"{library}: {', '.join(f'{n} {word}' for word, n in own.most_common())}" for library, own in counts.items()
    ]


def _behaviours(cells: Iterable[Record], libraries: Sequence[str]) -> list[str]:
    """Return for each library in how many cells it raises, or answers in another shape, dtype and so on."""
    counts = {library: Counter[str]() for library in libraries}
    for record in cells:
        for library, behaviour in record.get("behaviours", {}).items():
            counts[library][behaviour] += 1
    told = {library: [f"{word} {own[word]}" for word in BEHAVIOURS if own[word]] for library, own in counts.items()}
    return [f"{library}: {', '.join(words)}" for library, words in told.items() if words]


def _abstention_lines(records: Iterable[Record]) -> list[str]:
    """Return the share of cells in which the referee abstains, by reason."""
    found = abstentions(records)
    if not found["asked"]:
        return []
    share = [f"in {found['abstained']} of {found['asked']} cells ({found['abstained'] / found['asked']:.2%})"]
    return share + [f"{reason}: {n} ({n / found['asked']:.2%})" for reason, n in found["reasons"].items()]


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
    for (file, case), own in _cases(records):
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


BEHAVIOURS = ("raises", "shape", "dtype", "kind", "inputs", "bits")
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
