"""An older layout of the state is brought up, after a copy was put beside it (RELIABILITY F34)."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from converter.mapping.content import mark
from converter.objects import (
    Client,
    Contract,
    ContractCard,
    Counterparty,
    CurrencyCard,
    Organisation,
    Party,
)
from converter.state.bases import Bases, Link
from converter.state.codec import CONTRACT, COUNTERPARTY, INVOICE
from converter.state.files import Rejections
from converter.state.opening import open_state
from converter.state.troubles import Troubles
from converter.state.versions import GONE, Turns, Version, Versions
from tests.state.layouts import go_back

NOW = datetime(2026, 3, 2, 9)


def test_the_marks_of_layout_1_are_still_known(tmp_path: Path) -> None:
    path = tmp_path / "exchange.db"
    state = open_state(f"sqlite:///{path}", list, NOW)
    with state.begin() as connection:
        Bases(connection, "main").set_link(Link(1, 0, NOW))
    state.close()
    with sqlite3.connect(path) as old:
        go_back(old, 1)
        old.executescript(
            f"INSERT INTO past VALUES ('main', '{INVOICE}', 'a', 'first');"
            f"INSERT INTO past VALUES ('main', '{INVOICE}', 'a', '-');"
        )
    old.close()
    state = open_state(f"sqlite:///{path}", list, NOW)
    with state.read() as connection:
        former = Versions(connection, "main").former(INVOICE, "a")
    state.close()
    assert {(each.mark, each.deleted, each.record) for each in former} == {
        ("first", False, None),
        ("-", True, None),
    }
    assert list(tmp_path.glob("exchange.db.layout-1.*"))


def test_layout_4_knows_what_is_wrong_and_who_was_told(tmp_path: Path) -> None:
    path = tmp_path / "exchange.db"
    open_state(f"sqlite:///{path}", list, NOW).close()
    with sqlite3.connect(path) as old:
        go_back(old, 3)
    old.close()
    state = open_state(f"sqlite:///{path}", list, NOW)
    with state.read() as connection:
        troubles = Troubles(connection)
        assert (troubles.all(), troubles.told(), troubles.channels()) == ({}, {}, {})
        assert Rejections(connection, "main").all() == {}
    state.close()
    assert list(tmp_path.glob("exchange.db.layout-3.*"))


def test_what_layout_4_kept_twice_is_still_held(tmp_path: Path) -> None:
    path = tmp_path / "exchange.db"
    kind = "Справочник.Валюты"
    version = Version("mark", "full", CurrencyCard("643", "643", "руб."))
    state = open_state(f"sqlite:///{path}", list, NOW)
    with state.begin() as connection:
        versions = Versions(connection, "main")
        versions.hold("crm", kind, "a", version)
        versions.set_current(kind, "a", version)
    state.close()
    with sqlite3.connect(path) as old:
        go_back(old, 4)
    old.close()
    state = open_state(f"sqlite:///{path}", list, NOW)
    with state.begin() as connection:
        assert Versions(connection, "main").known("crm", kind, "a") == version
        Versions(connection, "main").set_current(kind, "a", Version("new", "new", None))
    with state.read() as connection:
        assert Versions(connection, "main").known("crm", kind, "a") == version
    state.close()
    assert list(tmp_path.glob("exchange.db.layout-4.*"))


def test_a_program_of_layout_4_that_still_runs_writes_no_holding_of_layout_5(
    tmp_path: Path,
) -> None:
    path = tmp_path / "exchange.db"
    open_state(f"sqlite:///{path}", list, NOW).close()
    with sqlite3.connect(path) as old:
        go_back(old, 4)
    open_state(f"sqlite:///{path}", list, NOW).close()
    columns = "link, side, kind, ref, number, mark, full, record"
    with pytest.raises(sqlite3.IntegrityError, match="stands"):
        old.execute(f"INSERT INTO holding ({columns}) VALUES ('a', 'b', 'c', 'd', 0, 'e', 'f', '')")
    old.close()


def test_layout_6_knows_what_was_most_probably_made_from_invoices(tmp_path: Path) -> None:
    path = tmp_path / "exchange.db"
    party = Party("a", "Пример", None, "9988002026", None, "ЮридическоеЛицо")
    organisation = Organisation("o", "Наша", None, None, "ЮридическоеЛицо")
    contract = Contract("d", "Поставка", "17-М", None)
    made: dict[tuple[str, str], Any] = {
        (COUNTERPARTY, "a"): Counterparty(party, Client(None, "Клиент")),
        (COUNTERPARTY, "b"): Counterparty(party, comment="своя"),
        (COUNTERPARTY, "c"): Counterparty(party),
        (CONTRACT, "d"): ContractCard(contract, organisation, party, None),
    }
    state = open_state(f"sqlite:///{path}", list, NOW)
    with state.begin() as connection:
        versions = Versions(connection, "main")
        for (kind, ref), record in made.items():
            turns = Turns("before", 0) if ref == "c" else Turns(None, 0)
            versions.set_current(kind, ref, Version("mark", "full", record), turns)
        versions.set_current(COUNTERPARTY, "e", GONE)
    state.close()
    with sqlite3.connect(path) as old:
        go_back(old, 5)
    old.close()
    state = open_state(f"sqlite:///{path}", list, NOW)
    with state.read() as connection:
        versions = Versions(connection, "main")
        found = {key: versions.named(*key) for key in [*made, (COUNTERPARTY, "e")]}
        assert versions.current(COUNTERPARTY, "a") == Version(
            "mark", "full", made[COUNTERPARTY, "a"]
        )
    state.close()
    assert found == {
        (COUNTERPARTY, "a"): mark(party),
        (COUNTERPARTY, "b"): None,
        (COUNTERPARTY, "c"): None,
        (CONTRACT, "d"): mark(contract),
        (COUNTERPARTY, "e"): None,
    }
    assert list(tmp_path.glob("exchange.db.layout-5.*"))
