"""The notation in which the formats are written down (the *.fields texts).

A format is one text for all its versions; `Format.at` gives the view of one version, in which
every type is a `Group` of `Field`s or a `Scalar`. The notation is explained at the head of
``enterprisedata.fields``; a mistake in such a text is a mistake of ours and raises `NotationError`
with the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

BUILT_IN = {"string": "string", "boolean": "boolean", "date": "date", "dateTime": "dateTime"}

_HEAD = re.compile(r"(object )?(\S+?)(?:\s+(one of))?(?:\s{2,}(\S.*))?$")
_FIELD = re.compile(
    r"(\S+?)([?*+]?)(?:\s+(one of|\S+(?: [<>]=\S+| /\S+| \d\S*)*))?(?:\s{2,}(\S.*))?$"
)
_RANGE = re.compile(r"(?:(\d[\d.]*)?\.\.(\d[\d.]*)?|(\d[\d.]*))$")
_FACETS = re.compile(r"(>=\d+)|(<=\d+)|(\d+),(\d+)|(\d+)|/(.+)/$")


class NotationError(ValueError):
    """A *.fields text says something that the notation does not have."""


class Scalar(NamedTuple):
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


class Field(NamedTuple):
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

    def __init__(self, name: str | None, choice: bool) -> None:
        self.name = name
        self.choice = choice
        self.fields: tuple[Field, ...] = ()

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


class View(NamedTuple):
    """A format in one version: its named types, and the objects that stand in a Body."""

    version: str
    types: dict[str, Group | Scalar]
    objects: dict[str, Group]


class _Line(NamedTuple):
    number: int
    name: str
    occurs: str
    type_text: str | None
    versions: frozenset[str]
    inner: list[_Line]


class _Head(NamedTuple):
    number: int
    is_object: bool
    choice: bool
    versions: frozenset[str]
    lines: list[_Line]


class _Words(NamedTuple):
    number: int
    text: str
    versions: frozenset[str]


class Format:
    """A whole format, read from its text; views of single versions are made when asked for."""

    def __init__(self, text: str, origin: str) -> None:
        self._origin = origin
        self._heads: dict[str, _Head] = {}
        self._values: dict[str, list[_Words]] = {}
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
        stack: list[list[_Line]] = []
        value = ""
        for number, raw in enumerate(text.splitlines(), 1):
            line = raw.rstrip()
            body = line.lstrip(" ")
            if not body or body.startswith("#"):
                continue
            depth = (len(line) - len(body)) // 4
            if body.startswith("versions "):
                self.versions = tuple(body.split()[1:])
            elif depth == 0 and " = " in body:
                value, _, rest = body.partition(" = ")
                self._add_words(value, rest, number)
            elif body.startswith("| "):
                self._add_words(value, body[2:], number)
            elif depth == 0:
                stack = [self._add_head(body, number)]
            elif depth > len(stack):
                raise self._error(number, "indented too far")
            else:
                field = self._field(body, number)
                del stack[depth:]
                stack[-1].append(field)
                stack.append(field.inner)

    def _add_words(self, name: str, rest: str, number: int) -> None:
        text, _, ranges = rest.partition("  ")
        self._values.setdefault(name, []).append(
            _Words(number, text.strip(), self._versions(ranges, number))
        )

    def _add_head(self, body: str, number: int) -> list[_Line]:
        names, lines = body, list[_Line]()
        match = _HEAD.match(re.sub(r",\s+", ",", names))
        if match is None:
            raise self._error(number, "not a type")
        for name in match[2].split(","):
            self._heads[name] = _Head(
                number, bool(match[1]), bool(match[3]), self._versions(match[4], number), lines
            )
        return lines

    def _field(self, body: str, number: int) -> _Line:
        match = _FIELD.match(body)
        if match is None:
            raise self._error(number, "not a field")
        name, occurs, type_text, ranges = match.groups()
        if type_text is not None and ranges is None and _is_ranges(type_text):
            type_text, ranges = None, type_text
        return _Line(number, name, occurs, type_text, self._versions(ranges, number), [])

    def _versions(self, text: str | None, number: int) -> frozenset[str]:
        """The versions that ranges name, all of them where there are none."""
        text = text or ""
        if text not in self._ranges:
            self._ranges[text] = self._chosen(text, number)
        return self._ranges[text]

    def _chosen(self, text: str, number: int) -> frozenset[str]:
        if not text.strip():
            return frozenset(self.versions)
        chosen: set[str] = set()
        for part in text.split(","):
            match = _RANGE.match(part.strip())
            if match is None:
                raise self._error(number, f"{part!r} is no range of versions")
            chosen.update(self._between(match[3] or match[1], match[3] or match[2], number))
        return frozenset(chosen)

    def _between(self, since: str | None, until: str | None, number: int) -> Iterable[str]:
        try:
            first = self.versions.index(since) if since else 0
            last = self.versions.index(until) if until else len(self.versions) - 1
        except ValueError as error:
            raise self._error(number, str(error)) from None
        return self.versions[first : last + 1]

    def _error(self, number: int, what: str) -> NotationError:
        return NotationError(f"{self._origin}, line {number}: {what}")

    # -- one version -----------------------------------------------------------------------------

    def _view(self, version: str) -> View:
        types: dict[str, Group | Scalar] = {}
        for name, head in self._heads.items():
            if version in head.versions:
                types[name] = Group(name, head.choice)
        for name, words in self._values.items():
            scalar = self._scalar(name, [w for w in words if version in w.versions])
            if scalar is not None:
                types[name] = scalar
        for name, head in self._heads.items():
            if version in head.versions:
                group = types[name]
                assert isinstance(group, Group)
                group.fields = tuple(self._fields(head.lines, version, types))
        objects = {
            name: group
            for name, group in types.items()
            if isinstance(group, Group) and self._heads[name].is_object
        }
        return View(version, types, objects)

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
        if text is None or text == "one of":
            group = Group(None, text is not None)
            group.fields = tuple(self._fields(line.inner, version, types))
            return group, None
        if text in types:
            return types[text], text
        if text.split()[0] in BUILT_IN:
            return _value("", text), None
        raise self._error(line.number, f"no type {text!r} in version {version}")

    def _scalar(self, name: str, words: list[_Words]) -> Scalar | None:
        if not words:
            return None
        if len(words) == 1 and " | " not in words[0].text and " " in words[0].text:
            return _value(name, words[0].text)
        values = [value for word in words for value in word.text.split(" | ")]
        return Scalar(name, "string", words=tuple(values))


def _is_ranges(text: str) -> bool:
    return all(_RANGE.match(part.strip()) for part in text.split(","))


def _value(name: str, text: str) -> Scalar:
    base, *facets = text.split(" ", 1)
    scalar = Scalar(name, base)
    for match in _FACETS.finditer(facets[0] if facets else ""):
        least, most, digits, fraction, whole, pattern = match.groups()
        if least and base == "integer":
            scalar = scalar._replace(least=int(least[2:]))
        elif least:
            scalar = scalar._replace(min_length=int(least[2:]))
        elif most:
            scalar = scalar._replace(max_length=int(most[2:]))
        elif digits:
            scalar = scalar._replace(digits=int(digits), fraction=int(fraction))
        elif whole:
            scalar = scalar._replace(digits=int(whole))
        elif pattern:
            scalar = scalar._replace(pattern=pattern)
    return scalar
