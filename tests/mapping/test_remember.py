"""What a version of EnterpriseData cannot say of a CRM's object stays as it stood (SPEC §3)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from converter.formats import bp
from converter.mapping.invoice import BILL, INVOICE
from converter.mapping.remember import remember, unsayable
from converter.objects import (
    Contract,
    ContractCard,
    Currency,
    Invoice,
    Row,
    Unit,
)
from tests.mapping.book import guid
from tests.mapping.known import ORGANISATION, PARTY
from tests.mapping.test_content import CARD, ROW, SERVICE
from tests.mapping.test_content import INVOICE as LAST

#: what no version of EnterpriseData has a place for
ALWAYS = ("interest", "client", "may_ship")


def remembered(record: Any, last: Any, version: str = "1.19") -> Any:
    return remember(record, last, INVOICE, bp(version))


@pytest.mark.parametrize(
    ("version", "order", "bill"),
    [
        ("1.3", {"pay_by", "comment", "state"}, {"pay_by", "comment", "state"}),
        ("1.6", {"pay_by", "state"}, {"pay_by", "comment", "state"}),
        ("1.7", {"state"}, {"pay_by", "comment", "state"}),
        ("1.19", set(), set()),
    ],
)
def test_which_fields_a_version_has_no_place_for(
    version: str, order: set[str], bill: set[str]
) -> None:
    assert set(unsayable(INVOICE, bp(version))) == {*ALWAYS, *order}
    assert set(unsayable(BILL, bp(version))) == {*ALWAYS, *bill}


def sent(version: str) -> Invoice:
    """`LAST` as a CRM of that version can send it."""
    missing: dict[str, Any] = dict.fromkeys(unsayable(INVOICE, bp(version)))
    day = {} if "pay_by" in missing else {"pay_by": datetime(2026, 3, 1)}
    return replace(
        replace(LAST, **missing, **day),
        currency=Currency("643", None),
        contract=replace(LAST.contract, date=datetime(2025, 11, 20)) if LAST.contract else None,
        goods=(replace(ROW, unit=Unit("796", None)),),
    )


@pytest.mark.parametrize("version", ["1.3", "1.6", "1.8", "1.11", "1.19", "1.22"])
def test_an_invoice_that_was_not_changed_stays_whole(version: str) -> None:
    last = replace(LAST, state=None)
    assert remembered(sent(version), last, version) == last


def test_what_the_crm_changed_stands_beside_what_it_could_not_say() -> None:
    changed = replace(sent("1.3"), address="Склад 9", total=Decimal(5), contract=None)
    made = remembered(changed, LAST, "1.3")
    assert made == replace(LAST, address="Склад 9", total=Decimal(5), contract=None)
    later = remembered(replace(sent("1.19"), pay_by=datetime(2026, 3, 2)), LAST)
    assert later.pay_by == datetime(2026, 3, 2)
    assert remembered(replace(sent("1.19"), pay_by=None), LAST).pay_by is None


def test_a_unit_without_a_name_is_that_of_the_last_version_with_its_code() -> None:
    def units(*given: Unit | None) -> list[Unit | None]:
        goods = tuple(replace(ROW, unit=unit) for unit in given)
        return [row.unit for row in remembered(replace(LAST, goods=goods), LAST).goods]

    pieces = Unit("796", "шт")
    assert units(Unit("796", None), Unit("778", None), None) == [pieces, Unit("778", None), None]
    assert units(Unit("796", "штука")) == [Unit("796", "штука")]


def test_units_of_the_last_version_are_looked_for_in_goods_and_services() -> None:
    last = replace(LAST, goods=(), services=(replace(SERVICE, unit=Unit("356", "ч")), SERVICE))
    given = replace(LAST, goods=(Row(1, unit=Unit("356", None)),))
    assert remembered(given, last).goods[0].unit == Unit("356", "ч")


def test_a_counterparty_keeps_its_client_and_nothing_else() -> None:
    given = replace(CARD, client=None, phone=None)
    assert remembered(given, CARD) == replace(CARD, phone=None)


def test_a_contract_keeps_the_time_of_its_day_and_what_was_left_out() -> None:
    key = Contract(guid(82), "Поставка", "17-М", datetime(2025, 11, 20, 16, 45))
    last = ContractCard(key, ORGANISATION, PARTY, Currency("643", None))
    given = replace(last, key=Contract(guid(82), "Поставка", None, datetime(2025, 11, 20)))
    assert remembered(given, last) == last


def test_nothing_is_remembered_of_another_kind_of_object_or_of_none() -> None:
    card = ContractCard(Contract(guid(82), None, None, None), ORGANISATION, PARTY, None)
    for record, last in ((LAST, None), (LAST, CARD), (CARD, LAST), (card, None), (ROW, SERVICE)):
        assert remembered(record, last) is record
