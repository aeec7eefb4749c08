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
    elements that it looks for.
    """

    def __init__(self, session: Session, kinds: Mapping[str, str]) -> None:
        self._session = session
        self._kinds = kinds
        self._seen = 0

    def look(self, element: etree._Element) -> None:
        """An object's turn has come; of those behind it the last may still be growing."""
        if self._seen:
            self._seen -= 1
            return
        some = [element, *islice(element.itersiblings("*"), MANY)][:-1]
        if not some:
            return
        self._seen = len(some) - 1
        refs: dict[str, list[str]] = {}
        numbers = []
        for each in some:
            kind = self._kinds.get(etree.QName(each).localname)
            key = next(each.iterchildren("{*}КлючевыеСвойства"), None)
            if kind is None or key is None:
                continue
            said = {
                etree.QName(child).localname: (child.text or "").strip()
                for child in key.iterchildren("*")
            }
            refs.setdefault(kind, []).append(said.get("Ссылка", "").lower())
            if kind == codec.INVOICE and (date := _date(said.get("Дата", ""))) is not None:
                numbers.append((said.get("Номер", ""), date))
        for kind, those in refs.items():
            self._session.versions.prefetch(kind, those)
        self._session.versions.prefetch_numbers(numbers)


def _date(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
