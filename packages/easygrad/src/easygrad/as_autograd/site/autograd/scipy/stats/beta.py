"""``scipy.stats.beta``, with the functions that easygrad differentiates in place."""

from typing import Any

from easygrad.scipy import stats

from ...absent import getter

absent = getter("autograd.scipy.stats.beta")


def __getattr__(name: str) -> Any:
    """Return a function of the distribution."""
    return getattr(stats.beta, name) if hasattr(stats.beta, name) else absent(name)
