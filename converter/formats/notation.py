"""The notation in which the formats are written down (the *.fields texts).

A format is one text for all its versions; `Format.at` gives the view of one version, in which
every type is a `Group` of `Field`s or a `Scalar`. The notation is explained at the head of
``enterprisedata.fields``; a mistake in such a text is a mistake of ours and raises `NotationError`
with the line. What stands below a type is understood when its fields are asked for, since a message
needs a third of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from typing import Any

from msgspec import Struct

BUILT_IN = {"string": "string", "boolean": "boolean", "date": "date", "dateTime": "dateTime"}


class NotationError(ValueError):
    """A *.fields text says something that the notation does not have."""


class Scalar(Struct, frozen=True):
    """A value: its base type and what narrows it. Lengths in characters, digits in decimal digits."""

    name: str
    base: str
    min_length: int = 0
    max_length: int | None = None
    digits: int | None = None
    fraction: int | None = None
    pattern: str | None = None
    least: int | None = None
    words: tuple[str, ...] = ()


class Field(Struct, frozen=True):
    """One element inside a group, as one version has it: ``least``..``many`` times."""

    name: str
    least: int
    many: bool
    type: Group | Scalar
    type_name: str | None

    @property
    def group(self) -> Group:
        """The fields inside; an error where the field holds a plain value."""
        if isinstance(self.type, Scalar):
            raise NotationError(f"{self.name} is a value, not a group")
        return self.type


class Group:
    """Fields in their order; with ``choice`` exactly one of them is present."""

    def __init__(
        self, name: str | None, choice: bool, fields: Callable[[], Iterable[Field]]
    ) -> None:
        self.name = name
        self.choice = choice
        self._fields = fields

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Raises `NotationError` where the text is mistaken."""
        return tuple(self._fields())

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}

    def find(self, path: str) -> Field | None:
        """The field at a path such as ``Товары/Строка/Цена``; None where the version has none."""
        group: Group | Scalar = self
        field = None
        for step in path.split("/"):
            if isinstance(group, Scalar):
                return None
            field = group.by_name.get(step)
            if field is None:
                return None
            group = field.type
        return field


class View(Struct, frozen=True):
    """A format in one version: its named types, and the objects that stand in a Body."""

    version: str
    types: dict[str, Group | Scalar]
    objects: dict[str, Group]


class _Line(Struct, frozen=True):
    """A field of some versions, with the lines below it."""

    number: int
    name: str
    occurs: str
    type_text: str
    versions: frozenset[str]
    inner: list[_Line]


#: lines with their numbers, not yet understood
_Lines = list[tuple[int, str]]


class _Head(Struct, frozen=True):
    """A type of some versions; several may share what stands below them."""

    number: int
    is_object: bool
    choice: bool
    versions: frozenset[str]
    below: _Lines


