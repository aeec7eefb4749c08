"""A real FTP server in a thread, which breaks, lies or refuses where its script says."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from converter.far.address import Address
from converter.far.ftp_tls import IMPLICIT
from converter.settings.model import Login
from tests.far.certificates import Certificate
from tests.far.world import Server

with warnings.catch_warnings():  # of what Python 3.12 no longer has, and they bring along
    warnings.simplefilter("ignore", DeprecationWarning)
    from pyftpdlib.authorizers import AuthenticationFailed, DummyAuthorizer
    from pyftpdlib.filesystems import AbstractedFS, FilesystemError
    from pyftpdlib.handlers import DTPHandler, FTPHandler
    from pyftpdlib.ioloop import IOLoop
    from pyftpdlib.servers import FTPServer

USER, PASSWORD, VARIABLE = "exchange", "пароль+1", "SERVER_PASSWORD"


class Script:
    """What the server is to do wrong; counted over all connections since `reset`.

    ``command`` and ``reply``: the connection ends before that command, or in place of that reply.
    ``data``: so many bytes go through data connections, then all ends, or, with ``lies``, the data
    connection alone, and the server says that all went well. ``full``: uploads end so. ``answers``:
    to these commands it says only that, or nothing at all; and that in place of these answers.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """All goes well from now on."""
        self.command: int | None = None
        self.reply: int | None = None
        self.data: int | None = None
        self.lies = False
        self.full = ""
        self.answers: dict[str, str] = {}
        self.commands = self.replies = self.bytes = 0
        self.seen: list[str] = []

    @property
    def broken(self) -> bool:
        """Whether it has come to the place where it breaks."""
        return any(
            limit is not None and count > limit
            for limit, count in (
                (self.command, self.commands),
                (self.reply, self.replies),
                (self.data, self.bytes),
            )
        )


class Running(NamedTuple):
    """A running server; ``offered`` is what the exchange is told of it."""

    offered: Server
    script: Script


@contextmanager
def ftp(
    root: Path,
    *,
    mlsd: bool = True,
    sizes: bool = True,
    replaces: bool = True,
    rights: str = "elradfmwMT",
    encoding: str = "utf-8",
    certificate: Certificate | None = None,
    port: int = 0,
    crowd: int = 0,
    iis: bool = False,
    passive: bool = True,
    host: str = "127.0.0.1",
    **more: object,
) -> Iterator[Running]:
    """Run a server over a folder; without ``replaces`` it renames over no file, without ``sizes`` it
    knows neither SIZE nor MDTM and its listings hide files with a dot before their names, and a
    ``crowd`` of files is listed that are not there. With ``iis`` it does as that of Windows. It is offered to be
    talked to ``passive`` or not; ``more`` are what its class is to have."""
    script = Script()
    handler = _handler(script, certificate)
    if iis:
        mlsd = replaces = False
        handler.ftp_FEAT, handler.ftp_OPTS = _iis_features, _iis_option
        option = {**handler.proto_cmds["OPTS"], "auth": False}  # it may come before the user
        handler.proto_cmds = {**handler.proto_cmds, "OPTS": option}
    unknown = [*(() if mlsd else ("MLSD", "MLST")), *(() if sizes else ("SIZE", "MDTM"))]
    known = handler.proto_cmds.items()
    handler.proto_cmds = {name: each for name, each in known if name not in unknown}
    handler.encoding = "cp1251" if iis else encoding
    handler.says_utf8 = encoding == "utf-8"
    handler.abstracted_fs = AbstractedFS if replaces else _NoReplacing
    if not sizes:
        handler.abstracted_fs = type("Hiding", (_Hiding, handler.abstracted_fs), {})
    for name, each in more.items():
        setattr(handler, name, each)
    if crowd:
        handler.abstracted_fs = type("Crowded", (_Crowded,), {"crowd": crowd})
    handler.authorizer = _Authorizer()
    password = PASSWORD if encoding == "utf-8" else "plain"
    handler.authorizer.add_user(USER, password, str(root), perm=rights)
    handler.auth_failed_timeout = 0
    logging.getLogger("pyftpdlib").setLevel(logging.CRITICAL)
    loop = IOLoop()
    server = FTPServer((host, port), handler, ioloop=loop)
    thread = threading.Thread(target=_serve, args=(server,), daemon=True)
    thread.start()
    scheme = "ftp" if certificate is None else "ftps"
    login = Login(
        password_env=VARIABLE,
        certificate=None if certificate is None else certificate.file,
        passive=passive,
    )
    host, port = (host if certificate is None else "localhost"), server.address[1]
    try:
        yield Running(
            Server(
                root,
                lambda folder: Address(scheme, host, port, folder, USER),
                login,
                {VARIABLE: password},
            ),
            script,
        )
    finally:
        server.stopping = True
        thread.join(10)
        server.close_all()


