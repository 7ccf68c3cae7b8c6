"""What several tests share: toy libraries with planted faults, and cells to try them on."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from graddiff import Case
from graddiff.cases import Sources
from graddiff.domains import REAL
from graddiff.libraries.autograd import Autograd
from graddiff.run import CaseRun, Record

pytest_plugins = ["pytester"]

Fault = Callable[[Any], Any]


class Toy(Autograd):
    """A library whose pullbacks pass through a planted fault."""

    def __init__(self, name: str = "toy", fault: Fault = lambda gradient: gradient) -> None:
        self.name = name
        self.fault = fault

    def vjp(self, f: Callable[..., Any], *args: Any) -> tuple[Any, Callable[[Any], Any]]:
        """Return the value and the pullback with its fault."""
        value, pullback = super().vjp(f, *args)
        return value, lambda g: self.fault(pullback(g))


def planted(error: Exception) -> Fault:
    """Return a fault that raises."""

    def fault(gradient: Any) -> Any:
        raise error

    return fault


SIN = Case("sin", lambda np: lambda x: np.sin(x), [REAL], orders=(1,))


@pytest.fixture
def toy() -> type[Toy]:
    return Toy


@pytest.fixture
def toy_module() -> str:
    """Return the text of a module with the library "toy", whose pullbacks have the wrong sign."""
    return (
        "from graddiff.libraries.autograd import Autograd\n"
        "class Toy(Autograd):\n"
        "    name = 'toy'\n"
        "    def vjp(self, f, *args):\n"
        "        value, pullback = super().vjp(f, *args)\n"
        "        return value, lambda g: pullback(-g)\n"
    )


@pytest.fixture
def raising() -> Callable[[Exception], Fault]:
    return planted


@pytest.fixture
def vjp_record() -> Callable[..., Record]:
    """Return the record of the first vjp cell of a case under some libraries."""

    def run(libraries: Sequence[Any], case: Case = SIN) -> Record:
        prepared = CaseRun.prepare(case, "file.py", Sources())
        cell = next(cell for cell in prepared.cells if cell.aspect == "vjp")
        return prepared.run(cell, libraries)

    return run
