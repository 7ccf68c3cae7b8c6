"""How much work an explanation may do: counted in steps, never in seconds, so that a report is the same each time."""

from dataclasses import dataclass


@dataclass
class Budget:
    """How much of some work may still be done, and how often more was asked for."""

    left: int
    refused: int = 0

    def allows(self, cost: int = 1) -> bool:
        """Take the cost of one more step, if there is as much left."""
        if cost > self.left:
            self.refused += 1
            return False
        self.left -= cost
        return True
