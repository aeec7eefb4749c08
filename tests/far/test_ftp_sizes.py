"""FTP servers that tell no sizes by SIZE: a listing tells them, else the file itself."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from converter.far import whole
from converter.far.transport import Entry, FarFailed, Transport, Why
from tests.far.conftest import Make
from tests.far.cuts import passing
from tests.far.ftpd import Running, ftp
from tests.far.world import story

MESSAGE = "Message_НФ_ДЗ.xml"
#: how servers say that they do not know SIZE, do not allow it, or tell nothing by it
ANSWERS = [
    "500 Unknown command.",
    "502 Command not implemented.",
    "550 SIZE not allowed.",
    "213 unknown",
]


@pytest.fixture(params=ANSWERS)
def answer(request: pytest.FixtureRequest) -> str:
    """One of them in turn."""
    found: str = request.param
    return found


@pytest.fixture(params=["mlsd", "unix", "dos"])
def sizeless(request: pytest.FixtureRequest, answer: str, root: Path) -> Iterator[Running]:
    """A server that answers so, its listings of either kind; those of LIST hide our temporary name."""
    options: dict[str, Any] = {
        "mlsd": {},
        "unix": {"mlsd": False, "sizes": False},
        "dos": {"mlsd": False, "sizes": False, "replaces": False},
    }[request.param]
    with ftp(root, **options) as running:
        running.script.answers |= {"SIZE": answer, "MDTM": answer}
        yield running


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """What is to go up."""
    path = tmp_path / "sent"
    path.write_bytes(b"<newer/>" * 1000)
    return path


def test_the_bases_message_is_seen(sizeless: Running) -> None:
    """A refused SIZE was taken for «no such file», and the message for none."""
    root = sizeless.offered.root
    (root / MESSAGE).write_bytes(b"12")
    (root / "Message folder").mkdir()
    opened = sizeless.offered.open("")
    (entry,) = opened.entries(lambda name: name.startswith("Message"))
    assert (entry.name, entry.size) == (MESSAGE, 2)
    got = io.BytesIO()
    assert whole.fetch(opened, entry, got)
    assert not whole.fetch(opened, Entry(MESSAGE, 3, None), io.BytesIO())
    opened.close()


def test_an_upload_is_compared(sizeless: Running, sent: Path) -> None:
    opened = sizeless.offered.open("")
    whole.deliver(opened, sent, MESSAGE)
    (sizeless.offered.root / "rejected").mkdir()
    whole.deliver(opened, sent, f"rejected/{MESSAGE}")
    assert opened.size("nowhere.xml") is None
    assert opened.size("rejected") is None
    opened.remove("nowhere.xml")
    opened.close()
    assert (sizeless.offered.root / MESSAGE).read_bytes() == sent.read_bytes()


@pytest.mark.parametrize("came", [0, 1, 500, 7999])
def test_a_part_that_the_server_calls_whole_takes_no_place(
    came: int, sizeless: Running, sent: Path
) -> None:
    (sizeless.offered.root / MESSAGE).write_bytes(b"<old/>")
    opened = sizeless.offered.open("")
    sizeless.script.data, sizeless.script.lies = came, True
    with pytest.raises(FarFailed):
        whole.deliver(opened, sent, MESSAGE)
    opened.close()
    assert (sizeless.offered.root / MESSAGE).read_bytes() == b"<old/>"


def test_the_story(sizeless: Running, make: Make) -> None:
    story(world := make(sizeless.offered), lambda: passing(world))


def _read_back(running: Running, opened: Transport, sent: Path) -> int:
    running.script.seen.clear()
    whole.deliver(opened, sent, MESSAGE)
    return running.script.seen.count("RETR")


def test_only_what_is_not_shown_is_read_back(root: Path, sent: Path) -> None:
    with ftp(root, mlsd=False, sizes=False) as running:
        opened = running.offered.open("")
        assert _read_back(running, opened, sent) == 1, "the temporary one: LIST hides it"
        opened.close()


def test_nothing_is_read_back_where_sizes_are_told(running: Running, sent: Path) -> None:
    opened = running.offered.open("")
    assert _read_back(running, opened, sent) == 0
    running.script.seen.clear()
    assert opened.size("nowhere.xml") is None, "SIZE told one before: it is believed"
    assert running.script.seen == ["SIZE"]
    opened.close()


def test_a_listing_that_nobody_understands_is_done_without(root: Path, sent: Path) -> None:
    def listing(handler: Any, path: str) -> None:
        handler.push_dtp_data(b"MESSAGE_BP_CRM.XML;1    12/24   1-JAN-2026 [A,B]\r\n", cmd="LIST")

    with ftp(root, mlsd=False, sizes=False, ftp_LIST=listing) as running:
        (root / MESSAGE).write_bytes(b"12")
        opened = running.offered.open("")
        (entry,) = opened.entries(lambda name: True)
        assert (entry.name, entry.size, entry.modified) == (MESSAGE, 2, None)
        whole.deliver(opened, sent, MESSAGE)
        opened.close()


def test_what_may_not_be_read_back_is_told(root: Path, sent: Path) -> None:
    """A folder into which one may only put: nobody can tell whether all came."""
    with ftp(root, mlsd=False, sizes=False, rights="elwadfM") as running:
        opened = running.offered.open("")
        with pytest.raises(FarFailed) as failed:
            whole.deliver(opened, sent, MESSAGE)
        opened.close()
    assert failed.value.why is Why.OTHER
    assert "does not show it" in str(failed.value.reason)
