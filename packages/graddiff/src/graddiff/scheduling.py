"""How pytest-xdist deals out the items of a comparison, all cells of a case to one process, and what it says of them.

The truth of a case is computed once in each process that has a cell of it. This module is imported only where
pytest-xdist is installed and in use.
"""

from xdist.dsession import TerminalDistReporter  # type: ignore[import-untyped]  # it ships no types
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it ships no types


class CaseScheduling(LoadScopeScheduling):  # type: ignore[misc]  # for the same reason
    """Deals out whole cases instead of single items."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.split("[")[0]


class WorkersReporter(TerminalDistReporter):  # type: ignore[misc]  # for the same reason
    """The line about the processes, without the number of items: the console counts cells."""

    def getstatus(self) -> str:
        """Return how many processes have come how far."""
        status: str = super().getstatus()
        return status.partition(" [")[0]
