"""What is still to be told, and when: beginnings and ends once, no flood, flapping damped."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from converter.alerts.conditions import Condition
from converter.alerts.telling import Due, calm, due, follow, retry_after
from converter.state.troubles import Channel, Name, Trouble
from tests.alerts.news import NOW, problem, trouble

PAUSE = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)


def condition(key: str = "held/crm/1", since: datetime | None = NOW) -> Condition:
    return Condition("main", key, "crm", "№ 1", since, (problem(),))


class World:
    """Troubles and one channel, kept as the state keeps them."""

    def __init__(self) -> None:
        self.now = NOW
        self.known: dict[Name, Trouble] = {}
        self.told: set[Name] = set()
        self.channel = Channel("mail")
        self.letters: list[Due] = []

    def look(self, *keys: str, works: bool = True, after: timedelta = MINUTE) -> Due | None:
        """A look that finds these troubles, so long after the last one."""
        self.now += after
        found = [condition(key, None) for key in keys]
        put, drop = follow(self.known, found, {"main"}, self.told, self.now)
        self.known.update({each.name: each for each in put})
        for name in drop:
            del self.known[name]
        news = due(self.known, self.told, self.channel, PAUSE, self.now)
        if news is None:
            return None
        if not works:
            failures = self.channel.failures + 1
            self.channel = replace(self.channel, tried=self.now, failures=failures)
            return news
        self.channel = Channel("mail", sent=self.now, tried=self.now)
        self.told |= {each.name for each in news.begun}
        self.told -= {each.name for each in news.ended}
        self.letters.append(news)
        return news


def test_a_beginning_and_an_end_are_told_once() -> None:
    world = World()
    for _ in range(10):
        world.look("alarm/bp")
    for _ in range(10):
        world.look()
    begun, ended = world.letters
    assert [each.key for each in begun.begun] == ["alarm/bp"] and not begun.ended
    assert [each.key for each in ended.ended] == ["alarm/bp"] and not ended.begun
    assert (begun.standing, ended.standing) == (1, 0)


def test_many_at_once_are_one_letter() -> None:
    world = World()
    keys = [f"held/crm/{index}" for index in range(500)]
    news = world.look(*keys)
    assert news is not None and len(news.begun) == 500
    assert world.look(*keys) is None


def test_one_after_the_other_are_gathered() -> None:
    """An object a minute for an hour: a letter every five minutes, each object in one of them."""
    world = World()
    for count in range(1, 61):
        world.look(*(f"held/crm/{index}" for index in range(count)))
    assert len(world.letters) <= 13
    told = [each.key for letter in world.letters for each in letter.begun]
    assert len(told) == len(set(told))
    world.look(*(f"held/crm/{index}" for index in range(60)), after=PAUSE)
    assert len([each for letter in world.letters for each in letter.begun]) == 60


def test_what_came_and_went_before_it_could_be_told_is_not_told() -> None:
    world = World()
    for _ in range(3):
        world.look("away/bp", works=False)
    for _ in range(300):
        world.look()
    assert world.letters == []


def test_a_flapping_folder_is_told_to_be_away_once() -> None:
    """Away and back every two minutes for two hours."""
    world = World()
    for _ in range(30):
        world.look("away/bp", after=2 * MINUTE)
        world.look(after=2 * MINUTE)
    assert len(world.letters) == 1
    for _ in range(60):
        world.look(after=5 * MINUTE)
    assert [len(each.ended) for each in world.letters] == [0, 1]


def test_slower_flapping_is_told_more_and_more_rarely() -> None:
    """Away for a quarter of an hour, back for a quarter of an hour, for a day."""
    world = World()
    for _ in range(48):
        for _ in range(3):
            world.look("away/bp", after=5 * MINUTE)
        for _ in range(3):
            world.look(after=5 * MINUTE)
    assert 1 <= len(world.letters) <= 6


def test_after_a_day_without_it_the_damping_is_forgotten() -> None:
    world = World()
    for _ in range(10):
        world.look("away/bp")
        world.look()
    for _ in range(30):
        world.look(after=timedelta(hours=1))
    assert world.known == {} and world.told == set()
    world.look("away/bp")
    assert world.known["main", "away/bp"].times == 1


def test_a_return_is_since_then() -> None:
    world = World()
    world.look("away/bp")
    world.look()
    world.look("away/bp")
    again = world.known["main", "away/bp"]
    assert (again.since, again.gone, again.times) == (world.now, None, 2)


@pytest.mark.parametrize(
    ("times", "minutes"), [(1, 5), (2, 10), (3, 20), (6, 160), (7, 240), (10**6, 240)]
)
def test_calm(times: int, minutes: int) -> None:
    assert calm(times, PAUSE) == timedelta(minutes=minutes)


def test_a_long_pause_is_never_shortened() -> None:
    assert calm(1, timedelta(hours=12)) == timedelta(hours=12)


@pytest.mark.parametrize(("failures", "minutes"), [(1, 1), (2, 2), (6, 32), (7, 60), (10**6, 60)])
def test_attempts_get_rarer(failures: int, minutes: int) -> None:
    assert retry_after(failures) == timedelta(minutes=minutes)


def test_a_channel_that_fails_is_tried_more_and_more_rarely_and_then_tells_all() -> None:
    world = World()
    tries = [world.look("alarm/bp", works=False) for _ in range(120)]
    assert 5 <= len([each for each in tries if each is not None]) <= 9
    for _ in range(61):
        world.look("alarm/bp", "alarm/crm")
    assert [len(each.begun) for each in world.letters] == [2]
    assert world.channel.failures == 0


@pytest.mark.parametrize("jump", [timedelta(days=400), -timedelta(days=400)])
def test_a_clock_that_was_set_wrong_does_not_silence_a_channel(jump: timedelta) -> None:
    world = World()
    world.look("alarm/bp", after=jump)
    world.look("alarm/bp", "alarm/crm", after=-jump)
    world.look(after=MINUTE)
    for _ in range(3):
        world.look(after=2 * PAUSE)
    assert [(len(each.begun), len(each.ended)) for each in world.letters][-1][1] > 0
    assert world.told == set()


def test_a_link_that_left_the_settings_takes_its_troubles_along() -> None:
    known = {("old", "alarm/bp"): trouble("alarm/bp", link="old")}
    put, drop = follow(known, [], {"main"}, set(known), NOW)
    assert (put, drop) == ([], [("old", "alarm/bp")])


def test_nothing_changes_where_nothing_changed() -> None:
    put, _ = follow({}, [condition()], {"main"}, set(), NOW)
    known = {each.name: each for each in put}
    assert follow(known, [condition()], {"main"}, set(), NOW + MINUTE) == ([], [])


def test_other_words_for_the_same_are_kept_and_not_told() -> None:
    put, _ = follow({}, [condition()], {"main"}, set(), NOW)
    known = {each.name: each for each in put}
    other = condition()._replace(problems=(problem("400"),))
    [changed], _ = follow(known, [other], {"main"}, set(known), NOW + MINUTE)
    assert (changed.since, changed.times) == (NOW, 1)
    assert due({changed.name: changed}, set(known), Channel("mail"), PAUSE, NOW) is None


KEYS = st.sets(st.sampled_from(["away/bp", "away/crm", "held/crm/1", "alarm/bp"]))
LOOKS = st.lists(st.tuples(KEYS, st.booleans(), st.integers(1, 600)), max_size=40)


@given(LOOKS)
def test_whatever_happens_beginnings_and_ends_take_turns(looks: list[Any]) -> None:
    """And after a long while with a channel that works, what was told is what is."""
    world = World()
    for keys, works, minutes in looks:
        world.look(*keys, works=works, after=timedelta(minutes=minutes))
    last = looks[-1][0] if looks else set()
    for _ in range(12):
        world.look(*last, after=timedelta(hours=1))
    assert {key for _, key in world.told} == last
    open_: set[Name] = set()
    for letter in world.letters:
        for each in letter.begun:
            assert each.name not in open_
            open_.add(each.name)
        for each in letter.ended:
            open_.remove(each.name)
