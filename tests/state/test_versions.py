"""What stands and what each side holds, kept once where it is the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, select

from converter.objects import Counterparty, CurrencyCard, Party
from converter.state import tables
from converter.state.codec import COUNTERPARTY
from converter.state.memory import memory_of
from converter.state.opening import State, open_state
from converter.state.versions import GONE, Version, Versions

KIND = "Справочник.Валюты"


@contextmanager
def opened(url: str) -> Iterator[State]:
    state = open_state(url, list, datetime(2026, 3, 2, 9))
    yield state
    state.close()


def version(name: str, mark: str = "") -> Version:
    return Version(mark or name, mark or name, CurrencyCard("643", "643", name))


def card(name: str) -> Version:
    party = Party("a", name, None, None, None, "ЮридическоеЛицо")
    return Version(name, name, Counterparty(party))


def agreed(connection: Connection) -> Versions:
    """The CRM holds what stands, and BP is told it."""
    versions = Versions(connection, "main")
    versions.set_current(KIND, "a", version("one"))
    versions.hold("crm", KIND, "a", version("one"))
    versions.refresh("bp", KIND, "a")
    versions.left("bp", [(KIND, "a")], 1)
    return versions


def kept(state: State) -> list[bytes | None]:
    """The records of what sides hold, as they lie in the database."""
    with state.read() as connection:
        return list(connection.execute(select(tables.holding.c.record)).scalars())


def test_what_a_side_holds_and_stands_is_kept_once(state_url: str) -> None:
    with opened(state_url) as state:
        with state.begin() as connection:
            agreed(connection)
        assert kept(state) == [None, None]
        with state.begin() as connection:
            versions = Versions(connection, "main")
            assert versions.known("crm", KIND, "a") == version("one")
            assert versions.known("bp", KIND, "a") is None
            assert versions.told("bp", KIND, "a") == version("one")._replace(number=1)


@pytest.mark.parametrize("new", [version("two"), GONE, version("two", "one")])
@pytest.mark.parametrize("forgets", [True, False])
def test_what_a_side_holds_stays_when_another_version_stands(
    new: Version, forgets: bool, state_url: str
) -> None:
    """Also one of the same marks: these do not tell all."""
    with opened(state_url) as state:
        with state.begin() as connection:
            versions = agreed(connection)
            if not forgets:
                versions.set_current(KIND, "a", new)
        if forgets:
            with state.begin() as connection:
                Versions(connection, "main").set_current(KIND, "a", new)
        with state.begin() as connection:
            versions = Versions(connection, "main")
            assert versions.current(KIND, "a") == new
            assert versions.known("crm", KIND, "a") == version("one")
            assert versions.told("bp", KIND, "a") == version("one")._replace(number=1)
            versions.settle("bp", 1)
            assert versions.known("bp", KIND, "a") == version("one")


def test_a_version_of_a_sides_own_is_kept_beside_what_stands(state_url: str) -> None:
    """As its private fields may differ where the marks are equal."""
    with opened(state_url) as state:
        with state.begin() as connection:
            versions = Versions(connection, "main")
            versions.set_current(KIND, "a", version("one"))
            versions.hold("crm", KIND, "a", version("other", "one"))
            versions.hold("bp", KIND, "a", GONE, 3)
        with state.read() as connection:
            versions = Versions(connection, "main")
            assert versions.known("crm", KIND, "a") == version("other", "one")
            assert versions.told("bp", KIND, "a") == GONE._replace(number=3)


@pytest.mark.parametrize("count", [3, 60])
def test_what_does_not_leave_stays_due(state_url: str, count: int) -> None:
    names = [f"{number:02}" for number in range(count)]
    with opened(state_url) as state:
        with state.begin() as connection:
            versions = Versions(connection, "main")
            for name in names:
                versions.set_current(KIND, name, version(name))
                for side in ("crm", "bp"):
                    versions.refresh(side, KIND, name)
            versions.left("bp", [(KIND, name) for name in names[1:]], 4)
        with state.begin() as connection:
            versions = Versions(connection, "main")
            numbers = {due.ref: due.number for due in versions.due("bp")}
            assert numbers == {**dict.fromkeys(names, 4), "00": 0}
            assert versions.told("bp", KIND, "00") is None
            versions.left("bp", [(KIND, name) for name in names], 5)
        with state.begin() as connection:
            versions = Versions(connection, "main")
            assert {due.number for due in versions.due("bp")} == {5}
            assert {due.number for due in versions.due("crm")} == {0}
            assert {versions.told("bp", KIND, name) for name in names} == {
                version(name)._replace(number=5) for name in names
            }


def test_what_stood_is_not_known_once_it_is_forgotten(state_url: str) -> None:
    with opened(state_url) as state, state.begin() as connection:
        versions = Versions(connection, "main")
        assert versions.current(KIND, "a") is None
        versions.set_current(KIND, "a", version("one"))
        assert versions.current(KIND, "a") == version("one")
        versions.forget(KIND, "a")
        assert versions.current(KIND, "a") is None


def test_what_invoices_say_of_a_card_stays_with_it_whichever_version_stands(state_url: str) -> None:
    with opened(state_url) as state:
        with state.begin() as connection:
            versions = Versions(connection, "main")
            assert versions.named(COUNTERPARTY, "a") is None
            versions.set_current(COUNTERPARTY, "a", card("first"))
            versions.name(COUNTERPARTY, "a", "said")
            versions.set_current(COUNTERPARTY, "a", GONE)
        with state.begin() as connection:
            versions = Versions(connection, "main")
            versions.set_current(COUNTERPARTY, "a", card("second"))
            assert versions.named(COUNTERPARTY, "a") == "said"
            versions.name(COUNTERPARTY, "a", None)
        with state.read() as connection:
            versions = Versions(connection, "main")
            assert versions.named(COUNTERPARTY, "a") is None
            assert versions.current(COUNTERPARTY, "a") == card("second")


def _work_of_settling(held: int) -> int:
    """How many hundred steps SQLite takes to settle one object, where a side holds so many."""
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1

    state = open_state("sqlite://", list, datetime(2026, 3, 2, 9))
    with state.begin() as connection:
        versions = agreed(connection)
        for number in range(held):
            versions.set_current(KIND, f"{number}", version("one"))
            versions.hold("bp", KIND, f"{number}", version("one"))
        memory_of(connection).flush()
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(step, 100)
        versions.settle("bp", 1)
        driver.set_progress_handler(None, 100)
        assert versions.known("bp", KIND, "a") == version("one")
    state.close()
    return steps


def test_what_was_read_is_settled_at_no_more_cost_the_more_a_side_holds() -> None:
    assert _work_of_settling(3000) <= 2 * _work_of_settling(30) + 5
