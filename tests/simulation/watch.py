"""What an observer outside of everything sees: every file, every edit, what was accepted.

An edit has a marker and the marker of the version that it was made on. So it can be said at the
end whether one was lost, or whether an older version beat its own successor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from converter.objects import Invoice
from tests.simulation.base import Base, Sent
from tests.simulation.operations import Operation
from tests.simulation.things import INVOICE, PARTY, Key, marker_in, rows_sum


class Violation(AssertionError):
    """An invariant of PROTOCOL.md does not hold."""


class Edit(NamedTuple):
    """One edit of an invoice or a counterparty; ``private`` ones change what only the CRM knows."""

    marker: str
    key: Key
    parent: str | None
    private: bool = False
    deletes: bool = False


class Watch:
    """Edits by marker; messages that the converter accepted; contents of every number it wrote."""

    def __init__(self) -> None:
        self.edits: dict[str, Edit] = {}
        self.accepted: list[Sent] = []
        #: versions whose forerunner nobody knows, by the place of their message
        self.baseless: set[tuple[int, Key]] = set()
        self._unsettled: dict[str, set[Key]] = {"crm": set(), "bp": set()}
        self.seen: set[bytes] = set()
        self.published: dict[tuple[str, int], bytes] = {}
        self.born: list[Key] = []
        self.links: dict[str, str] = {}
        self.ties: dict[str, dict[str, Decimal]] = {}
        self._count = 0

    # -- edits -----------------------------------------------------------------------------------

    def marker(self, letter: str) -> str:
        """A marker of its own for every edit."""
        self._count += 1
        return f"{letter}{self._count}"

    def number(self) -> int:
        """A number of its own for every object."""
        self._count += 1
        return self._count

    def edit(
        self,
        base: Base,
        key: Key,
        parent: str | None,
        private: bool = False,
        deletes: bool = False,
    ) -> str:
        """Note an edit that is about to be made; returns its marker."""
        marker = self.marker("p" if private else base.side[0])
        self.edits[marker] = Edit(marker, key, parent, private, deletes)
        return marker

    def deletions(self, key: Key) -> list[Edit]:
        """The deletions of an object."""
        return [each for each in self.edits.values() if each.key == key and each.deletes]

    def deletes(self, marker: str | None) -> bool:
        """Whether a version is a deletion."""
        return marker in self.edits and self.edits[marker].deletes

    def line(self, marker: str | None) -> Iterator[str]:
        """A marker and those that it was made on, newest first."""
        while marker is not None:
            yield marker
            edit = self.edits.get(marker)
            marker = None if edit is None else edit.parent

    def lines(self, markers: Iterable[str]) -> set[str]:
        """All that some versions were made on, they themselves too."""
        return {each for marker in markers for each in self.line(marker)}

    # -- messages --------------------------------------------------------------------------------

    def accept(self, sent: Sent, complete: bool = False) -> None:
        """The converter has taken a message, maybe as the ``complete`` contents of a restored base."""
        if sent.data in self.seen:
            return
        self.seen.add(sent.data)
        self._note_baseless(sent, complete)
        self.accepted.append(sent)
        for key, said in sent.objects.items():
            if isinstance(said, Operation) and not said.bad:
                orders = {part.order.ref for part in said.parts if part.order is not None}
                if orders:
                    self.ties.pop(key.ref, None)  # BP's own word wins over a person's
                if len(orders) == 1:
                    self.links[key.ref] = orders.pop()

    def _note_baseless(self, sent: Sent, complete: bool) -> None:
        """What comes with the complete contents of a restored base was made on nobody knows what, and
        so was the next version of an object that was refused there, until one is taken."""
        unsettled = self._unsettled[sent.side]
        for key, said in sent.objects.items():
            if not complete and key not in unsettled:
                continue
            self.baseless.add((len(self.accepted), key))
            unsettled.discard(key)
            if sent.side == "crm" and is_refused(said):
                unsettled.add(key)

    def has_accepted(self, key: Key) -> bool:
        """Whether any version of an object was taken."""
        return any(sent.objects.get(key) is not None for sent in self.accepted)

    def accepted_markers(self, private: bool = False) -> Iterator[tuple[str, Key, str]]:
        """Side, key and marker of every version of the CRM's objects that was taken."""
        for sent in self.accepted:
            for key, said in sent.objects.items():
                if key.type not in (INVOICE, PARTY) or not self.is_crms(key):
                    continue
                found = marker_of(said, private)
                if found in self.edits and self.edits[found].key == key:
                    yield sent.side, key, found

    def first_seen(self, private: bool = False) -> dict[str, int]:
        """Each marker with the place, among all messages taken, of the first that carried it."""
        found: dict[str, int] = {}
        for index, sent in enumerate(self.accepted):
            for value in sent.objects.values():
                marker = marker_of(value, private)
                if marker is not None:
                    found.setdefault(marker, index)
        return found

    def is_before_a_deletion(self, key: Key, marker: str) -> bool:
        """Whether a version with these private fields was taken before a deletion of its object."""
        seen = self.first_seen(private=True).get(marker, len(self.accepted))
        return any(isinstance(sent.objects.get(key), str) for sent in self.accepted[seen + 1 :])

    def refused(self) -> set[str]:
        """Markers, private ones too, that came in refused versions only."""
        said = [
            (marker, sent.side == "bp" or not is_refused(value))
            for sent in self.accepted
            for value in sent.objects.values()
            for private in (False, True)
            if isinstance(value, Invoice) and (marker := marker_of(value, private))
        ]
        return {marker for marker, _ in said} - {marker for marker, good in said if good}

    def is_crms(self, key: Key) -> bool:
        """Whether an object began its life in the CRM; counterparties all do."""
        return key.type == PARTY or key in self.born

    def publish(self, side: str, number: int, content: bytes) -> None:
        """A file of the converter's lies in a folder; one number has one content for ever."""
        before = self.published.setdefault((side, number), content)
        if before != content:
            raise Violation(f"number {number} towards {side} has two contents")


def is_refused(said: object) -> bool:
    """Whether a version cannot be taken from the CRM: its total is not that of its rows."""
    return isinstance(said, Invoice) and said.total != rows_sum(said.rows)


def marker_of(said: object, private: bool = False) -> str | None:
    """The marker in what a message said: of a version, or of a deletion."""
    if isinstance(said, str):
        return None if private else said
    if private:
        interest = getattr(said, "interest", None)
        return None if interest is None else marker_in(interest.subject)
    return marker_in(getattr(said, "comment", None))
