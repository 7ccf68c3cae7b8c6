"""Who is right: the closed list of verdicts, and the judge that gives one to a cell.

The judge sees plain records only: what the libraries did, and what the referee says. First each library is
put into a state by itself (right, wrong, unsupported, behaviour differs, undecided); a table of the first two
states gives the verdict. The first library is the subject, the one under test; the second is the upstream. Further
libraries have a state, and no say in the verdict.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from graddiff.arrays import number
from graddiff.bound import Bound, Errors, bound_for, errors_of, ulps_apart
from graddiff.cells import Cell
from graddiff.evaluation import OF_THE_SHAPE_OF_THE_VALUE
from graddiff.outcomes import Outcome, Part, kind_of, public_type
from graddiff.truth import TruePart

AGREE_ULPS = 4
BEHAVIOURS = ("raises", "shape", "dtype", "kind", "inputs", "bits")  # in what an answer can differ beside its numbers


class Verdict(Enum):
    """The closed list; `{subject}` stands for the name of the first library."""

    AGREE = "agree"
    SUBJECT_WRONG = "{subject} wrong"
    UPSTREAM_WRONG = "upstream wrong"
    BOTH_WRONG = "both wrong"
    BOTH_RIGHT = "both right, n ULP apart"
    CONVENTION = "convention"
    ILL_CONDITIONED = "ill-conditioned"
    ABSTAINS = "referee abstains"
    BEHAVIOUR = "behaviour differs"
    UNSUPPORTED = "unsupported"

    def text(self, subject: str) -> str:
        """Return the verdict as it is shown, with the name of the first library."""
        return self.value.format(subject=subject)


@dataclass(frozen=True)
class Worst:
    """The worst element of a cell: where it is, what each library and the referee say."""

    part: str
    index: tuple[int, ...]
    values: tuple[tuple[str, str], ...]
    truth: str
    ulps: float
    wrong: int
    size: int


@dataclass(frozen=True)
class Judgement:
    """The verdict of a cell, the state of each library by itself, and what is needed to explain it."""

    verdict: Verdict
    states: tuple[tuple[str, str], ...]
    fails: bool
    detail: str = ""
    worst: Worst | None = None
    apart: float = 0.0
    findings: tuple["Finding", ...] = ()


@dataclass(frozen=True)
class Finding:
    """One library by itself: its state, and in which behaviour, if in any, it departs from plain NumPy."""

    outcome: Outcome
    state: str
    detail: str = ""
    errors: tuple[Errors, ...] = ()
    behaviour: str = ""

    @property
    def is_cancelled(self) -> bool:
        """Say whether only the rounding of the function's own operations explains the answer."""
        return any(bool(np.any(entry.cancelled)) for entry in self.errors)

    @property
    def size(self) -> float:
        """The largest error over the largest true number of its part; where that is 0, the error itself."""
        return max((_relative_size(entry) for entry in self.errors), default=0.0)


def _relative_size(errors: Errors) -> float:
    error = float(np.max(errors.size, initial=0.0))
    return error / errors.scale if errors.scale else error


@dataclass(frozen=True)
class _Departure:
    """How an answer, apart from its numbers, departs from plain NumPy or its inputs."""

    behaviour: str
    text: str


def judge(cell: Cell, outcomes: Sequence[Outcome], truth: Sequence[TruePart] | str) -> Judgement:
    """Give the verdict of a cell; `truth` is the referee's answer, or its reason to abstain."""
    findings = [_find(cell, outcome, truth) for outcome in outcomes]
    states = tuple((finding.outcome.library, finding.state) for finding in findings)
    pair = findings[:2]
    verdict = _verdict(cell, pair, truth)
    broken = _broken_expectations(cell, states)
    details = [f"{f.outcome.library}: {f.detail}" for f in findings if f.detail] + _referee_says(truth)
    details += [CANCELLED.format(f.outcome.library) for f in findings if f.is_cancelled]
    fails = bool(broken) or (_is_bad(verdict, findings[0]) and not _is_expected(cell, states[0]))
    apart = _apart(pair) if verdict is Verdict.BOTH_RIGHT else 0.0
    worst = _worst(cell, findings, truth)
    return Judgement(verdict, states, fails, "; ".join(broken + details), worst, apart, tuple(findings))


CANCELLED = "{}: off by no more than the rounding of the function's own operations: a cancellation"


