"""What the state keeps of a base, whole, from its greeting to its restoring (PROTOCOL R1-R11)."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from msgspec.structs import asdict

from converter.folder.inbox import stamp_of
from converter.state import codec
from converter.state.outbox import Outbox, Outgoing
from converter.state.versions import Due, Versions
from tests.exchange.test_files import packed
from tests.exchange.test_greetings import PEER, TYPES
from tests.exchange.test_invoices import BILL, DEAL, ORDER, PARTY, ours
from tests.exchange.world import BOOK, World, text
from tests.mapping.book import (
    BUYER,
    CONTRACT,
    INVOICE,
    OTHER_INVOICE,
    crm_deletion,
    crm_invoice,
    guid,
)
from tests.messages import PLAN

CARD = "Справочник.Договоры"


def kept(world: World, side: str) -> dict[str, Any]:
    """A base's row: all that is not as it was made; the stamp is that of our file."""
    row = asdict(world.row(side))
    base = getattr(world, side)
    if row["stamp"] is not None and row["shown"] != "nothing":
        assert row["stamp"] == str(stamp_of(base.folder / row["name"]))
    return {
        name: value
        for name, value in row.items()
        if name not in ("side", "guid", "stamp") and value not in (None, 0, False)
    }


def message_of(world: World, side: str, number: int) -> Outgoing | None:
    """What is kept of a message of ours."""
    with world.state().read() as connection:
        return Outbox(connection, "main", side).get(number)


def due(world: World, side: str) -> list[Due]:
    """The queue of a side."""
    with world.state().read() as connection:
        return list(Versions(connection, "main").due(side))


SAID = {
    "versions": '["1.8", "1.19"]', "types": '[["Документ.ЗаказКлиента", "*", "*"]]',
    "peer": PEER, "prefix": "БП", "plan": PLAN, "form": "xml",
}  # fmt: skip


def test_a_base_from_its_greeting_to_its_first_acknowledgement(world: World) -> None:
    data = world.bp.greet(guid=PEER.upper(), types=TYPES)
    world.run()
    greeted = SAID | {"greeted": world.now, "greeting": sha256(data).hexdigest()}
    shown: dict[str, Any] = {"shown": "greeting", "name": "Message_CRM_BP.xml"}
    assert kept(world, "bp") == greeted | shown
    ours = world.bp.ours().read_bytes()
    assert message_of(world, "bp", 0) == Outgoing(0, sha256(ours).hexdigest(), world.now, 0)
    world.crm.send(crm_invoice())
    created = world.now
    world.run()
    crm = {
        "sent": 1, "received": 1, "created": created, "versions": '["1.0"]', "plan": PLAN,
        "version": "1.0", "form": "xml", "shown": "message", "name": "Message_BP_CRM.xml",
    }  # fmt: skip
    assert kept(world, "crm") == crm
    assert kept(world, "bp") == greeted | shown | {"behind": world.now}
    world.tick(60)
    world.run()
    assert kept(world, "crm") == crm
    shown |= {"shown": "message", "sent": 1, "version": "1.19"}
    assert kept(world, "bp") == greeted | shown
    data = world.bp.ours().read_bytes()
    assert message_of(world, "bp", 1) == Outgoing(1, sha256(data).hexdigest(), world.now, 2)
    world.bp.read()
    world.bp.send(plan=None, versions=())
    read = {"received": 1, "acknowledged": 1, "created": world.now}
    world.run()
    assert kept(world, "bp") == greeted | shown | read
    world.bp.send(plan="Иной", versions=("1.20",), created="2026-02-10T08:00:00")
    world.run()
    heard = {"plan": "Иной", "versions": '["1.20"]', "received": 2}
    assert kept(world, "bp") == greeted | shown | read | heard
    assert world.journal("versions")[-1]["details"] == {"versions": ["1.20"]}


def test_data_wait_anew_behind_a_greeting_that_came_again(world: World) -> None:
    world.bp.greet(guid=PEER)
    world.run()
    world.crm.send(crm_invoice())
    world.run()
    world.tick(50)
    world.bp.greet(guid=PEER)
    world.run()
    assert world.row("bp").behind == world.now
    world.tick(58)
    world.run()
    assert (world.row("bp").shown, world.row("bp").sent) == ("greeting", 0)
    world.run()  # the sixtieth second
    assert (world.row("bp").shown, world.row("bp").sent) == ("message", 1)


def test_a_base_that_writes_zips(world: World) -> None:
    world.crm.put(packed(world.crm.compose(crm_invoice()), "inner.xml"), "Message_CRM_BP.zip")
    world.run()
    row = kept(world, "crm")
    assert (row["form"], row["inner"], row["name"]) == ("zip", "inner.xml", "Message_BP_CRM.zip")
    archive = world.crm.folder / "archive" / "2026-02-11"
    assert sorted(each.name for each in archive.iterdir()) == [
        "000002-in-000001.zip", "000002-out-000001.xml",
    ]  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(world.crm.ours().read_bytes())) as ours:
        (inside,) = ours.infolist()
        assert datetime(*inside.date_time) - world.now in (timedelta(0), timedelta(seconds=-1))
        assert ours.read("Message_BP_CRM.xml") == (archive / "000002-out-000001.xml").read_bytes()


