"""From each layout of the state to the next; each runs once, after a backup, in one transaction.

Layout 1 is the first. Whoever changes `converter.state.tables` raises its ``VERSION`` and adds here
the function that changes the database of the layout before.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

Migration = Callable[[Connection], None]

#: the first leads from layout 1 to layout 2, and so on
MIGRATIONS: tuple[Migration, ...] = ()
