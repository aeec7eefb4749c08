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
from converter.state.prepared import Question, deletion, upsert
from converter.state.rows import REMEMBERED, Rows, memory_of

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


def columns(values: dict[str, Any]) -> list[Any]:
    return [values[column.name] for column in tables.outgoing.c]


def test_rows_come_back_as_they_were_put(connection: Connection) -> None:
    change = upsert(tables.outgoing, connection.dialect)
    change.make(connection, [columns(row(1)), columns(row(2)), columns(row(1, objects=7))])
    question = Question(tables.outgoing, KEYS, connection.dialect)
    assert question.ask(connection, ("main", "crm", 1)) == [row(1, objects=7)]
    assert question.ask(connection, ("main", "crm", 3)) == []
    by_sqlalchemy = connection.execute(
        select(tables.outgoing).order_by(tables.outgoing.c.number)
    ).mappings()
    assert [dict(each) for each in by_sqlalchemy] == [row(1, objects=7), row(2)]


def test_only_what_was_named_goes(connection: Connection) -> None:
    made = [columns(row(number)) for number in (1, 2)]
    upsert(tables.outgoing, connection.dialect).make(connection, made)
    deletion(tables.outgoing, KEYS, connection.dialect).make(connection, [("main", "crm", 1)])
    left = Question(tables.outgoing, ("link",), connection.dialect).ask(connection, ("main",))
    assert left == [row(2)]


def test_errors_are_those_that_sqlalchemy_raises(connection: Connection) -> None:
    question = Question(tables.outgoing, KEYS, connection.dialect)
    tables.outgoing.drop(connection)
    with pytest.raises((OperationalError, ProgrammingError), match="outgoing"):
        question.ask(connection, ("main", "crm", 1))


def test_many_rows_at_once_are_those_asked_one_by_one(connection: Connection) -> None:
    rows = Rows(connection, tables.outgoing, link="main", side="crm")
    for number in range(3):
        rows.put(**row(number))
    rows.drop(number=1)
    rows.load(range(5))
    assert [rows.get(number=number) for number in range(5)] == [row(0), None, row(2), None, None]


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
