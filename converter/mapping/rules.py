"""The rules that a CRM's objects are judged by, beyond what the schema can say (SPEC §5).

A rule takes a record and yields problems; whether a problem holds the object stands in the
catalogue, with the reason. The lists at the end say which rules an object is judged by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP
from typing import Any

from converter.formats import Dialect
from converter.mapping import requisites
from converter.mapping.classifiers import REPLACED_CURRENCIES, currency_code, unit_code
from converter.mapping.invoice import rows_total
from converter.mapping.vat import KOPECK, sayable, vat_of
from converter.objects import Account, ContractCard, Counterparty, Invoice, Organisation, Party
from converter.problems import Problem, Said
from converter.problems import catalogue as say

NUMBER_LIMIT = 11
USUAL_YEARS = range(2000, 2100)
_ANY_CURRENCY = Said("три цифры, как 643 у рубля", "three digits, such as 643 for the rouble")
_ANY_UNIT = Said("цифры, как 796 у штуки", "digits, such as 796 for a piece")


def number_fits(invoice: Invoice) -> Iterator[Problem]:
    """BP's number has 11 characters and it stops at a longer one."""
    if len(invoice.key.number) > NUMBER_LIMIT:
        yield say.NUMBER_TOO_LONG("КлючевыеСвойства/Номер", value=invoice.key.number)


def has_rows(invoice: Invoice) -> Iterator[Problem]:
    """An invoice without rows cannot be posted, and its sum means nothing."""
    if not invoice.rows:
        yield say.INVOICE_EMPTY("Товары")


def sum_is_rows(invoice: Invoice) -> Iterator[Problem]:
    """The sum is that of the rows with VAT, to the kopeck."""
    rows = rows_total(invoice)
    if invoice.rows and invoice.total != rows:
        yield say.SUM_NOT_ROWS("Сумма", total=invoice.total, rows=rows)


def rows_add_up(invoice: Invoice) -> Iterator[Problem]:
    """Per row: a rate, a quantity, quantity × price, and VAT within the rounding of its rate."""
    included = invoice.vat_included is not False
    for part, rows in (("Товары", invoice.goods), ("Услуги", invoice.services)):
        for row in rows:
            where = f"{part}/Строка[{row.line}]"
            if row.vat is None:
                yield say.VAT_ABSENT(f"{where}/СтавкаНДС", row=row.line)
            elif row.vat_sum is not None and row.sum is not None:
                expected = vat_of(row.sum, row.vat, included)
                if abs(row.vat_sum - expected) > KOPECK:
                    yield say.ROW_VAT(
                        f"{where}/СуммаНДС", row=row.line, value=row.vat_sum, rate=row.vat,
                        expected=expected,
                    )  # fmt: skip
            if row.quantity is None or row.price is None or row.sum is None:
                continue
            if row.quantity <= 0:
                yield say.QUANTITY_ZERO(f"{where}/Количество", row=row.line, value=row.quantity)
            product = row.quantity * row.price
            if product != row.sum:
                rounded = product.quantize(KOPECK, ROUND_HALF_UP)
                if rounded != row.sum:
                    yield say.ROW_SUM(
                        f"{where}/Сумма", row=row.line, value=row.sum, expected=rounded
                    )


def codes_known(invoice: Invoice) -> Iterator[Problem]:
    """The currency by ОКВ: payments are counted by its code. Units by ОКЕИ."""
    code = invoice.currency.code
    if code is not None and not (
        len(code) == 3 and code.isascii() and code.isdigit() and code not in REPLACED_CURRENCIES
    ):
        known = REPLACED_CURRENCIES.get(code) or currency_code(code)
        known = known or currency_code(invoice.currency.name)
        yield say.CURRENCY_CODE("Валюта/Код", value=code, expected=known or _ANY_CURRENCY)
    for row in invoice.goods:
        unit = row.unit
        if unit is None or unit.code is None or unit.code.isdigit():
            continue
        by_name = unit_code(unit.code) or unit_code(unit.name)
        if by_name is None and unit.code == unit.name:
            continue  # BP has no code for it either: the name stands in its place
        where = f"Товары/Строка[{row.line}]/ЕдиницаИзмерения/Код"
        yield say.UNIT_CODE(where, value=unit.code, expected=by_name or _ANY_UNIT)


