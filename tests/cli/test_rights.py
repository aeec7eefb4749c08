"""What an account is told that lacks rights: which, and what to do (SPEC §7)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.messages import crm_invoice, crm_message, guid
from tests.nobody import Nobody, nobody
from tests.state.links import Linked


@pytest.fixture
def somebody() -> Iterator[Nobody]:
    with nobody() as somebody:
        yield somebody


@pytest.fixture
def linked(somebody: Nobody) -> Linked:
    """A link of that account that has taken a message."""
    linked = Linked(somebody.root)
    linked.crm(crm_invoice())
    somebody.own()
    assert somebody.run("doctor", "-c", linked.config).status == 0
    return linked


def ids(somebody: Nobody, linked: Linked) -> list[str]:
    """What `doctor --json` finds wrong."""
    found = somebody.json("doctor", "-c", linked.config)["findings"]
    return [each["problem"]["id"] for each in found if each["problem"] is not None]


def test_a_folder_without_rights_is_one_finding_among_others(
    somebody: Nobody, linked: Linked
) -> None:
    folder = linked.root / "exchange" / "crm"
    other = linked.root / "exchange" / "bp"
    other.chmod(0o555)
    folder.chmod(0)
    assert ids(somebody, linked) == ["FOLDER_DENIED", "FOLDER_DENIED"]
    done = somebody.run("doctor", "-c", linked.config)
    assert done.status == 3
    assert [done.err.count(f"the folder {each},") for each in (folder, other)] == [1, 1]
    assert "may run under another account" in done.err


def test_a_pass_in_a_folder_without_rights_names_the_folder(
    somebody: Nobody, linked: Linked
) -> None:
    folder = linked.root / "exchange" / "crm"
    folder.chmod(0)
    done = somebody.run("sync", "-c", linked.config)
    assert (done.status, "[FOLDER_DENIED]" in done.err) == (3, True)
    assert f"no rights to the folder {folder}," in done.err
    assert "may run under another account" in done.err


@pytest.mark.parametrize("what", ["exchange.db", ""], ids=["its file", "its folder"])
def test_a_state_that_may_not_be_written_to_is_found_before_something_is_due(
    somebody: Nobody, linked: Linked, what: str
) -> None:
    place = linked.root / what
    place.chmod(0o555 if place.is_dir() else 0o444)
    assert somebody.run("sync", "-c", linked.config).status == 0  # it only reads
    assert ids(somebody, linked) == ["STATE_FAILED"]
    assert "or its folder, is read-only" in somebody.run("doctor", "-c", linked.config).err
    linked.put("crm", crm_message(crm_invoice(guid(2), "СЧ-2")))
    done = somebody.run("sync", "-c", linked.config)
    assert (done.status, "[STATE_FAILED]" in done.err) == (3, True)


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ('password_env = "NO_SUCH_VARIABLE_HERE"', "PASSWORD_UNSET"),
        ('password_file = "zip.password"', "PASSWORD_FILE"),
        ('password_command = ["no-such-command-here"]', "PASSWORD_COMMAND"),
    ],
)
def test_a_password_that_cannot_be_had_is_found(
    run: Run, tmp_path: Path, key: str, problem: str
) -> None:
    linked = Linked(tmp_path)
    text = linked.config.read_text("utf-8")
    linked.config.write_text(text.replace('code = "BP"', f'code = "BP"\n{key}'), "utf-8")
    for command in ("doctor", "sync"):
        done = run(command, "-c", linked.config)
        assert (done.status, f"[{problem}]" in done.err) == (3, True), command
