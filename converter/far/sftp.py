"""SFTP, by paramiko (the extra ``sftp``); version 3 of the protocol, as OpenSSH has it."""

from __future__ import annotations

import logging
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import BinaryIO

import paramiko
from paramiko.sftp import SFTPError
from paramiko.ssh_exception import (
    AuthenticationException,
    BadHostKeyException,
    NoValidConnectionsError,
    SSHException,
)

from converter.far.address import Address
from converter.far.failures import file_failed, network_failed, with_end
from converter.far.opening import Credentials
from converter.far.pieces import fetch_pieces, send_pieces
from converter.far.transport import TIMEOUT, Entry, FarFailed, Wanted, Why
from converter.problems import Said

#: what a server says to something that it does not know: it has no number of the system's
_UNKNOWN = "Operation unsupported"
#: so many pieces are asked for before the first has come
_REQUESTS = 64

logging.getLogger("paramiko").addHandler(logging.NullHandler())  # what it says is told by us


def connect(address: Address, credentials: Credentials, timeout: float = TIMEOUT) -> Sftp:
    """Log in, and go to the folder. Raises `FarFailed`."""
    client = paramiko.SSHClient()
    _trust(client, credentials.known_hosts)
    client.set_missing_host_key_policy(_Refuse())
    secret = None if credentials.password is None else credentials.password.decode()
    key = None if credentials.key is None else _key(credentials.key, credentials.password)
    try:
        with _told():
            client.connect(
                address.host,
                address.port,
                address.user,
                password=secret if key is None else None,
                pkey=key,
                allow_agent=False,
                look_for_keys=False,
                timeout=timeout,
                banner_timeout=timeout,
                auth_timeout=timeout,
                channel_timeout=timeout,
            )
            sftp = _begun(client, timeout)
            channel = sftp.get_channel()
            if channel is not None:
                channel.settimeout(timeout)
        return Sftp(client, sftp, address.path)
    except BaseException:
        client.close()
        raise


def _begun(client: paramiko.SSHClient, timeout: float) -> paramiko.SFTPClient:
    """SFTP over a login that went well. The library waits here for ever, for three answers: the
    connection is closed on it."""
    alarm = Timer(3 * timeout, client.close)
    alarm.daemon = True
    alarm.start()
    try:
        return client.open_sftp()
    except (SSHException, EOFError) as error:
        if alarm.finished.is_set():
            raise TimeoutError from error
        transport = client.get_transport()
        if transport is None or not transport.is_active():
            raise
        reason = Said(
            f"вход удался, а SFTP не начинается ({error}): на сервере он выключен или не разрешён"
            " этому пользователю",
            f"the login went well, and SFTP does not begin ({error}): the server has none, or does"
            " not allow it to this user",
        )
        raise FarFailed(Why.OTHER, reason) from error
    finally:
        alarm.cancel()


def _key(path: Path, passphrase: bytes | None) -> paramiko.PKey:
    """The private key of the account."""
    try:
        return paramiko.PKey.from_path(path, passphrase)  # type: ignore[arg-type]  # bytes it is
    except FileNotFoundError:
        reason = Said(f"файла ключа {path} нет", f"there is no key file {path}")
    except (SSHException, TypeError, ValueError, OSError):
        reason = Said(
            f"ключ в {path} не открывается: это не ключ или пароль к нему другой",
            f"the key in {path} does not open: it is none, or its password is another",
        )
    raise FarFailed(Why.LOGIN, reason)


def _trust(client: paramiko.SSHClient, known_hosts: Path | None) -> None:
    """Load the keys of servers; without a file of its own the account's, which may not be there."""
    path = known_hosts or Path("~/.ssh/known_hosts").expanduser()
    try:
        client.load_host_keys(str(path))
    except (OSError, SSHException) as error:
        if known_hosts is not None or not isinstance(error, FileNotFoundError):
            raise FarFailed(Why.UNTRUSTED, f"{path}: {error}") from error


class _Refuse(paramiko.MissingHostKeyPolicy):
    """A server nobody knows gets nothing; its fingerprint is told, to be compared."""

    def missing_host_key(
        self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey
    ) -> None:
        raise FarFailed(
            Why.UNTRUSTED,
            Said(
                f"его ключа нет в known_hosts; сейчас это {key.get_name()} {key.fingerprint}",
                f"known_hosts has no key of it; now it is {key.get_name()} {key.fingerprint}",
            ),
        )


