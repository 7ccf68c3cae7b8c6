"""How the referee computes the answer to one cell, at the inputs of the cell or near them.

Every other file asks the referee through `Derivation`: the truth itself, the second opinion with larger steps, and the
answers at inputs that were moved a little.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from graddiff.arrays import Array, Function
from graddiff.cells import Cell, is_elementwise
from graddiff.domains import generator
from graddiff.numbers import to_float, to_pairs
from graddiff.referee import STEP_DIGITS, Referee

OF_THE_SHAPE_OF_THE_VALUE = ("value", "jvp", "fwd-over-fwd")
MOST_COORDINATES = 200
SAMPLED_COORDINATES = 32
RELATIVE_STEP = 1e-6
SHIFT = 100 * 10.0**-STEP_DIGITS


@dataclass(frozen=True)
class Inputs:
    """What a derivative depends on: the inputs, the cotangent, two sets of tangents."""

    args: tuple[Any, ...]
    weight: Any
    tangents: tuple[Any, ...]
    seconds: tuple[Any, ...]

    def mapped(self, change: Callable[[Any], Any]) -> "Inputs":
        """Return the inputs with every array changed."""
        args, tangents, seconds = (tuple(map(change, values)) for values in (self.args, self.tangents, self.seconds))
        return Inputs(args, change(self.weight), tangents, seconds)

    def perturbed(self, cell: Cell, number: int) -> "Inputs":
        """Return exact inputs with each number changed by a relative 1e-6 of random sign."""
        rng = generator(cell.case.id, "signs", number)
        return self.mapped(lambda x: x * (1 + RELATIVE_STEP * _signs(rng, x)))

    def shifted(self, cell: Cell) -> "Inputs":
        """Return exact inputs moved by about 100 steps: the arguments absolutely where they are small.

        So an argument of 0 leaves its place, and the answers there and here differ by about SHIFT times the
        sensitivity, or more. The amounts are random, so that two changes do not cancel each other.
        """
        rng = generator(cell.case.id, "shift")
        moved = self.mapped(lambda x: x * (1 + SHIFT * _amounts(rng, x)))
        return replace(moved, args=tuple(x + SHIFT * _amounts(rng, x) * _sizes(x) for x in self.args))


def _signs(rng: np.random.Generator, x: Any) -> Any:
    return rng.choice([-1, 1], np.shape(x)) if np.shape(x) else int(rng.choice([-1, 1]))


def _amounts(rng: np.random.Generator, x: Any) -> Any:
    """Draw numbers of [0.5, 1.5) with random signs."""
    drawn = rng.uniform(-1.0, 1.0, np.shape(x))
    return drawn + np.copysign(0.5, drawn)


def _sizes(x: Any) -> Any:
    """Return the absolute values of exact numbers as floats, at least 1."""
    sizes = np.maximum(magnitude(flat(x)), 1.0)
    return sizes.reshape(np.shape(x)) if np.shape(x) else float(sizes[0])


@dataclass(frozen=True)
class Derivation:
    """How the referee computes one cell; `elementwise` allows a shortcut for high orders."""

    cell: Cell
    referee: Referee
    function: Function
    elementwise: bool

    @classmethod
    def of(cls, cell: Cell, referee: Referee) -> "Derivation":
        """Build the function, or the reference where the case has one, for this referee."""
        case = cell.case
        function = case.build(case.reference or case.function, np, referee)

        def value(*args: Any) -> Any:
            return referee.value(function, *args)

        elementwise = cell.aspect == "order" and is_elementwise(value, cell.variant.inputs)
        return cls(cell, referee, function, elementwise)

    def start(self) -> Inputs:
        """Return the inputs of the cell as exact numbers."""
        variant = self.cell.variant
        plain = Inputs(variant.inputs, variant.weight, variant.tangents, variant.seconds)
        return plain.mapped(self.referee.exact)

    def places(self) -> list[tuple[tuple[int, ...], Array]]:
        """Return the shape and the coordinates of each part of the answer."""
        if self.cell.aspect in OF_THE_SHAPE_OF_THE_VALUE:
            value = np.asarray(self.cell.variant.value)
            return [(value.shape, np.arange(value.size))]
        arguments = [np.shape(self.cell.variant.inputs[i]) for i in self.cell.argnums]
        return [(shape, coordinates(shape, self.cell.case.id)) for shape in arguments]

    def answer(self, at: Inputs) -> list[Array]:
        """Return the parts of the answer at these inputs, flat, in their coordinates."""
        aspect = self.cell.aspect
        if aspect == "value":
            return [flat(self.referee.value(self.function, *at.args))]
        if aspect == "jvp":
            return [flat(self._along(at.args, self._chosen(at.tangents)))]
        if aspect == "fwd-over-fwd":
            slope = partial_function(self._along, at.tangents)
            return [flat(self.referee.differences(slope, at.args, at.seconds, 1))]
        if aspect == "order":
            return [self._nested(at)]
        return [self._gradient(at, i, where) for i, (_, where) in zip(self.cell.argnums, self.places(), strict=True)]

    def _chosen(self, tangents: tuple[Any, ...]) -> list[Any]:
        return [t if i in self.cell.argnums else 0 * t for i, t in enumerate(tangents)]

    def _along(self, args: Sequence[Any], tangents: Sequence[Any]) -> Any:
        return self.referee.differences(self.function, args, tangents, 1)

    def _gradient(self, at: Inputs, argnum: int, where: Array) -> Array:
        """Return the gradient in one argument, or for second order its difference along the tangents."""

        def gradient(*xs: Any) -> Any:
            return self.referee.partials(self.function, xs, argnum, at.weight, where)

        if self.cell.aspect == "vjp":
            return np.asarray(gradient(*at.args))
        return np.asarray(self.referee.differences(gradient, at.args, at.tangents, 1))

    def _nested(self, at: Inputs) -> Array:
        """Return n nested gradients of sums in the first argument: a stencil along ones, and one gradient."""
        x, *rest = at.args
        order, ((shape, where),) = self.cell.order, self.places()

        def function(y: Any) -> Any:
            return self.function(y, *rest)

        if self.elementwise:
            return flat(self.referee.differences(function, (x,), (np.ones(shape),), order))[where]

        def slope(y: Any) -> Any:
            return np.sum(self.referee.differences(function, (y,), (np.ones(shape),), order - 1))

        return self.referee.partials(slope, (x,), 0, 1, where)


def partial_function(along: Function, tangents: Sequence[Any]) -> Function:
    """Return the function of the primals that `along(primals, tangents)` is."""
    return lambda *xs: along(xs, tangents)


def coordinates(shape: tuple[int, ...], seed: str) -> Array:
    """Return the flat coordinates that are checked: all, or 32 random ones of more than 200."""
    size = int(np.prod(shape, dtype=int))
    if size <= MOST_COORDINATES:
        return np.arange(size)
    return np.sort(generator(seed, "coordinates").choice(size, SAMPLED_COORDINATES, replace=False))


def flat(value: Any) -> Array:
    """Return a value of the referee as a flat object array."""
    result = np.empty(np.shape(value), dtype=object)
    result[...] = value
    return result.ravel()


def magnitude(values: Array) -> Array:
    """Return absolute values of exact numbers as floats."""
    return np.array([to_float(abs(number)) for number in values], dtype=float)


def distance(high: Array, low: Array, numbers: Array) -> Array:
    """Return how far exact numbers are from the sums of two floats each, as floats."""
    other, rest = to_pairs(numbers)
    with np.errstate(invalid="ignore", over="ignore"):
        return np.asarray(np.abs((other - high) + (rest - low)))
