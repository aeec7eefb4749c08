"""Statements put to the driver itself: SQLAlchemy's types and errors, without its cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, select
from sqlalchemy.exc import OperationalError, ProgrammingError

from converter.state import tables
from converter.state.memory import FEW, REMEMBERED, memory_of
from converter.state.prepared import Question, deletion, upsert
from converter.state.rows import Rows
from converter.state.wire import wire_of

AT = datetime(2026, 3, 2, 9, 30, 15, 250000)
KEYS = ("link", "side", "number")


@pytest.fixture
def engine(state_url: str) -> Iterator[Engine]:
    engine = create_engine(state_url)
    tables.METADATA.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as connection:
        yield connection


def row(number: int, objects: int = 1) -> dict[str, Any]:
    return {
        "link": "main",
        "side": "crm",
        "number": number,
        "digest": f"{number:064}",
        "created": AT,
        "objects": objects,
    }


def ask(connection: Connection, question: Question, values: tuple[Any, ...]) -> list[Any]:
    [answer] = wire_of(connection).ask(question.call(values))
    return question.rows(answer)


def columns(values: dict[str, Any]) -> list[Any]:
    return [values[column.name] for column in tables.outgoing.c]


def test_rows_come_back_as_they_were_put(connection: Connection) -> None:
    change = upsert(tables.outgoing, connection.dialect)
    for many in ([row(1)], [row(2), row(1, objects=7)]):
        wire_of(connection).put(change.call([columns(each) for each in many]))
    question = Question(tables.outgoing, KEYS, connection.dialect)
    assert ask(connection, question, ("main", "crm", 1)) == [row(1, objects=7)]
    assert ask(connection, question, ("main", "crm", 3)) == []
    by_sqlalchemy = connection.execute(
        select(tables.outgoing).order_by(tables.outgoing.c.number)
    ).mappings()
    assert [dict(each) for each in by_sqlalchemy] == [row(1, objects=7), row(2)]


@pytest.mark.parametrize("few", [2, 4])
def test_only_what_was_named_goes(connection: Connection, few: int) -> None:
    made = [columns(row(number)) for number in range(1, few + 1)]
    gone = [("main", "crm", number) for number in range(1, few)]
    wire_of(connection).put(upsert(tables.outgoing, connection.dialect).call(made))
    wire_of(connection).put(deletion(tables.outgoing, KEYS, connection.dialect).call(gone))
    question = Question(tables.outgoing, ("link",), connection.dialect)
    assert ask(connection, question, ("main",)) == [row(few)]


def test_errors_are_those_that_sqlalchemy_raises(connection: Connection) -> None:
    question = Question(tables.outgoing, KEYS, connection.dialect)
    tables.outgoing.drop(connection)
    with pytest.raises((OperationalError, ProgrammingError), match="outgoing"):
        ask(connection, question, ("main", "crm", 1))


def test_many_rows_at_once_are_those_asked_one_by_one(connection: Connection) -> None:
    rows = Rows(connection, tables.outgoing, link="main", side="crm")
    for number in range(3):
        rows.put(**row(number))
    rows.drop(number=1)
    rows.load(range(5))
    assert [rows.get(number=number) for number in range(5)] == [row(0), None, row(2), None, None]


@pytest.mark.parametrize("foreseen", [False, True])
def test_few_rows_are_remembered_as_all_that_there_are(
    connection: Connection, foreseen: bool
) -> None:
    def numbers() -> list[int]:
        return [each["number"] for each in rows.few()]

    rows = Rows(connection, tables.outgoing, link="main", side="crm")
    for number in (2, 1):
        rows.put(**row(number))
    if foreseen:
        rows.load_few()
        rows.put(**row(1, objects=7))
    assert numbers() == [1, 2]
    rows.put(**row(3))
    rows.drop(number=1)
    assert numbers() == [2, 3]
    assert Rows(connection, tables.outgoing, link="main", side="bp").few() == []
    for number in range(4, FEW + 4):
        rows.put(**row(number))
    assert numbers() == list(range(2, FEW + 4))
    memory_of(connection).flush()
    memory_of(connection).forget()
    assert sorted(numbers()) == list(range(2, FEW + 4))
    rows.drop()
    assert numbers() == []


def test_what_was_changed_survives_when_more_is_remembered_than_may_be(
    connection: Connection,
) -> None:
    rows = Rows(connection, tables.outgoing, link="main", side="crm")
    rows.put(**row(0))
    for start in range(1, REMEMBERED + 2, 500):
        rows.load(range(start, start + 500))
    assert rows.get(number=0) == row(0)


@pytest.mark.parametrize("length", [300, 301, 5000])
def test_a_key_of_any_length_is_found_again(connection: Connection, length: int) -> None:
    """What a base makes up must not stop a link: indexes have limits."""
    dice = Random(length)
    long, like = ("".join(chr(dice.randint(0x410, 0x44F)) for _ in range(length)) for _ in range(2))
    rows = Rows(connection, tables.alias, link="main")
    for ref in (long, like):
        rows.put(ref=ref, invoice=ref[:3])
    memory_of(connection).flush()
    memory_of(connection).forget()
    found = [rows.get(ref=ref) for ref in (long, like, f"{long}.")]
    assert [each and each["invoice"] for each in found] == [long[:3], like[:3], None]