def _referee_says(truth: Sequence[TruePart] | str) -> list[str]:
    """Return why the referee abstains, as a whole or in some elements."""
    if isinstance(truth, str):
        return [f"referee: {truth}"]
    unsettled = [reason for part in truth for reason in part.unsettled]
    size = len(unsettled) + sum(len(part.floats) for part in truth)
    return [f"referee: {unsettled[0]} ({len(unsettled)} of {size} elements)"] if unsettled else []


# one library by itself


def _find(cell: Cell, outcome: Outcome, truth: Sequence[TruePart] | str) -> Finding:
    if cell.aspect == "raises":
        return _find_raising(cell, outcome)
    if outcome.error:
        state = "unsupported" if outcome.unsupported else "behaviour differs"
        behaviour = "" if outcome.unsupported else "raises"
        return Finding(outcome, state, f"raises {outcome.error}: {outcome.message}", behaviour=behaviour)
    departure = _departure(cell, outcome)
    text, behaviour = (departure.text, departure.behaviour) if departure else ("", "")
    if isinstance(truth, str) or behaviour in ("shape", "inputs", "bits"):
        return Finding(outcome, "behaviour differs" if departure else "undecided", text, behaviour=behaviour)
    bound = bound_for(cell)
    errors = tuple(_part_errors(part, true, bound) for part, true in zip(outcome.parts, truth, strict=True))
    wrong = any(np.any(entry.wrong) for entry in errors)
    state = "wrong" if wrong else "behaviour differs" if departure else "right"
    return Finding(outcome, state, text, errors, behaviour)


def _find_raising(cell: Cell, outcome: Outcome) -> Finding:
    """Judge a library where plain NumPy raises: the same error, or one that is a kind of it, is right.

    With empty inputs any error is: there the type is an accident of which check comes first.
    """
    error: Exception = cell.variant.value
    wanted = public_type(error)
    if wanted in outcome.error_types or (cell.variant.is_empty and outcome.error and not outcome.unsupported):
        return Finding(outcome, "right")
    if outcome.unsupported:
        return Finding(outcome, "unsupported", f"raises {outcome.error}: {outcome.message}")
    told = f"raises {outcome.error} ({outcome.message})" if outcome.error else "raises nothing"
    return Finding(outcome, "behaviour differs", f"{told} where plain NumPy raises {wanted}", behaviour="raises")


def _part_errors(part: Part, truth: TruePart, bound: Bound) -> Errors:
    # an answer of a coarser dtype is judged by what it can hold: the dtype has been told
    eps = float(np.finfo(part.value.dtype).eps) if part.value.dtype.kind in "fc" else 0.0
    return errors_of(part.value.ravel()[truth.coordinates], truth, bound.at_least(eps))


def _departure(cell: Cell, outcome: Outcome) -> _Departure | None:
    """Return how an answer departs; the shape, without which nothing else can be judged, first."""
    models = _models(cell)
    if len(models) != len(outcome.parts):
        return _Departure("shape", f"{len(outcome.parts)} results for {len(models)}")
    for part, model in zip(outcome.parts, models, strict=True):
        if part.shape != np.shape(model):
            return _Departure("shape", f"shape {part.shape} instead of {np.shape(model)}")
    if outcome.inputs_changed:
        return _Departure("inputs", "the inputs were changed")
    if not outcome.repeatable:
        return _Departure("bits", "a second call gave other bits")
    strict = cell.variant.kind == "kind" and not any(kind_of(x) == "0-d" for x in cell.variant.inputs)
    found = (_difference(part, model, strict) for part, model in zip(outcome.parts, models, strict=True))
    return next((departure for departure in found if departure), None)


def _models(cell: Cell) -> list[Any]:
    """Return the values that the parts of the answer must resemble."""
    if cell.aspect in OF_THE_SHAPE_OF_THE_VALUE:
        return [cell.variant.value]
    return [cell.variant.inputs[i] for i in cell.argnums]


def _difference(part: Part, model: object, strict: bool) -> _Departure | None:
    """Compare dtype and kind; 0-d may stand for a scalar unless the kind is the question."""
    array = np.asarray(model)
    lifted = array.dtype.kind not in "fc"
    dtype = "float64" if lifted else str(array.dtype)
    if part.dtype != dtype:
        return _Departure("dtype", f"dtype {part.dtype} instead of {dtype}")
    allowed = _kinds_like(kind_of(model) if strict or array.ndim else "0-d", dtype)
    return None if part.kind in allowed else _Departure("kind", f"{part.kind} instead of {allowed[0]}")


