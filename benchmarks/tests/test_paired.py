"""Tests of the measurement on synthetic clocks: no test here depends on how fast the machine is.

A simulated machine owns the clock; its calls move the clock on by a known cost, so the true ratio is known.
Run them alone, without any benchmark, by `pytest benchmarks/tests`.
"""

import gc
import math
import random
from collections.abc import Callable

import pytest
from benchmarks import paired
from benchmarks.paired import Plan, Ratio

WATCHED = {"b": "a"}


class Machine:
    """A clock that only its own calls move, with noise and with a load that may drift."""

    def __init__(self, *, noise: float = 0.0, drift: float = 0.0, seed: int = 1) -> None:
        self.now = 0.0
        self.calls = 0
        self.noise = noise
        self.drift = drift
        self.random = random.Random(seed)

    def clock(self) -> float:
        """Return the simulated time in seconds."""
        return self.now

    def call(self, seconds: float) -> Callable[[], None]:
        """Return a call that costs so many seconds, more or less."""

        def run() -> None:
            self.calls += 1
            load = math.exp(self.random.gauss(0.0, self.noise)) * (1 + self.drift * self.now)
            self.now += seconds * load

        return run


def times_of(machine: Machine, plan: Plan, **seconds: float) -> paired.Times:
    blocks = {name: paired.block_of(machine.call(cost), plan, machine.clock) for name, cost in seconds.items()}
    return paired.measure(blocks, plan, machine.clock, watched=WATCHED)


def test_known_ratio_is_found() -> None:
    times = times_of(Machine(noise=0.02), Plan(), a=3e-6, b=6e-6)
    ratio = paired.ratio_of(times, "b", over="a")
    assert ratio.median == pytest.approx(2.0, rel=0.01)
    assert ratio.low <= 2.0 <= ratio.high
    assert ratio.pairs == 50


def test_known_ratio_prints_as_a_number_when_again_is_the_band() -> None:
    times = times_of(Machine(noise=0.02), Plan(), a=3e-6, b=6e-6, again=3e-6)
    ratio, band = paired.ratio_of(times, "b", over="a"), paired.ratio_of(times, "again", over="a")
    assert float(paired.verdict(ratio, band)) == pytest.approx(2.0, rel=0.01)


@pytest.mark.parametrize("seed", range(20))
def test_identical_functions_are_equal(seed: int) -> None:
    times = times_of(Machine(noise=0.05, seed=seed), Plan(), a=250e-6, b=250e-6, again=250e-6)
    ratio, band = paired.ratio_of(times, "b", over="a"), paired.ratio_of(times, "again", over="a")
    assert paired.verdict(ratio, band) == "="


def test_noise_makes_a_row_unstable_after_one_retry() -> None:
    machine = Machine(noise=0.6)
    times = times_of(machine, Plan(warm_ups=0), a=1e-3, b=2e-3)
    ratio = paired.ratio_of(times, "b", over="a")
    assert paired.verdict(ratio, ratio) == "unstable"
    assert machine.calls == 2 + 2 * 50 * 4  # two to calibrate, then twice 50 rounds of A B B A


def test_slow_noise_is_not_measured_twice() -> None:
    machine = Machine(noise=0.6)
    times_of(machine, Plan(warm_ups=0, budget=1.0), a=1.0, b=2.0)
    assert machine.calls == 2 + paired.FEWEST_PAIRS * 4


def test_quiet_row_is_not_measured_twice() -> None:
    machine = Machine()
    times_of(machine, Plan(warm_ups=0), a=1e-3, b=2e-3)
    assert machine.calls == 2 + 50 * 4


def test_steady_drift_cancels() -> None:
    times = times_of(Machine(drift=20.0), Plan(), a=250e-6, b=250e-6)
    ratio = paired.ratio_of(times, "b", over="a")
    assert ratio.median == pytest.approx(1.0, abs=1e-3)
    assert times["a"][-1] > 1.3 * times["a"][0]  # the load did grow


