"""How a queue leaves in a message, and what a side holds when it has read one: whole statements, since
a side may hold very much (PROTOCOL R2).

Their parameters: the link and the side, ``number`` or ``now`` of the message that leaves, ``until``
which number a side has read, ``unknown`` the mark of a version that is not known.
`converter.state.versions` uses them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
)

from converter.state import tables


def _of(table: Any, link: str = "_link", side: str = "_side") -> ColumnElement[bool]:
    """The rows of a side, by parameters of these names."""
    return and_(table.c.link == bindparam(link), table.c.side == bindparam(side))


_MINE = _of(tables.queue, "link", "side")


def _queued(*columns: Any) -> Select[Any]:
    """Columns of the queue of a side, and of the objects that are in it."""
    queue, objects = tables.queue, tables.object_
    same = and_(
        objects.c.link == queue.c.link, objects.c.kind == queue.c.kind, objects.c.ref == queue.c.ref
    )
    return select(*columns).join(objects, same).where(_MINE)


#: what is in a side's queue
DUE = _queued(tables.queue.c.kind, tables.queue.c.ref, tables.queue.c.number, tables.object_.c.mark)
#: how much that is
QUEUED = select(func.count()).where(_MINE)
#: all of it leaves
ALL_LEAVE = tables.queue.update().where(_of(tables.queue)).values(number=bindparam("now"))
#: what left is what the side was told, as it stands
LEFT = tables.holding.insert().from_select(
    ("link", "side", "kind", "ref", "number", "mark", "full", "stands"),
    _queued(
        *(tables.queue.c[name] for name in ("link", "side", "kind", "ref", "number")),
        *(tables.object_.c[name] for name in ("mark", "full")),
        tables.object_.c.record.is_not(None),
    ).where(tables.queue.c.number == bindparam("number")),
)


#: the number of what a side holds
_HELD = literal_column("0", Integer)


def _read_by_now(table: Any) -> ColumnElement[bool]:
    """What a side was told by messages that it has read now."""
    number = table.c.number
    return and_(_of(table), number > _HELD, number <= bindparam("until"))


def _replaced() -> ColumnElement[bool]:
    """What a side held or was told before something that it has read now. Found from the latter,
    which is little, whatever the side holds."""
    later = tables.holding.alias("later")
    before = tables.holding.alias("before")
    same = and_(
        *(before.c[name] == later.c[name] for name in ("link", "side", "kind", "ref")),
        before.c.number < later.c.number,
    )
    found = select(*before.primary_key).join_from(later, before, same).where(_read_by_now(later))
    return tuple_(*tables.holding.primary_key).in_(found)


#: what a side has read takes the place of what it held before
REPLACED = tables.holding.delete().where(_replaced())
#: and is held from now on
READ = tables.holding.update().where(_read_by_now(tables.holding)).values(number=_HELD)
#: it is not due any more
ARRIVED = tables.queue.delete().where(_read_by_now(tables.queue))

#: of what a side holds nobody knows any more which version that is
DOUBTED = (
    tables.holding.update()
    .where(_of(tables.holding))
    .values(mark=bindparam("unknown"), full=bindparam("unknown"))
)
#: every object
NAMES = select(tables.object_.c.kind, tables.object_.c.ref).where(
    tables.object_.c.link == bindparam("link")
)
