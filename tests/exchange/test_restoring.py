"""The steps after a restore: passes, what a person is asked, and what follows from the answer (R8)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from converter.exchange.report import Report
from converter.exchange.restoring import Node, Refused, bring_back, is_awaited
from converter.problems import Stopped
from converter.problems import catalogue as say
from tests.exchange.world import BOOK, World
from tests.mapping.book import crm_invoice
from tests.messages import guid

PAID = [guid(71), guid(72), guid(73)]


def keys(*refs: str) -> list[str]:
    return [f"Документ.ТорговаяОперация {ref}" for ref in refs]


@pytest.fixture
def paid(world: World) -> World:
    """An invoice with three payments, which the CRM has been told; then BP is restored."""
    world.crm.send(crm_invoice())
    world.run()
    world.bp.read()
    world.bp.send(*(BOOK.payment(ref=ref, number=ref[-4:]) for ref in PAID))
    world.run()
    world.crm.read()
    restored(world, [])
    return world


def sends(world: World, *refs: str) -> None:
    """BP writes a message with these payments, and the converter has not looked yet."""
    world.tick(600)
    world.bp.send(BOOK.invoice(), *(BOOK.payment(ref=ref, number=ref[-4:]) for ref in refs))


def restored(
    world: World, answers: list[bool | Callable[[], None]], agreed: bool = False
) -> tuple[Report | Stopped, list[list[str]]]:
    """`doctor --restored bp`: what its last pass did, and what was asked. An answer that is a call
    is what happens before a yes."""
    asked: list[list[str]] = []
    left = iter(answers)

    def ask(missing: list[str]) -> bool:
        asked.append(missing)
        answer = next(left)
        if callable(answer):
            answer()
            return True
        return answer

    exchange = world.exchange()
    done = bring_back(exchange, Node("bp", 1, 1), agreed, exchange.run, ask)
    assert list(left) == []
    return done, asked


def withdrawn(world: World) -> list[str]:
    return [each["ref"] for each in world.journal("withdrawn")]


def test_it_asks_nothing_before_something_came(paid: World) -> None:
    assert is_awaited(paid.exchange(), "bp")
    assert not is_awaited(paid.exchange(), "crm")
    assert restored(paid, [])[1] == []
    assert is_awaited(paid.exchange(), "bp")


def test_what_the_base_does_not_name_is_asked_for_and_goes_with_a_yes(paid: World) -> None:
    sends(paid, PAID[0])
    done, asked = restored(paid, [True])
    assert asked == [keys(*PAID[1:])]
    assert isinstance(done, Report) and [each.side for each in done.taken] == ["bp"]
    assert sorted(withdrawn(paid)) == PAID[1:]
    assert not is_awaited(paid.exchange(), "bp")


def test_with_a_no_nothing_goes(paid: World) -> None:
    sends(paid, PAID[0])
    with pytest.raises(Refused):
        restored(paid, [False])
    assert withdrawn(paid) == []
    assert is_awaited(paid.exchange(), "bp")


def test_who_thought_while_another_message_came_is_asked_anew(paid: World) -> None:
    sends(paid, *PAID[:2])
    _, asked = restored(paid, [lambda: sends(paid, PAID[0]), True])
    assert asked == [keys(PAID[2]), keys(*PAID[1:])]
    assert sorted(withdrawn(paid)) == PAID[1:]


def test_where_another_message_lacks_nothing_nothing_is_agreed_to(paid: World) -> None:
    sends(paid, *PAID[:2])
    _, asked = restored(paid, [lambda: sends(paid, *PAID)])
    assert asked == [keys(PAID[2])]
    assert withdrawn(paid) == []
    assert not is_awaited(paid.exchange(), "bp")


def test_who_agrees_beforehand_is_shown_it_once(paid: World) -> None:
    sends(paid, PAID[0])
    _, asked = restored(paid, [lambda: sends(paid)], agreed=True)
    assert asked == [keys(*PAID[1:])]
    assert sorted(withdrawn(paid)) == PAID


def test_what_failed_is_given_back(paid: World) -> None:
    sends(paid, PAID[0])
    paid.exchange().run()
    failures = [Stopped(say.FOLDER_MISSING(folder=str(number))) for number in range(3)]
    left = iter(failures)
    exchange = paid.exchange()
    done = bring_back(exchange, Node("bp"), False, lambda: next(left), lambda _: True)
    assert done is failures[-1]
