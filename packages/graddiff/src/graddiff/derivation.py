"""`graddiff explain`: all about one cell, step by step: the question, what each library did, the truth, the verdict."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

import mpmath
import numpy as np

from graddiff.arrays import short
from graddiff.bound import bound_for
from graddiff.cells import Cell, ask
from graddiff.explain import as_record, explained, written
from graddiff.libraries import Library
from graddiff.outcomes import Outcome
from graddiff.outcomes import record as outcome_of
from graddiff.referee import Referee, unit_array
from graddiff.report.text import failure_block
from graddiff.run import CaseRun
from graddiff.tapes import Tape, recording_of
from graddiff.truth import TruePart
from graddiff.verdicts import Judgement

DIGITS = 25
MOST_LINES = 40


def derivation(run: CaseRun, cell: Cell, libraries: Sequence[Library]) -> Iterator[str]:
    """Give the lines of the explanation of one cell."""
    judgement, truth = run.judged(cell, libraries)
    sections = (
        ("1. the question", _question(run, cell)),
        *((f"{i}. what {lib.name} does", _calls(cell, lib)) for i, lib in enumerate(libraries, 2)),
        (f"{len(libraries) + 2}. the truth, by the referee", _truth(run, cell, truth)),
        (f"{len(libraries) + 3}. the answers, held against the bound", _answers(cell, judgement, truth)),
        (f"{len(libraries) + 4}. the verdict", _verdict(run, cell, libraries)),
    )
    for title, lines in sections:
        yield title
        yield from (f"  {line}" for line in lines)
        yield ""


def _question(run: CaseRun, cell: Cell) -> Iterator[str]:
    yield f"{run.file}:{run.line}: {run.case.id}[{cell.id}]"
    yield f"function: {run.source}"
    yield f"asked: {cell.word}, order {cell.order}, by {cell.argument}"
    for name, x in zip(cell.names, cell.variant.inputs, strict=False):
        yield f"{name} = {written(x)}"
    if cell.aspect not in ("value", "jvp", "order", "raises"):
        yield f"cotangent = {written(cell.variant.weight)}"
    if cell.aspect not in ("value", "vjp", "order", "raises"):
        for name, x in zip(cell.names, cell.variant.tangents, strict=False):
            yield f"tangent of {name} = {written(x)}"
    yield f"plain NumPy gives {short(cell.variant.value)}"
    if run.case.reason:
        yield f"reason: {run.case.reason}"


# what a library does


def _calls(cell: Cell, library: Library) -> Iterator[str]:
    """Give the calls that a library recorded, and what its rules made of the cotangent, in the order of time."""
    recording: AbstractContextManager[Tape] | None = recording_of(library)
    if recording is None:
        yield f"the adapter of {library.name} records no tape"
        return
    with recording as tape:
        outcome_of(library.name, ask(cell, library), cell.variant.inputs)
    steps = [(call.time, f"call {call.name}{_shown(call.args)} = {short(call.value)}") for call in tape.calls]
    for flow in tape.flows:
        place = "tangent" if flow.place is None else f"cotangent of argument {flow.place}"
        given = ", ".join(_short(x) for x in flow.given)
        steps.append((flow.time, f"rule of {flow.call.name}: {place}: given {given}, made {_short(flow.made)}"))
    lines = [line for _, line in sorted(steps, key=lambda step: step[0])]
    half = len(lines) // 2  # the computation is recorded twice: the second shows whether it gives the same bits
    yield from lines[: min(half or len(lines), MOST_LINES)]
    if half > MOST_LINES:
        yield f"... {half - MOST_LINES} more steps"


def _shown(args: Sequence[Any]) -> str:
    return f"({', '.join(_short(x) for x in args)})"


def _short(x: Any) -> str:
    try:
        return short(x)
    except (TypeError, ValueError):
        return type(x).__name__


# the truth


def _truth(run: CaseRun, cell: Cell, truth: Sequence[TruePart] | str) -> Iterator[str]:
    if isinstance(truth, str):
        yield f"there is none: {truth}"
        return
    if cell.aspect == "vjp":
        yield from _difference_steps(run, cell)
    for i, part in enumerate(truth):
        for place, coordinate in enumerate(part.coordinates[:6]):
            index = tuple(int(n) for n in np.unravel_index(int(coordinate), part.shape)) if part.shape else ()
            yield (
                f"{cell.part_name(i)}{list(index)}: truth {_digits(_sum(part.floats[place], part.rests[place]))}, "
                f"sensitivity to the inputs {part.cond[place]:.3g}"
            )


def _difference_steps(run: CaseRun, cell: Cell) -> Iterator[str]:
    """Give the central difference of the first element of the first argument, number by number."""
    argnum = cell.argnums[0]
    x = cell.variant.inputs[argnum]
    if np.size(x) == 0:
        return
    referee = Referee()
    function = run.case.build(run.case.reference or run.case.function, np, referee)
    exact = [referee.exact(value) for value in cell.variant.inputs]
    weight, unit = referee.exact(cell.variant.weight), unit_array(np.shape(x), 0)

    def moved(way: Any) -> Any:
        point = exact[argnum] + referee.exact(unit) * way
        return np.sum(weight * referee.value(function, *exact[:argnum], point, *exact[argnum + 1 :]))

    h = 1 / referee.exact(1e20)
    ahead, behind = moved(h), moved(-h)
    yield f"{cell.names[argnum]}, first element, F = sum(cotangent * f), 40 digits, h = 1e-20"
    yield f"F(x + h) = {_digits(ahead, 45)}"
    yield f"F(x - h) = {_digits(behind, 45)}"
    yield f"(F(x + h) - F(x - h)) / 2h = {_digits((ahead - behind) / (2 * h))}"
    ahead, behind = moved(10 * h), moved(-10 * h)
    yield f"the same with 10 h          = {_digits((ahead - behind) / (20 * h))}"


def _sum(near: Any, rest: Any) -> Any:
    """Return the sum of two floats or complex numbers with all its digits."""
    with mpmath.workdps(DIGITS + 10):
        return mpmath.mpmathify(near.item()) + mpmath.mpmathify(rest.item())


def _digits(x: Any, digits: int = DIGITS) -> str:
    return str(mpmath.nstr(getattr(x, "raw", x), digits))


# answers and verdict


def _answers(cell: Cell, judgement: Judgement, truth: Sequence[TruePart] | str) -> Iterator[str]:
    bound = bound_for(cell)
    yield f"allowed: {bound.factor:.0f} * eps * (|truth| + sensitivity), eps = {bound.eps:.3g}"
    for finding in judgement.findings:
        yield f"{finding.outcome.library}: {_answer(finding.outcome)}"
        for i, entry in enumerate(finding.errors):
            if not isinstance(truth, str):
                yield from _element_lines(cell, i, entry.size, entry.allowed, entry.ulps)
        yield f"  state: {finding.state}{f': {finding.detail}' if finding.detail else ''}"


def _element_lines(cell: Cell, part: int, sizes: Any, allowed: Any, ulps: Any) -> Iterator[str]:
    for place in range(min(len(sizes), 6)):
        outside = "" if sizes[place] <= allowed[place] else "  OUTSIDE"
        yield (
            f"  {cell.part_name(part)} #{place}: error {sizes[place]:.3g} ({ulps[place]:.3g} ULP), "
            f"allowed {allowed[place]:.3g}{outside}"
        )


def _answer(outcome: Outcome) -> str:
    if outcome.error:
        return f"raises {outcome.error}: {outcome.message}"
    return "; ".join(short(part.value) for part in outcome.parts)


def _verdict(run: CaseRun, cell: Cell, libraries: Sequence[Library]) -> Iterator[str]:
    """Give the block of the report, with the explanation where a library is not right."""
    entry = run.run(cell, libraries)
    guilty = [name for name, state in entry["states"].items() if state in ("wrong", "behaviour differs")]
    if guilty:
        entry |= as_record(explained(run, cell, libraries, guilty[0]))
    yield from failure_block(entry)
