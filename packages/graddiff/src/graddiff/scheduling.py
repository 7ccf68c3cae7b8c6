"""How pytest-xdist deals out the items of a comparison, all cells of a case to one process, and what it says of them.

The truth of a case is computed once in each process that has a cell of it. This module is imported only where
pytest-xdist is installed and in use.
"""

from functools import cached_property

from xdist.dsession import TerminalDistReporter  # type: ignore[import-untyped]  # it ships no types
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it ships no types
from xdist.workermanage import WorkerController  # type: ignore[import-untyped]  # it ships no types


class CaseScheduling(LoadScopeScheduling):  # type: ignore[misc]  # for the same reason
    """Deals out whole cases instead of single items."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.split("[")[0]

    @cached_property
    def _places(self) -> dict[str, int]:
        """The place of each cell in what every process has collected."""
        return {nodeid: place for place, nodeid in enumerate(self.collection)}

    def _assign_work_unit(self, node: WorkerController) -> None:
        """Send a process the next case; a search through all cells for each would cost seconds."""
        scope, cells = self.workqueue.popitem(last=False)
        self.assigned_work.setdefault(node, {})[scope] = cells
        node.send_runtest_some([self._places[nodeid] for nodeid, is_done in cells.items() if not is_done])

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        """Forget a case when its last cell is done: the cells that are left are counted after each one."""
        super().mark_test_complete(node, item_index, duration)
        assigned = self.assigned_work[node]
        scope = self._split_scope(self.registered_collections[node][item_index])
        if all(assigned[scope].values()):
            del assigned[scope]


class WorkersReporter(TerminalDistReporter):  # type: ignore[misc]  # for the same reason
    """The line about the processes, without the number of items: the console counts cells."""

    def getstatus(self) -> str:
        """Return how many processes have come how far."""
        status: str = super().getstatus()
        return status.partition(" [")[0]
