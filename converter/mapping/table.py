"""The notation of the mapping: a table a type, a line a field, both directions from one line.

A line says: the record's field, its place in the CRM format, its place in EnterpriseData. Places
are paths from the object's element. Several places in EnterpriseData are joined by ``|``: those
that a version does not have fall away; of the rest the first that is present is read, and the
first is written. So no line names a version: what exists since when stands in the format alone.

How a value is written in XML follows from its type in the format. Where more is needed, a line
has a *part*: another table (a group of fields, or rows of them), or an `Odd` pair of functions.

Companions (`also`, `fixed`) are written to EnterpriseData and not read: what BP demands beside a
field. A companion never makes its container appear; it stands only where the container does
(`always` is the exception).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from lxml import etree
from msgspec import Struct

from converter.formats.notation import Field


class Odd(Protocol):
    """A value that is not written the same on both sides.

    ``reader`` and ``writer`` are asked once per version for the functions that do it.
    ``writer`` gives the whole element, indented by ``tabs``, for a value that is not None; where
    there is nothing odd in writing, there is no such function.
    """

    def reader(self, field: Field) -> Callable[[etree._Element], Any]: ...

    def writer(self, field: Field, tabs: str) -> Callable[[Any], str] | None: ...


class Line(Struct, frozen=True):
    """A line of a table. ``value`` is a path of record fields, or a constant in ``text``.

    ``clears``: an empty element of EnterpriseData is read as an empty text and not as none.
    """

    value: str
    crm: str | None
    bp: tuple[str, ...]
    part: Table | Odd | None
    text: str | None = None
    companion: bool = False
    written_only: bool = False
    clears: bool = False

    def places(self, side: str) -> tuple[str, ...]:
        """Where the line stands in one side's format, best first."""
        if side == "bp":
            return self.bp
        return () if self.crm is None else (self.crm,)


class Table:
    """A type: its record, its element or type name on each side, and its lines."""

    def __init__(
        self, record: type[Any], *lines: Line, crm: str | None = None, bp: str | None = None
    ) -> None:
        self.record = record
        self.lines = lines
        self.crm = crm
        self.bp = bp

    def name(self, side: str) -> str | None:
        """The name of the element (objects) or the type (groups) on one side."""
        return self.bp if side == "bp" else self.crm


def line(value: str, crm: str | None, bp: str | None, part: Table | Odd | None = None) -> Line:
    """A field that both sides have, or with None only one of them."""
    return Line(value, crm, _places(bp), part)


def clearable(value: str, crm: str, bp: str) -> Line:
    """A text that BP may empty: an element that stands there empty says so, an absent one does not."""
    return Line(value, crm, _places(bp), None, clears=True)


def also(bp: str, value: str, part: Table | Odd | None = None) -> Line:
    """A companion in EnterpriseData that repeats another field of the record."""
    return Line(value, None, _places(bp), part, companion=True, written_only=True)


def always(bp: str, value: str, part: Table | Odd | None = None) -> Line:
    """Like `also`, but its container stands whenever the value is there."""
    return Line(value, None, _places(bp), part, written_only=True)


def fixed(bp: str, text: str) -> Line:
    """A companion in EnterpriseData that always says the same."""
    return Line("", None, _places(bp), None, text, companion=True, written_only=True)


def _places(text: str | None) -> tuple[str, ...]:
    return () if text is None else tuple(place.strip() for place in text.split("|"))
