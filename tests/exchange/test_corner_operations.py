"""Operations in awkward company: currencies, aliases, a meddling CRM, withdrawn and deleted invoices."""

from __future__ import annotations

from lxml import etree

from tests.exchange.test_operations import TRADE, began, deleted, paid, paying
from tests.exchange.world import BOOK, World, state_of, text
from tests.mapping.book import (
    BUYER,
    FOREIGN_INVOICE,
    INVOICE,
    OPERATION,
    crm_deletion,
    crm_invoice,
    crm_row,
    invoice_key,
)
from tests.messages import guid

BILL = "Документ.СчетНаОплату"


def invented(ref: str, total: str = "150") -> str:
    """A payment as the CRM would write it."""
    from tests.mapping.book import el, key, party, val

    return el(
        TRADE, el("КлючевыеСвойства", key(ref, "БП-1")), val("ВидОперации", "ПоступлениеБезналичныхДС"),
        el("Контрагент", party()), el("Валюта", val("Код", "643")), val("Сумма", total),
        el("Счета", el("Строка", el("Счет", invoice_key()), val("Сумма", total))),
    )  # fmt: skip


def test_a_payment_in_another_currency_is_held_and_released(world: World) -> None:
    began(world)
    euro = BOOK.payment(currency=BOOK.currency("978", "EUR"),
                        rows=BOOK.payment_row("10", invoice_key(), settlement=BOOK.settlement()))  # fmt: skip
    world.bp.send(euro)
    assert world.run().status == 1
    assert [(each.side, each.kind) for each in world.held()] == [("bp", TRADE)]
    assert not world.crm.look() or TRADE not in world.crm.look().names  # type: ignore[union-attr]
    assert world.run().status == 0
    world.bp.send(BOOK.payment())
    assert world.run().status == 0
    assert world.held() == []
    assert paid(world.crm.read()) == {"СЧ-1": "150"}


def test_while_an_operation_is_held_its_last_good_version_stands(world: World) -> None:
    began(world)
    world.x("bp", BOOK.payment())
    world.crm.read()
    euro = BOOK.payment(currency=BOOK.currency("978", "EUR"),
                        rows=BOOK.payment_row("10", invoice_key(), settlement=BOOK.settlement()))  # fmt: skip
    world.x("bp", euro)
    letter = world.crm.look()
    assert letter is None or not deleted(letter)
    world.x("bp", BOOK.deletion("ПБДСРасчетыСКонтрагентамиСсылка", OPERATION))
    assert world.held() == []
    assert paid(world.crm.read()) == {"СЧ-1": "0"}


def test_a_held_operation_that_becomes_unreadable_and_good_again(world: World) -> None:
    began(world)
    world.x("bp", BOOK.payment())
    world.crm.read()
    world.bp.send(BOOK.payment(total="много"))
    assert world.run().status == 1
    assert len(world.held()) == 1
    world.bp.send(BOOK.payment())  # as it was
    assert world.run().status == 0
    assert world.held() == []
    assert state_is(world, "150")


def state_is(world: World, amount: str) -> bool:
    """What is counted now, told by a change."""
    world.x("bp", paying(invoice_key(), "1", ref=guid(70)))
    return paid(world.crm.read()) == {"СЧ-1": str(int(amount) + 1)}


# -- aliases -------------------------------------------------------------------------------------


def test_a_foreign_guid_of_the_same_document_is_an_alias(world: World) -> None:
    began(world)
    world.x("bp", BOOK.invoice(FOREIGN_INVOICE), paying(invoice_key(FOREIGN_INVOICE)))
    letter = world.crm.read()
    assert len(world.journal("alias")) == 1
    assert paid(letter) == {"СЧ-1": "150"}
    assert text(letter.one(TRADE), "Счета/Строка/Счет/Ссылка") == INVOICE
    for bill in letter.all(BILL):
        assert text(bill, "КлючевыеСвойства/Ссылка") == INVOICE
    world.x("bp", BOOK.deletion("ЗаказКлиентаСсылка", FOREIGN_INVOICE))
    assert state_of(world.crm.read())["ОтозванВБП"] == "true"


