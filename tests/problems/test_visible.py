"""Text from outside, in one line, with nothing in it that acts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.problems import catalogue as say
from converter.problems.visible import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("счёт № 7 «А» — b…", "счёт № 7 «А» — b…"),
        ("two\r\nlines\tand", r"two\r\nlines\tand"),
        ("\x00\x1b[31m\x7f\x9b", r"\x00\x1b[31m\x7f\x9b"),
        ("a\u202eb\u2028c\u200bd\ufeffe", r"a\u202eb\u2028c\u200bd\ufeffe"),
        ("10\u00a0000 руб. ёё ñ 漢 😀", "10\u00a0000 руб. ёё ñ 漢 😀"),
        ("\udce9", r"\udce9"),
    ],
)
def test_what_acts_is_spelt_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_it_is_one_line_and_shown_as_it_is_once_more(text: str) -> None:
    shown = visible(text)
    assert len(shown.splitlines()) <= 1
    assert visible(shown) == shown


def test_details_of_problems_are_shown_so() -> None:
    problem = say.PLAN_OTHER(plan="a\nb\x1b", expected="x")
    for lang in ("ru", "en"):
        assert r"a\nb\x1b" in problem.what(lang)
