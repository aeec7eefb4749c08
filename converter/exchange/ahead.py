"""What the state will be asked for by objects that the parser has read already: asked at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import islice

from lxml import etree

from converter.exchange.session import MANY, Session
from converter.state import codec


class Ahead:
    """Looks at the objects of a message before their turn, no further than they are in memory.

    Only to save questions: what it overlooks is asked for one by one. ``kinds`` are those of the
    elements that it looks for, which are of the ``namespace``.
    """

    def __init__(self, session: Session, namespace: str, kinds: Mapping[str, str]) -> None:
        names = ("Ссылка", "Номер", "Дата")
        self._session = session
        self._kinds = {f"{{{namespace}}}{name}": kind for name, kind in kinds.items()}
        self._key = f"{{{namespace}}}КлючевыеСвойства"
        self._ref, self._number, self._date = (f"{{{namespace}}}{name}" for name in names)
        self._seen = 0

    def look(self, element: etree._Element) -> None:
        """An object's turn has come; of those behind it the last may still be growing."""
        if self._seen:
            self._seen -= 1
            return
        some = [element, *[*islice(element.itersiblings("*"), MANY)][:-1]]
        self._seen = len(some) - 1
        refs: dict[str, list[str]] = {}
        numbers = []
        for each in some:
            kind = self._kinds.get(str(each.tag))
            key = next(each.iterchildren(self._key), None)
            if kind is None or key is None:
                continue
            parts = key.iterchildren(self._ref, self._number, self._date)
            said = {part.tag: (part.text or "").strip() for part in parts}
            refs.setdefault(kind, []).append(said.get(self._ref, "").lower())
            if kind == codec.INVOICE and (date := _date(said.get(self._date, ""))) is not None:
                numbers.append((said.get(self._number, ""), date))
        versions, book = self._session.versions, self._session.book
        for kind, those in refs.items():
            if kind == codec.OPERATION:  # as BP tells it; what the CRM gets of it is judged later
                book.prefetch_operations(those)
            else:
                versions.prefetch(kind, those)
        versions.prefetch_numbers(numbers)


def _date(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
