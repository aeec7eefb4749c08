"""By which GUIDs BP names its objects to this node (BP.md, "Identity").

Here every object is called by the CRM's GUID, also one that BP made itself and that the CRM's
will be taken for; what BP calls it is a matter of what it reads and writes.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.simulation.things import Key


class Register:
    """``own``: GUIDs of documents and cards that BP made itself, before it read of them.

    ``public``: those whose GUID in the CRM BP has recorded for this node. ``read``: those that it
    ever read, the others are its own.
    """

    def __init__(self) -> None:
        self.own: dict[Key, str] = {}
        self.public: frozenset[Key] = frozenset()
        self.read: frozenset[Key] = frozenset()

    def made(self, key: Key, own: str) -> None:
        """BP has an object of its own, which it will take for this one of the CRM's."""
        self.own[key] = own

    def taken(self, key: Key) -> None:
        """BP reads an object of the CRM's: from now on it is called by the CRM's GUID."""
        self.read |= {key}
        if key in self.own:
            self.public |= {key}

    def clear(self) -> None:
        """The node was made anew."""
        self.public = frozenset()

    def is_known(self, key: Key) -> bool:
        """Whether BP finds an object by the GUID that the CRM has for it."""
        return key not in self.own or key in self.public

    def is_foreign(self, key: Key) -> bool:
        """Whether an object is BP's own, which was never taken for the CRM's."""
        return key in self.own and key not in self.read

    def found(self, key: Key) -> Key | None:
        """The object that a GUID in a message means."""
        own = next((each for each in self.own if self.own[each] == key.ref), None)
        if own is not None:
            return None if own in self.public else own
        return key if self.is_known(key) else None

    def written(self, text: str) -> str:
        """An object as BP writes it, with the GUIDs by which it names things."""
        for key, own in self._unmapped():
            text = text.replace(key.ref, own)
        return text

    def _unmapped(self) -> Iterator[tuple[Key, str]]:
        return ((key, own) for key, own in self.own.items() if key not in self.public)

    def backup(self) -> tuple[dict[Key, str], frozenset[Key], frozenset[Key]]:
        """What a backup of the base holds of it."""
        return dict(self.own), self.public, self.read

    def restore(self, kept: tuple[dict[Key, str], frozenset[Key], frozenset[Key]]) -> None:
        """As it was."""
        own, self.public, self.read = kept
        self.own = dict(own)
