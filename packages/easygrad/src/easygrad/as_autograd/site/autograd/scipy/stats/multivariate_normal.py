"""``scipy.stats.multivariate_normal``, with the functions that easygrad differentiates in place."""

from typing import Any

from easygrad.scipy import stats

from ...absent import getter

absent = getter("autograd.scipy.stats.multivariate_normal")


def __getattr__(name: str) -> Any:
    """Return a function of the distribution."""
    return getattr(stats.multivariate_normal, name) if hasattr(stats.multivariate_normal, name) else absent(name)
