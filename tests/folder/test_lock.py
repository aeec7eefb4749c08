"""One converter at a time, and no lock outlives its holder."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from converter.folder.lock import Holder, Lock
from converter.problems import Severity, Stopped
from tests.conftest import ROOT, environment
from tests.folder.faults import POSIX, as_nobody, doing, traced

WHO = Holder(1, "host", "user", "converter sync", "2026-11-25 10:00:00")


class Time:
    """A clock that only sleeping moves; ``act`` happens during one of the sleeps."""

    def __init__(self, at: int = -1, act: Callable[[], object] | None = None) -> None:
        self.now = 1000.0
        self.sleeps = 0
        self._at, self._act = at, act

    def clock(self) -> float:
        """What time it is."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.sleeps += 1
        self.now += seconds
        if self.sleeps == self._at and self._act is not None:
            self._act()


class Other:
    """Another process that holds the lock."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            doing("hold", folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=environment(),
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"held\n"

    def end(self) -> None:
        """It lets go, and ends."""
        self.process.communicate()

    def kill(self) -> None:
        """It is killed."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Other]:
    """Another process that holds the lock of the folder."""
    process = Other(tmp_path)
    yield process
    process.kill()


def take(path: Path, wait: float = 0, time: Time | None = None) -> Lock:
    """Take a lock for `WHO`."""
    time = time or Time()
    return Lock(path).acquire(wait, time.sleep, time.clock, WHO)


def test_a_lock_says_who_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert Lock(path).holder() is None
    with take(path):
        assert Lock(path).holder() == WHO
    assert Lock(path).holder() is None
    assert path.exists(), "whoever waits at it has it open"


def test_within_one_process_too_only_one_holds_it(tmp_path: Path) -> None:
    with take(tmp_path / "lock"), pytest.raises(Stopped):
        take(tmp_path / "lock")
    take(tmp_path / "lock").release()


def test_a_lock_may_be_released_twice_and_taken_again(tmp_path: Path) -> None:
    lock = take(tmp_path / "lock")
    lock.release()
    lock.release()
    with take(tmp_path / "lock"):
        pass


def test_another_process_is_named(tmp_path: Path, other: Other) -> None:
    time = Time()
    with pytest.raises(Stopped) as caught:
        take(tmp_path / "lock", 0, time)
    problem = caught.value.problem
    assert (problem.kind.id, problem.kind.severity) == ("LOCKED", Severity.SURROUNDINGS)
    for lang in ("ru", "en"):
        said = problem.what(lang)
        for detail in (str(other.process.pid), "сервер", "converter watch", "2026-11-25 09:45:01"):
            assert detail in said
    assert time.sleeps == 1, "one more try, in case somebody only asked who holds it"
    holder = Lock(tmp_path / "lock").holder()
    assert holder is not None
    assert holder.pid == other.process.pid


def test_a_lock_is_waited_for(tmp_path: Path, other: Other) -> None:
    time = Time(3, other.end)
    with take(tmp_path / "lock", 10, time):
        assert time.sleeps == 3


def test_waiting_ends(tmp_path: Path, other: Other) -> None:
    time = Time()
    with pytest.raises(Stopped):
        take(tmp_path / "lock", 5, time)
    assert 5 <= time.now - 1000 < 6


def test_a_lock_goes_with_its_holder(tmp_path: Path, other: Other) -> None:
    other.kill()
    assert (tmp_path / "lock").read_bytes() != b"", "its text is still there, and no obstacle"
    assert Lock(tmp_path / "lock").holder() is None
    time = Time()
    with take(tmp_path / "lock", 0, time):
        assert Lock(tmp_path / "lock").holder() == WHO
    assert time.sleeps == 0


def test_whoever_asks_is_no_obstacle(tmp_path: Path) -> None:
    """A reader holds the lock for a moment; the second try comes after it."""
    fcntl = pytest.importorskip("fcntl")
    (tmp_path / "lock").touch()
    with (tmp_path / "lock").open("rb") as reader:
        fcntl.flock(reader, fcntl.LOCK_SH)
        with take(tmp_path / "lock", 0, Time(1, lambda: fcntl.flock(reader, fcntl.LOCK_UN))):
            pass


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"null", b"\xff", b'{"pid": "x"}', b'{"pid": 1}', b"x" * 10_000]
)
def test_a_holder_that_says_nothing_sensible(text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with take(path):
        path.write_bytes(text)
        assert Lock(path).holder() == Holder(0, "", "", "", "")
        with pytest.raises(Stopped) as caught:
            take(path)
        assert "—" in caught.value.problem.what("ru")


def test_a_folder_that_is_away(tmp_path: Path) -> None:
    with pytest.raises(Stopped) as caught:
        take(tmp_path / "none" / "lock")
    assert caught.value.problem.kind.id == "FOLDER_MISSING"
    assert Lock(tmp_path / "none" / "lock").holder() is None


@POSIX
def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"precious")
    (tmp_path / "lock").symlink_to(tmp_path / "precious")
    with pytest.raises(Stopped):
        take(tmp_path / "lock")
    assert (tmp_path / "precious").read_bytes() == b"precious"


@POSIX
def test_a_folder_without_rights(open_folder: Path) -> None:
    (open_folder / "share").mkdir(mode=0o555)
    assert as_nobody("lock", open_folder / "share").id == "FOLDER_DENIED"


@POSIX
@pytest.mark.parametrize(
    ("call", "id"),
    [
        ("flock:error=EAGAIN", "LOCKED"),
        ("flock:error=ENOLCK", "FOLDER_FAILED"),
        ("ftruncate:error=ENOSPC:when=1", "FOLDER_FULL"),
    ],
)
def test_locks_that_the_system_refuses(call: str, id: str, tmp_path: Path) -> None:
    assert traced(call, "lock", tmp_path).id == id
