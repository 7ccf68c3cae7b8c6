"""What a case is, and how the case files of a folder are read.

A case is data. Every module-level `Case`, or list or tuple of cases, in a case file is collected;
the file is an ordinary module. All mistakes in a case are a `CaseError`, whose text names the case, the
argument, what came and what to do.
"""

import ast
import inspect
import linecache
import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import FunctionType
from typing import Any, Literal

import numpy as np

from graddiff.arrays import Function, Shape
from graddiff.domains import Domain

FORWARD = ("jvp", "fwd-over-rev", "rev-over-fwd", "fwd-over-fwd")
ASPECTS = ("value", "vjp", "jvp", "rev-over-rev", "fwd-over-rev", "rev-over-fwd", "fwd-over-fwd", "order")
KINDS = ("float", "np.float64", "0-d", "(1,)", "array", "int", "int array")
SCALARS = ("float", "np.float64", "0-d", "int")
BEHAVIOURS = ("empty", "strided", "raises")
STATES = ("right", "wrong", "unsupported", "behaviour differs")

ShapeRow = Sequence[Any]  # a shape for all arguments, or a sequence of shapes, one for each


class CaseError(ValueError):
    """A case that cannot be run as it is written: the text says why, and what to do."""


@dataclass(frozen=True)
class Case:
    """One function and the inputs and questions to compare libraries on.

    `function` takes the NumPy namespace, or the namespace and the library, and returns the function to
    differentiate. `domains` holds one domain for each of its arguments. Each row of `shapes` is a shape for
    all arguments or a sequence of shapes, one for each; the first row gets every aspect, the others vjp and
    jvp. `kinds` are further kinds of input that each get vjp, jvp and all `orders`; the entries of `dtypes`
    after the first get vjp and jvp. `orders` are the orders of differentiation: 2 in all four pairs of
    modes, 3 and up by nested reverse mode. A case of kind "convention" has points `at` instead of domains.
    `reference` computes the same as `function` where NumPy cannot do it on exact numbers. `expect` maps a
    library, or "library aspect", to the state that is asserted for it.

    `behaviours` are asked on inputs of their own: "empty" (all axes of the first row 0 long; where plain NumPy
    raises, libraries must raise too), "strided" (the base's numbers, not contiguous in memory). `raises` holds
    further inputs, a tuple of arguments each, with which plain NumPy raises: libraries must raise the same error.

    `special` asks at special points instead, made from the base inputs: see `graddiff.special_points`.
    """

    id: str
    function: Function
    domains: Sequence[Domain] = ()
    shapes: Sequence[ShapeRow] = ((3,),)
    kinds: Sequence[str] = ()
    dtypes: Sequence[str] = ("float64",)
    aspects: Sequence[str] = ASPECTS
    orders: Sequence[int] = (1, 2)
    kind: Literal["smooth", "convention"] = "smooth"
    at: Sequence[Any] | None = None
    reason: str = ""
    reference: Function | None = None
    expect: Mapping[str, str] = field(default_factory=dict)
    linear_algebra: bool = False
    behaviours: Sequence[str] = ("empty", "strided")
    raises: Sequence[tuple[Any, ...]] = ()
    special: bool = False

    def __post_init__(self) -> None:
        self._check_words("aspects", self.aspects, ASPECTS)
        self._check_words("kinds", self.kinds, KINDS)
        self._check_words("behaviours", self.behaviours, BEHAVIOURS)
        self._check_words("expect", self.expect.values(), STATES)
        self._check_words("aspects in expect", [a for _, a in map(split_key, self.expect) if a], EXPECTABLE)
        if (self.kind == "convention") != (self.at is not None):
            raise CaseError(f"{self.id}: `at` and kind='convention' belong together; give both or neither")
        if any(order < 1 for order in self.orders):
            raise CaseError(f"{self.id}: orders={list(self.orders)}: an order is at least 1")

    def _check_words(self, what: str, words: Iterable[str], known: Sequence[str]) -> None:
        for word in words:
            if word not in known:
                raise CaseError(f"{self.id}: {what}: {word!r} is unknown; known are {', '.join(known)}")

    def expected(self, library: str, aspect: str) -> str | None:
        """Return the state asserted for this library and aspect, the most specific entry first.

        What a library does with empty and bad inputs is asserted by its own name only.
        """
        if aspect in ("empty", "raises"):
            return self.expect.get(f"{library} {aspect}")
        mode = "forward" if aspect in FORWARD else "reverse"
        keys = (f"{library} {aspect}", f"{library} {mode}", library)
        return next((self.expect[key] for key in keys if key in self.expect), None)

    def build(self, function: Function, numpy: Any, library: Any) -> Function:
        """Return the function to differentiate; `library` only goes where it is asked for."""
        wants = len(required_parameters(function))
        if wants not in (1, 2):
            raise CaseError(
                f"{self.id}: function must take (np) or (np, lib), but it takes {wants} parameters; "
                "write `lambda np: lambda x: ...`"
            )
        built = function(numpy) if wants == 1 else function(numpy, library)
        if not callable(built):
            raise CaseError(
                f"{self.id}: function(np) must return the function to differentiate, "
                f"but it returned {type(built).__name__}; write `lambda np: lambda x: ...`"
            )
        return built  # type: ignore[no-any-return]  # callable() narrows Any no further

    def rows(self, arguments: int) -> list[tuple[Shape, ...]]:
        """Return the rows of `shapes` with one shape for each argument."""
        return [self._row(row, arguments) for row in self.shapes]

    def _row(self, row: ShapeRow, arguments: int) -> tuple[Shape, ...]:
        if all(isinstance(entry, int) for entry in row):
            return (tuple(row),) * arguments
        if len(row) != arguments:
            raise CaseError(f"{self.id}: shapes: {row} has {len(row)} shapes for {arguments} arguments")
        return tuple(tuple(shape) for shape in row)


