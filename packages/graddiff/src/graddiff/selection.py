"""Which cases of a run: those whose name fits a pattern, asked up to some order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from graddiff.cases import Case


@dataclass(frozen=True)
class Selection:
    """The cases whose id or file fits one of `only`, each asked to all orders up to `order`, whatever it lists.

    With `special` they are asked at special points instead of at their own.
    """

    only: Sequence[str] = ()
    order: int | None = None
    special: bool = False

    def takes(self, case_id: str, path: Path) -> bool:
        """Say whether a case belongs to the run; a pattern speaks of the id of a case, or of its file."""
        return not self.only or any(fnmatchcase(n, p) for p in self.only for n in (case_id, path.stem, path.name))

    def asked(self, case: Case) -> Case:
        """Return the case with the orders and the points of the run."""
        orders = case.orders if self.order is None else tuple(range(1, self.order + 1))
        return replace(case, orders=orders, special=self.special)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint at the nearest known name, "" if none is near."""
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