def _serve(server: Any) -> None:
    while not getattr(server, "stopping", False):
        server.serve_forever(timeout=0.01, blocking=False, handle_exit=False)


class _Authorizer(DummyAuthorizer):  # type: ignore[misc]
    def validate_authentication(self, username: str, password: str, handler: Any) -> None:
        if self.user_table.get(username, {}).get("pwd") != password:
            raise AuthenticationFailed("Login incorrect.")


class _NoReplacing(AbstractedFS):  # type: ignore[misc]
    """As the server of Windows does."""

    def format_list(self, basedir: str, listing: list[str], *more: Any) -> Iterator[bytes]:
        for name in listing:
            path = Path(basedir, name)
            size = "<DIR>         " if path.is_dir() else f"{path.stat().st_size:>20}"
            yield f"07-20-26  09:52AM       {size} {name}\r\n".encode(self.cmd_channel.encoding)

    def rename(self, src: str, dst: str) -> None:
        if Path(dst).exists():
            raise FilesystemError("Cannot create a file when that file already exists.")
        super().rename(src, dst)


class _Hiding(AbstractedFS):  # type: ignore[misc]
    """As servers of Unix do."""

    def listdir(self, path: str) -> list[str]:
        return [each for each in super().listdir(path) if not each.startswith(".")]


class _Crowded(AbstractedFS):  # type: ignore[misc]
    """Lists files without end."""

    crowd = 0

    def format_mlsx(self, *arguments: Any, **named: Any) -> Iterator[bytes]:
        for number in range(self.crowd):
            yield b"type=file;size=1;modify=20260101000000; %d.xml\r\n" % number

    def listdir(self, path: str) -> list[str]:
        return [f"{number}.xml" for number in range(self.crowd)]


def _iis_features(handler: Any, line: str) -> None:
    features = ["LANG EN*", "UTF8", "AUTH TLS;TLS-C;SSL;TLS-P;", "PBSZ", "PROT C;P;", "CCC", "HOST"]
    features += ["SIZE", "MDTM", "REST STREAM"]
    handler.push("211-Extended features supported:\r\n")
    handler.push("".join(f" {each}\r\n" for each in features))
    handler.respond("211 END")


def _iis_option(handler: Any, line: str) -> None:
    """Until it is asked for UTF-8 it has the letters of its Windows."""
    if line.upper() == "UTF8 ON":
        handler.encoding = "utf-8"
        handler.respond("200 OPTS UTF8 command successful - UTF8 encoding now ON.")
    else:
        handler.respond("501 Option not supported.")


def _handler(script: Script, certificate: Certificate | None) -> Any:
    """The classes of a server with a script."""
    if certificate is None:
        control, data = FTPHandler, DTPHandler
    else:
        from pyftpdlib.handlers import TLS_DTPHandler, TLS_FTPHandler

        control, data = TLS_FTPHandler, TLS_DTPHandler

    class Data(data):  # type: ignore[misc,valid-type]
        ac_in_buffer_size = 64

        def handle_read(self) -> None:
            before = self.tot_bytes_received
            super().handle_read()
            self._count(self.tot_bytes_received - before)
            if script.full and self.receive and not self._closed:
                self._resp = (script.full, logging.debug)
                self.close()

        handle_read_event = handle_read

        def send(self, data: bytes) -> int:
            if script.data is not None:
                data = data[: max(1, min(64, script.data - script.bytes))]
            sent: int = super().send(data)
            self._count(sent)
            return sent

        def _count(self, count: int) -> None:
            script.bytes += count
            if script.data is None or script.bytes <= script.data or self._closed:
                return
            if script.lies:
                self.transfer_finished = True
                self._resp = ("226 Transfer complete.", logging.debug)
                self.close()
            else:
                self.cmd_channel.close()

    class Control(control):  # type: ignore[misc,valid-type]
        dtp_handler = Data
        says_utf8 = True
        use_sendfile = False

        def pre_process_command(self, line: str, cmd: str, arg: str) -> None:
            number = script.commands
            script.commands += 1
            script.seen.append(cmd)
            if script.command is not None and number >= script.command:
                self.close()
            elif cmd in script.answers:
                if script.answers[cmd]:
                    self.respond(script.answers[cmd])
            else:
                super().pre_process_command(line, cmd, arg)

        def respond(self, resp: str, *more: Any, **named: Any) -> None:
            number = script.replies
            script.replies += 1
            if script.reply is not None and number >= script.reply:
                self.close()
            else:
                super().respond(script.answers.get(resp[:3], resp), *more, **named)

        def ftp_FEAT(self, line: str) -> None:
            if self.says_utf8:
                super().ftp_FEAT(line)
            else:
                self.respond("500 What?")

        def handle(self) -> None:
            if self.server.address[1] == IMPLICIT:
                self.secure_connection(self.ssl_context)
            super().handle()

    if certificate is not None:
        Control.certfile = str(certificate.chain)
        Control.tls_control_required = Control.tls_data_required = True
    return Control
