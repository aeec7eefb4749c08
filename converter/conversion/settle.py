"""Finding the invoices of operations while a message is being read (SPEC §2).

An operation that points at another one waits until that one has come, at the latest until
everything is read. Each is settled once, so the work stays linear however long a chain is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from converter.conversion.ledger import Ledger, Postponed
from converter.mapping.links import Links, find_links
from converter.mapping.operation import BY_ELEMENT

Found = Callable[[Postponed, Links], None]


class Settler:
    """Takes operations, and gives each back once with its links, as soon as they are certain."""

    def __init__(self, ledger: Ledger, found: Found) -> None:
        self._ledger = ledger
        self._found = found

    def take(self, operation: Postponed) -> None:
        """One operation; those that waited for it are settled with it."""
        self._settle(operation, last=False)

    def finish(self) -> None:
        """Everything is read: what still waits is judged by what is known now."""
        was_open, self._ledger.open = self._ledger.open, False
        for waiting in self._ledger.remaining():
            self._settle(waiting, last=True)
        self._ledger.open = was_open

    def _settle(self, operation: Postponed, last: bool) -> None:
        queue = deque([operation])
        while queue:
            each = queue.popleft()
            links = find_links(each.operation, BY_ELEMENT[each.element], self._ledger)
            if links.waits_for and not last:
                self._ledger.postpone(each, links.waits_for)
                continue
            self._ledger.learn_operation(each.operation.key, links.facts)
            self._found(each, links)
            queue.extend(self._ledger.woken(each.operation.key.ref))
