"""Programs for Autograd, byte for byte the same, run by the real one and by easygrad in processes of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

PROGRAMS = Path(__file__).with_name("programs")
AS_AUTOGRAD = ["-m", "easygrad.as_autograd"]


def run(*arguments, check=True, **options):
    """Return what Python prints."""
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, **options)
    assert not check or done.returncode == 0, done.stderr
    return done


def with_autograd(program):
    """Return what a program prints with the real Autograd, without its warnings."""
    return run("-W", "ignore", str(PROGRAMS / program)).stdout


def with_easygrad(program):
    """Return what a program prints with easygrad; a warning is an error."""
    return run("-W", "error", *AS_AUTOGRAD, str(PROGRAMS / program)).stdout


def near(found, expected):
    """Return whether nested lists have the same numbers, up to rounding."""
    if isinstance(expected, list) and any(isinstance(x, list | str | bool) for x in expected):
        return len(found) == len(expected) and all(map(near, found, expected))
    if isinstance(expected, str | bool):
        return found == expected
    return np.shape(found) == np.shape(expected) and np.allclose(found, expected, 1e-9, 1e-9)


def test_a_program_that_mixes_everything_gives_the_same_numbers():
    found, expected = json.loads(with_easygrad("mixed.py")), json.loads(with_autograd("mixed.py"))
    assert list(found) == list(expected)
    assert [key for key in expected if key != "keys" and not near(found[key], expected[key])] == []
    assert found["keys"] == expected["keys"] == ["layers", "out", "scale"]
    assert np.shape(expected["seen"]) == (9, 2)


@pytest.mark.parametrize(("program", "least"), [("internals.py", 50), ("convolutions.py", 24)])
def test_lines_of_a_program_are_the_same(program, least):
    found = [json.loads(line) for line in with_easygrad(program).splitlines()]
    expected = [json.loads(line) for line in with_autograd(program).splitlines()]
    assert [name for name, _ in found] == [name for name, _ in expected]
    assert len(expected) >= least
    different = [(mine, real) for mine, real in zip(found, expected, strict=True) if not near(mine[1], real[1])]
    assert different == []


@pytest.mark.parametrize(("found", "expected"), [([1.0], [2.0]), ([[1.0]], [1.0]), (["a"], ["b"]), ([True], [False])])
def test_the_comparison_of_numbers_can_fail(found, expected):
    assert not near(found, expected)
    assert near(expected, expected)


def test_install_puts_easygrad_in_place():
    program = "import easygrad.as_autograd as a; a.install(); a.install(); import autograd, easygrad; "
    program += "print(autograd.grad is easygrad.grad, autograd.__file__)"
    assert run("-W", "error", "-c", program).stdout.split()[0] == "True"


def test_install_refuses_when_the_real_autograd_is_imported():
    program = "import autograd; from easygrad.as_autograd import install; install()"
    done = run("-W", "ignore", "-c", program, check=False)
    assert done.returncode == 1
    assert "RuntimeError: easygrad.as_autograd: the real autograd is already imported, from " in done.stderr
    assert "Call install() before anything imports it" in done.stderr


def test_nothing_of_it_is_loaded_or_changed_without_install():
    program = "import sys, easygrad, easygrad.misc.optimizers; from easygrad.core import Box; "
    program += "print(Box.__name__, hasattr(Box, '_value'), [name for name in sys.modules if 'autograd' in name])"
    assert run("-W", "error", "-c", program).stdout.split() == ["Box", "False", "[]"]


def test_program_gets_its_arguments_its_folder_and_its_processes(tmp_path):
    (tmp_path / "helper.py").write_text("value = 3.0\n")
    (tmp_path / "program.py").write_text(
        "import subprocess, sys\nfrom helper import value\nimport autograd\nprint(sys.argv[1:], __name__, value)\n"
        "inner = 'import autograd; print(autograd.grad(lambda x: x**2)(2.0), autograd.__file__)'\n"
        "print(subprocess.run([sys.executable, '-c', inner], capture_output=True, text=True).stdout)\n"
    )
    printed = run(*AS_AUTOGRAD, str(tmp_path / "program.py"), "-x", "1", cwd="/").stdout
    assert "['-x', '1'] __main__ 3.0" in printed
    assert "4.0 " in printed
    assert os.path.join("as_autograd", "site", "autograd") in printed  # noqa: PTH118  # a part of a printed path


def test_module_is_run_like_python_does(tmp_path):
    (tmp_path / "test_it.py").write_text("import autograd\n\ndef test_it():\n    assert 'site' in autograd.__file__\n")
    done = run(*AS_AUTOGRAD, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py", cwd=tmp_path)
    assert "1 passed" in done.stdout


IN_PLACE = """
import sys, warnings
import easygrad.as_autograd
easygrad.as_autograd.install()
import numpy as np
from autograd import grad

