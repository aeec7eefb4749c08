"""Everything that can happen in a history, by name; what is impossible at the moment does nothing.

Every action takes two numbers that choose what it is about, so that a history is a list of
(name, number, number) that can be played again, and shortened.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.simulation import edits
from tests.simulation.operations import Operation
from tests.simulation.things import OPERATION, Key
from tests.simulation.watch import Violation
from tests.simulation.world import World

Do = Callable[[World, int, int], object]
#: a pass that takes and writes on both sides has about so many
MOST_CHECKPOINTS = 14


class Step(NamedTuple):
    """One action of a history."""

    name: str
    a: int = 0
    b: int = 0


# -- the exchange and its faults -----------------------------------------------------------------


def _base_action(name: str) -> tuple[Do, Do]:
    def crm(world: World, a: int, b: int) -> object:
        return getattr(world.crm, name)()

    def bp(world: World, a: int, b: int) -> object:
        return getattr(world.bp, name)()

    return crm, bp


def converter_pass(world: World, a: int, b: int) -> None:
    world.converter_pass()


def crash(world: World, a: int, b: int) -> None:
    """The converter dies in the middle of a pass."""
    world.converter_pass(crash=1 + a % MOST_CHECKPOINTS)


def lose(world: World, a: int, b: int) -> None:
    """A file disappears from a folder."""
    base = world.bases[a % 2]
    names = (base.own, base.other) if b % 2 else (base.other, base.own)
    for path in base.folder.glob(f"Message*_{names[0]}_{names[1]}.*"):
        path.unlink()


def repeat(world: World, a: int, b: int) -> None:
    """An older message of a base stands in the folder again."""
    base = world.bases[a % 2]
    life = base.archive[base.life :]
    if life:
        base.unfinished = None
        base.write([life[-1 - b % min(4, len(life))].data])


def repeat_ours(world: World, a: int, b: int) -> None:
    """An older message of the converter's stands in the folder again."""
    base = world.bases[a % 2]
    ours = world.ours[base.side]
    if ours:
        name, data = ours[-1 - b % min(4, len(ours))]
        (base.folder / name).write_bytes(data)


def finish(world: World, a: int, b: int) -> None:
    for base in world.bases:
        base.finish()


def wait(world: World, a: int, b: int) -> None:
    world.clock.tick(100)


def backup(world: World, a: int, b: int) -> None:
    base = world.bases[a % 2]
    world.backups[base.side] = base.backup()


def restore(world: World, a: int, b: int) -> None:
    """A base is restored from its backup, by the book (R8); now and then its schedule is quicker."""
    base = world.bases[a % 2]
    if base.side in world.backups:
        world.restore(base.side, scheduled=b % 4 == 1, unread=b % 4 == 2)


def restore_unreported(world: World, a: int, b: int) -> None:
    """A base is restored and nobody says so, until the alarm: its next number was taken before."""
    base = world.bases[a % 2]
    kept = world.backups.get(base.side)
    if kept is None or kept.sent >= world.counters()[base.side].received:
        return
    base.restore(kept)
    base.sync()
    world.converter_pass()
    if world.counters()[base.side].alarm is None:
        raise Violation(f"{base.side} was restored, and no alarm was raised")
    number = world.counters()[base.side].sent
    world.x("bp" if base.side == "crm" else "crm")
    if world.counters()[base.side].sent != number:
        raise Violation(f"a message was written to {base.side}, which is in alarm")
    world.bring_back(base.side)


def backup_state(world: World, a: int, b: int) -> None:
    world.backup_state()


def restore_state(world: World, a: int, b: int) -> None:
    if world.state_backup:
        world.restore_state()


def retry(world: World, a: int, b: int) -> None:
    world.retry()


def link(world: World, a: int, b: int) -> None:
    """A person ties an operation that names no invoice, as a whole or in part."""
    found = [key for key in world.bp.operations() if _names_nothing(world.bp.objects[key])]
    invoices = sorted(world.crm.invoices())
    if found and invoices:
        amount = str(20 + b % 60) if b % 3 else None
        world.link(found[a % len(found)], invoices[b % len(invoices)], amount)


def _names_nothing(operation: Operation) -> bool:
    return all(part.order is None and part.settles is None for part in operation.parts)


def unlink(world: World, a: int, b: int) -> None:
    tied = sorted(world.watch.ties)
    if tied:
        refused = world.unlink(Key(OPERATION, tied[a % len(tied)]))
        if refused is not None:
            raise Violation(f"a tie cannot be untied: {refused}")


_SYNC, _SEND, _RECEIVE, _TORN = (
    _base_action(name) for name in ("sync", "send", "receive", "begin_send")
)


def _x(side: str) -> Do:
    def x(world: World, a: int, b: int) -> None:
        world.x(side)

    return x


def clash(world: World, a: int, b: int) -> None:
    """Both change the same invoice before either hears of it."""
    crm = (edits.crm_edit, edits.crm_delete, edits.crm_private, edits.crm_spoil)[b % 4]
    crm(world, a, b)
    (edits.bp_withdraw if b % 11 == 0 else edits.bp_edit)(world, a, b + 1)
    if b % 2:
        world.crm.send()
    if b % 3:
        world.bp.send()


#: name → weight, what it does
ACTIONS: dict[str, tuple[int, Do]] = {
    "crm_new": (8, edits.crm_new),
    "crm_edit": (10, edits.crm_edit),
    "crm_private": (4, edits.crm_private),
    "crm_spoil": (3, edits.crm_spoil),
    "crm_mend": (2, edits.crm_mend),
    "crm_delete": (4, edits.crm_delete),
    "crm_party": (2, edits.crm_party),
    "crm_again": (1, edits.crm_again),
    "crm_meddle": (2, edits.crm_meddle),
    "bp_edit": (10, edits.bp_edit),
    "bp_own": (2, edits.bp_own),
    "bp_pay": (8, edits.bp_pay),
    "bp_unnamed": (4, edits.bp_unnamed),
    "bp_ship": (4, edits.bp_ship),
    "bp_refund": (3, edits.bp_refund),
    "bp_change": (4, edits.bp_change),
    "bp_move": (4, edits.bp_move),
    "bp_unpost": (4, edits.bp_unpost),
    "bp_withdraw": (3, edits.bp_withdraw),
    "bp_twin": (3, edits.bp_twin),
    "bp_anew": (1, edits.bp_anew),
    "bp_party": (1, edits.bp_party),
    "bp_card": (1, edits.bp_card),
    "clash": (5, clash),
    "x_crm": (16, _x("crm")),
    "x_bp": (16, _x("bp")),
    "crm_sync": (6, _SYNC[0]),
    "bp_sync": (6, _SYNC[1]),
    "crm_send": (5, _SEND[0]),
    "bp_send": (5, _SEND[1]),
    "crm_receive": (3, _RECEIVE[0]),
    "bp_receive": (3, _RECEIVE[1]),
    "pass": (14, converter_pass),
    "crash": (4, crash),
    "crm_torn": (1, _TORN[0]),
    "bp_torn": (1, _TORN[1]),
    "finish": (2, finish),
    "lose": (3, lose),
    "repeat": (3, repeat),
    "repeat_ours": (2, repeat_ours),
    "wait": (1, wait),
    "backup": (3, backup),
    "restore": (2, restore),
    "restore_unreported": (1, restore_unreported),
    "backup_state": (2, backup_state),
    "restore_state": (2, restore_state),
    "retry": (2, retry),
    "link": (6, link),
    "unlink": (2, unlink),
}


def play(world: World, step: Step) -> None:
    """Do one action."""
    ACTIONS[step.name][1](world, step.a, step.b)
