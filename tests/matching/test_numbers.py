"""Numbers as people write them, and as they are kept."""

from __future__ import annotations

import pytest

from converter.matching.numbers import Parts, bare, fit, fold


@pytest.mark.parametrize(
    ("number", "found"),
    [
        (("СЧ", "12"), ("12",)),
        (("СЧ", "А", "12", "К"), ("12", "К")),
        (("45", "К"), ("45", "К")),
        (("СЧ",), ("СЧ",)),
        ((), ()),
    ],
)
def test_a_number_without_its_prefix(number: Parts, found: Parts) -> None:
    assert bare(number) == found


@pytest.mark.parametrize(
    ("written", "number", "word", "near"),
    [
        (("СЧ", "12"), ("СЧ", "12"), True, 0),
        (("12",), ("12",), False, 0),
        (("12",), ("СЧ", "12"), False, 1),
        (("СЧ", "12"), ("12",), True, 1),
        (("СЧ", "12"), ("12",), False, None),
        (("АБ", "12"), ("СЧ", "12"), False, None),
        (("АБ", "12"), ("СЧ", "12"), True, None),
        (("13",), ("12",), True, None),
        ((), ("12",), True, None),
        (("12",), (), True, None),
        ((), (), True, None),
    ],
)
def test_how_near_a_number_is_to_what_is_written(
    written: Parts, number: Parts, word: bool, near: int | None
) -> None:
    assert fit(written, number, word) == near


def test_letters_of_one_look_are_one_letter() -> None:
    assert fold("abcehkmoptxyё") == fold("АВСЕНКМОРТХУЕ") == "АВСЕНКМОРТХУЕ"
    assert fold("сч-12") == "СЧ-12"
