"""FTP servers that people really run, over TLS, where the machine has them: vsftpd, ProFTPD, Pure-FTPd.

Each is found in /usr/sbin, or where a variable of the environment says (VSFTPD, PROFTPD, PURE_FTPD),
and skipped where it cannot be started: they want to be root, to lock their users in.
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from converter.far.address import Address
from converter.settings.model import Login
from tests.far.certificates import Certificate, self_signed
from tests.far.world import Server

USER, PASSWORD, VARIABLE = "exchange", "plain+1", "SERVER_PASSWORD"
#: who Pure-FTPd lets its users be: not root
_NOBODY = "65534"
#: the password as it is kept there; what its own program makes takes seconds to compare
_HASH = "$6$rounds=1000$test$ry5hDvK9Jz4YUjoJRNNBXPMDdTxL6MpZFkoM9j84Fo314o2Zfmh7E3OXo6kqtcYUE1QqpHT41o9LK8wDNJpGM/"


@contextmanager
def vsftpd(root: Path, *more: str) -> Iterator[Server]:
    """Run vsftpd over a folder. It demands the session of the commands for data, knows no MLSD, and
    renames over files. ``more`` are lines of its settings."""
    program, place, made = _prepared("vsftpd", root)
    (place / "empty").mkdir()
    port = _free_port()
    lines = [
        "listen=YES",
        "background=NO",
        "listen_address=127.0.0.1",
        f"listen_port={port}",
        "run_as_launching_user=YES",
        "seccomp_sandbox=NO",
        f"secure_chroot_dir={place / 'empty'}",
        "anonymous_enable=YES",
        "no_anon_password=YES",
        "local_enable=NO",
        f"ftp_username={getpass.getuser()}",
        f"anon_root={root}",
        "allow_writeable_chroot=YES",
        "anon_world_readable_only=NO",
        "write_enable=YES",
        "anon_upload_enable=YES",
        "anon_mkdir_write_enable=YES",
        "anon_other_write_enable=YES",
        "ssl_enable=YES",
        "allow_anon_ssl=YES",
        "force_anon_logins_ssl=YES",
        "force_anon_data_ssl=YES",
        "require_ssl_reuse=YES",
        "ssl_ciphers=HIGH",
        f"rsa_cert_file={made.chain}",
        *more,
    ]
    (place / "conf").write_text("\n".join(lines) + "\n")
    with _running([program, str(place / "conf")], port):
        yield _offered(root, port, made, None)


@contextmanager
def proftpd(root: Path, *more: str) -> Iterator[Server]:
    """Run ProFTPD over a folder. It demands the session of the commands for data, knows MLSD, and
    writes over no file unless told to. ``more`` are lines of its settings."""
    program, place, made = _prepared("proftpd", root)
    port = _free_port()
    lines = [
        f"ModulePath {Path(program).parent.parent / 'lib' / 'proftpd'}",
        "LoadModule mod_tls.c",
        "ServerName test",
        "ServerType standalone",
        "DefaultAddress 127.0.0.1",
        "SocketBindTight on",
        f"Port {port}",
        "User root",
        "Group root",
        "RootLogin on",
        "UseReverseDNS off",
        "WtmpLog off",
        "DelayEngine off",
        f"PidFile {place / 'pid'}",
        f"ScoreboardFile {place / 'score'}",
        "TLSEngine on",
        "TLSRequired on",
        f"TLSECCertificateFile {made.chain}",
        f"TLSECCertificateKeyFile {made.chain}",
        f"<Anonymous {root}>",
        "User root",
        "Group root",
        "UserAlias anonymous root",
        "RequireValidShell off",
        "</Anonymous>",
        *more,
    ]
    (place / "conf").write_text("\n".join(lines) + "\n")
    made.chain.chmod(0o600)
    with _running([program, "-n", "-c", str(place / "conf")], port):
        yield _offered(root, port, made, None)


@contextmanager
def pure_ftpd(root: Path, *more: str) -> Iterator[Server]:
    """Run Pure-FTPd over a folder. It knows MLSD and renames over files. ``more`` are options."""
    program, place, made = _prepared("pure-ftpd", root)
    keeper = Path(program).parent.parent / "bin" / "pure-pw"
    if not keeper.exists():
        pytest.skip("there is no pure-pw on this machine")
    listed = str(place / "users")
    account = [USER, _HASH, _NOBODY, _NOBODY, "", f"{root}/./"]
    Path(listed).write_text(":".join(account) + ":" * 12 + "\n")
    subprocess.run([keeper, "mkdb", f"{listed}.pdb", "-f", listed], check=True, capture_output=True)
    for folder in (root, root / "crm", root / "bp"):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o777)
    port = _free_port()
    command = [program, "-S", f"127.0.0.1,{port}", "-u", "1", "-E", "-A", "-H"]
    command += ["-l", f"puredb:{listed}.pdb", "-g", str(place / "pid")]
    with _running([*command, "-Y", "3", "-2", str(made.chain), *more], port):
        yield _offered(root, port, made, USER)


def _prepared(name: str, root: Path) -> tuple[str, Path, Certificate]:
    """The program, a folder for what it keeps, and a certificate; skips where it cannot be run."""
    variable = name.upper().replace("-", "_")
    program = os.environ.get(variable) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip(f"there is no {name} on this machine")
    if os.geteuid() != 0:
        pytest.skip(f"{name} wants to be root")
    place = root.parent / name
    place.mkdir()
    return program, place, self_signed(root.parent)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def _offered(root: Path, port: int, made: Certificate, user: str | None) -> Server:
    def address(folder: str) -> Address:
        return Address("ftps", "localhost", port, folder, user)

    if user is None:
        return Server(root, address, Login(certificate=made.file))
    login = Login(certificate=made.file, password_env=VARIABLE)
    return Server(root, address, login, {VARIABLE: PASSWORD})


@contextmanager
def _running(command: list[str], port: int) -> Iterator[None]:
    """Run a server while the block lasts; skips where it ends at once instead."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _await(command[0], port, process)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _await(program: str, port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    pytest.skip(f"{program} does not start here: it ended with {process.returncode}")
