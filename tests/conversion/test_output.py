"""Output into a stream: all of it arrives, whatever the stream takes at a time, or it is an error."""

from __future__ import annotations

import errno
import io
import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from converter.conversion.output import WholeFile

DATA = bytes(range(256)) * 10_000


class Slow(io.RawIOBase):
    """A stream as `python -u` has its standard output: a signal may cut a write short."""

    def __init__(self, most: int | None) -> None:
        self.most = most
        self.got = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int | None:
        if self.most is None:
            return None  # nobody reads, and it does not wait
        self.got += bytes(data)[: self.most]
        return min(len(data), self.most)


class Out:
    """A standard output with such a stream below."""

    def __init__(self, most: int | None) -> None:
        self.buffer = Slow(most)


@pytest.mark.parametrize("most", [70_000, 1 << 20, len(DATA)])
def test_a_write_that_is_cut_short_is_gone_on_with(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Out(most)
    monkeypatch.setattr(sys, "stdout", out)
    with WholeFile("-") as file:
        file.write(DATA)
    assert bytes(out.buffer.got) == DATA


def test_a_stream_that_takes_nothing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Out(None))
    with pytest.raises(OSError) as failed, WholeFile("-") as file:
        file.write(DATA)
    assert failed.value.errno == errno.EAGAIN


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_pipe_with_a_name_gets_all(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    with WholeFile(str(pipe)) as file:
        file.write(DATA)
    reader.join(60)
    assert got == [DATA]