EXPECTABLE = (*ASPECTS, *BEHAVIOURS, "forward", "reverse")


def split_key(key: str) -> tuple[str, str]:
    """Split a key of `expect` into library and aspect; the aspect may be empty."""
    library, _, aspect = key.partition(" ")
    return library, aspect


def required_parameters(function: Function) -> list[str]:
    """Return the names of the positional parameters without default; `*args` counts as none."""
    if type(function) is FunctionType and not vars(function):  # the usual case: inspect takes as long as a derivative
        code = function.__code__
        return list(code.co_varnames[: code.co_argcount - len(function.__defaults__ or ())])
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return ["x"]  # a builtin without a signature
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p.name for p in parameters if p.kind in positional and p.default is p.empty]


def argument_names(case: Case, library: Any) -> list[str]:
    """Return the names of the arguments of the function of a case; refuse a wrong number of domains."""
    names = required_parameters(case.build(case.function, np, library))
    if case.kind == "convention":
        return names
    if not names:
        names = [f"x{i}" for i in range(len(case.domains))]  # def f(*xs)
    if len(names) != len(case.domains) or not names:
        raise CaseError(
            f"{case.id}: the function takes {len(names)} arguments ({', '.join(names)}), "
            f"but there are {len(case.domains)} domains; give one domain for each argument"
        )
    return names


class Sources:
    """The source of functions, each on one line; a file is parsed once, however many functions it has."""

    def __init__(self) -> None:
        self._files: dict[str, dict[int, list[ast.Lambda | ast.FunctionDef]]] = {}

    def line(self, function: Function) -> str:
        """Return the source of a function on one line of at most 100 characters; failing that, its name."""
        code = getattr(function, "__code__", None)
        if code is None:
            return repr(function)
        nodes = self._functions(code.co_filename).get(code.co_firstlineno, [])
        mine = [node for node in nodes if _has_arguments(node, code.co_varnames)]
        text = " ".join(ast.unparse(mine[0]).split()) if mine else str(function.__name__)
        return text if len(text) <= 100 else text[:97] + "..."

    def place(self, function: Function) -> int:
        """Return the line on which a function begins; 0 where it has no source."""
        code = getattr(function, "__code__", None)
        return code.co_firstlineno if code else 0

    def _functions(self, path: str) -> dict[int, list[ast.Lambda | ast.FunctionDef]]:
        """Return the functions of a file by the line on which they begin, the outer ones first."""
        if path not in self._files:
            found: dict[int, list[ast.Lambda | ast.FunctionDef]] = {}
            for node in ast.walk(ast.parse("".join(linecache.getlines(path)))):
                if isinstance(node, ast.Lambda | ast.FunctionDef):
                    found.setdefault(node.lineno, []).append(node)
            self._files[path] = found
        return self._files[path]


def _has_arguments(node: ast.Lambda | ast.FunctionDef, names: Sequence[str]) -> bool:
    arguments = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    return arguments == list(names[: len(arguments)])


def load(path: Path) -> list[Case]:
    """Import a case file and return its cases in the order in which they are written.

    A file that cannot be imported, or that holds no case, is a `CaseError` with the user's own line.
    """
    spec = spec_from_file_location(f"graddiff_case_file_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise CaseError(f"{path.name}: not a Python file")
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise CaseError(f"{path.name} cannot be imported: {_where(error, path)}") from error
    cases = list(_cases_in(vars(module)))
    if not cases:
        raise CaseError(f"{path.name} holds no case; write `SIN = Case('sin', lambda np: np.sin, [REAL])`")
    return cases


def _cases_in(names: Mapping[str, Any]) -> Iterable[Case]:
    seen: set[int] = set()
    for value in names.values():
        for entry in value if isinstance(value, list | tuple) else [value]:
            if isinstance(entry, Case) and id(entry) not in seen:
                seen.add(id(entry))
                yield entry


def _where(error: Exception, path: Path) -> str:
    """Return the user's line that failed, and the error."""
    if isinstance(error, SyntaxError):
        return f"line {error.lineno}: {error.msg}"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
    place = f"line {frames[-1].lineno}: {frames[-1].line}: " if frames else ""
    return f"{place}{type(error).__name__}: {error}"
