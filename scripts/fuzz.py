"""Fuzzing: ``python scripts/fuzz.py [TARGET …] [--seconds 60]``, each target for so long.

Runs in an environment of its own, with atheris where it can be had; else with random changes, and
says so. What was worth keeping stays in ``.fuzz/corpus``, and each run is noted in
``.fuzz/runs.jsonl``, of which the totals are told at the end.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import Any

from environments import ROOT, python, with_tool

WORK = ROOT / ".fuzz"
ATHERIS = "atheris==3.0.0"
TARGETS = ("envelope", "objects", "zip", "settings")


def run(target: str, seconds: int) -> dict[str, Any]:
    """One target, for so long."""
    command = [
        str(python(WORK / "venv")),
        "-m",
        "tests.fuzz.run",
        target,
        "--seconds",
        str(seconds),
    ]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    lines = done.stdout.splitlines()
    told: dict[str, Any] = json.loads(lines[-1]) if lines else {"target": target, "found": True}
    with (WORK / "runs.jsonl").open("a", encoding="utf-8") as notes:
        notes.write(json.dumps(told) + "\n")
    return told


def totals() -> None:
    """How long and how often each target was run on this machine."""
    notes = [json.loads(each) for each in (WORK / "runs.jsonl").read_text("utf-8").splitlines()]
    print("| target | with | minutes | executions | most memory | corpus | finds |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for key in sorted({(each["target"], each.get("with", "?")) for each in notes}):
        runs = [each for each in notes if (each["target"], each.get("with", "?")) == key]
        minutes = sum(each.get("seconds", 0) for each in runs) / 60
        count = sum(each.get("executions", 0) for each in runs)
        peak = max(each.get("peak_mb", 0) for each in runs)
        finds = sum(each["found"] for each in runs)
        corpus = runs[-1].get("corpus", 0)
        print(f"| {' | '.join(key)} | {minutes:.1f} | {count:,} | {peak} MB | {corpus} | {finds} |")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python scripts/fuzz.py")
    parser.add_argument("targets", nargs="*", default=TARGETS)
    parser.add_argument("--seconds", type=int, default=60)
    given = parser.parse_args()
    if unknown := set(given.targets) - set(TARGETS):
        sys.exit(f"no such target: {', '.join(sorted(unknown))}")
    WORK.mkdir(exist_ok=True)
    if not with_tool(WORK / "venv", ATHERIS):
        print("atheris cannot be had here: random changes instead")
    told = [run(target, given.seconds) for target in given.targets]
    totals()
    finds = [each["target"] for each in told if each["found"]]
    if finds:
        print(f"found something: {', '.join(finds)}; the bytes lie in .fuzz/corpus/found")
    return 1 if finds else 0


if __name__ == "__main__":
    sys.exit(main())
