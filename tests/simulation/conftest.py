"""Worlds for tests: each in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulation.stores import FileStore, MakeStore, ServerStore
from tests.simulation.teller import Teller
from tests.simulation.world import Options, World


@pytest.fixture
def make_store(request: pytest.FixtureRequest) -> MakeStore:
    """Where states lie: in files, or with ``--state postgresql`` on a server."""
    if request.config.getoption("--state") == "sqlite":
        return FileStore
    url = request.getfixturevalue("postgresql_database")
    return lambda root: ServerStore(url)


@pytest.fixture
def make_world(tmp_path: Path, make_store: MakeStore) -> Iterator[Callable[..., World]]:
    """Makes the world of a test."""
    made: list[World] = []

    def make(**options: Any) -> World:
        made.append(World(tmp_path, Options(**{"version": "1.19", **options}), make_store))
        return made[-1]

    yield make
    for world in made:
        world.close()


@pytest.fixture
def tell(make_world: Callable[..., World]) -> Callable[..., Teller]:
    """Makes a world to tell a history of PROTOCOL.md in."""

    def make(**options: Any) -> Teller:
        return Teller(make_world(**options))

    return make
