"""``validate`` names what is wrong: object, field, line, and what to do about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from converter.problems import Severity
from converter.problems.catalogue import kinds
from tests import messages
from tests.conftest import Run


class Fault(NamedTuple):
    """A message with one fault; ``at`` is the text on the line that must be named."""

    id: str
    text: str
    field: str
    at: str
    object: str = "Документ.СчетНаОплату № СЧ-1"


def crm(*objects: str) -> str:
    return messages.crm_message(*objects)


def invoice(old: str, new: str) -> str:
    """A CRM invoice in which one text is replaced by another."""
    made = messages.crm_invoice()
    assert old in made
    return crm(made.replace(old, new, 1))


def bp_invoice(old: str, new: str) -> str:
    """BP's invoice in which one text is replaced by another."""
    made = messages.bp_invoice()
    assert old in made
    return messages.bp_message(made.replace(old, new, 1))


START = "<Документ.СчетНаОплату>"
BP_START = "<Документ.ЗаказКлиента>"
BP_OBJECT = "Документ.ЗаказКлиента № СЧ-1"
ROW = "Товары/Строка[1]"

HELD = [
    Fault("FIELD_MISSING", invoice("<Дата>2026-02-11T10:00:00</Дата>", ""), "КлючевыеСвойства/Дата", "<Номер>"),
    Fault("FIELD_MISSING", invoice("<Сумма>200</Сумма><СуммаВ", "<СуммаВ"), "Сумма", "<СуммаВключаетНДС>"),
    Fault("FIELD_MISPLACED", invoice("<Цена>100</Цена><Сумма>200</Сумма>", "<Сумма>200</Сумма><Цена>100</Цена>"), f"{ROW}/Сумма", "<Сумма>200</Сумма>\n<Цена>"),
    Fault("VALUE_INVALID", invoice("<Количество>2<", "<Количество>два<"), f"{ROW}/Количество", "<Количество>"),
    Fault("VALUE_INVALID", invoice(">true<", ">да<"), "СуммаВключаетНДС", "<СуммаВключаетНДС>"),
    Fault("VALUE_INVALID", invoice("T10:00:00<", "T10:00:00+03:00<"), "КлючевыеСвойства/Дата", "<Дата>"),
    Fault("VALUE_NOT_LISTED", invoice("НДС20", "НДС21"), f"{ROW}/СтавкаНДС", "<СтавкаНДС>"),
    Fault("VALUE_TOO_LONG", invoice("9988002026", "9" * 13), "Контрагент/ИНН", f"<ИНН>{'9' * 13}"),
    Fault("DIGITS_TOO_MANY", invoice("<Цена>100<", "<Цена>100.001<"), f"{ROW}/Цена", "<Цена>"),
    Fault("DIGITS_TOO_MANY", invoice("<Количество>2<", "<Количество>2.0001<"), f"{ROW}/Количество", "<Количество>"),
    Fault("REF_NOT_GUID", invoice(messages.INVOICE, "41"), "КлючевыеСвойства/Ссылка", "<Ссылка>41"),
    Fault("REF_NOT_GUID", invoice(messages.ITEM, "{x}"), f"{ROW}/Номенклатура/Ссылка", "<Ссылка>{x}"),
    Fault("NUMBER_TOO_LONG", crm(messages.crm_invoice(number="СЧ-123456789")), "КлючевыеСвойства/Номер", START, "Документ.СчетНаОплату № СЧ-123456789"),
    Fault("INVOICE_EMPTY", crm(messages.crm_invoice(rows=[])), "Товары", START),
    Fault("SUM_NOT_ROWS", crm(messages.crm_invoice(total="200.01")), "Сумма", START),
    Fault("SUM_NOT_ROWS", crm(messages.crm_invoice(vat_included="false", rows=[messages.crm_row(vat_sum="40")])), "Сумма", START),
    Fault("FIELD_MISSING", bp_invoice(messages.bp_currency(), ""), "Валюта", "<Сумма>200</Сумма>", BP_OBJECT),
    Fault("VALUE_INVALID", bp_invoice("<Количество>2<", "<Количество>два<"), f"{ROW}/Количество", "<Количество>", BP_OBJECT),
    Fault("VALUE_NOT_LISTED", bp_invoice("ЮридическоеЛицо</", "Лицо</"), "КлючевыеСвойства/Организация/ЮридическоеФизическоеЛицо", ">Лицо<", BP_OBJECT),
    Fault("DIGITS_TOO_MANY", bp_invoice("<Цена>100<", "<Цена>100.001<"), f"{ROW}/Цена", "<Цена>", BP_OBJECT),
    Fault("REF_NOT_GUID", bp_invoice(messages.INVOICE, "41"), "КлючевыеСвойства/Ссылка", "<Ссылка>41", BP_OBJECT),
]  # fmt: skip

