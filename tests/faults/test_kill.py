"""kill -9 at every system call of a pass: nothing lost, nothing doubled, no half of a file (F11)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.conftest import ROOT, environment
from tests.faults import checks, scene
from tests.faults.checks import Numbers
from tests.faults.hooks import DEADLY
from tests.faults.killer import Launcher
from tests.faults.trial import Scene

#: this run tries some of the points, `python -m tests.faults.long --every` all of them
PARTS, POINTS = 10, 20
#: the record of the pass lies in the archive, the state is not committed
RECORDED = r"^fsync crm/archive/passes/000000$"


@pytest.mark.parametrize("part", range(PARTS))
def test_killed_at_a_call(rich: Scene, where: Path, part: int) -> None:
    for number, at in enumerate(rich.points(POINTS)[part::PARTS]):
        ended = rich.killed(where / f"{number}", at)
        assert ended.status == -9, rich.events[at - 1]


@pytest.mark.parametrize("part", range(4))
def test_killed_when_our_file_changes_its_name(
    scene_of: Callable[[str], Scene], where: Path, part: int
) -> None:
    changing = scene_of("to_zip")
    last = len(changing.events)
    for number, at in enumerate(range(last - part, last - 24, -4)):
        changing.killed(where / f"{number}", at)


@pytest.mark.parametrize("seed", range(4))
def test_killed_again_while_recovering(rich: Scene, where: Path, seed: int) -> None:
    random = Random(seed)
    first = random.choice(rich.points(60, seed))
    rich.killed(where, first, random.randint(1, max(2, len(rich.events) - first)))


@pytest.mark.parametrize("seed", range(6))
def test_killed_at_a_moment(rich: Scene, where: Path, seed: int) -> None:
    rich.killed_after(where, Random(seed).uniform(0.0, 0.25))


@pytest.mark.parametrize("seed", range(3))
def test_a_command_of_the_shell_killed_at_a_moment(rich: Scene, where: Path, seed: int) -> None:
    rich.fresh(where)
    numbers = Numbers()
    command = [sys.executable, "-m", "converter", "sync", "-c", str(where / "exchange.toml")]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stderr=subprocess.DEVNULL
    ) as started:
        try:
            started.wait(Random(seed).uniform(0.3, 1.0))
        except subprocess.TimeoutExpired:
            started.kill()
    checks.check_whole(where, rich.inputs)
    rich.check(where, numbers)


# -- what was found ------------------------------------------------------------------------------


@pytest.mark.parametrize("nth", [1, 2])
def test_report_of_a_refused_file_is_one(rich: Scene, where: Path, nth: int) -> None:
    at = rich.point(r"^rename \w+/Message_[XY]", nth)
    rich.killed(where, at)


@pytest.mark.parametrize(
    "event", [r"^rename crm/rejected/\.converter", r"^rename crm/archive/passes/.*converter"]
)
def test_no_temporary_stays(rich: Scene, where: Path, event: str) -> None:
    rich.killed(where, rich.point(event))


def test_marks_of_readings_go(rich: Scene, where: Path) -> None:
    """Killed behind the commit: the files are not read again, so nothing ends their reading."""
    rich.killed(where, rich.point(r"^unlink \w+/archive/\.reading", 0))


def test_journal_tells_what_was_written(rich: Scene, where: Path) -> None:
    rich.killed(where, rich.point(RECORDED))


def test_killed_before_an_alarm_is_committed(scene_of: Callable[[str], Scene], where: Path) -> None:
    alarm = scene_of("alarm")
    alarm.killed(where, alarm.point(RECORDED))


# -- a message that kills ------------------------------------------------------------------------


def _deadly(where: Path, launcher: Launcher, innocent: bool) -> None:
    scene.empty(where)
    scene.put(where / "crm/Message_CRM_BP.xml", scene.crm(1, number=DEADLY))
    if innocent:
        data = (scene.SAMPLES / "bp-answers-1.20.xml").read_bytes()
        data = data.replace(b"ReceivedNo>1<", b"ReceivedNo>0<")
        scene.put(where / "bp/Message_BP_CRM.xml", data)
    for _ in range(3):
        assert launcher.run(where, hooks=("deadly",)).status == 99


def test_message_that_kills_is_set_aside(launcher: Launcher, where: Path) -> None:
    _deadly(where, launcher, innocent=False)
    ended = launcher.run(where, hooks=("deadly",))
    assert ended.status == 1 and "POISON" in ended.err
    rejected = [each.name for each in (where / "crm/rejected").iterdir()]
    assert len(rejected) == 2
    assert not list(where.rglob(".reading-*"))


def test_a_message_beside_one_that_kills_is_taken(launcher: Launcher, where: Path) -> None:
    _deadly(where, launcher, innocent=True)
    ended = launcher.run(where, hooks=("deadly",))
    assert "POISON" in ended.err
    assert not (where / "bp/rejected").exists()
    assert (where / "crm/Message_BP_CRM.xml").exists()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_in_a_pass(rich: Scene, where: Path, how: signal.Signals) -> None:
    """A service manager stops a slow pass: it is finished, and no fault of the messages."""
    rich.fresh(where)
    numbers = Numbers()
    pid = rich.launcher.start(where, stop_at=r"^rename crm/archive/\.converter")
    assert list(where.rglob(".reading-*"))
    os.kill(pid, how)
    assert rich.launcher.wait(pid).status == 1, "as it ends undisturbed: a file is refused"
    assert not list(where.rglob(".reading-*"))
    assert (where / "crm/Message_BP_CRM.xml").exists()
    rich.check(where, numbers)


def test_record_in_a_folder_that_goes_away(rich: Scene, where: Path) -> None:
    """A pass is cut off with its record in one of the two places, which is not there afterwards."""
    rich.fresh(where)
    numbers = Numbers()
    pid = rich.launcher.start(where, stop_at=r"^openat bp/archive/passes")
    assert rich.launcher.kill(pid).status == -9
    (where / "crm").rename(where / "away")
    assert rich.launcher.run(where).status == 3
    numbers.look(where)
    (where / "away").rename(where / "crm")
    checks.until_quiet(where, rich.launcher, numbers)
    (where / "exchange.db").unlink()
    assert rich.launcher.run(where, "doctor", "--fix").orderly
    checks.until_quiet(where, rich.launcher, numbers)
    assert checks.final(where)["table incoming"] == rich.final["table incoming"]
