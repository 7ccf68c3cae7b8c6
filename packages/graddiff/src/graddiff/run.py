"""One case through all libraries: the truth is computed once, every cell becomes a record.

A record is a plain dictionary of strings, numbers and lists: what the reports are written from, what
pytest-xdist carries between processes, and the line of the JSON report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from graddiff.arrays import short
from graddiff.bound import Bound, bound_for
from graddiff.cache import Cache, CaseCache
from graddiff.cases import Case, CaseError, Sources, argument_names
from graddiff.cells import Cell, ask, cells_of
from graddiff.diagnosis import Diagnosis
from graddiff.explain import as_record, diagnosed, explained
from graddiff.libraries import Library, asked_as
from graddiff.mutants import Score, combined, score
from graddiff.outcomes import Outcome, answered, confirmed
from graddiff.referee import AbstainError, Referee
from graddiff.truth import TruePart, nothing, settled, with_rounding, within_sight
from graddiff.verdicts import Finding, Judgement, judge

Record = dict[str, Any]
DISCRIMINATION = "discrimination"


@dataclass
class CaseRun:
    """A case with its cells; keeps the truth of each cell for as long as it lives."""

    case: Case
    file: str
    cells: list[Cell]
    referee: Referee
    sources: Sources
    explained: str = ""
    is_told: bool = False
    cache: Cache | None = None
    _parts: dict[str, tuple[TruePart, ...] | str] = field(default_factory=dict)
    _scores: dict[tuple[tuple[TruePart, ...], Bound], Score] = field(default_factory=dict)

    @classmethod
    def prepare(
        cls, case: Case, file: str, sources: Sources, referee: Referee | None = None, cache: Cache | None = None
    ) -> "CaseRun":
        """Check a case and list its cells; raises CaseError where that cannot be done.

        Whether plain NumPy takes their inputs is said by `misfit`.
        """
        referee = referee or Referees().of(case)
        names = argument_names(case, referee)
        cells = cells_of(case, names, case.build(case.function, np, referee))
        return cls(case, file, cells, referee, sources, cache=cache)

    @cached_property
    def source(self) -> str:
        """The source of the function on one line."""
        return self.sources.line(self.case.function)

    @cached_property
    def line(self) -> int:
        """The line of its file on which the function begins."""
        return self.sources.place(self.case.function)

    @cached_property
    def misfit(self) -> str:
        """Why plain NumPy does not take the inputs of the case; "" where it does."""
        try:
            for cell in self.cells:
                cell.variant.surroundings  # noqa: B018  # computes it
        except CaseError as error:
            return str(error)
        return ""

    def broken_record(self) -> Record:
        """Return the record of a case that does not fit together."""
        return broken_record(self.file, self.case, self.misfit)

    @cached_property
    def found(self) -> CaseCache:
        """What was found about the case, in this run and in earlier ones."""
        function = self.case.reference or self.case.function
        return CaseCache(f"{self.file}::{self.case.id}", function, self.referee, self.cache)

    def truth(self, cell: Cell) -> tuple[TruePart, ...] | str:
        """Return the referee's answer, or the reason why there is none."""
        if cell.aspect == "raises":
            return ()
        if cell.case.kind == "convention":
            return "a convention has no truth"
        if cell.variant.kind == "empty":
            return tuple(nothing(np.shape(x)) for x in cell.variant.inputs)
        asked = self._asked(cell)
        whole = self._settled(asked)
        if isinstance(whole, str) or asked.argnums == cell.argnums:
            return whole
        return tuple(whole[i] for i in cell.argnums)

    def _asked(self, cell: Cell) -> Cell:
        """Return the cell about which the referee is asked: a derivative by one argument is a part of that by all."""
        if cell.variant.kind == "strided":
            cell = replace(cell, variant=self.cells[0].variant)
        return replace(cell, argnums=tuple(range(len(cell.names)))) if cell.aspect == "vjp" else cell

    def _settled(self, cell: Cell) -> tuple[TruePart, ...] | str:
        question = _question(cell)
        if question not in self._parts:
            answer = self.found.truth(cell, question)
            try:
                self._parts[question] = answer if isinstance(answer, str) else settled(answer)
            except AbstainError as error:
                self._parts[question] = str(error)
        return self._parts[question]

    def origin(self, cell: Cell) -> str:
        """Return where the truth of a cell comes from: "computed" in this run, or "kept" from an earlier one."""
        return "kept" if self.found.is_kept(_question(self._asked(cell))) else "computed"

    def run(self, cell: Cell, libraries: Sequence[Library]) -> Record:
        """Ask all libraries, judge, and return the record of the cell; the same answers are judged once.

        Each library is asked twice, for it must give the same bits again; where it gives those of an earlier run, it
        has done so.
        """
        first = self.answers(cell, libraries)
        key = self.found.verdict_key(cell, first)
        judged = self.found.read(cell.id, key)
        if judged is None:
            outcomes = self.confirmed(cell, libraries, first)
            judged = self._judged_record(cell, outcomes)
            # a failure is explained anew, with the lines of the rules as they are now
            if all(a is b for a, b in zip(outcomes, first, strict=True)) and not judged["fails"]:
                self.found.write(cell.id, key, judged)
        elif judged["truth"] == "computed":
            judged["truth"] = "kept"
        return _asked(self, cell) | judged | _adapters(first, libraries)

    def _judged_record(self, cell: Cell, outcomes: Sequence[Outcome]) -> Record:
        judgement, truth = self._judge(cell, outcomes)
        kills = self._score(truth, bound_for(cell))
        whole = self.truth(replace(cell, argnums=tuple(range(len(cell.names))))) if cell.aspect == "vjp" else truth
        diagnoses = {f.outcome.library: diagnosed(cell, f, truth, whole) for f in judgement.findings}
        return _record(self, cell, judgement, truth, kills, diagnoses)

    def answers(self, cell: Cell, libraries: Sequence[Library]) -> list[Outcome]:
        """Ask all libraries once."""
        return [answered(library.name, ask(cell, library), cell.variant.inputs) for library in libraries]

    def confirmed(self, cell: Cell, libraries: Sequence[Library], first: Sequence[Outcome]) -> list[Outcome]:
        """Ask all libraries once more; an outcome that stands stays the same object."""
        pairs = zip(first, libraries, strict=True)
        return [confirmed(outcome, ask(cell, library), cell.variant.inputs) for outcome, library in pairs]

    def outcomes(self, cell: Cell, libraries: Sequence[Library]) -> list[Outcome]:
        """Ask all libraries, each twice."""
        return self.confirmed(cell, libraries, self.answers(cell, libraries))

    def judged(self, cell: Cell, libraries: Sequence[Library]) -> tuple[Judgement, tuple[TruePart, ...] | str]:
        """Return the judgement of a cell, and the truth that it rests on."""
        return self._judge(cell, self.outcomes(cell, libraries))

    def _judge(self, cell: Cell, outcomes: Sequence[Outcome]) -> tuple[Judgement, tuple[TruePart, ...] | str]:
        """Judge; where a library is wrong, the truth is asked how much of the error can be rounding."""
        truth = self.truth(cell)
        if not isinstance(truth, str):
            truth = within_sight(truth, [[part.value for part in outcome.parts] for outcome in outcomes])
        judgement = judge(cell, outcomes, truth)
        if isinstance(truth, str) or not any(_may_be_rounding(finding) for finding in judgement.findings):
            return judgement, truth
        truth = with_rounding(truth)
        return judge(cell, outcomes, truth), truth

    def explained_record(self, cell: Cell, libraries: Sequence[Library], entry: Record) -> Record:
        """Return the record of a failing cell with its explanation; after the first of the case, where that stands."""
        guilty = [library for library, state in entry["states"].items() if state in ("wrong", "behaviour differs")]
        if not guilty:
            return entry
        if self.explained:
            return entry | {"explained": self.explained}
        self.explained = cell.id
        return entry | as_record(explained(self, cell, libraries, guilty[0]))

    def discrimination(self) -> Score:
        """Apply the mutants to the truth of every cell of the base inputs."""
        base = [cell for cell in self.cells if cell.variant.kind == "base"]
        answers = [(cell, self.truth(cell)) for cell in base]
        return combined([self._score(t, bound_for(c)) for c, t in answers if not isinstance(t, str)])

    def _score(self, truth: tuple[TruePart, ...] | str, bound: Bound) -> Score:
        """Apply the mutants; several cells have the same truth."""
        if isinstance(truth, str) or any(part.limits is not None for part in truth):
            return Score()
        if (truth, bound) not in self._scores:
            self._scores[truth, bound] = score(truth, bound)
        return self._scores[truth, bound]

    def discrimination_record(self) -> Record:
        """Return the record of the score; a case that rejects no mutant cannot fail: that fails the run."""
        place = {"file": self.file, "case": self.case.id, "cell": DISCRIMINATION, "number": len(self.cells)}
        key = self.found.case_key(self.cells)
        entry = self.found.read(DISCRIMINATION, key)
        if entry is None:
            entry = self._discrimination_entry()
            self.found.write(DISCRIMINATION, key, entry)
        return place | {"source": self.source} | entry

    def _discrimination_entry(self) -> Record:
        kills = self.discrimination()
        abstentions = [t for c in self.cells if c.aspect != "raises" and isinstance(t := self.truth(c), str)]
        return {
            "kills": str(kills),
            "survivors": kills.survivors,
            "detail": abstentions[0] if abstentions and not kills.applicable else "",
            "fails": not kills.killed,
        }


