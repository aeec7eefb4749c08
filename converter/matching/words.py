"""The words by which a payer says what a number is: tables, in capitals, Ё as Е.

A word ending in ``*`` stands for all its endings.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from converter.matching.numbers import fold


class Topic(Enum):
    """What the numbers after a word are."""

    INVOICE = "invoice"
    FACTURA = "factura"
    CONTRACT = "contract"
    OTHER = "other document"
    MONEY = "money"
    FOREIGN = "money that is for no invoice"


_TABLE: dict[Topic, str] = {
    Topic.INVOICE: """
        СЧ СЧТ СЧЕТ СЧЕТА СЧЕТУ СЧЕТЕ СЧЕТОМ СЧЕТОВ СЧЕТАМ СЧЕТАХ СЧЕТЫ СЧЕТ-ДОГОВОР*
        СЧЕТУ-ДОГОВОР* СЧЕТА-ДОГОВОР* ДОГОВОР-СЧЕТ* ДОГОВОРУ-СЧЕТ* СЧЕТ-ОФЕРТ* СЧЕТУ-ОФЕРТ*
        INVOICE INVOICES INV PROFORMA SCHET* ИНВОЙС*""",
    Topic.FACTURA: """
        СЧЕТ-ФАКТУР* СЧЕТУ-ФАКТУР* СЧЕТА-ФАКТУР* СЧЕТАМ-ФАКТУР* СЧФ СЧ-Ф С/Ф СЧ/Ф СФ С-Ф ФАКТУР*""",
    Topic.CONTRACT: """
        ДОГОВОР* ДОГ Д-Р Д-РУ Д-РА КОНТРАКТ* К-ТУ CONTRACT AGREEMENT DOGOVOR*""",
    Topic.OTHER: """
        НАКЛАДН* НАКЛ ТН ТТН ТОРГ ТОРГ-12 АКТ АКТА АКТУ АКТЫ АКТАМ АКТОВ УПД УКД ЗАКАЗ* ЗАК З/К
        ЗАЯВК* СПЕЦИФИКАЦ* СПЕЦ СПЕЦ-И СПЕЦ-ИИ СОГЛАШЕНИ* Д/С ДС П/П ПП ПЛАТЕЖН* ПОРУЧЕНИ* РЕЕСТР*
        ПРИЛОЖЕНИ* ПРИЛ ПРОТОКОЛ* ПРЕТЕНЗИ* ПИСЬМ* ЗАЯВЛЕНИ* ЛИЦЕВ* Л/С Р/С Р/СЧ К/С К/СЧ
        РАСЧЕТНЫЙ РАСЧЕТНОГО РАСЧЕТНОМУ ИНН КПП БИК КБК УИН УИП ОКТМО ТЕЛ КВ ORDER ЧЕК ДОВЕРЕННОСТ*
        ТЕНДЕР* ЛОТ* ИЗВЕЩЕНИ* ИД ИГК""",
    Topic.MONEY: """
        СУММ* НДС VAT ИТОГО ВСЕГО РАЗМЕР* AMOUNT""",
    Topic.FOREIGN: """
        ЗАЙМ* ЗАЕМ* КРЕДИТ* ПЕНИ ПЕНЯ ПЕНЕЙ ШТРАФ* НЕУСТОЙК* ДЕПОЗИТ* ОБЕСПЕЧ* ОБЕСПЕЧИТЕЛЬН*
        ОШИБОЧН* ДИВИДЕНД* НАЛОГ* ГОСПОШЛИН* ЗАЛОГ* ИЗЛИШНЕ СВЕРК*""",
}


def _words(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in text.split())


#: words between a cue and its numbers, or between them, that change nothing
FILLERS = _words(
    """
    ОТ И НА ОПЛАТУ ПОКУПАТЕЛЮ ПОКУПАТЕЛЯ КЛИЕНТУ Г ГОДА ГОД Б/Н DD DATED OF OT I DT DATE ТАКЖЕ"""
)

#: what is counted, and so makes the number before it no number of a document
UNITS = _words(
    """
    Р РУБ РУБЛЕЙ РУБЛЯ РУБЛИ RUB КОП ТЫС МЛН ШТ ШТУК ШТУКИ МЕС МЕСЯЦ МЕСЯЦА МЕСЯЦЕВ ДН ДНЕЙ ДНЯ
    ДЕНЬ ЧАС ЧАСА ЧАСОВ МЕСТ МЕСТА МЕСТО КГ ТОНН М2 М3 УП КОР ПАЧЕК ЧЕЛ ЧЕЛОВЕК ЛЕТ КВТ
    ПРОЦЕНТ ПРОЦЕНТОВ РАБОЧИХ КВАРТАЛ КВ"""
)


def _slips(word: str) -> Iterable[str]:
    """How a word comes out of hurried fingers: letters swapped, doubled or left out."""
    for index in range(len(word) - 1):
        yield word[:index] + word[index + 1] + word[index] + word[index + 2 :]
        yield word[: index + 1] + word[index:]
    for index in range(2, len(word)):
        yield word[:index] + word[index + 1 :]


_TOPICS = {word: topic for topic, text in _TABLE.items() for word in _words(text)}
_WORDS = {word: topic for word, topic in _TOPICS.items() if not word.endswith("*")}
#: the longest first: СЧЕТ-ФАКТУР before СЧЕТ
_BEGINNINGS = sorted(
    ((word[:-1], topic) for word, topic in _TOPICS.items() if word.endswith("*")),
    key=lambda each: -len(each[0]),
)
_SLIPPED = {
    slip: Topic.INVOICE for word in ("СЧЕТ", "СЧЕТУ", "СЧЕТА", "СЧЕТАМ") for slip in _slips(word)
}


def topic_of(word: str) -> Topic | None:
    """What a folded word says of the numbers after it."""
    found = _WORDS.get(word)
    if found is None:
        found = next((topic for start, topic in _BEGINNINGS if word.startswith(start)), None)
    return found or _SLIPPED.get(word)
