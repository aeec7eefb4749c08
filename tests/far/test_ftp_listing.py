"""What listings of FTP servers say, line by line."""

from __future__ import annotations

import time

import pytest

from converter.far.ftp_listing import shown_by_facts, shown_by_list

NAME = "Message_A_B 1.xml"


@pytest.mark.parametrize(
    "line",
    [
        "-rw-r--r--   1 owner    group        4316 Jan  1 12:00 {}",
        "-rw-r--r--   1 owner    group        4316 Jan 01  2026 {}",
        "-rw-r--r--+  1 0        0            4316 Jan 01 12:00 {}",
        "-rw-r--r--   1 ftp      10           4316 01 Jan 12:00 {}",
        "-rw-rw-rw-   1 Domain Users group    4316 Янв  1 12:00 {}",
        "-rwxrwxrwx   1 owner                 4316 2026-01-01 12:00 {}",
        "-rw-r--r--   1 ftp      2026         4316 Jan 01 12:00:00 {}",
        "01-20-26  09:52AM                 4316 {}",
        "01-20-2026  09:52                 4316 {}",
        "01-20-2026  9:52 PM               4316 {}",
    ],
)
def test_a_file(line: str) -> None:
    assert shown_by_list([line.format(NAME)]) == {NAME: 4316}


@pytest.mark.parametrize(
    "line",
    [
        "drwxr-xr-x   2 owner    group        4096 Jan 01 12:00 {}",
        "lrwxrwxrwx   1 owner    group          11 Jan 01 12:00 {} -> /etc/passwd",
        "01-20-26  09:52AM       <DIR>          {}",
        "01-20-26  09:52AM    <JUNCTION>        {}",
    ],
)
def test_no_file(line: str) -> None:
    assert shown_by_list([line.format(NAME)]) == {NAME: None}


@pytest.mark.parametrize(
    "line",
    [
        "total 12",
        "",
        "+i8388621.48594,m825718503,r,s280,\teplf.file",
        "MESSAGE.XML;1    12/24   1-JAN-2026 12:00:00 [A,B]",
        "-rw-r--r-- 1 owner group 4316 Jan 01 12:00 " + "x" * 3000,
    ],
)
def test_what_is_not_understood_says_nothing(line: str) -> None:
    assert shown_by_list([line]) == {}


@pytest.mark.parametrize(
    "line", ["-rw-r--r-- " + "1 " * 900, "-" * 1999, "-rw-r--r-- " + "\t1" * 900]
)
def test_a_hostile_line_takes_no_time(line: str) -> None:
    begun = time.process_time()
    shown_by_list([line] * 20)
    assert time.process_time() - begun < 2


def test_facts() -> None:
    lines = [
        f"type=file;size=4316; {NAME}",
        "type=dir;modify=20260101000000; rejected",
        "type=file;size=2; /home/bp/a.xml",
    ]
    assert shown_by_facts(lines) == {NAME: 4316, "rejected": None, "a.xml": 2}
