"""The address of the state: a file of SQLite made absolute, a password refused (SPEC §8)."""

from __future__ import annotations

import re
from pathlib import Path

_URL = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\+[A-Za-z0-9_]+)?://(?P<rest>.*)")
_PASSWORD = re.compile(
    r"[^:/]*:[^@]+@|.*(?:[?&;]|%3B)(?:password|passwd|pwd)(?:=|%3D)", re.IGNORECASE
)


def has_password(url: str) -> bool:
    """Whether a password stands in the address."""
    found = _URL.fullmatch(url)
    return found is not None and _PASSWORD.match(found["rest"]) is not None


def absolute(url: str, folder: Path) -> str | None:
    """The address with a relative file of SQLite laid into the folder.

    None for what is no address, and for a SQLite that keeps nothing on disk.
    """
    found = _URL.fullmatch(url)
    if found is None:
        return None
    if not url.lower().startswith("sqlite"):
        return url
    file, mark, query = found["rest"].partition("?")
    name = file[1:]
    if not file.startswith("/") or not name or name.startswith((":memory:", "file:")):
        return None
    return f"{url[: found.start('rest')]}/{folder / name}{mark}{query}"
