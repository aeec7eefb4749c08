"""What lies in a folder, and private copies: never of a file that somebody is changing."""

from __future__ import annotations

import fcntl
import io
import os
import signal
import tracemalloc
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.folder.failures import is_locked
from converter.folder.inbox import (
    Copied,
    Found,
    Stamp,
    Why,
    look,
    stamp_of,
    take_copy,
)
from converter.problems import Rejected, Stopped
from tests.folder.doing import NAME, NEW, OLD
from tests.folder.faults import POSIX, Held, as_nobody, traced

NUMBERS = st.integers(0, 1 << 128)


def any_name(name: str) -> bool:
    """Every file is looked at."""
    return True


def found(path: Path) -> Found:
    """A file as `look` finds it."""
    [file] = look(path.parent, lambda name: name == path.name).files
    return file


# -- stamps --------------------------------------------------------------------------------------


@given(NUMBERS, NUMBERS, NUMBERS, st.integers(-(1 << 70), 1 << 70))
def test_a_stamp_can_be_kept_as_text(device: int, inode: int, size: int, mtime: int) -> None:
    stamp = Stamp(device, inode, size, mtime)
    assert Stamp.read(str(stamp)) == stamp


def test_the_text_of_a_stamp() -> None:
    assert str(Stamp(1, 2, 3, 4)) == "1-2-3-4"


@pytest.mark.parametrize("text", ["", "1-2-3", "a-b-c-d", "1-2-3-4-5", "—"])
def test_another_text_is_no_stamp(text: str) -> None:
    assert Stamp.read(text) is None


