"""The referee's answer to a cell, with its own sensitivity, or the reason why there is none.

A reason is a word from a short list (kink, not finite, another value, not computable, hidden, tiny), a colon, and what
to do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from graddiff.arrays import Array, Function
from graddiff.cells import Cell, is_elementwise
from graddiff.domains import generator
from graddiff.numbers import Rounding, to_float
from graddiff.referee import STEP_DIGITS, AbstainError, Referee, magnitude_of

SIGN_VECTORS = 8
RELATIVE_STEP = 1e-6
MOST_COORDINATES = 200
SAMPLED_COORDINATES = 32
NOISE = 1e-30
RESOLUTION = 1e-33  # of the value of the function: what a difference of numbers of 60 digits can tell from 0
NOT_FINITE = "not finite: the derivative is not finite here"
KINK = "kink: steps h and 10 h disagree at this point"
TINY = (
    "tiny: an answer is not 0, but more than 30 powers of ten below the value of the function, where a difference "
    "sees nothing; choose inputs nearer to each other, or compare the small part of the function by itself"
)


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
        """Return exact inputs with the arguments moved by 100 steps of random sign."""
        rng = generator(cell.case.id, "shift")
        tiny = 100 * 10.0**-STEP_DIGITS
        return replace(self, args=tuple(x + tiny * _signs(rng, x) for x in self.args))


def _signs(rng: np.random.Generator, x: Any) -> Any:
    return rng.choice([-1, 1], np.shape(x)) if np.shape(x) else int(rng.choice([-1, 1]))


@dataclass(frozen=True)
class TruePart:
    """One part of the true answer in some coordinates: exact numbers, and their sensitivity.

    `cond` is the sensitivity to the inputs, `rounding` that to the rounding of each operation of the function, where
    it was asked for; `unsettled` holds a reason for each coordinate that was left out. `unseen` is the largest number
    that a difference could have taken for 0, in the coordinates where it found 0.
    """

    shape: tuple[int, ...]
    coordinates: Array
    value: Array
    cond: Array
    rounding: Array | None = None
    unsettled: tuple[str, ...] = ()
    unseen: Array | None = None

    @property
    def magnitude(self) -> Array:
        """The absolute values, as floats."""
        return magnitude(self.value)

    @property
    def limit(self) -> Array:
        """The largest number that a difference could have taken for 0, in each coordinate."""
        return np.zeros(len(self.value)) if self.unseen is None else self.unseen

    @property
    def floats(self) -> Array:
        """The numbers rounded to float64 or complex128."""
        return np.array([to_float(number) for number in self.value])


def nothing(shape: tuple[int, ...]) -> TruePart:
    """Return the truth of an empty array."""
    none = np.zeros(0)
    return TruePart(shape, np.arange(0), np.zeros(0, dtype=object), none)


def magnitude(values: Array) -> Array:
    """Return absolute values of exact numbers as floats."""
    return np.array([to_float(abs(number)) for number in values], dtype=float)


def true_answer(cell: Cell, referee: Referee) -> tuple[TruePart, ...]:
    """Return the truth of a cell; raises AbstainError, with the reason, where there is none."""
    try:
        return _estimate(cell, referee)
    except AbstainError:
        raise
    except Exception as error:
        reason = f"not computable: on exact numbers the function raises {type(error).__name__}: {error}"
        raise AbstainError(f"{reason}; give the case a reference= that NumPy can run on objects") from error


def _estimate(cell: Cell, referee: Referee) -> tuple[TruePart, ...]:
    fine, coarse = Derivation.of(cell, referee), Derivation.of(cell, referee.coarser())
    start = fine.start()
    scale = _check_value(cell, fine, start)
    best = fine.answer(start)
    other = best if cell.aspect == "value" else coarse.answer(start.shifted(cell))
    reasons = [_reasons(values, others, scale) for values, others in zip(best, other, strict=True)]
    noise = scale / 10.0 ** magnitude_of(start.args, start.args)  # the step grows with large inputs
    unseen = [_unseen(values, others, noise) for values, others in zip(best, other, strict=True)]
    best = [_without_noise(values, others, noise) for values, others in zip(best, other, strict=True)]
    cond = _sensitivity(fine, start, best, noise)
    parts = zip(fine.places(), best, cond, reasons, unseen, strict=True)
    return _settled([TruePart(*place, values, spread, None, why, least) for place, values, spread, why, least in parts])


def _settled(parts: list[TruePart]) -> tuple[TruePart, ...]:
    """Return the parts without the coordinates that have a reason; refuse if none is left of any."""
    reasons = [reason for part in parts for reason in part.unsettled]
    if reasons and all(reasons):
        raise AbstainError(reasons[0])
    return tuple(_only(part, np.array([not reason for reason in part.unsettled], dtype=bool)) for part in parts)


def _only(part: TruePart, kept: Array) -> TruePart:
    return replace(
        part,
        coordinates=part.coordinates[kept],
        value=part.value[kept],
        cond=part.cond[kept],
        unsettled=tuple(reason for reason in part.unsettled if reason),
        unseen=None if part.unseen is None else part.unseen[kept],
    )


def within_sight(truth: Sequence[TruePart], answers: Sequence[Sequence[Array]]) -> tuple[TruePart, ...] | str:
    """Return the truth without the elements in which the answers are too small for the referee to tell them from 0.

    `answers` are the parts that each library gave. An element stays where one of them is large enough to be wrong.
    Where no element is left, the reason stands for the truth.
    """
    seen = []
    for i, part in enumerate(truth):
        given = [answer[i].ravel()[part.coordinates] for answer in answers if _has_part(answer, i, part)]
        largest = np.max(np.abs(given), axis=0, initial=0.0) if given else np.zeros(len(part.value))
        tiny = (largest > 0) & (largest <= part.limit)
        reasons = (*part.unsettled, *(TINY if entry else "" for entry in tiny))
        seen.append(_only(replace(part, unsettled=reasons), ~tiny))
    is_blind = any(part.unsettled for part in seen) and not any(len(part.value) for part in seen)
    return TINY if is_blind else tuple(seen)


def _has_part(answer: Sequence[Array], index: int, part: TruePart) -> bool:
    return index < len(answer) and answer[index].shape == part.shape


def with_rounding(cell: Cell, referee: Referee, truth: Sequence[TruePart]) -> tuple[TruePart, ...]:
    """Return the truth with its sensitivity to the rounding of each operation of the function.

    It is found like `cond`, with the inputs kept and every operation off by a relative 1e-6 of random sign instead;
    it knows no library either. It is large where the truth is what a cancellation leaves.
    """
    largest = [np.zeros(len(part.value)) for part in truth]
    for number in range(SIGN_VECTORS):
        derivation = Derivation.of(cell, referee.rough(Rounding(RELATIVE_STEP, number)))
        answers = derivation.answer(derivation.start())
        for place, (part, values, (_, where)) in enumerate(zip(truth, answers, derivation.places(), strict=True)):
            change = magnitude(part.value - values[np.isin(where, part.coordinates)]) / RELATIVE_STEP
            largest[place] = np.maximum(largest[place], change)
    parts = zip(truth, largest, range(len(truth)), strict=True)
    return tuple(replace(part, rounding=np.maximum(spread, _scale(cell, part, i))) for part, spread, i in parts)


def _scale(cell: Cell, part: TruePart, index: int) -> Array:
    """Return the natural size of a derivative that is identically 0, and 0 for any other.

    A rule may find such a 0 as the difference of two quotients (for a product, `ans / x`), and rounding leaves a share
    of these: the value over the inputs, times the tangents. It scales with both: it is no absolute floor. Where an
    input is 0 there is no such size.
    """
    variant, by_argument = cell.variant, cell.aspect not in OF_THE_SHAPE_OF_THE_VALUE
    vanishes = (part.magnitude == 0) & (part.cond == 0)
    if cell.order == 0 or not np.any(vanishes):
        return np.zeros(len(part.value))
    value = float(np.sum(np.abs(np.asarray(variant.weight) * np.asarray(variant.value))))
    steps = {"jvp": [variant.tangents], "fwd-over-fwd": [variant.tangents, variant.seconds]}
    ones = tuple(np.ones(np.shape(x)) for x in variant.inputs)
    ways = [ones] * (cell.order - 1) if cell.aspect == "order" else [variant.tangents] * (cell.order - 1)
    for way in steps.get(cell.aspect, ways):
        value *= max(_relative(t, x) for t, x in zip(way, variant.inputs, strict=True))
    x = np.ravel(variant.inputs[cell.argnums[index]])[part.coordinates] if by_argument else np.ones(len(part.value))
    with np.errstate(divide="ignore"):
        return np.where(vanishes & (x != 0), value / np.abs(x), 0.0)


def _relative(tangent: Any, x: Any) -> float:
    """Return the largest tangent per unit of the input; inputs that are 0 have none."""
    t, x = np.abs(np.ravel(tangent)), np.abs(np.ravel(x))
    return float(np.max(t[x > 0] / x[x > 0], initial=0.0))


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
            return [_flat(self.referee.value(self.function, *at.args))]
        if aspect == "jvp":
            return [_flat(self._along(at.args, self._chosen(at.tangents)))]
        if aspect == "fwd-over-fwd":
            slope = partial_function(self._along, at.tangents)
            return [_flat(self.referee.differences(slope, at.args, at.seconds, 1))]
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
            return _flat(self.referee.differences(function, (x,), (np.ones(shape),), order))[where]

        def slope(y: Any) -> Any:
            return np.sum(self.referee.differences(function, (y,), (np.ones(shape),), order - 1))

        return self.referee.partials(slope, (x,), 0, 1, where)


OF_THE_SHAPE_OF_THE_VALUE = ("value", "jvp", "fwd-over-fwd")


def partial_function(along: Function, tangents: Sequence[Any]) -> Function:
    """Return the function of the primals that `along(primals, tangents)` is."""
    return lambda *xs: along(xs, tangents)


def coordinates(shape: tuple[int, ...], seed: str) -> Array:
    """Return the flat coordinates that are checked: all, or 32 random ones of more than 200."""
    size = int(np.prod(shape, dtype=int))
    if size <= MOST_COORDINATES:
        return np.arange(size)
    return np.sort(generator(seed, "coordinates").choice(size, SAMPLED_COORDINATES, replace=False))


def _flat(value: Any) -> Array:
    result = np.empty(np.shape(value), dtype=object)
    result[...] = value
    return result.ravel()


def _check_value(cell: Cell, derivation: Derivation, start: Inputs) -> float:
    """Compare the referee's value with plain NumPy's, and return how large it is."""
    value = _flat(derivation.referee.value(derivation.function, *start.args))
    plain = np.asarray(cell.variant.value)
    scale = max(magnitude(value), default=0.0)
    tolerance = 1e-3 if plain.dtype.itemsize < 8 else 1e-6
    if value.size != plain.size or np.any(magnitude(value - plain.ravel()) > tolerance * scale):
        raise AbstainError(
            "another value: on exact numbers the function has another value than under plain NumPy; "
            "give the case a reference= that NumPy can run on objects"
        )
    return float(scale)


def _reasons(values: Array, others: Array, scale: float) -> tuple[str, ...]:
    """Return why each element has no derivative: it is not finite, or jumps with the step; "" where it has one."""
    size = magnitude(values)
    allowed = 1e-6 * size + 1e-14 * max(scale, *size[np.isfinite(size)], 0.1)
    jumps = ~(magnitude(values - others) <= allowed)
    return tuple(
        NOT_FINITE if not finite else KINK if jump else ""
        for finite, jump in zip(np.isfinite(size), jumps, strict=True)
    )


def _without_noise(values: Array, others: Array, scale: float) -> Array:
    """Return the values with what is no more than the error of a difference set to exactly 0.

    That is what lies below the last digits of the function's value, and what is next to nothing and changes
    entirely with the step.
    """
    return np.where(_is_noise(values, others, scale), 0 * values, values)


def _is_noise(values: Array, others: Array, scale: float) -> Array:
    size = magnitude(values)
    unsettled = magnitude(values - others) > 0.5 * size
    return np.asarray((size < RESOLUTION * scale) | ((size < NOISE) & unsettled))


def _unseen(values: Array, others: Array, scale: float) -> Array:
    """Return for each element that is set to 0 the largest number that may be there instead; 0 for the others."""
    largest = np.maximum(magnitude(values), RESOLUTION * scale)
    return np.where(_is_noise(values, others, scale), largest, 0.0)


def _sensitivity(derivation: Derivation, start: Inputs, best: list[Array], scale: float) -> list[Array]:
    """Return by how much the answer moves when all inputs move by a relative 1e-6, per unit of that."""
    largest = [np.zeros(len(values)) for values in best]
    for number in range(SIGN_VECTORS):
        moved = derivation.answer(start.perturbed(derivation.cell, number))
        for place, (values, others) in enumerate(zip(best, moved, strict=True)):
            change = magnitude(values - _without_noise(others, others, scale)) / RELATIVE_STEP
            largest[place] = np.maximum(largest[place], change)
    return largest
