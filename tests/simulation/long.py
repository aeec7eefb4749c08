"""Many random histories: ``python -m tests.simulation.long --histories 10000 --seed 1``.

Every history has a seed of its own, ``--seed`` and those after it. What fails is shortened and
printed with its seed; ``--history SEED`` plays that one alone. ``--on``, ``--often`` and ``--without``
say what the histories are to be about: ``--on twins,fills --often backup,restore``. With ``--state
postgresql`` the converter's state lies on a server of the tests' own. Exit status 1 where any
failed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from functools import cache, partial

from tests.servers import Server, started
from tests.simulation.history import Make, Wish, random_history, run, shortened
from tests.simulation.stores import ServerStore
from tests.simulation.world import World


@cache
def _maker(server: Server | None) -> Make:
    """How a process makes its worlds: on a server, one after another in one database."""
    if server is None:
        return World
    url = server.database()
    return partial(World, store=lambda root: ServerStore(url))


def _one(seed: int, wish: Wish, server: Server | None = None) -> tuple[int, str | None]:
    return seed, run(random_history(seed, wish=wish), _maker(server))


def failures(
    first: int, count: int, processes: int, wish: Wish, server: Server | None = None
) -> Iterator[tuple[int, str | None]]:
    """Every seed with what went wrong in its history, in the order in which they are done."""
    seeds = range(first, first + count)
    one = partial(_one, wish=wish, server=server)
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
    parser.add_argument("--on", default="", metavar="OPTION,…", help="options that are on")
    parser.add_argument("--often", default="", metavar="ACTION,…", help="make these likely")
    parser.add_argument("--without", default="", metavar="ACTION,…", help="leave these out")
    parser.add_argument("--state", choices=["sqlite", "postgresql"], default="sqlite")
    asked = parser.parse_args()
    if asked.state == "sqlite":
        return _play(asked)
    with started() as server:
        return _play(asked, server)


def _names(listed: str) -> frozenset[str]:
    return frozenset(filter(None, listed.split(",")))


def _play(asked: argparse.Namespace, server: Server | None = None) -> int:
    wish = Wish(*(_names(each) for each in (asked.on, asked.without, asked.often)))
    if asked.history is not None:
        asked.seed, asked.histories, asked.processes = asked.history, 1, 1
    started = time.monotonic()
    failed: list[tuple[int, str]] = []
    done = 0
    for seed, fault in failures(asked.seed, asked.histories, asked.processes, wish, server):
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
        history = random_history(seed, wish=wish)
        if not asked.whole:
            history = shortened(history, _maker(server))
            fault = run(history, _maker(server)) or fault
        print(f"\nseed {seed}\n{fault}\n{history}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
