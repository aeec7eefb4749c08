"""Which objects go which way (SPEC §1), as the header of a message tells it to 1C."""

from __future__ import annotations

from typing import NamedTuple


class Traffic(NamedTuple):
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
