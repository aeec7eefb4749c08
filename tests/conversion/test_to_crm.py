"""Whole messages of BP on their way to the CRM, with and without its own messages (SPEC §2, §7)."""

from __future__ import annotations

import random
import sqlite3
from decimal import Decimal
from typing import Any

import pytest

from converter.conversion.ledger import MessageLedger
from tests.conversion.runs import Outcome, to_crm
from tests.mapping.book import (
    BANK_IN,
    BANK_OUT,
    BUYER,
    CARD,
    CASH_IN,
    CASH_OUT,
    FOREIGN_INVOICE,
    INVOICE,
    KINDS,
    OPERATION,
    OTHER_INVOICE,
    OTHER_OPERATION,
    RETURN,
    SHIPMENT,
    VERSIONS,
    Book,
    crm_counterparty,
    crm_invoice,
    el,
    guid,
    invoice_key,
    key,
    organisation,
    party,
    val,
)

BOOK = Book("1.19")
OPERATION_NAME, INVOICE_NAME = "Документ.ТорговаяОперация", "Документ.СчетНаОплату"
PARTY_NAME = "Справочник.Контрагенты"
KNOWN = [crm_invoice()]


def shares(outcome: Outcome) -> dict[str | None, list[tuple[str | None, str | None]]]:
    """By the reference of an operation: reference and sum of each invoice of it."""
    return {
        each.findtext("{*}КлючевыеСвойства/{*}Ссылка"): [
            (row.findtext("{*}Счет/{*}Ссылка"), row.findtext("{*}Сумма"))
            for row in each.findall("{*}Счета/{*}Строка")
        ]
        for each in outcome.all(OPERATION_NAME)
    }


def settles(name: str, ref: str) -> str:
    """What stands in ДокументРасчетов: a pointer at a document of a type."""
    return el(f"{name.removeprefix('Документ.')}Ссылка", key(ref, "БП-2"))


def refund(ref: str, of: str, name: str = BANK_IN, element: str = BANK_OUT, sum: str = "10") -> str:
    """A payment that points at another operation and at nothing else."""
    row = BOOK.payment_row(sum, document=settles(name, of))
    return BOOK.payment(element, row, ref, total=sum)


# -- without --known: whatever points at any invoice -----------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_every_kind_of_operation_passes(version: str) -> None:
    book = Book(version)
    objects = [book.operation(name, invoice_key(), guid(200 + i)) for i, name in enumerate(KINDS)]
    outcome = to_crm(*objects, version=version)
    kinds = [each.findtext("{*}ВидОперации") for each in outcome.objects]
    assert kinds == list(KINDS.values())
    assert (outcome.problems, outcome.tally.held) == ([], 0)


def test_an_operation_without_an_invoice_is_nobodys() -> None:
    rows = BOOK.payment_row("150")
    outcome = to_crm(BOOK.payment(rows=rows), BOOK.shipment(goods=BOOK.goods_row()))
    assert (outcome.names, outcome.problems, outcome.tally.foreign) == ([], [], 2)


def test_settlements_with_a_supplier_are_nobodys() -> None:
    outcome = to_crm(BOOK.payment(kind="СПоставщиком"))
    assert (outcome.names, outcome.tally.foreign) == ([], 1)


def test_the_invoice_passes_as_bp_has_it() -> None:
    outcome = to_crm(BOOK.invoice())
    assert outcome.names == [INVOICE_NAME]
    assert outcome.objects[0].findtext("{*}Сумма") == "200"
    assert outcome.objects[0].findtext("{*}Валюта/{*}Код") == "643"


@pytest.mark.parametrize(
    "name",
    ["Документ.КорректировкаРеализацииТоваров", "Документ.КорректировкаДолга", "Документ.ЧекККМ"],
)
def test_a_correction_that_touches_the_crms_invoice_is_told_and_not_counted(name: str) -> None:
    """SPEC §2: their sums are not counted."""
    settled = el(name, el("КлючевыеСвойства", key(guid(94), "К-1")), el("Заказ", invoice_key()))
    foreign = settled.replace(INVOICE, FOREIGN_INVOICE)
    outcome = to_crm(foreign, settled, known=[crm_invoice()])
    assert (outcome.names, outcome.tally.skipped) == ([], {name: 2})
    assert [(p.kind.id, p.where.line, p.holds) for p in outcome.problems] == [
        ("NOT_COUNTED", 3, False)
    ]


def test_objects_without_use_are_skipped_and_counted() -> None:
    outcome = to_crm("<Справочник.Склады/>", BOOK.invoice(), "<Справочник.Склады/>")
    assert (outcome.names, outcome.problems) == ([INVOICE_NAME], [])
    assert outcome.tally.skipped == {"Справочник.Склады": 2}