def test_another_counterparty_makes_no_alias(world: World) -> None:
    began(world)
    from tests.mapping.book import party

    other = party(guid(300), "Другой ООО", "9988003037")
    world.x("bp", BOOK.invoice(FOREIGN_INVOICE, buyer=other))
    assert world.journal("alias") == []


def test_operations_on_an_alias_before_the_invoice(world: World) -> None:
    world.bp.send(paying(invoice_key(FOREIGN_INVOICE)))
    world.run()
    world.crm.send(crm_invoice())
    world.run()
    assert paid(world.crm.read()) == {"СЧ-1": "150"}


# -- a meddling CRM ------------------------------------------------------------------------------


def test_the_crm_gets_bps_version_back(world: World) -> None:
    began(world)
    world.x("bp", BOOK.payment())
    world.crm.read()
    world.crm.send(invented(OPERATION, "999"))
    report = world.run()
    assert report.status == 0
    assert world.warnings() == ["NOT_FROM_CRM"]
    letter = world.crm.read()
    assert text(letter.one(TRADE), "Сумма") == "150"
    world.calm(2)
    assert not world.run().did_something


def test_the_crm_gets_a_deleted_operation_back(world: World) -> None:
    began(world)
    world.x("bp", BOOK.payment())
    world.crm.read()
    world.x("crm", crm_deletion(TRADE, OPERATION))
    assert text(world.crm.read().one(TRADE), "Сумма") == "150"
    assert paid_now(world) == "150"


def paid_now(world: World) -> str:
    """What the converter counts."""
    from converter.state import codec
    from converter.state.versions import Versions

    with world.state().read() as connection:
        current = Versions(connection, "main").current(codec.STATE, INVOICE)
    assert current is not None
    assert current.record is not None
    return str(current.record.paid)


def test_an_invented_operation_is_answered_by_its_deletion(world: World) -> None:
    began(world)
    ref = guid(800)
    world.x("crm", invented(ref))
    assert deleted(world.crm.read()) == [(TRADE, ref)]
    world.calm(2)
    assert not world.run().did_something


def test_an_invented_operation_keeps_the_letters_of_its_guid(world: World) -> None:
    began(world)
    ref = guid(0xABCDEF).upper()
    world.x("crm", invented(ref))
    assert [each[1].lower() for each in deleted(world.crm.read()) if each[1]] == [ref.lower()]


def test_what_the_crm_may_not_say_and_has_no_guid_is_only_refused(world: World) -> None:
    """No other GUID in it is taken for its own: nothing is deleted at the CRM under that."""
    began(world)
    world.x("bp", BOOK.payment())
    state = etree.tostring(world.crm.read().one("СостояниеСчета"), encoding="unicode")
    own = f"<Ссылка>{OPERATION}</Ссылка>", f"<Ссылка>{INVOICE}</Ссылка>"
    world.x("crm", invented(OPERATION).replace(own[0], ""), state.replace(own[1], "", 1))
    assert world.warnings() == ["NOT_FROM_CRM"] * 2
    assert world.crm.read().names == []


def test_the_echo_of_an_operation_is_quiet(world: World) -> None:
    began(world)
    world.x("bp", BOOK.payment())
    letter = world.crm.read()
    from lxml import etree

    echo = [etree.tostring(each, encoding="unicode") for each in letter.objects]
    world.crm.send(*echo)
    world.run()
    reply = world.crm.read()
    assert reply.names == []
    assert not world.run().did_something


def test_a_state_that_the_crm_changed_goes_back(world: World) -> None:
    began(world)
    world.x("bp", BOOK.payment())
    letter = world.crm.read()
    from lxml import etree

    state = etree.tostring(letter.one("СостояниеСчета"), encoding="unicode")
    world.x("crm", state.replace(">150<", ">200<").replace("ОплаченЧастично", "Оплачен"))
    assert paid(world.crm.read()) == {"СЧ-1": "150"}


def test_a_deleted_state_goes_back(world: World) -> None:
    began(world)
    world.x("bp", BOOK.payment())
    world.crm.read()
    world.x("crm", crm_deletion("СостояниеСчета", INVOICE))
    assert paid(world.crm.read()) == {"СЧ-1": "150"}


