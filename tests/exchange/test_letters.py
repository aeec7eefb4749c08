"""Our messages, whole: head, order of the objects, what is said again (SPEC §4; PROTOCOL R1, R2)."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from converter.envelope.header import Header
from converter.formats import CRM, ENTERPRISE_DATA, enterprise_data
from converter.mapping.traffic import types_towards_bp
from tests.exchange.conftest import Make
from tests.exchange.test_enterprise_crm import letter_of, spoken
from tests.exchange.test_greetings import PEER
from tests.exchange.test_invoices import BILL, CARDS, DEAL, ORDER, PARTY, edited, ours
from tests.exchange.world import BOOK, World, text
from tests.mapping.book import (
    FOREIGN_INVOICE,
    INVOICE,
    OPERATION,
    OTHER_INVOICE,
    Book,
    crm_deletion,
    crm_invoice,
    crm_row,
    guid,
)
from tests.messages import CRM_FORMAT, PLAN

BOTH = ("Справочник.Контрагенты", "Документ.СчетНаОплату")
OURS = (
    "Справочник.Валюты", "Справочник.ЕдиницыИзмерения", "Справочник.Организации",
    "Справочник.БанковскиеСчета", "Справочник.Номенклатура", *BOTH, "Документ.ТорговаяОперация",
    "СостояниеСчета",
)  # fmt: skip


def head(side: str, format: str, created: datetime, number: int, received: int) -> Header:
    """The head of a message of ours, without its types."""
    versions = ("1.0",) if side == "crm" else enterprise_data().versions
    to, sender = ("CRM", "BP") if side == "crm" else ("BP", "CRM")
    return Header(format, created, True, PLAN, to, sender, number, received, versions)


def test_the_heads_of_our_messages(make: Make) -> None:
    world = make(version="1.8")
    world.crm.send(crm_invoice())
    world.run()
    to_crm, to_bp = world.crm.read().header, world.bp.read().header
    assert [tuple(each) for each in to_crm.object_types] == [
        (name, "*", "*" if name in BOTH else "") for name in OURS
    ]
    assert replace(to_crm, object_types=()) == head("crm", CRM_FORMAT, world.now, 1, 1)
    assert to_bp.object_types == types_towards_bp(False)
    format = f"{ENTERPRISE_DATA}/1.8"
    assert replace(to_bp, object_types=()) == head("bp", format, world.now, 1, 0)
    world.bp.send(received_no=0, message_no=7)
    world.x("crm", ours("600"))
    assert replace(world.bp.read().header, object_types=()) == head("bp", format, world.now, 2, 7)


def test_the_heads_of_our_greetings(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.calm(1)
    for base in (world.crm, world.bp):
        base.greet(guid=PEER)
    world.run()
    for side, format in (("crm", CRM.namespace), ("bp", ENTERPRISE_DATA)):
        letter = letter_of(world, side)
        own = world.row(side).guid
        expected = replace(head(side, format, world.now, 0, 0), new_from=own)
        assert replace(letter.header, object_types=()) == expected
        assert letter.data.startswith(b"\xef\xbb\xbf") is (side == "bp")
        assert letter.data.endswith(b"</Message>\n")
        assert not letter.body


def test_the_head_towards_a_crm_that_speaks_enterprise_data(make: Make) -> None:
    from tests.mapping.orders import crm_invoice as order

    world = spoken(make)
    world.crm.send(order("1.3"))
    world.run()
    to_crm, to_bp = letter_of(world, "crm").header, letter_of(world, "bp").header
    assert to_bp.object_types == types_towards_bp(True)
    assert to_crm.object_types
    format = f"{ENTERPRISE_DATA}/1.3"
    assert replace(to_crm, object_types=()) == Header(
        format, world.now, True, PLAN, "CRM", "BP", 1, 1, enterprise_data().versions
    )


def test_what_is_pointed_at_stands_before_what_points_and_deletions_last(world: World) -> None:
    world.crm.send(crm_invoice(contract=DEAL), crm_invoice(OTHER_INVOICE, "СЧ-2", contract=DEAL))
    world.run()
    world.calm(2)
    world.crm.send(
        crm_invoice(guid(5), "СЧ-5"), crm_deletion(BILL, OTHER_INVOICE),
        crm_deletion(BILL, INVOICE), crm_invoice(guid(4), "СЧ-4"),
    )  # fmt: skip
    world.bp.send(BOOK.payment(), *CARDS[::-1])
    world.run()
    to_bp = world.bp.read()
    assert to_bp.names == [ORDER, ORDER, "УдалениеОбъекта", "УдалениеОбъекта"]
    assert [text(each, "КлючевыеСвойства/Номер") for each in to_bp.objects[:2]] == ["СЧ-4", "СЧ-5"]
    gone = [each.xpath("string(.)").strip() for each in to_bp.objects[2:]]
    assert gone == sorted([INVOICE, OTHER_INVOICE])
    assert world.crm.read().names == [
        "Справочник.Валюты", "Справочник.Организации", "Справочник.Номенклатура",
    ]  # fmt: skip


def test_a_deletion_names_the_guid_letter_by_letter_as_it_was_told(world: World) -> None:
    ref = "b0000000-0000-0000-0000-0000000ABCDE"
    world.crm.send(crm_invoice(ref))
    world.run()
    world.calm(2)
    world.x("crm", crm_deletion(BILL, ref.lower()))
    (gone,) = world.bp.read().objects
    assert gone.xpath("string(.)").strip() == ref


def test_of_a_held_object_what_is_on_the_way_is_said_again(make: Make) -> None:
    """A rate that BP's version lacks holds the edit; what BP may not have read yet goes on."""
    world = make(version="1.8")
    world.crm.send(crm_invoice())
    world.run()
    assert letter_of(world, "bp").names == [PARTY, ORDER]
    world.crm.send(crm_invoice(goods=crm_row(vat="НДС22", vat_sum="36.07")))
    world.crm.folder.joinpath("Message_BP_CRM.xml").unlink()
    assert world.run().held == 1
    assert world.errors() == ["VAT_NOT_IN_VERSION"]
    world.crm.send(crm_invoice(OTHER_INVOICE, "СЧ-2"))
    world.run()
    letter = world.bp.read()
    bills = {
        text(each, "КлючевыеСвойства/Номер"): text(each, "Сумма") for each in letter.all(ORDER)
    }
    assert bills == {"СЧ-1": "200", "СЧ-2": "200"}
    world.bp.send()
    world.x("crm", crm_invoice(guid(5), "СЧ-5"))
    assert [text(each, "КлючевыеСвойства/Номер") for each in world.bp.read().all(ORDER)] == ["СЧ-5"]


