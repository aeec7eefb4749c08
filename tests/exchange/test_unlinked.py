"""Operations without an invoice: kept, proposed, tied, untied, overruled (SPEC §2 "Unlinked", §7)."""

from __future__ import annotations

import sqlite3
from decimal import Decimal

import pytest

from converter.exchange.report import Report
from converter.state.opening import open_state
from converter.views.invoices import Wanted, invoices, with_proposals
from converter.views.ties import Refusal, Refused, find_operation, find_tied, wanted_tie
from converter.views.unlinked import UnlinkedView, unlinked
from tests.exchange.test_invoices import INTEREST
from tests.exchange.test_operations import OWN_KEY, began, deleted, paid, settles
from tests.exchange.test_recovery import rebuilt
from tests.exchange.world import BOOK, World, fields, state_of, text
from tests.mapping.book import (
    BANK_OUT,
    INVOICE,
    OPERATION,
    OTHER_INVOICE,
    OTHER_OPERATION,
    crm_deletion,
    crm_invoice,
    guid,
    invoice_key,
    party,
)
from tests.state.layouts import go_back

TRADE = "Документ.ТорговаяОперация"
STRANGER = party(guid(81), "Чужой ООО", "9988003037")
GONE = crm_deletion("Документ.СчетНаОплату", INVOICE)
NAMED = "Оплата по счету СЧ-1 от 11.02.2026"


def payment(amount: str = "150", purpose: str | None = NAMED, **more: str) -> str:
    """A payment that names no invoice."""
    return BOOK.payment(rows=BOOK.payment_row(amount), total=amount, purpose=purpose, **more)  # type: ignore[arg-type]


def shipment(quantity: str = "2", amount: str = "200", ref: str = OPERATION) -> str:
    """A shipment that names no invoice."""
    rows = BOOK.goods_row(quantity=quantity, sum=amount, vat_sum=None)
    return BOOK.shipment(ref, total=amount, goods=rows)


def views(world: World) -> list[UnlinkedView]:
    with world.state().read() as connection:
        return unlinked(connection, world.link)


def proposed(world: World) -> list[tuple[str, Decimal, str, str]]:
    """Invoice, sum, certainty and first reason of everything that is proposed."""
    return [
        (each.number, each.sum, each.certainty, each.reasons[0])
        for view in views(world)
        for each in view.proposals
    ]


def link(world: World, invoice: str = INVOICE, amount: str = "150", ref: str = OPERATION) -> Report:
    """``converter link``."""
    exchange = world.exchange()
    exchange.command("link", operation=ref, invoice=invoice, sum=amount)
    return world.run()


def unlink(world: World, ref: str = OPERATION) -> Report:
    """``converter unlink``."""
    world.exchange().command("unlink", operation=ref)
    return world.run()


def refused(world: World, operation: str, invoice: str, amount: str | None = None) -> Refusal:
    """Why a tie is refused."""
    with world.state().read() as connection, pytest.raises(Refused) as caught:
        found = find_operation(connection, world.link, operation)
        given = None if amount is None else Decimal(amount)
        wanted_tie(connection, world.link, found, invoice, given)
    return caught.value.reason


def tied(world: World, operation: str, invoice: str, amount: str | None = None) -> Decimal:
    """How much would be tied."""
    with world.state().read() as connection:
        found = find_operation(connection, world.link, operation)
        given = None if amount is None else Decimal(amount)
        return wanted_tie(connection, world.link, found, invoice, given).sum


# -- kept, and proposed --------------------------------------------------------------------------


def test_a_proposal_changes_nothing(world: World) -> None:
    began(world)
    world.x("bp", payment())
    assert proposed(world) == [("СЧ-1", Decimal(150), "certain", "number-and-date")]
    world.calm(2)
    letter = world.crm.look()
    assert letter is None or not {TRADE, "СостояниеСчета"} & set(letter.names)


def test_only_what_has_no_invoice_is_unlinked(world: World) -> None:
    began(world)
    world.x("bp", payment(), BOOK.payment(ref=guid(71)))
    world.x("bp", BOOK.payment(rows=BOOK.payment_row("5", OWN_KEY), total="5", ref=guid(72)))
    world.x("bp", payment(ref=guid(73), kind="СПоставщиком"))
    assert [each.ref for each in views(world)] == [OPERATION]
    world.x("bp", BOOK.deletion("ПБДСРасчетыСКонтрагентамиСсылка", OPERATION))
    assert views(world) == []
    world.x("bp", payment())
    assert len(views(world)) == 1
    world.x("bp", BOOK.payment())
    assert views(world) == []


