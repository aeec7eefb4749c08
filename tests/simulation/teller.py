"""The short words in which PROTOCOL.md tells its histories."""

from __future__ import annotations

from decimal import Decimal

from tests.mapping.book import BANK_IN
from tests.simulation.checks import check, converge, journalled
from tests.simulation.operations import Operation, Part, Pointer, invoice_pointer
from tests.simulation.things import INVOICE, Key, guid
from tests.simulation.world import World


class Teller:
    """A world, with every edit noted as it is made."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.crm, self.bp = world.crm, world.bp

    # -- edits -----------------------------------------------------------------------------------

    def new(self, private: bool = True) -> Key:
        """The CRM writes an invoice."""
        watch = self.world.watch
        number = watch.number()
        key = Key(INVOICE, guid(number))
        watch.born.append(key)
        marker = watch.edit(self.crm, key, None)
        interest = watch.edit(self.crm, key, None, private=True) if private else None
        return self.crm.new_invoice(number, marker, interest)

    def edit(self, side: str, key: Key, price: int = 150) -> str:
        """A good version; returns its marker."""
        base = self.crm if side == "crm" else self.bp
        marker = self.world.watch.edit(base, key, base.marker(key))
        base.edit_invoice(key, marker, 2, price)
        return marker

    def private(self, key: Key) -> str:
        """Only what BP never sees changes."""
        marker = self.world.watch.edit(self.crm, key, self.crm.private(key), private=True)
        self.crm.edit_private(key, marker)
        return marker

    def bad(self, key: Key) -> str:
        """A version that a rule refuses."""
        marker = self.world.watch.edit(self.crm, key, self.crm.marker(key))
        self.crm.spoil_invoice(key, marker)
        return marker

    def good(self, key: Key) -> str:
        """The right sum again."""
        marker = self.world.watch.edit(self.crm, key, self.crm.marker(key))
        self.crm.mend_invoice(key, marker)
        return marker

    def delete(self, key: Key) -> str:
        """The CRM deletes an invoice."""
        marker = self.world.watch.edit(self.crm, key, self.crm.marker(key), deletes=True)
        self.crm.drop(key, marker)
        return marker

    def own(self) -> Key:
        """BP writes an invoice of its own."""
        number = self.world.watch.number()
        key = Key(INVOICE, guid(number))
        return self.bp.new_invoice(number, self.world.watch.edit(self.bp, key, None))

    def pay(self, target: Key | Pointer | None, amount: int = 100) -> Key:
        """BP receives money for an invoice."""
        number = self.world.watch.number()
        pointer = self.bp.pointer(target) if isinstance(target, Key) else target
        part = Part(Decimal(amount), pointer)
        marker = self.world.watch.marker("o")
        return self.bp.write_operation(
            Operation(BANK_IN, guid(number), f"О-{number}", marker, (part,))
        )

    def twin(self, key: Key) -> Key:
        """BP has an invoice of its own with the number and second of this one; returns its own key."""
        own = Key(INVOICE, guid(self.world.watch.number()))
        marker = self.world.watch.edit(self.bp, own, None)
        self.bp.twin(key, self.crm.objects[key], own.ref, marker)
        return own

    def pointer(self, key: Key) -> Pointer:
        """An invoice of the CRM's, as an operation points at it that knows it from elsewhere."""
        return invoice_pointer(self.crm.objects[key].key)

    # -- the exchange ----------------------------------------------------------------------------

    def x(self, *sides: str) -> None:
        """Each of these bases reads and writes, then a pass."""
        for side in sides:
            self.world.x(side)

    def number(self, side: str) -> int:
        """The last number that the converter gave a message towards a side."""
        return self.world.counters()[side].sent

    def alarm(self, side: str) -> str | None:
        """Why a base is left alone."""
        return self.world.counters()[side].alarm

    def held(self) -> list[str]:
        """The keys of what is held."""
        return [each["key"] for each in self.world.bridge.status()["held"]]

    def journal(self) -> set[str]:
        """The markers in the journal."""
        return journalled(self.world)

    def events(self) -> list[str]:
        """What the journal says happened, newest first."""
        return [entry["event"] for entry in self.world.bridge.journal()]

    def both(self, key: Key) -> tuple[str | None, str | None]:
        """The markers of the versions that the CRM and BP hold."""
        return self.crm.marker(key), self.bp.marker(key)

    def settle(self) -> None:
        """Everybody exchanges until all is quiet; then every invariant is checked."""
        converge(self.world)
        check(self.world)
