"""How often the reading of a content began and never came to an orderly end (SPEC §5).

Kept as empty files beside the archive, not in the state: a mark must be there before the reading
begins, and must go on a full disk too, so that a disk that is full does not count as a message that
kills the process.
"""

from __future__ import annotations

from pathlib import Path

from converter.folder.failures import failing

_NAME = ".reading-"
#: so often a content may end the process before it is set aside
ATTEMPTS = 3


class Readings:
    """The marks in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def count(self, digest: str) -> int:
        """How many readings of a content have begun and not ended."""
        return len(self._marks(digest))

    def begin(self, digest: str) -> None:
        """One more begins. Raises `Stopped` where that cannot be noted."""
        with failing(self._folder):
            self._name(digest, self.count(digest) + 1).touch()

    def back_to(self, digest: str, count: int) -> None:
        """Those beyond a count ended in an orderly way, well or not."""
        for mark in self._marks(digest)[count:]:
            mark.unlink(missing_ok=True)

    def _marks(self, digest: str) -> list[Path]:
        found: list[Path] = []
        while (mark := self._name(digest, len(found) + 1)).exists():
            found.append(mark)
        return found

    def _name(self, digest: str, number: int) -> Path:
        return self._folder / f"{_NAME}{digest[:32]}-{number}"
