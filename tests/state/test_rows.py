"""What a transaction remembers is bounded, and goes with it: `watch` runs for years."""

from __future__ import annotations

import gc
import sys
import weakref
from datetime import datetime

import pytest
from msgspec.structs import replace

from converter.folder.lock import Holder
from converter.objects import CurrencyCard
from converter.state import tables
from converter.state.bases import Bases, Link
from converter.state.files import Files, Seen
from converter.state.memory import FEW, REMEMBERED, memory_of
from converter.state.opening import State, open_state
from converter.state.rows import Rows
from converter.state.versions import Version, Versions

NOW = datetime(2026, 3, 2, 9)
WHO = Holder(1, "host", "user", "converter sync", "2026-03-02 09:00:00")
SEEN = Seen(name="", stamp="old", since=NOW, verdict="taken")


def test_a_transaction_leaves_nothing_behind(state_url: str) -> None:
    state = open_state(state_url, list, NOW)
    with state.begin() as connection:
        left = weakref.ref(memory_of(connection))
        assert left() is not None
    del connection
    gc.collect()
    assert left() is None
    state.close()


def test_what_many_objects_said_is_not_remembered_whole(state_url: str) -> None:
    kind = "Справочник.Валюты"
    state = open_state(state_url, list, NOW)
    with state.begin() as connection:
        versions = Versions(connection, "main")
        first = Version("mark", "full", CurrencyCard("643", "руб.", None))
        before = sys.getrefcount(first.record)
        versions.set_current(kind, "first", first)
        versions.hold("crm", kind, "first", first)
        for number in range(REMEMBERED + 1):
            other = Version("mark", "full", CurrencyCard("643", "руб.", None))
            versions.set_current(kind, str(number), other)
            versions.refresh("crm", kind, str(number))
        after = sys.getrefcount(first.record)
        assert after == before
        assert versions.current(kind, "first") == first
        assert versions.known("crm", kind, "first") == first
    state.close()


def test_while_a_link_is_ours_one_transaction_knows_what_another_left(state_url: str) -> None:
    state = open_state(state_url, list, NOW)
    with state.hold("main", WHO, 0.0) as lease, state.under(lease) as ours:
        with ours.begin() as connection:
            Bases(connection, "main").set_link(Link(1, 0, NOW))
        with pytest.raises(KeyError), ours.begin() as connection:
            Bases(connection, "main").set_link(Link(2, 0, NOW))
            raise KeyError
        assert passes(ours) == 1
        with ours.begin() as connection:
            Bases(connection, "main").advance(3)
        assert passes(ours) == 3
        assert passes(state) == 3
    with state.hold("main", WHO, 0.0) as lease, state.under(lease) as ours:
        assert passes(ours) == 3
    state.close()


def test_what_is_put_while_only_looking_is_not_written_by_the_next_transaction(
    state_url: str,
) -> None:
    state = open_state(state_url, list, NOW)
    with state.hold("main", WHO, 0.0) as lease, state.under(lease) as ours:
        with ours.read() as connection:
            Bases(connection, "main").set_link(Link(1, 0, NOW))
        with ours.begin():
            pass
        assert passes(ours) is None
    assert passes(state) is None
    state.close()


def test_what_is_deleted_while_only_looking_stays(state_url: str) -> None:
    state = open_state(state_url, list, NOW)
    with state.hold("main", WHO, 0.0) as lease, state.under(lease) as ours:
        with ours.begin() as connection:
            files = Files(connection, "main", "bp")
            files.put(replace(SEEN, name="first"))
        with ours.read():
            files.forget()
        with ours.begin():
            files.put(replace(SEEN, name="second"))
    with state.read() as connection:
        assert Files(connection, "main", "bp").all().keys() == {"first", "second"}
    state.close()


def test_what_is_known_of_a_link_goes_with_its_lock(state_url: str) -> None:
    state, other = (open_state(state_url, list, NOW) for _ in range(2))
    for number, each in enumerate((state, other, state, other)):
        with each.hold("main", WHO, 0.0) as lease, each.under(lease) as ours:
            assert passes(ours) == (number or None)
            with ours.begin() as connection:
                Bases(connection, "main").set_link(Link(number + 1, 0, NOW))
    state.close()
    other.close()


def test_few_rows_are_as_they_were_changed_since_they_were_asked_for(state_url: str) -> None:
    """More of the table was remembered meanwhile than there is room for."""
    state = open_state(state_url, list, NOW)
    with state.begin() as connection:
        others, few = (Files(connection, "main", side) for side in ("crm", "bp"))
        for number in range(FEW):
            few.put(replace(SEEN, name=f"{number:03}"))
        memory_of(connection).flush()
        memory_of(connection).forget()
        Rows(connection, tables.file, link="main", side="bp").load_few()
        few.put(replace(SEEN, name="000", stamp="new"))
        few.put(replace(SEEN, name="new"))
        few.drop("001")
        for number in range(REMEMBERED - FEW):
            others.put(replace(SEEN, name=str(number)))
        assert few.all()["000"].stamp == "new"
        assert few.all().keys() == {"new", *(f"{number:03}" for number in range(FEW))} - {"001"}
    state.close()


def test_a_long_key_and_what_the_database_makes_of_it_are_one(state_url: str) -> None:
    long = "x" * 301
    state = open_state(state_url, list, NOW)
    with state.hold("main", WHO, 0.0) as lease, state.under(lease) as ours:
        with ours.begin() as connection:
            rows = Rows(connection, tables.alias, link="main")
            rows.put(ref=long, invoice="first")
        with ours.begin() as connection:
            assert [row["invoice"] for row in rows.few()] == ["first"]
            rows.put(ref=long, invoice="second")
            [row] = rows.few()
            assert row["invoice"] == "second"
            assert rows.get(ref=long) == row
            rows.drop(ref=row["ref"])
            assert rows.get(ref=long) is None
            assert rows.few() == []
    state.close()


def passes(state: State) -> int | None:
    """What stands in the state."""
    with state.read() as connection:
        link = Bases(connection, "main").link()
    return None if link is None else link.passes