@pytest.mark.parametrize(
    "version", ["1.15", "1.16", "1.17", "1.18", "1.19", "1.20", "1.21", "1.22"]
)
@pytest.mark.parametrize("state", ["Черновик", "Устаревший"])
def test_a_document_that_is_not_current_counts_as_absent(version: str, state: str) -> None:
    book = Book(version)
    drafts = [
        book.invoice(state=state),
        book.shipment(order=invoice_key(), goods=book.goods_row(), state=state),
        book.give_back(order=invoice_key(), state=state),
        book.payment(state=state),
        book.card(state=state),
    ]
    outcome = to_crm(*drafts, version=version)
    assert (outcome.names, outcome.problems, outcome.tally.absent) == ([], [], 5)


def test_a_current_document_counts() -> None:
    outcome = to_crm(BOOK.payment(state="Актуальный"), BOOK.invoice(state="Актуальный"))
    assert (sorted(outcome.names), outcome.tally.absent) == ([INVOICE_NAME, OPERATION_NAME], 0)


def test_what_points_at_a_draft_finds_nothing() -> None:
    outcome = to_crm(BOOK.payment(state="Черновик"), refund(OTHER_OPERATION, OPERATION))
    assert (outcome.names, outcome.tally.absent, outcome.tally.foreign) == ([], 1, 1)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_refund_to_a_card_is_not_passed_as_a_payment(version: str) -> None:
    kind = "ВозвратОплатыКлиентуНаПлатежнуюКарту"
    outcome = to_crm(Book(version).card(kind=kind), version=version)
    assert outcome.names == []
    assert [(p.kind.id, p.holds) for p in outcome.problems] == [("CARD_REFUND", False)]


# -- chains ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_a_chain_is_resolved_in_any_order(seed: int) -> None:
    """refund → payment → shipment → invoice."""
    objects = [
        BOOK.shipment(guid(201), order=invoice_key(), goods=BOOK.goods_row()),
        refund(guid(202), guid(201), SHIPMENT, BANK_IN, "200"),
        refund(guid(203), guid(202), BANK_IN, BANK_OUT, "50"),
        refund(guid(204), guid(203), BANK_OUT, CASH_IN, "5"),
    ]
    random.Random(seed).shuffle(objects)
    outcome = to_crm(*objects)
    assert shares(outcome) == {
        guid(201): [(INVOICE, "200")],
        guid(202): [(INVOICE, "200")],
        guid(203): [(INVOICE, "50")],
        guid(204): [(INVOICE, "5")],
    }


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    "payment",
    [
        BOOK.payment(rows=BOOK.payment_row("150", invoice_key(), settlement=BOOK.settlement())),
        BOOK.payment(
            rows=BOOK.payment_row(
                "150",
                invoice_key(),
                "1.67",
                settlement=BOOK.settlement("", BOOK.currency("840", "USD", "ВалютаВзаиморасчетов")),
            )
        ),
        BOOK.payment(rows=BOOK.payment_row("150", invoice_key(None))),
    ],
    ids=["no settlement currency", "another settlement currency", "no reference"],
)
def test_a_refund_is_found_through_a_payment_that_waits_for_its_invoice(
    payment: str, first: bool
) -> None:
    """Links are judged after the whole message is read: also the links of what waited (SPEC §2)."""
    pair = [payment, refund(OTHER_OPERATION, OPERATION)]
    money = BOOK.currency("840", "USD") if "<СуммаВзаиморасчетов>" in payment else ""
    outcome = to_crm(*(pair if first else pair[::-1]), BOOK.invoice(currency=money))
    assert OPERATION in shares(outcome)
    if not money:  # the refund in roubles would be held for its currency
        assert shares(outcome)[OTHER_OPERATION] == [(INVOICE, "10")]
    else:
        assert outcome.ids == ["CURRENCY_DIFFERS"]


@pytest.mark.parametrize("name", [*KINDS])
@pytest.mark.parametrize("element", [BANK_OUT, CASH_OUT])
def test_a_refund_is_found_through_an_operation_of_any_kind(name: str, element: str) -> None:
    for objects in (
        (BOOK.operation(name, invoice_key()), refund(OTHER_OPERATION, OPERATION, name, element)),
        (refund(OTHER_OPERATION, OPERATION, name, element), BOOK.operation(name, invoice_key())),
    ):
        outcome = to_crm(*objects)
        assert shares(outcome)[OTHER_OPERATION] == [(INVOICE, "10")]


