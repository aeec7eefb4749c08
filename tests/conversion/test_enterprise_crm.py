"""A CRM that speaks EnterpriseData: one-off conversion between any two versions (SPEC §3, last part).

The messages of both sides are hand-written by version (`tests.mapping.book`); what comes out is
judged by the official schema of its side.
"""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from lxml import etree

from converter.conversion.learn import learn_crm_message
from converter.conversion.ledger import MessageLedger
from converter.conversion.to_bp import convert_to_bp
from converter.conversion.to_crm import convert_to_crm
from converter.envelope.reader import Reader
from converter.formats import Dialect, bp
from converter.mapping.crm import EnterpriseCrm
from converter.problems import Problem
from tests.conversion.runs import NOW, Outcome, _objects
from tests.mapping.book import (
    BANK_IN,
    BANK_OUT,
    BUYER,
    CARD,
    CASH_IN,
    CASH_OUT,
    CONTRACT,
    FOREIGN_INVOICE,
    INVOICE,
    LAMP,
    OPERATION,
    OTHER_INVOICE,
    OTHER_OPERATION,
    RETURN,
    SELLER,
    SHIPMENT,
    TABLE,
    USER,
    VERSIONS,
    Book,
    el,
    invoice_key,
    key,
    message,
    namespace,
    official_faults,
    organisation,
    since,
    val,
)
from tests.mapping.orders import (
    BILL,
    ORDER,
    PHONE,
    account,
    contact,
    contract,
    crm_counterparty,
    crm_invoice,
)

PAIRS = tuple(product(VERSIONS, VERSIONS))


def to_bp(crm: str, book: str, *objects: str, invoice: str = ORDER) -> Outcome:
    """Objects of a CRM that speaks version ``crm``, for a BP that speaks version ``book``."""
    problems: list[Problem] = []
    out = io.BytesIO()
    reader = Reader(io.BytesIO(message(namespace(crm), *objects)))
    spoken = EnterpriseCrm(crm, invoice)
    tally = convert_to_bp(reader, out, bp(book), NOW, problems.append, spoken)
    return Outcome(_judged(out.getvalue(), bp(book)), problems, tally)


def to_crm(
    book: str, crm: str, *objects: str, invoice: str = ORDER, known: tuple[str, ...] | None = None
) -> Outcome:
    """Objects of a BP that speaks ``book``, for a CRM that speaks ``crm``; ``known`` are the CRM's."""
    problems: list[Problem] = []
    out = io.BytesIO()
    spoken = EnterpriseCrm(crm, invoice)
    with MessageLedger(known=known is not None) as ledger:
        if known is not None:
            learnt = Reader(io.BytesIO(message(namespace(crm), *known)))
            learn_crm_message(learnt, ledger, spoken)
        reader = Reader(io.BytesIO(message(namespace(book), *objects)))
        tally = convert_to_crm(reader, out, bp(book), ledger, NOW, problems.append, spoken)
    return Outcome(_judged(out.getvalue(), bp(crm)), problems, tally)


def _judged(data: bytes, dialect: Dialect) -> list[etree._Element]:
    """The objects of a message, valid by our schema and by the official one where it is at hand."""
    found = _objects(data, dialect)
    texts = [etree.tostring(each, encoding="unicode") for each in found]
    assert official_faults(dialect.version, *texts) == []
    return found


def text(element: etree._Element, path: str) -> str | None:
    """The text at a path, whatever the namespace."""
    return element.findtext("/".join(f"{{*}}{step}" for step in path.split("/")))


def anywhere(element: etree._Element, path: str) -> list[str | None]:
    """The texts at a path anywhere below."""
    steps = "/".join(f"{{*}}{step}" for step in path.split("/"))
    return [each.text for each in element.iterfind(f".//{steps}")]


# -- CRM → BP: every pair ------------------------------------------------------------------------


