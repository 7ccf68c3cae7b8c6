"""What the domains promise."""

import numpy as np
import pytest

from graddiff import domains
from graddiff.domains import Domain, generator

LIMITS = {
    "REAL": (-2.5, 2.5),
    "POSITIVE": (0.3, 3.0),
    "NEGATIVE": (-3.0, -0.3),
    "NONZERO": (-2.5, 2.5),
    "UNIT": (-1, 1),
    "ABOVE_ONE": (1.2, 4.0),
    "DISTINCT": (-3.0, 3.0),
    "PROBABILITY": (0, 1),
    "AWAY_FROM_INTEGERS": (-6, 6),
}


def draws(domain: Domain, shape: tuple[int, ...] = (6,)) -> list[np.ndarray]:
    return [domain.sample(generator("test", number), shape) for number in range(50)]


@pytest.mark.parametrize("name", LIMITS)
def test_samples_stay_inside_and_apart(name: str) -> None:
    low, high = LIMITS[name]
    for values in draws(getattr(domains, name)):
        assert values.shape == (6,)
        assert np.all((low < values) & (values < high))
        assert np.min(np.diff(np.sort(values))) > 1e-3


@pytest.mark.parametrize("name", ["REAL", "NONZERO"])
def test_zero_is_far(name: str) -> None:
    assert min(np.min(np.abs(values)) for values in draws(getattr(domains, name))) > 0.25


def test_integers_and_halves_are_far() -> None:
    for values in draws(domains.AWAY_FROM_INTEGERS):
        assert np.min(np.abs(2 * values - np.rint(2 * values))) > 0.19


def test_matrices() -> None:
    for values in draws(domains.SPD, (3, 3)):
        assert np.array_equal(values, values.T)
        assert np.min(np.linalg.eigvalsh(values)) > 0.05
    assert max(np.linalg.cond(values) for values in draws(domains.WELL_CONDITIONED, (2, 3, 3))[0]) < 10


def test_complex_points_are_off_the_axes() -> None:
    for values in draws(domains.COMPLEX):
        assert np.min(values.real) > 0.15
        assert np.min(np.abs(values.imag)) > 0.15


def test_the_same_words_give_the_same_numbers() -> None:
    assert generator("sin", "x").integers(1 << 30) == generator("sin", "x").integers(1 << 30)
    assert generator("sin", "x").integers(1 << 30) != generator("sin", "y").integers(1 << 30)


def test_integers_belong_to_their_domain() -> None:
    assert all(n > 1.2 for n in domains.ABOVE_ONE.integers)
    assert all(n > 0 for n in domains.POSITIVE.integers)
    assert 0 not in domains.REAL.integers + domains.NONZERO.integers
