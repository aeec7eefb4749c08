"""What lies in a folder, and private copies of it: read only what nobody changes (SPEC §5, R12)."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, NamedTuple

from converter.folder.durable import PIECE, open_plain
from converter.folder.failures import is_locked, stopped
from converter.problems import Rejected, Stopped
from converter.problems import catalogue as say

LARGEST = 4 << 30
#: what opening says where a link or something else took the file's place since it was found
_NOT_PLAIN = frozenset({errno.ELOOP, errno.EINVAL, errno.EISDIR, errno.ENXIO, errno.EMLINK})


class Stamp(NamedTuple):
    """What tells that a file is still the same; ``str`` of it can be kept and compared."""

    device: int
    inode: int
    size: int
    mtime_ns: int

    def __str__(self) -> str:
        return "-".join(map(str, self))

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """The stamp in what the system says of a file."""
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)

    @classmethod
    def read(cls, text: str) -> Stamp | None:
        """The stamp again from its text; None where that is none."""
        try:
            device, inode, size, mtime = text.split("-", 3)
            return cls(int(device), int(inode), int(size), int(mtime))
        except ValueError:
            return None


class Found(NamedTuple):
    """A file that may be a message, as it was when it was found."""

    path: Path
    stamp: Stamp


class Look(NamedTuple):
    """What lies in a folder under names of messages.

    ``strange`` are links, folders and pipes: they are never opened.
    """

    files: list[Found]
    strange: list[Path]


class Why(Enum):
    """Why a file was left alone."""

    CHANGING = "changing"
    LOCKED = "locked"
    DENIED = "denied"
    GONE = "gone"


class Copied(NamedTuple):
    """What became of copying: the SHA-256 of the bytes that were copied, or why there is none."""

    digest: str | None
    why: Why | None = None


def look(folder: Path, is_ours: Callable[[str], bool], marker: str = "") -> Look:
    """The files whose names are those of messages, by name; empty ones are passed over, as in 1C.

    ``marker`` is a subfolder that has been there: without it the folder is a bare mount point.
    Nothing is made. Raises `Stopped`: FOLDER_MISSING, FOLDER_BARE, FOLDER_DENIED, FOLDER_FAILED.
    """
    found = Look([], [])
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if is_ours(entry.name)]
        if marker and not (folder / marker).is_dir():
            raise Stopped(say.FOLDER_BARE(folder=folder, marker=marker))
        for name in sorted(names):
            _sort(folder / name, found)
    except OSError as error:
        raise stopped(folder, error) from error
    return found


def stamp_of(path: Path) -> Stamp | None:
    """The stamp of a file as it lies there; None where there is no regular file, or none to see."""
    try:
        status = path.lstat()
    except OSError:
        return None
    return Stamp.of(status) if stat.S_ISREG(status.st_mode) else None


def take_copy(found: Found, into: BinaryIO, limit: int = LARGEST) -> Copied:
    """Copy a file's bytes, unless somebody writes it, has it locked, or took it away.

    Device, inode, size and mtime must be the same when it was found, before and after reading.
    Raises `Rejected` (FILE_TOO_LARGE), `Stopped` where the folder fails, and the `OSError` of
    writing the copy.
    """
    if found.stamp.size > limit:
        raise Rejected(say.FILE_TOO_LARGE(size=found.stamp.size, limit=limit))
    try:
        source = open_plain(found.path)
    except OSError as error:
        return _left_alone(found.path, error)
    digest = sha256()
    with source:
        pieces = _pieces(source, found.stamp)
        while True:
            try:
                piece = next(pieces, b"")
            except _Changed:
                return Copied(None, Why.CHANGING)
            except OSError as error:
                return _left_alone(found.path, error, reading=True)
            if not piece:
                break
            digest.update(piece)
            into.write(piece)
    if stamp_of(found.path) != found.stamp:
        return Copied(None, Why.CHANGING)
    return Copied(digest.hexdigest())


class _Changed(Exception):
    """The file is not the one that was found, or not any more."""


def _pieces(source: BinaryIO, stamp: Stamp) -> Iterator[bytes]:
    """The bytes of an open file, never more than were announced."""
    if Stamp.of(os.fstat(source.fileno())) != stamp:
        raise _Changed
    left = stamp.size
    while piece := source.read(PIECE):
        left -= len(piece)
        if left < 0:
            raise _Changed
        yield piece
    if left or Stamp.of(os.fstat(source.fileno())) != stamp:
        raise _Changed


def _sort(path: Path, found: Look) -> None:
    """On Windows only a call of its own tells device and inode, so the entry's is not used."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISREG(status.st_mode):
        found.strange.append(path)
    elif status.st_size > 0:
        found.files.append(Found(path, Stamp.of(status)))


def _left_alone(path: Path, error: OSError, reading: bool = False) -> Copied:
    if is_locked(error) or (reading and isinstance(error, PermissionError)):
        return Copied(None, Why.LOCKED)
    if isinstance(error, PermissionError):
        return Copied(None, Why.DENIED)
    if isinstance(error, FileNotFoundError) or error.errno == errno.ESTALE:
        return Copied(None, Why.GONE)
    if error.errno in _NOT_PLAIN and not reading:
        return Copied(None, Why.CHANGING)
    raise stopped(path.parent, error, path.name) from error
