"""The ledger of known differences: a TOML file of the cells in which a library is known to be wrong, and why.

It is strict in both directions. A run fails if the upstream is wrong in a cell that the ledger does not name ("new"),
if a named cell is no longer wrong ("fixed"), if its difference grew tenfold ("grew"), if an entry has no reason, and,
on a complete run, if an entry names a cell that does not exist. `--update-ledger` writes the cells; a person the
reasons.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import inf
from pathlib import Path
from re import findall, search
from typing import Any

Record = Mapping[str, Any]

GROWN = 10
KNOWN, NEW, FIXED, GREW = "known", "new", "fixed", "grew"
HEAD = """\
# The cells in which a library is known to be wrong, and why. Written by
#     pytest --graddiff comparisons --update-ledger
# which leaves `reason` and `thread` as they are: those are written by hand. The number beside a cell is the size of the
# difference: the largest error over the largest true number; "inf" is nan or an infinity. `threads` is the address of
# the threads whose numbers the reasons give, with {} for the number; the HTML report links them.
"""


class LedgerError(ValueError):
    """A ledger that cannot be read; the text names the file and what is wrong with it."""


@dataclass(frozen=True)
class Entry:
    """What is known of one library in one case: the size of the difference in each cell where it is wrong."""

    case: str
    library: str
    cells: Mapping[str, float]
    reason: str = ""
    thread: str = ""
    since: str = ""
    verdict: str = "wrong"

    @property
    def text(self) -> str:
        """The reason, the thread and the date, on one line."""
        is_named = self.thread in findall(r"#\d+", self.reason)  # whole numbers: #3 is not in #376
        thread = f" ({self.thread})" if self.thread and not is_named else ""
        return f"{self.reason or 'NO REASON'}{thread}, since {self.since}"


@dataclass(frozen=True)
class Standing:
    """How one library in one cell stands to the ledger: known, new, fixed or grew, and what to tell."""

    state: str
    text: str

    @property
    def fails(self) -> bool:
        """Say whether the run fails by it."""
        return self.state != KNOWN


@dataclass(frozen=True)
class Ledger:
    """The entries of a ledger by case and library, the name by which reports call it, the address of its threads.

    `threads` has {} where the number of a thread goes; it is empty where numbers are not linked.
    """

    name: str
    entries: Mapping[tuple[str, str], Entry] = field(default_factory=dict)
    threads: str = ""

    def standings(self, record: Record) -> dict[str, Standing]:
        """Return how the libraries of a cell stand to the ledger, those of whom there is something to tell."""
        upstream = list(record["states"])[1:2]
        found = {library: self._standing(record, library, library in upstream) for library in record["states"]}
        return {library: standing for library, standing in found.items() if standing}

    def _standing(self, record: Record, library: str, is_upstream: bool) -> Standing | None:
        entry = self.entries.get((record["case"], library))
        size = entry.cells.get(record["cell"]) if entry else None
        state = record["states"][library]
        if state != "wrong":
            return None if entry is None or size is None else self._fixed(entry, state)
        found = size_of(record, library)
        if entry is None or size is None:
            # the library under test has no licence to be wrong: its verdict fails the run; further ones only stand by
            new = Standing(NEW, f"new: {library} is wrong here, and {self.name} does not say so")
            return new if is_upstream else None
        if found > GROWN * size:
            return Standing(GREW, f"grew: {library} was off by {size:.2g}, now by {found:.2g}; {entry.text}")
        return Standing(KNOWN, f"known: {entry.text}")

    def _fixed(self, entry: Entry, state: str) -> Standing:
        return Standing(FIXED, f"fixed: {entry.library} is {state!r} here; take the cell out of {self.name}")

    def without_reason(self) -> list[str]:
        """Name the entries without a reason."""
        lacking = [entry for entry in self.entries.values() if not entry.reason.strip()]
        return [f"{self.name}: {entry.case} ({entry.library}): write the reason" for entry in lacking]

    def naming_nothing(self, records: Iterable[Record], libraries: Sequence[str]) -> list[str]:
        """Name the cells of entries that a complete run did not meet; libraries that did not run are left out."""
        met = {(record["case"], record["cell"]) for record in records}
        return [
            f"{self.name}: {entry.case} ({entry.library}): there is no cell {cell}"
            for entry in self.entries.values()
            for cell in entry.cells
            if entry.library in libraries and (entry.case, cell) not in met
        ]

    def updated(self, records: Sequence[Record], libraries: Sequence[str], today: str, complete: bool) -> "Ledger":
        """Return the ledger that these records ask for; what they do not speak of stays, unless they are complete."""
        subject, *others = libraries
        entries: dict[tuple[str, str], Entry] = {}
        for key in sorted({*self.entries, *((r["case"], library) for r in records for library in others)}):
            case, library = key
            own = [r for r in records if r["case"] == case and library in r.get("states", ())]
            old = self.entries.get(key, Entry(case, library, {}, *_reason_of(own), today))
            stays = {} if complete and library in libraries else _unspoken(old, own)
            cells = stays | {r["cell"]: _kept_size(old, r) for r in own if r["states"][library] == "wrong"}
            if cells and library != subject:
                entries[key] = replace(old, cells=cells)
        return replace(self, entries=entries)

    def dump(self) -> str:
        """Return the ledger as TOML, sorted."""
        threads = f"\nthreads = {_string(self.threads)}\n" if self.threads else ""
        return HEAD + threads + "".join(_toml(self.entries[key]) for key in sorted(self.entries))


def size_of(record: Record, library: str) -> float:
    """Return the size of the difference of a wrong answer; what is not finite is infinite."""
    size = record["sizes"][library]
    return inf if size is None else float(size)


def _kept_size(old: Entry, record: Record) -> float:
    """Return the size that was written, unless it has changed tenfold: the file must not tremble."""
    before, now = old.cells.get(record["cell"]), size_of(record, old.library)
    return before if before is not None and before / GROWN <= now <= GROWN * before else now


def _unspoken(entry: Entry, records: Sequence[Record]) -> dict[str, float]:
    met = {record["cell"] for record in records}
    return {cell: size for cell, size in entry.cells.items() if cell not in met}


def _reason_of(records: Sequence[Record]) -> tuple[str, str]:
    """Return the reason that the case itself gives, and the thread that it names."""
    reason = records[0]["reason"] if records else ""
    thread = search(r"#\d+", reason)
    return reason, thread.group() if thread else ""


def load(path: Path, name: str) -> Ledger:
    """Read a ledger; a mistake in the file is a `LedgerError`."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        entries = [Entry(**table | {"since": str(table["since"])}) for table in document.get("known", [])]
    except (OSError, tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise LedgerError(f"{name}: {type(error).__name__}: {error}") from error
    threads = str(document.get("threads", ""))
    if threads and (threads.count("{}") != 1 or not threads.startswith("https://")):
        raise LedgerError(f"{name}: threads must be an address with {{}} for the number, as https://example.org/{{}}")
    for entry in entries:
        if entry.verdict != "wrong" or not entry.cells:
            raise LedgerError(f"{name}: {entry.case} ({entry.library}): verdict must be 'wrong', and cells not empty")
    keys = [(entry.case, entry.library) for entry in entries]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise LedgerError(f"{name}: two entries for {', '.join(map(str, sorted(twice)))}; make one of them")
    return Ledger(name, dict(zip(keys, entries, strict=True)), threads)


def _toml(entry: Entry) -> str:
    since = date.fromisoformat(entry.since).isoformat()  # refuses what is no date
    fields = [
        f"{name} = {_string(getattr(entry, name))}" for name in ("case", "library", "verdict", "reason", "thread")
    ]
    cells = [f"{_string(cell)} = {size!r}" for cell, size in entry.cells.items()]
    return "\n".join(["", "[[known]]", *fields, f"since = {since}", "[known.cells]", *cells, ""])


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
