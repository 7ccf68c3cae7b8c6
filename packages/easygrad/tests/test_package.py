"""What importing the package loads, and the size that its engine promises."""

import ast
import importlib
import io
import subprocess
import sys
import tokenize
from pathlib import Path

import numpy as np
import pytest

import easygrad
import easygrad.numpy as enp

CORE = Path(importlib.import_module("easygrad.core").__file__)


# The namespace of NumPy is copied by a star import, which loads more of NumPy than ``import numpy`` does
@pytest.mark.parametrize(
    ("before", "package"), [("import numpy", "easygrad"), ("from numpy import *", "easygrad.numpy")]
)
def test_import_loads_numpy_and_the_standard_library_alone(before, package):
    program = f"import sys; {before}; old = set(sys.modules); import {package}; print(*set(sys.modules) - old)"
    run = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in run.stdout.split()}
    assert "easygrad" in loaded
    assert loaded - {"easygrad", "numpy"} <= set(sys.stdlib_module_names)


def docstring_lines(tree):
    """Return the numbers of the lines that docstrings take."""
    lines = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            lines.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return lines


def code_lines(source):
    """Return the numbers of the lines with code on them: no comments, blanks or docstrings."""
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in silent:
            lines.update(range(token.start[0], token.end[0] + 1))
    return lines - docstring_lines(ast.parse(source))


def test_counter_of_code_lines():
    text = '"""Text\n\nof two."""\n\nx = 1  # one\n\n\n'
    source = text + 'def f():\n    """Text."""\n    # silent\n    return (\n        2\n    )\n'
    assert code_lines(source) == {5, 8, 11, 12, 13}


def test_core_has_fewer_than_300_code_lines():
    assert len(code_lines(CORE.read_text())) < 300


@pytest.mark.parametrize("path", sorted(CORE.parent.rglob("*.py")), ids=lambda path: path.stem)
def test_no_function_has_more_than_30_code_lines(path):
    lines = code_lines(path.read_text())
    functions = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
    long = {f.name for f in functions if len(lines & set(range(f.lineno, f.end_lineno + 1))) > 30}
    assert long == set()


def test_core_imports_nothing_of_the_package():
    imported = [node for node in ast.walk(ast.parse(CORE.read_text())) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {getattr(node, "module", None) or node.names[0].name for node in imported}
    assert not any(name.startswith("easygrad") for name in names)


def test_all_names_are_there_and_have_a_text():
    assert sorted(easygrad.__all__) == easygrad.__all__
    for name in easygrad.__all__:
        assert getattr(easygrad, name).__doc__


def test_namespace_has_every_public_name_of_numpy():
    assert {name for name in dir(np) if not name.startswith("_")} <= set(dir(enp))


@pytest.mark.parametrize("name", sorted(name for name in dir(np) if isinstance(getattr(np, name), np.ufunc)))
def test_second_name_of_a_ufunc_is_the_same_function(name):
    same = [other for other in dir(np) if getattr(np, other) is getattr(np, name)]
    assert len({id(getattr(enp, other)) for other in same}) == 1
