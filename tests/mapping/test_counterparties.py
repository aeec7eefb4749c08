"""Counterparties both ways, contracts and deletions, in every version (MAPPING §2, §4)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from lxml import etree
from msgspec.structs import replace

from converter.formats import bp
from converter.mapping.catalogues import (
    CONTRACT_CARD,
    COUNTERPARTY,
    contract_of,
    counterparty_from_bp,
    counterparty_towards_bp,
)
from converter.mapping.contacts import contact_fields, contact_rows, fitting_rows
from converter.mapping.deletion import read_bp_deletion, write_bp_deletion
from converter.mapping.reading import reader
from converter.mapping.writing import writer
from converter.objects import (
    Account,
    Contact,
    Contract,
    Counterparty,
    Currency,
    Deletion,
    DocKey,
    Invoice,
    Organisation,
    Party,
)
from tests.mapping.book import VERSIONS, Book, el, element, namespace, official_faults, since, val

REF = "b0000000-0000-0000-0000-000000000022"
PARTY = Party(REF, "Покупатель", "ООО «Покупатель»", "9988002026", "998801002", "ЮридическоеЛицо")
CARD = Counterparty(
    PARTY,
    phone="+7 (900) 000-00-41",
    email="a@example.com",
    legal_address="г. Образцовск, ул. «Небывалая» & Ко, д. 7",
    actual_address="г. Образцовск\nул. Примерная",
    account=Account("40702810500000007702", "049999652", "Банк"),
    comment="Постоянный",
)
CONTACT_NS = "{http://www.v8.1c.ru/ssl/contactinfo}"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def written(card: Counterparty, version: str) -> etree._Element:
    text = writer(COUNTERPARTY, bp(version))(counterparty_towards_bp(card, bp(version)))
    assert official_faults(version, text) == []
    return element(namespace(version), text)


def read(text: str, version: str) -> Counterparty:
    return counterparty_from_bp(
        reader(COUNTERPARTY, bp(version))(element(namespace(version), text))
    )


# -- contact information ----------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_contacts_go_out_as_1c_writes_them(version: str) -> None:
    rows = written(CARD, version).findall("{*}КонтактнаяИнформация/{*}Строка")
    found = []
    for row in rows:
        assert [etree.QName(child).localname for child in row] == [
            "ВидКонтактнойИнформации",
            "ЗначенияПолей",
        ]
        inner = etree.fromstring(row.findtext("{*}ЗначенияПолей") or "")
        assert inner.tag == f"{CONTACT_NS}КонтактнаяИнформация"
        content = inner.find(f"{CONTACT_NS}Состав")
        assert content is not None
        attributes = {str(name): str(value) for name, value in content.attrib.items()}
        kind = attributes.pop(XSI_TYPE)
        found.append(
            (
                row.findtext("{*}ВидКонтактнойИнформации"),
                kind,
                inner.get("Представление"),
                attributes,
            )
        )
    phone, email = "+7 (900) 000-00-41", "a@example.com"
    assert found == [
        ("Телефон", "НомерТелефона", phone, {"Номер": phone}),
        ("АдресЭлектроннойПочты", "ЭлектроннаяПочта", email, {"Значение": email}),
        (
            "ЮридическийАдрес",
            "Адрес",
            "г. Образцовск, ул. «Небывалая» & Ко, д. 7",
            {"Страна": "РОССИЯ"},
        ),
        ("ФактическийАдрес", "Адрес", "г. Образцовск\nул. Примерная", {"Страна": "РОССИЯ"}),
    ]


def test_a_counterparty_without_contacts_has_no_contact_information() -> None:
    root = written(Counterparty(PARTY), "1.19")
    assert [etree.QName(child).localname for child in root] == ["КлючевыеСвойства"]


XML = (
    '<КонтактнаяИнформация xmlns="http://www.v8.1c.ru/ssl/contactinfo"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" Представление="8 900 1 &amp; 2">'
    '<Состав xsi:type="НомерТелефона" Номер="другой"/></КонтактнаяИнформация>'
)
BARE_XML = '<КонтактнаяИнформация xmlns="http://www.v8.1c.ru/ssl/contactinfo"/>'


@pytest.mark.parametrize(
    ("fields", "value", "shown"),
    [
        (XML, None, "8 900 1 & 2"),
        (f'<?xml version="1.0" encoding="UTF-8"?>{XML}', None, "8 900 1 & 2"),
        ('{"value": "8 900 3", "type": "Телефон"}', None, "8 900 3"),
        ("  8 900 4  ", None, "8 900 4"),
        ("", '{"value": "8 900 5"}', "8 900 5"),
        (BARE_XML, '{"value": "8 900 6"}', "8 900 6"),
        (XML, '{"value": "8 900 7"}', "8 900 1 & 2"),
        ("<Не указан>", None, "<Не указан>"),
        ("{не JSON", None, "{не JSON"),
        ('{"value": 8}', None, '{"value": 8}'),
        ("<!DOCTYPE а>", '{"value": "8 900 9"}', "8 900 9"),
        ("{" * 5000, None, "{" * 5000),
        ("", None, None),
        (BARE_XML, None, None),
    ],
)
def test_a_contact_is_read_from_xml_else_json_else_text(
    fields: str, value: str | None, shown: str | None
) -> None:
    card = Counterparty(PARTY, contacts=(Contact("Телефон", fields, value),))
    assert counterparty_from_bp(card) == Counterparty(PARTY, phone=shown)


def test_a_contact_fetches_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("тайна", encoding="utf-8")
    text = f'<!DOCTYPE a [<!ENTITY e SYSTEM "{secret.as_uri()}">]><a Представление="&e;"/>'
    card = Counterparty(PARTY, contacts=(Contact("Телефон", text, None),))
    assert "тайна" not in (counterparty_from_bp(card).phone or "")


def test_a_contact_does_not_grow_by_entities() -> None:
    names = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<!DOCTYPE a [<!ENTITY a0 "ха">{names}]><a Представление="&a9;"/>'
    card = Counterparty(PARTY, contacts=(Contact("Телефон", text, None),))
    assert len(counterparty_from_bp(card).phone or "") < 100_000


def test_contacts_of_other_kinds_are_passed_over_and_the_first_of_a_kind_stands() -> None:
    card = Counterparty(
        PARTY,
        contacts=(
            Contact("Факс", "1", None),
            Contact("ЮридическийАдрес", "2", None),
            Contact("АдресЭлектроннойПочты", "3", None),
            Contact("АдресЭлектроннойПочты", "4", None),
            Contact("ФактическийАдрес", "5", None),
        ),
    )
    assert counterparty_from_bp(card) == Counterparty(
        PARTY, email="3", legal_address="2", actual_address="5"
    )


@pytest.mark.parametrize("version", ["1.21", "1.22"])
def test_the_json_value_of_late_versions_is_read_where_the_fields_say_nothing(version: str) -> None:
    row = el(
        "Строка",
        val("ВидКонтактнойИнформации", "Телефон"),
        "<ЗначенияПолей/>",
        val("Значение", '{"value": "8 900 8"}'),
    )
    text = el(
        "Справочник.Контрагенты", el("КлючевыеСвойства", _key()), el("КонтактнаяИнформация", row)
    )
    assert official_faults(version, text) == []
    assert read(text, version).phone == "8 900 8"


def test_rows_of_a_crms_own_go_on_as_the_version_has_words_and_the_fields_add_theirs() -> None:
    """1C's XML stays letter by letter, a plain text becomes such XML, the unknown is not touched."""
    card = Counterparty(
        PARTY,
        email="a@example.com",
        phone="не этот",
        contacts=(
            Contact("Телефон", " +7 900 ", None),
            Contact("Факс", "495", "495"),
            Contact("Skype", "a", None),
            Contact("ЮридическийАдрес", f" {XML}", None),
            Contact("ФактическийАдрес", None, '{"value": "Образцовск"}'),
        ),
    )

    def shown(kind: str, inner: str, text: str) -> str:
        return (
            '<КонтактнаяИнформация xmlns="http://www.v8.1c.ru/ssl/contactinfo"'
            f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" Представление="{text}">'
            f'<Состав xsi:type="{kind}" {inner}/></КонтактнаяИнформация>'
        )

    phone = Contact("Телефон", shown("НомерТелефона", 'Номер="+7 900"', "+7 900"), None)
    address = Contact(
        "ФактическийАдрес",
        shown("Адрес", 'Страна="РОССИЯ"', "Образцовск"),
        '{"value": "Образцовск"}',
    )
    email = Contact(
        "АдресЭлектроннойПочты",
        shown("ЭлектроннаяПочта", 'Значение="a@example.com"', "a@example.com"),
        None,
    )
    fax, skype, legal = card.contacts[1:4]
    assert fitting_rows(card, bp("1.6")) == (phone, fax, skype, legal, address, email)
    assert fitting_rows(card, bp("1.3")) == (phone, fax, legal, address, email)
    assert counterparty_towards_bp(card, bp("1.3")) == replace(
        card, contacts=(phone, fax, legal, address, email)
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [("а\tб\nв", "а&#9;б&#10;в"), ('"а"', "&quot;а&quot;"), ("а & <б>", "а &amp; &lt;б&gt;")],
)
def test_a_text_survives_as_an_attribute(text: str, written: str) -> None:
    [row] = contact_rows(Counterparty(PARTY, phone=text))
    assert f'Представление="{written}"' in (row.fields or "")
    assert dict(contact_fields((row,))) == {"phone": text}


