"""The small builder of HTML: what comes from outside stays text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from converter.report.markup import Html, element, joined, opening, style_sheet, text

HOSTILE = "</td><script>alert('1')</script> & \"x\" ' onload=y"


def test_text_is_escaped_in_elements_and_in_attributes() -> None:
    made = element("p", HOSTILE, title=HOSTILE)
    assert "<script" not in made
    parsed = etree.fromstring(made)
    assert (parsed.text, parsed.get("title"), len(parsed)) == (HOSTILE, HOSTILE, 0)


def test_markup_goes_in_as_it_is_and_nothing_is_left_out() -> None:
    inner = element("b", "1 < 2")
    assert element("p", inner, None, " & ", "") == "<p><b>1 &lt; 2</b> &amp; </p>"
    assert joined([inner, None, "<"], " / ") == "<b>1 &lt; 2</b> / &lt;"


def test_an_attribute_that_says_nothing_is_left_out() -> None:
    made = element("details", class_="a", open=True, id=None, hidden=False, data_t=3)
    assert made == '<details class="a" open="open" data-t="3"></details>'
    assert opening("p", aria_label="x") == '<p aria-label="x">'


def test_an_element_that_is_always_empty_ends_itself() -> None:
    assert element("meta", charset="utf-8") == '<meta charset="utf-8"/>'
    assert element("td") == "<td></td>"


@pytest.mark.parametrize("trick", ["\u202e", "\u2066", "\u200f", "\u061c", "\x00", "\x1b", "\x85"])
def test_what_would_turn_or_break_the_line_is_shown_as_a_mark(trick: str) -> None:
    assert text(f"a{trick}b") == "a\ufffdb"


def test_a_style_sheet_cannot_end_itself() -> None:
    with pytest.raises(ValueError):
        style_sheet("</style><script>")
    with pytest.raises(ValueError):
        style_sheet("a & b")


@given(st.text())
def test_any_text_at_all_comes_back_as_text(value: str) -> None:
    parsed = etree.fromstring(element("p", value, title=value))
    assert len(parsed) == 0
    got = (parsed.text or "").replace("\ufffd", "")
    kept = "".join(each for each in value if text(each) != "\ufffd" and each != "\ufffd")
    assert got == kept.replace("\r\n", "\n").replace("\r", "\n")


@given(st.text())
def test_markup_is_not_escaped_twice(value: str) -> None:
    once = text(value)
    assert isinstance(once, Html)
    assert text(once) == once
