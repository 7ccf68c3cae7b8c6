"""Runs programs for Autograd with the real one and with easygrad, compares numbers and time, and writes README.md.

``python run.py [FOLDER ...]`` runs the programs of folders and replaces their sections of README.md; the packages that
they use have to be installed. ``python run.py PROGRAM ...`` runs those alone, and prints. Each run is a process of its
own. The libraries take turns, and of each the fastest run counts; "A/A" is easygrad's slowest process against its
fastest, so a ratio inside it is no difference.
"""

import json
import math
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
VERDICTS = {"reliability": "the same likelihood to 1e-11; the optimizer stops elsewhere at a flat maximum (gamma)"}
HEAD = """# Programs for Autograd, run unchanged on easygrad

Each program runs with the real Autograd and with easygrad under its name (`easygrad.as_autograd`), and the numbers are
compared. Written by `python -m nox -s clients clients-older`; `python run.py NAME` runs one program, where its package
is installed.

"difference" is the greatest one of any array of results, relative to its greatest number, as the power of ten above it;
up to {tolerance:.0e} it is the rounding at which an optimizer stops. "time" is easygrad's over Autograd's, of the whole
computation, most of which is often the package's own; "A/A" is easygrad's slowest process over its fastest: a ratio
that is no farther from 1 says nothing.
"""
SECTIONS = {
    "programs": "Packages from the registry that depend on Autograd, each with a computation of its documentation.",
    "older": "Packages of which Autograd 1.9 broke parts, so they run with 1.8: they write `plain += traced`, or have\n"
    "arrays of a class of their own. On easygrad both work.",
    "topics": "Programs of our own about what Autograd's tutorial and examples are about.",
}
TITLES = {"programs": "Packages", "older": "Packages for Autograd 1.8", "topics": "Topics of Autograd's tutorial"}
COLUMNS = """
| {0} | what runs | numbers | difference | time | A/A |
|---|---|---|---|---|---|
"""


def power_above(gap: float) -> str:
    """Return the power of ten above a difference: it does not change with a last digit."""
    return f"1e{math.ceil(math.log10(gap))}" if 0 < gap < math.inf else f"{gap:.0f}"


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
    return f"| {name} | {text} |" if program.parent.name == "topics" else f"| {name} {version(name)} | {text} |"


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
    return gap <= (EXPLAINED if verdict else TOLERANCE), f"{start} {same} | {power_above(gap)} | {times} |"


def section(folder: str) -> tuple[bool, str]:
    """Run the programs of a folder; return whether all did what they do with Autograd, and the text of the section."""
    text, good = SECTIONS[folder] + "\n" + COLUMNS.format("topic" if folder == "topics" else "client"), []
    for program in sorted((HERE / folder).glob("*.py")):
        fine, line = row(program)
        good.append(fine)
        text += f"{line}\n"
        print(line, flush=True)
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}, Autograd {version('autograd')}"
    return all(good), f"{text}\n{sum(good)} of {len(good)} as with Autograd: {versions}."


def written(new: dict[str, str]) -> str:
    """Return the page with new sections, and the others as they were."""
    page = HERE / "README.md"
    parts = page.read_text().split("\n## ")[1:] if page.exists() else []
    texts = {title: text.strip() for title, _, text in (part.partition("\n") for part in parts)}
    texts |= {TITLES[folder]: text for folder, text in new.items()}
    sections = [f"\n## {title}\n\n{texts[title]}\n" for title in TITLES.values() if title in texts]
    return HEAD.format(tolerance=TOLERANCE) + "".join(sections)


def main() -> None:
    """Run folders and write the page, or programs by name and print; fail if one does not get what Autograd gives."""
    chosen = sys.argv[1:] or ["programs", "topics"]
    if set(chosen) <= SECTIONS.keys():
        results = {folder: section(folder) for folder in chosen}
        (HERE / "README.md").write_text(written({folder: text for folder, (_, text) in results.items()}))
        good = [fine for fine, _ in results.values()]
    else:
        rows = [row(next(HERE.glob(f"*/{name}.py"))) for name in chosen]
        print(*[line for _, line in rows], sep="\n")
        good = [fine for fine, _ in rows]
    if not all(good):
        sys.exit("Not all programs get what Autograd gives.")


if __name__ == "__main__":
    main()
