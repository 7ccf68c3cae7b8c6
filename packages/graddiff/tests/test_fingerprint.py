"""The fingerprint of a function changes with all that the function can reach, and with nothing else."""

import functools
import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from graddiff.fingerprint import NoFingerprintError, fingerprint

THREE_DEEP = """
SCALE = {scale}
TABLE = {{"a": [1.0, {entry}]}}

class Model:
    offset = {offset}
    def __init__(self, rate):
        self.rate = rate
    def at(self, x):
        return {body} * x + self.offset

MODEL = Model({rate})

def third(x, factor={default}):
    return SCALE * x * factor + MODEL.at(x) + TABLE["a"][1]

def second(x):
    return third(x)

def first(x):
    return second(x)
"""
USUAL = {"scale": 2.0, "entry": 5.0, "offset": 1.0, "body": "self.rate", "rate": 3.0, "default": 1.0}
CHANGES = {"scale": 2.5, "entry": 6.0, "offset": 1.5, "body": "-self.rate", "rate": 4.0, "default": 1.25}


def module(**changes: Any) -> ModuleType:
    """Return a module of three functions that call each other, with some of its text changed."""
    made = ModuleType("three_deep")
    exec(THREE_DEEP.format(**USUAL | changes), vars(made))
    return made


def case_function(helpers: ModuleType) -> Callable[..., Any]:
    """Return a function as cases have it, which reaches a module by a name of its own module."""
    home: dict[str, Any] = {"helpers": helpers}
    exec("build = lambda np: lambda x: np.sin(helpers.first(x))", home)
    made: Callable[..., Any] = home["build"]
    return made


def test_the_same_text_has_the_same_fingerprint() -> None:
    assert fingerprint(case_function(module())) == fingerprint(case_function(module()))


@pytest.mark.parametrize(("name", "value"), CHANGES.items())
def test_a_change_three_calls_deep_is_seen(name: str, value: Any) -> None:
    assert fingerprint(case_function(module(**{name: value}))) != fingerprint(case_function(module()))


def test_what_the_function_does_not_reach_does_not_matter() -> None:
    other = module()
    other.unused = 7  # type: ignore[attr-defined]
    assert fingerprint(case_function(other)) == fingerprint(case_function(module()))


def closing_over(value: Any) -> Callable[..., Any]:
    def function(x: Any) -> Any:
        return x * value

    return function


@dataclass
class Point:
    """An object with fields."""

    x: float
    y: Any = None


