"""How a link stands: counters, what waits and why, what is held (SPEC §7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from converter.exchange.archive import Archive
from converter.exchange.session import dialect_towards_bp
from converter.exchange.unnamed import unnamed
from converter.far.ledger import Outage
from converter.far.mirror import trouble_of
from converter.formats import CRM_VERSION
from converter.problems import Problem
from converter.problems import catalogue as say
from converter.settings import Link
from converter.state import tables
from converter.state.bases import SIDES, Base, Bases
from converter.state.files import Files
from converter.state.held import Held, HeldObjects
from converter.views.unlinked import UnlinkedView, unlinked


class Last(NamedTuple):
    """The last message of one way: its number, when it was taken or written, its objects."""

    number: int
    at: datetime
    objects: int


class Unfinished(NamedTuple):
    """A file that is not whole yet, and since when it lies there like that."""

    name: str
    since: datetime


class BaseView(NamedTuple):
    """One base of a link.

    ``waiting`` objects are due to it: ``unsent`` never left (``blocked`` of them because they are
    held), the others are on the way and not acknowledged ``since`` then. ``obstacle`` is why
    nothing is written to it although it is in no alarm; ``greeting``: data stand behind a greeting
    of ours. ``restored``: its complete contents are awaited since then; ``asked``: they came and
    lack something, and a person must agree to that. ``version`` is the format in which it is
    written to. ``away``: its folder's server failed when it was last asked.
    """

    side: str
    sent: int = 0
    received: int = 0
    acknowledged: int = 0
    waiting: int = 0
    unsent: int = 0
    blocked: int = 0
    since: datetime | None = None
    alarm: Problem | None = None
    obstacle: Problem | None = None
    greeting: bool = False
    restored: datetime | None = None
    asked: Problem | None = None
    version: str | None = None
    greeted: datetime | None = None
    taken: Last | None = None
    written: Last | None = None
    unfinished: tuple[Unfinished, ...] = ()
    away: Outage | None = None

    @property
    def well(self) -> bool:
        """Whether nothing waits for it, and nothing stands in its way."""
        return not (self.calls or self.waiting or self.unfinished)

    @property
    def calls(self) -> bool:
        """Whether it needs a person: what only waits goes on by itself."""
        return any((self.alarm, self.obstacle, self.restored, self.away))


class LinkView(NamedTuple):
    """One link; ``begun`` None where no pass of it ever ran.

    ``behind``: its archive tells of passes that the state does not know. ``unlinked`` is no
    trouble: most of it is BP's own business.
    """

    name: str
    begun: datetime | None
    crm: BaseView
    bp: BaseView
    held: list[Held]
    unlinked: list[UnlinkedView]
    rejected: int
    behind: Problem | None = None

    @property
    def well(self) -> bool:
        """Whether nothing waits, is held, or stands in the way."""
        return not self.calls and self.crm.well and self.bp.well

    @property
    def calls(self) -> bool:
        """Whether it needs a person."""
        return bool(self.held or self.behind or self.crm.calls or self.bp.calls)


def link_view(connection: Connection, link: Link) -> LinkView:
    """How a link stands, beside its archive too, and what is proposed for operations without an
    invoice."""
    view = standing(connection, link)
    row = Bases(connection, link.name).link()
    behind = _behind(link, 0 if row is None else row.passes)
    found = [] if row is None else unlinked(connection, link)
    return view._replace(behind=behind, unlinked=found)


def standing(connection: Connection, link: Link) -> LinkView:
    """What the state alone says of how a link stands, without operations that name no invoice:
    quick however many of those there are, and whatever becomes of the folders."""
    bases = Bases(connection, link.name)
    row = bases.link()
    if row is None:
        crm, bp = (BaseView(side, away=_away(link, side)) for side in SIDES)
        return LinkView(link.name, None, crm, bp, [], [], 0)
    held = HeldObjects(connection, link.name).all()
    crm, bp = (_base(connection, link, bases.base(side), held) for side in SIDES)
    return LinkView(link.name, row.begun, crm, bp, held, [], row.rejected)


def _behind(link: Link, known: int) -> Problem | None:
    """The archive may be one pass ahead, the one that is being committed; never more (R9)."""
    try:
        last = Archive(link).last()
    except OSError:
        return None  # away for now: the next pass tells
    return say.STATE_BEHIND(known=known, last=last) if last > known + 1 else None


def _base(connection: Connection, link: Link, base: Base, held: list[Held]) -> BaseView:
    unsent, on_the_way = _queue(connection, link.name, base.side)
    waiting = unsent + on_the_way
    files = list(Files(connection, link.name, base.side).all().values())
    dialect = dialect_towards_bp(link.bp.version, base) if base.side == "bp" else None
    return BaseView(
        side=base.side,
        sent=base.sent,
        received=base.received,
        acknowledged=base.acknowledged,
        waiting=waiting,
        unsent=unsent,
        blocked=_blocked(connection, link.name, base.side, held),
        since=_unacknowledged_since(connection, link.name, base) if on_the_way else None,
        alarm=base.reason,
        obstacle=_obstacle(base, waiting) if base.side == "bp" and dialect is None else None,
        greeting=base.shown == "greeting" and unsent > 0,
        restored=base.restored,
        asked=_asked(base, connection, link.name),
        version=_crm_version(link) if base.side == "crm" else dialect.version if dialect else None,
        greeted=base.greeted,
        taken=_last_taken(connection, link.name, base),
        written=_last_written(connection, link.name, base),
        unfinished=tuple(
            Unfinished(each.name, each.since) for each in files if each.verdict == "unfinished"
        ),
        away=_away(link, base.side),
    )


def _away(link: Link, side: str) -> Outage | None:
    base = link.of(side)
    return None if base.far is None else trouble_of(base.folder)


def _crm_version(link: Link) -> str:
    return CRM_VERSION if link.crm.format == "crm" else link.crm.version


def _queue(connection: Connection, link: str, side: str) -> tuple[int, int]:
    """How many objects of a side's queue never left, and how many are on the way."""
    table = tables.queue
    statement = (
        select(table.c.number == 0, func.count())
        .where(table.c.link == link, table.c.side == side)
        .group_by(table.c.number == 0)
    )
    found = {bool(unsent): int(count) for unsent, count in connection.execute(statement)}
    return found.get(True, 0), found.get(False, 0)


