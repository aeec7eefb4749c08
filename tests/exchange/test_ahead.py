"""Objects that the parser has read already are asked for together, whatever they look like."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from sqlalchemy import event

from tests.exchange.conftest import Make
from tests.exchange.world import BOOK, World
from tests.mapping.book import crm_deletion, crm_invoice, crm_row, guid, invoice_key

BILL = "Документ.СчетНаОплату"
COUNT = 30


def _invoices(sum_: str = "200") -> list[str]:
    row = crm_row(sum=sum_, vat_sum=None)
    return [
        crm_invoice(guid(100 + each), f"СЧ-{each}", total=sum_, goods=row) for each in range(COUNT)
    ]


def _asked(world: World) -> Counter[str]:
    """How often a pass asks for rows of each table."""
    told: list[str] = []

    def connected(connection: Any, record: object) -> None:
        connection.set_trace_callback(told.append)

    engine = world.state()._database.engine
    engine.dispose()
    event.listen(engine, "connect", connected)
    world.run()
    event.remove(engine, "connect", connected)
    return Counter(
        found[1] for each in told if (found := re.search(r"^SELECT.* FROM (\w+)", each, re.S))
    )


def test_many_invoices_take_few_questions(make: Make) -> None:
    world = make(url="")  # it asks a server the same
    for number, sum_ in enumerate(("200", "300"), 1):
        world.crm.send(*_invoices(sum_))
        asked = _asked(world)
        assert asked["object"] < COUNT / 2
        assert asked["numbered"] < COUNT / 2
        letter = world.bp.read()
        assert letter.number == number
        sums = [each.findtext("{*}Сумма") for each in letter.all("Документ.ЗаказКлиента")]
        assert sums == [sum_] * COUNT


def test_objects_without_names_are_taken_one_by_one(make: Make) -> None:
    world = make(url="")
    world.crm.send("<Чужое/>", crm_deletion(BILL, guid(7)), *_invoices(), "<Чужое/>")
    assert _asked(world)["object"] < COUNT / 2
    assert len(world.bp.read().all("Документ.ЗаказКлиента")) == COUNT


def test_many_payments_take_few_questions(make: Make) -> None:
    world = make(url="")
    world.crm.send(crm_invoice())
    world.run()
    rows = BOOK.payment_row("200", invoice_key())
    payments = [BOOK.payment(ref=guid(200 + each), rows=rows, total="200") for each in range(COUNT)]
    world.bp.send(*payments)
    asked = _asked(world)
    assert asked["operation"] < COUNT / 2
    assert asked["object"] < COUNT / 2
    assert len(world.crm.read().all("Документ.ТорговаяОперация")) == COUNT
