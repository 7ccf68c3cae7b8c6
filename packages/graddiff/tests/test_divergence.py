"""The first divergence on planted faults: it must name the primitive whose rule was spoilt, with the line of the fault.

A row of `FAULTS` plants a rule by putting it in place of a primitive's own while the cell runs. Every row is tried
twice: against Autograd, and without a second library.
"""

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from heapq import heappush
from typing import Any, cast
from unittest.mock import patch

import numpy as np
import pytest
from autograd import core as autograd_core

import easygrad.numpy as enp
from easygrad import array, core, primitives
from easygrad.core import stop_gradient
from easygrad.rules import cumulative, elementwise, reductions, shaping
from graddiff import Case
from graddiff.cases import Sources
from graddiff.cells import Cell
from graddiff.divergence import Divergence, first_divergence
from graddiff.domains import COMPLEX, NONZERO, POSITIVE, REAL, UNIT, WELL_CONDITIONED
from graddiff.libraries import find_library
from graddiff.run import CaseRun
from graddiff.tapes import Tape

EASYGRAD, AUTOGRAD = find_library("easygrad"), find_library("autograd")
Rule = Callable[..., Any]


@dataclass(frozen=True)
class Fault:
    """A spoilt rule, the function that meets it, and what the report must say."""

    name: str
    primitive: Any
    spoilt: Rule
    case: Case
    aspect: str
    argument: int = 0
    kind: str = "cotangent"
    place: int | None = None  # in the pair of a general primitive: 0 the jvp, 1 the vjp
    upstream_is_wrong: bool = False
    pattern: str = ""  # what the diagnosis must say, where one of its patterns was planted

    @contextmanager
    def planted(self) -> Iterator[None]:
        """Put the spoilt rule in place of the right one."""
        primitive = self.primitive.primitive
        rules = list(primitive.rules)
        spoilt: Any = self.spoilt
        if self.place is not None:
            pair = list(rules[self.argument])
            pair[self.place] = self.spoilt
            spoilt = tuple(pair)
        rules[min(self.argument, len(rules) - 1)] = spoilt
        with patch.object(primitive, "rules", tuple(rules)):
            yield


def buffered() -> Rule:
    """Return a rule of exp that keeps what it needs in a buffer that all calls share."""
    buffer: dict[Any, Any] = {}

    def stale(g: Any, ans: Any, _x: Any) -> Any:
        return g * buffer.setdefault(np.shape(ans), ans)

    return stale


def sum_off_axis(ans: Any, x: Any, axis: Any = None, **options: Any) -> Rule:
    return lambda g: np.broadcast_to(np.expand_dims(g, 1 - axis), x.shape)


def mean_unscaled(ans: Any, x: Any, axis: Any = None, *, keepdims: Any = False, where: Any = True) -> Rule:
    return lambda g: reductions.spread(g, x.shape, axis)


def pieces_off_by_one(ans: Any, *arrays: Any, axis: int = 0) -> list[Rule]:
    starts = np.cumsum([0, *[x.shape[axis] for x in arrays]])[:-1]
    return [lambda g, i=i, n=x.shape[axis]: np.roll(g, 1, axis)[i : i + n] for i, x in zip(starts, arrays, strict=True)]


def cumsum_forward(ans: Any, x: Any, axis: Any = None, *, dtype: Any = None) -> Rule:
    return lambda g: np.cumsum(g, axis)


def sum_without_where(
    ans: Any, x: Any, axis: Any = None, *, keepdims: Any = False, initial: Any = 0, where: Any = True
) -> Rule:
    return lambda g: reductions.spread(g, x.shape, axis)


def broadcast_unsummed(ans: Any, x: Any, shape: Any) -> Rule:
    return lambda g: g[:1] * len(g)


def matmul_untransposed(ans: Any, x: Any, y: Any) -> Rule:
    return lambda g: g @ y


def det_of_itself(ans: Any, a: Any) -> Rule:
    return lambda g: g * ans * np.linalg.inv(a)


def prod_with_itself(ans: Any, x: Any, axis: Any = None, **options: Any) -> Rule:
    return lambda t: np.sum(t * ans, axis)


SQUARE = {"shapes": [(3, 3)]}
MASK = np.array([True, False, True])

