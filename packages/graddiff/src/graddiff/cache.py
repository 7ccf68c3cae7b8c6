"""What earlier runs found, on disk: the truth of each question, and the verdict on each answer.

The key of a truth is made of everything that it depends on: the fingerprint of the function that the referee runs, the
inputs, the cotangent, the tangents, the value under plain NumPy, and the question. The key of a verdict is made of that
and of what the libraries answered in this run, bit by bit: libraries are always asked, and only what was judged once is
not judged again. The file belongs to an environment: the versions of Python, NumPy and what the referee
computes with, and the source of graddiff itself. Of a function without a fingerprint nothing is kept.

A file is a SQLite database with one row for each question about a case, so it grows with the cases and not with time.
What cannot be read in it is computed again.
"""

import json
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from graddiff.arrays import Array, Function
from graddiff.cells import Cell
from graddiff.fingerprint import NoFingerprintError, fingerprint
from graddiff.outcomes import Outcome
from graddiff.referee import AbstainError, Referee
from graddiff.sensitivity import Found, TrueAnswer
from graddiff.truth import true_answer

Entry = dict[str, Any]
MOST_FILES = 4
COLUMNS = "place TEXT, question TEXT, key TEXT, entry TEXT, PRIMARY KEY (place, question)"


def environment() -> str:
    """Return what tells the environments apart in which a truth may come out otherwise."""
    source = sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        source.update(path.read_bytes())
    versions = (platform.python_version(), np.__version__, *Referee.fastest().versions, source.hexdigest())
    return sha256("|".join(versions).encode()).hexdigest()[:16]


class Cache:
    """What was found in the present environment, in one folder; with `fresh`, what is there is not read.

    Where the file cannot be read or written (a full disk, a file that is no database), nothing is kept, and `trouble`
    says why: that costs time, not the run.
    """

    def __init__(self, folder: Path, fresh: bool = False) -> None:
        self._fresh = fresh
        self.trouble = ""
        self._path = folder / f"{environment()}.sqlite"
        folder.mkdir(parents=True, exist_ok=True)
        self._make_room(folder)

    def _make_room(self, folder: Path) -> None:
        """Remove the files of the environments that were used least lately."""
        others = [path for path in folder.glob("*.sqlite") if path != self._path]
        for path in sorted(others, key=lambda path: path.stat().st_mtime)[: max(len(others) - MOST_FILES + 1, 0)]:
            path.unlink(missing_ok=True)

    def read(self, place: str) -> dict[str, tuple[str, str]]:
        """Return key and entry of every question about the case at a place."""
        if self._fresh or not self._path.exists():
            return {}
        try:
            with closing(sqlite3.connect(self._path, timeout=10)) as file:
                rows = file.execute("SELECT question, key, entry FROM found WHERE place = ?", (place,)).fetchall()
        except sqlite3.Error as error:
            self.trouble = str(error)
            return {}
        return {question: (key, entry) for question, key, entry in rows}

    def write(self, place: str, entries: Mapping[str, tuple[str, str]]) -> None:
        """Put key and entry of some questions in the place of what is there."""
        rows = [(place, question, *pair) for question, pair in entries.items()]
        try:
            with closing(sqlite3.connect(self._path, timeout=10)) as file, file:
                file.execute("PRAGMA synchronous = OFF")  # what a power cut tears is computed again
                file.execute(f"CREATE TABLE IF NOT EXISTS found ({COLUMNS})")
                file.executemany("INSERT OR REPLACE INTO found VALUES (?, ?, ?, ?)", rows)
        except sqlite3.Error as error:
            self.trouble = str(error)
            if type(error) is sqlite3.DatabaseError:  # no database: the next one makes a new file
                self._path.unlink(missing_ok=True)