def test_a_stamp_tells_when_anything_changed(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(OLD)
    stamp = stamp_of(path)
    assert stamp == stamp_of(path) == Stamp.of(path.stat())
    os.utime(path, ns=(1, 1))
    assert stamp_of(path) != stamp
    path.write_bytes(b"x")
    os.utime(path, ns=(1, stamp.mtime_ns))
    assert stamp_of(path) != stamp


@POSIX
def test_only_a_regular_file_has_a_stamp(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(NAME)
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", "none", "."):
        assert stamp_of(tmp_path / name) is None


# -- looking -------------------------------------------------------------------------------------


def test_files_are_found_by_name_and_empty_ones_passed_over(tmp_path: Path) -> None:
    for name in ("c", "a", "b"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "empty").touch()
    seen = look(tmp_path, lambda name: name != "b")
    assert [each.path.name for each in seen.files] == ["a", "c"]
    assert [each.stamp for each in seen.files] == [stamp_of(tmp_path / name) for name in "ac"]
    assert seen.strange == []


@POSIX
def test_what_is_no_file_is_told_and_never_opened(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "1.xml").symlink_to(tmp_path / "secret")
    (tmp_path / "2.xml").mkdir()
    os.mkfifo(tmp_path / "3.xml")
    (tmp_path / "4.xml").symlink_to(tmp_path / "nowhere")
    seen = look(tmp_path, lambda name: name.endswith(".xml"))
    assert seen.files == []
    assert [each.name for each in seen.strange] == ["1.xml", "2.xml", "3.xml", "4.xml"]


def test_a_folder_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "share" / "crm"
    with pytest.raises(Stopped) as caught:
        look(folder, any_name)
    problem = caught.value.problem
    assert problem.kind.id == "FOLDER_MISSING"
    assert str(folder)[:100] in problem.what("ru")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_vanishes_is_told_and_is_used_when_it_is_back(tmp_path: Path) -> None:
    folder, away = tmp_path / "share", tmp_path / "away"
    folder.mkdir()
    (folder / NAME).write_bytes(OLD)
    assert len(look(folder, any_name).files) == 1
    folder.rename(away)
    with pytest.raises(Stopped):
        look(folder, any_name)
    away.rename(folder)
    assert len(look(folder, any_name).files) == 1


def test_a_file_in_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    with pytest.raises(Stopped) as caught:
        look(tmp_path / "a", any_name)
    assert caught.value.problem.kind.id in {"FOLDER_FAILED", "FOLDER_MISSING"}


def test_a_bare_mount_point_is_told_by_what_is_not_in_it(tmp_path: Path) -> None:
    with pytest.raises(Stopped) as caught:
        look(tmp_path, any_name, marker="archive")
    assert caught.value.problem.kind.id == "FOLDER_BARE"
    (tmp_path / "archive").mkdir()
    assert look(tmp_path, lambda name: name == NAME, marker="archive").files == []


@POSIX
@pytest.mark.parametrize("mode", [0o000, 0o300, 0o600])
def test_a_folder_without_rights(mode: int, open_folder: Path) -> None:
    (open_folder / "share").mkdir()
    (open_folder / "share" / NAME).write_bytes(OLD)
    (open_folder / "share").chmod(mode)
    try:
        assert as_nobody("look", open_folder / "share").id == "FOLDER_DENIED"
    finally:
        (open_folder / "share").chmod(0o755)


@POSIX
@pytest.mark.parametrize("name", ["EIO", "ESTALE", "EHOSTDOWN", "ENOTCONN"])
def test_a_share_that_does_not_answer(name: str, tmp_path: Path) -> None:
    came = traced(f"/getdents:error={name}:when=1", "look", tmp_path, only=tmp_path)
    assert came.id == "FOLDER_FAILED"


# -- copying -------------------------------------------------------------------------------------


class Meddling(io.BytesIO):
    """A copy being made: as soon as its first bytes are there, something happens to the file."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self._act: Callable[[], object] | None = act

    def write(self, data: object, /) -> int:
        """Act once."""
        if self._act is not None:
            act, self._act = self._act, None
            act()
        return super().write(data)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [1, 1000, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_a_copy_has_all_bytes_and_their_digest(size: int, tmp_path: Path) -> None:
    data = os.urandom(1000) * (size // 1000) + bytes(size % 1000)
    (tmp_path / NAME).write_bytes(data)
    into = io.BytesIO()
    assert take_copy(found(tmp_path / NAME), into) == Copied(sha256(data).hexdigest())
    assert into.getvalue() == data


def test_a_large_file_is_copied_piece_by_piece(tmp_path: Path) -> None:
    with (tmp_path / NAME).open("wb") as file:
        file.truncate(50 << 20)
    into = (tmp_path / "copy").open("wb")
    tracemalloc.start()
    with into:
        take_copy(found(tmp_path / NAME), into)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5 << 20


def append(path: Path) -> None:
    """The writer goes on."""
    with path.open("ab") as file:
        file.write(b"more")


def overwrite(path: Path) -> None:
    """Other contents of the same length."""
    with path.open("r+b") as file:
        file.write(b"x" * path.stat().st_size)
    os.utime(path, ns=(1, 1))


def replace(path: Path) -> None:
    """Another file of the same length and time under the name, as 1C does it."""
    status = path.stat()
    other = path.with_suffix(".new")
    other.write_bytes(b"x" * status.st_size)
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(path)


def cut(path: Path) -> None:
    """The writer begins anew."""
    os.truncate(path, 5)


def touch(path: Path) -> None:
    """Only the time is another."""
    os.utime(path, ns=(1, 1))


def link(path: Path) -> None:
    """A link takes the file's place."""
    path.rename(path.with_suffix(".moved"))
    path.symlink_to(path.with_suffix(".moved"))


@POSIX
@pytest.mark.parametrize("act", [append, overwrite, replace, cut, touch, link, Path.unlink])
@pytest.mark.parametrize("size", [100, 3 << 20])
def test_a_file_that_changes_while_it_is_read_is_left_alone(
    act: Callable[[Path], object], size: int, tmp_path: Path
) -> None:
    path = tmp_path / NAME
    path.write_bytes(b"a" * size)
    copied = take_copy(found(path), Meddling(lambda: act(path)))
    assert copied == Copied(None, Why.CHANGING)


def test_a_file_that_grows_faster_than_it_is_read_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(bytes(1 << 20))
    copies = 0

    class Racing(io.BytesIO):
        def write(self, data: object, /) -> int:
            nonlocal copies
            copies += 1
            assert copies < 3, "no more is read than was there when it was found"
            with path.open("ab") as file:
                file.write(bytes(1 << 20))
            return super().write(data)  # type: ignore[arg-type]

    assert take_copy(found(path), Racing()) == Copied(None, Why.CHANGING)


@POSIX
@pytest.mark.parametrize("act", [append, overwrite, replace, cut, touch, link])
def test_a_file_that_changed_since_it_was_found_is_left_alone(
    act: Callable[[Path], object], tmp_path: Path
) -> None:
    path = tmp_path / NAME
    path.write_bytes(OLD)
    file = found(path)
    act(path)
    into = io.BytesIO()
    assert take_copy(file, into) == Copied(None, Why.CHANGING)
    assert into.getvalue() == b""


@POSIX
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_something_else_in_the_place_of_the_file(
    make: Callable[[Path], object], tmp_path: Path
) -> None:
    path = tmp_path / NAME
    path.write_bytes(OLD)
    file = found(path)
    path.unlink()
    make(path)
    assert take_copy(file, io.BytesIO()) == Copied(None, Why.CHANGING)


def test_a_file_that_was_taken_away(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(OLD)
    file = found(path)
    path.unlink()
    assert take_copy(file, io.BytesIO()) == Copied(None, Why.GONE)


def test_a_file_half_written_is_not_taken_before_it_rests(tmp_path: Path) -> None:
    """Whoever writes has it open between two looks: the stamps differ."""
    path = tmp_path / NAME
    with path.open("wb", buffering=0) as writer:
        writer.write(NEW[:1000])
        first = found(path)
        writer.write(NEW[1000:])
        assert take_copy(first, io.BytesIO()).why is Why.CHANGING
    assert take_copy(found(path), io.BytesIO()).digest == sha256(NEW).hexdigest()


@POSIX
def test_a_file_without_rights_is_told_from_a_locked_one(open_folder: Path) -> None:
    (open_folder / NAME).write_bytes(OLD)
    (open_folder / NAME).chmod(0)
    assert as_nobody("take", open_folder).result == "DENIED"


@POSIX
def test_a_file_that_another_program_has_locked(tmp_path: Path) -> None:
    """A lease, as Samba holds one for its clients, refuses whoever does not wait."""
    path = tmp_path / NAME
    path.write_bytes(OLD)
    file = found(path)
    if not hasattr(fcntl, "F_SETLEASE"):
        pytest.skip("this system has no leases")
    with path.open("r+b") as owner:
        try:
            fcntl.fcntl(owner, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(owner, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        except OSError:
            pytest.skip("no lease is given here")
        assert take_copy(file, io.BytesIO()) == Copied(None, Why.LOCKED)
        fcntl.fcntl(owner, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    assert take_copy(file, io.BytesIO()).digest == sha256(OLD).hexdigest()


@POSIX
@pytest.mark.parametrize(
    ("call", "name"),
    [
        ("/^open", "EBUSY"),
        ("/^open", "EAGAIN"),
        ("/^open", "ETXTBSY"),
        ("/^open", "EDEADLK"),
        ("read", "EBUSY"),
        ("read", "EDEADLK"),
    ],
)
def test_what_is_refused_for_the_moment_counts_as_locked(
    call: str, name: str, tmp_path: Path
) -> None:
    path = tmp_path / NAME
    path.write_bytes(NEW)
    assert traced(f"{call}:error={name}:when=1+", "take", tmp_path, only=path).result == "LOCKED"


@POSIX
def test_a_region_that_is_locked_is_told_from_missing_rights(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(NEW)
    came = traced("read:error=EACCES:when=1+", "take", tmp_path, only=path)
    assert came.result == "LOCKED", "it was opened, so the rights are there"


@POSIX
@pytest.mark.parametrize("call", ["/^open", "read"])
def test_a_file_that_went_on_the_server_is_gone(call: str, tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(NEW)
    came = traced(f"{call}:error=ESTALE:when=1+", "take", tmp_path, only=path)
    assert came.result == "GONE"


@POSIX
@pytest.mark.parametrize("call", ["/^open", "read"])
def test_a_file_that_cannot_be_read_stops_its_folder(call: str, tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(NEW)
    came = traced(f"{call}:error=EIO:when=1+", "take", tmp_path, only=path)
    assert came.id == "FOLDER_FAILED"


def test_what_counts_as_locked() -> None:
    assert is_locked(Held(13, "held"))
    assert is_locked(BlockingIOError(11, "later"))
    if os.name != "nt":
        assert not is_locked(PermissionError(13, "no"))
    assert not is_locked(FileNotFoundError(2, "gone"))


def test_a_file_that_is_too_large_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / NAME
    with path.open("wb") as file:
        file.truncate(5 << 30)
    into = io.BytesIO()
    with pytest.raises(Rejected) as caught:
        take_copy(found(path), into)
    assert caught.value.problem.kind.id == "FILE_TOO_LARGE"
    assert str(5 << 30) in caught.value.problem.what("ru")
    assert into.getvalue() == b""


def test_the_limit_itself_is_allowed(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"12345")
    assert take_copy(found(tmp_path / NAME), io.BytesIO(), limit=5).digest
    with pytest.raises(Rejected):
        take_copy(found(tmp_path / NAME), io.BytesIO(), limit=4)


def test_a_copy_that_cannot_be_written_is_the_callers_to_tell(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(OLD)

    def full() -> None:
        raise OSError(28, "full")

    with pytest.raises(OSError, match="full"):
        take_copy(found(tmp_path / NAME), Meddling(full))
