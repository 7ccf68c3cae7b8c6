"""Each verdict of the closed list, from a toy library with a planted fault."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from graddiff import Case
from graddiff.cases import CaseError, Sources
from graddiff.domains import REAL, Domain
from graddiff.report.text import headline
from graddiff.run import CaseRun
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
    case = Case("sin", lambda np: lambda x: np.sin(x), [REAL], kinds=("float", "np.float64"), orders=(1,))
    run = CaseRun.prepare(case, "f.py", Sources())
    for cell in (cell for cell in run.cells if cell.variant.kind == "kind" and cell.aspect == "vjp"):
        assert run.run(cell, [toy()])["verdict"] == "agree"
        assert "0-d instead of" in run.run(cell, [toy(fault=np.asarray)])["detail"]


def test_wrong_numbers_outrank_a_wrong_dtype(toy: Any, vjp_record: Any) -> None:
    wrong = vjp_record([toy(fault=lambda g: (2 * g).astype(np.float32)), toy("other")])
    assert (wrong["verdict"], wrong["behaviours"]["toy"]) == ("toy wrong", "dtype")
    only = vjp_record([toy(fault=lambda g: g.astype(np.float32)), toy("other")])
    assert (only["verdict"], only["behaviours"]["toy"]) == ("behaviour differs", "dtype")


def test_each_argument_has_its_own_count(toy: Any) -> None:
    case = Case("mul", lambda np: lambda x, y: x * y, [REAL, REAL], orders=(1,))
    run = CaseRun.prepare(case, "f.py", Sources())
    cell = next(cell for cell in run.cells if cell.argument == "x+y" and cell.aspect == "vjp")
    record = run.run(cell, [toy(fault=lambda g: (g[0], 2 * g[1])), toy("other")])
    assert record["wrong"] == {"toy": {"x": "0 of 3", "y": "3 of 3"}}
    assert record["diagnoses"] == {"toy": "y: 3 of 3 elements = 2 x truth"}


def test_swapped_arguments_are_told_where_one_is_asked_alone(toy: Any) -> None:
    case = Case("f", lambda np: lambda x, y: x * y, [REAL, REAL], orders=(1,))
    run = CaseRun.prepare(case, "f.py", Sources())
    cell = next(cell for cell in run.cells if cell.argument == "x" and cell.aspect == "vjp")
    swapped = cell.variant.weight * cell.variant.inputs[0]  # the truth for y
    record = run.run(cell, [toy(fault=lambda g: swapped), toy("other")])
    assert record["patterns"] == {"toy": "swapped arguments"}


def test_a_gradient_that_was_not_summed_is_told(toy: Any) -> None:
    case = Case("f", lambda np: lambda x, y: x * y, [REAL, REAL], shapes=[((2, 3), (3,))], orders=(1,))
    run = CaseRun.prepare(case, "f.py", Sources())
    cell = next(cell for cell in run.cells if cell.argument == "y" and cell.aspect == "vjp")
    whole = cell.variant.weight * cell.variant.inputs[0]
    record = run.run(cell, [toy(fault=lambda g: whole), toy("other")])
    assert (record["verdict"], record["behaviours"]["toy"]) == ("behaviour differs", "shape")
    assert record["diagnoses"]["toy"] == "shape (2, 3) instead of (3,): not summed over broadcast axes [0]"


def behaving(case: Case, kind: str) -> Any:
    run = CaseRun.prepare(case, "f.py", Sources())
    return run, next(cell for cell in run.cells if cell.variant.kind == kind)


def test_strided_inputs_have_the_truth_of_the_base_and_are_not_contiguous(toy: Any) -> None:
    run, cell = behaving(Case("sin", lambda np: lambda x: np.sin(x), [REAL], orders=(1,)), "strided")
    assert not cell.variant.inputs[0].flags.c_contiguous
    assert run.truth(cell) is run.truth(run.cells[1])
    assert run.run(cell, [toy()])["verdict"] == "agree"
    assert run.run(cell, [toy(**WRONG)])["verdict"] == "toy wrong"


def test_an_empty_input_has_an_empty_gradient(toy: Any) -> None:
    run, cell = behaving(Case("sin", lambda np: lambda x: np.sin(x), [REAL], orders=(1,)), "empty")
    assert run.run(cell, [toy()])["verdict"] == "agree"
    assert "shape (1,)" in run.run(cell, [toy(fault=lambda g: np.zeros(1))])["detail"]


BAD = Case("dot", lambda np: lambda x: np.dot(x, np.ones(3)), [REAL], behaviours=(), raises=[(np.ones(4),)])


def test_raising_exactly_what_numpy_raises(toy: Any) -> None:
    run, cell = behaving(BAD, "raises")
    assert run.run(cell, [toy()])["verdict"] == "agree"

    class Other(type(toy())):  # type: ignore[misc]  # the class of the fixture
        def vjp(self, f: Any, *args: Any) -> Any:
            raise self.fault

    for error, verdict in (
        (ValueError("x"), "agree"),
        (UnicodeError("a kind of ValueError"), "agree"),
        (TypeError("x"), "behaviour differs"),
        (NotImplementedError("x"), "unsupported"),
    ):
        record = run.run(cell, [Other(fault=error)])
        assert (record["verdict"], record["fails"]) == (verdict, verdict != "agree")


def test_empty_inputs_that_numpy_refuses_must_be_refused_by_any_error(toy: Any, raising: Any) -> None:
    run, cell = behaving(Case("max", lambda np: lambda x: np.max(x), [REAL], orders=(1,)), "raises")

    class Other(type(toy())):  # type: ignore[misc]  # the class of the fixture
        def vjp(self, f: Any, *args: Any) -> Any:
            return self.fault(None), lambda g: g

    assert cell.id == "raises-x-(0,)"
    assert run.run(cell, [Other(fault=raising(TypeError("x")))])["verdict"] == "agree"
    assert run.run(cell, [Other()])["verdict"] == "behaviour differs"


def test_not_raising_where_numpy_does(toy: Any) -> None:
    run, cell = behaving(BAD, "raises")

    class Silent(type(toy())):  # type: ignore[misc]  # the class of the fixture
        def vjp(self, f: Any, *args: Any) -> Any:
            return 0.0, lambda g: g

    record = run.run(cell, [Silent()])
    assert (record["verdict"], record["behaviours"]["toy"]) == ("behaviour differs", "raises")
    assert record["detail"] == "toy: raises nothing where plain NumPy raises ValueError"


def test_a_bad_call_that_numpy_takes_is_a_mistake_of_the_case() -> None:
    with pytest.raises(CaseError, match="raises: plain NumPy takes x = "):
        behaving(Case("s", lambda np: lambda x: np.sin(x), [REAL], raises=[(1.0,)]), "raises")


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


STRADDLING = Domain("STRADDLING", lambda rng, shape: np.array([1.0, 0.0, 2.0]))
KINKED = Case("abs", lambda np: lambda x: np.abs(x), [STRADDLING], orders=(1,))


def test_the_referee_abstains_from_single_elements(toy: Any, vjp_record: Any) -> None:
    record = vjp_record([toy(), toy("other")], KINKED)
    assert (record["verdict"], record["abstains"], record["fails"]) == ("referee abstains", "kink", False)
    assert "(1 of 3 elements)" in record["detail"]


def test_beside_a_kink_the_other_elements_are_judged(toy: Any, vjp_record: Any) -> None:
    record = vjp_record([toy(**WRONG), toy("other")], KINKED)
    assert (record["verdict"], record["worst"]["wrong"], record["worst"]["size"]) == ("toy wrong", 2, 2)


def test_abstaining_everywhere_fails_the_case() -> None:
    zero = Domain("ZERO", lambda rng, shape: np.zeros(shape))
    case = Case("abs", lambda np: lambda x: np.abs(x), [zero], aspects=("vjp",), orders=(1,))
    record = CaseRun.prepare(case, "f.py", Sources()).discrimination_record()
    assert record["fails"]
    assert record["detail"].startswith("kink: ")


CANCELLED = Case("one", lambda np: lambda x: np.sin(x) ** 2 + np.cos(x) ** 2 + x * 0.0, [REAL], orders=(1, 2))


@pytest.mark.parametrize("aspect", ["vjp", "jvp", "rev-over-rev", "fwd-over-rev", "rev-over-fwd", "fwd-over-fwd"])
def test_what_a_cancellation_leaves_is_not_wrong_but_ill_conditioned(toy: Any, aspect: str) -> None:
    run = CaseRun.prepare(CANCELLED, "f.py", Sources())
    cell = next(cell for cell in run.cells if cell.aspect == aspect)
    record = run.run(cell, [toy("toy"), toy("other", fault=lambda g: 0 * g)])
    assert record["verdict"] in ("ill-conditioned", "agree")  # agree where the terms happen to cancel exactly
    assert not record["fails"]
    assert record["verdict"] == "agree" or "a cancellation" in record["detail"]


@pytest.mark.parametrize("size", [1e-13, 1e-6, 1.0])
def test_no_more_than_rounding_is_excused_by_a_cancellation(toy: Any, vjp_record: Any, size: float) -> None:
    record = vjp_record([toy(fault=lambda g: g + size), toy("other")], CANCELLED)
    assert record["verdict"] == "toy wrong"


def test_where_nothing_cancels_a_loss_of_digits_stays_wrong(toy: Any, vjp_record: Any) -> None:
    far = Domain("FAR", lambda rng, shape: np.full(shape, 19.0))
    case = Case("tanh", lambda np: lambda x: np.tanh(x), [far], orders=(1,))
    record = vjp_record([toy(fault=lambda g: g + 1e-16), toy("other")], case)
    assert record["verdict"] == "toy wrong"


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


def test_a_third_library_has_a_state_and_no_say_in_the_verdict(toy: Any, vjp_record: Any) -> None:
    record = vjp_record([toy("first"), toy("second"), toy("third", fault=lambda g: -g)])
    assert record["verdict"] == "agree"
    assert record["states"] == {"first": "right", "second": "right", "third": "wrong"}
    assert not record["fails"]
    assert record["patterns"] == {"third": "negated"}
    assert headline(record) == "agree; third wrong"
