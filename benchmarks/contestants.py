"""The contestants of each workload: plain NumPy, the gradient by hand, easygrad, Autograd, and others if asked for.

All get the program of the case, built with their own namespace and their own `grad`, and the same input. "floor" is
the function itself under plain NumPy; "forward" is a library's derivative up to the end of the function, so without
the way back: the function ends with an exception, which costs about a microsecond. Other libraries are in `others.py`.
To add counters for a library, add a function to `COUNTERS`.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from types import FrameType
from typing import Any

import autograd.core
import autograd.numpy
import autograd.tracer
import numpy as np
from comparisons.models import Timed, inputs_of

import easygrad.core
from benchmarks.counters import Call, Probe, allocated_bytes, count_calls, peak_bytes
from benchmarks.workloads import name_of
from graddiff.bound import FACTOR_PER_ORDER
from graddiff.libraries import find_library

LIBRARIES = ("easygrad", "autograd")
FLOOR, BY_HAND, FORWARD = "floor", "by hand", " forward"
TOLERANCE = 1e-10  # of the largest element, at first order; ten times that for each further order, as graddiff's bound
COUNTS = ("nodes", "primitive calls", "additions", "calls", "bytes", "peak bytes")


class Plain:
    """Plain NumPy in the place of a library: derivatives are left out, so `grad(f)` is `f`."""

    name = FLOOR
    numpy = np

    def grad(self, f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
        """Return the function itself."""
        return f

    jacobian = hessian = elementwise_grad = grad

    def vjp(self, f: Callable[..., Any], *args: Any) -> tuple[Any, Callable[[Any], Any]]:
        """Return the value, and zeros as the cotangents."""
        return f(*args), lambda g: tuple(np.zeros_like(x) for x in args)

    def hvp(self, f: Callable[..., Any], x: Any, v: Any) -> Any:
        """Return the value of the function, in the shape of a vector that may be divided by."""
        return f(x) + np.zeros_like(v)


def given(timed: Timed) -> tuple[Any, ...]:
    """Return the arguments of the derivative: the inputs of the case, or the dict of them."""
    inputs = inputs_of(timed.case)
    return (dict(zip(timed.keys, inputs, strict=True)),) if timed.keys else inputs


def call_of(timed: Timed, contestant: str) -> Call:
    """Return the call to be timed of NumPy or a library: the whole derivative, or its forward run alone."""
    if contestant == BY_HAND:
        if timed.by_hand is None:
            raise LookupError(f"{name_of(timed)} has no gradient by hand")
        return partial(timed.by_hand, *inputs_of(timed.case))
    if contestant == FLOOR:
        return partial(timed.case.build(timed.case.function, np, Plain()), *inputs_of(timed.case))
    library = find_library(contestant.removesuffix(FORWARD))
    if contestant.endswith(FORWARD):
        return partial(until_recorded, ending(timed).derivative(library), given(timed))
    return partial(timed.derivative(library), *given(timed))


class RecordedError(Exception):
    """The function has run; ends a derivative before its way back."""


def ending(timed: Timed) -> Timed:
    """Return the workload with a function that raises RecordedError where it would return."""
    case = timed.case

    def build(np: Any, library: Any) -> Callable[..., Any]:
        function = case.build(case.function, np, library)

        def run(*args: Any) -> Any:
            function(*args)
            raise RecordedError

        return run

    return replace(timed, case=replace(case, function=build))


def until_recorded(derivative: Callable[..., Any], args: tuple[Any, ...]) -> None:
    """Run a derivative whose function raises RecordedError at its end: the part before the way back."""
    with suppress(RecordedError):
        derivative(*args)


def names_of(timed: Timed) -> list[str]:
    """Return the contestants of a workload: there is one way forward where there is one derivative."""
    names = [FLOOR, *([BY_HAND] if timed.by_hand else []), *LIBRARIES]
    return names + [library + FORWARD for library in LIBRARIES] if timed.order == 1 else names


def parts(answer: Any, keys: Sequence[str]) -> list[Any]:
    """Return the arrays of an answer: of a dict, which may be in any order, or a tuple, one for each argument."""
    if isinstance(answer, Mapping):
        return [answer[key] for key in keys]
    return list(answer) if isinstance(answer, tuple | list) else [answer]


def difference(mine: Any, other: Any, keys: Sequence[str] = ()) -> float:
    """Return the largest difference between elements over the largest element; nan if the shapes differ."""
    worst = 0.0
    for one, another in zip(parts(mine, keys), parts(other, keys), strict=True):
        if np.shape(one) != np.shape(another):
            return float("nan")
        size = float(np.max(np.abs(another)))
        found = float(np.max(np.abs(np.subtract(one, another))))
        worst = max(worst, found / size if size else found) if found == found else float("nan")
    return worst


def agreed_calls(timed: Timed) -> dict[str, Call]:
    """Return the calls of all contestants, after a check that the derivatives agree at this size.

    The comparison says at a small size whether they are right, and its verdict is by elements; here the question is
    whether all compute the same. Raises ArithmeticError where they do not.
    """
    calls = {name: call_of(timed, name) for name in names_of(timed)}
    mine = calls["easygrad"]()
    for name in (*LIBRARIES[1:], BY_HAND):
        if name in calls:
            check(timed, name, calls[name](), mine)
    return calls


def check(timed: Timed, name: str, other: Any, mine: Any) -> None:
    """Raise ArithmeticError where the answer of another contestant is not that of easygrad."""
    found = difference(mine, other, timed.keys)
    if not found <= TOLERANCE * FACTOR_PER_ORDER ** (max(timed.order, 1) - 1):  # also refuses nan
        raise ArithmeticError(f"{name_of(timed)} is not timed: easygrad and {name} differ by {found:.1e}")


def is_input(frame: FrameType) -> bool:
    """Say whether easygrad makes the node of an input, which has no edges."""
    return len(frame.f_locals["edges"]) == 0


def joins(frame: FrameType) -> int:
    """Return how many cotangents a backward pass of easygrad will add to others, from the graph it begins with.

    Each edge brings one cotangent, and each node has one in the end; the first one of a node is not an addition.
    """
    starts = list(frame.f_locals["cotangents"])
    reached, edges, waiting = set(starts), 0, starts
    while waiting:
        for parent, _ in waiting.pop().edges:
            edges += 1
            if parent not in reached:
                reached.add(parent)
                waiting.append(parent)
    return edges - (len(reached) - len(frame.f_locals["cotangents"]))


def joins_another(frame: FrameType) -> bool:
    """Say whether Autograd has a cotangent of this node already."""
    return frame.f_locals["prev_g_flagged"] is not None


def is_recorded(frame: FrameType) -> bool:
    """Say whether a primitive of Autograd was entered with a traced argument, and does not only pass it to NumPy."""
    known = frame.f_locals
    boxed, _, _, dispatches = autograd.tracer.find_top_boxed_args(known["args"])
    return bool(boxed) and not (known["is_ufunc"] and dispatches and not known["called_by_autograd_dispatcher"])


def easygrad_counts(call: Call) -> Counter[str]:
    """Return the nodes made (operations and inputs), calls of primitives, additions, and Python functions entered."""
    core = easygrad.core
    probes = [Probe("inputs", core.recorded.__code__, is_input)]
    probes.append(Probe("primitive calls", core.Forward.record.__code__))
    probes.append(Probe("additions", core.backward.__code__, joins))
    before = next(core.births)  # of nodes: they count down
    counts = count_calls(call, probes)
    nodes = before - next(core.births) - 1
    return counts + Counter({"nodes": nodes, "primitive calls": nodes - counts["inputs"]})


def autograd_counts(call: Call) -> Counter[str]:
    """Return the same of Autograd."""
    node = autograd.core.VJPNode
    probes = [Probe("nodes", made.__code__) for made in (node.__init__, node.initialize_root)]
    probes.append(Probe("additions", autograd.core.add_outgrads.__code__, joins_another))
    probes.append(Probe("primitive calls", autograd.numpy.sin.__code__, is_recorded))  # the code of all primitives
    return count_calls(call, probes)


COUNTERS = {"easygrad": easygrad_counts, "autograd": autograd_counts}


def counts_of(call: Call, library: str) -> dict[str, int]:
    """Return the counters of one call of a gradient: the bytes of all arrays, and the highest number at a time."""
    call()  # what is made once and kept, as caches are, is not counted
    counts = COUNTERS[library](call)
    counts += Counter({"bytes": allocated_bytes(call), "peak bytes": peak_bytes(call)})
    return {name: counts[name] for name in COUNTS}
