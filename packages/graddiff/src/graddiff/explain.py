"""What a wrong cell tells beyond its verdict: the pattern, the first divergence, the smallest input, where to look.

`diagnosed` is asked for every library that is not right; `explained` only for the first failing cell of a case, because
it computes the cell many times.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from graddiff.arrays import Array
from graddiff.bound import bound_for
from graddiff.budget import Budget
from graddiff.cases import BEHAVIOURS, CaseError
from graddiff.cells import Cell, with_inputs
from graddiff.diagnosis import Clue, Diagnosis, diagnose, diagnose_shape
from graddiff.evaluation import OF_THE_SHAPE_OF_THE_VALUE
from graddiff.libraries import Library, asked_as
from graddiff.outcomes import Part
from graddiff.truth import TruePart
from graddiff.verdicts import Finding

if TYPE_CHECKING:
    from graddiff.run import CaseRun

MOST_TRIALS = 16
MOST_WORK = 2_000_000  # of the referee in all trials, in operations on its numbers: about half a minute
EVALUATIONS = 20  # of the function by the referee, to find one number, its second opinion and its sensitivity


def diagnosed(
    cell: Cell, finding: Finding, truth: Sequence[TruePart] | str, whole: Sequence[TruePart] | str
) -> Diagnosis | None:
    """Return the pattern of a wrong answer; `whole` is the truth for all arguments, where they were asked alone."""
    if isinstance(truth, str) or finding.state not in ("wrong", "behaviour differs"):
        return None
    if finding.behaviour == "shape":
        found = [_of_shape(cell, part, true) for part, true in zip(finding.outcome.parts, truth, strict=False)]
    else:
        found = [_of_part(cell, finding, i, truth, whole) for i in range(len(finding.errors))]
    named = [(cell.part_name(i), diagnosis) for i, diagnosis in enumerate(found) if diagnosis]
    if not named:
        return None
    text = "; ".join(d.text if len(truth) == 1 else f"{name}: {d.text}" for name, d in named)
    return Diagnosis(named[0][1].pattern, text)


def _of_shape(cell: Cell, part: Part, truth: TruePart) -> Diagnosis | None:
    if part.shape == truth.shape or truth.floats.size != int(np.prod(truth.shape, dtype=int)):
        return None
    allowed = bound_for(cell).allowed(truth).reshape(truth.shape)
    return diagnose_shape(part.value, truth.floats.reshape(truth.shape), allowed)


def _of_part(
    cell: Cell, finding: Finding, index: int, truth: Sequence[TruePart], whole: Sequence[TruePart] | str
) -> Diagnosis | None:
    part, errors, true = finding.outcome.parts[index], finding.errors[index], truth[index]
    names = cell.names if len(whole) == len(cell.names) else ()
    others = {
        f"argument {name}": other.floats
        for name, other in zip(names, whole, strict=False)
        if isinstance(other, TruePart) and name != cell.part_name(index) and len(other.floats) == len(true.floats)
    }
    clue = Clue(
        true.shape,
        part.value.ravel()[true.coordinates],
        true.floats,
        errors.tolerable,
        errors.wrong,
        {name: values.ravel()[true.coordinates] for name, values in _factors(cell, index, true.shape)},
        others,
        _lengths(cell),
    )
    return diagnose(clue)


def _factors(cell: Cell, index: int, shape: tuple[int, ...]) -> Iterator[tuple[str, Array]]:
    """Give the arrays that a wrong answer may contain as a factor: the argument itself, then what else fits it."""
    variant = cell.variant
    of_the_value = cell.aspect in OF_THE_SHAPE_OF_THE_VALUE
    own = None if of_the_value else cell.argnums[index]
    order = sorted(range(len(variant.inputs)), key=lambda i: i != own)
    named = [(cell.names[i], variant.inputs[i]) for i in order]
    if cell.aspect != "jvp":
        named.append(("the cotangent", variant.weight))
    named += [(f"the tangent of {cell.names[i]}", variant.tangents[i]) for i in order if cell.aspect != "vjp"]
    for name, value in named:
        array = np.asarray(value)
        if array.dtype.kind in "iufc" and _spreads_to(array.shape, shape):
            yield name, np.broadcast_to(array, shape)


def _spreads_to(shape: tuple[int, ...], other: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(shape, other) == other
    except ValueError:
        return False


def _lengths(cell: Cell) -> tuple[int, ...]:
    """Return the lengths of the axes of all inputs, and their sizes."""
    shapes = [np.shape(x) for x in cell.variant.inputs]
    return tuple({length for shape in shapes for length in (*shape, int(np.prod(shape, dtype=int)))})


# the smallest failing input


@dataclass(frozen=True)
class Explanation:
    """Where two libraries first part, the smallest input with the same fault, two lines that show it, where to look."""

    divergence: tuple[str, ...]
    smallest: str
    repro: tuple[str, str]
    rule: str


def explained(run: "CaseRun", cell: Cell, libraries: Sequence[Library], guilty: str) -> Explanation:
    """Explain a cell in which the library `guilty` is not right."""
    budget = Budget(MOST_WORK)
    small = cell if cell.variant.kind in (*BEHAVIOURS, "point") else smallest(run, cell, libraries, guilty, budget)
    node = f"{run.file}::{run.case.id}[{cell.id}]"
    shown = "" if small is cell else "".join(f", {written(x)}" for x in small.variant.inputs)
    names = [asked_as(library) for library in libraries]
    chosen = "" if names == ["easygrad", "autograd"] else f", libraries={names}"
    lines, rule = _first_divergence(small, libraries, guilty)
    call = f'replay("{node}"{shown}{chosen})'
    tried = [f"left out: {budget.refused} simpler inputs, which take the referee too long"] if budget.refused else []
    return Explanation(
        (*lines, *tried),
        ", ".join(f"{name} = {written(x)}" for name, x in zip(small.names, small.variant.inputs, strict=False)),
        ("import numpy as np; from graddiff.replay import replay", call),
        rule,
    )


def smallest(
    run: "CaseRun", cell: Cell, libraries: Sequence[Library], guilty: str, budget: Budget | None = None
) -> Cell:
    """Return the cell on fewer and simpler numbers, as long as the library stays as wrong as it is.

    What would take more work than the budget has is not tried.
    """
    budget, calls = budget or Budget(MOST_WORK), _calls(cell, libraries)

    def fault(of: Cell) -> tuple[str, str]:
        judgement, _ = run.judged(of, libraries)
        finding = next(f for f in judgement.findings if f.outcome.library == guilty)
        return finding.state, finding.behaviour

    best, wanted, trials = cell, fault(cell), 0
    progress = True
    while progress and trials < MOST_TRIALS:
        progress = False
        for inputs in _simpler(best.variant.inputs):
            trials += 1
            if not budget.allows(_work(cell, inputs, calls)):
                continue
            other = _moved(run, cell, inputs, trials)
            if other is not None and fault(other) == wanted:
                best, progress = other, True
                break
    return best


def _calls(cell: Cell, libraries: Sequence[Library]) -> int:
    """Return how many calls a computation of the cell has, by the first library that records a tape."""
    from graddiff.divergence import record

    return next((len(tape.calls) for library in libraries if (tape := record(cell, library))), 1)


def _work(cell: Cell, inputs: Sequence[Any], calls: int) -> int:
    """Return about how many operations on its numbers the referee does to judge a cell on other inputs."""
    size = sum(int(np.size(x)) for x in inputs)
    numbers_asked = 1 if cell.aspect in OF_THE_SHAPE_OF_THE_VALUE else size
    return calls * size * numbers_asked * EVALUATIONS * (cell.order + 1)


def _moved(run: "CaseRun", cell: Cell, inputs: tuple[Any, ...], trial: int) -> Cell | None:
    """Return the cell on other inputs; None where the function does not take them."""
    try:
        moved = with_inputs(cell, inputs, run.referee)
    except CaseError:
        return None
    # the truth of a cell is kept under the label of its inputs
    return replace(moved, variant=replace(moved.variant, label=f"{cell.id} trial {trial}"))


def _simpler(inputs: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Give inputs with fewer elements, then with simpler numbers."""
    lengths = sorted({length for x in inputs for length in np.shape(x) if length > 1}, reverse=True)
    for length in lengths:
        for kept in (1, 2) if length > 2 else (1,):
            yield tuple(_cut(x, length, kept) for x in inputs)
    for digits in (0, 1):
        simple = tuple(_round(x, digits) for x in inputs)
        if any(not np.array_equal(a, b) for a, b in zip(simple, inputs, strict=True)):
            yield simple


