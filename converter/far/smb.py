"""SMB 2 and 3, by smbprotocol (the extra ``smb``): shares without the help of the system."""

from __future__ import annotations

import logging
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC
from typing import Any, BinaryIO

import smbclient
from smbprotocol.connection import Connection
from smbprotocol.exceptions import (
    SMBAuthenticationError,
    SMBException,
    SMBOSError,
    SMBResponseException,
)
from smbprotocol.header import NtStatus

from converter.far.address import Address
from converter.far.failures import file_failed, network_failed, with_end
from converter.far.opening import Credentials
from converter.far.pieces import fetch_pieces, send_pieces
from converter.far.transport import TIMEOUT, Entry, FarFailed, Wanted, Why
from converter.problems import Said

#: refusals of a login that the library has no names for
_LOGIN = {
    0xC0000064: Said("такого пользователя нет", "there is no such user"),
    0xC000006E: Said("вход ему ограничен", "the account is restricted"),
    0xC000006F: Said("в это время вход ему закрыт", "the account may not log in at this hour"),
    0xC0000070: Said("с этого компьютера вход ему закрыт", "it may not log in from this computer"),
    0xC0000072: Said("учётная запись отключена", "the account is disabled"),
    0xC000015B: Said("вход по сети ему не разрешён", "it may not log in over the network"),
    0xC0000193: Said("срок учётной записи истёк", "the account has expired"),
    0xC0000224: Said("сначала он должен сменить пароль", "the password must be changed first"),
    0xC0000234: Said("учётная запись заблокирована", "the account is locked"),
}
_QUOTA_EXCEEDED, _WRITE_PROTECTED = 0xC0000044, 0xC00000A2
_WHY = {
    _QUOTA_EXCEEDED: Why.FULL,
    _WRITE_PROTECTED: Why.DENIED,
    NtStatus.STATUS_ACCESS_DENIED: Why.DENIED,
    NtStatus.STATUS_CANNOT_DELETE: Why.DENIED,
    NtStatus.STATUS_BAD_NETWORK_NAME: Why.MISSING,
    NtStatus.STATUS_DISK_FULL: Why.FULL,
    NtStatus.STATUS_LOGON_FAILURE: Why.LOGIN,
    NtStatus.STATUS_NETWORK_NAME_DELETED: Why.AWAY,
    NtStatus.STATUS_PASSWORD_EXPIRED: Why.LOGIN,
    NtStatus.STATUS_USER_SESSION_DELETED: Why.AWAY,
    NtStatus.STATUS_WRONG_PASSWORD: Why.LOGIN,
}
for _name in ("smbprotocol", "smbclient", "spnego"):  # what they say is told by us
    logging.getLogger(_name).addHandler(logging.NullHandler())
_BUSY = Said("файл открыт в другой программе", "the file is open in another program")


def connect(address: Address, credentials: Credentials, timeout: float = TIMEOUT) -> Smb:
    """Log in, and look whether the folder is there. Raises `FarFailed`.

    Without a user the system's own login counts (Kerberos).
    """
    connection = _Patient(address.host, address.port, timeout)
    cache = {f"{address.host.lower()}:{address.port}": connection}
    user = f"{address.domain}\\{address.user}" if address.domain else address.user
    secret = None if credentials.password is None else credentials.password.decode()
    named = {"username": user, "password": secret, "port": address.port, "connection_cache": cache}
    opened = Smb(connection, address, named)
    try:
        with _told():
            connection.connect(timeout=int(timeout) or 1)
            smbclient.register_session(address.host, **named)
        if opened.size("") is None:
            raise FarFailed(Why.MISSING, "")
        return opened
    except BaseException:
        opened.close()
        raise


class _Patient(Connection):  # type: ignore[misc]
    """A connection on which an answer is waited for, but not for ever."""

    def __init__(self, host: str, port: int, timeout: float) -> None:
        super().__init__(uuid.uuid4(), host, port)
        self._timeout = timeout

    def receive(
        self,
        request: Any,
        wait: bool = True,
        timeout: float | None = None,
        resolve_symlinks: bool = True,
    ) -> Any:
        """The answer to a request."""
        return super().receive(request, wait, timeout or self._timeout, resolve_symlinks)


