"""The referee's answer to a cell, or the reason why there is none.

A reason is a word from a short list (kink, not finite, another value, not computable, hidden, tiny), a colon, and what
to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from graddiff.arrays import Array
from graddiff.cells import Cell
from graddiff.evaluation import SHIFT, Derivation, Inputs, distance, flat, magnitude
from graddiff.limits import EXTREME, NO_LIMIT, limits_at, same_limit
from graddiff.numbers import to_pairs
from graddiff.referee import AbstainError, Referee, magnitude_of
from graddiff.sensitivity import RESOLUTION, Found, TrueAnswer

NOISE = 1e-30
NOT_FINITE = "not finite: the derivative is not finite here"
KINK = "kink: steps h and 10 h disagree at this point"
TINY = (
    "tiny: an answer is not 0, but more than 30 powers of ten below the value of the function, where a difference "
    "sees nothing; choose inputs nearer to each other, or compare the small part of the function by itself"
)


@dataclass(frozen=True, eq=False)
class TruePart:
    """One part of the true answer, in some of the coordinates that the referee looked at.

    `places` are those coordinates among the ones of `found`, `unsettled` holds a reason for each that was left out.
    A true number is the sum of one of `floats` and one of `rests`: about 32 digits. `is_rough` says that rounding is to
    be taken into account.
    """

    found: Found
    places: Array
    unsettled: tuple[str, ...] = ()
    answer: TrueAnswer | None = None
    index: int = 0
    is_rough: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the whole part."""
        return self.found.shape

    @cached_property
    def coordinates(self) -> Array:
        """The coordinates in the flat array."""
        return self.found.coordinates[self.places]

    @cached_property
    def floats(self) -> Array:
        """The true numbers, rounded."""
        return self.found.floats[self.places]

    @cached_property
    def rests(self) -> Array:
        """What rounding left of the true numbers."""
        return self.found.rests[self.places]

    @cached_property
    def spread(self) -> Array:
        """An estimate of `cond` that costs nothing."""
        return self.found.spread[self.places]

    @cached_property
    def unseen(self) -> Array:
        """The largest number that a difference could have taken for 0, in the coordinates where it found 0."""
        return self.found.unseen[self.places]

    @cached_property
    def limits(self) -> Array | None:
        """The limits from several sides at a special point, one row for each; None elsewhere."""
        return None if self.found.limits is None else self.found.limits[:, self.places]

    @cached_property
    def exists(self) -> Array:
        """Mark where there is a derivative."""
        return np.ones(len(self.floats), bool) if self.found.exists is None else self.found.exists[self.places]

    @property
    def is_extreme(self) -> bool:
        """Say whether the inputs are huge or tiny."""
        return self.answer is not None and self.answer.cell.variant.label in EXTREME

    @cached_property
    def magnitude(self) -> Array:
        """The absolute values, as floats."""
        return np.abs(self.floats)

    @cached_property
    def cond(self) -> Array:
        """The sensitivity to the inputs; computed when it is first asked for."""
        return np.zeros(0) if self.answer is None else self.answer.to_inputs[self.index][self.places]

    @cached_property
    def rounding(self) -> Array | None:
        """The sensitivity to the rounding of each operation of the function; None where it was not asked for."""
        if not self.is_rough or self.answer is None:
            return None
        return self.answer.to_rounding[self.index][self.places]


def nothing(shape: tuple[int, ...]) -> TruePart:
    """Return the truth of an empty array."""
    none, nowhere = np.zeros(0), np.arange(0)
    return TruePart(Found(shape, nowhere, none, none, none, none, ()), nowhere)


def true_answer(cell: Cell, referee: Referee) -> TrueAnswer:
    """Ask the referee about a cell; raises AbstainError, with the reason, where it has no answer."""
    try:
        return _estimate_at_limits(cell, referee) if cell.variant.kind == "special" else _estimate(cell, referee)
    except AbstainError:
        raise
    except Exception as error:
        reason = f"not computable: on exact numbers the function raises {type(error).__name__}: {error}"
        raise AbstainError(f"{reason}; give the case a reference= that NumPy can run on objects") from error


