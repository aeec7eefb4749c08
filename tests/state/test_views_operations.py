"""Operations by their keys, as people know them (SPEC §7)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from converter.state.book import Book
from converter.views.operations import operations
from tests.messages import bp_payment, crm_invoice, guid
from tests.state.links import Linked


def test_an_operation_and_a_key_of_none(tmp_path: Path) -> None:
    linked = Linked(tmp_path)
    linked.crm(crm_invoice())
    linked.bp(bp_payment())
    state = linked.state()
    with state.read() as connection:
        (known,) = Book(connection, "main").operations()
        wanted = [f"Документ.ТорговаяОперация {ref}" for ref in (known.ref, guid(99))]
        (first, operation), unknown = operations(connection, "main", wanted)
    state.close()
    assert first == wanted[0]
    assert operation is not None
    assert (operation.kind, operation.number) == (
        "ПоступлениеБезналичныхДС",
        known.record.key.number,
    )
    assert operation.date == known.record.key.date
    assert operation.sum == Decimal(known.record.total or 0) > 0
    assert operation.counterparty
    assert unknown == (wanted[1], None)
