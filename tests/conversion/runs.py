"""Runs of the one-off conversion on messages in memory."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from lxml import etree

from converter.conversion.learn import learn_crm_message
from converter.conversion.ledger import MessageLedger
from converter.conversion.tally import Tally
from converter.conversion.to_bp import convert_to_bp
from converter.conversion.to_crm import convert_to_crm
from converter.envelope.reader import Reader
from converter.formats import CRM as CRM_DIALECT
from converter.formats import Dialect, bp
from converter.formats.schemas import schema_path
from converter.problems import Problem
from tests.mapping.book import CRM, message, namespace

NOW = datetime(2026, 2, 11, 9)


class Outcome(NamedTuple):
    """What came out: the objects, what was told, what was counted."""

    objects: list[etree._Element]
    problems: list[Problem]
    tally: Tally

    @property
    def names(self) -> list[str]:
        """The names of the objects, in their order."""
        return [etree.QName(each).localname for each in self.objects]

    @property
    def refs(self) -> list[str | None]:
        """The first Ссылка of each object, in their order."""
        return [each.findtext(".//{*}Ссылка") for each in self.objects]

    @property
    def ids(self) -> list[str]:
        """The ids of the problems, in the order in which they were told."""
        return [problem.kind.id for problem in self.problems]

    def all(self, name: str) -> list[etree._Element]:
        """The objects of a name."""
        return [each for each in self.objects if etree.QName(each).localname == name]


def to_bp(*objects: str, version: str = "1.19") -> Outcome:
    """Objects of the CRM, converted for BP."""
    problems: list[Problem] = []
    out = io.BytesIO()
    reader = Reader(io.BytesIO(message(CRM, *objects)))
    tally = convert_to_bp(reader, out, bp(version), NOW, problems.append)
    return Outcome(_objects(out.getvalue(), bp(version)), problems, tally)


def to_crm(*objects: str, version: str = "1.19", known: Sequence[str] | None = None) -> Outcome:
    """Objects of BP, converted for the CRM; ``known`` are objects of the CRM's own messages."""
    problems: list[Problem] = []
    out = io.BytesIO()
    with MessageLedger(known=known is not None) as ledger:
        if known is not None:
            learn_crm_message(Reader(io.BytesIO(message(CRM, *known))), ledger)
        reader = Reader(io.BytesIO(message(namespace(version), *objects)))
        tally = convert_to_crm(reader, out, bp(version), ledger, NOW, problems.append)
    return Outcome(_objects(out.getvalue(), CRM_DIALECT), problems, tally)


def _objects(data: bytes, dialect: Dialect) -> list[etree._Element]:
    """The objects of a message, which must be valid by the dialect's schema."""
    root = etree.fromstring(data)
    schema = etree.XMLSchema(etree.parse(str(schema_path(dialect, "Message.xsd"))))
    assert schema.validate(root), schema.error_log
    body = root.find("{*}Body")
    assert body is not None
    return list(body)
