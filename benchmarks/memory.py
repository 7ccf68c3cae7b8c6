"""The most memory that a call needs at a time, measured in a process of its own.

    python -m benchmarks.memory elementwise_1000000 easygrad autograd

prints the bytes of each contestant as JSON. In the process nothing else runs, and the meter is proven first: an array
of known size must be seen, and one that was freed before must not.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.counters import peak_bytes

ROOT = Path(__file__).resolve().parent.parent
KNOWN = 10_000_000  # bytes
EXACT = 0.001


def calibrate() -> None:
    """Raise RuntimeError unless the meter sees an allocation of known size, once and not twice."""
    freed_between = peak_bytes(lambda: [np.empty(KNOWN, np.uint8).size for _ in range(2)])
    together = peak_bytes(lambda: [np.empty(KNOWN, np.uint8) for _ in range(2)])
    for found, expected in ((freed_between, KNOWN), (together, 2 * KNOWN)):
        if abs(found - expected) > EXACT * expected:
            raise RuntimeError(f"the meter of memory reports {found} bytes for {expected}; nothing is measured with it")


def in_child(workload: str, contestants: Sequence[str]) -> dict[str, int]:
    """Return the peak of each contestant in bytes; the child ends with an error where its meter is wrong."""
    command = [sys.executable, "-m", "benchmarks.memory", workload, *contestants]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    return {name: int(peak) for name, peak in json.loads(done.stdout).items()}


def main(workload: str, *contestants: str) -> None:
    """Measure in this process, after one call of each, and print JSON."""
    from benchmarks.contestants import call_of
    from benchmarks.workloads import BY_NAME

    calibrate()
    peaks = {}
    for name in contestants:
        call = call_of(BY_NAME[workload].timed, name)
        call()
        peaks[name] = peak_bytes(call)
    print(json.dumps(peaks))


if __name__ == "__main__":
    main(*sys.argv[1:])