FAULTS = [
    Fault(
        "sign",
        enp.sin,
        lambda g, _ans, x: -g * np.cos(x),
        Case("wave", lambda np: lambda x: np.exp(np.sin(x * x)), [POSITIVE]),
        "vjp",
        pattern="negated",
    ),
    Fault(
        "factor",
        enp.square,
        lambda g, _ans, x: g * x,
        Case("squares", lambda np: lambda x: np.log(1.0 + np.square(np.sin(x))), [POSITIVE]),
        "vjp",
        pattern="halved",
    ),
    Fault(
        "sum instead of mean",
        reductions.mean,
        mean_unscaled,
        Case("mean", lambda np: lambda x: np.mean(np.exp(x), axis=0) ** 2, [REAL], shapes=[(4, 3)]),
        "vjp",
        pattern="constant factor",
    ),
    Fault(
        "missing sum over a broadcast axis",
        shaping.broadcast_to,
        broadcast_unsummed,
        Case("broadcast", lambda np: lambda x: np.sin(np.broadcast_to(x * x, (2, 3))), [REAL], shapes=[(1, 3)]),
        "vjp",
    ),
    Fault(
        "wrong axis",
        reductions.sum,
        sum_off_axis,
        Case(
            "softmax",
            lambda np: lambda x: np.exp(x) / np.sum(np.exp(x), axis=1)[:, None],
            [REAL],
            **SQUARE,
        ),
        "vjp",
    ),
    Fault(
        "missing conjugate",
        enp.conjugate,
        lambda ans, x: lambda g: g,
        Case("conj", lambda np: lambda x: np.conjugate(x), [COMPLEX]),
        "vjp",
        pattern="conjugated",
    ),
    Fault(
        "stale residual",
        enp.exp,
        buffered(),
        Case("two_exps", lambda np: lambda x: np.exp(x) * np.sin(np.exp(0.3 * x)), [REAL]),
        "vjp",
    ),
    Fault(
        "wrong branch of where",
        enp.where,
        lambda g, _ans, c, _x, _y: np.where(c, 0, g),
        Case("where", lambda np: lambda x: np.where(MASK, np.sin(x), x**2), [POSITIVE]),
        "vjp",
        argument=1,
    ),
    Fault(
        "slice off by one",
        shaping.join,
        pieces_off_by_one,
        Case("joined", lambda np: lambda x: np.sin(np.concatenate([x**2, np.exp(x)])), [REAL]),
        "vjp",
    ),
    Fault(
        "forward mode only",
        reductions.prod,
        prod_with_itself,
        Case("prod", lambda np: lambda x: np.log(np.prod(np.exp(x) + x, axis=0)), [POSITIVE], shapes=[(3, 2)]),
        "jvp",
        kind="tangent",
        place=0,
    ),
    Fault(
        "transposed factor",
        enp.matmul,
        matmul_untransposed,
        Case("matmul", lambda np: lambda x, y: np.tanh(np.matmul(np.sin(x), y)), [REAL, REAL], **SQUARE),
        "vjp",
    ),
    Fault(
        "missing flip",
        cumulative.cumsum,
        cumsum_forward,
        Case("cumsum", lambda np: lambda x: np.exp(np.cumsum(x * x, axis=0)), [UNIT]),
        "vjp",
    ),
    Fault(
        "missing transpose",
        enp.linalg.det,
        det_of_itself,
        Case(
            "det",
            lambda np: lambda x: np.log(np.abs(np.linalg.det(x))),
            [WELL_CONDITIONED],
            shapes=[(3, 3)],
            reference=lambda np: lambda x: np.log(np.abs(np.sum(x[0] * np.cross(x[1], x[2])))),
            linear_algebra=True,
        ),
        "vjp",
        place=1,
        pattern="transposed",
    ),
    Fault(
        "mask ignored",
        reductions.sum,
        sum_without_where,
        Case(
            "masked",
            lambda np: lambda x: np.sum(x**2, where=MASK),
            [REAL],
            reference=lambda np: lambda x: x[0] ** 2 + x[2] ** 2,
        ),
        "vjp",
        upstream_is_wrong=True,
        pattern="not masked",
    ),
    Fault(
        "sign, in the inner one of two derivatives",
        enp.cos,
        lambda g, _ans, x: g * np.sin(x),
        Case("nested", lambda np: lambda x: x * np.cos(x**2), [REAL]),
        "rev-over-rev",
        pattern="negated",
    ),
    Fault(
        "sign, in a derivative that the function takes",
        enp.cos,
        lambda g, _ans, x: g * np.sin(x),
        Case("inside", lambda np, lib: lambda x: x * lib.grad(lambda y: np.cos(x * y))(x), [POSITIVE], shapes=[()]),
        "vjp",
        pattern="negated",
    ),
    Fault(
        "second order only: a helper",
        elementwise.sech2,
        lambda g, ans, x: 2.0 * g * ans * np.tanh(x),
        Case("helper", lambda np: lambda x: np.tanh(x * x), [UNIT]),
        "fwd-over-rev",
        kind="tangent",
    ),
    Fault(
        "second order only: a detached residual",
        enp.tanh,
        lambda g, _ans, x: g / stop_gradient(np.cosh(x)) ** 2,
        Case("detached", lambda np: lambda x: np.exp(np.tanh(x)) * x, [UNIT]),
        "rev-over-rev",
        kind="derivative of the rule",
    ),
    Fault(
        "second order only: the other operand detached",
        enp.divide,
        lambda g, _ans, _x, y: g / stop_gradient(y),
        Case("quotient", lambda np: lambda x, y: np.sin(x) / y, [REAL, NONZERO]),
        "rev-over-fwd",
        kind="derivative of the rule",
    ),
    Fault(
        "third order only: a detached residual of a helper",
        elementwise.sech2,
        lambda g, ans, x: -2.0 * g * ans * stop_gradient(np.tanh(x)),
        Case("third", lambda np: lambda x: np.tanh(x), [UNIT], orders=(1, 2, 3)),
        "order",
        kind="derivative of the rule",
    ),
]


