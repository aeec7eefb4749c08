"""Mutation testing: ``python scripts/mutants.py [MODULE …] [--sample N] [--minutes N] [--report]``.

mutmut changes one thing at a time in a copy of the tree and runs the tests that come by there; a
change that no test notices has survived. Runs in an environment of its own, keeps what it found in
``.mutants`` and goes on from there the next time; a module whose source changed is done again.
All changes together take days of a processor, so ``--sample`` draws some of them by lot, the same in
every run of one seed, and says within which bounds the share of all lies; ``--group`` draws from a
group alone.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from environments import ROOT, programs, with_tool

WORK = ROOT / ".mutants"
BIN = programs(WORK / "venv")
MUTMUT = "mutmut==3.8.1"
COPIED = ("samples", "schemas", "docs", "examples", "scripts", "README.md", "README.ru.md")
#: Much runs while modules are loaded, and the readers and writers made of the tables are kept: so
#: everything is loaded anew under a change. Which tests come by where is only seen if before each
#: one the kept is forgotten, and what runs while loading counts for every one. What is asked must
#: pass without a change, once until a file changes.
ANEW = """
import functools, os, sys
from pathlib import Path
import pytest
from mutmut.state import state

SEEING = "stats"
CLEAN = ""
PASSED = Path("..", "passed")
loading = set()

def under_test():
    return os.environ.get("MUTANT_UNDER_TEST", "")

def pytest_load_initial_conftests():
    if under_test() != "fail":  # which only looks whether a change can be seen at all
        for name in list(sys.modules):
            if name.partition(".")[0] in ("converter", "tests"):
                del sys.modules[name]

def pytest_collection_finish():
    loading.update(state()._stats)

@pytest.fixture(autouse=True)
def forget():
    if under_test() == SEEING:
        state()._stats.update(loading)
        for name, module in list(sys.modules.items()):
            if name.startswith(("converter.mapping", "converter.matching")):
                for each in list(vars(module).values()):
                    if isinstance(each, functools._lru_cache_wrapper):
                        each.cache_clear()

def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.stem not in FIRST)
    if under_test() == CLEAN and PASSED.exists():
        known = set(PASSED.read_text().splitlines())
        items[:] = [item for item in items if item.nodeid not in known] or items[:1]

def pytest_sessionfinish(session, exitstatus):
    if under_test() == CLEAN and exitstatus == 0:
        with PASSED.open("a") as file:
            file.writelines(item.nodeid + chr(10) for item in session.items)

