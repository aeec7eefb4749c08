"""The exchange from the command line (SPEC §7): exit statuses, plans, JSON."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.command import command
from tests.conftest import ROOT
from tests.exchange.world import BOOK, World, listing
from tests.mapping.book import crm_deletion, crm_invoice
from tests.messages import guid

SETTINGS = """state = "sqlite:///exchange.db"

[[link]]
name = "main"
settle = {settle}

[link.crm]
code = "CRM"
folder = "exchange/crm"

[link.bp]
code = "BP"
folder = "exchange/bp"
version = "{version}"
"""
SECOND = """
[[link]]
name = "other"
[link.crm]
code = "CRM"
folder = "second/exchange/crm"
{password}
[link.bp]
code = "BP"
folder = "second/exchange/bp"
version = "1.19"
"""


class Said(NamedTuple):
    """What a command said."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def converter(root: Path, *arguments: str, answer: str = "") -> Said:
    """A command on the settings of a folder."""
    words = [*arguments, "-c", str(root / "exchange.toml")]
    done = command(words, ROOT, os.environ, answer.encode())
    return Said(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def site(tmp_path: Path) -> World:
    """A folder with settings, used through the command line only."""
    world = World(tmp_path)
    (tmp_path / "exchange.toml").write_text(SETTINGS.format(settle=0, version="1.19"))
    from datetime import UTC, datetime

    world.now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    return world


def test_statuses(site: World) -> None:
    site.crm.send(crm_invoice())
    said = converter(site.root, "sync")
    assert (said.status, said.out) == (0, "")
    assert said.err.count("\n") == 1
    assert converter(site.root, "sync").status == 0
    site.crm.send(crm_invoice(guid(2), "СЧ-2", total="1"))
    said = converter(site.root, "sync")
    assert said.status == 1
    assert "SUM_NOT_ROWS" in said.err
    assert converter(site.root, "sync").status == 0
    site.crm.put(b"<Message>")
    assert converter(site.root, "sync").status == 1
    shutil.move(site.bp.folder, site.root / "away")
    assert converter(site.root, "sync").status == 3
    assert converter(site.root / "nowhere", "sync").status == 2


def test_quiet(site: World) -> None:
    site.crm.send(crm_invoice())
    said = converter(site.root, "sync", "-q")
    assert (said.status, said.out, said.err) == (0, "", "")
    site.crm.send(crm_invoice(guid(2), "СЧ-2", total="1"))
    assert "SUM_NOT_ROWS" in converter(site.root, "sync", "-q").err


def test_json_names(site: World) -> None:
    site.crm.send(crm_invoice())
    said = converter(site.root, "sync", "--json")
    (link,) = said.json["links"]
    assert link["name"] == "main"
    assert link["taken"] == [
        {"side": "crm", "number": 1, "objects": 1, "file": "Message_CRM_BP.xml"}
    ]
    assert {each["file"] for each in link["written"]} == {
        "Message_BP_CRM.xml",
        "Message_CRM_BP.xml",
    }


PLANS: dict[str, Any] = {
    "an invoice": lambda world: world.crm.send(crm_invoice()),
    "a payment too": lambda world: (world.crm.send(crm_invoice()), world.bp.send(BOOK.payment())),
    "a held one": lambda world: world.crm.send(crm_invoice(total="1")),
    "a broken file": lambda world: world.crm.put(b"<Message>"),
    "a foreign file": lambda world: world.crm.send(crm_invoice(), sender="УТ"),
    "a greeting": lambda world: world.bp.greet(guid=guid(900)),
    "an alarm": lambda world: world.crm.send(crm_invoice(), received_no=50),
    "ours is gone": lambda world: world.bp.ours().unlink() if world.bp.look() else None,
    "nothing": lambda world: None,
}


@pytest.mark.parametrize("begun", [True, False])
@pytest.mark.parametrize(
    "what",
    list(PLANS),
)
def test_a_plan_says_what_then_happens(site: World, what: str, begun: bool) -> None:
    if begun:
        site.crm.send(crm_invoice(guid(7), "СЧ-7"))
        assert converter(site.root, "sync").status == 0
        site.tick()
    PLANS[what](site)
    before = listing(site.root)
    plan = converter(site.root, "sync", "--dry-run", "--json")
    assert not begun or listing(site.root) == before
    done = converter(site.root, "sync", "--json")
    assert plan.json["dry_run"] is True
    assert done.json["dry_run"] is False
    assert plan.json["links"] == done.json["links"]
    assert plan.status == done.status


def test_a_plan_before_the_first_pass_touches_nothing(site: World) -> None:
    site.crm.send(crm_invoice())
    before = listing(site.root)
    assert converter(site.root, "sync", "--dry-run").status == 0
    after = listing(site.root)
    assert sorted(after) == sorted(before)
    assert after == before


def test_a_plan_while_a_greetings_answer_gives_way(site: World) -> None:
    site.crm.send(crm_invoice())
    converter(site.root, "sync")
    site.bp.greet(guid=guid(900))
    converter(site.root, "sync")
    site.bp.send()
    plan = converter(site.root, "sync", "--dry-run", "--json")
    assert plan.json["links"] == converter(site.root, "sync", "--json").json["links"]


def test_errors_as_json(site: World) -> None:
    site.crm.send(crm_invoice())
    converter(site.root, "sync")
    (site.root / "exchange.db").unlink()
    said = converter(site.root, "sync", "--json")
    assert said.status == 3
    assert "STATE_LOST" in json.dumps(said.json)
    assert (
        not (site.root / "exchange.db").exists() or (site.root / "exchange.db").stat().st_size == 0
    )
    assert converter(site.root, "sync").status == 3
    assert converter(site.root, "doctor", "--fix").status == 0
    assert converter(site.root, "sync").status == 0
    site.crm.send(crm_invoice(guid(2), "СЧ-2"))
    assert [
        each["number"]
        for each in converter(site.root, "sync", "--json").json["links"][0]["written"]
    ] == [2, 2]


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"no database" * 500,
    ],
)
def test_doctor_mends_a_damaged_state(site: World, damage: bytes) -> None:
    site.crm.send(crm_invoice())
    converter(site.root, "sync")
    (site.root / "exchange.db").write_bytes(damage)
    said = converter(site.root, "sync")
    assert said.status == 3
    assert "doctor --fix" in said.err
    assert converter(site.root, "doctor").status == 3
    assert converter(site.root, "doctor", "--fix").status == 0
    assert converter(site.root, "sync").status == 0


