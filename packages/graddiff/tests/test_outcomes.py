"""What is recorded about a library."""

from typing import Any

import numpy as np
import pytest

from graddiff.outcomes import kind_of, record


def test_a_changed_input_is_noticed() -> None:
    def compute(x: Any) -> list[Any]:
        x += 1
        return [x]

    assert record("toy", compute, [np.zeros(2)]).inputs_changed


def test_other_bits_at_the_second_call_are_noticed() -> None:
    calls = iter([1.0, 1.0 + 2**-52])
    assert not record("toy", lambda x: [x * next(calls)], [np.ones(2)]).repeatable


@pytest.mark.parametrize("error", [NotImplementedError("no rule"), AttributeError("module 'np' has no x")])
def test_a_missing_rule_or_name_is_unsupported(error: Exception) -> None:
    def compute(x: Any) -> list[Any]:
        raise error

    assert record("toy", compute, [1.0]).unsupported


def test_another_error_is_recorded_with_its_first_line() -> None:
    def compute(x: Any) -> list[Any]:
        raise ValueError("first\nsecond")

    outcome = record("toy", compute, [1.0])
    assert (outcome.error, outcome.message, outcome.unsupported) == ("ValueError", "first", False)


def test_warnings_of_a_library_are_no_errors() -> None:
    assert record("toy", lambda x: [1 / np.zeros(2)], [1.0]).parts[0].shape == (2,)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (1.0, "float"),
        (1, "int"),
        (np.float64(1), "np.float64"),
        (np.array(1.0), "0-d"),
        (np.ones(1), "array"),
    ],
)
def test_kinds(value: object, kind: str) -> None:
    assert kind_of(value) == kind


def test_an_error_that_names_an_object_in_memory_reads_the_same_in_each_run() -> None:
    def compute(x: Any) -> list[Any]:
        raise TypeError(f"cannot add {object()!r} to {object()!r}")

    assert record("toy", compute, [1.0]).message == "cannot add <object object> to <object object>"
