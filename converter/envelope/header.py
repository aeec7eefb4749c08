"""The header of a message as a value, read from XML and written as 1C writes it (FORMAT §2)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from lxml import etree
from msgspec import Struct

from converter.problems import Rejected, Said
from converter.problems import catalogue as say
from converter.problems.visible import short

MSG = "http://www.1c.ru/SSL/Exchange/Message"
_NS = f"{{{MSG}}}"


class ObjectType(NamedTuple):
    """What a base says of one object type: the versions in which it sends and receives it.

    Each is a list joined by commas, ``*`` for all of them, empty for none.
    """

    name: str
    sending: str
    receiving: str


class Header(Struct, frozen=True):
    """The header of a message. ``created`` is UTC without offset; numbers are never negative."""

    format: str
    created: datetime
    confirmed: bool = False
    plan: str | None = None
    to: str | None = None
    sender: str | None = None
    message_no: int | None = None
    received_no: int | None = None
    versions: tuple[str, ...] = ()
    new_from: str | None = None
    object_types: tuple[ObjectType, ...] = ()
    prefix: str | None = None

    @property
    def namespace(self) -> str:
        """The format's own namespace; after a space 1C may name an extension's."""
        return self.format.split(" ")[0]


def read_header(element: etree._Element) -> Header:
    """Read ``msg:Header``. Raises `Rejected` (HEADER_FIELD) where 1C would refuse the message."""
    confirmation = element.find(f"{_NS}Confirmation")
    sender = _text(confirmation, "From")
    if confirmation is not None and not sender:
        raise _bad(confirmation, "From", None)
    return Header(
        format=_needed(element, "Format"),
        created=_moment(element),
        confirmed=confirmation is not None,
        plan=_text(confirmation, "ExchangePlan"),
        to=_text(confirmation, "To"),
        sender=sender,
        message_no=_number(confirmation, "MessageNo"),
        received_no=_number(confirmation, "ReceivedNo"),
        versions=tuple((v.text or "").strip() for v in element.iterfind(f"{_NS}AvailableVersion")),
        new_from=_text(element, "NewFrom"),
        object_types=tuple(
            ObjectType(*(_text(kind, name) or "" for name in ("Name", "Sending", "Receiving")))
            for kind in element.iterfind(f"{_NS}AvailableObjectTypes/{_NS}ObjectType")
        ),
        prefix=_text(element, "Prefix"),
    )


def write_header(header: Header) -> str:
    """The header as 1C writes it, indented by tabs, for a Message that declares ``msg``."""
    lines = ["\t<msg:Header>", _line(2, "Format", header.format)]
    lines.append(_line(2, "CreationDate", header.created.isoformat(timespec="seconds")))
    if header.confirmed:
        lines.append("\t\t<msg:Confirmation>")
        lines += [
            _line(3, name, value)
            for name, value in (
                ("ExchangePlan", header.plan),
                ("To", header.to),
                ("From", header.sender),
                ("MessageNo", header.message_no),
                ("ReceivedNo", header.received_no),
            )
            if value is not None
        ]
        lines.append("\t\t</msg:Confirmation>")
    lines += [_line(2, "AvailableVersion", version) for version in header.versions]
    if header.new_from:
        lines.append(_line(2, "NewFrom", header.new_from))
    if header.object_types:
        lines.append("\t\t<msg:AvailableObjectTypes>")
        for kind in header.object_types:
            lines.append("\t\t\t<msg:ObjectType>")
            lines.append(_line(4, "Name", kind.name))
            lines.append(_line(4, "Sending", kind.sending))
            lines.append(_line(4, "Receiving", kind.receiving))
            lines.append("\t\t\t</msg:ObjectType>")
        lines.append("\t\t</msg:AvailableObjectTypes>")
    if header.prefix:
        lines.append(_line(2, "Prefix", header.prefix))
    lines.append("\t</msg:Header>")
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Text for element content. A carriage return survives only as a reference."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if "\r" in text:
        text = text.replace("\r", "&#13;")
    return text


def _line(depth: int, name: str, value: object) -> str:
    tabs = "\t" * depth
    text = escape(str(value))
    return f"{tabs}<msg:{name}>{text}</msg:{name}>" if text else f"{tabs}<msg:{name}/>"


def _text(parent: etree._Element | None, name: str) -> str | None:
    if parent is None:
        return None
    text = parent.findtext(f"{_NS}{name}")
    return text.strip() or None if text is not None else None


def _needed(element: etree._Element, name: str) -> str:
    text = _text(element, name)
    if text is None:
        raise _bad(element, name, None)
    return text


def _moment(element: etree._Element) -> datetime:
    text = _needed(element, "CreationDate")
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        raise _bad(element, "CreationDate", text) from None


def _number(parent: etree._Element | None, name: str) -> int | None:
    text = _text(parent, name)
    if parent is None or text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise _bad(parent, name, text)
    return int(text)


def _bad(element: etree._Element, name: str, value: str | None) -> Rejected:
    if value is None:
        reason = Said("не заполнено", "is missing")
    else:
        shown = short(value)
        reason = Said(f"значения «{shown}» быть не может", f"“{shown}” is no such value")
    return Rejected(say.HEADER_FIELD(name=name, reason=reason).at(line=element.sourceline))
