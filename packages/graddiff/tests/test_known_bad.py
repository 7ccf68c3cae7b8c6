"""Tests of the engines that are known to be bad, and of the report on which cases catch them."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SELFTEST = Path(__file__).resolve().parents[3] / "comparisons" / "selftest"


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Import comparisons/selftest/engines.py, which lies in no package."""
    spec = importlib.util.spec_from_file_location("engines", SELFTEST / "engines.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "engines", module)  # dataclasses look there for their module
    spec.loader.exec_module(module)
    return module


def test_every_fault_fits_the_source_and_is_still_python(engines: ModuleType, tmp_path: Path) -> None:
    names = [engine.name for engine in engines.ENGINES]
    assert len(names) == len(set(names)) >= 10
    for engine in engines.ENGINES:
        home = engine.build(tmp_path)
        for edit in engine.edits:
            compile((home / "easygrad" / edit.file).read_text(), edit.file, "exec")


def test_a_fault_that_no_longer_fits_is_refused(engines: ModuleType, tmp_path: Path) -> None:
    engine = engines.Engine("gone", "none", (engines.Edit("core.py", "no such text", ""),))
    with pytest.raises(ValueError, match=r"engine gone: core\.py has 0 times the text 'no such text'"):
        engine.build(tmp_path)


CASES = """
from graddiff import Case
from graddiff.domains import REAL

CASES = [
    Case("cosine", lambda np: lambda x: np.cos(x), [REAL], shapes=[(2,)]),
    Case("identity", lambda np: lambda x: 1.0 * x, [REAL], shapes=[(2,)]),
]
"""


def selftest(path: Path, text: str, *arguments: str) -> tuple[int, str]:
    """Run the self-test on one case file, in a process of its own: an engine must be the first easygrad imported."""
    path.write_text(text)
    command = [sys.executable, str(SELFTEST / "run.py"), "--jobs", "1", *arguments, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_a_bad_engine_is_caught_and_the_cases_are_named(tmp_path: Path) -> None:
    code, out = selftest(tmp_path / "few.py", CASES, "--engine", "sign")
    line = next(line for line in out.splitlines() if line.startswith("sign "))
    assert code == 0
    assert line.split()[2] == "1"
    assert "cosine[" in line
    assert "identity[" not in line
    assert "discrimination of 2 cases" in out


def test_a_bad_engine_that_no_case_shows_fails_the_run(tmp_path: Path) -> None:
    code, out = selftest(tmp_path / "few.py", CASES, "--engine", "missing-conjugate")
    assert code == 1
    assert "NOT CAUGHT, a case is missing: missing-conjugate" in out


def test_easygrad_as_it_is_must_pass(tmp_path: Path) -> None:
    claimed = CASES.replace('Case("identity",', 'Case("identity", expect={"easygrad": "unsupported"}, function=')
    claimed = claimed.replace("1.0 * x, [REAL]", "1.0 * x, domains=[REAL]")
    code, out = selftest(tmp_path / "few.py", claimed, "--engine", "sign")
    assert code == 1
    assert "easygrad as it is fails" in out
    assert "identity[" in out.splitlines()[-1]