def test_a_return_is_found_through_its_shipment_also_when_that_comes_later() -> None:
    given = BOOK.give_back(OTHER_OPERATION, shipment=key(OPERATION, "БП-1"))
    sold = BOOK.shipment(order=invoice_key(), goods=BOOK.goods_row())
    for objects in ((given, sold), (sold, given)):
        assert shares(to_crm(*objects))[OTHER_OPERATION] == [(INVOICE, "200")]


def test_the_settled_object_of_late_versions_is_asked_before_the_settled_document() -> None:
    first = BOOK.payment(ref=guid(201), rows=BOOK.payment_row("1", invoice_key()))
    second = BOOK.payment(
        ref=guid(202), rows=BOOK.payment_row("1", invoice_key(OTHER_INVOICE, "СЧ-2"))
    )
    row = BOOK.payment_row(
        "10", object=settles(BANK_IN, guid(202)), document=settles(BANK_IN, guid(201))
    )
    last = BOOK.payment(BANK_OUT, row, guid(203), total="10")
    for objects in ((first, second, last), (last, first, second), (second, last, first)):
        assert shares(to_crm(*objects))[guid(203)] == [(OTHER_INVOICE, "10")]


def test_an_operation_of_two_invoices_gives_none() -> None:
    rows = BOOK.payment_row("1", invoice_key())
    rows += BOOK.payment_row("2", invoice_key(OTHER_INVOICE, "СЧ-2"))
    outcome = to_crm(refund(OTHER_OPERATION, OPERATION), BOOK.payment(rows=rows))
    assert shares(outcome) == {OPERATION: [(INVOICE, "1"), (OTHER_INVOICE, "2")]}
    assert outcome.tally.foreign == 1


def test_cycles_and_self_references_end() -> None:
    outcome = to_crm(
        refund(guid(201), guid(201)),
        refund(guid(202), guid(203)),
        refund(guid(203), guid(204)),
        refund(guid(204), guid(202)),
        refund(guid(205), guid(999)),
    )
    assert (outcome.names, outcome.problems, outcome.tally.foreign) == ([], [], 5)


def test_a_row_of_a_cycle_with_an_invoice_of_its_own_is_kept() -> None:
    rows = BOOK.payment_row("1", invoice_key())
    rows += BOOK.payment_row("2", document=settles(BANK_OUT, guid(202)))
    outcome = to_crm(
        BOOK.payment(rows=rows, ref=guid(201), total="3"), refund(guid(202), guid(201))
    )
    assert [ref for ref, _ in shares(outcome)[guid(201)]] == [INVOICE]
    assert [ref for ref, _ in shares(outcome)[guid(202)]] == [INVOICE]


def chain(length: int) -> list[str]:
    """Operations that point at the one before, the last one first."""
    objects = [BOOK.payment(ref=guid(10_000))]
    objects += [
        refund(guid(10_000 + i), guid(9_999 + i), BANK_IN if i == 1 else BANK_OUT)
        for i in range(1, length)
    ]
    return objects[::-1]


