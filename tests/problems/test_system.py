"""What an error of the system means, in both languages, whoever met it."""

from __future__ import annotations

import errno
import os
import re
import socket

import pytest

from converter.problems.system import reason_of

COMMON = ("ENOENT", "EACCES", "EPERM", "EROFS", "ENOSPC", "EIO", "ENOTDIR", "EISDIR", "EEXIST",
          "ENAMETOOLONG", "ELOOP", "EPIPE", "EADDRNOTAVAIL", "ECONNREFUSED", "ENOEXEC")  # fmt: skip


@pytest.mark.parametrize("name", COMMON)
def test_common_errors_are_told_in_both_languages(name: str) -> None:
    code = getattr(errno, name)
    said = reason_of(OSError(code, os.strerror(code)))
    assert re.search("[а-яё]", said.ru)
    assert not re.search("[a-z]", said.ru)
    assert not re.search("[а-яё]", said.en)


def test_a_name_that_is_not_known_has_numbers_of_its_own() -> None:
    """-2 or 8 mean something else among files."""
    said = reason_of(socket.gaierror(errno.ENOEXEC, "Name or service not known"))
    assert (said.ru, said.en) == (
        "имя компьютера не найдено",
        "the name of the computer is not known",
    )


def test_an_error_that_is_not_known_keeps_its_words_in_one_short_line() -> None:
    assert reason_of(OSError(99999, "odd\nthing")) == (r"odd\nthing", r"odd\nthing")
    assert len(reason_of(OSError(99999, "x" * 1000)).ru) <= 120
    assert reason_of(OSError()) == ("OSError", "OSError")
