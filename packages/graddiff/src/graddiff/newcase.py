"""`graddiff new OP`: a filled case for a function of NumPy, ready to run.

The domains are not looked up in a list of functions: candidates are tried on the function itself, the plainest first,
and the first that plain NumPy takes and on which the referee has a derivative is printed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from graddiff import domains
from graddiff.cases import Case, Sources, required_parameters
from graddiff.run import CaseRun
from graddiff.selection import nearest
from graddiff.truth import TruePart

SPACES = ("linalg", "fft", "emath")
ELEMENTWISE = ("REAL", "POSITIVE", "UNIT", "ABOVE_ONE", "PROBABILITY")
MATRICES = ("WELL_CONDITIONED", "SPD")
OPTIONS = {"axis", "shape", "dtype", "n", "s", "axes", "shift", "repeats", "reps", "q", "ord", "indices", "offset"}
MOST_ARGUMENTS = 3


class UnknownOperationError(LookupError):
    """A name that is no function of NumPy, or one for which no case was found; the text says what to do."""


@dataclass(frozen=True)
class Draft:
    """A case as it will be printed: the function, the domains by name, the shapes as source."""

    name: str
    arguments: tuple[str, ...]
    call: str
    domains: tuple[str, ...]
    shapes: str
    is_linear_algebra: bool = False

    @property
    def source(self) -> str:
        """The case as Python, without its imports."""
        more = f", shapes={self.shapes}" + (", linear_algebra=True" if self.is_linear_algebra else "")
        function = f"lambda np: lambda {', '.join(self.arguments)}: {self.call}"
        return f"Case({self.name!r}, {function}, [{', '.join(self.domains)}]{more})"

    def case(self) -> Case:
        """Return the case itself."""
        names: dict[str, Any] = {name: getattr(domains, name) for name in self.domains}
        made = eval(self.source, names | {"Case": Case})  # its own words
        assert isinstance(made, Case)
        return made


def find_operation(name: str) -> tuple[str, Any]:
    """Return the name below `numpy` and the function; an unknown name is refused with the nearest."""
    short = name.removeprefix("np.").removeprefix("numpy.")
    known = _operations()
    if short in known:
        return short, known[short]
    tails = [full for full in known if full.rpartition(".")[2] == short]
    hint = f"; did you mean {tails[0]!r}?" if tails else nearest(short, known)
    raise UnknownOperationError(f"{name!r} is no function of NumPy{hint}")


def _operations() -> dict[str, Any]:
    found = {name: getattr(np, name) for name in dir(np) if not name.startswith("_")}
    for space in SPACES:
        module = getattr(np, space)
        found |= {f"{space}.{name}": getattr(module, name) for name in dir(module) if not name.startswith("_")}
    return {name: value for name, value in found.items() if callable(value) and not isinstance(value, type)}


def written_case(name: str) -> str:
    """Return a case file for a function of NumPy: imports and one case that runs as it is.

    Where NumPy cannot compute the function on the referee's numbers, a comment says what is left to write.
    """
    short, function = find_operation(name)
    found, note = _chosen(_drafts(short, function))
    if found is None:
        raise UnknownOperationError(
            f"no inputs were found that np.{short} takes and differentiates; write them by hand"
        )
    imported = ", ".join(sorted(set(found.domains)))
    variable = found.name.upper().replace(".", "_")
    head = f"from graddiff import Case\nfrom graddiff.domains import {imported}\n\n"
    return f"{head}{note}{variable} = {found.source}\n"


NEEDS_REFERENCE = """\
# NumPy cannot compute this on the referee's exact numbers, so nobody can say who is right. Add to the case
#     reference=lambda np: lambda x: ...
# the same function made of operations that work on arrays of objects: + - * / @, sums, elementary functions.
"""


def _chosen(drafts: Iterator[Draft]) -> tuple[Draft | None, str]:
    """Return the first draft with a truth; failing that, the first that only the referee cannot compute."""
    without_truth: Draft | None = None
    for draft in drafts:
        if without_truth and draft.call == without_truth.call:
            continue  # other numbers do not help
        state = _state(draft)
        if state == "runs":
            return draft, ""
        if state == "needs a reference" and without_truth is None:
            without_truth = draft
    return without_truth, NEEDS_REFERENCE


def _drafts(name: str, function: Any) -> Iterator[Draft]:
    """Give candidates: elementwise on vectors, then on matrices; for linear algebra the other way round."""
    arguments = _arguments(function)
    is_linear_algebra = name.startswith("linalg.")
    kinds = [("(3,)", ELEMENTWISE), ("(2, 3)", ELEMENTWISE), ("(3, 3)", MATRICES)]
    for given in dict.fromkeys((arguments, arguments[:1])):
        names = tuple("xyzuvw"[: len(given)])
        for call in _calls(name, names):
            for shape, known in reversed(kinds) if is_linear_algebra else kinds:
                for chosen in product(known, repeat=len(names)):
                    yield Draft(name, names, call, chosen, f"[{shape}]", is_linear_algebra)


def _arguments(function: Any) -> tuple[str, ...]:
    """Return the parameters that are arrays, as far as the signature tells: required, and no options."""
    if isinstance(function, np.ufunc):
        return ("x",) * function.nin
    try:
        required = required_parameters(function)
    except (TypeError, ValueError):
        return ("x",)
    return tuple(name for name in required if name not in OPTIONS)[:MOST_ARGUMENTS] or ("x",)


def _calls(name: str, names: Sequence[str]) -> Iterator[str]:
    """Give ways to call a function: with its arguments, a sequence of them, an option; then one part of the answer."""
    inner = ", ".join(names)
    yield f"np.{name}({inner})"
    yield f"np.{name}(({inner}, 2 * {names[0]}))"
    for option in ("1", "(3, 1)", "0.3"):
        yield f"np.{name}({inner}, {option})"
    for part in (0, 1):
        yield f"np.{name}({inner})[{part}]"


def _state(draft: Draft) -> str:
    """Say whether plain NumPy takes the inputs and the referee has a derivative that is not identically 0."""
    try:
        run = CaseRun.prepare(draft.case(), "new.py", Sources())
    except Exception:  # a candidate: whatever goes wrong, the next one may do
        return "no case"
    if run.misfit:
        return "no case"
    parts: list[TruePart] = []
    for cell in run.cells:
        if cell.aspect == "vjp" and cell.variant.kind == "base":
            truth = run.truth(cell)
            if isinstance(truth, str):
                return "needs a reference" if truth.startswith("not computable") else "no case"
            parts += truth
    return "runs" if all(np.any(part.magnitude > 0) for part in parts) else "no case"
