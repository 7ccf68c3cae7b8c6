"""How pytest-xdist deals out the items of a comparison: all cells of a case to one process.

The truth of a case is computed once in each process that has a cell of it. This module is imported only where
pytest-xdist is installed and in use.
"""

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it ships no types


class CaseScheduling(LoadScopeScheduling):  # type: ignore[misc]  # for the same reason
    """Deals out whole cases instead of single items."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.split("[")[0]
