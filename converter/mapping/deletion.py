"""УдалениеОбъекта: the CRM names a type and a GUID, BP an element per type (MAPPING §2, §4)."""

from __future__ import annotations

from lxml import etree

from converter.formats import Dialect
from converter.mapping.table import Table, line
from converter.objects import Deletion

DELETION = Table(
    Deletion,
    line("type", "ВидОбъекта", None),
    line("ref", "Ссылка", None),
    crm="УдалениеОбъекта",
)

INVOICE = "Документ.СчетНаОплату"
OPERATION = "Документ.ТорговаяОперация"
COUNTERPARTY = "Справочник.Контрагенты"

#: element in EnterpriseData, type in the CRM format; the invoice's element changed its name in 1.6
_NAMES = (
    ("ЗаказыКлиентовСсылка", INVOICE),
    ("ЗаказКлиентаСсылка", INVOICE),
    ("РеализацияТоваровУслугСсылка", OPERATION),
    ("ВозвратТоваровОтПокупателяСсылка", OPERATION),
    ("ПБДСРасчетыСКонтрагентамиСсылка", OPERATION),
    ("СБДСРасчетыСКонтрагентамиСсылка", OPERATION),
    ("ПКОРасчетыСКонтрагентамиСсылка", OPERATION),
    ("РКОРасчетыСКонтрагентамиСсылка", OPERATION),
    ("ОперацияПоПлатежнойКартеСсылка", OPERATION),
    ("КонтрагентыСсылка", COUNTERPARTY),
    ("ОрганизацииСсылка", "Справочник.Организации"),
    ("НоменклатураСсылка", "Справочник.Номенклатура"),
    ("БанковскиеСчетаСсылка", "Справочник.БанковскиеСчета"),
    ("ВалютыСсылка", "Справочник.Валюты"),
    ("ЕдиницыИзмеренияСсылка", "Справочник.ЕдиницыИзмерения"),
)

_TYPES = dict(_NAMES)


def read_bp_deletion(element: etree._Element) -> Deletion | None:
    """A deletion as BP writes it; None for types without use here."""
    for outer in element:
        for inner in outer:
            for reference in inner:
                kind = _TYPES.get(etree.QName(reference).localname)
                if kind is not None and reference.text:
                    return Deletion(kind, reference.text.strip())
    return None


def write_bp_deletion(deletion: Deletion, dialect: Dialect) -> str:
    """A deletion as BP reads it, of a type that goes to BP (SPEC §1)."""
    choice = dialect.view.objects["УдалениеОбъекта"].find("СсылкаНаОбъект/СсылкаНаОбъект")
    assert choice is not None
    element = next(
        name for name, kind in _NAMES if kind == deletion.type and name in choice.group.by_name
    )
    return (
        "\t\t<УдалениеОбъекта>\n\t\t\t<СсылкаНаОбъект>\n\t\t\t\t<СсылкаНаОбъект>\n"
        f"\t\t\t\t\t<{element}>{deletion.ref}</{element}>\n"
        "\t\t\t\t</СсылкаНаОбъект>\n\t\t\t</СсылкаНаОбъект>\n\t\t</УдалениеОбъекта>\n"
    )
