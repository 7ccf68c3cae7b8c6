"""The smallest failing input, values as Python writes them, and a cell run once more."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graddiff import Case
from graddiff.cases import CaseError, Sources
from graddiff.domains import REAL
from graddiff.explain import explained, smallest, written
from graddiff.libraries import find_library
from graddiff.replay import replay
from graddiff.run import CaseRun
from graddiff.tapes import Call


def shrunk(case: Case, libraries: list[Any], aspect: str = "vjp") -> tuple[Any, ...]:
    run = CaseRun.prepare(case, "f.py", Sources())
    cell = next(cell for cell in run.cells if cell.aspect == aspect)
    return tuple(smallest(run, cell, libraries, "toy").variant.inputs)


def test_the_smallest_input_has_one_element_and_simple_numbers(toy: Any) -> None:
    case = Case("sin", lambda np: lambda x: np.sin(x), [REAL], shapes=[(4, 3)], orders=(1,))
    (x,) = shrunk(case, [toy(fault=lambda g: 2 * g), toy("other")])
    assert x.shape == (1, 1)
    assert x[0, 0] == np.round(x[0, 0])


def test_what_the_fault_needs_is_kept(toy: Any) -> None:
    def reverse_rows(gradient: Any) -> Any:
        return gradient[:, ::-1]

    case = Case("sin", lambda np: lambda x: np.sin(x), [REAL], shapes=[(2, 5)], orders=(1,))
    (x,) = shrunk(case, [toy(fault=reverse_rows), toy("other")])
    assert x.shape == (2, 2)  # axes of one length shrink together


def test_all_arguments_shrink_together(toy: Any) -> None:
    case = Case("matmul", lambda np: lambda x, y: x @ y, [REAL, REAL], shapes=[((2, 3), (3, 2))], orders=(1,))
    x, y = shrunk(case, [toy(fault=lambda g: 2 * g), toy("other")])
    assert (x.shape, y.shape) == ((1, 1), (1, 1))


def test_an_explanation_says_where_to_look(toy: Any) -> None:
    case = Case("sin", lambda np: lambda x: np.sin(x), [REAL], orders=(1,))
    run = CaseRun.prepare(case, "f.py", Sources())
    found = explained(run, run.cells[1], [toy(fault=lambda g: 2 * g), toy("other")], "toy")
    assert found.smallest.startswith("x = np.array([")
    assert found.repro[1].startswith('replay("f.py::sin[vjp-x-(3,)]", np.array([')
    assert found.repro[1].endswith(", libraries=['toy', 'other'])")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.5, "1.5"),
        (np.float64(1.5), "np.float64(1.5)"),
        (np.array(1.5), "np.array(1.5)"),
        (np.array([1.0, np.inf]), "np.array([1.0, np.inf])"),
        (np.array([1 + 2j]), "np.array([(1+2j)])"),
        (np.array([1.5], np.float32), "np.array([1.5], np.float32)"),
        (np.array([True]), "np.array([True], np.bool)"),
    ],
)
def test_values_are_written_as_python(value: Any, text: str) -> None:
    assert written(value) == text
    again = eval(text, {"np": np})
    assert np.array_equal(again, value)
    assert np.asarray(again).dtype == np.asarray(value).dtype


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "one.py"
    path.write_text(
        "from graddiff import Case\nfrom graddiff.domains import REAL\n"
        "SIN = Case('sin', lambda np: lambda x: np.sin(x), [REAL])\n"
    )
    return str(path)


def test_a_cell_runs_again_on_other_inputs(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    record = replay(f"{file}::sin[vjp-x-(3,)]", np.array([0.0]), libraries=["autograd"])
    assert record["verdict"] == "agree"
    assert record["inputs"] == {"x": "(1,) [0]"}
    assert capsys.readouterr().out.startswith("agree\n")


@pytest.mark.parametrize("node", ["::cos[vjp-x-(3,)]", "::sin[vjp-x-(4,)]"])
def test_a_node_that_does_not_exist_is_refused(file: str, node: str) -> None:
    with pytest.raises(CaseError, match="replay: there is no"):
        replay(file + node)


def iterated(times: int) -> Case:
    def function(np: Any) -> Any:
        def iteration(x: Any) -> Any:
            y = x
            for _ in range(times):
                y = x + 0.3 * np.sin(y)
            return y

        return iteration

    return Case("iterated", function, [REAL], shapes=[(4,)], orders=(1,))


def test_the_explanation_of_a_long_iteration_has_a_bound_and_says_so(toy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluated = []
    evaluate = Call.evaluate

    def counted(call: Call, changed: Any) -> Any:
        evaluated.append(call)
        return evaluate(call, changed)

    monkeypatch.setattr(Call, "evaluate", counted)
    monkeypatch.setattr("graddiff.divergence.MOST_EVALUATIONS", 100)
    monkeypatch.setattr("graddiff.divergence.MOST_PAIRS", 20)
    monkeypatch.setattr("graddiff.explain.MOST_WORK", 10_000)
    run = CaseRun.prepare(iterated(50), "f.py", Sources())
    # the rules are right: all would be checked; the numbers differ a little, so that no rule has a twin
    libraries = [toy(fault=lambda g: 1.001 * g), find_library("easygrad")]
    found = explained(run, run.cells[1], libraries, "toy")
    told = "\n".join(found.divergence)
    assert "left out, for the tapes are long: " in told
    assert " rules were not checked" in told
    assert "each rule by itself is right" not in told
    assert "left out: 6 simpler inputs, which take the referee too long" in told or " simpler inputs, " in told
    calls = 2 * 150  # one evaluation of each is the check of its value
    assert len(evaluated) <= calls + 3 * 100 * 2


def test_a_short_tape_leaves_nothing_out(toy: Any) -> None:
    run = CaseRun.prepare(iterated(5), "f.py", Sources())
    found = explained(run, run.cells[1], [toy(fault=lambda g: 1.001 * g), find_library("easygrad")], "toy")
    assert "left out" not in "\n".join(found.divergence)
