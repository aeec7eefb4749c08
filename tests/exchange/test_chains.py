"""What hangs on other objects: refunds on payments, links on numbers, numbers on invoices (SPEC §2)."""

from __future__ import annotations

from tests.exchange.test_corner_operations import paid_now
from tests.exchange.test_invoices import INTEREST
from tests.exchange.test_operations import TRADE, began, deleted, paid, paying, settles
from tests.exchange.world import BOOK, World, text
from tests.mapping.book import (
    BANK_OUT,
    OPERATION,
    OTHER_INVOICE,
    OTHER_OPERATION,
    crm_deletion,
    crm_invoice,
    guid,
    invoice_key,
)

REFUND = BOOK.payment(
    BANK_OUT,
    BOOK.payment_row("60", document=settles("ПБДСРасчетыСКонтрагентамиСсылка", OPERATION)),
    ref=OTHER_OPERATION,
    total="60",
    number="БП-9",
)
UNCLEAR = BOOK.payment(
    currency=BOOK.currency("978", "EUR"),
    rows=BOOK.payment_row("10", invoice_key(), settlement=BOOK.settlement()),
)


def refunded(world: World) -> None:
    """A payment of 150 and a refund of 60 that is found through it."""
    began(world)
    world.x("bp", BOOK.payment(), REFUND)
    world.calm(1)
    assert paid_now(world) == "90"


def test_a_refund_stays_while_its_payment_is_held(world: World) -> None:
    refunded(world)
    world.x("bp", UNCLEAR)  # the payment's last good version stands, and so must what hangs on it
    assert [each.key for each in world.held()] == [f"{TRADE} {OPERATION}"]
    letter = world.crm.look()
    assert letter is None or deleted(letter) == []
    assert paid_now(world) == "90"


def test_a_refund_is_found_through_a_payment_that_is_held(world: World) -> None:
    refunded(world)
    world.x("crm", crm_invoice(currency="978"))  # now the payment's sum is not clear
    letter = world.crm.look()
    assert letter is not None
    assert deleted(letter) == []


def test_a_new_interest_reaches_a_refund_too(world: World) -> None:
    refunded(world)
    world.x("crm", crm_invoice(before=INTEREST))
    letter = world.crm.read()
    subjects = [text(each, "Счета/Строка/Интерес/Тема") for each in letter.all(TRADE)]
    assert subjects == ["Мебель", "Мебель"]


def test_a_refund_comes_back_with_its_invoice(world: World) -> None:
    refunded(world)
    world.x("crm", crm_deletion("Документ.СчетНаОплату", _invoice()))
    assert len(deleted(world.crm.read())) == 2
    world.x("crm", crm_invoice())
    assert len(world.crm.read().all(TRADE)) == 2
    assert paid_now(world) == "90"


def _invoice() -> str:
    from tests.mapping.book import INVOICE

    return INVOICE


def test_a_link_by_number_goes_when_the_number_changes(world: World) -> None:
    began(world)
    world.x("bp", paying(invoice_key(None)))
    assert paid(world.crm.read()) == {"СЧ-1": "150"}
    world.x("crm", crm_invoice(number="СЧ-9"))
    letter = world.crm.read()
    assert deleted(letter) == [(TRADE, OPERATION)]
    assert paid(letter) == {"СЧ-9": "0"}


def test_a_link_by_number_follows_the_number(world: World) -> None:
    began(world)
    world.x("bp", paying(invoice_key(None)))
    world.x("crm", crm_invoice(number="СЧ-9"))
    world.x("crm", crm_invoice(guid(77), "СЧ-1"))
    assert paid(world.crm.read()) == {"СЧ-1": "150"}


def test_two_invoices_exchange_their_numbers(world: World) -> None:
    began(world)
    world.x("crm", crm_invoice(number="СЧ-2"), crm_invoice(OTHER_INVOICE, "СЧ-1"))
    world.retry()
    assert world.errors() == []


def test_a_refund_edited_later_keeps_the_way_by_which_it_was_found(world: World) -> None:
    """Its payment names no invoice any more; the link that was found through it stays (SPEC §2)."""
    refunded(world)
    world.x("bp", BOOK.payment(rows=BOOK.payment_row("150"), total="150"))
    assert paid_now(world) == "-60"
    world.x("bp", REFUND.replace(">60<", ">70<"))
    assert paid(world.crm.read()) == {"СЧ-1": "-70"}