# -- withdrawn and deleted -----------------------------------------------------------------------


def test_an_invoice_is_withdrawn_and_comes_back(world: World) -> None:
    began(world)
    for bring in (BOOK.invoice(), BOOK.invoice()):
        world.x("bp", BOOK.deletion("ЗаказКлиентаСсылка", INVOICE))
        letter = world.crm.read()
        assert deleted(letter) == []
        assert state_of(letter)["ОтозванВБП"] == "true"
        world.x("bp", bring)
        assert "ОтозванВБП" not in state_of(world.crm.read())
    assert len(world.journal("withdrawn")) == 2


def test_a_draft_of_an_invoice_is_withdrawn(world: World) -> None:
    began(world)
    world.x("bp", BOOK.invoice(state="Черновик"))
    assert state_of(world.crm.read())["ОтозванВБП"] == "true"


def test_the_crm_deletes_an_invoice(world: World) -> None:
    began(world)
    world.x("bp", BOOK.payment())
    world.crm.read()
    world.x("crm", crm_deletion(BILL, INVOICE))
    to_bp = world.bp.read()
    assert to_bp.names == ["УдалениеОбъекта"]
    assert "ЗаказКлиента" in to_bp.data.decode()
    letter = world.crm.read()
    assert deleted(letter) == [(TRADE, OPERATION)]
    assert letter.all("СостояниеСчета") == []
    world.calm(2)
    world.x("crm", crm_invoice())  # it is made again
    assert world.bp.read().all("Документ.ЗаказКлиента")
    letter = world.crm.read()
    assert letter.all(TRADE)
    assert paid(letter) == {"СЧ-1": "150"}


def test_no_state_of_a_deleted_invoice_is_written(world: World) -> None:
    began(world)
    world.bp.send(BOOK.payment())
    world.run()  # a state lies in the CRM's folder, unread
    world.crm.send(crm_deletion(BILL, INVOICE))
    world.run()
    letter = world.crm.read()
    assert letter.all("СостояниеСчета") == []
    assert letter.all(TRADE) == []


def test_bps_echo_of_a_deletion_marks_nothing(world: World) -> None:
    began(world)
    world.x("bp", BOOK.payment())
    world.crm.read()
    world.x("crm", crm_deletion(BILL, INVOICE))
    world.x("bp", BOOK.deletion("ЗаказКлиентаСсылка", INVOICE))
    assert world.journal("withdrawn") == []
    world.x("crm", crm_invoice())
    world.x("bp", paying(invoice_key(), "70"))
    assert "ОтозванВБП" not in state_of(world.crm.read())


def test_deletions_go_only_to_a_side_that_was_given_the_object(world: World) -> None:
    world.crm.send(crm_deletion(BILL, guid(500)), crm_deletion("Справочник.Контрагенты", BUYER))
    world.bp.send(BOOK.deletion("ЗаказКлиентаСсылка", guid(501)),
                  BOOK.deletion("ПБДСРасчетыСКонтрагентамиСсылка", guid(502)))  # fmt: skip
    assert world.run().status == 0
    for base in (world.crm, world.bp):
        letter = base.look()
        assert letter is None or letter.names == []


def test_an_invoice_held_from_the_start_and_deleted_sends_nothing(world: World) -> None:
    world.crm.send(crm_invoice(total="1"))
    assert world.run().status == 1
    world.crm.send(crm_deletion(BILL, INVOICE))
    assert world.run().status == 0
    assert world.held() == []
    assert world.bp.look() is None or world.bp.look().names == []  # type: ignore[union-attr]


def test_deleted_and_made_again_in_one_message(world: World) -> None:
    began(world)
    world.x(
        "crm",
        crm_deletion(BILL, INVOICE),
        crm_invoice(total="400", goods=crm_row(quantity="4", sum="400", vat_sum=None)),
    )
    letter = world.bp.read()
    assert letter.names == ["Документ.ЗаказКлиента"]
    assert text(letter.objects[0], "Сумма") == "400"
