"""Errors of the system, in words for people."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from converter.folder.failures import failed, stopped
from converter.problems import Severity
from tests.folder.faults import Held

FOLDER = Path("share")


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("ENOENT", "FOLDER_MISSING"),
        ("EACCES", "FOLDER_DENIED"),
        ("EPERM", "FOLDER_DENIED"),
        ("ENOSPC", "FOLDER_FULL"),
        ("EFBIG", "FOLDER_FULL"),
        ("EIO", "FOLDER_FAILED"),
        ("EROFS", "FOLDER_FAILED"),
        ("ENOTDIR", "FOLDER_FAILED"),
        ("ENAMETOOLONG", "FOLDER_FAILED"),
        ("ETIMEDOUT", "FOLDER_FAILED"),
        ("ENOTCONN", "FOLDER_FAILED"),
        ("EMFILE", "FOLDER_FAILED"),
    ],
)
def test_each_error_names_the_folder_and_its_cure(name: str, id: str) -> None:
    problem = failed(FOLDER, OSError(getattr(errno, name), "as the system says"), "a.xml")
    assert (problem.kind.id, problem.kind.severity) == (id, Severity.SURROUNDINGS)
    assert problem.where.file == "a.xml"
    for lang in ("ru", "en"):
        assert "share" in problem.what(lang)
        assert "{" not in problem.what(lang) + problem.cure(lang)


def test_an_error_without_a_number_is_told_too() -> None:
    assert "strange" in failed(FOLDER, OSError("strange")).what("en")
    assert str(stopped(FOLDER, OSError("strange"))) == "FOLDER_FAILED"


def test_only_a_file_to_be_replaced_is_busy() -> None:
    """Windows says the same of a folder without rights."""
    replacing = Held(errno.EACCES, "held", "a", None, "b")
    assert failed(FOLDER, replacing, "b").kind.id == "FILE_BUSY"
    assert failed(FOLDER, Held(errno.EACCES, "held", "a"), "b").kind.id == "FOLDER_DENIED"
