"""Runs the tests of linear algebra under every core type of OpenBLAS that the processor can run.

    python packages/easygrad/tests/core_types.py [NAME ...]

OpenBLAS has kernels for many processors and takes those of the one that it finds; ``OPENBLAS_CORETYPE`` makes it take
others. Each has its own order of additions, so last bits differ, and with them what hangs on these: the sign of an
eigenvector, say. A core type counts as usable if a child process with it survives a small product, solution and
decomposition of NumPy and of SciPy, and both libraries say that these kernels are in use. The last lines say which core
types were run and why the others were not. The exit code is 0 only if there was one, and the tests passed under all.

To try new kernels, add their name to the table of the machine; to have more tests run, add their files to ``RUNS``.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

CORE_TYPES = {
    "x86": """Katmai Coppermine Northwood Prescott Banias Atom Core2 Penryn Dunnington Nehalem Athlon Opteron
        Opteron_SSE3 Barcelona Nano Sandybridge Bobcat Bulldozer Piledriver Steamroller Excavator Haswell Zen SkylakeX
        Cooperlake SapphireRapids""",
    "arm": """ARMV8 ARMV8SVE CORTEXA53 CORTEXA57 CORTEXA72 CORTEXA73 CORTEXA76 CORTEXA510 CORTEXA710 CORTEXX1 CORTEXX2
        NEOVERSEN1 NEOVERSEV1 NEOVERSEN2 THUNDERX THUNDERX2T99 THUNDERX3T110 TSV110 EMAG8180 FALKOR VORTEX A64FX""",
}
MACHINES = {"x86_64": "x86", "amd64": "x86", "aarch64": "arm", "arm64": "arm"}
EASYGRAD = """rules/test_linalg rules/test_decompositions rules/test_polynomials rules/test_contractions
    rules/test_products rules/test_statistics scipy/test_linalg scipy/test_sparse scipy/test_optimize
    scipy/test_programs misc/test_fixed_points test_factors test_jacobians"""
GRADDIFF = "test_bound test_divergence test_domains test_truth test_verdicts"
RUNS = (
    ("-n", "2", *[f"packages/easygrad/tests/{name}.py" for name in EASYGRAD.split()]),
    ("-n", "2", *[f"packages/graddiff/tests/{name}.py" for name in GRADDIFF.split()]),
    (
        "-n",
        "2",
        "--graddiff",
        "comparisons/linalg.py",
        "--ledger",
        "comparisons/ledger.toml",
        "--report-dir",
        "reports/blas",
    ),
)
PROBE = """
import json, sys
import numpy
from threadpoolctl import threadpool_info
print(json.dumps([x for x in threadpool_info() if x["user_api"] == "blas"]))
import scipy.linalg
print(json.dumps([x for x in threadpool_info() if x["user_api"] == "blas"]))
for dtype in ("float32", "float64", "complex64", "complex128"):
    a = numpy.cos(numpy.arange(22500.0)).reshape(150, 150).astype(dtype) + 150 * numpy.eye(150, dtype=dtype)
    for linalg in (numpy.linalg, scipy.linalg):
        values, vectors = linalg.eigh(a @ a.conj().T)
        assert numpy.allclose(a @ linalg.solve(a, vectors), vectors, atol=1e-3)
"""


@dataclass(frozen=True)
class Probe:
    """What a child process told: the architectures of NumPy's and of SciPy's OpenBLAS, or how it ended."""

    numpy: str | None = None  # None if it has another BLAS
    scipy: str | None = None  # likewise
    code: int = 0

    @property
    def found(self) -> list[str]:
        """The architectures that are in use, each once."""
        return list(dict.fromkeys(name for name in (self.numpy, self.scipy) if name))


def probe(core_type: str | None) -> Probe:
    """Ask a child process that has this core type, or OpenBLAS's own choice, what is in use there."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE], env=environment(core_type), capture_output=True, text=True, check=False
    )
    return read_probe(done.stdout, done.returncode)


def environment(core_type: str | None) -> dict[str, str]:
    """Return the environment of a child process; one thread each, for the tests have two processes."""
    kept = {name: value for name, value in os.environ.items() if name != "OPENBLAS_CORETYPE"}
    chosen = {} if core_type is None else {"OPENBLAS_CORETYPE": core_type}
    return {**kept, **chosen, "OPENBLAS_NUM_THREADS": "1"}


