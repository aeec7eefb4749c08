"""Putting our messages where 1C looks for them: whole under the final name, or not at all (SPEC §6)."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from converter.folder.durable import Sleep, Sure, always, patiently, sync_folder, whole
from converter.folder.failures import stopped
from converter.folder.inbox import Stamp
from converter.folder.zip_ciphers import NoAes
from converter.folder.zip_writing import Lock, write_zip
from converter.problems import Stopped
from converter.problems import catalogue as say


def deliver(
    folder: Path,
    name: str,
    chunks: Iterable[bytes],
    inner: str | None,
    when: datetime,
    lock: Lock | None = None,
    *,
    sleep: Sleep = time.sleep,
    sure: Sure = always,
) -> Stamp:
    """Write a message of ours over the one before it; returns the stamp of the file as it lies there.

    With ``inner`` it goes into a zip, under that name, with a ``lock`` an encrypted one; ``sure`` as
    in `whole`. Raises `Stopped`, and then the file that was there is there still: FOLDER_MISSING,
    FOLDER_DENIED, FOLDER_FULL, FOLDER_FAILED, AES_MISSING, or FILE_BUSY where another program keeps
    the old one open.
    """
    if Path(name).name != name or name in ("", ".", ".."):
        raise ValueError(name)
    target = folder / name
    try:
        with whole(target, sleep=sleep, sure=sure) as file:
            if inner is not None:
                write_zip(file, inner, chunks, when, lock)
            else:
                file.writelines(chunks)
        return Stamp.of(target.lstat())
    except NoAes:
        raise Stopped(say.AES_MISSING(folder=folder)) from None
    except OSError as error:
        raise stopped(folder, error, name) from error


def remove_ours(path: Path, *, sleep: Sleep = time.sleep) -> None:
    """Take a message of ours away, where another took its place under another name.

    Raises `Stopped` as `deliver` does.
    """
    try:
        patiently(lambda: path.unlink(missing_ok=True), sleep)
        sync_folder(path.parent)
    except OSError as error:
        raise stopped(path.parent, error, path.name) from error
