"""What is refused: held whole, replaced, retried; the rest goes on (SPEC §5; PROTOCOL R5)."""

from __future__ import annotations

from datetime import datetime

import pytest
from lxml import etree

from converter.state.versions import Versions
from tests.exchange.conftest import Make
from tests.exchange.test_invoices import BILL, ORDER, PARTY, edited, ours
from tests.exchange.world import BOOK, World, text
from tests.mapping.book import INVOICE, crm_counterparty, crm_deletion, crm_invoice, crm_row, val
from tests.messages import guid

GOOD = crm_invoice(guid(2), "СЧ-2")
BAD = {
    "a missing field": crm_invoice(number="").replace("<Номер></Номер>", ""),
    "an unknown rate": crm_invoice(goods=crm_row(vat="НДС21")),
    "no GUID": crm_invoice("не-гуид"),
    "no reference": crm_invoice(None),
    "zeros": crm_invoice("00000000-0000-0000-0000-000000000000"),
    "a long number": crm_invoice(number="СЧ-123456789"),
    "a third digit": crm_invoice(total="200.001"),
    "digits of a price": crm_invoice(goods=crm_row(price="100.001")),
    "a long sum": crm_invoice(total="1" * 16),
    "digits of a quantity": crm_invoice(goods=crm_row(quantity="2.0001")),
    "another sum": crm_invoice(total="199.99"),
    "no rows": crm_invoice(goods=" "),
}


@pytest.mark.parametrize("name", list(BAD))
def test_a_refused_invoice_is_held_and_the_rest_goes_on(world: World, name: str) -> None:
    world.crm.send(BAD[name], GOOD)
    report = world.run()
    assert (report.status, report.held) == (1, 1)
    (held,) = world.held()
    assert (held.side, held.kind) == ("crm", BILL)
    assert held.raw
    letter = world.bp.read()
    assert [text(each, "КлючевыеСвойства/Номер") for each in letter.all(ORDER)] == ["СЧ-2"]
    reply = world.crm.read()
    assert (reply.received, reply.names) == (1, [])
    assert world.run().status == 0  # only in the pass that held
    assert len(world.journal("held")) == 1


@pytest.mark.parametrize(
    "name",
    [
        "a long number",
        "another sum",
        *(each for each in ("no reference", "no GUID")),
    ],
)
def test_a_good_version_takes_the_place_of_the_held_one(world: World, name: str) -> None:
    world.crm.send(BAD[name])
    world.run()
    world.crm.send(crm_invoice())
    assert world.run().status == 0
    assert world.held() == []
    assert world.bp.read().all(ORDER)


def test_two_refused_cards_without_a_reference_are_both_held(world: World) -> None:
    client = f"<Клиент><Ссылка>{guid(41)}</Ссылка><Наименование>Пример</Наименование></Клиент>"
    one = crm_counterparty(after=client, name="Первый").replace("<Ссылка>", "<Ссылка>x", 1)
    two = crm_counterparty(guid(3), after=client, name="Второй").replace("<Ссылка>", "<Ссылка>y", 1)
    drop = [each[each.index("<Наименование>") :] for each in (one, two)]
    cards = [f"<{PARTY}><КлючевыеСвойства>{each}" for each in drop]
    world.crm.send(*cards)
    assert world.run().status == 1
    assert len(world.held()) == 2


def test_the_number_and_date_of_another_invoice(world: World) -> None:
    world.crm.send(crm_invoice(), crm_invoice(guid(3)))
    assert world.run().status == 1
    assert world.errors() == ["NUMBER_TAKEN"]
    world.crm.send(crm_invoice(guid(3), "СЧ-3"))
    assert world.run().status == 0
    assert world.held() == []
    world.crm.send(crm_invoice(guid(4), " СЧ-3 "))
    assert world.run().status == 1


@pytest.mark.parametrize(
    "order",
    [0, 1],
)
def test_a_number_that_the_same_message_makes_free(world: World, order: int) -> None:
    world.crm.send(crm_invoice())
    world.run()
    objects = [crm_invoice(guid(3)), crm_deletion(BILL, INVOICE)]
    world.crm.send(*(objects if order else objects[::-1]))
    assert world.run().status == 0
    assert world.held() == []


