"""``scipy.stats.dirichlet``, with the functions that easygrad differentiates in place."""

from typing import Any

from easygrad.scipy import stats

from ...absent import getter

absent = getter("autograd.scipy.stats.dirichlet")


def __getattr__(name: str) -> Any:
    """Return a function of the distribution."""
    return getattr(stats.dirichlet, name) if hasattr(stats.dirichlet, name) else absent(name)
