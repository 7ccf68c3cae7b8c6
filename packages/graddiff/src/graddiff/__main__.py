"""`python -m graddiff` is the command `graddiff`."""

import sys

from graddiff.cli import main

if __name__ == "__main__":
    sys.exit(main())
