"""A world for every test of the exchange."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from converter.far.address import Address
from tests.exchange.world import World
from tests.far import world as far_world
from tests.far.directory import Directory
from tests.servers import Server

Make = Callable[..., World]


@pytest.fixture
def make(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Make]:
    """Make worlds, each in a folder of its own; with ``--state postgresql`` each on a server."""
    server: Server | None = None
    if request.config.getoption("--state") == "postgresql":
        server = request.getfixturevalue("postgresql")
    made: list[World] = []

    def new(**settings: object) -> World:
        root = tmp_path / f"world{len(made)}"
        root.mkdir()
        if server is not None:
            settings.setdefault("url", server.database())
        world = World(root, **settings)  # type: ignore[arg-type]
        made.append(world)
        return world

    yield new
    for world in made:
        world.close()


@pytest.fixture
def world(make: Make) -> World:
    """An exchange in which BP is written to in 1.19."""
    return make()


@pytest.fixture
def far(tmp_path: Path) -> Iterator[far_world.FarWorld]:
    """A world whose CRM writes into a folder on a server, BP here."""
    root = tmp_path / "server"
    root.mkdir()

    def opened(address: Address, credentials: object) -> Directory:
        return Directory(root / address.path.strip("/"))

    server = far_world.Server(
        root, lambda name: Address("ftp", "files.example", 21, name), connect=opened
    )
    (tmp_path / "far").mkdir()
    world = far_world.FarWorld(tmp_path / "far", server, ("crm",))
    yield world
    world.close()
