"""How far an answer may be from the truth, element by element, and whether it is.

The bound is k * eps * (|truth| + cond): eps of the dtype, cond the truth's own sensitivity to relative
changes of the inputs. It knows neither library, and it has no absolute floor: where the truth and its
sensitivity are exactly 0, only 0 is right, and what a difference cannot tell from it, 33 powers of ten below the value
of the function. Where the truth is what a cancellation leaves, a correct program ends up
outside: then the truth's sensitivity to the rounding of each operation takes the place of cond, and the verdict
says so.

The sensitivity is four times as much work as the truth, so it is asked for only where it decides. What is within
k * eps * |truth| is right whatever it is; and a question whose answer is the same for no sensitivity and for one
MARGIN times as large as the estimate that comes with the truth needs no better one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graddiff.arrays import Array
from graddiff.cells import Cell
from graddiff.evaluation import RELATIVE_STEP
from graddiff.limits import same_limit
from graddiff.truth import TruePart

FACTOR = 16
FACTOR_LINEAR_ALGEBRA = 256
FACTOR_PER_ORDER = 10
VACUOUS = 1e-2
AT_LIMITS = 1e-9  # of the largest limit
FEW_DIGITS = float(np.finfo(float).tiny)  # below, numbers have ever fewer digits
ROUNDING_AT_LIMITS = 1e-12  # where the inputs are neither huge nor tiny
MARGIN = 30  # of the estimate: it comes from one random direction, the sensitivity is the largest of eight


@dataclass(frozen=True)
class Bound:
    """The factor and the eps of one cell."""

    factor: float
    eps: float

    def plain(self, truth: TruePart) -> Array:
        """Return the largest error that is allowed whatever the sensitivity is."""
        return np.asarray(self.factor * self.eps * truth.magnitude)

    def generous(self, truth: TruePart) -> Array:
        """Return more than the largest error that is allowed, without asking for the sensitivity.

        The estimate is that of a tiny step. Where it says that the steps of the sensitivity are large ones, by which
        the answer changes entirely, nothing is known.
        """
        most = self.factor * self.eps * (MARGIN + 1) * (truth.magnitude + truth.spread)
        return np.where(MARGIN * RELATIVE_STEP * truth.spread > truth.magnitude, np.inf, most)

    def allowed(self, truth: TruePart) -> Array:
        """Return the largest error that is allowed for each checked element."""
        return np.asarray(self.factor * self.eps * (truth.magnitude + truth.cond))

    def allowed_by_rounding(self, truth: TruePart) -> Array:
        """Return the largest error that rounding each operation of the function explains; the bound where not asked."""
        if truth.rounding is None:
            return self.allowed(truth)
        return np.asarray(self.factor * self.eps * (truth.magnitude + np.maximum(truth.cond, truth.rounding)))

    def at_least(self, eps: float) -> "Bound":
        """Return the bound for answers of this eps, if that is coarser."""
        return Bound(self.factor, max(self.eps, eps))

    def is_vacuous(self, truth: TruePart) -> bool:
        """Say whether the bound admits errors of 1 % of the largest element: then it decides nothing."""
        if truth.limits is not None:
            return False
        most = VACUOUS * float(np.max(truth.magnitude, initial=0.0))
        if not np.any(self.generous(truth) > most):
            return False
        return bool(np.any(self.allowed(truth) > most))


class Gate:
    """The bound of all parts of a true answer at once: says whether it lets an answer pass.

    Two limits that need no sensitivity decide nearly always.
    """

    def __init__(self, truth: Sequence[TruePart], bound: Bound) -> None:
        self._truth, self._bound = truth, bound
        self._floats, self._rests = joined([part.floats for part in truth]), joined([part.rests for part in truth])
        unseen = joined([part.unseen for part in truth])
        self._plain = np.maximum(joined([bound.plain(part) for part in truth]), unseen)
        self._generous = np.maximum(joined([bound.generous(part) for part in truth]), unseen)

    def rejects(self, answer: Array) -> bool:
        """Say whether an answer, all parts one after the other, is wrong in any checked element."""
        size = size_of(answer, self._floats, self._rests)
        if np.all(size <= self._plain):
            return False
        if np.any(size > self._generous) and not any(part.is_rough for part in self._truth):
            return True
        parts = np.split(answer, np.cumsum([len(part.floats) for part in self._truth])[:-1])
        found = (errors_of(own, part, self._bound) for own, part in zip(parts, self._truth, strict=True))
        return any(bool(np.any(errors.wrong)) for errors in found)


def joined(parts: Sequence[Array]) -> Array:
    """Return flat arrays one after the other."""
    return parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0), *parts])


@dataclass(frozen=True)
class Errors:
    """The errors of one part of an answer in the checked elements.

    `tolerable` is what rounding explains, `scale` the largest true number.
    """

    size: Array
    allowed: Array
    ulps: Array
    tolerable: Array
    scale: float = 0.0

    @property
    def wrong(self) -> Array:
        """Mark the elements that not even rounding explains; nan is outside of any bound."""
        return ~(self.size <= self.tolerable)

    @property
    def cancelled(self) -> Array:
        """Mark the elements that are outside the bound, but no more than rounding explains."""
        return np.asarray((self.size > self.allowed) & ~self.wrong)

    @property
    def excess(self) -> Array:
        """How many times each element exceeds its bound; 0 where there is no error."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.nan_to_num(self.size / self.allowed, nan=np.inf, posinf=np.inf)
        return np.where(self.size == 0, 0.0, ratio)