FIRST = {first}
"""
#: tests that look at whole values end most changes, so they are asked before the rest
FIRST = ("test_chronicle", "test_told", "test_rows", "test_cards", "test_states", "test_archive")
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
    "matching": Group(modules("matching"), ("tests/matching",)),
    "decisions": Group(DECISIONS, ("tests/exchange/test_verdicts.py",)),
    "exchange": Group(
        (*(each for each in modules("exchange") if each not in DECISIONS), *ELSEWHERE),
        ("tests/exchange",),
    ),
}
#: mutmut tells how the tests of a change ended by their exit status; 2: they could not be loaded
ENDS = {
    0: "survived", 1: "killed", 2: "killed", 3: "killed", 5: "no test", 33: "no test",
    -24: "timeout", 24: "timeout", 36: "timeout", 152: "timeout", 255: "timeout",
}  # fmt: skip

#: ends in which no test noticed the change
ALIVE = ("survived", "no test")
#: so many changes are given to mutmut at a time
PORTION = 40


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
                (tree / "passed").unlink(missing_ok=True)
                made.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, made)
    (tree / "anew.py").write_text(ANEW.replace("{first}", repr(FIRST)), "utf-8")
    config = {
        "source_paths": ["converter"],
        "only_mutate": [f"converter/{each.replace('.', '/')}.py" for each in group.modules],
        "also_copy": [*COPIED, "anew.py"],
        "pytest_add_cli_args_test_selection": list(group.tests),
        "pytest_add_cli_args": [
            "-p", "no:cacheprovider", "-p", "anew", "--hypothesis-profile=quick",
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


def mutate(tree: Path, changes: list[str], seconds: float) -> None:
    """Run what is left to do of these changes, names or patterns, for no longer than that."""
    memory = Path("/dev/shm")  # where files cost no waiting for a disk
    around = {**os.environ, **({"TMPDIR": str(memory)} if memory.is_dir() else {})}
    around.pop("PYTHONPATH", None)
    command = [str(BIN / "mutmut"), "run", "--max-children", "1", *changes]
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


def drawn(groups: list[str], count: int, seed: int, seconds: float) -> dict[str, list[str]]:
    """Changes drawn by lot from all modules of these groups, for each group."""
    population = []
    for name in groups:
        group = GROUPS[name]
        tree = lay_out(name, group)
        mutate(tree, ["no change: they are only named anew"], seconds)
        changes = (key for module in group.modules for key, _ in found(tree, module))
        population += [(name, key) for key in sorted(changes)]
    lots: dict[str, list[str]] = {}
    for name, key in random.Random(seed).sample(population, min(count, len(population))):
        lots.setdefault(name, []).append(key)
    print(f"{count} of {len(population)} changes, drawn with seed {seed}")
    return lots


def sample(lots: dict[str, list[str]], until: float) -> None:
    """Run the changes drawn; what became of them, and between which bounds the share of all lies."""
    ends: Counter[str] = Counter()
    survivors = []
    for name, keys in lots.items():
        became = _became(name)
        due = [key for key in keys if became[key] == "not run"]  # mutmut does named ones once more
        for start in range(0, len(due), PORTION):
            if (left := until - time.monotonic()) > 0:
                mutate(WORK / name, due[start : start + PORTION], left)
        became = _became(name)
        ends.update(became[key] for key in keys)
        survivors += [f"{became[key]}: {key}" for key in keys if became[key] in ALIVE]
    killed = ends["killed"] + ends["timeout"]
    run = killed + sum(ends[each] for each in ALIVE)
    low, high = bounds(killed, run)
    print(f"{dict(ends)}: {killed} of {run} killed, so {low:.1%} to {high:.1%} of all (95 %)")
    print("\n".join(sorted(survivors)))


def _became(name: str) -> dict[str, str]:
    """What became of each change of a group."""
    return {key: end for each in GROUPS[name].modules for key, end in found(WORK / name, each)}


def bounds(killed: int, run: int) -> tuple[float, float]:
    """Wilson's interval of a share, for 95 of 100 samples."""
    if not run:
        return 0.0, 1.0
    z, share = 1.96, killed / run
    middle = share + z * z / (2 * run)
    width = z * math.sqrt(share * (1 - share) / run + z * z / (4 * run * run))
    return (middle - width) / (1 + z * z / run), (middle + width) / (1 + z * z / run)


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
            survived = sum(count[each] for each in ALIVE)
            if not killed + survived:
                continue
            total.update(killed=killed, survived=survived, left=count["not run"])
            print(_row(module, killed, survived, count["not run"]))
            survivors += [f"{end}: {key}" for key, end in ends if end in ALIVE]
    print(_row("all", total["killed"], total["survived"], total["left"]))
    print("\n".join(survivors))


def _row(name: str, killed: int, survived: int, left: int) -> str:
    share = 100 * killed / max(1, killed + survived)
    return f"| {name} | {killed} | {survived} | {left} | {share:.1f} % |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python scripts/mutants.py")
    parser.add_argument("modules", nargs="*", help="such as mapping.vat; all where none is named")
    parser.add_argument("--sample", type=int, metavar="N", help="so many changes, drawn by lot")
    parser.add_argument("--group", action="append", choices=GROUPS, help="drawn from; all if none")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the lot")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--report", action="store_true", help="only tell what is known")
    given = parser.parse_args()
    known = {module: name for name, group in GROUPS.items() for module in group.modules}
    if unknown := set(given.modules) - set(known):
        sys.exit(f"no such module: {', '.join(sorted(unknown))}")
    if not given.report:
        WORK.mkdir(exist_ok=True)
        if not with_tool(WORK / "venv", MUTMUT):
            sys.exit("mutmut cannot be had here")
        end = time.monotonic() + 60 * given.minutes
        if given.sample:
            groups = given.group or list(GROUPS)
            sample(drawn(groups, given.sample, given.seed, 60 * given.minutes), end)
            return
        for module in given.modules or known:
            if time.monotonic() < end:
                tree = lay_out(known[module], GROUPS[known[module]])
                mutate(tree, [f"converter.{module}.*"], end - time.monotonic())
    report()


if __name__ == "__main__":
    main()
