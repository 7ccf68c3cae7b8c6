"""One program in one process: ``python child.py LIBRARY PROGRAM REPEATS`` prints its numbers and seconds."""

import importlib.util
import json
import os
import sys
import time
from pathlib import Path

import numpy as np


def plain(value):
    """Return nested lists of numbers, complex ones as pairs."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    array = np.asarray(value)
    return (np.stack([array.real, array.imag], -1) if array.dtype.kind == "c" else array.astype(float)).tolist()


def main():
    """Run the program once for its numbers, and again for the time."""
    library, client, repeats = sys.argv[1], sys.argv[2], int(sys.argv[3])
    sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).parent]
    if library == "easygrad":
        from easygrad.as_autograd import install

        install()
    path = Path(__file__).parent / f"{client}.py"
    spec = importlib.util.spec_from_file_location(f"client_{path.stem}", path)
    program = importlib.util.module_from_spec(spec)
    stdout, sys.stdout = sys.stdout, open(os.devnull, "w")  # noqa: PTH123, SIM115  # the clients print
    spec.loader.exec_module(program)
    numbers = plain(program.run())
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        program.run()
        seconds.append(time.perf_counter() - start)
    sys.stdout = stdout
    import autograd

    ours = "as_autograd" in Path(autograd.__file__).parts
    if ours is not (library == "easygrad"):
        sys.exit(f"{library} was asked for, and autograd came from {autograd.__file__}")
    print(json.dumps({"numbers": numbers, "seconds": min(seconds, default=0.0)}))


if __name__ == "__main__":
    main()
