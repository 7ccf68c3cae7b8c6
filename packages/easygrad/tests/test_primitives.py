"""What holds for the rules of all elementwise primitives: which values they name is which values are kept."""

import dis
import importlib
import pkgutil

import numpy as np
import pytest

import easygrad.rules
import easygrad.scipy.special
from easygrad import grad
from easygrad.core import Elementwise, needed
from easygrad.primitives import elementwise


def modules():
    """Return the modules with rules."""
    for package in (easygrad.rules, easygrad.scipy.special):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(module.name)


PRIMITIVES = {
    f"{module.__name__.removeprefix('easygrad.')}.{name}": value.primitive
    for module in modules()
    for name, value in vars(module).items()
    if isinstance(getattr(value, "primitive", None), Elementwise)
}


def loaded(rule):
    """Return the names of the local variables that a function reads."""
    names = set()
    for instruction in dis.get_instructions(rule):
        if instruction.opname.startswith("LOAD"):
            names |= set(instruction.argval) if isinstance(instruction.argval, tuple) else {instruction.argval}
    return names


def test_there_are_many():
    assert len(PRIMITIVES) > 150


@pytest.mark.parametrize("name", PRIMITIVES)
def test_an_underscore_says_that_a_rule_does_not_need_a_value(name):
    for rule in PRIMITIVES[name].rules:
        if callable(rule):
            code = rule.__code__
            required = code.co_argcount - len(rule.__defaults__ or ())
            for parameter in code.co_varnames[1:required]:
                assert (parameter in loaded(rule)) != parameter.startswith("_"), (parameter, code.co_varnames)


def test_what_one_rule_of_several_needs_is_kept():
    assert needed(lambda g, _ans, x, _y: g * x) == (False, True, False)
    f = elementwise(np.multiply, lambda g, _ans, _x, y: g * y, lambda g, ans, x, _y: g * x).primitive
    assert list(f.keeps) == [(False, False, True), (True, True, False), (True, True, True)]


def test_a_text_in_place_of_a_rule_is_what_is_said_where_the_function_is_called():
    f = elementwise(lambda n, x: n * x, "f: no derivative by n", lambda g, _ans, n, _x: g * n, name="f")
    assert grad(lambda x: f(2.0, x))(3.0) == 2.0
    with pytest.raises(NotImplementedError, match=r"^f: no derivative by n$"):
        grad(lambda n: f(n, 3.0))(2.0)