def test_two_thousand_chained_operations_in_reverse_order_take_about_twice_the_work_of_one_thousand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Counted in statements of the ledger, as a clock would depend on the machine."""
    statements = []
    execute = MessageLedger.execute

    def counting(
        ledger: MessageLedger, statement: str, values: tuple[Any, ...] = ()
    ) -> sqlite3.Cursor:
        statements.append(statement)
        return execute(ledger, statement, values)

    monkeypatch.setattr(MessageLedger, "execute", counting)
    assert len(to_crm(*chain(1000)).objects) == 1000
    half = len(statements)
    outcome = to_crm(*chain(2000))
    assert len(outcome.objects) == 2000
    assert set(map(tuple, shares(outcome).values())) == {((INVOICE, "150"),), ((INVOICE, "10"),)}
    assert len(statements) - half < 2.1 * half


def test_several_hundred_operations_of_several_hundred_invoices_pass() -> None:
    objects = [
        BOOK.payment(
            rows=BOOK.payment_row("1", key(guid(20_000 + i % 300), f"СЧ-{i % 300}")),
            ref=guid(30_000 + i),
            total="1",
        )
        for i in range(600)
    ]
    outcome = to_crm(*objects)
    assert len(shares(outcome)) == 600
    assert len({found[0] for found in map(tuple, shares(outcome).values())}) == 300


# -- the order of objects does not matter -------------------------------------------------------------------


def test_a_later_version_of_an_operation_takes_the_place_of_one_that_waits() -> None:
    outcome = to_crm(
        refund(OTHER_OPERATION, OPERATION, sum="10"),
        refund(OTHER_OPERATION, OPERATION, sum="20"),
        BOOK.payment(),
    )
    assert shares(outcome)[OTHER_OPERATION] == [(INVOICE, "20")]
    assert len(outcome.objects) == 2


def test_a_deletion_takes_the_place_of_an_operation_that_waits() -> None:
    outcome = to_crm(
        refund(OTHER_OPERATION, OPERATION),
        BOOK.deletion("СБДСРасчетыСКонтрагентамиСсылка", OTHER_OPERATION),
        BOOK.payment(),
    )
    assert sorted(outcome.names) == [OPERATION_NAME, "УдалениеОбъекта"]
    assert list(shares(outcome)) == [OPERATION]


def test_an_invoice_without_reference_is_found_when_it_comes_later() -> None:
    nameless = BOOK.payment(rows=BOOK.payment_row("150", invoice_key(None)))
    for objects in ((nameless, BOOK.invoice()), (BOOK.invoice(), nameless)):
        assert shares(to_crm(*objects)) == {OPERATION: [(INVOICE, "150")]}


def test_an_invoice_without_reference_that_is_not_there_is_named_in_a_warning() -> None:
    nameless = BOOK.payment(rows=BOOK.payment_row("150", invoice_key(None)))
    outcome = to_crm(nameless)
    assert (outcome.names, outcome.tally.foreign) == ([], 1)
    assert [(p.kind.id, dict(p.details), p.holds) for p in outcome.problems] == [
        ("INVOICE_UNKNOWN", {"number": "СЧ-1", "date": "2026-02-11 10:00:00"}, False)
    ]


def test_a_receipt_without_counterparty_has_the_invoices_also_when_that_comes_later() -> None:
    """SPEC §2: links are judged after the whole message is read; MAPPING §3: the invoice's."""
    receipt = BOOK.payment(buyer="")
    for objects in ((BOOK.invoice(), receipt), (receipt, BOOK.invoice())):
        outcome = to_crm(*objects)
        assert outcome.ids == []
        assert [
            each.findtext("{*}Контрагент/{*}Ссылка") for each in outcome.all(OPERATION_NAME)
        ] == [BUYER]


@pytest.mark.parametrize("invoice_first", [True, False])
def test_a_settlement_in_another_currency_than_the_invoices_is_held_in_any_order(
    invoice_first: bool,
) -> None:
    invoice = BOOK.invoice(currency=BOOK.currency("840", "USD"))
    rubles = BOOK.settlement("", BOOK.currency(name="ВалютаВзаиморасчетов"), "1", "1")
    receipt = BOOK.payment(rows=BOOK.payment_row("150", invoice_key(), "150", settlement=rubles))
    outcome = to_crm(*((invoice, receipt) if invoice_first else (receipt, invoice)))
    assert (outcome.names, outcome.ids) == ([INVOICE_NAME], ["CURRENCY_DIFFERS"])


@pytest.mark.parametrize("invoice_first", [True, False])
def test_a_payment_counts_in_the_currency_of_an_invoice_of_the_message(invoice_first: bool) -> None:
    invoice = BOOK.invoice(currency=BOOK.currency("840", "USD"))
    row = BOOK.payment_row("150", invoice_key(), "1.67", settlement=BOOK.settlement())
    bare = BOOK.payment(rows=row)
    outcome = to_crm(*((invoice, bare) if invoice_first else (bare, invoice)))
    assert shares(outcome) == {OPERATION: [(INVOICE, "1.67")]}


# -- with --known: only what is the CRM's ----------------------------------------------------------------------


def test_only_operations_of_known_invoices_pass() -> None:
    foreign = key(FOREIGN_INVOICE, "БП-99")
    objects = [BOOK.operation(name, foreign, guid(200 + i)) for i, name in enumerate(KINDS)]
    outcome = to_crm(*objects, BOOK.payment(), known=KNOWN)
    assert shares(outcome) == {OPERATION: [(INVOICE, "150")]}
    assert outcome.tally.foreign == 7


def test_only_the_crms_part_of_an_operation_is_shown_and_its_sum_is_whole() -> None:
    rows = BOOK.payment_row("100", key(FOREIGN_INVOICE, "БП-99"))
    rows += BOOK.payment_row("50", invoice_key())
    outcome = to_crm(BOOK.payment(rows=rows), known=KNOWN)
    assert shares(outcome) == {OPERATION: [(INVOICE, "50")]}
    assert outcome.objects[0].findtext("{*}Сумма") == "150"