def _estimate(cell: Cell, referee: Referee) -> TrueAnswer:
    fine, coarse = Derivation.of(cell, referee), Derivation.of(cell, referee.coarser())
    start = fine.start()
    scale = _check_value(cell, fine, start)
    best, other = fine.answer(start), coarse.answer(start.shifted(cell))
    noise = scale / 10.0 ** magnitude_of(start.args, start.args)  # the step grows with large inputs
    found = []
    for values, others, place in zip(best, other, fine.places(), strict=True):
        second = values if cell.aspect == "value" else others  # a value has no step that it could jump with
        pair = to_pairs(_without_noise(values, second, noise))
        spread = distance(*pair, _without_noise(others, values, noise)) / SHIFT
        unseen, reasons = _unseen(values, second, noise), _reasons(values, second, scale)
        found.append(Found(*place, *pair, spread, unseen, reasons))
    return TrueAnswer(cell, referee, found, noise)


def _estimate_at_limits(cell: Cell, referee: Referee) -> TrueAnswer:
    at, places = limits_at(cell, referee), Derivation.of(cell, referee).places()
    found = [_found(limits, at.make_derivative, *place) for limits, place in zip(at.parts, places, strict=True)]
    return TrueAnswer(cell, referee, found, 0.0)


def _found(limits: Array, make_derivative: bool, shape: tuple[int, ...], where: Array) -> Found:
    known = ~np.isnan(limits)
    is_known = np.asarray(np.any(known, axis=0))
    floats = np.where(is_known, limits[np.argmax(known, axis=0), np.arange(limits.shape[1])], 0.0)
    exists = np.isfinite(floats) & np.all(~known | same_limit(limits, floats), axis=0) & make_derivative
    none = np.zeros(len(floats))
    return Found(shape, where, floats, none, none, none, tuple(np.where(is_known, "", NO_LIMIT)), limits, exists)


def settled(answer: TrueAnswer) -> tuple[TruePart, ...]:
    """Return the truth without the coordinates that have a reason; raises AbstainError if none is left of any part."""
    reasons = [reason for part in answer.parts for reason in part.reasons]
    if reasons and all(reasons):
        raise AbstainError(reasons[0])
    wholes = (TruePart(f, np.arange(len(f.floats)), f.reasons, answer, i) for i, f in enumerate(answer.parts))
    return tuple(_only(part, np.array([not reason for reason in part.unsettled], dtype=bool)) for part in wholes)


def _only(part: TruePart, kept: Array) -> TruePart:
    return replace(part, places=part.places[kept], unsettled=tuple(reason for reason in part.unsettled if reason))


def within_sight(truth: Sequence[TruePart], answers: Sequence[Sequence[Array]]) -> tuple[TruePart, ...] | str:
    """Return the truth without the elements in which the answers are too small for the referee to tell them from 0.

    `answers` are the parts that each library gave. An element stays where one of them is large enough to be wrong.
    Where no element is left, the reason stands for the truth.
    """
    if not any(np.any(part.unseen) for part in truth):
        return tuple(truth)
    seen = []
    for i, part in enumerate(truth):
        given = [answer[i].ravel()[part.coordinates] for answer in answers if _has_part(answer, i, part)]
        largest = np.max(np.abs(given), axis=0, initial=0.0) if given else np.zeros(len(part.floats))
        tiny = (largest > 0) & (largest <= part.unseen)
        reasons = (*part.unsettled, *(TINY if entry else "" for entry in tiny))
        seen.append(_only(replace(part, unsettled=reasons), ~tiny))
    is_blind = any(part.unsettled for part in seen) and not any(len(part.floats) for part in seen)
    return TINY if is_blind else tuple(seen)


def _has_part(answer: Sequence[Array], index: int, part: TruePart) -> bool:
    return index < len(answer) and answer[index].shape == part.shape


def with_rounding(truth: Sequence[TruePart]) -> tuple[TruePart, ...]:
    """Return the truth with its sensitivity to the rounding of each operation of the function."""
    return tuple(replace(part, is_rough=True) for part in truth)


def _check_value(cell: Cell, derivation: Derivation, start: Inputs) -> float:
    """Compare the referee's value with plain NumPy's, and return how large it is."""
    value = flat(derivation.referee.value(derivation.function, *start.args))
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
