"""What is refused, word for word: under which name it is held, where it stands, what is told (SPEC §5)."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from lxml import etree
from msgspec.structs import replace

from converter.problems import Problem
from tests.exchange.test_invoices import BILL, CARDS, PARTY
from tests.exchange.world import BOOK, World
from tests.mapping.book import (
    BANK_IN,
    BUYER,
    INVOICE,
    OPERATION,
    SELLER,
    SHIPMENT,
    TABLE,
    crm_counterparty,
    crm_deletion,
    crm_invoice,
    crm_row,
    el,
    element,
    guid,
    invoice_key,
    key,
    organisation,
    party,
    val,
)

REF, NUMBER = "КлючевыеСвойства/Ссылка", "КлючевыеСвойства/Номер"
KEY = f"{BILL} {INVOICE}"
TRADE, STATE = "Документ.ТорговаяОперация", "СостояниеСчета"
SELLERS = "Справочник.Организации"
PAID = "Справочник.СостояниеОплатыЗаказа"
LONG = "12345678901234"


class Told(NamedTuple):
    """A problem of one object: what people and programs call that, and the details in the words."""

    id: str
    field: str
    label: str
    key: str
    details: Mapping[str, Any] = MappingProxyType({})


def told(problem: Problem) -> Told:
    """A problem without its line."""
    where = problem.where
    return Told(problem.kind.id, where.field, where.object, where.key, dict(problem.details))


def content(raw: etree._Element) -> list[tuple[str, str | None]]:
    """All that stands in an object."""
    return [(str(each.tag), each.text) for each in raw.iter()]


def began(world: World) -> None:
    """An invoice that both know."""
    world.crm.send(crm_invoice())
    world.run()
    world.calm(1)


FROM_CRM = {
    "no GUID": (
        crm_invoice("не-гуид"), (BILL, "№ СЧ-1"),
        [Told("REF_NOT_GUID", REF, f"{BILL} № СЧ-1", f"{BILL} не-гуид", {"value": "не-гуид"})],
    ),
    "neither GUID nor number": (
        crm_invoice(None, number="").replace("<Номер></Номер>", ""), (BILL, "5"),
        [Told("FIELD_MISSING", REF, BILL, BILL)],
    ),
    "a bad total": (
        crm_invoice(total="1"), (BILL, INVOICE),
        [Told("SUM_NOT_ROWS", "Сумма", f"{BILL} № СЧ-1", KEY, {"rows": "200", "total": "1"})],
    ),
    "the number of another": (
        crm_invoice(guid(77).upper()), (BILL, guid(77)),
        [Told("NUMBER_TAKEN", NUMBER, f"{BILL} № СЧ-1", f"{BILL} {guid(77).upper()}",
              {"date": "2026-02-11 10:00:00", "number": "СЧ-1", "other": INVOICE})],
    ),
    "a card with no GUID": (
        crm_counterparty("x", name=" Первый "), (PARTY, "Первый"),
        [Told("REF_NOT_GUID", REF, f"{PARTY} x", f"{PARTY} x", {"value": "x"})],
    ),
    "a card with neither": (
        el(PARTY, val("Комментарий", "-")), (PARTY, "5"),
        [Told("FIELD_MISSING", "КлючевыеСвойства", PARTY, PARTY)],
    ),
    "a deletion of no GUID": (
        crm_deletion(BILL, "не-гуид"), ("УдалениеОбъекта", "не-гуид"),
        [Told("REF_NOT_GUID", "Ссылка", "УдалениеОбъекта не-гуид", "УдалениеОбъекта не-гуид",
              {"value": "не-гуид"})],
    ),
    "a deletion of nothing": (
        crm_deletion(BILL, ""), ("УдалениеОбъекта", "УдалениеОбъекта"),
        [Told("FIELD_MISSING", "Ссылка", "УдалениеОбъекта", "УдалениеОбъекта")],
    ),
}  # fmt: skip
FROM_BP = {
    "an unreadable payment": (
        BOOK.payment(total="много"), (TRADE, OPERATION),
        [Told("VALUE_INVALID", "ОбщиеДанные/Сумма", f"{BANK_IN} № БП-1", f"{BANK_IN} {OPERATION}",
              {"value": "много", "expected": "1234.50"})],
    ),
    "an unreadable row": (
        BOOK.shipment(OPERATION.upper(), order=invoice_key(), goods=BOOK.goods_row(quantity="x")),
        (TRADE, OPERATION),
        [Told("VALUE_INVALID", "Товары/Строка[1]/Количество", f"{SHIPMENT} № БП-1",
              f"{SHIPMENT} {OPERATION.upper()}", {"value": "x", "expected": "1234.50"})],
    ),
    "a payment without a GUID": (
        BOOK.payment(ref=None), (TRADE, f"{BANK_IN} № БП-1"),
        [Told("FIELD_MISSING", REF, f"{BANK_IN} № БП-1", BANK_IN)],
    ),
    "an unreadable invoice": (
        BOOK.invoice(total="много"), (BILL, INVOICE),
        [Told("VALUE_INVALID", "Сумма", "Документ.ЗаказКлиента № СЧ-1",
              f"Документ.ЗаказКлиента {INVOICE}", {"value": "много", "expected": "1234.50"})],
    ),
    "a row that says nothing": (
        BOOK.invoice(services=el("Строка", val("НомерСтрокиДокумента", 1), BOOK.vat("НДС20"))),
        (BILL, INVOICE),
        [Told("FIELD_MISSING", f"Услуги/Строка[1]/{field}", f"{BILL} № СЧ-1", KEY)
         for field in ("Номенклатура", "Количество", "Сумма")]
        + [Told("DISCOUNT", "Сумма", f"{BILL} № СЧ-1", KEY, {"rows": "0", "total": "200"})],
    ),
    "an unreadable counterparty": (
        el(PARTY, el("КлючевыеСвойства", val("Ссылка", BUYER))), (PARTY, BUYER),
        [Told("FIELD_MISSING", "КлючевыеСвойства/Наименование", f"{PARTY} {BUYER}",
              f"{PARTY} {BUYER}")],
    ),
    "an unreadable state": (
        el(PAID, val("СостояниеОплаты", "Оплачен")), (PAID, PAID),
        [Told("FIELD_MISSING", "КлючевыеСвойства/Заказ", PAID, PAID)],
    ),
    "a seller without a GUID": (
        el(SELLERS, el("КлючевыеСвойства", organisation(None))), (SELLERS, SELLERS.lower()),
        [Told("FIELD_MISSING", REF, SELLERS, SELLERS)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("side", "name"),
    [*(("crm", each) for each in FROM_CRM), *(("bp", each) for each in FROM_BP)],
)
def test_what_is_held_is_told_with_name_and_place(world: World, side: str, name: str) -> None:
    """The second object of a message, on the fifth line; tried again it is held as it was."""
    text, (kind, ref), expected = (FROM_CRM if side == "crm" else FROM_BP)[name]
    began(world)
    base = getattr(world, side)
    other = crm_invoice(guid(5), "СЧ-5") if side == "crm" else BOOK.invoice()
    base.send(other, text)
    report = world.run()
    assert (report.status, report.held, report.released) == (1, 1, 0)
    (held,) = world.held()
    version = "1.0" if side == "crm" else "1.19"
    assert (held.side, held.kind, held.ref, held.stage, held.version, held.since) == (
        side, kind, ref, "take", version, world.now,
    )  # fmt: skip
    assert [told(each) for each in held.reasons()] == expected
    assert {each.where.line for each in held.reasons()} == {5}
    assert [
        (told(each)._replace(details={}), each.where.file, each.where.line)
        for each in report.problems
    ] == [(each._replace(details={}), base.name, 5) for each in expected]
    assert held.digest == sha256(held.raw).hexdigest()
    assert held.raw.endswith(b">")
    assert content(etree.fromstring(held.raw)) == content(element(base.space, text))
    (line,) = world.journal("held")
    assert (line["side"], line["kind"], line["ref"]) == (side, kind, ref)
    assert [each["id"] for each in line["details"]["problems"]] == [each.id for each in expected]
    again = world.retry()
    assert (again.status, again.released, len(world.journal("held"))) == (0, 0, 1)
    assert world.held() == [held]  # as it was, its line too


def test_what_bps_word_cannot_become_is_told_by_its_reason(world: World) -> None:
    """Written towards the CRM nothing of it would be valid: each object alone is held from there."""
    began(world)
    seller = el(SELLERS, el("КлючевыеСвойства", organisation(inn=LONG)))
    world.bp.send(seller, BOOK.payment(buyer=party(inn=LONG)))
    assert world.run().held == 2
    found = {}
    for held in world.held():
        assert (held.side, held.stage, held.raw, held.version) == ("bp", "write", b"", "")
        (problem,) = held.reasons()
        details = dict(problem.details)
        reason = details["reason"]
        assert isinstance(reason, Problem)
        assert (details["format"], reason.kind.id) == ("CRM 1.0", "VALUE_TOO_LONG")
        found[held.kind, held.ref] = told(problem)._replace(details={})
    assert found == {
        (SELLERS, SELLER): Told(
            "OUTPUT_INVALID", "КлючевыеСвойства/ИНН", f"{SELLERS} {SELLER}", f"{SELLERS} {SELLER}"
        ),
        (TRADE, OPERATION): Told(
            "OUTPUT_INVALID", "Контрагент/ИНН", f"{TRADE} № БП-1", f"{TRADE} {OPERATION}"
        ),
    }
    world.calm(1)
    assert {line["side"] for line in world.journal("held")} == {"bp"}
    before = world.held()
    assert world.retry().status == 1  # given to the CRM once more, and refused for the same
    assert [replace(each, since=before[0].since) for each in world.held()] == before


def test_an_unclear_sum_is_told_at_its_row(world: World) -> None:
    began(world)
    euro = BOOK.payment(currency=BOOK.currency("978", "EUR"),
                        rows=BOOK.payment_row("10", invoice_key(), settlement=BOOK.settlement()))  # fmt: skip
    world.bp.send(BOOK.invoice(), euro)
    report = world.run()
    assert [each.where.file for each in report.problems] == [""]  # judged when all are read
    (held,) = world.held()
    assert (held.side, held.kind, held.ref, held.stage) == ("bp", TRADE, OPERATION, "judge")
    assert (held.version, held.base, held.since) == ("", None, world.now)
    (problem,) = held.reasons()
    assert told(problem) == Told(
        "SUM_UNKNOWN", "РасшифровкаПлатежа/Строка[1]/СуммаВзаиморасчетов",
        f"{BANK_IN} № БП-1", f"{BANK_IN} {OPERATION}", {"owed": "643", "paid": "978"},
    )  # fmt: skip
    assert problem.where.line == 5


# -- warnings ------------------------------------------------------------------------------------


def warned(world: World) -> list[tuple[Any, ...]]:
    """Every warning: of which side and object it is journalled, and what it says."""
    return [
        (each["side"], each["kind"], each["ref"], problem["id"], problem["where"],
         dict(problem["details"]))
        for each in world.journal("warning")
        for problem in [each["details"]["problem"]]
    ]  # fmt: skip


def test_what_the_crm_may_not_say_is_told_by_type_with_its_first_line(world: World) -> None:
    gone = crm_deletion("Справочник.Валюты", guid(61)), crm_deletion("Справочник.Валюты", guid(62))
    strange = el("Неведомое", val("Х", "1")), el("Неведомое", val("Х", "2"))
    world.crm.send(CARDS[0], *gone, *strange, CARDS[0], CARDS[2])
    report = world.run()
    assert (report.status, {each.where.file for each in report.problems}) == (0, {world.crm.name})
    assert warned(world) == [
        ("crm", name, "", id, ["", line, name, "", ""], {"count": count})
        for name, id, line, count in (
            (SELLERS, "NOT_FROM_CRM", 4, "2"),
            ("УдалениеОбъекта Справочник.Валюты", "NOT_FROM_CRM", 5, "2"),
            ("Неведомое", "OBJECT_UNKNOWN", 7, "2"),
            ("Справочник.Валюты", "NOT_FROM_CRM", 10, "1"),
        )
    ]


def test_warnings_of_an_invoice_stand_at_it(world: World) -> None:
    goods = crm_row(sum="201", vat=None, vat_sum=None)
    world.crm.send(crm_invoice(total="201", goods=goods, after="<Новое>1</Новое>"))
    assert world.run().status == 0
    place = ("crm", BILL, INVOICE)
    row = "Товары/Строка[1]"
    assert warned(world) == [
        (*place, id, ["", 4, f"{BILL} № СЧ-1", field, KEY], details)
        for id, field, details in (
            ("ELEMENT_UNKNOWN", "Новое", {}),
            ("VAT_ABSENT", f"{row}/СтавкаНДС", {"row": "1"}),
            ("ROW_SUM", f"{row}/Сумма", {"row": "1", "expected": "200.00", "value": "201"}),
        )
    ]
    world.crm.send(crm_invoice(total="201", goods=goods, after="<Новое>1</Новое>"))
    report = world.run()
    assert (report.problems, len(warned(world))) == ([], 3)  # the same again is not told again


def test_warnings_of_a_counterparty_and_of_bps_objects(world: World) -> None:
    began(world)
    world.crm.send(crm_counterparty(guid(5).upper(), inn="123"))
    correction = "Документ.КорректировкаДолга"
    world.bp.send(
        BOOK.invoice(total="180"),
        el(correction, el("КлючевыеСвойства", key(guid(77), "К-1")), el("Заказ", invoice_key())),
    )
    world.run()
    party = f"{PARTY} {guid(5).upper()}"
    reason = {"ru": "нужно 10 или 12 цифр", "en": "10 or 12 digits are needed"}
    assert warned(world) == [
        ("crm", PARTY, guid(5), "INN_WRONG", ["", 4, party, "КлючевыеСвойства/ИНН", party],
         {"value": "123", "reason": reason}),
        ("bp", BILL, INVOICE, "DISCOUNT", ["", 4, f"{BILL} № СЧ-1", "Сумма", KEY],
         {"rows": "200", "total": "180"}),
        ("bp", correction, "", "NOT_COUNTED",
         ["", 5, f"{correction} № К-1", "", f"{correction} {guid(77)}"], {}),
    ]  # fmt: skip


def test_warnings_of_what_bp_wrote_stand_at_it_and_are_told_once(world: World) -> None:
    began(world)
    box = BOOK.unit(None, "короб")
    items = "Справочник.Номенклатура"
    item = el(items, el("КлючевыеСвойства", BOOK.item()), BOOK.unit(None, "короб"),
              val("ТипНоменклатуры", "Товар"))  # fmt: skip
    shipment = BOOK.shipment(order=invoice_key(), goods=BOOK.goods_row(unit=box))
    for _ in range(2):
        world.bp.send(item, shipment, BOOK.invoice(goods=BOOK.goods_row(unit=box)))
        assert world.run().status == 0
    field = "Товары/Строка[1]/ЕдиницаИзмерения"
    assert warned(world) == [
        ("bp", *at, "UNIT_BY_NAME", ["", line, label, where, key], {"value": "короб"})
        for at, line, label, where, key in (
            ((items, TABLE), 4, f"{items} {TABLE}", "ЕдиницаИзмерения", f"{items} {TABLE}"),
            ((BILL, INVOICE), 6, f"{BILL} № СЧ-1", field, KEY),
            ((TRADE, OPERATION), 5, f"{SHIPMENT} № БП-1", field, f"{SHIPMENT} {OPERATION}"),
        )
    ]
