"""How an operation's invoices are found, and how much of it belongs to each (SPEC §2)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from converter.mapping.links import (
    Invoiced,
    InvoiceFacts,
    Links,
    find_links,
    is_current,
    same_organisation,
    same_party,
    same_reference,
)
from converter.mapping.operation import BY_ELEMENT
from converter.objects import (
    BookOperation,
    Contract,
    Currency,
    DocKey,
    Interest,
    Item,
    Organisation,
    Party,
    PaymentRow,
    Row,
    Share,
)
from converter.problems import catalogue as say
from tests.mapping.book import (
    BANK_IN,
    BANK_OUT,
    CARD,
    CASH_IN,
    CASH_OUT,
    INVOICE,
    OPERATION,
    OTHER_INVOICE,
    OTHER_OPERATION,
    PAYMENTS,
    RETURN,
    SHIPMENT,
    guid,
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
OURS, OTHERS = facts(), facts(OTHER_INVOICE, "СЧ-2")
EUROS = Currency("978", "EUR")
DOCUMENT = replace(OUR, ref=OTHER_OPERATION, number="БП-2")
UNKNOWN = replace(OUR, ref=guid(99), number="БП-3")
ZERO_INVOICES, ONE, TWO = guid(41), guid(42), guid(43)
KNOWN = Known(
    [OURS, OTHERS],
    {ZERO_INVOICES: (), ONE: (OURS,), TWO: (OURS, OTHERS), OTHER_OPERATION: (OTHERS,)},
)


def pointer(ref: str) -> DocKey:
    return replace(DOCUMENT, ref=ref)


def paid(sum: str, **fields: object) -> PaymentRow:
    return PaymentRow(Decimal(sum), **fields)  # type: ignore[arg-type]


def payment(
    *rows: PaymentRow,
    currency: Currency = RUBLES,
    settlement: str | None = "СПокупателем",
    party: Party | None = PARTY,
) -> BookOperation:
    return BookOperation(
        replace(OUR, ref=OPERATION, number="БП-1"),
        currency,
        party=party,
        settlement=settlement,
        payments=rows,
    )


def row(sum: str, order: DocKey | None = None, vat_sum: str | None = None) -> Row:
    return Row(
        1,
        Item(None, f"товар за {sum}", None, None),
        quantity=Decimal(1),
        sum=Decimal(sum),
        vat_sum=None if vat_sum is None else Decimal(vat_sum),
        order=order,
    )


def shipment(
    *goods: Row,
    services: tuple[Row, ...] = (),
    order: DocKey | None = None,
    given: DocKey | None = None,
    total: str | None = None,
    included: bool | None = True,
    party: Party | None = PARTY,
) -> BookOperation:
    return BookOperation(
        replace(OUR, ref=OPERATION, number="БП-1"),
        RUBLES,
        party=party,
        total=None if total is None else Decimal(total),
        vat_included=included,
        order=order,
        shipment=given,
        goods=goods,
        services=services,
    )


def links(operation: BookOperation, name: str = BANK_IN, known: Known = KNOWN) -> Links:
    return find_links(operation, BY_ELEMENT[name], known)


def sums(operation: BookOperation, name: str = BANK_IN, known: Known = KNOWN) -> dict[str, str]:
    """The sum of each invoice, by number."""
    found = links(operation, name, known)
    assert found.problem is None
    return {share.invoice.number: str(share.sum) for share in found.shares}


# -- payments: the ways and their order --------------------------------------------------------------


class Case(NamedTuple):
    """A row of a payment and the invoice that it is found to pay."""

    order: DocKey | None = None
    object: str | None = None
    document: str | None = None
    found: str | None = None


@pytest.mark.parametrize("name", [*PAYMENTS, CARD])
@pytest.mark.parametrize(
    "case",
    [
        Case(order=OUR, found="СЧ-1"),
        Case(order=OUR, object=OTHER_OPERATION, document=OTHER_OPERATION, found="СЧ-1"),
        Case(object=ONE, found="СЧ-1"),
        Case(document=ONE, found="СЧ-1"),
        Case(object=ONE, document=OTHER_OPERATION, found="СЧ-1"),
        Case(object=TWO, document=OTHER_OPERATION, found="СЧ-2"),
        Case(object=ZERO_INVOICES, document=OTHER_OPERATION, found="СЧ-2"),
        Case(object=guid(99), document=OTHER_OPERATION, found="СЧ-2"),
        Case(object=TWO),
        Case(document=TWO),
        Case(document=ZERO_INVOICES),
        Case(document=guid(99)),
        Case(),
        Case(order=FOREIGN),
        Case(order=FOREIGN, document=ONE),
    ],
)
def test_the_first_way_that_gives_an_invoice_wins(name: str, case: Case) -> None:
    operation = payment(
        paid(
            "150",
            order=case.order,
            settled_object=None if case.object is None else pointer(case.object),
            settled_document=None if case.document is None else pointer(case.document),
        ),
        settlement=None if name == CARD else "СПокупателем",
    )
    assert sums(operation, name) == ({case.found: "150"} if case.found else {})


@pytest.mark.parametrize("name", PAYMENTS)
@pytest.mark.parametrize(
    "kind",
    [
        "СПоставщиком",
        "КредитыИЗаймы",
        "Прочее",
        "КредитБанка",
        "КредитКонтрагента",
        "ЗаймКонтрагенту",
        None,
    ],
)
def test_only_settlements_with_a_buyer_count(name: str, kind: str | None) -> None:
    operation = payment(paid("150", order=OUR), settlement=kind)
    found = links(operation, name)
    assert (found.shares, found.facts, found.waits_for) == ((), (), frozenset())


def test_rows_of_one_payment_may_pay_several_invoices_and_none() -> None:
    operation = payment(
        paid("100", order=OUR),
        paid("20", order=OTHER),
        paid("3", order=OUR),
        paid("4", order=FOREIGN),
        paid("5"),
    )
    assert sums(operation) == {"СЧ-1": "103", "СЧ-2": "20"}


def test_vat_of_the_rows_of_one_invoice_is_added_up() -> None:
    operation = payment(
        paid("100", order=OUR, vat_sum=Decimal("16.67")),
        paid("50", order=OUR, vat_sum=Decimal("8.33")),
    )
    assert links(operation).shares[0].vat_sum == Decimal("25.00")


def test_shares_stand_in_the_order_in_which_invoices_were_met() -> None:
    operation = payment(paid("1", order=OTHER), paid("2", order=OUR), paid("3", order=OTHER))
    assert [share.invoice.number for share in links(operation).shares] == ["СЧ-2", "СЧ-1"]


def test_the_interest_of_the_invoice_travels_with_its_share() -> None:
    interest = Interest(guid(80), "ИНТ-1", None, None)
    found = links(payment(paid("1", order=OUR)), known=Known([facts(interest=interest)]))
    assert found.shares[0].interest == interest


def test_an_operation_that_is_not_known_is_waited_for() -> None:
    operation = payment(
        paid("150", settled_document=UNKNOWN), paid("150", settled_object=pointer(guid(98).upper()))
    )
    assert links(operation).waits_for == {guid(99), guid(98)}


def test_an_operation_that_is_known_to_have_no_invoice_is_not_waited_for() -> None:
    assert links(payment(paid("1", settled_document=pointer(ZERO_INVOICES)))).waits_for == set()


def test_an_invoice_pointed_at_is_not_looked_for_elsewhere() -> None:
    operation = payment(paid("1", order=OUR, settled_document=UNKNOWN))
    assert links(operation).waits_for == set()


# -- recognising an invoice ----------------------------------------------------------------------------

SECOND = OUR.date.replace(second=1)
OTHER_ORGANISATION = Organisation(None, "Иная", "9988003037", "998801003", "ЮридическоеЛицо")
BRANCH = replace(ORGANISATION, kpp="998802001")
WITHOUT_KPP = replace(ORGANISATION, kpp=None, ref=None)


@pytest.mark.parametrize(
    ("key", "found"),
    [
        (OUR, True),
        (replace(OUR, ref=INVOICE.upper()), True),
        (replace(OUR, number="иной", date=SECOND), True),  # the reference says it all
        (replace(OUR, ref=None), True),
        (replace(OUR, ref=None, organisation=WITHOUT_KPP), True),
        (replace(OUR, ref=None, number="СЧ-9"), False),
        (replace(OUR, ref=None, date=SECOND), False),
        (replace(OUR, ref=None, organisation=OTHER_ORGANISATION), False),
        (replace(OUR, ref=None, organisation=BRANCH), False),
    ],
)
def test_an_invoice_is_recognised_by_reference_else_by_number_date_and_organisation(
    key: DocKey, found: bool
) -> None:
    operation = payment(paid("150", order=key), party=None)
    assert sums(operation) == ({"СЧ-1": "150"} if found else {})


def test_two_invoices_of_one_number_and_date_are_none() -> None:
    known = Known([OURS, facts(guid(60))])
    assert sums(payment(paid("150", order=replace(OUR, ref=None))), known=known) == {}


def test_of_two_invoices_of_one_number_the_organisation_decides() -> None:
    known = Known([OURS, facts(guid(60), organisation=OTHER_ORGANISATION)])
    found = links(payment(paid("150", order=replace(OUR, ref=None))), known=known)
    assert [share.invoice.ref for share in found.shares] == [INVOICE]


ALIAS = replace(OUR, ref=guid(61))


@pytest.mark.parametrize(
    ("party", "found"),
    [
        (PARTY, True),
        (replace(PARTY, ref=None), True),
        (replace(PARTY, ref=guid(62)), True),  # BP's own GUID, the same ИНН and КПП
        (replace(PARTY, ref=guid(62), kpp=None), True),
        (replace(PARTY, ref=guid(62), kpp="998802002"), False),
        (replace(PARTY, ref=guid(62), inn="9988003037"), False),
        (replace(PARTY, ref=None, inn=None, kpp=None), False),
        (None, False),
    ],
)
def test_a_foreign_reference_needs_an_agreeing_counterparty(
    party: Party | None, found: bool
) -> None:
    operation = payment(paid("150", order=ALIAS), party=party)
    assert sums(operation) == ({"СЧ-1": "150"} if found else {})


def test_a_counterparty_without_inn_agrees_by_name() -> None:
    nameless = Party(None, "Иванов И. И.", None, None, None, "ФизическоеЛицо")
    known = Known([facts(party=nameless)])
    for name, found in (("Иванов И. И.", {"СЧ-1": "150"}), ("Петров П. П.", {})):
        party = replace(nameless, name=name)
        assert sums(payment(paid("150", order=ALIAS), party=party), known=known) == found


def test_an_alias_gives_the_crms_own_reference() -> None:
    found = links(payment(paid("150", order=ALIAS)))
    assert [share.invoice for share in found.shares] == [OUR]


@pytest.mark.parametrize(
    "key",
    [
        replace(ALIAS, date=SECOND),
        replace(ALIAS, number="СЧ-9"),
        replace(ALIAS, organisation=OTHER_ORGANISATION),
    ],
)
def test_an_alias_needs_number_second_and_organisation(key: DocKey) -> None:
    assert sums(payment(paid("150", order=key))) == {}


def test_two_candidates_for_an_alias_are_none() -> None:
    known = Known([OURS, facts(guid(60))])
    assert sums(payment(paid("150", order=ALIAS)), known=known) == {}


# -- shipments and returns -----------------------------------------------------------------------------


def test_a_shipment_is_found_by_its_head() -> None:
    assert sums(shipment(row("200"), order=OUR), SHIPMENT) == {"СЧ-1": "200"}


def test_the_invoice_of_a_row_wins_over_the_heads() -> None:
    operation = shipment(
        row("200", OTHER), row("30"), services=(row("4", OTHER), row("5")), order=OUR
    )
    assert sums(operation, SHIPMENT) == {"СЧ-2": "204", "СЧ-1": "35"}


def test_rows_alone_name_their_invoices() -> None:
    assert sums(shipment(row("200", OUR), row("30", OTHER)), SHIPMENT) == {
        "СЧ-1": "200",
        "СЧ-2": "30",
    }


def test_rows_of_nobodys_invoice_are_not_shown() -> None:
    operation = shipment(
        row("200", OUR), row("30", FOREIGN), services=(row("4", FOREIGN),), total="234"
    )
    found = links(operation, SHIPMENT)
    assert [each.sum for each in found.goods] == [Decimal(200)]
    assert found.services == ()
    assert [share.sum for share in found.shares] == [Decimal(200)]


def test_a_shipment_of_bps_own_invoice_has_none() -> None:
    found = links(shipment(row("200"), order=FOREIGN), SHIPMENT)
    assert (found.shares, found.goods) == ((), ())


@pytest.mark.parametrize(
    ("order", "given", "found"),
    [
        (OUR, None, {"СЧ-1": "200"}),
        (OUR, pointer(OTHER_OPERATION), {"СЧ-1": "200"}),
        (None, pointer(OTHER_OPERATION), {"СЧ-2": "200"}),
        (None, pointer(TWO), {}),
        (None, pointer(ZERO_INVOICES), {}),
        (None, UNKNOWN, {}),
        (None, None, {}),
    ],
)
def test_a_return_is_found_by_its_invoice_else_by_the_shipment(
    order: DocKey | None, given: DocKey | None, found: dict[str, str]
) -> None:
    assert sums(shipment(row("200"), order=order, given=given), RETURN) == found


def test_a_return_of_an_unknown_shipment_waits_for_it() -> None:
    assert links(shipment(row("200"), given=UNKNOWN), RETURN).waits_for == {guid(99)}


# -- sums per invoice: shipments -------------------------------------------------------------------------


@pytest.mark.parametrize(("included", "sum"), [(True, "120"), (False, "140.00"), (None, "140.00")])
def test_vat_stands_on_top_where_sums_do_not_include_it(included: bool | None, sum: str) -> None:
    operation = shipment(
        row("100", vat_sum="16.67"),
        row("20", vat_sum="3.33"),
        row("300", OTHER, vat_sum="50"),
        order=OUR,
        included=included,
    )
    assert sums(operation, SHIPMENT)["СЧ-1"] == sum


def test_vat_that_is_not_said_stands_on_top_by_its_rate() -> None:
    taxed = replace(row("100"), vat="НДС20")
    assert sums(shipment(taxed, order=OUR, included=False), SHIPMENT) == {"СЧ-1": "120.00"}
    assert sums(shipment(taxed, order=OUR), SHIPMENT) == {"СЧ-1": "100"}


@pytest.mark.parametrize("name", [SHIPMENT, RETURN])
def test_a_shipment_in_another_currency_than_the_invoices_is_held(name: str) -> None:
    known = Known([facts(currency="840")])
    for operation in (shipment(row("200"), order=OUR), shipment(order=OUR, total="200")):
        found = links(operation, name, known)
        assert found.problem is not None
        assert (found.problem.kind.id, found.problem.holds) == ("SHIPPED_IN_OTHER", True)
        for lang, payment in (
            ("ru", "платеж"),
            ("en", "payment"),
        ):  # it has neither row nor contract
            assert payment not in found.problem.cure(lang)


def test_the_documents_sum_with_its_discount_stands_for_its_only_invoice() -> None:
    operation = shipment(row("200"), services=(row("50"),), order=OUR, total="225")
    assert sums(operation, SHIPMENT) == {"СЧ-1": "225"}


def test_the_documents_sum_stands_for_no_invoice_where_there_are_several() -> None:
    operation = shipment(row("200", OUR), row("50", OTHER), total="225")
    assert sums(operation, SHIPMENT) == {"СЧ-1": "200", "СЧ-2": "50"}


def test_the_documents_sum_does_not_stand_where_some_rows_are_nobodys() -> None:
    assert sums(shipment(row("200", OUR), row("50"), total="225"), SHIPMENT) == {"СЧ-1": "200"}


def test_a_document_without_rows_counts_with_its_sum() -> None:
    assert sums(shipment(order=OUR, total="225"), SHIPMENT) == {"СЧ-1": "225"}
    assert sums(shipment(given=pointer(ONE), total="225"), RETURN) == {"СЧ-1": "225"}


# -- sums per invoice: payments ---------------------------------------------------------------------------


class Money(NamedTuple):
    """A payment's row in some currency, the invoice's currency, and what counts."""

    paid_in: Currency
    owed: str | None
    settled_in: Currency | None = None
    settled_sum: str | None = None
    rate: str | None = None
    multiplicity: int | None = None
    counts: str = ""
    problem: str = ""


@pytest.mark.parametrize(
    "case",
    [
        Money(RUBLES, "643", counts="100"),
        Money(RUBLES, "643", RUBLES, "99", "2", 1, counts="100"),
        Money(RUBLES, "643", DOLLARS, "1.11", "90", 1, counts="100"),
        Money(RUBLES, "840", DOLLARS, "1.11", "90", 1, counts="1.11"),
        Money(RUBLES, "840", None, "1.11", counts="1.11"),
        Money(RUBLES, "840", DOLLARS, None, "90", 1, counts="1.11"),
        Money(RUBLES, "840", DOLLARS, None, "90", None, counts="1.11"),
        Money(RUBLES, "840", DOLLARS, None, "9000", 100, counts="1.11"),
        Money(RUBLES, "840", DOLLARS, None, "96.8523", 1, counts="1.03"),
        Money(RUBLES, "840", None, None, "800", 1, counts="0.13"),  # 0.125, half up
        Money(RUBLES, "840", DOLLARS, "0", "90", 1, counts="1.11"),  # not filled in
        Money(RUBLES, "840", DOLLARS, "0.00", None, problem="SUM_UNKNOWN"),
        Money(RUBLES, "840", DOLLARS, "-1.11", "80", 1, counts="-1.11"),
        Money(RUBLES, "840", DOLLARS, problem="SUM_UNKNOWN"),
        Money(RUBLES, "840", None, problem="SUM_UNKNOWN"),
        Money(RUBLES, "840", DOLLARS, None, "0", 1, problem="SUM_UNKNOWN"),
        Money(RUBLES, "840", EUROS, "1.02", "98", 1, problem="CURRENCY_DIFFERS"),
        Money(RUBLES, "840", RUBLES, "100", "1", 1, problem="CURRENCY_DIFFERS"),
    ],
)
def test_a_payment_counts_in_the_invoices_currency(case: Money) -> None:
    each = paid(
        "100",
        order=OUR,
        vat_sum=Decimal("16.67"),
        currency=case.settled_in,
        settled_sum=None if case.settled_sum is None else Decimal(case.settled_sum),
        rate=None if case.rate is None else Decimal(case.rate),
        multiplicity=case.multiplicity,
    )
    operation = payment(each, currency=case.paid_in)
    found = links(operation, known=Known([facts(currency=case.owed)]))
    if case.problem:
        assert found.problem is not None
        assert (found.problem.kind.id, found.problem.holds) == (case.problem, True)
        assert found.problem.where.field.startswith("РасшифровкаПлатежа/Строка[1]/")
        assert found.shares == ()
    else:
        assert found.problem is None
        vat = Decimal("16.67") if case.paid_in.code == case.owed else None
        assert [(share.sum, share.vat_sum) for share in found.shares] == [
            (Decimal(case.counts), vat)
        ]


def test_a_row_of_nothing_settles_nothing() -> None:
    each = paid("0", order=OUR, currency=DOLLARS, settled_sum=Decimal(0))
    found = links(payment(each, currency=RUBLES), known=Known([facts(currency="840")]))
    assert found.problem is None
    assert [share.sum for share in found.shares] == [Decimal(0)]


def test_a_row_of_nobodys_invoice_does_not_hold_a_payment() -> None:
    operation = payment(paid("1", order=FOREIGN, currency=EUROS), paid("2", order=OUR))
    assert sums(operation) == {"СЧ-1": "2"}


# -- what may still come to light -------------------------------------------------------------------------


def test_while_the_message_is_read_a_nameless_invoice_is_waited_for() -> None:
    nameless = replace(OUR, ref=None)
    early = Known(open=True)
    assert links(payment(paid("1", order=nameless)), known=early).waits_for == {""}
    assert links(shipment(row("1"), order=nameless), SHIPMENT, early).waits_for == {""}
    assert links(shipment(row("1", nameless)), SHIPMENT, early).waits_for == {""}
    assert links(payment(paid("1", order=nameless)), known=Known()).waits_for == set()


@pytest.mark.parametrize(
    ("state", "current"),
    [(None, True), ("Актуальный", True), ("Черновик", False), ("Устаревший", False)],
)
def test_only_a_current_document_counts(state: str | None, current: bool) -> None:
    assert is_current(state) is current


@pytest.mark.parametrize(
    ("name", "payment_like"),
    [
        (SHIPMENT, False),
        (RETURN, False),
        (BANK_IN, True),
        (BANK_OUT, True),
        (CASH_IN, True),
        (CASH_OUT, True),
        (CARD, True),
    ],
)
def test_every_kind_counts_to_its_own_side(name: str, payment_like: bool) -> None:
    """SPEC §2: shipped + and −, paid + and −."""
    kind = BY_ELEMENT[name]
    minus = name in (RETURN, BANK_OUT, CASH_OUT)
    assert (kind.is_payment, kind.sign) == (payment_like, -1 if minus else 1)


def test_the_facts_of_what_was_found_are_kept_for_later_operations() -> None:
    found = links(
        payment(paid("1", order=OUR), paid("2", settled_document=pointer(OTHER_OPERATION)))
    )
    assert found.facts == (OURS, OTHERS)


def test_an_invoice_of_which_only_the_key_is_known_counts_in_the_settlements_currency() -> None:
    bare = Known([InvoiceFacts(OUR)])
    row = paid("100", order=OUR, currency=DOLLARS, settled_sum=Decimal("1.11"))
    assert sums(payment(row), known=bare) == {"СЧ-1": "1.11"}
    assert sums(payment(paid("100", order=OUR)), known=bare) == {"СЧ-1": "100"}


def test_dates_are_compared_to_the_second() -> None:
    key = replace(OUR, ref=None, date=datetime(2026, 2, 11, 10, 0, 0))
    assert sums(payment(paid("1", order=key))) == {"СЧ-1": "1"}


# -- everything that is found ------------------------------------------------------------------------------

CONTRACT = Contract(guid(23), None, None, None)
NAMELESS = Contract(None, None, None, datetime(2026, 1, 1))


def test_a_payment_tells_all_that_was_found() -> None:
    rows = (
        paid("100", order=OUR, vat_sum=Decimal(16), contract=NAMELESS),
        paid("9", order=FOREIGN, contract=Contract(guid(24), None, None, None)),
        paid("20", order=OTHER, contract=CONTRACT),
        paid("3", settled_object=pointer(ONE), contract=Contract(guid(25), None, None, None)),
        paid("5", settled_document=UNKNOWN),
    )
    assert links(payment(*rows)) == Links(
        (
            Share(OUR, None, Decimal(103), Decimal(16)),
            Share(OTHER, None, Decimal(20), None),
        ),
        (OURS, OTHERS),
        (),
        (),
        frozenset({guid(99)}),
        None,
        CONTRACT,
        (rows[0], rows[2], rows[3]),
        (OURS, OTHERS, OURS),
        elsewhere=True,
    )


def test_vat_that_only_a_later_row_says_is_that_of_the_invoice() -> None:
    operation = payment(
        paid("1", order=OUR),
        paid("2", order=OUR, vat_sum=Decimal("0.33")),
        paid("3", order=OUR),
    )
    assert links(operation).shares[0].vat_sum == Decimal("0.33")


def test_a_shipment_tells_all_that_was_found() -> None:
    goods = (row("200", OTHER, "33.33"), row("9", FOREIGN), row("30"))
    services = (row("4", OTHER), row("5", vat_sum="1"))
    operation = shipment(*goods, services=services, order=OUR)
    assert links(operation, SHIPMENT) == Links(
        (
            Share(OTHER, None, Decimal(204), Decimal("33.33")),
            Share(OUR, None, Decimal(35), Decimal(1)),
        ),
        (OTHERS, OURS),
        (goods[0], goods[2]),
        services,
        owners=(OTHERS, OURS, OTHERS, OURS),
        elsewhere=True,
    )
    bare = shipment(order=OUR, total="225")
    assert links(bare, SHIPMENT) == Links(
        (Share(OUR, None, Decimal(225), None),), (OURS,), (), (), owners=(OURS,)
    )
    silent = links(shipment(order=OUR), SHIPMENT)
    assert [share.sum for share in silent.shares] == [Decimal(0)]


@pytest.mark.parametrize(
    ("more", "elsewhere"),
    [
        ({"order": OTHER}, False),
        ({"order": FOREIGN}, True),
        ({"settled_document": pointer(ZERO_INVOICES)}, True),
        ({"settled_object": pointer(TWO)}, True),
        ({"settled_document": pointer(ONE)}, False),
        ({"settled_document": UNKNOWN}, False),
        ({"settled_document": replace(UNKNOWN, ref=None)}, False),
        ({}, False),
    ],
)
def test_a_payment_is_elsewhere_too_where_a_row_is_known_to_be(
    more: dict[str, DocKey], elsewhere: bool
) -> None:
    rows = (paid("100", order=OUR), paid("9", **more), paid("1", order=OUR))
    assert links(payment(*rows)).elsewhere is elsewhere


@pytest.mark.parametrize(
    ("order", "given", "goods", "elsewhere"),
    [
        (OUR, None, (row("1"), row("2", OTHER)), False),
        (OUR, None, (row("1", FOREIGN), row("2")), True),
        (FOREIGN, None, (row("1", OUR), row("2")), True),
        (FOREIGN, None, (row("1", OUR), row("2", OUR)), False),
        (None, None, (row("1", OUR), row("2")), False),
        (None, pointer(TWO), (row("1", OUR), row("2")), True),
        (None, pointer(ONE), (row("1"), row("2")), False),
    ],
)
def test_a_shipment_is_elsewhere_too_where_a_row_is_known_to_be(
    order: DocKey | None, given: DocKey | None, goods: tuple[Row, ...], elsewhere: bool
) -> None:
    assert links(shipment(*goods, order=order, given=given), SHIPMENT).elsewhere is elsewhere


def test_what_is_elsewhere_too_has_no_only_invoice() -> None:
    """SPEC §2: a known operation that has exactly one invoice."""
    assert Invoiced((OURS,)).only == OURS
    assert Invoiced((OURS,), elsewhere=True).only is None
    assert Invoiced((OURS, OTHERS)).only is None
    assert Invoiced(()).only is None


def test_a_row_without_a_sum_counts_as_nothing() -> None:
    bare = replace(row("1"), sum=None, quantity=None)
    assert sums(shipment(bare, row("2"), order=OUR, included=False), SHIPMENT) == {"СЧ-1": "2"}


def test_a_held_operation_tells_nothing_but_its_problem() -> None:
    euros = replace(OUR, ref=guid(60))
    known = Known([OURS, facts(guid(60), currency="978"), facts(guid(61), currency="840")])
    operation = payment(
        paid("1", order=OUR),
        paid("2", order=euros, currency=DOLLARS),
        paid("3", order=FOREIGN),
    )
    settled = say.CURRENCY_DIFFERS(
        "РасшифровкаПлатежа/Строка[2]/ДанныеВзаиморасчетов", settled="840", owed="978"
    )
    assert links(operation, known=known) == Links((), (), (), (), problem=settled)
    unknown = payment(paid("2", order=euros))
    problem = say.SUM_UNKNOWN(
        "РасшифровкаПлатежа/Строка[1]/СуммаВзаиморасчетов", paid="643", owed="978"
    )
    assert links(unknown, known=known) == Links((), (), (), (), problem=problem)
    shipped = shipment(row("200", euros), row("1", OUR))
    other = say.SHIPPED_IN_OTHER("Валюта", shipped="643", owed="978")
    assert links(shipped, SHIPMENT, known) == Links((), (), (), (), problem=other)


@pytest.mark.parametrize(("name", "value"), [("кредит", "кредит"), (None, "")])
def test_a_payment_in_a_currency_that_nobody_knows_is_held(name: str | None, value: str) -> None:
    operation = payment(paid("1", order=OUR), currency=Currency(None, name))
    problem = say.CURRENCY_UNKNOWN("РасшифровкаПлатежа/Строка[1]/ОбщиеДанные/Валюта", value=value)
    assert links(operation).problem == problem


def test_a_shipment_in_a_currency_that_nobody_knows_is_judged_elsewhere() -> None:
    operation = replace(shipment(row("200"), order=OUR), currency=Currency(None, "кредит"))
    assert sums(operation, SHIPMENT) == {"СЧ-1": "200"}


def test_while_the_message_is_read_an_invoice_without_a_currency_is_waited_for() -> None:
    """What it is owed in may still be read; what is read of it then counts."""
    bare, open = Known([InvoiceFacts(OUR), OTHERS]), Known([InvoiceFacts(OUR), OTHERS], open=True)
    operation = payment(paid("1", order=OUR), paid("2", order=OTHER))
    assert links(operation, known=open).waits_for == {""}
    assert [each.invoice for each in links(operation, known=open).shares] == [OTHER]
    assert links(operation, known=bare).waits_for == set()
    shipped = shipment(row("1", OUR), row("2", OTHER))
    assert links(shipped, SHIPMENT, open).waits_for == {""}
    assert links(shipped, SHIPMENT, bare).waits_for == set()
    assert links(shipment(row("2", OTHER)), SHIPMENT, open).waits_for == set()


def test_a_pointer_without_a_reference_is_passed_over() -> None:
    nameless = replace(DOCUMENT, ref=None)
    operation = payment(paid("1", settled_object=nameless, settled_document=pointer(ONE)))
    assert sums(operation) == {"СЧ-1": "1"}
    assert links(operation).waits_for == set()


def test_an_invoice_of_bps_own_with_a_reference_is_not_waited_for() -> None:
    early = Known([], open=True)
    assert links(payment(paid("1", order=FOREIGN)), known=early).waits_for == set()
    assert links(shipment(row("1", FOREIGN)), SHIPMENT, early).waits_for == set()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(None, None, True), ("a1", None, True), (None, "a1", True), ("a1", "A1", True),
     ("A1", "a1", True), ("a1", "a2", False)],
)  # fmt: skip
def test_references_are_the_same_whatever_their_letters(
    one: str | None, other: str | None, same: bool
) -> None:
    assert same_reference(one, other) is same


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({}, True),
        ({"name": "Иная"}, True),
        ({"kpp": None}, True),
        ({"kpp": "998802001"}, False),
        ({"inn": None}, False),
        ({"inn": "9988003037"}, False),
    ],
)
def test_organisations_are_the_same_by_inn_and_kpp(
    changed: dict[str, str | None], same: bool
) -> None:
    other = replace(ORGANISATION, ref=None, **changed)
    assert same_organisation(ORGANISATION, other) is same
    assert same_organisation(other, ORGANISATION) is same


def test_without_inn_a_name_says_who_it_is() -> None:
    one = replace(ORGANISATION, inn=None)
    assert same_organisation(one, replace(one, kpp=None))
    assert not same_organisation(one, replace(one, name="Иная"))
    who = replace(PARTY, ref=None, inn=None)
    assert same_party(who, replace(who, kpp=None))
    assert not same_party(who, replace(who, name="Иной"))
    assert same_party(PARTY, replace(PARTY, ref=(PARTY.ref or "").upper(), inn="9988003037"))
    assert not same_party(replace(PARTY, ref=None), who)
