"""Gates: how much easygrad may record, call, add and hold for fixed programs. Exact counts, never seconds.

Where easygrad needs less, lower the number. Where it needs more, the change that did it has a reason, or a mistake.
"""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import pytest
from benchmarks import contestants, paired
from benchmarks.contestants import BY_HAND, FLOOR
from benchmarks.counters import allocated_bytes, peak_bytes
from benchmarks.paired import Plan
from benchmarks.workloads import BY_NAME

from easygrad import core, grad

GATES = {  # workload: at most so many nodes, primitive calls, additions of cotangents
    "scalar_chain_200": (201, 200, 0),
    "scalar_tanh": (6, 5, 1),
    "scalar_tanh_order_4": (140, 136, 82),
    "nested_closures": (36, 33, 17),
    "elementwise_1000": (9, 8, 2),
    "indexing_loop_100": (401, 400, 199),
    "determinant.l5": (436, 435, 324),
    "mlp.b256_784_100_10": (21, 17, 3),
    "gmm.vector_n1000_d2_k5": (45, 41, 8),
    "ode.n4_s10": (331, 330, 145),
    "two_layers.hessian_n10": (24, 22, 2),
    "k_means.newton_vector_n1000_k10_d8": (33, 30, 2),
}
COUNTS = ("nodes", "primitive calls", "additions")
ELEMENTS = 100_000
ALIVE = {FLOOR: 3, BY_HAND: 3, "easygrad": 5}  # arrays at the peak of `elementwise`; x itself is not among them


@pytest.mark.parametrize("workload", GATES)
def test_easygrad_does_no_more_than(workload: str) -> None:
    call = contestants.call_of(BY_NAME[workload].timed, "easygrad")
    counts = contestants.easygrad_counts(call)
    limits = dict(zip(COUNTS, GATES[workload], strict=True))
    assert {name: counts[name] for name in COUNTS if counts[name] > limits[name]} == {}


@pytest.mark.parametrize("contestant", ALIVE)
def test_arrays_alive_at_the_peak(contestant: str) -> None:
    call = contestants.call_of(BY_NAME[f"elementwise_{ELEMENTS}"].timed, contestant)
    call()
    assert round(peak_bytes(call) / (8 * ELEMENTS)) == ALIVE[contestant]


@pytest.mark.parametrize("workload", ["two_layers.jacobian_n100", "two_layers.hessian_n100"])
def test_matrices_of_derivatives_take_no_more_memory_than_with_autograd(workload: str) -> None:
    peaks = []
    for library in contestants.LIBRARIES:
        call = contestants.call_of(BY_NAME[workload].timed, library)
        call()  # what is made once and kept is not counted
        peaks.append(peak_bytes(call))
    ours, theirs = peaks
    assert ours <= theirs


def test_backward_pass_of_a_chain_holds_one_cotangent() -> None:
    """A chain of negations keeps no residuals, so a long one needs as many arrays as a short one."""

    def peak(operations: int) -> int:
        def chain(x: Any) -> Any:
            for _ in range(operations):
                x = -x
            return np.sum(x)

        call = partial(grad(chain), np.ones(ELEMENTS))
        call()
        return round(peak_bytes(call) / (8 * ELEMENTS))

    assert peak(40) == peak(4)


@contextmanager
def needless_copy() -> Iterator[None]:
    """Plant a slowdown in the engine: the backward pass copies each cotangent."""
    source = inspect.getsource(core.backward)
    planted = source.replace("parent, node.parent = ", "g = g.copy(); parent, node.parent = ")
    assert planted != source
    names: dict[str, object] = {}
    exec(compile(planted, core.__file__, "exec", flags=0x1000000), vars(core), names)  # annotations stay text
    original = core.backward.__code__
    core.backward.__code__ = names["backward"].__code__  # type: ignore[attr-defined]  # it is a function
    try:
        yield
    finally:
        core.backward.__code__ = original


def test_planted_slowdown_is_seen_in_the_bytes() -> None:
    call = contestants.call_of(BY_NAME[f"elementwise_{ELEMENTS}"].timed, "easygrad")
    call()
    before = allocated_bytes(call)
    with needless_copy():
        after = allocated_bytes(call)
    assert round((after - before) / (8 * ELEMENTS)) == 8  # one for each call


def test_planted_slowdown_is_seen_in_the_ratio() -> None:
    """Bytes take the place of seconds: a call makes 21 arrays, and 20 more if cotangents are copied."""

    def chain(x: Any) -> Any:
        for _ in range(20):
            x = x + 1.0
        return np.sum(x)

    call = partial(grad(chain), np.ones(ELEMENTS))
    call()

    def fast() -> float:
        return float(allocated_bytes(call))

    def slow() -> float:
        with needless_copy():
            return float(allocated_bytes(call))

    blocks = {"easygrad": fast, "again": fast, "slow": slow}
    times = paired.measure(blocks, Plan(pairs=6), lambda: 0.0, watched={"slow": "easygrad"})
    ratio, band = (paired.ratio_of(times, name, over="easygrad") for name in ("slow", "again"))
    assert ratio.median == pytest.approx(41 / 21, rel=0.01)
    assert band.median == pytest.approx(1.0, rel=0.001)
    assert not paired.is_equal(ratio, band)
