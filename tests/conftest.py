"""What all tests share: the samples, the command line as a process, the official schemas."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest
from hypothesis import Phase, settings
from lxml import etree

from tests.command import command
from tests.servers import Server, started

ROOT = Path(__file__).parent.parent
OFFICIAL = ROOT.parent / "shared" / "enterprisedata" / "xsd"

# No clock decides whether a test passes, and no database of examples is left behind.
settings.register_profile("project", deadline=None, database=None)
# For mutation testing: whether a test fails is all that is asked.
settings.register_profile(
    "quick",
    deadline=None,
    database=None,
    max_examples=30,
    phases=[Phase.explicit, Phase.generate],
)
settings.load_profile("project")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--state``: where the tests of the exchange and the simulation keep their states."""
    parser.addoption("--state", choices=["sqlite", "postgresql"], default="sqlite")


class Done(NamedTuple):
    """What a run of the command line left: its exit status and what it said."""

    status: int
    out: str
    err: str
    raw: bytes


class Run(Protocol):
    """Calls the command line; ``stdin`` is what stands in standard input."""

    def __call__(
        self, *arguments: str | Path, stdin: bytes = b"", lang: str = "C.UTF-8"
    ) -> Done: ...


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of sample messages."""
    return ROOT / "samples"


@pytest.fixture(scope="session")
def run() -> Run:
    """The command line in a process of its own."""

    def call(*arguments: str | Path, stdin: bytes = b"", lang: str = "C.UTF-8") -> Done:
        done = command(arguments, ROOT, environment(lang), stdin)
        err = done.stderr.decode()
        return Done(done.returncode, done.stdout.decode(errors="replace"), err, done.stdout)

    return call


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server; skips where there is none."""
    with started() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_database(postgresql: Server) -> str:
    """The address of a database on it, for tests that leave it empty."""
    return postgresql.database()


@pytest.fixture(params=["sqlite", "postgresql"])
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new state, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'exchange.db'}"
    server: Server = request.getfixturevalue("postgresql")
    return server.database()


@pytest.fixture(scope="session")
def official() -> Callable[[str], etree.XMLSchema]:
    """The official schema of a message in a version; skips where it is not beside the checkout."""
    return _official


def environment(lang: str = "C.UTF-8") -> dict[str, str]:
    """The environment of this process, its language chosen."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}
    return {**kept, "LANG": lang}


@cache
def _official(version: str) -> etree.XMLSchema:
    path = OFFICIAL / version / "Message.xsd"
    if not path.is_file():
        pytest.skip("the official schemas are not beside the checkout")
    return etree.XMLSchema(etree.parse(str(path)))
