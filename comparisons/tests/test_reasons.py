"""Reasons are read on the page alone: they say in words what is wrong, without codes of a list that is elsewhere."""

import re
from pathlib import Path

import pytest

from graddiff.cases import load as load_cases
from graddiff.ledger import load

FOLDER = Path(__file__).parents[1]
LEDGERS = sorted(FOLDER.glob("*ledger.toml"))
FILES = sorted(path for path in FOLDER.glob("*.py") if path.stem != "conftest")
CODE = re.compile(r"\b[SR]\d+[a-i]?\b|USERS")


@pytest.mark.parametrize("told", ["nan (S9b)", "R9", "drops it (USERS.md)", "S1, #810"])
def test_a_code_is_found(told: str) -> None:
    assert CODE.search(told)


@pytest.mark.parametrize("path", LEDGERS, ids=lambda path: path.name)
def test_no_reason_of_a_ledger_has_a_code_and_its_threads_have_an_address(path: Path) -> None:
    ledger = load(path, path.name)
    texts = [entry.text for entry in ledger.entries.values()]
    assert texts
    assert [text for text in texts if CODE.search(text)] == []
    assert ledger.threads.startswith("https://")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_reason_of_a_case_has_a_code(path: Path) -> None:
    if path.stem.startswith("scipy_"):
        pytest.importorskip("scipy")
    source = path.read_text(encoding="utf-8")
    reasons = [case.reason for case in load_cases(path)] if "CASES" in source else re.findall('"([^"]*)"', source)
    assert [reason for reason in reasons if CODE.search(reason)] == []
