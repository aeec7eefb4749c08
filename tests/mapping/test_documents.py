"""Operations as documents for a CRM that speaks EnterpriseData, field by field (SPEC §3)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from converter.formats import bp, enterprise_data
from converter.formats.notation import Group, Scalar
from converter.mapping.documents import document_of, document_table, fit_document, said_by_crm
from converter.mapping.links import Links, find_links
from converter.mapping.operation import BY_ELEMENT, BY_NAME, CUSTOMER, KINDS, Kind
from converter.mapping.reading import reader
from converter.mapping.trade import trade_operation
from converter.mapping.writing import writer
from converter.objects import (
    Account,
    BookOperation,
    Contract,
    Currency,
    DocKey,
    Item,
    PaymentRow,
    Person,
    Row,
    Share,
    TradeOperation,
    Unit,
)
from converter.problems import catalogue as say
from tests.mapping.book import (
    BANK_IN,
    BANK_OUT,
    CARD,
    INVOICE,
    LAMP,
    OPERATION,
    OTHER_INVOICE,
    OTHER_OPERATION,
    RETURN,
    SHIPMENT,
    TABLE,
    Book,
    guid,
    has_official,
    invoice_key,
    official_faults,
    val,
)
from tests.mapping.known import (
    DOLLARS,
    FOREIGN_KEY,
    INVOICE_KEY,
    ORGANISATION,
    OTHER_KEY,
    PARTY,
    RUBLES,
    Known,
    facts,
)

OUR, OTHER, FOREIGN = INVOICE_KEY, OTHER_KEY, FOREIGN_KEY
KNOWN = Known([facts(), facts(OTHER_INVOICE, "СЧ-2")])
KEY = replace(OUR, ref=OPERATION, number="БП-1")
CONTRACT = Contract(guid(23), "Поставка", "17-М", None)
USER = Person(guid(24), "Бухгалтер")

GOODS = Row(
    1, Item(TABLE, "Стол", None, None), quantity=Decimal(2), price=Decimal(100), sum=Decimal(200),
    vat="НДС20", vat_sum=Decimal("33.33"),
)  # fmt: skip
SERVICE = Row(
    1, Item(LAMP, "Сборка", None, None), content="Сборка", quantity=Decimal(1), price=Decimal(50),
    sum=Decimal(50), vat="БезНДС",
)  # fmt: skip
SHIPPED = BookOperation(
    KEY, RUBLES, PARTY, CONTRACT, Decimal(240), True, responsible=USER, comment="к", order=OUR,
    goods=(GOODS,), services=(SERVICE,),
)  # fmt: skip


def kind(name: str) -> Kind:
    return BY_ELEMENT[name]


def made(operation: BookOperation, name: str, known: Known = KNOWN) -> BookOperation | None:
    """The document of an operation whose links are found in it."""
    links = find_links(operation, kind(name), known)
    trade, problems = trade_operation(operation, kind(name), links, enterprise=True)
    assert trade is not None and problems == []
    return trade.document


# -- from BP: shipments ----------------------------------------------------------------------------


def test_a_shipment_of_one_invoice_names_it_in_its_head() -> None:
    inner = replace(SHIPPED, order=None, goods=(replace(GOODS, order=OUR),), services=())
    expected = replace(SHIPPED, settled_in=RUBLES)
    assert made(SHIPPED, SHIPMENT) == expected
    alone = replace(expected, goods=(GOODS,), services=())
    assert made(inner, SHIPMENT) == alone


def test_a_shipment_of_two_invoices_names_them_in_its_rows() -> None:
    operation = replace(
        SHIPPED,
        goods=(replace(GOODS, order=OTHER), GOODS),
        services=(SERVICE, replace(SERVICE, line=2, order=OTHER)),
        total=Decimal(500),
    )
    assert made(operation, SHIPMENT) == replace(
        operation,
        order=None,
        goods=(replace(GOODS, order=OTHER), replace(GOODS, order=OUR)),
        services=(replace(SERVICE, order=OUR), replace(SERVICE, line=2, order=OTHER)),
        settled_in=RUBLES,
    )


@pytest.mark.parametrize("part", ["goods", "services"])
def test_where_rows_are_left_out_the_sum_is_that_of_those_that_stay(part: str) -> None:
    foreign = replace(GOODS if part == "goods" else SERVICE, line=2, order=FOREIGN)
    operation = replace(SHIPPED, order=None, goods=(replace(GOODS, order=OUR),), services=())
    operation = replace(operation, **{part: (*getattr(operation, part), foreign)})
    document = made(operation, SHIPMENT)
    assert document == replace(
        SHIPPED, total=Decimal(200), goods=(GOODS,), services=(), settled_in=RUBLES
    )


def test_what_the_links_and_the_invoice_say_stands_in_the_document() -> None:
    """A counterparty that BP left out, a user that is none, a currency known by its name."""
    operation = replace(
        SHIPPED,
        party=None,
        currency=Currency(None, "USD"),
        responsible=Person(None, "<Не указан>"),
        contract=Contract(None, None, None, None),
    )
    document = made(operation, SHIPMENT, Known([facts(currency="840")]))
    assert document == replace(
        SHIPPED, currency=DOLLARS, responsible=None, contract=None, settled_in=DOLLARS
    )
    settled = replace(SHIPPED, settled_in=Currency(None, "USD"))
    assert made(settled, SHIPMENT) == replace(settled, settled_in=DOLLARS)


def test_a_return_stands_with_the_number_of_what_came_in_and_no_order_of_payment() -> None:
    operation = replace(SHIPPED, services=(), incoming_number="ВХ-7", total=Decimal(200))
    assert made(operation, RETURN) == replace(operation, settled_in=RUBLES)


# -- from BP: payments -----------------------------------------------------------------------------


def paid(sum: str, order: DocKey | None = OUR, **more: object) -> PaymentRow:
    return PaymentRow(Decimal(sum), order, **more)  # type: ignore[arg-type]


def payment(*rows: PaymentRow, total: str = "150", **more: object) -> BookOperation:
    return BookOperation(
        KEY, RUBLES, PARTY, total=Decimal(total), settlement=CUSTOMER, payments=rows,
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_rows_of_a_payment_say_whose_they_are_and_settle_nothing_else() -> None:
    pointer = replace(OUR, ref=OTHER_OPERATION)
    operation = payment(
        paid("100", settled_object=pointer, settled_document=pointer, contract=CONTRACT),
        paid("50", OTHER, currency=Currency(None, "USD"), rate=Decimal(90), settled_sum=Decimal(1),
             vat_sum=Decimal(8)),
    )  # fmt: skip
    known = Known([facts(), facts(OTHER_INVOICE, "СЧ-2", currency="840")])
    assert made(operation, BANK_IN, known) == replace(
        operation,
        contract=CONTRACT,
        settled_in=RUBLES,
        payments=(
            paid("100", contract=CONTRACT, currency=RUBLES, seller=ORGANISATION, buyer=PARTY),
            paid("50", OTHER, currency=DOLLARS, rate=Decimal(90), settled_sum=Decimal(1),
                 vat_sum=Decimal(8), seller=ORGANISATION, buyer=PARTY),
        ),
    )  # fmt: skip


def test_rows_of_others_are_left_out_of_a_payment_and_of_its_sum() -> None:
    operation = payment(paid("100"), paid("20"), paid("30", FOREIGN), total="150")
    document = made(operation, BANK_IN)
    assert document is not None
    assert document.total == Decimal(120)
    assert [row.sum for row in document.payments] == [Decimal(100), Decimal(20)]
    assert document.order is not None and document.order.ref == INVOICE


DAY = datetime(2026, 2, 9, 11)


@pytest.mark.parametrize(
    ("number", "date", "order"),
    [
        ("П-9", DAY, DocKey(None, DAY, "П-9", ORGANISATION)),
        (None, DAY, None),
        ("П-9", None, None),
    ],
)
def test_a_refunds_order_is_what_came_in_where_it_names_no_other(
    number: str | None, date: datetime | None, order: DocKey | None
) -> None:
    operation = payment(paid("150"), incoming_number=number, incoming_date=date)
    document = made(operation, BANK_OUT)
    assert document is not None and document.payment_order == order
    own = replace(operation, payment_order=KEY)
    named = made(own, BANK_OUT)
    assert named is not None and named.payment_order == KEY


# -- what a person tied ----------------------------------------------------------------------------


def tied(operation: BookOperation, *sums: tuple[DocKey, str]) -> BookOperation | None:
    shares = tuple(Share(invoice, None, Decimal(sum), None) for invoice, sum in sums)
    owners = tuple(facts(each.ref, each.number) for each, _ in sums)
    trade = TradeOperation(
        KEY, "", PARTY, CONTRACT, RUBLES, Decimal(150), None, None, None, None, None, None, shares,
        operation.goods, operation.services,
    )  # fmt: skip
    return document_of(operation, trade, Links(shares, owners, trade.goods, trade.services))


def test_a_payment_that_a_person_tied_has_a_row_for_each_invoice() -> None:
    operation = payment(
        paid("150", None, settled_sum=Decimal(1), vat_sum=Decimal(25), rate=Decimal(90),
             multiplicity=1, currency=DOLLARS, contract=CONTRACT)
    )  # fmt: skip
    row = paid("0", currency=RUBLES, contract=CONTRACT, seller=ORGANISATION, buyer=PARTY)
    one = replace(row, sum=Decimal(100))
    two = replace(row, sum=Decimal(30), order=OTHER)
    expected = replace(
        operation, contract=CONTRACT, total=Decimal(130), order=OUR, settled_in=RUBLES,
        payments=(one, two),
    )  # fmt: skip
    assert tied(operation, (OUR, "100"), (OTHER, "30")) == expected
    alone = replace(expected, total=Decimal(100), payments=(one,))
    assert tied(operation, (OUR, "100")) == alone


def test_goods_that_a_person_tied_name_their_only_invoice_and_its_sum() -> None:
    bare = replace(SHIPPED, order=None)
    assert tied(bare, (OUR, "100")) == replace(
        SHIPPED, total=Decimal(100), responsible=None, settled_in=RUBLES
    )
    assert tied(bare, (OUR, "100"), (OTHER, "30")) is None


def test_a_shipment_without_rows_that_a_person_tied_names_its_invoice() -> None:
    bare = replace(SHIPPED, order=None, goods=(), services=())
    document = tied(bare, (OUR, "240"))
    assert document is not None
    assert (document.order, document.total) == (OUR, Decimal(240))


# -- towards the CRM -------------------------------------------------------------------------------


def fitted(
    document: BookOperation, version: str, name: str = SHIPMENT
) -> tuple[BookOperation | None, list[object]]:
    made, problems = fit_document(document, document_table(kind(name)), bp(version))
    return made, list(problems)


def test_a_document_is_fitted_to_what_the_version_demands() -> None:
    document = replace(SHIPPED, currency=Currency("840", None), settled_in=Currency("643", None))
    fit, problems = fitted(document, "1.3")
    assert problems == []
    assert fit == replace(
        document,
        work="РеализацияКлиенту",
        currency=DOLLARS,
        settled_in=RUBLES,
        account=Account("", None, None),
        goods=(replace(GOODS, activity="ОблагаетсяНДС"),),
        services=(replace(SERVICE, activity="НеОблагаетсяНДС"),),
    )
    late, _ = fitted(document, "1.19")
    assert late is not None and late.currency == Currency("840", None)
    own = replace(document, work="ПередачаНаКомиссию", settled_in=None)
    kept, _ = fitted(own, "1.19")
    assert kept is not None and (kept.work, kept.settled_in) == ("ПередачаНаКомиссию", None)


def test_the_usual_kind_of_a_return_and_of_a_payment() -> None:
    back, _ = fitted(replace(SHIPPED, services=()), "1.19", RETURN)
    assert back is not None and back.work == "ВозвратОтКлиента"
    receipt, _ = fitted(payment(paid("150")), "1.19", BANK_IN)
    assert receipt is not None and receipt.work is None


@pytest.mark.parametrize("name", KINDS, ids=lambda each: each.name)
def test_a_bank_document_without_a_day_of_the_statement_has_its_own(name: Kind) -> None:
    """The format demands one, and BP may have written 1C's empty date."""
    element = str(name.table.bp)
    fit, _ = fitted(payment(paid("150")), "1.19", element)
    bank = element in (BANK_IN, BANK_OUT)
    assert fit is not None and fit.statement_date == (KEY.date if bank else None)
    said, _ = fitted(payment(paid("150"), statement_date=DAY), "1.19", element)
    assert said is not None and said.statement_date == DAY


