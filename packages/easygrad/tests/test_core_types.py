"""What is decided about the core types of OpenBLAS: which can be run, which not and why, and the exit code."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .core_types import (
    CORE_TYPES,
    MACHINES,
    RUNS,
    Probe,
    chosen_core_types,
    environment,
    main,
    probe,
    read_probe,
    run_all,
    why_not,
)

ROOT = Path(__file__).resolve().parents[3]
KILLED = -int(signal.SIGFPE)


def library(path, architecture="Haswell", api="openblas"):
    return {"filepath": path, "internal_api": api, "architecture": architecture}


def printed(*lines):
    return "\n".join(json.dumps(line) for line in lines)


def test_libraries_of_numpy_and_of_scipy_are_told_apart():
    ours, theirs = library("a.so", "Zen"), library("b.so", "Nehalem")
    assert read_probe(printed([ours], [ours, theirs]), 0) == Probe("Zen", "Nehalem")
    assert read_probe(printed([ours], [ours]), 0) == Probe("Zen", "Zen")
    assert read_probe(printed([library("m.so", api="mkl")], [library("m.so", api="mkl"), ours]), 0) == Probe(
        None, "Zen"
    )
    assert read_probe(printed([], []), 0) == Probe(None, None)


def test_child_that_ends_before_it_tells_is_no_success():
    assert read_probe("", 0).code == 1
    assert read_probe(printed([]), KILLED) == Probe(code=KILLED)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (Probe("Haswell", "Haswell"), None),
        (Probe("haswell", None), None),
        (Probe(None, "HASWELL"), None),
        (Probe("Zen", "Zen"), "OpenBLAS takes Zen for it"),
        (Probe("Haswell", "Zen"), "NumPy's OpenBLAS takes Haswell for it, SciPy's Zen"),
        (Probe("Haswell", "Haswell", KILLED), "a small decomposition is ended by SIGFPE: the processor cannot run it"),
        (Probe("Haswell", "Haswell", 3), "a small decomposition fails with exit code 3"),
    ],
)
def test_reason(found, reason):
    assert why_not("Haswell", found) == reason


class Machine:
    """A machine on which each core type is answered as told, and the tests end as told."""

    def __init__(self, own, probes=(), codes=()):
        self.probes, self.codes, self.ran = {None: own, **dict(probes)}, dict(codes), []

    def test(self, name):
        """Note that the tests were run, and return the exit codes."""
        self.ran.append(name)
        return self.codes.get(name, [0, 0])

    def run(self):
        """Decide on all core types, and return the last lines and the exit code."""
        return run_all([name for name in self.probes if name], self.probes.__getitem__, self.test)


ZEN, NEHALEM = Probe("Zen", "Zen"), Probe("Nehalem", "Nehalem")


def test_usable_core_types_are_run_and_the_others_named_with_a_reason():
    machine = Machine(ZEN, {"Zen": ZEN, "SkylakeX": Probe(code=KILLED), "Core2": NEHALEM, "Nehalem": NEHALEM})
    lines, code = machine.run()
    assert (machine.ran, code) == (["Zen", "Nehalem"], 0)
    assert lines[:2] == ["Zen: passed", "Nehalem: passed"]
    assert lines[2].startswith("SkylakeX: not run, a small decomposition is ended by SIGFPE")
    assert lines[3:] == ["Core2: not run, OpenBLAS takes Nehalem for it"]


def test_one_failure_is_the_exit_code_and_does_not_stop_the_others():
    machine = Machine(ZEN, {"Zen": ZEN, "Nehalem": NEHALEM}, {"Zen": [0, 1]})
    lines, code = machine.run()
    assert (machine.ran, code) == (["Zen", "Nehalem"], 1)
    assert lines == ["Zen: FAILED, exit codes 0, 1", "Nehalem: passed"]


def test_no_usable_core_type_is_a_failure():
    lines, code = Machine(ZEN, {"Core2": NEHALEM}).run()
    assert code == 1
    assert lines[-1] == "no core type could be run, though OpenBLAS is here and takes Zen"


@pytest.mark.parametrize(("codes", "code", "word"), [([0, 0], 0, "passed"), ([0, 2], 1, "FAILED")])
def test_without_openblas_the_tests_are_run_once(codes, code, word):
    machine = Machine(Probe(), {"Zen": Probe()}, {None: codes})
    (line,), found = machine.run()
    assert (machine.ran, found) == ([None], code)
    assert line.startswith(f"NumPy and SciPy have no OpenBLAS here; with what they have the tests {word}")


def test_numpy_that_does_not_run_is_a_failure():
    machine = Machine(Probe(code=KILLED), {"Zen": ZEN})
    assert machine.run()[1] == 1
    assert machine.ran == []


def test_names_are_taken_in_any_case_and_unknown_ones_refused():
    assert chosen_core_types(["zen", "HASWELL"], "x86_64") == ["Zen", "Haswell"]
    assert chosen_core_types([], "AMD64") == CORE_TYPES["x86"].split()
    assert chosen_core_types([], "riscv64") == []
    with pytest.raises(SystemExit, match="Zem: no core type of x86_64; there are Katmai"):
        chosen_core_types(["Zem"], "x86_64")
    assert set(MACHINES.values()) == set(CORE_TYPES)


def test_core_type_reaches_the_child_and_an_inherited_one_does_not(monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")
    assert environment("Zen")["OPENBLAS_CORETYPE"] == "Zen"
    assert "OPENBLAS_CORETYPE" not in environment(None)


def test_probe_of_this_machine():
    own = probe(None)
    assert own.code == 0
    for name in own.found:
        again = probe(name)
        assert name in again.found


def test_command_names_what_is_wrong():
    command = [sys.executable, str(Path(__file__).with_name("core_types.py")), "Zem"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Zem: no core type" in done.stderr


def test_last_lines_are_printed(monkeypatch, capsys):
    monkeypatch.setattr(f"{run_all.__module__}.run_all", lambda names: (["Zen: passed"], 0))
    assert main([]) == 0
    assert capsys.readouterr().out == "\n== core types of OpenBLAS\nZen: passed\n"


def test_files_of_the_runs_are_there():
    files = [argument for run in RUNS for argument in run if argument.endswith(".py")]
    needed = {"packages/easygrad/tests/rules/test_linalg.py", "packages/easygrad/tests/scipy/test_linalg.py"}
    assert needed | {"packages/graddiff/tests/test_truth.py", "comparisons/linalg.py"} <= set(files)
    assert [name for name in files if not (ROOT / name).is_file()] == []
