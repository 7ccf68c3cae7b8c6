"""The tasks of the repository: ``nox -l`` lists them, ``nox -s compare`` is the main one.

Every session makes its own environment and installs what it needs, with uv where that is there. What follows ``--`` is
passed on: ``nox -s tests -- -k matmul``.
"""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["tests", "compare"]

PACKAGES = ["-e", "packages/easygrad", "-e", "packages/graddiff[flint]"]  # flint: the referee's numbers in C
AUTOGRAD = "autograd==1.9.1"  # the version that the reports speak of
OLDER_AUTOGRAD = "autograd==1.7.0"
OLDEST_NUMPY = "numpy==2.0.*"
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
TESTING = ["pytest", "pytest-xdist", "hypothesis", "sybil", "jedi", "pandas", "scipy", "threadpoolctl"]
BENCHMARKING = ["pytest-benchmark", "rich", "jinja2", "matplotlib"]
COMPARING = ["pytest-xdist", "rich", "scipy"]
CLIENTS = ["autograd-gamma", "lifelines", "reliability", "pymanopt", "mici", "grcwa", "Lifetimes", "pyerrors"]
CLIENTS += ["pymoo", "ceviche", "hyppo", "surpyval", "tidy3d", "setuptools<81"]  # the last one for Lifetimes
OLDER_CLIENTS = ["autograd==1.8.0", "pennylane", "legume-gme"]  # which Autograd 1.9 broke
CORE = Path("packages/easygrad/src/easygrad/core.py")
CORE_LIMIT = 300
FUNCTION_LIMIT = 30


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests: of both packages, of the benchmark tool, and every code block of the README."""
    run_tests(session)


def run_tests(session: nox.Session) -> None:
    """Run all tests with the Python that the name says."""
    session.install(*PACKAGES, AUTOGRAD, *TESTING, *BENCHMARKING)
    session.run("pytest", "-n", "2", *session.posargs)


for version in PYTHONS:
    nox.session(name=f"tests-{version}", python=version)(run_tests)


@nox.session(name="tests-blas")
def tests_blas(session: nox.Session) -> None:
    """Run the tests of linear algebra with OpenBLAS's kernels for each processor; ``-- Haswell`` for one of them."""
    session.install(*PACKAGES, AUTOGRAD, *TESTING)
    session.run("python", "packages/easygrad/tests/core_types.py", *session.posargs)


@nox.session
def oldest(session: nox.Session) -> None:
    """Run the tests of easygrad with the oldest NumPy that it supports."""
    session.install(*PACKAGES, AUTOGRAD, *TESTING, OLDEST_NUMPY)
    session.run("pytest", "-n", "2", "packages/easygrad/tests", *session.posargs)


@nox.session
def compare(session: nox.Session) -> None:
    """Run identical functions through easygrad and Autograd, and report who is right where they differ."""
    session.install(*PACKAGES, AUTOGRAD, "pytest-xdist")
    ledger = ("--ledger", "comparisons/ledger.toml")  # named, so that its loss is an error
    again = ("--graddiff-command", "python -m nox -s compare --")  # a failure shows it, with -k
    session.run("pytest", "--graddiff", "comparisons", *ledger, *again, "-n", "2", *session.posargs)


@nox.session(name="compare-scipy")
def compare_scipy(session: nox.Session) -> None:
    """Compare SciPy's functions: apart from the others, for the referee is slow on special functions."""
    session.install(*PACKAGES, AUTOGRAD, "pytest-xdist", "scipy")
    files = [str(path) for path in sorted(Path("comparisons").glob("scipy_*.py"))]
    options = ("--ledger", "comparisons/scipy.ledger.toml", "--report-dir", "reports/scipy")
    again = ("--graddiff-command", "python -m nox -s compare-scipy --")
    session.run("pytest", "--graddiff", *files, *options, *again, "-n", "2", *session.posargs)


@nox.session(name="compare-jax")
def compare_jax(session: nox.Session) -> None:
    """Compare with JAX too, on the CPU; it compiles every function, so choose some: ``-- --only elementwise``."""
    compare_with(session, "jax", "jax==0.10.2")


@nox.session(name="compare-torch")
def compare_torch(session: nox.Session) -> None:
    """Compare with PyTorch too."""
    compare_with(session, "torch", "torch==2.13.0")


@nox.session(name="compare-mygrad")
def compare_mygrad(session: nox.Session) -> None:
    """Compare with MyGrad too: first order, reverse mode."""
    compare_with(session, "mygrad", "mygrad==2.5.0")


@nox.session(name="compare-advect", python="3.12")
def compare_advect(session: nox.Session) -> None:
    """Compare with advect too; it needs Python 3.12."""
    compare_with(session, "advect", "advect==0.3.1")


def compare_with(session: nox.Session, library: str, requirement: str) -> None:
    """Run easygrad, Autograd and a third library; ``-- --order 1`` for the first derivatives only."""
    session.install(*PACKAGES, AUTOGRAD, requirement, *COMPARING)
    libraries = ["--lib", "easygrad", "--lib", "autograd", "--lib", library]
    reports = ["--report-dir", f"reports/{library}"]
    session.run(
        "graddiff", "run", "comparisons", *libraries, *reports, "-n", "2", *session.posargs, success_codes=[0, 1]
    )