@pytest.mark.parametrize("version", enterprise_data().versions)
@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("ОплатаОтКлиентаПлатежнойКартой", None),
        ("ВозвратОплатыКлиентуНаПлатежнуюКарту", None),
        ("ОплатаОтКлиентаЧерезПлатежнуюСистему", "ОплатаОтКлиентаПлатежнойКартой"),
        ("ВозвратОтКлиентаЧерезПлатежнуюСистему", "ВозвратОплатыКлиентуНаПлатежнуюКарту"),
    ],
)
def test_a_card_payments_kind_goes_by_a_plainer_word_where_the_version_has_no_own(
    said: str, plain: str | None, version: str
) -> None:
    fit, problems = fitted(payment(paid("150"), card_kind=said), version, CARD)
    late = enterprise_data().versions.index(version) >= enterprise_data().versions.index("1.10")
    assert fit is not None and problems == []
    assert fit.card_kind == (said if late or plain is None else plain)


def test_a_kind_that_no_version_has_a_word_for_goes_by_the_ordinary_one() -> None:
    for said in (None, "ПоQRКоду"):
        fit, _ = fitted(payment(paid("150"), card_kind=said), "1.19", CARD)
        assert fit is not None and fit.card_kind == "ОплатаОтКлиентаПлатежнойКартой"
        fit, _ = fitted(replace(SHIPPED, work=said), "1.19")
        assert fit is not None and fit.work == "РеализацияКлиенту"


