"""The JSON report: the names of the libraries, and one record for each cell, in the words of the text."""

import json
from collections.abc import Mapping, Sequence
from typing import Any


def render(records: Sequence[Mapping[str, Any]], libraries: Sequence[str]) -> str:
    """Return the report; the same records give the same bytes."""
    report = {"libraries": list(libraries), "cells": [dict(record) for record in records]}
    return json.dumps(report, indent=1, sort_keys=True, allow_nan=False) + "\n"
