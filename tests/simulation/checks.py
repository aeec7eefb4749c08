"""The invariants of PROTOCOL.md, checked when the faults have stopped."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import replace

from tests.mapping.book import BUYER
from tests.simulation.expected import essence, live_invoices, operations, state
from tests.simulation.things import (
    BOOK_PAID,
    BOOK_SHIPPED,
    INVOICE,
    ITEM,
    OPERATION,
    PARTY,
    SELLER,
    Key,
    markers_in,
)
from tests.simulation.watch import Violation, Watch
from tests.simulation.world import SETTLE, World

ROUNDS = 5
#: what BP fills in by itself where the CRM says nothing (BP.md)
_FILLED = ("account", "contract")


def converge(world: World) -> None:
    """Faults stop, people mend what is bad or held, everybody exchanges a few rounds."""
    for base in world.bases:
        base.finish()
    _mend(world)
    for _ in range(2):
        world.round()
        world.clock.tick(SETTLE + 1)
    _mend_held(world)
    for _ in range(ROUNDS):
        world.round()
        world.clock.tick(SETTLE + 1)


def _mend(world: World) -> None:
    crm, bp, watch = world.crm, world.bp, world.watch
    for key in crm.invoices():
        if crm.is_bad(key):
            crm.mend_invoice(key, watch.edit(crm, key, crm.marker(key)))
    for key in bp.operations():
        if bp.objects[key].bad:
            bp.write_operation(bp.objects[key]._replace(bad=False, marker=watch.marker("o")))


def _mend_held(world: World) -> None:
    """Somebody looks at ``status`` and writes anew what is held."""
    crm, bp, watch = world.crm, world.bp, world.watch
    for held in world.bridge.status()["held"]:
        name, _, ref = held["key"].partition(" ")
        key = Key(name, ref)
        if key in crm.objects and name == INVOICE:
            crm.edit_invoice(key, watch.edit(crm, key, crm.marker(key)), 3, 123)
        elif Key(OPERATION, ref) in bp.objects:
            bp.registered[Key(OPERATION, ref)] = None


def check(world: World) -> None:
    """Everything that must hold after `converge`; raises `Violation`."""
    faults = [
        *_complaints(world),
        *_alarms(world),
        *_invoices(world),
        *_operations(world),
        *_states(world),
        *_cards(world),
        *_edits(world),
    ]
    if faults:
        raise Violation("\n".join(faults))
    _quiet(world)


def _complaints(world: World) -> list[str]:
    return [complaint for base in world.bases for complaint in base.complaints]


def _alarms(world: World) -> list[str]:
    return [
        f"{side} is in alarm: {counters.alarm}"
        for side, counters in world.counters().items()
        if counters.alarm is not None
    ]


def _invoices(world: World) -> list[str]:
    """Both hold the CRM's invoices, once; what was deleted stays deleted; BP's own stay in BP."""
    crm, bp = world.crm, world.bp
    faults = []
    live = live_invoices(crm)
    for key, ours in live.items():
        if not world.watch.is_crms(key):
            faults.append(f"BP's own invoice {key.ref} is in the CRM")
            continue
        theirs = bp.objects.get(key)
        if theirs is None or not (bp.is_posted(key) or key in bp.left):
            told = crm.states().get(key.ref)
            if told is None or not told.withdrawn:
                faults.append(f"the CRM's invoice {key.ref} is not in BP")
            continue
        mine, other = essence(ours), essence(theirs)
        for name in mine:
            if mine[name] != other[name] and not (name in _FILLED and mine[name] is None):
                faults.append(
                    f"invoice {key.ref}: {name} is {mine[name]} in the CRM, {other[name]} in BP"
                )
    for key in bp.invoices():
        if not bp.register.is_known(key):
            continue  # no message can name it, see `Register`
        if world.watch.is_crms(key) and key not in live:
            faults.append(f"the invoice {key.ref} is in BP and not in the CRM")
    return faults


def _operations(world: World) -> list[str]:
    expected = operations(world.crm, world.bp, world.watch)
    found = {
        ref: {share.invoice.ref: share.sum for share in operation.shares}
        for ref, operation in world.crm.operations().items()
    }
    told = world.crm.operations().items()
    faults = [
        f"operation {ref}: more than its sum"
        for ref, operation in told
        if sum(share.sum for share in operation.shares) > operation.total
    ]
    return faults + [
        f"operation {ref}: the CRM holds {found.get(ref)}, it must be {expected.get(ref)}"
        for ref in sorted(found.keys() | expected.keys())
        if found.get(ref) != expected.get(ref)
    ]


def _states(world: World) -> list[str]:
    faults = []
    told = world.crm.states()
    for key, invoice in live_invoices(world.crm).items():
        must = state(key, invoice, world.crm, world.bp, world.watch)
        has = told.get(key.ref)
        if has is None:
            if must.paid or must.shipped or Key(BOOK_PAID, key.ref) in world.bp.words:
                faults.append(f"invoice {key.ref} has no state, it must be {must}")
            continue
        if (has.paid, has.payment, has.shipped, has.shipment) != tuple(must):
            faults.append(f"invoice {key.ref}: its state is {has}, it must be {must}")
        if has.total != invoice.total:
            faults.append(f"invoice {key.ref}: {invoice.total}, its state says {has.total}")
        gone = not world.bp.is_posted(key)
        # what a load brought back is withdrawn until BP sends it again (SPEC §4)
        if key in world.bp.left:
            continue  # BP does not say that a load stayed unposted
        words = [world.bp.words.get(Key(kind, key.ref)) for kind in (BOOK_PAID, BOOK_SHIPPED)]
        if not gone and words != [has.book_payment, has.book_shipment]:
            faults.append(f"invoice {key.ref}: BP says {words}, the CRM was told {has}")
        if has.withdrawn != gone and not (has.withdrawn and key in world.bp.revived):
            faults.append(f"invoice {key.ref}: withdrawn is {has.withdrawn} in the CRM")
    return faults


def _cards(world: World) -> list[str]:
    faults = []
    for key, card in world.bp.objects.items():
        ours = world.crm.objects.get(key)
        if key.type == ITEM and _item(ours) != _item(card):
            faults.append(f"item {key.ref}: the CRM holds {ours}, BP {card}")
        elif key.type == SELLER and ours is None:
            faults.append("the organisation is not in the CRM")
        elif key.type == PARTY and ours is not None and ours.comment != card.comment:
            faults.append(f"party: {ours.comment} in the CRM, {card.comment} in BP")
    for key in world.crm.objects:
        if key.type == PARTY and key not in world.bp.objects:
            faults.append("the party is not in BP")
    return faults


def _item(card: Any) -> Any:
    return None if card is None else replace(card, unit=None)


def _edits(world: World) -> list[str]:
    """No edit is lost without a journal entry, no older version beats its own successor.

    A deletion is not lost where the object is deleted, even if by another one that was made in a
    restored base on an older version; nor are private fields that went with what was deleted. The latter is asked of versions that the converter took in this
    order, since one that it sees for the first time in a restored base looks like an edit; not of a
    successor that came with the complete contents of a restored base, or as the next version of what
    was refused there: any difference is a conflict then, whatever it was made on (R8, step 5); and not where BP fills fields, since the version
    that it sends back is then another.
    """
    watch = world.watch
    told = watch.lines(journalled(world))
    held = {each["key"].partition(" ")[2] for each in world.bridge.status()["held"]}
    faults: list[str] = []
    refused = watch.refused()
    for private in (False, True):
        first = {} if world.options.fills and not private else watch.first_seen(private)
        finals = {key: _final(world, key, private) for key in [*watch.born, Key(PARTY, BUYER)]}
        for side, key, marker in watch.accepted_markers(private):
            final = finals[key]
            line = list(watch.line(final))
            if watch.deletes(marker) and watch.deletes(final):
                continue
            if marker in line or key.ref in held or (private and marker in refused):
                continue
            if private and key not in world.crm.objects and watch.is_before_a_deletion(key, marker):
                continue
            if marker not in told:
                faults.append(f"edit {marker} of {side} is lost: {key.ref} is at {line}")
            elif marker not in refused and _beaten(watch, first, final, marker, key):
                faults.append(f"{final} beat its successor {marker}: {key.ref}")
    return faults


def _beaten(watch: Watch, first: dict[str, int], older: str | None, newer: str, key: Key) -> bool:
    """Whether a version stands that another was made on, both taken in this order."""
    line = list(watch.line(newer))
    if older is None or older not in line or older not in first or newer not in first:
        return False
    since = [first[each] for each in line[: line.index(older)] if each in first]
    if any((place, key) in watch.baseless for place in since):
        return False  # what was made on the loser of such a conflict shares its lot
    return first[older] < first[newer]


def journalled(world: World) -> set[str]:
    """The markers of all versions in the journal; a deletion stands there as a version of its own."""
    entries = world.bridge.journal()
    found = markers_in(json.dumps(entries, ensure_ascii=False, default=str))
    for entry in entries:
        versions = entry["details"].get("versions", {})
        if entry["event"] == "conflict" and None in versions.values():
            key = Key(entry["kind"], entry["ref"])
            found.update(each.marker for each in world.watch.deletions(key))
    return found


def _final(world: World, key: Key, private: bool) -> str | None:
    """The marker of the version that stands at the end, or of the deletion."""
    crm, watch = world.crm, world.watch
    if key in crm.objects:
        return crm.private(key) if private else crm.marker(key)
    if private:
        markers = [each[2] for each in watch.accepted_markers(True) if each[1] == key]
        return markers[-1] if markers else None
    deletions = [
        said
        for sent in watch.accepted
        if isinstance(said := sent.objects.get(key), str) and sent.side == "crm"
    ]
    return deletions[-1] if deletions else None


def _quiet(world: World) -> None:
    """Two more rounds, and the converter writes nothing."""
    before = (dict(world.watch.published), _sent(world))
    for _ in range(2):
        world.round()
    if (dict(world.watch.published), _sent(world)) != before:
        raise Violation(f"not quiet: {before[1]} became {_sent(world)}")


def _sent(world: World) -> str:
    return json.dumps({side: each.sent for side, each in world.counters().items()})
