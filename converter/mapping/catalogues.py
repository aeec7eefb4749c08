"""The catalogues: counterparties both ways, contracts to BP, the rest from BP (MAPPING §2, §4)."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from converter.formats import Dialect
from converter.mapping.contacts import contact_fields, contact_rows, fitting_rows
from converter.mapping.invoice import identified
from converter.mapping.operation import CUSTOMER
from converter.mapping.parts import (
    ACCOUNT,
    BOOK_ITEM,
    CLIENT,
    CONTRACT,
    CURRENCY,
    ORGANISATION,
    PARTY,
    REFERENCE,
    TRIMMED,
    UNIT,
)
from converter.mapping.restore import restore_counterparty
from converter.mapping.rows import code_of, complete_unit, default_currency_name, fit_account
from converter.mapping.table import Table, also, clearable, line
from converter.mapping.vat import RATES, VAT
from converter.objects import (
    AccountCard,
    Contact,
    ContractCard,
    Counterparty,
    CurrencyCard,
    Invoice,
    ItemCard,
    OrganisationCard,
    UnitCard,
)
from converter.problems import Problem, Said
from converter.problems import catalogue as say

# fmt: off
CONTACT = Table(
    Contact,
    line("kind",           None,                "ВидКонтактнойИнформации"),
    line("fields",         None,                "ЗначенияПолей"),
    line("value",          None,                "Значение"),
)

COUNTERPARTY = Table(
    Counterparty,
    line("key",            "КлючевыеСвойства",  "КлючевыеСвойства", PARTY),
    line("client",         "Клиент",            None, CLIENT),
    line("phone",          "Телефон",           None),
    line("email",          "ЭлектроннаяПочта",  None),
    line("legal_address",  "ЮридическийАдрес",  None),
    line("actual_address", "ФактическийАдрес",  None),
    line("contacts",       None,                "КонтактнаяИнформация/Строка", CONTACT),
    line("account",        "БанковскийСчет",    "ОсновнойБанковскийСчет", ACCOUNT),
    also("ОсновнойБанковскийСчет/Владелец/КонтрагентыСсылка", "key", PARTY),
    clearable("comment",   "Комментарий",       "ОбщиеСвойстваОбъектовФормата/Комментарий | ДополнительнаяИнформация"),
    crm="Справочник.Контрагенты",
    bp="Справочник.Контрагенты",
)

CONTRACT_CARD = Table(
    ContractCard,
    line("key",            None,                "КлючевыеСвойства", CONTRACT),
    line("kind",           None,                "КлючевыеСвойства/ВидДоговора", TRIMMED),
    line("organisation",   None,                "КлючевыеСвойства/Организация", ORGANISATION),
    line("party",          None,                "КлючевыеСвойства/Контрагент", PARTY),
    line("currency",       None,                "КлючевыеСвойства/ВалютаВзаиморасчетов", CURRENCY),
    bp="Справочник.Договоры",
)

ORGANISATION_CARD = Table(
    OrganisationCard,
    line("key",            "КлючевыеСвойства",  "КлючевыеСвойства", ORGANISATION),
    line("full_name",      "НаименованиеПолное", "КлючевыеСвойства/НаименованиеПолное"),
    crm="Справочник.Организации",
    bp="Справочник.Организации",
)

ITEM_CARD = Table(
    ItemCard,
    line("key",            "КлючевыеСвойства",  "КлючевыеСвойства", BOOK_ITEM),
    line("type",           "ТипНоменклатуры",   "ТипНоменклатуры"),
    line("unit",           "ЕдиницаИзмерения",  "ЕдиницаИзмерения", UNIT),
    line("vat",            "СтавкаНДС",         "СтавкаНДС", VAT),
    line("description",    "Описание",          "Описание"),
    crm="Справочник.Номенклатура",
    bp="Справочник.Номенклатура",
)

ACCOUNT_CARD = Table(
    AccountCard,
    line("ref",            "Ссылка",            "КлючевыеСвойства/Ссылка", REFERENCE),
    line("number",         "НомерСчета",        "КлючевыеСвойства/НомерСчета", TRIMMED),
    line("bic",            "БИК",               "КлючевыеСвойства/Банк/БИК"
                                                " | КлючевыеСвойства/Банк/ДанныеКлассификатораБанков/БИК", TRIMMED),
    line("bank",           "Банк",              "КлючевыеСвойства/Банк/Наименование"
                                                " | КлючевыеСвойства/Банк/ДанныеКлассификатораБанков/Наименование"),
    line("currency",       "Валюта",            "ВалютаДенежныхСредств", CURRENCY),
    line("organisation",   "Организация",       "КлючевыеСвойства/Владелец/ОрганизацииСсылка", ORGANISATION),
    crm="Справочник.БанковскиеСчета",
    bp="Справочник.БанковскиеСчета",
)

CURRENCY_CARD = Table(
    CurrencyCard,
    line("ref",            "Ссылка",            "КлючевыеСвойства/Ссылка", REFERENCE),
    line("code",           "Код",               "КлючевыеСвойства/Код | КлючевыеСвойства/ДанныеКлассификатора/Код", TRIMMED),
    line("name",           "Наименование",      "КлючевыеСвойства/Наименование"
                                                " | КлючевыеСвойства/ДанныеКлассификатора/Наименование"),
    crm="Справочник.Валюты",
    bp="Справочник.Валюты",
)

UNIT_CARD = Table(
    UnitCard,
    line("ref",            "Ссылка",            "КлючевыеСвойства/Ссылка", REFERENCE),
    line("code",           "Код",               "КлючевыеСвойства/Код | КлючевыеСвойства/ДанныеКлассификатора/Код", TRIMMED),
    line("name",           "Наименование",      "Наименование | КлючевыеСвойства/Наименование"
                                                " | КлючевыеСвойства/ДанныеКлассификатора/Наименование"),
    crm="Справочник.ЕдиницыИзмерения",
    bp="Справочник.ЕдиницыИзмерения",
)
# fmt: on


def counterparty_towards_bp(card: Counterparty, dialect: Dialect) -> Counterparty:
    """A counterparty as a side that speaks EnterpriseData is to get it."""
    account = fit_account(card.account, dialect)
    rows = fitting_rows(card, dialect) if card.contacts else contact_rows(card)
    return replace(card, contacts=rows, account=account)


def counterparty_from_bp(
    card: Counterparty, enterprise: bool = False, last: Counterparty | None = None
) -> Counterparty:
    """A counterparty as it was sent, its contacts in the CRM's fields; with ``enterprise`` the rows
    of EnterpriseData stay beside them, for another side that speaks it.

    ``last`` is the last version that both sides knew, from which comes what BP left out.
    """
    contacts = card.contacts if enterprise else ()
    made = replace(card, contacts=contacts, **dict(contact_fields(card.contacts)))
    if last is not None:
        made = restore_counterparty(made, last)
    return replace(made, comment=made.comment or None)


def counterparty_of(invoice: Invoice) -> Counterparty:
    """The counterparty that stands before an invoice whose CRM did not send it (SPEC §3)."""
    return Counterparty(key=invoice.party, client=invoice.client)


def contract_of(invoice: Invoice, dialect: Dialect) -> ContractCard | None:
    """The contract that stands before an invoice; None where BP could not find it."""
    card = contract_card(invoice)
    return None if card is None else contract_towards_bp(card, dialect)


def contract_card(invoice: Invoice) -> ContractCard | None:
    """The contract that an invoice names, whatever version it will be written in."""
    contract = identified(invoice.contract)
    if contract is None:
        return None
    return ContractCard(contract, invoice.key.organisation, invoice.party, invoice.currency)


def contract_towards_bp(card: ContractCard, dialect: Dialect) -> ContractCard:
    """A contract as a side that speaks EnterpriseData is to get it."""
    currency = card.currency and default_currency_name(card.currency, dialect)
    return replace(card, kind=CUSTOMER, currency=currency)


#: the cards that BP gives and the CRM only reads, by their element in BP's message
BOOK_CARDS = {
    table.bp: table
    for table in (ORGANISATION_CARD, ITEM_CARD, ACCOUNT_CARD, CURRENCY_CARD, UNIT_CARD)
}


def card_reference(card: Any) -> str | None:
    """A card's GUID."""
    ref: str | None = card.key.ref if hasattr(card, "key") else card.ref
    return ref


