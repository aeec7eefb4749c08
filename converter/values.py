"""Single values out of XML: each reader takes the element and gives a typed value.

Tolerant as 1C is in blanks around a value, strict in the value itself. `Unreadable` carries the
element, so that its place can be told.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation, getcontext

from lxml import etree

ZERO = Decimal(0)
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
NO_REFERENCE = "00000000-0000-0000-0000-000000000000"
MOST_DIGITS = 16
#: no text of this length or less has more digits
SAFE = 12
LONGEST_WHOLE = 40
#: what databases hold, their sign apart
INTEGER_BITS = 64

# Products and quotients of the longest numbers of the formats stay exact to the kopeck.
getcontext().prec = 60
_DECIMAL = frozenset("0123456789.+- \t\r\n")
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


class Unreadable(Exception):
    """An element's text is not a value of its type; ``expected`` names the type."""

    def __init__(self, element: etree._Element, expected: str) -> None:
        super().__init__(expected)
        self.element = element
        self.expected = expected


class Absent(Exception):
    """A field that the mapping needs is not there; ``path`` is relative to ``element``."""

    def __init__(self, element: etree._Element, path: str) -> None:
        super().__init__(path)
        self.element = element
        self.path = path


def number(element: etree._Element) -> Decimal | None:
    """A decimal number without exponent; None where the element is empty."""
    text = element.text
    if text is None:
        return None
    if not _DECIMAL.issuperset(text):
        raise Unreadable(element, "decimal")
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Unreadable(element, "decimal") from None
    if len(text) > SAFE and not (
        value.adjusted() < MOST_DIGITS and _exponent(value) >= -MOST_DIGITS
    ):
        raise Unreadable(element, "decimal")
    return value or ZERO


def _exponent(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else -MOST_DIGITS - 1


def whole(element: etree._Element) -> int | None:
    """A whole number; None where the element is empty."""
    text = element.text
    if text is None:
        return None
    if len(text) < LONGEST_WHOLE and _DECIMAL.issuperset(text):
        try:
            value = int(text)
        except ValueError:
            pass  # said below, as of any other text
        else:
            if value.bit_length() < INTEGER_BITS:
                return value
    raise Unreadable(element, "integer")


def flag(element: etree._Element) -> bool | None:
    """true, false, 1 or 0; None where the element is empty."""
    text = element.text
    if text is None:
        return None
    try:
        return _FLAGS[text.strip()]
    except KeyError:
        raise Unreadable(element, "boolean") from None


def moment(element: etree._Element) -> datetime | None:
    """A date, with or without time, to the second; an offset is dropped, as the time is local."""
    text = element.text
    if text is None:
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        value = _moment_with_blanks(element, text)
    if value.microsecond or value.tzinfo is not None:
        value = value.replace(microsecond=0, tzinfo=None)
    return value


def occasion(element: etree._Element) -> datetime | None:
    """A date that need not be said; None also for 1C's empty date, which lies in the year 1."""
    value = moment(element)
    return value if value is None or value.year > 1 else None


def _moment_with_blanks(element: etree._Element, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise Unreadable(element, "dateTime") from None


def emptied(element: etree._Element) -> str | None:
    """What an element without a text says of an optional text: that it is empty; marked as nil, nothing."""
    return None if element.get(_NIL) in ("true", "1") else ""


def code(element: etree._Element) -> str | None:
    """A code with the blanks around it taken off; None where nothing is left (SPEC §3)."""
    text = element.text
    return text.strip() or None if text is not None else None


def reference(element: etree._Element) -> str | None:
    """A GUID as it stands; None where there is none, which 1C also writes as all zeros."""
    text = code(element)
    return None if text == NO_REFERENCE else text


def stripped(element: etree._Element) -> str:
    """A document's number, without the blanks that 1C fills its field up with."""
    return (element.text or "").strip()
