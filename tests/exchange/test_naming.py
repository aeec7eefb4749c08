"""What people call an object, and under which ref the state has it (SPEC §7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace

from converter.exchange.naming import called, label
from converter.objects import Contract, Counterparty, ref_of
from converter.problems import Said
from tests.exchange.test_states import BILL, THEM

CARD = Counterparty(replace(THEM, name="Пример ООО"))
NAMELESS = replace(CARD, key=replace(THEM, name=""))
INVOICE = replace(BILL, key=replace(BILL.key, number=" СЧ-1 ", date=datetime(2026, 2, 11, 23, 59)))
AS_INVOICE = Said("счёт СЧ-1 от 2026-02-11", "invoice СЧ-1 of 2026-02-11")


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ((INVOICE,), AS_INVOICE),
        ((None, INVOICE, CARD), AS_INVOICE),
        ((CARD, INVOICE), Said("контрагент Пример ООО", "counterparty Пример ООО")),
        ((NAMELESS, CARD), Said("контрагент 9988002026", "counterparty 9988002026")),
        ((replace(NAMELESS, key=replace(THEM, name="", inn=None)), INVOICE), None),
        ((None, BILL.key), None),
        ((), None),
    ],
)
def test_an_object_by_the_first_record_that_names_it(
    records: tuple[Any, ...], expected: Said | None
) -> None:
    assert called(*records) == expected


def test_a_problem_names_a_document_by_its_number_and_else_by_its_ref() -> None:
    assert label("Счет", "ref", BILL) == "Счет № СЧ-1"
    for record in (CARD, None, BILL.key, replace(BILL, key=replace(BILL.key, number=""))):
        assert label("Вид", "ref", record) == "Вид ref"


@pytest.mark.parametrize(("ref", "expected"), [("AB-cd", "ab-cd"), ("", ""), (None, "")])
def test_a_ref_is_the_guid_in_small_letters(ref: str | None, expected: str) -> None:
    assert ref_of(replace(BILL.key, ref=ref)) == expected
    assert ref_of(Contract(ref, "Поставка", None, None)) == expected
