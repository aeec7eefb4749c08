"""A state that is newer, older, cut or overwritten: used as it should be, or refused (F33, F34)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from converter.exchange.traces import traces_of
from converter.problems import Stopped
from converter.state import tables
from converter.state.opening import open_state
from tests.exchange.world import World, listing
from tests.mapping.book import crm_invoice

NOW = datetime(2026, 2, 11, 9)
PAGE = 4096


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A link with some passes behind it, its state closed."""
    made = World(tmp_path)
    made.crm.send(crm_invoice())
    made.run()
    made.calm(1)
    made.close()
    return made


def refused(world: World) -> str:
    """The id of why the state cannot be used; nothing else is touched."""
    before = listing(world.root / "exchange")
    with pytest.raises(Stopped) as stopped:
        open_state(f"sqlite:///{world.database}", lambda: list(traces_of(world.link)), NOW)
    assert listing(world.root / "exchange") == before
    return stopped.value.problem.kind.id


def layout(path: Path) -> int:
    """The layout that a state says it has."""
    with closing(sqlite3.connect(path)) as connection:
        found: int = connection.execute("SELECT version FROM layout").fetchone()[0]
        return found


def set_layout(path: Path, version: int) -> None:
    """As another version of the program would have left it."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE layout SET version = ?", (version,))


def test_a_state_of_a_later_program_is_refused_and_stays(world: World) -> None:
    set_layout(world.database, tables.VERSION + 1)
    before = world.database.read_bytes()
    assert refused(world) == "STATE_NEWER"
    assert world.database.read_bytes() == before


def _column(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE link ADD COLUMN grown TEXT"))


def test_an_older_state_is_brought_up_beside_a_copy(world: World) -> None:
    set_layout(world.database, 1)
    open_state(f"sqlite:///{world.database}", list, NOW, migrations=[_column]).close()
    assert layout(world.database) == 2
    (copy,) = world.root.glob("exchange.db.layout-1.*")
    assert layout(copy) == 1
    with closing(sqlite3.connect(world.database)) as connection:
        assert connection.execute("SELECT grown FROM link").fetchone() == (None,)


def test_a_state_that_cannot_be_brought_up_stays_as_it_was(world: World) -> None:
    set_layout(world.database, 1)

    def breaks(connection: Connection) -> None:
        _column(connection)
        connection.execute(text("INSERT INTO nowhere VALUES (1)"))

    with pytest.raises(Stopped) as stopped:
        open_state(f"sqlite:///{world.database}", list, NOW, migrations=[breaks])
    assert stopped.value.problem.kind.id == "STATE_FAILED"
    assert layout(world.database) == 1
    with closing(sqlite3.connect(world.database)) as connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(link)")]
    assert "grown" not in names


@pytest.mark.parametrize("part", range(8))
def test_a_state_that_is_cut_is_refused(world: World, part: int) -> None:
    data = world.database.read_bytes()
    pages = len(data) // PAGE
    world.database.write_bytes(data[: 2 + (pages - 1) * PAGE * part // 7])
    assert refused(world) == "STATE_DAMAGED"


@pytest.mark.parametrize("size", [0, 1])
def test_a_state_that_sqlite_takes_for_an_empty_one_is_lost(world: World, size: int) -> None:
    world.database.write_bytes(b"S" * size)
    assert refused(world) == "STATE_LOST"


@pytest.mark.parametrize("page", [0, 1, 2, 5])
def test_a_state_with_a_page_of_noise_is_refused(world: World, page: int) -> None:
    data = bytearray(world.database.read_bytes())
    data[page * PAGE : page * PAGE + 1000] = b"\xa5" * 1000
    world.database.write_bytes(data)
    assert refused(world) == "STATE_DAMAGED"