#: which field of ours is said by one of the format's words, and where
WORDS = {
    "work": ("ВидОперации",),
    "card_kind": ("ВидОперации", "КлючевыеСвойства/ВидОперации"),
    "activity": ("Товары/Строка/ВозвратПодДеятельность",),
    "vat": ("Товары/Строка/СтавкаНДС", "Услуги/Строка/СтавкаНДС"),
}


def _words(each: Kind) -> set[tuple[str, str]]:
    """Every field and word that any version has in a kind's document."""
    found = set()
    for version in enterprise_data().versions:
        group = bp(version).view.objects.get(
            str(each.table.bp), Group(None, choice=False, fields=tuple)
        )
        for name in WORDS.keys() - {"work" if each.table.bp == CARD else "card_kind"}:
            for place in WORDS[name]:
                field = group.find(place)
                if field is not None and isinstance(field.type, Scalar):
                    found |= {(name, word) for word in field.type.words}
    return found


def _saying(each: Kind, field: str, word: str) -> BookOperation:
    """An operation of a kind that says a word."""
    if each.is_payment:
        operation = payment(paid("150"))
        settlement = None if each.table.bp == CARD else CUSTOMER
        return replace(operation, settlement=settlement, **{field: word})
    sold = replace(SHIPPED, goods=(replace(GOODS, unit=Unit("796", "шт")),))
    if each.table.bp == RETURN:
        sold = replace(sold, services=())
    if field == "work":
        return replace(sold, work=word)
    goods, services = (
        tuple(replace(row, **{field: word}) for row in rows) for rows in (sold.goods, sold.services)
    )
    return replace(sold, goods=goods, services=services)


