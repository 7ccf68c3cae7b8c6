"""Every function of NumPy is decided: differentiable, constant, or out of scope with a reason.

The lists are NumPy's own, of the release that is installed: the public callables of ``numpy``, ``numpy.linalg`` and
``numpy.fft`` that are not classes. ``python -m pytest -s -k counts`` prints the counts.
"""

import warnings

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad.array import FUNCTIONS

MODULES = {"numpy": (np, enp), "numpy.linalg": (np.linalg, enp.linalg), "numpy.fft": (np.fft, enp.fft)}
KINDS = ("primitive", "composite", "constant")
OUT_OF_SCOPE = {
    "makes an array of sizes and plain numbers": """
        arange empty eye identity indices ones tri zeros diag_indices mask_indices tril_indices triu_indices
        bartlett blackman hamming hanning kaiser fftfreq rfftfreq""",
    "takes types, not numbers": """
        datetime_data isdtype issubdtype mintypecode promote_types typename""",
    "takes shapes, not numbers": "broadcast_shapes",
    "reads, writes or prints": """
        array2string array_repr array_str base_repr binary_repr format_float_positional format_float_scientific
        frombuffer fromfile fromregex fromstring genfromtxt load loadtxt save savetxt savez savez_compressed""",
    "is about memory or takes an object of another library": "from_dlpack require nested_iters",
    "calls or wraps a function that is given to it": "fromfunction frompyfunc fromiter",
    "is about dates": "busday_count busday_offset datetime_as_string is_busday isnat",
    "makes a np.matrix, of which NumPy itself advises against": "asmatrix bmat",
    "is about NumPy itself": """
        get_include get_printoptions getbufsize geterr geterrcall info printoptions set_printoptions setbufsize seterr
        seterrcall show_config show_runtime test""",
    "has another name since NumPy 2.0": "in1d",
}
REASONS = {name: reason for reason, names in OUT_OF_SCOPE.items() for name in names.split()}


def public(module):
    """Return the public functions of a module by name; a deprecated one warns when it is looked up."""
    with warnings.catch_warnings(action="ignore"):
        found = {name: getattr(module, name) for name in dir(module) if not name.startswith("_")}
    return {name: f for name, f in found.items() if callable(f) and not isinstance(f, type)}


def kind_of(function):
    """Return what easygrad's function for one of NumPy's is, or None."""
    own = FUNCTIONS.get(function)
    return next((kind for kind in KINDS if hasattr(own, kind)), None)


def decided(module):
    """Return for each function the list of the tables that hold it."""
    tables = {}
    for name, function in public(module).items():
        kind = kind_of(function)
        tables[name] = ["constant" if kind == "constant" else "differentiable"] if kind else []
        tables[name] += ["out of scope"] if name in REASONS else []
    return tables


@pytest.mark.parametrize("module", MODULES)
def test_every_function_is_in_one_table(module):
    tables = decided(MODULES[module][0])
    assert [name for name, found in tables.items() if not found] == []
    assert {name: found for name, found in tables.items() if len(found) > 1} == {}


def test_counts():
    for module, (functions, _) in MODULES.items():
        found = [table for tables in decided(functions).values() for table in tables or ["undecided"]]
        counts = {table: found.count(table) for table in ("differentiable", "constant", "out of scope", "undecided")}
        print(f"{module} {np.__version__}: " + ", ".join(f"{n} {table}" for table, n in counts.items()))
        assert counts["undecided"] == 0


def test_no_name_has_two_reasons():
    names = [name for names in OUT_OF_SCOPE.values() for name in names.split()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("module", MODULES)
def test_namespace_has_easygrads_functions(module):
    functions, own = MODULES[module]
    plain = [
        name
        for name, function in public(functions).items()
        if kind_of(function) and not any(hasattr(getattr(own, name), kind) for kind in KINDS)
    ]
    assert plain == []
