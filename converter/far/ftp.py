"""FTP and FTPS, by the standard library (RFC 959, 3659, 4217).

Of what a server offers the best is used: MLSD, else NLST with SIZE and MDTM, else the sizes of LIST,
else what can be read of a file.
"""

from __future__ import annotations

import ftplib
import socket
import ssl
from contextlib import suppress
from typing import BinaryIO

from converter.far.address import Address
from converter.far.failures import Crowded
from converter.far.ftp_data import FAREWELL, received, transfer
from converter.far.ftp_listing import (
    FACTS,
    OLD,
    UTF8,
    WIRE,
    Names,
    file_of,
    hides_facts,
    is_file,
    moment,
    name_of,
    shown_by_facts,
    shown_by_list,
    tells_facts,
)
from converter.far.ftp_replies import NotKnown, failed, told, words
from converter.far.ftp_tls import IMPLICIT, Tls
from converter.far.opening import Credentials
from converter.far.pieces import fetch_pieces, send_pieces
from converter.far.transport import MOST, TIMEOUT, Entry, FarFailed, Wanted, Why

#: how long a line of a listing may be, all in all
_LINE = 400
#: after so many seconds without a command a router may forget the connection: it hears of us
_SILENCE = 30
_TLS12, _TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


def connect(address: Address, credentials: Credentials, timeout: float = TIMEOUT) -> Ftp:
    """Log in, and go to the folder. Raises `FarFailed`.

    With TLS 1.2 one session serves all data connections; of 1.3 some servers take each but once.
    """
    if address.scheme == "ftp":
        return Ftp(ftplib.FTP(timeout=timeout, encoding=WIRE), address, credentials)
    implicit = address.port == IMPLICIT
    try:
        older = Tls(credentials.certificate, _TLS12, timeout, implicit)
        return Ftp(older, address, credentials)
    except FarFailed as failure:
        if "VERSION" not in str(failure.reason).upper():
            raise
    return Ftp(Tls(credentials.certificate, _TLS13, timeout, implicit), address, credentials)


