"""The derivatives of the special functions keep to the accuracy that is stated for them; mpmath is the referee."""

import pytest

from .accuracy import ROWS, worst_errors
from .counts import differentiable


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_errors_keep_to_their_bounds(row):
    for first, second in worst_errors(row, 4):
        assert first <= row.bound
        assert second <= row.second_bound


def test_every_function_has_a_row():
    assert {row.name for row in ROWS} == set(differentiable("special"))