def test_the_counterparty_must_be_known_to_the_crm_and_may_become_so_later(world: World) -> None:
    world.bp.send(payment())
    world.run()
    assert views(world) == []
    world.crm.send(crm_invoice())
    world.run()
    assert proposed(world) == [("СЧ-1", Decimal(150), "certain", "number-and-date")]
    world.x("bp", payment(buyer=STRANGER))
    assert views(world) == []


def test_proposals_follow_what_stands(world: World) -> None:
    began(world)
    world.x("bp", payment("150", None))
    assert proposed(world) == []  # two invoices are open
    world.x("bp", BOOK.payment(rows=BOOK.payment_row("200", invoice_key(OTHER_INVOICE, "СЧ-2")),
                               total="200", ref=OTHER_OPERATION))  # fmt: skip
    assert proposed(world) == [("СЧ-1", Decimal(150), "proposed", "only-open")]
    world.x("bp", BOOK.payment(rows=BOOK.payment_row("100", invoice_key()), ref=guid(71)))
    assert proposed(world) == [("СЧ-1", Decimal(100), "proposed", "only-open")]  # what is left
    world.x("crm", GONE)
    assert [each.proposals for each in views(world)] == [()]


def test_goods_are_looked_for_in_what_is_not_shipped(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.calm(2)
    world.x("bp", shipment())
    assert proposed(world) == [("СЧ-1", Decimal(200), "proposed", "goods")]
    world.x("bp", BOOK.shipment(OTHER_OPERATION, total="100", order=invoice_key(),
                                goods=BOOK.goods_row(quantity="1", sum="100", vat_sum=None)))  # fmt: skip
    assert proposed(world) == []
    world.x("bp", shipment("1", "100"))
    assert proposed(world) == [("СЧ-1", Decimal(100), "proposed", "goods")]


def test_invoices_tell_what_is_proposed_for_them(world: World) -> None:
    began(world)
    world.x("bp", payment())
    with world.state().read() as connection:
        found = invoices(connection, "main", Wanted())
        one, two = with_proposals(found, unlinked(connection, world.link))
    assert [(each.ref, proposal.sum) for each, proposal in one.proposed] == [
        (OPERATION, Decimal(150))
    ]
    assert two.proposed == []


# -- tied and untied -----------------------------------------------------------------------------


def test_the_crm_hears_of_a_tie_and_of_its_end_in_the_next_message(world: World) -> None:
    began(world)
    world.x("bp", payment())
    link(world)
    letter = world.crm.read()
    assert paid(letter) == {"СЧ-1": "150"}
    given = letter.one(TRADE)
    assert (text(given, "Счета/Строка/Счет/Номер"), text(given, "Счета/Строка/Сумма")) == (
        "СЧ-1",
        "150",
    )
    assert views(world) == []
    unlink(world)
    letter = world.crm.read()
    assert (deleted(letter), paid(letter)) == ([(TRADE, OPERATION)], {"СЧ-1": "0"})
    assert len(views(world)) == 1
    events = [each["event"] for each in world.journal() if each["event"] in ("linked", "unlinked")]
    assert events == ["linked", "unlinked"]
    assert not set(world.bp.read().names)  # BP hears nothing of it


def test_a_part_of_an_operation_and_several_invoices(world: World) -> None:
    began(world)
    world.x("bp", payment("300"))
    link(world, INVOICE, "200")
    link(world, OTHER_INVOICE, "40")
    letter = world.crm.read()
    assert paid(letter) == {"СЧ-1": "200", "СЧ-2": "40"}
    assert fields(letter.one(TRADE))["Сумма"] == "300"
    link(world, OTHER_INVOICE, "60")  # in place of the 40
    assert paid(world.crm.read())["СЧ-2"] == "60"


def left(world: World) -> list[tuple[Decimal, Decimal]]:
    """What is left of each operation, and what is tied of it."""
    return [(view.sum, view.tied) for view in views(world)]


def test_the_rest_of_an_operation_stays_to_be_seen(world: World) -> None:
    began(world)
    world.x("bp", payment("300"))
    assert left(world) == [(Decimal(300), Decimal(0))]
    link(world, INVOICE, "120")
    assert left(world) == [(Decimal(180), Decimal(120))]
    world.x("bp", payment("250"))  # a later version that names no invoice
    assert left(world) == [(Decimal(130), Decimal(120))]
    link(world, OTHER_INVOICE, "130")
    assert left(world) == []
    unlink(world)
    assert left(world) == [(Decimal(250), Decimal(0))]


def test_what_is_proposed_for_the_rest_is_another_invoice_and_no_more_than_the_rest(
    world: World,
) -> None:
    began(world)
    world.x("bp", payment("300"))
    link(world, INVOICE, "120")
    (view,) = views(world)
    assert INVOICE not in [each.invoice for each in view.proposals]
    assert all(each.sum <= 180 for each in view.proposals)
    assert tied(world, OPERATION, OTHER_INVOICE) == 180


def test_what_is_tied_has_no_rest_once_it_is_gone_or_bp_names_an_invoice(world: World) -> None:
    began(world)
    world.x("bp", payment("300"))
    link(world, INVOICE, "120")
    world.x("bp", BOOK.payment(rows=BOOK.payment_row("300"), total="300", state="Черновик"))
    assert left(world) == []
    world.x("bp", payment("300"))
    assert left(world) == [(Decimal(180), Decimal(120))]
    world.x("bp", BOOK.payment(rows=BOOK.payment_row("300", invoice_key()), total="300"))
    assert left(world) == []


def test_a_tie_is_never_more_than_the_operation(world: World) -> None:
    began(world)
    world.x("bp", payment("150"))
    link(world)
    assert paid(world.crm.read()) == {"СЧ-1": "150"}
    world.x("bp", payment("80"))  # a later version that names no invoice: the tie stands
    assert paid(world.crm.read()) == {"СЧ-1": "80"}
    world.x("bp", payment("500"))
    assert paid(world.crm.read()) == {"СЧ-1": "150"}


def test_what_is_left_of_an_operation_goes_to_its_later_ties(world: World) -> None:
    began(world)
    world.x("bp", payment("300"))
    link(world, INVOICE, "200")
    link(world, OTHER_INVOICE, "90")
    world.x("bp", payment("210"))
    letter = world.crm.read()
    assert paid(letter) == {"СЧ-1": "200", "СЧ-2": "10"}
    assert fields(letter.one(TRADE))["Сумма"] == "210"
    world.x("bp", payment("200"))
    letter = world.crm.read()
    assert paid(letter) == {"СЧ-1": "200", "СЧ-2": "0"}
    assert len(letter.one(TRADE).findall("{*}Счета/{*}Строка")) == 1


def test_a_tie_to_an_invoice_that_is_gone_or_of_another_currency_does_not_count(
    world: World,
) -> None:
    began(world)
    world.x("bp", payment("300"))
    link(world, INVOICE, "200")
    link(world, OTHER_INVOICE, "40")
    for first, sums in (
        (GONE, ["40"]),
        (crm_invoice(), ["200", "40"]),
        (crm_invoice(currency="978"), ["40"]),
    ):
        world.x("crm", first)
        given = world.crm.read().one(TRADE)
        assert [text(each, "Сумма") for each in given.iterfind("{*}Счета/{*}Строка")] == sums


def test_a_sum_is_journalled_as_people_write_it(world: World) -> None:
    began(world)
    world.x("bp", payment("300"))
    world.exchange().command("link", operation=OPERATION, invoice=INVOICE, sum="1E+2")
    (line,) = world.journal("linked")
    assert line["details"] == {"invoice": INVOICE, "sum": "100"}


def test_a_tied_payment_is_given_with_its_contract(world: World) -> None:
    began(world)
    settled = BOOK.settlement(BOOK.contract(), BOOK.currency(name="ВалютаВзаиморасчетов"))
    rows = BOOK.payment_row("100") + BOOK.payment_row("50", settlement=settled)
    world.x("bp", BOOK.payment(rows=rows))
    link(world)
    given = world.crm.read().one(TRADE)
    assert (text(given, "Договор/Номер"), text(given, "Договор/Наименование")) == (
        "17-М",
        "Поставка",
    )


def test_a_tied_payment_is_given_with_the_interest_of_its_invoice(world: World) -> None:
    began(world)
    world.x("crm", crm_invoice(before=INTEREST))
    world.x("bp", payment())
    link(world)
    assert text(world.crm.read().one(TRADE), "Счета/Строка/Интерес/Тема") == "Мебель"


@pytest.mark.parametrize("gone", [False, True])
def test_a_tie_that_is_overruled_is_told_by_number_or_else_by_guid(
    world: World, gone: bool
) -> None:
    began(world)
    world.x("bp", payment())
    link(world)
    if gone:
        world.x("crm", GONE)
    world.x("bp", BOOK.payment(rows=BOOK.payment_row("150", invoice_key(OTHER_INVOICE, "СЧ-2"))))
    (line,) = world.journal("warning")
    assert line["details"]["problem"]["details"] == [["invoices", INVOICE if gone else "СЧ-1"]]


def test_a_tied_shipment_counts_by_its_rows(world: World) -> None:
    began(world)
    world.x("bp", shipment())
    link(world, INVOICE, "200")
    letter = world.crm.read()
    assert state_of(letter)["СостояниеОтгрузки"] == "Отгружен"
    assert letter.one(TRADE).find("{*}Товары/{*}Строка") is not None


@pytest.mark.parametrize("order", [invoice_key(OTHER_INVOICE, "СЧ-2"), OWN_KEY])
def test_what_bp_names_later_wins_with_a_warning(world: World, order: str) -> None:
    began(world)
    world.x("bp", payment())
    link(world)
    world.crm.read()
    world.x("bp", BOOK.payment(rows=BOOK.payment_row("150", order)))
    letter = world.crm.read()
    assert paid(letter)["СЧ-1"] == "0"
    assert (deleted(letter) == [(TRADE, OPERATION)]) is (order == OWN_KEY)
    assert world.warnings() == ["LINK_OVERRULED"]
    world.x("bp", payment("150"))  # and when BP names none again, the tie does not come back
    assert paid(world.crm.read()).get("СЧ-1", "0") == "0"
    assert len(views(world)) == 1


def test_naming_the_same_invoice_overrules_too(world: World) -> None:
    began(world)
    world.x("bp", payment())
    link(world, amount="100")
    world.x("bp", BOOK.payment())
    assert paid(world.crm.read()) == {"СЧ-1": "150"}
    assert world.warnings() == ["LINK_OVERRULED"]


def test_unposted_and_posted_again_it_is_still_tied(world: World) -> None:
    began(world)
    world.x("bp", payment())
    link(world)
    world.x("bp", BOOK.deletion("ПБДСРасчетыСКонтрагентамиСсылка", OPERATION))
    assert paid(world.crm.read()) == {"СЧ-1": "0"}
    world.x("bp", payment())
    assert paid(world.crm.read()) == {"СЧ-1": "150"}


def test_an_invoice_that_goes_and_comes_back(world: World) -> None:
    began(world)
    world.x("bp", payment())
    link(world)
    world.crm.read()
    world.x("crm", GONE)
    assert deleted(world.crm.read()) == [(TRADE, OPERATION)]
    assert len(views(world)) == 1
    world.x("crm", crm_invoice())
    assert paid(world.crm.read()) == {"СЧ-1": "150"}
    assert views(world) == []


def test_a_refund_follows_the_payment_that_a_person_tied(world: World) -> None:
    began(world)
    row = BOOK.payment_row("60", document=settles("ПБДСРасчетыСКонтрагентамиСсылка", OPERATION))
    refund = BOOK.payment(BANK_OUT, row, ref=OTHER_OPERATION, total="60", number="БП-9")
    of_it = settles("СБДСРасчетыСКонтрагентамиСсылка", OTHER_OPERATION)
    back = BOOK.payment(rows=BOOK.payment_row("10", document=of_it), ref=guid(75), total="10")
    world.x("bp", payment(), refund, back)
    link(world)
    assert paid(world.crm.read()) == {"СЧ-1": "100"}
    unlink(world)
    letter = world.crm.read()
    assert paid(letter) == {"СЧ-1": "0"}
    assert len(deleted(letter)) == 3
    link(world, OTHER_INVOICE)
    assert paid(world.crm.read())["СЧ-2"] == "100"


# -- what is refused -----------------------------------------------------------------------------


def test_how_much_is_tied_without_a_sum(world: World) -> None:
    began(world)
    world.x("bp", payment("300"))
    assert tied(world, OPERATION, "СЧ-1") == 200  # what the invoice takes
    link(world, INVOICE, "200")
    assert tied(world, "БП-1", "СЧ-2") == 100  # what is left of the operation
    assert tied(world, OPERATION.upper(), INVOICE.upper()) == 200  # in place of itself
    assert tied(world, OPERATION, "СЧ-2", "99.5") == Decimal("99.5")
    assert refused(world, OPERATION, "СЧ-2", "100.01") is Refusal.TOO_MUCH


def test_what_cannot_be_tied(world: World) -> None:
    began(world)
    foreign = crm_invoice(guid(82), "СЧ-8", currency="978")
    elsewhere = crm_invoice(guid(83), "СЧ-9").replace("9988001015", "9988003037")
    again = crm_invoice(guid(84), "СЧ-2").replace("2026-02-11T10", "2026-02-11T11")
    world.x("crm", foreign, elsewhere, again)
    world.x("bp", payment(), BOOK.payment(rows=BOOK.payment_row("200", invoice_key()),
                                          total="200", ref=OTHER_OPERATION, number="БП-2"))  # fmt: skip
    assert refused(world, "БП-77", "СЧ-1") is Refusal.OPERATION_UNKNOWN
    assert refused(world, OPERATION, "СЧ-77") is Refusal.INVOICE_UNKNOWN
    assert refused(world, OTHER_OPERATION, "СЧ-1") is Refusal.NOT_UNLINKED
    assert refused(world, OPERATION, "СЧ-2") is Refusal.INVOICE_SEVERAL
    assert refused(world, OPERATION, "СЧ-8") is Refusal.OTHER_CURRENCY
    assert refused(world, OPERATION, "СЧ-9") is Refusal.OTHER_ORGANISATION
    assert refused(world, OPERATION, "СЧ-1") is Refusal.NOTHING_DUE
    assert tied(world, OPERATION, "СЧ-1", "150") == 150  # an overpayment that a person wants
    world.x("bp", payment(ref=guid(74)))
    assert refused(world, "БП-1", "СЧ-1") is Refusal.OPERATION_SEVERAL
    with world.state().read() as connection, pytest.raises(Refused) as caught:
        find_tied(connection, world.link, OPERATION)
    assert caught.value.reason is Refusal.NOT_TIED


# -- the state -----------------------------------------------------------------------------------


def test_ties_are_rebuilt_from_the_archive(world: World) -> None:
    began(world)
    world.x("bp", payment("300"))
    link(world, INVOICE, "200")
    link(world, OTHER_INVOICE, "40")
    unlink(world)
    link(world, OTHER_INVOICE, "70")
    before = tables(world)
    assert before["tie"] and before["debtor"]
    world.close()
    world.database.unlink()
    assert rebuilt(world) > 0
    assert tables(world) == before


def test_an_older_state_learns_what_it_did_not_keep(world: World) -> None:
    """Layout 2 had neither: they come from its invoices and operations."""
    began(world)
    world.x("bp", payment(), BOOK.payment(ref=guid(71)), payment(ref=guid(72), kind="Прочее"))
    world.x("bp", BOOK.payment(rows=BOOK.payment_row("5", OWN_KEY), total="5", ref=guid(73)))
    world.x("bp", shipment(ref=guid(74)), BOOK.card(BOOK.payment_row(), ref=guid(75)))
    world.x("bp", shipment(ref=guid(76)))
    world.x("bp", BOOK.deletion("РеализацияТоваровУслугСсылка", guid(76)))
    before = tables(world)
    assert len(before["unlinked"]) == 3
    world.close()
    with sqlite3.connect(world.database) as database:
        go_back(database, 2)
    database.close()
    open_state(f"sqlite:///{world.database}", list, world.now).close()
    assert tables(world) == before
    world.x("bp", payment("100"))
    assert ("СЧ-1", Decimal(50), "proposed", "number-and-date") in proposed(world)


def tables(world: World) -> dict[str, list[tuple[object, ...]]]:
    """What the state keeps of operations without an invoice."""
    world.close()
    with sqlite3.connect(world.database) as database:
        found = {
            name: sorted(database.execute(f"SELECT * FROM {name}"))
            for name in ("unlinked", "debtor", "tie")
        }
    database.close()
    return found


def test_an_invoice_changes_its_counterparty(world: World) -> None:
    began(world)
    world.x("bp", payment())
    assert len(proposed(world)) == 1
    world.x("crm", crm_invoice(buyer=STRANGER))
    assert proposed(world) == []
    assert len(views(world)) == 1  # its counterparty is still known
    world.x("crm", crm_invoice())
    assert len(proposed(world)) == 1
