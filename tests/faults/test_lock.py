"""Several processes on one link: one works, the others wait or say who works (F18)."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from tests.faults import checks, scene
from tests.faults.checks import Numbers
from tests.faults.killer import Launcher
from tests.faults.trial import Scene


def _until_open(pid: int, name: str) -> None:
    """Wait until a process has opened a file."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for each in Path(f"/proc/{pid}/fd").iterdir():
            try:
                if name in str(each.readlink()):
                    return
            except OSError:
                continue
        time.sleep(0.005)
    raise AssertionError(f"{pid} never opened {name}")


def _taken(where: Path) -> Counter[str]:
    rows = checks.state(where / "exchange.db")["table journal"]
    return Counter({row: n for row, n in rows.items() if "'event': 'taken'" in row})


def test_second_waits(rich: Scene, where: Path) -> None:
    rich.fresh(where)
    first = rich.launcher.start(where, stop_at=rich.point("^rename crm/archive"))
    second = rich.launcher.start(where, "sync", "--json")
    _until_open(second, ".lock")
    assert rich.launcher.wait(first).status == 1
    ended = rich.launcher.wait(second)
    assert ended.status == 0 and '"taken": []' in ended.out and '"written": []' in ended.out
    rich.check(where, Numbers())


def test_second_says_who_works(rich: Scene, where: Path) -> None:
    rich.fresh(where)
    first = rich.launcher.start(where, stop_at=rich.point("^rename crm/archive"))
    ended = rich.launcher.run(where, hooks=("impatient",))
    assert ended.status == 3
    assert "LOCKED" in ended.err and str(first) in ended.err and "sync" in ended.err
    rich.launcher.wait(first)
    rich.check(where, Numbers())


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_killed_holder_is_no_obstacle(rich: Scene, where: Path, nth: int) -> None:
    """Its name stays in the file, which means nothing."""
    rich.fresh(where)
    first = rich.launcher.start(where, stop_at=rich.point("^fdatasync", 2 * nth))
    assert rich.launcher.kill(first).status == -9
    assert str(first) in "".join(each.read_text() for each in where.glob("*.lock"))
    ended = rich.launcher.run(where, hooks=("impatient",))
    assert ended.status in (0, 1), ended.err
    rich.check(where, Numbers())


@pytest.mark.parametrize("count", [2, 4])
def test_at_the_same_time(rich: Scene, where: Path, count: int) -> None:
    rich.fresh(where)
    started = [rich.launcher.start(where) for _ in range(count)]
    statuses = [rich.launcher.wait(pid).status for pid in started]
    assert Counter(statuses) == {0: count - 1, 1: 1}
    rich.check(where, Numbers())


@pytest.mark.parametrize(
    "event",
    [
        "^pwrite64 exchange.db-journal",
        "^mkdir crm/archive",
    ],
)
def test_two_begin_one_state(launcher: Launcher, where: Path, event: str) -> None:
    """The state is made before any lock is taken."""
    scene.empty(where)
    scene.put(where / "crm/Message_CRM_BP.xml", scene.crm(1))
    first = launcher.start(where, stop_at=event)
    second = launcher.start(where)
    _until_open(second, "exchange.db")
    ends = [launcher.wait(first), launcher.wait(second)]
    assert [each.status for each in ends] == [0, 0], [each.err for each in ends]
    assert len(_taken(where)) == 1


def test_four_take_every_message_once(launcher: Launcher, where: Path) -> None:
    scene.empty(where)
    assert launcher.run(where).status == 0
    most, numbers = 60, Numbers()
    running: list[int] = []
    for number in range(1, most + 1):
        scene.put(where / f"crm/Message_{number:02}_CRM_BP.xml", scene.crm(number))
        if number % 5 == 0:
            running.append(launcher.start(where))
        if len(running) == 4:
            numbers.look(where)
            ended = launcher.wait(running.pop(0))
            assert ended.status in (0, 1), ended.err
    assert [launcher.wait(pid).status for pid in running].count(3) == 0
    checks.until_quiet(where, launcher, numbers)
    taken = _taken(where)
    assert len(taken) == taken.total() == most
    assert len(checks.final(where)["table object"]) >= most


def test_link_that_hangs_does_not_stop_another(launcher: Launcher, where: Path) -> None:
    """The whole process stands while it delivers to one link; the other one shares the state."""
    scene.empty(where)
    text = (where / "exchange.toml").read_text()
    first = text.replace('"crm"', '"a/crm"').replace('"bp"', '"a/bp"')
    second = text.replace('"crm"', '"b/crm"').replace('"bp"', '"b/bp"').replace("main", "other")
    for each in ("a", "b"):
        scene.empty(where / each)
        scene.put(where / each / "crm/Message_CRM_BP.xml", scene.crm(1))
    (where / "one.toml").write_text(first)
    (where / "two.toml").write_text(second)
    hanging = launcher.start(where, "sync", "-c", "one.toml", stop_at=r"openat a/bp/\.conv")
    ended = launcher.run(where, "sync", "-c", "two.toml", hooks=("short_of_time",))
    assert launcher.kill(hanging).status == -9
    assert ended.status == 0, ended.err


def test_state_that_is_busy_is_not_damaged(rich: Scene, where: Path) -> None:
    rich.fresh(where)
    first = rich.launcher.start(where, stop_at="^fdatasync exchange.db$")
    ended = rich.launcher.run(where, hooks=("short_of_time", "impatient"))
    rich.launcher.wait(first)
    assert ended.status == 3 and "STATE_DAMAGED" not in ended.err, ended.err
