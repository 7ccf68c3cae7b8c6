"""The JSON report: the libraries, what the referee abstains from, the ledger's complaints, one record for each cell."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from graddiff.report.text import abstentions


def render(records: Sequence[Mapping[str, Any]], libraries: Sequence[str], complaints: Sequence[str] = ()) -> str:
    """Return the report; the same records give the same bytes. `complaints` are the ledger's about the whole run.

    The order of names within a record is kept: where libraries are named, the one under test stands first.
    """
    report = {
        "libraries": list(libraries),
        "abstentions": abstentions(records),
        "ledger": list(complaints),
        "cells": [dict(record) for record in records],
    }
    return json.dumps(report, indent=1, allow_nan=False) + "\n"
