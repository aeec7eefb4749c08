"""Groups that stand in many objects: organisations, counterparties, currencies, items, keys.

Written with the names of both formats, these tables also tell which type a place must have.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from converter.formats.notation import Field
from converter.mapping.table import Table, line
from converter.mapping.vat import VAT
from converter.objects import (
    Account,
    Client,
    Contract,
    Currency,
    DocKey,
    Interest,
    Item,
    Organisation,
    Party,
    Person,
    Unit,
)
from converter.values import code, reference, stripped


class _Read:
    """A text that is read by a function of its own, and written like any other."""

    def __init__(self, read: Callable[[etree._Element], str | None]) -> None:
        self._read = read

    def reader(self, field: Field) -> Callable[[etree._Element], str | None]:
        return self._read

    def writer(self, field: Field, tabs: str) -> None:
        return None


TRIMMED = _Read(code)
REFERENCE = _Read(reference)
STRIPPED = _Read(stripped)

ORGANISATION = Table(
    Organisation,
    line("ref", "Ссылка", "Ссылка", REFERENCE),
    line("name", "Наименование", "Наименование"),
    line("inn", "ИНН", "ИНН", TRIMMED),
    line("kpp", "КПП", "КПП", TRIMMED),
    line("kind", "ЮридическоеФизическоеЛицо", "ЮридическоеФизическоеЛицо"),
    bp="КлючевыеСвойстваОрганизация",
)

PARTY = Table(
    Party,
    line("ref", "Ссылка", "Ссылка", REFERENCE),
    line("name", "Наименование", "Наименование"),
    line("full_name", "НаименованиеПолное", "НаименованиеПолное"),
    line("inn", "ИНН", "ИНН", TRIMMED),
    line("kpp", "КПП", "КПП", TRIMMED),
    line("kind", "ЮридическоеФизическоеЛицо", "ЮридическоеФизическоеЛицо"),
    bp="КлючевыеСвойстваКонтрагент",
)

CLIENT = Table(
    Client,
    line("ref", "Ссылка", None),
    line("name", "Наименование", None),
)

INTEREST = Table(
    Interest,
    line("ref", "Ссылка", None),
    line("number", "Номер", None),
    line("date", "Дата", None),
    line("subject", "Тема", None),
)

PERSON = Table(
    Person,
    line("ref", "Ссылка", "Ссылка", REFERENCE),
    line("name", "Наименование", "Наименование"),
    bp="КлючевыеСвойстваПользователь",
)

CONTRACT = Table(
    Contract,
    line("ref", "Ссылка", "Ссылка", REFERENCE),
    line("name", "Наименование", "Наименование"),
    line("number", "Номер", "Номер"),
    line("date", "Дата", "Дата"),
    bp="КлючевыеСвойстваДоговор",
)

CURRENCY = Table(
    Currency,
    line("code", "Код", "Код | ДанныеКлассификатора/Код", TRIMMED),
    line("name", "Наименование", "Наименование | ДанныеКлассификатора/Наименование"),
    bp="КлючевыеСвойстваВалюта",
)

UNIT = Table(
    Unit,
    line("code", "Код", "Код | ДанныеКлассификатора/Код", TRIMMED),
    line("name", "Наименование", "Наименование | ДанныеКлассификатора/Наименование"),
    bp="КлючевыеСвойстваЕдиницаИзмерения",
)

ACCOUNT = Table(
    Account,
    line("number", "НомерСчета", "НомерСчета", TRIMMED),
    line("bic", "БИК", "Банк/БИК | Банк/ДанныеКлассификатораБанков/БИК", TRIMMED),
    line("bank", "Банк", "Банк/Наименование | Банк/ДанныеКлассификатораБанков/Наименование"),
    bp="КлючевыеСвойстваБанковскийСчет",
)

# Towards BP without КодВПрограмме: BP would search by it (SPEC §3).
ITEM = Table(
    Item,
    line("ref", "Ссылка", "Ссылка", REFERENCE),
    line("name", "Наименование", "Наименование"),
    line("code", "Код", None),
    line("article", "Артикул", "Артикул"),
    bp="КлючевыеСвойстваНоменклатура",
)

# From BP with it: a manager may look for it.
BOOK_ITEM = Table(
    Item,
    line("ref", "Ссылка", "Ссылка", REFERENCE),
    line("name", "Наименование", "Наименование"),
    line("code", "Код", "КодВПрограмме", TRIMMED),
    line("article", "Артикул", "Артикул"),
    bp="КлючевыеСвойстваНоменклатура",
)

# The key of any document: in pointers its type differs, its fields do not.
DOCUMENT = Table(
    DocKey,
    line("ref", "Ссылка", "Ссылка", REFERENCE),
    line("date", "Дата", "Дата"),
    line("number", "Номер", "Номер", STRIPPED),
    line("organisation", "Организация", "Организация", ORGANISATION),
)

# What a row of goods or services says of money, the same in every document.
# fmt: off
ROW_VALUES = (
    line("line",     "НомерСтроки", "НомерСтрокиДокумента"),
    line("quantity", "Количество",  "Количество"),
    line("price",    "Цена",        "Цена"),
    line("sum",      "Сумма",       "Сумма"),
    line("vat",      "СтавкаНДС",   "СтавкаНДС", VAT),
    line("vat_sum",  "СуммаНДС",    "СуммаНДС"),
)
# fmt: on
