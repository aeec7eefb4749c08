"""What ``doctor`` finds out about a folder, by doing it."""

from __future__ import annotations

from pathlib import Path

import pytest

from converter.folder.durable import sweep
from converter.folder.probe import probe
from tests.folder.faults import POSIX, as_nobody, on_small_disk, traced


def test_a_good_folder_has_no_problems_and_keeps_its_contents(tmp_path: Path) -> None:
    (tmp_path / "Message_CRM_BP.xml").write_bytes(b"x")
    (tmp_path / "archive").mkdir()
    assert probe(tmp_path) == []
    assert {each.name for each in tmp_path.rglob("*")} == {"Message_CRM_BP.xml", "archive"}


def test_a_folder_that_is_not_there_is_named_and_not_made(tmp_path: Path) -> None:
    [problem] = probe(tmp_path / "share")
    assert problem.kind.id == "FOLDER_MISSING"
    assert "share" in problem.what("ru")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["archive", "rejected"])
def test_a_file_where_a_subfolder_should_be(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"x")
    [problem] = probe(tmp_path)
    assert problem.kind.id in {"FOLDER_FAILED", "FOLDER_MISSING"}
    assert name in problem.what("en")
    assert (tmp_path / name).read_bytes() == b"x"


@POSIX
@pytest.mark.parametrize("mode", [0o555, 0o333, 0o000])
def test_without_rights(mode: int, open_folder: Path) -> None:
    (open_folder / "share").mkdir()
    (open_folder / "share").chmod(mode)
    try:
        assert as_nobody("check", open_folder / "share").result == ["FOLDER_DENIED"]
    finally:
        (open_folder / "share").chmod(0o755)
    assert list((open_folder / "share").iterdir()) == []


@POSIX
@pytest.mark.parametrize("name", ["archive", "rejected"])
def test_a_subfolder_without_rights_is_named(name: str, open_folder: Path) -> None:
    open_folder.chmod(0o777)
    (open_folder / name).mkdir()
    (open_folder / name).chmod(0o555)
    came = as_nobody("check", open_folder)
    assert (came.result, came.left) == (["FOLDER_DENIED"], {name: "other"})


@POSIX
def test_on_a_full_disk(tmp_path: Path) -> None:
    came = on_small_disk('cat /dev/zero > "$0/fill" 2>/dev/null', tmp_path, "check", "size=16k")
    assert (came.result, list(came.left)) == (["FOLDER_FULL"], ["fill"])


@POSIX
def test_a_share_that_is_read_only(tmp_path: Path) -> None:
    came = on_small_disk('mount -o remount,ro "$0"', tmp_path, "check")
    assert (came.result, came.left) == (["FOLDER_FAILED"], {})


@POSIX
@pytest.mark.parametrize("call", ["write", "fsync", "/^rename", "/^unlink", "/getdents"])
def test_whatever_fails_is_found_and_nothing_is_left(call: str, tmp_path: Path) -> None:
    only = tmp_path if call == "/getdents" else None
    came = traced(f"{call}:error=EIO:when=1", "check", tmp_path, only)
    assert came.result == ["FOLDER_FAILED"]
    assert list(tmp_path.iterdir()) == []


@POSIX
def test_what_a_killed_probe_leaves_is_swept(tmp_path: Path) -> None:
    assert traced("/^unlink:signal=KILL:when=1", "check", tmp_path).killed
    assert sweep(tmp_path) == 1
    assert list(tmp_path.iterdir()) == []