def dates_usual(invoice: Invoice) -> Iterator[Problem]:
    """A document's date lies in this century; 1C's empty date does not."""
    dates: list[tuple[str, datetime | None]] = [("КлючевыеСвойства/Дата", invoice.key.date)]
    dates.append(("ОплатитьДо", invoice.pay_by))
    for field, date in dates:
        if date is not None and date.year not in USUAL_YEARS:
            yield say.DATE_UNUSUAL(field, value=date.date())


def invoice_parties(invoice: Invoice) -> Iterator[Problem]:
    """The requisites of seller, buyer and the seller's account."""
    yield from legal_person(invoice.key.organisation, "КлючевыеСвойства/Организация")
    yield from legal_person(invoice.party, "Контрагент")
    yield from account(invoice.account, "БанковскийСчетОрганизации")


def counterparty_requisites(card: Counterparty) -> Iterator[Problem]:
    """The requisites of a counterparty and its account."""
    yield from legal_person(card.key, "КлючевыеСвойства")
    yield from account(card.account, "БанковскийСчет")


def legal_person(person: Organisation | Party, field: str) -> Iterator[Problem]:
    """ИНН with its check digits and its length by kind, and the form of КПП."""
    if person.inn and (fault := requisites.inn_fault(person.inn, person.kind)):
        yield say.INN_WRONG(f"{field}/ИНН", value=person.inn, reason=fault)
    if person.kpp and requisites.kpp_unusual(person.kpp):
        yield say.KPP_WRONG(f"{field}/КПП", value=person.kpp)


def account(account: Account | None, field: str) -> Iterator[Problem]:
    """The form of БИК, and the account's key at that bank."""
    if account is None or not account.bic:
        return
    if requisites.bic_unusual(account.bic):
        yield say.BIC_WRONG(f"{field}/БИК", value=account.bic)
    elif account.number and not requisites.account_fits(account.number, account.bic):
        yield say.ACCOUNT_WRONG(f"{field}/НомерСчета", value=account.number, bic=account.bic)


def rates_sayable(invoice: Invoice, dialect: Dialect, side: str = "bp") -> Iterator[Problem]:
    """Every VAT rate has a word in the version that a side speaks; another is never written instead
    (SPEC §2)."""
    known = sayable(dialect)
    for part, rows in (("Товары", invoice.goods), ("Услуги", invoice.services)):
        for row in rows:
            if row.vat is not None and row.vat not in known:
                kind = say.VAT_NOT_IN_VERSION if side == "bp" else say.VAT_NOT_IN_CRM_VERSION
                yield kind(
                    f"{part}/Строка[{row.line}]/СтавкаНДС", rate=row.vat, version=dialect.version
                )


def has_reference(invoice: Invoice) -> Iterator[Problem]:
    """The invoice has a GUID; all zeros is how 1C writes none."""
    if invoice.key.ref is None:
        yield say.FIELD_MISSING("КлючевыеСвойства/Ссылка")


INVOICE_RULES: tuple[Callable[[Invoice], Iterable[Problem]], ...] = (
    has_reference,
    number_fits,
    has_rows,
    sum_is_rows,
    rows_add_up,
    codes_known,
    dates_usual,
    invoice_parties,
)


def judge(record: Any, towards: Dialect | None) -> list[Problem]:
    """Everything wrong with an object of a CRM's; of an invoice also towards a version of BP."""
    if isinstance(record, Invoice):
        return judge_invoice(record, towards)
    if isinstance(record, Counterparty):
        return judge_counterparty(record)
    if isinstance(record, ContractCard) and not record.key.ref:
        return [say.FIELD_MISSING("КлючевыеСвойства/Ссылка")]
    return []


def judge_invoice(invoice: Invoice, towards: Dialect | None) -> list[Problem]:
    """Everything wrong with a CRM's invoice, also towards a version of BP where one is given."""
    problems = [problem for rule in INVOICE_RULES for problem in rule(invoice)]
    if towards is not None:
        problems += rates_sayable(invoice, towards)
    return problems


def judge_counterparty(card: Counterparty) -> list[Problem]:
    """Everything wrong with a CRM's counterparty."""
    problems = list(counterparty_requisites(card))
    if card.key.ref is None:
        problems.append(say.FIELD_MISSING("КлючевыеСвойства/Ссылка"))
    return problems
