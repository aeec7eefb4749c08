"""Power that is lost, simulated: what was written and never synced is gone (F12).

A traced pass is recorded call by call. At any of its calls it can then be laid out what a disk may
hold when the power fails just there: `Loss.KILL` is what kill -9 leaves, everything; `Loss.OLD`
forgets every name and every byte that was not synced; `Loss.TORN` knows all names, but of contents
only what was synced; `Loss.HALF` is as `OLD`, but every other block of what was not synced is there.

That is a model of a disk, not a disk: it says whether the program syncs what it relies on, of its
own files and SQLite's. ``python -m tests.faults.power [MUTANT]`` is the helper that records.
"""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import sys
from enum import Enum
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from tests.conftest import ROOT, environment
from tests.faults import checks, killer, ptrace
from tests.faults.checks import Numbers
from tests.faults.killer import Launcher
from tests.faults.ptrace import Event, Tracee
from tests.faults.trial import Scene

BLOCK = 4096
#: written once and then only renamed: laid out as the same file, since its stamp is remembered
_KEPT = (".xml", ".zip", ".json", ".txt", ".tmp")
_SYNCING = frozenset({"fsync", "fdatasync"})
#: the numbers of both on x86-64
_FSYNC = frozenset({74, 75})
#: of the calls near which a step is left out, the first so many are tried
NEAR = 16


class Loss(Enum):
    """What of the un-synced is gone."""

    KILL = "nothing"
    OLD = "names and contents"
    TORN = "contents"
    HALF = "half of the contents"


class Moment(NamedTuple):
    """Just before a call: folders by inode as name → inode, and contents by inode; each as it is
    seen, and as it would be found again."""

    event: str
    seen: dict[int, dict[str, int]]
    found: dict[int, dict[str, int]]
    written: dict[int, bytes]
    synced: dict[int, bytes]


class Recording(NamedTuple):
    """A pass; ``root`` is the inode of its folder, ``folders`` are inodes too."""

    root: int
    folders: frozenset[int]
    moments: list[Moment]


def recording_of(where: Path) -> Path:
    """Where the recording of a pass in a folder is kept."""
    return where.with_name(f"{where.name}.recorded")


class Recorder(Tracee):
    """A child under trace whose calls are remembered with what lies on the disk before each."""

    def __init__(self, pid: int, root: Path) -> None:
        super().__init__(pid, root)
        self._folder = root.resolve()
        self._kept = recording_of(self._folder).with_suffix(".files")
        self._kept.mkdir(exist_ok=True)
        self._moments: list[Moment] = []
        self._folders: set[int] = set()
        self._written: dict[int, bytes] = {}
        self._seen = self._look()
        self._found = dict(self._seen)
        self._synced = dict(self._written)
        self._sync: tuple[int, bytes | None] | None = None
        self._dirty = False

    def go(self, fault: object = None) -> int | None:
        """Let the child run to its end; the recording is kept beside its folder."""
        ended = super().go(None)
        if fault is None:
            self._remember("the end")
            made = Recording(self._folder.stat().st_ino, frozenset(self._folders), self._moments)
            recording_of(self._folder).write_bytes(pickle.dumps(made))
        return ended

    def _event(self) -> Event | None:
        event = super()._event()
        if event is None and self._syncs_root():
            event = Event("fsync", "")
        if event is not None:
            self._remember(str(event))
            self._begin(event)
        return event

    def _syncs_root(self) -> bool:
        """SQLite syncs the folder of the state, which is that of the pass itself."""
        if self._register(ptrace._ORIG_RAX) not in _FSYNC:
            return False
        return self._handle(self._register(ptrace._RDI)) == str(self._folder)

    def _remember(self, event: str) -> None:
        """What the last call has come to."""
        if self._dirty:
            self._seen = self._look()
        if self._sync is not None:
            inode, data = self._sync
            if data is None:
                self._found = {**self._found, inode: self._seen.get(inode, {})}
            else:
                self._synced = {**self._synced, inode: data}
            self._sync = None
        self._moments.append(
            Moment(event, self._seen, self._found, dict(self._written), self._synced)
        )

    def _begin(self, event: Event) -> None:
        path = self._folder / event.path
        self._dirty = event.call not in _SYNCING
        if event.call in _SYNCING and path.exists():
            data = None if path.is_dir() else path.read_bytes()
            self._sync = path.stat().st_ino, data

    def _look(self) -> dict[int, dict[str, int]]:
        """Every folder as it is now; contents of files, and the files themselves, are kept too."""
        seen: dict[int, dict[str, int]] = {}
        self._into(self._folder, seen)
        return seen

    def _into(self, folder: Path, seen: dict[int, dict[str, int]]) -> None:
        names = seen.setdefault(folder.stat().st_ino, {})
        self._folders.add(folder.stat().st_ino)
        with os.scandir(folder) as entries:
            for entry in entries:
                inode = entry.inode()
                names[entry.name] = inode
                if entry.is_dir():
                    self._into(Path(entry.path), seen)
                    continue
                data = Path(entry.path).read_bytes()
                if self._written.get(inode) != data:
                    self._written[inode] = data
                link = self._kept / f"{inode}"  # nor is the inode given to another file
                if not link.exists():
                    os.link(entry.path, link)


