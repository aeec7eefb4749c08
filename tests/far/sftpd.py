"""SFTP servers: one by paramiko in a thread, and OpenSSH's where the machine has it."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import paramiko
import pytest
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_SUCCEEDED
from paramiko.sftp import SFTP_FAILURE, SFTP_OK, SFTP_PERMISSION_DENIED

from converter.far.address import Address
from converter.settings.model import Login
from tests.far.small_disk import on_small_disk, seen_by
from tests.far.world import Server

USER, PASSWORD, VARIABLE = "exchange", "пароль+1", "SERVER_PASSWORD"


class _Session(paramiko.ServerInterface):
    """Lets in who knows the password or has the key."""

    def __init__(self, key: paramiko.PKey | None) -> None:
        self._key = key

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"

    def check_auth_password(self, username: str, password: str) -> int:
        fits = (username, password) == (USER, PASSWORD)
        return AUTH_SUCCESSFUL if fits else AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        fits = username == USER and key == self._key
        return AUTH_SUCCESSFUL if fits else AUTH_FAILED


class _Files(paramiko.SFTPServerInterface):
    """The files below a folder. Its rename replaces nothing, as the protocol has it."""

    root = ""
    read_only = False
    asked: list[str] = []  # noqa: RUF012

    def _real(self, path: str) -> str:
        return self.root + self.canonicalize(path)

    def list_folder(self, path: str) -> Any:
        self.asked.append("list_folder")
        return self._answer(lambda: [self._entry(each) for each in os.scandir(self._real(path))])

    def stat(self, path: str) -> Any:
        self.asked.append("stat")
        return self._answer(
            lambda: paramiko.SFTPAttributes.from_stat(os.stat(self._real(path)))  # noqa: PTH116
        )

    lstat = stat

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> Any:
        self.asked.append("open")
        if self.read_only and flags & os.O_WRONLY:
            return SFTP_PERMISSION_DENIED
        return self._answer(lambda: self._opened(self._real(path), flags))

    def remove(self, path: str) -> Any:
        return self._answer(lambda: Path(self._real(path)).unlink())

    def rename(self, oldpath: str, newpath: str) -> Any:
        if Path(self._real(newpath)).exists():
            return SFTP_FAILURE
        return self._answer(lambda: shutil.move(self._real(oldpath), self._real(newpath)) and None)

    def mkdir(self, path: str, attr: paramiko.SFTPAttributes) -> Any:
        return self._answer(lambda: Path(self._real(path)).mkdir())

    def rmdir(self, path: str) -> Any:
        return self._answer(lambda: Path(self._real(path)).rmdir())

    def _entry(self, each: os.DirEntry[str]) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(each.stat(), each.name)

    def _opened(self, path: str, flags: int) -> paramiko.SFTPHandle:
        made = paramiko.SFTPHandle(flags)
        file = os.fdopen(os.open(path, flags, 0o666), "wb" if flags & os.O_WRONLY else "rb")
        made.readfile = made.writefile = file  # type: ignore[attr-defined]
        made.stat = lambda: paramiko.SFTPAttributes.from_stat(os.fstat(file.fileno()))  # type: ignore[method-assign]
        return made

    @staticmethod
    def _answer(act: Any) -> Any:
        try:
            found = act()
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)
        return SFTP_OK if found is None else found


def known_hosts(folder: Path, port: int, key: paramiko.PKey) -> Path:
    """A file that knows a server of this machine."""
    path = folder / "known_hosts"
    path.write_text(f"[127.0.0.1]:{port} {key.get_name()} {key.get_base64()}\n")
    return path


@contextmanager
def sftp(
    root: Path,
    key: paramiko.PKey | None = None,
    read_only: bool = False,
    asked: list[str] | None = None,
) -> Iterator[Server]:
    """Run a server over a folder; who has that key needs no password. ``asked`` is told what it is
    asked for."""
    host_key = paramiko.ECDSAKey.generate()
    has = {"root": str(root), "read_only": read_only}
    files = type("Files", (_Files,), {**has, "asked": [] if asked is None else asked})
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    running: list[paramiko.Transport] = []

    def accept() -> None:
        with suppress(OSError, EOFError, paramiko.SSHException):
            while True:
                client, _ = listener.accept()
                with suppress(EOFError, paramiko.SSHException, ConnectionError):
                    transport = paramiko.Transport(client)
                    transport.add_server_key(host_key)
                    transport.set_subsystem_handler("sftp", paramiko.SFTPServer, files)
                    running.append(transport)
                    transport.start_server(server=_Session(key))

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield Server(
            root,
            lambda folder: Address("sftp", "127.0.0.1", port, f"/{folder}", USER),
            Login(password_env=VARIABLE, known_hosts=known_hosts(root.parent, port, host_key)),
            {VARIABLE: PASSWORD},
        )
    finally:
        listener.close()
        for each in running:
            each.close()


@contextmanager
def openssh(root: Path, before: str = "", small: bool = False) -> Iterator[Server]:
    """Run OpenSSH's server over a folder, as this account; skips where the machine has none.

    ``before`` is what a shell does for each session before it; with ``small`` the folder lies on a
    disk of its own with little room.
    """
    sshd = os.environ.get("SSHD") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
    if sshd is None:
        pytest.skip("there is no sshd on this machine")
    place = root.parent / "sshd"
    place.mkdir(mode=0o700)
    host, own = paramiko.ECDSAKey.generate(), paramiko.ECDSAKey.generate()
    for name, each in (("host", host), ("id", own)):
        each.write_private_key_file(str(place / name))
        (place / name).chmod(0o600)
    (place / "authorized").write_text(f"{own.get_name()} {own.get_base64()}\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    lines = [
        f"ListenAddress 127.0.0.1:{port}",
        f"HostKey {place / 'host'}",
        f"AuthorizedKeysFile {place / 'authorized'}",
        f"PidFile {place / 'pid'}",
        f"Subsystem sftp {_session(place, before) if before else 'internal-sftp'}",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "UsePAM no",
        "StrictModes no",
        "PermitRootLogin yes",
    ]
    (place / "config").write_text("\n".join(lines) + "\n")
    with suppress(OSError):  # it wants an empty folder, which else its own service makes
        Path("/run/sshd").mkdir(mode=0o755)
    log = place / "log"
    command = [sshd, "-D", "-E", str(log), "-f", str(place / "config")]
    process = subprocess.Popen([*on_small_disk(root), *command] if small else command)
    try:
        _await(port, process, log)
        yield Server(
            seen_by(process, root) if small else root,
            lambda folder: Address(
                "sftp", "127.0.0.1", port, str(root / folder), getpass.getuser()
            ),
            Login(key=place / "id", known_hosts=known_hosts(place, port, host)),
        )
    finally:
        process.terminate()
        process.wait(10)


def _session(place: Path, before: str) -> Path:
    """What a session of SFTP is: a shell that goes on as OpenSSH's program; skips without that."""
    found = ("/usr/lib/openssh", "/usr/libexec/openssh", "/usr/libexec", "/usr/lib/ssh")
    program = shutil.which("sftp-server", path=os.pathsep.join(found))
    if program is None:
        pytest.skip("there is no sftp-server on this machine")
    script = place / "session"
    script.write_text(f"#!/bin/sh\n{before}\nexec {program}\n")
    script.chmod(0o755)
    return script


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for a server to answer; skips where it ends instead."""
    while process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.01)
    pytest.skip(f"sshd does not start here: {log.read_text(errors='replace').strip()}")
