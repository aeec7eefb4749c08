"""How often the reading of a content began and never came to an orderly end (SPEC §5).

Kept as empty files beside the archive, not in the state: a mark must be there before the reading
begins, and must go on a full disk too, so that a disk that is full does not count as a message that
kills the process.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from converter.folder.failures import failing

_NAME = ".reading-"
#: so much of a digest stands in the name of a mark
_DIGEST = 32
#: so often a content may end the process before it is set aside
ATTEMPTS = 3


class Readings:
    """The marks in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def count(self, digest: str) -> int:
        """How many readings of a content have begun and not ended."""
        return len(self._marks(digest))

    def begin(self, digest: str) -> int:
        """One more begins; returns how many had before. Raises `Stopped` where it cannot be noted."""
        with failing(self._folder):
            before = self.count(digest)
            self._name(digest, before + 1).touch()
        return before

    @contextmanager
    def reading(self, digest: str) -> Iterator[None]:
        """One begins and ends with the block; where the process dies in it, the mark stays."""
        before = self.begin(digest)
        yield
        self._back_to(digest, before)

    def end(self, digest: str) -> None:
        """All that was begun came to an orderly end, well or not."""
        self._back_to(digest, 0)

    def end_others(self, digests: Collection[str]) -> None:
        """Marks of contents that are not to be read now stand for nothing: a pass was cut off
        between its commit and the end of its readings, or the content was replaced."""
        read = {each[:_DIGEST] for each in digests}
        with suppress(OSError):  # a folder that cannot be read is told by others
            for mark in self._folder.glob(f"{_NAME}*"):
                if mark.name.removeprefix(_NAME)[:_DIGEST] not in read:
                    mark.unlink(missing_ok=True)

    def _back_to(self, digest: str, count: int) -> None:
        """The highest goes first: what is left of a removal cut off is counted still."""
        for mark in reversed(self._marks(digest)[count:]):
            mark.unlink(missing_ok=True)

    def _marks(self, digest: str) -> list[Path]:
        found: list[Path] = []
        while (mark := self._name(digest, len(found) + 1)).exists():
            found.append(mark)
        return found

    def _name(self, digest: str, number: int) -> Path:
        return self._folder / f"{_NAME}{digest[:_DIGEST]}-{number}"
