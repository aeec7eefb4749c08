"""From a payment or shipment of BP and its links to the CRM's trade operation (MAPPING §3)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from msgspec.structs import replace

from converter.mapping.documents import document_of
from converter.mapping.invoice import identified, known_person, row_vat
from converter.mapping.links import Links
from converter.mapping.operation import Kind
from converter.mapping.rows import complete, complete_currency, sum_of, too_long
from converter.objects import BookOperation, Party, Row, TradeOperation
from converter.problems import Problem
from converter.problems import catalogue as say
from converter.values import ZERO


def trade_operation(
    operation: BookOperation, kind: Kind, links: Links, enterprise: bool = False
) -> tuple[TradeOperation | None, list[Problem]]:
    """The operation as the CRM gets it; None where a problem among those given holds it.

    With ``enterprise`` also as a document, for a CRM that speaks EnterpriseData.
    """
    problems: list[Problem] = []
    if operation.key.ref is None:
        problems.append(say.FIELD_MISSING("КлючевыеСвойства/Ссылка"))
    currency, found = complete_currency(operation.currency, "Валюта")
    problems += found or ([links.problem] if links.problem is not None else [])
    party = operation.party or _party_of(links)
    if party is None:
        problems.append(say.PARTY_UNKNOWN("Контрагент"))
    goods, found = complete(links.goods, "Товары")
    problems += found
    services, found = complete(links.services, "Услуги")
    problems += found
    total = whole_sum(operation)
    problems += too_long(total, "Сумма")
    for share in links.shares if kind.is_payment else ():
        problems += too_long(share.sum, "РасшифровкаПлатежа/Строка/Сумма")
        problems += too_long(share.vat_sum, "РасшифровкаПлатежа/Строка/СуммаНДС")
    problems += _lacking(goods, "Товары")
    problems += _lacking(services, "Услуги")
    if party is None or any(problem.holds for problem in problems):
        return None, problems
    made = TradeOperation(
        key=operation.key,
        kind=kind.name,
        party=party,
        contract=links.contract or identified(operation.contract),
        currency=currency,
        total=total,
        statement_date=operation.statement_date,
        incoming_number=operation.incoming_number,
        incoming_date=operation.incoming_date,
        purpose=operation.purpose,
        responsible=known_person(operation.responsible),
        comment=operation.comment,
        shares=links.shares,
        goods=goods,
        services=services,
    )
    if enterprise:
        made = replace(made, document=document_of(operation, made, links))
    return made, problems


def _lacking(rows: tuple[Row, ...], part: str) -> Iterator[Problem]:
    """What a row of the CRM's cannot be without."""
    for row in rows:
        for value, field in ((row.item, "Номенклатура"), (row.quantity, "Количество")):
            if value is None:
                yield say.FIELD_MISSING(f"{part}/Строка[{row.line}]/{field}")


def _party_of(links: Links) -> Party | None:
    return next((facts.party for facts in links.facts if facts.party is not None), None)


def whole_sum(operation: BookOperation) -> Decimal:
    """An operation's sum with VAT, in its currency: as it says, else that of its rows."""
    if operation.total is not None:
        return operation.total
    total = ZERO
    for row in (*operation.goods, *operation.services):
        total += sum_of(row) or ZERO
        if operation.vat_included is not True:
            total += row_vat(row, included=False) or ZERO
    return total
