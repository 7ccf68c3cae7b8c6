"""What the referee finds for a cell, and how far that moves: with the inputs, and with the rounding of each operation.

Both sensitivities cost eight answers of the referee, where the truth itself costs two. They decide nothing as long as
an answer is within the plain bound, so they are computed when they are first asked for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from graddiff.arrays import Array
from graddiff.cells import Cell
from graddiff.evaluation import OF_THE_SHAPE_OF_THE_VALUE, RELATIVE_STEP, Derivation, distance, magnitude
from graddiff.numbers import Rounding
from graddiff.referee import Referee

SIGN_VECTORS = 8
RESOLUTION = 1e-33  # of the value of the function: what a difference of numbers of 60 digits can tell from 0


@dataclass(frozen=True, eq=False)
class Found:
    """One part of an answer in all coordinates that the referee looked at.

    `floats` and `rests` add up to the true numbers. `spread` is an estimate of the sensitivity to the inputs that costs
    nothing; `unseen` is the largest number that a difference could have taken for 0; `reasons` say why there is no
    derivative in a coordinate, and are "" where there is one. At a special point there are `limits` from several
    sides, one row for each, and `exists` says where they make a derivative.
    """

    shape: tuple[int, ...]
    coordinates: Array
    floats: Array
    rests: Array
    spread: Array
    unseen: Array
    reasons: tuple[str, ...]
    limits: Array | None = None
    exists: Array | None = None


@dataclass(eq=False)
class TrueAnswer:
    """All parts of the true answer to a cell; what is smaller than RESOLUTION times `noise` is taken for 0."""

    cell: Cell
    referee: Referee
    parts: Sequence[Found]
    noise: float

    @cached_property
    def to_inputs(self) -> list[Array]:
        """By how much the answer moves when all inputs move by a relative 1e-6, per unit of that."""
        derivation = Derivation.of(self.cell, self.referee)
        start = derivation.start()
        return self._largest(lambda number: derivation.answer(start.perturbed(self.cell, number)), self._without_noise)

    @cached_property
    def to_rounding(self) -> list[Array]:
        """By how much the answer moves when every operation is off by a relative 1e-6, per unit of that.

        It is found like `to_inputs`, and knows no library either. It is large where the truth is what a cancellation
        leaves, and never smaller than the natural size of a derivative that is identically 0.
        """

        def answer(number: int) -> list[Array]:
            derivation = Derivation.of(self.cell, self.referee.rough(Rounding(RELATIVE_STEP, number)))
            return derivation.answer(derivation.start())

        found = self._largest(answer, lambda values: values)
        return [np.maximum(spread, self._natural_size(i)) for i, spread in enumerate(found)]

    def _largest(self, answer: Callable[[int], list[Array]], cleaned: Callable[[Array], Array]) -> list[Array]:
        largest = [np.zeros(len(part.floats)) for part in self.parts]
        for number in range(SIGN_VECTORS):
            for i, values in enumerate(answer(number)):
                part = self.parts[i]
                change = distance(part.floats, part.rests, cleaned(values)) / RELATIVE_STEP
                largest[i] = np.maximum(largest[i], change)
        return largest

    def _without_noise(self, values: Array) -> Array:
        return np.where(magnitude(values) < RESOLUTION * self.noise, 0 * values, values)

    def _natural_size(self, index: int) -> Array:
        """Return the natural size of a derivative that is identically 0, and 0 for any other.

        A rule may find such a 0 as the difference of two quotients (for a product, `ans / x`), and rounding leaves a
        share of these: the value over the inputs, times the tangents. It scales with both: it is no absolute floor.
        Where an input is 0 there is no such size.
        """
        cell, variant = self.cell, self.cell.variant
        part = self.parts[index]
        vanishes = (part.floats == 0) & (self.to_inputs[index] == 0)
        if cell.order == 0 or not np.any(vanishes):
            return np.zeros(len(vanishes))
        size = float(np.sum(np.abs(np.asarray(variant.weight) * np.asarray(variant.value))))
        for way in _ways(cell):
            size *= max(_relative(t, x) for t, x in zip(way, variant.inputs, strict=True))
        by_argument = cell.aspect not in OF_THE_SHAPE_OF_THE_VALUE
        x = np.ravel(variant.inputs[cell.argnums[index]])[part.coordinates] if by_argument else np.ones(len(vanishes))
        with np.errstate(divide="ignore"):
            return np.where(vanishes & (x != 0), size / np.abs(x), 0.0)


def _ways(cell: Cell) -> list[tuple[Any, ...]]:
    """Return the tangents of each order of differentiation beyond the gradient."""
    variant = cell.variant
    if cell.aspect in ("jvp", "fwd-over-fwd"):
        return [variant.tangents, variant.seconds][: cell.order]
    ones = tuple(np.ones(np.shape(x)) for x in variant.inputs)
    return [ones if cell.aspect == "order" else variant.tangents] * (cell.order - 1)


def _relative(tangent: Any, x: Any) -> float:
    """Return the largest tangent per unit of the input; inputs that are 0 have none."""
    t, x = np.abs(np.ravel(tangent)), np.abs(np.ravel(x))
    return float(np.max(t[x > 0] / x[x > 0], initial=0.0))
