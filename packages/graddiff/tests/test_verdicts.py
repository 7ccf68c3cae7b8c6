"""Each verdict of the closed list, from a toy library with a planted fault."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from graddiff import Case
from graddiff.cases import Sources
from graddiff.domains import REAL, Domain
from graddiff.verdicts import Verdict

WRONG = {"fault": lambda gradient: 2 * gradient}
NEAR = {"fault": lambda gradient: gradient * (1 + 3e-15)}


def test_the_list_is_closed() -> None:
    assert [verdict.text("easygrad") for verdict in Verdict] == [
        "agree",
        "easygrad wrong",
        "upstream wrong",
        "both wrong",
        "both right, n ULP apart",
        "convention",
        "ill-conditioned",
        "referee abstains",
        "behaviour differs",
        "unsupported",
    ]


@pytest.mark.parametrize(
    ("subject", "upstream", "verdict", "fails"),
    [
        ({}, {}, "agree", False),
        (WRONG, {}, "toy wrong", True),
        ({}, WRONG, "upstream wrong", False),
        (WRONG, WRONG, "both wrong", True),
        (NEAR, {}, "both right, n ULP apart", False),
    ],
)
def test_right_and_wrong(toy: Any, vjp_record: Any, subject: Any, upstream: Any, verdict: str, fails: bool) -> None:
    record = vjp_record([toy("toy", **subject), toy("other", **upstream)])
    assert (record["verdict"], record["fails"]) == (verdict, fails)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (lambda g: g.astype(np.float32), "dtype float32 instead of float64"),
        (lambda g: g[:2], "shape (2,) instead of (3,)"),
        (lambda g: g * np.random.default_rng().normal(), "other bits"),
    ],
)
def test_a_departure_of_the_subject_fails_and_of_the_upstream_does_not(
    toy: Any, vjp_record: Any, fault: Callable[[Any], Any], told: str
) -> None:
    for libraries, fails in (([toy(fault=fault), toy("o")], True), ([toy(), toy("o", fault=fault)], False)):
        record = vjp_record(libraries)
        assert (record["verdict"], record["fails"]) == ("behaviour differs", fails)
        assert told in record["detail"]


def test_raising_where_numpy_does_not(toy: Any, raising: Any, vjp_record: Any) -> None:
    record = vjp_record([toy(fault=raising(ZeroDivisionError("x"))), toy("o")])
    assert (record["verdict"], record["fails"]) == ("behaviour differs", True)
    assert "raises ZeroDivisionError: x" in record["detail"]


def test_unsupported(toy: Any, raising: Any, vjp_record: Any) -> None:
    missing = {"fault": raising(NotImplementedError("no rule"))}
    for libraries, fails in (([toy(**missing), toy("o")], True), ([toy(), toy("o", **missing)], False)):
        record = vjp_record(libraries)
        assert (record["verdict"], record["fails"]) == ("unsupported", fails)


def test_a_float_gets_a_float_and_a_0d_array_is_no_float(toy: Any, vjp_record: Any) -> None:
    case = Case("sin", lambda np: lambda x: np.sin(x), [REAL], kinds=("float",), shapes=[()], orders=(1,))
    # the base of this case is a 0-d array: a np.float64 and a 0-d array are both right there
    assert vjp_record([toy(fault=np.asarray)], case)["verdict"] == "agree"


def test_the_kind_of_scalar_is_judged(toy: Any) -> None:
    from graddiff.run import CaseRun

    case = Case("sin", lambda np: lambda x: np.sin(x), [REAL], kinds=("float", "np.float64"), orders=(1,))
    run = CaseRun.prepare(case, "f.py", Sources())
    for cell in (cell for cell in run.cells if cell.variant.kind == "kind" and cell.aspect == "vjp"):
        assert run.run(cell, [toy()])["verdict"] == "agree"
        assert "0-d instead of" in run.run(cell, [toy(fault=np.asarray)])["detail"]


def test_convention_is_never_failed(toy: Any, vjp_record: Any) -> None:
    case = Case("abs", lambda np: lambda x: np.abs(x), kind="convention", at=[0.0], reason="a kink")
    record = vjp_record([toy(**WRONG), toy("other")], case)
    assert (record["verdict"], record["fails"], record["reason"]) == ("convention", False, "a kink")


def test_referee_abstains(toy: Any, vjp_record: Any) -> None:
    zero = Domain("ZERO", lambda rng, shape: np.zeros(shape))
    case = Case("abs", lambda np: lambda x: np.abs(x), [zero], orders=(1,))
    record = vjp_record([toy(**WRONG), toy("other")], case)
    assert record["verdict"] == "referee abstains"
    assert "kink" in record["detail"]


def test_ill_conditioned(toy: Any, vjp_record: Any) -> None:
    one = Domain("ONE", lambda rng, shape: np.ones(shape))
    case = Case("steep", lambda np: lambda x: np.exp(1e8 * (x - 1)), [one], orders=(1,), shapes=[()])
    assert vjp_record([toy(), toy("other")], case)["verdict"] == "ill-conditioned"


def expecting(**claims: str) -> Case:
    expect = {key.replace("_", " "): claim for key, claim in claims.items()}
    return Case("sin", lambda np: lambda x: np.sin(x), [REAL], orders=(1,), expect=expect)


def test_an_expected_fault_does_not_fail(toy: Any, raising: Any, vjp_record: Any) -> None:
    assert not vjp_record([toy(**WRONG)], expecting(toy="wrong"))["fails"]
    assert not vjp_record([toy(**WRONG)], expecting(toy="right", toy_vjp="wrong"))["fails"]
    missing = toy(fault=raising(NotImplementedError("no")))
    assert not vjp_record([missing], expecting(toy_reverse="unsupported"))["fails"]


def test_an_expectation_that_does_not_hold_fails(toy: Any, vjp_record: Any) -> None:
    record = vjp_record([toy(), toy("other")], expecting(other_vjp="unsupported"))
    assert record["fails"]
    assert "expect says that other is 'unsupported' here, but it is 'right'" in record["detail"]


def test_the_worst_element_is_told(toy: Any, vjp_record: Any) -> None:
    def fault(gradient: Any) -> Any:
        return gradient * np.array([1.0, 1.0, 5.0])

    worst = vjp_record([toy(fault=fault), toy("other")])["worst"]
    assert (worst["part"], worst["index"], worst["wrong"], worst["size"]) == ("x", (2,), 1, 3)
    assert float(worst["values"][1][1]) == pytest.approx(float(worst["truth"]))
    assert float(worst["values"][0][1]) == pytest.approx(5 * float(worst["truth"]))
