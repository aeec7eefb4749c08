"""What BP left out comes from the CRM's last version, what BP said stands (SPEC §3)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from msgspec.structs import replace

from converter.mapping.invoice import from_bp
from converter.mapping.remark import marked, unmarked
from converter.mapping.restore import restore
from converter.objects import (
    Currency,
    DocKey,
    Interest,
    Invoice,
    Item,
    Organisation,
    Party,
    Person,
    Row,
)

SELLER = Organisation(None, "Выдуманная мебель", "9988001015", None, "ЮридическоеЛицо")
BUYER = Party("b1", "Пример", None, None, None, "ЮридическоеЛицо")
TABLE = Item("a1", "Стол", "00-1", "СТ-1")
DEAL = Interest("c1", "17", None, "Мебель [офис]")


def row(
    line: int, quantity: int, price: int = 10, item: Item = TABLE, colour: str | None = None
) -> Row:
    amount = Decimal(quantity * price)
    return Row(line, item, colour, None, None, Decimal(quantity), Decimal(price), amount, "НДС20")


def invoice(*rows: Row, comment: str | None = None, manager: Person | None = None) -> Invoice:
    key = DocKey("d1", datetime(2026, 2, 11, 10), "СЧ-1", SELLER)
    currency = Currency("643", None)
    return Invoice(
        key, BUYER, currency, goods=rows, comment=comment, manager=manager, vat_included=True
    )


def colours(edited: Invoice, last: Invoice) -> list[tuple[int | None, str | None]]:
    return [(each.line, each.characteristic) for each in restore(edited, last).goods]


def test_rows_of_one_item_are_paired_by_number_when_none_came_or_went() -> None:
    last = invoice(row(1, 2, colour="красный"), row(2, 5, colour="синий"))
    assert colours(invoice(row(1, 5), row(2, 3)), last) == [(1, "красный"), (2, "синий")]


def test_a_row_that_moved_up_when_another_was_deleted_keeps_its_own() -> None:
    last = invoice(row(1, 2, colour="красный"), row(2, 5, colour="синий"))
    assert colours(invoice(row(1, 5)), last) == [(1, "синий")]


def test_a_new_row_of_another_item_gets_nothing() -> None:
    other = Item("a2", "Стул", None, None)
    last = invoice(row(1, 2, colour="красный"))
    assert colours(invoice(row(1, 2), row(2, 1, item=other)), last) == [(1, "красный"), (2, None)]


def test_the_items_name_is_bps_and_its_code_the_crms() -> None:
    renamed = Item("a1", "Стол дубовый", "БП-7", None)
    made = restore(invoice(row(1, 2, item=renamed)), invoice(row(1, 2))).goods[0].item
    assert made == Item("a1", "Стол дубовый", "00-1", "СТ-1")


def test_an_item_that_the_crm_had_no_guid_for_gets_bps() -> None:
    nameless = Item(None, "Стол", None, None)
    made = restore(invoice(row(1, 2)), invoice(row(1, 2, item=nameless))).goods[0].item
    assert made is not None
    assert made.ref == "a1"


def test_nobody_is_not_a_manager() -> None:
    nobody = invoice(row(1, 2), manager=Person(None, "<Не указан>"))
    last = invoice(row(1, 2), manager=Person("e1", "Иванов"))
    assert from_bp(nobody, last)[0].manager == Person("e1", "Иванов")
    assert from_bp(nobody)[0].manager is None


def test_a_comment_that_was_cleared_stays_cleared() -> None:
    last = replace(invoice(row(1, 2), comment="Срочно"), may_ship=True)
    only_the_mark = invoice(row(1, 2), comment="[CRM: отгрузка разрешена]")
    assert from_bp(only_the_mark, last)[0].comment is None


def test_a_comment_that_did_not_come_is_the_crms() -> None:
    last = invoice(row(1, 2), comment="Срочно")
    assert from_bp(invoice(row(1, 2)), last)[0].comment == "Срочно"


def test_what_the_accountant_wrote_around_the_mark_stays() -> None:
    said = "Срочно\n[CRM: отгрузка разрешена]. Клиент просит перенести оплату"
    assert unmarked(said) == "Срочно. Клиент просит перенести оплату"
    assert unmarked("Срочно [CRM: отгрузка разрешена]") == "Срочно"


def test_a_bracket_in_the_interest_does_not_end_the_mark() -> None:
    told = marked(replace(invoice(comment="Срочно"), interest=DEAL))
    assert told == "Срочно\n[CRM: интерес: 17 Мебель [офис)]"
    assert unmarked(told) == "Срочно"


def test_thousands_of_rows_in_reverse_order_are_paired() -> None:
    items = [Item(f"f{number}", f"Товар {number}", None, None) for number in range(20_000)]
    last = invoice(*(row(i, 1, item=item, colour=item.name) for i, item in enumerate(items)))
    edited = invoice(*(row(i, 1, item=item) for i, item in enumerate(reversed(items))))
    assert all(
        each.characteristic == each.item.name for each in restore(edited, last).goods if each.item
    )
