"""What make does, for every system: ``python scripts/dev.py demo|demo-1c|test|lint|check|…``.

Only the standard library is used here: the environment is made first, in ``.venv``, from
``requirements.lock``, and everything else runs inside it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from environments import LOCK, ROOT, begin, keep, programs, python

VENV = ROOT / ".venv"
BIN = programs(VENV)
PYTHON = python(VENV)
#: the site has an environment of its own: nobody else needs Sphinx
DOCS_VENV = ROOT / ".venv-docs"
DOCS_LOCK = ROOT / "requirements-docs.lock"
#: tests that take their time: run by `make faults`
SLOW = ("simulation", "faults")


def environment() -> None:
    """Make ``.venv`` from the lock file, unless it is already made from just this one.

    What is started from it is compiled once, as an installed program is: the tests start hundreds.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / "build" / "compiled"))
    if made := _locked(VENV, LOCK):
        run([*made, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
        keep(VENV, LOCK.read_text(encoding="utf-8"))


def _locked(folder: Path, lock: Path) -> list[str]:
    """An environment from a lock file; returns as `begin` does."""
    install = begin(folder, lock.read_text(encoding="utf-8"))
    if install:
        run([*install, "--require-hashes", "--requirement", str(lock)])
    return install


def demo() -> None:
    """The main job, told with the samples and checked: through the folders, then single files."""
    environment()
    run([str(PYTHON), "scripts/demo.py"])


def demo_1c() -> None:
    """The same with a CRM that speaks EnterpriseData itself, as 1C:CRM does."""
    environment()
    run([str(PYTHON), "scripts/demo.py", "--1c"])


def test() -> None:
    """The tests, on all cores."""
    environment()
    slow = [f"--ignore=tests/{name}" for name in SLOW]
    run([str(PYTHON), "-m", "pytest", "-n", "auto", *slow, *sys.argv[2:]])


def faults() -> None:
    """The simulated pair of bases, and faults caused for real: slow, and not part of CI yet."""
    environment()
    run([str(PYTHON), "-m", "pytest", "-n", "auto", *(f"tests/{name}" for name in SLOW)])


def bench() -> None:
    """Speed and memory beside others, into docs/performance.md; other options instead: --quick."""
    environment()
    run([str(PYTHON), "-m", "bench", *(sys.argv[2:] or ["--write"])])


def lint() -> None:
    """Style, types, floors, and that what is generated is fresh."""
    environment()
    run([str(BIN / "ruff"), "check", "."])
    run([str(BIN / "ruff"), "format", "--check", "."])
    run([str(PYTHON), "-m", "mypy"])
    run([str(BIN / "lint-imports")])


def check() -> None:
    """Everything that CI runs."""
    test()
    lint()


def schemas() -> None:
    """Write schemas/ anew from the *.fields texts and the settings."""
    environment()
    shutil.rmtree(ROOT / "schemas", ignore_errors=True)
    run([str(PYTHON), "-m", "converter.formats.xsd", "schemas"])
    _write_output("converter.settings.schema", ROOT / "schemas" / "settings.json")


def docs() -> None:
    """Write docs/problems.md, docs/settings.md and share/ (man pages, completion) anew."""
    environment()
    _write_output("converter.problems.page", ROOT / "docs" / "problems.md")
    _write_output("converter.settings.page", ROOT / "docs" / "settings.md")
    shutil.rmtree(ROOT / "share", ignore_errors=True)
    for language in ("en", "ru"):
        run([str(PYTHON), "-m", "converter.cli.share", "--lang", language, "share"])


def site() -> None:
    """Build the documents as a site into build/site, and check it."""
    if _locked(DOCS_VENV, DOCS_LOCK):
        keep(DOCS_VENV, DOCS_LOCK.read_text(encoding="utf-8"))
    run([str(python(DOCS_VENV)), "-m", "website", *sys.argv[2:]])


def _write_output(module: str, target: Path) -> None:
    """What a module prints, as a file."""
    made = subprocess.run([str(PYTHON), "-m", module], cwd=ROOT, check=True, capture_output=True)
    target.write_bytes(made.stdout)


def lock() -> None:
    """Write both lock files anew: names, versions and hashes for every system, no addresses."""
    import tomllib  # here: this file runs before pip could say that Python is too old

    environment()
    run([str(PYTHON), "-m", "pip", "install", "--quiet", "uv"])
    options = "--universal --python-version 3.11 --generate-hashes --no-emit-index-url"
    options += " --no-annotate --no-header --upgrade"
    compile = [str(BIN / "uv"), "pip", "compile", *options.split()]
    run([*compile, "pyproject.toml", "--extra", "dev", "-o", str(LOCK)])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = "\n".join(project["optional-dependencies"]["docs"])
    subprocess.run(
        [*compile, "-", "-o", str(DOCS_LOCK)], cwd=ROOT, input=wanted.encode(), check=True
    )


def fuzz() -> None:
    """Bytes that nobody would think of, for a minute a target: more with --seconds."""
    run([sys.executable, "scripts/fuzz.py", *sys.argv[2:]])


def mutants() -> None:
    """The code changed in one place at a time: for an hour, and goes on from there the next time."""
    run([sys.executable, "scripts/mutants.py", *sys.argv[2:]])


def audit() -> None:
    """Known vulnerabilities of the locked packages, where the data can be had."""
    run([sys.executable, "scripts/audit.py"])


def sbom() -> None:
    """Write dist/sbom.json: what the program is made of, from the lock file."""
    environment()
    (ROOT / "dist").mkdir(exist_ok=True)
    made = subprocess.run(
        [str(PYTHON), "scripts/sbom.py"], cwd=ROOT, check=True, capture_output=True
    )
    (ROOT / "dist" / "sbom.json").write_bytes(made.stdout)


def wheel() -> None:
    """Build the wheel into dist/."""
    environment()
    run([str(PYTHON), "-m", "hatchling", "build", "-t", "wheel"])


def clean() -> None:
    """Remove what was made here."""
    for name in (
        ".venv",
        ".venv-docs",
        "build",
        "demo",
        "dist",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".hypothesis",
        ".fuzz",
        ".mutants",
        ".audit",
    ):
        shutil.rmtree(ROOT / name, ignore_errors=True)


def run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


TASKS = (
    demo,
    demo_1c,
    test,
    faults,
    fuzz,
    mutants,
    audit,
    bench,
    lint,
    check,
    schemas,
    docs,
    site,
    lock,
    sbom,
    wheel,
    clean,
)

if __name__ == "__main__":
    tasks = {task.__name__.replace("_", "-"): task for task in TASKS}
    if len(sys.argv) < 2 or sys.argv[1] not in tasks:
        sys.exit(f"usage: python scripts/dev.py {'|'.join(tasks)}")
    if sys.version_info < (3, 11):  # noqa: UP036 - this file runs before pip could say so
        sys.exit("Python 3.11 or later is needed")
    tasks[sys.argv[1]]()
