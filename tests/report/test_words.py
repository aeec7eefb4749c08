"""Money, dates and numbers as Russian and English readers write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from converter.report.words import NB, Words

RU, EN = Words("ru", UTC), Words("en", UTC)


@pytest.mark.parametrize(
    ("amount", "ru", "en"),
    [
        ("1234.5", f"1{NB}234,50", "1,234.50"),
        ("0", "0,00", "0.00"),
        ("-1234567.891", f"−1{NB}234{NB}567,89", "−1,234,567.89"),
    ],
)
def test_money(amount: str, ru: str, en: str) -> None:
    assert (RU.money(Decimal(amount)), EN.money(Decimal(amount))) == (ru, en)


def test_money_with_its_currency() -> None:
    assert RU.price(Decimal("1234.5"), "643") == f"1{NB}234,50{NB}₽"
    assert EN.price(Decimal("1234.5"), "978") == f"1,234.50{NB}€"
    assert RU.price(Decimal(1), "036") == f"1,00{NB}036"
    assert RU.price(Decimal(1), "") == "1,00"


def test_dates_and_moments_of_the_readers_clock() -> None:
    evening = datetime(2026, 11, 28, 22, 40, 59)
    moscow = Words("ru", timezone(timedelta(hours=3)))
    assert (RU.date(evening), EN.date(evening)) == ("28.11.2026", f"28{NB}Nov{NB}2026")
    assert moscow.moment(evening) == f"29.11.2026{NB}01:40"
    assert EN.moment(evening) == f"28{NB}Nov{NB}2026{NB}22:40"


@pytest.mark.parametrize(
    ("count", "ru", "en"),
    [
        (1, "1 счёт", "1 invoice"),
        (2, "2 счёта", "2 invoices"),
        (11, "11 счетов", "11 invoices"),
        (21, "21 счёт", "21 invoices"),
        (1234, "1 234 счёта", "1,234 invoices"),
    ],
)
def test_a_number_with_its_noun(count: int, ru: str, en: str) -> None:
    assert RU.invoices(count).replace(NB, " ") == ru
    assert EN.invoices(count).replace(NB, " ") == en


@pytest.mark.parametrize(
    ("time", "ru", "en"),
    [
        (timedelta(seconds=59), "0 мин", "0 min"),
        (timedelta(minutes=59), "59 мин", "59 min"),
        (timedelta(hours=47), "47 ч", "47 h"),
        (timedelta(days=2), "2 дня", "2 days"),
        (timedelta(seconds=-5), "0 мин", "0 min"),
    ],
)
def test_how_long(time: timedelta, ru: str, en: str) -> None:
    assert RU.lasting(time).replace(NB, " ") == ru
    assert EN.lasting(time).replace(NB, " ") == en


def test_objects_are_called_as_people_call_them() -> None:
    assert RU.object("Документ.СчетНаОплату № СЧ-1") == f"счёт на оплату №{NB}СЧ-1"
    assert EN.object("Справочник.Контрагенты Пример") == "counterparty Пример"
    assert EN.object("Message_BP_CRM.xml") == "Message_BP_CRM.xml"
