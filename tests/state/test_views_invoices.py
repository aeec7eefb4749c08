"""Invoices with their states and operations, chosen by client, interest and openness (SPEC §7)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from converter.values import ZERO
from converter.views.invoices import InvoiceView, Totals, Wanted, invoices
from tests.messages import (
    bp_deletion,
    bp_invoice_key,
    bp_payment,
    bp_shipment,
    crm_deletion,
    crm_invoice,
    crm_party,
    guid,
)
from tests.state.links import Linked

CHAIRS, DESKS = guid(50), guid(51)
DEAL = guid(60)


def belongs(client: str, interest: str, number: str, subject: str) -> str:
    """Интерес and Клиент of an invoice."""
    return (
        f"<Интерес><Ссылка>{interest}</Ссылка><Номер>{number}</Номер><Тема>{subject}</Тема></Интерес>"
        f"<Клиент><Ссылка>{DEAL}</Ссылка><Наименование>{client}</Наименование></Клиент>"
    )


ONE = crm_invoice(before_party=belongs("Пример", CHAIRS, "ИНТ-1", "Кресла в офис"))
TWO = crm_invoice(ref=guid(20), number="СЧ-2", date="2026-02-10T10:00:00")
THREE = crm_invoice(
    ref=guid(21),
    number="СЧ-3",
    date="2026-02-12T10:00:00",
    party=crm_party(guid(61), "Образец АО", "9988003037", "998801003"),
    before_party=belongs("Образцовый", DESKS, "ИНТ-12", "Столы"),
)


@pytest.fixture
def linked(tmp_path: Path) -> Linked:
    linked = Linked(tmp_path)
    linked.crm(ONE, TWO, THREE)
    linked.bp()
    return linked


def asked(linked: Linked, **wanted: object) -> list[InvoiceView]:
    state = linked.state()
    try:
        with state.read() as connection:
            return list(invoices(connection, "main", Wanted(**wanted)))  # type: ignore[arg-type]
    finally:
        state.close()


def numbers(linked: Linked, **wanted: object) -> list[str]:
    return [each.number for each in asked(linked, **wanted)]


def test_invoices_stand_by_date(linked: Linked) -> None:
    assert numbers(linked) == ["СЧ-2", "СЧ-1", "СЧ-3"]


def test_an_invoice_that_nobody_spoke_of_has_nothing_yet(linked: Linked) -> None:
    (one,) = asked(linked, interest="ИНТ-1")
    assert (one.paid, one.payment_state) == (ZERO, "НеОплачен")
    assert (one.shipped, one.shipment_state) == (ZERO, "НеОтгружен")
    assert (one.bp_payment_state, one.withdrawn, list(one.operations)) == (None, False, [])


def test_what_is_paid_and_shipped_with_its_operations(linked: Linked) -> None:
    linked.bp(bp_payment(sum="150"), bp_shipment())
    (one,) = asked(linked, interest="ИНТ-1")
    assert (one.paid, one.payment_state) == (Decimal(150), "ОплаченЧастично")
    assert (one.shipped, one.shipment_state) == (Decimal(200), "Отгружен")
    assert [(each.kind, each.number, each.sum) for each in one.operations] == [
        ("ПоступлениеБезналичныхДС", "БП-1", Decimal(150)),
        ("РеализацияТоваровУслуг", "БП-2", Decimal(200)),
    ]


def test_only_the_share_of_this_invoice_counts(linked: Linked) -> None:
    second = bp_invoice_key(guid(20)).replace("СЧ-1", "СЧ-2").replace("02-11", "02-10")
    both = bp_payment(sum="70").replace("<Сумма>70</Сумма>", "<Сумма>100</Сумма>", 1)
    row = both[both.index("<Строка>") : both.index("</РасшифровкаПлатежа>")]
    other = row.replace(bp_invoice_key(), second).replace(">70<", ">30<")
    linked.bp(both.replace("</РасшифровкаПлатежа>", f"{other}</РасшифровкаПлатежа>"))
    paid = {each.number: (each.paid, [op.sum for op in each.operations]) for each in asked(linked)}
    assert paid["СЧ-1"] == (Decimal(70), [Decimal(70)])
    assert paid["СЧ-2"] == (Decimal(30), [Decimal(30)])
    assert paid["СЧ-3"] == (ZERO, [])


def test_a_deleted_operation_is_gone(linked: Linked) -> None:
    linked.bp(bp_payment())
    linked.bp(bp_deletion(guid(7), "ПБДСРасчетыСКонтрагентами"))
    (one,) = asked(linked, interest="ИНТ-1")
    assert (one.paid, list(one.operations)) == (ZERO, [])


def test_a_deleted_invoice_is_not_listed(linked: Linked) -> None:
    linked.crm(crm_deletion(guid(20)))
    assert numbers(linked) == ["СЧ-1", "СЧ-3"]


def test_an_invoice_withdrawn_in_bp_stays_and_says_so(linked: Linked) -> None:
    linked.bp(bp_deletion())
    assert [each.number for each in asked(linked) if each.withdrawn] == ["СЧ-1"]


def test_bps_own_states_stand_beside_the_counted_ones(linked: Linked) -> None:
    linked.bp(
        "<Справочник.СостояниеОплатыЗаказа><КлючевыеСвойства><Заказ>"
        f"{bp_invoice_key()}</Заказ></КлючевыеСвойства><СостояниеОплаты>Отменен</СостояниеОплаты>"
        "</Справочник.СостояниеОплатыЗаказа>"
    )
    (one,) = asked(linked, interest="ИНТ-1")
    assert (one.payment_state, one.bp_payment_state) == ("НеОплачен", "Отменен")
    assert one.bp_shipment_state is None


def test_acknowledged_means_that_bp_holds_this_very_version(linked: Linked) -> None:
    assert all(each.acknowledged_by_bp for each in asked(linked))
    linked.crm(ONE.replace("Кресла в офис", "Кресла домой"))
    known = {each.number: each.acknowledged_by_bp for each in asked(linked)}
    assert known == {"СЧ-1": False, "СЧ-2": True, "СЧ-3": True}
    linked.bp()
    assert all(each.acknowledged_by_bp for each in asked(linked))


def test_nothing_is_acknowledged_that_never_left(tmp_path: Path) -> None:
    linked = Linked(tmp_path, version="auto")
    linked.crm(ONE)
    assert [each.acknowledged_by_bp for each in asked(linked)] == [False]


def test_after_a_restore_bp_is_not_known_to_hold_anything(linked: Linked) -> None:
    linked.command("restored", side="bp", sent=1, received=1, agreed=False)
    assert not any(each.acknowledged_by_bp for each in asked(linked))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("образец", ["СЧ-3"]),
        ("ОБРАЗЦОВЫЙ", ["СЧ-3"]),
        ("9988003037", ["СЧ-3"]),
        (guid(61).upper(), ["СЧ-3"]),
        (DEAL, ["СЧ-1", "СЧ-3"]),
        ("строй", ["СЧ-2", "СЧ-1"]),
        (guid(61)[:8], []),
        ("nobody", []),
    ],
)
def test_by_client_or_counterparty(linked: Linked, text: str, expected: list[str]) -> None:
    assert numbers(linked, client=text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("инт-1", ["СЧ-1"]),
        ("ИНТ-12", ["СЧ-3"]),
        ("кресла", ["СЧ-1"]),
        (DESKS.upper(), ["СЧ-3"]),
        ("диваны", []),
    ],
)
def test_by_interest(linked: Linked, text: str, expected: list[str]) -> None:
    assert numbers(linked, interest=text) == expected


def test_open_ones(linked: Linked) -> None:
    linked.bp(bp_payment(sum="200"))
    assert numbers(linked, unpaid=True) == ["СЧ-2", "СЧ-3"]
    assert numbers(linked, unshipped=True) == ["СЧ-2", "СЧ-1", "СЧ-3"]
    linked.bp(bp_payment(sum="150"), bp_shipment())
    assert numbers(linked, unpaid=True) == ["СЧ-2", "СЧ-1", "СЧ-3"]
    assert numbers(linked, unshipped=True) == ["СЧ-2", "СЧ-3"]
    assert numbers(linked, unpaid=True, unshipped=True, client="образец") == ["СЧ-3"]


def test_an_overpaid_invoice_is_not_open(linked: Linked) -> None:
    linked.bp(bp_payment(sum="250"))
    assert "СЧ-1" not in numbers(linked, unpaid=True)


def test_sums_are_kept_apart_by_currency(linked: Linked) -> None:
    linked.crm(crm_invoice(ref=guid(22), number="СЧ-4", currency="978"))
    linked.bp(bp_payment(sum="150"))
    totals = Totals()
    for each in asked(linked):
        totals.add(each)
    assert totals.by_currency["643"] == (3, Decimal(600), Decimal(150), Decimal(0))
    assert totals.by_currency["978"] == (1, Decimal(200), Decimal(0), Decimal(0))


def test_more_invoices_than_are_fetched_at_a_time(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("converter.views.invoices.PIECE", 2)
    linked.bp(bp_payment(sum="150"))
    found = asked(linked)
    assert [each.number for each in found] == ["СЧ-2", "СЧ-1", "СЧ-3"]
    assert [len(each.operations) for each in found] == [0, 1, 0]


def test_open_is_what_is_still_to_be_paid_or_shipped(linked: Linked) -> None:
    linked.bp(bp_payment(sum="200"))
    assert [each.number for each in asked(linked) if each.open] == ["СЧ-2", "СЧ-1", "СЧ-3"]
    linked.bp(bp_shipment())
    assert [each.number for each in asked(linked) if each.open] == ["СЧ-2", "СЧ-3"]
    linked.bp(bp_deletion(guid(20)))
    void = [each for each in asked(linked) if each.void]
    assert [(each.number, each.unpaid, each.open) for each in void] == [("СЧ-2", True, False)]


def test_operations_of_what_is_settled_are_looked_up_only_where_that_is_asked(
    linked: Linked,
) -> None:
    linked.bp(bp_payment(sum="200"), bp_shipment())
    state = linked.state()
    try:
        with state.read() as connection:
            few = list(invoices(connection, "main", Wanted(), settled=False))
            all_ = list(invoices(connection, "main", Wanted()))
    finally:
        state.close()
    assert {each.number: len(each.operations) for each in few} == dict.fromkeys(
        ("СЧ-1", "СЧ-2", "СЧ-3"), 0
    )
    assert {each.number: len(each.operations) for each in all_}["СЧ-1"] == 2
