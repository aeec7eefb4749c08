"""The address of a folder on a server, as exchange.toml has it: ``sftp://user@host:22/path``."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes, urlsplit

from msgspec import Struct

from converter.problems import Said

#: the port of each scheme; that of ftps is where TLS begins by a command, 990 where it is there at once
PORTS = {"ftp": 21, "ftps": 21, "sftp": 22, "smb": 445}
EXAMPLE = "sftp://converter@files.example.org/exchange/bp"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Address(Struct, frozen=True):
    """A folder on a server.

    ``path`` has no slash at its end. With ftp it counts from where a login leads unless it begins
    with a slash; with sftp it begins with one, or counts from the home folder; with smb it begins
    with the share.
    """

    scheme: str
    host: str
    port: int
    path: str
    user: str | None = None
    domain: str | None = None

    def __str__(self) -> str:
        """The address as people know it; there is never a password in it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        domain = f"{self.domain};" if self.domain else ""
        user = f"{domain}{quote(self.user, safe='@')}@" if self.user else ""
        home = "/~" if self.scheme == "sftp" and not self.path.startswith("/") else ""
        slash = "" if self.scheme == "sftp" and self.path.startswith("/") else "/"
        return f"{self.scheme}://{user}{host}{port}{home}{slash}{self.path}"


class BadAddress(ValueError):
    """Why an address will not do; ``password``: one stands in it, and is not repeated."""

    def __init__(self, needed: Said, password: bool = False) -> None:
        super().__init__(needed.en)
        self.needed = needed
        self.password = password


def is_address(text: str) -> bool:
    """Whether a folder of the settings is meant as an address and no path: it has ``://``."""
    return _SCHEME.match(text) is not None


def address(text: str) -> Address:
    """The address in a text. Raises `BadAddress`."""
    found = _SCHEME.match(text)
    scheme = "" if found is None else found[1].lower()
    if scheme not in PORTS:
        raise BadAddress(
            Said(
                "путь или адрес ftp://, ftps://, sftp:// или smb://",
                "a path, or an address with ftp://, ftps://, sftp:// or smb://",
            )
        )
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit(f"{scheme}://")
    if parts.password is not None:
        raise BadAddress(Said("адрес без пароля", "an address without a password"), password=True)
    if not host or parts.query or parts.fragment or port == 0:
        raise BadAddress(
            Said(
                f"адрес: {scheme}://пользователь@сервер/папка; «#», «?», «@» в именах пишут %23, %3F, %40",
                f"an address, {scheme}://user@server/folder; # ? @ within names are %23 %3F %40",
            )
        )
    domain, _, user = _plain(parts.username or "").rpartition(";")
    path = _path(scheme, _plain(parts.path))
    if scheme == "sftp" and not user:
        raise BadAddress(
            Said(
                "в адресе sftp пользователь: sftp://пользователь@сервер/папка",
                "a user in the address: sftp://user@server/folder",
            )
        )
    return Address(scheme, host, port or PORTS[scheme], path, user or None, domain or None)


def _path(scheme: str, path: str) -> str:
    found = path.rstrip("/")
    if scheme == "sftp":
        if found == "/~" or found.startswith("/~/"):
            found = found[3:] or "."
        elif not found:
            found = "/"
    else:
        found = found[1:] or ("/" if path.startswith("//") else "")
    steps = found.split("/")
    if ".." in steps or (scheme == "smb" and not steps[0]):
        raise BadAddress(
            Said("папка без «..», у smb с общей папкой", "a folder without .., with smb in a share")
        )
    return found


def _plain(text: str) -> str:
    """A part of an address without its per cents. Raises `BadAddress`."""
    try:
        found = unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        found = "\0"
    if _CONTROL.search(found):
        raise BadAddress(Said("адрес в UTF-8", "an address in UTF-8"))
    return found
