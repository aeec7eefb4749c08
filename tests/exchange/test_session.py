"""Who is given what, in which version, and what a session tells (SPEC §1, §2)."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from converter.exchange.report import Report
from converter.exchange.session import (
    MANY,
    Session,
    crm_format,
    dialect_towards_bp,
    foreign,
    many,
    receivers,
    version_of,
)
from converter.formats import CRM, bp
from converter.mapping.content import mark
from converter.mapping.crm import PLAIN, EnterpriseCrm
from converter.problems import catalogue as say
from converter.settings import Crm
from converter.state import codec
from converter.state.bases import Base
from converter.state.journal import entries
from converter.state.versions import Version
from tests.exchange.conftest import Make
from tests.exchange.test_states import BILL
from tests.exchange.world import World
from tests.mapping.book import crm_invoice

CARD = "Справочник.Валюты"


@pytest.mark.parametrize(
    ("kind", "plain", "whole"),
    [
        (codec.INVOICE, ("crm", "bp"), ("crm", "bp")),
        (codec.COUNTERPARTY, ("crm", "bp"), ("crm", "bp")),
        (codec.CONTRACT, ("bp",), ("crm", "bp")),
        (codec.OPERATION, ("crm",), ("crm",)),
        (codec.STATE, ("crm",), ("crm",)),
        (CARD, ("crm",), ("crm",)),
    ],
)
def test_who_is_given_what(kind: str, plain: tuple[str, ...], whole: tuple[str, ...]) -> None:
    assert (receivers(kind), receivers(kind, True)) == (plain, whole)


def test_things_come_by_so_many_at_a_time() -> None:
    assert [len(each) for each in many(range(2 * MANY + 7))] == [MANY, MANY, 7]
    assert list(many("ab")) == [["a", "b"]]
    assert list(many(())) == []


def test_versions() -> None:
    digest = "0123456789abcdef" * 4
    short = "?0123456789abcdef012345"
    assert foreign(digest) == Version(short, short, None)
    version = version_of(BILL)
    assert (version.mark, version.record, version.number) == (mark(BILL), BILL, 0)


@pytest.mark.parametrize(
    ("setting", "said", "expected"),
    [
        ("1.8", None, "1.8"),
        ("1.8", ("1.19",), "1.8"),
        ("auto", None, None),
        ("auto", (), None),
        ("auto", ("1.99", "1.0"), None),
        ("auto", ("1.19", "1.8", "1.99"), "1.19"),
        ("auto", ("1.8", "1.10"), "1.10"),
    ],
)
def test_the_version_towards_bp(
    setting: str, said: tuple[str, ...] | None, expected: str | None
) -> None:
    versions = None if said is None else json.dumps(said)
    found = dialect_towards_bp(setting, Base("bp", "guid", versions=versions))
    assert found == (None if expected is None else bp(expected))


def test_how_a_crm_speaks() -> None:
    assert crm_format(Crm(code="CRM", folder=Path("x"))) is PLAIN
    settings = Crm(
        code="CRM",
        folder=Path("x"),
        format="enterprisedata",
        version="1.8",
        invoice="СчетПокупателю",
    )
    for types, wanted in (
        (None, None),
        ("[]", frozenset()),
        (
            '[["A", "*", "*"], ["B", "*", ""], ["C", "", " 1.3 , 1.8"], ["D", "*", "1.18"]]',
            frozenset("AC"),
        ),
    ):
        found = crm_format(settings, types)
        assert isinstance(found, EnterpriseCrm)
        assert (found.dialect, found.invoice, found.wanted) == (bp("1.8"), "СчетПокупателю", wanted)
    plain = crm_format(settings)
    assert isinstance(plain, EnterpriseCrm)
    assert plain.wanted is None


@pytest.mark.parametrize("version", ["1.8", "auto"])
def test_in_which_format_a_side_is_written_to(make: Make, version: str) -> None:
    world = make(version=version)
    world.run()
    with world.state().read() as connection:
        session = Session(connection, world.link, world.now, 1, Report("main"))
        assert session.dialect_of("crm") == CRM
        assert (
            session.dialect_of("bp")
            == session.dialect()
            == (None if version == "auto" else bp("1.8"))
        )
        assert (session.code("crm"), session.code("bp")) == ("CRM", "BP")
        assert session.crm is PLAIN


def test_only_warnings_are_journalled_where_they_are_told(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    report = Report("main")
    told = [say.VAT_ABSENT(row=1), say.SUM_NOT_ROWS(rows=1, total=2), say.NUMBER_MISSING()]
    with world.state().begin() as connection:
        session = Session(connection, world.link, datetime(2026, 3, 1), 7, report)
        for problem in told:
            session.tell(problem, "crm", "kind", "ref")
        session.tell(say.VAT_ABSENT(row=2), "bp")
        assert not session.changed
    assert report.problems == [*told, say.VAT_ABSENT(row=2)]
    with world.state().read() as connection:
        lines = [each for each in entries(connection) if each["event"] == "warning"][::-1]
    assert [
        (each["side"], each["kind"], each["ref"], each["details"]["problem"]["details"], each["at"])
        for each in lines
    ] == [
        ("crm", "kind", "ref", [["row", "1"]], datetime(2026, 3, 1)),
        ("bp", "", "", [["row", "2"]], datetime(2026, 3, 1)),
    ]


def test_what_is_to_be_judged_and_counted_again_is_noted_once_in_its_order(world: World) -> None:
    world.run()
    with world.state().read() as connection:
        for name in ("judge_again", "count_again"):
            session = Session(connection, world.link, world.now, 1, Report("main"))
            getattr(session, name)("b", "a")
            getattr(session, name)("c", "b")
            refs = session.operations if name == "judge_again" else session.invoices
            assert (list(refs), session.changed) == (["b", "a", "c"], True)
