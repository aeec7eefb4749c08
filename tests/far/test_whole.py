"""Whole files or none: the steps by which they come and go, one by one."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

import pytest

from converter.far import whole
from converter.far.transport import Entry, FarFailed, Why
from converter.folder.names import is_message
from tests.far.directory import Directory

NAME = "Message_CRM_BP.xml"


class Told(Directory):
    """A server that tells which steps it was asked for; ``loses`` so many bytes of each upload."""

    def __init__(self, root: Path, replaces: bool = True, loses: int = 0) -> None:
        super().__init__(root, replaces)
        self.loses = loses
        self.steps: list[str] = []

    def size(self, name: str) -> int | None:
        self.steps.append(f"size {_short(name)}")
        return super().size(name)

    def write(self, name: str, source: BinaryIO) -> None:
        self.steps.append(f"write {_short(name)}")
        data = source.read()
        super().write(name, io.BytesIO(data[: len(data) - self.loses]))

    def rename(self, old: str, new: str) -> None:
        self.steps.append(f"rename {_short(old)} {_short(new)}")
        super().rename(old, new)

    def remove(self, name: str) -> None:
        self.steps.append(f"remove {_short(name)}")
        super().remove(name)


def _short(name: str) -> str:
    for each in (NAME, f"rejected/{NAME}", f"rejected/{NAME}.txt"):
        if name == whole.temporary(each):
            return "TEMPORARY"
    return name.replace(NAME, "MESSAGE")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The server's folder, with a message in it."""
    made = tmp_path / "server"
    made.mkdir()
    (made / NAME).write_bytes(b"<old/>")
    return made


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """What is to be there in its place."""
    path = tmp_path / "new"
    path.write_bytes(b"<newer/>")
    return path


# -- up ------------------------------------------------------------------------------------------------


def test_the_old_one_is_there_until_the_new_one_is(root: Path, new: Path) -> None:
    server = Told(root)
    whole.deliver(server, new, NAME)
    assert server.steps == [
        "write TEMPORARY",
        "size TEMPORARY",
        "rename TEMPORARY MESSAGE",
        "size MESSAGE",
    ]
    assert (root / NAME).read_bytes() == b"<newer/>"


def test_where_nothing_is_renamed_over_the_old_one_goes_last(root: Path, new: Path) -> None:
    server = Told(root, replaces=False)
    whole.deliver(server, new, NAME)
    assert server.steps[2:] == [
        "rename TEMPORARY MESSAGE",
        "size MESSAGE",
        "remove MESSAGE",
        "rename TEMPORARY MESSAGE",
        "size MESSAGE",
    ]


def test_a_part_takes_no_place(root: Path, new: Path) -> None:
    """The server said that all went well."""
    with pytest.raises(FarFailed) as failed:
        whole.deliver(Told(root, loses=1), new, NAME)
    assert failed.value.why is Why.AWAY
    assert [(each.name, each.read_bytes()) for each in root.iterdir()] == [(NAME, b"<old/>")]


def test_what_is_not_there_in_the_end_is_not_delivered(root: Path, new: Path) -> None:
    class Taking(Told):
        def rename(self, old: str, new: str) -> None:
            super().rename(old, new)
            (self.root / new).unlink()

    with pytest.raises(FarFailed) as failed:
        whole.deliver(Taking(root), new, NAME)
    assert failed.value.why is Why.AWAY


def test_a_connection_that_breaks_is_no_refusal(root: Path, new: Path) -> None:
    """Nothing is removed because of it."""

    class Broken(Told):
        def rename(self, old: str, new: str) -> None:
            raise FarFailed(Why.AWAY, "cut off")

    with pytest.raises(FarFailed):
        whole.deliver(Broken(root), new, NAME)
    assert (root / NAME).read_bytes() == b"<old/>"


class Filling(Told):
    """A server that takes so much, and then says that."""

    says = FarFailed(Why.FULL, "552")
    takes = 3

    def write(self, name: str, source: BinaryIO) -> None:
        super().write(name, io.BytesIO(source.read(self.takes)))
        raise self.says


