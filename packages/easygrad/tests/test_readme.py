"""The README tells the truth: its Python runs, its report is what the command prints, its commands and names exist.

The commands that set up everything (``nox -s compare`` and ``nox -s tests``) are not run from inside the tests, which
they would start again; the tests look the session names up in the noxfile.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text()
FENCED = re.findall(r"^( *)```(\w+)\n(.*?)^ *```$", README, re.S | re.M)
BLOCKS = [(kind, re.sub(f"^{indent}", "", text, flags=re.M)) for indent, kind, text in FENCED]
PYTHON = [text for kind, text in BLOCKS if kind == "python"]
COMMANDS = [line.removeprefix("$ ") for kind, text in BLOCKS if kind == "console" for line in text.splitlines()]


def test_every_block_is_of_a_kind_that_is_tested():
    assert {kind for kind, _ in BLOCKS} == {"python", "console", "text"}


def test_python_blocks_run_from_top_to_bottom():
    names: dict[str, object] = {}
    for text in PYTHON:
        exec(compile(text, "README.md", "exec"), names)
    fmod = names["fmod"]
    assert names["grad"](lambda x: fmod(x, 2.0))(5.5) == 1.0
    assert names["grad"](lambda y: fmod(5.5, y))(2.0) == -2.0


@pytest.mark.parametrize("command", COMMANDS)
def test_command_names_tasks_that_exist(command):
    sessions = {node.name for node in ast.walk(ast.parse((ROOT / "noxfile.py").read_text())) if is_session(node)}
    if "pip install" in command:
        assert command == "python -m pip install nox"
    elif "nox" not in command:
        module = re.match(r"python -m ([\w.]+)", command)
        assert module is not None
        assert importlib.util.find_spec(f"{module[1]}.__main__") is not None
    else:
        named = re.match(r"python -m nox -s ([\w ]+?)( --.*)?$", command)
        assert named is not None
        assert set(named[1].split()) <= sessions


def is_session(node: ast.AST) -> bool:
    """Return whether a function is decorated as a nox session."""
    return isinstance(node, ast.FunctionDef) and any("nox.session" in ast.unparse(d) for d in node.decorator_list)


def test_report_is_what_the_command_prints(tmp_path):
    command = next(c for c in COMMANDS if " -s compare -- -k" in c)
    words = re.search(r'-k "(.*)"', command)[1]
    cases = "comparisons/higher_derivatives.py"  # where those words are found: quicker than all files
    run = [sys.executable, "-m", "pytest", "--graddiff", cases, "-k", words, "--report-dir", tmp_path]
    done = subprocess.run([*run, "-p", "no:cacheprovider"], cwd=ROOT, check=True, capture_output=True, text=True)
    lines = [line.strip("= ") if line.startswith("=") else line for line in done.stdout.splitlines()]
    shown = next(text for kind, text in BLOCKS if kind == "text" and text.startswith("graddiff:")).splitlines()
    start = lines.index(shown[0])
    assert lines[start : start + len(shown)] == shown
    assert lines[start + len(shown)].startswith("reports: ")


def test_table_of_speed_names_the_workloads_of_the_benchmark(monkeypatch):
    monkeypatch.syspath_prepend(ROOT)
    from benchmarks.workloads import BY_NAME

    shown = next(text for kind, text in BLOCKS if kind == "text" and text.startswith("easygrad "))
    rows = {line.split("  ")[0] for line in shown.splitlines()[3:] if line and not line.startswith("─")}
    assert rows
    assert {row.split(",")[0] for row in rows} <= {*BY_NAME, "import"}


def test_folders_of_the_map_exist():
    house = README.partition("## The house")[2].partition("\n## ")[0]
    folders = re.findall(r"^\| `([\w/.]+)` \|", house, re.M)
    assert folders
    for folder in folders:
        assert (ROOT / folder).exists(), folder
