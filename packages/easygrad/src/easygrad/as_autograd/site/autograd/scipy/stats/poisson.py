"""``scipy.stats.poisson``, with the functions that easygrad differentiates in place."""

from typing import Any

from easygrad.scipy import stats

from ...absent import getter

absent = getter("autograd.scipy.stats.poisson")


def __getattr__(name: str) -> Any:
    """Return a function of the distribution."""
    return getattr(stats.poisson, name) if hasattr(stats.poisson, name) else absent(name)