def test_the_first_row_of_a_kind_that_says_something_stands() -> None:
    rows = (
        Contact("Телефон", " ", None),
        Contact(" Телефон ", None, " 1 "),
        Contact("Телефон", "2", None),
        Contact("АдресЭлектроннойПочты", None, None),
    )
    assert list(contact_fields(rows)) == [("phone", "1")]


@pytest.mark.parametrize("kept", [False, True])
def test_rows_stay_beside_the_fields_only_for_another_side_that_speaks_the_same(
    kept: bool,
) -> None:
    card = Counterparty(PARTY, contacts=(Contact("Факс", "1", None), Contact("Телефон", "2", None)))
    made = counterparty_from_bp(card, enterprise=kept)
    assert made == replace(card, phone="2", contacts=card.contacts if kept else ())


def _key() -> str:
    return (
        val("Ссылка", REF)
        + val("Наименование", "Покупатель")
        + val("ЮридическоеФизическоеЛицо", "ФизическоеЛицо")
    )


# -- the other fields by version --------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_the_account_stands_with_its_bank_and_its_owner(version: str) -> None:
    account = written(CARD, version).find("{*}ОсновнойБанковскийСчет")
    assert account is not None
    bank = "{*}Банк" if not since(version, "1.7") else "{*}Банк/{*}ДанныеКлассификатораБанков"
    assert (
        account.findtext("{*}НомерСчета"),
        account.findtext(f"{bank}/{{*}}БИК"),
        account.findtext(f"{bank}/{{*}}Наименование"),
        account.findtext("{*}Владелец/{*}КонтрагентыСсылка/{*}Ссылка"),
        account.findtext("{*}Владелец/{*}КонтрагентыСсылка/{*}ИНН"),
    ) == ("40702810500000007702", "049999652", "Банк", REF, "9988002026")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_comment_has_its_place_in_every_version(version: str) -> None:
    root = written(CARD, version)
    place = "{*}ОбщиеСвойстваОбъектовФормата/{*}Комментарий"
    if not since(version, "1.11"):
        place = "{*}ДополнительнаяИнформация"
    assert root.findtext(place) == "Постоянный"
    assert [node.text for node in root.iter() if node.text == "Постоянный"] == ["Постоянный"]


