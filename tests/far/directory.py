"""A directory that behaves as a server does, and connections that break where a test says."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from converter.far.failures import file_failed
from converter.far.transport import Entry, FarFailed, Transport, Wanted, Why


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise file_failed(error) from error


class Directory:
    """A connection to a directory. ``replaces``: a file may be written over, or renamed over."""

    def __init__(self, root: Path, replaces: bool = True, tick: float = 0.0) -> None:
        if not root.is_dir():
            raise FarFailed(Why.MISSING, "no such folder")
        self.root = root
        self.replaces = replaces
        self.tick = tick

    def entries(self, wanted: Wanted) -> list[Entry]:
        with _told(), os.scandir(self.root) as found:
            files = [each for each in found if each.is_file(follow_symlinks=False)]
            statuses = [(each.name, each.stat()) for each in files]
        return [
            Entry(name, status.st_size, self._time(status.st_mtime))
            for name, status in statuses
            if wanted(name)
        ]

    def _time(self, modified: float) -> float:
        return modified // self.tick * self.tick if self.tick else modified

    def size(self, name: str) -> int | None:
        path = self.root / name
        return path.stat().st_size if path.is_file() else None

    def read(self, name: str, into: BinaryIO) -> None:
        with _told(), (self.root / name).open("rb") as file:
            shutil.copyfileobj(file, into)

    def write(self, name: str, source: BinaryIO) -> None:
        self._look_out(name)
        with _told(), (self.root / name).open("wb") as file:
            shutil.copyfileobj(source, file)

    def rename(self, old: str, new: str) -> None:
        self._look_out(new)
        with _told():
            (self.root / old).replace(self.root / new)

    def _look_out(self, name: str) -> None:
        if not self.replaces and (self.root / name).exists():
            raise FarFailed(Why.DENIED, "there is such a file")

    def remove(self, name: str) -> None:
        with _told():
            (self.root / name).unlink(missing_ok=True)

    def make_folder(self, name: str) -> None:
        with _told():
            (self.root / name).mkdir(exist_ok=True)

    def remove_folder(self, name: str) -> None:
        try:
            (self.root / name).rmdir()
        except OSError:
            return

    def close(self) -> None:
        """Nothing is open."""


class Cut:
    """Counts the steps of every connection and breaks at one of them, and then at all.

    ``after``: the step is done, and its answer is lost; a transfer that is cut before its end has
    done a part.
    """

    def __init__(self, at: int | None = None, after: bool = False) -> None:
        self.at = at
        self.after = after
        self.steps = 0

    @property
    def broken(self) -> bool:
        """Whether it has come to that step."""
        return self.at is not None and self.steps > self.at

    def step(self, act: Callable[[], object], part: Callable[[], object] | None = None) -> object:
        """One step: done, broken before it or after it."""
        number = self.steps
        self.steps += 1
        if self.at is None or number < self.at:
            return act()
        if number == self.at:
            if self.after:
                act()
            elif part is not None:
                part()
        raise FarFailed(Why.AWAY, "cut off")


class Breaking:
    """A connection that breaks where its `Cut` says."""

    def __init__(self, inner: Transport, cut: Cut) -> None:
        self._inner = inner
        self._cut = cut
        self.tick = inner.tick

    def entries(self, wanted: Wanted) -> list[Entry]:
        found: list[Entry] = self._cut.step(lambda: self._inner.entries(wanted))  # type: ignore[assignment]
        return found

    def size(self, name: str) -> int | None:
        found: int | None = self._cut.step(lambda: self._inner.size(name))  # type: ignore[assignment]
        return found

    def read(self, name: str, into: BinaryIO) -> None:
        def part() -> None:
            into.write(b"<?xml")

        self._cut.step(lambda: self._inner.read(name, into), part)

    def write(self, name: str, source: BinaryIO) -> None:
        def part() -> None:
            self._inner.write(name, _First(source))  # type: ignore[arg-type]

        self._cut.step(lambda: self._inner.write(name, source), part)

    def rename(self, old: str, new: str) -> None:
        self._cut.step(lambda: self._inner.rename(old, new))

    def remove(self, name: str) -> None:
        self._cut.step(lambda: self._inner.remove(name))

    def make_folder(self, name: str) -> None:
        self._cut.step(lambda: self._inner.make_folder(name))

    def remove_folder(self, name: str) -> None:
        self._cut.step(lambda: self._inner.remove_folder(name))

    def close(self) -> None:
        self._inner.close()


class _First:
    """The first few bytes of a file, as if it ended there."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._left = 200

    def read(self, size: int = -1, /) -> bytes:
        data = self._source.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        return data