def _cut(x: Any, length: int, kept: int) -> Any:
    """Return the first elements along every axis of this length."""
    if np.ndim(x) == 0:
        return x
    return x[tuple(slice(kept if n == length else None) for n in x.shape)].copy()


def _round(x: Any, digits: int) -> Any:
    if np.asarray(x).dtype.kind not in "fc":
        return x
    rounded = np.round(x, digits) + 0.0  # no -0.0
    return type(x)(rounded) if np.ndim(x) == 0 and not isinstance(x, np.ndarray) else np.asarray(rounded, x.dtype)


def written(value: Any) -> str:
    """Return a value as Python writes it, with `np` for NumPy."""
    if not isinstance(value, np.ndarray | np.generic):
        return repr(value)
    usual = value.dtype in (np.dtype(float), np.dtype(complex), np.dtype(int))
    numbers = str(value.tolist()).replace("nan", "np.nan").replace("inf", "np.inf")
    if isinstance(value, np.generic):
        return f"np.{value.dtype}({numbers})"
    return f"np.array({numbers}{'' if usual else f', np.{value.dtype}'})"


# the first divergence


def _first_divergence(cell: Cell, libraries: Sequence[Library], guilty: str) -> tuple[list[str], str]:
    """Return the lines of the first divergence, the guilty library first, and the place of its rule."""
    from graddiff.divergence import first_divergence

    ordered = sorted(libraries, key=lambda library: library.name != guilty)
    try:
        found = first_divergence(cell, *ordered[:2])
    except Exception as error:  # an explanation that fails must not hide the verdict that it is about
        return [f"first divergence: the search failed: {type(error).__name__}: {error}"], ""
    return (found.lines(), found.source) if found else ([], "")


def as_record(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation as it stands in a record."""
    return {
        "divergence": list(explanation.divergence),
        "smallest": explanation.smallest,
        "repro": list(explanation.repro),
        "rule": explanation.rule,
    }
