"""What EnterpriseData or BP left out of an edited invoice comes from CRM's last version (SPEC §3).

A field that BP sent stands as BP sent it; a field that is absent was not emptied but not said.
Rows are matched by item, then by number, whichever of Товары and Услуги they stand in.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from msgspec.structs import replace

from converter.mapping.items import Items
from converter.mapping.rows import ADDRESS_LIMIT, CONTENT_LIMIT
from converter.mapping.vat import KOPECK
from converter.objects import (
    Account,
    Contract,
    Counterparty,
    Currency,
    DocKey,
    Invoice,
    Item,
    Party,
    Row,
    Unit,
)


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
        contract=same_contract(edited.contract, last.contract),
        manager=edited.manager or last.manager,
        currency=same_currency(edited.currency, last.currency),
        rate=edited.rate if edited.rate is not None else last.rate,
        multiplicity=edited.multiplicity if edited.multiplicity is not None else last.multiplicity,
        pay_by=same_day(edited.pay_by, last.pay_by),
        account=_account(edited.account, last.account),
        address=_uncut(edited.address, last.address, ADDRESS_LIMIT),
        comment=edited.comment if edited.comment is not None else last.comment,
        goods=goods,
        services=services,
    )


def restore_counterparty(edited: Counterparty, last: Counterparty) -> Counterparty:
    """BP's version of a counterparty, completed from the last version that both sides knew."""
    return replace(
        edited,
        key=_party(edited.key, last.key),
        client=last.client,
        phone=edited.phone or last.phone,
        email=edited.email or last.email,
        legal_address=edited.legal_address or last.legal_address,
        actual_address=edited.actual_address or last.actual_address,
        account=_account(edited.account, last.account),
        comment=edited.comment if edited.comment is not None else last.comment,
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


def same_contract(edited: Contract | None, last: Contract | None) -> Contract | None:
    """The contract that was edited, with what was left out of it."""
    if edited is None or last is None:
        return edited or last
    if edited.ref and last.ref and edited.ref.lower() != last.ref.lower():
        return edited
    return Contract(
        edited.ref or last.ref,
        edited.name or last.name,
        edited.number or last.number,
        same_day(edited.date, last.date),
    )


def same_currency(edited: Currency, last: Currency) -> Currency:
    """A currency that is the same by its code is so by its name."""
    if edited.code is None and edited.name in (None, last.name):
        return last
    return last if edited.code == last.code else edited


def _account(edited: Account | None, last: Account | None) -> Account | None:
    if edited is None or last is None:
        return edited or last
    if edited.number and last.number and edited.number != last.number:
        return edited
    return Account(edited.number or last.number, edited.bic or last.bic, edited.bank or last.bank)


def same_day(edited: datetime | None, last: datetime | None) -> datetime | None:
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
    matches = _matches(edited.rows, last.rows)
    same_vat = (edited.vat_included is False) == (last.vat_included is False)
    was_service = {id(row) for row in last.services}
    goods: list[Row] = []
    services: list[Row] = []
    moved = False
    for part, rows in ((goods, edited.goods), (services, edited.services)):
        for row in rows:
            match = matches.get(id(row))
            own = part if match is None else services if id(match) in was_service else goods
            if match is None:
                own.append(row)
            elif own is part:
                own.append(_row(row, match, same_vat))
            else:
                own.append(_moved_back(row, match, same_vat))
                moved = True
    if moved:
        for part in (goods, services):
            part.sort(key=lambda row: row.line or 0)
    return _numbered(goods), _numbered(services)


def _matches(edited: tuple[Row, ...], last: tuple[Row, ...]) -> dict[int, Row]:
    """Which row of the last version each edited row is, by ``id``.

    Rows of one item are paired by everything, then by number where none of them came or went (BP
    numbers anew when a row is deleted), then by quantity and price, then by number, then in order.
    """
    items = Items(last)
    before = Counter(items.of(row) for row in last)
    after = Counter(items.of(row) for row in edited)
    passes: tuple[Callable[[Row], tuple[object, ...] | None], ...] = (
        lambda row: (row.line, row.quantity, row.price),
        lambda row: (row.line,) if before[items.of(row)] == after[items.of(row)] else None,
        lambda row: (row.quantity, row.price),
        lambda row: (row.line,),
        lambda row: (),
    )
    found: dict[int, Row] = {}
    taken: set[int] = set()
    for key in passes:
        free: dict[tuple[object, ...], deque[Row]] = {}
        for row in last:
            if id(row) not in taken and (part := key(row)) is not None:
                free.setdefault((items.of(row), *part), deque()).append(row)
        for row in edited:
            part = key(row)
            item = items.of(row)
            if id(row) in found or part is None or item is None:
                continue
            candidates = free.get((item, *part))
            if candidates:
                match = found[id(row)] = candidates.popleft()
                taken.add(id(match))
    return found


def _row(row: Row, last: Row, same_vat: bool) -> Row:
    """``same_vat``: whether VAT is inside of the sums, or on top, as it was."""
    same_sum = row.sum == last.sum
    quantity = row.quantity if row.quantity is not None else last.quantity
    same_vat = same_vat and same_sum and row.vat in (None, last.vat)
    return replace(
        row,
        item=_item(row.item, last.item),
        characteristic=row.characteristic or last.characteristic,
        content=_uncut(row.content, last.content, CONTENT_LIMIT),
        unit=_unit(row.unit, last.unit),
        quantity=quantity,
        price=_price(row, last, quantity) if row.price is None else row.price,
        vat=row.vat or last.vat,
        vat_sum=last.vat_sum if row.vat_sum is None and same_vat else row.vat_sum,
    )


def _price(row: Row, last: Row, quantity: Decimal | None) -> Decimal | None:
    """The last price, where what BP says of the row goes with it; else it follows from that."""
    if row.sum in (None, last.sum) and quantity == last.quantity:
        return last.price
    if last.price is None or quantity is None or row.sum is None:
        return last.price
    return (
        last.price if (last.price * quantity).quantize(KOPECK, ROUND_HALF_UP) == row.sum else None
    )


def _moved_back(row: Row, last: Row, same_vat: bool) -> Row:
    """A row that BP moved to the other part, as its own part can say it.

    A service has neither unit nor characteristic, goods have no text, and each part is numbered by
    itself: what BP says of these in the other part is no edit.
    """
    return replace(
        _row(row, last, same_vat),
        line=last.line,
        characteristic=last.characteristic,
        content=last.content,
        unit=last.unit,
    )


def _item(edited: Item | None, last: Item | None) -> Item | None:
    """BP's name and article; its code is another than the CRM's, whose own stands."""
    if edited is None or last is None:
        return edited or last
    return Item(edited.ref or last.ref, edited.name, last.code, edited.article or last.article)


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