CARD = "Справочник.Контрагенты"
WARNED = [
    Fault("ELEMENT_UNKNOWN", crm(messages.crm_invoice(after_vat="<Выдумка>1</Выдумка>")), "Выдумка", START),
    Fault("VAT_ABSENT", crm(messages.crm_invoice(rows=[messages.crm_row(vat=None, vat_sum=None)])), f"{ROW}/СтавкаНДС", START),
    Fault("QUANTITY_ZERO", crm(messages.crm_invoice(total="0", rows=[messages.crm_row(quantity="0", sum="0", vat_sum="0")])), f"{ROW}/Количество", START),
    Fault("ROW_SUM", crm(messages.crm_invoice(total="150", rows=[messages.crm_row(sum="150", vat_sum="25")])), f"{ROW}/Сумма", START),
    Fault("ROW_VAT", crm(messages.crm_invoice(rows=[messages.crm_row(vat_sum="40")])), f"{ROW}/СуммаНДС", START),
    Fault("DATE_UNUSUAL", crm(messages.crm_invoice(date="0001-01-01T00:00:00")), "КлючевыеСвойства/Дата", START),
    Fault("INN_WRONG", crm(messages.crm_counterparty(inn="9988002027")), "КлючевыеСвойства/ИНН", f"<{CARD}>", f"{CARD} {messages.PARTY}"),
    Fault("KPP_WRONG", crm(messages.crm_counterparty(kpp="12")), "КлючевыеСвойства/КПП", f"<{CARD}>", f"{CARD} {messages.PARTY}"),
    Fault("BIC_WRONG", crm(messages.crm_counterparty(after="<БанковскийСчет><НомерСчета>1</НомерСчета><БИК>123</БИК></БанковскийСчет>")), "БанковскийСчет/БИК", f"<{CARD}>", f"{CARD} {messages.PARTY}"),
    Fault("ACCOUNT_WRONG", crm(messages.crm_counterparty(after="<БанковскийСчет><НомерСчета>40702810500000007703</НомерСчета><БИК>049999652</БИК></БанковскийСчет>")), "БанковскийСчет/НомерСчета", f"<{CARD}>", f"{CARD} {messages.PARTY}"),
]  # fmt: skip


def spread(text: str) -> str:
    """The same message with every tag on a line of its own."""
    return text.replace("><", ">\n<")


def line_of(text: str, needle: str) -> int:
    """The line of the first tag that contains a text, behind the header."""
    start = text.index("<Body")
    return text.count("\n", 0, text.index(needle, start)) + 1


@pytest.mark.parametrize("fault", HELD + WARNED, ids=lambda fault: f"{fault.id} {fault.field}")
def test_a_fault_is_named_with_object_field_line_and_cure(
    fault: Fault, tmp_path: Path, run: Run
) -> None:
    text = spread(fault.text)
    file = tmp_path / "a.xml"
    file.write_text(text, encoding="utf-8")
    done = run("validate", file, "--json")
    (report,) = json.loads(done.out)["files"]
    (problem,) = report["problems"]
    kind = next(kind for kind in kinds() if kind.id == fault.id)
    holds = kind.severity is Severity.HOLD
    assert problem["id"] == fault.id
    assert problem["severity"] == kind.severity.value
    assert problem["field"] == fault.field
    assert problem["object"] == fault.object
    assert problem["line"] == line_of(text, fault.at)
    assert problem["what"]
    assert problem["cure"] == kind.en.cure
    assert (report["held"], report["warnings"]) == ((1, 0) if holds else (0, 1))
    assert done.status == (1 if holds else 0)


