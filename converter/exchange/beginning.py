"""The beginning of a link: its two bases, and the GUIDs under which we stand for each of them."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Connection

from converter.exchange.archive import Archive, Record
from converter.settings import Link
from converter.state.bases import SIDES, Base, Bases
from converter.state.bases import Link as LinkRow


def begin_link(
    connection: Connection, link: Link, archive: Archive | None, now: datetime, first: Record | None
) -> None:
    """Make a link's rows. ``first`` is the record of its beginning where it has begun before.

    A GUID is made once: 1C knows a base by it (SPEC §4, "Greeting").
    """
    facts = first.facts if first is not None else {side: str(uuid.uuid4()) for side in SIDES}
    begun = first.at if first is not None else now
    if archive is not None and first is None:
        archive.write(
            Record(1, now, link.conflicts, link.bp.version, command={"name": "begin"}, facts=facts)
        )
    bases = Bases(connection, link.name)
    bases.set_link(LinkRow(1, 0, begun))
    for side in SIDES:
        bases.set_base(Base(side, facts[side]))
