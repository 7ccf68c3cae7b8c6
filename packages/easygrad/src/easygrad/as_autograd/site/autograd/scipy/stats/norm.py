"""``scipy.stats.norm``, with the functions that easygrad differentiates in place."""

from typing import Any

from easygrad.scipy import stats

from ...absent import getter

absent = getter("autograd.scipy.stats.norm")


def __getattr__(name: str) -> Any:
    """Return a function of the distribution."""
    return getattr(stats.norm, name) if hasattr(stats.norm, name) else absent(name)
