"""A state that is made again from the archive is the state that was (PROTOCOL R9)."""

from __future__ import annotations

import json
import sqlite3
from hashlib import sha256
from typing import Any

from msgspec.structs import replace

from converter.state.outbox import Outgoing
from tests.exchange.conftest import Make
from tests.exchange.test_files import packed
from tests.exchange.test_greetings import PEER, TYPES
from tests.exchange.test_invoices import BILL, CARDS, DEAL, ORDER, PRIVATE, edited, ours
from tests.exchange.test_recovery import rebuilt
from tests.exchange.test_rows import message_of
from tests.exchange.test_unlinked import link, payment, unlink
from tests.exchange.world import BOOK, World, text
from tests.mapping.book import (
    FOREIGN_INVOICE,
    OPERATION,
    crm_deletion,
    crm_invoice,
    guid,
)

#: what lies in the folders, and what was told of them, is not in the archive
HERE = {"base": ("name", "stamp", "again"), "link": ("rejected",), "journal": ("id",)}
BESIDE = ("file", "rejection", "trouble", "told", "channel")
EVENTS = ("replayed", "rejected", "missing")


def tables(world: World) -> dict[str, list[dict[str, Any]]]:
    """All that the state knows, but of the folders; the journal by itself in its order."""
    world.close()
    with sqlite3.connect(world.database) as database:
        database.row_factory = sqlite3.Row
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        found = {
            name: [dict(row) for row in database.execute(f"SELECT * FROM {name} ORDER BY 1")]
            for (name,) in names.fetchall()
            if name not in BESIDE
        }
    database.close()
    for name, columns in HERE.items():
        for row in found[name]:
            for column in columns:
                del row[column]
    return {name: sorted(rows, key=repr) for name, rows in found.items() if name != "journal"} | {
        "journal": [row for row in found["journal"] if row["event"] not in EVENTS]
    }


def a_long_history(world: World) -> None:
    """Everything that a record can tell of."""
    world.bp.greet(guid=PEER, types=TYPES)
    world.run()
    bad = crm_invoice(guid(4), "СЧ-4", total="1")
    world.crm.send(crm_invoice(**PRIVATE), crm_invoice(guid(2), "СЧ-2", contract=DEAL), bad)
    world.run()
    world.calm(2)
    world.bp.send(
        BOOK.payment(), BOOK.invoice(FOREIGN_INVOICE), payment("90", ref=guid(72)),
        BOOK.payment(ref=guid(70), total="много"), edited("400"),
    )  # fmt: skip
    world.crm.send(ours("600"))
    world.run()
    link(world, guid(2), "50", ref=guid(72))
    world.crm.send(crm_invoice(), sender="УТ")
    world.run()
    world.x("bp", BOOK.deletion("ПБДСРасчетыСКонтрагентамиСсылка", OPERATION), *CARDS)
    world.retry()
    unlink(world, ref=guid(72))
    link(world, guid(2), "60", ref=guid(72))
    world.x("crm", crm_deletion(BILL, guid(2)))
    world.calm(1)
    world.crm.put(packed(world.crm.compose(crm_invoice(guid(8), "СЧ-8"))), "Message_CRM_BP.zip")
    world.run()


def test_a_rebuilt_state_is_the_same_in_every_row(world: World) -> None:
    a_long_history(world)
    world.bp.send(received_no=99)
    assert world.run().status == 1
    before = tables(world)
    world.database.unlink()
    passes = before["link"][0]["passes"]
    assert rebuilt(world) == passes - 1
    assert [each["details"]["number"] for each in world.journal("replayed")] == [
        *range(2, passes + 1)
    ]
    after = tables(world)
    for name, rows in before.items():
        assert after[name] == rows, name
    assert list(world.root.rglob(".reading-*")) == []  # what is done again ends no process