class Smb:
    """An open connection to a folder. Implements `Transport`.

    ``tick`` is that of the coarsest file system that a share may lie on.
    """

    tick = 2.0

    def __init__(self, connection: Connection, address: Address, named: dict[str, Any]) -> None:
        self._connection = connection
        self._root = rf"\\{address.host}\{address.path.replace('/', chr(92))}"
        self._named = named

    def _path(self, name: str) -> str:
        return rf"{self._root}\{name.replace('/', chr(92))}" if name else self._root

    def entries(self, wanted: Wanted) -> list[Entry]:
        """See `Transport`."""
        found = []
        with _told():
            for each in with_end(smbclient.scandir(self._root, **self._named)):
                if wanted(each.name) and each.is_file(follow_symlinks=False):
                    told = each.smb_info
                    moment = told.last_write_time
                    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
                    found.append(Entry(each.name, told.end_of_file, moment.timestamp()))
        return found

    def size(self, name: str) -> int | None:
        """See `Transport`."""
        try:
            with _told():
                found = smbclient.stat(self._path(name), **self._named)
        except FarFailed as failed:
            if failed.why is Why.MISSING:
                return None
            raise
        return int(found.st_size) if not name or stat.S_ISREG(found.st_mode) else None

    def read(self, name: str, into: BinaryIO) -> None:
        """See `Transport`."""
        with self._opened(name, "rb") as file:
            fetch_pieces(file.read, into, _told)

    def write(self, name: str, source: BinaryIO) -> None:
        """See `Transport`."""
        with self._opened(name, "wb") as file:
            send_pieces(source, file.write, _told)

    @contextmanager
    def _opened(self, name: str, mode: str) -> Iterator[BinaryIO]:
        """A file, which others may read, write and remove meanwhile as they could without us."""
        with _told():
            file = smbclient.open_file(self._path(name), mode, share_access="rwd", **self._named)
        try:
            yield file
        except BaseException:
            with suppress(Exception):
                file.close()
            raise
        with _told():
            file.close()

    def rename(self, old: str, new: str) -> None:
        """See `Transport`."""
        with _told():
            smbclient.replace(self._path(old), self._path(new), **self._named)

    def remove(self, name: str) -> None:
        """See `Transport`."""
        self._unless_missing(smbclient.remove, name)

    def make_folder(self, name: str) -> None:
        """See `Transport`."""
        try:
            with _told():
                smbclient.mkdir(self._path(name), **self._named)
        except FarFailed:
            with _told():
                smbclient.stat(self._path(name), **self._named)

    def remove_folder(self, name: str) -> None:
        """See `Transport`."""
        with suppress(FarFailed):
            self._unless_missing(smbclient.rmdir, name)

    def _unless_missing(self, act: Any, name: str) -> None:
        try:
            with _told():
                act(self._path(name), **self._named)
        except FarFailed as failed:
            if failed.why is not Why.MISSING:
                raise

    def close(self) -> None:
        """See `Transport`."""
        with suppress(SMBException, OSError, ValueError):
            self._connection.disconnect(timeout=1)


@contextmanager
def _told() -> Iterator[None]:
    """What the library raises as `FarFailed`."""
    try:
        yield
    except SMBOSError as error:
        raise _failed(error.ntstatus, error) from error
    except SMBResponseException as error:
        raise _failed(error.status, error) from error
    except SMBAuthenticationError as error:
        raise FarFailed(Why.LOGIN, str(error)) from error
    except ValueError as error:  # so the library tells that nobody answers
        cause = error.__cause__
        raise network_failed(cause if isinstance(cause, OSError) else error) from error
    except (SMBException, OSError, EOFError) as error:
        raise network_failed(error) from error


def _failed(status: int, error: Exception) -> FarFailed:
    if status == NtStatus.STATUS_SHARING_VIOLATION:
        return FarFailed(Why.BUSY, _BUSY)
    if status in _LOGIN:
        return FarFailed(Why.LOGIN, _LOGIN[status])
    if status in _WHY:
        return FarFailed(_WHY[status], str(error))
    if isinstance(error, OSError):
        return file_failed(error)
    return FarFailed(Why.OTHER, str(error))
