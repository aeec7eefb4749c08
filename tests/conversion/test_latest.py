"""What comes later in a message wins, and sums stay in the invoice's currency (SPEC §2, §4)."""

from __future__ import annotations

import pytest

from tests.conversion.runs import Outcome, to_bp, to_crm
from tests.mapping.book import (
    BANK_IN,
    INVOICE,
    OPERATION,
    OTHER_OPERATION,
    Book,
    crm_invoice,
    el,
    guid,
    invoice_key,
    key,
    party,
)

BOOK = Book("1.19")
OPERATION_NAME = "Документ.ТорговаяОперация"
DELETED = BOOK.deletion(f"{BANK_IN.removeprefix('Документ.')}Ссылка", OPERATION)


def paid(sum: str) -> str:
    return BOOK.payment(rows=BOOK.payment_row(sum, invoice_key()), total=sum)


def shown(outcome: Outcome) -> list[tuple[str, str | None]]:
    """Name and sum of the operations and deletions, in their order."""
    return [
        (name, each.findtext("{*}Сумма"))
        for name, each in zip(outcome.names, outcome.objects, strict=True)
        if name != "Документ.СчетНаОплату"
    ]


def test_a_later_version_of_a_payment_that_waited_takes_its_place() -> None:
    outcome = to_crm(paid("100"), BOOK.invoice(), paid("150"))
    assert shown(outcome) == [(OPERATION_NAME, "150")]


def test_a_payment_that_waited_and_was_deleted_does_not_come_back() -> None:
    outcome = to_crm(paid("100"), BOOK.invoice(), DELETED)
    assert shown(outcome) == [("УдалениеОбъекта", None)]


def test_a_version_that_waited_for_a_shipment_gives_way_to_one_that_names_the_invoice() -> None:
    through = el("РеализацияТоваровУслугСсылка", key(OTHER_OPERATION, "БП-2"))
    first = BOOK.payment(rows=BOOK.payment_row("100", document=through), total="100")
    shipped = BOOK.shipment(OTHER_OPERATION, order=invoice_key(), goods=BOOK.goods_row())
    outcome = to_crm(first, paid("150"), shipped, known=[crm_invoice()])
    assert shown(outcome) == [(OPERATION_NAME, "150"), (OPERATION_NAME, "200")]


@pytest.mark.parametrize("known", [True, False])
def test_a_shipment_in_another_currency_than_the_invoice_is_held(known: bool) -> None:
    shipped = BOOK.shipment(order=invoice_key(), goods=BOOK.goods_row())
    dollars = BOOK.invoice(currency=BOOK.currency("840", "USD"))
    objects = [shipped] if known else [shipped, dollars]
    outcome = to_crm(*objects, known=[crm_invoice(currency="840")] if known else None)
    assert outcome.all(OPERATION_NAME) == []
    assert outcome.ids == ["SHIPPED_IN_OTHER"]


def test_vat_on_top_is_counted_by_its_rate_where_the_row_does_not_say_it() -> None:
    row = BOOK.goods_row(vat="НДС20", vat_sum=None)
    shipped = BOOK.shipment(total=None, included="false", order=invoice_key(), goods=row)
    made = to_crm(shipped).all(OPERATION_NAME)[0]
    assert made.findtext("{*}Сумма") == "240.00"
    assert made.findtext("{*}Счета/{*}Строка/{*}Сумма") == "240.00"


def test_numbers_beyond_all_bounds_hold_their_object_only() -> None:
    huge = BOOK.goods_row().replace("<Цена>100</Цена>", f"<Цена>{'9' * 40}</Цена>")
    assert "9" * 40 in huge
    bad = BOOK.shipment(order=invoice_key(), goods=huge)
    outcome = to_crm(bad, BOOK.payment(rows=BOOK.payment_row("1", invoice_key()), ref=guid(70)))
    assert len(outcome.all(OPERATION_NAME)) == 1
    assert outcome.ids == ["VALUE_INVALID"]


def test_a_client_that_bp_knows_by_a_guid_of_its_own_keeps_the_crms() -> None:
    card = el("Справочник.Контрагенты", el("КлючевыеСвойства", party(guid(71))))
    outcome = to_crm(card, known=[crm_invoice()])
    sent = el("Контрагент", party())
    assert outcome.refs == [guid_of(sent)]


def guid_of(text: str) -> str:
    return text.partition("<Ссылка>")[2].partition("</Ссылка>")[0]


def test_a_correction_of_a_crms_shipment_is_told_of() -> None:
    shipped = BOOK.shipment(order=invoice_key(), goods=BOOK.goods_row())
    name = "Документ.КорректировкаРеализацииТоваров"
    corrected = el(
        name, el("Основание", el("РеализацияТоваровУслугСсылка", key(OPERATION, "БП-1")))
    )
    assert to_crm(shipped, corrected, known=[crm_invoice()]).ids == ["NOT_COUNTED"]
    assert to_crm(corrected, shipped, known=[crm_invoice()]).ids == ["NOT_COUNTED"]
    assert to_crm(corrected, known=[crm_invoice()]).ids == []


def test_an_invoice_that_was_renumbered_gives_its_number_free() -> None:
    outcome = to_bp(
        crm_invoice(INVOICE, "СЧ-1"), crm_invoice(INVOICE, "СЧ-2"), crm_invoice(guid(72), "СЧ-1")
    )
    assert outcome.ids == []


def test_numbers_that_differ_by_blanks_are_one_number() -> None:
    outcome = to_bp(crm_invoice(INVOICE, "СЧ-1"), crm_invoice(guid(72), "СЧ-1  "))
    assert outcome.ids == ["NUMBER_TAKEN"]