def _blocked(connection: Connection, link: str, side: str, held: list[Held]) -> int:
    """How many objects of a queue stay because a version of them is held (SPEC §5)."""
    table = tables.queue
    names = {(each.kind, each.ref) for each in held if each.blocks(side)}
    statement = select(table.c.kind, table.c.ref).where(
        table.c.link == link, table.c.side == side, table.c.number == 0
    )
    if not names:
        return 0
    return sum((kind, ref) in names for kind, ref in connection.execute(statement))


def _obstacle(base: Base, waiting: int) -> Problem | None:
    """BP has not said its versions, or has none in common with ours (SPEC §2)."""
    if base.formats:
        return say.VERSION_NONE(theirs=", ".join(base.formats))
    return say.VERSION_UNKNOWN(waiting=waiting) if waiting else None


def _unacknowledged_since(connection: Connection, link: str, base: Base) -> datetime | None:
    table = tables.outgoing
    statement = select(func.min(table.c.created)).where(
        table.c.link == link,
        table.c.side == base.side,
        table.c.number > base.acknowledged,
        table.c.objects > 0,
    )
    found: datetime | None = connection.execute(statement).scalar()
    return found


def _last_taken(connection: Connection, link: str, base: Base) -> Last | None:
    table = tables.incoming
    at = table.c.taken
    mine = (table.c.link == link) & (table.c.side == base.side) & (table.c.life == base.life)
    return _last(connection, table, at, mine)


def _last_written(connection: Connection, link: str, base: Base) -> Last | None:
    table = tables.outgoing
    mine = (table.c.link == link) & (table.c.side == base.side) & (table.c.number > 0)
    return _last(connection, table, table.c.created, mine)


def _last(connection: Connection, table: Any, at: Any, mine: Any) -> Last | None:
    statement = (
        select(table.c.number, at, table.c.objects)
        .where(mine)
        .order_by(table.c.number.desc())
        .limit(1)
    )
    row = connection.execute(statement).first()
    return None if row is None else Last(*row)


def _asked(base: Base, connection: Connection, link: str) -> Problem | None:
    """What its complete contents do not name, where they wait for somebody to agree (R8)."""
    count = len(unnamed(connection, link, base))
    return say.RESTORED_ASK(count=count, side=base.side) if count else None