def _kinds_like(kind: str, dtype: str) -> tuple[str, ...]:
    """Return the kinds of scalar that may answer to a kind of input, the best first."""
    if kind in ("float", "int", "complex"):
        return ("complex" if dtype.startswith("complex") else "float", f"np.{dtype}")
    if kind == "0-d":
        return (f"0-d or np.{dtype}", "0-d", f"np.{dtype}")
    return (f"np.{dtype}",) if kind.startswith("np.") else (kind,)


# the verdict


def _verdict(cell: Cell, findings: Sequence[Finding], truth: Sequence[TruePart] | str) -> Verdict:
    subject, *others = [finding.state for finding in findings]
    upstream = others[0] if others else "right"
    if cell.case.kind == "convention":
        return Verdict.CONVENTION
    if subject in DEPARTURES:
        return DEPARTURES[subject]
    if isinstance(truth, str):
        return Verdict.ABSTAINS
    if subject == "wrong":
        return Verdict.BOTH_WRONG if upstream == "wrong" else Verdict.SUBJECT_WRONG
    if upstream == "wrong":
        return Verdict.UPSTREAM_WRONG
    if any(part.unsettled for part in truth):
        return Verdict.ABSTAINS
    return DEPARTURES.get(upstream) or _both_right(cell, findings, truth)


DEPARTURES = {"behaviour differs": Verdict.BEHAVIOUR, "unsupported": Verdict.UNSUPPORTED}


def _both_right(cell: Cell, findings: Sequence[Finding], truth: Sequence[TruePart]) -> Verdict:
    bound = bound_for(cell)
    if any(bound.is_vacuous(part) for part in truth) or any(finding.is_cancelled for finding in findings):
        return Verdict.ILL_CONDITIONED
    return Verdict.AGREE if _apart(findings) <= AGREE_ULPS else Verdict.BOTH_RIGHT


def _apart(findings: Sequence[Finding]) -> float:
    """Return by how many ULP the two answers differ at most."""
    if len(findings) < 2:
        return 0.0
    first, second = (finding.outcome.parts for finding in findings)
    return max((ulps_apart(a.value, b.value) for a, b in zip(first, second, strict=True)), default=0.0)


def _is_bad(verdict: Verdict, subject: Finding) -> bool:
    """Say whether a verdict speaks against the library under test."""
    departs = verdict in DEPARTURES.values() and subject.state in DEPARTURES
    return departs or verdict in (Verdict.SUBJECT_WRONG, Verdict.BOTH_WRONG)


def _is_expected(cell: Cell, state: tuple[str, str]) -> bool:
    return cell.case.expected(state[0], cell.expectable) == state[1]


def _broken_expectations(cell: Cell, states: Sequence[tuple[str, str]]) -> list[str]:
    """Name the expectations of the case that do not hold in this cell."""
    expected = [(library, cell.case.expected(library, cell.expectable), state) for library, state in states]
    return [
        f"expect says that {library} is {claim!r} here, but it is {state!r}"
        for library, claim, state in expected
        if claim is not None and claim != state
    ]


# the worst element


def _worst(cell: Cell, findings: Sequence[Finding], truth: Sequence[TruePart] | str) -> Worst | None:
    """Return the worst element of the worst library: the subject if it is wrong, else the upstream."""
    wrong = [finding for finding in findings if finding.state == "wrong"]
    if isinstance(truth, str) or not wrong:
        return None
    errors = wrong[0].errors
    part = max(range(len(errors)), key=lambda i: float(np.max(errors[i].excess, initial=0.0)))
    place = int(np.argmax(errors[part].excess))
    true = truth[part]
    flat = int(true.coordinates[place])
    return Worst(
        cell.part_name(part),
        tuple(int(i) for i in np.unravel_index(flat, true.shape)),
        tuple((f.outcome.library, _shown(f.outcome, part, flat)) for f in findings),
        number(true.floats[place]),
        float(errors[part].ulps[place]),
        sum(int(np.sum(entry.wrong)) for entry in errors),
        sum(len(entry.size) for entry in errors),
    )


def _shown(outcome: Outcome, part: int, flat: int) -> str:
    if outcome.error:
        return outcome.error
    if part >= len(outcome.parts) or flat >= outcome.parts[part].value.size:
        return "no such element"
    return number(outcome.parts[part].value.ravel()[flat])