@pytest.mark.skipif(not has_official(), reason="the official schemas are not at hand")
@pytest.mark.parametrize("version", enterprise_data().versions)
def test_every_word_of_every_version_can_be_said_in_every_other(version: str) -> None:
    tried = 0
    for each in KINDS:
        name, table = str(each.table.bp), document_table(each)
        if name not in bp(version).view.objects:
            continue
        for field, word in sorted(_words(each)):
            operation = _saying(each, field, word)
            links = find_links(operation, each, KNOWN)
            trade, _ = trade_operation(operation, each, links, enterprise=True)
            assert trade is not None and trade.document is not None
            fit, _ = fit_document(trade.document, table, bp(version))
            assert fit is not None
            faults = official_faults(version, writer(table, bp(version))(fit))
            assert faults == [], (name, field, word)
            tried += 1
    assert tried > 20


def test_a_rate_without_a_word_is_left_out_of_a_row_with_its_place() -> None:
    taxed = replace(
        SHIPPED,
        goods=(GOODS, replace(GOODS, line=2, vat="НДС22")),
        services=(replace(SERVICE, line=7, vat="НДС5", activity="ЕНВД"),),
    )
    fit, problems = fitted(taxed, "1.16")
    assert problems == [
        say.VAT_UNKNOWN("Товары/Строка[2]/СтавкаНДС", value="НДС22"),
        say.VAT_UNKNOWN("Услуги/Строка[7]/СтавкаНДС", value="НДС5"),
    ]
    assert fit is not None
    assert [(row.vat, row.activity) for row in (*fit.goods, *fit.services)] == [
        ("НДС20", "ОблагаетсяНДС"),
        (None, "ОблагаетсяНДС"),
        (None, "ЕНВД"),
    ]
    assert fitted(taxed, "1.17")[1] == []