def cell_of(case: Case, aspect: str) -> Cell:
    """Return the cell of an aspect with the highest order and all arguments."""
    cells = [cell for cell in CaseRun.prepare(case, "file.py", Sources()).cells if cell.aspect == aspect]
    return max(cells, key=lambda cell: (cell.variant.kind == "base", cell.order, len(cell.argnums)))


def named(divergence: Divergence | None) -> Divergence:
    assert divergence is not None
    assert len(divergence.lines()) <= 10
    return divergence


each_fault = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))


@pytest.mark.parametrize("second", [AUTOGRAD, None], ids=["autograd", "alone"])
@each_fault
def test_names_the_spoilt_primitive_and_its_line(fault: Fault, second: Any) -> None:
    cell = cell_of(fault.case, fault.aspect)
    with fault.planted():
        found = named(first_divergence(cell, EASYGRAD, second))
    assert (found.kind, found.library) == (fault.kind, "easygrad"), found.lines()
    assert found.primitive == fault.primitive.primitive.name, found.lines()
    assert found.argument in (None, fault.argument), found.lines()
    lines, first = inspect.getsourcelines(fault.spoilt)
    place, text = found.source.split(": ", 1)
    assert place == f"{__file__.rsplit('/', 1)[1]}:{first}" or place.endswith(f"test_divergence.py:{first}")
    assert lines[0].strip().startswith(text.removesuffix("..."))


@each_fault
def test_without_the_fault_easygrad_has_nothing_to_tell(fault: Fault) -> None:
    found = first_divergence(cell_of(fault.case, fault.aspect), EASYGRAD, AUTOGRAD)
    assert (found is not None and found.library == "autograd") if fault.upstream_is_wrong else found is None
    assert first_divergence(cell_of(fault.case, fault.aspect), EASYGRAD) is None


@each_fault
def test_the_verdict_and_the_diagnosis_of_a_planted_fault(fault: Fault) -> None:
    run = CaseRun.prepare(fault.case, "file.py", Sources())
    wanted = cell_of(fault.case, fault.aspect).id
    cell = next(cell for cell in run.cells if cell.id == wanted)
    with fault.planted():
        entry = run.run(cell, [EASYGRAD, AUTOGRAD])
    assert entry["verdict"] == ("both wrong" if fault.upstream_is_wrong else "easygrad wrong")
    assert entry["patterns"].get("easygrad", "") == fault.pattern