class Ftp:
    """An open connection to a folder. Implements `Transport`."""

    tick = 1.0

    def __init__(self, ftp: ftplib.FTP, address: Address, credentials: Credentials) -> None:
        self._ftp = ftp
        self._names = Names()
        self._tells_sizes: bool | None = None  # by SIZE; None: it has neither told one nor said no
        try:
            self._log_in(address, credentials)
            self._agree()
            self._enter(address.path)
        except BaseException:
            self.close()
            raise

    def _log_in(self, address: Address, credentials: Credentials) -> None:
        ftp = self._ftp
        user = (address.user or "anonymous").encode()
        password = credentials.password or (b"" if address.user else b"anonymous@")
        with told():
            ftp.connect(address.host, address.port)
            if ftp.sock is not None:
                _keep_alive(ftp.sock)
            if isinstance(ftp, Tls):
                ftp.secure()
            if not (user + password).isascii():
                self._ask_for("UTF8 ON")  # IIS reads them in the letters of its Windows before that
        try:
            ftp.login(user.decode(WIRE), password.decode(WIRE))
        except ftplib.error_perm as error:
            raise FarFailed(Why.LOGIN, words(error)) from None
        except ftplib.all_errors as error:
            raise failed(error) from error
        ftp.set_pasv(credentials.passive)
        if isinstance(ftp, Tls):
            with told():
                ftp.prot_p()

    def _agree(self) -> None:
        """Learn what the server can, and agree on letters, facts and bytes as they are."""
        with told():
            features = self._told_features()
            self._names.encoding = UTF8 if "UTF8" in features else OLD
            self._tells_facts = tells_facts(features)
            self._ftp.voidcmd("TYPE I")
            if "UTF8" in features:
                self._ask_for("UTF8 ON")
            if hides_facts(features):
                self._ask_for(f"MLST {';'.join(FACTS)};")

    def _told_features(self) -> dict[str, str]:
        """What the server can, and what it says of it."""
        try:
            lines = self._ftp.sendcmd("FEAT").splitlines()[1:-1]
        except ftplib.error_perm:
            return {}
        parts = [line.strip().partition(" ") for line in lines]
        return {name.upper(): rest for name, _, rest in parts}

    def _ask_for(self, option: str) -> None:
        with suppress(ftplib.error_reply, ftplib.error_perm):
            self._ftp.sendcmd(f"OPTS {option}")

    def _enter(self, path: str) -> None:
        """Go to the folder; where its name is not known in one way of writing, in the other."""
        if not path:
            return
        first = self._names.encoding
        for encoding in (first, OLD if first == UTF8 else UTF8):
            self._names.encoding = encoding
            try:
                self._ftp.cwd(self._names.on_wire(path))
                return
            except ftplib.error_perm as error:
                if encoding != first or path.isascii():
                    raise FarFailed(Why.MISSING, words(error)) from None
            except ftplib.all_errors as error:
                raise failed(error) from error

    # -- the steps -------------------------------------------------------------------------------

    def entries(self, wanted: Wanted) -> list[Entry]:
        """See `Transport`."""
        if self._tells_facts:
            try:
                return self._by_facts(wanted)
            except NotKnown:
                self._tells_facts = False
        return self._by_names(wanted)

    def _by_facts(self, wanted: Wanted) -> list[Entry]:
        found = []
        for line in self._lines("MLSD"):
            entry = file_of(line)
            if entry is not None and wanted(name := self._names.read(entry.name)):
                self._names.keep(entry.name)
                found.append(entry._replace(name=name))
        return found

    def _by_names(self, wanted: Wanted) -> list[Entry]:
        """Only of wanted ones more is asked: a folder may hold thousands of others."""
        found = []
        shown: dict[str, int | None] | None = None
        for raw in map(name_of, self._bare()):
            name = self._names.read(raw)
            if not wanted(name):
                continue
            self._names.keep(raw)
            size = self._told_size(name)
            if size is None and not self._tells_sizes:
                shown = self._shown("") if shown is None else shown
                size = shown[name] if name in shown else self._counted(name)
            if size is not None:
                found.append(Entry(name, size, self._modified(name)))
        return found

    def _bare(self) -> list[str]:
        """All names; a server may refuse to list a folder with no file in it, and that is no failure
        where LIST agrees."""
        try:
            return self._lines("NLST")
        except Crowded:
            raise
        except FarFailed as failure:
            if failure.why in (Why.AWAY, Why.LOGIN) or any(map(is_file, self._lines("LIST"))):
                raise
            return []

    def _lines(self, command: str) -> list[str]:
        """The lines of a listing. Raises `FarFailed` where there is no end of them."""
        text, count = bytearray(), 0
        with told():
            self._ftp.voidcmd("TYPE A")
        with transfer(self._ftp, command) as data:
            while piece := received(data):
                text += piece
                count += piece.count(b"\n")
                if len(text) > MOST * _LINE or count > MOST:
                    raise Crowded
        with told():
            self._ftp.voidcmd("TYPE I")
        return [line for line in text.decode(WIRE).replace("\r", "").split("\n") if line]

    def size(self, name: str) -> int | None:
        """See `Transport`. SIZE is refused in the same words where there is no file and where it is
        not allowed: one that never told a size is not believed that there is none."""
        size = self._told_size(name)
        if size is not None or self._tells_sizes:
            return size
        folder, _, last = name.rpartition("/")
        shown = self._shown(folder)
        return shown[last] if last in shown else self._counted(name)

    def _told_size(self, name: str) -> int | None:
        """The size of a file by SIZE; None where it tells none."""
        if self._tells_sizes is False:
            return None
        try:
            told = self._ftp.sendcmd(f"SIZE {self._names.on_wire(name)}")[4:].strip()
        except ftplib.error_perm as error:
            if isinstance(failed(error), NotKnown):
                self._tells_sizes = False
            return None
        except ftplib.all_errors as error:
            raise failed(error) from error
        self._tells_sizes = told.isdecimal()
        return int(told) if self._tells_sizes else None

    def _shown(self, folder: str) -> dict[str, int | None]:
        """The sizes in a listing of a folder, as far as it shows them; None for what is no file.
        Hidden files may be missing in it."""
        where = f" {folder}" if folder else ""
        if self._tells_facts:
            try:
                shown = shown_by_facts(self._lines(f"MLSD{where}"))
                return {self._names.read(raw): size for raw, size in shown.items()}
            except NotKnown:
                self._tells_facts = False
        try:
            shown = shown_by_list(self._lines(f"LIST{where}"))
        except Crowded:
            raise
        except FarFailed as failure:
            if failure.why in (Why.AWAY, Why.LOGIN):
                raise
            return {}  # so some refuse a folder without files
        return {self._names.read(raw): size for raw, size in shown.items()}

    def _counted(self, name: str) -> int | None:
        """The size of a file by reading it; None where the server gives none of that name."""
        size = 0
        try:
            with transfer(self._ftp, f"RETR {self._names.on_wire(name)}") as data:
                while piece := received(data):
                    size += len(piece)
        except FarFailed as failure:
            if failure.why is Why.DENIED:
                return None
            raise
        return size

    def _modified(self, name: str) -> float | None:
        """When a file was changed; None where the server does not tell."""
        try:
            return moment(self._ftp.sendcmd(f"MDTM {self._names.on_wire(name)}")[4:].strip())
        except ftplib.error_perm:
            return None
        except ftplib.all_errors as error:
            raise failed(error) from error

    def read(self, name: str, into: BinaryIO) -> None:
        """See `Transport`."""
        with transfer(self._ftp, f"RETR {self._names.on_wire(name)}") as data:
            fetch_pieces(data.recv, into, told)

    def write(self, name: str, source: BinaryIO) -> None:
        """See `Transport`."""
        with transfer(self._ftp, f"STOR {self._names.on_wire(name)}") as data:
            send_pieces(source, data.sendall, told)

    def rename(self, old: str, new: str) -> None:
        """See `Transport`."""
        with told():
            self._ftp.rename(self._names.on_wire(old), self._names.on_wire(new))

    def remove(self, name: str) -> None:
        """See `Transport`."""
        try:
            self._ftp.delete(self._names.on_wire(name))
        except ftplib.error_perm as error:
            if self.size(name) is not None:
                raise failed(error) from error
        except ftplib.all_errors as error:
            raise failed(error) from error

    def make_folder(self, name: str) -> None:
        """See `Transport`. Servers tell a folder that is there from a refusal in words only, so
        whatever is then put there tells."""
        try:
            self._ftp.mkd(self._names.on_wire(name))
        except ftplib.error_perm:
            return
        except ftplib.all_errors as error:
            raise failed(error) from error

    def remove_folder(self, name: str) -> None:
        """See `Transport`."""
        try:
            self._ftp.rmd(self._names.on_wire(name))
        except ftplib.error_perm:
            return
        except ftplib.all_errors as error:
            raise failed(error) from error

    def close(self) -> None:
        """See `Transport`. Nobody waits for the answer to a farewell."""
        if self._ftp.sock is not None:
            with suppress(OSError, EOFError):
                self._ftp.sock.settimeout(FAREWELL)
                self._ftp.putcmd("QUIT")
        with suppress(OSError):
            self._ftp.close()


def _keep_alive(commands: socket.socket) -> None:
    """Let the system ask now and then whether the server is there, while only data flow."""
    commands.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_KEEPIDLE"):
        commands.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _SILENCE)
