"""Runs programs for Autograd with the real one and with easygrad, compares numbers and time, and writes README.md.

``python run.py [PROGRAM ...]``; the packages of ``programs/`` have to be installed. Each run is a process of its own.
The libraries take turns, and of each the fastest run counts; "A/A" is easygrad's slowest process against its fastest,
so a ratio inside it is no difference.
"""

import json
import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
TURNS, REPEATS, LIMIT = 3, 1, 300
TOLERANCE = 1e-5  # of results of optimizers, relative to the greatest number of an array
EXPLAINED = 1e-3  # of a difference that has a verdict
DISTRIBUTIONS = {"autograd_gamma": "autograd-gamma", "lifetimes": "Lifetimes", "legume": "legume-gme"}
VERDICTS = {
    "reliability": "the same likelihood to 1e-11; the optimizer stops elsewhere at a flat maximum (gamma)",
    "legume": "both refuse `plain += traced`, which Autograd 1.8 took",
}
HEAD = """# Programs for Autograd, run unchanged on easygrad

Each program runs with the real Autograd and with easygrad under its name (`easygrad.as_autograd`), and the numbers are
compared. Written by `python -m nox -s clients`.

"difference" is the greatest one of any array of results, relative to its greatest number; up to {tolerance:.0e} it is
the rounding at which an optimizer stops. "time" is easygrad's over Autograd's, of the whole computation, most of which
is often the package's own; "A/A" is how much easygrad's own processes differ.
"""
SECTIONS = {
    "programs": "Packages from the registry that depend on Autograd, each with a computation of its documentation.",
    "topics": "Programs of our own about what Autograd's tutorial and examples are about.",
}
COLUMNS = """
| {0} | what runs | numbers | difference | time | A/A |
|---|---|---|---|---|---|
"""


def child(library: str, program: Path) -> Any:
    """Return what one run prints; of a failure the last line of its error."""
    environment = {**os.environ, "MPLBACKEND": "agg", "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    name = str(program.relative_to(HERE).with_suffix(""))
    command = [sys.executable, str(HERE / "child.py"), library, name, str(REPEATS)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return f"more than {LIMIT} seconds"
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["no message"])[-1]
    return json.loads(done.stdout.splitlines()[-1])


def arrays(value: Any, name: str = "") -> dict[str, Any]:
    """Return the arrays in nested dicts and lists by their places."""
    if isinstance(value, dict):
        return {place: x for key, part in value.items() for place, x in arrays(part, f"{name}/{key}").items()}
    try:
        return {name: np.array(value, float)}
    except ValueError:
        return {place: x for i, part in enumerate(value) for place, x in arrays(part, f"{name}/{i}").items()}


def difference(found: Any, expected: Any) -> tuple[float, str]:
    """Return the greatest relative difference, and where; infinite where results are of other forms."""
    mine, real = arrays(found), arrays(expected)
    if {key: x.shape for key, x in mine.items()} != {key: x.shape for key, x in real.items()}:
        return np.inf, "the form of the results"
    worst, place = 0.0, ""
    for key, x in real.items():
        finite = np.isfinite(x)
        if not np.array_equal(finite, np.isfinite(mine[key])):
            return np.inf, key
        scale = np.max(np.abs(x[finite]), initial=0.0) or 1.0
        gap = float(np.max(np.abs(mine[key] - x)[finite], initial=0.0) / scale)
        if gap > worst:
            worst, place = gap, key
    return worst, place


def described(program: Path) -> str:
    """Return the first columns of the table: the name, with a version if it is a package, and what runs."""
    text = program.read_text().partition('"""')[2].partition('"""')[0].strip().rstrip(".")
    name = DISTRIBUTIONS.get(program.stem, program.stem)
    return f"| {name} {version(name)} | {text} |" if program.parent.name == "programs" else f"| {name} | {text} |"


def row(program: Path) -> tuple[bool, str]:
    """Run a program; return whether easygrad did what Autograd does, and the line of the table."""
    try:
        start = described(program)
    except PackageNotFoundError as missing:
        return False, f"| {program.stem} | not installed: {missing} | | | | |"
    runs: dict[str, list[Any]] = {"autograd": [], "easygrad": []}
    for _ in range(TURNS):
        for library, found in runs.items():
            if not found or not isinstance(found[-1], str):
                found.append(child(library, program))
    failed = {library: found[-1] for library, found in runs.items() if isinstance(found[-1], str)}
    verdict = VERDICTS.get(program.stem)
    if failed:
        told = "; ".join(f"{library}: {error:.120}" for library, error in failed.items()).replace("|", "/")
        return "easygrad" not in failed or verdict is not None, f"{start} {verdict or 'fails'} ({told}) | | | |"
    gap, place = difference(runs["easygrad"][0]["numbers"], runs["autograd"][0]["numbers"])
    seconds = {library: [run["seconds"] for run in found] for library, found in runs.items()}
    fastest = min(seconds["easygrad"])
    same = "the same" if gap <= TOLERANCE else verdict or f"differ at {place}"
    times = f"{fastest / min(seconds['autograd']):.2f} | {max(seconds['easygrad']) / fastest:.2f}"
    return gap <= (EXPLAINED if verdict else TOLERANCE), f"{start} {same} | {gap:.0e} | {times} |"


def main() -> None:
    """Run all programs, or those named, write the table, and fail if one does not get what Autograd gives."""
    report, good = HEAD.format(tolerance=TOLERANCE), []
    for folder, text in SECTIONS.items():
        report += f"\n{text}\n" + COLUMNS.format("client" if folder == "programs" else "topic")
        for program in sorted((HERE / folder).glob("*.py")):
            if sys.argv[1:] and program.stem not in sys.argv[1:]:
                continue
            fine, line = row(program)
            good.append(fine)
            report += f"{line}\n"
            print(line, flush=True)
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}, Autograd {version('autograd')}"
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    report += f"\n{sum(good)} of {len(good)} as with Autograd. {versions}, {machine}.\n"
    if not sys.argv[1:]:
        (HERE / "README.md").write_text(report)
    if not all(good):
        sys.exit(f"{len(good) - sum(good)} programs differ or fail.")


if __name__ == "__main__":
    main()