class Referees:
    """The referees that many cases share: one takes milliseconds to make, so each is made when a case needs it."""

    def of(self, case: Case) -> Referee:
        """Return the referee for a case: references are written for numbers of mpmath."""
        return self._of_references if case.reference else self._fastest

    @cached_property
    def _of_references(self) -> Referee:
        return Referee()

    @cached_property
    def _fastest(self) -> Referee:
        return Referee.fastest()


def broken_record(file: str, case: Case, text: str) -> Record:
    """Return the record of a case that is broken; the text says why."""
    place = {"file": file, "case": case.id, "cell": "broken", "number": 0}
    return place | {"broken": text, "kills": "0/0", "fails": True}


SAME_TRUTH = ("rev-over-rev", "fwd-over-rev", "rev-over-fwd")


def _question(cell: Cell) -> str:
    """Return what is asked of the referee, as the key of its answer within the case."""
    aspect = "hvp" if cell.aspect in SAME_TRUTH else cell.aspect
    along = "" if cell.along is None else f" along {cell.along}"
    return f"{aspect} {cell.order} {cell.argnums} {cell.variant.label}{along}"


def _may_be_rounding(finding: Finding) -> bool:
    """Say whether a wrong answer is near enough to the truth for rounding to explain it.

    What is off by a thousandth of the largest true number has lost all but three digits, by more than rounding.
    """
    return finding.state == "wrong" and bool(finding.size < 1e-3)


