"""What a restored base did not name among its complete contents (PROTOCOL R8)."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from converter.state import tables
from converter.state.bases import Base
from converter.state.files import Files


def unnamed(connection: Connection, link: str, base: Base) -> list[str]:
    """The keys of what its message that lies there lacks, where a person must agree that it goes;
    an earlier message, which this one replaced, may have lacked more."""
    files = Files(connection, link, base.side).all().values()
    if base.restored is None or all(each.verdict != "ask" for each in files):
        return []
    table = tables.journal
    mine = (
        table.c.link == link,
        table.c.side == base.side,
        table.c.event == "missing",
        table.c.at >= base.restored,
    )
    last = select(func.max(table.c["pass"])).where(*mine).scalar_subquery()
    found = select(table.c.kind, table.c.ref).where(*mine, table.c["pass"] == last).distinct()
    return sorted(f"{kind} {ref}" for kind, ref in connection.execute(found))
