"""FTP and FTPS, by the standard library (RFC 959, 3659, 4217).

Names go over the wire as bytes and are read here: UTF-8, else windows-1251, as old servers in Russia
have them, who do not announce UTF-8 either. Of what a server offers the best is used: MLSD, else NLST
with SIZE and MDTM.
"""

from __future__ import annotations

import ftplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import BinaryIO

from converter.far.address import Address
from converter.far.failures import crowded, network_failed
from converter.far.opening import Credentials
from converter.far.transport import MOST, TIMEOUT, Entry, FarFailed, Wanted, Why
from converter.folder.durable import PIECE
from converter.problems import Said
from converter.problems.visible import blanked

#: the port on which TLS is there from the first byte
IMPLICIT = 990
#: what the standard library makes of bytes, one letter for each; `_decoded` reads them
_BYTES = "latin-1"
_UTF8, _OLD = "utf-8", "windows-1251"
#: how long the end of a TLS data connection is waited for: some servers never say it
_FAREWELL = 2.0
#: and how long a line of a listing may be, all in all
_LINE = 400
_TLS12, _TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
_NOT_KNOWN = ("500", "501", "502", "504")
_FULL = ("452", "552")
_GONE = ("421", "425", "426")
_PLAIN = Said("ftps нужен сервер с TLS, а этот его не знает", "ftps needs a server that knows TLS")


def connect(address: Address, credentials: Credentials, timeout: float = TIMEOUT) -> Ftp:
    """Log in, and go to the folder. Raises `FarFailed`."""
    if address.scheme == "ftp":
        return Ftp(ftplib.FTP(timeout=timeout, encoding=_BYTES), address, credentials)
    try:
        return Ftp(_tls(address, credentials, _TLS12, timeout), address, credentials)
    except FarFailed as failed:
        if "VERSION" not in str(failed.reason).upper():
            raise
    return Ftp(_tls(address, credentials, _TLS13, timeout), address, credentials)


def _tls(
    address: Address, credentials: Credentials, newest: ssl.TLSVersion, timeout: float
) -> _Tls:
    """With TLS 1.2 one session serves all data connections; of 1.3 some servers take each but once."""
    try:
        context = ssl.create_default_context()
        if credentials.certificate is not None:
            context.load_verify_locations(credentials.certificate)
    except (OSError, ssl.SSLError) as error:
        reason = f"{credentials.certificate}: {error.strerror or error}"
        raise FarFailed(Why.UNTRUSTED, reason) from error
    context.maximum_version = newest
    return _Tls(context, timeout, address.port == IMPLICIT)


