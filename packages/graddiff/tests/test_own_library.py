"""The page "your own library" of the README, done: an adapter of twenty lines, cases of one's own, a report."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from graddiff.cli import main

README = Path(__file__).parents[1] / "README.md"


def blocks(title: str) -> list[str]:
    """Return the Python blocks of one chapter of the README."""
    chapter = README.read_text(encoding="utf-8").split(f"## {title}\n")[1].split("\n## ")[0]
    return re.findall(r"```python\n(.*?)```", chapter, re.DOTALL)


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the two files of the page into the current folder."""
    adapter, cases = blocks("Your own library")
    (tmp_path / "dual_adapter.py").write_text(adapter)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "cases.py").write_text(cases)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_the_adapter_has_twenty_lines_that_are_not_the_library_itself(written: Path) -> None:
    adapter = (written / "dual_adapter.py").read_text().split("# the adapter\n")[1]
    assert len([line for line in adapter.splitlines() if line.strip()]) <= 20


def test_the_library_is_judged(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "mine", "--lib", "dual_adapter:Dual"]) == 0
    text = Path("reports/report.txt").read_text()
    assert "mine/cases.py::cubic" in text
    assert "dual wrong" not in text


def test_a_fault_in_it_is_found(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written / "dual_adapter.py"
    right = "self.slope * other.value + self.value * other.slope"
    assert right in path.read_text()
    path.write_text(path.read_text().replace(right, "self.slope * other.value - self.value * other.slope"))
    (written / "faulty_adapter.py").write_text(path.read_text())
    assert main(["run", "mine", "--lib", "faulty_adapter:Dual"]) == 1
    printed = capsys.readouterr().out
    assert "dual wrong" in printed
    line = next(line for line in printed.splitlines() if "repro: " in line and "cubic[jvp" in line)
    command = shlex.split(line.partition("repro: ")[2])
    assert command[-2:] == ["--lib", "faulty_adapter:Dual"]
    again = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
    assert again.returncode == 1, again.stdout + again.stderr
    assert "dual wrong" in again.stdout


def test_its_two_lines_run_when_pasted(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (written / "dual_adapter.py").read_text().replace("np.cos(x.value)", "-np.cos(x.value)")
    (written / "negated_adapter.py").write_text(text)
    assert main(["run", "mine", "--lib", "negated_adapter:Dual"]) == 1
    records = json.loads(Path("reports/report.json").read_text())["cells"]
    lines = next(record["repro"] for record in records if "repro" in record)
    assert "libraries=['negated_adapter:Dual']" in lines[1]
    again = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    assert again.stdout.startswith("dual wrong\n")
