"""BP's cards as a CRM that speaks EnterpriseData can be told of them in its version."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from converter.formats import Dialect
from converter.formats.notation import Field, Group, Scalar
from converter.mapping.classifiers import CURRENCY_NAMES
from converter.mapping.rows import default_currency_name, fit_account
from converter.mapping.vat import sayable
from converter.objects import Account, AccountCard, CurrencyCard, ItemCard, UnitCard
from converter.problems import Problem, Said
from converter.problems import catalogue as say

_ITEM = "Справочник.Номенклатура"


def fit_card(card: Any, dialect: Dialect) -> tuple[Any, list[Problem]]:
    """A card with what the version demands; None where it demands what BP did not say.

    No money depends on a card: what has no word is left out with a warning, nothing is held.
    """
    fit = _FITS.get(type(card))
    return (card, []) if fit is None else fit(card, dialect)


def _item(card: ItemCard, dialect: Dialect) -> tuple[ItemCard | None, list[Problem]]:
    group = dialect.view.objects[_ITEM]
    if card.unit is None and _demanded(group.by_name["ЕдиницаИзмерения"]):
        reason = Said("нет единицы измерения", "no unit of measure")
        return None, [say.NOT_PASSED("ЕдиницаИзмерения", reason=reason)]
    words = group.by_name["ТипНоменклатуры"].type
    if isinstance(words, Scalar) and card.type not in words.words:
        reason = Said(
            f"вида «{card.type}» нет в EnterpriseData {dialect.version}",
            f"EnterpriseData {dialect.version} has no type “{card.type}”",
        )
        return None, [say.NOT_PASSED("ТипНоменклатуры", reason=reason)]
    if card.vat is not None and card.vat not in sayable(dialect):
        return replace(card, vat=None), [say.VAT_UNKNOWN("СтавкаНДС", value=card.vat)]
    return card, []


def _account(card: AccountCard, dialect: Dialect) -> tuple[AccountCard | None, list[Problem]]:
    if card.currency is None:
        reason = Said("нет валюты счёта", "no currency of the account")
        return None, [say.NOT_PASSED("ВалютаДенежныхСредств", reason=reason)]
    fitted = fit_account(Account(card.number, card.bic, card.bank), dialect)
    bank = None if fitted is None else fitted.bank
    return replace(card, bank=bank, currency=default_currency_name(card.currency, dialect)), []


def _currency(card: CurrencyCard, dialect: Dialect) -> tuple[CurrencyCard, list[Problem]]:
    code = card.code or ""
    return replace(card, name=card.name or CURRENCY_NAMES.get(code, code)), []


def _unit(card: UnitCard, dialect: Dialect) -> tuple[UnitCard, list[Problem]]:
    return replace(card, name=card.name or card.code), []


def _demanded(field: Field) -> bool:
    return field.least > 0 and isinstance(field.type, Group)


_FITS: dict[type, Any] = {
    ItemCard: _item,
    AccountCard: _account,
    CurrencyCard: _currency,
    UnitCard: _unit,
}
