"""What a page is made of, read from the state in one go; nothing is kept open after that."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from converter.settings import Link
from converter.views.invoices import InvoiceView, Wanted, invoices
from converter.views.status import LinkView, link_view
from converter.views.traffic import Passed, messages
from converter.views.troubles import Refusal, troubles

#: so many troubles of a link are shown
TROUBLES = 50
#: of so long what happened is told, unless something else is asked for
LATELY = timedelta(days=30)


class LinkFacts(NamedTuple):
    """One link: how it stands, its invoices, and what happened since the moment asked for.

    ``troubles`` are the newest of ``trouble_count``.
    """

    view: LinkView
    invoices: list[InvoiceView]
    passed: list[Passed]
    troubles: list[Refusal]
    trouble_count: int


class Facts(NamedTuple):
    """Everything a page tells, as of ``now`` in UTC.

    ``since``: closed invoices and what happened are told from then on only; None: all invoices,
    and what happened `LATELY`.
    """

    now: datetime
    since: datetime | None
    links: list[LinkFacts]

    @property
    def lately(self) -> datetime:
        """From when on what happened is told, in UTC."""
        return _lately(self.now, self.since)


def collect(
    connection: Connection, links: Iterable[Link], now: datetime, since: datetime | None = None
) -> Facts:
    """Read the links' facts."""
    lately = _lately(now, since)
    return Facts(now, since, [_link(connection, link, lately) for link in links])


def _lately(now: datetime, since: datetime | None) -> datetime:
    return now - LATELY if since is None else since


def _link(connection: Connection, link: Link, since: datetime) -> LinkFacts:
    found, count = troubles(connection, link.name, since, TROUBLES)
    return LinkFacts(
        view=link_view(connection, link),
        invoices=list(invoices(connection, link.name, Wanted(), settled=False)),
        passed=list(messages(connection, link.name, since)),
        troubles=found,
        trouble_count=count,
    )
