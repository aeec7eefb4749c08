"""Zip archives with a password through the whole exchange: answered as they are written (SPEC §6)."""

from __future__ import annotations

import io
import logging
from datetime import datetime
from pathlib import Path

import pytest

from converter.exchange.run import Exchange
from converter.folder.zip_secrecy import Secrecy, form_of
from converter.folder.zip_writing import Lock, write_zip
from converter.folder.zips import open_message
from converter.problems import Stopped
from tests.exchange.conftest import Make
from tests.exchange.world import World
from tests.mapping.book import crm_invoice
from tests.messages import guid

PASSWORD = "qwerty-123"
WAYS = [each for each in Secrecy if each is not Secrecy.OPEN]
ZIP = "Message_CRM_BP.zip"


def packed(data: bytes, secrecy: Secrecy, password: str = PASSWORD) -> bytes:
    """A message as a base with a password writes it."""
    made = io.BytesIO()
    lock = Lock(secrecy, password.encode()) if secrecy is not Secrecy.OPEN else None
    write_zip(made, "Message_CRM_BP.xml", [data], datetime(2026, 2, 11), lock)
    return made.getvalue()


def answer(world: World, password: str | None = PASSWORD) -> str:
    """How our message for the CRM is written."""
    with (
        world.crm.ours().open("rb") as file,
        open_message(file, None if password is None else password.encode()) as opened,
    ):
        while opened.stream.read(1 << 16):
            pass
        return opened.form


@pytest.fixture
def world(make: Make) -> World:
    """A CRM with a password in a variable."""
    world = make(crm={"password_env": "CRM_ZIP"})
    world.environment["CRM_ZIP"] = PASSWORD
    return world


def send(world: World, secrecy: Secrecy, number: int = 1, password: str = PASSWORD) -> None:
    """The CRM sends an invoice in an archive."""
    data = world.crm.compose(crm_invoice(guid(number), f"СЧ-{number}"))
    world.crm.put(packed(data, secrecy, password), ZIP)


@pytest.mark.parametrize("secrecy", Secrecy)
def test_the_answer_is_encrypted_as_the_message_was(world: World, secrecy: Secrecy) -> None:
    send(world, secrecy)
    assert world.run().status == 0
    assert world.crm.ours().name == "Message_BP_CRM.zip"
    assert answer(world) == form_of(ZIP, secrecy)
    assert not world.run().did_something
    (world.crm.folder / ZIP).unlink()
    world.crm.ours().unlink()
    world.run()
    assert answer(world) == form_of(ZIP, secrecy), "put back in the same way"


def test_the_way_changes_with_the_sender(world: World) -> None:
    for number, secrecy in enumerate((*WAYS[:2], Secrecy.OPEN, WAYS[-1]), 1):
        send(world, secrecy, number)
        assert world.run().status == 0
        assert answer(world) == form_of(ZIP, secrecy)
    (world.crm.folder / ZIP).unlink()
    world.crm.send(crm_invoice(guid(9), "СЧ-9"))
    world.run()
    assert answer(world) == "xml"


@pytest.mark.parametrize(
    ("files", "secrecy", "expected"),
    [
        ("zip", None, "zip+zipcrypto"),
        ("zip", Secrecy.OPEN, "zip+zipcrypto"),
        ("zip", Secrecy.AE2_256, "zip+ae2-256"),
        ("xml", Secrecy.AE2_256, "xml"),
    ],
)
def test_the_setting_stands_above(
    make: Make, files: str, secrecy: Secrecy | None, expected: str
) -> None:
    world = make(crm={"password_env": "CRM_ZIP", "files": files})
    world.environment["CRM_ZIP"] = PASSWORD
    if secrecy is None:
        world.crm.send(crm_invoice())
    else:
        send(world, secrecy)
    assert world.run().status == 0
    assert answer(world) == expected


def test_a_pass_cut_off_after_delivering_knows_its_own_archive(world: World) -> None:
    send(world, Secrecy.AE1_256)

    def cut(name: str) -> None:
        if name == "delivered":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.run(cut)
    before = world.crm.ours().read_bytes()
    world.run()
    assert world.crm.ours().read_bytes() == before


def test_a_wrong_password_is_set_aside_and_told_nowhere(
    world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    send(world, Secrecy.ZIPCRYPTO, password="asdfgh-456")
    assert world.run().status == 1
    assert world.crm.rejected() == [ZIP, f"{ZIP}.txt"]
    [report] = world.crm.reports()
    assert "ZIP_PASSWORD" in report and "password_file" in report
    written = [each for each in world.root.rglob("*") if each.is_file()]
    assert len(written) > 3
    for secret in (PASSWORD, "asdfgh-456"):
        assert not [each for each in written if secret.encode() in each.read_bytes()]
        assert secret not in caplog.text + "".join(capsys.readouterr())


def test_a_password_that_is_no_longer_there_leaves_the_other_base_going(world: World) -> None:
    send(world, Secrecy.ZIPCRYPTO)
    world.run()
    (world.crm.folder / ZIP).unlink()
    world.crm.ours().unlink()
    world.link = type(world.link)(
        world.link.name,
        type(world.link.crm)(world.link.crm.code, world.link.crm.folder),
        world.link.bp,
    )
    world.bp.ours().unlink()
    report = world.run()
    [(side, problem)] = report.away
    assert (side, problem.kind.id) == ("crm", "PASSWORD_GONE")
    assert dict(problem.details) == {"link": "main", "side": "crm"}
    assert [(each.side, each.again) for each in report.written] == [("bp", True)]
    assert list(world.crm.folder.glob("Message_*")) == [], "nothing goes in the open"


def test_a_password_is_asked_for_again_after_it_did_not_fit(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "zip.password"
    path.write_text("old")
    path.chmod(0o600)
    world = make(crm={"password_file": path})
    exchange: Exchange = world.exchange()
    send(world, Secrecy.AE2_128)
    world.tick()
    assert exchange.run().status == 1
    path.write_text(PASSWORD)
    send(world, Secrecy.AE2_128)
    world.tick()
    assert exchange.run().status == 0
    assert answer(world) == "zip+ae2-128"


def test_a_password_that_cannot_be_had_stops_the_link_before_anything(make: Make) -> None:
    world = make(crm={"password_command": ("no-such-program-here",)})
    send(world, Secrecy.ZIPCRYPTO)
    with pytest.raises(Stopped) as caught:
        world.run()
    assert caught.value.problem.kind.id == "PASSWORD_COMMAND"
    assert (world.crm.folder / ZIP).exists()
