"""Several converter processes on one state on a server, as on several hosts; and what must hold.

A process under test runs ``python -m tests.faults.hosts WHERE COUNT FOLDER COMMAND…``: the command
of the converter, which falls asleep (SIGSTOP) at the COUNT-th time that it comes to WHERE.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from tests import messages
from tests.conftest import ROOT, environment
from tests.faults import scene
from tests.faults.hooks import at_checkpoints
from tests.faults.watching import until

_LINK = """
[[link]]
name = "{name}"
settle = 0

[link.crm]
code = "CRM"
folder = "{name}/crm"

[link.bp]
code = "BP"
folder = "{name}/bp"
version = "1.19"
"""
#: where a process may be killed: checkpoints of the exchange, and each rename
POINTS = ("decided", "kept", "archived", "committed", "delivered", "marked", "replace", "replace")
#: so soon a server gives up a sleeper in these tests, in seconds
SHORT = 0.7


class Hosts:
    """Links in a folder, their state on a server, and processes that work on them."""

    def __init__(self, where: Path, url: str, links: int = 1) -> None:
        self.where = where
        self.url = url
        self.names = [f"link-{number}" for number in range(1, links + 1)]
        self.sent: Counter[str] = Counter()
        self.objects = 1
        where.mkdir(parents=True, exist_ok=True)
        for name in self.names:
            for side in ("crm", "bp"):
                (where / name / side).mkdir(parents=True)
        settings = "".join(_LINK.format(name=name) for name in self.names)
        (where / "exchange.toml").write_text(f'state = "{url}"\n{settings}', "utf-8")

    def send(self, objects: int = 1) -> None:
        """The CRM of each link writes invoices in a message of its own; none replaces another."""
        self.objects = objects
        for name in self.names:
            self.sent[name] += 1
            number = self.sent[name]
            path = self.where / name / f"crm/Message_{number:03}_CRM_BP.xml"
            scene.put(path, scene.crm(number) if objects == 1 else _many(number, objects))

    def start(self, *command: str, sleep: tuple[str, int] = ("", 0)) -> subprocess.Popen[str]:
        """A process of the converter's; with ``sleep`` it stops itself there, the n-th time."""
        return subprocess.Popen(
            [
                sys.executable,
                *("-m", "tests.faults.hosts", sleep[0], str(sleep[1]), str(self.where)),
                *(command or ("sync",)),
            ],
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def sync(self) -> str:
        """A pass over every link, to its end; what it said."""
        process = self.start("sync")
        _, said = process.communicate(timeout=600)
        assert process.returncode in (0, 1), said
        assert "Traceback" not in said, said
        return said

    def moments(self) -> list[float]:
        """When the last pass of each link was archived, in the clock's seconds, the first of them first."""
        last = (max((self.where / name).glob("crm/archive/passes/*/*.json")) for name in self.names)
        return sorted(each.stat().st_mtime for each in last)

    def kill_one(self, dice: Random, times: int) -> None:
        """Of two processes one is killed, again and again, as messages come: at some point of a pass,
        or, one time in four, at a moment."""
        for _ in range(times):
            self.send()
            place = dice.choice(POINTS) if dice.random() < 0.75 else ""
            doomed, other = self.start(sleep=(place, dice.randint(1, 8))), self.start()
            with ended(doomed, other):
                if place:
                    until(lambda d=doomed: stopped(d) or d.poll() is not None, "a point")  # type: ignore[misc]
                else:
                    time.sleep(dice.uniform(0.3, 1.5))
                doomed.kill()
                _, said = other.communicate(timeout=600)
                assert other.returncode == 0, said
        self.sync()

    # -- what must hold --------------------------------------------------------------------------

    def check(self) -> None:
        """Each message was taken once, each number has one content, and all of it is visible."""
        engine = create_engine(self.url, poolclass=NullPool)
        with engine.connect() as connection:
            for name in self.names:
                self._check_link(connection, name)
        left = [str(each) for each in self.where.rglob(".converter-*")]
        assert not left, left

    def _check_link(self, connection: Connection, name: str) -> None:
        wanted = list(range(1, self.sent[name] + 1))
        taken = _column(connection, "SELECT number FROM incoming WHERE link = :link", name)
        assert sorted(taken) == wanted, (name, taken)
        told = _column(
            connection, "SELECT details FROM journal WHERE link = :link AND event = 'taken'", name
        )
        assert len(told) == len(wanted), (name, told)
        objects = _column(
            connection, "SELECT ref FROM object WHERE link = :link AND kind LIKE '%Счет%'", name
        )
        assert len(objects) == len(wanted) * self.objects, (name, objects)
        records = self._records(name)
        (passes,) = _column(connection, "SELECT passes FROM link WHERE link = :link", name)
        assert [each["number"] for each in records] == list(range(1, passes + 1)), name
        written = self._written(name, records)
        for side, file in (("bp", "Message_CRM_BP.xml"), ("crm", "Message_BP_CRM.xml")):
            sent = _column(
                connection,
                f"SELECT number FROM outgoing WHERE link = :link AND side = '{side}'",
                name,
            )
            assert sorted(sent) == sorted(written[side]), (name, side)
            if sent:
                lying = (self.where / name / side / file).read_bytes()
                assert lying == written[side][max(sent)], (name, side)

    def _records(self, name: str) -> list[dict[str, Any]]:
        """The records of a link's archive: the same in both places, or in the one that a pass which
        was cut off came to."""
        places = [self.where / name / side / "archive/passes" for side in ("crm", "bp")]
        found = [
            {path.name: path.read_bytes() for path in place.rglob("*.json")} for place in places
        ]
        for each in found[0].keys() & found[1].keys():
            assert found[0][each] == found[1][each], (name, each)
        both = found[0] | found[1]
        return [json.loads(both[each]) for each in sorted(both)]

    def _written(self, name: str, records: list[dict[str, Any]]) -> dict[str, dict[int, bytes]]:
        """What the archive says was written to each side, by number; all that it names is there."""
        written: dict[str, dict[int, bytes]] = {"crm": {}, "bp": {}}
        for record in records:
            for way in ("taken", "written"):
                for kept in record[way]:
                    side = kept["side"]
                    data = (self.where / name / side / "archive" / kept["file"]).read_bytes()
                    if way == "written":
                        assert kept["number"] not in written[side], (name, kept)
                        written[side][kept["number"]] = data
                    assert f"MessageNo>{kept['number']}<".encode() in data, (name, kept)
        return written


def _many(number: int, objects: int) -> str:
    """A message with many invoices."""
    created = f"2026-03-01T00:{number:02}:00"
    head = messages.header(message_no=number, received_no=0, created=created)
    made = (
        messages.crm_invoice(messages.guid(1000 * number + each), number=f"СЧ-{number}-{each}")
        for each in range(objects)
    )
    return messages.crm_message(*made, head=head)


def _column(connection: Connection, statement: str, link: str) -> list[Any]:
    return list(connection.execute(text(statement), {"link": link}).scalars())


def stopped(process: subprocess.Popen[str]) -> bool:
    """Whether a process is asleep now."""
    if process.poll() is not None:
        return False
    state = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state == "T"


def wake(process: subprocess.Popen[str]) -> str:
    """Let a sleeper go on to its end; what it said."""
    process.send_signal(signal.SIGCONT)
    _, said = process.communicate(timeout=60)
    assert "Traceback" not in said, said
    return said


# -- the process under test ----------------------------------------------------------------------


def _main() -> None:
    place, count, folder, *command = sys.argv[1:]
    os.chdir(folder)
    from converter.cli import main
    from converter.state import leases

    if place:
        leases.LEASE, leases.WORD = SHORT, SHORT / 4
        _fall_asleep(place, int(count))
    sys.argv = ["converter", *command]
    main()


def _fall_asleep(place: str, count: int) -> None:
    """At a checkpoint of the exchange; or at a call of `converter.folder.durable`, right before it
    renames or removes."""
    left = [count]

    def sleep(name: str) -> None:
        if name == place:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGSTOP)

    at_checkpoints(sleep)

    def before(call: Callable[..., Any]) -> Callable[..., Any]:
        def called(self: Path, *rest: Any, **named: Any) -> Any:
            if re.search(r"\.converter-.*tmp|Message", self.name):
                sleep(call.__name__)
            return call(self, *rest, **named)

        return called

    Path.replace = before(Path.replace)  # type: ignore[method-assign]


@contextmanager
def ended(*processes: subprocess.Popen[str]) -> Iterator[None]:
    """None of them outlives the block."""
    try:
        yield
    finally:
        for each in processes:
            if each.poll() is None:
                each.kill()
            each.communicate()


if __name__ == "__main__":
    _main()
