"""Progress: a bar on a terminal, a line at each tenth elsewhere, a first line early."""

import re
from io import StringIO

import pytest

from graddiff import progress
from graddiff.progress import Progress


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


class Clock:
    """A clock that moves by a fixed step at each look."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        """Return the time."""
        self.now += self.step
        return self.now


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no time go by."""
    monkeypatch.setattr(progress, "monotonic", Clock(0.0))


def steps(stream: StringIO, total: int, done: int | None = None) -> list[str]:
    with Progress("cells", total, stream) as shown:
        for i in range(total if done is None else done):
            shown.advance("agree" if i % 2 else "a wrong", failed=not i % 2)
    return stream.getvalue().splitlines()


@pytest.mark.usefixtures("still")
def test_a_line_at_each_tenth() -> None:
    lines = steps(StringIO(), 40)
    assert [line.partition(":")[0].strip() for line in lines] == [f"{10 * i} %" for i in range(1, 11)]
    assert lines[0] == " 10 %: 4 of 40 cells, 0 s, 0 s left: 2 FAIL, 2 a wrong, 2 agree"
    assert lines[-1] == "100 %: 40 of 40 cells, 0 s: 20 FAIL, 20 a wrong, 20 agree"


@pytest.mark.usefixtures("still")
def test_of_few_cells_only_the_last_line_is_told() -> None:
    assert steps(StringIO(), 3) == ["100 %: 3 of 3 cells, 0 s: 2 FAIL, 2 a wrong, 1 agree"]


@pytest.mark.usefixtures("still")
def test_a_run_that_is_broken_off_says_how_far_it_came() -> None:
    assert steps(StringIO(), 40, done=5)[-1].startswith(" 12 %: 5 of 40 cells, 0 s, 0 s left: ")
    assert steps(StringIO(), 40, done=0) == []


def test_the_first_line_is_told_as_soon_as_there_is_something_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "monotonic", Clock(0.2))
    lines = steps(StringIO(), 1000, done=20)
    assert lines[0].startswith("  0 %: 3 of 1000 cells, ")
    assert len(lines) == 2  # then nothing before the first tenth; and the last line


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rich")
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with Progress("cells", 2, stream) as shown:
        shown.advance("agree")
        shown.write("told in between")
        shown.advance("agree")
    printed = stream.getvalue()
    assert "\x1b[" in printed
    lines = re.sub(r"\x1b\[[\d;?]*\w", "", printed).replace("\r", "\n").splitlines()
    assert "told in between" in lines
    assert lines[-1].startswith("100 %: 2 of 2 cells, ")


def test_the_bar_keeps_its_width_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rich")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    stream = Terminal()
    with Progress("cells", 2000, stream) as shown:
        for i in range(30):
            shown.advance(f"verdict number {i}")
    frames = re.sub(r"\x1b\[[\d;?]*\w", "", stream.getvalue()).replace("\r", "\n").splitlines()
    bars = [line for line in frames if "/2000 cells, " in line]
    assert bars
    assert all(len(line.rstrip()) <= 80 and line.startswith("━" * 20) for line in bars)


def test_a_terminal_that_cannot_move_a_line_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert not any("\x1b" in line for line in steps(Terminal(), 40))
