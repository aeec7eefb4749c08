"""Which objects go which way (SPEC §1), as the header of a message tells it to 1C."""

from __future__ import annotations

from msgspec import Struct

from converter.envelope.header import ObjectType
from converter.mapping.operation import CORRECTIONS


class Traffic(Struct, frozen=True):
    """An object type of EnterpriseData: whether the CRM's side sends it, and receives it."""

    name: str
    sent: bool
    received: bool


# fmt: off
TRAFFIC = (
    Traffic("Документ.ЗаказКлиента",                sent=True,  received=True),
    Traffic("Справочник.Контрагенты",               sent=True,  received=True),
    Traffic("Справочник.Договоры",                  sent=True,  received=False),
    Traffic("Справочник.Организации",               sent=False, received=True),
    Traffic("Справочник.Номенклатура",              sent=False, received=True),
    Traffic("Справочник.БанковскиеСчета",           sent=False, received=True),
    Traffic("Справочник.Валюты",                    sent=False, received=True),
    Traffic("Справочник.ЕдиницыИзмерения",          sent=False, received=True),
    Traffic("Справочник.СостояниеОплатыЗаказа",     sent=False, received=True),
    Traffic("Справочник.СостояниеОтгрузкиЗаказа",   sent=False, received=True),
    Traffic("Документ.РеализацияТоваровУслуг",      sent=False, received=True),
    Traffic("Документ.ВозвратТоваровОтПокупателя",  sent=False, received=True),
    Traffic("Документ.ПБДСРасчетыСКонтрагентами",   sent=False, received=True),
    Traffic("Документ.СБДСРасчетыСКонтрагентами",   sent=False, received=True),
    Traffic("Документ.ПКОРасчетыСКонтрагентами",    sent=False, received=True),
    Traffic("Документ.РКОРасчетыСКонтрагентами",    sent=False, received=True),
    Traffic("Документ.ОперацияПоПлатежнойКарте",    sent=False, received=True),
)
# fmt: on

_INVOICE, _CONTRACT = "Документ.ЗаказКлиента", "Справочник.Договоры"


def types_towards_bp(enterprise: bool = False) -> tuple[ObjectType, ...]:
    """What BP hears that we send and receive; contracts only for a CRM that has them, since it speaks
    EnterpriseData (``enterprise``).

    The corrections go nowhere, but are warned of: BP sends only what it hears is received (SPEC §2).
    """
    shared = (
        _object_type(each.name, each.sent, each.received or (enterprise and each.name == _CONTRACT))
        for each in TRAFFIC
    )
    return (*shared, *(_object_type(name, False, True) for name in sorted(CORRECTIONS)))


def types_towards_crm(invoice: str) -> tuple[ObjectType, ...]:
    """What a CRM that speaks EnterpriseData hears: the same from BP's side, and what carries its
    invoice under its own name."""
    return tuple(
        _object_type(
            invoice if each.name == _INVOICE else each.name,
            each.received or each.name == _CONTRACT,
            each.sent,
        )
        for each in TRAFFIC
    )


def _object_type(name: str, sent: bool, received: bool) -> ObjectType:
    return ObjectType(name, "*" if sent else "", "*" if received else "")
