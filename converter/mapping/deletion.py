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
CONTRACT = "Справочник.Договоры"
STATE = "СостояниеСчета"

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

#: what only a CRM that speaks EnterpriseData says, or is told
BILL = "СчетПокупателюСсылка"
_MORE = {BILL: INVOICE, "ДоговорыСсылка": CONTRACT}


def read_bp_deletion(element: etree._Element, enterprise: bool = False) -> Deletion | None:
    """A deletion in EnterpriseData; None for types without use here.

    With ``enterprise`` its element is told, and it may be one that the CRM format has no word for.
    """
    for outer in element:
        for inner in outer:
            for reference in inner:
                name = etree.QName(reference).localname
                kind = _TYPES.get(name) or (_MORE.get(name) if enterprise else None)
                if kind is not None and reference.text:
                    return Deletion(kind, reference.text.strip(), name if enterprise else None)
    return None


def write_bp_deletion(deletion: Deletion, dialect: Dialect) -> str:
    """A deletion as a side that speaks EnterpriseData reads it.

    By the name of the reference where the version has it, else by the first name of the type.
    """
    choice = dialect.view.objects["УдалениеОбъекта"].find("СсылкаНаОбъект/СсылкаНаОбъект")
    assert choice is not None
    names = (name for name, kind in (*_NAMES, *_MORE.items()) if kind == deletion.type)
    element = next(
        name for name in (deletion.element, *names) if name and name in choice.group.by_name
    )
    return (
        "\t\t<УдалениеОбъекта>\n\t\t\t<СсылкаНаОбъект>\n\t\t\t\t<СсылкаНаОбъект>\n"
        f"\t\t\t\t\t<{element}>{deletion.ref}</{element}>\n"
        "\t\t\t\t</СсылкаНаОбъект>\n\t\t\t</СсылкаНаОбъект>\n\t\t</УдалениеОбъекта>\n"
    )
