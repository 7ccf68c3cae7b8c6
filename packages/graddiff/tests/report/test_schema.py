"""The JSON report holds what the README says it does, and nothing else."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from graddiff.cli import main

README = Path(__file__).parents[2] / "README.md"
CASES = (
    "from graddiff import Case\nfrom graddiff.domains import REAL\n"
    "CASES = [Case('sin', lambda np: lambda x: np.sin(x), [REAL]), Case('abs', lambda np: lambda x: np.abs(x), [REAL],"
    " orders=(1,)), Case('misfit', lambda np: lambda x: np.log(-np.abs(x)), [REAL])]\n"
)


def documented() -> set[str]:
    """Return the keys in the table of the README."""
    chapter = README.read_text(encoding="utf-8").split("## The JSON report\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in chapter.splitlines() if line.startswith("| `")]
    return {key for row in rows for key in re.findall(r"`(\w+)`", row)}


def test_every_key_of_a_record_is_documented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, toy: Any) -> None:
    from graddiff.libraries import ADAPTERS

    (tmp_path / "comparisons").mkdir()
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "comparisons" / "cases.py").write_text(CASES)
    (tmp_path / "comparisons" / "ledger.toml").write_text("")
    (tmp_path / "faulty_of_schema.py").write_text(
        "from graddiff.libraries.autograd import Autograd\n"
        "class Faulty(Autograd):\n"
        "    name = 'faulty'\n"
        "    def vjp(self, f, *args):\n"
        "        value, pullback = super().vjp(f, *args)\n"
        "        return value, lambda g: pullback(-g)\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    assert "faulty" not in ADAPTERS
    assert main(["run", "--lib", "faulty_of_schema:Faulty", "--lib", "autograd"]) == 3
    report = json.loads(Path("reports/report.json").read_text())
    assert list(report) == ["libraries", "abstentions", "ledger", "cells"]
    found = {key for record in report["cells"] for key in record}
    assert found == documented()