def facts(invoice: etree._Element) -> dict[str, Any]:
    """What an invoice says, wherever its version has it."""
    return {
        "ref": text(invoice, "КлючевыеСвойства/Ссылка"),
        "number": text(invoice, "КлючевыеСвойства/Номер"),
        "seller": text(invoice, "КлючевыеСвойства/Организация/ИНН"),
        "buyer": text(invoice, "Контрагент/Ссылка"),
        "contract": text(invoice, "ДанныеВзаиморасчетов/Договор/Ссылка"),
        "currency": anywhere(invoice, "Код")[0],
        "rate": text(invoice, "ДанныеВзаиморасчетов/КурсВзаиморасчетов"),
        "total": text(invoice, "Сумма"),
        "included": text(invoice, "СуммаВключаетНДС"),
        "account": text(invoice, "БанковскийСчетОрганизации/НомерСчета"),
        "address": text(invoice, "АдресДоставки"),
        "manager": anywhere(invoice, "Ответственный/Ссылка"),
        "comment": anywhere(invoice, "Комментарий"),
        "pay_by": anywhere(invoice, "ДатаПлатежа"),
        "quantities": anywhere(invoice, "Строка/Количество"),
        "prices": anywhere(invoice, "Строка/Цена"),
        "sums": anywhere(invoice, "Строка/Сумма"),
        "vat_sums": anywhere(invoice, "Строка/СуммаНДС"),
        "units": [code for code in anywhere(invoice, "Код") if code == "796"],
        "content": anywhere(invoice, "Строка/Содержание"),
    }


def expected(crm: str, book: str, bill: bool = False) -> dict[str, Any]:
    """The same by hand: only the comment and the day of payment have versions without a place."""
    comment, pay_by = ("1.11", "1.18") if bill else ("1.6", "1.7")
    return {
        "ref": INVOICE,
        "number": "СЧ-1",
        "seller": "9988001015",
        "buyer": BUYER,
        "contract": CONTRACT,
        "currency": "643",
        "rate": "1",
        "total": "700",
        "included": "true",
        "account": "40702810800000004101",
        "address": "Склад 2",
        "manager": [USER],
        "comment": ["Позвонить"] * (since(crm, comment) and since(book, "1.6")),
        "pay_by": ["2026-03-01"] * (since(crm, pay_by) and since(book, "1.7")),
        "quantities": ["2", "1"],
        "prices": ["100", "500"],
        "sums": ["200", "500"],
        "vat_sums": ["33.33", "0.00"],
        "units": ["796"],
        "content": ["Доставка до двери"],
    }


@pytest.mark.parametrize(("crm", "book"), PAIRS)
def test_an_invoice_goes_from_any_version_to_any(crm: str, book: str) -> None:
    out = to_bp(crm, book, crm_invoice(crm))
    assert out.ids == []
    assert out.names == ["Справочник.Контрагенты", "Справочник.Договоры", "Документ.ЗаказКлиента"]
    assert facts(out.objects[2]) == expected(crm, book)


@pytest.mark.parametrize("crm", VERSIONS)
def test_a_bill_goes_as_the_order_that_bp_knows(crm: str) -> None:
    """BP has no rule for СчетПокупателю (SPEC §2)."""
    for book in ("1.3", "1.8", "1.19"):
        out = to_bp(crm, book, crm_invoice(crm, BILL), invoice=BILL)
        assert out.ids == []
        assert out.names[2:] == ["Документ.ЗаказКлиента"]
        assert facts(out.objects[2]) == expected(crm, book, bill=True)


def test_what_is_not_the_cards_invoice_is_refused_with_a_word() -> None:
    out = to_bp("1.3", "1.19", crm_invoice("1.3", BILL))
    assert (out.names, out.ids) == ([], ["NOT_FROM_CRM"])