def test_what_settles_an_operation_of_several_is_nobodys() -> None:
    """SPEC §2: one that has exactly one invoice; BP's own is another one."""
    rows = BOOK.payment_row("100", key(FOREIGN_INVOICE, "БП-99"))
    rows += BOOK.payment_row("50", invoice_key())
    refund = BOOK.payment_row(
        "100", document=el("ПБДСРасчетыСКонтрагентамиСсылка", key(OPERATION, "БП-1"))
    )
    refund = BOOK.payment(BANK_OUT, refund, ref=OTHER_OPERATION, number="БП-9")
    outcome = to_crm(BOOK.payment(rows=rows), refund, known=KNOWN)
    assert shares(outcome) == {OPERATION: [(INVOICE, "50")]}
    assert outcome.tally.foreign == 1


def test_rows_shipped_for_others_are_not_shown() -> None:
    foreign = f"<Заказ>{key(FOREIGN_INVOICE, 'БП-99')}</Заказ>"
    ours = f"<Заказ>{invoice_key()}</Заказ>"
    goods = BOOK.goods_row(1, after=foreign) + BOOK.goods_row(2, sum="300", after=ours)
    services = BOOK.service_row(1, after=foreign)
    outcome = to_crm(BOOK.shipment(total="1000", goods=goods, services=services), known=KNOWN)
    assert shares(outcome) == {OPERATION: [(INVOICE, "300")]}
    root = outcome.objects[0]
    assert [row.findtext("{*}НомерСтроки") for row in root.findall("{*}Товары/{*}Строка")] == ["2"]
    assert root.findall("{*}Услуги/{*}Строка") == []
    assert root.findtext("{*}Сумма") == "1000"


def test_bps_own_invoices_never_go_to_the_crm() -> None:
    outcome = to_crm(BOOK.invoice(FOREIGN_INVOICE, number="БП-99"), known=KNOWN)
    assert (outcome.names, outcome.tally.foreign) == ([], 1)


def test_only_the_crms_counterparties_pass() -> None:
    known = el("Справочник.Контрагенты", el("КлючевыеСвойства", party()))
    other = el(
        "Справочник.Контрагенты", el("КлючевыеСвойства", party(guid(90), "Иной", "9988003037"))
    )
    for crm in ([crm_counterparty()], KNOWN):
        outcome = to_crm(known, other, known=crm)
        assert (outcome.names, outcome.refs) == ([PARTY_NAME], [BUYER])
        assert outcome.tally.foreign == 1


def test_a_counterparty_with_a_guid_of_bps_own_keeps_the_crms() -> None:
    """BP's node was made anew (BP.md, Identity): the same ИНН and КПП are the same counterparty."""
    card = el("Справочник.Контрагенты", el("КлючевыеСвойства", party(guid(90))))
    outcome = to_crm(card, known=[crm_counterparty()])
    assert (outcome.names, outcome.refs) == ([PARTY_NAME], [BUYER])


def test_two_counterparties_of_one_inn_are_told_apart_by_guid_only() -> None:
    known = [crm_counterparty(), crm_counterparty(guid(89))]
    cards = [
        el("Справочник.Контрагенты", el("КлючевыеСвойства", party(ref)))
        for ref in (guid(89), guid(90), BUYER)
    ]
    outcome = to_crm(*cards, known=known)
    assert (outcome.refs, outcome.tally.foreign) == ([guid(89), BUYER], 1)


def test_what_only_the_crm_knows_of_an_edited_invoice_is_filled_in() -> None:
    interest = el("Интерес", val("Ссылка", guid(74)), val("Номер", "ИНТ-1"))
    client = el("Клиент", val("Наименование", "Холдинг"))
    after = val("ОплатитьДо", "2026-03-01T18:00:00") + val("ОтгрузкаРазрешена", "true")
    known = [crm_invoice(before=interest + client, after=after)]
    root = to_crm(BOOK.invoice(), known=known).objects[0]
    assert root.findtext("{*}Интерес/{*}Номер") == "ИНТ-1"
    assert root.findtext("{*}Клиент/{*}Наименование") == "Холдинг"
    assert root.findtext("{*}ОплатитьДо") == "2026-03-01T18:00:00"
    assert root.findtext("{*}ОтгрузкаРазрешена") == "true"


def test_the_interest_of_a_known_invoice_travels_with_its_operations() -> None:
    interest = el("Интерес", val("Ссылка", guid(74)), val("Номер", "ИНТ-1"))
    root = to_crm(BOOK.payment(), known=[crm_invoice(before=interest)]).objects[0]
    assert root.findtext("{*}Счета/{*}Строка/{*}Интерес/{*}Номер") == "ИНТ-1"


