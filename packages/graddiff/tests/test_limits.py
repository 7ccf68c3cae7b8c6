"""Special points: the limits that the referee finds, what an answer may be there, and whole runs at such points."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from graddiff import Case
from graddiff.arrays import Array
from graddiff.bound import Bound, errors_of
from graddiff.cases import Sources
from graddiff.cells import Cell
from graddiff.domains import POSITIVE, REAL
from graddiff.libraries.autograd import Autograd
from graddiff.referee import Referee
from graddiff.run import CaseRun
from graddiff.selection import Selection
from graddiff.sensitivity import Found
from graddiff.special_points import special_inputs
from graddiff.truth import TruePart

INF, NAN = np.inf, np.nan
TWO = [REAL, POSITIVE]


def prepared(case: Case) -> CaseRun:
    return CaseRun.prepare(Selection(special=True).asked(case), "file.py", Sources(), Referee())


def truth_at(case: Case, cell_id: str) -> TruePart:
    """Return the first part of the truth of a cell, its cotangent and tangents ones."""
    run = prepared(case)
    truth = run.truth(next(cell for cell in run.cells if cell.id == cell_id))
    assert not isinstance(truth, str), truth
    return truth[0]


def weight_of(case: Case, cell_id: str) -> Array:
    return np.asarray(next(cell for cell in prepared(case).cells if cell.id == cell_id).variant.weight)


def one(function: Callable[[Any], Any]) -> Case:
    return Case("one", lambda np: function, [REAL], shapes=[()])


@pytest.mark.parametrize(
    ("function", "point", "slopes"),
    [
        (np.cos, "zeros", {0.0}),
        (lambda x: x**2 + x, "zeros", {1.0}),
        (np.abs, "zeros", {-1.0, 1.0}),
        (lambda x: np.abs(x) ** 3, "zeros", {0.0}),
        (np.cbrt, "zeros", {INF}),
        (np.tanh, "infinite", {0.0}),
    ],
)
def test_the_limits_of_a_slope(function: Callable[[Any], Any], point: str, slopes: set[float]) -> None:
    name = f"vjp-x-{point}"
    limits = truth_at(one(function), name).limits
    assert limits is not None
    found = limits / weight_of(one(function), name)
    assert set(np.round(found.ravel(), 9) + 0.0) == slopes


def test_the_slope_at_a_huge_number_is_not_that_of_a_formula_that_overflows() -> None:
    case = one(np.arcsinh)
    x = next(cell for cell in prepared(case).cells if cell.id == "vjp-x-huge").variant.inputs[0]
    expected = weight_of(case, "vjp-x-huge") / abs(x)
    np.testing.assert_allclose(truth_at(case, "vjp-x-huge").floats, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("function", "point", "exists"),
    [
        (np.sin, "zeros", True),
        (lambda x: np.abs(-(x**2)), "zeros", True),
        (np.abs, "zeros", False),
        (np.sign, "zeros", False),  # the slopes agree, the values jump
        (np.cbrt, "zeros", False),
        (np.tanh, "infinite", False),
    ],
)
def test_where_there_is_a_derivative(function: Callable[[Any], Any], point: str, exists: bool) -> None:
    assert truth_at(one(function), f"vjp-x-{point}").exists.tolist() == [exists]


def test_the_edge_of_a_domain_has_the_limits_from_inside_only() -> None:
    limits = truth_at(Case("root", lambda np: lambda x: np.sqrt(x) ** 3, [POSITIVE], shapes=[()]), "vjp-x-zeros").limits
    assert limits is not None
    assert np.isnan(limits).any()
    assert np.all(limits[~np.isnan(limits)] == 0)


def test_mixed_second_derivatives_are_those_of_the_closed_form() -> None:
    case = Case("power", lambda np: lambda x, y: x**y, [POSITIVE, REAL], shapes=[()])
    for name in ("rev-over-rev-x,y-zeros-y", "fwd-over-rev-y,x-zeros-y"):
        cell = next(cell for cell in prepared(case).cells if cell.id == name)
        x, around = float(cell.variant.inputs[0]), cell.variant.surroundings
        way = next(t for t in around.tangents if t)
        expected = around.weight * way / x  # d2/dxdy of x**y at y = 0 is 1 / x
        part = truth_at(case, name)
        assert part.exists.all()
        np.testing.assert_allclose(part.floats, expected, rtol=1e-12)


def test_a_reference_that_holds_elsewhere_only_is_no_truth() -> None:
    case = Case("other", lambda np: lambda x: np.cos(x), [REAL], shapes=[()], reference=lambda np: lambda x: np.sin(x))
    run = prepared(case)
    answer = run.truth(next(cell for cell in run.cells if cell.id == "vjp-x-zeros"))
    assert isinstance(answer, str)
    assert answer.startswith("another value")


def part_with(limits: list[list[Any]], exists: list[bool]) -> TruePart:
    rows = np.array(limits)
    nothing = np.zeros(rows.shape[1])
    place = np.arange(rows.shape[1])
    first = np.array([column[~np.isnan(column)][0] for column in rows.T])
    reasons = ("",) * rows.shape[1]
    found = Found(nothing.shape, place, first, nothing, nothing, nothing, reasons, rows, np.array(exists))
    return TruePart(found, place, reasons)


@pytest.mark.parametrize(
    ("limits", "exists", "right", "wrong"),
    [
        ([2.0, 2.0], True, [2.0], [0.0, NAN, INF, 2.001]),
        ([-1.0, 1.0], False, [-1.0, 0.0, 0.5, 1.0, NAN], [1.5, INF, -2.0]),
        ([INF, INF], False, [INF, NAN], [0.0, 1e300, -INF]),
        ([-INF, INF], False, [INF, -INF, NAN], [0.0, 1.0]),
        ([NAN, 3.0], True, [3.0], [0.0, NAN]),
        ([1j, 1.0], False, [1j, 1.0, 0.5 + 0.5j, NAN], [2j]),
    ],
)
def test_what_an_answer_may_be(limits: list[Any], exists: bool, right: list[Any], wrong: list[Any]) -> None:
    part = part_with([[limit] for limit in limits], [exists])
    for answer in right:
        assert not errors_of(np.array([answer]), part, Bound(16, 2e-16)).wrong.any(), answer
    for answer in wrong:
        assert errors_of(np.array([answer]), part, Bound(16, 2e-16)).wrong.all(), answer


def test_special_inputs_are_all_different_and_hold_one_argument_at_a_time() -> None:
    base = (np.array([1.5, -0.5]), np.array([2.5, 0.25]))
    made = dict(special_inputs(("x", "y"), base))
    assert {"zeros", "zeros-x", "zeros-y", "equal", "same", "infinite", "huge", "tiny", "whole-y"} <= set(made)
    assert "identity" not in made
    assert made["zeros-y"][0].tolist() == [1.5, -0.5]
    assert made["zeros-y"][1].tolist() == [0.0, 0.0]
    assert np.signbit(made["negative-zeros"][0]).all()
    assert len({tuple(x.tobytes() for x in inputs) for inputs in made.values()}) == len(made)


def test_a_square_matrix_has_repeated_spectra() -> None:
    made = dict(special_inputs(("a",), (np.array([[3.0, 1.0], [0.5, 2.0]]),)))
    assert made["repeated"][0].tolist() == [[2.0, 0.0], [0.0, 2.0]]
    assert np.linalg.matrix_rank(made["equal"][0]) == 1


def judged(case: Case, cell_id: str) -> str:
    """Return the state of Autograd in a cell."""
    run = prepared(case)
    cell: Cell = next(cell for cell in run.cells if cell.id == cell_id)
    return run.judged(cell, [Autograd()])[0].states[0][1]


def test_a_guard_that_is_right_as_a_number_only_is_found() -> None:
    kinked = Case("square", lambda np: lambda x: np.abs(-(x**2)), [REAL])
    assert judged(kinked, "vjp-x-zeros") == "right"
    assert judged(kinked, "rev-over-rev-x-zeros") == "wrong"  # 0, the second derivative is 2
    assert judged(kinked, "rev-over-rev-x-ones") == "right"


def test_a_run_at_special_points_says_who_is_wrong(pytester: pytest.Pytester) -> None:
    pytester.mkdir("comparisons").joinpath("kinks.py").write_text(
        "from graddiff import Case\nfrom graddiff.domains import REAL\n"
        "CASES = [Case('square', lambda np: lambda x: np.abs(-x**2), [REAL]),\n"
        "         Case('mixed', lambda np: lambda x, y: np.sin(x) * y, [REAL, REAL])]\n"
    )
    result = pytester.runpytest_subprocess("--graddiff", "comparisons", "--special", "--lib", "autograd")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*square: autograd wrong in * cells"])
    assert "mixed: autograd wrong" not in result.stdout.str()
    report = (pytester.path / "reports" / "report.txt").read_text()
    assert "special rev-over-rev" in report
