"""Who wins, who is beaten, and what goes back and forth (PROTOCOL R3-R5, R8)."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.exchange.conftest import Make
from tests.exchange.test_enterprise_crm import letter_of, spoken
from tests.exchange.test_invoices import BILL, DEAL, INTEREST, ORDER, PARTY, PRIVATE, edited, ours
from tests.exchange.test_told import KEY, Told, told
from tests.exchange.world import BOOK, World, text
from tests.mapping.book import (
    BUYER,
    CONTRACT,
    FOREIGN_INVOICE,
    INVOICE,
    OTHER_INVOICE,
    crm_counterparty,
    crm_deletion,
    crm_invoice,
    el,
    party,
    val,
)
from tests.mapping.orders import contract
from tests.mapping.orders import crm_invoice as order


def began(world: World, *objects: str) -> None:
    """An invoice that both know."""
    world.crm.send(*(objects or (crm_invoice(),)))
    world.run()
    world.calm(1)


def bounced(world: World) -> None:
    """Each side has set its own sum again and again."""
    began(world)
    for turn in range(8):
        assert world.errors() == []
        world.x("crm", ours("600")) if turn % 2 else world.x("bp", edited("400"))
        world.calm(1)


def test_what_goes_back_and_forth_is_held_until_a_person_looks(world: World) -> None:
    bounced(world)
    (held,) = world.held()
    assert (held.side, held.kind, held.ref, held.stage, held.version) == (
        "crm", BILL, INVOICE, "take", "1.0",
    )  # fmt: skip
    assert held.raw.startswith(f"<{BILL} ".encode())
    (problem,) = held.reasons()
    assert told(problem) == Told("BOUNCING", "", f"{BILL} № СЧ-1", KEY, {"count": "3"})
    assert world.journal("conflict") == []
    world.retry()
    assert world.held() == []
    assert text(world.bp.read().one(ORDER), "Сумма") == "600"


def test_a_third_version_ends_the_turns(world: World) -> None:
    bounced(world)
    world.x("crm", ours("800"))
    assert world.held() == []
    assert text(world.bp.read().one(ORDER), "Сумма") == "800"
    world.calm(1)
    for turn in range(3):
        world.x("crm", ours("600")) if turn % 2 else world.x("bp", edited("400"))
        world.calm(1)
        assert world.errors() == []


def test_turns_that_begin_anew_are_counted_anew(world: World) -> None:
    began(world)
    for turn in range(12):
        sums = ("400", "500", "600")
        world.x("bp", edited(sums[turn % 3]))
        world.calm(1)
        assert world.errors() == []


@pytest.mark.parametrize("side", ["crm", "bp"])
def test_a_counterparty_may_go_back_and_forth_too(world: World, side: str) -> None:
    began(world, crm_counterparty(), crm_invoice())

    def said(comment: str) -> str:
        if side == "crm":
            return crm_counterparty(after=val("Комментарий", comment))
        return el(PARTY, el("КлючевыеСвойства", party()), BOOK.common(comment=comment))

    for turn in range(10):
        world.x(side, said("один" if turn % 2 else "два"))
        world.calm(1)
        if world.held():
            break
    (held,) = world.held()
    version = "1.0" if side == "crm" else "1.19"
    assert (held.side, held.kind, held.ref, held.version) == (side, PARTY, BUYER, version)
    assert held.raw.startswith(f"<{PARTY} ".encode())
    (problem,) = held.reasons()
    key = f"{PARTY} {BUYER}"
    assert told(problem) == Told("BOUNCING", "", key, key, {"count": "3"})
    assert world.retry().released == 0  # told by the command, not by the pass after it
    assert world.held() == []
    other = world.bp if side == "crm" else world.crm
    assert other.read().names == [PARTY]
    assert world.journal("conflict") == []


@pytest.mark.parametrize("side", ["crm", "bp"])
def test_a_contract_may_go_back_and_forth_too(make: Make, side: str) -> None:
    world = spoken(make)
    began(world, order("1.3"), contract("1.3"))
    version = "1.3" if side == "crm" else "1.19"
    for turn in range(10):
        number = "18-М" if turn % 2 else "19-М"
        world.x(side, contract(version).replace("17-М", number))
        world.calm(1)
        if world.held():
            break
    (held,) = world.held()
    kind = "Справочник.Договоры"
    assert (held.side, held.kind, held.ref, held.version) == (side, kind, CONTRACT, version)
    world.retry()
    assert (world.held(), world.journal("conflict")) == ([], [])
    letter = letter_of(world, "bp" if side == "crm" else "crm")
    assert text(letter.one(kind), "КлючевыеСвойства/Номер") == number


BOUNCES = {
    "an invoice": ("crm", crm_invoice(), crm_deletion(BILL, INVOICE)),
    "a draft": ("crm", order("1.15"), order("1.15", state="Черновик")),
    "BP's counterparty": ("bp", el(PARTY, el("КлючевыеСвойства", party())),
                          BOOK.deletion("КонтрагентыСсылка", BUYER)),
    "BP's contract": ("bp", contract("1.19"), BOOK.deletion("ДоговорыСсылка", CONTRACT)),
}  # fmt: skip


@pytest.mark.parametrize("name", list(BOUNCES))
@pytest.mark.parametrize("edits", [False, True])
def test_a_deletion_may_go_back_and_forth_too(make: Make, name: str, edits: bool) -> None:
    """What is held is what came last: the deletion, or after one edit more the object."""
    side, there, gone = BOUNCES[name]
    spoken = {"format": "enterprisedata", "version": "1.15"}
    crm = spoken if name in ("a draft", "BP's contract") else {}
    world = make(conflicts=side, crm=crm)
    began(world, *((order("1.15"), contract("1.15")) if crm else (crm_invoice(),)))
    if edits:
        other = ours("600") if name == "an invoice" else there.replace("17-М", "18-М")
        world.x(side, other.replace("Строй", "Дом").replace("Позвонить", "Написать"))
        world.calm(1)
    for turn in range(7 + edits):
        assert world.held() == []
        world.x(side, there if turn % 2 else gone)
        world.calm(1)
    (held,) = world.held()
    (problem,) = held.reasons()
    assert (held.side, problem.kind.id, dict(problem.details)) == (side, "BOUNCING", {"count": "3"})
    words = "Черновик" if name == "a draft" else "УдалениеОбъекта"
    assert (words in held.raw.decode()) is not edits


def test_bps_bounce_keeps_its_version_too(world: World) -> None:
    began(world)
    for turn in range(9):
        world.x("bp", BOOK.invoice() if turn % 2 else edited("400"))
        world.calm(1)
        if world.held():
            break
    (held,) = world.held()
    assert (held.side, held.version) == ("bp", "1.19")
    assert held.raw.startswith(f"<{ORDER} ".encode())
    world.retry()
    assert (world.held(), world.journal("conflict")) == ([], [])
    assert text(world.crm.read().one(BILL), "Сумма") in ("200", "400")


@pytest.mark.parametrize("side", ["crm", "bp"])
def test_an_edit_beats_what_the_other_has_held_only_where_it_wins(make: Make, side: str) -> None:
    world = make(conflicts=side)
    began(world)
    world.bp.send(BOOK.invoice(total="много"))
    world.run()
    world.x("crm", ours("600"))
    assert [each.side for each in world.held()] == ([] if side == "crm" else ["bp"])
    assert [each["details"]["why"] for each in world.journal("dropped")] == (
        ["beaten"] if side == "crm" else []
    )
    world.calm(1)
    world.x("crm", crm_invoice(total="1"))
    world.x("bp", edited("400"))
    held = {each.side for each in world.held()}
    assert held == ({"crm"} if side == "crm" else set())


def test_the_deletion_that_bp_only_repeats_withdraws_nothing(world: World) -> None:
    """The CRM deleted an invoice and made it again; BP has read only the first."""
    began(world)
    world.x("crm", crm_deletion(BILL, INVOICE))
    world.bp.read()
    world.crm.send(crm_invoice())
    world.run()
    world.bp.send(BOOK.deletion("ЗаказКлиентаСсылка", INVOICE))
    world.run()
    assert world.journal("withdrawn") == []
    assert world.bp.read().names == [ORDER]


@pytest.mark.parametrize("side", ["crm", "bp"])
def test_an_edit_of_bps_after_a_deletion_that_it_read_is_a_conflict(make: Make, side: str) -> None:
    """It may never have found what it read the deletion of."""
    world = make(conflicts=side)
    began(world)
    world.x("crm", crm_deletion(BILL, INVOICE))
    world.calm(1)
    world.x("bp", edited("400"))
    assert [each["details"]["winner"] for each in world.journal("conflict")] == [side]
    if side == "bp":
        assert text(world.crm.read().one(BILL), "Сумма") == "400"
    else:
        assert world.bp.read().names == ["УдалениеОбъекта"]


def test_a_restored_crm_keeps_the_private_fields_that_it_sends(world: World) -> None:
    """They are of its backup, and nobody else has newer ones."""
    began(world, crm_invoice(**PRIVATE))
    world.x("crm", crm_invoice(before=INTEREST.replace("Мебель", "Кухня"), after=PRIVATE["after"]))
    world.calm(1)
    world.x("bp", edited("400"))
    world.calm(1)
    world.restored("crm", received=0)
    world.x("crm", crm_invoice(**PRIVATE))
    bill = world.crm.read().one(BILL)
    assert text(bill, "Сумма") == "400"  # an edit that it lost
    assert text(bill, "Интерес/Тема") == "Кухня"
    world.calm(1)
    assert not world.run().did_something


def test_a_restored_crm_that_was_edited_meets_a_conflict(world: World) -> None:
    began(world)
    world.x("bp", edited("400"))
    world.calm(1)
    world.restored("crm", received=0)
    world.x("crm", ours("600"), crm_counterparty(after=val("Комментарий", "новый")))
    found = [(each["kind"], each["details"]["winner"]) for each in world.journal("conflict")]
    assert (BILL, "crm") in found
    assert text(world.bp.read().one(ORDER), "Сумма") == "600"


def test_a_restored_bp_that_sends_an_older_version_hears_of_the_newer(world: World) -> None:
    began(world)
    for amount in ("400", "600"):
        world.x("bp", edited(amount))
        world.calm(1)
    world.restored("bp", received=1)
    world.bp.read()
    world.x("bp", edited("400"))
    assert world.journal("conflict") == []
    assert text(world.bp.read().one(ORDER), "Сумма") == "600"
    world.calm(1)
    assert not world.run().did_something


@pytest.mark.parametrize("side", ["crm", "bp"])
def test_a_restored_base_may_exchange_by_schedule_before_it_sends_everything(
    make: Make, side: str
) -> None:
    """Its first message names nothing; the next has the invoice of its backup."""
    world = make(conflicts=side)
    began(world)
    for amount in ("400", "600"):
        world.x("bp", edited(amount))
        world.calm(1)
    world.restored(side, received=1)
    getattr(world, side).send()
    world.run()
    getattr(world, side).send(crm_invoice() if side == "crm" else edited("400"))
    world.run()
    assert world.journal("conflict") == []
    letter = getattr(world, side).read()
    assert text(letter.one(BILL if side == "crm" else ORDER), "Сумма") == "600"
    world.calm(1)
    assert not world.run().did_something


def test_both_bases_may_be_restored_to_different_days(world: World) -> None:
    """Their complete contents come in one pass, and none of them is an edit."""
    began(world)
    for amount in ("400", "600"):
        world.x("bp", edited(amount))
        world.calm(1)
    for side in ("crm", "bp"):
        world.restored(side, received=1)
    world.crm.send(crm_invoice())
    world.bp.send(edited("400"))
    world.run()
    assert world.journal("conflict") == []
    assert text(world.crm.read().one(BILL), "Сумма") == "600"
    assert text(world.bp.read().one(ORDER), "Сумма") == "600"
    world.calm(1)
    assert not world.run().did_something


def test_what_bps_version_cannot_say_makes_no_edit_of_a_backup(make: Make) -> None:
    """BP has the first version in a backup, of which 1.3 says no comment."""
    world = make(version="1.3", bp_version="1.3")
    world.crm.send(crm_invoice(after=val("Комментарий", "один")))
    world.run()
    first = etree.tostring(world.bp.read().one(ORDER), encoding="unicode")
    world.bp.send()
    world.x("crm", ours("600", after=val("Комментарий", "два")))
    world.calm(1)
    world.restored("bp", received=1)
    world.bp.read()
    world.x("bp", first)
    assert world.journal("conflict") == []
    assert text(world.bp.read().one(ORDER), "Сумма") == "600"


def test_an_edit_that_beats_a_deletion_brings_the_private_fields_back(make: Make) -> None:
    world = make(conflicts="bp")
    began(world, crm_invoice(**PRIVATE))
    world.bp.send(edited("400"))
    world.crm.send(crm_deletion(BILL, INVOICE))
    world.run()
    bill = world.crm.read().one(BILL)
    assert (text(bill, "Сумма"), text(bill, "Интерес/Тема")) == ("400", "Мебель")
    assert text(bill, "ОтгрузкаРазрешена") == "true"


@pytest.mark.parametrize("schedule", [False, True])
def test_a_restored_crm_may_name_a_number_that_is_anothers_by_now(
    world: World, schedule: bool
) -> None:
    """What it sends of its backup is no edit, and holds nothing; after a message of its schedule too."""
    began(world)
    world.x("crm", crm_invoice(number="СЧ-9"))
    world.x("crm", crm_invoice(OTHER_INVOICE, "СЧ-1"))
    world.calm(1)
    world.restored("crm", received=1)
    world.crm.read()
    for objects in ((), (crm_invoice(),))[not schedule :]:
        world.crm.send(*objects)
        world.run()
    assert world.held() == []
    bills = {
        text(each, "КлючевыеСвойства/Ссылка"): text(each, "КлючевыеСвойства/Номер")
        for each in world.crm.read().all(BILL)
    }
    assert bills == {INVOICE: "СЧ-9", OTHER_INVOICE: "СЧ-1"}


@pytest.mark.parametrize("received", [None, 0, 4])
def test_a_base_that_was_never_written_to_is_restored(world: World, received: int | None) -> None:
    world.run()
    world.exchange().command("restored", side="crm", sent=None, received=received, agreed=True)
    row = world.row("crm")
    assert (row.sent, row.acknowledged) == ((received or 0) + 1, received or 0)


@pytest.mark.parametrize("restored", [True, False])
def test_bp_is_told_what_its_own_document_was_completed_with(make: Make, restored: bool) -> None:
    """It has a document of its own with the number of the CRM's, and never read the contract."""
    world = make(conflicts="bp")
    own = edited("400").replace(INVOICE, FOREIGN_INVOICE)
    if restored:  # to a time before it read of the invoice
        began(world, crm_invoice(contract=DEAL))
        world.restored("bp", received=0)
        world.bp.read()
    else:  # its greeting has not come yet
        world.crm.send(crm_invoice(contract=DEAL))
    world.x("bp", own)
    assert [each["details"]["winner"] for each in world.journal("conflict")] == ["bp"]
    bill, order = world.crm.read().one(BILL), world.bp.read().one(ORDER)
    assert text(bill, "Сумма") == text(order, "Сумма") == "400"
    assert text(bill, "Договор/Номер") == "17-М"
    assert text(order, "ДанныеВзаиморасчетов/Договор/Номер") == "17-М"
    world.calm(1)
    assert not world.run().did_something


def test_a_restored_bp_that_may_lack_what_it_does_not_say_is_told_it(world: World) -> None:
    """It had written the sum and later the contract, and both came in one message."""
    began(world)
    world.x("bp", edited("400").replace(BOOK.settlement(), BOOK.settlement(BOOK.contract())))
    world.calm(1)
    world.restored("bp", received=1)
    world.bp.read()
    world.x("bp", edited("400"))  # the backup is of the time between
    assert world.journal("conflict") == []
    order = world.bp.read().one(ORDER)
    assert text(order, "ДанныеВзаиморасчетов/Договор/Номер") == "17-М"
    world.calm(1)
    assert not world.run().did_something


def test_bp_is_told_what_its_own_document_lacks_that_is_the_same_else(make: Make) -> None:
    world = make()
    world.crm.send(crm_invoice(contract=DEAL))
    row = BOOK.goods_row(item=BOOK.item(article=None))
    world.x("bp", BOOK.invoice(FOREIGN_INVOICE, goods=row))
    assert world.journal("conflict") == []
    order = world.bp.read().one(ORDER)
    assert text(order, "ДанныеВзаиморасчетов/Договор/Номер") == "17-М"
