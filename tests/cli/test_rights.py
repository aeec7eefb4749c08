"""What an account is told that lacks rights: which, and what to do (SPEC §7)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.messages import crm_invoice
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
