"""The smallest failing input, values as Python writes them, and a cell run once more."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graddiff import Case
from graddiff.cases import CaseError, Sources
from graddiff.domains import REAL
from graddiff.explain import explained, smallest, written
from graddiff.replay import replay
from graddiff.run import CaseRun


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
