"""The table of programs for Autograd: it has every program, and its comparison can fail."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

CLIENTS = Path(__file__).parents[4] / "comparisons" / "clients"


@pytest.fixture(scope="module")
def run():
    """Return the script that writes the table."""
    spec = importlib.util.spec_from_file_location("clients_run", CLIENTS / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_table_has_every_program_with_the_same_numbers_or_a_verdict(run):
    page = (CLIENTS / "README.md").read_text()
    rows = [
        line.split(" | ") for line in page.splitlines() if line.startswith("| ") and not line.startswith("| client")
    ]
    named = {cells[0].strip("| ").split()[0]: cells for cells in rows if "what runs" not in cells}
    programs = [path.stem for folder in run.SECTIONS for path in (CLIENTS / folder).glob("*.py")]
    assert len(programs) == len(named) >= 25
    assert {run.DISTRIBUTIONS.get(stem, stem) for stem in programs} == set(named)
    allowed = {"the same", *run.VERDICTS.values()}
    assert [cells[0] for cells in named.values() if cells[2] not in allowed] == []


@pytest.mark.parametrize(
    ("found", "expected", "gap"),
    [
        ({"a": [1.0, 2.0]}, {"a": [1.0, 2.0]}, 0.0),
        ({"a": [1.0, 2.0]}, {"a": [1.0, 4.0]}, 0.5),
        ({"a": [[1.0], [2.0, 3.0]]}, {"a": [[1.0], [2.0, 6.0]]}, 0.5),
        ({"a": [1.0]}, {"a": [1.0, 2.0]}, np.inf),
        ({"a": [np.nan]}, {"a": [1.0]}, np.inf),
        ({"b": [1.0]}, {"a": [1.0]}, np.inf),
    ],
)
def test_difference(run, found, expected, gap):
    assert run.difference(found, expected)[0] == gap


@pytest.mark.parametrize(("gap", "text"), [(0.0, "0"), (3e-16, "1e-15"), (1e-5, "1e-5"), (2.0, "1e1"), (np.inf, "inf")])
def test_power_above(run, gap, text):
    assert run.power_above(gap) == text


def test_a_program_that_differs_or_fails_is_told(run, monkeypatch, tmp_path):
    answers = {"autograd": {"numbers": [1.0], "seconds": 1.0}, "easygrad": {"numbers": [1.5], "seconds": 2.0}}
    monkeypatch.setattr(run, "child", lambda library, program: json.loads(json.dumps(answers[library])))
    program = tmp_path / "topics" / "one.py"
    program.parent.mkdir()
    program.write_text('"""A topic."""\n')
    assert run.row(program) == (False, "| one | A topic | differ at  | 1e0 | 2.00 | 1.00 |")
    monkeypatch.setitem(answers, "easygrad", "TypeError: no")
    assert run.row(program) == (False, "| one | A topic | fails (easygrad: TypeError: no) | | | |")
    monkeypatch.setitem(answers, "easygrad", answers["autograd"])
    assert run.row(program) == (True, "| one | A topic | the same | 0 | 1.00 | 1.00 |")


def test_sections_that_did_not_run_stay(run, monkeypatch, tmp_path):
    monkeypatch.setattr(run, "HERE", tmp_path)
    (tmp_path / "README.md").write_text(run.written({"programs": "one", "topics": "two"}))
    page = run.written({"topics": "three"})
    assert "\n## Packages\n\none\n\n## Topics of Autograd's tutorial\n\nthree\n" in page
    assert page.startswith(run.HEAD.format(tolerance=run.TOLERANCE))
