"""The truth at special points: the limits of the derivative when the inputs come near, from several sides.

Where a formula is guarded, or breaks, a difference quotient at the point itself says little: its steps leave the point
on two sides only, and may leave the domain. So the derivative is asked for beside the point, at two small distances in
each of a few directions and their opposites. All limits the same, and the function continuous: that is
the derivative (the mean value theorem). Limits that differ: there is none, and an answer may be nan, a number that is
one of the limits, or one that lies between them where they are finite (a subgradient). From outside of the domain of a
function no limit comes: at its edge the derivative is the one from inside.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from graddiff.arrays import Array
from graddiff.cells import Cell
from graddiff.domains import generator
from graddiff.evaluation import Derivation, Inputs, flat
from graddiff.numbers import Number, to_float
from graddiff.referee import AbstainError, Referee

DIGITS = 40
DISTANCES = (14, 18)  # powers of ten, of the size of the input
FAR = (30, 40)  # the powers of ten that stand for an infinity
FEW = 6  # directions, with their opposites
MANY = 24  # where the limits differ: each of several equal numbers should once be the largest
SAME = 1e-6  # relative
EXTREME = ("huge", "tiny")  # points where also the smallest and largest numbers count
NEAR = 1e-6  # relative: values near the point
ANOTHER_VALUE = (
    "another value: near the point the function has another value than plain NumPy's at the point; "
    "give the case a reference= that holds here, too"
)
NO_LIMIT = "no limit: near this point the derivative neither settles nor grows"


@dataclass(frozen=True)
class Limits:
    """The limits of each part of an answer: arrays (directions, elements) of floats, nan where there is none.

    `make_derivative` says whether limits that are the same are the derivative: not where the function jumps, nor at an
    infinity, where it has a limit and no derivative.
    """

    parts: list[Array]
    make_derivative: bool


def limits_at(cell: Cell, referee: Referee) -> Limits:
    """Return the limits of the answer to a cell; raises AbstainError where the function comes to another value."""
    powers = max((abs(int(np.log10(size))) for size in _sizes(cell) if 0 < size < np.inf), default=0)
    is_infinite = any(np.isinf(size) for size in _sizes(cell))
    with referee.finer(DIGITS + max(powers, FAR[-1] * is_infinite)) as fine:
        derivation = Derivation.of(cell, fine)
        directions = list(_directions(cell))
        sides = [_Side(derivation, direction, powers) for direction in directions[:FEW]]
        parts = _parts([side.limits() for side in sides])
        makes_derivative = not is_infinite and _is_continuous(cell, [side.value() for side in sides])
        if any(_differ(limits) for limits in parts):
            others = _parts([_Side(derivation, direction, powers).limits() for direction in directions[FEW:]])
            parts = [np.concatenate(pair) for pair in zip(parts, others, strict=True)]
    return Limits(parts, makes_derivative)


def _parts(found: Sequence[Sequence[Array]]) -> list[Array]:
    return [np.array([limits[i] for limits in found]) for i in range(len(found[0]))]


def _differ(limits: Array) -> bool:
    """Say whether the limits from some sides are finite and not the same."""
    finite = np.isfinite(limits)
    first = limits[np.argmax(finite, axis=0), np.arange(limits.shape[1])]
    return bool(np.any(finite & ~same_limit(limits, first)))


def _sizes(cell: Cell) -> Iterator[float]:
    for x in cell.variant.inputs:
        yield from (abs(complex(entry)) for entry in np.ravel(x))


def _is_continuous(cell: Cell, values: Sequence[Array]) -> bool:
    """Hold the values beside the point against each other, and against plain NumPy's at the point."""
    plain = np.ravel(cell.variant.value)
    known = np.array([v for v in values if not np.isnan(v).any()])
    if not len(known):
        return True  # the derivative will have no limits either
    least = 0.0 if cell.variant.label in EXTREME else 1.0
    allowed = NEAR * max(np.max(np.abs(plain), initial=least), np.max(np.abs(known), initial=least))
    if np.all(np.abs(known - plain) <= allowed):
        return True
    if np.all(np.abs(known - known[0]) <= allowed):
        raise AbstainError(ANOTHER_VALUE)
    return False


