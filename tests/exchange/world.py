"""Two folders, a clock and the converter: what tests of the exchange write, run and read.

A `Base` writes messages as a CRM or a BP would, numbered and acknowledging by itself unless told
otherwise, and reads ours; every message of ours that is read is judged by its official schema.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lxml import etree

from converter.envelope.header import Header
from converter.envelope.reader import Reader
from converter.exchange.locking import locked
from converter.exchange.report import Report
from converter.exchange.run import Exchange, Surroundings
from converter.far.opening import Connect, connect
from converter.formats import CRM as CRM_DIALECT
from converter.formats import CRM_VERSION, ENTERPRISE_DATA
from converter.formats.schemas import schema_path
from converter.settings import Bp, Crm, Link
from converter.state.bases import Base as BaseRow
from converter.state.bases import Bases
from converter.state.held import Held, HeldObjects
from converter.state.journal import entries
from converter.state.opening import State, open_state
from tests.mapping.book import Book, namespace
from tests.messages import CRM_FORMAT, PLAN, header, message

SETTLE = 60
BOOK = Book("1.19")
OFFICIAL = Path(__file__).parents[3] / "shared" / "enterprisedata" / "xsd"
BP_VERSIONS = ("1.8", "1.19")


class Letter(NamedTuple):
    """A message of ours as a base reads it."""

    name: str
    data: bytes
    header: Header
    body: bool
    objects: list[etree._Element]

    @property
    def number(self) -> int:
        return self.header.message_no or 0

    @property
    def received(self) -> int:
        return self.header.received_no or 0

    @property
    def names(self) -> list[str]:
        return [etree.QName(each).localname for each in self.objects]

    def all(self, name: str) -> list[etree._Element]:
        return [each for each in self.objects if etree.QName(each).localname == name]

    def one(self, name: str) -> etree._Element:
        found = self.all(name)
        assert len(found) == 1, (name, self.names)
        return found[0]


class Base:
    """A CRM or a BP that keeps its numbers as 1C does."""

    def __init__(self, world: World, side: str, own: str, other: str, version: str) -> None:
        self.world = world
        self.side = side
        self.own, self.other = own, other
        self.folder = world.root / "exchange" / side
        self.version = version
        self.sent = self.received = 0
        self.name = f"Message_{own}_{other}.xml"
        self.plain = side == "crm" and version == CRM_VERSION
        self.versions: tuple[str, ...] = BP_VERSIONS
        if side == "crm":
            self.versions = (version,)

    @property
    def space(self) -> str:
        return CRM_FORMAT if self.plain else namespace(self.version)

    def compose(self, *objects: str, body: bool = True, **head: Any) -> bytes:
        """The bytes of a message; ``head`` are arguments of `tests.messages.header`."""
        if "message_no" not in head:
            self.sent += 1
        fields: dict[str, Any] = {
            "format": self.space,
            "created": self.world.tick().isoformat(),
            "message_no": self.sent,
            "received_no": self.received,
            "sender": self.own,
            "to": self.other,
            "versions": self.versions,
        } | head
        text = message("\n".join(objects) if body else None, header(**fields), self.space)
        return text.encode()

    def send(self, *objects: str, name: str | None = None, **head: Any) -> bytes:
        """Write the next message under its final name."""
        data = self.compose(*objects, **head)
        self.put(data, name)
        return data

    def put(self, data: bytes, name: str | None = None) -> Path:
        """Bytes under a name."""
        path = self.folder / (name or self.name)
        path.write_bytes(data)
        return path

    def read(self) -> Letter:
        """Our message that lies there, which the base takes: it acknowledges it from now on."""
        letter = self.look()
        assert letter is not None, "nothing of ours lies there"
        if letter.number > self.received:
            self.received = letter.number
        return letter

    def look(self) -> Letter | None:
        """Our message that lies there; None where none does."""
        found = sorted(self.folder.glob(f"Message_{self.other}_{self.own}.*"))
        assert len(found) <= 1, found
        return parsed(found[0], self.side) if found else None

    def ours(self) -> Path:
        """The file of ours."""
        (found,) = self.folder.glob(f"Message_{self.other}_{self.own}.*")
        return found

    def rejected(self) -> list[str]:
        """What was set aside, without its date."""
        place = self.folder / "rejected"
        if not place.is_dir():
            return []
        return sorted(each.name.partition(" ")[2] for each in place.iterdir())

    def reports(self) -> list[str]:
        """The reports beside what was set aside."""
        texts = sorted((self.folder / "rejected").glob("*.txt"))
        return [each.read_text("utf-8-sig") for each in texts]

    def greet(self, number: int | None = 0, guid: str | None = None, name: str | None = None,
              types: str = "", versions: tuple[str, ...] | None = None) -> bytes:  # fmt: skip
        """1C's settings: a bare format, no Body."""
        after = "" if guid is None else f"<msg:NewFrom>{guid}</msg:NewFrom>"
        after += types
        return self.send(
            body=False, format=CRM_FORMAT if self.plain else ENTERPRISE_DATA,
            message_no=number, after=after, name=name, versions=versions or self.versions,
        )  # fmt: skip


