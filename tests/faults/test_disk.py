"""A full disk, rights that are missing, folders that go away: an orderly end, and on again (F13-F15)."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.conftest import ROOT, environment
from tests.faults import checks, scene
from tests.faults.checks import Numbers
from tests.faults.hooks import SETTINGS
from tests.faults.killer import Launcher
from tests.faults.trial import Scene

NOBODY = 65534
WRITES = ("write", "pwrite64", "openat", "fsync", "fdatasync", "rename")
PARTS, POINTS = 8, 16


def _writes(some: Scene, count: int, seed: int) -> list[int]:
    chosen = some.points(0 if not count else 4 * count, seed)
    return [at for at in chosen if some.events[at - 1].split()[0] in WRITES][:count]


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("on", [False, True], ids=["once", "on"])
def test_disk_full_at_a_write(rich: Scene, where: Path, on: bool, part: int) -> None:
    for number, at in enumerate(_writes(rich, POINTS, 1 + on)[part::PARTS]):
        ended = rich.failed(where / f"{number}", at, errno=errno.ENOSPC, on=on, calls=WRITES)
        event = rich.events[at - 1]
        if "/passes/" in event and not on:  # of a record's two places one is enough
            assert "RECORD_ONCE" in ended.err, (event, ended.err)
        elif ".whole" in event and not on:  # a note that is made anew by whoever misses it
            assert ended.status == 1, (event, ended.err)  # something is rejected, as always here
        else:
            assert ended.status == 3, (event, ended.err)
        assert "→" in ended.err


def test_small_disk(where: Path, rich: Scene) -> None:
    """A real one: the pass gets a little more room each time."""
    if not shutil.which("unshare"):
        pytest.skip("this system has no unshare to mount a small disk")
    where.mkdir(parents=True)
    script = 'mount -t tmpfs -o size=16m none "$0" || exit 77\nexec "$@"'
    command = [sys.executable, "-B", "-m", "tests.faults.small_disk", str(where)]
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, str(where), *command],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        check=False,
    )
    if done.returncode == 77 or b"unshare failed" in done.stderr:
        pytest.skip("a small disk cannot be mounted here")
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert told["failed"] and told["went"]


def test_three_full_disks_set_nothing_aside(rich: Scene, where: Path) -> None:
    rich.fresh(where)
    numbers = Numbers()
    for _ in range(3):
        at = rich.point(r"^rename crm/archive/\.converter")
        ended = rich.launcher.run(where, fail_at=at, errno=errno.ENOSPC, on=True, calls=WRITES)
        assert ended.status == 3
    rich.check(where, numbers)


def test_gathering_that_fails_leaves_nothing(rich: Scene, where: Path) -> None:
    """A watch would gather copies until the disk is full of them."""
    rich.fresh(where)
    at = rich.point(r"^fsync bp/archive/\.converter")
    rich.launcher.run(where, fail_at=at, errno=errno.ENOSPC, calls=WRITES)
    assert not list(where.rglob(".converter-*"))


def test_full_archive_is_named(rich: Scene, where: Path) -> None:
    rich.fresh(where)
    at = rich.point(r"^write crm/archive/\.converter")
    ended = rich.launcher.run(where, fail_at=at, errno=errno.ENOSPC, calls=WRITES)
    assert "FOLDER_FULL" in ended.err and f"{where}/crm/archive " in ended.err


def test_full_disk_in_a_message_is_named(rich: Scene, where: Path) -> None:
    rich.fresh(where)
    at = rich.point("^pwrite64 exchange.db-journal", 16)
    ended = rich.launcher.run(where, fail_at=at, errno=errno.ENOSPC, on=True, calls=WRITES)
    assert "database or disk is full" in ended.err and "savepoint" not in ended.err


def test_file_that_is_too_large(launcher: Launcher, where: Path) -> None:
    scene.empty(where)
    with (where / "crm/Message_CRM_BP.xml").open("wb") as file:
        file.truncate((4 << 30) + 1)
    ended = launcher.run(where)
    assert ended.orderly, ended.err
    assert ended.status == 1 and "FILE_TOO_LARGE" in ended.err


# -- rights --------------------------------------------------------------------------------------


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that another user can reach."""
    folder = Path(mkdtemp())
    folder.chmod(0o777)
    yield folder / "try"
    subprocess.run(["chmod", "-R", "u+rwX", str(folder)], check=False)
    shutil.rmtree(folder)


def _own(where: Path) -> int | None:
    """Give everything to a user without rights; None where we are one."""
    if os.getuid() != 0:
        return None
    for each in [where, *where.rglob("*")]:
        os.chown(each, NOBODY, NOBODY)
    return NOBODY


