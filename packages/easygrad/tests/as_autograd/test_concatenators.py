"""``np.r_`` and ``np.c_`` in all their forms: the values are NumPy's own, the derivatives those of differences."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
import easygrad.as_autograd
easygrad.as_autograd.install()
import autograd.numpy as anp
import numpy
from autograd import jacobian
from autograd.tracer import getval

x, m = numpy.arange(1.0, 4.0), numpy.arange(6.0).reshape(2, 3)
form = eval("lambda np, v: " + sys.argv[1])
expected = numpy.asarray(form(numpy, x))
seen = []
slope = jacobian(lambda v: seen.append(form(anp, v)) or seen[-1])(x)
assert numpy.array_equal(getval(seen[0]), expected) and getval(seen[0]).shape == expected.shape
differences = [(form(numpy, x + 1e-6 * e) - form(numpy, x - 1e-6 * e)) / 2e-6 for e in numpy.eye(3)]
assert numpy.allclose(slope, numpy.stack([numpy.asarray(d) for d in differences], -1), atol=1e-6)
assert slope.any()
"""
FORMS = """
np.r_[v[0], v[1:], 2.0]
np.r_[1:3, v, 0:1:5j, [v[0], 2.0]]
np.r_[v[0]]
np.r_[m, m * v]
np.r_["-1", v, v**2]
np.r_["0,2", v, v * 2]
np.r_["0,2,0", v, v * 2]
np.r_["1,3,0", v, v * 2]
np.r_["r", v, v * 2]
np.r_["c", v, v * 2]
np.c_[v]
np.c_[v[0], 3.0]
np.c_[v, v**2, [1, 2, 3]]
np.c_[m.T, v]
"""


@pytest.mark.parametrize("form", FORMS.strip().splitlines())
def test_joined_as_numpy_joins(form):
    warned = "ignore::PendingDeprecationWarning"  # of NumPy, whose answer to "r" and "c" is a matrix
    command = [sys.executable, "-W", "error", "-W", warned, "-c", PROGRAM, form]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_plain_parts_are_joined_by_numpy():
    program = "import easygrad.as_autograd as a; a.install(); import autograd.numpy as np; "
    program += "print(type(np.r_[1:3, [4]]).__name__, np.c_[[1, 2], [3, 4]].tolist(), len(np.r_))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["ndarray", "[[1,", "3],", "[2,", "4]]", "0"]