def test_contestants_take_turns_there_and_back() -> None:
    order: list[str] = []

    def block(name: str) -> paired.Block:
        return lambda: order.append(name) or 1.0  # type: ignore[func-returns-value]  # append has no value

    paired.one_round({name: block(name) for name in "abc"})
    assert order == list("abccba")


def test_each_contestant_starts_a_round_in_turn() -> None:
    order: list[str] = []

    def block(name: str) -> paired.Block:
        return lambda: order.append(name) or 1.0  # type: ignore[func-returns-value]  # append has no value

    paired.all_rounds({name: block(name) for name in "abc"}, Plan(pairs=3), lambda: 0.0)
    assert "".join(order) == "abccba" + "bcaacb" + "cabbac"


def test_warm_ups_and_block_length() -> None:
    machine = Machine()
    block = paired.block_of(machine.call(30e-6), Plan(warm_ups=10), machine.clock)
    assert machine.calls == 10 + 1 + 2 + 4 + 8
    before = machine.now
    assert block() == pytest.approx(30e-6)
    assert machine.now - before >= 200e-6


def test_a_slow_call_is_warmed_up_for_a_second() -> None:
    machine = Machine()
    paired.block_of(machine.call(0.6), Plan(warm_ups=10), machine.clock)
    assert machine.calls == 2 + 1


def test_slow_workload_gets_fewer_pairs_but_never_too_few() -> None:
    slow = times_of(Machine(), Plan(budget=10.0), a=1.0, b=2.0)
    slower = times_of(Machine(), Plan(budget=100.0), a=1.0, b=2.0)
    assert len(slow["a"]) == paired.FEWEST_PAIRS
    assert len(slower["a"]) == 17  # 6 s a round: the seventeenth starts at 96 s


def test_interval_covers_the_median_as_often_as_it_says() -> None:
    generator = random.Random(7)
    runs, hits = 2000, 0
    for _ in range(runs):
        low, high = paired.median_interval([generator.expovariate(1.0) for _ in range(50)])
        hits += low <= math.log(2) <= high
    assert 0.94 <= hits / runs <= 0.985  # exactly 0.967; the sampling error is 0.004


@pytest.mark.parametrize(("count", "place"), [(6, 0), (8, 0), (9, 1), (50, 17), (100, 39)])
def test_interval_takes_the_order_statistics_of_the_tables(count: int, place: int) -> None:
    values = [float(i) for i in range(count)]
    assert paired.median_interval(values) == (place, count - 1 - place)


def test_interval_of_too_few_values_is_refused() -> None:
    with pytest.raises(ValueError, match="5 values are too few"):
        paired.median_interval([1.0] * 5)


@pytest.mark.parametrize(
    ("ratio", "band", "text"),
    [
        (Ratio(1.01, 1.005, 1.015, 0.01, 50), Ratio(1.0, 0.98, 1.02, 0.01, 50), "="),
        (Ratio(0.95, 0.94, 0.96, 0.01, 50), Ratio(1.02, 0.99, 1.07, 0.01, 50), "="),
        (Ratio(0.90, 0.89, 0.91, 0.01, 50), Ratio(1.02, 0.99, 1.07, 0.01, 50), "0.90"),
        (Ratio(1.10, 1.05, 1.15, 0.01, 50), Ratio(1.0, 0.98, 1.02, 0.01, 50), "1.10"),
        (Ratio(9.0, 8.0, 9.5, 0.21, 50), Ratio(1.0, 0.98, 1.02, 0.01, 50), "unstable"),
        (Ratio(9.0, 8.0, 9.5, 0.01, 50), Ratio(1.0, 0.98, 1.02, 0.21, 50), "unstable"),
    ],
)
def test_verdict(ratio: Ratio, band: Ratio, text: str) -> None:
    assert paired.verdict(ratio, band) == text


@pytest.mark.parametrize("enabled", [True, False])
def test_collector_is_switched_and_put_back(enabled: bool) -> None:
    before = gc.isenabled()
    with paired.garbage_collector(enabled):
        assert gc.isenabled() is enabled
    assert gc.isenabled() is before
