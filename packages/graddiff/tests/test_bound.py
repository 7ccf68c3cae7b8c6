"""The bound rejects what is wrong and accepts what is right."""

from typing import Any

import numpy as np
import pytest

from graddiff import Case
from graddiff.bound import Bound, bound_for, errors_of, ulps_apart
from graddiff.cases import Sources
from graddiff.cells import Cell
from graddiff.domains import POSITIVE, REAL, Domain
from graddiff.referee import Referee
from graddiff.run import CaseRun
from graddiff.truth import TruePart, settled, true_answer

NINETEEN = Domain("NINETEEN", lambda rng, shape: np.full(shape, 19.0))


def judged(case: Case) -> tuple[Cell, TruePart, Bound]:
    cell = next(cell for cell in CaseRun.prepare(case, "f.py", Sources()).cells if cell.aspect == "vjp")
    return cell, settled(true_answer(cell, Referee()))[0], bound_for(cell)


def is_right(case: Case, gradient: Any) -> bool:
    cell, truth, bound = judged(case)
    return not np.any(errors_of(gradient(cell.variant.weight, *cell.variant.inputs), truth, bound).wrong)


SIN = Case("sin", lambda np: lambda x: np.sin(x), [REAL])
TANH = Case("tanh", lambda np: lambda x: np.tanh(x), [NINETEEN])
LINEAR = Case("linear", lambda np: lambda x: x[:2] * 3.0, [POSITIVE])


def test_a_correct_formula_is_accepted() -> None:
    assert is_right(SIN, lambda g, x: g * np.cos(x))


@pytest.mark.parametrize("error", [1e-12, -1e-12, 1e-4])
def test_a_relative_error_of_1e_12_is_rejected(error: float) -> None:
    assert not is_right(SIN, lambda g, x: g * np.cos(x) * (1 + error))


def test_zeros_and_nan_are_rejected() -> None:
    assert not is_right(SIN, lambda g, x: 0 * x)
    assert not is_right(SIN, lambda g, x: np.nan * x)


def test_tanh_at_19_is_rejected_by_one_formula_and_accepted_by_the_other() -> None:
    assert not is_right(TANH, lambda g, x: g * (1 - np.tanh(x) ** 2))
    assert is_right(TANH, lambda g, x: g / np.cosh(x) ** 2)


def test_where_the_truth_is_zero_only_what_a_difference_cannot_tell_from_zero_is_right() -> None:
    def gradient(last: float) -> Any:
        return lambda g, x: np.append(3 * g, last)

    assert is_right(LINEAR, gradient(0.0))
    assert is_right(LINEAR, gradient(1e-36))  # the judge abstains before
    assert not is_right(LINEAR, gradient(1e-28))


def test_the_factor_grows_with_the_order_and_for_linear_algebra() -> None:
    case = Case("sin", lambda np: lambda x: np.sin(x), [REAL], orders=(1, 2, 3), linear_algebra=True)
    factors = {cell.order: bound_for(cell).factor for cell in CaseRun.prepare(case, "f.py", Sources()).cells}
    assert factors == {0: 256, 1: 256, 2: 2560, 3: 25600}


def test_float32_has_the_eps_of_float32() -> None:
    case = Case("sin", lambda np: lambda x: np.sin(x), [REAL], dtypes=("float32",))
    assert bound_for(CaseRun.prepare(case, "f.py", Sources()).cells[0]).eps == np.finfo(np.float32).eps


def test_ulps_apart() -> None:
    assert ulps_apart(np.array([1.0]), np.array([1.0])) == 0
    assert ulps_apart(np.array([1.0]), np.array([1 + 2**-52])) == pytest.approx(1)
    assert ulps_apart(np.array([0.0]), np.array([0.0])) == 0