def test_while_it_is_held_the_last_good_version_stays(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.crm.send(crm_invoice(total="1"), GOOD)
    world.run()
    letter = world.bp.read()
    totals = {
        text(each, "КлючевыеСвойства/Номер"): text(each, "Сумма") for each in letter.all(ORDER)
    }
    assert totals == {"СЧ-1": "200", "СЧ-2": "200"}


def test_nothing_new_goes_to_the_side_that_sent_it(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.calm(2)
    world.crm.send(crm_invoice(total="1"))
    world.run()
    world.x("bp", edited())
    letter = world.crm.read()
    assert BILL not in letter.names
    world.x("crm", ours("600"))
    assert world.held() == []
    assert text(world.bp.read().one(ORDER), "Сумма") == "600"
    assert len(world.journal("conflict")) == 1


def test_retry_leaves_what_is_still_bad(world: World) -> None:
    world.crm.send(crm_invoice(total="1"))
    world.run()
    world.retry()
    assert world.errors() == ["SUM_NOT_ROWS"]
    assert len(world.journal("held")) == 1


def test_retry_takes_what_has_become_good(world: World) -> None:
    world.crm.send(crm_invoice(), crm_invoice(guid(3)))
    world.run()
    world.crm.send(crm_deletion(BILL, INVOICE))
    world.run()
    (held,) = world.held()
    assert world.retry(held.key).status == 0
    assert world.held() == []
    assert text(world.bp.read().one(ORDER), "КлючевыеСвойства/Ссылка") == guid(3)


def test_a_broken_deletion_stays_held_through_a_retry(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.crm.send(crm_deletion(BILL, "не-гуид"))
    assert world.run().status == 1
    assert len(world.held()) == 1
    world.retry()
    assert len(world.held()) == 1


def test_a_deletion_drops_a_held_version_and_deletes(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.calm(2)
    world.crm.send(crm_invoice(total="1"))
    world.run()
    world.crm.send(crm_deletion(BILL, INVOICE))
    assert world.run().status == 0
    assert world.held() == []
    assert world.bp.read().names == ["УдалениеОбъекта"]


def test_a_refused_message_twice_is_told_once(world: World) -> None:
    def refused(total: str) -> tuple[datetime, int]:
        world.crm.send(crm_invoice(total=total), crm_invoice(guid(3), "СЧ-3"))
        report = world.run()
        assert report.held == report.status
        (held,) = world.held()
        return held.since, report.held

    assert refused("1") == (first := world.now, 1)
    assert [refused("1"), refused("1")] == [(first, 0)] * 2
    assert refused("2") == (world.now, 1)
    assert len(world.journal("held")) == 2


def test_a_refused_edit_was_made_on_what_its_side_holds(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    for total in ("1", "2"):
        world.crm.send(crm_invoice(total=total))
        world.run()
        (held,) = world.held()
        with world.state().read() as connection:
            known = Versions(connection, "main").known("crm", BILL, INVOICE)
        assert known is not None and known.record is not None
        assert (held.base, known.record.total) == (known.mark, 200)


TAKEN = crm_invoice(guid(3))  # the number and moment of the first one


@pytest.mark.parametrize(
    ("objects", "held", "numbers"),
    [
        ((TAKEN, crm_invoice(guid(3), "СЧ-3")), [], ["СЧ-1", "СЧ-3"]),
        ((crm_invoice(guid(3), "СЧ-3"), TAKEN), [guid(3)], ["СЧ-1", "СЧ-3"]),
        ((TAKEN, crm_deletion(BILL, guid(3))), [], ["СЧ-1"]),
        ((TAKEN, crm_deletion(BILL, INVOICE)), [], ["СЧ-1"]),
        ((TAKEN, crm_invoice(number="СЧ-9")), [], ["СЧ-1", "СЧ-9"]),
    ],
)
def test_a_number_is_judged_when_its_message_is_read(
    world: World, objects: tuple[str, ...], held: list[str], numbers: list[str]
) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.crm.send(*objects)
    world.run()
    assert [each.ref for each in world.held()] == held
    orders = world.bp.read().all(ORDER)
    assert sorted(str(text(each, "КлючевыеСвойства/Номер")) for each in orders) == numbers
    assert world.retry().status == 0
    assert [each.ref for each in world.held()] == held


def test_two_that_claim_a_number_that_became_free_are_both_held(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.crm.send(TAKEN, crm_invoice(guid(4)), crm_invoice(number="СЧ-9"))
    world.run()
    found = {held.ref: dict(held.reasons()[0].details)["other"] for held in world.held()}
    assert found == {guid(3): guid(4), guid(4): guid(3)}
    world.retry()  # a person wants it: the first one gets it
    assert [each.ref for each in world.held()] == [guid(4)]


# -- VAT -----------------------------------------------------------------------------------------

NEW_RATE = crm_invoice(goods=crm_row(vat="НДС22", vat_sum="36.07"))


def test_a_new_rate_is_held_towards_an_old_version(make: Make) -> None:
    world = make(version="1.8")
    world.crm.send(NEW_RATE, GOOD)
    assert world.run().status == 1
    assert world.errors() == ["VAT_NOT_IN_VERSION"]
    assert len(world.bp.read().all(ORDER)) == 1


@pytest.mark.parametrize(
    "first",
    [
        "bp",
        "crm",
    ],
)
def test_it_is_released_when_bps_version_rises(make: Make, first: str) -> None:
    world = make(version="auto")
    if first == "bp":
        world.bp.send(versions=("1.8",))
        world.run()
    world.bp.send(BOOK.payment(total="много"), versions=())  # held before it, and stays so
    world.run()
    world.crm.send(NEW_RATE)
    world.run()
    if first == "crm":
        world.bp.send(versions=("1.8",))
        world.run()
    assert world.errors() == ["VALUE_INVALID", "VAT_NOT_IN_VERSION"]
    world.bp.send(versions=("1.8", "1.19"))
    report = world.run()
    assert (report.status, report.held, report.released) == (0, 0, 1)
    assert [each.side for each in world.held()] == ["bp"]
    (line,) = world.journal("released")
    assert (line["side"], line["ref"], line["details"]["why"]) == ("crm", INVOICE, "released")
    assert world.bp.read().all(ORDER)


# -- warnings ------------------------------------------------------------------------------------


def test_warnings_are_journalled_and_do_not_refuse(world: World) -> None:
    goods = crm_row(sum="201", vat=None, vat_sum=None)
    world.crm.send(crm_invoice(total="201", goods=goods))
    assert world.run().status == 0
    assert {"VAT_ABSENT", "ROW_SUM"} <= set(world.warnings())
    assert world.bp.read().all(ORDER)


def test_bps_discount_on_the_document_warns_and_stands(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.calm(2)
    world.bp.send(BOOK.invoice(total="180"))
    assert world.run().status == 0
    assert world.warnings()
    assert text(world.crm.read().one(BILL), "Сумма") == "180"
    world.crm.send(crm_invoice(after=val("Комментарий", "-")))
    assert world.run().status == 0


def test_a_discount_of_bps_may_come_back_from_the_crm_later(world: World) -> None:
    """It was told the sum that is not that of the rows, also where BP has another one by now."""
    world.crm.send(crm_invoice())
    world.run()
    world.calm(2)
    world.x("bp", BOOK.invoice(total="180"))
    told = etree.tostring(world.crm.read().one(BILL), encoding="unicode")
    for later in ((), (edited("400"),)):
        world.x("bp", *later)
        world.crm.send(told)
        assert world.run().status == 0
        assert world.held() == []
    world.crm.send(crm_invoice(total="170"))
    assert world.run().status == 1
    assert world.errors() == ["SUM_NOT_ROWS"]


@pytest.mark.parametrize("name", ["7701234567", "²", "12"])
def test_a_name_of_digits_is_no_line(name: str, world: World) -> None:
    world.crm.send(crm_counterparty("не-гуид", name=name))
    world.run()
    before = world.held()
    world.retry()
    assert world.held() == before
    assert [each.ref for each in before] == [name]


def test_what_is_held_by_its_line_is_retried_however_far_below_it_stood(world: World) -> None:
    nameless = crm_invoice(None, number="").replace("<Номер></Номер>", "")
    world.crm.send("\n" * 70_000 + nameless)
    world.run()
    before = world.held()
    world.retry()
    assert world.held() == before
    assert int(before[0].ref) > 70_000
