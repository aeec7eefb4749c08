"""A base of 1C at one end of an exchange plan: numbers, registered changes, message files.

These rules are written after 1C's own, not after the converter's. What PROTOCOL.md leaves open is
chosen so: a load overwrites the object and leaves its registration, so the loaded version goes
out once more.
"""

from __future__ import annotations

import io
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree
from msgspec.structs import replace

from converter.envelope.header import Header, read_header
from converter.envelope.writer import closing, opening
from converter.formats import ENTERPRISE_DATA
from tests.messages import PLAN
from tests.simulation.things import Key


class Clock:
    """The one clock of a simulation, UTC to the second; it moves only when it is told to."""

    def __init__(self, start: datetime = datetime(2026, 3, 2, 9)) -> None:
        self.now = start

    def tick(self, seconds: int = 1) -> datetime:
        """Let time pass; returns the new moment."""
        self.now += timedelta(seconds=seconds)
        return self.now


class Sent(NamedTuple):
    """A message as it left: its number, its bytes, and what it said of each object.

    Of an object that it deleted this is the marker of the deletion, None where that has none.
    """

    side: str
    number: int
    data: bytes
    objects: dict[Key, Any]


class Received(NamedTuple):
    """What came of looking into the folder.

    ``outcome``: ``nothing``, ``torn``, ``foreign`` (a version that this base does not know),
    ``greeting``, ``repeat`` or ``loaded``.
    """

    outcome: str
    number: int | None = None
    keys: tuple[Key, ...] = ()


class Backup(NamedTuple):
    """All that a backup of the base holds; objects are immutable, so copies are cheap."""

    sent: int
    received: int
    registered: dict[Key, int | None]
    objects: dict[Key, Any]
    tombs: dict[Key, str]
    extra: Any


