"""The truth of a cell: sampled coordinates, kinks, values that do not fit."""

from typing import Any

import numpy as np
import pytest

from graddiff import Case
from graddiff.cases import Sources
from graddiff.cells import Cell
from graddiff.domains import REAL, Domain
from graddiff.evaluation import coordinates
from graddiff.referee import AbstainError, Referee
from graddiff.run import CaseRun
from graddiff.truth import settled, true_answer, with_rounding

ZERO = Domain("ZERO", lambda rng, shape: np.zeros(shape))


def cell_of(case: Case, aspect: str) -> Cell:
    cells = CaseRun.prepare(case, "f.py", Sources(), Referee()).cells
    return next(cell for cell in cells if cell.aspect == aspect)


def truth(case: Case, aspect: str = "vjp") -> Any:
    return settled(true_answer(cell_of(case, aspect), Referee()))


@pytest.mark.parametrize("function", [np.abs, np.floor, lambda x: np.maximum(x, 0 * x)])
def test_at_a_kink_the_referee_abstains(function: Any) -> None:
    with pytest.raises(AbstainError, match="kink"):
        truth(Case("kink", lambda np: function, [ZERO]))


def test_a_function_that_objects_cannot_run_is_an_abstention_that_names_reference() -> None:
    case = Case("la", lambda np: lambda x: np.logaddexp(x, 1.0), [REAL])
    with pytest.raises(AbstainError, match="reference="):
        truth(case)


def test_a_reference_stands_in() -> None:
    reference = lambda np: lambda x: np.log(np.exp(x) + np.exp(1.0))  # noqa: E731  # as cases write it
    case = Case("la", lambda np: lambda x: np.logaddexp(x, 1.0), [REAL], reference=reference)
    assert truth(case)[0].floats.size == 3


def test_a_wrong_reference_is_an_abstention() -> None:
    case = Case("sin", lambda np: lambda x: np.sin(x), [REAL], reference=lambda np: lambda x: np.cos(x))
    with pytest.raises(AbstainError, match="another value"):
        truth(case)


def test_a_function_that_is_silently_wrong_for_object_arrays_is_noticed() -> None:
    """Before NumPy 2.5 `np.imag` was one: 0 for any array of objects."""
    case = Case("imag", lambda np: lambda x: 0 * x if x.dtype == object else np.imag(np.exp(1j * x)), [REAL])
    with pytest.raises(AbstainError, match="another value"):
        truth(case)


def test_of_many_inputs_32_are_sampled() -> None:
    case = Case("big", lambda np: lambda x: np.sum(x * x), [REAL], shapes=[(201,)])
    part = truth(case)[0]
    assert len(part.floats) == 32
    x = cell_of(case, "vjp").variant.inputs[0]
    weight = cell_of(case, "vjp").variant.weight
    np.testing.assert_allclose(part.floats, 2 * weight * x[part.coordinates])


def test_up_to_200_inputs_all_are_checked() -> None:
    assert len(coordinates((200,), "id")) == 200


def test_a_derivative_that_is_zero_is_exactly_zero() -> None:
    part = truth(Case("zero", lambda np: lambda x: np.sin(x) ** 2 + np.cos(x) ** 2 + 0 * x, [REAL]))[0]
    assert np.all(part.magnitude == 0)


def test_high_orders_of_a_function_that_is_not_elementwise() -> None:
    case = Case("prod", lambda np: lambda x: np.prod(x) * x[0], [REAL], orders=(3,))
    (part,) = truth(case, "order")
    x, y, z = cell_of(case, "order").variant.inputs[0]
    # along (1, 1, 1) the second derivative of x*x*y*z is 2yz + 4xz + 4xy + 2xx; this is its gradient
    np.testing.assert_allclose(part.floats, [4 * (x + y + z), 4 * x + 2 * z, 4 * x + 2 * y], rtol=1e-12)


@pytest.mark.parametrize("aspect", ["vjp", "jvp"])
def test_the_step_does_not_vanish_beside_a_large_input(aspect: str) -> None:
    huge = Domain("HUGE", lambda rng, shape: np.full(shape, 1e200))
    cell = cell_of(Case("quotient", lambda np: lambda x: 1e200 / x, [huge]), aspect)
    (part,) = settled(true_answer(cell, Referee()))
    direction = cell.variant.weight if aspect == "vjp" else cell.variant.tangents[0]
    np.testing.assert_allclose(part.floats, -1e-200 * direction, rtol=1e-15)


def test_the_error_of_a_difference_is_not_taken_for_a_derivative() -> None:
    zeros = Domain("ZEROS", lambda rng, shape: np.array([0.0, 0.0, 2.0]))
    part = truth(Case("prod", lambda np: lambda x: np.prod(x), [zeros]), "jvp")[0]
    assert np.all(part.magnitude == 0)


