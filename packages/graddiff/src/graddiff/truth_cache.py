"""Truths of earlier runs on disk, each under a key of everything that it depends on.

The key is made of the fingerprint of the function that the referee runs, the inputs, the cotangent, the tangents, the
value under plain NumPy, and the question. The file belongs to an environment: the versions of Python, NumPy and
mpmath, and the source of graddiff itself. Of a function without a fingerprint nothing is kept.

A file is a SQLite database with one row for each question about a case, so it grows with the cases and not with time.
What cannot be read in it is computed again.
"""

import json
import platform
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import mpmath
import numpy as np

from graddiff.arrays import Array, Function
from graddiff.cells import Cell
from graddiff.fingerprint import NoFingerprintError, fingerprint
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
    versions = (platform.python_version(), np.__version__, mpmath.__version__, mpmath.libmp.BACKEND, source.hexdigest())
    return sha256("|".join(versions).encode()).hexdigest()[:16]


class TruthCache:
    """The truths in one folder that belong to the present environment; with `fresh`, what is there is not read.

    Where the file cannot be read or written (a full disk, a file that is no database), nothing is kept, and `trouble`
    says why: that costs time, not the run.
    """

    def __init__(self, folder: Path, fresh: bool = False) -> None:
        self._fresh = fresh
        self.trouble = ""
        self._path = folder / f"truths-{environment()}.sqlite"
        folder.mkdir(parents=True, exist_ok=True)
        self._make_room(folder)

    def _make_room(self, folder: Path) -> None:
        """Remove the files of the environments that were used least lately."""
        others = [path for path in folder.glob("truths-*.sqlite") if path != self._path]
        for path in sorted(others, key=lambda path: path.stat().st_mtime)[: max(len(others) - MOST_FILES + 1, 0)]:
            path.unlink(missing_ok=True)

    def read(self, place: str) -> dict[str, tuple[str, str]]:
        """Return key and entry of every question about the case at a place."""
        if self._fresh or not self._path.exists():
            return {}
        try:
            with closing(sqlite3.connect(self._path, timeout=10)) as file:
                rows = file.execute("SELECT question, key, entry FROM truths WHERE place = ?", (place,)).fetchall()
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
                file.execute(f"CREATE TABLE IF NOT EXISTS truths ({COLUMNS})")
                file.executemany("INSERT OR REPLACE INTO truths VALUES (?, ?, ?, ?)", rows)
        except sqlite3.Error as error:
            self.trouble = str(error)
            if type(error) is sqlite3.DatabaseError:  # no database: the next one makes a new file
                self._path.unlink(missing_ok=True)


@dataclass
class CaseTruths:
    """The truths of one case: kept ones where there is a cache that has them, and else computed, each once.

    `function` is what the referee runs.
    """

    place: str
    function: Function
    referee: Referee
    cache: TruthCache | None = None
    _answers: dict[str, TrueAnswer | str] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)
    _written: dict[str, int] = field(default_factory=dict)

    def of(self, cell: Cell, question: str) -> TrueAnswer | str:
        """Return the true answer to a cell, or the reason why there is none."""
        if question not in self._answers:
            kept = self._kept_answer(cell, question)
            self._answers[question] = _asked(cell, self.referee) if kept is None else kept
        return self._answers[question]

    def is_kept(self, question: str) -> bool:
        """Say whether an answer comes from an earlier run."""
        return question in self._written

    def save(self) -> None:
        """Write the answers that are new, or that know more of their sensitivity than what is kept."""
        entries = {question: _entry_of(answer) for question, answer in self._answers.items() if question in self._keys}
        grown = {question: entry for question, entry in entries.items() if len(entry) > self._written.get(question, 0)}
        if grown and self.cache:
            self.cache.write(self.place, {q: (self._keys[q], json.dumps(entry)) for q, entry in grown.items()})
            # an answer of this run stays one: only what was read is marked as kept
            self._written |= {q: len(entry) for q, entry in grown.items() if q in self._written}

    @cached_property
    def _fingerprint(self) -> str:
        try:
            return fingerprint(self.function)
        except NoFingerprintError:
            return ""

    @cached_property
    def _kept(self) -> dict[str, tuple[str, str]]:
        return self.cache.read(self.place) if self.cache else {}

    def _kept_answer(self, cell: Cell, question: str) -> TrueAnswer | str | None:
        if self.cache is None or not self._fingerprint:
            return None
        surroundings = cell.variant.surroundings
        numbers = (surroundings.value, surroundings.weight, surroundings.tangents, surroundings.seconds)
        key = fingerprint(self._fingerprint, cell.case.id, question, cell.variant.inputs, numbers)
        self._keys[question] = key
        kept_key, entry = self._kept.get(question, ("", ""))
        if kept_key != key:
            return None
        found = json.loads(entry)
        self._written[question] = len(found)
        return _answer_of(found, cell, self.referee)


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
    return arrays | {"shape": part.shape, "coordinates": part.coordinates.tolist(), "reasons": part.reasons}


def _part_in(entry: Entry) -> Found:
    place = (tuple(entry["shape"]), np.array(entry["coordinates"], int))
    floats, rests, spread, unseen = (_in(entry[name]) for name in NUMBERS)
    return Found(*place, floats, rests, spread, unseen, tuple(entry["reasons"]))


NUMBERS = ("floats", "rests", "spread", "unseen")


def _out(numbers: Array) -> Any:
    return [numbers.real.tolist(), numbers.imag.tolist()] if numbers.dtype.kind == "c" else numbers.tolist()


def _in(numbers: Any) -> Array:
    if numbers and isinstance(numbers[0], list):
        return np.array(numbers[0], float) + 1j * np.array(numbers[1], float)
    return np.array(numbers, float)