DIFFERENT: dict[str, tuple[Any, Any]] = {
    "float": (1.0, 2.0),
    "last bit": (1.0, math.nextafter(1.0, 2.0)),
    "sign of zero": (0.0, -0.0),
    "type": (1, 1.0),
    "bool": (1, True),
    "text": ("a", "b"),
    "array": (np.arange(3.0), np.arange(3.0) + 1),
    "dtype": (np.zeros(2), np.zeros(2, np.float32)),
    "shape": (np.zeros((2, 3)), np.zeros((3, 2))),
    "objects": (np.array([1, "a"], object), np.array([1, "b"], object)),
    "list": ([1, [2]], [1, [3]]),
    "nesting": ([1, [2]], [[1], 2]),
    "dict": ({"a": 1}, {"a": 2}),
    "keys": ({"a": 1}, {"b": 1}),
    "set": ({1, 2}, {1, 3}),
    "dataclass": (Point(1.0), Point(2.0)),
    "deep in an object": (Point(1.0, [Point(2.0)]), Point(1.0, [Point(3.0)])),
    "namespace": (SimpleNamespace(a=1), SimpleNamespace(a=2)),
    "function": (lambda x: x + 1, lambda x: x + 2),
    "inner function": (lambda x: (lambda y: y + 1)(x), lambda x: (lambda y: y - 1)(x)),
    "default": (lambda x, k=1: x * k, lambda x, k=2: x * k),
    "keyword default": (lambda x, *, k=1: x * k, lambda x, *, k=2: x * k),
    "partial": (functools.partial(max, 1), functools.partial(max, 2)),
    "method": (Point(1.0).__eq__, Point(2.0).__eq__),
    "ufunc": (np.sin, np.cos),
    "cached": (functools.lru_cache(lambda x: x), functools.lru_cache(lambda x: -x)),
    "vectorized": (np.vectorize(lambda x: x), np.vectorize(lambda x: -x)),
    "polynomial": (np.polynomial.Polynomial([1, 2]), np.polynomial.Polynomial([1, 3])),
    "type itself": (np.float32, np.float64),
    "builtin": (math.sin, math.cos),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_a_changed_closure_variable_is_seen(name: str) -> None:
    one, other = DIFFERENT[name]
    assert fingerprint(closing_over(one)) == fingerprint(closing_over(one))
    assert fingerprint(closing_over(one)) != fingerprint(closing_over(other))


def test_cycles_end() -> None:
    ring: list[Any] = [1.0]
    ring.append(ring)
    other: list[Any] = [2.0]
    other.append(other)
    assert fingerprint(ring) != fingerprint(other)


def counter() -> Iterator[int]:
    yield from range(3)


RNG = np.random.default_rng(0)
CLOCK = time.perf_counter
HIDDEN: dict[str, tuple[Callable[..., Any], str]] = {
    "file": (lambda path: open(path).read(), "names open"),  # noqa: PTH123, SIM115  # what users write
    "random": (lambda np: np.random.normal(), "names random"),
    "generator": (lambda x: x * RNG.normal(), "changes with each use"),
    "clock": (lambda x: x * CLOCK(), "compiled"),
    "evaluated": (lambda x: eval("x"), "names eval"),
    "iterator": (closing_over(counter()), "changes with each use"),
    "made of Python": (closing_over(np.frompyfunc(lambda x: x, 1, 1)), "cannot be seen"),
    "module as a value": (closing_over(pytest), "handed on as a value"),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_what_cannot_be_seen_through_is_refused(name: str) -> None:
    function, told = HIDDEN[name]
    with pytest.raises(NoFingerprintError, match=told):
        fingerprint(function)


def test_an_import_within_the_function_is_refused() -> None:
    def function(x: Any) -> Any:
        import math

        return math.sin(x)

    with pytest.raises(NoFingerprintError, match="imports when it is called"):
        fingerprint(function)


def test_a_name_of_a_module_that_is_made_up_at_run_time_is_refused() -> None:
    home: dict[str, Any] = {"helpers": module()}
    exec("function = lambda x: getattr(helpers, 'fir' + 'st')(x)", home)
    with pytest.raises(NoFingerprintError, match="made up at run time"):
        fingerprint(home["function"])


def test_of_an_installed_package_the_version_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    home: dict[str, Any] = {"numpy": np}
    exec("function = lambda x: numpy.sin(x)", home)
    before = fingerprint(home["function"])
    monkeypatch.setattr(np, "__version__", "0.0")
    assert fingerprint(home["function"]) != before


def test_an_installed_package_without_a_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    home: dict[str, Any] = {"numpy": np}
    exec("function = lambda x: numpy.sin(x)", home)
    fingerprint(home["function"])
    monkeypatch.delattr(np, "__version__")
    with pytest.raises(NoFingerprintError, match="numpy is installed, and has no __version__"):
        fingerprint(home["function"])


def test_it_is_the_same_in_another_process(tmp_path: Path) -> None:
    text = THREE_DEEP.format(**USUAL)
    (tmp_path / "three_deep.py").write_text(text)
    program = "import three_deep; from graddiff.fingerprint import fingerprint; print(fingerprint(three_deep.first))"
    found = {
        subprocess.run(
            [sys.executable, "-c", program], cwd=tmp_path, check=True, capture_output=True, text=True
        ).stdout  # the second process takes the compiled file that the first one wrote
        for _ in range(2)
    }
    assert len(found) == 1
