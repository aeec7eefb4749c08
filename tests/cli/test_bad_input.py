"""Whatever a field holds: a sentence, never a traceback, and never an invalid result."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable
from datetime import datetime
from functools import cache

import pytest
from lxml import etree

from converter.conversion.check import check_bp, check_crm
from converter.conversion.intake import message_dialect
from converter.conversion.learn import learn_crm_message
from converter.conversion.ledger import MessageLedger
from converter.conversion.look import look
from converter.conversion.to_bp import convert_to_bp
from converter.conversion.to_crm import convert_to_crm
from converter.envelope.reader import Reader
from converter.formats import CRM, Dialect, bp
from converter.formats.schemas import schema_path
from converter.problems import Problem, Rejected
from tests import messages

NOW = datetime(2026, 3, 2, 10, 0, 0)
CRM_TEXT = messages.crm_message(
    messages.crm_counterparty(
        after="<БанковскийСчет><НомерСчета>40702810500000007702</НомерСчета>"
        "<БИК>049999652</БИК></БанковскийСчет>"
    ),
    messages.crm_invoice(
        before_party=f"<Интерес><Ссылка>{messages.guid(9)}</Ссылка></Интерес>",
        after_vat="<ОплатитьДо>2026-03-01T00:00:00</ОплатитьДо>"
        "<ОтгрузкаРазрешена>true</ОтгрузкаРазрешена>",
    ),
    messages.crm_deletion(messages.guid(10)),
)
BP_TEXT = messages.bp_message(
    messages.bp_invoice(),
    messages.bp_payment(),
    messages.bp_shipment(),
    messages.bp_deletion(messages.guid(10)),
)

VALUES = [
    "",
    "   ",
    "\u00a0",
    "0",
    "-1",
    "-0.00",
    "1e5",
    "NaN",
    "Infinity",
    "1_0",
    "1 2",
    ".",
    "+",
    "9" * 40,
    "9" * 5000,
    "0." + "1" * 40,
    "-" + "9" * 17,
    "true",
    "я" * 3000,
    "0001-01-01T00:00:00",
    "9999-12-31T23:59:59",
    "2026-02-30",
    "2026-W01",
    "2026-02-11T08:15:07+99:00",
    "0001-01-01T00:00:00+03:00",
    "00000000-0000-0000-0000-000000000000",
    "]]>&<\r\n\t'\"",
]


def variants(text: str, change: Callable[[etree._Element], None]) -> list[tuple[str, bytes]]:
    """A message once for every name of a field, all fields of that name changed."""
    root = etree.fromstring(text)
    names = sorted({str(element.tag) for element in root[1].iter() if len(element) == 0})
    made = []
    for name in names:
        each = copy.deepcopy(root)
        for element in list(each[1].iter(name)):
            change(element)
        made.append((etree.QName(name).localname, etree.tostring(each, encoding="utf-8")))
    return made


def say(problem: Problem) -> None:
    """A problem is said in both languages."""
    for lang in ("ru", "en"):
        assert problem.what(lang)
        assert problem.cure(lang)


def everything(data: bytes) -> None:
    """Convert, check and look at a message; what is written must be valid."""
    try:
        side = message_dialect(Reader(io.BytesIO(data))).side
        out = io.BytesIO()
        message = Reader(io.BytesIO(data))
        dialect = message_dialect(message)
        if side == "crm":
            target = bp("1.19")
            convert_to_bp(message, out, target, NOW, say)
            check_crm(Reader(io.BytesIO(data)), bp("1.3"), say)
            with MessageLedger(known=True) as ledger:
                learn_crm_message(Reader(io.BytesIO(data)), ledger)
        else:
            target = CRM
            with MessageLedger(known=False) as ledger:
                convert_to_crm(message, out, dialect, ledger, NOW, say)
            with MessageLedger(known=True) as ledger:
                learn_crm_message(Reader(io.BytesIO(CRM_TEXT.encode())), ledger)
                again = Reader(io.BytesIO(data))
                convert_to_crm(again, io.BytesIO(), dialect, ledger, NOW, say)
            check_bp(Reader(io.BytesIO(data)), dialect, say)
        for kind in look(Reader(io.BytesIO(data))):
            assert all(f"{amount:.2f}" for amount in kind.sums.values())
    except Rejected as refused:
        say(refused.problem)
        return
    schema = _schema(target)
    assert schema.validate(etree.fromstring(out.getvalue())), schema.error_log.last_error


@cache
def _schema(target: Dialect) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(schema_path(target, "Message.xsd"))))


@pytest.mark.parametrize("text", [CRM_TEXT, BP_TEXT], ids=["crm", "bp"])
@pytest.mark.parametrize("value", VALUES, ids=lambda value: ascii(value)[:24])
def test_any_value_in_any_field_is_survived(value: str, text: str) -> None:
    def change(element: etree._Element) -> None:
        element.text = value

    for _, data in variants(text, change):
        everything(data)


def remove(element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def double(element: etree._Element) -> None:
    element.addnext(copy.deepcopy(element))


def fill(element: etree._Element) -> None:
    etree.SubElement(element, "x").text = "1"


def rename(element: etree._Element) -> None:
    element.tag = "{urn:x}y"


def void(element: etree._Element) -> None:
    element.text = None
    element.set("{http://www.w3.org/2001/XMLSchema-instance}nil", "true")


@pytest.mark.parametrize("text", [CRM_TEXT, BP_TEXT], ids=["crm", "bp"])
@pytest.mark.parametrize("change", [remove, double, fill, rename, void])
def test_any_field_may_be_missing_doubled_or_strange(
    change: Callable[[etree._Element], None], text: str
) -> None:
    for _, data in variants(text, change):
        everything(data)
