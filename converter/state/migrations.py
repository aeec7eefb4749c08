"""From each layout of the state to the next; each runs once, after a backup, in one transaction.

Layout 1 is the first. 2 keeps former versions whole (`tables.former`), of which 1 kept the marks
alone, in ``past``. 3 knows operations without an invoice and what people tied. 4 knows what is wrong
and who was told. 5 keeps a record once where a side holds the version that stands. 6 knows which cards
were made from invoices. Whoever changes `converter.state.tables` raises its ``VERSION`` and adds here
the function that changes the database of the layout before. What a migration needs to know of its layout stands in it: later changes of the
program must not change it.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlalchemy import Connection, TableClause, bindparam, column, false, select, text

from converter.mapping.content import mark
from converter.objects import Counterparty, Invoice, Party
from converter.state import tables
from converter.state.codec import (
    CONTRACT,
    COUNTERPARTY,
    INVOICE,
    decode,
    decode_book_operation,
)
from converter.state.memory import memory_of
from converter.state.unlinked import Keys, Unlinked

Migration = Callable[[Connection], None]


def _former_versions(connection: Connection) -> None:
    """Marks without a record still tell that a version is an old one."""
    tables.former.create(connection)
    connection.execute(
        text(
            "INSERT INTO former (link, kind, ref, full, mark, until)"
            " SELECT past.link, kind, ref, mark, mark, begun"
            " FROM past JOIN link ON link.link = past.link"
        )
    )
    connection.execute(text("DROP TABLE past"))


def _unlinked(connection: Connection) -> None:
    """Layout 3 knows operations without an invoice, whose each invoice is, and people's ties."""
    for table in (tables.unlinked, tables.debtor, tables.tie):
        table.create(connection)
    for link in list(connection.execute(select(tables.link.c.link)).scalars()):
        found = Unlinked(connection, link)
        object_, operation = tables.object_, tables.operation
        invoices = select(object_.c.ref, object_.c.record).where(
            object_.c.link == link, object_.c.kind == INVOICE, object_.c.record.is_not(None)
        )
        for ref, data in connection.execute(invoices):
            invoice: Invoice = decode(INVOICE, data)
            found.owes(ref, None, _keys_3(invoice.party))
        operations = select(operation).where(operation.c.link == link, operation.c.live)
        for row in connection.execute(operations).mappings():
            record = decode_book_operation(row["record"])
            customers = row["element"] in _ANYBODYS_3 or record.settlement == "СПокупателем"
            empty = json.loads(row["facts"]) == [] and not row["elsewhere"]
            if record.party is not None and customers and empty:
                found.put(row["ref"], _keys_3(record.party))
    memory_of(connection).flush()


#: operations that do not say ВидРасчетов
_ANYBODYS_3 = (
    "Документ.РеализацияТоваровУслуг",
    "Документ.ВозвратТоваровОтПокупателя",
    "Документ.ОперацияПоПлатежнойКарте",
)


def _keys_3(party: Party) -> Keys:
    """The keys of a counterparty in layout 3."""
    nameless = f"{party.inn}/{party.kpp or ''}" if party.inn else f"/{party.name}"
    return (party.ref.lower() if party.ref else nameless, nameless)


def _alerts(connection: Connection) -> None:
    """Layout 4 knows what is wrong and which channel has told it; nobody was told anything before."""
    for table in (tables.rejection, tables.trouble, tables.told, tables.channel):
        table.create(connection)


def _held_once(connection: Connection) -> None:
    """Layout 5 keeps a record once where a side holds the version that stands; what is there already
    is kept as it is.

    The new column has no default: an older program that still runs fails, and does not write on.
    """
    connection.execute(text("CREATE TABLE holding_4 AS SELECT * FROM holding"))
    connection.execute(text("DROP TABLE holding"))
    tables.holding.create(connection)
    names = ("link", "side", "kind", "ref", "number", "mark", "full", "record")
    before = TableClause("holding_4", *(column(name) for name in names))
    rows = select(*(before.c[name] for name in names), false())
    connection.execute(tables.holding.insert().from_select([*names, "stands"], rows))
    connection.execute(text("DROP TABLE holding_4"))


def _made_from_invoices(connection: Connection) -> None:
    """Layout 6 knows what the CRM's invoices say of a card that was made from one.

    Before, nothing told such a card from one that the CRM sent: one that never changed, and says no
    more than an invoice does, was most probably made. Where it was not, the CRM's next card tells.
    """
    connection.execute(text("ALTER TABLE object ADD COLUMN named VARCHAR"))
    object_ = tables.object_
    kept = select(object_.c.link, object_.c.kind, object_.c.ref, object_.c.record).where(
        object_.c.kind.in_((COUNTERPARTY, CONTRACT)),
        object_.c.record.is_not(None),
        object_.c.before.is_(None),
    )
    found = []
    for link, kind, ref, data in connection.execute(kept):
        card = decode(kind, data)
        if kind == CONTRACT or card == Counterparty(card.key, card.client):
            found.append({"_link": link, "_kind": kind, "_ref": ref, "said": mark(card.key)})
    if found:
        columns = (object_.c.link, object_.c.kind, object_.c.ref)
        mine = (each == bindparam(f"_{each.name}") for each in columns)
        connection.execute(object_.update().where(*mine).values(named=bindparam("said")), found)


#: the first leads from layout 1 to layout 2, and so on
MIGRATIONS: tuple[Migration, ...] = (
    _former_versions,
    _unlinked,
    _alerts,
    _held_once,
    _made_from_invoices,
)
