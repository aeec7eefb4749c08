"""Taking a message in: which dialect it speaks, which objects the schema accepts, where they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from converter.conversion.tally import Tally, Tell
from converter.envelope.reader import ByteStream, Reader
from converter.formats import ENTERPRISE_DATA, Dialect, dialect_of
from converter.formats.schemas import schema
from converter.objects import DocKey
from converter.problems import Problem, Rejected, Said
from converter.problems import catalogue as say
from converter.values import Absent, Unreadable

_TO_CRM = Said(
    "crm; если его написала CRM, --crm-format enterprisedata",
    "crm; or, where a CRM wrote it, --crm-format enterprisedata",
)


class Place(NamedTuple):
    """Where an object stands, and what people and programs call it."""

    line: int | None
    label: str
    key: str

    def of(self, problem: Problem) -> Problem:
        """A problem at this place."""
        return problem.at(line=self.line, object=self.label, key=self.key)


def message_dialect(reader: Reader) -> Dialect:
    """The dialect of a message. Raises `Rejected`: GREETING, FORMAT_UNKNOWN, FORMAT_MISMATCH."""
    named = reader.header.namespace
    if named == ENTERPRISE_DATA and reader.namespace is None:
        raise Rejected(say.GREETING())
    if reader.namespace is not None and reader.namespace != named:
        raise Rejected(say.FORMAT_MISMATCH(format=named, body=reader.namespace))
    dialect = dialect_of(named)
    if dialect is None:
        raise Rejected(say.FORMAT_UNKNOWN(format=named))
    return dialect


def require_side(dialect: Dialect, side: str) -> None:
    """Raises `Rejected` (WRONG_DIRECTION) where a message is not of the side asked for."""
    if dialect.side != side:
        other = "bp" if dialect.side == "crm" else _TO_CRM
        raise Rejected(say.WRONG_DIRECTION(format=str(dialect), other=other))


def open_message(stream: ByteStream, side: str | None = None) -> tuple[Reader, Dialect]:
    """A message and its dialect, which must be of one side where that is given.

    Raises `Rejected`, also with WRONG_DIRECTION.
    """
    message = Reader(stream)
    dialect = message_dialect(message)
    if side is not None:
        require_side(dialect, side)
    return message, dialect


def card_place(kind: str, ref: str | None, line: int | None) -> Place:
    """The place of a catalogue's object or a deletion that has been read."""
    label = f"{kind} {ref or ''}".rstrip()
    return Place(line, label, label)


def document_place(kind: str, key: DocKey, line: int | None) -> Place:
    """The place of a document that has been read."""
    return Place(line, f"{kind} № {key.number}", f"{kind} {key.ref or ''}".rstrip())


def place_of(element: etree._Element) -> Place:
    """The place of an object, found without trusting anything but its element."""
    kind = etree.QName(element).localname
    ref = number = None
    for child in element.iter():
        name = etree.QName(child).localname
        if name == "Ссылка" and ref is None:
            ref = (child.text or "").strip()
        elif name == "Номер" and number is None:
            number = (child.text or "").strip()
        elif name == "Организация":
            break
    label = f"{kind} № {number}" if number else f"{kind} {ref or ''}".rstrip()
    return Place(element.sourceline, label, f"{kind} {ref or ''}".rstrip())


def references(element: etree._Element, dialect: Dialect) -> Iterator[str]:
    """Every GUID that an object names, its own first, without trusting anything but its element."""
    for each in element.iter(f"{{{dialect.namespace}}}Ссылка"):
        if each.text and (ref := each.text.strip()):
            yield ref


def schema_accepts(element: etree._Element, dialect: Dialect, tell: Tell) -> bool:
    """Whether an object may be read; elements that its format does not know are taken out of it.

    Both, what was taken out and why an object is refused, is told with its place; but of
    EnterpriseData only a part is known here, and what else it says is no news.
    """
    judge = schema(dialect)
    if judge.validate(element):
        return True
    from converter.formats.explain import explain, prune  # needed only for what is refused

    place = place_of(element)
    for path in prune(element, dialect):
        if dialect.side == "crm":
            tell(place.of(say.ELEMENT_UNKNOWN(path)))
    if judge.validate(element):
        return True
    for problem in explain(element, dialect):
        tell(place.of(problem))
    return False


def reading_problem(error: Absent | Unreadable, element: etree._Element) -> Problem:
    """What a reader could not do without, or could not understand, with the object's place."""
    from converter.formats.explain import EXAMPLES, field_path  # needed only for what is refused

    path = field_path(error.element, element)
    if isinstance(error, Absent):
        problem = say.FIELD_MISSING(f"{path}/{error.path}" if path else error.path)
    else:
        value = (error.element.text or "").strip()
        problem = say.VALUE_INVALID(path, value=value, expected=EXAMPLES[error.expected])
    return place_of(element).of(problem.at(line=error.element.sourceline))


def tell_all(problems: list[Problem], place: Place, tally: Tally, tell: Tell) -> bool:
    """Tell an object's problems at its place; returns, and counts, whether they hold it."""
    for problem in problems:
        tell(place.of(problem))
    held = any(problem.holds for problem in problems)
    tally.held += held
    return held
