"""``scipy.stats.t``, with the functions that easygrad differentiates in place."""

from typing import Any

from easygrad.scipy import stats

from ...absent import getter

absent = getter("autograd.scipy.stats.t")


def __getattr__(name: str) -> Any:
    """Return a function of the distribution."""
    return getattr(stats.t, name) if hasattr(stats.t, name) else absent(name)