def test_a_comment_that_bp_emptied_is_emptied_and_one_that_it_left_out_is_not() -> None:
    for version, place in (("1.10", "ДополнительнаяИнформация"), ("1.19", "Комментарий")):
        text = writer(COUNTERPARTY, bp(version))(CARD)
        said = val(place, CARD.comment)
        assert said in text
        for written, comment in ((f"<{place}/>", None), ("", "из CRM"), (said, CARD.comment)):
            found = element(namespace(version), text.replace(said, written))
            sent = reader(COUNTERPARTY, bp(version))(found)
            last = replace(CARD, comment="из CRM")
            assert counterparty_from_bp(sent, last=last).comment == comment
            assert counterparty_from_bp(sent).comment == (CARD.comment if written == said else None)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_counterparty_as_bp_writes_it_is_read(version: str) -> None:
    book = Book(version)
    owner = el("КонтрагентыСсылка", _key())
    comment = book.common(comment="из БП")
    text = el(
        "Справочник.Контрагенты",
        el("КлючевыеСвойства", _key()),
        "" if comment else val("ДополнительнаяИнформация", "из БП"),
        el(
            "КонтактнаяИнформация",
            el("Строка", val("ВидКонтактнойИнформации", "Телефон"), val("ЗначенияПолей", XML)),
        ),
        el("ОсновнойБанковскийСчет", book.account(owner)),
        comment,
    )
    assert official_faults(version, text) == []
    assert read(text, version) == Counterparty(
        Party(REF, "Покупатель", None, None, None, "ФизическоеЛицо"),
        phone="8 900 1 & 2",
        account=Account("40702810800000004101", "049999871", "Банк"),
        comment="из БП",
    )


# -- contracts --------------------------------------------------------------------------------------

INVOICE = Invoice(
    DocKey(
        "b0000000-0000-0000-0000-000000000001",
        datetime(2026, 2, 11),
        "СЧ-1",
        Organisation(None, "Продавец", "9988001015", None, "ЮридическоеЛицо"),
    ),
    PARTY,
    Currency("840", None),
)


