"""Whole processes measured from outside: CPU of user and system, wall time, peak memory.

CPU is what counts: it hardly changes when the machine has other work. What is compared runs in
turns, so that a slow minute falls on everybody.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

Command = Sequence[str]


class Spent(NamedTuple):
    """What a job took: seconds of CPU and of wall time, and the peak of its processes in MB."""

    cpu: float
    wall: float
    peak: float


class Failed(Exception):
    """A command did not end well; the text is what it said last."""


def run(commands: Sequence[Command], folder: Path) -> Spent:
    """Run commands one after another, as one job. Raises `Failed`."""
    cpu = peak = 0.0
    began = time.monotonic()
    for command in commands:
        with (folder / "said").open("w+b") as said:
            process = subprocess.Popen(command, stdout=said, stderr=said, cwd=folder)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                said.seek(0)
                raise Failed(said.read().decode(errors="replace").strip()[-300:])
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss / 1024)
    return Spent(cpu, time.monotonic() - began, peak)


def said(command: Command, folder: Path) -> str:
    """What a command prints. Raises `Failed`."""
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    if done.returncode:
        raise Failed(done.stderr.strip()[-300:])
    return done.stdout


def in_turns(
    jobs: Mapping[str, Sequence[Command]], rounds: int, folder: Path
) -> dict[str, Spent | str]:
    """Each job so many times, in turns: its middle figures, or why it failed.

    Where it is done more than once, a round before them warms up, and does not count.
    """
    taken: dict[str, list[Spent]] = {name: [] for name in jobs}
    failed: dict[str, str] = {}
    warming = rounds > 1
    for number in range(rounds + warming):
        for name, commands in jobs.items():
            if name not in failed:
                try:
                    spent = run(commands, folder)
                except Failed as failure:
                    failed[name] = f"failed: {str(failure).splitlines()[-1:]}"
                else:
                    if number >= warming:
                        taken[name].append(spent)
    return {name: failed.get(name) or middle(spent) for name, spent in taken.items()}


def middle(spent: Sequence[Spent]) -> Spent:
    """The medians of CPU and wall time, and the highest peak."""
    return Spent(
        median(each.cpu for each in spent),
        median(each.wall for each in spent),
        max(each.peak for each in spent),
    )


def ratio(mine: float, other: float) -> str:
    """How many times as much, to two places."""
    return f"{mine / other:.2f}" if other else "-"