class Ftp:
    """An open connection to a folder. Implements `Transport`."""

    tick = 1.0

    def __init__(self, ftp: ftplib.FTP, address: Address, credentials: Credentials) -> None:
        self._ftp = ftp
        self._encoding = _UTF8
        self._raw: dict[str, str] = {}
        try:
            self._log_in(address, credentials)
        except BaseException:
            self.close()
            raise

    def _log_in(self, address: Address, credentials: Credentials) -> None:
        ftp = self._ftp
        user = address.user or "anonymous"
        password = credentials.password or (b"" if address.user else b"anonymous@")
        with _told():
            ftp.connect(address.host, address.port)
            if isinstance(ftp, _Tls):
                ftp.secure()
        try:
            ftp.login(user.encode().decode(_BYTES), password.decode(_BYTES))
        except ftplib.error_perm as error:
            raise FarFailed(Why.LOGIN, _words(error)) from None
        except ftplib.all_errors as error:
            raise _failed(error) from error
        ftp.set_pasv(credentials.passive)
        with _told():
            if isinstance(ftp, _Tls):
                ftp.prot_p()
            self._features = self._told_features()
            self._encoding = _UTF8 if "UTF8" in self._features else _OLD
            ftp.voidcmd("TYPE I")
            if "UTF8" in self._features:
                with suppress(ftplib.error_reply, ftplib.error_perm):
                    ftp.sendcmd("OPTS UTF8 ON")
        self._enter(address.path)

    def _told_features(self) -> set[str]:
        try:
            lines = self._ftp.sendcmd("FEAT").splitlines()[1:-1]
        except ftplib.error_perm:
            return set()
        return {line.split()[0].upper() for line in lines if line.split()}

    def _enter(self, path: str) -> None:
        """Go to the folder; where its name is not known in one way of writing, in the other."""
        if not path:
            return
        first = self._encoding
        for encoding in (first, _OLD if first == _UTF8 else _UTF8):
            self._encoding = encoding
            try:
                self._ftp.cwd(self._on_wire(path))
                return
            except ftplib.error_perm as error:
                if encoding != first or path.isascii():
                    raise FarFailed(Why.MISSING, _words(error)) from None
            except ftplib.all_errors as error:
                raise _failed(error) from error

    # -- names -----------------------------------------------------------------------------------

    def _on_wire(self, name: str) -> str:
        """A name as the server has it: as it was listed, else in the server's way."""
        if name in self._raw:
            return self._raw[name]
        try:
            return name.encode(self._encoding).decode(_BYTES)
        except UnicodeEncodeError:
            return name.encode().decode(_BYTES)

    def _decoded(self, raw: str) -> str:
        data = raw.encode(_BYTES)
        try:
            name = data.decode()
            if not data.isascii():
                self._encoding = _UTF8
        except UnicodeDecodeError:
            name = data.decode(_OLD, "replace")
            self._encoding = _OLD
        self._raw[name] = raw
        return name

    # -- the steps -------------------------------------------------------------------------------

    def entries(self, wanted: Wanted) -> list[Entry]:
        """See `Transport`."""
        if "MLST" in self._features or "MLSD" in self._features:
            return [each for each in self._facts() if wanted(each.name)]
        found = []
        for raw in self._names():
            name = self._decoded(re.split(r"[/\\]", raw)[-1])
            if not wanted(name):
                continue
            size = self.size(name)
            if size is not None:
                found.append(Entry(name, size, self._modified(name)))
        return found

    def _facts(self) -> Iterator[Entry]:
        for line in self._lines("MLSD"):
            facts, _, raw = line.partition(" ")
            told = dict(each.casefold().split("=", 1) for each in facts.split(";") if "=" in each)
            if told.get("type") == "file" and told.get("size", "").isdigit():
                name = self._decoded(raw)
                yield Entry(name, int(told["size"]), _moment(told.get("modify", "")))

    def _names(self) -> list[str]:
        """All names; a server may refuse to list a folder with nothing in it, and that is no failure
        where LIST agrees."""
        try:
            return self._lines("NLST")
        except FarFailed as failed:
            if failed.why not in (Why.DENIED, Why.MISSING) or self._lines("LIST"):
                raise
            return []

    def _lines(self, command: str) -> list[str]:
        """The lines of a listing. Raises `FarFailed` where there is no end of them."""
        text, count = bytearray(), 0
        with _told():
            self._ftp.voidcmd("TYPE A")
        with self._data(command) as data:
            while piece := _received(data):
                text += piece
                count += piece.count(b"\n")
                if len(text) > MOST * _LINE or count > MOST:
                    raise crowded()
        with _told():
            self._ftp.voidcmd("TYPE I")
        return [line for line in text.decode(_BYTES).replace("\r", "").split("\n") if line]

    def size(self, name: str) -> int | None:
        """See `Transport`."""
        try:
            return self._ftp.size(self._on_wire(name))
        except ftplib.error_perm as error:
            if str(error)[:3] in _NOT_KNOWN:
                raise _failed(error) from error
            return None
        except ftplib.all_errors as error:
            raise _failed(error) from error

    def _modified(self, name: str) -> float | None:
        """When a file was changed; None where the server does not tell."""
        try:
            return _moment(self._ftp.sendcmd(f"MDTM {self._on_wire(name)}")[4:].strip())
        except ftplib.error_perm:
            return None
        except ftplib.all_errors as error:
            raise _failed(error) from error

    def read(self, name: str, into: BinaryIO) -> None:
        """See `Transport`."""
        with self._data(f"RETR {self._on_wire(name)}") as data:
            while piece := _received(data):
                into.write(piece)

    def write(self, name: str, source: BinaryIO) -> None:
        """See `Transport`."""
        with self._data(f"STOR {self._on_wire(name)}") as data:
            while piece := source.read(PIECE):
                with _told():
                    data.sendall(piece)

    @contextmanager
    def _data(self, command: str) -> Iterator[socket.socket]:
        """A transfer. What the server says of it at its end counts, also where it broke off: a full
        disk is told so."""
        with _told():
            data = self._ftp.transfercmd(command)
        try:
            with data:
                yield data
                _say_farewell(data)
        except FarFailed as failed:
            raise (self._last_word() if failed.why is Why.AWAY else None) or failed from None
        with _told():
            self._ftp.voidresp()

    def _last_word(self) -> FarFailed | None:
        """What the server says of a transfer that broke off, where it says why."""
        try:
            self._ftp.voidresp()
        except ftplib.Error as error:
            return _failed(error)
        except (OSError, EOFError):
            return None
        return None

    def rename(self, old: str, new: str) -> None:
        """See `Transport`."""
        with _told():
            self._ftp.rename(self._on_wire(old), self._on_wire(new))

    def remove(self, name: str) -> None:
        """See `Transport`."""
        try:
            self._ftp.delete(self._on_wire(name))
        except ftplib.error_perm as error:
            if self.size(name) is not None:
                raise _failed(error) from error
        except ftplib.all_errors as error:
            raise _failed(error) from error

    def make_folder(self, name: str) -> None:
        """See `Transport`. Servers tell a folder that is there from a refusal in words only, so
        whatever is then put there tells."""
        try:
            self._ftp.mkd(self._on_wire(name))
        except ftplib.error_perm:
            return
        except ftplib.all_errors as error:
            raise _failed(error) from error

    def remove_folder(self, name: str) -> None:
        """See `Transport`."""
        try:
            self._ftp.rmd(self._on_wire(name))
        except ftplib.error_perm:
            return
        except ftplib.all_errors as error:
            raise _failed(error) from error

    def close(self) -> None:
        """See `Transport`. Nobody waits for the answer to a farewell."""
        if self._ftp.sock is not None:
            with suppress(OSError, EOFError):
                self._ftp.sock.settimeout(_FAREWELL)
                self._ftp.putcmd("QUIT")
        with suppress(OSError):
            self._ftp.close()