def test_the_last_of_several_known_versions_stands() -> None:
    known = [
        crm_invoice(after=val("Комментарий", "старый")),
        crm_invoice(after=val("Комментарий", "новый")),
    ]
    assert to_crm(BOOK.invoice(), known=known).objects[0].findtext("{*}Комментарий") == "новый"


def test_an_alias_keeps_the_crms_reference_and_is_told() -> None:
    alias = guid(91)
    rows = BOOK.payment_row("150", invoice_key(alias))
    outcome = to_crm(BOOK.invoice(alias), BOOK.payment(rows=rows), known=KNOWN)
    assert outcome.objects[0].findtext("{*}КлючевыеСвойства/{*}Ссылка") == INVOICE
    assert shares(outcome) == {OPERATION: [(INVOICE, "150")]}
    assert [(p.kind.id, p.holds) for p in outcome.problems] == [("ALIAS", False)]
    assert alias in outcome.problems[0].what("en")


def test_the_case_of_a_reference_is_no_alias() -> None:
    outcome = to_crm(BOOK.invoice(), known=[crm_invoice(INVOICE.upper())])
    assert outcome.objects[0].findtext("{*}КлючевыеСвойства/{*}Ссылка") == INVOICE.upper()
    assert outcome.ids == []


@pytest.mark.parametrize(
    "buyer", [party(guid(92), "Иной", "9988003037"), party(None, "Пример-Строй ООО", None)]
)
def test_a_foreign_reference_with_another_counterparty_is_bps_own(buyer: str) -> None:
    outcome = to_crm(BOOK.invoice(guid(91), buyer=buyer), known=KNOWN)
    assert (outcome.names, outcome.tally.foreign) == ([], 1)


def test_two_candidates_for_a_foreign_reference_are_none() -> None:
    known = [crm_invoice(), crm_invoice(OTHER_INVOICE)]
    outcome = to_crm(BOOK.invoice(guid(91)), known=known)
    assert (outcome.names, outcome.tally.foreign) == ([], 1)


def test_links_through_operations_work_among_known_invoices_in_any_order() -> None:
    objects = [BOOK.payment(), refund(OTHER_OPERATION, OPERATION)]
    for order in (objects, objects[::-1]):
        assert shares(to_crm(*order, known=KNOWN)) == {
            OPERATION: [(INVOICE, "150")],
            OTHER_OPERATION: [(INVOICE, "10")],
        }


def test_a_refund_of_a_foreign_payment_is_nobodys() -> None:
    rows = BOOK.payment_row("150", key(FOREIGN_INVOICE, "БП-99"))
    outcome = to_crm(BOOK.payment(rows=rows), refund(OTHER_OPERATION, OPERATION), known=KNOWN)
    assert (outcome.names, outcome.tally.foreign) == ([], 2)


def test_several_hundred_known_invoices_are_told_apart() -> None:
    known = [crm_invoice(guid(20_000 + i), f"СЧ-{i}") for i in range(0, 400, 2)]
    objects = [
        BOOK.payment(
            rows=BOOK.payment_row("1", key(guid(20_000 + i), f"СЧ-{i}")),
            ref=guid(30_000 + i),
            total="1",
        )
        for i in range(400)
    ]
    outcome = to_crm(*objects, known=known)
    assert (len(shares(outcome)), outcome.tally.foreign) == (200, 200)


# -- catalogues, deletions ----------------------------------------------------------------------------------------


def catalogues() -> list[str]:
    """One of each catalogue that a manager fills in an invoice from."""
    ref = val("Ссылка", guid(50))
    code = el("ДанныеКлассификатора", val("Код", "643"), val("Наименование", "руб."))
    return [
        el("Справочник.Организации", el("КлючевыеСвойства", organisation())),
        el(
            "Справочник.Номенклатура",
            el("КлючевыеСвойства", BOOK.item()),
            val("ТипНоменклатуры", "Товар"),
        ),
        el(
            "Справочник.БанковскиеСчета",
            el("КлючевыеСвойства", ref, BOOK.account()),
            BOOK.currency(name="ВалютаДенежныхСредств"),
        ),
        el("Справочник.Валюты", el("КлючевыеСвойства", ref, code)),
        el("Справочник.ЕдиницыИзмерения", el("КлючевыеСвойства", ref, code)),
    ]


@pytest.mark.parametrize("known", [None, KNOWN])
def test_the_catalogues_pass_with_and_without_known_invoices(known: list[str] | None) -> None:
    outcome = to_crm(*catalogues(), known=known)
    assert outcome.names == [
        "Справочник.Организации",
        "Справочник.Номенклатура",
        "Справочник.БанковскиеСчета",
        "Справочник.Валюты",
        "Справочник.ЕдиницыИзмерения",
    ]
    assert outcome.problems == []


