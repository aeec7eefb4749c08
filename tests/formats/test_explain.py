"""What a schema refuses, in the words of the catalogue: never in those of a library (SPEC §5)."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from converter.formats import CRM
from converter.formats import explain as explaining
from converter.formats.explain import LARGE, MOST, explain
from converter.formats.schemas import schema
from converter.problems import Problem
from tests.mapping.book import INVOICE, crm_invoice, crm_row, element
from tests.messages import CRM_FORMAT

ROW = "Товары/Строка[1]"


def refused(old: str = "", new: str = "", text: str = "") -> etree._Element:
    """An invoice on one line, with a fault that the schema finds."""
    text = text or crm_invoice()
    assert old in text
    found = element(CRM_FORMAT, text.replace(old, new, 1).replace("\n", ""))
    assert not schema(CRM).validate(found)
    return found


def told(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(each.kind.id, each.where.field) for each in problems]


FAULTS = [
    ("<Цена>100<", "<Цена>1 000.00<", "VALUE_INVALID", f"{ROW}/Цена"),
    ("<Цена>100<", "<Цена>1\u00a0000.00<", "VALUE_INVALID", f"{ROW}/Цена"),
    ("<Цена>100<", "<Цена>1\u202f000,00<", "VALUE_INVALID", f"{ROW}/Цена"),
    ("<Количество>2<", "<Количество>1 000<", "VALUE_INVALID", f"{ROW}/Количество"),
    ("<НомерСтроки>1<", "<НомерСтроки>1 0<", "VALUE_INVALID", f"{ROW}/НомерСтроки"),
    ("<Цена>100<", "<Цена>100.001<", "DIGITS_TOO_MANY", f"{ROW}/Цена"),
    ("<Цена>100</Цена>", "<Цена/>", "FIELD_MISSING", f"{ROW}/Цена"),
    ("<Цена>100</Цена>", "", "FIELD_MISSING", f"{ROW}/Цена"),
    ("<Сумма>200</Сумма><Сум", "<Сум", "FIELD_MISSING", "Сумма"),
    ("<Код>643</Код>", "", "FIELD_MISSING", "Валюта/Код"),
    ("<Цена>100</Цена>", "<Цена>1</Цена><Цена>1</Цена>", "FIELD_MISPLACED", f"{ROW}/Цена"),
    ("НДС20", "НДС21", "VALUE_NOT_LISTED", f"{ROW}/СтавкаНДС"),
    ("9988002026", "9" * 13, "VALUE_TOO_LONG", "Контрагент/ИНН"),
    (INVOICE, "41", "REF_NOT_GUID", "КлючевыеСвойства/Ссылка"),
    ("T10:00:00<", "T10:00:00Z<", "VALUE_INVALID", "КлючевыеСвойства/Дата"),
    ("<Код>643<", "<Код>06 43<", "VALUE_INVALID", "Валюта/Код"),
    ("<Товары>", "<Товары>нет", "FIELD_MISPLACED", "Товары"),
    ("<Цена>100<", "<Цена><Б/>100<", "FIELD_MISPLACED", f"{ROW}/Цена"),
]


@pytest.mark.parametrize(("old", "new", "id", "field"), FAULTS)
def test_a_fault_is_told_with_its_field(old: str, new: str, id: str, field: str) -> None:
    assert told(explain(refused(old, new), CRM)) == [(id, field)]


@pytest.mark.parametrize(("old", "new", "id", "field"), FAULTS)
def test_of_a_large_object_the_same_is_told(
    old: str, new: str, id: str, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Objects that would take xmlschema many seconds."""
    fault = refused(old, new)
    at_length = explain(fault, CRM)
    monkeypatch.setattr(explaining, "LARGE", 3)
    monkeypatch.delattr(explaining, "_explainer")
    assert explain(fault, CRM) == at_length


@pytest.mark.parametrize(("old", "new", "id", "field"), FAULTS)
def test_no_words_of_a_library_stand_among_ours(old: str, new: str, id: str, field: str) -> None:
    for problem in explain(refused(old, new), CRM):
        russian, english = problem.what("ru"), problem.what("en")
        assert not re.search("[A-Za-z]", russian.replace("GUID", "").replace("T10:15:00", "")
                             .replace("T10:00:00Z", "")), russian  # fmt: skip
        for words in ("Element", "atomic type", "facet", "is not a valid", "urn:"):
            assert words not in russian + english


def test_a_number_with_a_blank_is_shown_as_it_should_be() -> None:
    (problem,) = explain(refused("<Цена>100<", "<Цена>12 450.50<"), CRM)
    assert problem.what("ru") == "значение «12 450.50» не подходит; нужно такое: 1234.50"
    assert problem.what("en") == (
        "the value “12 450.50” does not fit; one like this is needed: 1234.50"
    )


def test_a_number_with_a_blank_is_told_beside_other_faults() -> None:
    fault = refused("<Цена>100<", "<Цена>1 0<", crm_invoice().replace("НДС20", "НДС21"))
    assert told(explain(fault, CRM)) == [
        ("VALUE_NOT_LISTED", f"{ROW}/СтавкаНДС"), ("VALUE_INVALID", f"{ROW}/Цена"),
    ]  # fmt: skip


def test_names_with_a_prefix_are_found_too() -> None:
    text = crm_invoice().replace("\n", "").replace("<Цена>100<", "<Цена>1 0<")
    prefixed = re.sub(r"<(/?)(?=\w)", r"<\1c:", text)
    body = etree.fromstring(f'<c:Body xmlns:c="{CRM_FORMAT}">{prefixed}</c:Body>'.encode())
    assert told(explain(body[0], CRM)) == [("VALUE_INVALID", f"{ROW}/Цена")]


def test_no_more_is_told_than_a_person_reads() -> None:
    rows = "".join(crm_row(line, price="1 0") for line in range(1, 2 * MOST))
    assert len(explain(refused(text=crm_invoice(goods=rows)), CRM)) == MOST


def test_a_large_object_is_explained_soon() -> None:
    """By the schema itself, and as clearly."""
    goods = "".join(crm_row(line) for line in range(1, LARGE // 10))
    fault = refused("<Цена>100<", "<Цена>сто<", crm_invoice(goods=goods))
    assert told(explain(fault, CRM)) == [("VALUE_INVALID", f"{ROW}/Цена")]
