"""What is owed, what is late, and in which order clients and interests stand."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from converter.report.figures import by_client, by_interest, late, owed, summed, unshipped
from converter.views.invoices import InvoiceView

TODAY = date(2026, 11, 28)


def view(number: str = "1", client: str = "A", **more: Any) -> InvoiceView:
    """An invoice of 100 of which nothing is paid or shipped, unless told otherwise."""
    plain: dict[str, Any] = {
        "link": "main", "name": number, "ref": number, "number": number,
        "date": datetime(2026, 11, 1), "counterparty": client, "client": None,
        "customer": client.casefold(), "interest": None, "deal": None, "currency": "643",
        "sum": Decimal(100), "paid": Decimal(0), "payment_state": "НеОплачен",
        "shipped": Decimal(0), "shipment_state": "НеОтгружен", "bp_payment_state": None,
        "bp_shipment_state": None, "withdrawn": False, "acknowledged_by_bp": True,
    }  # fmt: skip
    return InvoiceView(**plain | more)


PAID: dict[str, Any] = {"payment_state": "Оплачен", "paid": Decimal(100)}
DONE: dict[str, Any] = {**PAID, "shipment_state": "Отгружен", "shipped": Decimal(100)}


@pytest.mark.parametrize(
    ("more", "due", "to_ship"),
    [
        ({}, 100, 100),
        ({"payment_state": "ОплаченЧастично", "paid": Decimal(30)}, 70, 100),
        (PAID, 0, 100),
        (DONE, 0, 0),
        ({"payment_state": "Переплата", "paid": Decimal(130)}, 0, 100),
        # a discount: all goods went for less
        ({"shipment_state": "Отгружен", "shipped": Decimal(90)}, 100, 0),
        # goods went for more than the sum, and some are still to go
        ({"shipment_state": "ОтгруженЧастично", "shipped": Decimal(120)}, 100, 0),
        # more was refunded than was paid
        ({"paid": Decimal(-20)}, 120, 100),
        ({"withdrawn": True}, 0, 0),
        ({"bp_payment_state": "Отменен"}, 0, 0),
    ],
)
def test_what_is_still_to_come(more: dict[str, Any], due: int, to_ship: int) -> None:
    assert owed(view(**more)) == due
    assert unshipped(view(**more)) == to_ship


@pytest.mark.parametrize(
    ("pay_by", "more", "expected"),
    [
        (None, {}, False),
        (datetime(2026, 11, 27), {}, True),
        (datetime(2026, 11, 28), {}, False),
        (datetime(2026, 11, 27), PAID, False),
        (datetime(2026, 11, 27), {"withdrawn": True}, False),
    ],
)
def test_late_is_what_should_have_been_paid_before_today(
    pay_by: datetime | None, more: dict[str, Any], expected: bool
) -> None:
    assert late(view(pay_by=pay_by, **more), TODAY) is expected


def test_currencies_are_never_added() -> None:
    views = [view(), view(currency="978"), view(), view(**DONE)]
    assert summed(views, owed) == {"643": Decimal(200), "978": Decimal(100)}


def test_those_who_owe_most_stand_first_and_those_with_nothing_open_last() -> None:
    views = [
        view("1", "little", sum=Decimal(10)),
        view("2", "settled", **DONE),
        view("3", "much", sum=Decimal(500)),
        view("4", "to ship", **PAID),
        view("5", "much", sum=Decimal(5), date=datetime(2026, 11, 2)),
        view("6", "much", **DONE),
    ]
    groups = by_client(views)
    assert [group.name for group in groups] == ["much", "little", "to ship", "settled"]
    assert [each.number for each in groups[0].open] == ["5", "3"]
    assert [each.number for each in groups[0].closed] == ["6"]


def test_no_interest_stands_after_the_others_and_an_interest_tells_its_clients() -> None:
    views = [
        view("1", "A", sum=Decimal(900)),
        view("2", "B", deal="d", interest="Desks")._replace(client="Bee"),
        view("3", "C", deal="d", interest="Desks"),
    ]
    groups = by_interest(views)
    assert [group.name for group in groups] == ["Desks", None]
    assert set(groups[0].whose) == {"Bee", "C"}


def test_every_invoice_stands_in_one_group() -> None:
    views = [view(str(each), "ABC"[each % 3], **(DONE if each % 2 else {})) for each in range(30)]
    for groups in (by_client(views), by_interest(views)):
        found = [each.number for group in groups for each in group.views]
        assert sorted(found, key=int) == [each.number for each in views]
