"""What an object of a CRM's message says, read and told apart before anything is done with it."""

from __future__ import annotations

from typing import Any, NamedTuple

from lxml import etree

from converter.conversion.intake import (
    Place,
    card_place,
    document_place,
    place_of,
    reading_problem,
    schema_accepts,
)
from converter.mapping.crm import DELETED, CrmFormat
from converter.mapping.deletion import INVOICE
from converter.problems import Problem
from converter.problems import catalogue as say
from converter.values import Absent, Unreadable


class Read(NamedTuple):
    """An invoice, a card or a deletion, with what is wrong with it so far."""

    kind: str
    record: Any
    place: Place
    problems: list[Problem]


class Unread(NamedTuple):
    """What its schema refuses, or could not be read: one of the problems holds it."""

    kind: str
    place: Place
    problems: list[Problem]


class Nothing(NamedTuple):
    """What counts as absent, such as a draft; the problems are no more than warnings."""

    kind: str
    place: Place
    problems: list[Problem]


class NotOfCrm(NamedTuple):
    """What the CRM may not say, or nobody here knows; without a problem it is passed over."""

    problem: Problem | None


Said = Read | Unread | Nothing | NotOfCrm


def crm_says(element: etree._Element, crm: CrmFormat) -> Said:
    """What an object says; elements that its format does not know are taken out of it."""
    name = etree.QName(element)
    known = name.namespace == crm.dialect.namespace
    kind = crm.own.get(name.localname) if known else None
    if kind is None:
        if known and name.localname in crm.dialect.view.objects:
            return NotOfCrm(say.NOT_FROM_CRM())
        # of EnterpriseData only a part is used here
        return NotOfCrm(None if crm.enterprise else say.OBJECT_UNKNOWN())
    problems: list[Problem] = []
    try:
        if schema_accepts(element, crm.dialect, problems.append):
            record, found = crm.read(kind, element, judged=True)
            if record is None:
                return Nothing(kind, place_of(element), problems)
            return Read(kind, record, _place(kind, record, element), problems + found)
    except (Absent, Unreadable) as error:
        problems.append(reading_problem(error, element))
    return Unread(kind, place_of(element), problems)


def _place(kind: str, record: Any, element: etree._Element) -> Place:
    if kind == DELETED:
        return place_of(element)
    if kind == INVOICE:
        return document_place(kind, record.key, element.sourceline)
    return card_place(kind, record.key.ref, element.sourceline)
