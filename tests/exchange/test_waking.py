"""What hangs on an invoice is found when it comes, however many come at once (SPEC §2)."""

from __future__ import annotations

import pytest

from converter.exchange.session import MANY
from tests.exchange.test_operations import OTHER_KEY, paid, paying
from tests.exchange.world import BOOK, Letter, World, text
from tests.mapping.book import (
    OTHER_INVOICE,
    OTHER_OPERATION,
    crm_invoice,
    guid,
    invoice_key,
)

#: more than are asked for at once, and a rest
COUNT = MANY + 7
KEY = invoice_key()


def shipped(letter: Letter) -> dict[str | None, str | None]:
    """Отгружено by the number of the invoice."""
    states = letter.all("СостояниеСчета")
    return {text(each, "Счет/Номер"): text(each, "Отгружено") for each in states}


def named(number: int, by_ref: bool) -> str:
    return invoice_key(guid(1000 + number) if by_ref else None, f"СЧ-{number}")


@pytest.mark.parametrize("by_ref", [True, False], ids=["by GUID", "by number"])
def test_payments_that_came_before_their_invoices_are_found(by_ref: bool, world: World) -> None:
    payments = [
        paying(named(number, by_ref), "10", ref=guid(5000 + number)) for number in range(COUNT)
    ]
    world.x("bp", *payments)
    world.x("crm", *(crm_invoice(guid(1000 + n), f"СЧ-{n}") for n in range(COUNT)))
    assert paid(world.crm.read()) == {f"СЧ-{number}": "10" for number in range(COUNT)}


def test_a_payment_that_moves_within_a_message_leaves_the_invoice_it_had(world: World) -> None:
    world.x("crm", crm_invoice(guid(1000), "СЧ-0"), crm_invoice(guid(1001), "СЧ-1"))
    world.calm(2)
    moved = [paying(named(number, True), "10", ref=guid(5000)) for number in (0, 1, 0, 1)]
    world.x("bp", *moved)
    assert paid(world.crm.read()) == {"СЧ-1": "10"}


def test_a_payment_that_is_said_twice_in_a_message_is_found_later(world: World) -> None:
    said = [paying(named(0, True), amount, ref=guid(5000)) for amount in ("10", "20")]
    world.x("bp", *said)
    world.x("crm", crm_invoice(guid(1000), "СЧ-0"))
    assert paid(world.crm.read()) == {"СЧ-0": "20"}


def test_a_message_that_breaks_off_wakes_nobody_until_it_comes_whole(world: World) -> None:
    world.x("bp", paying(named(0, True), "10", ref=guid(5000)))
    world.crm.send(crm_invoice(guid(1000), "СЧ-0"), "<Документ.СчетНаОплату>")
    world.run()
    letter = world.crm.look()
    assert letter is None or "СостояниеСчета" not in letter.names
    world.x("crm", crm_invoice(guid(1000), "СЧ-0"))
    assert paid(world.crm.read()) == {"СЧ-0": "10"}


def test_what_was_counted_in_another_currency_counts_no_more(world: World) -> None:
    """SPEC §2: what cannot be said in the invoice's currency is held, and is no sum in it."""
    world.x("crm", crm_invoice(), crm_invoice(OTHER_INVOICE, "СЧ-2"))
    world.calm(2)
    rows = "".join(BOOK.payment_row(*row) for row in (("100", KEY), ("50", OTHER_KEY)))
    shipment = BOOK.shipment(OTHER_OPERATION, order=KEY, goods=BOOK.goods_row())
    world.x("bp", BOOK.payment(rows=rows), shipment)
    assert paid(world.crm.read()) == {"СЧ-1": "100", "СЧ-2": "50"}
    world.x("crm", crm_invoice(currency="840"))
    letter = world.crm.read()
    assert (paid(letter), shipped(letter)) == ({"СЧ-1": "0"}, {"СЧ-1": "0"})
    assert sorted(world.errors()) == ["CURRENCY_DIFFERS", "SHIPPED_IN_OTHER"]
    world.x("crm", crm_invoice(currency="643"))
    letter = world.crm.read()
    assert (paid(letter), shipped(letter)) == ({"СЧ-1": "100"}, {"СЧ-1": "200"})
    assert world.errors() == []
