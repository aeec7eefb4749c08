"""Files appear whole or not at all, whatever fails on the way."""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from converter.folder.durable import (
    copy_durably,
    move_durably,
    open_plain,
    patiently,
    replace_patiently,
    sweep,
    sync_folder,
    temporary_in,
    write_whole,
)
from tests.folder.doing import NAME, NEW, OLD
from tests.folder.faults import POSIX, BusyPath, Held, limited, traced

MEMORY = Path("/dev/shm")


def never(seconds: float) -> None:
    """No test waits."""
    raise AssertionError(f"asked to wait {seconds} s")


@pytest.fixture
def waits() -> list[float]:
    """How long was waited, without waiting."""
    return []


# -- writing -------------------------------------------------------------------------------------


def test_a_file_is_written_whole_over_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / NAME
    target.write_bytes(OLD)
    write_whole(target, [b"a", b"", b"bc"], sleep=never)
    assert target.read_bytes() == b"abc"
    assert list(tmp_path.iterdir()) == [target]


def test_until_the_end_only_the_old_file_is_to_be_seen(tmp_path: Path) -> None:
    target = tmp_path / NAME
    target.write_bytes(OLD)
    seen = []

    def chunks() -> Iterator[bytes]:
        yield b"a" * 100_000
        seen.append((target.read_bytes(), [each.name for each in tmp_path.iterdir()]))
        yield b"b"

    write_whole(target, chunks(), sleep=never)
    [(data, names)] = seen
    assert data == OLD
    names.remove(NAME)
    assert [name.startswith(".") and name.endswith(".tmp") for name in names] == [True]


@pytest.mark.parametrize("error", [ValueError("broken"), KeyboardInterrupt(), SystemExit(1)])
def test_what_breaks_off_leaves_the_old_file_and_nothing_else(
    error: BaseException, tmp_path: Path
) -> None:
    target = tmp_path / NAME
    target.write_bytes(OLD)

    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise error

    with pytest.raises(type(error)):
        write_whole(target, chunks(), sleep=never)
    assert target.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [target]


@POSIX
@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_the_file_has_the_rights_that_files_have_here(mask: int, tmp_path: Path) -> None:
    before = os.umask(mask)
    try:
        write_whole(tmp_path / NAME, [b"x"], sleep=never)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o666 & ~mask