class World:
    """Everything of one test; ``root`` is an empty folder."""

    def __init__(
        self, root: Path, bp_version: str = "1.19", url: str = "", **settings: Any
    ) -> None:
        self.root = root
        self.now = datetime(2026, 2, 11, 8)
        codes = settings.pop("codes", ("CRM", "BP"))
        crm = settings.get("crm", {}).get("version", CRM_VERSION)  # of one that says EnterpriseData
        self.crm = Base(self, "crm", codes[0], codes[1], crm)
        self.bp = Base(self, "bp", codes[1], codes[0], bp_version)
        for each in (self.crm, self.bp):
            each.folder.mkdir(parents=True, exist_ok=True)
        sides = {name: settings.pop(name, {}) for name in ("crm", "bp")}
        version = settings.pop("version", "1.19")
        self.link = Link(
            name=settings.pop("name", "main"),
            crm=Crm(code=codes[0], folder=self.crm.folder, **sides["crm"]),
            bp=Bp(code=codes[1], folder=self.bp.folder, version=version, **sides["bp"]),
            plan=PLAN,
            **{"settle": SETTLE} | settings,
        )
        self.environment: dict[str, str] = {}
        self.connect: Connect = connect
        self.url = url
        self._state: State | None = None

    # -- the clock and the state ------------------------------------------------------------------

    def tick(self, seconds: float = 1) -> datetime:
        """Time goes by."""
        self.now += timedelta(seconds=seconds)
        return self.now

    @property
    def database(self) -> Path:
        """The file of the state. Skips a test where that lies on a server."""
        if self.url:
            pytest.skip("of a state in a file")
        return self.root / "exchange.db"

    def state(self) -> State:
        """The open state."""
        if self._state is None:
            url = self.url or f"sqlite:///{self.database}"
            self._state = open_state(url, list, self.now)
        return self._state

    def close(self) -> None:
        """Let go of the state; the next pass opens it."""
        if self._state is not None:
            self._state.close()
            self._state = None

    # -- the converter ----------------------------------------------------------------------------

    def exchange(self, checkpoint: Callable[[str], None] | None = None) -> Exchange:
        """The exchange of a new process."""
        clock = lambda: self.now  # noqa: E731
        around = Surroundings(
            clock, self.environment, checkpoint or (lambda name: None), self.connect
        )
        return Exchange(self.link, self.state(), around)

    def run(self, checkpoint: Callable[[str], None] | None = None) -> Report:
        """One pass, a second later."""
        self.tick()
        exchange = self.exchange(checkpoint)
        with locked(exchange, self.now, 0.0):
            return exchange.run()

    def x(self, side: str, *objects: str, **head: Any) -> Letter | None:
        """A base reads what lies there and sends; a pass; what then lies there for it."""
        base: Base = getattr(self, side)
        letter = base.look()
        if letter is not None and letter.number > base.received:
            base.received = letter.number
        base.send(*objects, **head)
        self.run()
        return base.look()

    def calm(self, rounds: int = 4) -> None:
        """Everybody exchanges without saying anything new, until nobody has to answer."""
        for _ in range(rounds):
            for base in (self.crm, self.bp):
                letter = base.look()
                if letter is not None and letter.number > base.received:
                    base.received = letter.number
                base.send()
                self.run()

    def retry(self, *keys: str) -> Report:
        """``converter retry``."""
        exchange = self.exchange()
        exchange.command("retry", keys=list(keys))
        return exchange.run()

    def restored(self, side: str, received: int) -> None:
        """A base was restored, has sent nine messages and read so many: a person agreed, and a pass."""
        self.exchange().command("restored", side=side, sent=9, received=received, agreed=True)
        self.run()
        getattr(self, side).sent = 9

    # -- what it knows ----------------------------------------------------------------------------

    def row(self, side: str) -> BaseRow:
        """The counters of a side."""
        with self.state().read() as connection:
            return Bases(connection, self.link.name).base(side)

    def held(self) -> list[Held]:
        """What is held."""
        with self.state().read() as connection:
            return HeldObjects(connection, self.link.name).all()

    def errors(self) -> list[str]:
        """Why something is held, by problem id."""
        return [each.kind.id for held in self.held() for each in held.reasons()]

    def journal(self, event: str | None = None) -> list[dict[str, Any]]:
        """The journal, oldest first."""
        with self.state().read() as connection:
            lines = list(entries(connection))[::-1]
        return [each for each in lines if event in (None, each["event"])]

    def warnings(self) -> list[str]:
        """The ids of the warnings in the journal."""
        return [each["details"]["problem"]["id"] for each in self.journal("warning")]


