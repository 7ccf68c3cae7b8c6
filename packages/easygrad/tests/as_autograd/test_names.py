"""Every name of every module of Autograd: it is there, or the import says why it is not."""

import importlib
import json
import pkgutil
import subprocess
import sys
import warnings

import pytest

WALK = """
import importlib, json, sys

answers = {}
for module, names in json.load(sys.stdin).items():
    namespace = importlib.import_module(module)
    for name in names:
        try:
            getattr(namespace, name)
        except ImportError as error:
            answers[f"{module}.{name}"] = str(error)
        except AttributeError:
            answers[f"{module}.{name}"] = None
print(json.dumps(answers))
"""
CLIENTS = """
tracer.getval tracer.isbox tracer.Box tracer.new_box tracer.trace_stack core.make_vjp core.make_jvp core.vspace
core.VSpace core.VJPNode core.JVPNode core.backward_pass core.primitive_vjps wrap_util.unary_to_nary util.subvals
numpy.numpy_boxes.ArrayBox numpy.numpy_vjps.unbroadcast_f numpy.numpy_vjps.unbroadcast numpy.numpy_jvps.broadcast
numpy.numpy_wrapper._astype numpy.numpy_vspaces.ArrayVSpace numpy.numpy_vspaces.ComplexArrayVSpace builtins.DictBox
builtins.SequenceBox extend.register_notrace differential_operators.make_jvp_reversemode
"""
IMPORT = "import easygrad.as_autograd as a; a.install(); "


def names_of_autograd():
    """Return the public names of the real Autograd by module."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        autograd = importlib.import_module("autograd")
        modules = ["autograd", *(info.name for info in pkgutil.walk_packages(autograd.__path__, "autograd."))]
        loaded = {name: importlib.import_module(name) for name in modules}
    return {
        name: [key for key in vars(module) if key.isidentifier() and key[0] != "_"] for name, module in loaded.items()
    }


@pytest.fixture(scope="module")
def answers():
    """Return for each name that is missing here what its import says, None for nothing but that it is missing."""
    names = dict(reversed(names_of_autograd().items()))  # packages last, when their submodules are imported
    given = json.dumps(names)
    done = subprocess.run(
        [sys.executable, "-c", IMPORT + WALK], input=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_no_name_is_missing_without_a_reason(answers):
    assert [name for name, reason in answers.items() if reason is None] == []


def test_reasons_are_told(answers):
    text = "is not provided by easygrad.as_autograd: "
    assert [name for name, reason in answers.items() if f"{name} {text}" not in reason] == []


def test_the_names_that_clients_import_are_there(answers):
    clients = CLIENTS.split()
    program = IMPORT + "".join(f"import autograd.{n.rpartition('.')[0]}; autograd.{n}; " for n in clients)
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)
    assert len(clients) > 20
    assert not {f"autograd.{name}" for name in clients} & set(answers)


def test_import_of_a_missing_name_says_why():
    program = IMPORT + "from autograd.core import translate_vjp"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "ImportError: autograd.core.translate_vjp is not provided by easygrad.as_autograd: it is part" in done.stderr
    program = IMPORT + "from autograd.core import never_heard_of"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "ImportError: cannot import name 'never_heard_of'" in done.stderr


def test_table_of_absent_names_has_nothing_that_is_there():
    program = IMPORT + (
        "import importlib; from autograd.absent import ABSENT\n"
        "for module, reasons in ABSENT.items():\n"
        "    if not module.startswith('autograd.scipy.stats.'):\n"
        "        there = set(vars(importlib.import_module(module)))\n"
        "        print(*[f'{module}.{n}' for names in reasons.values() for n in names.split() if n in there])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_namespaces_have_our_functions_not_numpys_or_scipys():
    program = IMPORT + (
        "import autograd.numpy as np, easygrad.numpy as enp, autograd.numpy.linalg, autograd.scipy.special as s\n"
        "import autograd.scipy.linalg as sl, easygrad.scipy.linalg as el\n"
        "import easygrad.scipy.special as es, easygrad.numpy.linalg as el2\n"
        "print(np.sin is enp.sin, np.linalg.inv is el2.inv, s.gammaln is es.gammaln, sl.sqrtm is el.sqrtm)\n"
        "print('frompyfunc' in vars(np), np.fft.fft is enp.fft.fft, np.random.randn(2).shape)\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["True"] * 6 + ["(2,)"], done.stderr
