"""Checking a message of either side without converting it (SPEC §7, `validate`)."""

from __future__ import annotations

from lxml import etree

from converter.conversion.companions import Companions
from converter.conversion.intake import place_of, reading_problem, schema_accepts, tell_all
from converter.conversion.tally import Tally, Tell
from converter.envelope.reader import Reader
from converter.formats import CRM, Dialect
from converter.formats.explain import explain, prune
from converter.formats.schemas import schema
from converter.mapping.catalogues import COUNTERPARTY
from converter.mapping.invoice import INVOICE
from converter.mapping.reading import reader
from converter.problems import catalogue as say
from converter.values import Absent, Unreadable


def check_crm(message: Reader, towards: Dialect | None, tell: Tell) -> Tally:
    """Judge a CRM's message by schema and rules; ``towards`` adds what a version of BP can say."""
    tally = Tally()
    tables = {f"{{{CRM.namespace}}}{table.crm}": table for table in (INVOICE, COUNTERPARTY)}
    with Companions() as companions:
        for element in message:
            tally.read += 1
            name = etree.QName(element).localname
            if name not in CRM.view.objects:
                tally.skipped[name] += 1
                tell(place_of(element).of(say.OBJECT_UNKNOWN(count=1)))
                continue
            if not schema_accepts(element, CRM, tell):
                tally.held += 1
                continue
            table = tables.get(str(element.tag))
            try:
                record = table and reader(table, CRM, judged=True)(element)
                problems = companions.judge(record, towards)
            except (Absent, Unreadable) as error:
                problems = [reading_problem(error, element)]
            if problems:
                tell_all(problems, place_of(element), tally, tell)
            tally.written[name] += 1
    return tally


def check_bp(message: Reader, dialect: Dialect, tell: Tell) -> Tally:
    """Judge BP's message by the schema of its version, as far as the converter knows the format.

    Elements and types that the converter does not use are passed over: it cannot judge them.
    """
    tally = Tally()
    judge = schema(dialect)
    for element in message:
        tally.read += 1
        name = etree.QName(element).localname
        if name not in dialect.view.objects:
            tally.skipped[name] += 1
            continue
        place = place_of(element)  # before anything is taken out of it
        prune(element, dialect, empty=False)
        tally.written[name] += 1
        if not judge.validate(element):
            tally.held += 1
            for problem in explain(element, dialect):
                tell(place.of(problem))
    return tally