def test_a_base_that_greets_in_a_zip(world: World) -> None:
    world.crm.greet(guid=PEER)
    plain = world.crm.folder / world.crm.name
    world.crm.put(packed(plain.read_bytes(), "inner.xml"), "Message_CRM_BP.zip")
    plain.unlink()
    world.run()
    row = kept(world, "crm")
    assert (row["form"], row["inner"], row["name"]) == ("zip", "inner.xml", "Message_BP_CRM.zip")
    archive = world.crm.folder / "archive" / "2026-02-11"
    assert [each.name for each in archive.iterdir()] == ["000002-in-000000.zip"]


def test_how_often_an_acknowledgement_was_put_back_is_counted_anew(world: World) -> None:
    def put_back() -> int:
        world.crm.ours().unlink()
        world.run()
        return world.row("crm").again

    world.crm.send(crm_invoice())
    world.run()
    assert [put_back(), put_back()] == [1, 2]
    world.crm.send(ours("600"))
    world.run()
    assert world.row("crm").again == 0
    assert put_back() == 1
    world.crm.greet(guid=PEER)
    world.run()
    assert world.row("crm").again == 0
    world.crm.send()
    world.run()  # the message that the greeting replaced lies there again, and was not put back
    assert (world.row("crm").again, world.crm.read().number) == (0, 2)
    world.bp.send(BOOK.payment())
    world.run()
    assert [put_back(), put_back()] == [0, 0]  # it says something: as often as it is needed


@pytest.mark.parametrize("side", ["crm", "bp"])
@pytest.mark.parametrize("received", [None, 9])
def test_a_base_that_is_restored(world: World, side: str, received: int | None) -> None:
    """All is due to it again: what stands, and the deletions of what it was given."""
    world.crm.send(crm_invoice(contract=DEAL), crm_invoice(OTHER_INVOICE, "СЧ-2"))
    world.run()
    world.calm(2)
    world.x("bp", BOOK.payment())
    world.x("crm", crm_deletion(BILL, OTHER_INVOICE))
    world.calm(2)
    getattr(world, side).send(received_no=99)
    world.run()
    before, other = kept(world, side), kept(world, "bp" if side == "crm" else "crm")
    assert before.pop("alarm")
    assert due(world, side) == []
    world.exchange().command("restored", side=side, sent=3, received=received, agreed=True)
    now = world.now
    last = max(before["sent"], received or 0)
    for gone in ("received", "created"):
        del before[gone]
    restored = {"life": 1, "restored": now, "agreed": True, "acknowledged": last}
    assert kept(world, side) == before | restored | {"sent": last + 1, "shown": "message"}
    assert kept(world, "bp" if side == "crm" else "crm") == other
    message = message_of(world, side, last + 1)
    assert message is not None
    assert message.objects == 0
    invoices = {("Документ.СчетНаОплату", INVOICE, False), (BILL, OTHER_INVOICE, True)}
    cards = {(PARTY, BUYER, False)}
    told = {
        "bp": {(CARD, CONTRACT, False)},
        "crm": {(codec.OPERATION, guid(11), False), (codec.STATE, INVOICE, False)},
    }[side]
    found = {(each.kind, each.ref, each.deleted) for each in due(world, side)}
    assert found == invoices | cards | told
    assert {each.number for each in due(world, side)} == {0}
    world.run()
    base = getattr(world, side)
    assert (base.read().names, world.row(side).sent) == ([], last + 1)
    base.send(*([ours("600", contract=DEAL)] if side == "crm" else [BOOK.payment()]))
    created = world.now
    world.run()
    row = kept(world, side)
    assert (row["received"], row["created"], row["sent"]) == (base.sent, created, last + 2)
    assert not {"restored", "agreed", "behind"} & set(row)
    assert world.row(side).acknowledged == last
    name = ORDER if side == "bp" else BILL
    letter = base.read()
    if side == "bp":
        assert text(letter.one(name), "КлючевыеСвойства/Номер") == "СЧ-1"
    assert len(letter.all("УдалениеОбъекта")) == 1


def test_held_objects_of_the_restored_side_alone_are_dropped(world: World) -> None:
    world.crm.send(crm_invoice(), crm_invoice(guid(4), "СЧ-4", total="1"))
    world.bp.send(BOOK.payment(total="много"))
    world.run()
    world.exchange().command("restored", side="crm", sent=1, received=1, agreed=True)
    assert [each.side for each in world.held()] == ["bp"]
    world.exchange().command("restored", side="bp", sent=1, received=1, agreed=True)
    assert world.held() == []


def test_an_empty_message_after_restoring_is_dated_and_kept(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.calm(2)
    world.tick(24 * 3600)
    world.exchange().command("restored", side="bp", sent=1, received=1, agreed=True)
    archive = world.bp.folder / "archive" / "2026-02-12"
    (path,) = archive.iterdir()
    assert path.name == "000007-out-000002.xml"
    world.run()
    assert world.bp.ours().read_bytes() == path.read_bytes()
    header = world.bp.read().header
    assert (header.message_no, header.received_no, header.created) == (2, 0, world.tick(-1))
