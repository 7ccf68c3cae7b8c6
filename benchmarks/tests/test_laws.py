"""Tests of the fitted laws on costs that are known; run by `pytest benchmarks/tests`."""

import itertools
import random

import pytest
from benchmarks import laws
from benchmarks.paired import Ratio
from benchmarks.report import Row

SAME = Ratio(1.0, 1.0, 1.0, 0.0, 50)


def row(elements: int, floor: float, by_hand: float, easygrad: float) -> Row:
    seconds = {"floor": floor, "by hand": by_hand, "easygrad": easygrad, "autograd": 2 * easygrad}
    return Row(f"n{elements}", "", seconds, {"A/A": SAME}, elements=elements)


def test_known_law_is_found_through_noise() -> None:
    noise = random.Random(3)
    points = list(itertools.product([10, 100, 1_000], [0, 1e6, 1e8]))
    seconds = [(20e-6 + 2e-6 * nodes + 1e-10 * size) * noise.uniform(0.98, 1.02) for nodes, size in points]
    law = laws.fit(seconds, [nodes for nodes, _ in points], [size for _, size in points])
    assert law.node == pytest.approx(2e-6, rel=0.05)
    assert law.byte == pytest.approx(1e-10, rel=0.05)
    assert law.fixed == pytest.approx(20e-6, rel=0.25)
    assert law.error < 0.05


def test_term_that_explains_nothing_is_left_out() -> None:
    law = laws.fit([1e-6 * n for n in (10, 100, 1_000)], [10, 100, 1_000], [0, 0, 0])
    assert (law.fixed, law.byte) == (0, 0)
    assert law.node == pytest.approx(1e-6)


def test_two_columns_that_say_the_same_are_not_told_apart() -> None:
    """Of a function whose nodes are always 9, the law knows a fixed cost only."""
    law = laws.fit([5e-6 + 1e-9 * n for n in (1, 1_000, 1_000_000)], [9, 9, 9], [1, 1_000, 1_000_000])
    assert 0 in (law.fixed, law.node)
    assert law.fixed + 9 * law.node == pytest.approx(5e-6, rel=0.01)


def test_no_term_is_negative() -> None:
    law = laws.fit([1e-6, 5e-6, 30e-6], [1, 2, 3], [10, 10, 10])
    assert min(law.fixed, law.node, law.byte) >= 0
    assert law.error > 0.1  # and it says that it does not fit


def test_one_row_has_no_law() -> None:
    with pytest.raises(ValueError, match="1 rows have no law"):
        laws.fit([1.0], [1], [1])
    assert laws.law_of([row(1, 1, 1, 1)], "easygrad") is None


def test_crossover_lies_between_the_sizes_around_ten_percent() -> None:
    rows = [row(10, 1.0, 2.0, 3.0), row(100, 1.0, 2.0, 2.2), row(1_000, 1.0, 2.0, 2.05), row(10_000, 1.0, 2.0, 2.01)]
    size = laws.crossover(rows, "easygrad")
    assert size == pytest.approx(316, rel=0.01)  # halfway between 20 % and 5 %, on logarithmic axes
    assert laws.crossover(rows, "autograd") is None


def test_overhead_that_comes_back_is_no_crossover() -> None:
    rows = [row(10, 1.0, 2.0, 2.01), row(100, 1.0, 2.0, 2.5)]
    assert laws.crossover(rows, "easygrad") is None


def test_overhead_that_was_never_there_is_none_from_the_first_size() -> None:
    rows = [row(10, 1.0, 2.0, 2.01), row(100, 1.0, 2.0, 1.9)]
    assert laws.crossover(rows, "easygrad") == 10
    assert laws.overhead(rows[1], "easygrad") == pytest.approx(-0.1)
