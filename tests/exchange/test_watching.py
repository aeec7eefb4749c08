"""How many links a watch works side by side."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from converter.exchange.watching import Watcher


class Work:
    """Notes how many links are at work at a time; the last of them ends the watch."""

    def __init__(self, together: int, links: int) -> None:
        self._lock = threading.Lock()
        self._meeting = threading.Barrier(together, timeout=60)
        self._left = links
        self._now = 0
        self.most = 0
        self.watcher: Watcher | None = None

    def __call__(self, link: str) -> None:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        self._meeting.wait()  # nobody goes on before so many have come
        with self._lock:
            self._now -= 1
            self._left -= 1
            if self._left == 0 and self.watcher is not None:
                self.watcher.stop()


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_so_many_links_are_worked_side_by_side(tmp_path: Path, workers: int) -> None:
    folders: dict[str, tuple[Path, ...]] = {f"link-{number}": (tmp_path,) for number in range(4)}
    work = Work(workers, len(folders))
    work.watcher = Watcher(folders, work, dict.fromkeys(folders, 60.0), workers)
    work.watcher.run()
    assert work.most == workers
