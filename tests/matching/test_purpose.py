"""What is read out of a purpose, word by word."""

from __future__ import annotations

from datetime import date

import pytest

from converter.matching.numbers import Parts, parts
from converter.matching.purpose import Cue, Mention, read
from converter.matching.words import Topic, topic_of

MARCH = date(2026, 3, 2)


def numbers(purpose: str) -> list[tuple[str, str]]:
    return [(each.cue.name, "-".join(each.number)) for each in read(purpose).mentions]


@pytest.mark.parametrize(
    "written",
    [
        "02.03.2026", "2.3.26", "02/03/2026", "2026-03-02", "02-03-2026", "02 03 2026",
        "2 марта 2026 г.", "02 мар. 26", "02.03.2026г",
    ],
)  # fmt: skip
def test_dates_in_every_hand(written: str) -> None:
    assert read(f"счет № 12 от {written}").mentions == (Mention(Cue.INVOICE, ("12",), MARCH),)


def test_two_figures_of_a_year_are_of_this_century() -> None:
    assert [each.date for each in read("счет 12 от 02.03.99").mentions] == [date(2099, 3, 2)]


@pytest.mark.parametrize("written", ["31.02.2026", "45.13.2026", "00.00.0000"])
def test_a_day_that_there_is_not_is_no_date(written: str) -> None:
    assert read(f"счет № 12 от {written}").mentions == (Mention(Cue.INVOICE, ("12",)),)


@pytest.mark.parametrize(
    ("purpose", "found"),
    [
        ("Оплата сч.12", [("INVOICE", "12")]),
        ("Оплата сч №12,13 и 14", [("INVOICE", "12"), ("INVOICE", "13"), ("INVOICE", "14")]),
        ("сч.12, 12 шт. стульев", [("INVOICE", "12")]),
        ("с/ф 12", [("FACTURA", "12")]),
        ("счет фактура № 12", [("FACTURA", "12")]),
        ("№ 12", [("SIGN", "12")]),
        ("за 12 стульев", [("WORD", "12")]),
        ("сч. 12 на сумму 500 руб, № 13", [("INVOICE", "12"), ("INVOICE", "13")]),
        ("сч. 12 12000-00", [("INVOICE", "12")]),
        ("сч. 12 НДС 20% 200", [("INVOICE", "12")]),
        ("накладная 12, акт 13, УПД №14, заказ 15", []),
        ("р/с 40702810900000000020", []),
        ("лицевой счет 12345", []),
        ("дог. 7 сч-12", [("INVOICE", "СЧ-12")]),
        ("учет 12", [("WORD", "12")]),
        ("смета 12", [("WORD", "12")]),
        ("за А1", [("SIGN", "А-1")]),
        ("за А12К", [("WORD", "А-12-К")]),
        ("счет за товар 12, 13", [("WORD", "12"), ("INVOICE", "13")]),
    ],
)
def test_numbers_are_what_the_words_before_them_say(
    purpose: str, found: list[tuple[str, str]]
) -> None:
    assert numbers(purpose) == found


def test_contracts_and_other_money_are_told_apart() -> None:
    purpose = read("Пени по договору поставки № 15/26 от 20.01.2026")
    assert purpose.contracts == (("15", "26"),)
    assert purpose.foreign
    assert not purpose.mentions and not purpose.dates


@pytest.mark.parametrize(
    ("written", "number"), [("дог-15/26", ("15", "26")), ("договор-7", ("7",)), ("дог.7", ("7",))]
)
def test_a_contracts_number_may_be_glued_to_its_word(written: str, number: Parts) -> None:
    assert read(f"Оплата {written} за товар").contracts == (number,)


def dated(purpose: str) -> list[tuple[str, str, bool]]:
    """Number, day and month, and whether the date is shared, of each mention."""
    return [
        ("-".join(each.number), f"{each.date:%d.%m}" if each.date else "", each.shared)
        for each in read(purpose).mentions
    ]


