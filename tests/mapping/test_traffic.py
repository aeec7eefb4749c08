"""What each side hears of the object types that we send and receive (SPEC §1, §2)."""

from __future__ import annotations

from converter.mapping.traffic import types_towards_bp, types_towards_crm

BOOKS = [
    "Справочник.Организации",
    "Справочник.Номенклатура",
    "Справочник.БанковскиеСчета",
    "Справочник.Валюты",
    "Справочник.ЕдиницыИзмерения",
    "Справочник.СостояниеОплатыЗаказа",
    "Справочник.СостояниеОтгрузкиЗаказа",
    "Документ.РеализацияТоваровУслуг",
    "Документ.ВозвратТоваровОтПокупателя",
    "Документ.ПБДСРасчетыСКонтрагентами",
    "Документ.СБДСРасчетыСКонтрагентами",
    "Документ.ПКОРасчетыСКонтрагентами",
    "Документ.РКОРасчетыСКонтрагентами",
    "Документ.ОперацияПоПлатежнойКарте",
]
CORRECTIONS = [
    "Документ.КорректировкаДолга",
    "Документ.КорректировкаРеализацииТоваров",
    "Документ.ЧекККМ",
]


def test_bp_hears_what_is_sent_and_received() -> None:
    for whole, contracts in ((False, ""), (True, "*")):
        assert types_towards_bp(whole) == (
            ("Документ.ЗаказКлиента", "*", "*"),
            ("Справочник.Контрагенты", "*", "*"),
            ("Справочник.Договоры", "*", contracts),
            *((name, "", "*") for name in (*BOOKS, *CORRECTIONS)),
        )
    assert types_towards_bp() == types_towards_bp(enterprise=False)


def test_a_crm_hears_the_same_from_the_other_side() -> None:
    assert types_towards_crm("Документ.СчетПокупателю") == (
        ("Документ.СчетПокупателю", "*", "*"),
        ("Справочник.Контрагенты", "*", "*"),
        ("Справочник.Договоры", "*", "*"),
        *((name, "*", "") for name in BOOKS),
    )
