"""``scipy.stats`` with the distributions that easygrad differentiates in place; those of Autograd are modules."""

from scipy.stats import *  # noqa: F403  # all of them is what is meant

# isort: split
from easygrad.scipy.stats import *  # noqa: F403  # the second, to stand for SciPy's

# isort: split
from . import beta, chi2, dirichlet, gamma, multivariate_normal, norm, poisson, t  # noqa: F401
