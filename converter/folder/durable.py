"""The one place where files are written so that no crash leaves half of one (SPEC §5, §6).

A file is written under a temporary name, fsynced, renamed over its target, and its folder is
fsynced. An error, of fsync too, means: not written. Nothing is ever fsynced a second time, since
the system may have dropped what it could not write. All raise `OSError`.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from converter.folder.failures import BUSY

Sleep = Callable[[float], None]
#: raises where a file may not take its name after all
Sure = Callable[[], object]


def always() -> None:
    """It may."""


PIECE = 1 << 20
#: how our temporaries are called: no pattern of 1C's matches, and `sweep` knows them again
TEMPORARY_PREFIX = ".converter-"
TEMPORARY_SUFFIX = ".tmp"
_TEMPORARY = r"\.converter-[0-9a-z_]+\.tmp"
_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.0)
_OTHER_DEVICE_ON_WINDOWS = 17
#: file systems that have no fsync of folders say so by these
_NO_FSYNC_OF_FOLDERS = frozenset({errno.EINVAL, errno.ENOTSUP})


@contextmanager
def whole(target: Path, *, sleep: Sleep = time.sleep, sure: Sure = always) -> Iterator[BinaryIO]:
    """A file to write to, which appears under its name when the block ends well.

    Otherwise no trace is left, and what lay under the name stays. ``sure`` is asked last: who takes
    our place after its answer removes the temporary first (`sweep`), so a late rename finds nothing.
    """
    temporary = temporary_in(target.parent)
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        replace_surely(temporary, target, sure, sleep=sleep)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def write_whole(
    target: Path,
    chunks: Iterable[bytes],
    *,
    sleep: Sleep = time.sleep,
    sure: Sure = always,
) -> None:
    """Write a file whole, over one that may be there; ``sure`` as in `whole`."""
    with whole(target, sleep=sleep, sure=sure) as file:
        for chunk in chunks:
            file.write(chunk)


def copy_durably(source: Path, target: Path, *, sleep: Sleep = time.sleep) -> None:
    """Copy a regular file, over one that may be there."""
    with open_plain(source) as file:
        write_whole(target, iter(lambda: file.read(PIECE), b""), sleep=sleep)


def move_durably(source: Path, target: Path, *, sleep: Sleep = time.sleep) -> None:
    """Move a file, its contents made durable first; to another device by a copy.

    May be repeated after a crash: where the source is gone and the target there, it is done.
    Raises `FileExistsError` where another file lies under the target's name; none is overwritten.
    """
    if not _lies(target):
        _move(source, target, sleep)
    elif _lies(source):  # a copy was made, and the crash came before the end
        if not same_contents(source, target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        patiently(source.unlink, sleep)
    sync_folder(target.parent)
    if source.parent != target.parent:
        sync_folder(source.parent)


def sweep(folder: Path) -> int:
    """Remove what a crash left of our temporaries; returns how many.

    Only whoever holds the lock may call it. A folder that cannot be read is told by others.
    """
    count = 0
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if re.fullmatch(_TEMPORARY, entry.name):
                with suppress(OSError):  # also over a folder of such a name
                    Path(entry.path).unlink()
                    count += 1
    return count


# -- the parts -----------------------------------------------------------------------------------


def temporary_in(folder: Path) -> Path:
    """A new name of ours in a folder, that `sweep` knows; nothing is made."""
    return folder / f"{TEMPORARY_PREFIX}{os.urandom(8).hex()}{TEMPORARY_SUFFIX}"


def open_plain(path: Path) -> BinaryIO:
    """Open a regular file for reading: no link is followed, no pipe waited for.

    Raises `OSError` (ELOOP for a link where the system can tell, EINVAL for other things).
    """
    flags = os.O_RDONLY
    for name in ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOINHERIT"):
        flags |= getattr(os, name, 0)
    handle = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
    return os.fdopen(handle, "rb")


def patiently(action: Callable[[], object], sleep: Sleep = time.sleep) -> None:
    """Where Windows says that a file is open elsewhere, try again for a while (about 2.5 s)."""
    for pause in _PAUSES:
        try:
            action()
            return
        except OSError as error:
            if getattr(error, "winerror", None) not in BUSY:
                raise
            sleep(pause)
    action()


def replace_patiently(source: Path, target: Path, *, sleep: Sleep = time.sleep) -> None:
    """Rename over a file; where Windows says that it is open elsewhere, try again for a while."""
    patiently(lambda: source.replace(target), sleep)


def replace_surely(source: Path, target: Path, sure: Sure, *, sleep: Sleep = time.sleep) -> None:
    """Rename over a file once ``sure`` says so; one that is gone by then was swept, and it tells."""
    sure()
    replace_unless_swept(source, target, sure, sleep=sleep)


def replace_unless_swept(
    source: Path, target: Path, sure: Sure, *, sleep: Sleep = time.sleep
) -> None:
    """Rename over a file; where the first one is gone, ``sure`` may tell more than that."""
    try:
        replace_patiently(source, target, sleep=sleep)
    except FileNotFoundError:
        sure()
        raise


def sync_folder(folder: Path) -> None:
    """Make a rename durable; Windows and some file systems have no such call."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_FSYNC_OF_FOLDERS:
            raise
    finally:
        os.close(handle)


def _move(source: Path, target: Path, sleep: Sleep) -> None:
    _sync_contents(source)
    try:
        replace_patiently(source, target, sleep=sleep)
    except OSError as error:
        if not _is_other_device(error):
            raise
        copy_durably(source, target, sleep=sleep)
        patiently(source.unlink, sleep)


def _sync_contents(path: Path) -> None:
    """What we may not open is its owner's to make durable; links and pipes have no contents."""
    if not stat.S_ISREG(path.lstat().st_mode):
        return
    with suppress(PermissionError), path.open("r+b" if os.name == "nt" else "rb") as file:
        os.fsync(file.fileno())


def _lies(path: Path) -> bool:
    return path.is_symlink() or path.exists()


def same_contents(one: Path, other: Path) -> bool:
    """Whether two regular files hold the same bytes."""
    import filecmp  # rarely needed

    filecmp.clear_cache()
    kinds = (stat.S_ISREG(path.lstat().st_mode) for path in (one, other))
    return all(kinds) and filecmp.cmp(one, other, shallow=False)


def _is_other_device(error: OSError) -> bool:
    return (
        error.errno == errno.EXDEV or getattr(error, "winerror", None) == _OTHER_DEVICE_ON_WINDOWS
    )
