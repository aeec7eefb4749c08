"""What an object of BP's message says, read and told apart before anything is done with it."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from lxml import etree

from converter.conversion.intake import Place, card_place, place_of, reading_problem, references
from converter.formats import Dialect
from converter.mapping.catalogues import (
    BOOK_CARDS,
    CONTRACT_CARD,
    COUNTERPARTY,
    card_from_bp,
    card_reference,
    unpassable,
)
from converter.mapping.crm import DELETED
from converter.mapping.deletion import read_bp_deletion
from converter.mapping.documents import document_table
from converter.mapping.invoice import INVOICE
from converter.mapping.operation import CORRECTIONS, KINDS
from converter.mapping.reading import reader
from converter.mapping.states import BOOK_PAYMENT_STATE, BOOK_SHIPMENT_STATE
from converter.mapping.table import Table
from converter.objects import (
    AccountCard,
    BookOperation,
    BookState,
    ContractCard,
    Counterparty,
    Deletion,
    Invoice,
)
from converter.problems import Problem
from converter.values import Absent, Unreadable


class Card(NamedTuple):
    """A card that only BP changes, as the CRM is to get it, and what is wrong with it.

    Where it does not ``pass``, although nothing is, the only problem says why.
    """

    kind: str
    ref: str | None
    record: Any
    place: Place
    problems: list[Problem]
    passes: bool


class Correction(NamedTuple):
    """A document that is told and not counted, and every GUID that it names."""

    place: Place
    refs: tuple[str, ...]


class Unread(NamedTuple):
    """What could not be read, and why."""

    problem: Problem


Document = Invoice | BookOperation
Said = Document | BookState | Counterparty | ContractCard | Card | Deletion | Correction | Unread


def bp_says(
    element: etree._Element, dialect: Dialect, enterprise: bool, states: bool = False
) -> Said | None:
    """What an object says to a CRM; None where it is of no use here.

    ``enterprise``: the CRM speaks EnterpriseData, and is told more. ``states``: BP's own word on
    invoices is of use.
    """
    name = etree.QName(element)
    if name.namespace != dialect.namespace:
        return None
    kind = name.localname
    if kind in CORRECTIONS:
        refs = dict.fromkeys(ref.lower() for ref in references(element, dialect))
        return Correction(place_of(element), tuple(refs))
    if kind == DELETED:
        return read_bp_deletion(element, enterprise)
    table = _tables(enterprise, states).get(kind)
    if table is None:
        return None
    try:
        record = reader(table, dialect)(element)
    except (Absent, Unreadable) as error:
        return Unread(reading_problem(error, element))
    return _card(kind, record, element.sourceline) if kind in BOOK_CARDS else record


@cache
def _tables(enterprise: bool, states: bool) -> dict[str | None, Table]:
    """What is read, by its element; contracts are no business of a CRM that has none."""
    tables = [INVOICE, COUNTERPARTY, *BOOK_CARDS.values()]
    tables += [CONTRACT_CARD] if enterprise else []
    tables += [BOOK_PAYMENT_STATE, BOOK_SHIPMENT_STATE] if states else []
    documents = {
        each.table.bp: document_table(each) if enterprise else each.table for each in KINDS
    }
    return {table.bp: table for table in tables} | documents


def _card(kind: str, card: Any, line: int | None) -> Card | None:
    """None: an account without its organisation, which is not ours."""
    if isinstance(card, AccountCard) and card.organisation is None:
        return None
    ref, reason = card_reference(card), unpassable(card)
    made, problems = card_from_bp(card)
    problems = problems if reason is None else [reason]
    return Card(kind, ref, made, card_place(kind, ref, line), problems, reason is None)
