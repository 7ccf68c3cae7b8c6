"""Each planted transformation of a truth is diagnosed as that pattern, and a random wrong answer as none."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from graddiff.arrays import Array
from graddiff.diagnosis import PATTERNS, Clue, diagnose, diagnose_shape

EPS = float(np.finfo(float).eps)
SEEDS = range(10)


def drawn(seed: int, shape: tuple[int, ...], dtype: str = "float64") -> Array:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=shape) + np.sign(rng.normal(size=shape))
    return values + 1j * rng.normal(size=shape) if dtype == "complex128" else values


def clue_of(answer: Array, truth: Array, **more: Any) -> Clue:
    """Return the clue of an answer that was computed with a few rounding errors."""
    allowed = 32 * EPS * np.abs(truth).ravel()
    answer = (answer * (1 + 3 * EPS)).ravel()
    wrong = ~(np.abs(answer - truth.ravel()) <= allowed)
    return Clue(truth.shape, answer, truth.ravel(), allowed, wrong, **more)


def pattern(answer: Array, truth: Array, **more: Any) -> str | None:
    found = diagnose(clue_of(answer, truth, **more))
    assert found is None or found.pattern in PATTERNS
    return found.pattern if found else None


def one(change: Callable[[Any], Any]) -> Callable[[Array], Array]:
    """Return a fault that changes one element only."""

    def fault(truth: Array) -> Array:
        answer = truth.copy()
        answer.flat[1] = change(answer.flat[1])
        return answer

    return fault


PLANTED: list[tuple[str, Callable[[Array], Array], tuple[int, ...]]] = [
    ("zeros", lambda t: 0 * t, (3,)),
    ("negated", lambda t: -t, (3,)),
    ("negated", lambda t: -t, ()),
    ("doubled", lambda t: 2 * t, (2, 3)),
    ("halved", lambda t: t / 2, (3,)),
    ("constant factor", lambda t: 4 * t, (3,)),
    ("constant factor", lambda t: t * 2 / 3, ()),
    ("constant factor", lambda t: 1.0001 * t, (3,)),
    ("constant factor", lambda t: np.pi * t, (3,)),
    ("masked", one(lambda x: 0.0), (5,)),
    ("nan where finite", one(lambda x: np.nan), (5,)),
    ("nan where finite", lambda t: t * np.inf, (5,)),
    ("negated", one(lambda x: -x), (5,)),
    ("one element", one(lambda x: x + 0.123456), (5,)),
    ("transposed", lambda t: t.T, (3, 3)),
    ("transposed", lambda t: -t.T, (3, 3)),
    ("transposed", lambda t: np.swapaxes(t, -1, -2), (2, 3, 3)),
    ("transposed", lambda t: t.T.reshape(t.shape), (2, 3)),
    ("reversed", lambda t: t[::-1], (4,)),
    ("reversed", lambda t: t[:, ::-1], (2, 4)),
    ("reversed", lambda t: t[::-1, ::-1], (3, 4)),
    ("shifted", lambda t: np.roll(t, 1), (4,)),
    ("shifted", lambda t: np.roll(t, -1, 1), (2, 4)),
    ("summed", lambda t: np.sum(t, 0, keepdims=True) + 0 * t, (2, 3)),
    ("summed", lambda t: np.sum(t) + 0 * t, (2, 3)),
    ("averaged", lambda t: np.mean(t, 1, keepdims=True) + 0 * t, (2, 3)),
    ("accumulated", lambda t: np.cumsum(t, 1), (2, 3)),
    ("permuted", lambda t: t[[2, 0, 1, 4, 3]], (5,)),
    ("lower precision", lambda t: t.astype(np.float32).astype(float), (6,)),
    ("digits lost", lambda t: t * (1 + 1e-5 * np.arange(1, 7) ** 2), (6,)),
    ("digits lost", lambda t: t * (1 + 1e-12 * np.arange(1, 7) ** 2), (6,)),
]


@pytest.mark.parametrize(("name", "fault", "shape"), PLANTED)
def test_a_planted_pattern_is_found(name: str, fault: Callable[[Array], Array], shape: tuple[int, ...]) -> None:
    for seed in SEEDS:
        truth = drawn(seed, shape)
        assert pattern(fault(truth), truth) == name


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("conjugated", np.conj),
        ("conjugated", lambda t: -np.conj(t)),
        ("real part only", np.real),
        ("negated", lambda t: -t),
        ("constant factor", lambda t: 1j * t),
    ],
)
def test_planted_in_complex_numbers(name: str, fault: Callable[[Array], Array]) -> None:
    for seed in SEEDS:
        truth = drawn(seed, (3,), "complex128")
        assert pattern(fault(truth) + 0j, truth) == name


@pytest.mark.parametrize("shape", [(), (3,)])
@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("times an input", lambda t, x: t * x),
        ("times an input", lambda t, x: -t * x),
        ("over an input", lambda t, x: t / x),
        ("over an input", lambda t, x: 2 * t / x**2),
    ],
)
def test_times_and_over_an_input(name: str, fault: Callable[[Array, Array], Array], shape: tuple[int, ...]) -> None:
    for seed in SEEDS:
        truth, x = drawn(seed, shape), np.abs(drawn(seed + 100, shape))
        assert pattern(fault(truth, x), truth, factors={"x": x.ravel()}) == name


def test_the_sentence_names_the_factor_and_the_share() -> None:
    truth = drawn(1, (3, 4))
    told = [diagnose(clue_of(fault * truth, truth)) for fault in (4, -0.5, 2 / 3, 2**45 / 3)]
    numbers = ("4", "-1/2", "2/3", "1.17281e+13")
    assert [d.text for d in told if d] == [f"12 of 12 elements = {c} x truth" for c in numbers]


def test_a_mean_instead_of_a_sum_is_told_by_the_length_of_an_axis() -> None:
    truth = drawn(1, (2, 3))
    found = diagnose(clue_of(truth / 3, truth, lengths=(2, 3)))
    assert found is not None
    assert found.pattern == "mean instead of sum"
    assert found.text == "6 of 6 elements = 1/3 x truth (3 elements lie along an axis: a mean instead of a sum?)"


def test_ties_halved_is_said_only_where_inputs_are_equal() -> None:
    truth, x = drawn(1, (4,)), np.array([1.0, 2.0, 2.0, 3.0])
    halved = truth * np.where(x == 2.0, 0.5, 1.0)
    assert pattern(halved, truth, factors={"x": x}) == "ties halved"
    assert pattern(halved, truth, factors={"x": np.arange(4.0)}) == "halved"


def test_swapped_arguments() -> None:
    truth, other = drawn(1, (3,)), drawn(2, (3,))
    assert pattern(other, truth, others={"y": other}) == "swapped arguments"
    assert pattern(other, truth) is None


def test_a_mask_that_was_ignored() -> None:
    truth = np.array([1.5, 0.0, 2.5, 0.0])
    assert pattern(np.array([1.5, 0.3, 2.5, 0.4]), truth) == "not masked"
    found = diagnose(clue_of(np.array([1.0, 0.3, 5 / 3, 0.4]), truth))
    assert found is not None
    assert found.text == "2 of 4 elements are not 0 where the truth is 0; 2 of 4 elements = 2/3 x truth"


@pytest.mark.parametrize("shape", [(), (1,), (2,), (3,), (2, 2), (2, 3), (2, 3, 3)])
@pytest.mark.parametrize("dtype", ["float64", "complex128"])
def test_a_random_wrong_answer_has_no_pattern(shape: tuple[int, ...], dtype: str) -> None:
    for seed in range(50):
        truth, answer, x = (drawn(seed + k, shape, dtype) for k in (0, 1000, 2000))
        others = {"y": drawn(seed + 3000, shape, dtype).ravel()}
        assert pattern(answer, truth, factors={"x": x.ravel()}, others=others, lengths=(2, 3, 6)) is None


@pytest.mark.parametrize("size", [1e-1, 1e-2])
def test_a_random_disturbance_has_no_pattern(size: float) -> None:
    for seed in range(50):
        truth = drawn(seed, (2, 3))
        assert pattern(truth * (1 + size * drawn(seed + 1000, (2, 3))), truth) is None


def test_a_right_answer_has_none() -> None:
    truth = drawn(1, (3,))
    assert pattern(truth, truth) is None


@pytest.mark.parametrize(
    ("name", "answer", "truth"),
    [
        ("missing sum over broadcast axes", drawn(1, (2, 3)), np.sum(drawn(1, (2, 3)), 0)),
        ("missing sum over broadcast axes", drawn(1, (2, 3)), np.sum(drawn(1, (2, 3)), 1, keepdims=True)),
        ("missing sum over broadcast axes", drawn(1, (2, 3)), np.asarray(np.sum(drawn(1, (2, 3))))),
        ("transposed", drawn(1, (2, 3)).T, drawn(1, (2, 3))),
        ("same numbers", drawn(1, (2, 3)).ravel(), drawn(1, (2, 3))),
        ("same numbers", drawn(1, (2, 3))[:, None], drawn(1, (2, 3))),
        ("too large", np.diag(np.arange(1.0, 4.0))[:3, :3], np.diag(np.arange(1.0, 4.0))[:2, :3]),
        (None, drawn(1, (2, 3)), drawn(2, (3,))),
        (None, drawn(1, (2,)), drawn(2, (3,))),
    ],
)
def test_wrong_shapes(name: str | None, answer: Array, truth: Array) -> None:
    found = diagnose_shape(answer, truth, 32 * EPS * np.abs(truth))
    assert (found.pattern if found else None) == name


def test_every_pattern_of_the_list_was_planted() -> None:
    elsewhere = {"ties halved", "mean instead of sum", "conjugated", "real part only", "times an input"}
    elsewhere |= {"over an input", "swapped arguments", "not masked"}
    shapes = {"missing sum over broadcast axes", "same numbers", "too large"}
    assert {name for name, _, _ in PLANTED} | elsewhere | shapes == set(PATTERNS)
