"""``rejected/``: a file and its report, under a name that any file system takes."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.folder.aside import moment_name, set_aside, taken_in
from converter.problems import Stopped
from tests.folder.doing import NAME, NEW, OLD
from tests.folder.faults import POSIX, as_nobody, on_small_disk, traced

AT = datetime(2026, 11, 25, 9, 45, 1)
REPORT = "Message_CRM_BP.xml:3\nXML испорчен\n"


def free(name: str) -> bool:
    """No name is taken."""
    return False


# -- setting aside -------------------------------------------------------------------------------


def test_a_file_and_its_report_lie_side_by_side(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(OLD)
    target = set_aside(tmp_path / NAME, tmp_path / "rejected", "1 a.xml", REPORT)
    assert target == tmp_path / "rejected" / "1 a.xml"
    assert target.read_bytes() == OLD
    assert not (tmp_path / NAME).exists()
    text = (tmp_path / "rejected" / "1 a.xml.txt").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf"), "for the editors of Windows"
    assert text.decode("utf-8-sig").replace("\r\n", "\n") == REPORT
    assert text.count(b"\r\n") == text.count(b"\n") == 2


def test_a_second_time_nothing_changes(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(OLD)
    for _ in range(2):
        set_aside(tmp_path / NAME, tmp_path / "rejected", "1 a.xml", REPORT)
    assert (tmp_path / "rejected" / "1 a.xml").read_bytes() == OLD


def test_a_newer_file_under_the_old_name_stays(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(OLD)
    set_aside(tmp_path / NAME, tmp_path / "rejected", "1 a.xml", REPORT)
    (tmp_path / NAME).write_bytes(NEW)
    set_aside(tmp_path / NAME, tmp_path / "rejected", "1 a.xml", REPORT)
    assert (tmp_path / NAME).read_bytes() == NEW
    assert (tmp_path / "rejected" / "1 a.xml").read_bytes() == OLD


def test_a_file_that_its_sender_took_away_leaves_the_report(tmp_path: Path) -> None:
    set_aside(tmp_path / NAME, tmp_path / "rejected", "1 a.xml", REPORT)
    assert [each.name for each in (tmp_path / "rejected").iterdir()] == ["1 a.xml.txt"]


def test_a_folder_that_is_away_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(Stopped) as caught:
        set_aside(tmp_path / NAME, tmp_path / "share" / "rejected", "1 a.xml", REPORT)
    assert caught.value.problem.kind.id == "FOLDER_MISSING"
    assert list(tmp_path.iterdir()) == []


@POSIX
@pytest.mark.parametrize("make", ["link", "pipe", "folder"])
def test_what_is_no_file_is_set_aside_unopened(make: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    source = tmp_path / NAME
    if make == "link":
        source.symlink_to(tmp_path / "secret")
    elif make == "pipe":
        os.mkfifo(source)
    else:
        source.mkdir()
    target = set_aside(source, tmp_path / "rejected", "1 a.xml", REPORT)
    assert (target.is_symlink(), target.is_fifo(), target.is_dir()) == (
        make == "link",
        make == "pipe",
        make == "folder",
    )


@POSIX
def test_without_rights_the_file_stays(open_folder: Path) -> None:
    share = open_folder / "share"
    share.mkdir()
    (share / NAME).write_bytes(OLD)
    share.chmod(0o555)
    came = as_nobody("reject", share)
    assert (came.id, came.left) == ("FOLDER_DENIED", {NAME: "old"})


@POSIX
def test_where_the_report_does_not_fit_the_file_stays(tmp_path: Path) -> None:
    script = (
        f'printf "<old/>" > "$0/{NAME}"; cat /dev/zero > "$0/fill" 2>/dev/null; mkdir "$0/rejected"'
    )
    came = on_small_disk(script, tmp_path, "reject", "size=16k")
    assert came.id == "FOLDER_FULL"
    assert came.left == {NAME: "old", "fill": "other", "rejected": "other"}


@POSIX
@pytest.mark.parametrize(
    "call",
    [
        "/^mkdir:signal=KILL:when=1",
        "fsync:signal=KILL:when=1",
        "fsync:signal=KILL:when=2",
        "fsync:signal=KILL:when=3",
        "fsync:signal=KILL:when=4",
        "fsync:signal=KILL:when=5",
        "fsync:signal=KILL:when=6",
        "/^rename:signal=KILL:when=1",
        "/^rename:signal=KILL:when=2",
    ],
)
def test_killed_at_any_step_it_can_be_done_again(call: str, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(OLD)
    assert traced(call, "reject", tmp_path).killed
    files = [each for each in tmp_path.rglob("*") if each.is_file() and each.read_bytes() == OLD]
    assert len(files) == 1, "the file is in one place, whole"
    if files[0].parent != tmp_path:
        assert (tmp_path / "rejected" / "1 a.xml.txt").is_file(), "none without a report"
    set_aside(tmp_path / NAME, tmp_path / "rejected", "1 a.xml", "wrong")
    assert (tmp_path / "rejected" / "1 a.xml").read_bytes() == OLD
    assert not (tmp_path / NAME).exists()


# -- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "made"),
    [
        (NAME, "20261125-094501 Message_CRM_BP.xml"),
        ("Message_НФ_ДЗ.zip", "20261125-094501 Message_НФ_ДЗ.zip"),
        ('a<b>c:d"e|f?g*h\\i.xml', "20261125-094501 a_b_c_d_e_f_g_h_i.xml"),
        ("a\n\x7f.xml", "20261125-094501 a__.xml"),
        ("bad\udcff.xml", "20261125-094501 bad_.xml"),
        ("../../a.xml", "20261125-094501 _.._a.xml"),
        ("a. . ", "20261125-094501 a"),
        ("", "20261125-094501"),
    ],
)
def test_a_dated_name(name: str, made: str) -> None:
    assert moment_name(AT, name, free) == made


def test_a_name_that_is_taken_gets_a_counter(tmp_path: Path) -> None:
    names = []
    for _ in range(3):
        name = moment_name(AT, NAME, taken_in(tmp_path))
        (tmp_path / name).touch()
        names.append(name)
    assert names[1:] == ["20261125-094501-2 " + NAME, "20261125-094501-3 " + NAME]


def test_a_report_without_its_file_takes_the_name_too(tmp_path: Path) -> None:
    (tmp_path / f"20261125-094501 {NAME}.txt").touch()
    assert moment_name(AT, NAME, taken_in(tmp_path)).startswith("20261125-094501-2 ")


@given(st.text(max_size=300), st.sampled_from(["", ".xml", ".zip"]), st.integers(0, 12))
def test_any_name_fits_any_file_system(stem: str, suffix: str, before: int) -> None:
    taken: set[str] = set()
    for _ in range(before + 1):
        name = moment_name(AT, stem + suffix, taken.__contains__)
        assert name not in taken
        taken.add(name)
    assert 0 < len(f"{name}.txt") <= 100
    assert len(f"{name}.txt".encode()) <= 255
    assert not set(name) & set('<>:"/\\|?*\0\r\n\t')
    assert name == name.strip(" .")
    assert name.startswith("20261125-094501")