def test_a_catalogue_entry_without_reference_is_held_alone() -> None:
    nameless = el("Справочник.Организации", el("КлючевыеСвойства", organisation(None)))
    outcome = to_crm(nameless, *catalogues())
    assert (len(outcome.objects), outcome.tally.held) == (5, 1)
    assert [(p.kind.id, p.where.field) for p in outcome.problems] == [
        ("FIELD_MISSING", "КлючевыеСвойства/Ссылка")
    ]


def test_accounts_of_others_are_passed_over_in_silence() -> None:
    owner = el("КонтрагентыСсылка", party())
    account = el(
        "Справочник.БанковскиеСчета",
        el("КлючевыеСвойства", val("Ссылка", guid(50)), BOOK.account(owner)),
        BOOK.currency(name="ВалютаДенежныхСредств"),
    )
    outcome = to_crm(account)
    assert (outcome.names, outcome.problems) == ([], [])
    assert outcome.tally.skipped == {"Справочник.БанковскиеСчета": 1}


def test_an_accounts_currency_without_a_code_is_left_out() -> None:
    """MAPPING §4: its Код; absent → left out."""
    account = el(
        "Справочник.БанковскиеСчета",
        el("КлючевыеСвойства", val("Ссылка", guid(50)), BOOK.account()),
        BOOK.currency(None, "кредит", "ВалютаДенежныхСредств"),
    )
    outcome = to_crm(account)
    assert outcome.names == ["Справочник.БанковскиеСчета"]
    assert outcome.objects[0].find("{*}Валюта") is None


def test_a_currency_without_a_code_is_not_passed_with_a_warning() -> None:
    currency = el(
        "Справочник.Валюты",
        el(
            "КлючевыеСвойства",
            val("Ссылка", guid(50)),
            el("ДанныеКлассификатора", val("Наименование", "кредит")),
        ),
    )
    outcome = to_crm(currency)
    assert (outcome.names, outcome.ids, outcome.tally.held) == ([], ["NOT_PASSED"], 0)


