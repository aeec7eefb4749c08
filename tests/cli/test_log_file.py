"""The log file: turned over by size, and nothing that happens to it reaches the exchange."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from converter.cli.log_file import LogFile

LINE = "x" * 99  # with its end a hundred bytes


def lost(count: int) -> str:
    return f"lost {count}"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_lines_are_appended_over_restarts(tmp_path: Path) -> None:
    path = tmp_path / "watch.log"
    for index in range(3):
        log = LogFile(path, 1000, 2)
        assert log.write(f"строка {index}", lost)
        log.close()
    assert path.read_text("utf-8").splitlines() == ["строка 0", "строка 1", "строка 2"]


def test_it_is_turned_over_and_the_oldest_goes(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "watch.log", 1000, 2)
    for index in range(35):
        log.write(f"{index:<99}", lost)
    log.close()
    assert names(tmp_path) == ["watch.log", "watch.log.1", "watch.log.2"]
    sizes = [path.stat().st_size for path in sorted(tmp_path.iterdir())]
    assert sizes == [500, 1000, 1000]
    first = (tmp_path / "watch.log.2").read_text().splitlines()[0]
    assert first.strip() == "10"


def test_without_earlier_logs_the_file_begins_anew(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "watch.log", 1000, 0)
    for index in range(25):
        log.write(f"{index:<99}", lost)
    log.close()
    assert names(tmp_path) == ["watch.log"]
    assert (tmp_path / "watch.log").stat().st_size == 500


def test_a_line_longer_than_the_size_is_written_whole(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "watch.log", 1000, 2)
    for _ in range(3):
        assert log.write("y" * 5000, lost)
    log.close()
    assert {path.stat().st_size for path in tmp_path.iterdir()} == {5001}


def test_one_that_cannot_be_turned_over_grows_on_and_is_tried_again(tmp_path: Path) -> None:
    """As in Windows, where a reader holds it: here a folder lies in the way of the new name."""
    path = tmp_path / "watch.log"
    (tmp_path / "watch.log.1").mkdir()
    (tmp_path / "watch.log.1" / "x").touch()
    log = LogFile(path, 1000, 1)
    for _ in range(25):
        assert log.write(LINE, lost)
    assert path.stat().st_size == 2500
    (tmp_path / "watch.log.1" / "x").unlink()
    (tmp_path / "watch.log.1").rmdir()
    for _ in range(5):
        assert log.write(LINE, lost)
    log.close()
    assert path.stat().st_size < 1000
    assert (tmp_path / "watch.log.1").stat().st_size >= 2500


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_counts_what_it_lost(tmp_path: Path) -> None:
    path = tmp_path / "watch.log"
    path.symlink_to("/dev/full")
    log = LogFile(path, 1000, 2)
    assert [log.write(LINE, lost) for _ in range(3)] == [False] * 3
    path.unlink()
    assert log.write("again", lost)
    assert log.write("and again", lost)
    log.close()
    assert path.read_text().splitlines() == ["lost 3", "again", "and again"]


def test_a_folder_that_comes_later(tmp_path: Path) -> None:
    path = tmp_path / "later" / "watch.log"
    log = LogFile(path, 1000, 2)
    assert not log.write("one", lost)
    path.parent.mkdir()
    assert log.write("two", lost)
    log.close()
    assert path.read_text().splitlines() == ["lost 1", "two"]


def test_a_file_that_was_moved_by_another_program_goes_on(tmp_path: Path) -> None:
    """As logrotate does; what is open is written to until it is turned over by us."""
    path = tmp_path / "watch.log"
    log = LogFile(path, 300, 2)
    log.write(LINE, lost)
    path.rename(tmp_path / "moved")
    for _ in range(5):
        assert log.write(LINE, lost)
    log.close()
    assert path.is_file()


def test_text_that_is_no_unicode_is_written_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "watch.log"
    log = LogFile(path, 1000, 2)
    assert log.write("a\udce9b", lost)
    log.close()
    assert path.read_text() == f"a?b{os.linesep if os.name != 'nt' else chr(10)}"