@pytest.mark.parametrize(
    ("denied", "mode"),
    [
        ("crm", 0o000),
        ("bp", 0o000),
        ("crm", 0o555),
        ("bp", 0o555),
        ("crm/archive", 0o555),
        ("bp/archive", 0o000),
        ("crm/rejected", 0o000),
        ("bp/rejected", 0o555),
    ],
)
def test_without_rights(rich: Scene, shared: Path, denied: str, mode: int) -> None:
    rich.fresh(shared)
    (shared / denied).mkdir(exist_ok=True)
    user, numbers = _own(shared), Numbers()
    (shared / denied).chmod(mode)
    for _ in range(4):  # more often than a message may kill
        ended = rich.launcher.run(shared, user=user)
        assert ended.status == 3 and ended.orderly and "→" in ended.err, ended.err
    (shared / denied).chmod(0o755)
    if not denied.endswith("rejected"):  # the other base went on, so the numbers are others
        checks.until_quiet(shared, rich.launcher, numbers)
        taken = checks.final(shared)["table incoming"]
        assert taken == rich.final["table incoming"]
        for side in ("crm", "bp"):
            assert len(list((shared / side / "rejected").glob("*.xml"))) == 1
    else:
        rich.check(shared, numbers)


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("exchange.db", 0o444),
        (".", 0o555),
        ("exchange.db", 0o000),
    ],
)
def test_state_without_rights(rich: Scene, shared: Path, name: str, mode: int) -> None:
    rich.fresh(shared)
    user = _own(shared)
    (shared / name).chmod(mode)
    ended = rich.launcher.run(shared, user=user)
    assert ended.status == 3 and ended.orderly, ended.err
    assert "STATE_FAILED" in ended.err or "FOLDER_DENIED" in ended.err, ended.err
    (shared / name).chmod(0o755)
    rich.check(shared, Numbers())


def test_rejected_that_cannot_be_made_stops_nobody(rich: Scene, where: Path) -> None:
    rich.fresh(where)
    (where / "crm/rejected").write_bytes(b"")
    assert rich.launcher.run(where).status == 3
    assert (where / "bp/Message_CRM_BP.xml").read_bytes().count(b"MessageNo>2<")


def test_read_only_folder_stops_only_its_base(launcher: Launcher, shared: Path) -> None:
    settings = SETTINGS.replace("settle = 0", 'settle = 0\narchive = "kept"')
    scene.empty(shared, settings)
    (shared / "kept").mkdir()
    scene.put(shared / "crm/Message_CRM_BP.xml", scene.crm(1))
    user = _own(shared)
    (shared / "crm").chmod(0o555)
    ended = launcher.run(shared, user=user)
    assert ended.status == 3 and "FOLDER_DENIED" in ended.err
    assert (shared / "bp/Message_CRM_BP.xml").exists()
    (shared / "crm").chmod(0o755)
    assert launcher.run(shared, user=user).status == 0
    assert (shared / "crm/Message_BP_CRM.xml").exists()


# -- folders that go away ------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["crm", "bp"])
@pytest.mark.parametrize(
    "event", [r"^rename crm/archive/\.conv", r"^fsync crm/rejected", r"^openat crm/\.conv"]
)
def test_folder_vanishes_in_a_pass(rich: Scene, where: Path, side: str, event: str) -> None:
    rich.fresh(where)
    numbers = Numbers()
    pid = rich.launcher.start(where, stop_at=rich.point(event))
    (where / side).rename(where / "away")
    ended = rich.launcher.wait(pid)
    assert ended.status == 3 and ended.orderly, ended.err
    assert not (where / side).exists()
    (where / "away").rename(where / side)
    rich.check(where, numbers)


@pytest.mark.parametrize("event", ["^pwrite64 exchange.db-journal", "^openat crm/archive/passes"])
def test_folder_that_vanished_is_not_made(rich: Scene, where: Path, event: str) -> None:
    rich.fresh(where)
    pid = rich.launcher.start(where, stop_at=rich.point(event, 14 if "pw" in event else 1))
    (where / "crm").rename(where / "away")
    assert rich.launcher.wait(pid).status == 3
    assert not (where / "crm").exists()


def test_folder_of_the_crm_away_while_bp_writes(rich: Scene, where: Path) -> None:
    """A share that is not mounted: our archive lands in the bare mount point."""
    rich.fresh(where)
    (where / "crm").rename(where / "away")
    assert rich.launcher.run(where).status == 3
    assert not (where / "crm").exists()


def test_folder_of_bp_away_while_the_crm_writes(rich: Scene, where: Path) -> None:
    rich.fresh(where)
    (where / "bp").rename(where / "away")
    ended = rich.launcher.run(where)
    assert ended.status == 3 and "FOLDER_MISSING" in ended.err
    assert not (where / "bp").exists()
    (where / "away").rename(where / "bp")
    checks.until_quiet(where, rich.launcher, Numbers())
    assert checks.final(where)["table incoming"] == rich.final["table incoming"]


def test_folder_that_never_was_there(launcher: Launcher, where: Path) -> None:
    scene.empty(where)
    (where / "crm").rmdir()
    assert launcher.run(where).status == 3
    assert not (where / "crm").exists()