def card_from_bp(card: Any) -> tuple[Any, list[Problem]]:
    """A card of BP's as the CRM is to get it, and what is wrong with it: held without a GUID."""
    problems = [] if card_reference(card) else [say.FIELD_MISSING("КлючевыеСвойства/Ссылка")]
    if isinstance(card, AccountCard):
        return account_from_bp(card), problems
    if isinstance(card, ItemCard):
        card, found = item_from_bp(card)
        problems += found
    return card, problems


def account_from_bp(card: AccountCard) -> AccountCard:
    """An account as BP sent it; a currency without a code is left out (MAPPING §4)."""
    code = code_of(card.currency)
    if card.currency is None or code is None:
        return replace(card, currency=None)
    return replace(card, currency=replace(card.currency, code=code))


def item_from_bp(card: ItemCard) -> tuple[ItemCard, list[Problem]]:
    """An item as BP sent it; a rate that the CRM format cannot say is left out."""
    unit, problems = complete_unit(card.unit, "ЕдиницаИзмерения")
    vat = card.vat
    if vat is not None and vat not in RATES:
        problems.append(say.VAT_UNKNOWN("СтавкаНДС", value=vat))
        vat = None
    return replace(card, unit=unit, vat=vat), problems


def unpassable(card: Any) -> Problem | None:
    """Why a card of BP's is not passed to the CRM although nothing is wrong with it (MAPPING §4)."""
    if isinstance(card, AccountCard):
        if card.organisation is None:
            return None
        if card.number is None:
            return say.NOT_PASSED(
                "КлючевыеСвойства/НомерСчета", reason=Said("нет номера счёта", "no account number")
            )
    elif isinstance(card, CurrencyCard | UnitCard) and card.code is None:
        return say.NOT_PASSED("КлючевыеСвойства", reason=Said("нет кода", "no code"))
    return None
