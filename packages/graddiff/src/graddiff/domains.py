"""Where the inputs of a case come from: sets of numbers on which ordinary functions are smooth.

A domain is data: a name, a sampler, the integers that belong to it. To add one, write a sampler
`(generator, shape) -> array` and a `Domain` below. Keep the points away from kinks and poles, well apart
from each other, and off special values, so that no derivative is zero by accident or a matter of taste.
"""

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from graddiff.arrays import Array, Shape

Sampler = Callable[[np.random.Generator, Shape], Array]


@dataclass(frozen=True)
class Domain:
    """A set of inputs: `sample` draws an array of a shape, `integers` are its members among the integers.

    A domain without `integers` cannot feed the kinds "int" and "int array".
    """

    name: str
    sample: Sampler
    integers: tuple[int, ...] = ()

    def __repr__(self) -> str:
        return self.name


def generator(*words: object) -> np.random.Generator:
    """Return the random generator that belongs to these words: the same in every process and on every day."""
    return np.random.default_rng(crc32("|".join(map(str, words)).encode()))


def spread(rng: np.random.Generator, shape: Shape) -> Array:
    """Draw numbers of (0, 1), one from each of n equal parts, in random order: no two are close."""
    size = int(np.prod(shape, dtype=int))
    places = rng.permutation(size) + rng.uniform(0.15, 0.85, size)
    return np.asarray(places / max(size, 1)).reshape(shape)


def _interval(low: float, high: float) -> Sampler:
    return lambda rng, shape: np.round(low + (high - low) * spread(rng, shape), 4)


def _real(rng: np.random.Generator, shape: Shape) -> Array:
    """Draw from (-2.5, 2.5) without (-0.3, 0.3): both signs, never near 0."""
    places = 4.4 * spread(rng, shape) - 2.2
    return np.asarray(np.round(places + np.where(places < 0, -0.3, 0.3), 4))


def _away_from_integers(rng: np.random.Generator, shape: Shape) -> Array:
    """Draw numbers whose fractions lie in (0.1, 0.4) or (0.6, 0.9): no integer and no half is near."""
    whole = np.floor(10 * spread(rng, shape) - 5)
    half = rng.integers(0, 2, shape) / 2
    return np.asarray(np.round(whole + half + rng.uniform(0.1, 0.4, shape), 4))


def _complex(rng: np.random.Generator, shape: Shape) -> Array:
    """Draw from (0.2, 1.8) x (-1.5, 1.5), off both axes and off the branch cuts."""
    imaginary = 2.6 * spread(rng, shape) - 1.3
    imaginary = imaginary + np.where(imaginary < 0, -0.2, 0.2)
    return np.asarray(np.round(0.2 + 1.6 * spread(rng, shape), 4) + 1j * np.round(imaginary, 4))


def _integer(rng: np.random.Generator, shape: Shape) -> Array:
    return np.asarray(rng.permutation(int(np.prod(shape, dtype=int))) + 1).reshape(shape)


def _well_conditioned(rng: np.random.Generator, shape: Shape) -> Array:
    """Draw square matrices (the last two axes) near 3 times the identity."""
    return np.asarray(np.round(3 * np.eye(shape[-2], shape[-1]) + rng.uniform(-0.8, 0.8, shape), 4))


def _spd(rng: np.random.Generator, shape: Shape) -> Array:
    """Draw symmetric positive definite matrices (the last two axes) with eigenvalues well apart."""
    root = np.diag(np.arange(1.0, shape[-1] + 1)) + rng.uniform(-0.3, 0.3, shape)
    return np.asarray(np.round(root @ np.swapaxes(root, -1, -2), 4))


REAL = Domain("REAL", _real, integers=(-2, -1, 1, 2, 3))
POSITIVE = Domain("POSITIVE", _interval(0.3, 3.0), integers=(1, 2, 3, 4, 5))
NEGATIVE = Domain("NEGATIVE", _interval(-3.0, -0.3), integers=(-1, -2, -3, -4, -5))
NONZERO = Domain("NONZERO", _real, integers=(-3, -2, 2, 3, 5))
UNIT = Domain("UNIT", _interval(-0.9, 0.9))
ABOVE_ONE = Domain("ABOVE_ONE", _interval(1.2, 4.0), integers=(2, 3, 4, 5, 6))
DISTINCT = Domain("DISTINCT", _interval(-3.0, 3.0), integers=(-2, 5, 1, 3, -4))
PROBABILITY = Domain("PROBABILITY", _interval(0.05, 0.95))
AWAY_FROM_INTEGERS = Domain("AWAY_FROM_INTEGERS", _away_from_integers)
INTEGER = Domain("INTEGER", _integer, integers=(1, 2, 3, 4, 5))
COMPLEX = Domain("COMPLEX", _complex)
WELL_CONDITIONED = Domain("WELL_CONDITIONED", _well_conditioned)
SPD = Domain("SPD", _spd)
