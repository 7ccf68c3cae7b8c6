"""``python -m easygrad.as_autograd PROGRAM [ARGS]``, or ``-m MODULE [ARGS]``, like Python's own command line."""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

from easygrad.as_autograd import SITE, install

USAGE = "usage: python -m easygrad.as_autograd (PROGRAM | -m MODULE) [ARGS ...]"


def main() -> None:
    """Run a program, or a module like pytest, in which ``import autograd`` gives easygrad.

    The processes that it starts inherit that by the environment variable PYTHONPATH.
    """
    given = sys.argv[1:]
    as_module = given[:1] == ["-m"]
    if len(given) < 1 + as_module or (given[0].startswith("-") and not as_module):
        sys.exit(USAGE)
    install()
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(SITE), os.environ.get("PYTHONPATH")]))
    sys.argv = given[as_module:]
    if as_module:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        sys.path.insert(0, str(Path(sys.argv[0]).resolve().parent))
        runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