@pytest.mark.parametrize(("crm", "book"), PAIRS)
def test_counterparties_contracts_and_deletions_go_from_any_version_to_any(
    crm: str, book: str
) -> None:
    name = "ЗаказКлиентаСсылка" if since(crm, "1.6") else "ЗаказыКлиентовСсылка"
    out = to_bp(
        crm,
        book,
        crm_counterparty(crm, contact("Телефон", PHONE), contact("Факс", "495")),
        contract(crm),
        Book(crm).deletion(name, OTHER_INVOICE),
        Book(crm).deletion("КонтрагентыСсылка", SELLER),
        Book(crm).deletion("ДоговорыСсылка", TABLE),
    )
    assert out.ids == []
    party_card, contract_card, *deleted = out.objects
    assert text(party_card, "КлючевыеСвойства/Ссылка") == BUYER
    assert anywhere(party_card, "ЗначенияПолей") == [PHONE, "495"]
    assert text(contract_card, "КлючевыеСвойства/Ссылка") == CONTRACT
    assert text(contract_card, "КлючевыеСвойства/Контрагент/ИНН") == "9988002026"
    wanted = "ЗаказКлиентаСсылка" if since(book, "1.6") else "ЗаказыКлиентовСсылка"
    named = [(etree.QName(each[0][0][0]).localname, each[0][0][0].text) for each in deleted]
    assert named == [
        (wanted, OTHER_INVOICE),
        ("КонтрагентыСсылка", SELLER),
        ("ДоговорыСсылка", TABLE),
    ]


def test_a_contract_of_the_crms_own_is_not_made_once_more() -> None:
    out = to_bp("1.3", "1.19", crm_invoice("1.3"), contract("1.3"), crm_counterparty("1.3"))
    assert out.names == ["Справочник.Договоры", "Справочник.Контрагенты", "Документ.ЗаказКлиента"]


def test_contracts_with_others_than_customers_stay_where_they_are() -> None:
    for out in (
        to_bp("1.8", "1.19", contract("1.8", "СПоставщиком")),
        to_crm("1.19", "1.8", contract("1.19", "СПоставщиком")),
    ):
        assert (out.names, out.ids) == ([], [])
        assert out.tally.skipped["Справочник.Договоры"] == 1


def test_a_plain_text_of_a_contact_becomes_what_1c_reads() -> None:
    out = to_bp("1.3", "1.19", crm_counterparty("1.3", contact("Телефон", "+7 900")))
    [fields] = anywhere(out.objects[0], "ЗначенияПолей")
    assert etree.fromstring(fields or "").get("Представление") == "+7 900"


def test_a_kind_of_contact_that_the_version_lacks_is_left_out() -> None:
    card = crm_counterparty("1.6", contact("Skype", "a"), contact("Телефон", PHONE))
    assert anywhere(to_bp("1.6", "1.8", card).objects[0], "ЗначенияПолей") == ["a", PHONE]
    assert anywhere(to_bp("1.6", "1.3", card).objects[0], "ЗначенияПолей") == [PHONE]


# -- CRM → BP: what is refused -------------------------------------------------------------------


def test_what_the_crm_may_not_say_is_refused_and_the_unknown_is_passed_over() -> None:
    book = Book("1.3")
    warehouse = el("Справочник.Склады", el("КлючевыеСвойства", val("Наименование", "Склад")))
    out = to_bp("1.3", "1.19", book.payment(), warehouse, crm_invoice("1.3"))
    assert out.ids == ["NOT_FROM_CRM"]
    assert out.names[-1] == "Документ.ЗаказКлиента"
    assert out.tally.skipped["Справочник.Склады"] == 1


@pytest.mark.parametrize(
    ("invoice", "problem"),
    [
        (crm_invoice("1.3", total="699"), "SUM_NOT_ROWS"),
        (crm_invoice("1.3", number="ДЛИННЫЙ-НОМЕР-1"), "NUMBER_TOO_LONG"),
        (crm_invoice("1.3", ref="12"), "REF_NOT_GUID"),
        (crm_invoice("1.3", goods=Book("1.3").goods_row(vat="НДС4")), "VALUE_NOT_LISTED"),
        (crm_invoice("1.3", goods=Book("1.3").goods_row(vat="НДС99")), "VALUE_NOT_LISTED"),
        (crm_invoice("1.3", goods=Book("1.3").goods_row(price="100.001")), "DIGITS_TOO_MANY"),
    ],
)
def test_the_crms_own_mistakes_hold_as_in_the_crm_format(invoice: str, problem: str) -> None:
    out = to_bp("1.3", "1.19", invoice)
    assert (out.ids, out.names, out.tally.held) == ([problem], [], 1)


