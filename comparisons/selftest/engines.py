"""Engines that are known to be bad: copies of easygrad with one classic fault each.

A fault is an edit of the source: a text that stands exactly once in a file, and what stands there instead. To add one,
write an `Engine`; if the comparison does not find it, `nox -s selftest` fails, and a case is missing.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "packages" / "easygrad" / "src" / "easygrad"


@dataclass(frozen=True)
class Edit:
    """A text that stands once in a file of easygrad, and what replaces it."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Engine:
    """A copy of easygrad with a fault; without edits, easygrad as it is."""

    name: str
    fault: str
    edits: Sequence[Edit] = ()

    def build(self, folder: Path, source: Path = SOURCE) -> Path:
        """Write the copy below a folder, and return the folder to import it from."""
        home = folder / self.name
        shutil.copytree(source, home / "easygrad", ignore=shutil.ignore_patterns("__pycache__"))
        for edit in self.edits:
            path = home / "easygrad" / edit.file
            text = path.read_text(encoding="utf-8")
            if text.count(edit.old) != 1:
                raise ValueError(
                    f"engine {self.name}: {edit.file} has {text.count(edit.old)} times the text {edit.old!r}, expected "
                    "once. The file has changed: write the fault for what stands there now."
                )
            path.write_text(text.replace(edit.old, edit.new), encoding="utf-8")
        return home


UNMODIFIED = Engine("unmodified", "none")

ENGINES = (
    Engine(
        "no-protocols",
        "NumPy's operators and functions do not know the box: no __array_ufunc__, no __array_function__",
        (
            Edit("array.py", "def __array_ufunc__(", "def no_array_ufunc("),
            Edit("array.py", "def __array_function__(", "def no_array_function("),
            Edit("array.py", "def __array__(", "def no_array("),
        ),
    ),
    Engine(
        "one-level",
        "all traces have the same level: perturbation confusion",
        (Edit("core.py", "self.level = next(levels)", "self.level = 1"),),
    ),
    Engine(
        "no-unbroadcast",
        "the cotangent of a broadcast argument is not summed over the new axes",
        (Edit("core.py", "    if g.shape != shape:\n        new = ", "    if False:\n        new = "),),
    ),
    Engine(
        "sign",
        "the derivative of the cosine lacks its sign",
        (Edit("rules/elementwise.py", "lambda g, _ans, x: -g * sin(x)", "lambda g, _ans, x: g * sin(x)"),),
    ),
    Engine(
        "stale-residual",
        "all calls of exp share one buffer for what the pullback needs",
        (
            Edit(
                "rules/elementwise.py",
                "exp = elementwise(np.exp, lambda g, ans, _x: g * ans)",
                "buffer = {}\n"
                "last = lambda x: buffer.update(ans=np.exp(x)) or buffer['ans']\n"
                "exp = elementwise(np.exp, lambda g, _ans, _x: g * buffer['ans'], fast=last)",
            ),
        ),
    ),
    Engine(
        "integers-kept",
        "integers stay integers: 2 / x overflows at a high order, and a cotangent is rounded",
        (Edit("calls.py", 'return value if value.dtype.kind in "fc" else value.astype(np.float64)', "return value"),),
    ),
    Engine(
        "leaked-level",
        "an exception leaves its trace on the stack, and what follows inside the outer one is not recorded",
        (
            Edit(
                "core.py",
                "class Trace:\n",
                "STACK = []\n\n\nclass Trace:\n",
            ),
            Edit(
                "core.py",
                "self.level = next(levels)",
                "self.level = next(levels)\n"
                "        if all(type(trace) is Closed for trace in STACK):\n"
                "            STACK.clear()\n"
                "        STACK.append(self)",
            ),
            Edit(
                "core.py",
                "self.__class__ = Closed",
                "self.__class__ = Closed\n        if sys.exc_info()[0] is None:\n            STACK.remove(self)",
            ),
            Edit("primitives.py", "\nNUMBERS = ", "\nReverse = str  # so that one place records all\nNUMBERS = "),
            Edit(
                "core.py",
                "    node = Node()\n    node.birth",
                "    if edges and STACK and type(STACK[-1]) is Closed:\n"
                "        return ans\n"
                "    node = Node()\n    node.birth",
            ),
        ),
    ),
    Engine(
        "overwritten",
        "a second cotangent of a value replaces the first one: no sum over its uses",
        (
            Edit(
                "core.py",
                "elif type(total) is type(term) is not np.ndarray:",
                "elif type(term) is not Part:\n        cotangents[parent] = term\n    elif False:",
            ),
        ),
    ),
    Engine(
        "dropped-tangent",
        "forward mode follows only the first of several arguments",
        (Edit("core.py", "sum(terms[1:], start=terms[0])", "terms[0]"),),
    ),
    Engine(
        "where-ignored",
        "where= of the reductions is ignored in the gradient",
        (Edit("rules/reductions.py", "return g if where is True else np.where(where, g, 0.0)", "return g"),),
    ),
    Engine(
        "detached",
        "the rule of tanh is right, but keeps a plain value: higher derivatives are lost",
        (Edit("rules/elementwise.py", "x: g * sech2(x)", "x: g * sech2(stop_gradient(x))"),),
    ),
    Engine(
        "missing-conjugate",
        "the pullback of the conjugate does not conjugate",
        (Edit("rules/elementwise.py", "lambda g: np.conj(g))", "lambda g: g)"),),
    ),
    Engine(
        "wrong-axis",
        "the pullback of a cumulative sum runs along the first axis, whichever was asked for",
        (
            Edit(
                "rules/cumulative.py",
                "np.flip(np.cumsum(np.flip(x, axis), axis), axis)",
                "np.flip(np.cumsum(np.flip(x, 0), 0), 0)",
            ),
        ),
    ),
    Engine(
        "input-changed",
        "the negative of an array is computed in place",
        (Edit("rules/elementwise.py", "fast=operator.neg", "fast=lambda x: np.negative(x, out=x) if x.shape else -x"),),
    ),
    Engine(
        "dtype-lost",
        "float32 is lifted to float64 as integers are",
        (
            Edit(
                "calls.py",
                'kind is np.ndarray and x.dtype.kind in "fc"',
                "kind is np.ndarray and x.dtype in (np.float64, np.complex128)",
            ),
            Edit(
                "calls.py",
                'return value if value.dtype.kind in "fc" else',
                "return value if value.dtype in (np.float64, np.complex128) else",
            ),
        ),
    ),
)
