"""Tests that all contestants get the same work, and are counted alike; run by `pytest benchmarks/tests`."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from benchmarks import contestants
from benchmarks.contestants import BY_HAND, FLOOR, FORWARD, LIBRARIES
from benchmarks.workloads import ALL, BY_NAME, GROUPS, HEADLINE, name_of
from comparisons.models import Timed, mlp
from comparisons.workloads import SCALAR_TANH, elementwise, elementwise_by_hand

from graddiff import Case
from graddiff.domains import REAL
from graddiff.libraries import find_library

SMALL_MLP = Timed(mlp.case(4, (5, 4, 3)), by_hand=mlp.gradient(4, (5, 4, 3)), keys=mlp.KEYS)


def square_plus_itself(x: Any) -> Any:
    return x * x + x


def product_rule(x: Any) -> Any:
    """Use x 4 times, y twice and z once."""
    y = x * x
    z = y * x
    return z * (y + x)


@pytest.mark.parametrize("library", LIBRARIES)
def test_counts_of_a_known_program(library: str) -> None:
    gradient = find_library(library).grad(square_plus_itself)
    counts = contestants.counts_of(partial(gradient, 3.0), library)
    assert counts["nodes"] == 3  # x, its square, the sum
    assert counts["primitive calls"] == 2
    assert counts["additions"] == 2  # three cotangents reach x
    assert counts["calls"] > 3
    assert counts["bytes"] < 1000  # no array
    assert counts["peak bytes"] > 0


@pytest.mark.parametrize("library", LIBRARIES)
def test_additions_are_counted_at_every_node(library: str) -> None:
    gradient = find_library(library).grad(product_rule)
    counts = contestants.counts_of(partial(gradient, 3.0), library)
    assert counts["nodes"] == 5
    assert counts["additions"] == 3 + 1  # four cotangents reach x, two reach y


@pytest.mark.parametrize("library", LIBRARIES)
def test_inner_derivatives_are_counted_too(library: str) -> None:
    grad = find_library(library).grad
    once = contestants.counts_of(partial(grad(square_plus_itself), 3.0), library)
    twice = contestants.counts_of(partial(grad(grad(square_plus_itself)), 3.0), library)
    for name in ("nodes", "primitive calls"):
        assert twice[name] >= 2 * once[name]


@pytest.mark.parametrize("library", LIBRARIES)
def test_counts_are_exact(library: str) -> None:
    call = contestants.call_of(Timed(SCALAR_TANH, order=2), library)
    first, second = contestants.counts_of(call, library), contestants.counts_of(call, library)
    inexact = {"bytes": 0, "peak bytes": 0}
    assert {**first, **inexact} == {**second, **inexact}


def test_floor_is_the_function_without_its_derivatives() -> None:
    call = contestants.call_of(Timed(SCALAR_TANH, order=4), FLOOR)
    (x,) = contestants.given(Timed(SCALAR_TANH))
    assert call() == pytest.approx(np.tanh(x / 2))


def test_forward_records_and_stops() -> None:
    called: list[str] = []

    def noted(np: Any) -> Any:
        def function(x: Any) -> Any:
            called.append(type(x).__name__)
            return np.sum(x * x)

        return function

    timed = Timed(Case("noted", noted, [REAL]))
    for library in LIBRARIES:
        assert contestants.call_of(timed, library + FORWARD)() is None
    assert called == ["Box", "ArrayBox"]
    assert contestants.call_of(timed, "autograd")() is not None  # the exception has left nothing behind


def test_all_contestants_agree_over_a_dict_of_weights() -> None:
    calls = contestants.agreed_calls(SMALL_MLP)
    assert list(calls) == [FLOOR, BY_HAND, *LIBRARIES, *(library + FORWARD for library in LIBRARIES)]
    found: Any = calls["easygrad"]()
    assert set(found) == set(mlp.KEYS)


def test_argument_is_a_float_or_an_array_of_the_size_of_the_case() -> None:
    (scalar,), (array,) = contestants.given(Timed(SCALAR_TANH)), contestants.given(Timed(elementwise(10)))
    assert type(scalar) is float
    assert array.shape == (10,)


def test_names_of_workloads_are_unique() -> None:
    names = [workload.name for workload in ALL]
    assert len(set(names)) == len(names)


def test_headline_rows_come_first_with_their_aims() -> None:
    assert [workload.name for workload in ALL if workload.headline] == HEADLINE
    assert [workload.name for workload in ALL[: len(HEADLINE)]] == HEADLINE
    assert all(BY_NAME[name].aim == aim for aim, names in GROUPS.values() for name in names)


def off_by(error: float) -> Case:
    return Case("off", lambda np, lib: lambda x: x * (3.0 + error * (lib.name == "easygrad")), [REAL], [()])


def test_wrong_gradient_is_not_timed() -> None:
    with pytest.raises(ArithmeticError, match="off is not timed: easygrad and autograd differ by 3"):
        contestants.agreed_calls(Timed(off_by(1e-9)))


def test_wrong_gradient_by_hand_is_not_timed() -> None:
    wrong = Timed(elementwise(3), by_hand=lambda x: elementwise_by_hand(x) * (1 + 1e-9))
    with pytest.raises(ArithmeticError, match="elementwise_3 is not timed: easygrad and by hand differ by 1"):
        contestants.agreed_calls(wrong)


def test_tolerance_grows_with_the_order_alone() -> None:
    first = Timed(off_by(0.0))
    contestants.check(replace(first, order=3), "other", 1.0 + 5e-9, 1.0)
    with pytest.raises(ArithmeticError, match="differ by 5"):
        contestants.check(replace(first, order=2), "other", 1.0 + 5e-9, 1.0)


def test_another_shape_or_nan_is_a_difference() -> None:
    assert not contestants.difference(np.ones(2), np.ones((2, 1))) <= 1
    assert not contestants.difference(np.nan, 1.0) <= 1
    assert not contestants.difference((1.0, np.nan), (1.0, 1.0)) <= 1


def test_gradient_of_zeros_is_compared_too() -> None:
    assert contestants.difference(np.zeros(2), np.zeros(2)) == 0
    assert contestants.difference(np.ones(2), np.zeros(2)) == 1


def test_missing_gradient_by_hand_is_refused() -> None:
    with pytest.raises(LookupError, match="nested_closures has no gradient by hand"):
        contestants.call_of(BY_NAME["nested_closures"].timed, BY_HAND)


def test_name_tells_the_order() -> None:
    assert name_of(Timed(SCALAR_TANH, order=3)) == "scalar_tanh_order_3"
