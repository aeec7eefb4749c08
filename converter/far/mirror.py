"""A folder on a server and the working folder here that stands for it (docs/folders.md).

Everything of the exchange works on the working folder, as on any folder. Before a pass it is made
like the one on the server, of which only messages of the pair are looked at; after the commit the
server is made to show what the pass put there, took away or set aside. Either may be cut off at any
moment and is done again as a whole: what was done is seen to be done.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from converter.far import whole
from converter.far.address import Address
from converter.far.failures import far_problem
from converter.far.ledger import (
    Aside,
    Delivered,
    Fetched,
    MirrorLedger,
    Outage,
    read_ledger,
    write_ledger,
)
from converter.far.patience import Patience
from converter.far.transport import Entry, FarFailed, Transport, Why
from converter.folder.durable import replace_patiently, same_contents, sync_folder, temporary_in
from converter.folder.failures import failing
from converter.folder.inbox import LARGEST, Stamp, stamp_of
from converter.problems import Problem, Stopped

#: what no file name of every system can hold
_UNFIT = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
#: a server that tells smaller parts of a second tells every change
_EXACT = 0.01


class Names(NamedTuple):
    """Which files of a folder matter: those that the base may write, and those that we do."""

    theirs: Callable[[str], bool]
    ours: frozenset[str]


class Look(NamedTuple):
    """What was odd on the server: names no folder can hold, files that changed while they were
    read, and files that are too large, with their sizes."""

    misnamed: list[str]
    changing: list[str]
    large: list[tuple[str, int]]


class Mirror:
    """One folder on a server. Whoever uses it holds the lock of its link."""

    def __init__(self, folder: Path, address: Address, connect: Callable[[], Transport]) -> None:
        self.folder = folder
        self.address = address
        self._connect = connect
        self._patience = Patience()
        self._ledger = MirrorLedger()

    # -- before a pass ---------------------------------------------------------------------------

    def refresh(self, names: Names, now: datetime) -> Look:
        """Make the working folder like the one on the server; it is made where it is not there.

        Raises `Stopped` where the server fails, or is still left in peace after that: what lies in
        the working folder is then not to be used. Nothing on the server changes.
        """
        look = Look([], [], [])
        self._begin()
        with self._server(now, waits=True) as server, failing(self.folder):
            listed = self._listed(server, names, look)
            self._forget(listed)
            for name, entry in listed.items():
                if names.theirs(name) and not self._is_aside(entry):
                    self._bring(server, entry, now, look)
        self._patience.well()
        self._keep()
        return look

    def ours_there(self, names: Names, now: datetime) -> str | None:
        """The name of a message of ours on the server, if one lies there. Raises `Stopped`."""
        self._begin()
        with self._server(now, waits=True) as server:
            listed = self._listed(server, names, Look([], [], []))
        return next((name for name in listed if name in names.ours), None)

    def _listed(self, server: Transport, names: Names, look: Look) -> dict[str, Entry]:
        """The files of the pair by name; of names that may be one here the newest file counts."""
        known = names.ours | self._ledger.delivered.keys()
        folded = {_folded(name) for name in known}

        def wanted(name: str) -> bool:
            return _folded(name) in folded or names.theirs(name)

        found: dict[str, Entry] = {}
        seen: set[str] = set()
        entries = server.entries(wanted)
        for entry in sorted(entries, key=lambda each: (-(each.modified or 0), each.name)):
            if not wanted(entry.name):
                continue
            if _UNFIT.search(entry.name) or _folded(entry.name) in seen:
                look.misnamed.append(entry.name)
                continue
            seen.add(_folded(entry.name))
            found[entry.name] = entry
        return found

    def _forget(self, listed: dict[str, Entry]) -> None:
        """What is gone on the server, or of ours is another, is gone here."""
        for name in [each for each in self._ledger.fetched if each not in listed]:
            self._drop(name)
        for name, known in list(self._ledger.delivered.items()):
            if known.size is not None and not _as_delivered(_find(listed, name), known):
                del self._ledger.delivered[name]
                (self.folder / name).unlink(missing_ok=True)

    def _bring(self, server: Transport, entry: Entry, now: datetime, look: Look) -> None:
        """Copy a file of the base's, unless the copy here is known to be the same."""
        known = self._ledger.fetched.get(entry.name)
        since = now
        if known is not None and (known.size, known.modified) == (entry.size, entry.modified):
            since = min(known.since, now)
            again = entry.modified is None or (not known.sure and _late(server, entry, since, now))
            if self._lies_here(entry.name) and not again:
                return
        if entry.size > LARGEST:
            look.large.append((entry.name, entry.size))
        elif entry.size > 0:
            sure = _late(server, entry, since, now)
            made = temporary_in(self.folder)
            try:
                whole_file = self._fetch(server, entry, made)
                if whole_file:
                    self._place(made, entry, since, sure)
                    return
                look.changing.append(entry.name)
            finally:
                made.unlink(missing_ok=True)
        self._drop(entry.name)

    def _fetch(self, server: Transport, entry: Entry, made: Path) -> bool:
        with made.open("xb") as file:
            if not whole.fetch(server, entry, file):
                return False
            file.flush()
            os.fsync(file.fileno())
        if entry.modified is not None:
            os.utime(made, (entry.modified, entry.modified))
        return True

    def _place(self, made: Path, entry: Entry, since: datetime, sure: bool) -> None:
        """Put a copy into the folder; one that is as the last stays unread, since it is the last."""
        path = self.folder / entry.name
        if not (self._lies_here(entry.name) and same_contents(made, path)):
            replace_patiently(made, path)
            sync_folder(self.folder)
        stamp = str(Stamp.of(path.lstat()))
        self._ledger.fetched[entry.name] = Fetched(entry.size, entry.modified, stamp, since, sure)

    def _drop(self, name: str) -> None:
        self._ledger.fetched.pop(name, None)
        (self.folder / name).unlink(missing_ok=True)

    def _lies_here(self, name: str) -> bool:
        """Whether the copy that was made lies in the folder."""
        known = self._ledger.fetched.get(name)
        return known is not None and str(stamp_of(self.folder / name)) == known.stamp

    def _is_aside(self, entry: Entry) -> bool:
        """Whether a file is one that was set aside here already."""
        return Aside(entry.name, entry.size, entry.modified) in self._ledger.aside.values()

    # -- after a pass ----------------------------------------------------------------------------

    def push(self, names: Names, now: datetime) -> None:
        """Make the server show what the working folder does; it is not asked where it does already.

        Raises `Stopped` where it fails; what was not done is done by the next push.
        """
        if not self.folder.is_dir():
            return
        self._begin()
        ours = {name: str(stamp) for name in names.ours if (stamp := stamp_of(self.folder / name))}
        given = [name for name, stamp in ours.items() if not self._arrived(name, stamp)]
        gone = [name for name in self._ledger.delivered if name not in ours]
        if given or gone or self._ledger.aside:
            self._ledger.delivered.update({name: Delivered(ours[name]) for name in given})
            self._keep()  # what may come to lie there is known to be ours, whatever happens
            with self._server(now, waits=False) as server, failing(self.folder):
                self._show(server, names, given, gone)
        if self._ledger.trouble is not None:
            self._ledger.trouble = None
            self._keep()

    def _show(self, server: Transport, names: Names, given: list[str], gone: list[str]) -> None:
        listed = self._listed(server, names, Look([], [], []))
        for name in given:
            whole.deliver(server, self.folder / name, name)
        for name in gone:
            lying = _find(listed, name)
            if lying is not None and _as_delivered(lying, self._ledger.delivered[name]):
                server.remove(lying.name)
            server.remove(whole.temporary(name))
            del self._ledger.delivered[name]
        if given:
            listed = self._listed(server, names, Look([], [], []))
        for name in given:
            known = self._ledger.delivered[name]
            lying = _find(listed, name)
            if lying is not None and _as_delivered(lying, known):
                arrived = Delivered(known.stamp, lying.size, lying.modified)
                self._ledger.delivered[name] = arrived
        for name, aside in list(self._ledger.aside.items()):
            if (self.folder / whole.REJECTED / name).exists():  # else somebody tidied up
                self._put_aside(server, listed.get(aside.name), aside, name)
            del self._ledger.aside[name]
        self._keep()

    def _arrived(self, name: str, stamp: str) -> bool:
        known = self._ledger.delivered.get(name)
        return known is not None and known.stamp == stamp and known.size is not None

    def _put_aside(self, server: Transport, entry: Entry | None, aside: Aside, name: str) -> None:
        """Move a refused file, its report first; of one that is gone or another by now the copy
        goes there."""
        path = self.folder / whole.REJECTED / name
        report = path.with_name(f"{name}.txt")
        if entry is not None and Aside(entry.name, entry.size, entry.modified) == aside:
            whole.set_aside(server, entry, name, report)
            return
        target = f"{whole.REJECTED}/{name}"
        server.make_folder(whole.REJECTED)
        whole.deliver(server, report, f"{target}.txt")
        if server.size(target) != aside.size:
            whole.deliver(server, path, target)

    # -- the server ------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Read the ledger, and note what a pass set aside since it was written."""
        with failing(self.folder.parent):
            self.folder.mkdir(parents=True, exist_ok=True)
        self._ledger = read_ledger(self.folder)
        missing = {
            known.stamp: name
            for name, known in self._ledger.fetched.items()
            if not (self.folder / name).exists()
        }
        rejected = self.folder / whole.REJECTED
        if not missing or not rejected.is_dir():
            return
        with failing(rejected):
            for path in rejected.iterdir():
                name = missing.get(str(stamp_of(path)))
                if name is not None:
                    known = self._ledger.fetched.pop(name)
                    self._ledger.aside[path.name] = Aside(name, known.size, known.modified)

    @contextmanager
    def _server(self, now: datetime, waits: bool) -> Iterator[Transport]:
        """A connection for a block; its failures are told, and remembered for `status`.

        With ``waits`` a server that failed is left in peace for a while.
        """
        if waits and self._ledger.trouble is not None and self._patience.waits(now):
            raise Stopped(self._ledger.trouble.why)
        try:
            server = self._opened(now, waits)
            try:
                yield server
            finally:
                server.close()
        except FarFailed as failed:
            problem = far_problem(self.address, failed)
            raise Stopped(self._noted(problem, failed.why, now, waits)) from failed

    def _opened(self, now: datetime, waits: bool) -> Transport:
        try:
            return self._connect()
        except Stopped as stopped:  # the password cannot be had
            raise Stopped(self._noted(stopped.problem, Why.LOGIN, now, waits)) from stopped

    def _noted(self, problem: Problem, why: Why, now: datetime, waits: bool) -> Problem:
        """Keep a failure for `status`; returns the problem as it will be told again."""
        if waits:
            self._patience.failed(now, why)
        before = self._ledger.trouble
        again = self._patience.again if waits else None
        trouble = Outage.of(before.since if before else now, problem, again)
        self._ledger.trouble = trouble
        self._keep()
        return trouble.why

    def _keep(self) -> None:
        with failing(self.folder):
            write_ledger(self.folder, self._ledger)


def trouble_of(folder: Path) -> Outage | None:
    """What is wrong with the server of a working folder, as the last pass found it."""
    return read_ledger(folder).trouble


def _as_delivered(entry: Entry | None, known: Delivered) -> bool:
    """Whether a file is the one that was delivered; of one not known to have arrived the size says
    so."""
    if entry is None:
        return False
    if known.size is None:
        stamp = Stamp.read(known.stamp)
        return stamp is not None and stamp.size == entry.size
    return (entry.size, entry.modified) == (known.size, known.modified)


def _find(listed: dict[str, Entry], name: str) -> Entry | None:
    """A file of ours; a server may keep the case of the name that it first had."""
    if name in listed:
        return listed[name]
    return next((each for each in listed.values() if _folded(each.name) == _folded(name)), None)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _late(server: Transport, entry: Entry, since: datetime, now: datetime) -> bool:
    """Whether a file that looks as it did ``since`` then is certainly the same if it is read now:
    what changes within one tick of the server's clock looks the same."""
    if entry.modified is None:
        return False
    return server.tick < _EXACT or now - since > timedelta(seconds=server.tick + 1)
