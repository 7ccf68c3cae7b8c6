"""The JSON report: the libraries, what the referee abstains from, the ledger's complaints, one record for each cell."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from graddiff.report.text import abstentions


def render(records: Sequence[Mapping[str, Any]], libraries: Sequence[str], complaints: Sequence[str] = ()) -> str:
    """Return the report; the same records give the same bytes. `complaints` are the ledger's about the whole run.

    The order of names within a record is kept: where libraries are named, the one under test stands first. Each record
    stands on a line of its own, which is quick to write and can be searched line by line.
    """
    head = {"libraries": list(libraries), "abstentions": abstentions(records), "ledger": list(complaints)}
    fields = [f"{json.dumps(name)}: {json.dumps(value, allow_nan=False)},\n" for name, value in head.items()]
    cells = ",\n".join(json.dumps(dict(record), allow_nan=False) for record in records)
    return f'{{{"".join(fields)}"cells": [\n{cells}\n]}}\n'
