"""Samba's server on a port of its own, where the machine has it."""

from __future__ import annotations

import getpass
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
from tests.far.small_disk import on_small_disk, seen_by
from tests.far.world import Server

PASSWORD, VARIABLE = "пароль+1", "SERVER_PASSWORD"


@contextmanager
def smb(root: Path, *more: str, small: bool = False) -> Iterator[Server]:
    """Run smbd over a folder, as this account; skips where there is none. ``more`` are lines of its
    settings of the share; with ``small`` it lies on a disk of its own with little room."""
    smbd, passwords = (
        shutil.which(name, path="/usr/sbin:/usr/bin") for name in ("smbd", "smbpasswd")
    )
    if smbd is None or passwords is None:
        pytest.skip("there is no smbd on this machine")
    place = root.parent / "smbd"
    for name in ("state", "private", "pipes", "log"):
        (place / name).mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    user = getpass.getuser()
    lines = [
        "[global]",
        "server role = standalone server",
        f"smb ports = {port}",
        "interfaces = 127.0.0.1",
        "bind interfaces only = yes",
        "disable netbios = yes",
        "load printers = no",
        "printcap name = /dev/null",
        "passdb backend = tdbsam",
        *(f"{key} = {place / 'state'}" for key in ("lock directory", "state directory", "cache directory", "pid directory")),
        f"private dir = {place / 'private'}",
        f"ncalrpc dir = {place / 'pipes'}",
        f"log file = {place / 'log' / 'smbd'}",
        "[exchange]",
        f"path = {root}",
        f"valid users = {user}",
        "read only = no",
        *more,
    ]  # fmt: skip
    config = place / "smb.conf"
    config.write_text("\n".join(lines) + "\n")
    subprocess.run(
        [passwords, "-c", str(config), "-a", "-s", user],
        input=f"{PASSWORD}\n{PASSWORD}\n".encode(),
        check=True,
        capture_output=True,
    )
    command = [smbd, "-F", "--no-process-group", "-s", str(config)]
    process = subprocess.Popen(
        [*on_small_disk(root), *command] if small else command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # at its end it ends its whole group
    )
    try:
        _await(port, process)
        yield Server(
            seen_by(process, root) if small else root,
            lambda folder: Address(
                "smb", "127.0.0.1", port, f"exchange/{folder}".rstrip("/"), user
            ),
            Login(password_env=VARIABLE),
            {VARIABLE: PASSWORD},
        )
    finally:
        process.terminate()
        process.wait(10)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait for it to answer; skips where it ends instead."""
    while process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    pytest.skip(f"smbd does not start here: it ended with {process.returncode}")
