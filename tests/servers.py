"""A PostgreSQL server of the tests' own: in a temporary folder, reached by a socket there alone."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

#: where packages put the server's programs, beside the search path
_PLACES = ("/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt")
#: whom the server runs as where the tests are root's, whom it refuses
_USERS = ("postgres", "nobody")
#: a role of this name must tell its password, every other is let in
LOCKED_OUT = "locked_out"
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # no test switches the server's machine off
    "max_connections": "200",
    "shared_buffers": "32MB",
    "log_min_messages": "fatal",
}


class Server:
    """A running server; every database is made for one test and goes with the server."""

    def __init__(self, folder: Path, user: str) -> None:
        self.folder = folder
        self.user = user

    def database(self, template: str = "template1") -> str:
        """The address of a new database, empty, or a copy of another that nobody is using."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Away with a database, whoever still uses it."""
        self.run(f"DROP DATABASE IF EXISTS {name_of(url)} WITH (FORCE)")

    def shut(self, url: str) -> None:
        """Let nobody into a database any more, and end whoever is in it."""
        name = name_of(url)
        self.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        self.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    def replace(self, url: str, other: str) -> None:
        """Put a copy of another database in the place of one."""
        self.drop(url)
        self.run(f"CREATE DATABASE {name_of(url)} TEMPLATE {name_of(other)}")

    def url(self, name: str) -> str:
        """The address of a database by its name."""
        return f"postgresql+psycopg://{self.user}@/{name}?host={self.folder}"

    @property
    def socket(self) -> Path:
        """Where it is reached."""
        return self.folder / ".s.PGSQL.5432"

    def cpu(self) -> float:
        """Seconds of CPU that the server and all its processes took so far (Linux)."""
        first = (self.folder / "data/postmaster.pid").read_text().split()[0]
        ticks = 0
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # it has just ended
                values = path.read_text().rpartition(")")[2].split()
                own, ended = map(int, values[11:13]), map(int, values[13:15])
                if path.parent.name == first:
                    ticks += sum(own) + sum(ended)
                elif values[1] == first:
                    ticks += sum(own)
        return ticks / os.sysconf("SC_CLK_TCK")

    def run(self, statement: str, database: str = "postgres") -> list[Any]:
        """A statement outside any transaction."""
        engine = create_engine(self.url(database), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            found = connection.exec_driver_sql(statement)
            return list(found) if found.returns_rows else []


def name_of(url: str) -> str:
    """The database that an address names."""
    return url.rpartition("/")[2] if "?" not in url else url.partition("@/")[2].partition("?")[0]


@contextmanager
def started(**settings: str) -> Iterator[Server]:
    """A server for the block, some settings otherwise. Skips where there is none, or no driver."""
    pytest.importorskip("psycopg", reason="PostgreSQL's driver is not installed")
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL server here")
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a socket's path must be short
    data = folder / "data"
    if os.geteuid() == 0:
        found = pwd.getpwnam(user)
        os.chown(folder, found.pw_uid, found.pw_gid)
    try:
        _call(
            user,
            [programs / "initdb", "-D", data, "-U", user, "-A", "trust", "--no-sync", "-E", "UTF8"],
        )
        rules = data / "pg_hba.conf"
        rules.write_text(f"local all {LOCKED_OUT} scram-sha-256\n{rules.read_text()}")
        options = [f"-c{name}={value}" for name, value in {**_SETTINGS, **settings}.items()]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", folder, *options],
                stdout=subprocess.DEVNULL,
                stderr=log,
                **_as(user),
            )
        try:
            _until_ready(server, programs, folder)
            yield Server(folder, user)
        finally:
            server.send_signal(signal.SIGINT)  # the fast end: nobody who is connected is waited for
            server.wait(60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    found = [shutil.which("initdb")]
    found += [str(each) for place in _PLACES for each in sorted(Path(place).glob("*/bin/initdb"))]
    for each in reversed([name for name in found if name]):
        folder = Path(each).resolve().parent
        if (folder / "postgres").exists():
            return folder
    return None


def _user() -> str:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    for each in _USERS:
        try:
            return pwd.getpwnam(each).pw_name
        except KeyError:
            continue
    pytest.skip("PostgreSQL refuses root, and there is no other account")


def _as(user: str) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {"cwd": "/"}
    found = pwd.getpwnam(user)
    return {"cwd": "/", "user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}


def _call(user: str, command: list[Any]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **_as(user))
    if done.returncode != 0:
        pytest.skip(f"PostgreSQL cannot be started here: {done.stderr.strip()}")


def _until_ready(server: subprocess.Popen[bytes], programs: Path, folder: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        done = subprocess.run(
            [programs / "pg_isready", "-h", folder], stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode == 0:
            return
        if server.poll() is not None:
            pytest.skip(f"PostgreSQL ended: {(folder / 'log').read_text()[-400:]}")
        time.sleep(0.05)
    raise AssertionError("PostgreSQL never became ready")
