"""The hand-written objects of BP are what the official schemas accept: they are sound material."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import etree

from tests.mapping.book import (
    CARD,
    KINDS,
    PAYMENTS,
    VERSIONS,
    Book,
    invoice_key,
    message,
    namespace,
    official_faults,
    party,
)


def everything(book: Book) -> list[str]:
    """One of each object that the tests build, as full as they ever make it."""
    paper, order = ("ВХ-7", "2026-02-10"), ("П-9", "2026-02-09T11:00:00")
    row = book.payment_row(
        "150",
        invoice_key(),
        "150",
        "25",
        book.settlement(book.contract(), book.currency(name="ВалютаВзаиморасчетов"), "1", "1"),
    )
    said = {"comment": "к", "responsible": "Бухгалтер"}
    return [
        book.invoice(services=book_service(book)),
        book.shipment(
            order=invoice_key(),
            bill=invoice_key(),
            goods=book.goods_row(),
            services=book.service_row(),
            contract=book.contract(),
            **said,
        ),
        book.give_back(
            order=invoice_key(),
            shipment=invoice_key(),
            incoming=paper,
            contract=book.contract(),
            **said,
        ),
        *(
            book.payment(kind, row, incoming=paper, order=order, purpose="за", basis="по", **said)
            for kind in PAYMENTS
        ),
        book.card(row, **said),
        *(book.operation(kind, invoice_key()) for kind in KINDS),
        *(
            book.deletion(name, "b0000000-0000-0000-0000-000000000001")
            for name in ("КонтрагентыСсылка",)
        ),
    ]


def book_service(book: Book) -> str:
    """A service row of an invoice, whose item stands elsewhere in 1.7-1.18."""
    row = book.service_row(item=book.item(code=None))
    if book.version == "1.18":
        return row.replace("Номенклатура>", "ДанныеНоменклатуры>")
    if book.since("1.7") and not book.since("1.19"):
        row = row.replace("<Номенклатура>", "<ДанныеНоменклатуры><Номенклатура>")
        return row.replace("</Номенклатура>", "</Номенклатура></ДанныеНоменклатуры>")
    return row


@pytest.mark.parametrize("version", VERSIONS)
def test_the_official_schema_takes_every_object_of_the_book(
    version: str, official: Callable[[str], etree.XMLSchema]
) -> None:
    schema = official(version)
    book = Book(version)
    for text in everything(book):
        faults = official_faults(version, text)
        assert faults == []
    assert schema.validate(etree.fromstring(message(namespace(version), *everything(book))))


def test_a_fault_would_be_seen(official: Callable[[str], etree.XMLSchema]) -> None:
    assert official("1.19").validate(etree.fromstring(message(namespace("1.19"))))
    assert official_faults("1.19", Book("1.19").card().replace(party(), "")) != []
    assert official_faults("1.19", f"<{CARD}/>") != []
