"""How a CRM speaks: what both formats answer to the same questions (SPEC §3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from lxml import etree
from msgspec.structs import replace

from converter.formats import CRM as CRM_DIALECT
from converter.formats import bp
from converter.mapping import deletion as kinds
from converter.mapping.crm import PLAIN, EnterpriseCrm
from converter.mapping.invoice import INVOICE as TABLE_OF_INVOICES
from converter.mapping.operation import BY_NAME
from converter.mapping.reading import reader
from converter.mapping.traffic import types_towards_crm
from converter.mapping.vat import RATES
from converter.objects import (
    BookOperation,
    Contract,
    ContractCard,
    Counterparty,
    Currency,
    Deletion,
    Invoice,
    InvoiceState,
    ItemCard,
    Share,
    TradeOperation,
    UnitCard,
)
from converter.problems import catalogue as say
from tests.mapping.book import (
    BANK_IN,
    CRM,
    OPERATION,
    SHIPMENT,
    TABLE,
    Book,
    crm_deletion,
    element,
    guid,
    invoice_key,
    namespace,
    val,
)
from tests.mapping.known import INVOICE_KEY, PARTY
from tests.mapping.orders import BILL, PHONE, contact, contract, crm_counterparty
from tests.mapping.orders import crm_invoice as order
from tests.mapping.test_content import CARD, ROW, SERVICE
from tests.mapping.test_content import INVOICE as SENT

PAYMENT_STATE = "Справочник.СостояниеОплатыЗаказа"
SHIPMENT_STATE = "Справочник.СостояниеОтгрузкиЗаказа"
KEY = replace(INVOICE_KEY, ref=OPERATION, number="БП-1")


def operation(kind: str, *shares: Share, document: BookOperation | None = None) -> TradeOperation:
    return TradeOperation(
        KEY, kind, PARTY, None, Currency("643", "руб."), Decimal(150), None, None, None, None,
        None, None, shares, (), (), document,
    )  # fmt: skip


def state(paid: str = "Оплачен", shipped: str = "НеОтгружен") -> InvoiceState:
    return InvoiceState(
        INVOICE_KEY, None, None, PARTY, Currency("643", None), Decimal(200), Decimal(200), paid,
        None, Decimal(0), shipped, None,
    )  # fmt: skip


SHIPPED, PAID = operation("РеализацияТоваровУслуг"), operation("ПоступлениеБезналичныхДС")


# -- the CRM format --------------------------------------------------------------------------------


def test_the_crm_format_has_one_version() -> None:
    assert PLAIN.at("1.0") is PLAIN
    with pytest.raises(KeyError, match=r"1\.19"):
        PLAIN.at("1.19")


def test_every_object_of_the_crm_format_goes_as_itself() -> None:
    own = (kinds.INVOICE, kinds.COUNTERPARTY, "УдалениеОбъекта")
    assert PLAIN.own == {kind: kind for kind in own}
    assert PLAIN.books == {kind: kind for kind in (kinds.OPERATION, kinds.STATE)}
    cards = ("Организации", "Номенклатура", "БанковскиеСчета", "Валюты", "ЕдиницыИзмерения")
    for kind in (*PLAIN.own, *PLAIN.books, *(f"Справочник.{card}" for card in cards)):
        assert PLAIN.names(kind, None) == (kind,)
    assert PLAIN.names(kinds.CONTRACT, None) == ()
    assert (PLAIN.dialect, PLAIN.enterprise, PLAIN.types) == (CRM_DIALECT, False, ())


@pytest.mark.parametrize("judged", [False, True])
def test_the_crm_format_is_written_and_read_again(judged: bool) -> None:
    deletion = Deletion(kinds.INVOICE, guid(1))
    for kind, record in ((kinds.INVOICE, SENT), ("УдалениеОбъекта", deletion)):
        text, problems = PLAIN.write(kind, record)
        assert text is not None and problems == []
        assert PLAIN.read(kind, element(CRM, text), judged) == (record, [])
    sent = crm_deletion(kinds.INVOICE, guid(1))
    assert PLAIN.read("УдалениеОбъекта", element(CRM, sent)) == (deletion, [])


def test_the_crm_format_says_everything_itself() -> None:
    assert PLAIN.remember(CARD, SENT) is CARD
    assert PLAIN.deletion(kinds.OPERATION, OPERATION, SHIPPED) == Deletion(
        kinds.OPERATION, OPERATION
    )


# -- EnterpriseData: names -------------------------------------------------------------------------


#: CRMs of one version, by what their invoice is called
ORDERS, BILLS = EnterpriseCrm("1.8"), EnterpriseCrm("1.8", BILL)


def test_what_a_crm_may_change_and_what_only_bp_may() -> None:
    shared = {
        "Справочник.Контрагенты": kinds.COUNTERPARTY,
        "Справочник.Договоры": kinds.CONTRACT,
        "УдалениеОбъекта": "УдалениеОбъекта",
    }
    assert ORDERS.own == {"Документ.ЗаказКлиента": kinds.INVOICE, **shared}
    assert BILLS.own == {"Документ.СчетПокупателю": kinds.INVOICE, **shared}
    assert ORDERS.books == BILLS.books
    assert ORDERS.books[SHIPMENT] == ORDERS.books[BANK_IN] == kinds.OPERATION
    assert ORDERS.books[PAYMENT_STATE] == ORDERS.books[SHIPMENT_STATE] == kinds.STATE
    assert len(ORDERS.books) == 9
    assert ORDERS.types == types_towards_crm("Документ.ЗаказКлиента")
    assert BILLS.types == types_towards_crm("Документ.СчетПокупателю")
    assert (ORDERS.enterprise, ORDERS.dialect) == (True, bp("1.8"))
    with pytest.raises(KeyError):
        EnterpriseCrm("1.9")


def test_in_another_version_a_crm_stays_what_it_is() -> None:
    wanted = frozenset({SHIPMENT})
    crm = EnterpriseCrm("1.8", BILL, wanted)
    assert crm.at("1.8") is crm
    other = crm.at("1.19")
    assert isinstance(other, EnterpriseCrm)
    assert (other.dialect, other.invoice, other.wanted) == (bp("1.19"), BILL, wanted)


@pytest.mark.parametrize(
    ("kind", "record", "names"),
    [
        (kinds.INVOICE, SENT, ("Документ.ЗаказКлиента",)),
        (kinds.OPERATION, SHIPPED, (SHIPMENT,)),
        (kinds.OPERATION, PAID, (BANK_IN,)),
        (kinds.OPERATION, None, ()),
        (kinds.STATE, state(), (PAYMENT_STATE, SHIPMENT_STATE)),
        (kinds.STATE, None, ()),
        (kinds.COUNTERPARTY, CARD, ("Справочник.Контрагенты",)),
        (kinds.CONTRACT, None, ("Справочник.Договоры",)),
        ("УдалениеОбъекта", None, ("УдалениеОбъекта",)),
        ("Справочник.Склады", None, ()),
    ],
)
def test_the_elements_that_an_object_goes_as(
    kind: str, record: Any, names: tuple[str, ...]
) -> None:
    assert ORDERS.names(kind, record) == names
    for wanted in (*names, "Справочник.Иной"):
        asked = EnterpriseCrm("1.8", wanted=frozenset({wanted}))
        left = tuple(name for name in names if name in (wanted, "УдалениеОбъекта"))
        assert asked.names(kind, record) == left


def test_what_the_version_has_no_place_for_goes_as_nothing() -> None:
    old = EnterpriseCrm("1.3")
    assert old.names(kinds.STATE, state()) == ()
    assert old.write(kinds.STATE, state()) == (None, [])
    assert BILLS.names(kinds.INVOICE, SENT) == ("Документ.СчетПокупателю",)


def test_an_operation_is_deleted_by_the_name_of_its_document() -> None:
    crm = ORDERS
    assert crm.deletion(kinds.OPERATION, OPERATION, SHIPPED) == Deletion(
        kinds.OPERATION, OPERATION, "РеализацияТоваровУслугСсылка"
    )
    assert crm.deletion(kinds.INVOICE, guid(1), SENT) == Deletion(kinds.INVOICE, guid(1))


# -- EnterpriseData: reading -----------------------------------------------------------------------


def read(crm: EnterpriseCrm, kind: str, text: str) -> tuple[Any, list[Any]]:
    return crm.read(kind, element(namespace(crm.dialect.version), text))


def test_the_crms_rates_are_refused_by_the_row_and_tare_is_not_looked_at() -> None:
    book = Book("1.8")
    rows = (
        book.goods_row(1, vat="НДС4")
        + book.goods_row(2)
        + book.goods_row(3, vat="НДС4", after=val("ТипЗапасов", "ВозвратнаяТара"))
    )
    services = book.service_row(5, vat="НДС4_104")
    sent = order("1.8", goods=rows, services=services, total="900")
    invoice, problems = read(ORDERS, kinds.INVOICE, sent)
    assert problems == [
        say.VALUE_NOT_LISTED(f"{field}/СтавкаНДС", value=rate, expected=", ".join(RATES))
        for field, rate in (("Товары/Строка[1]", "НДС4"), ("Услуги/Строка[5]", "НДС4_104"))
    ]
    assert [row.line for row in invoice.goods] == [1, 2]


def test_the_crms_own_sum_is_judged_by_the_rules_and_what_is_missing_here() -> None:
    book = Book("1.8")
    bare = book.goods_row().replace("Количество>2<", "Количество>0<").replace("<Цена>", "<Х>")
    bare = bare.replace("</Цена>", "</Х>")
    sent = order("1.8", goods=bare, total="1").replace("ДанныеНоменклатуры", "Иное", 2)
    _, problems = read(ORDERS, kinds.INVOICE, sent)
    assert problems == [say.FIELD_MISSING("Товары/Строка[1]/Номенклатура")]


def test_a_draft_is_no_invoice() -> None:
    crm = EnterpriseCrm("1.15")
    assert read(crm, kinds.INVOICE, order("1.15", state="Черновик")) == (None, [])
    invoice, problems = read(crm, kinds.INVOICE, order("1.15", state="Актуальный"))
    assert (invoice.key.number, invoice.state, problems) == ("СЧ-1", None, [])


def test_a_counterparty_keeps_its_rows_beside_the_fields() -> None:
    card, problems = read(
        ORDERS, kinds.COUNTERPARTY, crm_counterparty("1.8", contact("Телефон", PHONE))
    )
    assert isinstance(card, Counterparty)
    assert (card.phone, [each.fields for each in card.contacts]) == ("+7 900", [PHONE])
    assert problems == []


def test_a_contract_with_a_customer_says_no_kind_and_another_is_none() -> None:
    card, problems = read(ORDERS, kinds.CONTRACT, contract("1.8"))
    assert isinstance(card, ContractCard)
    assert (card.kind, card.key.number, problems) == (None, "17-М", [])
    other = contract("1.8", "СПоставщиком")
    assert read(ORDERS, kinds.CONTRACT, other) == (None, [])


@pytest.mark.parametrize(
    ("crm", "own", "other"),
    [
        (ORDERS, "ЗаказКлиентаСсылка", "СчетПокупателюСсылка"),
        (BILLS, "СчетПокупателюСсылка", "ЗаказКлиентаСсылка"),
    ],
)
def test_only_what_carries_its_invoice_is_deleted(crm: EnterpriseCrm, own: str, other: str) -> None:
    book = Book("1.8")
    found = read(crm, "УдалениеОбъекта", book.deletion(own, guid(1)))
    assert found == (Deletion(kinds.INVOICE, guid(1)), [])
    assert read(crm, "УдалениеОбъекта", book.deletion(other, guid(1))) == (None, [])


def test_other_deletions_name_their_element_and_the_unknown_are_none() -> None:
    book = Book("1.8")
    text = book.deletion("ДоговорыСсылка", guid(2))
    expected = Deletion(kinds.CONTRACT, guid(2), "ДоговорыСсылка")
    assert read(ORDERS, "УдалениеОбъекта", text) == (expected, [])
    unknown = book.deletion("СкладыСсылка", guid(2))
    assert read(ORDERS, "УдалениеОбъекта", unknown) == (None, [])


# -- EnterpriseData: writing -----------------------------------------------------------------------


def written(crm: EnterpriseCrm, invoice: Invoice) -> Invoice:
    text, problems = crm.write(kinds.INVOICE, invoice)
    assert text is not None and problems == []
    made = reader(TABLE_OF_INVOICES, crm.dialect)(element(crm.dialect.namespace, text))
    assert isinstance(made, Invoice)
    return made


def test_an_invoice_goes_with_its_vat_in_figures_and_what_the_version_demands() -> None:
    bare = replace(
        SENT,
        vat_included=None,
        currency=Currency("840", None),
        contract=Contract(None, None, None, None),
        account=replace(SENT.account, bic=None) if SENT.account else None,
        goods=(replace(ROW, vat_sum=None),),
    )
    made = written(EnterpriseCrm("1.3"), bare)
    assert made.vat_included is True
    assert made.currency == Currency("840", "USD")
    assert made.contract is None
    assert made.account is not None and made.account.bank is None
    assert [row.vat_sum for row in made.rows] == [Decimal("33.50"), Decimal("0.00")]
    on_top = written(EnterpriseCrm("1.3"), replace(bare, vat_included=False))
    assert on_top.vat_included is False
    assert [row.vat_sum for row in on_top.rows] == [Decimal("40.20"), Decimal("0.00")]


def test_an_invoice_of_a_rate_without_a_word_is_held() -> None:
    taxed = replace(SENT, services=(replace(SERVICE, line=4, vat="НДС22"),))
    problem = say.VAT_NOT_IN_CRM_VERSION("Услуги/Строка[4]/СтавкаНДС", rate="НДС22", version="1.8")
    assert ORDERS.write(kinds.INVOICE, taxed) == (None, [problem])


@pytest.mark.parametrize(
    ("paid", "word"),
    [("Переплата", "Оплачен"), ("Оплачен", "Оплачен"), ("ОплаченЧастично", "ОплаченЧастично")],
)
def test_a_state_goes_as_two_words(paid: str, word: str) -> None:
    text, problems = ORDERS.write(kinds.STATE, state(paid))
    body = element(namespace("1.8"), f"<Все>{text}</Все>")
    found = [(etree.QName(each).localname, each[1].text) for each in body]
    assert found == [(PAYMENT_STATE, word), (SHIPMENT_STATE, "НеОтгружен")]
    assert problems == []
    asked = EnterpriseCrm("1.8", wanted=frozenset({SHIPMENT_STATE}))
    alone, _ = asked.write(kinds.STATE, state(paid))
    assert alone is not None and PAYMENT_STATE not in alone and SHIPMENT_STATE in alone


def test_an_operation_of_which_nobody_knows_the_document_is_held() -> None:
    share = Share(INVOICE_KEY, None, Decimal(150), None)
    one = operation("РеализацияТоваровУслуг", share)
    assert ORDERS.write(kinds.OPERATION, one) == (None, [say.DOCUMENT_UNKNOWN()])
    two = operation("РеализацияТоваровУслуг", share, share)
    problem = say.INVOICES_NOT_IN_VERSION(version="1.8")
    assert ORDERS.write(kinds.OPERATION, two) == (None, [problem])


@pytest.mark.parametrize(("crm", "pointer"), [(ORDERS, "Заказ"), (BILLS, BILL)])
def test_a_shipment_names_its_invoice_as_the_crm_calls_it(crm: EnterpriseCrm, pointer: str) -> None:
    text = Book("1.8").shipment(order=invoice_key(), goods=Book("1.8").goods_row())
    kind = BY_NAME["РеализацияТоваровУслуг"]
    document = reader(kind.table, bp("1.8"))(Book("1.8").element(text))
    made, problems = crm.write(kinds.OPERATION, operation(kind.name, document=document))
    assert made is not None and problems == []
    root = element(namespace("1.8"), made)
    assert root.findtext(f"{{*}}{pointer}/{{*}}Ссылка") == INVOICE_KEY.ref


def test_a_card_that_cannot_be_said_goes_as_nothing_with_the_reason() -> None:
    unit = UnitCard(guid(50), "796", None)
    text, problems = ORDERS.write("Справочник.ЕдиницыИзмерения", unit)
    assert text is not None and "<Код>796</Код>" in text and problems == []
    item = ItemCard(replace(ROW.item, code=None), "Набор", None, None, None) if ROW.item else None
    text, problems = ORDERS.write("Справочник.Номенклатура", item)
    assert text is None
    assert [problem.where.field for problem in problems] == ["ЕдиницаИзмерения"]


@pytest.mark.parametrize(
    ("crm", "name"), [(ORDERS, "ЗаказКлиентаСсылка"), (BILLS, "СчетПокупателюСсылка")]
)
def test_a_deletion_of_an_invoice_goes_by_the_crms_name_for_it(
    crm: EnterpriseCrm, name: str
) -> None:
    text, problems = crm.write("УдалениеОбъекта", Deletion(kinds.INVOICE, TABLE))
    assert text is not None and f"<{name}>{TABLE}</{name}>" in text and problems == []
    named = Deletion(kinds.OPERATION, TABLE, "РКОРасчетыСКонтрагентамиСсылка")
    text, _ = crm.write("УдалениеОбъекта", named)
    assert text is not None and "<РКОРасчетыСКонтрагентамиСсылка>" in text
