"""Sums and groups of invoices: what is owed, what is late, and whose it is. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from converter.values import ZERO
from converter.views.invoices import InvoiceView

#: money by currency, in the order in which currencies were met; what comes to nothing is not in it
Money = dict[str, Decimal]


def owed(view: InvoiceView) -> Decimal:
    """What is still to be paid of an invoice; of one that counts no more, nothing."""
    return max(ZERO, view.sum - view.paid) if view.unpaid and not view.void else ZERO


def unshipped(view: InvoiceView) -> Decimal:
    """What is still to be shipped of an invoice, in money."""
    return max(ZERO, view.sum - view.shipped) if view.unshipped and not view.void else ZERO


def late(view: InvoiceView, today: date) -> bool:
    """Whether an invoice should have been paid before today."""
    return view.pay_by is not None and view.pay_by.date() < today and owed(view) > ZERO


def summed(views: Iterable[InvoiceView], amount: Callable[[InvoiceView], Decimal]) -> Money:
    """What invoices come to, by currency."""
    found: Money = {}
    for view in views:
        part = amount(view)
        if part:
            found[view.currency] = found.get(view.currency, ZERO) + part
    return found


class Group(NamedTuple):
    """The invoices of a client or of an interest, newest first; ``name`` None: of none.

    ``whose`` are the clients of an interest.
    """

    name: str | None
    open: list[InvoiceView]
    closed: list[InvoiceView]
    whose: tuple[str, ...] = ()

    @property
    def views(self) -> list[InvoiceView]:
        """All of them."""
        return [*self.open, *self.closed]


def by_client(views: Iterable[InvoiceView]) -> list[Group]:
    """Invoices by client, those who owe most first, those with nothing open last."""
    return _grouped(views, lambda view: (view.customer, client_of(view)))


def by_interest(views: Iterable[InvoiceView]) -> list[Group]:
    """Invoices by interest, in the same order; those of no interest stand at the end."""
    return _grouped(views, lambda view: (view.deal, view.interest))


def client_of(view: InvoiceView) -> str:
    """Who the customer of an invoice is."""
    return view.client or view.counterparty


def _grouped(
    views: Iterable[InvoiceView],
    key_of: Callable[[InvoiceView], tuple[str | None, str | None]],
) -> list[Group]:
    found: dict[str | None, Group] = {}
    for view in sorted(views, key=lambda view: (view.date, view.number), reverse=True):
        key, name = key_of(view)
        group = found.get(key)
        if group is None:
            group = found[key] = Group(name, [], [])
        (group.open if view.open else group.closed).append(view)
    named = (
        each._replace(whose=tuple(dict.fromkeys(client_of(view) for view in each.views)))
        for each in found.values()
    )
    return sorted(named, key=_rank)


def _rank(group: Group) -> tuple[bool, bool, Decimal, str]:
    """Currencies are not comparable; that the largest numbers stand first is good enough."""
    most = max(summed(group.open, owed).values(), default=ZERO)
    return not group.open, group.name is None, -most, (group.name or "").casefold()