@pytest.mark.parametrize(
    ("purpose", "found"),
    [
        ("сч. 12 от 02.03.2026, 13 от 05.03.2026", [("12", "02.03", False), ("13", "05.03", False)]),
        ("сч. 12, 13 от 02.03.2026, 05.03.2026", [("12", "02.03", False), ("13", "05.03", False)]),
        ("сч. 12, 13, 14 от 02.03.2026",
         [("12", "02.03", True), ("13", "02.03", True), ("14", "02.03", False)]),
        ("сч. 12 от 02.03.2026, 13, 14 от 05.03.2026",
         [("12", "02.03", False), ("13", "05.03", True), ("14", "05.03", False)]),
        ("сч. 12, 13 от 02.03.2026, 14 от 05.03.2026, 07.03.2026",
         [("12", "02.03", True), ("13", "02.03", False), ("14", "05.03", False)]),
        ("счет от 02.03.2026 № 12", [("12", "02.03", False)]),
        ("счет от 02.03.2026 № 12, № 13", [("12", "02.03", False), ("13", "", False)]),
        ("счет от 02.03.2026 № 12, 13 от 05.03.2026",
         [("12", "02.03", False), ("13", "05.03", False)]),
        ("счет от 02.03.2026 № 12 от 05.03.2026", [("12", "05.03", False)]),
        ("сч. 12 от 31.02.2026, 13 от 05.03.2026", [("12", "05.03", True), ("13", "05.03", False)]),
        ("сч. 12, 13", [("12", "", False), ("13", "", False)]),
        ("№ 12 от 02.03.2026", [("12", "02.03", False)]),
        ("02.03.2026 № 12", [("12", "", False)]),
        ("№ 12 сч. 13 от 02.03.2026", [("12", "", False), ("13", "02.03", False)]),
        ("сч. 12 сч. 13 от 02.03.2026", [("12", "02.03", True), ("13", "02.03", False)]),
        ("сч. 12 с/ф 13 от 02.03.2026", [("12", "", False), ("13", "02.03", False)]),
        ("сч. 12 товар 13 от 02.03.2026", [("12", "", False), ("13", "02.03", False)]),
        ("сч. 12 на сумму 02.03.2026", [("12", "", False)]),
    ],
)  # fmt: skip
def test_which_date_of_a_list_is_whose(purpose: str, found: list[tuple[str, str, bool]]) -> None:
    assert dated(purpose) == found


def test_a_date_behind_a_list_belongs_to_its_last_number_and_may_to_the_others() -> None:
    first, last = read("счета 12, 13 от 02.03.2026").mentions
    assert (first.date, first.shared) == (MARCH, True)
    assert (last.date, last.shared) == (MARCH, False)


def test_an_invoice_may_be_named_by_its_date_alone() -> None:
    assert read("Оплата по счету от 02.03.2026").dates == (MARCH,)
    assert read("Оплата по договору от 02.03.2026").dates == ()


@pytest.mark.parametrize(
    "purpose", [None, "", "   ", "\x00\x01", "№" * 9, "0" * 99_999, "1" * 99_999]
)
def test_nothing_and_nonsense_are_read_as_nothing_known(purpose: str | None) -> None:
    assert all(not each.date for each in read(purpose).mentions)


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("СЧ-00012", ("СЧ", "12")),
        ("cч 12", ("СЧ", "12")),  # the first letter is Latin
        ("00БП-000047", ("БП", "47")),
        ("0000-000047", ("47",)),
        ("12/1", ("12", "1")),
        ("000", ()),
    ],
)
def test_numbers_without_zeros_and_signs(number: str, found: tuple[str, ...]) -> None:
    assert parts(number) == found


@pytest.mark.parametrize(
    ("word", "topic"),
    [
        ("СЧЕЕТ", Topic.INVOICE), ("ССЧЕТ", Topic.INVOICE), ("СЧТЕ", Topic.INVOICE),
        ("ЧСЕТ", Topic.INVOICE), ("СЧЕ", Topic.INVOICE), ("СЧЕТТУ", Topic.INVOICE),
        ("ЧЕТ", None), ("СЕТ", None), ("СЧЕТ-ФАКТУРЕ", Topic.FACTURA), ("СЧЕТОВОД", None),
    ],
)  # fmt: skip
def test_an_invoice_is_known_under_hurried_fingers_but_not_without_its_beginning(
    word: str, topic: Topic | None
) -> None:
    assert topic_of(word) is topic
