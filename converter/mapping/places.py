"""From the lines of a table to a tree of places in one version of a format.

Both compilers walk this tree: the format gives the order and the presence, the table the values.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Any, get_args

from msgspec import Struct

from converter.formats.notation import Field, Group, Scalar
from converter.mapping.table import Line, Table


class Slot(Struct, frozen=True):
    """A line at one of its places; ``rank`` 0 is the best place of those that the version has."""

    line: Line
    rank: int


class Place:
    """An element of the format with the line that fills it, or with the places inside it."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.slot: Slot | None = None
        self.inner: dict[str, Place] = {}

    def in_order(self) -> Iterator[Place]:
        """The places inside, in the format's order."""
        return in_order(self.field.group, self.inner)


def in_order(group: Group, places: dict[str, Place]) -> Iterator[Place]:
    """Places in the order in which the format has their elements."""
    return (places[field.name] for field in group.fields if field.name in places)


def lay_out(table: Table, group: Group, side: str, writing: bool) -> dict[str, Place]:
    """The places of a table inside a group of the format.

    For writing each line has its best place, and companions count; for reading it has all of its
    places, and what is only written does not count.
    """
    root: dict[str, Place] = {}
    for line in table.lines:
        if line.written_only and not writing:
            continue
        found = [place for place in line.places(side) if fits(group.find(place), line, side)]
        for rank, place in enumerate(found[:1] if writing else found):
            _put(root, group, place.split("/"), Slot(line, rank))
    return root


def fits(field: Field | None, line: Line, side: str) -> bool:
    """Whether a version has a place; in EnterpriseData with the type that the table is for."""
    if field is None:
        return False
    if isinstance(line.part, Table):
        if isinstance(field.type, Scalar):
            return False
        return side == "crm" or line.part.bp is None or field.type_name == line.part.bp
    return line.part is not None or isinstance(field.type, Scalar)


def _put(places: dict[str, Place], group: Group, steps: list[str], slot: Slot) -> None:
    field = group.by_name[steps[0]]
    place = places.setdefault(steps[0], Place(field))
    if len(steps) == 1:
        place.slot = slot
    else:
        _put(place.inner, field.group, steps[1:], slot)


def annotation(record: type[Any], path: str) -> tuple[Any, bool]:
    """The type of a record's field at a dotted path, and whether it may be None."""
    optional = False
    kind: Any = record
    for name in path.split("."):
        kind = kind.__annotations__[name]
        if isinstance(kind, UnionType):
            kind = next(arg for arg in get_args(kind) if arg is not type(None))
            optional = True
    return kind, optional
