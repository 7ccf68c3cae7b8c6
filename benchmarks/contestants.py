"""The contestants of each workload: plain NumPy as the floor, easygrad, and Autograd.

All get the program of the case, built with their own namespace and their own `grad`, and the same input. To
add a library, add its adapter to graddiff, its name to `LIBRARIES` and its counters to `counts_of`.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import autograd.core
import numpy as np
from comparisons.workloads import Timed

import easygrad.core
from benchmarks.counters import Call, Probe, count_calls, count_instances, peak_bytes
from graddiff import Case
from graddiff.domains import generator
from graddiff.libraries import find_library

LIBRARIES = ("easygrad", "autograd")
CONTESTANTS = ("floor", *LIBRARIES)
TOLERANCE = 1e-12  # relative, for each element: the workloads have no cancellation


class Plain:
    """Plain NumPy in the place of a library: a derivative is left out, so `grad(f)` is `f`."""

    name = "floor"
    numpy = np

    def grad(self, f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
        """Return the function itself."""
        return f


def name_of(timed: Timed) -> str:
    """Return the name of a workload in reports."""
    return timed.case.id if timed.order == 1 else f"{timed.case.id}_order_{timed.order}"


def argument_of(case: Case) -> Any:
    """Return the input of a case at its own size: a float or an array, always the same."""
    (shape,) = case.rows(1)[0]
    array = case.domains[0].sample(generator(case.id), shape)
    return float(array) if "float" in case.kinds else array


def call_of(timed: Timed, contestant: str) -> Call:
    """Return the call to be timed: the whole gradient, or for "floor" the function alone."""
    library: Any = Plain() if contestant == "floor" else find_library(contestant)
    function = timed.case.build(timed.case.function, library.numpy, library)
    for _ in range(timed.order):
        function = library.grad(function)
    return partial(function, argument_of(timed.case))


def difference(mine: Any, other: Any) -> float:
    """Return the largest relative difference between elements; nan if the shapes differ."""
    if np.shape(mine) != np.shape(other):
        return float("nan")
    return float(np.max(np.abs(np.subtract(mine, other)) / np.abs(other)))


def agreed_calls(timed: Timed) -> dict[str, Call]:
    """Return the calls of all contestants, after a check that both libraries agree at this size.

    The comparison says at a small size whether they are right. Raises ArithmeticError where they differ.
    """
    calls = {name: call_of(timed, name) for name in CONTESTANTS}
    found = difference(*(calls[name]() for name in LIBRARIES))
    if not found <= TOLERANCE:  # also refuses nan
        raise ArithmeticError(f"{name_of(timed)} is not timed: the gradients differ by {found:.1e}")
    return calls


def joins_another(frame: FrameType) -> bool:
    """Say whether Autograd has a cotangent of this node already."""
    return frame.f_locals["prev_g_flagged"] is not None


def easygrad_counts(call: Call) -> Counter[str]:
    """Return the Python functions entered, the nodes made (operations and inputs), and the additions."""
    probes = [Probe("additions", easygrad.core.add_cotangents.__code__)]
    return count_calls(call, probes) + Counter(nodes=count_instances(call, easygrad.core, "Node"))


def autograd_counts(call: Call) -> Counter[str]:
    """Return the Python functions entered, the nodes made (operations and inputs), and the additions."""
    node = autograd.core.VJPNode
    probes = [Probe("nodes", made.__code__) for made in (node.__init__, node.initialize_root)]
    probes.append(Probe("additions", autograd.core.add_outgrads.__code__, joins_another))
    return count_calls(call, probes)


def counts_of(call: Call, library: str) -> dict[str, int]:
    """Return the counters of one call of a gradient; the peak is in bytes."""
    counters = {"easygrad": easygrad_counts, "autograd": autograd_counts}
    counts = counters[library](call)
    names = ("nodes", "additions", "calls")
    return {name: counts[name] for name in names} | {"peak bytes": peak_bytes(call)}