@pytest.mark.parametrize(
    "fault",
    [
        "folder",
        "password",
    ],
)
def test_a_link_that_fails_leaves_the_other_going(site: World, fault: str) -> None:
    password = 'password_env = "NO_SUCH_VARIABLE_HERE"' if fault == "password" else ""
    settings = SETTINGS.format(settle=0, version="1.19")
    head, _, main_link = settings.partition("\n\n")
    text = f"{head}\n{SECOND.format(password=password)}\n{main_link}"  # the failing one first
    (site.root / "exchange.toml").write_text(text)
    if fault == "password":
        for side in ("crm", "bp"):
            (site.root / "second" / "exchange" / side).mkdir(parents=True)
    site.crm.send(crm_invoice())
    said = converter(site.root, "sync")
    assert said.status == 3
    assert site.bp.look() is not None


def test_restored_asks_before_it_withdraws(site: World) -> None:
    site.crm.send(crm_invoice())
    converter(site.root, "sync")
    site.bp.read()
    site.bp.send(BOOK.payment())
    assert converter(site.root, "sync").status == 0
    assert (
        converter(site.root, "doctor", "--restored", "bp", "--sent", "1", "--received", "1").status
        == 0
    )
    import time

    time.sleep(1.1)
    from datetime import UTC, datetime

    site.now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    site.bp.send(BOOK.invoice())
    assert converter(site.root, "sync").status == 1
    assert converter(site.root, "sync").status == 0
    said = converter(site.root, "doctor", "--restored", "bp", answer="n\n")
    assert said.status == 1
    assert "  bank receipt no. БП-1 of 2026-02-12, Пример-Строй ООО, 150.00 руб.\n" in said.err
    assert "Withdraw them at the other side? [y/N]" in said.err
    assert converter(site.root, "doctor", "--restored", "bp", answer="y\n").status == 0
    site.crm.read()
    assert "УдалениеОбъекта" in site.crm.look().names  # type: ignore[union-attr]


