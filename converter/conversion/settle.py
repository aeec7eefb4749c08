"""Finding the invoices of operations while a message is being read (SPEC §2).

An operation that points at another one waits until that one has come, at the latest until
everything is read. Each is settled once, so the work stays linear however long a chain is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from converter.conversion.ledger import MessageLedger, Postponed
from converter.mapping.links import Invoiced, Links, find_links
from converter.mapping.operation import BY_ELEMENT

Found = Callable[[Postponed, Links], None]
Awaited = Callable[[frozenset[str]], frozenset[str]]


class Settler:
    """Takes operations, and gives each back once with its links, as soon as they are certain."""

    def __init__(self, ledger: MessageLedger, found: Found) -> None:
        self._ledger = ledger
        self._found = found

    def take(self, operation: Postponed) -> None:
        """One operation; those that waited for it are settled with it."""
        self._ledger.forget_postponed(operation.operation.key.ref)
        self._settle(operation, self._all)

    def finish(self) -> None:
        """Everything is read: an operation waits only for those that still wait themselves.

        First go those that wait for nothing that could come, which wakes their chains; what is
        left then goes round in circles, and is judged by what is known.
        """
        was_open, self._ledger.open = self._ledger.open, False
        for waiting in self._ledger.ready():
            self._settle(waiting, self._postponed)
        for waiting in self._ledger.remaining():
            self._settle(waiting, self._postponed, at_once=True)
        self._ledger.open = was_open

    def _settle(self, operation: Postponed, awaited: Awaited, at_once: bool = False) -> None:
        queue = deque([operation])
        while queue:
            each = queue.popleft()
            links = find_links(each.operation, BY_ELEMENT[each.element], self._ledger)
            waits_for = frozenset() if at_once else awaited(links.waits_for)
            at_once = False
            if waits_for:
                self._ledger.postpone(each, waits_for)
                continue
            self._ledger.learn_operation(each.operation.key, Invoiced(links.facts, links.elsewhere))
            self._found(each, links)
            queue.extend(self._ledger.woken(each.operation.key.ref))

    @staticmethod
    def _all(targets: frozenset[str]) -> frozenset[str]:
        return targets

    def _postponed(self, targets: frozenset[str]) -> frozenset[str]:
        return frozenset(target for target in targets if self._ledger.is_postponed(target))