def bound_for(cell: Cell) -> Bound:
    """Return the bound of a cell: by its order, its dtype, and whether it is linear algebra."""
    factor = FACTOR_LINEAR_ALGEBRA if cell.case.linear_algebra else FACTOR
    dtypes = {np.asarray(x).dtype for x in cell.variant.inputs}
    floats = [np.finfo(dtype).eps for dtype in dtypes if dtype.kind in "fc"]
    return Bound(factor * FACTOR_PER_ORDER ** max(cell.order - 1, 0), float(max(floats, default=np.finfo(float).eps)))


def errors_of(answer: Array, truth: TruePart, bound: Bound) -> Errors:
    """Measure the checked elements of an answer (flat) against the truth."""
    if truth.limits is not None:
        return _errors_at_limits(answer, truth, truth.limits)
    size = size_of(answer, truth.floats, truth.rests)
    spacing = bound.eps * np.where(truth.magnitude > 0, truth.magnitude, np.finfo(float).tiny)
    with np.errstate(over="ignore"):
        ulps = size / spacing
    # what the referee cannot tell from 0 is nothing that it may blame
    allowed = tolerable = np.maximum(bound.plain(truth), truth.unseen)
    if np.any(~(size <= allowed)):
        allowed, tolerable = (
            np.maximum(most, truth.unseen) for most in (bound.allowed(truth), bound.allowed_by_rounding(truth))
        )
    return Errors(size, allowed, ulps, tolerable, float(np.max(truth.magnitude, initial=0.0)))


def _errors_at_limits(answer: Array, truth: TruePart, limits: Array) -> Errors:
    """Measure an answer at a special point: it must be a limit; where there is no derivative it may be nan, too.

    There it may also lie between limits that are all finite: any subgradient is right, and so is what stands in a
    generalized Hessian.
    """
    given = answer.astype(np.result_type(answer, np.float64))
    largest = float(np.max(np.abs(limits), where=np.isfinite(limits), initial=0.0))
    near = AT_LIMITS * largest + (FEW_DIGITS if truth.is_extreme else ROUNDING_AT_LIMITS)
    spacing = np.finfo(float).eps * np.maximum(truth.magnitude, np.finfo(float).tiny)
    with np.errstate(invalid="ignore", over="ignore"):
        is_limit = np.any(same_limit(limits, given) | (np.abs(limits - given) <= near), axis=0)
        is_allowed = is_limit | (~truth.exists & (np.isnan(given) | _lies_between(given, limits)))
        size = np.where(is_allowed, 0.0, np.nan_to_num(np.abs(given - truth.floats), nan=np.inf, posinf=np.inf))
        nothing = np.zeros(len(size))
        return Errors(size, nothing, size / spacing, nothing, largest)


def _lies_between(given: Array, limits: Array) -> Array:
    """Mark the numbers between limits that are all finite."""
    known = np.where(np.isnan(limits), given, limits)
    inside = ~np.any(np.isinf(limits), axis=0)
    for part in (np.real, np.imag):
        inside &= (np.min(part(known), 0) <= part(given)) & (part(given) <= np.max(part(known), 0))
    return np.asarray(inside)


def size_of(answer: Array, floats: Array, rests: Array) -> Array:
    """Return the error of each element against sums of two floats; what is not finite is infinitely wrong."""
    given = answer.astype(np.result_type(answer, np.float64))
    with np.errstate(invalid="ignore", over="ignore"):
        return np.where(np.isfinite(given), np.abs((given - floats) - rests), np.inf)


def ulps_apart(a: Array, b: Array) -> float:
    """Return the largest distance of two answers in units of their last place."""
    if np.array_equal(a, b):
        return 0.0
    scale = np.maximum(np.abs(a), np.abs(b))
    eps = max(np.finfo(x.dtype).eps if x.dtype.kind in "fc" else np.finfo(float).eps for x in (a, b))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        apart = np.where(scale == 0, 0.0, np.abs(a - b) / (eps * scale))
    return float(np.max(apart, initial=0.0))