def test_a_new_rate_towards_an_old_bp_is_held() -> None:
    row = Book("1.19").goods_row(vat="НДС22", vat_sum="36.07")
    assert to_bp("1.19", "1.16", crm_invoice("1.19", goods=row)).ids == ["VAT_NOT_IN_VERSION"]
    assert to_bp("1.19", "1.17", crm_invoice("1.19", goods=row)).ids == []


def test_a_draft_of_the_crms_is_absent() -> None:
    out = to_bp("1.15", "1.19", crm_invoice("1.15", state="Черновик"))
    assert (out.names, out.ids, out.tally.absent) == ([], [], 1)


# -- BP → CRM: every pair ------------------------------------------------------------------------


def operations(book: Book) -> list[str]:
    """One of each kind: some name the invoice, some reach it through another operation."""
    shipment = key(OPERATION, "БП-1")
    goods = book.settlement(book.contract(), book.currency(name="ВалютаВзаиморасчетов"))
    through = el("РеализацияТоваровУслугСсылка", shipment)
    return [
        book.shipment(
            order=invoice_key(),
            total="700",
            goods=book.goods_row(),
            services=book.service_row(),
            contract=book.contract(),
            comment="к",
            responsible="Бухгалтер",
        ),
        book.give_back(ref=guid_of(1), shipment=shipment, incoming=("ВХ-7", "2026-02-10")),
        book.payment(
            BANK_IN,
            book.payment_row("150", settlement=goods, document=through),
            ref=guid_of(2),
            incoming=("ВХ-8", "2026-02-10"),
            purpose="Оплата",
        ),
        book.payment(
            BANK_OUT,
            book.payment_row("15", document=through),
            ref=guid_of(3),
            total="15",
            order=("П-9", "2026-02-09T11:00:00"),
            purpose="Возврат",
        ),
        book.payment(CASH_IN, book.payment_row("20", invoice_key()), ref=guid_of(4), total="20"),
        book.payment(CASH_OUT, book.payment_row("5", document=through), ref=guid_of(5), total="5"),
        book.card(book.payment_row("30", invoice_key()), ref=guid_of(6), total="30"),
    ]


def guid_of(number: int) -> str:
    return f"c0000000-0000-0000-0000-{number:012}"


@pytest.mark.parametrize(("book", "crm"), PAIRS)
def test_every_operation_goes_from_any_version_to_any(book: str, crm: str) -> None:
    """Each reaches the CRM as BP's own document, and names the invoice in the row (SPEC §3)."""
    out = to_crm(book, crm, *operations(Book(book)), known=(crm_invoice(crm),))
    assert out.ids == []
    assert set(out.names) == {SHIPMENT, RETURN, BANK_IN, BANK_OUT, CASH_IN, CASH_OUT, CARD}
    for name, total in (
        (SHIPMENT, "700"),
        (RETURN, "200"),
        (BANK_IN, "150"),
        (BANK_OUT, "15"),
        (CASH_IN, "20"),
        (CASH_OUT, "5"),
        (CARD, "30"),
    ):
        [document] = out.all(name)
        assert text(document, "Сумма") or text(document, "ОбщиеДанные/Сумма") == total
        assert text(document, "КлючевыеСвойства/Номер") == "БП-1"
        pointers = anywhere(document, "Заказ/ЗаказКлиента/Ссылка")
        pointers += [text(document, "Заказ/Ссылка")] * (name in (SHIPMENT, RETURN))
        assert pointers == [INVOICE], name
        assert not document.findall(".//{*}ДокументРасчетов")
    [shipment] = out.all(SHIPMENT)
    assert anywhere(shipment, "Строка/Сумма") == ["200", "500"]
    assert anywhere(shipment, "Комментарий") == ["к"]
    assert text(shipment, "ДанныеВзаиморасчетов/Договор/Ссылка") == CONTRACT
    [receipt] = out.all(BANK_IN)
    assert text(receipt, "ОбщиеДанные/ДатаВыписки") == "2026-02-13"
    assert text(receipt, "ОбщиеДанные/НомерВходящегоДокумента") == "ВХ-8"
    assert text(receipt, "ОбщиеДанные/БанковскийСчетОрганизации/НомерСчета")
    assert anywhere(receipt, "Строка/ДанныеВзаиморасчетов/Договор/Контрагент/Ссылка") == [BUYER]
    [refund] = out.all(BANK_OUT)
    assert text(refund, "ОбщиеДанные/ПлатежноеПоручение/Номер") == "П-9"


