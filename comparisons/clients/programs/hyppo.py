"""A goodness of fit test by a kernel, whose score is the gradient of the logarithm of a density."""

import autograd.numpy as np
import numpy
from hyppo.kgof import FSSD, FSSDH0SimCovObs, KGauss
from hyppo.kgof.density import IsotropicNormal, UnnormalizedDensity


class Banana(UnnormalizedDensity):
    """A density of one's own."""

    def log_den(self, X):  # noqa: N803  # the package's name
        """Return the logarithm of the density, up to a constant."""
        return -np.sum(X**2, axis=1) / 8 - (X[:, 1] - X[:, 0] ** 2) ** 2

    def dim(self):
        """Return the dimension."""
        return 2


def run():
    """Return the scores of two densities, and the statistic and p-value of the test of both."""
    rng = numpy.random.RandomState(0)
    x, places = rng.randn(60, 2) + 0.3, rng.randn(3, 2)
    found = {}
    for density in (IsotropicNormal(np.zeros(2), 1.0), Banana()):
        test = FSSD(density, KGauss(1.5), places, FSSDH0SimCovObs(n_simulate=200, seed=1), alpha=0.05)
        result = test.test(x)
        found[type(density).__name__] = [density.grad_log(x), result["test_stat"], result["pvalue"]]
    return found
