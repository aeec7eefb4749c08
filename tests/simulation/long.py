"""Many random histories: ``python -m tests.simulation.long --histories 10000 --seed 1``.

Every history has a seed of its own, ``--seed`` and those after it. What fails is shortened and
printed with its seed; ``--history SEED`` plays that one alone. Exit status 1 where any failed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from functools import partial

from tests.simulation.history import History, random_history, run, shortened


def history_of(seed: int, without: frozenset[str]) -> History:
    """The history of a seed, some actions left out."""
    history = random_history(seed)
    steps = tuple(step for step in history.steps if step.name not in without)
    return history._replace(steps=steps)


def _one(seed: int, without: frozenset[str]) -> tuple[int, str | None]:
    return seed, run(history_of(seed, without))


def failures(
    first: int, count: int, processes: int, without: frozenset[str] = frozenset()
) -> Iterator[tuple[int, str | None]]:
    """Every seed with what went wrong in its history, in the order in which they are done."""
    seeds = range(first, first + count)
    one = partial(_one, without=without)
    if processes == 1:
        yield from map(one, seeds)
        return
    with multiprocessing.Pool(processes) as pool:
        yield from pool.imap_unordered(one, seeds, chunksize=4)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.long", description=__doc__)
    parser.add_argument("--histories", type=int, default=1000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--history", type=int, metavar="SEED", help="this one alone")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="N")
    parser.add_argument("--most-failures", type=int, default=5, metavar="N")
    parser.add_argument("--whole", action="store_true", help="do not shorten what fails")
    parser.add_argument("--without", default="", metavar="ACTION,…", help="leave these out")
    asked = parser.parse_args()
    without = frozenset(asked.without.split(","))
    if asked.history is not None:
        asked.seed, asked.histories, asked.processes = asked.history, 1, 1
    started = time.monotonic()
    failed: list[tuple[int, str]] = []
    done = 0
    for seed, fault in failures(asked.seed, asked.histories, asked.processes, without):
        done += 1
        if fault is not None:
            failed.append((seed, fault))
            print(f"seed {seed} fails: {fault.strip().splitlines()[-1]}", flush=True)
        if done % 200 == 0:
            speed = done / (time.monotonic() - started)
            print(f"{done} histories, {len(failed)} failed, {speed:.0f} a second", flush=True)
        if len(failed) >= asked.most_failures:
            break
    seconds = time.monotonic() - started
    print(f"{done} histories in {seconds:.0f} s from seed {asked.seed}, {len(failed)} failed")
    for seed, fault in failed:
        history = history_of(seed, without)
        if not asked.whole:
            history = shortened(history)
            fault = run(history) or fault
        print(f"\nseed {seed}\n{fault}\n{history}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