def test_a_part_takes_no_room_on_a_full_disk(root: Path, new: Path) -> None:
    """It is removed, also where nothing was taken, and nothing else is."""
    for takes in (0, 3):
        server = Filling(root)
        server.takes = takes
        with pytest.raises(FarFailed) as failed:
            whole.deliver(server, new, NAME)
        assert failed.value.why is Why.FULL
        assert server.steps == ["write TEMPORARY", "remove TEMPORARY"]
    assert [each.name for each in root.iterdir()] == [NAME]
    assert (root / NAME).read_bytes() == b"<old/>"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("Failure", Why.OTHER),
        ("451 No space left on device", Why.FULL),
        ("Disk QUOTA exceeded", Why.FULL),
    ],
)
def test_a_server_that_takes_a_part_and_says_little(
    said: str, why: Why, root: Path, new: Path
) -> None:
    """It is its disk; and a large file is not sent twice for that."""
    server = Filling(root)
    server.says = FarFailed(Why.OTHER, said)
    with pytest.raises(FarFailed) as failed:
        whole.deliver(server, new, NAME)
    assert failed.value.why is why
    assert said in str(failed.value.reason)
    assert (
        "space" in str(failed.value.reason).lower() or "quota" in str(failed.value.reason).lower()
    )
    assert server.steps == ["write TEMPORARY", "remove TEMPORARY"]


def test_what_cannot_be_removed_hides_no_failure(root: Path, new: Path) -> None:
    class Keeping(Filling):
        def remove(self, name: str) -> None:
            raise FarFailed(Why.DENIED, "550 no")

    with pytest.raises(FarFailed) as failed:
        whole.deliver(Keeping(root), new, NAME)
    assert failed.value.why is Why.FULL


def test_a_file_that_was_taken_and_is_not_shown(root: Path, new: Path) -> None:
    class Hiding(Told):
        def size(self, name: str) -> int | None:
            return None

    with pytest.raises(FarFailed) as failed:
        whole.deliver(Hiding(root), new, NAME)
    assert failed.value.why is Why.OTHER
    assert "does not show it" in str(failed.value.reason)
    assert (root / NAME).read_bytes() == b"<old/>"


@pytest.mark.parametrize("name", [NAME, "Message_НФ_ДЗ.zip", f"rejected/{NAME}"])
def test_the_name_on_the_way_is_nobody_elses(name: str) -> None:
    """No base takes it for a message, and the next try writes over what this one leaves."""
    found = whole.temporary(name)
    folder, _, last = found.rpartition("/")
    assert folder == name.rpartition("/")[0]
    assert last.startswith(".converter-")
    assert last.endswith(".tmp")
    assert not is_message(last, ["CRM", "НФ"], ["BP", "ДЗ"])
    assert found == whole.temporary(name) != whole.temporary("another")


# -- down ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("listed", [5, 7])
def test_another_size_than_listed_is_not_whole(listed: int, root: Path) -> None:
    assert whole.fetch(Told(root), Entry(NAME, 6, None), io.BytesIO())
    assert not whole.fetch(Told(root), Entry(NAME, listed, None), io.BytesIO())


def test_a_file_that_grew_while_it_was_read_is_not_whole(root: Path) -> None:
    class Growing(Told):
        def read(self, name: str, into: BinaryIO) -> None:
            super().read(name, into)
            with (self.root / name).open("ab") as file:
                file.write(b"more")

    assert not whole.fetch(Growing(root), Entry(NAME, 6, None), io.BytesIO())


def test_a_transfer_that_ends_early_is_not_whole(root: Path) -> None:
    class Short(Told):
        def read(self, name: str, into: BinaryIO) -> None:
            into.write(b"<old")

    assert not whole.fetch(Short(root), Entry(NAME, 6, None), io.BytesIO())


# -- aside ---------------------------------------------------------------------------------------------


def test_a_refused_file_is_moved_after_its_report(root: Path, new: Path) -> None:
    server = Told(root)
    whole.set_aside(server, Entry(NAME, 6, None), NAME, new)
    assert server.steps[-2:] == ["rename MESSAGE rejected/MESSAGE", "size rejected/MESSAGE"]
    assert server.steps[0] == "write TEMPORARY"
    assert (root / "rejected" / NAME).read_bytes() == b"<old/>"
    assert (root / "rejected" / f"{NAME}.txt").read_bytes() == b"<newer/>"


def test_a_newer_file_that_was_moved_by_mistake_goes_back(root: Path, new: Path) -> None:
    """It took the place of the refused one after the listing."""
    (root / NAME).write_bytes(b"<another/>")
    whole.set_aside(Told(root), Entry(NAME, 6, None), NAME, new)
    assert (root / NAME).read_bytes() == b"<another/>"
    assert not (root / "rejected" / NAME).exists()