def test_the_gate_holds_only_what_it_refuses() -> None:
    """Since 1.7 BP's code has no limit, the CRM's has three characters."""
    odd = BOOK.invoice(OTHER_INVOICE, currency=BOOK.currency("6433"), number="СЧ-2")
    others = [BOOK.invoice(guid(100 + i), number=f"Н-{i}") for i in range(10)]
    outcome = to_crm(*others[:4], odd, *others[4:])
    assert [each.findtext("{*}КлючевыеСвойства/{*}Номер") for each in outcome.objects] == [
        f"Н-{i}" for i in range(10)
    ]
    assert outcome.tally.held == 1
    assert outcome.tally.written == {INVOICE_NAME: 10}
    problem = outcome.problems[0]
    assert (problem.kind.id, problem.where.field, problem.where.key) == (
        "OUTPUT_INVALID",
        "Валюта/Код",
        f"{INVOICE_NAME} {OTHER_INVOICE}",
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_deletions_pass(version: str) -> None:
    book = Book(version)
    invoice = "ЗаказКлиентаСсылка" if book.since("1.6") else "ЗаказыКлиентовСсылка"
    names = {
        invoice: INVOICE_NAME,
        "ПБДСРасчетыСКонтрагентамиСсылка": OPERATION_NAME,
        "РеализацияТоваровУслугСсылка": OPERATION_NAME,
        "КонтрагентыСсылка": PARTY_NAME,
        "НоменклатураСсылка": "Справочник.Номенклатура",
    }
    outcome = to_crm(*(book.deletion(name, INVOICE) for name in names), version=version)
    assert [each.findtext("{*}ВидОбъекта") for each in outcome.objects] == list(names.values())
    assert set(outcome.refs) == {INVOICE}


def test_with_known_invoices_only_the_deletions_of_those_pass() -> None:
    outcome = to_crm(
        BOOK.deletion("ЗаказКлиентаСсылка", FOREIGN_INVOICE),
        BOOK.deletion("ЗаказКлиентаСсылка", INVOICE),
        BOOK.deletion("ПКОРасчетыСКонтрагентамиСсылка", OPERATION),
        known=KNOWN,
    )
    assert (outcome.refs, outcome.tally.foreign) == ([INVOICE, OPERATION], 1)


def test_the_deletion_of_a_type_without_use_is_skipped() -> None:
    outcome = to_crm(BOOK.deletion("СкладыСсылка", guid(93)))
    assert (outcome.names, outcome.tally.skipped) == ([], {"УдалениеОбъекта": 1})


# -- what is held, what is passed over ------------------------------------------------------------------------------


def test_a_held_operation_leaves_the_others_alone() -> None:
    dollars = BOOK.payment(
        rows=BOOK.payment_row("1", invoice_key()),
        ref=guid(201),
        currency=BOOK.currency("840", "USD"),
        total="1",
    )
    outcome = to_crm(BOOK.invoice(), dollars, BOOK.payment())
    assert shares(outcome) == {OPERATION: [(INVOICE, "150")]}
    assert [(p.kind.id, p.where.field) for p in outcome.problems] == [
        ("SUM_UNKNOWN", "РасшифровкаПлатежа/Строка[1]/СуммаВзаиморасчетов")
    ]
    assert outcome.tally.held == 1


@pytest.mark.parametrize(
    ("old", "new", "id", "field"),
    [
        ("<Сумма>150</Сумма><Бан", "<Сумма>сто</Сумма><Бан", "VALUE_INVALID", "ОбщиеДанные/Сумма"),
        ("<Сумма>150</Сумма><Бан", "<Сумма>1e5</Сумма><Бан", "VALUE_INVALID", "ОбщиеДанные/Сумма"),
        ("2026-02-12T12:00:00", "2026-02-30", "VALUE_INVALID", "КлючевыеСвойства/Дата"),
        ("<Номер>БП-1</Номер>", "", "FIELD_MISSING", "КлючевыеСвойства/Номер"),
    ],
)
def test_what_the_mapping_needs_and_does_not_find_holds(
    old: str, new: str, id: str, field: str
) -> None:
    faulty = BOOK.payment(ref=guid(201))
    assert old in faulty
    outcome = to_crm(faulty.replace(old, new), BOOK.payment())
    assert list(shares(outcome)) == [OPERATION]
    assert [(p.kind.id, p.where.field) for p in outcome.problems] == [(id, field)]
    assert outcome.tally.held == 1


def test_what_the_mapping_does_not_know_is_passed_over_wherever_it_stands() -> None:
    odd = BOOK.payment().replace("<ОбщиеДанные>", "<ОбщиеДанные><Новое><Сумма>7</Сумма></Новое>")
    odd = odd.replace("<КлючевыеСвойства>", '<Новое x="1"/><КлючевыеСвойства>')
    outcome = to_crm(odd)
    assert (shares(outcome), outcome.problems) == ({OPERATION: [(INVOICE, "150")]}, [])


def test_blanks_around_values_and_another_order_are_borne() -> None:
    odd = BOOK.payment().replace("<Сумма>150</Сумма>", "<Сумма>\n 150.00 </Сумма>")
    odd = odd.replace("<ВидРасчетов>СПокупателем</ВидРасчетов>", "")
    odd = odd.replace(f"</{BANK_IN}>", f"<ВидРасчетов> СПокупателем </ВидРасчетов></{BANK_IN}>")
    outcome = to_crm(odd)
    sums = [Decimal(str(sum)) for _, sum in shares(outcome)[OPERATION]]
    assert (sums, outcome.problems) == ([Decimal(150)], [])


def test_an_empty_name_of_a_user_does_not_hold_a_payment() -> None:
    """SPEC §2: only what the mapping needs and does not find holds an object."""
    payment = BOOK.payment(responsible="X").replace("<Наименование>X<", "<Наименование><")
    outcome = to_crm(payment)
    assert (shares(outcome), outcome.tally.held) == ({OPERATION: [(INVOICE, "150")]}, 0)


def test_a_discount_on_the_document_warns_and_its_sum_stands() -> None:
    outcome = to_crm(BOOK.invoice(total="180"))
    assert outcome.objects[0].findtext("{*}Сумма") == "180"
    assert [(p.kind.id, p.holds) for p in outcome.problems] == [("DISCOUNT", False)]


def test_an_invoice_without_reference_is_held_where_nobody_knows_it() -> None:
    outcome = to_crm(BOOK.invoice(None))
    assert (outcome.names, outcome.ids, outcome.tally.held) == ([], ["FIELD_MISSING"], 1)


def test_an_invoice_without_reference_is_recognised_among_the_known_ones() -> None:
    outcome = to_crm(BOOK.invoice(None), known=KNOWN)
    assert (outcome.refs, outcome.problems) == ([INVOICE], [])


@pytest.mark.parametrize("name", [SHIPMENT, RETURN, CASH_IN, CASH_OUT, CARD])
def test_an_operation_without_reference_is_held(name: str) -> None:
    outcome = to_crm(BOOK.operation(name, invoice_key(), None))
    assert (outcome.names, outcome.ids, outcome.tally.held) == ([], ["FIELD_MISSING"], 1)
