"""The data connections of FTP: who opens them, and how they end.

With ``passive`` they go to the server, else the server opens them to us. Where one cannot be opened
it is a firewall most of the time, or NAT, and people are told so.
"""

from __future__ import annotations

import ftplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from converter.far.failures import network_failed
from converter.far.ftp_replies import code, failed, told, words
from converter.far.ftp_tls import Tls
from converter.far.transport import FarFailed, Why
from converter.folder.durable import PIECE
from converter.problems import Said

#: how long the end of a TLS data connection is waited for: some servers never say it
FAREWELL = 2.0


@contextmanager
def transfer(ftp: ftplib.FTP, command: str) -> Iterator[socket.socket]:
    """A data connection for a block. Raises `FarFailed`.

    What the server says of it at its end counts, also where it broke off: a full disk is told so.
    """
    plain = (_to_server if ftp.passiveserver else _from_server)(ftp, command)
    try:
        with _secured(ftp, plain) as data:
            yield data
            _say_farewell(data)
    except FarFailed as broken:
        raise (_last_word(ftp) if broken.why is Why.AWAY else None) or broken from None
    with told():
        answer = ftp.voidresp()
    if "truncated" in answer.lower():  # Pure-FTPd lists so many files, and tells it only here
        raise FarFailed(Why.OTHER, _in_part(answer))


def received(data: socket.socket) -> bytes:
    """The next bytes of a transfer; none at its end. Raises `FarFailed`."""
    with told():
        return data.recv(PIECE)


def _to_server(ftp: ftplib.FTP, command: str) -> socket.socket:
    """The address of the server counts, whatever it says: behind NAT it knows only an inner one."""
    with told():
        host, port = ftp.makepasv()
    try:
        data = socket.create_connection((host, port), ftp.timeout)
    except OSError as error:
        raise _shut(port, error) from error
    try:
        with told():
            _begin(ftp, command)
    except BaseException:
        data.close()
        raise
    return data


def _from_server(ftp: ftplib.FTP, command: str) -> socket.socket:
    """Our address is that by which we talk to the server."""
    assert ftp.sock is not None
    host = ftp.sock.getsockname()[0]
    with socket.create_server((host, 0), family=ftp.af, backlog=1) as listener:
        listener.settimeout(ftp.timeout)
        _name_port(ftp, host, listener.getsockname()[1])
        try:
            _begin(ftp, command)
            data, _ = listener.accept()
        except TimeoutError as error:
            raise _unreached("") from error
        except ftplib.all_errors as error:
            raise (_unreached(words(error)) if code(error) == "425" else failed(error)) from error
    data.settimeout(ftp.timeout)
    return data


def _name_port(ftp: ftplib.FTP, host: str, port: int) -> None:
    """Say where we wait for the server. Some come at once, and most refuse an address that is not
    the one they see of us."""
    try:
        (ftp.sendport if ftp.af == socket.AF_INET else ftp.sendeprt)(host, port)
    except ftplib.Error as error:
        refusal = failed(error)
        raise (refusal if code(error) == "421" else _unreached(words(error))) from error
    except (OSError, EOFError) as error:
        raise failed(error) from error


def _begin(ftp: ftplib.FTP, command: str) -> None:
    """Give a command that transfers; some servers say of the connection first that all is well."""
    answer = ftp.sendcmd(command)
    if answer.startswith("2"):
        answer = ftp.getresp()
    if not answer.startswith("1"):
        raise ftplib.error_reply(answer)


def _shut(port: int, error: OSError) -> FarFailed:
    """The server named a port that is not open to us."""
    why = network_failed(error).reason
    ru, en = (why.ru, why.en) if isinstance(why, Said) else (why, why)
    return FarFailed(
        Why.AWAY,
        Said(
            f"порт данных {port} закрыт ({ru}): откройте порты пассивного режима в брандмауэре"
            " сервера, или, если он до нас достаёт, поставьте passive = false",
            f"the data port {port} is closed ({en}): open the passive ports in the server's"
            " firewall, or, if it can reach us, set passive = false",
        ),
    )


def _unreached(said: str) -> FarFailed:
    """The server does not reach us."""
    shown = f" ({said})" if said else ""
    return FarFailed(
        Why.AWAY,
        Said(
            f"сервер не смог открыть к нам соединение для данных{shown}: мешает брандмауэр или NAT;"
            " уберите passive = false",
            f"the server could not open the data connection to us{shown}: a firewall or NAT is in"
            " the way; take passive = false out",
        ),
    )


def _in_part(answer: str) -> Said:
    return Said(
        f"сервер показывает не все файлы папки: {answer}",
        f"the server does not show all files of the folder: {answer}",
    )


@contextmanager
def _secured(ftp: ftplib.FTP, plain: socket.socket) -> Iterator[socket.socket]:
    if not isinstance(ftp, Tls):
        with plain:
            yield plain
        return
    with told():
        data = ftp.wrapped(plain)
    with data:
        yield data


def _last_word(ftp: ftplib.FTP) -> FarFailed | None:
    """What the server says of a transfer that broke off, where it says why."""
    try:
        ftp.voidresp()
    except ftplib.Error as error:
        return failed(error)
    except (OSError, EOFError):
        return None
    return None


def _say_farewell(data: socket.socket) -> None:
    """End TLS, so that the other side knows that nothing was cut off."""
    if isinstance(data, ssl.SSLSocket):
        with suppress(OSError):
            data.settimeout(FAREWELL)
            data.unwrap().close()
