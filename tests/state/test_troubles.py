"""What is wrong, and who was told, as the state keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from converter.problems import catalogue as say
from converter.problems.keeping import as_texts
from converter.state.opening import State, open_state
from converter.state.troubles import Channel, Trouble, Troubles

NOW = datetime(2026, 3, 2, 9)
AWAY = Trouble("main", "away/bp", "bp", "", NOW, as_texts([say.FOLDER_MISSING(folder="x")]))


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = open_state(f"sqlite:///{tmp_path}/exchange.db", list, NOW)
    yield opened
    opened.close()


def test_a_trouble_is_kept_with_its_words(state: State) -> None:
    with state.begin() as connection:
        Troubles(connection).put(AWAY)
    with state.begin() as connection:
        Troubles(connection).put(replace(AWAY, gone=NOW, times=2))
    with state.read() as connection:
        [(name, found)] = Troubles(connection).all().items()
    assert name == ("main", "away/bp")
    assert found == replace(AWAY, gone=NOW, times=2)
    assert (found.kind, [each.kind.id for each in found.reasons]) == ("away", ["FOLDER_MISSING"])


def test_each_channel_is_told_for_itself(state: State) -> None:
    name = AWAY.name
    with state.begin() as connection:
        troubles = Troubles(connection)
        troubles.put(AWAY)
        troubles.tell("mail", [name], [], NOW)
        troubles.tell("webhook", [name], [], NOW)
    with state.begin() as connection:
        Troubles(connection).tell("mail", [], [name], NOW)
    with state.read() as connection:
        assert Troubles(connection).told() == {"webhook": {name}}
    with state.begin() as connection:
        Troubles(connection).drop(name)
    with state.read() as connection:
        assert (Troubles(connection).all(), Troubles(connection).told()) == ({}, {})


def test_how_a_channel_stands(state: State) -> None:
    problem = as_texts([say.ALERT_WEBHOOK(server="s", reason="r")])[1:-1]
    channel = Channel("webhook", None, NOW, 3, problem)
    with state.begin() as connection:
        Troubles(connection).set_channel(channel)
    with state.read() as connection:
        found = Troubles(connection).channels()
    assert found == {"webhook": channel}
    assert channel.reason is not None
    assert channel.reason.kind.id == "ALERT_WEBHOOK"
    assert Channel("mail").reason is None
