"""How long things take: ``python -m tests.faults.measure idle``, ``links``, ``watch``, ``hosts``.

``hosts FOLDER`` has everything in a folder, one in memory say, where no disk is waited for. ``kills``
kills one of two processes on a server's state two hundred times instead.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from tests.faults import scene
from tests.faults.hooks import SETTINGS
from tests.faults.watching import Watch, until

if TYPE_CHECKING:
    from tests.faults.hosts import Hosts
    from tests.servers import Server


def idle(times: int = 100) -> None:
    """A pass with nothing to do, in one process."""
    from converter.cli.working import exchange_of, one_pass, working

    with TemporaryDirectory() as folder:
        where = _after_samples(Path(folder) / "idle")
        with working(str(where / "exchange.toml")) as (settings, state):
            exchange = exchange_of(settings.link[0], state)
            exchange.run()
            before = (
                (where / "exchange.db").read_bytes(),
                (where / "exchange.db").stat().st_mtime_ns,
            )
            spent = [_timed(exchange.run) for _ in range(times)]
            locked = [_timed(lambda: one_pass(exchange)) for _ in range(times)]
            after = (where / "exchange.db").read_bytes(), (where / "exchange.db").stat().st_mtime_ns
            profile = cProfile.Profile()
            profile.runcall(lambda: [exchange.run() for _ in range(times)])
        print(f"Exchange.run with nothing to do, {times} times: {_figures(spent)}")
        print(f"the same under its lock: {_figures(locked)}")
        print(f"state unchanged: {before == after}")
        pstats.Stats(profile).sort_stats("cumulative").print_stats(14)


def links(count: int = 200) -> None:
    """One process over many links with nothing to do."""
    from converter.cli.working import exchange_of, one_pass, working

    one = SETTINGS[SETTINGS.index("[[link]]") :]
    with TemporaryDirectory() as folder:
        where = Path(folder)
        text = 'state = "sqlite:///exchange.db"\n'
        for number in range(count):
            scene.empty(where / f"{number}")
            link = one.replace('"main"', f'"link {number}"')
            text += re.sub(r'folder = "(\w+)"', rf'folder = "{number}/\1"', link)
            scene.put(where / f"{number}/crm/Message_CRM_BP.xml", scene.crm(1))
        (where / "exchange.toml").write_text(text, "utf-8")
        for what in ("with a message each", "nothing to do", "nothing to do"):
            with working(str(where / "exchange.toml")) as (settings, state):
                profile = cProfile.Profile()

                def over() -> None:
                    for link in settings.link:
                        one_pass(exchange_of(link, state))

                spent = _timed(over)
            print(f"{count} links, {what}: {spent * 1000:.0f} ms")
        with working(str(where / "exchange.toml")) as (settings, state):
            profile.runcall(over)
        pstats.Stats(profile).sort_stats("cumulative").print_stats(18)


def watch(times: int = 20) -> None:
    """From a file that arrives to the answer in the other folder."""
    with TemporaryDirectory() as folder:
        where = scene.empty(Path(folder) / "watch")
        with Watch(where, interval="60") as watching:
            spent = []
            for number in range(1, times + 1):
                made = scene.crm(number)
                began = time.monotonic()
                scene.put(where / "crm/Message_CRM_BP.xml", made)
                mark = f"MessageNo>{number}<".encode()
                path = where / "bp/Message_CRM_BP.xml"
                until(lambda p=path, m=mark: p.exists() and m in p.read_bytes(), "an answer")  # type: ignore[misc]
                spent.append(time.monotonic() - began)
            watching.stop()
        print(f"watch, from file to answer, {times} times: {_figures(spent)}")


class _Spent(NamedTuple):
    """What a piece of work took, in seconds; ``rate``: links in a second between the first that was
    done and the last, so without the start of the processes. ``others``: CPU of whatever else ran."""

    took: float
    rate: float
    ours: float
    server: float
    others: float

    def __str__(self) -> str:
        return (
            f"{self.took:.2f} s, {self.rate:.1f} links a second once started"
            f" (CPU {self.ours:.2f} s, of the server {self.server:.2f} s, others {self.others:.2f} s)"
        )


def hosts(where: str | None = None, times: int = 3, count: int = 400, objects: int = 30) -> None:
    """Many links with a message each on a server's state, by one process and by two, in turns.

    Throughput is told twice. With the start: the time is that of `converter sync` from its start
    until all of them have ended. Without it: from the first link that was done to the last one. A
    start takes half a second of CPU, which each process has to spend and one does not spend for the
    other: a tenth of what two need for 200 links, a twentieth for 400. A `watch` starts once.

    The CPU is that of the processes and of the server: what two take more of it than one is lost to
    their number. Where others take more than a twentieth of it, the figures say little. The programs
    are compiled before, as installed ones are, and the server has as much memory for its pages as
    it has unless it is told otherwise: the tests' own has less.
    """
    from tests.faults.hosts import Hosts
    from tests.servers import started

    tempfile.tempdir = where
    spent: dict[int, list[_Spent]] = {1: [], 2: []}
    with (
        started(fsync="on", shared_buffers="128MB") as server,
        TemporaryDirectory() as folder,
    ):
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "compiled")
        for turn in range(times):
            for processes in spent:
                url = server.database()
                made = Hosts(Path(folder) / f"{turn}-{processes}", url, count)
                made.sync()  # the tables, the beginning of each link
                made.send(objects=objects)
                spent[processes].append(_worked(made, processes, server))
                made.check()
                server.drop(url)
                print(f"{processes}: {spent[processes][-1]}", flush=True)
    print(f"{count} links, a message of {objects} invoices each, {times} times, medians:")
    one, two = (_Spent(*map(median, zip(*spent[each], strict=True))) for each in (1, 2))
    print(f"one process {one}\ntwo {two}")
    print(
        f"with the start {one.took / two.took:.2f} times, without {two.rate / one.rate:.2f} times"
    )


def _worked(made: Hosts, processes: int, server: Server) -> _Spent:
    """So many processes at once pass over all links, each once."""
    from tests.faults.hosts import ended

    def work() -> None:
        started = [made.start() for _ in range(processes)]
        with ended(*started):
            assert [each.wait() for each in started] == [0] * processes

    ours, theirs, all_of_it = _cpu_of_children(), server.cpu(), _cpu_of_all()
    took = _timed(work)
    ours, theirs = _cpu_of_children() - ours, server.cpu() - theirs
    others = _cpu_of_all() - all_of_it - ours - theirs
    moments = made.moments()
    return _Spent(took, (len(moments) - 1) / (moments[-1] - moments[0]), ours, theirs, others)


def kills(times: int = 200, links: int = 3) -> None:
    """One of two processes killed at a moment, so many times; what must hold is checked."""
    from random import Random

    from tests.faults.hosts import Hosts
    from tests.servers import started

    with started() as server, TemporaryDirectory() as folder:
        done = 0
        for seed in range(times // 20):  # numbers of files and of minutes have their ends
            made = Hosts(Path(folder) / f"{seed}", server.database(), links)
            made.kill_one(Random(seed), 20)
            made.check()
            done += 20
            print(f"killed {done} times, nothing lost, nothing twice", flush=True)


def _after_samples(where: Path) -> Path:
    from converter.cli.working import exchange_of, one_pass, working

    scene.empty(where)
    for side, name in (("crm", "crm-invoices.xml"), ("bp", "bp-answers-1.20.xml")):
        own, other = side.upper(), "BP" if side == "crm" else "CRM"
        data = (scene.SAMPLES / name).read_bytes()
        scene.put(where / side / f"Message_{own}_{other}.xml", data)
        with working(str(where / "exchange.toml")) as (settings, state):
            one_pass(exchange_of(settings.link[0], state))
    return where


def _cpu_of_children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _cpu_of_all() -> float:
    """Seconds of CPU that were spent on this machine so far (Linux)."""
    user, nice, system, _, _, *interrupts = map(int, Path("/proc/stat").read_text().split()[1:8])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def _timed(work: object) -> float:
    began = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - began


def _figures(spent: list[float]) -> str:
    ordered = sorted(each * 1000 for each in spent)
    return (
        f"median {median(ordered):.1f} ms, 95 % {ordered[int(len(ordered) * 0.95) - 1]:.1f} ms,"
        f" most {ordered[-1]:.1f} ms"
    )


if __name__ == "__main__":
    measures: dict[str, Callable[..., None]] = {
        "idle": idle,
        "links": links,
        "watch": watch,
        "hosts": hosts,
        "kills": kills,
    }
    measures[sys.argv[1]](*sys.argv[2:])
