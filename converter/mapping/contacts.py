"""Contact information: four fields in the CRM, rows of 1C's own XML in BP (MAPPING §2)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from lxml import etree
from msgspec.structs import replace

from converter.envelope.header import escape
from converter.formats import Dialect
from converter.formats.notation import Scalar
from converter.objects import Contact, Counterparty

_NAMESPACE = "http://www.v8.1c.ru/ssl/contactinfo"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"

#: record field, ВидКонтактнойИнформации, 1C's type of the content, how that type holds the text
_KINDS = (
    ("phone", "Телефон", "НомерТелефона", "Номер"),
    ("email", "АдресЭлектроннойПочты", "ЭлектроннаяПочта", "Значение"),
    ("legal_address", "ЮридическийАдрес", "Адрес", None),
    ("actual_address", "ФактическийАдрес", "Адрес", None),
)


def contact_rows(card: Counterparty) -> tuple[Contact, ...]:
    """The rows of a counterparty's contact information, for BP."""
    return tuple(
        Contact(kind, _xml(text, type_name, attribute), None)
        for field, kind, type_name, attribute in _KINDS
        if (text := getattr(card, field)) is not None
    )


def contact_fields(rows: tuple[Contact, ...]) -> Iterator[tuple[str, str]]:
    """Record field and text of each row that the CRM has a field for."""
    for field, kind, _, _ in _KINDS:
        texts = (_shown(row) for row in rows if row.kind.strip() == kind)
        text = next((text for text in texts if text), None)
        if text:
            yield field, text


def fitting_rows(card: Counterparty, dialect: Dialect) -> tuple[Contact, ...]:
    """A counterparty's own rows, as a version has words for them, and those that the fields add.

    1C's XML stays letter by letter, with all that an address says; a plain text becomes such XML,
    since 1C would take it for something else and lose it (BP.md).
    """
    kinds = dialect.view.types["ВидыКИ"]
    assert isinstance(kinds, Scalar)
    rows = [replace(row, fields=_fields(row)) for row in card.contacts if row.kind in kinds.words]
    said = {row.kind for row in rows}
    return (*rows, *(row for row in contact_rows(card) if row.kind not in said))


def _fields(row: Contact) -> str:
    fields = row.fields or ""
    for _, kind, type_name, attribute in _KINDS:
        if kind == row.kind and not fields.lstrip().startswith("<"):
            return _xml(_shown(row), type_name, attribute)
    return fields


def _shown(row: Contact) -> str:
    return _presentation(row.fields or "") or _presentation(row.value or "")


def _xml(text: str, type_name: str, attribute: str | None) -> str:
    shown = f'"{_attribute(text)}"'
    content = f"{attribute}={shown}" if attribute else 'Страна="РОССИЯ"'
    return (
        f'<КонтактнаяИнформация xmlns="{_NAMESPACE}" xmlns:xsi="{_XSI}" Представление={shown}>'
        f'<Состав xsi:type="{type_name}" {content}/></КонтактнаяИнформация>'
    )


def _attribute(text: str) -> str:
    text = escape(text).replace('"', "&quot;")
    return text.replace("\t", "&#9;").replace("\n", "&#10;")


def _presentation(fields: str) -> str:
    """What a person would read: XML's Представление, JSON's value, else the text itself."""
    text = fields.strip()
    if "<!" in text:
        return ""  # a document type in an address is an attack
    if text.startswith("<"):
        return _from_xml(text)
    if text.startswith("{"):
        return _from_json(text)
    return text


def _from_xml(text: str) -> str:
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError:
        return text
    return str(root.get("Представление") or "")


def _from_json(text: str) -> str:
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text
    shown = value.get("value") if isinstance(value, dict) else None
    return shown if isinstance(shown, str) else text
