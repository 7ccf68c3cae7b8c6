"""Editors find their way in ``easygrad.numpy``: completion, go to definition, signatures."""

import inspect
from pathlib import Path

import jedi
import numpy as np
import pytest
from jedi.api.environment import InterpreterEnvironment

import easygrad
import easygrad.numpy as enp

PROGRAM = "import easygrad.numpy as np\nnp.sinc\nnp.concatenate(\nnp.linalg.slog\n"
PACKAGE = Path(easygrad.__file__).parent


@pytest.fixture(scope="module")
def script():
    here = InterpreterEnvironment()  # another one may be active, without NumPy
    return jedi.Script(PROGRAM, project=jedi.Project(PACKAGE.parent), environment=here)


def test_completion(script):
    assert {"sin", "sinh", "single"} <= {name.name for name in script.complete(2, 5)}
    assert [name.name for name in script.complete(4, 14)] == ["slogdet"]


def test_go_to_definition_leads_to_the_rule(script):
    (definition,) = script.goto(2, 7, follow_imports=True)
    assert Path(definition.module_path) == PACKAGE / "rules/elementwise.py"
    assert definition.description.startswith("sinc = elementwise(")


def test_signature_of_a_call(script):
    (signature,) = script.get_signatures(3, 15)
    assert [parameter.name for parameter in signature.params] == ["arrays", "axis", "dtype", "casting"]


@pytest.mark.parametrize("module", ["", "linalg", "fft"])
def test_signatures_are_numpys(module):
    ours, theirs = (getattr(np_, module) if module else np_ for np_ in (enp, np))
    compared = 0
    for name in set(dir(theirs)) - {"test"}:  # test runs NumPy's own tests
        function = getattr(theirs, name)
        if not inspect.isclass(function) and callable(function) and not name.startswith("_"):
            try:
                expected = inspect.signature(function)
            except ValueError:  # some functions written in C do not tell
                continue
            assert inspect.signature(getattr(ours, name)) == expected, name
            compared += 1
    assert compared > 15