@dataclass
class CaseCache:
    """What was found about one case, in this run and, where there is a cache, in earlier ones.

    `function` is what the referee runs.
    """

    place: str
    function: Function
    referee: Referee
    cache: Cache | None = None
    _truths: dict[str, TrueAnswer | str] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)
    _fields: dict[str, int] = field(default_factory=dict)
    _new: dict[str, tuple[str, str]] = field(default_factory=dict)
    _numbers: dict[str, str] = field(default_factory=dict)

    def truth(self, cell: Cell, question: str) -> TrueAnswer | str:
        """Return the true answer to a cell, or the reason why there is none: a kept one, or else a computed one."""
        if question not in self._truths:
            entry = self.read(question, self._key_of(cell, question))
            self._truths[question] = _answer_of(entry, cell, self.referee) if entry else _asked(cell, self.referee)
            self._fields[question] = len(entry or ())
        return self._truths[question]

    def is_kept(self, question: str) -> bool:
        """Say whether a truth comes from an earlier run."""
        return self._fields.get(question, 0) > 0

    def verdict_key(self, cell: Cell, outcomes: Sequence[Outcome]) -> str:
        """Return the key of a verdict on these outcomes; "" where nothing can be kept."""
        case, truth = cell.case, self._key_of(cell, cell.id)
        settings = (case.kind, case.linear_algebra, sorted(case.expect.items()), cell.aspect, cell.argnums, cell.order)
        return truth and sha256(repr((truth, settings, list(map(_bits, outcomes)))).encode()).hexdigest()

    def case_key(self, cells: Sequence[Cell]) -> str:
        """Return the key of what is found about some cells together; "" where nothing can be kept."""
        keys = [self._key_of(cell, cell.id) for cell in cells]
        return sha256(repr((keys, cells[0].case.linear_algebra)).encode()).hexdigest() if keys and all(keys) else ""

    def read(self, question: str, key: str) -> Entry | None:
        """Return what is kept under a key; None where there is nothing, or something else."""
        kept_key, entry = self._kept.get(question, ("", "")) if key else ("", "")
        return json.loads(entry) if key and kept_key == key else None

    def write(self, question: str, key: str, entry: Entry) -> None:
        """Keep an entry, if there is a key."""
        if key:
            self._new[question] = (key, json.dumps(entry))

    def save(self) -> None:
        """Write to disk what is new, and truths that know more of their sensitivity than what is kept."""
        for question, answer in self._truths.items():
            entry = _entry_of(answer)
            if len(entry) > self._fields[question]:
                self.write(question, self._keys.get(question, ""), entry)
        if self._new and self.cache:
            self.cache.write(self.place, self._new)
        self._new = {}

    @cached_property
    def _fingerprint(self) -> str:
        try:
            return fingerprint(self.function)
        except NoFingerprintError:
            return ""

    @cached_property
    def _kept(self) -> dict[str, tuple[str, str]]:
        return self.cache.read(self.place) if self.cache else {}

    def _key_of(self, cell: Cell, question: str) -> str:
        """Return the key of a question about the inputs of a cell; "" where nothing can be kept."""
        if self.cache is None or not self._fingerprint:
            return ""
        variant = cell.variant
        if variant.label not in self._numbers:
            around = variant.surroundings
            value = repr(around.value) if isinstance(around.value, Exception) else around.value
            numbers = (variant.inputs, value, around.weight, around.tangents, around.seconds)
            self._numbers[variant.label] = fingerprint(self._fingerprint, cell.case.id, numbers)
        self._keys[question] = f"{self._numbers[variant.label]} {question}"
        return self._keys[question]


def _bits(outcome: Outcome) -> tuple[Any, ...]:
    """Return all that an outcome says, so that two that say the same are equal."""
    parts = [(part.dtype, part.shape, part.kind, part.value.tobytes()) for part in outcome.parts]
    said = (outcome.library, outcome.error, outcome.message, outcome.error_types, outcome.unsupported)
    return (*said, outcome.inputs_changed, outcome.repeatable, parts)


def _asked(cell: Cell, referee: Referee) -> TrueAnswer | str:
    try:
        return true_answer(cell, referee)
    except AbstainError as error:
        return str(error)


# how an answer is written


SENSITIVITIES = ("to_inputs", "to_rounding")


def _entry_of(answer: TrueAnswer | str) -> Entry:
    if isinstance(answer, str):
        return {"reason": answer}
    known = {name: [_out(x) for x in vars(answer)[name]] for name in SENSITIVITIES if name in vars(answer)}
    return {"noise": answer.noise, "parts": [_part_out(part) for part in answer.parts]} | known


def _answer_of(entry: Entry, cell: Cell, referee: Referee) -> TrueAnswer | str:
    if "reason" in entry:
        return str(entry["reason"])
    answer = TrueAnswer(cell, referee, [_part_in(part) for part in entry["parts"]], entry["noise"])
    for name in SENSITIVITIES:
        if name in entry:
            vars(answer)[name] = [_in(x) for x in entry[name]]  # where a cached property keeps its value
    return answer


def _part_out(part: Found) -> Entry:
    arrays = {name: _out(getattr(part, name)) for name in NUMBERS}
    if part.limits is not None and part.exists is not None:
        arrays |= {"limits": [_out(row) for row in part.limits], "exists": part.exists.tolist()}
    return arrays | {"shape": part.shape, "coordinates": part.coordinates.tolist(), "reasons": part.reasons}


def _part_in(entry: Entry) -> Found:
    place = (tuple(entry["shape"]), np.array(entry["coordinates"], int))
    floats, rests, spread, unseen = (_in(entry[name]) for name in NUMBERS)
    limits = np.array([_in(row) for row in entry["limits"]]) if "limits" in entry else None
    exists = np.array(entry["exists"], bool) if "exists" in entry else None
    return Found(*place, floats, rests, spread, unseen, tuple(entry["reasons"]), limits, exists)


NUMBERS = ("floats", "rests", "spread", "unseen")


def _out(numbers: Array) -> Any:
    return [numbers.real.tolist(), numbers.imag.tolist()] if numbers.dtype.kind == "c" else numbers.tolist()


def _in(numbers: Any) -> Array:
    if numbers and isinstance(numbers[0], list):
        return np.array(numbers[0], float) + 1j * np.array(numbers[1], float)
    return np.array(numbers, float)