# faults that are in no rule


def overwriting(parent: core.Node, term: Any, cotangents: dict[core.Node, Any], queue: Any, ours: Any) -> None:
    """Do what `core.send` does, without the sum over the uses of a value."""
    if parent not in cotangents:
        heappush(queue, (parent.birth, parent))
    cotangents[parent] = term


def users_of(function: str) -> list[Any]:
    """Return the modules of easygrad that have a function of the engine under its name."""
    modules = [module for name, module in list(sys.modules.items()) if name.split(".")[0] == "easygrad"]
    return [module for module in modules if getattr(module, function, None) is getattr(core, function)]


@contextmanager
def engine(**functions: Any) -> Iterator[None]:
    """Put other functions in place of those of the engine, wherever they were imported."""
    with ExitStack() as stack:
        for name, function in functions.items():
            for module in users_of(name):
                stack.enter_context(patch.object(module, name, function))
        yield


@pytest.mark.parametrize("second", [AUTOGRAD, None], ids=["autograd", "alone"])
@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda np: lambda x: np.sin(x) * np.exp(x), "an argument"),
        (lambda np: lambda x: (lambda y: y * np.exp(y))(np.sin(x)), "sin"),
    ],
    ids=["argument", "value"],
)
def test_a_lost_use_is_a_fault_of_the_engine_at_that_value(function: Any, name: str, second: Any) -> None:
    cell = cell_of(Case("uses", function, [POSITIVE]), "vjp")
    with engine(send=overwriting):
        found = named(first_divergence(cell, EASYGRAD, second))
    assert (found.kind, found.library, found.primitive) == ("engine", "easygrad", name)
    assert "each rule by itself is right" in found.lines()[-1]


def test_perturbation_confusion_is_a_fault_of_the_engine() -> None:
    case = Case("confusion", lambda np, lib: lambda x: x * lib.grad(lambda y: y * x)(x), [REAL], shapes=[()])
    one_level = patch.object(core.Trace, "__init__", lambda trace: setattr(trace, "level", 1))
    with one_level:
        found = named(first_divergence(cell_of(case, "vjp"), EASYGRAD, AUTOGRAD))
    assert (found.kind, found.library) == ("engine", "")


def test_a_projection_that_does_not_sum_is_seen_at_the_primitive() -> None:
    case = Case("row", lambda np: lambda x, y: np.exp(x * y), [UNIT, UNIT], shapes=[((2, 3), (3,))])
    with engine(project=lambda g, shape, dtype: g):
        found = named(first_divergence(cell_of(case, "vjp"), EASYGRAD, AUTOGRAD))
    assert (found.kind, found.library, found.primitive, found.argument) == ("cotangent", "easygrad", "multiply", 1)
    assert "shape (2, 3) instead of (3,)" in found.lines()[-1]


def test_a_wrong_value_comes_before_everything_that_follows_from_it() -> None:
    case = Case("fast", lambda np: lambda x: np.sin(np.log1p(x) * x), [POSITIVE])
    with patch.object(enp.log1p.primitive, "fast", lambda x: np.log(x)):
        found = named(first_divergence(cell_of(case, "vjp"), EASYGRAD, AUTOGRAD))
    assert (found.kind, found.library, found.primitive) == ("value", "easygrad", "log1p")


def test_a_rule_that_raises_is_named_with_its_error() -> None:
    def raising(g: Any, _ans: Any, _x: Any) -> Any:
        raise ZeroDivisionError("planted")

    case = Case("raising", lambda np: lambda x: np.exp(np.sinh(x)), [UNIT])
    with patch.object(enp.sinh.primitive, "rules", (raising,)):
        found = named(first_divergence(cell_of(case, "vjp"), EASYGRAD, AUTOGRAD))
    assert (found.kind, found.library, found.primitive) == ("error", "easygrad", "sinh")
    assert "ZeroDivisionError: planted" in found.lines()[1]
    assert "def raising" in found.source


# where Autograd 1.9.1 is wrong (USERS.md, 1.1)

