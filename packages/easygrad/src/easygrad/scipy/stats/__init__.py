# the namespace hands the names on
"""``scipy.stats`` with derivatives: ``from easygrad.scipy.stats import norm``.

Densities and distribution functions have derivatives with respect to the variable, location, scale and every shape
that is a real number, passed by position or by keyword. What has no rule is SciPy's own.
"""

import sys
from typing import TYPE_CHECKING, Any

import scipy.stats

from easygrad.scipy.stats.continuous import (
    beta,
    cauchy,
    chi2,
    expon,
    f,
    gamma,
    gumbel_l,
    gumbel_r,
    halfnorm,
    invgamma,
    laplace,
    logistic,
    lognorm,
    norm,
    pareto,
    rayleigh,
    skewnorm,
    t,
    uniform,
    weibull_min,
)
from easygrad.scipy.stats.discrete import bernoulli, binom, geom, nbinom, poisson
from easygrad.scipy.stats.multivariate import dirichlet, multinomial, multivariate_normal

if TYPE_CHECKING:  # for editors and type checkers
    from scipy.stats import *  # noqa: F403  # all of them is what is meant

# Distributions are modules in Autograd, and imported as such: ``import easygrad.scipy.stats.norm as norm``
for _name in ("beta", "chi2", "dirichlet", "gamma", "multivariate_normal", "norm", "poisson", "t"):
    sys.modules[f"{__name__}.{_name}"] = globals()[_name]


def __getattr__(name: str) -> Any:
    """Return the rest of SciPy's namespace."""
    return getattr(scipy.stats, name)


def __dir__() -> list[str]:
    """Return the names of both namespaces."""
    return sorted({*globals(), *dir(scipy.stats)})
