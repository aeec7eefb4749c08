"""What EnterpriseData or BP left out of an edited invoice comes from CRM's last version (SPEC §3).

A field that BP sent stands as BP sent it; a field that is absent was not emptied but not said.
Rows are matched by item, then by number, whichever of Товары and Услуги they stand in.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from converter.mapping.rows import ADDRESS_LIMIT, CONTENT_LIMIT
from converter.objects import Account, Contract, Currency, DocKey, Invoice, Item, Party, Row, Unit


def restore(edited: Invoice, last: Invoice) -> Invoice:
    """BP's version of an invoice, completed from the CRM's last version.

    The interest, the client and the permission to ship are the CRM's alone. The invoice keeps the
    ``Ссылка`` that the CRM knows it by.
    """
    goods, services = _restore_rows(edited, last)
    return replace(
        edited,
        key=_key(edited.key, last.key),
        interest=last.interest,
        client=last.client,
        may_ship=last.may_ship,
        party=_party(edited.party, last.party),
        contract=_contract(edited.contract, last.contract),
        manager=edited.manager or last.manager,
        currency=_currency(edited.currency, last.currency),
        rate=edited.rate if edited.rate is not None else last.rate,
        multiplicity=edited.multiplicity if edited.multiplicity is not None else last.multiplicity,
        pay_by=_same_day(edited.pay_by, last.pay_by),
        account=_account(edited.account, last.account),
        address=_uncut(edited.address, last.address, ADDRESS_LIMIT),
        comment=edited.comment if edited.comment is not None else last.comment,
        goods=goods,
        services=services,
    )


def _key(edited: DocKey, last: DocKey) -> DocKey:
    return replace(edited, ref=last.ref)


def _party(edited: Party, last: Party) -> Party:
    if edited.ref and last.ref and edited.ref.lower() != last.ref.lower():
        return edited
    return replace(
        edited,
        ref=edited.ref or last.ref,
        full_name=edited.full_name or last.full_name,
        inn=edited.inn or last.inn,
        kpp=edited.kpp or last.kpp,
    )


def _contract(edited: Contract | None, last: Contract | None) -> Contract | None:
    if edited is None or last is None:
        return edited or last
    if edited.ref and last.ref and edited.ref.lower() != last.ref.lower():
        return edited
    return Contract(
        edited.ref or last.ref,
        edited.name or last.name,
        edited.number or last.number,
        _same_day(edited.date, last.date),
    )


def _currency(edited: Currency, last: Currency) -> Currency:
    if edited.code is None and edited.name in (None, last.name):
        return last
    return last if edited.code == last.code else edited


def _account(edited: Account | None, last: Account | None) -> Account | None:
    if edited is None or last is None:
        return edited or last
    if edited.number and last.number and edited.number != last.number:
        return edited
    return Account(edited.number or last.number, edited.bic or last.bic, edited.bank or last.bank)


def _same_day(edited: datetime | None, last: datetime | None) -> datetime | None:
    """BP holds the day only: where it is the same day, the CRM's time of day stands."""
    if edited is None or last is None:
        return edited or last
    return last if edited.date() == last.date() else edited


def _uncut(edited: str | None, last: str | None, limit: int) -> str | None:
    """A text that was cut towards BP and not changed there comes back whole."""
    if edited is None or (last is not None and edited == last[:limit]):
        return last
    return edited


def _restore_rows(edited: Invoice, last: Invoice) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    free = list(last.rows)
    was_service = {id(row) for row in last.services}
    goods: list[Row] = []
    services: list[Row] = []
    for part, rows in ((goods, edited.goods), (services, edited.services)):
        for row in rows:
            match = _match(row, free)
            if match is None:
                part.append(row)
                continue
            free.remove(match)
            (services if id(match) in was_service else goods).append(_row(row, match))
    return _numbered(goods), _numbered(services)


def _match(row: Row, free: list[Row]) -> Row | None:
    same = [each for each in free if _same_item(row.item, each.item)]
    tests: tuple[Callable[[Row], bool], ...] = (
        lambda each: each.line == row.line and each.quantity == row.quantity,
        lambda each: each.quantity == row.quantity and each.price == row.price,
        lambda each: each.line == row.line,
    )
    for test in tests:
        found = next((each for each in same if test(each)), None)
        if found is not None:
            return found
    return same[0] if same else None


def _same_item(one: Item | None, other: Item | None) -> bool:
    if one is None or other is None:
        return False
    if one.ref and other.ref:
        return one.ref.lower() == other.ref.lower()
    return one.name == other.name


def _row(row: Row, last: Row) -> Row:
    item = last.item if last.item is not None else row.item
    return replace(
        row,
        item=item,
        characteristic=row.characteristic or last.characteristic,
        content=_uncut(row.content, last.content, CONTENT_LIMIT),
        unit=_unit(row.unit, last.unit),
        quantity=row.quantity if row.quantity is not None else last.quantity,
        price=row.price if row.price is not None else last.price,
        vat=row.vat or last.vat,
        vat_sum=row.vat_sum if row.vat_sum is not None or row.sum != last.sum else last.vat_sum,
    )


def _unit(edited: Unit | None, last: Unit | None) -> Unit | None:
    if edited is None or last is None:
        return edited or last
    if edited.code is None and edited.name in (None, last.name):
        return last
    return last if edited.code == last.code else edited


def _numbered(rows: list[Row]) -> tuple[Row, ...]:
    """Rows that moved between the parts get numbers of their own again."""
    numbers = [row.line for row in rows]
    if len(set(numbers)) == len(numbers):
        return tuple(rows)
    return tuple(replace(row, line=index) for index, row in enumerate(rows, 1))
