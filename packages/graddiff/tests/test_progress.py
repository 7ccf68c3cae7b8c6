"""Progress: a bar on a terminal, plain lines elsewhere, nothing for what is quick."""

from io import StringIO

import pytest

from graddiff import progress
from graddiff.progress import Progress


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def steps(stream: StringIO) -> str:
    with Progress("cells", 3, stream) as shown:
        for failed in (False, True, False):
            shown.advance(failed)
    return stream.getvalue()


def test_what_is_quick_prints_nothing() -> None:
    assert steps(StringIO()) == ""


def test_plain_lines_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.0)
    lines = steps(StringIO()).splitlines()
    assert lines[0] == "cells: 1 of 3, 0 s"
    assert lines[-1] == "cells, 1 failed: 3 of 3, 0 s"


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rich")
    monkeypatch.setenv("TERM", "xterm")
    printed = steps(Terminal())
    assert "\x1b[" in printed
    assert "cells" in printed
