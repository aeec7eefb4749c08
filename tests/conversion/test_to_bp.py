"""Whole messages of the CRM on their way to BP (SPEC §3, §5)."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from converter.conversion import companions
from tests.conversion.runs import Outcome, to_bp
from tests.mapping.book import (
    BUYER,
    CONTRACT,
    INVOICE,
    OTHER_INVOICE,
    VERSIONS,
    crm_counterparty,
    crm_deletion,
    crm_invoice,
    crm_row,
    el,
    guid,
    organisation,
    party,
    val,
)

INVOICE_NAME = "Документ.ЗаказКлиента"
PARTY_NAME, CONTRACT_NAME = "Справочник.Контрагенты", "Справочник.Договоры"
CONTRACT_FIELDS = val("Ссылка", CONTRACT) + val("Наименование", "Поставка")
NUMBER = "КлючевыеСвойства/Номер"


def second(**fields: str) -> str:
    """Another invoice of the same client."""
    return crm_invoice(OTHER_INVOICE, "СЧ-2", **fields)


def texts(outcome: Outcome, name: str, path: str) -> list[str | None]:
    steps = "/".join(f"{{*}}{step}" for step in path.split("/"))
    return [each.findtext(steps) for each in outcome.all(name)]


# -- order ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_catalogues_come_first_then_what_was_made_then_documents(version: str) -> None:
    made = party(guid(51), "Иной покупатель", "9988003037")
    outcome = to_bp(
        crm_invoice(contract=CONTRACT_FIELDS),
        crm_deletion("Документ.СчетНаОплату", guid(52)),
        second(buyer=made),
        crm_counterparty(),
        version=version,
    )
    assert list(zip(outcome.names, outcome.refs, strict=True)) == [
        (PARTY_NAME, BUYER),
        (PARTY_NAME, guid(51)),
        (CONTRACT_NAME, CONTRACT),
        (INVOICE_NAME, INVOICE),
        ("УдалениеОбъекта", None),
        (INVOICE_NAME, OTHER_INVOICE),
    ]
    assert (outcome.problems, outcome.tally.held) == ([], 0)


def test_documents_keep_their_order() -> None:
    refs = [guid(number) for number in range(100, 130)]
    outcome = to_bp(*(crm_invoice(ref, f"Н-{index}") for index, ref in enumerate(refs)))
    assert [
        ref for name, ref in zip(outcome.names, outcome.refs, strict=True) if name == INVOICE_NAME
    ] == refs


def test_what_was_written_is_counted_by_type() -> None:
    outcome = to_bp(
        crm_invoice(contract=CONTRACT_FIELDS), second(), crm_deletion(PARTY_NAME, BUYER)
    )
    assert outcome.tally.read == 3
    assert dict(outcome.tally.written) == {
        PARTY_NAME: 1,
        CONTRACT_NAME: 1,
        "Документ.СчетНаОплату": 2,
        "УдалениеОбъекта": 1,
    }


# -- what is made from invoices ----------------------------------------------------------------------------


def test_one_counterparty_and_one_contract_are_made_for_many_invoices() -> None:
    outcome = to_bp(
        crm_invoice(contract=CONTRACT_FIELDS),
        second(contract=CONTRACT_FIELDS),
        crm_invoice(guid(53), "СЧ-3", contract=CONTRACT_FIELDS),
    )
    assert outcome.names == [PARTY_NAME, CONTRACT_NAME, *[INVOICE_NAME] * 3]


def test_of_two_names_of_a_made_counterparty_or_contract_the_last_one_stands() -> None:
    """A message may tell it twice: what the CRM wrote last is what it is called now."""
    deals = [CONTRACT_FIELDS + val("Номер", number) for number in ("17-М", "18-М", "17-М")]
    names = ["Старое ООО", "Новое ООО", "Старое ООО"]
    for count in (2, 3):
        outcome = to_bp(
            *(
                crm_invoice(guid(60 + i), f"Н-{i}", buyer=party(BUYER, names[i]), contract=deals[i])
                for i in range(count)
            )
        )
        assert outcome.names == [PARTY_NAME, CONTRACT_NAME, *[INVOICE_NAME] * count]
        assert texts(outcome, PARTY_NAME, "КлючевыеСвойства/Наименование") == [names[count - 1]]
        assert texts(outcome, CONTRACT_NAME, NUMBER) == [["17-М", "18-М"][count % 2 == 0]]


def test_what_was_made_and_forgotten_is_not_made_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(companions, "REMEMBERED", 1)
    kept: list[str] = []
    keep = companions.Companions.keep

    def noted(self: companions.Companions, rank: int, key: str, *rest: Any) -> None:
        kept.append(key)
        keep(self, rank, key, *rest)

    monkeypatch.setattr(companions.Companions, "keep", noted)
    buyers = [party(BUYER), party(guid(51), "Иной", "9988003037")] * 2
    outcome = to_bp(
        *(crm_invoice(guid(60 + i), f"Н-{i}", buyer=buyer) for i, buyer in enumerate(buyers))
    )
    assert outcome.names == [*[PARTY_NAME] * 2, *[INVOICE_NAME] * 4]
    assert kept == [BUYER, guid(51)]


def test_a_made_counterparty_holds_what_the_invoice_says_of_it() -> None:
    card = to_bp(crm_invoice()).all(PARTY_NAME)[0]
    assert [etree.QName(child).localname for child in card] == ["КлючевыеСвойства"]
    assert {etree.QName(field).localname: field.text for field in card[0]} == {
        "Ссылка": BUYER,
        "Наименование": "Пример-Строй ООО",
        "НаименованиеПолное": "ООО «Пример-Строй»",
        "ИНН": "9988002026",
        "КПП": "998801002",
        "ЮридическоеФизическоеЛицо": "ЮридическоеЛицо",
    }


def test_none_is_made_where_the_catalogue_entry_comes_before_or_after() -> None:
    entry = crm_counterparty(after=val("Телефон", "8 900"))
    for objects in ((entry, crm_invoice()), (crm_invoice(), entry)):
        outcome = to_bp(*objects)
        assert outcome.names == [PARTY_NAME, INVOICE_NAME]
        assert outcome.objects[0].find("{*}КонтактнаяИнформация") is not None


def test_the_case_of_a_reference_does_not_make_another_counterparty() -> None:
    outcome = to_bp(crm_counterparty(), crm_invoice(buyer=party(BUYER.upper())))
    assert outcome.names == [PARTY_NAME, INVOICE_NAME]


@pytest.mark.parametrize("first", [True, False])
def test_a_counterparty_without_reference_is_the_one_of_its_inn_and_kpp(first: bool) -> None:
    """SPEC §3: one is made where none of it has been sent; a second one would overwrite the first."""
    pair = [crm_counterparty(after=val("Телефон", "8 900")), crm_invoice(buyer=party(None))]
    outcome = to_bp(*(pair if first else reversed(pair)))
    assert outcome.names == [PARTY_NAME, INVOICE_NAME]


def test_counterparties_without_reference_are_told_apart_by_inn_then_by_name() -> None:
    buyers = [
        party(None, "А", "9988002026"),
        party(None, "Б", "9988002026"),
        party(None, "А", "9988003037"),
        party(None, "А", None),
        party(None, "Б", None),
        party(None, "Б", None),
    ]
    outcome = to_bp(
        *(crm_invoice(guid(60 + i), f"Н-{i}", buyer=buyer) for i, buyer in enumerate(buyers))
    )
    assert outcome.names == [*[PARTY_NAME] * 4, *[INVOICE_NAME] * 6]


def test_contracts_without_reference_are_told_apart_by_client_and_number() -> None:
    other = party(guid(51), "Иной", "9988003037")
    number = val("Номер", "17-М")
    outcome = to_bp(
        crm_invoice(guid(60), "Н-0", contract=number),
        crm_invoice(guid(61), "Н-1", contract=number),
        crm_invoice(guid(62), "Н-2", contract=number, buyer=other),
        crm_invoice(guid(63), "Н-3", contract=val("Номер", "18-М")),
    )
    assert texts(outcome, CONTRACT_NAME, NUMBER) == ["17-М", "17-М", "18-М"]


def test_contracts_without_reference_are_told_apart_by_organisation_and_currency() -> None:
    """MAPPING §1: BP searches a contract by organisation, counterparty and currency."""
    number = val("Номер", "17-М")
    outcome = to_bp(
        crm_invoice(guid(60), "Н-0", contract=number),
        crm_invoice(guid(61), "Н-1", contract=number, currency="840"),
        crm_invoice(guid(62), "Н-2", contract=number, seller=organisation(guid(64), "9988003037")),
    )
    assert texts(outcome, CONTRACT_NAME, NUMBER) == ["17-М", "17-М", "17-М"]


def test_a_contract_of_which_only_the_date_is_known_is_left_out() -> None:
    outcome = to_bp(crm_invoice(contract=val("Дата", "2026-01-01T00:00:00")))
    assert outcome.names == [PARTY_NAME, INVOICE_NAME]
    assert outcome.objects[1].find(".//{*}Договор") is None


def test_nothing_is_made_from_an_invoice_that_is_held() -> None:
    outcome = to_bp(crm_invoice(total="1", contract=CONTRACT_FIELDS))
    assert (outcome.names, outcome.tally.held) == ([], 1)


# -- what is held, what goes on ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("faulty", "id", "field"),
    [
        (second(total="199.99"), "SUM_NOT_ROWS", "Сумма"),
        (crm_invoice(OTHER_INVOICE, "Ю" * 12), "NUMBER_TOO_LONG", NUMBER),
        (crm_invoice("нет", "СЧ-2"), "REF_NOT_GUID", "КлючевыеСвойства/Ссылка"),
        (crm_invoice(None, "СЧ-2"), "FIELD_MISSING", "КлючевыеСвойства/Ссылка"),
        (
            second(goods=crm_row(vat="НДС17")),
            "VALUE_NOT_LISTED",
            "Товары/Строка[1]/СтавкаНДС",
        ),
        (second(goods=crm_row(price="100.001")), "DIGITS_TOO_MANY", "Товары/Строка[1]/Цена"),
        (
            second(goods=crm_row(quantity="1.0001")),
            "DIGITS_TOO_MANY",
            "Товары/Строка[1]/Количество",
        ),
        (second(total="12345678901234.56"), "DIGITS_TOO_MANY", "Сумма"),
        (second(date="2026-02-11T10:00:00+03:00"), "VALUE_INVALID", "КлючевыеСвойства/Дата"),
        (second(date="2026-02-11T10:00:00Z"), "VALUE_INVALID", "КлючевыеСвойства/Дата"),
        (second(currency="6433"), "VALUE_INVALID", "Валюта/Код"),
        (second(currency="810"), "CURRENCY_CODE", "Валюта/Код"),
        (second(goods=" "), "INVOICE_EMPTY", "Товары"),
    ],
)
def test_a_faulty_invoice_is_held_while_the_others_pass(faulty: str, id: str, field: str) -> None:
    outcome = to_bp(crm_invoice(), faulty, crm_invoice(guid(53), "СЧ-3"))
    assert texts(outcome, INVOICE_NAME, NUMBER) == ["СЧ-1", "СЧ-3"]
    holding = [(p.kind.id, p.where.field) for p in outcome.problems if p.holds]
    assert (id, field) in holding
    assert outcome.tally.held == 1


NO_REFERENCE = "00000000-0000-0000-0000-000000000000"


def test_a_reference_of_zeros_is_none_and_holds() -> None:
    """SPEC §3: the queue is keyed by Ссылка; zeros are how 1C writes that there is none."""
    outcome = to_bp(crm_invoice(NO_REFERENCE), crm_counterparty(NO_REFERENCE))
    assert (outcome.names, outcome.tally.held) == ([], 2)
    assert [(p.kind.id, p.where.field) for p in outcome.problems] == [
        ("FIELD_MISSING", "КлючевыеСвойства/Ссылка")
    ] * 2


def test_a_buyer_with_a_reference_of_zeros_has_none() -> None:
    outcome = to_bp(crm_invoice(buyer=party(NO_REFERENCE)), crm_counterparty())
    assert outcome.names == [PARTY_NAME, INVOICE_NAME]
    assert outcome.objects[1].find("{*}Контрагент/{*}Ссылка") is None


def test_a_problem_says_where_it_is() -> None:
    outcome = to_bp(crm_invoice(), second(total="199.99"))
    where = outcome.problems[0].where
    assert (where.line, where.object, where.key) == (
        3,
        "Документ.СчетНаОплату № СЧ-2",
        f"Документ.СчетНаОплату {OTHER_INVOICE}",
    )


def test_of_two_invoices_of_one_number_and_date_the_second_is_held() -> None:
    outcome = to_bp(crm_invoice(), crm_invoice(OTHER_INVOICE, seller=organisation(guid(64), None)))
    assert texts(outcome, INVOICE_NAME, "КлючевыеСвойства/Ссылка") == [INVOICE]
    assert [(p.kind.id, p.where.field, p.holds) for p in outcome.problems] == [
        ("NUMBER_TAKEN", NUMBER, True)
    ]
    assert INVOICE in outcome.problems[0].what("ru")


def test_the_same_invoice_may_come_twice_and_the_same_number_on_another_second() -> None:
    later = crm_invoice(OTHER_INVOICE, date="2026-02-11T10:00:01")
    outcome = to_bp(crm_invoice(), crm_invoice(), later)
    assert (outcome.names.count(INVOICE_NAME), outcome.problems) == (3, [])


def test_an_invoice_that_got_another_number_sets_the_old_one_free() -> None:
    outcome = to_bp(crm_invoice(), crm_invoice(number="СЧ-7"), crm_invoice(OTHER_INVOICE))
    assert texts(outcome, INVOICE_NAME, NUMBER) == ["СЧ-1", "СЧ-7", "СЧ-1"]
    assert outcome.problems == []


def test_an_invoice_that_is_held_takes_no_number() -> None:
    outcome = to_bp(crm_invoice(total="1"), crm_invoice(OTHER_INVOICE))
    assert texts(outcome, INVOICE_NAME, "КлючевыеСвойства/Ссылка") == [OTHER_INVOICE]


@pytest.mark.parametrize(
    "date", ["2026-02-11T24:00:00", "10000-01-01T00:00:00", "-0001-01-01T00:00:00"]
)
def test_a_date_that_the_calendar_does_not_have_is_held(date: str) -> None:
    """XML Schema takes these; they must neither pass nor end the conversion."""
    outcome = to_bp(second(date=date), crm_invoice())
    assert texts(outcome, INVOICE_NAME, NUMBER) == ["СЧ-1"]
    assert outcome.tally.held == 1


def test_an_empty_name_neither_ends_the_conversion_nor_takes_others_with_it() -> None:
    nameless = party().replace("Пример-Строй ООО", "")
    outcome = to_bp(second(buyer=nameless), crm_invoice())
    assert "СЧ-1" in texts(outcome, INVOICE_NAME, NUMBER)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_rate_of_22_percent_is_held_before_1_17_and_never_written_otherwise(version: str) -> None:
    new = second(goods=crm_row(vat="НДС22", vat_sum="36.07"))
    outcome = to_bp(crm_invoice(), new, version=version)
    late = VERSIONS.index(version) >= VERSIONS.index("1.17")
    assert texts(outcome, INVOICE_NAME, NUMBER) == (["СЧ-1", "СЧ-2"] if late else ["СЧ-1"])
    assert outcome.ids == ([] if late else ["VAT_NOT_IN_VERSION"])


def test_one_faulty_invoice_of_twenty_is_held_alone() -> None:
    invoices = [crm_invoice(guid(100 + i), f"Н-{i}") for i in range(20)]
    invoices[9] = crm_invoice(guid(109), "Н-9", total="1")
    outcome = to_bp(*invoices)
    assert (outcome.names.count(INVOICE_NAME), outcome.tally.held) == (19, 1)


# -- warnings -------------------------------------------------------------------------------------------------


def test_texts_are_cut_with_a_warning() -> None:
    service = crm_row(1, unit="", content="с" * 1001, vat="БезНДС", vat_sum="0")
    outcome = to_bp(crm_invoice(services=service, after=val("АдресДоставки", "а" * 251)))
    assert texts(outcome, INVOICE_NAME, "АдресДоставки") == ["а" * 250]
    assert texts(outcome, INVOICE_NAME, "Услуги/Строка/Содержание") == ["с" * 1000]
    assert (outcome.ids, outcome.tally.held) == (["TEXT_CUT", "TEXT_CUT"], 0)


def test_unknown_elements_are_skipped_with_a_warning_and_the_rest_passes() -> None:
    faulty = crm_invoice(after="<Скидка>5</Скидка><Комментарий>к</Комментарий>")
    faulty = faulty.replace("<Цена>", "<Наценка><Вид>в</Вид></Наценка><Цена>")
    outcome = to_bp(faulty)
    assert texts(outcome, INVOICE_NAME, NUMBER) == ["СЧ-1"]
    assert [(p.kind.id, p.where.field, p.holds) for p in outcome.problems] == [
        ("ELEMENT_UNKNOWN", "Скидка", False),
        ("ELEMENT_UNKNOWN", "Товары/Строка/Наценка", False),
    ]


def test_empty_values_marked_as_nil_are_absent() -> None:
    outcome = to_bp(
        crm_invoice(after='<Комментарий xsi:nil="true"/>').replace(
            "<Комментарий", '<Комментарий xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        )
    )
    assert (outcome.names, outcome.problems) == ([PARTY_NAME, INVOICE_NAME], [])


FOREIGN = {
    "Справочник.Организации": el("Справочник.Организации", el("КлючевыеСвойства", organisation())),
    "Справочник.Валюты": el("Справочник.Валюты", val("Ссылка", guid(70)), val("Код", "643")),
    "Документ.ТорговаяОперация": "<Документ.ТорговаяОперация/>",
    "СостояниеСчета": "<СостояниеСчета/>",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_only_bp_may_change_is_refused_with_one_warning_and_a_count(name: str) -> None:
    outcome = to_bp(crm_invoice(), *[FOREIGN[name]] * 3)
    assert outcome.names == [PARTY_NAME, INVOICE_NAME]
    assert [(p.kind.id, p.where.object, p.holds) for p in outcome.problems] == [
        ("NOT_FROM_CRM", name, False)
    ]
    assert dict(outcome.problems[0].details) == {"count": 3}
    assert outcome.tally.skipped == {name: 3}
    assert outcome.tally.held == 0


@pytest.mark.parametrize(
    "kind",
    [
        "Документ.ТорговаяОперация",
        "СостояниеСчета",
        "Справочник.Организации",
        "Справочник.Номенклатура",
        "Справочник.БанковскиеСчета",
        "Справочник.Валюты",
        "Справочник.ЕдиницыИзмерения",
    ],
)
def test_the_deletion_of_what_is_bps_is_refused(kind: str) -> None:
    outcome = to_bp(crm_deletion(kind, guid(71)), crm_deletion(kind, guid(72)))
    assert (outcome.names, outcome.ids) == ([], ["NOT_FROM_CRM"])
    assert dict(outcome.problems[0].details) == {"count": 2}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["Документ.СчетНаОплату", "Справочник.Контрагенты"])
def test_deletions_of_the_crms_own_pass(version: str, kind: str) -> None:
    outcome = to_bp(crm_deletion(kind, guid(73)), version=version)
    assert [node.text for node in outcome.objects[0].iter() if node.text == guid(73)] == [guid(73)]


def test_objects_of_an_unknown_kind_are_skipped_with_one_warning_and_a_count() -> None:
    outcome = to_bp("<Документ.Звонок/>", crm_invoice(), "<Документ.Звонок/>", "<Письмо/>")
    assert outcome.names == [PARTY_NAME, INVOICE_NAME]
    assert [(p.kind.id, p.where.object, dict(p.details)) for p in outcome.problems] == [
        ("OBJECT_UNKNOWN", "Документ.Звонок", {"count": 2}),
        ("OBJECT_UNKNOWN", "Письмо", {"count": 1}),
    ]
    assert outcome.tally.skipped == {"Документ.Звонок": 2, "Письмо": 1}


# -- the invoice as a whole ------------------------------------------------------------------------------------


def test_the_interest_and_the_permission_reach_the_accountant() -> None:
    interest = el("Интерес", val("Ссылка", guid(74)), val("Номер", "ИНТ-1"), val("Тема", "Мебель"))
    after = val("ОтгрузкаРазрешена", "true") + val("Комментарий", "Позвонить")
    outcome = to_bp(crm_invoice(before=interest, after=after))
    common = "ОбщиеСвойстваОбъектовФормата"
    assert texts(outcome, INVOICE_NAME, f"{common}/Комментарий") == [
        "Позвонить\n[CRM: отгрузка разрешена; интерес: ИНТ-1 Мебель]"
    ]
    rows = outcome.all(INVOICE_NAME)[0].findall(
        f"{{*}}{common}/{{*}}ДополнительныеРеквизиты/{{*}}Строка"
    )
    assert [
        (
            row.findtext("{*}Свойство/{*}Наименование"),
            row.findtext("{*}Свойство/{*}ЭтоДополнительноеСведение"),
            row.findtext("{*}ЗначениеСвойства/{*}Строка"),
            row.findtext("{*}ЗначениеСвойства/{*}Булево"),
        )
        for row in rows
    ] == [
        ("CRM_Интерес", "true", "ИНТ-1 Мебель", None),
        ("CRM_ОтгрузкаРазрешена", "true", None, "true"),
    ]


def test_an_items_code_is_not_written() -> None:
    item = val("Наименование", "Стол") + val("Код", "00-00000120") + val("Артикул", "СТ")
    outcome = to_bp(crm_invoice(goods=crm_row(item=item)))
    assert [node.text for node in outcome.objects[1].iter() if node.text == "00-00000120"] == []


def test_several_hundred_invoices_of_a_hundred_clients_pass() -> None:
    objects = [
        crm_invoice(
            guid(1000 + number),
            f"Н-{number}",
            buyer=party(guid(5000 + number % 100), f"Покупатель {number % 100}", None),
            contract=val("Номер", "1"),
        )
        for number in range(400)
    ]
    outcome = to_bp(*objects)
    assert {name: outcome.names.count(name) for name in outcome.names} == {
        PARTY_NAME: 100,
        CONTRACT_NAME: 100,
        INVOICE_NAME: 400,
    }
    assert outcome.names.index(INVOICE_NAME) == 200


@pytest.mark.parametrize("blanks", ["643 ", " 643", "\n643\t"])
def test_blanks_around_a_currencys_code_are_taken_off(blanks: str) -> None:
    outcome = to_bp(crm_invoice(currency=blanks))
    assert outcome.ids == []
    assert {
        each.text
        for each in outcome.all("Документ.ЗаказКлиента")[0].iterfind(".//{*}Валюта//{*}Код")
    } == {"643"}


@pytest.mark.parametrize(("code", "id"), [("RUB", "CURRENCY_CODE"), ("0643", "VALUE_INVALID")])
def test_a_code_that_is_no_currencys_holds_the_invoice(code: str, id: str) -> None:
    outcome = to_bp(crm_invoice(currency=code))
    assert (outcome.names, outcome.ids) == ([], [id])
    assert "643" in outcome.problems[0].what("ru")


def test_a_unit_by_its_name_goes_with_a_warning() -> None:
    piece = "<ЕдиницаИзмерения><Код>шт</Код></ЕдиницаИзмерения>"
    outcome = to_bp(crm_invoice(goods=crm_row(unit=piece)))
    assert (len(outcome.all("Документ.ЗаказКлиента")), outcome.ids) == (1, ["UNIT_CODE"])
