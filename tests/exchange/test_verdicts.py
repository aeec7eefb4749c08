"""The two pure decisions of the exchange, case by case: numbers, and whose version stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from converter.envelope.header import Header
from converter.exchange.merge import Merged, Outcome, merge, merge_restored
from converter.exchange.numbers import Verdict, is_greeting, judge
from converter.formats import ENTERPRISE_DATA
from converter.problems import Problem
from converter.state.bases import Base, TakenMessage
from converter.state.versions import Version
from tests.messages import CRM_FORMAT

NOON = datetime(2026, 2, 11, 12)
SECOND = timedelta(seconds=1)


def verdict(number: int, digest: str = "new", *, ack: int | None = None, created: datetime = NOON,
            known: str | None = None, **base: Any) -> str:  # fmt: skip
    """The name of the verdict, or the id of the alarm."""
    header = Header(CRM_FORMAT, created, message_no=number, received_no=ack)
    taken = None if known is None else TakenMessage(number, known, NOON, NOON, 1)
    found = judge(header, number, digest, Base("crm", "guid", **base), taken)
    return found.kind.id if isinstance(found, Problem) else found.name


@pytest.mark.parametrize(
    ("number", "given", "expected"),
    [
        (1, {}, "TAKE"),
        (1, {"known": "new", "received": 1}, "REPEAT"),
        (1, {"known": "old", "received": 1}, "NUMBER_REUSED"),
        (6, {"received": 5}, "TAKE"),
        (9, {"received": 5}, "TAKE"),
        (5, {"received": 5}, "LATE"),
        (6, {"received": 5, "sent": 3, "ack": 3}, "TAKE"),
        (6, {"received": 5, "sent": 3, "ack": 4}, "ACK_UNKNOWN"),
        (6, {"received": 5, "sent": 0, "ack": None}, "TAKE"),
        (6, {"received": 5, "sent": 0, "ack": 1}, "ACK_UNKNOWN"),
    ],
)
def test_a_number(number: int, given: dict[str, Any], expected: str) -> None:
    assert verdict(number, **given) == expected


@pytest.mark.parametrize(
    ("later", "expected"), [(SECOND, "NUMBER_FELL"), (0 * SECOND, "LATE"), (-SECOND, "LATE")]
)
@pytest.mark.parametrize("number", [4, 5])
def test_a_number_that_fell(number: int, later: timedelta, expected: str) -> None:
    """It was made after the last one that was taken: the base counts anew."""
    header = Header(CRM_FORMAT, NOON + later, message_no=number, received_no=99)
    base = Base("crm", "guid", received=5, created=NOON)
    found = judge(header, number, "new", base, None)
    assert (found.kind.id if isinstance(found, Problem) else found.name) == expected
    if isinstance(found, Problem):
        assert dict(found.details) == {"number": number, "received": 5, "side": "crm"}


@pytest.mark.parametrize(
    ("later", "expected"),
    [(SECOND, Verdict.TAKE), (0 * SECOND, Verdict.LATE), (-SECOND, Verdict.LATE)],
)
@pytest.mark.parametrize("number", [1, 5, 9])
def test_after_restoring_only_the_time_counts(
    number: int, later: timedelta, expected: Verdict
) -> None:
    """Whatever number it has, and whatever it acknowledges (R8)."""
    header = Header(CRM_FORMAT, NOON + later, message_no=number, received_no=99)
    base = Base("crm", "guid", received=5, created=NOON, restored=NOON)
    assert judge(header, number, "new", base, None) is expected
    taken = TakenMessage(number, "new", NOON, NOON, 1)
    assert judge(header, number, "new", base, taken) is Verdict.REPEAT


def test_an_alarm_names_what_it_is_about() -> None:
    base = Base("bp", "guid", received=5, sent=3)
    known = TakenMessage(5, "old", NOON, NOON, 1)
    reused = judge(Header(CRM_FORMAT, NOON, received_no=1), 5, "new", base, known)
    assert isinstance(reused, Problem)
    assert dict(reused.details) == {"number": 5, "side": "bp"}
    unknown = judge(Header(CRM_FORMAT, NOON, received_no=4), 6, "new", base, None)
    assert isinstance(unknown, Problem)
    assert dict(unknown.details) == {"number": 4, "sent": 3, "side": "bp"}


@pytest.mark.parametrize(
    ("format", "number", "body", "expected"),
    [
        (ENTERPRISE_DATA, None, False, True),
        (ENTERPRISE_DATA, 7, False, True),
        (ENTERPRISE_DATA, 7, True, False),
        (ENTERPRISE_DATA, None, True, False),
        (CRM_FORMAT, None, False, True),
        (CRM_FORMAT, 0, False, True),
        (CRM_FORMAT, 1, False, False),
        (CRM_FORMAT, 0, True, False),
    ],
)
def test_a_greeting(format: str, number: int | None, body: bool, expected: bool) -> None:
    assert is_greeting(Header(format, NOON, message_no=number), body) is expected


def version(mark: str) -> Version:
    """A version that is told apart by its mark."""
    return Version(mark=mark, full=f"full {mark}", record=None)


A, B, C = version("a"), version("b"), version("c")


@pytest.mark.parametrize("favoured", [True, False])
@pytest.mark.parametrize(
    ("base", "current", "expected"),
    [
        ("a", None, Outcome.REPEAT),
        ("a", B, Outcome.REPEAT),
        ("a", A, Outcome.REPEAT),
        (None, None, Outcome.NEXT),
        ("b", None, Outcome.NEXT),
        (None, A, Outcome.SAME),
        ("b", A, Outcome.SAME),
        ("b", B, Outcome.NEXT),
    ],
)
def test_a_version_without_a_conflict(
    base: str | None, current: Version | None, favoured: bool, expected: Outcome
) -> None:
    merged = merge(A, base, current, favoured)
    assert merged == Merged(expected, None)
    assert merged.stands is (expected is Outcome.NEXT)


@pytest.mark.parametrize("base", [None, "c"])
def test_a_conflict(base: str | None) -> None:
    won = merge(A, base, B, favoured=True)
    assert won == Merged(Outcome.WINS, loser=B) and won.stands
    lost = merge(A, base, B, favoured=False)
    assert lost == Merged(Outcome.LOSES, loser=A) and not lost.stands


@pytest.mark.parametrize("favoured", [True, False])
def test_a_version_of_a_restored_base(favoured: bool) -> None:
    assert merge_restored(A, [], favoured) == Merged(Outcome.NEXT)
    assert merge_restored(A, [A], favoured) == Merged(Outcome.SAME)
    assert merge_restored(A, [B, A], favoured) == Merged(Outcome.SAME)
    lost = Merged(Outcome.WINS, loser=B) if favoured else Merged(Outcome.LOSES, loser=A)
    assert merge_restored(A, [B, C], favoured) == lost
