"""BP's cards on their way to the CRM, with every problem whole: its place and its details."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from converter.formats import bp
from converter.mapping.cards import fit_card
from converter.mapping.catalogues import card_from_bp, card_reference, unpassable
from converter.objects import (
    AccountCard,
    Currency,
    CurrencyCard,
    Item,
    ItemCard,
    OrganisationCard,
    Unit,
    UnitCard,
)
from converter.problems import Problem, Said
from converter.problems import catalogue as say
from tests.mapping.book import TABLE, guid
from tests.mapping.known import ORGANISATION

REF = guid(50)
OLD, NEW = bp("1.3"), bp("1.19")
ITEM = ItemCard(Item(TABLE, "Стол", None, None), "Товар", Unit("796", "шт"), "НДС20", "Дуб")
ACCOUNT = AccountCard(
    REF, "40702810800000004101", None, "Банк", Currency("643", None), ORGANISATION
)


def not_passed(field: str, ru: str, en: str) -> Problem:
    return say.NOT_PASSED(field, reason=Said(ru, en))


# -- towards a CRM that speaks EnterpriseData ------------------------------------------------------


def test_a_sound_item_goes_as_it_is() -> None:
    assert fit_card(ITEM, OLD) == (ITEM, [])
    assert fit_card(ITEM, NEW) == (ITEM, [])


def test_an_item_without_a_unit_goes_only_where_none_is_demanded() -> None:
    bare = replace(ITEM, unit=None)
    problem = not_passed("ЕдиницаИзмерения", "нет единицы измерения", "no unit of measure")
    assert fit_card(bare, OLD) == (None, [problem])
    assert fit_card(bare, NEW) == (bare, [])


def test_an_item_of_a_type_without_a_word_does_not_go() -> None:
    kit = replace(ITEM, type="Набор")
    problem = not_passed(
        "ТипНоменклатуры",
        "вида «Набор» нет в EnterpriseData 1.3",
        "EnterpriseData 1.3 has no type “Набор”",
    )
    assert fit_card(kit, OLD) == (None, [problem])
    assert fit_card(kit, NEW) == (kit, [])


def test_an_items_rate_without_a_word_is_left_out() -> None:
    taxed = replace(ITEM, vat="НДС22")
    expected = replace(ITEM, vat=None), [say.VAT_UNKNOWN("СтавкаНДС", value="НДС22")]
    assert fit_card(taxed, OLD) == expected
    assert fit_card(taxed, NEW) == (taxed, [])
    assert fit_card(replace(ITEM, vat=None), OLD) == (replace(ITEM, vat=None), [])


def test_an_account_names_its_currency_and_no_bank_without_bic_where_that_is_demanded() -> None:
    named = replace(ACCOUNT, bank=None, currency=Currency("643", "руб."))
    assert fit_card(ACCOUNT, OLD) == (named, [])
    assert fit_card(ACCOUNT, NEW) == (ACCOUNT, [])
    whole = replace(ACCOUNT, bic="049999871")
    assert fit_card(whole, OLD) == (replace(whole, currency=Currency("643", "руб.")), [])


def test_an_account_without_a_currency_does_not_go() -> None:
    problem = not_passed("ВалютаДенежныхСредств", "нет валюты счёта", "no currency of the account")
    assert fit_card(replace(ACCOUNT, currency=None), NEW) == (None, [problem])


@pytest.mark.parametrize(
    ("code", "name", "shown"),
    [("643", None, "руб."), ("840", None, "USD"), ("398", None, "398"), (None, None, ""),
     ("643", "рубль", "рубль"), (None, "рубль", "рубль")],
)  # fmt: skip
def test_a_currency_is_called_by_its_code_where_it_has_no_name(
    code: str | None, name: str | None, shown: str
) -> None:
    card = CurrencyCard(REF, code, name)
    assert fit_card(card, NEW) == (CurrencyCard(REF, code, shown), [])


def test_a_unit_is_called_by_its_code_where_it_has_no_name() -> None:
    assert fit_card(UnitCard(REF, "796", None), NEW) == (UnitCard(REF, "796", "796"), [])
    assert fit_card(UnitCard(REF, "796", "шт"), NEW) == (UnitCard(REF, "796", "шт"), [])


def test_other_cards_go_as_they_are() -> None:
    card = OrganisationCard(ORGANISATION, "ООО «В»")
    assert fit_card(card, OLD) == (card, [])


# -- from BP ---------------------------------------------------------------------------------------


def test_a_cards_guid_stands_in_its_key_or_in_itself() -> None:
    assert card_reference(ITEM) == TABLE
    assert card_reference(ACCOUNT) == REF
    assert card_reference(replace(ACCOUNT, ref=None)) is None


def test_a_card_without_a_guid_is_held() -> None:
    problem = say.FIELD_MISSING("КлючевыеСвойства/Ссылка")
    nameless = replace(ITEM, key=replace(ITEM.key, ref=None))
    assert card_from_bp(nameless) == (nameless, [problem])
    unit = UnitCard(None, "796", "шт")
    assert card_from_bp(unit) == (unit, [problem])
    assert card_from_bp(replace(ACCOUNT, ref=None)) == (replace(ACCOUNT, ref=None), [problem])


def test_what_an_item_has_no_word_for_is_told_whole() -> None:
    card = replace(ITEM, unit=Unit(None, "ящик"), vat="НДС4")
    assert card_from_bp(card) == (
        replace(ITEM, unit=Unit("ящик", "ящик"), vat=None),
        [
            say.UNIT_BY_NAME("ЕдиницаИзмерения", value="ящик"),
            say.VAT_UNKNOWN("СтавкаНДС", value="НДС4"),
        ],
    )
    assert card_from_bp(replace(ITEM, unit=Unit(None, None)))[0].unit is None


@pytest.mark.parametrize(
    ("currency", "made"),
    [
        (None, None),
        (Currency(None, "кредит"), None),
        (Currency(None, None), None),
        (Currency(None, "USD"), Currency("840", "USD")),
        (Currency("978", "евро"), Currency("978", "евро")),
    ],
)
def test_an_accounts_currency_is_known_by_its_name_or_left_out(
    currency: Currency | None, made: Currency | None
) -> None:
    card = replace(ACCOUNT, currency=currency)
    assert card_from_bp(card) == (replace(ACCOUNT, currency=made), [])


def test_why_a_card_is_not_passed() -> None:
    no_number = not_passed("КлючевыеСвойства/НомерСчета", "нет номера счёта", "no account number")
    no_code = not_passed("КлючевыеСвойства", "нет кода", "no code")
    bare = replace(ACCOUNT, number=None)
    assert unpassable(bare) == no_number
    assert unpassable(replace(bare, organisation=None)) is None
    assert unpassable(ACCOUNT) is None
    assert unpassable(CurrencyCard(REF, None, "руб.")) == no_code
    assert unpassable(UnitCard(REF, None, "шт")) == no_code
    assert unpassable(UnitCard(REF, "796", None)) is None
    assert unpassable(ITEM) is None