def rounding_of(case: Case, aspect: str = "vjp") -> Any:
    cell = cell_of(case, aspect)
    (part,) = with_rounding(settled(true_answer(cell, Referee())))
    return part, cell.variant


def test_rounding_of_one_operation_moves_its_derivative_by_as_much() -> None:
    part, _ = rounding_of(Case("exp", lambda np: lambda x: np.exp(x), [REAL]), "jvp")
    np.testing.assert_allclose(part.rounding, part.magnitude, rtol=1e-5)


@pytest.mark.parametrize("aspect", ["vjp", "jvp", "rev-over-rev", "fwd-over-fwd", "order"])
def test_rounding_is_what_a_cancellation_leaves(aspect: str) -> None:
    case = Case("one", lambda np: lambda x: np.sin(x) ** 2 + np.cos(x) ** 2, [REAL], orders=(1, 2, 3))
    part, _ = rounding_of(case, aspect)
    assert np.all(part.magnitude == 0)
    assert np.all(part.cond == 0)
    assert np.all((part.rounding > 0.1) & (part.rounding < 100))


def test_rounding_sees_into_nested_derivatives() -> None:
    case = Case(
        "nest", lambda np, lib: lambda x: lib.grad(lambda y: np.sin(y) ** 2 + np.cos(y) ** 2)(x), [REAL], shapes=[()]
    )
    part, _ = rounding_of(case)
    assert np.all(part.magnitude == 0)
    assert np.all(part.rounding > 0.1)


def test_single_elements_without_a_derivative_are_left_out() -> None:
    one_zero = Domain("ONE_ZERO", lambda rng, shape: np.array([1.0, 0.0, 2.0]))
    (part,) = truth(Case("abs", lambda np: lambda x: np.abs(x), [one_zero]))
    assert list(part.coordinates) == [0, 2]
    assert len(part.floats) == len(part.cond) == 2
    assert len(part.unsettled) == 1
    assert part.unsettled[0].startswith("kink: ")


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
@pytest.mark.parametrize(("aspect", "order"), [("vjp", 0), ("jvp", 0), ("rev-over-rev", 1), ("fwd-over-fwd", 1)])
def test_a_derivative_that_vanishes_has_a_size_that_scales_with_the_function(
    scale: float, aspect: str, order: int
) -> None:
    vanishing = [lambda np: lambda x: scale * np.floor(x), lambda np: lambda x: scale * x][order]
    part, _ = rounding_of(Case("flat", vanishing, [REAL]), aspect)
    assert np.all(part.magnitude == 0)
    assert np.all((part.rounding > scale * 0.1) & (part.rounding < scale * 1e3))


def test_a_derivative_that_does_not_vanish_has_no_such_size() -> None:
    far = Domain("FAR", lambda rng, shape: np.full(shape, 19.0))
    part, _ = rounding_of(Case("tanh", lambda np: lambda x: np.tanh(x), [far]))
    assert np.all(part.rounding < 1e2 * part.magnitude)


FAR_APART = Domain("FAR_APART", lambda rng, shape: np.linspace(-100.0, 100.0, shape[0]))
SOFTMAX = Case(
    "lse", lambda np: lambda x: np.log(np.sum(np.exp(x - np.max(x)))) + np.max(x), [FAR_APART], shapes=[(6,)]
)


def test_where_a_difference_sees_nothing_the_referee_abstains(vjp_record: Any, toy: Any) -> None:
    record = vjp_record([toy("right"), toy("other")], SOFTMAX)
    assert record["verdict"] == "referee abstains"
    assert set(record["states"].values()) == {"right"}
    assert record["abstains"] == "tiny"
    assert "(4 of 6 elements)" in record["detail"]


def test_it_abstains_from_what_is_too_small_only(vjp_record: Any, toy: Any) -> None:
    off = toy("off", lambda g: g + 0.01)
    record = vjp_record([off, toy("other")], SOFTMAX)
    assert record["verdict"] == "off wrong"
    assert record["states"]["other"] == "right"  # also where its answer is too small to be told from 0
    small = toy("small", lambda g: g + 1e-30)
    zero = Case("zero", lambda np: lambda x: 0 * x, [REAL])
    assert vjp_record([small, toy("other")], zero)["verdict"] == "small wrong"
    assert vjp_record([toy("right"), toy("other")], zero)["verdict"] == "agree"


def test_answers_that_are_too_small_everywhere_leave_no_truth(vjp_record: Any, toy: Any) -> None:
    far = Domain("FAR", lambda rng, shape: np.full(shape, 200.0))
    record = vjp_record([toy("right"), toy("other")], Case("tanh", lambda np: lambda x: np.tanh(x), [far]))
    assert (record["verdict"], record["abstains"]) == ("referee abstains", "tiny")
