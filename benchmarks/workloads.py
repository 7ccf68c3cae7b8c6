"""What is timed, and what is aimed at: the rows of the headline table, then all other sizes of the models.

A `Workload` belongs to a group; the rows of a group stand together. `aim` is the quotient autograd / easygrad that
easygrad has set itself as a goal for the group; the table says where it is missed. To add a row, add its name to
`HEADLINE`; the names are those of `Timed`, by `name_of`, and the programs are in `comparisons`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from comparisons.models import Timed, inputs_of
from comparisons.workloads import MODELS, TIMED


@dataclass(frozen=True)
class Workload:
    """A timed program, its group and model, and the ratio that is aimed at, 0 for none."""

    timed: Timed
    group: str
    model: str
    aim: float = 0.0
    headline: bool = False

    @property
    def name(self) -> str:
        """The name in reports."""
        return name_of(self.timed)

    @property
    def elements(self) -> int:
        """How many numbers are differentiated by."""
        return sum(np.size(x) for x in inputs_of(self.timed.case))


GROUPS: Mapping[str, tuple[float, Sequence[str]]] = {
    "scalars": (10.0, ("scalar_chain_200", "scalar_chain_20000", "scalar_tanh", "scalar_tanh_order_4")),
    "nested closures": (10.0, ("nested_closures",)),
    "few elements": (5.0, ("elementwise_1", "elementwise_10")),
    "thousands of elements": (2.5, ("elementwise_1000", "elementwise_10000", "elementwise_100000")),
    "a million elements": (1.3, ("elementwise_1000000",)),
    "many small calls": (5.0, ("lstm.l2_c64_b14", "ode.n4_s100", "determinant.l5", "particle")),
    "models": (
        1.5,
        (
            "gmm.vector_n1000_d10_k25",
            "mlp.b256_784_100_10",
            "logistic_regression.n20000_d100",
            "k_means.newton_vector_n1000_k10_d8",
        ),
    ),
    "indexing": (20.0, ("indexing_loop_1000", "indexing_loop_4000")),
    "matrices of derivatives": (6.0, ("two_layers.jacobian_n100", "two_layers.hessian_n100")),
    "arrays of parts": (
        20.0,
        ("parts.concat_1000", "parts.block_30x30", "parts.multi_dot_12x12", "parts.einsum_20x20", "parts.boxes_30"),
    ),
}
HEADLINE = [name for _, names in GROUPS.values() for name in names]
NOT_QUICK = {"scalar_chain_20000", "indexing_loop_4000"}  # seconds each, beside a shorter or longer row of their kind
LONG = {"scalar_chain_1000000", "gmm.loop_n1000_d2_k25", "elementwise_10000000"}  # minutes each: only if asked for
LONG |= {"gmm.loop_n1000_d2_k5", "lstm.l2_c1024_b14", "lstm.l4_c1024_b14"}


def name_of(timed: Timed) -> str:
    """Return the name of a workload in reports."""
    return timed.case.id if timed.order <= 1 else f"{timed.case.id}_order_{timed.order}"


def known() -> Iterator[tuple[str, Timed]]:
    """Return everything that can be timed, with the name of its model."""
    for model, rows in MODELS.items():
        yield from ((model, timed) for timed in rows)
    yield from (("small programs", timed) for timed in TIMED)


def all_workloads() -> list[Workload]:
    """Return the headline rows in the order of their table, then all others; raises KeyError for an unknown name."""
    found: dict[str, tuple[str, Timed]] = {}
    for model, timed in known():
        found.setdefault(name_of(timed), (model, timed))
    rows = []
    for group, (aim, names) in GROUPS.items():
        for name in names:
            model, timed = found.pop(name)
            rows.append(Workload(timed, group, model, aim, headline=True))
    return rows + [Workload(timed, model, model) for name, (model, timed) in found.items()]


ALL = all_workloads()
BY_NAME = {workload.name: workload for workload in ALL}
