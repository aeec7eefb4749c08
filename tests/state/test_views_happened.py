"""When messages came and went, and what was refused lately (SPEC §7)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from converter.views.traffic import messages
from converter.views.troubles import troubles
from tests.messages import bp_payment, crm_invoice, crm_row
from tests.state.links import Linked


@pytest.fixture
def linked(tmp_path: Path) -> Linked:
    """A CRM that wrote twice, the second time something that is held, and a BP that wrote once."""
    linked = Linked(tmp_path)
    linked.crm(crm_invoice())
    linked.bp(bp_payment())
    linked.crm(crm_invoice(total="300"), crm_invoice(rows=[crm_row(vat="НДС99")]))
    return linked


class Asked:
    """The state, read."""

    def __init__(self, linked: Linked) -> None:
        self.state = linked.state()

    def __enter__(self) -> Connection:
        self._reading = self.state.read()
        return self._reading.__enter__()

    def __exit__(self, *failure: object) -> None:
        self._reading.__exit__(None, None, None)
        self.state.close()


def test_every_message_of_either_way_is_told_once(linked: Linked) -> None:
    with Asked(linked) as connection:
        found = list(messages(connection, "main", linked.now - timedelta(days=1)))
    counts = Counter((each.side, each.taken) for each in found)
    assert (counts["crm", True], counts["bp", True]) == (2, 1)
    assert counts["crm", False] >= 1
    assert counts["bp", False] >= 1
    assert all(each.at <= linked.now for each in found)


def test_messages_from_before_are_left_out(linked: Linked) -> None:
    with Asked(linked) as connection:
        found = list(messages(connection, "main", linked.now))
    assert {(each.side, each.taken) for each in found if each.taken} == {("crm", True)}
    with Asked(linked) as connection:
        assert list(messages(connection, "main", linked.now + timedelta(seconds=1))) == []
        assert list(messages(connection, "other", linked.now - timedelta(days=1))) == []


def test_what_was_refused_says_why_newest_first(linked: Linked) -> None:
    linked.put("bp", "<Message")
    linked.now += timedelta(minutes=5)
    linked.sync()
    linked.now += timedelta(minutes=5)
    linked.sync()
    with Asked(linked) as connection:
        found, count = troubles(connection, "main", linked.now - timedelta(days=1), 10)
    assert count == len(found) >= 2
    assert (found[0].event, found[0].side) == ("rejected", "bp")
    assert found[0].subject == "Message_BP_CRM.xml"
    assert found[0].problems[0].kind.id == "XML_CUT"
    assert {each.event for each in found[1:]} == {"held"}
    assert "СЧ-1" in found[1].subject


def test_only_so_many_are_given_and_all_are_counted(linked: Linked) -> None:
    with Asked(linked) as connection:
        every, count = troubles(connection, "main", linked.now - timedelta(days=1), 10)
        first, same = troubles(connection, "main", linked.now - timedelta(days=1), 1)
        assert troubles(connection, "main", linked.now + timedelta(days=1), 10) == ([], 0)
    assert first == every[:1]
    assert same == count
