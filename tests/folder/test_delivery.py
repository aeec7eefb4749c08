"""Our messages in the folders: whole under the final name, and the old one until then."""

from __future__ import annotations

import os
import threading
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from converter.folder.delivery import deliver, remove_ours
from converter.folder.inbox import stamp_of
from converter.folder.zips import open_message
from converter.problems import Stopped
from tests.folder.doing import NAME, NEW, OLD
from tests.folder.faults import POSIX, BusyPath, as_nobody, on_small_disk, traced

WHEN = datetime(2026, 11, 25, 9, 45, 1)


def never(seconds: float) -> None:
    """No test waits."""
    raise AssertionError(f"asked to wait {seconds} s")


def test_a_message_lies_there_with_the_stamp_that_is_returned(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(OLD)
    stamp = deliver(tmp_path, NAME, [NEW[:10], NEW[10:]], None, WHEN, sleep=never)
    assert (tmp_path / NAME).read_bytes() == NEW
    assert stamp == stamp_of(tmp_path / NAME)
    assert [each.name for each in tmp_path.iterdir()] == [NAME]
    (tmp_path / NAME).write_bytes(OLD)
    assert stamp != stamp_of(tmp_path / NAME), "it is not ours any more"


def test_a_zip_holds_the_message_under_its_own_name(tmp_path: Path) -> None:
    stamp = deliver(tmp_path, "Message_A_B.zip", [NEW], "Message_A_B.xml", WHEN, sleep=never)
    path = tmp_path / "Message_A_B.zip"
    assert stamp == stamp_of(path)
    with path.open("rb") as file, open_message(file, None) as opened:
        assert opened.inner == "Message_A_B.xml"
        assert b"".join(iter(lambda: opened.stream.read(1000), b"")) == NEW
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
    assert list(tmp_path.iterdir()) == [path]


def test_a_zip_cut_off_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "Message_A_B.zip"
    path.write_bytes(OLD)

    def chunks() -> object:
        yield NEW
        raise RuntimeError("cut")

    with pytest.raises(RuntimeError, match="cut"):
        deliver(tmp_path, path.name, chunks(), "Message_A_B.xml", WHEN)  # type: ignore[arg-type]
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_a_reader_never_sees_anything_but_a_whole_message(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(OLD)
    seen, stop, began = set(), threading.Event(), threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.add(path.read_bytes())
            began.set()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert began.wait(30)
        for number in range(100):
            deliver(tmp_path, NAME, [NEW, b"%d" % number], None, WHEN)
    finally:
        stop.set()
        reader.join()
    assert seen <= {OLD, *(NEW + b"%d" % number for number in range(100))}


@pytest.mark.parametrize("name", ["../a.xml", "a/b.xml", "/a.xml", "", ".."])
def test_a_name_never_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r".*"):
        deliver(tmp_path, name, [NEW], None, WHEN)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_away_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(Stopped) as caught:
        deliver(tmp_path / "share", NAME, [NEW], None, WHEN)
    problem = caught.value.problem
    assert (problem.kind.id, problem.where.file) == ("FOLDER_MISSING", NAME)
    assert list(tmp_path.iterdir()) == []


@POSIX
def test_without_rights_the_old_message_stays(open_folder: Path) -> None:
    share = open_folder / "share"
    share.mkdir()
    (share / NAME).write_bytes(OLD)
    share.chmod(0o555)
    for action in ("deliver", "remove"):
        came = as_nobody(action, share)
        assert (came.id, came.left) == ("FOLDER_DENIED", {NAME: "old"})


@POSIX
def test_on_a_full_disk_the_old_message_stays(tmp_path: Path) -> None:
    script = f'printf "<old/>" > "$0/{NAME}"'
    came = on_small_disk(script, tmp_path, "deliver")
    assert (came.id, came.left) == ("FOLDER_FULL", {NAME: "old"})


@POSIX
def test_without_a_single_inode_the_old_message_stays(tmp_path: Path) -> None:
    script = f'printf "<old/>" > "$0/{NAME}"'
    came = on_small_disk(script, tmp_path, "deliver", "nr_inodes=2")
    assert (came.id, came.left) == ("FOLDER_FULL", {NAME: "old"})


@POSIX
def test_a_share_that_is_read_only(tmp_path: Path) -> None:
    script = f'printf "<old/>" > "$0/{NAME}"; mount -o remount,ro "$0"'
    for action in ("deliver", "remove"):
        came = on_small_disk(script, tmp_path, action)
        assert (came.id, came.left) == ("FOLDER_FAILED", {NAME: "old"})


@POSIX
def test_a_message_that_another_program_keeps_open_stays(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(OLD)
    waits: list[float] = []
    BusyPath.tries = 100
    with pytest.raises(Stopped) as caught:
        deliver(BusyPath(tmp_path), NAME, [NEW], None, WHEN, sleep=waits.append)
    problem = caught.value.problem
    assert problem.kind.id == "FILE_BUSY"
    assert NAME in problem.what("ru")
    assert 2 < sum(waits) < 3
    assert (tmp_path / NAME).read_bytes() == OLD
    assert [each.name for each in tmp_path.iterdir()] == [NAME]


@POSIX
def test_a_message_that_is_let_go_soon_is_replaced(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(OLD)
    waits: list[float] = []
    BusyPath.tries = 2
    deliver(BusyPath(tmp_path), NAME, [NEW], None, WHEN, sleep=waits.append)
    assert (tmp_path / NAME).read_bytes() == NEW
    assert len(waits) == 2


# -- taking away ---------------------------------------------------------------------------------


def test_a_message_is_taken_away_once_and_again(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(OLD)
    (tmp_path / "other").write_bytes(OLD)
    remove_ours(tmp_path / NAME, sleep=never)
    remove_ours(tmp_path / NAME, sleep=never)
    assert [each.name for each in tmp_path.iterdir()] == ["other"]


@POSIX
def test_one_that_is_open_elsewhere_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(OLD)
    waits: list[float] = []
    BusyPath.tries = 2
    remove_ours(BusyPath(tmp_path / NAME), sleep=waits.append)
    assert (len(waits), os.listdir(tmp_path)) == (2, [])  # noqa: PTH208


@POSIX
@pytest.mark.parametrize("call", ["/^unlink", "fsync"])
def test_taking_away_that_fails_is_told(call: str, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(OLD)
    assert traced(f"{call}:error=EIO:when=1", "remove", tmp_path).id == "FOLDER_FAILED"