@pytest.mark.parametrize(("book", "crm"), PAIRS)
def test_an_invoice_edited_in_bp_comes_back_from_any_version_to_any(book: str, crm: str) -> None:
    """What BP's version cannot say comes from the CRM's own invoice (SPEC §3)."""
    edited = Book(book).invoice(total="300", goods=Book(book).goods_row(quantity="3", sum="300"))
    out = to_crm(book, crm, edited, known=(crm_invoice(crm),))
    assert out.ids == []
    said = facts(out.objects[0])
    asked = expected(crm, crm)
    for name in ("ref", "comment", "pay_by", "account", "address", "manager", "contract"):
        assert said[name] == asked[name], name
    assert (said["total"], said["quantities"], said["sums"]) == ("300", ["3"], ["300"])


@pytest.mark.parametrize("crm", VERSIONS)
def test_a_crm_of_bills_gets_bills(crm: str) -> None:
    book = Book("1.19")
    known = (crm_invoice(crm, BILL),)
    deletion = book.deletion("ЗаказКлиентаСсылка", INVOICE)
    shipment = book.shipment(order=invoice_key(), goods=book.goods_row())
    out = to_crm("1.19", crm, book.invoice(), shipment, deletion, invoice=BILL, known=known)
    assert out.names == ["Документ.СчетПокупателю", SHIPMENT, "УдалениеОбъекта"]
    assert text(out.objects[1], "СчетПокупателю/Ссылка") == INVOICE
    assert out.objects[1].find("{*}Заказ") is None
    assert anywhere(out.objects[2], "СчетПокупателюСсылка") == [INVOICE]


def cards(book: Book) -> list[str]:
    """BP's catalogues."""
    unit = book.classified("К", "796 ", "шт" if book.since("1.4") else None)[3:-4]
    currency = book.classified("К", "643", "руб.")[3:-4]
    return [
        el("Справочник.Организации", el("КлючевыеСвойства", organisation())),
        el(
            "Справочник.Номенклатура",
            el("КлючевыеСвойства", book.item()),
            val("ТипНоменклатуры", "Товар"),
            "" if book.since("1.18") else book.unit(),
            book.vat("НДС20") if not book.since("1.18") else "",
            book.unit() + book.vat("НДС20") if book.since("1.18") else "",
        ),
        el(
            "Справочник.БанковскиеСчета",
            el("КлючевыеСвойства", val("Ссылка", LAMP), account(book)),
            book.currency(name="ВалютаДенежныхСредств"),
        ),
        el("Справочник.Валюты", el("КлючевыеСвойства", val("Ссылка", USER), currency)),
        el(
            "Справочник.ЕдиницыИзмерения",
            el("КлючевыеСвойства", val("Ссылка", TABLE), unit),
            "" if book.since("1.4") else val("Наименование", "шт"),
        ),
    ]


@pytest.mark.parametrize(("book", "crm"), PAIRS)
def test_catalogues_and_deletions_go_from_any_version_to_any(book: str, crm: str) -> None:
    own = Book(book)
    out = to_crm(
        book,
        crm,
        *cards(own),
        crm_counterparty(book, contact("Телефон", PHONE)),
        contract(book),
        own.deletion("ПКОРасчетыСКонтрагентамиСсылка", OPERATION),
        own.deletion("НоменклатураСсылка", TABLE),
    )
    assert out.ids == []
    assert out.names == [
        "Справочник.Организации",
        "Справочник.Номенклатура",
        "Справочник.БанковскиеСчета",
        "Справочник.Валюты",
        "Справочник.ЕдиницыИзмерения",
        "Справочник.Контрагенты",
        "Справочник.Договоры",
        "УдалениеОбъекта",
        "УдалениеОбъекта",
    ]
    assert anywhere(out.objects[1], "Код") == ["796"]
    assert text(out.objects[2], "КлючевыеСвойства/НомерСчета") == "40702810800000004101"
    assert anywhere(out.objects[3], "Код") == ["643"]
    assert anywhere(out.objects[5], "ЗначенияПолей") == [PHONE]
    assert anywhere(out.objects[7], "ПКОРасчетыСКонтрагентамиСсылка") == [OPERATION]