class Sftp:
    """An open connection to a folder. Implements `Transport`."""

    tick = 1.0

    def __init__(self, client: paramiko.SSHClient, sftp: paramiko.SFTPClient, folder: str) -> None:
        self._client = client
        self._sftp = sftp
        try:
            with _told():
                sftp.chdir(folder)
        except FarFailed as failed:
            if failed.why is Why.OTHER:
                raise FarFailed(Why.MISSING, failed.reason) from failed
            raise

    def entries(self, wanted: Wanted) -> list[Entry]:
        """See `Transport`."""
        found = []
        with _told():
            for each in with_end(self._sftp.listdir_iter(".")):
                if stat.S_ISREG(each.st_mode or 0) and wanted(each.filename):
                    found.append(Entry(each.filename, each.st_size or 0, each.st_mtime))
        return found

    def size(self, name: str) -> int | None:
        """See `Transport`."""
        try:
            with _told():
                return self._sftp.stat(name).st_size
        except FarFailed as failed:
            if failed.why is Why.MISSING:
                return None
            raise

    def read(self, name: str, into: BinaryIO) -> None:
        """See `Transport`."""
        with _told():
            file = self._sftp.open(name, "rb")
            size = file.stat().st_size
        with file:
            if size:
                file.prefetch(size, _REQUESTS)
            fetch_pieces(file.read, into, _told)

    def write(self, name: str, source: BinaryIO) -> None:
        """See `Transport`. The answers to all pieces are waited for with the last one."""
        with _told():
            file = self._sftp.open(name, "wb")
            file.set_pipelined(True)
        try:
            send_pieces(source, file.write, _told, lambda: file.set_pipelined(False))
        finally:
            with _told():
                file.close()

    def rename(self, old: str, new: str) -> None:
        """See `Transport`. The protocol's own rename replaces nothing; OpenSSH has one that does."""
        try:
            with _told():
                self._sftp.posix_rename(old, new)
        except FarFailed as failed:
            if failed.reason != _UNKNOWN:
                raise
            with _told():
                self._sftp.rename(old, new)

    def remove(self, name: str) -> None:
        """See `Transport`."""
        try:
            with _told():
                self._sftp.remove(name)
        except FarFailed as failed:
            if failed.why is not Why.MISSING:
                raise

    def make_folder(self, name: str) -> None:
        """See `Transport`. That a folder is there already is told as any failure is."""
        try:
            with _told():
                self._sftp.mkdir(name)
        except FarFailed:
            if self.size(name) is None:
                raise

    def remove_folder(self, name: str) -> None:
        """See `Transport`."""
        try:
            with _told():
                self._sftp.rmdir(name)
        except FarFailed as failed:
            if failed.why is Why.AWAY:
                raise

    def close(self) -> None:
        """See `Transport`."""
        self._client.close()


@contextmanager
def _told() -> Iterator[None]:
    """What the library raises as `FarFailed`."""
    try:
        yield
    except BadHostKeyException as error:
        shown = f"{error.key.get_name()} {error.key.fingerprint}"
        reason = Said(
            f"его ключ не тот, что в known_hosts; сейчас это {shown}; если администратор это"
            " подтвердит, прежнюю строку там надо заменить: новая рядом с ней не поможет",
            f"its key is not that of known_hosts; now it is {shown}; if the administrator confirms"
            " that, the old line there must be replaced: a new one beside it does not help",
        )
        raise FarFailed(Why.UNTRUSTED, reason) from None
    except AuthenticationException as error:
        raise FarFailed(Why.LOGIN, str(error)) from None
    except NoValidConnectionsError as error:
        raise network_failed(next(iter(error.errors.values()))) from error
    except SFTPError as error:
        raise FarFailed(Why.OTHER, _garbage(str(error))) from error
    except (SSHException, EOFError) as error:
        raise network_failed(error) from error
    except OSError as error:
        raise (file_failed if error.errno is not None else _refused)(error) from error
    except UnicodeDecodeError as error:
        reason = Said("имя файла не в UTF-8", "the name of a file is not in UTF-8")
        raise FarFailed(Why.OTHER, reason) from error


def _garbage(said: str) -> Said:
    return Said(
        f"ответ сервера — не SFTP ({said}); чаще всего вход в учётную запись печатает текст"
        " (.bashrc), а без терминала он должен молчать",
        f"what the server answers is no SFTP ({said}); most often the login of the account prints"
        " some text (.bashrc): without a terminal it must be silent",
    )


def _refused(error: OSError) -> FarFailed:
    """What a server refuses without a number of the system's; a closed connection has none too."""
    plain = str(error)
    if isinstance(error, TimeoutError | ConnectionError) or "closed" in plain.lower():
        return network_failed(error)
    return FarFailed(Why.OTHER, plain)
