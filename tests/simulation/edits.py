"""What a manager writes in the CRM and an accountant in BP.

Each takes two numbers that choose what it is about, and does nothing where nothing fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from converter.objects import Row
from tests.mapping.book import BANK_IN, BANK_OUT, BUYER, CARD, CASH_IN, RETURN, SHIPMENT
from tests.simulation.operations import REFUNDS, Operation, Part, part_of
from tests.simulation.things import INVOICE, OPERATION, PARTY, Key, guid
from tests.simulation.world import World

MOST_INVOICES = 3
MOST_OPERATIONS = 8


def _pick(keys: Sequence[Key], number: int) -> Key | None:
    return keys[number % len(keys)] if keys else None


# -- the CRM's manager ---------------------------------------------------------------------------


def crm_new(world: World, a: int, b: int) -> None:
    crm, watch = world.crm, world.watch
    if len(crm.invoices()) >= MOST_INVOICES:
        return
    number = watch.number()
    key = Key(INVOICE, guid(number))
    watch.born.append(key)
    marker = watch.edit(crm, key, None)
    private = watch.edit(crm, key, None, private=True) if a % 4 else None
    made = crm.new_invoice(number, marker, private, 1 + a % 3, 100 + b % 50, 1 + b % 2)
    assert made == key
    if world.options.leaves and a % 7 == 0:
        crm.set_vat(key, False)
    if world.options.deals and b % 2 == 0:
        crm.set_contract(key)


def crm_edit(world: World, a: int, b: int) -> None:
    key = _pick(world.crm.invoices(), a)
    if key is not None:
        marker = world.watch.edit(world.crm, key, world.crm.marker(key))
        world.crm.edit_invoice(key, marker, 1 + b % 5, 100 + b % 70)
        if world.options.leaves and b % 4 == 0:
            world.crm.set_vat(key, b % 8 == 0)


def crm_private(world: World, a: int, b: int) -> None:
    key = _pick(world.crm.invoices(), a)
    if key is not None and (parent := world.crm.private(key)) is not None:
        world.crm.edit_private(key, world.watch.edit(world.crm, key, parent, private=True))


def crm_spoil(world: World, a: int, b: int) -> None:
    key = _pick(world.crm.invoices(), a)
    if key is not None:
        marker = world.watch.edit(world.crm, key, world.crm.marker(key))
        world.crm.spoil_invoice(key, marker)


def crm_mend(world: World, a: int, b: int) -> None:
    key = _pick([each for each in world.crm.invoices() if world.crm.is_bad(each)], a)
    if key is not None:
        marker = world.watch.edit(world.crm, key, world.crm.marker(key))
        world.crm.mend_invoice(key, marker)


def crm_delete(world: World, a: int, b: int) -> None:
    key = _pick(world.crm.invoices(), a)
    if key is not None:
        marker = world.watch.edit(world.crm, key, world.crm.marker(key), deletes=True)
        world.crm.drop(key, marker)


def crm_party(world: World, a: int, b: int) -> None:
    crm = world.crm
    key = Key(PARTY, BUYER)
    crm.edit_party(world.watch.edit(crm, key, crm.marker(key)))


def crm_again(world: World, a: int, b: int) -> None:
    """The manager writes the same version once more."""
    key = _pick(world.crm.invoices(), a)
    if key is not None:
        world.crm.registered[key] = None


def crm_meddle(world: World, a: int, b: int) -> None:
    """What only BP may change is changed, deleted or invented in the CRM."""
    crm = world.crm
    refs = sorted(crm.operations())
    if not refs:
        return
    key = Key(OPERATION, refs[a % len(refs)])
    if b % 3 == 0:
        crm.drop(key)
    elif b % 3 == 1:
        crm.meddle(key)
    else:
        old = crm.objects[key]
        number = world.watch.number()
        crm.invent(replace(old, key=replace(old.key, ref=guid(number), number=f"Х-{number}")))


# -- BP's accountant -----------------------------------------------------------------------------


def bp_edit(world: World, a: int, b: int) -> None:
    key = _pick(world.bp.invoices(), a)
    if key is not None:
        discount = 10 if world.options.discounts and b % 4 == 0 else 0
        marker = bp_marker(world, key)
        world.bp.edit_invoice(key, marker, 1 + b % 5, 200 + b % 70, discount)


def bp_marker(world: World, key: Key) -> str:
    """The marker of an edit of BP's; what it never took for the CRM's is edited as its own."""
    register = world.bp.register
    if register.is_foreign(key):
        return world.watch.edit(world.bp, Key(key.type, register.own[key]), None)
    return world.watch.edit(world.bp, key, world.bp.marker(key))


def bp_twin(world: World, a: int, b: int) -> None:
    """BP has an invoice of its own with the number and second of one that it has not read."""
    bp = world.bp
    unread = [key for key in world.crm.invoices() if key not in bp.objects]
    key = _pick([each for each in unread if each not in bp.register.read], a)
    if world.options.twins and key is not None:
        own = Key(INVOICE, guid(world.watch.number()))
        bp.twin(key, world.crm.objects[key], own.ref, world.watch.edit(bp, own, None))


def bp_anew(world: World, a: int, b: int) -> None:
    if world.options.anew:
        world.make_anew()


def bp_own(world: World, a: int, b: int) -> None:
    if len(world.bp.invoices()) < MOST_INVOICES + 2:
        number = world.watch.number()
        key = Key(INVOICE, guid(number))
        world.bp.new_invoice(number, world.watch.edit(world.bp, key, None))


def bp_pay(world: World, a: int, b: int) -> None:
    """A payment of one invoice, or of two in two rows."""
    keys = world.bp.invoices()
    if not keys:
        return
    parts = [Part(Decimal(50 + b % 100), world.bp.pointer(keys[a % len(keys)]))]
    if b % 3 == 0 and len(keys) > 1:
        parts.append(Part(Decimal(30), world.bp.pointer(keys[(a + 1) % len(keys)])))
    _write(world, (BANK_IN, CASH_IN, CARD)[b % 3 if len(parts) == 1 else 0], tuple(parts))


def bp_unnamed(world: World, a: int, b: int) -> None:
    """A payment that names no invoice."""
    _write(world, (BANK_IN, CASH_IN, CARD)[b % 3], (Part(Decimal(50 + b % 100)),))


def bp_ship(world: World, a: int, b: int) -> None:
    key = _pick(world.bp.invoices(), a)
    if key is not None:
        goods = part_of(world.bp.objects[key].goods, 1 + b % 3)
        part = Part(goods[0].sum or Decimal(0), world.bp.pointer(key))
        _write(world, SHIPMENT, (part,), goods)


def bp_refund(world: World, a: int, b: int) -> None:
    """Money or goods go back, for a payment or a shipment of one invoice."""
    bp = world.bp
    sources = [
        key
        for key in bp.operations()
        if bp.is_posted(key)
        and bp.objects[key].element in (BANK_IN, SHIPMENT)
        and len(bp.objects[key].parts) == 1
        and bp.objects[key].parts[0].order is not None
    ]
    key = _pick(sources, a)
    if key is None:
        return
    source: Operation = bp.objects[key]
    if source.element == SHIPMENT:
        goods = part_of(source.goods, 1)
        part = Part(goods[0].sum or Decimal(0), None, source.pointer())
        _write(world, RETURN, (part,), goods)
    else:
        _write(world, BANK_OUT, (Part(Decimal(10 + b % 20), None, source.pointer()),))


def _write(
    world: World, element: str, parts: tuple[Part, ...], goods: tuple[Row, ...] = ()
) -> None:
    if len(world.bp.operations()) >= MOST_OPERATIONS:
        return
    number = world.watch.number()
    made = Operation(
        element,
        guid(number),
        f"О-{number}",
        world.watch.marker("o"),
        parts,
        goods,
    )
    world.bp.write_operation(made)


def bp_change(world: World, a: int, b: int) -> None:
    """Another sum of a payment; good again where it was bad, bad now and then."""
    bp = world.bp
    key = _pick([key for key in bp.operations() if bp.objects[key].is_payment], a)
    if key is not None:
        old: Operation = bp.objects[key]
        first = old.parts[0]._replace(sum=Decimal(20 + b % 90))
        bad = b % 5 == 0 and not old.bad and old.element != CARD
        marker = world.watch.marker("o")
        parts = (first, *old.parts[1:])
        bp.write_operation(old._replace(parts=parts, bad=bad, marker=marker))


def bp_move(world: World, a: int, b: int) -> None:
    """An operation is moved to another invoice, or to none where nothing settles it."""
    bp = world.bp
    movable = [key for key in bp.operations() if bp.objects[key].element not in REFUNDS]
    key = _pick(movable, a)
    targets = bp.invoices()
    if key is None:
        return
    target = targets[b % len(targets)] if targets else None
    if b % 7 == 0 and not _settled_by(world, key):
        target = None
    if target is None and _settled_by(world, key):
        return
    pointer = None if target is None else bp.pointer(target)
    bp.move(key, world.watch.marker("o"), pointer)


def _settled_by(world: World, key: Key) -> list[Key]:
    """The refunds and returns of an operation."""
    bp = world.bp
    return [
        each
        for each in bp.operations()
        if any(
            part.settles is not None and part.settles.ref == key.ref
            for part in bp.objects[each].parts
        )
    ]


def bp_unpost(world: World, a: int, b: int) -> None:
    """An operation is unposted, posted again, or deleted.

    One that is settled goes only after the converter has seen both: what is found through an
    operation that it never saw alive is left open by SPEC §2.
    """
    bp = world.bp
    key = _pick(bp.operations(), a)
    if key is None:
        return
    if key in bp.unposted:
        bp.post(key)
        return
    watch = world.watch
    if all(
        watch.has_accepted(each) and watch.has_accepted(key) for each in _settled_by(world, key)
    ):
        if b % 3 == 0:
            bp.drop(key)
        else:
            bp.unpost(key)


def bp_withdraw(world: World, a: int, b: int) -> None:
    """An invoice is unposted, posted again, or deleted."""
    bp = world.bp
    key = _pick(sorted(key for key in bp.objects if key.type == INVOICE), a)
    if key is not None:
        if key in bp.unposted:
            bp.post(key)
        elif b % 5 == 0:
            bp.drop(key)
        elif b % 2:
            bp.unpost(key)


def bp_party(world: World, a: int, b: int) -> None:
    key = Key(PARTY, BUYER)
    if key in world.bp.objects:
        world.bp.edit_party(key, world.watch.edit(world.bp, key, world.bp.marker(key)))


def bp_card(world: World, a: int, b: int) -> None:
    if a % 3:
        world.bp.write_item(a % 2, world.watch.marker("i"))
    else:
        world.bp.write_seller()
