"""The long run: ``python -m tests.faults.long --passes 500`` kills at random moments, ``--every``
at every system call, ``--pairs`` in the recovery too, ``--full`` lets every write find a full disk.

Prints the seed, and how many kills hit where. Ends at the first try that came out wrong.
"""

from __future__ import annotations

import argparse
import errno
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.faults import scene
from tests.faults.killer import Launcher
from tests.faults.trial import Scene

Try = tuple[str, Callable[[Path], str]]


def at_random(some: Scene, count: int, random: Random) -> Iterator[Try]:
    """Kills at random moments of a pass; a tenth falls behind its end."""
    began = time.monotonic()
    with TemporaryDirectory() as folder:
        some.launcher.run(some.fresh(Path(folder) / "timed"))
    length = 1.05 * (time.monotonic() - began)
    for _ in range(count):
        moment = random.uniform(0.0, length)

        def attempt(where: Path, moment: float = moment) -> str:
            ended = some.killed_after(where, moment)
            if ended.status != -9:
                return "after the end"
            return f"after “{ended.mark or 'the start'}”"

        yield f"at {moment:.4f} s", attempt


def at_every_call(some: Scene) -> Iterator[Try]:
    """A kill at each event of a pass."""
    for at in some.points(0):

        def attempt(where: Path, at: int = at) -> str:
            return f"after “{some.killed(where, at).mark or 'the start'}”"

        yield f"{at} {some.events[at - 1]}", attempt


def in_pairs(some: Scene, count: int, random: Random) -> Iterator[Try]:
    """A kill at an event, and one in the recovery."""
    for _ in range(count):
        pair = random.randint(1, len(some.events)), random.randint(1, len(some.events))

        def attempt(where: Path, pair: tuple[int, int] = pair) -> str:
            second = some.killed(where, *pair)
            return "both" if second.status == -9 else "the recovery was shorter"

        yield f"{pair[0]} {some.events[pair[0] - 1]}, then {pair[1]}", attempt


def at_every_write(some: Scene, on: bool) -> Iterator[Try]:
    """A full disk at each write of a pass."""
    writes = ("write", "pwrite64", "openat", "fsync", "fdatasync", "rename")
    for at in some.points(0):
        if some.events[at - 1].split()[0] not in writes:
            continue

        def attempt(where: Path, at: int = at) -> str:
            ended = some.failed(where, at, errno=errno.ENOSPC, on=on, calls=writes)
            if on or "/passes/" not in some.events[at - 1]:
                assert ended.status == 3, ended.err
            else:  # one of a record's places is enough
                assert "RECORD_ONCE" in ended.err, ended.err
            return f"exit {ended.status} after “{ended.mark or 'the start'}”"

        yield f"{at} {some.events[at - 1]}", attempt


def run(name: str, tries: Iterator[Try]) -> bool:
    """Make the tries; tells how many hit where, and whether all came out well."""
    hits: Counter[str] = Counter()
    began = time.monotonic()
    with TemporaryDirectory() as folder:
        for what, attempt in tries:
            where = Path(folder) / "try"
            try:
                hits[attempt(where)] += 1
            except AssertionError as wrong:
                print(f"{name}: WRONG {what}\n{wrong}", flush=True)
                return False
            shutil.rmtree(where)
    print(f"{name}: {hits.total()} tries, 0 wrong, {time.monotonic() - began:.0f} s")
    for hit, count in hits.most_common():
        print(f"  {count:5} {hit}", flush=True)
    return True


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.long")
    parser.add_argument("--passes", type=int, default=0)
    parser.add_argument("--pairs", type=int, default=0)
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--scene", choices=["rich", "to_zip", "alarm"], default="rich")
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else time.time_ns() % 1_000_000
    print(f"seed {seed}", flush=True)
    random, launcher = Random(seed), Launcher()
    with TemporaryDirectory() as folder:
        some = Scene(Path(folder), getattr(scene, given.scene), launcher)
        print(f"{len(some.events)} events in a pass", flush=True)
        runs: list[tuple[str, Iterator[Try]]] = [
            ("random moments", at_random(some, given.passes, random)),
            ("pairs", in_pairs(some, given.pairs, random)),
        ]
        if given.every:
            runs.append(("every call", at_every_call(some)))
        if given.full:
            runs.append(("disk full once", at_every_write(some, on=False)))
            runs.append(("disk full from there on", at_every_write(some, on=True)))
        well = [run(name, tries) for name, tries in runs]
    launcher.close()
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main())
