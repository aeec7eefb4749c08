"""The gate before the output: what is written has been parsed back and judged by its schema.

Objects are judged a few at a time; where a handful is refused, each of them alone, so that only
the faulty one is held (docs/performance.md).
"""

from __future__ import annotations

from lxml import etree
from msgspec import Struct

from converter.conversion.spool import Sink
from converter.conversion.tally import Tally, Tell
from converter.formats import Dialect
from converter.formats.schemas import schema
from converter.problems import Problem
from converter.problems import catalogue as say

HANDFUL = 8
_TAIL = "</Body>"


class Made(Struct, frozen=True):
    """An object's text with the place that it came from."""

    text: str
    type: str
    line: int | None
    label: str
    key: str


class Gate:
    """Takes objects as text, writes those that the schema accepts, holds the others."""

    def __init__(self, sink: Sink, dialect: Dialect, tally: Tally, tell: Tell) -> None:
        self._sink = sink
        self._dialect = dialect
        self._schema = schema(dialect)
        self._tally = tally
        self._tell = tell
        self._waiting: list[Made] = []
        self._head = f'<Body xmlns="{dialect.namespace}">'
        self._inside = slice(len(self._head.encode()), -len(_TAIL))
        self._parser = etree.XMLParser(
            resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True
        )

    def add(self, made: Made) -> None:
        """Take one object; it is written when a handful has come together."""
        self._waiting.append(made)
        if len(self._waiting) >= HANDFUL:
            self.flush()

    def flush(self) -> None:
        """Judge and write what has been taken."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        body = "".join([self._head, *[made.text for made in waiting], _TAIL]).encode()
        if self._schema.validate(self._parse(body)):
            self._sink.write(body[self._inside])
            for made in waiting:
                self._tally.written[made.type] += 1
        elif len(waiting) > 1:
            for made in waiting:
                self._waiting = [made]
                self.flush()
        else:
            self._tally.held += 1
            self._tell(self._refusal(waiting[0], body))

    def _parse(self, body: bytes) -> etree._Element:
        return etree.fromstring(body, self._parser)

    def _refusal(self, made: Made, body: bytes) -> Problem:
        from converter.formats.explain import explain  # slow to load, and rarely needed

        reasons = explain(self._parse(body)[0], self._dialect)
        first = reasons[0]
        problem = say.OUTPUT_INVALID(first.where.field, format=str(self._dialect), reason=first)
        return problem.at(line=made.line, object=made.label, key=made.key)
