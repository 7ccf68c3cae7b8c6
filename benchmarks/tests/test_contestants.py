"""Tests that both libraries get the same work, and are counted alike; run by `pytest benchmarks/tests`."""

from functools import partial
from typing import Any

import numpy as np
import pytest
from benchmarks import contestants
from benchmarks.contestants import LIBRARIES
from comparisons.workloads import SCALAR_TANH, TIMED, Timed, elementwise

from graddiff import Case
from graddiff.domains import REAL
from graddiff.libraries import find_library


def square_plus_itself(x: Any) -> Any:
    return x * x + x


@pytest.mark.parametrize("library", LIBRARIES)
def test_counts_of_a_known_program(library: str) -> None:
    gradient = find_library(library).grad(square_plus_itself)
    counts = contestants.counts_of(partial(gradient, 3.0), library)
    assert counts["nodes"] == 3  # x, its square, the sum
    assert counts["additions"] == 2  # three cotangents reach x
    assert counts["calls"] > 3
    assert counts["peak bytes"] > 0


@pytest.mark.parametrize("library", LIBRARIES)
def test_counts_are_exact(library: str) -> None:
    call = contestants.call_of(Timed(SCALAR_TANH, order=2), library)
    first, second = contestants.counts_of(call, library), contestants.counts_of(call, library)
    assert {**first, "peak bytes": 0} == {**second, "peak bytes": 0}


def test_floor_is_the_function_without_its_derivatives() -> None:
    call = contestants.call_of(Timed(SCALAR_TANH, order=4), "floor")
    x = contestants.argument_of(SCALAR_TANH)
    assert call() == pytest.approx(np.tanh(x / 2))


def test_argument_is_a_float_or_an_array_of_the_size_of_the_case() -> None:
    assert type(contestants.argument_of(SCALAR_TANH)) is float
    assert contestants.argument_of(elementwise(10)).shape == (10,)


def test_names_of_workloads_are_unique() -> None:
    names = [contestants.name_of(timed) for timed in TIMED]
    assert len(set(names)) == len(names)


def test_wrong_gradient_is_not_timed() -> None:
    wrong = Case("off", lambda np, lib: lambda x: x * (3.0 + 1e-9 * (lib.name == "easygrad")), [REAL], [()])
    with pytest.raises(ArithmeticError, match="off is not timed: the gradients differ by 3"):
        contestants.agreed_calls(Timed(wrong))


def test_another_shape_or_nan_is_a_difference() -> None:
    assert not contestants.difference(np.ones(2), np.ones((2, 1))) <= 1
    assert not contestants.difference(np.nan, 1.0) <= 1
