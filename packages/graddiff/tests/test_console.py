"""The console of a run, through pytest itself: what is told while it runs and at its end, with and without workers."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

HEAD = "from graddiff import Case\nfrom graddiff.domains import REAL\n"
CASE = "    Case({!r}, lambda np: lambda x: np.sin(x), [REAL], orders=(1,), behaviours=()),\n"
INTERRUPTED = "class Interrupted(Autograd):\n    def jvp(self, f, args, tangents):\n        raise KeyboardInterrupt\n"
IDS = ("sin", "arcsin", "order.sin", "sin.order")
AGAINST_TOY = ("--lib", "toys:Toy", "--lib", "autograd")
Run = Callable[..., str]


@pytest.fixture
def folder(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, toy_module: str) -> Path:
    """Return a folder with cases in comparisons/ and bad libraries beside them."""
    (pytester.path / "comparisons").mkdir()
    (pytester.path / "comparisons" / "good.py").write_text(HEAD + f"CASES = [\n{''.join(map(CASE.format, IDS))}]\n")
    pytester.makepyfile(toys=toy_module + INTERRUPTED)
    pytester.makeini("[pytest]\naddopts = -ra\n")
    pytester.syspathinsert()
    monkeypatch.setenv("COLUMNS", "100")
    return pytester.path


@pytest.fixture
def run(folder: Path, pytester: pytest.Pytester) -> Run:
    """Return a function that runs the cases in this process, and returns what was printed."""

    def printed(*arguments: str, code: int = 0) -> str:
        result = pytester.runpytest_inprocess("--graddiff", "comparisons", *arguments)
        assert result.ret == code
        return result.stdout.str()

    return printed


@pytest.fixture
def run_apart(folder: Path) -> Run:
    """Return a function that runs the cases in a process of their own."""

    def printed(*arguments: str, code: int = 0) -> str:
        command = [sys.executable, "-m", "pytest", "--graddiff", "comparisons", *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    return printed


@pytest.fixture(params=["alone", "workers"])
def either(request: pytest.FixtureRequest, run: Run, run_apart: Run) -> Run:
    """Return both ways to run the cases: in one process, or with two workers."""
    return run if request.param == "alone" else partial(run_apart, "-n", "2")


def closing(text: str) -> str:
    """Return the closing line of pytest without its time."""
    return text.rstrip().splitlines()[-1].strip("= ").partition(" in ")[0]


def test_cells_are_counted_by_one_word_from_first_to_last(either: Run) -> None:
    text = either("--lib", "autograd")
    assert "\n12 cells and 4 self-checks of cases\n" in text
    assert "\n100 %: 12 of 12 cells, " in text
    assert "12 cells and 4 self-checks of cases, 4 cases in all; 0 failures\n    12  agree\n" in text
    assert "\nautograd is right in 12 of 12 judged cells\n" in text
    assert closing(text) == "12 passed"
    assert not re.search(r"\bitems?\b|\[ *\d+%\]", text)


def test_a_failing_case_is_told_once_and_before_the_end(either: Run) -> None:
    text = either(*AGAINST_TOY, code=1)
    told, _, end = text.partition("= graddiff: toy and autograd =")
    for case in IDS:
        assert told.count(f"  comparisons/good.py::{case}[vjp-x-(3,)]: order 1, argument x: ") == 1
    assert told.count("\ntoy wrong\n") == len(IDS)
    assert told.count("diagnosis: toy: 3 of 3 elements = -1 x truth") == len(IDS)
    assert told.count("smallest failing input: x = np.array([") == len(IDS)
    assert "vjp-x" not in end.replace("[vjp-x-(3,)]' --lib", "")
    assert "FAILURES" not in text
    assert "short test summary" not in text
    for case in IDS:
        assert f"  FAILED comparisons/good.py::{case}: toy wrong in 1 of 3 cells\n" in end
    assert closing(text) == "4 failed, 8 passed"
    assert "toy is right in 8 of 12 judged cells, wrong in 4 (arcsin, order.sin, sin and 1 case more); " in end


def test_the_first_failure_can_end_the_run(run: Run) -> None:
    text = run(*AGAINST_TOY, "-x", code=1)
    assert re.search(r"^toy wrong\n  comparisons/good\.py::sin\[vjp-x-\(3,\)\]: ", text, re.M)
    assert closing(text) == "1 failed, 1 passed"


@pytest.mark.parametrize(("flag", "lines"), [("-q", 0), ("-v", 12)])
def test_quiet_and_verbose_runs_tell_the_same_failures(run: Run, flag: str, lines: int) -> None:
    text = run(*AGAINST_TOY, flag, code=1)
    assert len(re.findall(r"::.*(PASSED|FAILED)|(PASSED|FAILED).*\d%|(PASSED|FAILED) comp.*\[", text)) >= lines
    assert text.count("\ntoy wrong\n") == len(IDS)
    assert "%: " not in text
    assert closing(text) == "4 failed, 8 passed"


def test_the_command_that_is_shown_selects_the_case_and_nothing_else(run: Run) -> None:
    command = "python -m pytest --graddiff comparisons"
    text = run(*AGAINST_TOY, "--graddiff-command", command, code=1)
    shown = set(re.findall(r'^  repro: (.*) -k "(.*)"$', text, re.M))
    assert shown == {(f"{command} --lib toys:Toy --lib autograd", f"comparisons/good.py::{case}[") for case in IDS}
    again = run(*AGAINST_TOY, "-k", "comparisons/good.py::sin[", code=1)  # the other ids have this one in them
    assert "\n3 cells and 1 self-check of cases\n" in again
    assert "  FAILED comparisons/good.py::sin: toy wrong in 1 of 3 cells\n" in again
    assert closing(again) == "1 failed, 2 passed, 9 deselected"


def test_a_case_that_k_has_no_word_for_keeps_the_plain_command(run: Run, folder: Path) -> None:
    (folder / "comparisons" / "good.py").write_text(HEAD + f"CASES = [\n{CASE.format('sin, (of x)')}]\n")
    text = run(*AGAINST_TOY, "--graddiff-command", "run --", code=1)
    assert "  repro: pytest --graddiff 'comparisons/good.py::sin, (of x)[vjp-x-(3,)]' --lib toys:Toy" in text
    assert "-k" not in text


@pytest.fixture
def otherwise(run: Run, folder: Path) -> Path:
    """Accept a report in which two cells of sin are wrong, and return where it is."""
    run("--lib", "autograd", "--accept")
    path = folder / "comparisons" / "report.txt"
    text = path.read_text()
    assert "good.py::sin  value .  vjp .  jvp ." in text
    path.write_text(text.replace("good.py::sin  value .  vjp .  jvp .", "good.py::sin  value u  vjp u  jvp ."))
    return path


@pytest.mark.usefixtures("otherwise")
@pytest.mark.parametrize(
    ("selection", "others"),
    [((), 10), (("-k", "good.py::sin["), 1), (("--only", "sin"), 1), (("--maxfail", "9"), 10)],
)
def test_a_changed_verdict_is_a_failure_and_its_diff_is_shown(
    run: Run, selection: tuple[str, ...], others: int
) -> None:
    text = run("--lib", "autograd", *selection, code=1)
    assert "; 2 failures: 2 changed verdicts\n" in text
    assert "\n  -comparisons/good.py::sin  value u  vjp u  jvp .\n" in text
    assert "\n  +comparisons/good.py::sin  value .  vjp .  jvp .\n" in text
    assert closing(text).startswith(f"2 failed, {others} passed")


@pytest.mark.usefixtures("otherwise")
def test_a_case_that_was_run_in_part_is_not_held_against_the_report(run: Run) -> None:
    assert closing(run("--lib", "autograd", "-k", "good.py::sin[ and not jvp")).startswith("2 passed")


def test_only_a_run_of_all_cases_is_accepted(run: Run, otherwise: Path) -> None:
    before = otherwise.read_text()
    text = run("--lib", "autograd", "-k", "arcsin", "--accept")
    assert "--accept: nothing was accepted, for that takes a run of all cases" in text
    assert otherwise.read_text() == before


def test_an_interrupted_run_tells_what_it_has_done(run: Run, run_apart: Run) -> None:
    run("--lib", "autograd", "--accept")
    text = run_apart("--lib", "toys:Interrupted", code=pytest.ExitCode.INTERRUPTED)
    assert "\n 16 %: 2 of 12 cells, " in text
    assert "\nautograd is right in 2 of 2 judged cells\n" in text
    assert "verdicts changed" not in text  # what was not run has not changed
    assert "KeyboardInterrupt" in text


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo terminals")
def test_a_terminal_has_a_bar_and_the_failures_above_it(folder: Path) -> None:
    pytest.importorskip("rich")
    import pty

    read, write = pty.openpty()
    command = [sys.executable, "-m", "pytest", "--graddiff", "comparisons", *AGAINST_TOY]
    environment = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "CI")} | {"TERM": "xterm"}
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=write, stderr=write) as started:
        os.close(write)
        text = everything(read)
    assert started.returncode == 1
    assert "\x1b[2K" in text  # the bar was drawn, and taken away
    lines = re.sub(r"\x1b\[[\d;?]*\w", "", text).replace("\r", "\n").splitlines()
    lines = [line.strip() for line in lines]
    assert lines.count("toy wrong") == len(IDS)
    assert any(line.startswith("100 %: 12 of 12 cells, ") for line in lines)
    assert "12 cells and 4 self-checks of cases" in lines


def everything(descriptor: int) -> str:
    """Return what is written to a pseudo terminal until its other end is closed."""
    found = b""
    with open(descriptor, "rb", buffering=0) as stream:  # a descriptor has no path
        while True:
            try:
                part = stream.read(4096)
            except OSError:  # so Linux says that the other end is closed
                part = b""
            if not part:
                return found.decode()
            found += part
