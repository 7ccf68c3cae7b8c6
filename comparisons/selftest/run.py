"""Proof that the comparison can fail: it must catch every engine of `engines.py`, and let easygrad as it is pass.

    python comparisons/selftest/run.py [--jobs 2] [--engine NAME ...] [case files]

The referee's answers are computed once for some files of cases; then each engine is imported in a process of its own,
which inherits them, and is asked every cell that takes part. `is_quick` is the rule for that. The table says how many
cells of how many cases catch each engine, and names a few; below it stand the discrimination scores of all cases, the
lowest ones by name. The exit code is 1 if an engine is not caught, or if easygrad as it is would be.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

import numpy as np  # noqa: E402  # after the path
from engines import ENGINES, UNMODIFIED, Engine  # noqa: E402

from graddiff.cases import Sources, load  # noqa: E402
from graddiff.cells import Cell, ask  # noqa: E402
from graddiff.libraries import find_library  # noqa: E402
from graddiff.outcomes import record  # noqa: E402
from graddiff.run import CaseRun  # noqa: E402
from graddiff.verdicts import judge  # noqa: E402

HIGHEST_ORDER = 4
FEW_NUMBERS = 6
NAMED = 4
WEAKEST = 20


@dataclass(frozen=True)
class Catch:
    """A cell that fails with an engine."""

    engine: str
    case: str
    cell: str
    verdict: str


@dataclass
class Result:
    """What the cases of some files showed; `rejected` are the cells that fail with easygrad as it is."""

    cells: int = 0
    catches: list[Catch] = field(default_factory=list)
    rejected: list[Catch] = field(default_factory=list)
    scores: dict[str, tuple[int, int, list[str]]] = field(default_factory=dict)


Work = Sequence[tuple[CaseRun, Cell]]


def is_quick(cell: Cell) -> bool:
    """Say whether a cell takes part: of large inputs the first order, of a few numbers also higher ones.

    The truth of a higher order in many numbers is what takes the referee longest, and shows no other faults.
    """
    if cell.case.kind != "smooth" or cell.order > HIGHEST_ORDER:
        return False
    return cell.order < 2 or sum(np.size(x) for x in cell.variant.inputs) <= FEW_NUMBERS


def run_files(paths: Sequence[Path], homes: Sequence[tuple[str, Path]]) -> Result:
    """Compute the truth of some files of cases, then ask every engine in a child process that inherits it."""
    warnings.simplefilter("ignore")
    runs = [CaseRun.prepare(case, path.name, Sources()) for path in paths for case in load(path)]
    work = [(run, cell) for run in runs for cell in run.cells if is_quick(cell)]
    result = Result(cells=len(work))
    for run, cell in work:
        truth = run.truth(cell)
        for part in () if isinstance(truth, str) else truth:
            part.cond  # noqa: B018  # computes it: every engine that is wrong asks for it
    for run in (run for run in runs if run.case.kind == "smooth"):
        kills = run.discrimination()
        result.scores[run.case.id] = (len(kills.killed), len(kills.applicable), kills.survivors)
    doubtful: set[tuple[str, str]] = set()
    for name, home in homes:
        catches, confirmed = in_child(name, home, work)
        result.rejected += confirmed
        doubtful |= {(catch.case, catch.cell) for catch in catches if name == UNMODIFIED.name}
        result.catches += [catch for catch in catches if (catch.case, catch.cell) not in doubtful]
    return result


def in_child(name: str, home: Path, work: Work) -> tuple[list[Catch], list[Catch]]:
    """Ask one engine in a process of its own, which inherits the cases and their truth."""
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=ask_engine, args=(name, home, work, sender))
    process.start()
    sender.close()
    try:
        found: tuple[list[Catch], list[Catch]] = receiver.recv()
    except EOFError:  # a fault may end the interpreter; easygrad as it is must not
        if name == UNMODIFIED.name:
            raise RuntimeError(f"engine {name}: the process that ran it ended without an answer") from None
        found = [Catch(name, work[0][0].case.id, "", "the process ended")], []
    process.join()
    return found


def ask_engine(name: str, home: Path, work: Work, sender: Connection) -> None:
    """Import an engine and send back the cells that fail with it; of easygrad as it is, also those that truly fail.

    A right answer may lie outside the bound by rounding. Whether it does is asked of easygrad as it is alone, for it is
    slow; what does so there counts for no engine.
    """
    if "easygrad" in sys.modules:
        raise RuntimeError("easygrad was imported before its copy with a fault")
    sys.path.insert(0, str(home))
    library = find_library("easygrad")
    catches, confirmed = [], []
    for run, cell in work:
        outcome = record(library.name, ask(cell, library), cell.variant.inputs)
        judgement = judge(cell, [outcome], run.truth(cell))
        if judgement.fails:
            catches.append(Catch(name, run.case.id, cell.id, judgement.verdict.text(library.name)))
            if name == UNMODIFIED.name and run.judged(cell, [library])[0].fails:
                confirmed.append(catches[-1])
    sender.send((catches, confirmed))
    sender.close()


def run_all(files: Sequence[Path], engines: Sequence[Engine], jobs: int) -> list[Result]:
    """Run all files in several processes, in portions of about the same size."""
    portions: list[list[Path]] = [[] for _ in range(min(3 * jobs, len(files)))]
    for path in sorted(files, key=lambda path: -path.stat().st_size):
        min(portions, key=lambda portion: sum(p.stat().st_size for p in portion)).append(path)
    with tempfile.TemporaryDirectory() as folder:
        homes = [(engine.name, engine.build(Path(folder))) for engine in engines]
        with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
            return list(pool.map(run_files, portions, [homes] * len(portions)))


# the report


def table(engines: Sequence[Engine], results: Iterable[Result]) -> list[str]:
    """Return two lines for each engine: how many cells of how many cases catch it, some of these, and the fault."""
    catches = [catch for result in results for catch in result.catches]
    lines = [f"{'engine':18} {'cells':>6} {'cases':>6}  caught by"]
    for engine in engines:
        own = sorted((c for c in catches if c.engine == engine.name), key=lambda c: (c.case, c.cell))
        first = {catch.case: catch for catch in reversed(own)}
        named = [f"{c.case}[{c.cell}]" for c in sorted(first.values(), key=lambda c: c.case)[:NAMED]]
        more = f", {len(first) - NAMED} more" if len(first) > NAMED else ""
        lines.append(f"{engine.name:18} {len(own):6} {len(first):6}  {', '.join(named) or 'NOTHING'}{more}")
        lines.append(f"{'':34}{engine.fault}")
    return lines


def scores(results: Iterable[Result]) -> list[str]:
    """Return how many cases have which discrimination score, and the names of the lowest."""
    found = [(killed, of, case, left) for r in results for case, (killed, of, left) in r.scores.items()]
    counts = Counter((killed, of) for killed, of, _, _ in found)
    lines = [f"discrimination of {len(found)} cases: spoilt truths that the bound rejects, of those that apply"]
    lines += [f"  {counts[killed, of]:5}  {killed}/{of}" for killed, of in sorted(counts, reverse=True)]
    weak = [(killed / max(of, 1), case, f"{killed}/{of}", left) for killed, of, case, left in found if left or not of]
    for _, case, score, left in sorted(weak)[:WEAKEST]:
        lines.append(f"  lowest: {case} {score}, lets pass: {', '.join(left) or 'all'}")
    if found and not weak:
        fewest = min(of for _, of, _, _ in found)
        named = sorted(case for _, of, case, _ in found if of == fewest)
        lines.append(f"  none lets any pass; fewest apply, {fewest}, in {', '.join(named[:WEAKEST])}")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the self-test and print its report."""
    parser = argparse.ArgumentParser(description="Run the comparison on engines that are known to be bad.")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--engine", action="append", default=[], choices=[engine.name for engine in ENGINES])
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args(arguments)
    files = options.files or [p for p in sorted((ROOT / "comparisons").glob("*.py")) if is_case_file(p)]
    engines = [engine for engine in ENGINES if not options.engine or engine.name in options.engine]
    began = time.perf_counter()
    results = run_all(files, [UNMODIFIED, *engines], options.jobs)
    print("\n".join([*table(engines, results), "", *scores(results), ""]))
    cells = sum(result.cells for result in results)
    print(f"{cells} cells, {len(engines)} engines, {time.perf_counter() - began:.0f} s")
    caught = {catch.engine for result in results for catch in result.catches}
    missed = [engine.name for engine in engines if engine.name not in caught]
    rejected = [f"{catch.case}[{catch.cell}]" for result in results for catch in result.rejected]
    if missed:
        print(f"NOT CAUGHT, a case is missing: {', '.join(missed)}")
    if rejected:
        print(f"easygrad as it is fails {len(rejected)} cells, see `nox -s compare`: {', '.join(rejected[:NAMED])}")
    return 1 if missed or rejected else 0


def is_case_file(path: Path) -> bool:
    """Say whether a Python file holds cases, as the plugin does; SciPy's have a session of their own."""
    return path.name != "conftest.py" and not path.name.startswith(("_", "scipy_"))


if __name__ == "__main__":
    sys.exit(main())
