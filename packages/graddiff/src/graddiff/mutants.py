"""Proof that a case can fail: spoilt truths must be rejected by the very bound that judges libraries.

A mutant takes the parts of a true answer, rounded to floats and flat, and their shapes, and returns spoilt
parts. To add one, write such a function and put it into `MUTANTS`. A mutant that changes nothing (the
reverse of a scalar) does not apply and does not count.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graddiff.arrays import Array
from graddiff.bound import Bound, Gate, joined
from graddiff.truth import TruePart

Parts = Sequence[Array]
Mutant = Callable[[Parts, Sequence[tuple[int, ...]]], Parts]


@dataclass(frozen=True)
class Score:
    """Which mutants apply to an answer, and which of them the bound rejects."""

    applicable: frozenset[str] = frozenset()
    killed: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{len(self.killed)}/{len(self.applicable)}"

    @property
    def survivors(self) -> list[str]:
        """The names of the mutants that the bound lets pass."""
        return [name for name in MUTANTS if name in self.applicable - self.killed]


def _dropped(part: Array) -> Array:
    """Set the largest element to zero."""
    spoilt = part.copy()
    if spoilt.size:
        spoilt[np.argmax(np.abs(spoilt))] = 0
    return spoilt


def _turned(part: Array, shape: tuple[int, ...]) -> Array:
    """Transpose a matrix whose elements are all there; reverse anything else."""
    whole = len(shape) == 2 and part.size == np.prod(shape)
    return part.reshape(shape).T.ravel() if whole and shape[0] == shape[1] else part[::-1]


def _swapped(parts: Parts) -> Parts:
    """Rotate the parts, where they are all of one size."""
    return [*parts[1:], parts[0]] if len({part.size for part in parts}) == 1 else parts


MUTANTS: Mapping[str, Mutant] = {
    "zeros": lambda parts, shapes: [0 * part for part in parts],
    "negated": lambda parts, shapes: [-part for part in parts],
    "times 1.0001": lambda parts, shapes: [1.0001 * part for part in parts],
    "times 2": lambda parts, shapes: [2 * part for part in parts],
    "transposed or reversed": lambda parts, shapes: [_turned(p, shape) for p, shape in zip(parts, shapes, strict=True)],
    "one element dropped": lambda parts, shapes: [_dropped(part) for part in parts],
    "arguments swapped": lambda parts, shapes: _swapped(parts),
}


def score(truth: Sequence[TruePart], bound: Bound) -> Score:
    """Apply every mutant to a true answer and see which ones the bound rejects."""
    parts, shapes = [part.floats for part in truth], [part.shape for part in truth]
    whole, gate = joined(parts), Gate(truth, bound)
    applicable, killed = set(), set()
    for name, mutant in MUTANTS.items():
        spoilt = joined(mutant(parts, shapes))
        if np.array_equal(spoilt, whole):
            continue
        applicable.add(name)
        if gate.rejects(spoilt):
            killed.add(name)
    return Score(frozenset(applicable), frozenset(killed))


def combined(scores: Sequence[Score]) -> Score:
    """Return the score of several answers: a mutant is killed if each answer it applies to rejects it."""
    applicable = frozenset().union(*(entry.applicable for entry in scores))
    survivors = frozenset().union(*(entry.applicable - entry.killed for entry in scores))
    return Score(applicable, applicable - survivors)
