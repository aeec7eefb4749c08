"""Which item of an invoice a row means: BP may know by a GUID of its own what the CRM knows by name."""

from __future__ import annotations

from collections.abc import Iterable

from converter.objects import Row


class Items:
    """The items of an invoice's rows."""

    def __init__(self, rows: Iterable[Row]) -> None:
        items = [row.item for row in rows if row.item is not None]
        self._refs = {item.ref.lower() for item in items if item.ref}
        self._names = {item.name: (item.ref or item.name).lower() for item in items}
        self._nameless = {item.name for item in items if not item.ref}
        self._alike: dict[str, set[str]] = {}
        for item in items:
            alike = self._alike.setdefault(_folded(item.name), set())
            if item.ref:
                alike.add(item.ref.lower())

    def of(self, row: Row) -> str | None:
        """The item that a row surely has: by GUID, by name where one of the two has none."""
        item = row.item
        if item is None:
            return None
        if item.ref and item.ref.lower() in self._refs:
            return item.ref.lower()
        if item.ref is None or item.name in self._nameless:
            return self._names.get(item.name)
        return None

    def alike(self, row: Row) -> str | None:
        """The item that a row was shipped for: by GUID, else the only one of its name."""
        item = row.item
        if item is None:
            return None
        if item.ref and item.ref.lower() in self._refs:
            return item.ref.lower()
        name = _folded(item.name)
        refs = self._alike.get(name)
        if refs is None or (len(refs) > 1 and item.ref):
            return None
        return next(iter(refs)) if len(refs) == 1 else name


def _folded(name: str) -> str:
    return " ".join(name.lower().split())