# -- BP → CRM: the same rules --------------------------------------------------------------------


def test_only_what_is_of_the_crms_invoices_reaches_it() -> None:
    """Rows of others are left out, and the document's sum is that of the rows which stay."""
    book = Book("1.19")
    rows = book.payment_row("100", invoice_key()) + book.payment_row(
        "50", invoice_key(FOREIGN_INVOICE, "БП-7")
    )
    foreign = book.payment(
        BANK_IN, book.payment_row("9", invoice_key(FOREIGN_INVOICE, "БП-7")), ref=guid_of(9)
    )
    out = to_crm("1.19", "1.3", book.payment(BANK_IN, rows), foreign, known=(crm_invoice("1.3"),))
    [document] = out.objects
    assert text(document, "ОбщиеДанные/Сумма") == "100"
    assert anywhere(document, "РасшифровкаПлатежа/Строка/Сумма") == ["100"]
    assert out.tally.foreign == 1


def test_a_pointer_under_another_guid_becomes_the_crms_own() -> None:
    """BP took over a document of its own: the CRM keeps hearing of its own invoice (SPEC §2)."""
    book = Book("1.19")
    alias = book.payment_row("100", invoice_key(FOREIGN_INVOICE))
    out = to_crm("1.19", "1.3", book.payment(BANK_IN, alias), known=(crm_invoice("1.3"),))
    assert anywhere(out.objects[0], "Заказ/ЗаказКлиента/Ссылка") == [INVOICE]


def test_a_shipment_for_two_invoices_goes_only_where_its_rows_can_say_so() -> None:
    book = Book("1.19")
    goods = book.goods_row(after=el("Заказ", invoice_key())) + book.goods_row(
        after=el("Заказ", invoice_key(OTHER_INVOICE, "СЧ-2"))
    )
    shipment = book.shipment(goods=goods, total="400")

    def ship(crm: str) -> Outcome:
        known = (crm_invoice(crm), crm_invoice(crm, ref=OTHER_INVOICE, number="СЧ-2"))
        return to_crm("1.19", crm, shipment, known=known)

    assert anywhere(ship("1.18").objects[0], "Строка/Заказ/Ссылка") == [INVOICE, OTHER_INVOICE]
    held = ship("1.17")
    assert (held.names, held.ids, held.tally.held) == ([], ["INVOICES_NOT_IN_VERSION"], 1)


def test_rows_of_one_invoice_put_it_where_every_version_has_it() -> None:
    book = Book("1.19")
    shipment = book.shipment(goods=book.goods_row(after=el("Заказ", invoice_key())))
    out = to_crm("1.19", "1.3", shipment, known=(crm_invoice("1.3"),))
    assert text(out.objects[0], "Заказ/Ссылка") == INVOICE


def test_a_rate_without_a_word_leaves_an_operation_and_holds_an_invoice() -> None:
    """The sum of VAT of a shipment stands; an invoice would be taxed by another rate."""
    book = Book("1.19")
    row = book.goods_row(vat="НДС22", vat_sum="36.07")
    shipment = book.shipment(order=invoice_key(), goods=row)
    known = (crm_invoice("1.3"),)
    out = to_crm("1.19", "1.3", shipment, book.invoice(goods=row), known=known)
    assert out.names == [SHIPMENT]
    assert anywhere(out.objects[0], "Строка/СуммаНДС") == ["36.07"]
    assert anywhere(out.objects[0], "Строка/СтавкаНДС") == []
    assert sorted(out.ids) == ["VAT_NOT_IN_CRM_VERSION", "VAT_UNKNOWN"]
    assert to_crm("1.19", "1.17", shipment, book.invoice(goods=row)).ids == []


def test_a_long_purpose_is_cut_where_the_version_has_no_room() -> None:
    book = Book("1.19")
    row = book.payment_row("15", invoice_key())
    refund = book.payment(BANK_OUT, row, total="15", purpose="я" * 300)
    out = to_crm("1.19", "1.3", refund)
    path = "ОбщиеДанные/РеквизитыПлатежа/НазначениеПлатежа"
    assert (out.ids, len(text(out.objects[0], path) or "")) == (["TEXT_CUT"], 250)
    assert to_crm("1.19", "1.7", refund).ids == []