def paid_twice(site: World) -> None:
    """An invoice of the CRM's with two payments, which the CRM has been told."""
    site.crm.send(crm_invoice())
    converter(site.root, "sync")
    site.bp.read()
    site.bp.send(BOOK.payment(), BOOK.payment(ref=guid(77), number="БП-7"))
    converter(site.root, "sync")


def test_restored_again_agrees_to_nothing_that_was_not_shown(site: World) -> None:
    """Before anything came, and after a message that named nothing at all."""
    paid_twice(site)
    for _ in range(2):
        said = converter(site.root, "doctor", "--restored", "bp", answer="y\n")
        assert said.status == 0
        assert "register ALL objects" in said.err
    site.tick(600)
    site.bp.send()
    assert converter(site.root, "sync").status == 1
    site.bp.send(BOOK.invoice(), BOOK.payment())
    said = converter(site.root, "doctor", "--restored", "bp", answer="n\n")
    assert said.status == 1
    lost = [line for line in said.err.splitlines() if line.startswith("  bank receipt")]
    assert ["БП-7" in line for line in lost] == [True]
    assert "lack objects that it had: 1" in converter(site.root, "status").out


def test_what_a_pass_and_status_tell_to_run_withdraws_nothing_unseen(site: World) -> None:
    paid_twice(site)
    converter(site.root, "doctor", "--restored", "bp")
    site.tick(600)
    site.bp.send(BOOK.invoice(), BOOK.payment())
    said = converter(site.root, "sync").err
    assert "the message waits for you to decide" in said
    for text in (said, converter(site.root, "status").out):
        (cure,) = (line for line in text.splitlines() if "converter doctor" in line)
        assert "converter doctor --restored bp shows the list" in cure
        assert "--yes" not in cure
    done = converter(site.root, "doctor", "--restored", "bp", "--yes")  # for scripts
    assert (done.status, "БП-7" in done.err) == (0, True)


def test_who_thinks_while_the_base_sends_another_message_is_asked_again(site: World) -> None:
    import subprocess
    import sys

    paid_twice(site)
    converter(site.root, "doctor", "--restored", "bp")
    site.tick(600)
    site.bp.send(BOOK.invoice(), BOOK.payment())
    command = [sys.executable, "-m", "converter", "doctor", "--restored", "bp"]
    asked = subprocess.Popen(
        [*command, "-c", str(site.root / "exchange.toml")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert asked.stderr is not None
    for line in asked.stderr:
        if "БП-7" in line:
            break
    site.bp.send(BOOK.invoice())
    _, said = asked.communicate("y\nn\n")
    assert asked.returncode == 1
    assert said.count("  bank receipt") == 2
    site.crm.read()
    assert "УдалениеОбъекта" not in site.crm.look().names  # type: ignore[union-attr]


def test_retry_says_what_went_on(site: World) -> None:
    site.crm.send(crm_invoice(), crm_invoice(guid(3)))
    converter(site.root, "sync")
    site.crm.send(crm_deletion("Документ.СчетНаОплату", _first()))
    converter(site.root, "sync")
    said = converter(site.root, "retry", "--json")
    assert said.status == 0
    assert (said.json["held"], said.json["links"][0]["released"]) == (0, 1)
    assert converter(site.root, "retry", "нет такого").status == 2


def _first() -> str:
    from tests.mapping.book import INVOICE

    return INVOICE