@pytest.mark.parametrize(
    ("part", "last", "first"), [("Товары", "1.17", "1.18"), ("Услуги", "1.18", "1.19")]
)
def test_rows_that_cannot_name_their_invoices_hold_the_document(
    part: str, last: str, first: str
) -> None:
    rows = {"goods": (replace(GOODS, order=OUR),), "services": ()}
    if part == "Услуги":
        rows = {"goods": (), "services": (replace(SERVICE, order=OUR),)}
    document = replace(SHIPPED, **rows)
    problem = say.INVOICES_NOT_IN_VERSION(f"{part}/Строка/Заказ", version=last)
    assert fitted(document, last) == (None, [problem])
    assert fitted(document, first)[0] is not None


def test_accounts_of_bank_documents() -> None:
    """The format demands one, and up to 1.19 its number."""
    given = Account("40702810800000004101", None, "Банк")
    for account, version, expected in (
        (None, "1.19", Account("", None, None)),
        (given, "1.19", given),
        (given, "1.3", replace(given, bank=None)),
        (replace(given, number=None), "1.19", replace(given, number="")),
    ):
        fit, _ = fitted(payment(paid("150"), account=account), version, BANK_IN)
        assert fit is not None and fit.account == expected


def test_currencies_of_the_rows_of_a_payment_have_the_names_that_are_demanded() -> None:
    rows = paid("100", currency=Currency("840", None)), paid("50", currency=None)
    fit, _ = fitted(payment(*rows), "1.3", BANK_IN)
    assert fit is not None and [row.currency for row in fit.payments] == [DOLLARS, None]


@pytest.mark.parametrize(("length", "cut"), [(250, False), (251, True)])
def test_the_purpose_of_a_refund_is_cut_to_the_room_there_is(length: int, cut: bool) -> None:
    document = payment(paid("150"), purpose="я" * length)
    fit, problems = fitted(document, "1.3", BANK_OUT)
    assert fit is not None and fit.purpose == "я" * 250
    assert problems == ([say.TEXT_CUT("НазначениеПлатежа", limit=250)] if cut else [])
    free, none = fitted(document, "1.19", BANK_IN)
    assert free is not None and (free.purpose, none) == ("я" * length, [])
    assert fitted(replace(document, purpose=None), "1.3", BANK_OUT)[1] == []


# -- tables ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("each", KINDS)
def test_a_documents_table_says_each_field_once_and_all_of_the_kinds(each: Kind) -> None:
    lines = document_table(each).lines
    said = [line.value for line in lines if not line.written_only]
    assert len(said) == len(set(said))
    assert {line.value for line in each.table.lines if not line.written_only} <= set(said)
    assert document_table(each).bp == each.table.bp
    assert document_table(each).record is BookOperation


def test_a_shipment_points_at_its_invoice_by_either_element() -> None:
    sold = BY_NAME["РеализацияТоваровУслуг"]
    for pointer, other in (("Заказ", "СчетПокупателю"), ("СчетПокупателю", "Заказ")):
        [order] = [line for line in document_table(sold, pointer).lines if line.value == "order"]
        assert order.bp == (pointer, other)
    assert document_table(sold) is document_table(sold, "Заказ")


def test_the_whole_document_of_a_return_is_read_as_it_is_written() -> None:
    book = Book("1.8")
    table = document_table(kind(RETURN))
    text = book.give_back(order=invoice_key(), incoming=("ВХ-7", "2026-02-10"))
    said = reader(table, bp("1.8"))(book.element(text))
    assert (said.work, said.goods[0].activity) == ("ВозвратОтКлиента", "ОблагаетсяНДС")
    again = writer(table, bp("1.8"))(said)
    assert reader(table, bp("1.8"))(book.element(again)) == said


# -- what a CRM made up ----------------------------------------------------------------------------


def test_what_a_crm_says_of_an_operation_of_its_own_is_enough_to_delete_it() -> None:
    book = Book("1.8")
    text = book.payment(BANK_IN, total="150", purpose="Оплата")
    found = said_by_crm(BANK_IN, book.element(text), bp("1.8"))
    assert found == TradeOperation(
        DocKey(OPERATION, datetime(2026, 2, 12, 12), "БП-1", ORGANISATION),
        "ПоступлениеБезналичныхДС", PARTY, None, RUBLES, Decimal(150), None, None, None, None,
        None, None, (), (), (),
    )  # fmt: skip
    assert said_by_crm(BANK_IN, book.element(book.payment(BANK_IN, buyer="")), bp("1.8")) is None
    silent = book.card().replace(val("Сумма", "150"), "", 1)
    card = said_by_crm(CARD, book.element(silent), bp("1.8"))
    assert card is not None and (card.total, card.kind) == (Decimal(0), "ОплатаПлатежнойКартой")
