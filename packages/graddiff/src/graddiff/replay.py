"""One cell once more, in two lines that can be pasted: what each library answers, the truth, and the verdict."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from graddiff.cases import CaseError, Sources, load
from graddiff.cells import with_inputs
from graddiff.libraries import find_library
from graddiff.report.text import failure_lines
from graddiff.run import CaseRun, Record


def replay(node: str, *inputs: Any, libraries: Sequence[str] = ("easygrad", "autograd")) -> Record:
    """Run the cell `node`, "comparisons/file.py::case[cell]", on these inputs or its own; print and return its record.

    A node that does not exist is a `CaseError` that names what there is.
    """
    file, _, place = node.partition("::")
    name, _, cell_id = place.rstrip("]").partition("[")
    case = _only([case for case in load(Path(file)) if case.id == name], f"case {name!r} in {file}")
    run = CaseRun.prepare(case, file, Sources())
    cell = _only([cell for cell in run.cells if cell.id == cell_id], f"cell {cell_id!r} of {name}")
    if inputs:
        moved = with_inputs(cell, inputs, run.referee)
        cell = replace(moved, variant=replace(moved.variant, label="replay"))
        run.cells.append(cell)
    record = run.run(cell, [find_library(library) for library in libraries])
    print("\n".join(failure_lines(record)))
    return record


def _only(found: Sequence[Any], what: str) -> Any:
    if len(found) != 1:
        raise CaseError(f"replay: there is no {what}; give a node as the report shows it")
    return found[0]
