"""``scipy.stats.gamma``, with the functions that easygrad differentiates in place."""

from typing import Any

from easygrad.scipy import stats

from ...absent import getter

absent = getter("autograd.scipy.stats.gamma")


def __getattr__(name: str) -> Any:
    """Return a function of the distribution."""
    return getattr(stats.gamma, name) if hasattr(stats.gamma, name) else absent(name)