def test_while_its_own_edit_is_held_a_side_hears_again_what_it_may_not_have_read(
    world: World,
) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.calm(1)
    world.bp.send(edited("400"))
    world.run()
    assert text(letter_of(world, "crm").one(BILL), "Сумма") == "400"  # which it does not read
    world.crm.send(crm_invoice(total="1"))
    world.run()
    world.bp.send(edited("600"), BOOK.payment())
    world.run()
    letter = world.crm.read()
    assert (text(letter.one(BILL), "Сумма"), letter.number) == ("400", 4)
    world.crm.send()
    world.run()
    world.crm.send(ours("600"))  # its own way to the same: it is held no more
    world.run()
    assert world.held() == []
    assert BILL not in letter_of(world, "crm").names


def test_what_only_one_version_cannot_say_is_held_by_itself(make: Make) -> None:
    world = make(version="1.8")
    world.crm.send(
        crm_invoice(goods=crm_row(vat="НДС22", vat_sum="36.07")), crm_invoice(OTHER_INVOICE, "СЧ-2")
    )
    report = world.run()
    (held,) = world.held()
    (problem,) = held.reasons()
    assert (held.side, held.kind, held.ref, problem.where.object) == (
        "crm", BILL, INVOICE, f"{BILL} № СЧ-1",
    )  # fmt: skip
    assert problem.where.key == f"{BILL} {INVOICE}"
    assert [each.objects for each in report.written] == [0, 2]
    assert [text(each, "КлючевыеСвойства/Номер") for each in world.bp.read().all(ORDER)] == ["СЧ-2"]


def test_a_warning_of_what_is_written_is_told_once(make: Make) -> None:
    from tests.exchange.test_told import warned

    world = make(version="1.3")
    world.bp.version = "1.3"
    long = crm_invoice(after=f"<АдресДоставки>{'улица ' * 60}</АдресДоставки>")
    world.crm.send(long)
    world.run()
    told = warned(world)
    assert told
    world.crm.send(crm_invoice(OTHER_INVOICE, "СЧ-2"))
    world.run()
    assert warned(world) == told
    for side, kind, ref, _, where, _ in told:
        assert (side, kind, ref) in [("crm", BILL, INVOICE), ("bp", BILL, INVOICE)]
        assert where[2] == f"{BILL} № СЧ-1"


def test_operations_of_bps_own_documents_name_nothing_of_the_crm(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.calm(1)
    book = Book("1.19")
    world.bp.send(
        book.invoice(FOREIGN_INVOICE, number="БП-7"), book.deletion("ЗаказКлиентаСсылка", FOREIGN_INVOICE),
        book.deletion("ПБДСРасчетыСКонтрагентамиСсылка", OPERATION),
    )  # fmt: skip
    world.run()
    assert world.crm.read().names == []
    assert {each["event"] for each in world.journal()} == {"versions", "taken", "written"}
