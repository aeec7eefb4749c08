"""`converter watch`: passes when something arrives, and now and then in any case (SPEC §7).

File events only wake a scan of our own early: they never come from a network share, and a watcher
may stop without a word when its folder goes away for a moment.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

#: so long a burst of events is gathered before a pass begins
GATHER = 0.03
#: so many links are worked at a time, unless told otherwise: one whose share hangs does not stop
#: the others. Threads do for that; for more cores there are more processes (docs/hosts.md)
WORKERS = 8

Work = Callable[[str], None]


class Watcher:
    """Calls ``work`` with a link's name whenever its folders may have changed.

    ``folders`` are the folders of each link that tell of changes, ``intervals`` the seconds after
    which it is worked in any case. ``work`` must not raise; a link is never worked twice at a time,
    and ``workers`` links at most are worked side by side.
    """

    def __init__(
        self,
        folders: dict[str, tuple[Path, ...]],
        work: Work,
        intervals: dict[str, float],
        workers: int = WORKERS,
    ) -> None:
        self._folders = folders
        self._work = work
        self._intervals = intervals
        self._workers = min(workers, max(1, len(folders)))
        self._wake = threading.Condition()
        self._dirty: set[str] = set(folders)
        self._busy: set[str] = set()
        self._stopping = False
        self._events = _Events(self)

    def run(self) -> None:
        """Watch until `stop` is called; passes that have begun are finished."""
        with ThreadPoolExecutor(self._workers) as pool:
            begun = time.monotonic()
            scans = {name: begun + interval for name, interval in self._intervals.items()}
            self._events.start(self._folders)
            try:
                while not self._stopping:
                    for name in self._ready(min(scans.values())):
                        pool.submit(self._pass, name)
                    now = time.monotonic()
                    due = [name for name, moment in scans.items() if now >= moment]
                    if due:
                        self._events.start(self._folders)  # folders that came back
                        self.mark(due)
                        scans |= {name: now + self._intervals[name] for name in due}
            finally:
                self._events.stop()

    def stop(self) -> None:
        """Begin no further pass. Safe in a signal handler."""
        self._stopping = True

    def mark(self, names: Iterable[str]) -> None:
        """These links are to be worked soon."""
        with self._wake:
            self._dirty.update(names)
            self._wake.notify()

    def _ready(self, until: float) -> list[str]:
        """Wait for links that may have changed, and gather a burst."""
        with self._wake:
            if not self._dirty - self._busy:
                # in short steps: a signal handler may not notify
                self._wake.wait(max(0.0, min(0.25, until - time.monotonic())))
            if not self._dirty - self._busy:
                return []
        time.sleep(GATHER)
        with self._wake:
            ready = sorted(self._dirty - self._busy)
            self._dirty.difference_update(ready)
            self._busy.update(ready)
        return ready

    def _pass(self, name: str) -> None:
        try:
            if not self._stopping:
                self._work(name)
        finally:
            with self._wake:
                self._busy.discard(name)
                self._wake.notify()


class _Watched(NamedTuple):
    """A folder as it was when it was begun to be watched; ``watch`` None: it has no events."""

    identity: tuple[int, int]
    watch: Any


class _Events:
    """File events of local folders, where the system has them."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._observer: Any = None
        self._watched: dict[Path, _Watched] = {}

    def start(self, folders: dict[str, tuple[Path, ...]]) -> None:
        """Watch every folder that can be watched; once more each time, since folders come and go."""
        from watchdog.observers import Observer

        if self._observer is None:
            self._observer = Observer()
            self._observer.start()
        alive = {each.watch for each in self._observer.emitters if each.is_alive()}
        for name, paths in folders.items():
            for path in paths:
                self._look(name, path, alive)

    def _look(self, name: str, path: Path, alive: set[Any]) -> None:
        """Watch a folder that came, or came back: what watched the one that was there before is
        still known by the same path, and would be taken for what watches this one."""
        before = self._watched.get(path)
        try:
            found = path.stat()
        except OSError:
            identity = None
        else:
            identity = (found.st_dev, found.st_ino)
        if before is not None:
            # a new folder may have the number of the one that was deleted
            over = before.watch is not None and before.watch not in alive
            if before.identity == identity and not over:
                return
            del self._watched[path]
            self._leave(before.watch)
        if identity is not None:
            self._watched[path] = _Watched(identity, self._schedule(name, path))

    def _leave(self, watch: Any) -> None:
        if watch is not None:
            with suppress(KeyError, OSError):
                self._observer.unschedule(watch)

    def _schedule(self, name: str, path: Path) -> Any:
        from watchdog.events import FileSystemEvent, FileSystemEventHandler

        watcher = self._watcher

        class Wake(FileSystemEventHandler):
            def on_any_event(self, event: FileSystemEvent) -> None:
                if wakes(event.event_type, str(event.src_path), str(event.dest_path)):
                    watcher.mark([name])

        try:
            return self._observer.schedule(Wake(), str(path), recursive=False)
        except OSError:
            return None  # no events here: the scan finds what comes

    def stop(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(2)


def wakes(event: str, *names: str) -> bool:
    """Whether a pass may find something new after an event of files: not when one was only read,
    and our own temporary files are nothing new. An empty name is none."""
    if event in ("opened", "closed_no_write"):
        return False
    paths = (Path(each) for each in names)
    return any(
        path.suffix.lower() in (".xml", ".zip") and not path.name.startswith(".") for path in paths
    )
