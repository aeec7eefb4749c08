"""The journal of a history, line by line, and what a pass reports of it (SPEC §7)."""

from __future__ import annotations

from typing import Any

import pytest

from converter.exchange.archive import Archive
from converter.exchange.report import SetAside, Taken, Written
from converter.problems import Said
from tests.exchange.test_greetings import PEER
from tests.exchange.test_invoices import BILL, PARTY, edited, ours
from tests.exchange.test_operations import OWN_KEY
from tests.exchange.test_unlinked import link, payment
from tests.exchange.world import BOOK, World
from tests.mapping.book import (
    BANK_IN,
    BUYER,
    FOREIGN_INVOICE,
    INVOICE,
    OPERATION,
    OTHER_INVOICE,
    crm_counterparty,
    crm_deletion,
    crm_invoice,
    el,
    guid,
    party,
)

TRADE = "Документ.ТорговаяОперация"
UNREADABLE = BOOK.payment(ref=guid(70), total="много")
FIRST = (BILL, INVOICE)
SECOND = (BILL, OTHER_INVOICE)

Line = tuple[str, str, str, str, dict[str, Any]]


class Chronicle:
    """What the journal says of each pass; of a problem its id, of an object its sum or name."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.read = 0

    def new(self) -> list[Line]:
        """The lines since the last time, all of the last pass."""
        lines = self.world.journal()
        fresh, self.read = lines[self.read :], len(lines)
        assert {each["link"] for each in fresh} == {"main"}
        assert fresh[-1]["at"] == self.world.now
        return [
            (each["event"], each["side"], each["kind"], each["ref"], _short(each["details"]))
            for each in fresh
        ]


def _short(details: dict[str, Any]) -> dict[str, Any]:
    short = dict(details)
    if "problem" in short:
        short["problem"] = short["problem"]["id"]
    if "problems" in short:
        short["problems"] = [each["id"] for each in short["problems"]]
    if "raw" in short:
        short["raw"] = short["raw"].partition(" ")[0]
    if "versions" in short and isinstance(short["versions"], dict):
        sides = short["versions"].items()
        short["versions"] = {
            side: each and (each.get("total") or each["key"].get("name")) for side, each in sides
        }
    return short


def taken(side: str, number: int, received: int, objects: int) -> Line:
    return "taken", side, "", "", {"number": number, "received": received, "objects": objects}


def written(side: str, number: int, received: int, objects: int) -> Line:
    return "written", side, "", "", {"number": number, "received": received, "objects": objects}


def began(world: World) -> Chronicle:
    """Two invoices that both know."""
    world.crm.send(crm_invoice(), crm_invoice(OTHER_INVOICE, "СЧ-2"))
    world.run()
    world.calm(2)
    told = Chronicle(world)
    told.read = len(world.journal())
    return told


def test_a_greeting_and_a_first_message(world: World) -> None:
    told = Chronicle(world)
    world.bp.greet(guid=PEER)
    report = world.run()
    assert told.new() == [
        ("versions", "bp", "", "", {"versions": ["1.8", "1.19"]}),
        ("greeted", "bp", "", "", {"versions": ["1.8", "1.19"]}),
    ]
    assert report.events == [("greeted", "bp")]
    assert report.written == [Written("bp", 0, 0, 0, "Message_CRM_BP.xml")]
    assert (report.taken, report.did_something, report.status) == ([], True, 0)
    world.crm.send(crm_invoice(), crm_invoice(guid(4), "СЧ-4", total="1"))
    report = world.run()
    assert told.new() == [
        ("versions", "crm", "", "", {"versions": ["1.0"]}),
        ("held", "crm", BILL, guid(4), {"problems": ["SUM_NOT_ROWS"]}),
        taken("crm", 1, 0, 2),
        written("crm", 1, 1, 0),
    ]
    assert report.taken == [Taken("crm", 1, 2, "Message_CRM_BP.xml")]
    assert report.written == [Written("crm", 1, 0, 1, "Message_BP_CRM.xml")]
    assert (report.held, report.released, report.events) == (1, 0, [])


def test_what_is_held_is_replaced_dropped_and_released(world: World) -> None:
    told = began(world)
    world.crm.send(crm_invoice(guid(4), "СЧ-4", total="1"), crm_invoice(guid(5)))
    world.bp.send(UNREADABLE)
    world.run()
    told.new()
    world.crm.send(crm_invoice(guid(4), "СЧ-4", total="2"))
    world.bp.send(BOOK.deletion("ПБДСРасчетыСКонтрагентамиСсылка", guid(70)))
    report = world.run()
    assert told.new() == [
        ("dropped", "crm", BILL, guid(4), {"why": "replaced", "raw": f"<{BILL}"}),
        ("held", "crm", BILL, guid(4), {"problems": ["SUM_NOT_ROWS"]}),
        taken("crm", 5, 1, 1),
        ("dropped", "bp", TRADE, guid(70), {"why": "replaced", "raw": f"<{BANK_IN}"}),
        taken("bp", 4, 1, 1),
        written("crm", 3, 5, 0),
        written("bp", 3, 4, 0),
    ]
    assert (report.held, report.released, report.status) == (1, 0, 1)
    world.crm.send(crm_invoice(guid(4), "СЧ-4"), crm_deletion(BILL, INVOICE))
    report = world.run()
    assert told.new() == [
        ("dropped", "crm", BILL, guid(4), {"why": "replaced", "raw": f"<{BILL}"}),
        taken("crm", 6, 1, 2),
        written("crm", 4, 6, 0),
        written("bp", 4, 4, 2),
    ]
    done = world.exchange().command("retry", keys=[])
    assert told.new() == [
        ("released", "crm", BILL, guid(5), {"why": "released", "raw": f"<{BILL}"})
    ]
    assert (done.held, done.released, done.status, done.did_something) == (0, 1, 0, False)


def test_an_invoice_withdrawn_and_brought_back(world: World) -> None:
    told = began(world)
    name = Said("счёт СЧ-2 от 2026-02-11", "invoice СЧ-2 of 2026-02-11")
    world.crm.send(crm_invoice(OTHER_INVOICE, "СЧ-2", total="1"))
    world.bp.send(BOOK.invoice(OTHER_INVOICE, number="СЧ-2", total="много"))
    world.run()
    told.new()
    world.bp.send(BOOK.deletion("ЗаказКлиентаСсылка", OTHER_INVOICE))
    report = world.run()
    assert told.new() == [
        ("withdrawn", "bp", *SECOND, {}),
        ("dropped", "bp", *SECOND, {"why": "replaced", "raw": "<Документ.ЗаказКлиента"}),
        taken("bp", 4, 1, 1),
        written("crm", 3, 4, 1),
        written("bp", 3, 4, 0),
    ]
    assert report.events == [("withdrawn", f"{BILL} {OTHER_INVOICE}")]
    assert report.names == {f"{BILL} {OTHER_INVOICE}": name}
    world.bp.send(BOOK.deletion("ЗаказКлиентаСсылка", OTHER_INVOICE))  # nothing new
    world.run()
    assert told.new() == [taken("bp", 5, 1, 1), written("bp", 4, 5, 0)]
    world.bp.send(BOOK.invoice(OTHER_INVOICE, number="СЧ-2"))
    world.run()
    assert told.new()[:2] == [("returned", "bp", *SECOND, {}), taken("bp", 6, 1, 1)]


def test_ties_and_their_end(world: World) -> None:
    told = began(world)
    world.bp.send(payment("90"))
    world.run()
    told.new()
    exchange = world.exchange()
    exchange.command("link", operation=OPERATION, invoice=INVOICE, sum="90.00")
    assert told.new() == [("linked", "", TRADE, OPERATION, {"invoice": INVOICE, "sum": "90.00"})]
    world.run()
    assert told.new() == [written("crm", 2, 3, 2)]
    world.exchange().command("unlink", operation=OPERATION)
    assert told.new() == [("unlinked", "", TRADE, OPERATION, {"invoices": [INVOICE]})]
    link(world, OTHER_INVOICE, "50")
    told.new()
    world.bp.send(BOOK.payment(rows=BOOK.payment_row("90", OWN_KEY)))
    world.run()
    overruled = ("warning", "bp", TRADE, OPERATION, {"problem": "LINK_OVERRULED"})
    assert overruled in told.new()
    (problem,) = [each["details"]["problem"] for each in world.journal("warning")]
    label = f"{BANK_IN} № БП-1"
    assert problem["where"] == ["", 4, label, "", f"{BANK_IN} {OPERATION}"]
    assert problem["details"] == [["invoices", "СЧ-2"]]
    world.exchange().command("unlink", operation=OPERATION)  # which is tied to nothing by now
    assert told.new() == [("unlinked", "", TRADE, OPERATION, {"invoices": []})]


@pytest.mark.parametrize("side", ["crm", "bp"])
def test_conflicts_of_an_invoice_and_of_a_counterparty(make: Any, side: str) -> None:
    world = make(conflicts=side)
    told = began(world)
    card = el(PARTY, el("КлючевыеСвойства", party(name="Иное имя")))
    world.crm.send(ours("600"), crm_counterparty(name="Другое имя"))
    world.bp.send(edited("400"), card)
    report = world.run()
    conflict = {"winner": side, "versions": {"crm": "600", "bp": "400"}}
    other = {"winner": side, "versions": {"crm": "Другое имя", "bp": "Иное имя"}}
    assert told.new()[:4] == [
        taken("crm", 4, 1, 2),
        ("conflict", "bp", *FIRST, conflict),
        ("conflict", "bp", PARTY, BUYER, other),
        taken("bp", 3, 1, 2),
    ]
    assert report.events == [("conflict", f"{BILL} {INVOICE}"), ("conflict", f"{PARTY} {BUYER}")]
    assert report.names == {
        f"{BILL} {INVOICE}": Said("счёт СЧ-1 от 2026-02-11", "invoice СЧ-1 of 2026-02-11"),
        f"{PARTY} {BUYER}": Said("контрагент Иное имя", "counterparty Иное имя"),
    }
    assert (report.status, report.held) == (0, 0)


def test_a_winning_edit_beats_what_the_other_side_has_held(world: World) -> None:
    told = began(world)
    world.bp.send(BOOK.invoice(total="много"))
    world.run()
    told.new()
    world.crm.send(ours("600"))
    world.run()
    assert told.new() == [
        ("dropped", "bp", *FIRST, {"why": "beaten", "raw": "<Документ.ЗаказКлиента"}),
        taken("crm", 4, 1, 1),
        written("crm", 2, 4, 0),
        written("bp", 3, 3, 1),
    ]


def test_another_guid_of_an_invoice(world: World) -> None:
    told = began(world)
    world.bp.send(BOOK.invoice(FOREIGN_INVOICE), BOOK.invoice(FOREIGN_INVOICE.upper()))
    world.run()
    assert told.new()[:2] == [
        ("alias", "bp", *FIRST, {"other": FOREIGN_INVOICE}),
        taken("bp", 3, 1, 2),
    ]


def test_rejected_put_back_and_late(world: World) -> None:
    told = began(world)
    late = world.crm.compose()
    world.crm.send(crm_invoice(guid(5), "СЧ-5"))
    world.run()
    told.new()
    world.crm.send(sender="УТ")
    report = world.run()
    rejected = {"problem": "SENDER_WRONG", "file": "Message_CRM_BP.xml"}
    assert told.new() == [("rejected", "crm", "", "", rejected)]
    (aside,) = report.aside
    assert aside == SetAside("crm", "Message_CRM_BP.xml", report.problems[0])
    assert aside.problem.details == (
        ("expected", "CRM"), ("own", "BP"), ("sender", "УТ"), ("to", "BP"),
    )  # fmt: skip
    assert aside.problem.where.file == "Message_CRM_BP.xml"
    world.bp.ours().unlink()
    report = world.run()
    assert told.new() == [("put_back", "bp", "", "", {"number": 2})]
    assert [each["pass"] for each in world.journal("put_back")] == [0]  # of no record
    assert report.written == [Written("bp", 2, 1, 2, "Message_CRM_BP.xml", again=True)]
    world.crm.put(late)
    report = world.run()
    assert told.new() == [("warning", "crm", "", "", {"problem": "MESSAGE_LATE"})]
    (problem,) = report.problems
    assert dict(problem.details) == {"number": 4, "received": 5}
    assert problem.where.file == "Message_CRM_BP.xml"


def test_an_alarm_and_the_way_back(world: World) -> None:
    told = began(world)
    world.bp.send(BOOK.invoice(), BOOK.payment(), payment("90", ref=guid(72)), UNREADABLE)
    world.run()
    told.new()
    world.bp.send(received_no=99)
    report = world.run()
    alarm = {"problem": "ACK_UNKNOWN", "file": "Message_BP_CRM.xml"}
    assert told.new() == [("alarm", "bp", "", "", alarm)]
    reason = world.row("bp").reason
    assert reason is not None
    assert dict(reason.details) == {"number": "99", "sent": "2", "side": "bp"}
    assert (reason.where.file, report.status) == ("Message_BP_CRM.xml", 1)
    done = world.exchange().command("restored", side="bp", sent=5, received=1, agreed=False)
    assert told.new() == [
        ("dropped", "bp", TRADE, guid(70), {"why": "restored", "raw": f"<{BANK_IN}"}),
        ("restored", "bp", "", "", {"sent": 5, "received": 1}),
    ]
    assert (done.events, done.status, done.held) == ([("restored", "bp")], 0, 0)
    world.tick(5)
    world.bp.send(BOOK.invoice(), BOOK.payment())
    passes = Archive(world.link).last()
    report = world.run()
    assert told.new() == [("missing", "bp", TRADE, guid(72), {})]
    assert Archive(world.link).last() == passes + 1  # by whose number what lacks is told apart
    (problem,) = report.problems
    assert problem.kind.id == "RESTORED_ASK"
    assert dict(problem.details) == {"count": 1, "side": "bp"}
    assert problem.where.file == "Message_BP_CRM.xml"
    world.exchange().command("agreed", side="bp")
    assert told.new() == [("agreed", "bp", "", "", {})]
    world.run()
    assert told.new()[:2] == [("withdrawn", "bp", TRADE, guid(72), {}), taken("bp", 5, 1, 2)]
