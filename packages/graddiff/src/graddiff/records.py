"""What libraries answered, as JSON lines: recorded in one environment, judged in another.

The first line is an object with `graddiff` (the version of this form, 1), `libraries` (name and version of each, and
`asked_as` where `--lib` takes another word than the name) and
`environment` (the versions of Python and NumPy). Each further line is the answer of one library to one cell: `file`,
`case`, `cell`, `library`, `inputs` (a checksum of all numbers that go in), and the fields of `outcomes.Outcome`.
Numbers are written so that they come back bit by bit; what is not finite as "nan", "inf", "-inf"; complex numbers as
pairs.
"""

import json
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TextIO
from zlib import crc32

import numpy as np

from graddiff.arrays import Array
from graddiff.cells import Cell, Variant
from graddiff.libraries import Library, asked_as
from graddiff.outcomes import Outcome, Part
from graddiff.run import CaseRun

FORM = 1
Key = tuple[str, str]


class RecordsError(ValueError):
    """A file that is no record; the text names the file, the line, and what to do."""


def head(libraries: Sequence[Library]) -> dict[str, Any]:
    """Return the first line of a record."""
    return {
        "graddiff": FORM,
        "libraries": [_library_out(library) for library in libraries],
        "environment": {"numpy": np.__version__, "python": platform.python_version()},
    }


def _library_out(library: Library) -> dict[str, str]:
    """Return name and version, and what `--lib` takes where that is another word than the name."""
    named, word = {"name": library.name, "version": library.version}, asked_as(library)
    return named if word == library.name else named | {"asked_as": word}


def write_line(stream: TextIO, entry: Mapping[str, Any]) -> None:
    """Write one line."""
    stream.write(json.dumps(entry, allow_nan=False, sort_keys=True) + "\n")


def line_of(run: CaseRun, cell: Cell, outcome: Outcome) -> dict[str, Any]:
    """Return the answer of a library to a cell as it stands in a record."""
    fields = asdict(outcome) | {"parts": [_part_out(part) for part in outcome.parts]}
    return {"file": run.file, "case": run.case.id, "cell": cell.id, "inputs": checksum(cell.variant)} | fields


def checksum(variant: Variant) -> str:
    """Return a short sum of all numbers that go into a cell."""
    values = (*variant.inputs, variant.weight, *variant.tangents, *variant.seconds)
    return f"{crc32(b'|'.join(map(_bytes, values))):08x}"


def _bytes(value: Any) -> bytes:
    array = np.asarray(value)
    content = repr(value).encode() if array.dtype.kind == "O" else array.tobytes()
    return f"{array.dtype}{array.shape}".encode() + content


def _part_out(part: Part) -> dict[str, Any]:
    return {"dtype": part.dtype, "shape": part.shape, "kind": part.kind, "values": _numbers_out(part.value)}


def _numbers_out(values: Array) -> list[Any]:
    flat = values.ravel()
    if flat.dtype.kind == "c":
        return [[_number_out(float(x.real)), _number_out(float(x.imag))] for x in flat]
    return [_number_out(x) for x in flat.tolist()]


def _number_out(x: Any) -> Any:
    return str(x) if isinstance(x, float) and not np.isfinite(x) else x


def _part_in(entry: Mapping[str, Any]) -> Part:
    values = [complex(*map(float, x)) if isinstance(x, list) else x for x in entry["values"]]
    array = np.array([float(x) if isinstance(x, str) else x for x in values], dtype=entry["dtype"])
    shape = tuple(entry["shape"])
    return Part(array.reshape(shape), entry["dtype"], shape, entry["kind"])


def _outcome_in(entry: Mapping[str, Any], label: str) -> Outcome:
    return Outcome(
        label,
        tuple(map(_part_in, entry["parts"])),
        entry["error"],
        entry["message"],
        tuple(entry["error_types"]),
        entry["unsupported"],
        entry["inputs_changed"],
        entry["repeatable"],
    )


@dataclass
class Recorded:
    """A library that answers from a record; it stands where a `Library` stands, but computes nothing."""

    name: str
    version: str
    environment: Mapping[str, str]
    asked_as: str = ""
    label: str = ""
    lines: dict[Key, Mapping[str, Any]] = field(default_factory=dict)

    def has(self, run: CaseRun, cell: Cell) -> bool:
        """Say whether the record has this cell."""
        return (run.case.id, cell.id) in self.lines

    def is_of(self, run: CaseRun, cell: Cell) -> bool:
        """Say whether the record was made on the inputs that the cell has now."""
        return bool(self.lines[run.case.id, cell.id]["inputs"] == checksum(cell.variant))

    def outcome(self, run: CaseRun, cell: Cell) -> Outcome:
        """Return what the library answered."""
        return _outcome_in(self.lines[run.case.id, cell.id], self.label)

    def answer(self, key: Key) -> dict[str, Any]:
        """Return the answer to a cell, without the name of the library."""
        return {name: value for name, value in self.lines[key].items() if name != "library"}


def read(paths: Iterable[Path]) -> list[Recorded]:
    """Return the libraries of some records, each with a label of its own: by name, and by version where names meet."""
    found = [library for path in paths for library in _read_one(path)]
    for library in found:
        library.label = _label(library, found)
    labels = [library.label for library in found]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise RecordsError(f"two records are of {', '.join(twice)} under the same versions; give one of them")
    return found


def _label(library: Recorded, among: Sequence[Recorded]) -> str:
    same = [other for other in among if other.name == library.name]
    if len(same) == 1:
        return library.name
    if len({other.version for other in same}) == len(same):
        return f"{library.name}-{library.version}"
    return f"{library.name}-{library.version}/numpy-{library.environment['numpy']}"


def _read_one(path: Path) -> list[Recorded]:
    lines = _objects(path)
    first = next(lines, {})
    if first.get("graddiff") != FORM:
        raise RecordsError(f"{path.name}: its first line is no head of a record; make one by `graddiff record`")
    found = {
        entry["name"]: Recorded(
            entry["name"], entry["version"], first["environment"], entry.get("asked_as", entry["name"])
        )
        for entry in first["libraries"]
    }
    for number, line in enumerate(lines, 2):
        try:
            found[line["library"]].lines[line["case"], line["cell"]] = line
        except KeyError as error:
            raise RecordsError(f"{path.name}: line {number}: {error} is missing; record again") from error
    return list(found.values())


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as stream:
            yield from map(json.loads, stream)
    except OSError as error:
        raise RecordsError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise RecordsError(f"{path.name}: a line is not JSON ({error}); record again") from error


class RecordedRun(CaseRun):
    """A case whose outcomes come from records."""

    @classmethod
    def of(cls, run: CaseRun) -> "RecordedRun":
        """Return a case that was prepared, to be judged from records."""
        return cls(run.case, run.file, run.cells, run.referee, run.sources)

    def answers(self, cell: Cell, libraries: Sequence[Any]) -> list[Outcome]:
        """Return what the libraries answered."""
        return [library.outcome(self, cell) for library in libraries]

    def confirmed(self, cell: Cell, libraries: Sequence[Any], first: Sequence[Outcome]) -> list[Outcome]:
        """Return what was recorded, of two calls."""
        return list(first)
