"""Worlds for tests: each in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulation.teller import Teller
from tests.simulation.world import Options, World


@pytest.fixture
def make_world(tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Makes the world of a test."""
    made: list[World] = []

    def make(**options: Any) -> World:
        made.append(World(tmp_path, Options(**{"version": "1.19", **options})))
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
