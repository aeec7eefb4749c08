"""What fuzzing found, each mended and kept from coming back; names in tests/envelope/hostile.py too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.test_bad_input import BP_TEXT, CRM_TEXT, everything
from tests.exchange.world import BOOK, World
from tests.fuzz.targets import TARGETS
from tests.mapping.book import crm_invoice
from tests.messages import guid

_HUGE = str(1 << 64)


@pytest.mark.parametrize("text", [CRM_TEXT, BP_TEXT], ids=["crm", "bp"])
@pytest.mark.parametrize("number", [_HUGE, "9" * 30, f"-{_HUGE}9"])
def test_a_whole_number_that_no_database_holds(text: str, number: str) -> None:
    """It became an integer that the ledger could not store."""
    changed, count = re.subn(r"(<НомерСтроки\w*>)1<", rf"\g<1>{number}<", text)
    assert count
    everything(changed.encode())


def test_such_a_number_in_bps_edit_holds_only_that_invoice(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.crm.send(crm_invoice(), crm_invoice(guid(2), "СЧ-2"))
    world.run()
    world.calm(1)
    edit, count = re.subn(r"(<НомерСтроки\w*>)1<", rf"\g<1>{_HUGE}<", BOOK.invoice(total="180"))
    assert count
    world.bp.send(edit, BOOK.payment())
    assert world.run().status == 1
    assert [each.ref for each in world.held()] == [crm_invoice_ref(world)]
    assert world.row("bp").received == world.bp.sent
    world.close()


def crm_invoice_ref(world: World) -> str:
    """The invoice that was edited."""
    found = re.search(r"<Ссылка>([^<]+)", crm_invoice())
    assert found is not None
    return found[1]


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_are_read_in_order(name: str) -> None:
    for seed in TARGETS[name].seeds():
        TARGETS[name].read(seed)