warnings.simplefilter(sys.argv[1])
x = np.array([0.5, -1.0, 2.0])

def f(v, start):
    total = start
    for k in range(2):
        total += v**2 * k
        total *= v[k]
    return np.sum(total)
"""


def test_a_plain_array_plus_a_traced_one_in_place_is_a_new_one_as_before_autograd_1_9():
    lines = "plain = np.ones(3); slope = grad(f)(x, plain)\n"
    lines += "assert np.allclose(slope, 2 * x * x[1] + [3 * x[1], 3 * x[0] + np.sum(x**2), 0]), slope\n"
    lines += "scaled = np.full(3, 2.0); old = scaled\n"
    lines += "def g(v): global scaled; y = v * scaled; scaled *= v; return np.sum(y * scaled)\n"
    lines += "assert np.allclose(grad(g)(x), 8 * x) and np.all(plain == 1.0) and np.all(old == 2.0)\n"
    run("-W", "error", "-c", IN_PLACE + lines, "ignore")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("grad(f)(x, np.ones(3))", "UserWarning: add in place, of a plain array and a traced value: as before"),
        ("grad(lambda v: np.sum(np.add(np.ones(3), v, out=np.ones(3))))(x)", "TypeError: numpy.add cannot write a tr"),
        ("grad(f)(x, np.ones(3, int))", "TypeError: numpy.add cannot write a traced value into a plain array"),
        ("grad(f)(x[:, None] * x, np.ones(3))", "TypeError: numpy.add cannot write a traced value into a plain array"),
    ],
)
def test_what_a_plain_array_cannot_become_in_place_is_refused_and_what_it_becomes_is_told(lines, message):
    assert message in run("-W", "error", "-c", IN_PLACE + lines, "error", check=False).stderr


CLASS_OF_ARRAYS = """
import easygrad.as_autograd
easygrad.as_autograd.install()
import numpy as np
from autograd import grad
from autograd.extend import Box

class Units(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        plain = [x.view(np.ndarray) if isinstance(x, Units) else x for x in inputs]
        return np.asarray(super().__array_ufunc__(ufunc, method, *plain, **options)).view(Units)

Box.type_mappings[Units] = lambda value, trace, node: None
units = np.array([2.0, 3.0]).view(Units)
assert type(units + 1.0) is Units and type(units * units) is Units
assert grad(lambda v: np.sum(units * v))(np.ones(2)).tolist() == [2.0, 3.0]
assert grad(lambda v: np.sum(units * v + v * units))(np.ones(2)).tolist() == [4.0, 6.0]
"""


def test_arrays_of_a_class_that_is_registered_leave_operators_to_traced_values():
    run("-W", "error", "-c", CLASS_OF_ARRAYS)
    unregistered = CLASS_OF_ARRAYS.replace("Box.type_mappings[Units]", "unused")
    assert run("-W", "error", "-c", unregistered, check=False).returncode == 1


RULES = """
import easygrad.as_autograd
easygrad.as_autograd.install()
import autograd.numpy as np
from autograd import grad
from autograd.extend import defjvp, defvjp, primitive

defvjp(lambda x: x, lambda ans, x: lambda g: 2 * g)  # no primitive: never recorded
"""


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("defvjp(np.sin, lambda ans, x: lambda g: g)", "UserWarning: defvjp: easygrad has a derivative of sin of its"),
        ("defjvp(np.interp, None)", "UserWarning: defjvp: easygrad has a derivative of interp of its own"),
        ("defvjp(np.floor, lambda ans, x: lambda g: g)", "TypeError: defvjp: floor is constant to every derivative"),
        ("f = primitive(lambda x: (x, x)); grad(lambda x: f(x)[0])(1.0)", "NotImplementedError: <lambda>: no deriv"),
    ],
)
def test_rules_that_would_not_be_used_are_not_taken_in_silence(line, message):
    done = run("-W", "error", "-c", RULES + line, check=False)
    assert message in done.stderr


@pytest.mark.parametrize("arguments", [[], ["-m"], ["-q"]])
def test_usage_is_told(arguments):
    done = run(*AS_AUTOGRAD, *arguments, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("usage: python -m easygrad.as_autograd")
