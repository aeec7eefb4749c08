"""The three alarms, and `doctor --restored` after them (SPEC §4; PROTOCOL R7, R8)."""

from __future__ import annotations

import pytest

from tests.exchange.world import BOOK, World, listing, state_of, text
from tests.mapping.book import OPERATION, crm_deletion, crm_invoice, crm_row
from tests.messages import guid

INVOICE = "Документ.СчетНаОплату"


def bigger() -> str:
    """The invoice after an edit."""
    return crm_invoice(total="400", goods=crm_row(quantity="4", sum="400", vat_sum=None))


def began(world: World) -> None:
    """An invoice that both know, and a payment."""
    world.crm.send(crm_invoice())
    world.run()
    world.calm(2)
    world.x("bp", BOOK.payment())
    world.calm(2)


def reused(world: World) -> str:
    """A used number with other content."""
    world.crm.send(bigger(), message_no=world.crm.sent)
    return "NUMBER_REUSED"


def fell(world: World) -> str:
    """An unknown number below the counter, created after the last one taken."""
    world.crm.send(message_no=world.crm.sent + 5)
    world.run()
    world.crm.send(bigger(), message_no=world.crm.sent + 2)
    return "NUMBER_FELL"


def unknown(world: World) -> str:
    """ReceivedNo above what was ever sent."""
    world.crm.send(bigger(), received_no=99)
    return "ACK_UNKNOWN"


@pytest.mark.parametrize("cause", [reused, fell, unknown])
def test_an_alarm_applies_nothing_and_leaves_the_base_alone(world: World, cause: object) -> None:
    began(world)
    problem = cause(world)  # type: ignore[operator]
    bp_before, crm_before = world.row("bp"), world.row("crm")
    report = world.run()
    assert report.status == 1
    assert [each.problem.kind.id for each in report.aside] == [problem]
    assert world.crm.rejected() == [world.crm.name, f"{world.crm.name}.txt"]
    assert world.row("crm").alarm is not None
    assert world.row("crm").received == crm_before.received
    assert world.row("bp").sent == bp_before.sent
    (told,) = world.crm.reports()
    assert problem in told
    # neither read
    world.crm.send(bigger())
    report = world.run()
    assert (report.status, report.taken) == (0, [])
    assert (world.crm.folder / world.crm.name).is_file()
    # nor written, while the other base goes on
    ours = listing(world.crm.ours())
    world.bp.read()
    world.bp.send(BOOK.payment(total="50", rows=BOOK.payment_row("50", _key())))
    report = world.run()
    assert [each.side for each in report.taken] == ["bp"]
    assert [each.side for each in report.written] == ["bp"]
    assert listing(world.crm.ours()) == ours
    world.crm.ours().unlink()
    world.run()
    assert world.crm.look() is None


def _key() -> str:
    from tests.mapping.book import invoice_key

    return invoice_key()


def test_a_file_below_the_alarm_in_the_same_pass_is_not_taken(world: World) -> None:
    began(world)
    number = world.crm.sent
    world.crm.send(bigger(), message_no=number)
    world.crm.send(bigger(), message_no=number + 1, name="MessageX_CRM_BP.xml")
    report = world.run()
    assert (report.status, report.taken) == (1, [])


def restored(world: World, side: str, agreed: bool = True, **numbers: int | None) -> None:
    """``converter doctor --restored``."""
    base = getattr(world, side)
    world.run()
    values = {"sent": base.sent, "received": base.received} | numbers
    world.exchange().command("restored", side=side, agreed=agreed, **values)
    world.run()


def test_a_restored_crm_is_brought_to_equality(world: World) -> None:
    began(world)
    sent, received = world.crm.sent, world.crm.received
    world.x("crm", crm_invoice(guid(5), "СЧ-5"))  # lost in the restore
    world.x("crm", bigger())  # lost too
    world.calm(2)
    world.crm.sent, world.crm.received = sent, received
    world.crm.send(message_no=sent + 1)
    assert world.run().status == 1
    restored(world, "crm")
    letter = world.crm.look()
    assert letter is not None
    assert (letter.names, letter.received) == ([], 0)  # an empty one lies there
    world.crm.read()
    world.crm.send(crm_invoice())  # everything that it has
    world.run()
    assert world.row("crm").alarm is None
    letter = world.crm.read()
    totals = {
        text(each, "КлючевыеСвойства/Номер"): text(each, "Сумма") for each in letter.all(INVOICE)
    }
    assert totals == {"СЧ-5": "200", "СЧ-1": "400"}
    assert letter.all("Документ.ТорговаяОперация")
    assert state_of(letter)["Оплачено"] == "150"
    world.calm()
    assert not world.run().did_something


def test_a_restored_crm_does_not_revive_what_was_deleted(world: World) -> None:
    began(world)
    world.x("crm", crm_deletion(INVOICE, _ref()))
    world.calm(2)
    restored(world, "crm")
    world.x("crm", crm_invoice())
    letter = world.crm.read()
    assert "УдалениеОбъекта" in letter.names
    assert INVOICE not in letter.names
    world.calm()
    ours = world.bp.look()
    assert ours is None or "Документ.ЗаказКлиента" not in ours.names


def _ref() -> str:
    from tests.mapping.book import INVOICE as ref

    return ref


def test_a_restored_bp_is_given_what_it_lost(world: World) -> None:
    began(world)
    sent, received = world.bp.sent, world.bp.received
    world.x("crm", crm_invoice(guid(5), "СЧ-5"))
    world.calm(2)
    world.bp.sent, world.bp.received = sent, received
    restored(world, "bp")
    world.bp.read()
    world.bp.send(BOOK.invoice(), BOOK.payment())
    world.run()
    letter = world.bp.read()
    numbers = [text(each, "КлючевыеСвойства/Номер") for each in letter.all("Документ.ЗаказКлиента")]
    assert "СЧ-5" in numbers
    world.calm()
    assert not world.run().did_something


@pytest.mark.parametrize("agreed", [True, False])
def test_operations_that_a_restored_bp_does_not_name_are_withdrawn(
    world: World, agreed: bool
) -> None:
    began(world)
    restored(world, "bp", agreed=agreed)
    world.bp.read()
    world.bp.send(BOOK.invoice())  # the payment was made after the backup
    report = world.run()
    if not agreed:
        assert report.status == 1
        assert world.row("bp").restored is not None
        world.exchange().command("agreed", side="bp")
        world.run()
    assert world.row("bp").restored is None
    letter = world.crm.read()
    assert text(letter.one("УдалениеОбъекта"), "Ссылка") == OPERATION
    assert state_of(letter)["Оплачено"] == "0"


def test_a_repeat_is_no_alarm_after_a_restart(world: World) -> None:
    data = world.crm.send(crm_invoice())
    world.run()
    world.close()
    world.crm.put(data)
    assert world.run().status == 0


def test_the_same_bytes_in_a_zip_are_a_repeat(world: World) -> None:
    import io
    import zipfile

    data = world.crm.send(crm_invoice())
    world.run()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Message_CRM_BP.xml", data)
    world.crm.put(packed.getvalue(), "Message_CRM_BP.zip")
    assert world.run().status == 0
    assert world.row("crm").alarm is None