# -- laying out ----------------------------------------------------------------------------------


def lay_out(where: Path, target: Path, recording: Recording, at: int, loss: Loss) -> Path:
    """What would be found in a folder after the power failed before the call number ``at``."""
    moment = recording.moments[at]
    kept = recording_of(where).with_suffix(".files")
    names = moment.seen if loss in (Loss.KILL, Loss.TORN) else moment.found

    def put(inode: int, path: Path) -> None:
        if inode in recording.folders:
            path.mkdir()
            for name, inner in names.get(inode, {}).items():
                put(inner, path / name)
            return
        data = _contents(moment, inode, loss)
        link = kept / f"{inode}"
        if path.name.endswith(_KEPT) and link.read_bytes() == data:
            os.link(link, path)
        else:
            path.write_bytes(data)

    put(recording.root, target)
    return target


def _contents(moment: Moment, inode: int, loss: Loss) -> bytes:
    written, synced = moment.written.get(inode, b""), moment.synced.get(inode, b"")
    if loss is Loss.KILL:
        return written
    if loss is not Loss.HALF or written == synced:
        return synced
    blocks = range(0, max(len(written), len(synced)), BLOCK)
    return b"".join(
        (written if start // BLOCK % 2 else synced)[start : start + BLOCK] for start in blocks
    )


def look_at(recording: Recording, at: int, seen: dict[tuple[str, str], str]) -> None:
    """Which messages of ours anybody could see: a number never has two contents."""
    moment = recording.moments[at]
    for side, stem in checks.OURS.items():
        folder = moment.seen[recording.root].get(side)
        for name, inode in moment.seen.get(folder or 0, {}).items():
            if name.startswith(f"{stem}."):
                data = moment.written[inode]
                number = re.search(rb"<msg:MessageNo>(\d+)<", data)
                key = side, "-" if number is None else number[1].decode()
                digest = sha256(data).hexdigest()
                assert seen.setdefault(key, digest) == digest, f"{key}: two contents"


class RecordingLauncher(Launcher):
    """A helper process of which every traced pass is recorded; ``mutant`` is the name of one."""

    def __init__(self, mutant: str = "") -> None:
        self._helper = subprocess.Popen(
            [sys.executable, "-B", "-m", "tests.faults.power", *([mutant] if mutant else [])],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )


class Drill:
    """A scene whose undisturbed pass was recorded, to be tried with a loss at any of its calls."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        self.scene = scene
        self.clean = folder / "clean"
        self.recording: Recording = pickle.loads(recording_of(self.clean).read_bytes())

    def points(self, count: int, seed: int = 0) -> list[int]:
        """A choice of moments, the first of each kind first."""
        chosen = self.scene.points(count, seed)
        return [each - 1 for each in chosen]

    def near(self, pattern: str) -> list[int]:
        """The moments just before and just behind the calls that match."""
        found = []
        for at, moment in enumerate(self.recording.moments):
            if re.search(pattern, moment.event):
                found += [at, at + 1]
        assert found, pattern
        return sorted({each for each in found if each < len(self.recording.moments)})[:NEAR]

    @cached_property
    def _seen(self) -> list[dict[tuple[str, str], str]]:
        """Which messages of ours could be seen up to each moment."""
        seen: dict[tuple[str, str], str] = {}
        found = []
        for at in range(len(self.recording.moments)):
            look_at(self.recording, at, seen)
            found.append(dict(seen))
        return found

    def loses(self, where: Path, at: int, loss: Loss) -> None:
        """Fail where the passes after a loss do not come to what an undisturbed one comes to."""
        numbers = Numbers()
        numbers._seen.update(self._seen[at])
        lay_out(self.clean, where, self.recording, at, loss)
        checks.check_whole(where, self.scene.inputs)
        self.scene.check(where, numbers)


def main() -> None:
    """The helper of `tests.faults.killer`, whose passes are recorded, with a mutant or without."""
    if sys.argv[1:]:
        from pytest import MonkeyPatch

        from tests.faults.mutants import MUTANTS, OTHERS

        next(each for each in (*MUTANTS, *OTHERS) if each.name == sys.argv[1]).change(MonkeyPatch())
    setattr(killer, "Tracee", Recorder)  # noqa: B010 - it begins the passes
    killer._serve()


if __name__ == "__main__":
    from tests.faults.power import main as run  # what is kept is to be read by others

    run()
