"""The tables of the state, in SQLAlchemy's terms, for SQLite and other databases alike.

``side`` is ``crm`` or ``bp`` throughout. An object is named by ``kind``, its element in the CRM's
format, and ``ref``, its GUID in small letters (or another key, where an object has no GUID).
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.types import TypeEngine

#: the version of this layout; `converter.state.migrations` leads to it from every earlier one
VERSION = 6

METADATA = MetaData()


def _table(name: str, *columns: Column[object] | Index) -> Table:
    return Table(name, METADATA, *columns)


class _Short(TypeDecorator[str]):
    """A text in an index of PostgreSQL's, which has a limit: of a long one the beginning and the
    digest. Only what somebody made up is so long, and it is looked for by the same.

    Sorted by its letters' numbers, as in SQLite.
    """

    impl = String(collation="C")
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: object) -> str | None:
        """As it is kept, and looked for."""
        if value is None or len(value) <= _LONGEST:
            return value
        digest = sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{value[:_KEPT]}…{digest}"


_LONGEST = 300
_KEPT = 100


def kept_whole(key: tuple[Any, ...]) -> bool:
    """Whether every database gives back a key as it is looked for."""
    for each in key:  # noqa: SIM110 - a loop: it is asked for every row
        if isinstance(each, str) and len(each) > _LONGEST:
            return False
    return True


_NAME = String().with_variant(_Short(), "postgresql")


def _key(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]] = _NAME) -> Column[Any]:
    return Column(name, kind, primary_key=True, autoincrement=False, nullable=False)


#: one row: which layout this database has
layout = _table("layout", _key("version", Integer))

#: a pair of bases; ``passes`` is the running number of the archive (PROTOCOL R9)
link = _table(
    "link",
    _key("link"),
    Column("passes", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("begun", DateTime, nullable=False),
)

#: one base of a link: its counters (SPEC §4), and what it said of itself
base = _table(
    "base",
    _key("link"),
    _key("side"),
    Column("guid", String, nullable=False),  # of the base that we stand for towards it
    Column("sent", Integer, nullable=False),
    Column("received", Integer, nullable=False),
    Column("acknowledged", Integer, nullable=False),
    Column("owed", Boolean, nullable=False),
    Column("created", DateTime),  # of the last message taken
    Column("alarm", Text),
    Column("versions", Text),
    Column("types", Text),
    Column("peer", String),  # its GUID
    Column("prefix", String),
    Column("plan", String),  # as it calls the exchange plan
    Column("version", String),  # of the format in which it was last written to
    Column("form", String),  # how it writes, and so is written to: see folder.zip_secrecy
    Column("inner", String),  # the name inside its zip
    Column("greeted", DateTime),  # its greeting to be answered: when it came
    Column("greeting", String),  # the digest of the last greeting answered
    Column("behind", DateTime),  # since when data wait behind our greeting
    Column("shown", String),  # what of ours lies in the folder: greeting, message or nothing
    Column("name", String),
    Column("stamp", String),
    Column("again", Integer, nullable=False),  # how often an acknowledgement alone was put back
    Column("life", Integer, nullable=False),  # how often it was restored (`incoming`)
    Column("restored", DateTime),  # since when its complete contents are awaited (R8)
    Column("agreed", Boolean, nullable=False),  # a person agreed to what they will withdraw
)

#: every message taken, for ever: a repeat is known however late it comes
incoming = _table(
    "incoming",
    _key("link"),
    _key("side"),
    _key("life", Integer),  # counts restores: the numbers of an earlier life are another's
    _key("number", Integer),
    Column("digest", String, nullable=False),
    Column("created", DateTime, nullable=False),
    Column("taken", DateTime, nullable=False),
    Column("objects", Integer, nullable=False),
)

#: every message written; its bytes stand in `part` until it is acknowledged (R10)
outgoing = _table(
    "outgoing",
    _key("link"),
    _key("side"),
    _key("number", Integer),
    Column("digest", String, nullable=False),
    Column("created", DateTime, nullable=False),
    Column("objects", Integer, nullable=False),
)

part = _table(
    "part",
    _key("link"),
    _key("side"),
    _key("number", Integer),
    _key("part", Integer),
    Column("data", LargeBinary, nullable=False),
)

#: what lies in a folder and was judged: not read again while its stamp stays
file = _table(
    "file",
    _key("link"),
    _key("side"),
    _key("name"),
    Column("stamp", String, nullable=False),
    Column("since", DateTime, nullable=False),
    Column("verdict", String, nullable=False),
    Column("report", Text),  # of a file that is to be moved away: why
    Column("aside", String),  # and under which name
)

#: the last file of a side that was rejected, until a later message of it is taken (docs/alerts.md)
rejection = _table(
    "rejection",
    _key("link"),
    _key("side"),
    Column("at", DateTime, nullable=False),
    Column("file", String, nullable=False),
    Column("problem", Text, nullable=False),
)

#: the current version of each object that both sides share or one is given
object_ = _table(
    "object",
    _key("link"),
    _key("kind"),
    _key("ref"),
    Column("mark", String, nullable=False),
    Column("full", String, nullable=False),
    Column("record", LargeBinary),  # None: deleted
    Column("before", String),  # the mark of the version before this one
    Column("turns", Integer, nullable=False),  # how often it has gone back and forth
    Column("named", String),  # of a card made from invoices: the mark of what they say of it
)

#: the invoices of a number and moment: refs, by a blank apart; hardly ever more than one
numbered = _table(
    "numbered",
    _key("link"),
    _key("number"),
    _key("date", DateTime),
    Column("refs", Text, nullable=False),
)

#: every version that a shared object had before this one: a restored base may hold it (R8)
former = _table(
    "former",
    _key("link"),
    _key("kind"),
    _key("ref"),
    _key("full"),
    Column("mark", String, nullable=False),
    Column("record", LargeBinary),  # None: deleted
    Column("until", DateTime, nullable=False),  # when another took its place
)

#: what a side holds (number 0), and what each message not acknowledged said of it (R2)
holding = _table(
    "holding",
    _key("link"),
    _key("side"),
    _key("kind"),
    _key("ref"),
    _key("number", Integer),
    Column("mark", String, nullable=False),
    Column("full", String, nullable=False),
    Column("record", LargeBinary),
    Column("stands", Boolean, nullable=False),  # the record is that of `object`, and only there
    Index("holding_number", "link", "side", "number"),
)

#: the objects of which a side is not known to hold the version that it should; ``number`` is that
#: under which this version left, 0 where it never did
queue = _table(
    "queue",
    _key("link"),
    _key("side"),
    _key("kind"),
    _key("ref"),
    Column("number", Integer, nullable=False),
    Index("queue_number", "link", "side", "number"),
)

#: a version that was refused, kept whole; one for each side and object (R5)
held = _table(
    "held",
    _key("link"),
    _key("side"),
    _key("kind"),
    _key("ref"),
    Column("stage", String, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("digest", String, nullable=False),
    Column("base", String),
    Column("version", String, nullable=False),
    Column("problems", Text, nullable=False),
    Column("since", DateTime, nullable=False),
)

#: an invoice of the CRM's as BP sees it
invoice = _table(
    "invoice",
    _key("link"),
    _key("ref"),
    Column("payment_state", String),
    Column("shipment_state", String),
    Column("withdrawn", Boolean, nullable=False),
    Column("mentioned", Boolean, nullable=False),  # BP has had a word on it: it has a state
)

#: another GUID that BP knows an invoice of the CRM's by
alias = _table("alias", _key("link"), _key("ref"), Column("invoice", String, nullable=False))

#: a payment or a shipment of BP's, whether or not it concerns the CRM (R6)
operation = _table(
    "operation",
    _key("link"),
    _key("ref"),
    Column("element", String, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("digest", String, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("line", Integer, nullable=False),
    Column("facts", Text, nullable=False),  # GUIDs of the invoices found
    Column("via", Text, nullable=False),  # pointer to another operation: the invoice it gave
    Column("elsewhere", Boolean, nullable=False),
    Column("shares", Text, nullable=False),  # invoice: how much of it belongs to that
)

#: which operations point at something, refs by a blank apart: judged again when that changes
pointed = _table(
    "pointed", _key("link"), _key("target"), Column("operations", Text, nullable=False)
)

#: how much of an operation belongs to an invoice
share = _table(
    "share",
    _key("link"),
    _key("invoice"),
    _key("operation"),
    Column("sum", String, nullable=False),
)

#: by which keys BP may name a counterparty of the CRM's; ``ref`` None: two share this key
party = _table(
    "party",
    _key("link"),
    _key("key"),
    Column("ref", String),
    Column("record", LargeBinary),
)

#: an operation without an invoice, by the keys of its counterparty (SPEC §2, "Unlinked")
unlinked = _table(
    "unlinked",
    _key("link"),
    _key("operation"),
    Column("key", _NAME, nullable=False),
    Column("other", _NAME, nullable=False),
    Index("unlinked_key", "link", "key"),
    Index("unlinked_other", "link", "other"),
)

#: the invoices of a counterparty, by each of its keys
debtor = _table("debtor", _key("link"), _key("key"), _key("invoice"))

#: what a person tied: so much of an operation to an invoice (SPEC §7, `link`)
tie = _table(
    "tie", _key("link"), _key("operation"), _key("invoice"), Column("sum", String, nullable=False)
)

#: what is wrong, or was until ``gone``; ``times`` it began, of late (docs/alerts.md)
trouble = _table(
    "trouble",
    _key("link"),
    _key("key"),
    Column("side", String, nullable=False),
    Column("object", String, nullable=False),
    Column("since", DateTime, nullable=False),
    Column("problems", Text, nullable=False),
    Column("gone", DateTime),
    Column("times", Integer, nullable=False),
)

#: which troubles a channel of alerts has told, and not yet told the end of
told = _table(
    "told", _key("channel"), _key("link"), _key("key"), Column("at", DateTime, nullable=False)
)

#: a channel of alerts: when it was last used, and since how many attempts it fails
channel = _table(
    "channel",
    _key("channel"),
    Column("sent", DateTime),
    Column("tried", DateTime),
    Column("failures", Integer, nullable=False),
    Column("problem", Text),
)

#: what happened, for people and for `journal`
journal = _table(
    "journal",
    Column("id", Integer, primary_key=True),
    Column("link", String, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("pass", Integer, nullable=False),
    Column("event", String, nullable=False),
    Column("side", String, nullable=False),
    Column("kind", _NAME, nullable=False),
    Column("ref", _NAME, nullable=False),
    Column("details", Text, nullable=False),
    Index("journal_object", "link", "kind", "ref"),
)
