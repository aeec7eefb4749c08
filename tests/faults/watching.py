"""A real ``converter watch`` process, with what it says in a file, for tests and measurements."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.conftest import ROOT, environment

DEADLINE = 60.0


def until(true: Callable[[], Any], what: str) -> None:
    """Wait until something is true, for a generous while."""
    end = time.monotonic() + DEADLINE
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.002)


class Watch:
    """``converter watch`` in a folder; as a block, it is stopped at the end."""

    def __init__(self, where: Path, interval: str = "0.5") -> None:
        self._said = where / "said.txt"
        self._file = self._said.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "converter", "watch", "--interval", interval],
            cwd=where,
            env={**environment(), "PYTHONPATH": str(ROOT)},
            stderr=self._file,
        )

    def __enter__(self) -> Watch:
        until(lambda: self.said or self.process.poll() is not None, "watching")
        return self

    @property
    def said(self) -> str:
        """All that it said so far."""
        return self._said.read_text("utf-8")

    @property
    def lines(self) -> list[str]:
        """The same by lines, without the first, which says that it watches, and the last, that it
        stopped."""
        lines = self.said.splitlines()[1:]
        return lines[:-1] if lines and lines[-1].endswith("  stopped") else lines

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop; its exit status."""
        self.process.send_signal(how)
        return self.process.wait(DEADLINE)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._file.close()