UPSTREAM = {
    "repeat": Case("repeat", lambda np: lambda x: np.repeat(x, 2, axis=-1), [REAL], shapes=[(2, 3)]),
    "tile": Case("tile", lambda np: lambda x: np.tile(x, 3), [REAL], shapes=[(3, 3)]),
    "cross": Case("cross", lambda np: lambda x, y: np.cross(x, y), [REAL, REAL], shapes=[((2, 3), (3,))]),
    "where": Case("where", lambda np: lambda x: np.where(MASK, x, 0.0), [REAL], shapes=[()]),
    "transpose": Case("transpose", lambda np: lambda x: np.transpose(x, (-1, 0, 1)), [REAL], shapes=[(2, 2, 2)]),
    "rfft": Case("rfft", lambda np: lambda x: np.abs(np.fft.rfft(x, norm="forward")), [REAL], shapes=[(4,)]),
    "sum": Case("sum", lambda np: lambda x: np.sum(np.exp(x), where=MASK), [REAL]),
    "slogdet": Case(
        "slogdet",
        lambda np: lambda x: np.real(np.linalg.slogdet(x + 1j * x.T)[0]),
        [WELL_CONDITIONED],
        shapes=[(2, 2)],
    ),
    "solve": Case(
        "solve", lambda np: lambda x, y: np.linalg.solve(x, y), [WELL_CONDITIONED, REAL], shapes=[((2, 3, 3), (3, 1))]
    ),
}


@pytest.mark.parametrize("primitive", UPSTREAM)
def test_upstream_primitives_that_are_wrong_are_named(primitive: str) -> None:
    found = named(first_divergence(cell_of(UPSTREAM[primitive], "vjp"), EASYGRAD, AUTOGRAD))
    assert (found.kind, found.library, found.primitive) == ("cotangent", "autograd", primitive), found.lines()
    assert found.source.startswith("autograd/numpy/")


def test_a_value_taken_for_a_constant_shows_which_library_does_not_use_it() -> None:
    case = Case("full", lambda np: lambda x: np.exp(x) * np.full_like(np.ones(3), x), [REAL], shapes=[()])
    found = named(first_divergence(cell_of(case, "vjp"), EASYGRAD, AUTOGRAD))
    assert found.kind == "engine"


# tapes


def test_recording_leaves_the_libraries_as_they_were() -> None:
    modules = (array, core, primitives, reductions)
    before = [dict(vars(module)) for module in modules]
    nodes = [(node, node.__init__) for node in (autograd_core.VJPNode, autograd_core.JVPNode)]
    for fault in FAULTS[:2]:
        first_divergence(cell_of(fault.case, fault.aspect), EASYGRAD, AUTOGRAD)
    assert [dict(vars(module)) for module in modules] == before
    assert all(node.__init__ is init for node, init in nodes)


@pytest.mark.parametrize("library", [EASYGRAD, AUTOGRAD], ids=lambda library: library.name)
def test_a_tape_has_all_calls_in_all_traces_and_who_made_them(library: Any) -> None:
    with library.recording() as tape:
        library.grad(library.grad(lambda x: library.numpy.sin(x)))(0.5)
    assert len(tape.modes) == 2
    ranks = tape.ranks()
    calls = [(call.primitive, ranks[call.trace], [maker.primitive for maker in call.within]) for call in tape.calls]
    assert ("sin", 0, []) in calls
    assert ("sin", 1, []) in calls
    assert ("cos", 0, ["sin"]) in calls
    assert ("multiply", 0, ["sin"]) in calls
    assert [flow.call.primitive for flow in tape.flows if ranks[flow.call.trace] == 1] == ["sin"]


def test_no_array_in_the_lines_is_longer_than_six() -> None:
    case = Case("long", lambda np: lambda x: np.exp(np.sin(x)), [REAL], shapes=[(40,)])
    with patch.object(enp.sin.primitive, "rules", (lambda g, _ans, x: g * x,)):
        lines = named(first_divergence(cell_of(case, "vjp"), EASYGRAD, AUTOGRAD)).lines()
    assert all(line.count(",") < 20 for line in lines)
    assert any("(40,) at [" in line for line in lines)


def test_a_library_without_tapes_has_nothing_to_tell() -> None:
    class Bare:
        name = "bare"

    assert isinstance(Tape(), Tape)
    cell = cell_of(FAULTS[0].case, "vjp")
    assert first_divergence(cell, cast(Any, Bare())) is None
