"""Which well-known mistake a wrong answer looks like: "12 of 12 elements = 4 x truth".

A pattern predicts the wrong elements from the truth, and must meet them nearly as closely as a right answer would
have to meet the truth; so a random wrong answer fits none. To add one, write a function
`(Clue) -> Diagnosis | None` and put it into `ELEMENTWISE` (it explains the wrong elements alone) or `STRUCTURAL`
(it explains the whole array), before all patterns that say less.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations

import numpy as np

from graddiff.arrays import Array, Shape

SLACK = 4
LARGEST_OF_A_RATIO = 12
SIMPLE = tuple(map(Fraction, ("1", "-1", "2", "1/2", "-2", "-1/2")))
FLOAT32 = 1.2e-7


@dataclass(frozen=True)
class Diagnosis:
    """The pattern, by its name in the closed list, and what to tell."""

    pattern: str
    text: str


@dataclass(frozen=True)
class Clue:
    """One part of a wrong answer in its checked elements, all arrays flat, and what it may be made of.

    `allowed` is the bound of each element; `factors` are named arrays of the part's shape (the inputs, the
    cotangent); `others` the true answers for other arguments; `lengths` the numbers of elements that a mean might
    have been taken over.
    """

    shape: Shape
    answer: Array
    truth: Array
    allowed: Array
    wrong: Array
    factors: Mapping[str, Array] = field(default_factory=dict)
    others: Mapping[str, Array] = field(default_factory=dict)
    lengths: tuple[int, ...] = ()

    @property
    def share(self) -> str:
        """Say how many elements are wrong."""
        return f"{np.count_nonzero(self.wrong)} of {self.wrong.size} elements"

    @property
    def is_whole(self) -> bool:
        """Say whether all elements of the part are there, so that its shape can be told."""
        return self.truth.size == int(np.prod(self.shape, dtype=int))

    def fits(self, predicted: Array, spread: Array, everywhere: bool = False) -> bool:
        """Say whether the wrong elements, or all, are the predicted ones; `spread` is their bound."""
        w = np.ones_like(self.wrong) if everywhere else self.wrong
        told_apart = np.any(np.abs(predicted[w] - self.truth[w]) > 2 * SLACK * (self.allowed[w] + spread[w]))
        return bool(told_apart and np.all(np.abs(self.answer[w] - predicted[w]) <= SLACK * spread[w]))


Pattern = Callable[[Clue], Diagnosis | None]


def diagnose(clue: Clue) -> Diagnosis | None:
    """Return the most specific pattern that explains the wrong elements; None if there is none."""
    if not np.any(clue.wrong):
        return None
    with np.errstate(all="ignore"):
        return _first([*ELEMENTWISE, *STRUCTURAL, _two_groups, *VAGUE], clue)


def diagnose_shape(answer: Array, truth: Array, allowed: Array) -> Diagnosis | None:
    """Return the pattern of an answer that has another shape than the true one."""

    def same(values: Array) -> bool:
        spread = SLACK * max(1, answer.size // max(truth.size, 1)) * allowed
        return values.shape == truth.shape and bool(np.all(np.abs(values - truth) <= spread))

    shapes = f"shape {answer.shape} instead of {truth.shape}"
    axes = _broadcast_axes(answer.shape, truth.shape)
    if axes and same(np.sum(answer, axis=axes).reshape(truth.shape)):
        return Diagnosis("missing sum over broadcast axes", f"{shapes}: not summed over broadcast axes {list(axes)}")
    if same(answer.T):
        return Diagnosis("transposed", f"{shapes}: the truth transposed")
    if answer.size == truth.size and same(answer.reshape(truth.shape)):
        return Diagnosis("same numbers", f"{shapes}: the true numbers in another shape")
    if truth.ndim == answer.ndim == 2 and min(answer.shape) >= max(truth.shape, default=0) > 0:
        kept = answer[: truth.shape[0], : truth.shape[1]]
        if same(kept):
            return Diagnosis("too large", f"{shapes}: the true numbers with more beside them")
    return None


def _broadcast_axes(answer: Shape, truth: Shape) -> tuple[int, ...]:
    """Return the axes to sum over, so that an array of one shape gets the other; none if that cannot be."""
    extra = len(answer) - len(truth)
    if extra < 0:
        return ()
    stretched = [extra + i for i, (a, t) in enumerate(zip(answer[extra:], truth, strict=True)) if a != t]
    fit = all(truth[i - extra] == 1 for i in stretched)
    return (*range(extra), *stretched) if fit else ()


def _first(patterns: Sequence[Pattern], clue: Clue) -> Diagnosis | None:
    found = (pattern(clue) for pattern in patterns)
    return next((diagnosis for diagnosis in found if diagnosis), None)


# what explains the wrong elements alone


def _not_finite(clue: Clue) -> Diagnosis | None:
    bad = clue.wrong & ~np.isfinite(clue.answer)
    if not np.any(bad):
        return None
    word = "nan" if np.all(np.isnan(clue.answer[bad])) else "not finite"
    where = f"{np.count_nonzero(bad)} of {bad.size} elements are {word} where the truth is finite"
    rest = replace(clue, wrong=clue.wrong & ~bad)
    others = "" if not np.any(rest.wrong) else f"; {_told(rest)}"
    return Diagnosis("nan where finite", where + others)


def _told(clue: Clue) -> str:
    """Return what there is to say about some wrong elements, in any case."""
    diagnosis = _first(ELEMENTWISE, clue)
    return diagnosis.text if diagnosis else f"{clue.share} wrong without a pattern"


def _zeros(clue: Clue) -> Diagnosis | None:
    if np.any(clue.answer[clue.wrong] != 0):
        return None
    if np.array_equal(clue.wrong, clue.truth != 0):
        return Diagnosis("zeros", f"{clue.share} are 0: all that should not be")
    return Diagnosis("masked", f"{clue.share} are 0 where the truth is not")


def _not_masked(clue: Clue) -> Diagnosis | None:
    if np.any(clue.truth[clue.wrong] != 0):
        return None
    return Diagnosis("not masked", f"{clue.share} are not 0 where the truth is 0")


def _constant_factor(clue: Clue) -> Diagnosis | None:
    factor = _factor(clue, clue.truth)
    if factor is None:
        return None
    tied = clue.wrong & _tied(clue)
    if np.array_equal(tied, clue.wrong) and not np.all(tied) and _is_a_share(factor):
        return Diagnosis(
            "ties halved", f"{clue.share} = {_shown(factor)} x truth, just those at equal inputs: ties share"
        )
    lengths = sorted({n for n in clue.lengths if n > 1})
    means = [n for n in lengths if abs(factor * n - 1) < 1e-9]
    sums = [n for n in lengths if abs(factor - n) < 1e-9]
    name = "mean instead of sum" if means and means[0] > 2 else _factor_name(factor)
    hint = f" ({means[0]} elements lie along an axis: a mean instead of a sum?)" if means else ""
    hint = f" ({sums[0]} elements lie along an axis: a sum instead of a mean?)" if sums else hint
    return Diagnosis(name, f"{clue.share} = {_shown(factor)} x truth{hint}")


def _factor_name(factor: float | complex) -> str:
    names = {-1: "negated", 2: "doubled", 0.5: "halved"}
    return next((name for value, name in names.items() if abs(factor - value) < 1e-9), "constant factor")


def _is_a_share(factor: float | complex) -> bool:
    return any(abs(factor * n - 1) < 1e-9 for n in (2, 3, 4))


def _tied(clue: Clue) -> Array:
    """Mark the elements whose input occurs more than once."""
    values = next(iter(clue.factors.values()), np.zeros(0))
    if values.size != clue.wrong.size:
        return np.zeros(clue.wrong.shape, dtype=bool)
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray(counts[inverse.ravel()] > 1)


def _factor(clue: Clue, base: Array) -> float | complex | None:
    """Return the constant by which the wrong elements differ from a base; for one element a simple ratio only."""
    w = clue.wrong
    if np.any(base[w] == 0) or not np.all(np.isfinite(clue.answer[w])):
        return None
    ratios = clue.answer[w] / base[w]
    best = int(np.argmax(np.abs(base[w]) / np.maximum(clue.allowed[w], np.finfo(float).tiny)))
    simple = _simple_ratio(ratios[best])
    candidates = [ratios[best]] if simple is None else [simple]
    if len(ratios) == 1 and simple is None:
        return None
    sure = (c for c in candidates if abs(c) > 0 and clue.fits(c * base, abs(c) * clue.allowed))
    return next(sure, None)


def _simple_ratio(ratio: complex) -> float | complex | None:
    """Return the fraction of small numbers, or that times i, which a number nearly is."""
    for turn in (1, 1j):
        value = complex(ratio / turn)
        near = Fraction(value.real).limit_denominator(LARGEST_OF_A_RATIO) if np.isfinite(value) else Fraction(0)
        if near and abs(near.numerator) <= LARGEST_OF_A_RATIO and abs(value - float(near)) < 1e-6 * abs(value):
            return turn * float(near)
    return None


def _shown(factor: float | complex) -> str:
    if isinstance(factor, complex | np.complexfloating) and factor.imag == 0:
        factor = factor.real
    if isinstance(factor, complex | np.complexfloating):
        return f"({factor:.6g})"
    near = Fraction(float(factor)).limit_denominator(LARGEST_OF_A_RATIO)
    is_simple = abs(near.numerator) < 1000 and abs(float(near) - factor) < 1e-12 * abs(factor)
    return str(near) if is_simple else f"{factor:.6g}"


def _conjugated(clue: Clue) -> Diagnosis | None:
    if not (np.iscomplexobj(clue.truth) or np.iscomplexobj(clue.answer)):
        return None
    for pattern, base in (("conjugated", np.conj(clue.truth)), ("real part only", np.real(clue.truth) + 0j)):
        if clue.fits(base, clue.allowed):
            words = "the conjugate of the truth" if pattern == "conjugated" else "the real part of the truth alone"
            return Diagnosis(pattern, f"{clue.share} = {words}")
        factor = _factor(clue, base)
        if factor is not None and pattern == "conjugated":
            return Diagnosis(pattern, f"{clue.share} = {_shown(factor)} x conjugate of the truth")
    return None


def _times_or_over(clue: Clue) -> Diagnosis | None:
    """Look for a factor that is an input, the cotangent or a power of one of them."""
    for name, values in clue.factors.items():
        for power, words in POWERS:
            scale = np.asarray(values, dtype=np.result_type(values, clue.answer, float)) ** power
            if not np.all(np.isfinite(scale)):
                continue
            found = [c for c in SIMPLE if clue.fits(float(c) * scale * clue.truth, np.abs(scale) * clue.allowed)]
            if found:
                number = "" if found[0] == 1 else f"{found[0]} x "
                pattern = "times an input" if power > 0 else "over an input"
                return Diagnosis(pattern, f"{clue.share} = {number}truth {words.format(name)}")
    return None


POWERS = ((1.0, "x {}"), (-1.0, "/ {}"), (2.0, "x {}**2"), (-2.0, "/ {}**2"), (0.5, "x sqrt({})"), (-0.5, "/ sqrt({})"))


# what explains the whole array


def _rearranged(clue: Clue) -> Diagnosis | None:
    """Look for the truth transposed or reversed."""
    if not clue.is_whole or clue.truth.size < 2:
        return None
    truth, allowed = clue.truth.reshape(clue.shape), clue.allowed.reshape(clue.shape)
    for pattern, words, change in _rearrangements(clue.shape):
        for sign, minus in ((1, ""), (-1, "-")):
            if clue.fits(sign * change(truth).ravel(), change(allowed).ravel(), everywhere=True):
                return Diagnosis(pattern, f"{clue.share} wrong: {minus}{words}")
    return None


def _rearrangements(shape: Shape) -> Iterator[tuple[str, str, Callable[[Array], Array]]]:
    """Give the ways to lay out an array of this shape differently that a rule may take by mistake."""
    if len(shape) >= 2 and shape[-1] == shape[-2]:
        yield "transposed", "the truth transposed", lambda a: np.swapaxes(a, -1, -2)
    if len(shape) == 2 and shape[0] != shape[1]:
        yield "transposed", "the truth transposed, in the old shape", lambda a: a.T.reshape(shape)
    axes = [axis for axis, length in enumerate(shape) if length > 1]
    for number in range(1, len(axes) + 1):
        for chosen in combinations(axes, number):
            yield "reversed", f"the truth reversed along axis {_axes(chosen)}", lambda a, c=chosen: np.flip(a, c)  # type: ignore[misc]  # mypy cannot infer the default
    for axis in axes:
        for step in (1, -1):
            words = f"the truth shifted by {step} along axis {axis}"
            yield "shifted", words, lambda a, s=step, i=axis: np.roll(a, s, i)  # type: ignore[misc]  # as above


def _axes(axes: Sequence[int]) -> str:
    return ", ".join(map(str, axes))


def _summed(clue: Clue) -> Diagnosis | None:
    """Look for the truth summed or averaged over axes and spread again."""
    if not clue.is_whole or clue.truth.size < 2:
        return None
    truth, allowed = clue.truth.reshape(clue.shape), clue.allowed.reshape(clue.shape)
    axes = [axis for axis, length in enumerate(clue.shape) if length > 1]
    for number in range(1, len(axes) + 1):
        for chosen in combinations(axes, number):
            for pattern, function in (("summed", np.sum), ("averaged", np.mean), ("accumulated", None)):
                if function is None and number > 1:
                    continue
                change = _spread(function, chosen)
                if clue.fits(change(truth).ravel(), change(allowed).ravel(), everywhere=True):
                    return Diagnosis(pattern, f"{clue.share} wrong: the truth {pattern} over axis {_axes(chosen)}")
    return None


def _spread(function: Callable[..., Array] | None, axes: tuple[int, ...]) -> Callable[[Array], Array]:
    """Return the sum or mean over axes, spread over them again; without a function the running sum."""
    if function is None:
        return lambda a: np.cumsum(a, axes[0])
    return lambda a: np.broadcast_to(function(a, axis=axes, keepdims=True), a.shape)


def _swapped(clue: Clue) -> Diagnosis | None:
    for name, other in clue.others.items():
        for sign, minus in ((1, ""), (-1, "-")):
            if clue.fits(sign * other, clue.allowed + SLACK * np.finfo(float).eps * np.abs(other), everywhere=True):
                return Diagnosis("swapped arguments", f"{clue.share} = {minus}the truth for {name}")
    return None


def _permuted(clue: Clue) -> Diagnosis | None:
    if not clue.is_whole or np.count_nonzero(clue.wrong) < 3 or np.iscomplexobj(clue.answer):
        return None
    answer, truth = np.argsort(clue.answer), np.argsort(clue.truth)
    apart = np.abs(clue.answer[answer] - clue.truth[truth])
    if np.any(apart > SLACK * clue.allowed[truth]):
        return None
    return Diagnosis("permuted", f"{clue.share} wrong: the true numbers in another order")


# what says less


def _two_groups(clue: Clue) -> Diagnosis | None:
    """Explain the elements whose truth is 0 and the others separately."""
    zero = clue.wrong & (clue.truth == 0)
    rest = replace(clue, wrong=clue.wrong & ~zero)
    if not np.any(zero) or not np.any(rest.wrong):
        return None
    first, second = _not_masked(replace(clue, wrong=zero)), _first(ELEMENTWISE, rest)
    if first is None or second is None:
        return None
    return Diagnosis("not masked", f"{first.text}; {second.text}")


def _lower_precision(clue: Clue) -> Diagnosis | None:
    errors = _relative_errors(clue)
    if errors.size == 0 or np.max(errors) > 8 * FLOAT32 or np.median(errors) < 1e-2 * FLOAT32:
        return None
    return Diagnosis(
        "lower precision", f"{clue.share} have the digits of float32 only (relative error {max(errors):.0e})"
    )


def _few_digits(clue: Clue) -> Diagnosis | None:
    errors = _relative_errors(clue)
    if errors.size == 0 or np.max(errors) > 1e-3:
        return None
    return Diagnosis("digits lost", f"{clue.share} wrong, with {int(-np.log10(max(errors)))} right digits")


def _relative_errors(clue: Clue) -> Array:
    w = clue.wrong
    return np.asarray(np.abs(clue.answer[w] - clue.truth[w]) / np.abs(clue.truth[w]))


def _one_element(clue: Clue) -> Diagnosis | None:
    if np.count_nonzero(clue.wrong) != 1 or clue.wrong.size == 1:
        return None
    return Diagnosis("one element", f"{clue.share} wrong, all others right")


ELEMENTWISE: Sequence[Pattern] = (_not_finite, _zeros, _not_masked, _constant_factor, _conjugated, _times_or_over)
STRUCTURAL: Sequence[Pattern] = (_rearranged, _summed, _swapped, _permuted)
VAGUE: Sequence[Pattern] = (_lower_precision, _few_digits, _one_element)

# the closed list of what `diagnose` and `diagnose_shape` can say
PATTERNS = (
    "nan where finite",
    "zeros",
    "masked",
    "not masked",
    "negated",
    "doubled",
    "halved",
    "constant factor",
    "ties halved",
    "mean instead of sum",
    "conjugated",
    "real part only",
    "times an input",
    "over an input",
    "transposed",
    "reversed",
    "shifted",
    "summed",
    "averaged",
    "accumulated",
    "swapped arguments",
    "permuted",
    "lower precision",
    "digits lost",
    "one element",
    "missing sum over broadcast axes",
    "same numbers",
    "too large",
)
