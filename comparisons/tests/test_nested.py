"""The nested optimisations: one outer gradient always, the whole runs with `pytest comparisons/tests --slow`.

The numbers of the particle at w = 0 were found without automatic differentiation, by a complex step.
"""

import numpy as np
import pytest
from comparisons.models import nested

from graddiff.libraries import find_library

LIBRARIES = ("easygrad", "autograd")
BEST_W = 0.2071918746486116
SADDLE = 8.246324826140356e-06


@pytest.mark.parametrize("library", LIBRARIES)
def test_outer_gradient_of_the_particle(library: str) -> None:
    lib = find_library(library)
    value, slope = lib.value_and_grad(nested.crossing_of_w(lib.numpy, lib))(0.0)
    assert value == pytest.approx(3.199079002508194, rel=1e-13, abs=0)
    assert slope == pytest.approx(-19.40463645002821, rel=1e-13, abs=0)


@pytest.mark.parametrize("library", LIBRARIES)
def test_outer_gradient_of_the_saddle(library: str) -> None:
    lib = find_library(library)
    value, slope = lib.value_and_grad(nested.ridge(lib.numpy, lib.grad))(nested.START)
    assert value == pytest.approx(2 - 2 * SADDLE**2, rel=1e-14, abs=0)
    np.testing.assert_allclose(slope, 2 * nested.START, rtol=1e-14)


@pytest.mark.parametrize("library", LIBRARIES)
def test_inner_maximum_of_the_saddle(library: str) -> None:
    lib = find_library(library)
    y = nested.highest(lib.numpy, lib.grad)(nested.START)
    np.testing.assert_allclose(y, [SADDLE, SADDLE], rtol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_whole_particle(library: str) -> None:
    lib = find_library(library)
    assert nested.best_w(lib.numpy, lib) == pytest.approx(BEST_W, rel=1e-9, abs=0)


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_whole_saddle(library: str) -> None:
    lib = find_library(library)
    np.testing.assert_allclose(nested.saddle(lib.numpy, lib), [SADDLE] * 4, rtol=1e-9)