class _Tls(ftplib.FTP_TLS):
    """FTP over TLS. Data connections go on with the session of the commands, as servers demand:
    else another could answer in their place."""

    def __init__(self, context: ssl.SSLContext, timeout: float, implicit: bool) -> None:
        super().__init__(context=context, timeout=timeout, encoding=_BYTES)
        self._implicit = implicit

    def connect(self, *arguments: object, **more: object) -> str:
        """Connect; on the port of implicit TLS the greeting comes through it already."""
        if not self._implicit:
            return super().connect(*arguments, **more)  # type: ignore[arg-type]
        self.host, self.port = arguments  # type: ignore[assignment]
        plain = socket.create_connection((self.host, self.port), self.timeout)
        self.af = plain.family
        self.sock = self.context.wrap_socket(plain, server_hostname=self.host)
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()
        return self.welcome

    def secure(self) -> None:
        """Begin TLS, before anything secret is said. Raises `FarFailed`."""
        if self._implicit:
            return
        try:
            self.auth()
        except ftplib.error_perm:
            raise FarFailed(Why.UNTRUSTED, _PLAIN) from None

    def ntransfercmd(
        self, cmd: str, rest: int | str | None = None
    ) -> tuple[socket.socket, int | None]:
        """A data connection, with the session of the other."""
        data, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        assert isinstance(self.sock, ssl.SSLSocket)
        try:
            wrapped = self.context.wrap_socket(
                data, server_hostname=self.host, session=self.sock.session
            )
        except BaseException:
            data.close()
            raise
        return wrapped, size


def _received(data: socket.socket) -> bytes:
    """The next bytes of a transfer; none at its end."""
    with _told():
        return data.recv(PIECE)


def _say_farewell(data: socket.socket) -> None:
    """End TLS, so that the other side knows that nothing was cut off."""
    if isinstance(data, ssl.SSLSocket):
        with suppress(OSError):
            data.settimeout(_FAREWELL)
            data.unwrap().close()


@contextmanager
def _told() -> Iterator[None]:
    """What the library raises as `FarFailed`."""
    try:
        yield
    except ftplib.all_errors as error:
        raise _failed(error) from error


def _failed(error: Exception) -> FarFailed:
    if isinstance(error, ssl.SSLCertVerificationError):
        return FarFailed(Why.UNTRUSTED, error.verify_message or str(error))
    if not isinstance(error, ftplib.Error):
        return network_failed(error)
    code = str(error)[:3]
    if code in _FULL:
        return FarFailed(Why.FULL, _words(error))
    if code in _GONE:
        return FarFailed(Why.AWAY, _words(error))
    if code in ("550", "553", "532"):
        return FarFailed(Why.DENIED, _words(error))
    if code == "530":
        return FarFailed(Why.LOGIN, _words(error))
    return FarFailed(Why.OTHER, _words(error))


def _words(error: Exception) -> str:
    """What the server said, readable whatever its letters are."""
    data = str(error).encode(_BYTES, "replace")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode(_OLD, "replace")
    return blanked(text)


def _moment(text: str) -> float | None:
    """A time of MLSD or MDTM; None for what is none."""
    found = re.match(r"(\d{14})(\.\d+)?", text)
    if found is None:
        return None
    try:
        moment = datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment.timestamp() + float(found[2] or 0)
