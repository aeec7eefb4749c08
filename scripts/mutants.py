"""Mutation testing: ``python scripts/mutants.py [MODULE …] [--minutes N] [--report]``.

mutmut changes one thing at a time in a copy of the tree and runs the tests that come by there; a
change that no test notices has survived. Runs in an environment of its own, keeps what it found in
``.mutants`` and goes on from there the next time; a module whose source changed is done again.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
import venv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".mutants"
BIN = WORK / "venv" / "bin"
MUTMUT = "mutmut==3.8.1"
COPIED = ("samples", "schemas", "docs", "examples", "scripts", "README.md", "README.ru.md")
#: the readers and writers that are made of the tables once would keep the changed code from running
FORGET = """
import functools, sys
import pytest

@pytest.fixture(autouse=True)
def forget():
    for name, module in list(sys.modules.items()):
        if name.startswith("converter.mapping"):
            for each in list(vars(module).values()):
                if isinstance(each, functools._lru_cache_wrapper):
                    each.cache_clear()
"""
#: tests that begin processes of their own see the change too, but take too long for each
SLOW = ("tests/exchange/test_commands.py",)


class Group(NamedTuple):
    """Modules, and the tests that are to notice when one of them changes."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


#: written by the exchange, and tested there
ELSEWHERE = ("mapping.states",)
#: values in, a decision out: tested case by case
DECISIONS = ("exchange.merge", "exchange.numbers")


def modules(package: str) -> tuple[str, ...]:
    """The modules of a package that have functions."""
    paths = sorted((ROOT / "converter" / package).glob("[a-z]*.py"))
    return tuple(f"{package}.{path.stem}" for path in paths)


GROUPS = {
    "mapping": Group(
        tuple(each for each in modules("mapping") if each not in ELSEWHERE),
        ("tests/mapping", "tests/conversion"),
    ),
    "decisions": Group(DECISIONS, ("tests/exchange/test_verdicts.py",)),
    "exchange": Group(
        (*(each for each in modules("exchange") if each not in DECISIONS), *ELSEWHERE),
        ("tests/exchange",),
    ),
}
#: mutmut tells how the tests of a change ended by their exit status
ENDS = {
    0: "survived", 1: "killed", 3: "killed", 5: "no test", 33: "no test",
    -24: "timeout", 24: "timeout", 36: "timeout", 152: "timeout", 255: "timeout",
}  # fmt: skip


def environment() -> None:
    """The locked packages and mutmut, beside the project's own environment."""
    stamp = WORK / "venv" / "made-from"
    wanted = (ROOT / "requirements.lock").read_text("utf-8") + MUTMUT
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    venv.create(WORK / "venv", with_pip=True, clear=True)
    pip = [str(BIN / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--requirement", str(ROOT / "requirements.lock")], check=True)
    subprocess.run([*pip, MUTMUT], check=True)
    stamp.write_text(wanted, "utf-8")


def lay_out(name: str, group: Group) -> Path:
    """The tree in which mutmut works; what did not change keeps its time, and its results."""
    tree = WORK / name
    for each in ("converter", "tests", *COPIED):
        source, target = ROOT / each, tree / each
        for path in [source] if source.is_file() else source.rglob("*"):
            made = target / path.relative_to(source) if path != source else target
            if path.is_dir() or "__pycache__" in path.parts:
                continue
            if not made.exists() or made.read_bytes() != path.read_bytes():
                made.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, made)
    (tree / "forget.py").write_text(FORGET, "utf-8")
    config = {
        "source_paths": ["converter"],
        "only_mutate": [f"converter/{each.replace('.', '/')}.py" for each in group.modules],
        "also_copy": [*COPIED, "forget.py"],
        "pytest_add_cli_args_test_selection": list(group.tests),
        "pytest_add_cli_args": [
            "-p", "no:cacheprovider", "-p", "forget", "--hypothesis-profile=quick",
            *(f"--ignore={each}" for each in SLOW),
        ],
        "use_git_change_detection": False,
        "track_dependencies": False,
    }  # fmt: skip
    lines = (f"{key} = {json.dumps(value)}" for key, value in config.items())
    text = (ROOT / "pyproject.toml").read_text("utf-8") + "\n[tool.mutmut]\n" + "\n".join(lines)
    if not (tree / "pyproject.toml").exists() or (tree / "pyproject.toml").read_text() != text:
        (tree / "pyproject.toml").write_text(text, "utf-8")
    return tree


def mutate(tree: Path, module: str, seconds: float) -> None:
    """Run what is left to do of one module, for no longer than that."""
    memory = Path("/dev/shm")  # where files cost no waiting for a disk
    around = {**os.environ, **({"TMPDIR": str(memory)} if memory.is_dir() else {})}
    around.pop("PYTHONPATH", None)
    command = [str(BIN / "mutmut"), "run", "--max-children", "1", f"converter.{module}.*"]
    with (WORK / "log.txt").open("ab") as log:
        started = subprocess.Popen(command, cwd=tree, env=around, stdout=log, stderr=log)
        try:
            started.wait(seconds)
        except subprocess.TimeoutExpired:
            started.terminate()
            started.wait()


def found(tree: Path, module: str) -> Iterator[tuple[str, str]]:
    """Each change of a module by its name, and what became of it."""
    path = tree / "mutants" / "converter" / f"{module.replace('.', '/')}.py.meta"
    if not path.exists():
        return
    for key, status in json.loads(path.read_text("utf-8"))["exit_code_by_key"].items():
        yield key, "not run" if status is None else ENDS.get(status, f"exit {status}")


def report() -> None:
    """A table of what is known, as docs/mutation.md shows it, and the survivors."""
    survivors = []
    print(
        "| module | killed | survived | not run | killed of those run |\n| --- | ---: | ---: | ---: | ---: |"
    )
    total: Counter[str] = Counter()
    for name, group in GROUPS.items():
        for module in group.modules:
            ends = list(found(WORK / name, module))
            count = Counter(end for _, end in ends)
            killed = count["killed"] + count["timeout"]
            survived = count["survived"] + count["no test"]
            if not killed + survived:
                continue
            total.update(killed=killed, survived=survived, left=count["not run"])
            print(_row(module, killed, survived, count["not run"]))
            survivors += [f"{end}: {key}" for key, end in ends if end in ("survived", "no test")]
    print(_row("all", total["killed"], total["survived"], total["left"]))
    print("\n".join(survivors))


def _row(name: str, killed: int, survived: int, left: int) -> str:
    share = 100 * killed / max(1, killed + survived)
    return f"| {name} | {killed} | {survived} | {left} | {share:.1f} % |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python scripts/mutants.py")
    parser.add_argument("modules", nargs="*", help="such as mapping.vat; all where none is named")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--report", action="store_true", help="only tell what is known")
    given = parser.parse_args()
    known = {module: name for name, group in GROUPS.items() for module in group.modules}
    if unknown := set(given.modules) - set(known):
        sys.exit(f"no such module: {', '.join(sorted(unknown))}")
    if not given.report:
        WORK.mkdir(exist_ok=True)
        environment()
        end = time.monotonic() + 60 * given.minutes
        for module in given.modules or known:
            if time.monotonic() < end:
                tree = lay_out(known[module], GROUPS[known[module]])
                mutate(tree, module, end - time.monotonic())
    report()


if __name__ == "__main__":
    main()