class Base(ABC):
    """Node codes, two numbers, a table of registered changes, the objects.

    ``registered`` maps an object to the number of the message that it left with, None where it has
    not left yet. ``echoes``: what is loaded is registered as if it were an edit. ``keeps_first``: what
    leaves again keeps the number of the first message that carried it. ``tombs`` are the
    markers of what was deleted here. ``archive`` holds every message that this base ever wrote, in
    all its lives; the present one began at ``life``.
    """

    side: str
    bom = False

    def __init__(
        self, own: str, other: str, folder: Path, clock: Clock, echoes: bool = False
    ) -> None:
        self.own = own
        self.other = other
        self.folder = folder
        self.clock = clock
        self.echoes = echoes
        self.keeps_first = False
        self.suffix = ".xml"
        self.sent = 0
        self.received = 0
        self.registered: dict[Key, int | None] = {}
        self.objects: dict[Key, Any] = {}
        self.tombs: dict[Key, str] = {}
        self.archive: list[Sent] = []
        self.life = 0
        self.unfinished: bytes | None = None
        self.complaints: list[str] = []

    # -- what each base does in its own way ------------------------------------------------------

    @abstractmethod
    def _header(self) -> Header:
        """The header's format and versions; numbers, codes and time are put in here."""

    @abstractmethod
    def _print(self, key: Key) -> str:
        """The object as text, or its deletion."""

    @abstractmethod
    def _said(self, key: Key) -> Any:
        """What a message says of an object: its value, or of a deletion its marker."""

    @abstractmethod
    def _load(self, element: etree._Element) -> Key | None:
        """Take an object of the other side's; None where this base has no use for it."""

    @abstractmethod
    def _knows(self, namespace: str) -> bool:
        """Whether this base reads a format."""

    def _extra(self) -> Any:
        """What a backup holds beside numbers, registrations and objects."""
        return None

    def _take_extra(self, extra: Any) -> None:  # noqa: B027 - a base may have nothing more
        """The reverse of `_extra`."""

    # -- edits -----------------------------------------------------------------------------------

    def put(self, key: Key, value: Any) -> None:
        """Write an object and register it for the other node."""
        self.objects[key] = value
        self.tombs.pop(key, None)
        self.registered[key] = None

    def drop(self, key: Key, marker: str | None = None) -> None:
        """Delete an object and register the deletion."""
        self.objects.pop(key, None)
        self.registered[key] = None
        if marker is not None:
            self.tombs[key] = marker

    def register_all(self) -> None:
        """Everything that goes to the other node is registered, as after a restore."""
        for key in self.objects:
            if self._goes_out(key):
                self.registered[key] = None

    def _goes_out(self, key: Key) -> bool:
        return True

    # -- sending ---------------------------------------------------------------------------------

    @property
    def out_path(self) -> Path:
        """Where this base writes."""
        return self.folder / f"Message_{self.own}_{self.other}{self.suffix}"

    def compose(self) -> bytes:
        """The next message: every registered object; what had not left is marked with its number."""
        self.sent += 1
        for key, left in self.registered.items():
            if left is None or not self.keeps_first:
                self.registered[key] = self.sent
        header = replace(
            self._header(),
            created=self.clock.tick(),
            confirmed=True,
            plan=PLAN,
            to=self.other,
            sender=self.own,
            message_no=self.sent,
            received_no=self.received,
        )
        texts = [self._print(key) for key in self.registered]
        text = opening(header, header.namespace, self.bom) + "".join(texts) + closing()
        data = self._packed(text.encode())
        said = {key: self._said(key) for key in self.registered}
        self.archive.append(Sent(self.side, self.sent, data, said))
        return data

    def send(self) -> int:
        """Write the next message in place under its final name; returns its number."""
        self.unfinished = None
        self.write([self.compose()])
        return self.sent

    def begin_send(self) -> int:
        """Like `send`, but only half of the bytes have arrived; `finish` writes the rest."""
        data = self.compose()
        self.unfinished = data
        self.write([data[: len(data) // 2]])
        return self.sent

    def finish(self) -> None:
        """The rest of the bytes arrives, if a message is still on its way."""
        if self.unfinished is not None:
            self.write([self.unfinished])
            self.unfinished = None

    def write(self, chunks: Iterable[bytes]) -> None:
        """Bytes under the final name, chunk after chunk, as 1C copies them there."""
        with self.out_path.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
                file.flush()

    def _packed(self, data: bytes) -> bytes:
        if self.suffix == ".xml":
            return data
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"Message_{self.own}_{self.other}.xml", data)
        return packed.getvalue()

    # -- receiving -------------------------------------------------------------------------------

    def receive(self) -> Received:
        """Look at the other side's files and take the newest that is new."""
        found: tuple[Header, etree._Element] | None = None
        for path in sorted(self.folder.glob(f"Message*_{self.other}_{self.own}.*")):
            data = path.read_bytes()
            if not data:
                continue
            try:
                root = etree.fromstring(unpacked(data))
            except (etree.XMLSyntaxError, zipfile.BadZipFile):
                return Received("torn")
            header = read_header(root[0])
            if found is None or (header.message_no or 0) > (found[0].message_no or 0):
                found = (header, root)
        return Received("nothing") if found is None else self._receive(*found)

    def _receive(self, header: Header, root: etree._Element) -> Received:
        number = header.message_no or 0
        if header.format == ENTERPRISE_DATA:
            return Received("greeting", number)
        if not self._knows(header.namespace):
            return Received("foreign", number)
        if number <= self.received:
            return Received("repeat", number)
        acknowledged = header.received_no or 0
        self.registered = {
            key: left
            for key, left in self.registered.items()
            if left is None or left > acknowledged
        }
        body = root.find("{*}Body")
        loaded = [self._load(each) for each in (() if body is None else body)]
        keys = tuple(key for key in loaded if key is not None)
        for key in keys:
            self.tombs.pop(key, None)
        if self.echoes:
            self.registered.update(
                dict.fromkeys((key for key in keys if self._goes_out(key)), None)
            )
        self.received = number
        return Received("loaded", number, keys)

    def sync(self) -> Received:
        """An exchange as 1C runs it: read, then write."""
        received = self.receive()
        self.send()
        return received

    # -- backups ---------------------------------------------------------------------------------

    def backup(self) -> Backup:
        """Everything in the base; the folder is not part of it."""
        return Backup(
            self.sent,
            self.received,
            dict(self.registered),
            dict(self.objects),
            dict(self.tombs),
            self._extra(),
        )

    def restore(self, backup: Backup) -> None:
        """The base as it was."""
        self.sent, self.received = backup.sent, backup.received
        self.registered, self.objects = dict(backup.registered), dict(backup.objects)
        self.tombs = dict(backup.tombs)
        self.life = len(self.archive)
        self._take_extra(backup.extra)
        self.unfinished = None


def unpacked(data: bytes) -> bytes:
    """The message itself, taken out of its zip where it came in one."""
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(archive.namelist()[0])
