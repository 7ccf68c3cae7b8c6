"""Records: numbers come back bit by bit, labels are told apart, what is no record is refused."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graddiff import Case
from graddiff.cases import Sources
from graddiff.domains import REAL
from graddiff.outcomes import record
from graddiff.records import RecordedRun, RecordsError, checksum, head, line_of, read, write_line
from graddiff.run import CaseRun

CASE = Case("sin", lambda np: lambda x: np.sin(x), [REAL], orders=(1,))


def run_of(case: Case = CASE) -> CaseRun:
    return CaseRun.prepare(case, "f.py", Sources())


def written(path: Path, library: Any, answer: Any) -> CaseRun:
    """Write a record in which every cell has the same answer, and return the case."""
    run = run_of()
    with path.open("w") as stream:
        write_line(stream, head([library]))
        for cell in run.cells:
            write_line(stream, line_of(run, cell, record(library.name, lambda *_: [answer], cell.variant.inputs)))
    return run


@pytest.mark.parametrize(
    "answer",
    [
        0.1,
        -0.0,
        np.float32(0.1),
        np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324]),
        np.array([[1 / 3, 1e308]]),
        np.array([0.1 + 0.2j, complex(np.nan, -np.inf)]),
        np.array(0.1, np.float32),
        np.zeros((0, 3)),
        np.array([1, 2**53 + 1]),
        np.array([True]),
    ],
)
def test_numbers_come_back_bit_by_bit(answer: Any, tmp_path: Path, toy: Any) -> None:
    run = written(tmp_path / "a.jsonl", toy(), answer)
    (library,) = read([tmp_path / "a.jsonl"])
    (part,) = library.outcome(run, run.cells[0]).parts
    (wanted,) = record("toy", lambda *_: [answer], ()).parts
    assert part.value.tobytes() == wanted.value.tobytes()
    assert (part.dtype, part.shape, part.kind) == (wanted.dtype, wanted.shape, wanted.kind)
    assert part.value.dtype == wanted.value.dtype


def test_an_error_comes_back(tmp_path: Path, toy: Any, raising: Any) -> None:
    library = toy(fault=raising(NotImplementedError("no rule")))
    run = run_of()
    cell = next(cell for cell in run.cells if cell.aspect == "vjp")
    stream = StringIO()
    write_line(stream, head([library]))
    (outcome,) = run.outcomes(cell, [library])
    write_line(stream, line_of(run, cell, outcome))
    (tmp_path / "a.jsonl").write_text(stream.getvalue())
    assert RecordedRun.of(run).outcomes(cell, read([tmp_path / "a.jsonl"])) == [outcome]
    assert outcome.unsupported


def test_every_line_is_strict_json(tmp_path: Path, toy: Any) -> None:
    written(tmp_path / "a.jsonl", toy(), np.array([np.nan, np.inf]))

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    for line in (tmp_path / "a.jsonl").read_text().splitlines():
        json.loads(line, parse_constant=refuse)


def test_other_inputs_have_another_checksum() -> None:
    first, second = run_of(), run_of(Case("cos", CASE.function, [REAL], orders=(1,)))
    assert checksum(first.cells[0].variant) == checksum(run_of().cells[0].variant)
    assert checksum(first.cells[0].variant) != checksum(second.cells[0].variant)


def test_labels_tell_records_apart(tmp_path: Path, toy: Any) -> None:
    for name, version, numpy in (("a", "1", "2.0"), ("b", "2", "2.0"), ("c", "2", "2.4")):
        library = toy()
        library.version = version
        written(tmp_path / name, library, 1.0)
        lines = (tmp_path / name).read_text().replace(f'"numpy": "{np.__version__}"', f'"numpy": "{numpy}"')
        (tmp_path / name).write_text(lines)

    def labels(*names: str) -> list[str]:
        return [library.label for library in read([tmp_path / name for name in names])]

    assert labels("a") == ["toy"]
    assert labels("a", "b") == ["toy-1", "toy-2"]
    assert labels("b", "c") == ["toy-2/numpy-2.0", "toy-2/numpy-2.4"]
    with pytest.raises(RecordsError, match="two records are of toy-1"):
        labels("a", "a")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "its first line is no head of a record"),
        ("{}\n", "its first line is no head of a record"),
        ("not json\n", "a line is not JSON"),
        ('{"graddiff": 1, "libraries": [], "environment": {}}\n{"case": "sin"}\n', "line 2: 'library' is missing"),
    ],
)
def test_what_is_no_record_is_refused(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(text)
    with pytest.raises(RecordsError, match=said):
        read([tmp_path / "a.jsonl"])
