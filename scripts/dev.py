"""What make does, for every system: ``python scripts/dev.py demo|test|lint|check|…``.

Only the standard library is used here: the environment is made first, in ``.venv``, from
``requirements.lock``, and everything else runs inside it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "made-from"
DEMO = ROOT / "demo"


def environment() -> None:
    """Make ``.venv`` from the lock file, unless it is already made from just this one."""
    wanted = LOCK.read_text(encoding="utf-8")
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted and PYTHON.exists():
        return
    say("making the environment in .venv")
    venv.create(VENV, with_pip=True, clear=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*pip, "--require-hashes", "--requirement", str(LOCK)])
    run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    STAMP.write_text(wanted, encoding="utf-8")


def demo() -> None:
    """The main job on the samples, with its output."""
    environment()
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir()
    steps = [
        ["inspect", "samples/crm-invoices.xml"],
        ["convert", "samples/crm-invoices.xml", "--to", "bp", "--bp-version", "1.20", "-o", "demo/for-bp-1.20.xml"],
        ["convert", "samples/crm-invoices.xml", "--to", "bp", "--bp-version", "1.8", "-o", "demo/for-bp-1.8.xml"],
        ["validate", "demo/for-bp-1.20.xml", "demo/for-bp-1.8.xml"],
        ["convert", "samples/bp-answers-1.20.xml", "--to", "crm", "--known", "samples/crm-invoices.xml", "-o", "demo/for-crm.xml"],
        ["convert", "samples/bp-answers-1.8.xml", "--to", "crm", "--known", "samples/crm-invoices.xml", "-o", "demo/for-crm-1.8.xml"],
        ["inspect", "demo/for-crm.xml"],
    ]  # fmt: skip
    for step in steps:
        print(f"\n$ converter {' '.join(step)}", flush=True)
        done = subprocess.run([str(PYTHON), "-m", "converter", *step], cwd=ROOT, check=False)
        held = step[-1].endswith("for-bp-1.8.xml") and step[0] == "convert"
        if done.returncode != (1 if held else 0):
            sys.exit(f"the demo failed: exit status {done.returncode}")
    say("what the CRM learns of the cash receipt that paid two invoices:")
    print(_operation("00БП-000014"))
    say("the results lie in demo/; invoice 42 is held for 1.8 because that version has no 22 % VAT")


def _operation(number: str) -> str:
    """The trade operation of that number as it stands in the CRM's message."""
    text = (DEMO / "for-crm.xml").read_text(encoding="utf-8")
    name = "Документ.ТорговаяОперация"
    found = re.findall(f"\t\t<{name}>.*?</{name}>", text, re.DOTALL)
    operation = next(each for each in found if f"<Номер>{number}</Номер>" in each)
    return operation.replace("\n\t\t", "\n").strip().replace("\t", "  ")


def test() -> None:
    """The tests, on all cores."""
    environment()
    run([str(PYTHON), "-m", "pytest", "-n", "auto", *sys.argv[2:]])


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
    """Write schemas/ anew from the *.fields texts."""
    environment()
    shutil.rmtree(ROOT / "schemas", ignore_errors=True)
    run([str(PYTHON), "-m", "converter.formats.xsd", "schemas"])


def docs() -> None:
    """Write docs/problems.md anew from the catalogue."""
    environment()
    page = subprocess.run(
        [str(PYTHON), "-m", "converter.problems.page"], cwd=ROOT, check=True, capture_output=True
    )
    (ROOT / "docs" / "problems.md").write_bytes(page.stdout)


def lock() -> None:
    """Write requirements.lock anew: names, versions and hashes for every system, no addresses."""
    environment()
    run([str(PYTHON), "-m", "pip", "install", "--quiet", "uv"])
    command = "pip compile pyproject.toml --extra dev --universal --python-version 3.11"
    options = "--generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade"
    run([str(BIN / "uv"), *command.split(), *options.split(), "-o", str(LOCK)])


def wheel() -> None:
    """Build the wheel into dist/."""
    environment()
    run([str(PYTHON), "-m", "hatchling", "build", "-t", "wheel"])


def clean() -> None:
    """Remove what was made here."""
    for name in (
        ".venv",
        "demo",
        "dist",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".hypothesis",
    ):
        shutil.rmtree(ROOT / name, ignore_errors=True)


def run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def say(text: str) -> None:
    print(f"-- {text}", flush=True)


TASKS = (demo, test, lint, check, schemas, docs, lock, wheel, clean)

if __name__ == "__main__":
    tasks = {task.__name__: task for task in TASKS}
    if len(sys.argv) < 2 or sys.argv[1] not in tasks:
        sys.exit(f"usage: python scripts/dev.py {'|'.join(tasks)}")
    if sys.version_info < (3, 11):  # noqa: UP036 - this file runs before pip could say so
        sys.exit("Python 3.11 or later is needed")
    tasks[sys.argv[1]]()
