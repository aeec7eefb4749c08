"""Two processes on one state on a server: side by side, killed, asleep past their lease."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from converter.folder.lock import Holder
from converter.state.opening import open_state
from tests.faults.hosts import Hosts, ended, stopped, wake
from tests.faults.watching import until
from tests.servers import Server

Make = Callable[[int], Hosts]


@pytest.fixture
def make(postgresql: Server, tmp_path: Path) -> Make:
    """Links with a state on a server."""
    return lambda links: Hosts(tmp_path / "hosts", postgresql.database(), links)


def test_two_work_through_many_links_and_none_is_worked_twice(make: Make) -> None:
    hosts = make(200)
    hosts.send()
    one, other = hosts.start("sync", "--json"), hosts.start("sync", "--json")
    with ended(one, other):
        said = [each.communicate(timeout=600) for each in (one, other)]
        assert (one.returncode, other.returncode) == (0, 0), said
    counts = [out.count('"objects": 1') for out, _ in said]
    assert min(counts) > 20, "both of them worked"
    hosts.check()


def test_a_link_that_another_has_just_passed_is_left_to_it(make: Make) -> None:
    """Another is seen to be at the first link, and is done with the third while this one works on
    the second. It was at the first one before, and may have seen less there than lies there now."""
    hosts = make(3)
    hosts.send()
    who = Holder(7, "two.example", "converter", "converter sync", "2026-03-02 09:00:00")
    another = open_state(hosts.url, list, datetime(2026, 3, 2, 9))
    with closing(another), ExitStack() as held:
        before = held.enter_context(another.hold("link-1", who, 0.0))
        one = hosts.start("sync", "--json", sleep=("decided", 1))
        with ended(one):
            until(lambda: stopped(one) or one.poll() is not None, "asleep")
            with another.hold("link-3", who, 0.0) as lease:
                lease.finish()
            before.finish()
            held.close()
            one.send_signal(signal.SIGCONT)
            out, said = one.communicate(timeout=60)
    assert one.returncode == 0, said
    links = [
        (each["name"], len(each["taken"]), "left" in each) for each in json.loads(out)["links"]
    ]
    assert links == [("link-2", 1, False), ("link-3", 0, True), ("link-1", 1, False)]
    hosts.sync()
    hosts.check()


def test_a_server_that_goes_stops_every_link_by_itself(make: Make, postgresql: Server) -> None:
    """Also the link that another was at, of which the server would be asked whether it was passed."""
    hosts = make(3)
    hosts.send()
    who = Holder(7, "two.example", "converter", "converter sync", "2026-03-02 09:00:00")
    another = open_state(hosts.url, list, datetime(2026, 3, 2, 9))
    with closing(another), another.hold("link-1", who, 0.0):
        one = hosts.start("sync", "--json", sleep=("decided", 1))
        with ended(one):
            until(lambda: stopped(one) or one.poll() is not None, "asleep")
            postgresql.shut(hosts.url)
            one.send_signal(signal.SIGCONT)
            out, said = one.communicate(timeout=60)
    assert one.returncode == 3, said
    links = [(each["name"], each["error"]["id"]) for each in json.loads(out)["links"]]
    assert links == [
        ("link-2", "LINK_TAKEN"),  # for all that this process can know
        ("link-3", "STATE_UNREACHABLE"),
        ("link-1", "STATE_UNREACHABLE"),
    ]


@pytest.mark.parametrize("seed", range(6))
def test_one_of_two_is_killed_and_nothing_is_lost(make: Make, seed: int) -> None:
    hosts = make(3)
    hosts.kill_one(Random(seed), 2)
    hosts.check()


#: places behind the commit: what is left to do there the other one has done
DONE = ("committed", "moved", "delivered", "marked", "replace")
#: every checkpoint of a pass, and each rename that it makes
ASLEEP = [
    *((place, 1) for place in ("begun", "decided", "archived", "committed", "moved")),
    *((place, count) for place in ("kept", "delivered", "marked") for count in (1, 2)),
    *(("replace", count) for count in range(1, 8)),
]


@pytest.mark.parametrize(("place", "count"), ASLEEP)
def test_one_that_slept_past_its_lease_changes_nothing(make: Make, place: str, count: int) -> None:
    """It was about to go on; another has done its pass meanwhile, and a later one."""
    hosts = make(1)
    hosts.send()
    if place != "begun":
        hosts.sync()
        hosts.send()
    sleeper = hosts.start(sleep=(place, count))
    with ended(sleeper):
        until(lambda: stopped(sleeper) or sleeper.poll() is not None, "asleep")
        assert stopped(sleeper), sleeper.communicate()
        hosts.sync()
        hosts.send()
        hosts.sync()
        hosts.check()
        said = wake(sleeper)
        if sleeper.returncode != 0 or place not in DONE:  # else it had nothing more to write
            assert sleeper.returncode == 3, said
            assert "LINK_TAKEN" in said, said
    hosts.check()
    assert "nothing new" in hosts.sync()
    hosts.check()


def test_one_that_slept_within_its_lease_goes_on(make: Make) -> None:
    hosts = make(1)
    hosts.send()
    sleeper = hosts.start(sleep=("decided", 1))
    with ended(sleeper):
        until(lambda: stopped(sleeper), "asleep")
        said = wake(sleeper)
        assert sleeper.returncode == 0, said
    hosts.check()


def test_one_that_is_killed_is_followed_at_once(make: Make) -> None:
    """The server sees the end of its session; nobody waits for the lease to run out."""
    hosts = make(1)
    hosts.send()
    doomed = hosts.start(sleep=("decided", 1))
    with ended(doomed):
        until(lambda: stopped(doomed), "asleep")
        other = hosts.start()
        with ended(other):
            doomed.kill()
            doomed.wait()
            _, said = other.communicate(timeout=60)
            assert other.returncode == 0, said
    hosts.check()