def with_contract(contract: Contract | None) -> Invoice:
    return Invoice(INVOICE.key, INVOICE.party, INVOICE.currency, contract=contract)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_contract_is_made_from_an_invoice_with_all_that_bp_searches_by(version: str) -> None:
    contract = Contract(
        "b0000000-0000-0000-0000-000000000023", "Поставка", "17-М", datetime(2025, 11, 20)
    )
    card = contract_of(with_contract(contract), bp(version))
    assert card is not None
    text = writer(CONTRACT_CARD, bp(version))(card)
    assert official_faults(version, text) == []
    key = element(namespace(version), text)[0]
    currency = "{*}ВалютаВзаиморасчетов"
    if since(version, "1.7"):
        currency += "/{*}ДанныеКлассификатора"
    assert {
        "Ссылка": key.findtext("{*}Ссылка"),
        "ВидДоговора": key.findtext("{*}ВидДоговора"),
        "Организация": key.findtext("{*}Организация/{*}ИНН"),
        "Контрагент": key.findtext("{*}Контрагент/{*}Ссылка"),
        "Валюта": key.findtext(f"{currency}/{{*}}Код"),
        "Имя валюты": key.findtext(f"{currency}/{{*}}Наименование"),
        "Наименование": key.findtext("{*}Наименование"),
        "Дата": key.findtext("{*}Дата"),
        "Номер": key.findtext("{*}Номер"),
    } == {
        "Ссылка": "b0000000-0000-0000-0000-000000000023",
        "ВидДоговора": "СПокупателем",
        "Организация": "9988001015",
        "Контрагент": REF,
        "Валюта": "840",
        "Имя валюты": None if since(version, "1.7") else "USD",
        "Наименование": "Поставка",
        "Дата": "2025-11-20",
        "Номер": "17-М",
    }


@pytest.mark.parametrize("contract", [None, Contract(None, None, None, datetime(2026, 1, 1))])
def test_no_contract_is_made_that_bp_could_not_find(contract: Contract | None) -> None:
    assert contract_of(with_contract(contract), bp("1.19")) is None


# -- deletions --------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_an_invoices_deletion_goes_to_bp_under_the_versions_name(version: str) -> None:
    text = write_bp_deletion(Deletion("Документ.СчетНаОплату", REF), bp(version))
    assert official_faults(version, text) == []
    choice = element(namespace(version), text).find("{*}СсылкаНаОбъект/{*}СсылкаНаОбъект")
    assert choice is not None
    name = "ЗаказКлиентаСсылка" if since(version, "1.6") else "ЗаказыКлиентовСсылка"
    assert [(etree.QName(each).localname, each.text) for each in choice] == [(name, REF)]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_counterpartys_deletion_goes_to_bp(version: str) -> None:
    text = write_bp_deletion(Deletion("Справочник.Контрагенты", REF), bp(version))
    assert official_faults(version, text) == []
    choice = element(namespace(version), text).find("{*}СсылкаНаОбъект/{*}СсылкаНаОбъект")
    assert choice is not None
    assert [(etree.QName(each).localname, each.text) for each in choice] == [
        ("КонтрагентыСсылка", REF)
    ]


DELETED = {
    "РеализацияТоваровУслугСсылка": "Документ.ТорговаяОперация",
    "ВозвратТоваровОтПокупателяСсылка": "Документ.ТорговаяОперация",
    "ПБДСРасчетыСКонтрагентамиСсылка": "Документ.ТорговаяОперация",
    "СБДСРасчетыСКонтрагентамиСсылка": "Документ.ТорговаяОперация",
    "ПКОРасчетыСКонтрагентамиСсылка": "Документ.ТорговаяОперация",
    "РКОРасчетыСКонтрагентамиСсылка": "Документ.ТорговаяОперация",
    "ОперацияПоПлатежнойКартеСсылка": "Документ.ТорговаяОперация",
    "КонтрагентыСсылка": "Справочник.Контрагенты",
    "ОрганизацииСсылка": "Справочник.Организации",
    "НоменклатураСсылка": "Справочник.Номенклатура",
    "БанковскиеСчетаСсылка": "Справочник.БанковскиеСчета",
    "ВалютыСсылка": "Справочник.Валюты",
    "ЕдиницыИзмеренияСсылка": "Справочник.ЕдиницыИзмерения",
}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_deletion_of_bp_is_read(version: str) -> None:
    invoice = "ЗаказКлиентаСсылка" if since(version, "1.6") else "ЗаказыКлиентовСсылка"
    book = Book(version)
    for name, kind in {**DELETED, invoice: "Документ.СчетНаОплату"}.items():
        text = book.deletion(name, REF)
        assert official_faults(version, text) == []
        assert read_bp_deletion(book.element(text)) == Deletion(kind, REF)


def test_the_deletion_of_a_type_without_use_here_is_none() -> None:
    book = Book("1.19")
    assert read_bp_deletion(book.element(book.deletion("ДоговорыСсылка", REF))) is None
    assert read_bp_deletion(book.element("<УдалениеОбъекта/>")) is None
