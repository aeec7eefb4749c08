"""What the version of a CRM's message has no place for stays as it stands (SPEC §3, last part).

Else BP's comment would be emptied by the next edit of a CRM that speaks 1.3. Which fields these
are is read off the table: those whose places the version does not have.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from msgspec.structs import replace

from converter.formats import Dialect
from converter.formats.notation import Group
from converter.mapping.places import fits
from converter.mapping.restore import same_contract, same_currency, same_day
from converter.mapping.table import Table
from converter.objects import ContractCard, Counterparty, Invoice, Row, Unit


def remember(record: Any, last: Any, invoice: Table, dialect: Dialect) -> Any:
    """A CRM's object with what its version could not say as ``last`` has it.

    Dates without a time of day, names of currencies and units that are the same by their code
    are told as the version tells them, which is no change.
    """
    if isinstance(record, Invoice) and isinstance(last, Invoice):
        return _invoice(record, last, invoice, dialect)
    if isinstance(record, Counterparty) and isinstance(last, Counterparty):
        return replace(record, client=last.client)
    if isinstance(record, ContractCard) and isinstance(last, ContractCard):
        key = same_contract(record.key, last.key)
        return record if key is None else replace(record, key=key)
    return record


def _invoice(record: Invoice, last: Invoice, table: Table, dialect: Dialect) -> Invoice:
    kept = {name: getattr(last, name) for name in unsayable(table, dialect)}
    units = {row.unit.code: row.unit for row in last.rows if row.unit is not None}
    contract = record.contract and same_contract(record.contract, last.contract)
    return replace(
        replace(record, **kept),
        currency=same_currency(record.currency, last.currency),
        contract=contract,
        pay_by=kept.get("pay_by") or (record.pay_by and same_day(record.pay_by, last.pay_by)),
        goods=tuple(_row(row, units) for row in record.goods),
    )


def _row(row: Row, units: dict[str | None, Unit]) -> Row:
    unit = row.unit
    if unit is None or unit.name is not None or unit.code not in units:
        return row
    return replace(row, unit=units[unit.code])


@cache
def unsayable(table: Table, dialect: Dialect) -> tuple[str, ...]:
    """The fields of a table's record that a version of EnterpriseData has no place for."""
    group: Group = dialect.view.objects[str(table.bp)]
    said = {
        line.value
        for line in table.lines
        if any(fits(group.find(place), line, dialect.side) for place in line.places(dialect.side))
    }
    lines = (line for line in table.lines if not line.written_only)
    return tuple(line.value for line in lines if line.value not in said)