def _directions(cell: Cell) -> Iterator[tuple[Any, ...]]:
    """Give random directions of all inputs together, each followed by its opposite."""
    rng = generator(cell.case.id, "directions")
    for number in range(MANY // 2):
        signs = (1,) if number == 0 else (-1, 1)  # the first leads into the domain of roots and logarithms
        way = tuple(_drawn(rng, signs, x) for x in cell.variant.inputs)
        yield way
        yield tuple(-w for w in way)


def _drawn(rng: np.random.Generator, signs: Sequence[int], x: Any) -> Any:
    way = rng.uniform(0.5, 1.5, np.shape(x)) * rng.choice(signs, np.shape(x))
    return way + 1j * rng.uniform(0.5, 1.5, np.shape(x)) if np.iscomplexobj(x) else way


@dataclass(frozen=True)
class _Side:
    """One direction in which a point is left; `powers` are those of ten that its numbers span."""

    derivation: Derivation
    direction: tuple[Any, ...]
    powers: int

    def limits(self) -> list[Array]:
        """Return the limit of each part, nan where there is none."""
        near, nearer = (self.derivation.answer(self._at(place)) for place in range(len(DISTANCES)))
        return [np.array([_limit(a, b) for a, b in zip(*pair, strict=True)]) for pair in zip(near, nearer, strict=True)]

    def value(self) -> Array:
        """Return the value of the function near the point."""
        value = self.derivation.referee.value(self.derivation.function, *self._at(-1).args)
        return np.array([to_float(number) for number in flat(value)])

    def _at(self, place: int) -> Inputs:
        start = self.derivation.start()
        pairs = zip(start.args, self.direction, strict=True)
        return replace(start, args=tuple(self._moved(x, way, place) for x, way in pairs))

    def _moved(self, x: Any, way: Any, place: int) -> Any:
        """Return exact numbers moved a little: relative to their size, and 0 absolutely; an infinity becomes finite."""
        if not np.shape(x):
            return self._moved_number(x, way, place)
        moved = np.empty(np.shape(x), dtype=object)
        for index in np.ndindex(np.shape(x)):
            moved[index] = self._moved_number(x[index], way[index], place)
        return moved

    def _moved_number(self, x: Number, way: Any, place: int) -> Any:
        size = abs(to_float(abs(x)))  # abs: of an array without axes, too
        exact = self.derivation.referee.exact(way)
        ten = self.derivation.referee.exact(10)
        if np.isinf(size):
            return ten ** FAR[place] * abs(exact) * (1 if x.real > 0 else -1)
        step = ten ** -(DISTANCES[place] + (self.powers if size > 1 else 0)) * exact
        return x + step * (x if size else 1)


def _limit(near: Any, nearer: Any) -> complex | float:
    """Return where two values lead, the second taken at a 10 000 times smaller distance."""
    first, second = abs(to_float(near)), abs(to_float(nearer))
    if np.isnan(first) or np.isnan(second):
        return np.nan
    if abs(to_float(nearer - near)) <= SAME * second:
        return to_float(nearer)
    if second <= 0.5 * first and second < 1e-6:
        return 0.0
    if second > 1.05 * first:
        return _infinite(to_float(nearer))
    return np.nan


def _infinite(value: complex | float) -> complex | float:
    return np.copysign(np.inf, value) if isinstance(value, float) else complex(np.inf, 0)


def same_limit(limits: Array, numbers: Array) -> Array:
    """Mark where limits are these numbers, infinities included."""
    both_infinite = np.isinf(limits) & np.isinf(numbers)
    if np.iscomplexobj(limits) or np.iscomplexobj(numbers):  # in which direction a complex number grows is not asked
        return np.asarray(both_infinite | _near(limits, numbers))
    return np.asarray((both_infinite & (limits == numbers)) | _near(limits, numbers))


def _near(limits: Array, numbers: Array) -> Array:
    with np.errstate(invalid="ignore"):
        return np.asarray(
            np.isfinite(limits) & np.isfinite(numbers) & (np.abs(limits - numbers) <= SAME * np.abs(numbers))
        )