def test_what_was_written_otherwise_then_is_said_with_those_bytes(world: World) -> None:
    """By an earlier version of the converter: a base may have read it (R10)."""
    world.crm.send(crm_invoice())
    world.run()
    written = world.now
    (path,) = (world.bp.folder / "archive").rglob("*-out-*.xml")
    data = path.read_bytes().replace(b"</Body>", b" </Body>")
    path.write_bytes(data)
    digest = sha256(data).hexdigest()
    for base in (world.crm, world.bp):
        record = base.folder / "archive" / "passes" / "000000" / "000000002.json"
        values = json.loads(record.read_text("utf-8"))
        values["written"][1]["digest"] = digest
        assert values["written"][1]["side"] == "bp"
        record.write_text(json.dumps(values), "utf-8")
    world.close()
    world.database.unlink()
    rebuilt(world)
    assert [(each["side"], each["details"]) for each in world.journal("replayed_bytes")] == [
        ("bp", {"number": 1})
    ]
    assert [(each["side"], each["details"]) for each in world.journal("written")] == [
        (side, {"number": 1, "received": received, "objects": objects})
        for side, received, objects in (("crm", 1, 0), ("bp", 0, 2))
    ]
    assert message_of(world, "bp", 1) == Outgoing(1, digest, written, 2)
    assert (world.row("bp").sent, world.row("bp").stamp) == (1, None)
    world.run()
    assert world.bp.ours().read_bytes() == data


def test_a_pass_is_done_again_by_the_settings_of_its_time(make: Make) -> None:
    world = make(conflicts="bp", version="1.8")
    world.crm.send(crm_invoice())
    world.run()
    world.calm(1)
    world.bp.send(edited("400"))
    world.crm.send(ours("600"))
    world.run()
    before = tables(world)
    world.link = replace(world.link, conflicts="crm", bp=replace(world.link.bp, version="1.19"))
    world.database.unlink()
    rebuilt(world)
    after = tables(world)
    assert [row for row in after["journal"] if row["event"] == "replayed_bytes"] == []
    for name, rows in before.items():
        assert after[name] == rows, name


def test_one_rebuilt_after_a_base_was_restored_is_the_same_too(world: World) -> None:
    a_long_history(world)
    world.exchange().command("restored", side="bp", sent=20, received=world.bp.received, agreed=False)  # fmt: skip
    world.run()
    world.bp.sent = 20
    world.bp.read()
    world.bp.send(BOOK.invoice())
    world.run()
    world.exchange().command("agreed", side="bp")
    world.run()
    world.x("crm", crm_invoice(guid(9), "СЧ-9"))
    before = tables(world)
    world.database.unlink()
    rebuilt(world)
    after = tables(world)
    for name, rows in before.items():
        if name == "journal":  # of the empty message it tells only now
            after[name] = [each for each in after[name] if each in rows]
        assert after[name] == rows, name


def test_an_empty_message_is_not_taken_for_a_full_one_after_a_rebuild(world: World) -> None:
    """The message that lies there after `doctor --restored` says nothing of any object."""
    world.crm.send(crm_invoice())
    world.run()
    world.calm(2)
    world.exchange().command(
        "restored", side="bp", sent=world.bp.sent, received=world.bp.received, agreed=True
    )
    world.run()
    world.close()
    world.database.unlink()
    rebuilt(world)
    assert world.journal("replayed_bytes") == []
    world.run()
    empty = world.bp.read()
    assert empty.names == []
    world.bp.send()  # BP lost the invoice, and has nothing
    world.run()
    world.bp.send()  # it has not read our next message yet
    world.run()
    assert world.row("bp").acknowledged == empty.number
    assert text(world.bp.read().one(ORDER), "КлючевыеСвойства/Номер") == "СЧ-1"
    world.crm.send(crm_invoice(guid(5), "СЧ-5"))
    world.run()
    assert len(world.bp.read().all(ORDER)) == 2


def test_an_alarm_of_an_older_record_is_done_again_without_its_stamp(world: World) -> None:
    world.crm.send(received_no=99)
    assert world.run().status == 1
    for base in (world.crm, world.bp):
        path = base.folder / "archive" / "passes" / "000000" / "000000002.json"
        record = json.loads(path.read_text("utf-8"))
        (aside,) = record["aside"]
        assert (aside["side"], aside["name"]) == ("crm", "Message_CRM_BP.xml")
        assert aside.pop("stamp")
        path.write_text(json.dumps(record), "utf-8")
    world.close()
    world.database.unlink()
    rebuilt(world)
    reason = world.row("crm").reason
    assert reason is not None
    assert reason.kind.id == "ACK_UNKNOWN"
    assert world.run().status == 0