def read_probe(printed: str, code: int) -> Probe:
    """Return what the child printed: the libraries after NumPy was imported, and those after SciPy was.

    SciPy's OpenBLAS is the one that came with it; where none came, it shares NumPy's.
    """
    lines = [json.loads(line) for line in printed.splitlines()]
    if len(lines) < 2:
        return Probe(code=code or 1)
    before = [library["filepath"] for library in lines[0]]
    came = [library for library in lines[1] if library["filepath"] not in before]
    return Probe(architecture(lines[0]), architecture(came or lines[0]), code)


def architecture(libraries: Sequence[dict[str, str]]) -> str | None:
    """Return the architecture of the OpenBLAS among these libraries, or None."""
    return next((x["architecture"] for x in libraries if x["internal_api"] == "openblas"), None)


def why_not(core_type: str, found: Probe) -> str | None:
    """Return why the tests cannot be run under a core type, or None if they can."""
    if found.code < 0:
        return f"a small decomposition is ended by {signal.Signals(-found.code).name}: the processor cannot run it"
    if found.code:
        return f"a small decomposition fails with exit code {found.code}"
    if [name.lower() for name in found.found] == [core_type.lower()]:
        return None
    if len(found.found) > 1:
        return f"NumPy's OpenBLAS takes {found.numpy} for it, SciPy's {found.scipy}"
    return f"OpenBLAS takes {found.found[0]} for it"


def chosen_core_types(names: Sequence[str], machine: str) -> list[str]:
    """Return the core types to try: those that were named, or all that OpenBLAS has for this machine."""
    known = CORE_TYPES.get(MACHINES.get(machine.lower(), ""), "").split()
    by_lower = {name.lower(): name for name in known}
    unknown = [name for name in names if name.lower() not in by_lower]
    if unknown:
        raise SystemExit(f"{', '.join(unknown)}: no core type of {machine}; there are {', '.join(known)}")
    return [by_lower[name.lower()] for name in names] or known


def run_tests(core_type: str | None) -> list[int]:
    """Run all tests under a core type and return the exit codes."""
    codes = []
    for arguments in RUNS:
        print(f"\n== {core_type or 'as it is'}: pytest {' '.join(arguments)}", flush=True)
        command = [sys.executable, "-m", "pytest", "-q", *arguments]
        codes.append(subprocess.run(command, env=environment(core_type), check=False).returncode)
    return codes


def run_all(
    names: Sequence[str],
    ask: Callable[[str | None], Probe] = probe,
    test: Callable[[str | None], list[int]] = run_tests,
) -> tuple[list[str], int]:
    """Run the tests under each core type that is usable; return the last lines and the exit code."""
    own = ask(None)
    if own.code:
        return [f"NumPy or SciPy itself fails here: {why_not('', own)}"], 1
    if not own.found:
        codes = test(None)
        return [f"NumPy and SciPy have no OpenBLAS here; with what they have the tests {outcome(codes)}"], failed(codes)
    reasons = {name: why_not(name, ask(name)) for name in names}
    codes_of = {name: test(name) for name, reason in reasons.items() if reason is None}
    lines = [f"{name}: {outcome(codes)}" for name, codes in codes_of.items()]
    lines += [f"{name}: not run, {reason}" for name, reason in reasons.items() if reason is not None]
    if not codes_of:
        lines.append(f"no core type could be run, though OpenBLAS is here and takes {' and '.join(own.found)}")
    return lines, int(not codes_of or any(map(failed, codes_of.values())))


def failed(codes: Sequence[int]) -> int:
    """Return 1 if one of the exit codes is not 0."""
    return int(any(codes))


def outcome(codes: Sequence[int]) -> str:
    """Say how the runs ended."""
    return f"FAILED, exit codes {', '.join(map(str, codes))}" if failed(codes) else "passed"


def main(names: Sequence[str]) -> int:
    """Run, and say at the end what was run and what was not."""
    lines, code = run_all(chosen_core_types(names, platform.machine()))
    print("\n== core types of OpenBLAS", *lines, sep="\n", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
