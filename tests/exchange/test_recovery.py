"""State and archive: what was lost, damaged, restored; crashes (SPEC §5; PROTOCOL R9, R10)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from converter.exchange.traces import traces_of
from converter.problems import Stopped
from converter.state.opening import open_state
from tests.exchange.test_files import Death
from tests.exchange.test_invoices import BILL, ORDER
from tests.exchange.world import BOOK, World, state_of, text
from tests.mapping.book import crm_invoice, crm_row
from tests.messages import guid


def began(world: World) -> None:
    """An invoice, a payment, an edit."""
    world.crm.send(crm_invoice())
    world.run()
    world.calm(1)
    world.x("bp", BOOK.payment())


def opened(world: World) -> None:
    """Open the state as a command does."""
    open_state(
        f"sqlite:///{world.database}", lambda: list(traces_of(world.link)), world.now
    ).close()


def rebuilt(world: World) -> int:
    """``doctor --fix``."""
    world.close()
    world._state = open_state(f"sqlite:///{world.database}", list, world.now, rebuild=True)
    return world.exchange().recover(rebuild=True)


@pytest.mark.parametrize("how", ["missing", "empty", "damaged"])
def test_a_lost_state_does_not_begin_again(world: World, how: str) -> None:
    began(world)
    world.close()
    if how == "missing":
        world.database.unlink()
    else:
        world.database.write_bytes(b"" if how == "empty" else b"no database at all" * 99)
    with pytest.raises(Stopped) as stopped:
        opened(world)
    assert stopped.value.problem.kind.id == ("STATE_DAMAGED" if how == "damaged" else "STATE_LOST")


def test_an_exchange_does_not_begin_anew_beside_its_archive(world: World) -> None:
    began(world)
    world.close()
    world.database.unlink()
    with pytest.raises(Stopped) as stopped:
        world.run()
    problem = stopped.value.problem
    assert problem.kind.id == "STATE_LOST"
    records = str(world.crm.folder / "archive" / "passes")
    assert dict(problem.details) == {"state": world.state().name, "trace": records}


@pytest.mark.parametrize("trace", ["archive", "rejected", "ours"])
def test_any_trace_tells(world: World, trace: str) -> None:
    path = {
        "archive": world.bp.folder / "archive" / "x.xml",
        "rejected": world.crm.folder / "rejected" / "x.xml",
        "ours": world.crm.folder / "Message_BP_CRM.xml",
    }[trace]
    path.parent.mkdir(exist_ok=True)
    path.write_text("x")
    with pytest.raises(Stopped):
        opened(world)


def test_the_state_is_rebuilt_and_numbering_goes_on(world: World) -> None:
    began(world)
    before = world.row("crm"), world.row("bp")
    ours = world.crm.ours().read_bytes()
    world.close()
    world.database.unlink()
    assert rebuilt(world) > 0
    after = world.row("crm"), world.row("bp")
    for old, new in zip(before, after, strict=True):
        assert (old.sent, old.received, old.acknowledged, old.guid) == (
            new.sent, new.received, new.acknowledged, new.guid,
        )  # fmt: skip
    world.run()
    assert world.crm.ours().read_bytes() == ours
    world.calm()
    assert not world.run().did_something
    world.x("crm", crm_invoice(total="400", goods=crm_row(quantity="4", sum="400", vat_sum=None)))
    assert world.bp.read().number == before[1].sent + 1
    assert state_of(world.crm.read())["Оплачено"] == "150"


def test_a_rebuilt_state_knows_the_guids_of_a_greeting(world: World) -> None:
    peer = guid(900)
    world.bp.greet(guid=peer)
    world.run()
    world.crm.send(crm_invoice())
    world.run()
    world.bp.send(BOOK.payment(), sender=peer, to=world.row("bp").guid)
    assert world.run().status == 0
    paid = state_of(world.crm.read())["Оплачено"]
    world.close()
    world.database.unlink()
    rebuilt(world)
    assert world.row("bp").received == 1
    assert world.row("bp").peer == peer
    world.x("crm", crm_invoice(total="400", goods=crm_row(quantity="4", sum="400", vat_sum=None)))
    assert state_of(world.crm.read())["Оплачено"] == paid


def test_a_rebuilt_state_knows_the_versions_of_a_greeting(make: object, tmp_path: Path) -> None:
    world = World(tmp_path / "auto", version="auto")
    world.bp.greet(guid=guid(900), versions=("1.8",))
    world.crm.send(crm_invoice())
    for _ in range(3):
        world.run()
        world.tick(61)
    assert world.bp.read().header.format.endswith("/1.8")
    sent = world.row("bp").sent
    world.close()
    world.database.unlink()
    rebuilt(world)
    assert world.row("bp").sent == sent
    assert world.row("bp").formats == ("1.8",)
    world.close()


def test_a_backup_of_the_state_is_caught_up(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.close()
    backup = world.root / "backup"
    shutil.copy(world.database, backup)
    world.calm(1)
    world.x("bp", BOOK.payment())
    sent = world.row("crm").sent
    ours = world.crm.ours().read_bytes()
    world.close()
    shutil.copy(backup, world.database)
    assert not world.run().aside
    assert world.row("crm").sent == sent
    assert world.crm.ours().read_bytes() == ours
    world.x("bp", BOOK.payment(total="50", rows=""))
    assert state_of(world.crm.read())["Оплачено"] == "50"


def test_a_gap_in_the_archive_stops(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.close()
    backup = world.database.read_bytes()
    world.calm(1)
    for base in (world.crm, world.bp):
        records = sorted((base.folder / "archive" / "passes").rglob("*.json"))
        records[-2].unlink()
    world.close()
    world.database.write_bytes(backup)
    with pytest.raises(Stopped) as stopped:
        world.run()
    assert stopped.value.problem.kind.id == "ARCHIVE_GAP"


def test_a_message_that_is_gone_from_the_archive_stops(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.close()
    backup = world.database.read_bytes()
    world.x("crm", crm_invoice(guid(2), "СЧ-2"))
    kept = sorted((world.crm.folder / "archive").rglob("*-in-*.xml"))
    kept[-1].unlink()
    world.close()
    world.database.write_bytes(backup)
    with pytest.raises(Stopped) as stopped:
        world.run()
    assert stopped.value.problem.kind.id == "ARCHIVE_DAMAGED"


def test_an_alarm_survives_the_loss_of_the_state(world: World) -> None:
    began(world)
    world.crm.send(received_no=99)
    assert world.run().status == 1
    world.close()
    world.database.unlink()
    rebuilt(world)
    assert world.row("crm").alarm is not None


def test_held_objects_and_retries_survive_the_loss_of_the_state(world: World) -> None:
    from tests.mapping.book import crm_deletion

    world.crm.send(crm_invoice(), crm_invoice(guid(3)), crm_invoice(guid(4), "СЧ-4", total="1"))
    world.run()
    world.crm.send(crm_deletion(BILL, _first()))
    world.run()
    world.retry()
    held = [each.key for each in world.held()]
    sent = world.bp.ours().read_bytes()
    world.close()
    world.database.unlink()
    rebuilt(world)
    assert [each.key for each in world.held()] == held
    world.run()
    assert world.bp.ours().read_bytes() == sent


def _first() -> str:
    from tests.mapping.book import INVOICE

    return INVOICE


PLACES = (
    "begun",
    "decided",
    "kept",
    "archived",
    "committed",
    "moved",
    "delivered",
    "marked",
)


def test_the_steps_of_a_pass_in_their_order(world: World) -> None:
    steps: list[str] = []
    world.crm.send(crm_invoice())
    world.run(steps.append)
    kept = ["kept"] * 3
    shown = [*["delivered"] * 2, *["marked"] * 2]
    whole = ["begun", "decided", *kept, "archived", "committed", "moved", *shown]
    assert steps == whole
    assert sorted(set(steps)) == sorted(PLACES)
    steps.clear()
    world.run(steps.append)
    assert steps == ["decided", "archived", "committed", "moved"]  # nothing was to be kept
    steps.clear()
    world.exchange(steps.append).command("retry", keys=[])
    assert steps == ["archived"]
    world.close()
    world.database.unlink()
    steps.clear()
    world.exchange(steps.append).recover(rebuild=True)
    assert steps == ["begun", "replayed", "replayed"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("times", [1, 2])
def test_a_crash_loses_and_doubles_nothing(world: World, place: str, times: int) -> None:
    left = [times]

    def checkpoint(name: str) -> None:
        if name == place:
            left[0] -= 1
            if left[0] == 0:
                raise Death

    world.crm.send(crm_invoice())
    world.bp.send(BOOK.payment())
    try:
        world.run(checkpoint)
    except Death:
        world.close()
    for base in (world.crm, world.bp):
        for path in base.folder.glob("Message*"):
            assert path.read_bytes().rstrip().endswith(b"</Message>")
    world.run()
    assert world.bp.read().number == 1
    letter = world.crm.read()
    assert letter.number == 1
    assert state_of(letter)["Оплачено"] == "150"
    assert not list(world.root.rglob(".converter-*"))
    world.calm()
    assert not world.run().did_something


@pytest.mark.parametrize("place", PLACES)
def test_a_crash_while_a_file_is_set_aside(world: World, place: str) -> None:
    def checkpoint(name: str) -> None:
        if name == place:
            raise Death

    world.crm.send(crm_invoice(), sender="УТ")
    try:
        world.run(checkpoint)
    except Death:
        world.close()
    world.run()
    assert world.crm.rejected() == [world.crm.name, f"{world.crm.name}.txt"]
    assert text_of(world) is None


def text_of(world: World) -> str | None:
    """The number of an invoice that was passed on, if any."""
    letter = world.bp.look()
    return None if letter is None else text(letter.one(ORDER), "КлючевыеСвойства/Номер")
