"""The mutants, and the score they give."""

import numpy as np

from graddiff import Case
from graddiff.bound import Bound, bound_for
from graddiff.cases import Sources
from graddiff.domains import REAL
from graddiff.mutants import MUTANTS, Score, combined, score
from graddiff.run import CaseRun


def run_of(case: Case) -> CaseRun:
    return CaseRun.prepare(case, "f.py", Sources())


def test_there_are_seven() -> None:
    assert len(MUTANTS) == 7


def test_a_good_case_of_two_arguments_kills_all_seven() -> None:
    case = Case("f", lambda np: lambda x, y: np.sin(x) * y, [REAL, REAL], shapes=[(2, 2)])
    assert str(run_of(case).discrimination()) == "7/7"


def test_for_a_scalar_neither_reversal_nor_swap_applies() -> None:
    kills = run_of(Case("f", lambda np: lambda x: np.sin(x), [REAL], shapes=[()])).discrimination()
    assert str(kills) == "5/5"
    assert "arguments swapped" not in kills.applicable


def test_a_loose_bound_lets_mutants_live() -> None:
    run = run_of(Case("f", lambda np: lambda x: np.sin(x), [REAL]))
    truth = run.truth(run.cells[1])
    assert not isinstance(truth, str)
    loose = Bound(1e-3 / np.finfo(float).eps, bound_for(run.cells[1]).eps)
    assert score(truth, loose).survivors == ["times 1.0001"]


def test_a_mutant_must_die_in_every_answer_it_applies_to() -> None:
    strict, loose = Score(frozenset("ab"), frozenset("ab")), Score(frozenset("bc"), frozenset("c"))
    assert combined([strict, loose]) == Score(frozenset("abc"), frozenset("ac"))


def test_a_case_that_kills_nothing_fails() -> None:
    case = Case("zero", lambda np: lambda x: np.floor(x), [REAL], aspects=("vjp", "jvp"), orders=(1,))
    record = run_of(case).discrimination_record()
    assert record["kills"] == "0/0"
    assert record["fails"]
