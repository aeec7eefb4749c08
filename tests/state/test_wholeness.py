"""A state is looked at as a whole when that is needed, and not each time (RELIABILITY F33)."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from converter.problems import Stopped
from converter.state import tables
from converter.state.opening import State, open_state

NOW = datetime(2026, 3, 2, 9)
PAGE = 4096


def opening(path: Path, now: datetime = NOW, thorough: bool = False, plan: bool = False) -> State:
    return open_state(f"sqlite:///{path}", list, now, thorough=thorough, plan=plan)


def refused(path: Path, now: datetime = NOW, thorough: bool = False) -> str | None:
    """The problem that a state is refused for, if it is."""
    try:
        opening(path, now, thorough).close()
    except Stopped as stopped:
        return stopped.problem.kind.id
    return None


def spoil(path: Path) -> None:
    """A page of a table is noise, and the file looks as it did: what a disk does, and no program."""
    before = path.stat()
    data = bytearray(path.read_bytes())
    data[-PAGE:] = b"\xa5" * PAGE
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A state with something in it, closed."""
    path = tmp_path / "exchange.db"
    state = opening(path)
    with state.begin() as connection:
        row = {"link": "main", "side": "crm", "name": "a", "stamp": "1", "since": NOW}
        rows = [{**row, "name": f"{number:040}", "verdict": "taken"} for number in range(500)]
        connection.execute(tables.file.insert(), rows)
    state.close()
    return path


def test_one_that_was_looked_at_and_left_is_not_looked_at_again(path: Path) -> None:
    spoil(path)
    assert refused(path) is None
    assert refused(path, NOW + timedelta(hours=23)) is None


def test_it_is_looked_at_each_day_however_often_it_is_opened(path: Path) -> None:
    spoil(path)
    assert refused(path, NOW + timedelta(hours=20)) is None
    assert refused(path, NOW + timedelta(hours=24)) == "STATE_DAMAGED"


def test_it_is_looked_at_where_the_clock_was_set_back(path: Path) -> None:
    spoil(path)
    assert refused(path, NOW - timedelta(seconds=1)) == "STATE_DAMAGED"


def test_who_wants_to_know_looks(path: Path) -> None:
    spoil(path)
    assert refused(path, thorough=True) == "STATE_DAMAGED"


def test_one_that_was_found_damaged_stays_so_to_who_does_not_ask(path: Path) -> None:
    spoil(path)
    assert refused(path, thorough=True) == "STATE_DAMAGED"
    assert refused(path) == "STATE_DAMAGED"


def test_another_that_leaves_it_does_not_make_it_whole_again(path: Path) -> None:
    """Each link may have a process of its own."""
    state, other = opening(path), opening(path)
    with pytest.raises(Stopped), state.begin() as connection:
        connection.execute(text("SELECT * FROM nowhere"))
    state.close()
    other.close()
    spoil(path)
    assert refused(path) == "STATE_DAMAGED"


def test_one_that_failed_and_was_looked_at_is_known_again(path: Path) -> None:
    state = opening(path)
    with pytest.raises(Stopped), state.begin() as connection:
        connection.execute(text("SELECT * FROM nowhere"))
    state.close()
    assert refused(path) is None
    spoil(path)
    assert refused(path) is None


def test_one_that_others_wrote_to_is_looked_at(path: Path) -> None:
    spoil(path)
    os.utime(path)
    assert refused(path) == "STATE_DAMAGED"


@pytest.mark.parametrize("note", [b"", b"{}", b"\xff", b'{"size": 1, "changed": 1}', None])
def test_without_a_note_it_is_looked_at(path: Path, note: bytes | None) -> None:
    beside = path.with_name("exchange.db.whole")
    assert beside.exists()
    if note is None:
        beside.unlink()
    else:
        beside.write_bytes(note)
    spoil(path)
    assert refused(path) == "STATE_DAMAGED"


def test_one_whose_process_died_is_looked_at(path: Path) -> None:
    state = opening(path)
    with state.begin() as connection:
        connection.execute(tables.file.delete().where(tables.file.c.name == "0" * 40))
    spoil(path)  # nobody closed it
    assert refused(path) == "STATE_DAMAGED"


def test_one_that_failed_is_looked_at(path: Path) -> None:
    state = opening(path)
    with pytest.raises(Stopped), state.begin() as connection:
        connection.execute(text("SELECT * FROM nowhere"))
    state.close()
    spoil(path)
    assert refused(path) == "STATE_DAMAGED"


def test_a_note_that_cannot_be_written_is_no_failure(path: Path) -> None:
    beside = path.with_name("exchange.db.whole")
    beside.unlink()
    beside.mkdir()
    assert refused(path) is None
    spoil(path)
    assert refused(path) == "STATE_DAMAGED"


def test_one_in_memory_leaves_no_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    open_state("sqlite://", list, NOW).close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("known", [True, False])
def test_who_only_looks_leaves_no_trace(path: Path, known: bool) -> None:
    beside = path.with_name("exchange.db.whole")
    if not known:
        beside.unlink()
    before = _trace(beside)
    opening(path, plan=True).close()
    assert _trace(beside) == before
    assert refused(path) is None
    assert beside.exists()


def _trace(path: Path) -> int | None:
    return path.stat().st_mtime_ns if path.exists() else None


def test_a_state_that_cannot_be_used_is_told_with_its_place_and_why(tmp_path: Path) -> None:
    """In both languages: SQLite speaks English alone."""
    path = tmp_path / "exchange.db"
    path.write_bytes(b"not a database of anybody's" * 100)
    with pytest.raises(Stopped) as damaged:
        opening(path)
    problem = damaged.value.problem
    assert (problem.kind.id, problem.where.file) == ("STATE_DAMAGED", str(path))
    assert "это не база SQLite" in problem.what("ru")
    with pytest.raises(Stopped) as failed:
        opening(tmp_path / "away" / "exchange.db")
    problem = failed.value.problem
    assert problem.kind.id == "STATE_FAILED"
    assert f"нет папки {tmp_path / 'away'}" in problem.what("ru")