class Format:
    """A whole format, read from its text; views of single versions are made when asked for."""

    def __init__(self, text: str, origin: str) -> None:
        self._origin = origin
        self._heads: dict[str, _Head] = {}
        self._values: dict[str, _Lines] = {}
        self._understood: dict[int, list[_Line]] = {}
        self._views: dict[str, View] = {}
        self._ranges: dict[str, frozenset[str]] = {}
        self.versions: tuple[str, ...] = ()
        self._read(text)

    def at(self, version: str) -> View:
        """The view of one version; a KeyError where the format has no such version."""
        if version not in self._views:
            if version not in self.versions:
                raise KeyError(version)
            self._views[version] = self._view(version)
        return self._views[version]

    # -- reading the text ------------------------------------------------------------------------

    def _read(self, text: str) -> None:
        below: _Lines = []
        for number, line in enumerate(text.splitlines(), 1):
            if line.startswith(" "):
                below.append((number, line))
            elif line.startswith("versions "):
                self.versions = tuple(line.split()[1:])
            elif " = " in line and not line.startswith("#"):
                name, _, words = line.partition(" = ")
                below = self._values[name] = [(number, words)]
            elif line and not line.startswith("#"):
                below = self._add_head(line, number)

    def _add_head(self, line: str, number: int) -> _Lines:
        names, *others = _columns(line.removeprefix("object "))
        choice = others[:1] == ["one of"]
        ranges = others[choice:]
        if len(ranges) > 1:
            raise self._error(number, "not a type")
        versions = self._versions("".join(ranges), number)
        head = _Head(number, line.startswith("object "), choice, versions, [])
        self._heads.update((name.strip(), head) for name in names.split(","))
        return head.below

    def _lines(self, head: _Head) -> list[_Line]:
        """What stands below a head."""
        if head.number not in self._understood:
            stack: list[list[_Line]] = [[]]
            for number, line in head.below:
                body = line.strip()
                depth = (len(line) - len(line.lstrip())) // 4
                if body.startswith("#"):
                    continue
                if depth > len(stack):
                    raise self._error(number, "indented too far")
                field = self._field(body, number)
                del stack[depth:]
                stack[-1].append(field)
                stack.append(field.inner)
            self._understood[head.number] = stack[0]
        return self._understood[head.number]

    def _field(self, body: str, number: int) -> _Line:
        name, _, rest = body.partition(" ")
        others = _columns(rest)
        if others and _is_ranges(others[0]):
            others.insert(0, "")
        if len(others) > 2:
            raise self._error(number, "not a field")
        type_text, ranges = (*others, "", "")[:2]
        bare = name.rstrip("?*+")
        return _Line(number, bare, name[len(bare) :], type_text, self._versions(ranges, number), [])

    def _versions(self, text: str, number: int) -> frozenset[str]:
        """The versions that ranges name, all of them where there are none."""
        if text not in self._ranges:
            chosen: set[str] = set()
            for part in text.split(","):
                chosen.update(self._between(part.strip(), number))
            self._ranges[text] = frozenset(chosen)
        return self._ranges[text]

    def _between(self, text: str, number: int) -> Iterable[str]:
        """The versions of one range: ``1.7..``, ``..1.6``, ``1.7..1.10``, ``1.8``."""
        since, dots, until = text.partition("..")
        try:
            first = self.versions.index(since) if since else 0
            last = self.versions.index(until) if until else len(self.versions) - 1
        except ValueError:
            raise self._error(number, f"{text!r} is no range of versions") from None
        return self.versions[first : last + 1] if dots or not text else [since]

    def _error(self, number: int, what: str) -> NotationError:
        return NotationError(f"{self._origin}, line {number}: {what}")

    # -- one version -----------------------------------------------------------------------------

    def _view(self, version: str) -> View:
        types: dict[str, Group | Scalar] = {}
        objects: dict[str, Group] = {}
        for name, head in self._heads.items():
            if version in head.versions:
                fields = partial(self._fields_below, head, version, types)
                types[name] = group = Group(name, head.choice, fields)
                if head.is_object:
                    objects[name] = group
        for name, lines in self._values.items():
            scalar = self._scalar(name, lines, version)
            if scalar is not None:
                types[name] = scalar
        return View(version, types, objects)

    def _fields_below(
        self, head: _Head, version: str, types: dict[str, Group | Scalar]
    ) -> Iterator[Field]:
        return self._fields(self._lines(head), version, types)

    def _fields(
        self, lines: list[_Line], version: str, types: dict[str, Group | Scalar]
    ) -> Iterator[Field]:
        for line in lines:
            if version not in line.versions:
                continue
            least = 0 if line.occurs in ("?", "*") else 1
            kind, type_name = self._type(line, version, types)
            yield Field(line.name, least, line.occurs in ("*", "+"), kind, type_name)

    def _type(
        self, line: _Line, version: str, types: dict[str, Group | Scalar]
    ) -> tuple[Group | Scalar, str | None]:
        text = line.type_text
        if text in ("", "one of"):
            return Group(None, bool(text), partial(self._fields, line.inner, version, types)), None
        if text in types:
            return types[text], text
        if text.partition(" ")[0] in BUILT_IN:
            return self._value("", text, line.number), None
        raise self._error(line.number, f"no type {text!r} in version {version}")

    def _scalar(self, name: str, lines: _Lines, version: str) -> Scalar | None:
        """A value as one version has it; None where it has none."""
        words: list[str] = []
        for number, line in lines:
            text, *ranges = _columns(line.strip().removeprefix("| "))
            if version in self._versions("".join(ranges), number):
                words += text.split(" | ")
        if len(words) == 1 and " " in words[0]:
            return self._value(name, words[0], lines[0][0])
        return Scalar(name, "string", words=tuple(words)) if words else None

    def _value(self, name: str, text: str, number: int) -> Scalar:
        """A base type with what narrows it."""
        base, *facets = text.split()
        narrowed: dict[str, Any] = {}
        try:
            for facet in facets:
                narrowed |= _narrowed(facet, base)
        except ValueError:
            raise self._error(number, f"no value {text!r}") from None
        return Scalar(name, base, **narrowed)


def _columns(line: str) -> list[str]:
    """What stands apart in a line, two blanks at least between."""
    return [column for part in line.split("  ") if (column := part.strip())]


def _is_ranges(text: str) -> bool:
    return text[0].isdigit() or text.startswith("..")


def _narrowed(facet: str, base: str) -> dict[str, Any]:
    """What a facet says of a value. Raises `ValueError` where it is none."""
    if facet.startswith(">="):
        return {"least" if base == "integer" else "min_length": int(facet[2:])}
    if facet.startswith("<="):
        return {"max_length": int(facet[2:])}
    if facet.startswith("/"):
        return {"pattern": facet[1:].removesuffix("/")}
    digits, comma, fraction = facet.partition(",")
    return {"digits": int(digits), "fraction": int(fraction) if comma else None}
