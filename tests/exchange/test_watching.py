"""What wakes a watch, and how many links it works side by side (SPEC §7)."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from converter.exchange.watching import Watcher, wakes

PATIENCE = 20.0


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


@pytest.mark.parametrize(
    ("names", "woken"),
    [
        (("a/Message_A_B.xml", ""), True),
        (("a/Message_A_B.ZIP", ""), True),
        (("a/part.tmp", "a/Message_A_B.zip"), True),
        (("a/Message_A_B.XML", "a/part.tmp"), True),
        (("a/notes.txt", ""), False),
        (("a.xml/.converter-1.tmp", "a.xml/.Message_A_B.xml"), False),
        (("a/xml", "a/zip"), False),
        (("", ""), False),
    ],
)
def test_what_wakes(names: tuple[str, str], woken: bool) -> None:
    for event in ("created", "modified", "moved", "deleted", "closed"):
        assert wakes(event, *names) is woken
    assert not wakes("opened", *names)
    assert not wakes("closed_no_write", *names)


class Passes:
    """Notes which links are worked; a test waits until it has seen one."""

    def __init__(self) -> None:
        self._worked = threading.Condition()
        self.of: list[str] = []

    def __call__(self, link: str) -> None:
        with self._worked:
            self.of.append(link)
            self._worked.notify_all()

    def until(self, link: str, times: int) -> None:
        """Wait until a link has been worked so often."""
        with self._worked:
            assert self._worked.wait_for(lambda: self.of.count(link) >= times, PATIENCE)


@contextmanager
def watched(
    folders: dict[str, tuple[Path, ...]], intervals: dict[str, float]
) -> Iterator[tuple[Watcher, Passes]]:
    """A watch at work, which has made its first passes."""
    passes = Passes()
    watcher = Watcher(folders, passes, intervals)
    thread = threading.Thread(target=watcher.run)
    thread.start()
    try:
        for name in folders:
            passes.until(name, 1)
        yield watcher, passes
    finally:
        watcher.stop()
        thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.fixture
def two(tmp_path: Path) -> dict[str, tuple[Path, ...]]:
    """Two links, each with a folder of its own."""
    folders: dict[str, tuple[Path, ...]] = {name: (tmp_path / name,) for name in ("one", "two")}
    for (path,) in folders.values():
        path.mkdir()
    return folders


def test_a_message_that_arrives_wakes_its_link_alone(two: dict[str, tuple[Path, ...]]) -> None:
    (folder,) = two["two"]
    two["two"] = (Path("nowhere") / "to be found", folder)
    with watched(two, dict.fromkeys(two, 3600.0)) as (_, passes):
        (folder / "notes.txt").write_text("no message")
        (folder / ".converter-x.xml").write_text("ours, not yet whole")
        (folder / "Message_A_B.XML").write_text("x")
        passes.until("two", 2)
        (folder / "part.tmp").write_text("x")
        (folder / "part.tmp").rename(folder / "Message_A_B.zip")
        passes.until("two", 3)
        assert passes.of.count("one") == 1


def test_an_interval_and_a_mark_wake_a_link(two: dict[str, tuple[Path, ...]]) -> None:
    two["one"] += (Path("nowhere") / "to be found",)
    with watched(two, {"one": 0.2, "two": 3600.0}) as (watcher, passes):
        passes.until("one", 3)
        assert passes.of.count("two") == 1
        watcher.mark(["two"])
        passes.until("two", 2)


def test_a_link_is_never_worked_twice_at_a_time_and_nothing_is_forgotten(
    two: dict[str, tuple[Path, ...]],
) -> None:
    passes, begun, go = Passes(), threading.Event(), threading.Event()

    def work(link: str) -> None:
        passes(link)
        if link == "one" and passes.of.count("one") == 1:
            begun.set()
            assert go.wait(PATIENCE)

    watcher = Watcher(two, work, dict.fromkeys(two, 3600.0))
    thread = threading.Thread(target=watcher.run)
    thread.start()
    assert begun.wait(PATIENCE)
    passes.until("two", 1)
    watcher.mark(["one", "two"])
    passes.until("two", 2)  # it has looked at both since
    assert passes.of.count("one") == 1
    go.set()
    passes.until("one", 2)
    watcher.stop()
    thread.join(PATIENCE)
    assert sorted(passes.of) == ["one", "one", "two", "two"]


@pytest.mark.parametrize("seen", [True, False], ids=["seen away", "unseen"])
def test_a_folder_that_was_made_anew_wakes_as_before(
    two: dict[str, tuple[Path, ...]], seen: bool
) -> None:
    (folder,) = two["two"]
    with watched(two, {"one": 0.1, "two": 3600.0}) as (_, passes):

        def looked() -> None:
            """The folders were looked at twice since: what ended meanwhile has ended by then."""
            passes.until("one", passes.of.count("one") + 3)

        for _ in range(2):  # what watches it now is replaced as well
            shutil.rmtree(folder)
            if seen:
                looked()
            folder.mkdir()
            looked()
            before = passes.of.count("two")
            (folder / "Message_A_B.xml").write_text("x")
            passes.until("two", before + 1)


def test_a_folder_in_whose_place_there_is_another_wakes(two: dict[str, tuple[Path, ...]]) -> None:
    """As where a share is mounted over its mount point."""
    (folder,) = two["two"]
    with watched(two, {"one": 0.1, "two": 3600.0}) as (_, passes):
        folder.rename(folder.with_name("elsewhere"))
        folder.mkdir()
        passes.until("one", passes.of.count("one") + 3)
        (folder.with_name("elsewhere") / "Message_A_B.xml").write_text("x")
        passes.until("one", passes.of.count("one") + 3)
        assert passes.of.count("two") == 1
        (folder / "Message_A_B.xml").write_text("x")
        passes.until("two", 2)
