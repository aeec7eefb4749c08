"""Bytes that are written first and read afterwards, few or many."""

from __future__ import annotations

import errno
import tempfile
from io import BytesIO
from typing import Any

import pytest

from converter.conversion import spool
from converter.conversion.spool import Spool

PARTS = [b"", b"abc", b"\x00" * 40, b"defg", b"z" * 70]


@pytest.mark.parametrize("most", [0, 3, 43, 46, 47, 48, 117, 1 << 20])
def test_what_was_written_comes_out_wherever_it_lies(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "MOST", most)
    with Spool() as written:
        for part in PARTS:
            written.write(part)
        out = BytesIO()
        written.pour(out)
        assert out.getvalue() == b"".join(PARTS)
        assert written.piece(1, 3) == b"bc\x00"
        assert written.piece(43, 4) == b"defg"


def test_only_many_bytes_need_a_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: Any, **named: Any) -> Any:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(spool, "MOST", 10)
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with Spool() as written:
        written.write(b"0123456789")
        with pytest.raises(OSError, match="full"):
            written.write(b"x")