def test_the_text_names_file_line_object_field_problem_and_cure(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "a.xml"
    file.write_text(crm(messages.crm_invoice(total="201")), encoding="utf-8")
    done = run("validate", file)
    place, what, cure = done.err.splitlines()[:3]
    assert place == f"{file}:4 · Документ.СчетНаОплату № СЧ-1 · Сумма"
    assert "201" in what
    assert "200" in what
    assert what.endswith("[SUM_NOT_ROWS]")
    assert cure.strip().startswith("→ ")


def test_two_invoices_of_one_number_and_date_are_named_by_the_second(
    tmp_path: Path, run: Run
) -> None:
    file = tmp_path / "a.xml"
    text = crm(messages.crm_invoice(), messages.crm_invoice(ref=messages.guid(77)))
    file.write_text(text, encoding="utf-8")
    done = run("validate", file, "--json")
    (problem,) = json.loads(done.out)["files"][0]["problems"]
    assert problem["id"] == "NUMBER_TAKEN"
    assert problem["key"] == f"Документ.СчетНаОплату {messages.guid(77)}"
    assert messages.INVOICE in problem["what"]


def test_every_fault_of_an_object_is_named(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "a.xml"
    bad = messages.crm_invoice(ref="x", rows=[messages.crm_row(price="1.001", vat="НДС21")])
    file.write_text(crm(bad), encoding="utf-8")
    (report,) = json.loads(run("validate", file, "--json").out)["files"]
    found = {problem["id"] for problem in report["problems"]}
    assert found == {"REF_NOT_GUID", "DIGITS_TOO_MANY", "VALUE_NOT_LISTED"}
    assert report["held"] == 1


def test_the_samples_are_in_order(samples: Path, run: Run) -> None:
    files = sorted(samples.glob("*.xml"))
    done = run("validate", *files)
    assert done.status == 0
    assert done.err == ""
    assert [line.split(" (")[0] for line in done.out.splitlines()] == [str(f) for f in files]


@pytest.mark.parametrize("version", ["1.3", "1.16", "1.17", "1.22"])
def test_a_version_of_bp_tells_what_cannot_be_said_in_it(
    version: str, samples: Path, run: Run
) -> None:
    done = run("validate", samples / "crm-invoices.xml", "--bp-version", version)
    sayable = version in ("1.17", "1.22")
    assert done.status == (0 if sayable else 1)
    assert ("VAT_NOT_IN_VERSION" in done.err) is not sayable


def test_what_convert_writes_is_in_order(samples: Path, tmp_path: Path, run: Run) -> None:
    run("convert", samples / "crm-invoices.xml", "--to", "bp", "-o", tmp_path / "bp.xml")
    run("convert", samples / "bp-answers-1.8.xml", "--to", "crm", "-o", tmp_path / "crm.xml")
    done = run("validate", tmp_path / "bp.xml", tmp_path / "crm.xml")
    assert (done.status, done.err) == (0, "")


def test_a_refused_file_among_several_is_named_and_the_others_are_checked(
    samples: Path, tmp_path: Path, run: Run
) -> None:
    bad = tmp_path / "bad.xml"
    bad.write_text("<html/>")
    good = samples / "crm-invoices.xml"
    done = run("validate", bad, good, "--json")
    reports = json.loads(done.out)["files"]
    assert done.status == 1
    assert [report["rejected"] for report in reports] == [True, False]
    assert [report["format"] for report in reports] == [None, "CRM 1.0"]
    assert reports[1]["checked"]["Документ.СчетНаОплату"] == 3


def test_warnings_alone_end_with_0_and_quiet_keeps_them_back(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "a.xml"
    file.write_text(crm(messages.crm_counterparty(kpp="12")), encoding="utf-8")
    assert run("validate", file).status == 0
    quiet = run("validate", file, "-q")
    assert (quiet.status, quiet.err, quiet.out) == (0, "", "")


def test_standard_input_can_be_checked(run: Run) -> None:
    done = run("validate", "-", stdin=crm(messages.crm_invoice()).encode())
    assert done.status == 0
    assert "СчетНаОплату 1" in done.out