def _record(
    run: CaseRun,
    cell: Cell,
    judgement: Judgement,
    truth: Sequence[TruePart] | str,
    kills: Score,
    diagnoses: Mapping[str, Diagnosis | None],
) -> Record:
    findings = judgement.findings
    wrong = [finding for finding in findings if finding.state == "wrong"]
    return {
        "verdict": judgement.verdict.text(findings[0].outcome.library),
        "fails": judgement.fails,
        "detail": judgement.detail,
        "states": dict(judgement.states),
        "behaviours": {f.outcome.library: f.behaviour for f in findings},
        "abstains": _reason(cell, truth),
        "truth": "none" if isinstance(truth, str) else run.origin(cell),
        "answers": {f.outcome.library: _answer(f.outcome) for f in findings},
        "wrong": {f.outcome.library: _wrong_by_part(cell, f) for f in wrong},
        "sizes": {f.outcome.library: _rounded(f.size) for f in wrong},
        "errors": {f.outcome.library: _rounded(_largest(f)) for f in findings if f.errors},
        "diagnoses": {library: diagnosis.text for library, diagnosis in diagnoses.items() if diagnosis},
        "patterns": {library: diagnosis.pattern for library, diagnosis in diagnoses.items() if diagnosis},
        "worst": _worst(judgement),
        "ulps_apart": judgement.apart,
        "kills": str(kills),
        "survivors": kills.survivors,
    }


def _adapters(outcomes: Sequence[Outcome], libraries: Sequence[Library]) -> Record:
    """Return what `--lib` takes for the libraries, where that is another word than their name."""
    asked = {outcome.library: asked_as(library) for outcome, library in zip(outcomes, libraries, strict=True)}
    adapters = {name: word for name, word in asked.items() if word != name}
    return {"adapters": adapters} if adapters else {}


def _largest(finding: Finding) -> float:
    """Return the largest error of a library against the truth, in ULP."""
    return max(float(np.max(part.ulps, initial=0.0)) for part in finding.errors)


def _asked(run: CaseRun, cell: Cell) -> Record:
    """Return which cell it is, and what was asked."""
    return {
        "file": run.file,
        "line": run.line,
        "case": run.case.id,
        "cell": cell.id,
        "number": run.cells.index(cell),
        "word": cell.word,
        "aspect": cell.aspect,
        "order": cell.order,
        "argument": cell.argument,
        "inputs": {name: short(x) for name, x in zip(cell.names, cell.variant.inputs, strict=False)},
        "source": run.source,
        "reason": run.case.reason,
    }


def _reason(cell: Cell, truth: Sequence[TruePart] | str) -> str:
    """Return the word for why the referee abstains, or "" where it does not; a convention is not asked."""
    if cell.case.kind == "convention":
        return ""
    texts = [truth] if isinstance(truth, str) else [reason for part in truth for reason in part.unsettled]
    return texts[0].partition(":")[0] if texts else ""


def _wrong_by_part(cell: Cell, finding: Finding) -> dict[str, str]:
    """Return how many elements are wrong, for each argument."""
    parts = enumerate(finding.errors)
    return {cell.part_name(i): f"{int(np.sum(errors.wrong))} of {len(errors.size)}" for i, errors in parts}


def _rounded(size: float) -> float | None:
    """Return a size with two digits; what is not finite as None."""
    return float(f"{size:.2g}") if np.isfinite(size) else None


def _worst(judgement: Judgement) -> Record | None:
    """Return the worst element; an error that is not finite has no ULPs."""
    if judgement.worst is None:
        return None
    entry = asdict(judgement.worst)
    return entry | {"ulps": entry["ulps"] if np.isfinite(entry["ulps"]) else None}


def _answer(outcome: Outcome) -> str:
    """Return what a library answered, on one line."""
    if outcome.error:
        return f"{outcome.error}: {outcome.message}"
    return "; ".join(short(part.value) for part in outcome.parts)