def parsed(path: Path, side: str) -> Letter:
    """A message of ours, which must be valid."""
    data = path.read_bytes()
    inner = data
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            (name,) = archive.namelist()
            inner = archive.read(name)
    reader = Reader(io.BytesIO(inner))
    body = reader.namespace is not None
    assert len(list(reader)) >= 0
    found = etree.fromstring(inner).find("{*}Body")
    objects = [] if found is None else list(found)
    bare = reader.header.format in (ENTERPRISE_DATA, CRM_FORMAT) and not body
    if not bare:
        space = reader.header.format
        version = space.rpartition("/")[2]
        faults = _faults("crm" if space == CRM_FORMAT else version, inner)
        assert not faults, (path, faults)
    return Letter(path.name, data, reader.header, body, objects)


def _faults(version: str, data: bytes) -> list[str]:
    schema = _schema(version)
    if schema.validate(etree.fromstring(data)):
        return []
    return [str(error.message) for error in schema.error_log]


@cache
def _schema(version: str) -> etree.XMLSchema:
    path = OFFICIAL / version / "Message.xsd"
    if version == "crm":
        path = schema_path(CRM_DIALECT, "Message.xsd")
    elif not path.is_file():
        from converter.formats import bp

        path = schema_path(bp(version), "Message.xsd")
    return etree.XMLSchema(etree.parse(str(path)))


def text(element: etree._Element, path: str) -> str | None:
    """The text at a path of local names."""
    found: str | None = element.findtext("/".join(f"{{*}}{step}" for step in path.split("/")))
    return found


def state_of(letter: Letter) -> dict[str, str]:
    """The only СостояниеСчета of a message: its own fields that are single texts."""
    return fields(letter.one("СостояниеСчета"))


def fields(element: etree._Element) -> dict[str, str]:
    """The direct children that hold text."""
    return {etree.QName(each).localname: each.text or "" for each in element if not len(each)}


def listing(*roots: Path) -> dict[str, tuple[int, bytes | None]]:
    """Everything below folders: times and bytes."""
    found: dict[str, tuple[int, bytes | None]] = {}
    for root in roots:
        for path in sorted(_walk(root)):
            data = path.read_bytes() if path.is_file() else None
            found[str(path)] = (path.stat().st_mtime_ns, data)
    return found


def _walk(root: Path) -> Iterator[Path]:
    yield root
    if root.is_dir():
        yield from root.rglob("*")
