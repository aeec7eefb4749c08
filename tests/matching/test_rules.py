"""The rules one by one, where the labelled purposes do not reach: goods, contracts, directions."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from converter.matching.rules import NAMED, UNNAMED, limit, match
from converter.matching.values import (
    Candidate,
    Confidence,
    Direction,
    Goods,
    Proposal,
    Reason,
    Unlinked,
)
from converter.objects import Contract
from tests.matching.labelled import BUYER, SELLER

MARCH = datetime(2026, 3, 2, 10)


def goods(**quantities: int) -> tuple[Goods, ...]:
    return tuple(Goods(item, Decimal(quantity)) for item, quantity in quantities.items())


def contract(number: str) -> Contract:
    return Contract(None, f"Договор {number}", number, None)


INVOICE = Candidate(
    "i1", SELLER, BUYER, "643", "12", MARCH,
    unpaid=Decimal(1000), paid=Decimal(300), unshipped_sum=Decimal(800), shipped_sum=Decimal(500),
    unshipped=goods(paper=5, pens=2), shipped=goods(paper=3),
)  # fmt: skip
OTHER = replace(
    INVOICE, ref="i2", number="13", unpaid=Decimal(700), unshipped=goods(chairs=4), shipped=()
)
PAYMENT = Unlinked(
    Direction.PAYMENT, SELLER, BUYER, "643", datetime(2026, 3, 20), Decimal(400)
)  # fmt: skip


def shipment(**quantities: int) -> Unlinked:
    return replace(PAYMENT, direction=Direction.SHIPMENT, goods=goods(**quantities))


def offered(operation: Unlinked, *known: Candidate) -> list[tuple[str, int, Reason]]:
    return [
        (each.invoice, int(each.sum), each.reasons[0])
        for each in match(operation, known or (INVOICE, OTHER))
    ]


def test_goods_find_the_invoice_whose_open_rows_hold_them() -> None:
    assert offered(shipment(paper=5)) == [("i1", 400, Reason.GOODS)]
    assert offered(shipment(chairs=1)) == [("i2", 400, Reason.GOODS)]


@pytest.mark.parametrize("rows", [{"paper": 6}, {"paper": 1, "chairs": 1}, {"ink": 1}])
def test_goods_that_no_invoice_holds_whole_find_none(rows: dict[str, int]) -> None:
    assert offered(shipment(**rows)) == []


def test_rows_of_one_item_are_taken_together() -> None:
    rows = (*goods(paper=3), *goods(paper=3))
    assert offered(replace(PAYMENT, direction=Direction.SHIPMENT, goods=rows)) == []


def test_goods_that_two_invoices_hold_find_none_but_their_sum_may() -> None:
    twin = replace(OTHER, unshipped=INVOICE.unshipped, unshipped_sum=Decimal(400))
    assert offered(shipment(paper=1), INVOICE, twin) == [("i2", 400, Reason.SUM)]
    assert offered(replace(shipment(paper=1), sum=Decimal(10)), INVOICE, twin) == []


def test_returned_goods_are_looked_for_among_the_shipped_ones() -> None:
    back = replace(PAYMENT, direction=Direction.RETURN)
    assert offered(replace(back, goods=goods(paper=3))) == [("i1", 400, Reason.GOODS)]
    assert offered(replace(back, goods=goods(paper=4))) == []


def test_a_shipment_without_rows_goes_by_the_only_invoice_that_is_not_shipped() -> None:
    assert offered(shipment(), INVOICE) == [("i1", 400, Reason.ONLY_OPEN)]
    assert offered(shipment()) == []


def test_goods_dearer_than_the_invoice_are_offered_up_to_its_rest() -> None:
    assert offered(replace(shipment(paper=1), sum=Decimal(900))) == [("i1", 800, Reason.GOODS)]


def test_the_only_open_invoice_is_of_the_contract() -> None:
    mine = replace(INVOICE, contract=contract("7"))
    theirs = replace(OTHER, contract=contract("8"))
    assert offered(replace(PAYMENT, contract=contract("07")), mine, theirs) == [
        ("i1", 400, Reason.ONLY_OPEN)
    ]
    assert offered(replace(PAYMENT, contract=contract("9")), mine, theirs) == []
    assert offered(PAYMENT, mine, theirs) == []


def test_a_contract_is_told_by_guid_before_its_number() -> None:
    one, two = Contract("A1", None, "7", None), Contract("b2", None, "7", None)
    invoice = replace(INVOICE, contract=one)
    assert offered(replace(PAYMENT, contract=two), invoice) == []
    same = replace(one, ref="a1", number="8")
    assert offered(replace(PAYMENT, contract=same), invoice) == [("i1", 400, Reason.ONLY_OPEN)]


def test_under_another_contract_what_is_named_is_not_certain() -> None:
    payment = replace(PAYMENT, purpose="Оплата по счету 12 от 02.03.2026")
    invoice = replace(INVOICE, contract=contract("7"))
    for number, confidence in (("7", Confidence.CERTAIN), ("8", Confidence.PROPOSED)):
        (proposal,) = match(replace(payment, contract=contract(number)), [invoice])
        assert proposal.confidence is confidence


def test_an_invoice_of_later_is_not_certain_and_not_found_by_its_sum() -> None:
    later = replace(INVOICE, date=datetime(2026, 3, 21))
    named = replace(PAYMENT, sum=Decimal(1000), purpose="Оплата по счету 12")
    (proposal,) = match(named, [later])
    assert proposal.confidence is Confidence.PROPOSED
    assert offered(replace(PAYMENT, sum=Decimal(1000)), later, OTHER) == []
    assert offered(PAYMENT, later) == [("i1", 400, Reason.ONLY_OPEN)]


def test_the_only_open_invoice_gets_no_more_than_its_rest() -> None:
    assert offered(replace(PAYMENT, sum=Decimal(5000)), INVOICE) == [("i1", 1000, Reason.ONLY_OPEN)]


def test_a_sum_for_several_goes_in_their_order_and_none_is_certain() -> None:
    payment = replace(PAYMENT, sum=Decimal(1200), purpose="сч. 13 от 02.03.2026, 12 от 02.03.2026")
    first, second = match(payment, [INVOICE, OTHER])
    assert [first.invoice, second.invoice] == ["i2", "i1"]
    assert [first.sum, second.sum] == [Decimal(700), Decimal(500)]
    assert {first.confidence, second.confidence} == {Confidence.PROPOSED}


def test_a_refund_gives_back_what_was_paid() -> None:
    refund = replace(PAYMENT, direction=Direction.REFUND, purpose="Возврат по счету 12")
    assert offered(refund) == [("i1", 300, Reason.NUMBER)]


@pytest.mark.parametrize("word", ["Пени", "штраф", "Возврат займа", "обеспечение заявки"])
def test_money_for_something_else_is_not_for_the_only_invoice(word: str) -> None:
    assert offered(replace(PAYMENT, purpose="Оплата за товар"), INVOICE)
    assert not offered(replace(PAYMENT, purpose=f"{word} за март"), INVOICE)


def test_every_line_of_the_tables_can_be_reached() -> None:
    """No line stands behind another one that takes everything from it."""
    seen: set[tuple[object, object, object]] = set()
    for line in NAMED:
        cells = {(c, d, s) for c in line.cues for d in line.dates for s in line.sums}
        assert cells - seen, line
        seen |= cells
    assert len({rule.reason for rule in UNNAMED}) == len(UNNAMED)


def test_where_another_open_invoice_has_the_number_too_none_is_certain() -> None:
    payment = replace(PAYMENT, sum=Decimal(1000), purpose="Оплата по счету 12")
    prefixed = replace(INVOICE, ref="i3", number="СЧ-12", unpaid=Decimal(50))
    (alone,) = match(payment, [INVOICE])
    (proposal,) = match(payment, [INVOICE, prefixed])
    assert (alone.confidence, proposal.confidence) == (Confidence.CERTAIN, Confidence.PROPOSED)
    assert proposal.invoice == "i1"


@pytest.mark.parametrize(
    ("theirs", "found"),
    [
        ({"inn": "5001007322"}, False),  # one GUID with two ИНН: somebody is wrong
        ({"inn": None}, True),
        ({"kpp": "500101001"}, True),
        ({"ref": "b2", "kpp": "500101001"}, False),  # a branch
        ({"ref": "b2", "kpp": None}, True),
        ({"ref": "b2"}, True),
        ({"ref": "b2", "inn": None}, False),
        ({"ref": None, "inn": None}, False),
    ],
)
def test_counterparties_are_told_by_inn_then_kpp_or_guid(
    theirs: dict[str, str | None], found: bool
) -> None:
    mine = replace(BUYER, ref="a1")
    invoice = replace(INVOICE, party=replace(mine, **theirs))
    assert bool(match(replace(PAYMENT, party=mine), [invoice])) is found


def test_a_proposal_says_all_that_speaks_for_it() -> None:
    paid = replace(PAYMENT, sum=Decimal(1000))
    for purpose, reasons in (
        ("Оплата по счету 12 от 02.03.2026", (Reason.NUMBER_AND_DATE, Reason.SUM)),
        ("Оплата по счету 12", (Reason.NUMBER, Reason.SUM)),
    ):
        assert match(replace(paid, purpose=purpose), [INVOICE]) == (
            Proposal("i1", Decimal(1000), Confidence.CERTAIN, reasons),
        )
    part = replace(PAYMENT, purpose="Оплата по счету 12 от 02.03.2026")
    assert match(part, [INVOICE]) == (
        Proposal("i1", Decimal(400), Confidence.CERTAIN, (Reason.NUMBER_AND_DATE,)),
    )
    assert match(PAYMENT, [INVOICE]) == (
        Proposal("i1", Decimal(400), Confidence.PROPOSED, (Reason.ONLY_OPEN,)),
    )


def test_an_invoice_of_the_same_day_was_there_before() -> None:
    today = replace(INVOICE, date=datetime(2026, 3, 20, 18))
    named = replace(PAYMENT, sum=Decimal(1000), purpose="Оплата по счету 12")
    (proposal,) = match(named, [today])
    assert proposal.confidence is Confidence.CERTAIN
    assert offered(replace(PAYMENT, sum=Decimal(1000)), today, OTHER) == [("i1", 1000, Reason.SUM)]


def test_nothing_is_proposed_for_nothing() -> None:
    assert offered(replace(PAYMENT, sum=Decimal(0)), INVOICE) == []
    assert offered(replace(PAYMENT, sum=Decimal(-1)), INVOICE) == []


def test_what_the_first_of_several_takes_whole_leaves_nothing_for_the_rest() -> None:
    payment = replace(PAYMENT, sum=Decimal(700), purpose="сч. 13 от 02.03.2026, 12 от 02.03.2026")
    assert offered(payment) == [("i2", 700, Reason.NUMBER_AND_DATE)]


def test_an_invoice_that_is_named_twice_counts_as_it_was_named_first() -> None:
    payment = replace(PAYMENT, purpose="Оплата счета 12, счет 12 от 05.03.2026")
    assert offered(payment, INVOICE) == [("i1", 400, Reason.NUMBER)]


def test_of_two_with_one_number_the_open_one_is_meant_and_one_with_the_date_before_it() -> None:
    old = replace(INVOICE, ref="i3", date=datetime(2025, 3, 2), unpaid=Decimal(0))
    payment = replace(PAYMENT, purpose="Оплата по счету 12")
    assert offered(payment, old, INVOICE) == [("i1", 400, Reason.NUMBER)]
    dated = replace(PAYMENT, purpose="Оплата по счету 12 от 02.03.2025")
    assert offered(dated, old, INVOICE) == []


def test_a_date_that_two_share_makes_neither_certain() -> None:
    payment = replace(PAYMENT, purpose="Оплата по счету 12 от 02.03.2026")
    prefixed = replace(INVOICE, ref="i3", number="СЧ-12")
    older = replace(prefixed, date=datetime(2025, 3, 2))
    for others, confidence in (([prefixed], "proposed"), ([older], "certain"), ([], "certain")):
        (proposal,) = match(payment, [INVOICE, *others])
        assert (proposal.invoice, proposal.confidence.value) == ("i1", confidence)


def test_a_contract_that_is_named_leaves_its_invoices_else_those_without_a_number() -> None:
    payment = replace(PAYMENT, purpose="Оплата по договору 7")
    mine = replace(INVOICE, contract=contract("7"))
    theirs = replace(OTHER, contract=contract("8"))
    nameless = replace(OTHER, ref="i3", contract=Contract(None, "Поставка", None, None))
    assert offered(payment, mine, theirs) == [("i1", 400, Reason.ONLY_OPEN)]
    assert offered(payment, mine, nameless) == [("i1", 400, Reason.ONLY_OPEN)]
    assert offered(payment, theirs, nameless) == [("i3", 400, Reason.ONLY_OPEN)]
    assert offered(payment, theirs) == []


def test_contracts_without_guid_of_which_one_has_no_number_are_told_by_their_names() -> None:
    for name, found in (("Поставка", True), ("Аренда", False), (None, True)):
        invoice = replace(INVOICE, contract=Contract(None, name, None, None))
        for number in (None, "7"):
            said = replace(PAYMENT, contract=Contract(None, "Поставка", number, None))
            assert bool(offered(said, invoice)) is found


def test_rows_of_one_item_of_an_invoice_are_taken_together_too() -> None:
    invoice = replace(INVOICE, unshipped=(*goods(paper=2), *goods(pens=1), *goods(paper=3)))
    assert offered(shipment(paper=5), invoice) == [("i1", 400, Reason.GOODS)]
    assert offered(shipment(paper=6), invoice) == []


def test_a_guid_in_other_letters_is_the_same() -> None:
    mine = replace(BUYER, ref="a1", inn=None)
    invoice = replace(INVOICE, party=replace(mine, ref="A1", name="Иной"))
    assert offered(replace(PAYMENT, party=mine), invoice)
    assert not offered(
        replace(PAYMENT, party=mine), replace(invoice, party=replace(mine, ref="b2", name="Иной"))
    )


def test_invoices_in_another_currency_or_of_another_seller_are_not_looked_at() -> None:
    assert offered(PAYMENT, replace(INVOICE, currency="840")) == []
    branch = replace(SELLER, kpp="770802001")
    assert offered(PAYMENT, replace(INVOICE, organisation=branch)) == []
    nameless = replace(SELLER, inn=None)
    assert offered(replace(PAYMENT, organisation=nameless), replace(INVOICE, organisation=nameless))
    other = replace(nameless, name="Иная")
    assert not offered(
        replace(PAYMENT, organisation=other), replace(INVOICE, organisation=nameless)
    )


@pytest.mark.parametrize(
    ("direction", "most"),
    [
        (Direction.PAYMENT, 1000),
        (Direction.REFUND, 300),
        (Direction.SHIPMENT, 800),
        (Direction.RETURN, 500),
    ],
)
def test_what_an_invoice_can_take(direction: Direction, most: int) -> None:
    assert limit(INVOICE, direction) == Decimal(most)
    over = Decimal(-5)
    overdone = replace(INVOICE, unpaid=over, paid=over, unshipped_sum=over, shipped_sum=over)
    assert limit(overdone, direction) == Decimal(0)
