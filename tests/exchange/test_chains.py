"""What hangs on other objects: refunds on payments, links on numbers, numbers on invoices (SPEC §2)."""

from __future__ import annotations

import pytest

from tests.exchange.test_corner_operations import paid_now
from tests.exchange.test_invoices import INTEREST
from tests.exchange.test_operations import (
    OWN_KEY,
    TRADE,
    began,
    deleted,
    paid,
    paying,
    settles,
)
from tests.exchange.world import BOOK, World, text
from tests.mapping.book import (
    BANK_OUT,
    CASH_IN,
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


@pytest.mark.parametrize("first", [0, 1])
def test_a_refund_is_judged_after_the_payment_that_it_settles(world: World, first: int) -> None:
    """Whichever of them stands first in the message: what that payment was before is no link."""
    began(world)
    world.x("bp", BOOK.payment())
    assert paid(world.crm.read()) == {"СЧ-1": "150"}
    loose = BOOK.payment(rows=BOOK.payment_row("150"))
    world.x("bp", *((REFUND, loose) if first else (loose, REFUND)))
    letter = world.crm.read()
    assert deleted(letter) == [(TRADE, OPERATION)]
    assert paid(letter) == {"СЧ-1": "0"}


def again(number: int, through: str) -> str:
    """What is settled through a refund, or through such a payment in turn."""
    leaf = "СБДСРасчетыСКонтрагентамиСсылка" if number == 81 else "ПКОРасчетыСКонтрагентамиСсылка"
    row = BOOK.payment_row("7", document=settles(leaf, through))
    return BOOK.payment(CASH_IN, row, ref=guid(number), total="7", number=f"БП-{number}")


CHAIN = (again(82, guid(81)), again(81, OTHER_OPERATION), REFUND, BOOK.payment())


def test_a_whole_chain_leaves_with_the_payment_that_it_hangs_on(world: World) -> None:
    began(world)
    world.x("bp", *CHAIN)
    assert paid(world.crm.read()) == {"СЧ-1": "104"}
    world.calm(1)
    world.x("bp", paying(OWN_KEY))
    letter = world.crm.read()
    gone = (OPERATION, OTHER_OPERATION, guid(81), guid(82))
    assert sorted(deleted(letter)) == sorted((TRADE, each) for each in gone)
    assert paid(letter) == {"СЧ-1": "0"}
    world.x("bp", paying(invoice_key()))
    assert paid(world.crm.read()) == {"СЧ-1": "104"}


def test_a_whole_chain_that_was_elsewhere_is_not_what_it_was_before(world: World) -> None:
    """All of it new at once, in the reverse order, and the payment no more on the invoice."""
    began(world)
    world.x("bp", BOOK.payment())
    world.calm(1)
    world.x("bp", *CHAIN[:3], paying(OWN_KEY))
    letter = world.crm.read()
    assert deleted(letter) == [(TRADE, OPERATION)]
    assert paid(letter) == {"СЧ-1": "0"}


def test_what_is_settled_through_each_other_is_judged_all_the_same(world: World) -> None:
    """None of them can be first; the row that names an invoice counts."""
    began(world)
    one = settles("ПКОРасчетыСКонтрагентамиСсылка", guid(82))
    rows = BOOK.payment_row("5", document=one) + BOOK.payment_row("3", order=invoice_key())
    first = BOOK.payment(BANK_OUT, rows, ref=OTHER_OPERATION, total="8", number="БП-9")
    world.x("bp", again(82, guid(81)), again(81, OTHER_OPERATION), first)
    told = [text(each, "КлючевыеСвойства/Ссылка") for each in world.crm.read().all(TRADE)]
    assert OTHER_OPERATION in told
    world.calm(3)