def test_cards_that_the_crms_version_cannot_say_are_not_passed() -> None:
    book = Book("1.19")
    kit = el(
        "Справочник.Номенклатура",
        el("КлючевыеСвойства", book.item()),
        val("ТипНоменклатуры", "Набор"),
        book.unit(),
    )
    bare = el(
        "Справочник.Номенклатура",
        el("КлючевыеСвойства", book.item()),
        val("ТипНоменклатуры", "Услуга"),
    )
    out = to_crm("1.19", "1.3", kit, bare)
    assert (out.names, out.ids, out.tally.held) == ([], ["NOT_PASSED", "NOT_PASSED"], 0)
    assert to_crm("1.19", "1.19", kit, bare).ids == []


def test_money_in_another_currency_keeps_both_sums() -> None:
    book = Book("1.19")
    settled = book.settlement("", book.currency("643", "руб.", "ВалютаВзаиморасчетов"), "90", "1")
    row = book.payment_row("10", invoice_key(), "900", settlement=settled)
    paid = book.payment(BANK_IN, row, total="10", currency=book.currency("840", "USD"))
    out = to_crm("1.19", "1.3", paid, known=(crm_invoice("1.3"),))
    [document] = out.objects
    assert anywhere(document, "ОбщиеДанные/Валюта/Код") == ["840"]
    assert anywhere(document, "Строка/СуммаВзаиморасчетов") == ["900"]
    assert anywhere(document, "Строка/ДанныеВзаиморасчетов/КурсВзаиморасчетов") == ["90"]
    assert sum(Decimal(each or 0) for each in anywhere(document, "Строка/Сумма")) == 10


def test_the_head_is_that_of_a_1c_message() -> None:
    problems: list[Problem] = []
    out = io.BytesIO()
    reader = Reader(io.BytesIO(message(namespace("1.19"), Book("1.19").invoice())))
    with MessageLedger(known=False) as ledger:
        convert_to_crm(
            reader, out, bp("1.19"), ledger, NOW, problems.append, EnterpriseCrm("1.3", BILL)
        )
    assert out.getvalue().startswith(b"\xef\xbb\xbf")
    header = Reader(io.BytesIO(out.getvalue())).header
    assert header.format == namespace("1.3")
    assert (header.message_no, header.sender) == (1, "ONE")
    assert header.created == datetime(2026, 2, 11, 9)
    assert header.versions == VERSIONS
    named = {each.name: (each.sending, each.receiving) for each in header.object_types}
    assert named["Документ.СчетПокупателю"] == ("*", "*")
    assert named[BANK_IN] == ("*", "")
    assert "Документ.ЗаказКлиента" not in named


def test_another_operation_is_only_deleted_by_its_own_name() -> None:
    """1C finds an object by the type of the reference."""
    for name in ("РеализацияТоваровУслугСсылка", "ОперацияПоПлатежнойКартеСсылка"):
        out = to_crm("1.19", "1.3", Book("1.19").deletion(name, OTHER_OPERATION))
        assert anywhere(out.objects[0], name) == [OTHER_OPERATION]


@pytest.mark.parametrize("version", ["1.3", "1.20"])
def test_a_currency_is_judged_as_in_the_crm_format(version: str) -> None:
    sound = crm_invoice(version)
    assert [each for each in to_bp(version, "1.20", sound).ids if each == "CURRENCY_CODE"] == []
    old = sound.replace("<Код>643</Код>", "<Код>810</Код>")
    assert old != sound
    outcome = to_bp(version, "1.20", old)
    assert ORDER not in outcome.names
    assert "CURRENCY_CODE" in outcome.ids


def test_a_unit_without_a_code_is_told_of_once() -> None:
    book = Book("1.20")
    goods = book.goods_row(unit=book.unit(None, "короб"))
    outcome = to_bp("1.20", "1.20", book.invoice(goods=goods))
    assert outcome.ids == ["UNIT_BY_NAME"]
