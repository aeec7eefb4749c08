"""Operations without an invoice, the invoices of their counterparties, and what people tied."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Connection

from converter.state import tables
from converter.state.rows import Rows

#: the keys by which a counterparty may be named; the second may repeat the first
Keys = tuple[str, str]


class Unlinked:
    """What one link knows of them. A counterparty is told by its keys, as in `Book.party`."""

    def __init__(self, connection: Connection, link: str) -> None:
        self._operations = Rows(connection, tables.unlinked, link=link)
        self._debtors = Rows(connection, tables.debtor, link=link)
        self._ties = Rows(connection, tables.tie, link=link)
        self._tied: dict[str, dict[str, Decimal]] | None = None

    # -- operations and invoices -----------------------------------------------------------------

    def put(self, operation: str, keys: Keys) -> None:
        """An operation has no invoice."""
        self._operations.put(operation=operation, key=keys[0], other=keys[1])

    def drop(self, operation: str) -> None:
        """An operation has one, or is gone."""
        self._operations.drop(operation=operation)

    def owes(self, invoice: str, before: Keys | None, now: Keys | None) -> None:
        """Whose an invoice is, and whose it was before; None: nobody's."""
        old, new = set(before or ()), set(now or ())
        for key in old - new:
            self._debtors.drop(key=key, invoice=invoice)
        for key in new - old:
            self._debtors.put(key=key, invoice=invoice)

    # -- ties ------------------------------------------------------------------------------------

    def ties(self, operation: str) -> dict[str, Decimal]:
        """What a person tied of an operation: sums by invoice, in the order of the invoices."""
        return dict(sorted(self._all_ties().get(operation, {}).items()))

    def tie(self, operation: str, invoice: str, amount: Decimal) -> None:
        """A person ties so much of an operation to an invoice, in place of what was tied to it."""
        self._all_ties().setdefault(operation, {})[invoice] = amount
        self._ties.put(operation=operation, invoice=invoice, sum=format(amount, "f"))

    def untie(self, operation: str) -> dict[str, Decimal]:
        """No person's ties stand any more; returns those that did."""
        ties = self._all_ties().pop(operation, {})
        for invoice in ties:
            self._ties.drop(operation=operation, invoice=invoice)
        return ties

    def _all_ties(self) -> dict[str, dict[str, Decimal]]:
        """There are few, and most questions are for an operation that has none."""
        if self._tied is None:
            self._tied = {}
            for row in self._ties.all():
                self._tied.setdefault(row["operation"], {})[row["invoice"]] = Decimal(row["sum"])
        return self._tied
