"""Groups that stand in many objects: organisations, counterparties, currencies, items, keys.

Written with the names of both formats, these tables also tell which type a place must have.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from converter.envelope.header import escape
from converter.formats.notation import Field
from converter.mapping.table import Table, line
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
from converter.values import code, reference


class _Trimmed:
    """A code: the blanks that BP leaves around it are taken off (SPEC §3)."""

    def reader(self, field: Field) -> Callable[[etree._Element], str | None]:
        return code

    def writer(self, field: Field, tabs: str) -> Callable[[str], str]:
        name = field.name
        return lambda value: f"{tabs}<{name}>{escape(value)}</{name}>\n"


class _Reference(_Trimmed):
    """A GUID; all zeros is how 1C writes that there is none."""

    def reader(self, field: Field) -> Callable[[etree._Element], str | None]:
        return reference


class _Stripped(_Trimmed):
    """A document's number, without the blanks that 1C fills its field up with."""

    def reader(self, field: Field) -> Callable[[etree._Element], str | None]:
        return lambda element: (element.text or "").strip()


TRIMMED = _Trimmed()
STRIPPED = _Stripped()
REFERENCE = _Reference()

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
