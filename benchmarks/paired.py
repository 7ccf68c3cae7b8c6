"""Compares what several callables cost on a machine that has other things to do.

Timing one callable after the other lets the load of the machine change between the two, and the same function
then seems 18 to 60 % slower than itself. So the contestants take turns: a round runs one block of each, then
one of each in the opposite order (A B B A, with more contestants A B C C B A), a steady drift cancels, and
the quotient of two contestants within a round is one pair. The ratio is the median of the pairs.

One contestant runs twice under two names. Its ratio to itself, the A/A ratio, is what this machine reports
for no difference at all, and a ratio that cannot be told from it is printed as "=".

    blocks = {name: block_of(call, plan, clock) for name, call in calls.items()}
    times = measure(blocks, plan, clock)
    ratio_of(times, "b", over="a")

The clock is the caller's: time of the processor stands still while the machine serves somebody else, time on the wall
does not.

A contestant is any function without arguments; a block is a function that returns seconds for one call, so
whatever can be timed (an import in a fresh process, for instance) can take part.
"""

import gc
import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat

Call = Callable[[], object]
Clock = Callable[[], float]
Block = Callable[[], float]
Times = Mapping[str, Sequence[float]]

SPREAD_LIMIT = 0.20
FEWEST_PAIRS = 6  # fewer values have no distribution-free 95 % interval of the median: 2 * 0.5**5 > 0.05
LONGEST_WARM_UP = 1.0  # seconds; one call is made in any case


@dataclass(frozen=True)
class Plan:
    """How much is measured; times in seconds.

    A workload gets `pairs` pairs, or as many as fit into `budget`, but never fewer than `fewest`.
    """

    pairs: int = 50
    fewest: int = FEWEST_PAIRS
    budget: float = 10.0
    warm_ups: int = 10
    block: float = 200e-6
    collector: bool = False


@dataclass(frozen=True)
class Ratio:
    """A median of per-pair ratios with its 95 % interval, its spread and the number of pairs; no units."""

    median: float
    low: float
    high: float
    spread: float
    pairs: int


def median_interval(values: Sequence[float], confidence: float = 0.95) -> tuple[float, float]:
    """Return the distribution-free interval of the median; units of the values.

    The number of values below the true median is binomial with p = 1/2, so two order statistics enclose it
    with a known probability, whatever the distribution (David and Nagaraja, Order Statistics, 7.1).
    """
    count, ordered = len(values), sorted(values)
    tail = 0.0
    outside = -1
    for below in range(count):
        tail += math.comb(count, below) / 2**count
        if tail > (1 - confidence) / 2:
            break
        outside = below
    if outside < 0:
        raise ValueError(f"median_interval: {count} values are too few for confidence {confidence}")
    return ordered[outside], ordered[count - 1 - outside]


def ratio_of(times: Times, name: str, *, over: str) -> Ratio:
    """Return what one contestant costs over another, pair by pair; no units."""
    pairs = [mine / other for mine, other in zip(times[name], times[over], strict=True)]
    median = statistics.median(pairs)
    lower, _, upper = statistics.quantiles(pairs, n=4)
    low, high = median_interval(pairs)
    return Ratio(median, low, high, (upper - lower) / median, len(pairs))


def medians(times: Times) -> dict[str, float]:
    """Return the median time of each contestant, in seconds for one call."""
    return {name: statistics.median(values) for name, values in times.items()}


def is_unstable(ratio: Ratio) -> bool:
    """Say whether the middle half of the pairs spreads over more than 20 % of their median."""
    return ratio.spread > SPREAD_LIMIT


def is_equal(ratio: Ratio, band: Ratio) -> bool:
    """Say whether a ratio cannot be told from 1 on this machine, given the A/A ratio `band`.

    The band reaches equally far to both sides of 1. A ratio inside it is equal, and so is one whose interval
    touches it: a difference is claimed only where the whole interval lies outside.
    """
    width = max(band.high, 1 / band.low)
    return ratio.low <= width and ratio.high >= 1 / width


def verdict(ratio: Ratio, band: Ratio) -> str:
    """Return "unstable", "=", or the ratio with two decimals."""
    if is_unstable(ratio) or is_unstable(band):
        return "unstable"
    return "=" if is_equal(ratio, band) else f"{ratio.median:.2f}"


@contextmanager
def garbage_collector(enabled: bool) -> Iterator[None]:
    """Switch the cycle collector on or off, and back to what it was."""
    before = gc.isenabled()
    gc.collect()
    (gc.enable if enabled else gc.disable)()
    try:
        yield
    finally:
        (gc.enable if before else gc.disable)()


def seconds_of(call: Call, inner: int, clock: Clock) -> float:
    """Return the seconds that `inner` calls take together."""
    start = clock()
    for _ in repeat(None, inner):
        call()
    return clock() - start


def block_of(call: Call, plan: Plan, clock: Clock) -> Block:
    """Warm a call up and return a block of so many calls that it lasts as long as the plan asks."""
    end = clock() + LONGEST_WARM_UP
    for _ in repeat(None, plan.warm_ups):
        call()
        if clock() > end:
            break
    inner = 1
    while seconds_of(call, inner, clock) < plan.block:
        inner *= 2
    return lambda: seconds_of(call, inner, clock) / inner


def one_round(blocks: Mapping[str, Block]) -> dict[str, float]:
    """Return seconds per call of each contestant from one round there and back."""
    there = {name: block() for name, block in blocks.items()}
    back = {name: blocks[name]() for name in reversed(list(blocks))}
    return {name: (there[name] + back[name]) / 2 for name in blocks}


def all_rounds(blocks: Mapping[str, Block], plan: Plan, clock: Clock) -> Times:
    """Return seconds per call of each contestant, round by round.

    The next round starts with the next contestant: the one in the middle runs twice in a row, with warm
    caches, and one that was always there would seem faster than itself.
    """
    names = list(blocks)
    rounds: list[dict[str, float]] = []
    end = clock() + plan.budget
    while len(rounds) < plan.pairs and (len(rounds) < plan.fewest or clock() < end):
        first = len(rounds) % len(names)
        rounds.append(one_round({name: blocks[name] for name in names[first:] + names[:first]}))
    return {name: [one[name] for one in rounds] for name in blocks}


def measure(blocks: Mapping[str, Block], plan: Plan, clock: Clock, *, watched: Mapping[str, str]) -> Times:
    """Measure all contestants in turns; once more if a watched ratio (name: over) was unstable.

    There is no second time where the fewest pairs alone took more than twice the budget.
    """
    with garbage_collector(plan.collector):
        end = clock() + 2 * plan.budget
        times = all_rounds(blocks, plan, clock)
        unstable = any(is_unstable(ratio_of(times, name, over=over)) for name, over in watched.items())
        return all_rounds(blocks, plan, clock) if unstable and clock() <= end else times
