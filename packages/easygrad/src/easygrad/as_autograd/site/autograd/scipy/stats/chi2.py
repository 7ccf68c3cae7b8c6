"""``scipy.stats.chi2``, with the functions that easygrad differentiates in place."""

from typing import Any

from easygrad.scipy import stats

from ...absent import getter

absent = getter("autograd.scipy.stats.chi2")


def __getattr__(name: str) -> Any:
    """Return a function of the distribution."""
    return getattr(stats.chi2, name) if hasattr(stats.chi2, name) else absent(name)