@nox.session(name="compare-versions")
def compare_versions(session: nox.Session) -> None:
    """Record two versions of Autograd, and easygrad with two of NumPy; then say which answers changed."""
    older, newer = "reports/autograd-older.jsonl", "reports/autograd-newer.jsonl"
    oldest, newest = "reports/easygrad-oldest.jsonl", "reports/easygrad-newest.jsonl"
    Path("reports").mkdir(exist_ok=True)
    chosen = [*session.posargs]
    session.install("--upgrade", *PACKAGES, OLDER_AUTOGRAD, "numpy", *COMPARING)  # of a kept environment too
    session.run("graddiff", "record", "comparisons", "--lib", "autograd", "-o", older, *chosen)
    session.install(AUTOGRAD, OLDEST_NUMPY)
    # 3: some cases cannot be made with NumPy 2.0, which lacks their function
    session.run("graddiff", "record", "comparisons", "--lib", "easygrad", "-o", oldest, *chosen, success_codes=[0, 3])
    session.install("--upgrade", AUTOGRAD, "numpy")
    session.run("graddiff", "record", "comparisons", "--lib", "autograd", "-o", newer, *chosen)
    session.run("graddiff", "record", "comparisons", "--lib", "easygrad", "-o", newest, *chosen)
    for pair in ((older, newer), (oldest, newest)):
        session.run("graddiff", "compare", *pair, "--changed", *chosen, success_codes=[0, 1])


@nox.session
def selftest(session: nox.Session) -> None:
    """Run the comparison on engines with a classic fault each, and fail if it does not catch one of them."""
    session.install(*PACKAGES, AUTOGRAD)
    session.run(
        "python", "comparisons/selftest/run.py", "--jobs", "2", *session.posargs, env={"OPENBLAS_NUM_THREADS": "1"}
    )


@nox.session
def clients(session: nox.Session) -> None:
    """Run packages that depend on Autograd, and programs for it, unchanged with both libraries; write the table."""
    session.install("-e", "packages/easygrad", AUTOGRAD, "scipy", *CLIENTS)
    session.run("python", "comparisons/clients/run.py", *session.posargs)


@nox.session(name="clients-older")
def clients_older(session: nox.Session) -> None:
    """Run packages that need Autograd 1.8 in the same way; write their section of the table."""
    session.install("-e", "packages/easygrad", "scipy", *OLDER_CLIENTS)
    session.run("python", "comparisons/clients/run.py", *(session.posargs or ["older"]))


@nox.session
def benchmark(session: nox.Session) -> None:
    """Time easygrad, Autograd and plain NumPy in turn on the same functions; ``-- --quick`` for the short table.

    A complete run is saved; ``-- --benchmark-compare`` shows the last saved one beside the new one.
    """
    session.install(*PACKAGES, AUTOGRAD, "pytest", *BENCHMARKING)
    saving = [] if "--quick" in session.posargs else ["--benchmark-autosave"]
    session.run("pytest", "benchmarks/test_benchmark.py", *saving, *session.posargs)


@nox.session(name="benchmark-jax")
def benchmark_jax(session: nox.Session) -> None:
    """Time JAX too, eager and compiled, on the rows that it can run."""
    benchmark_also(session, "jax", "jax")


@nox.session(name="benchmark-torch")
def benchmark_torch(session: nox.Session) -> None:
    """Time eager PyTorch too, on the rows for which it has a program of its own."""
    benchmark_also(session, "torch", "torch==2.13.0")


@nox.session(name="benchmark-mygrad")
def benchmark_mygrad(session: nox.Session) -> None:
    """Time MyGrad too, on the rows that it can run."""
    benchmark_also(session, "mygrad", "mygrad")


@nox.session(name="benchmark-advect", python="3.12")
def benchmark_advect(session: nox.Session) -> None:
    """Time advect too, on the rows that it can run; it needs Python 3.12."""
    benchmark_also(session, "advect", "advect")


def benchmark_also(session: nox.Session, library: str, requirement: str) -> None:
    """Time another library beside easygrad, Autograd and plain NumPy."""
    session.install(*PACKAGES, AUTOGRAD, "pytest", *BENCHMARKING, requirement)
    session.run("pytest", "benchmarks/test_benchmark.py", "--also", library, *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format with ruff."""
    session.install("ruff")
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of the packages and of this file with mypy, strictly."""
    session.install("mypy", "nox", "pytest-xdist", *PACKAGES)
    session.run("mypy", "packages/easygrad/src", "packages/graddiff/src", "noxfile.py", *session.posargs)


@nox.session(venv_backend="none")
def size(session: nox.Session) -> None:
    """Print the code lines of each file and the longest functions; fail if the core has 300 lines or more.

    Other folders than the packages' sources can be named: ``nox -s size -- comparisons``.
    """
    folders = [Path(name) for name in session.posargs] or sorted(Path("packages").glob("*/src"))
    files = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    for path in files:
        session.log(f"{code_lines(path.read_text()):5}  {path}")
    functions = sorted(((length, name) for path in files for name, length in function_lengths(path)), reverse=True)
    rules = [path for path in files if path.parent.name == "rules"]
    session.log(f"{sum(code_lines(path.read_text()) for path in rules):5}  all files of rules")
    session.log("longest functions:")
    for length, name in functions[:10]:
        session.log(f"{length:5}  {name}")
    core, (longest, name) = code_lines(CORE.read_text()), functions[0]
    session.log(f"core.py: {core} code lines, fewer than {CORE_LIMIT} allowed")
    if core >= CORE_LIMIT:
        session.error(f"{CORE} has {core} code lines; find the simpler idea.")
    if longest > FUNCTION_LIMIT:
        session.error(f"{name} has {longest} code lines, {FUNCTION_LIMIT} are allowed.")


def code_lines(source: str) -> int:
    """Return the number of lines that hold code: without blank lines, comments and docstrings."""
    layout = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in layout:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            lines.difference_update(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return len(lines)


def function_lengths(path: Path) -> list[tuple[str, int]]:
    """Return the functions of a file with their code lines."""
    source = path.read_text()
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    texts = [(node, ast.get_source_segment(source, node) or "") for node in found]
    return [(f"{path}:{node.lineno} {node.name}", code_lines(text)) for node, text in texts]
