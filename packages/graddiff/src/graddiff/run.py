"""One case through all libraries: the truth is computed once, every cell becomes a record.

A record is a plain dictionary of strings, numbers and lists: what the reports are written from, what
pytest-xdist carries between processes, and the line of the JSON report.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from graddiff.arrays import short
from graddiff.bound import bound_for
from graddiff.cases import Case, Sources, argument_names
from graddiff.cells import Cell, ask, cells_of
from graddiff.libraries import Library
from graddiff.mutants import Score, combined, score
from graddiff.outcomes import Outcome, record
from graddiff.referee import AbstainError, Referee
from graddiff.truth import TruePart, true_answer
from graddiff.verdicts import Judgement, judge

Record = dict[str, Any]
DISCRIMINATION = "discrimination"


@dataclass
class CaseRun:
    """A case with its cells; keeps the truth of each cell for as long as it lives."""

    case: Case
    file: str
    cells: list[Cell]
    referee: Referee
    source: str
    _truths: dict[tuple[object, ...], tuple[TruePart, ...] | str] = field(default_factory=dict)

    @classmethod
    def prepare(cls, case: Case, file: str, sources: Sources) -> "CaseRun":
        """Check a case and list its cells; raises CaseError where the case does not fit together."""
        referee = Referee()
        names = argument_names(case, referee)
        cells = cells_of(case, names, case.build(case.function, np, referee))
        return cls(case, file, cells, referee, sources.line(case.function))

    def truth(self, cell: Cell) -> tuple[TruePart, ...] | str:
        """Return the referee's answer, or the reason why there is none."""
        together = tuple(range(len(cell.names)))
        if cell.aspect == "vjp" and cell.argnums != together:
            whole = self.truth(replace(cell, argnums=together))
            return whole if isinstance(whole, str) else tuple(whole[i] for i in cell.argnums)
        question = "hvp" if cell.aspect in SAME_TRUTH else cell.aspect
        key = (question, cell.argnums, cell.order, cell.variant.label)
        if key not in self._truths:
            self._truths[key] = _truth_or_reason(cell, self.referee)
        return self._truths[key]

    def run(self, cell: Cell, libraries: Sequence[Library]) -> Record:
        """Ask all libraries, judge, and return the record of the cell."""
        outcomes = [record(library.name, ask(cell, library), cell.variant.inputs) for library in libraries]
        truth = self.truth(cell)
        judgement = judge(cell, outcomes, truth)
        kills = Score() if isinstance(truth, str) else score(truth, bound_for(cell))
        return _record(self, cell, outcomes, judgement, kills)

    def discrimination(self) -> Score:
        """Apply the mutants to the truth of every cell of the base inputs."""
        base = [cell for cell in self.cells if cell.variant.kind == "base"]
        answers = [(cell, self.truth(cell)) for cell in base]
        return combined([score(t, bound_for(c)) for c, t in answers if not isinstance(t, str)])

    def discrimination_record(self) -> Record:
        """Return the record of the score; a case that rejects no mutant cannot fail: that fails the run."""
        kills = self.discrimination()
        place = {"file": self.file, "case": self.case.id, "cell": DISCRIMINATION}
        return place | {
            "number": len(self.cells),
            "source": self.source,
            "kills": str(kills),
            "survivors": kills.survivors,
            "fails": not kills.killed,
        }


SAME_TRUTH = ("rev-over-rev", "fwd-over-rev", "rev-over-fwd")


def _truth_or_reason(cell: Cell, referee: Referee) -> tuple[TruePart, ...] | str:
    if cell.case.kind == "convention":
        return "a convention has no truth"
    try:
        return true_answer(cell, referee)
    except AbstainError as error:
        return str(error)


def _record(run: CaseRun, cell: Cell, outcomes: Sequence[Outcome], judgement: Judgement, kills: Score) -> Record:
    subject = outcomes[0].library
    return {
        "file": run.file,
        "case": run.case.id,
        "cell": cell.id,
        "number": run.cells.index(cell),
        "word": cell.word,
        "aspect": cell.aspect,
        "order": cell.order,
        "argument": cell.argument,
        "inputs": {n: short(x) for n, x in zip(cell.names, cell.variant.inputs, strict=True)},
        "source": run.source,
        "reason": run.case.reason,
        "verdict": judgement.verdict.text(subject),
        "fails": judgement.fails,
        "detail": judgement.detail,
        "states": dict(judgement.states),
        "answers": {outcome.library: _answer(outcome) for outcome in outcomes},
        "worst": _worst(judgement),
        "ulps_apart": judgement.apart,
        "kills": str(kills),
        "survivors": kills.survivors,
    }


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