@POSIX
@pytest.mark.parametrize(
    ("call", "old"),
    [
        ("write:signal=KILL:when=1", "old"),
        ("write:signal=KILL:when=2", "old"),
        ("fsync:signal=KILL:when=1", "old"),
        ("/^rename:signal=KILL:when=1", "old"),
        ("fsync:signal=KILL:when=2", "new"),
    ],
)
def test_killed_at_any_step_there_is_a_whole_file(call: str, old: str, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(OLD)
    assert traced(call, "deliver", tmp_path).killed
    assert (tmp_path / NAME).read_bytes() == {"old": OLD, "new": NEW}[old]
    left = {each.name for each in tmp_path.iterdir()} - {NAME}
    assert sweep(tmp_path) == len(left) == (1 if old == "old" else 0)
    assert [each.name for each in tmp_path.iterdir()] == [NAME]


@POSIX
@pytest.mark.parametrize("name", ["EIO", "ENOSPC", "EACCES", "ESTALE", "ETIMEDOUT"])
@pytest.mark.parametrize("call", ["write", "fsync", "/^rename"])
def test_an_error_of_any_step_means_not_written(call: str, name: str, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(OLD)
    came = traced(f"{call}:error={name}:when=1", "deliver", tmp_path)
    kinds = {"ENOSPC": "FOLDER_FULL", "EACCES": "FOLDER_DENIED"}
    assert came.id == kinds.get(name, "FOLDER_FAILED")
    assert came.left == {NAME: "old"}


@POSIX
def test_a_folder_that_could_not_be_synced_is_told(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(OLD)
    came = traced("fsync:error=EIO:when=2", "deliver", tmp_path)
    assert came.id == "FOLDER_FAILED"
    assert came.left == {NAME: "new"}, "whole, though a loss of power might take it back"


@POSIX
def test_a_file_system_without_fsync_of_folders_is_no_failure(tmp_path: Path) -> None:
    came = traced("fsync:error=EINVAL:when=2", "deliver", tmp_path)
    assert (came.id, came.left) == (None, {NAME: "new"})


# -- patience ------------------------------------------------------------------------------------


@POSIX
def test_a_file_that_is_open_elsewhere_is_waited_for(tmp_path: Path, waits: list[float]) -> None:
    source, target = BusyPath(tmp_path / "a"), tmp_path / "b"
    source.write_bytes(b"new")
    BusyPath.tries = 3
    replace_patiently(source, target, sleep=waits.append)
    assert target.read_bytes() == b"new"
    assert waits == [0.05, 0.1, 0.2]


def test_patience_ends_after_some_seconds(waits: list[float]) -> None:
    calls = []

    def refused() -> None:
        calls.append(1)
        raise Held(13, "held")

    with pytest.raises(Held):
        patiently(refused, waits.append)
    assert len(calls) == len(waits) + 1
    assert 2 < sum(waits) < 3


def test_other_errors_are_not_waited_for() -> None:
    def refused() -> None:
        raise PermissionError(errno.EACCES, "no")

    with pytest.raises(PermissionError):
        patiently(refused, never)


# -- copying and moving --------------------------------------------------------------------------


def test_a_copy_replaces_what_was_there(tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(NEW)
    target.write_bytes(OLD)
    copy_durably(source, target, sleep=never)
    assert target.read_bytes() == source.read_bytes() == NEW


@pytest.fixture(params=["same", "other"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A file, and where to move it: on the same device, and on another one."""
    (tmp_path / "a").mkdir()
    if request.param == "same":
        (tmp_path / "b").mkdir()
        yield tmp_path / "a" / NAME, tmp_path / "b" / NAME
        return
    if not MEMORY.is_dir() or MEMORY.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("this system has no second device to move to")
    target = MEMORY / f"converter-test-{os.getpid()}"
    yield tmp_path / "a" / NAME, target
    target.unlink(missing_ok=True)


def test_a_move_leaves_one_file(pair: tuple[Path, Path]) -> None:
    source, target = pair
    source.write_bytes(NEW)
    move_durably(source, target, sleep=never)
    assert target.read_bytes() == NEW
    assert not source.exists()


def test_a_move_that_is_done_may_be_done_again(pair: tuple[Path, Path]) -> None:
    source, target = pair
    source.write_bytes(NEW)
    move_durably(source, target, sleep=never)
    move_durably(source, target, sleep=never)
    assert target.read_bytes() == NEW


def test_a_move_cut_off_after_the_copy_is_finished(pair: tuple[Path, Path]) -> None:
    source, target = pair
    source.write_bytes(NEW)
    copy_durably(source, target, sleep=never)
    move_durably(source, target, sleep=never)
    assert target.read_bytes() == NEW
    assert not source.exists()


def test_a_move_overwrites_no_other_file(pair: tuple[Path, Path]) -> None:
    source, target = pair
    source.write_bytes(NEW)
    target.write_bytes(OLD)
    with pytest.raises(FileExistsError):
        move_durably(source, target, sleep=never)
    assert (source.read_bytes(), target.read_bytes()) == (NEW, OLD)


def test_a_move_of_nothing_is_an_error(pair: tuple[Path, Path]) -> None:
    with pytest.raises(FileNotFoundError):
        move_durably(*pair, sleep=never)


@POSIX
def test_what_is_moved_is_made_durable_first(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(OLD)
    (tmp_path / "rejected").mkdir()
    came = traced("fsync:error=EIO:when=3", "reject", tmp_path)  # the report: 1, its folder: 2
    assert came.id == "FOLDER_FAILED"
    assert came.left[NAME] == "old", "what may be lost with the power is not moved"


@POSIX
def test_a_link_is_moved_itself(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "a").symlink_to(tmp_path / "secret")
    move_durably(tmp_path / "a", tmp_path / "b", sleep=never)
    assert (tmp_path / "b").is_symlink()


# -- opening -------------------------------------------------------------------------------------


@POSIX
def test_only_plain_files_are_opened(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "plain")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with open_plain(tmp_path / "plain") as file:
        assert file.read() == b"x"
    for name in ("link", "folder", "pipe", "none"):
        with pytest.raises(OSError):
            open_plain(tmp_path / name)


@POSIX
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    ended = threading.Event()

    def run() -> None:
        with pytest.raises(OSError):
            open_plain(tmp_path / "pipe")
        ended.set()

    threading.Thread(target=run, daemon=True).start()
    assert ended.wait(30)


# -- sweeping ------------------------------------------------------------------------------------


def test_only_our_temporaries_are_swept(tmp_path: Path) -> None:
    ours = [temporary_in(tmp_path) for _ in range(3)]
    others = [".a.tmp", ".converter.tmp", ".converter-.tmp", "converter-1.tmp", ".converter-1.tmpx"]
    for path in (*ours, *(tmp_path / name for name in others)):
        path.write_bytes(b"x")
    folder = temporary_in(tmp_path)
    folder.mkdir()
    assert sweep(tmp_path) == 3
    assert {each.name for each in tmp_path.iterdir()} == {*others, folder.name}


def test_sweeping_a_folder_that_is_away_is_nothing(tmp_path: Path) -> None:
    assert sweep(tmp_path / "none") == 0


def test_a_folder_that_is_away_cannot_be_synced(tmp_path: Path) -> None:
    if os.name != "nt":
        with pytest.raises(FileNotFoundError):
            sync_folder(tmp_path / "none")


@POSIX
def test_a_limit_of_the_system_on_sizes_is_an_error_too(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(OLD)
    came = limited("-f 8", "deliver", tmp_path)
    assert (came.id, came.left) == ("FOLDER_FULL", {NAME: "old"})
