"""Corners that a changed line showed nobody looked at (docs/mutation.md)."""

from __future__ import annotations

import pytest
from lxml import etree

from converter.mapping.remark import marked, unmarked
from converter.mapping.vat import _read_key
from tests.mapping.test_rules import invoice


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("", None),
        ("<ВидСтавки/>", None),
        ("<ВидСтавки>Нулевая</ВидСтавки>", "НДС0"),
        ("<ВидСтавки>БезНДС</ВидСтавки>", "БезНДС"),
        ("<ВидСтавки>Льготная</ВидСтавки>", "НДС (Льготная)"),
        ("<НеОблагается>true</НеОблагается><Ставка>0</Ставка>", "БезНДС"),
        ("<Ставка>20</Ставка>", "НДС20"),
        ("<Ставка>20.00</Ставка><РасчетнаяСтавка>true</РасчетнаяСтавка>", "НДС20_120"),
        ("<Ставка>12.5</Ставка>", "НДС12.5"),
        ("<Ставка>30</Ставка>", "НДС30"),
        ("<Ставка>12.50</Ставка><РасчетнаяСтавка>true</РасчетнаяСтавка>", "НДС12.5_112.5"),
    ],
)
def test_a_rate_that_is_a_key(inner: str, expected: str | None) -> None:
    """One that nobody knows keeps what it says, so that a warning can name it."""
    assert _read_key(etree.fromstring(f"<СтавкаНДС>{inner}</СтавкаНДС>")) == expected


def test_a_comment_that_looks_marked_gets_an_empty_mark() -> None:
    """Which is what is taken off again, and not the customer's words."""
    comment = "Позвонить [CRM: сам написал]"
    text = marked(invoice(comment=comment))
    assert text == f"{comment}\n[CRM]"
    assert unmarked(text) == comment
