"""A state on a PostgreSQL server: opening it, its layouts, its password, a copy to try things on."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from converter.problems import Problem, Stopped
from converter.state import tables
from converter.state.bases import Bases, Link
from converter.state.opening import open_state
from tests.servers import LOCKED_OUT, Server, name_of

NOW = datetime(2026, 3, 2, 9)
SECRET = "qwerty-123"


@pytest.fixture
def url(postgresql: Server) -> str:
    return postgresql.database()


@pytest.fixture
def guarded(postgresql: Server, url: str) -> Iterator[str]:
    """The address of a database whose owner needs a password."""
    postgresql.run(f"CREATE ROLE {LOCKED_OUT} LOGIN PASSWORD '{SECRET}'")
    postgresql.run(f"ALTER DATABASE {name_of(url)} OWNER TO {LOCKED_OUT}")
    yield url.replace("//postgres@", f"//{LOCKED_OUT}@").replace("//nobody@", f"//{LOCKED_OUT}@")
    postgresql.drop(url)
    postgresql.run(f"DROP ROLE {LOCKED_OUT}")


def problem(url: str, password: bytes | None = None) -> Problem:
    """Why a state cannot be opened; the password is in none of its words."""
    with pytest.raises(Stopped) as stopped:
        open_state(url, list, NOW, password=password)
    found = stopped.value.problem
    assert SECRET not in "".join(found.what(lang) + found.cure(lang) for lang in ("ru", "en"))
    assert SECRET not in f"{found!r} {stopped.value.__context__!r} {stopped.value.__cause__!r}"
    return found


def grow(connection: Connection) -> None:
    """A change of the layout that cannot be made twice."""
    connection.execute(text("ALTER TABLE link ADD COLUMN grown TEXT"))


def fail(connection: Connection) -> None:
    """A change of the layout that fails half-way."""
    grow(connection)
    connection.execute(text("INSERT INTO nowhere VALUES (1)"))


def older(server: Server, url: str, version: int = 1) -> None:
    """A state as another layout would have left it, as far as these changes go."""
    open_state(url, list, NOW).close()
    server.run(f"UPDATE layout SET version = {version}", name_of(url))


def columns(server: Server, url: str, table: str = "link") -> set[str]:
    """Of a table of the state."""
    where = f"table_schema = 'public' AND table_name = '{table}'"
    asked = f"SELECT column_name FROM information_schema.columns WHERE {where}"
    return {name for (name,) in server.run(asked, name_of(url))}


def test_many_make_one_state(postgresql: Server, url: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        for state in pool.map(lambda _: open_state(url, list, NOW), range(6)):
            state.close()
    assert postgresql.run("SELECT version FROM layout", name_of(url)) == [(tables.VERSION,)]


def test_many_bring_a_state_up_once(postgresql: Server, url: str) -> None:
    older(postgresql, url)
    with ThreadPoolExecutor(6) as pool:
        states = pool.map(lambda _: open_state(url, list, NOW, migrations=[grow]), range(6))
        for state in states:
            state.close()
    assert "grown" in columns(postgresql, url)


def test_a_state_that_cannot_be_brought_up_stays_as_it_was(postgresql: Server, url: str) -> None:
    older(postgresql, url)
    with pytest.raises(Stopped) as stopped:
        open_state(url, list, NOW, migrations=[fail])
    assert stopped.value.problem.kind.id == "STATE_FAILED"
    assert "grown" not in columns(postgresql, url)


def test_a_state_of_a_later_program_is_refused(postgresql: Server, url: str) -> None:
    older(postgresql, url, tables.VERSION + 1)
    assert problem(url).kind.id == "STATE_NEWER"


def test_an_empty_database_where_an_exchange_has_run_is_a_lost_state(url: str) -> None:
    with pytest.raises(Stopped) as stopped:
        open_state(url, lambda: [Path("archive/x")], NOW)
    assert stopped.value.problem.kind.id == "STATE_LOST"
    open_state(url, lambda: [Path("archive/x")], NOW, rebuild=True).close()


def test_a_plan_makes_nothing_on_the_server(postgresql: Server, url: str) -> None:
    state = open_state(url, list, NOW, plan=True)
    with state.begin() as connection:
        Bases(connection, "main").set_link(Link(1, 0, NOW))
    state.close()
    assert columns(postgresql, url) == columns(postgresql, url, "fence") == set()


def test_what_is_tried_on_a_copy_stays_there(url: str) -> None:
    state = open_state(url, list, NOW)
    with state.begin() as connection:
        for link in ("main", "other"):
            Bases(connection, link).set_link(Link(1, 0, NOW))
    copy = state.copy("main")
    with copy.begin() as connection:
        Bases(connection, "main").set_link(Link(7, 0, NOW))
    with copy.read() as connection:
        assert Bases(connection, "main").link() == Link(7, 0, NOW)
        assert Bases(connection, "other").link() is None
    copy.close()
    with state.read() as connection:
        assert Bases(connection, "main").link() == Link(1, 0, NOW)
    state.close()


def test_a_view_is_of_one_moment(url: str) -> None:
    state = open_state(url, list, NOW)
    with state.read() as connection:
        assert Bases(connection, "main").link() is None
        with state.begin() as other:
            Bases(other, "main").set_link(Link(1, 0, NOW))
        assert connection.execute(tables.link.select()).all() == []
    state.close()


def test_a_block_that_fails_leaves_nothing(url: str) -> None:
    state = open_state(url, list, NOW)
    with pytest.raises(ZeroDivisionError), state.begin() as connection:
        Bases(connection, "main").set_link(Link(1, 0, NOW))
        raise ZeroDivisionError
    with state.read() as connection:
        assert Bases(connection, "main").link() is None
    state.close()


# -- reaching the server -------------------------------------------------------------------------


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    url = f"postgresql+psycopg://exchange@/exchange?host={tmp_path}"
    found = problem(url, SECRET.encode())
    assert found.kind.id == "STATE_UNREACHABLE"
    assert str(tmp_path.parent) in found.what("en")  # long names are shown shortened


def test_a_database_that_is_not_there(postgresql: Server) -> None:
    found = problem(postgresql.url("nowhere"))
    assert found.kind.id == "STATE_UNREACHABLE"
    assert "nowhere" in found.what("en")


def test_a_password_opens(guarded: str) -> None:
    open_state(guarded, list, NOW, password=SECRET.encode()).close()


def test_a_password_comes_from_the_drivers_own_place(
    guarded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", SECRET)
    open_state(guarded, list, NOW).close()


@pytest.mark.parametrize("password", [None, b"wrong", f"{SECRET}-".encode()])
def test_without_the_right_password_nothing_opens(guarded: str, password: bytes | None) -> None:
    assert problem(guarded, password).kind.id == "STATE_UNREACHABLE"


def test_a_database_of_another_encoding_will_not_do(postgresql: Server) -> None:
    postgresql.run(
        "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    )
    found = problem(postgresql.url("latin"))
    postgresql.run("DROP DATABASE latin")
    assert found.kind.id == "STATE_UNFIT"
    assert "LATIN1" in found.what("en")


def test_another_kind_of_database_will_not_do() -> None:
    assert problem("mysql://exchange@db.example/exchange").kind.id == "STATE_UNFIT"
