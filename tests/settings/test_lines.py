"""The line of a key is found in whatever way TOML lets it be written."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.settings.lines import Lines, Place

NOISE = [
    "",
    "   ",
    "# [link]",
    "# k1 = 5 ''' \"\"\"",
    "\t# [[k2]]",
]
INSIDE = ["[k1]", "k1 = 1", "[[link]]", "# no comment", "}", "]", "code = 'x'", ""]


class Written:
    """A document being written down, with the line of everything in it as it is written."""

    def __init__(self, draw: Any) -> None:
        self._draw = draw
        self._names = 0
        self.text = ""
        self.lines: dict[Place, int] = {}

    def document(self) -> None:
        """Plain keys, then tables under headers, to any depth."""
        self._pairs(())
        self._tables((), "", 0)

    def _one_of(self, choices: list[Any]) -> Any:
        return self._draw(st.sampled_from(choices))

    def _times(self, most: int) -> range:
        return range(self._draw(st.integers(0, most)))

    def _here(self, place: Place) -> Place:
        self.lines.setdefault(place, self.text.count("\n") + 1)
        return place

    def _noise(self) -> None:
        for _ in self._times(2):
            self.text += self._one_of(NOISE) + "\n"

    def _name(self) -> tuple[str, str]:
        """A name that stands nowhere else, and a way to write it."""
        self._names += 1
        bare = f"k{self._names}"
        found: tuple[str, str] = self._one_of(
            [
                (bare, bare),
                (bare, f'"{bare}"'),
                (bare, f'"\\u006b{self._names}"'),
                (f"{bare}.x = [#", f"'{bare}.x = [#'"),
                (f'{bare}" # ]', f'"{bare}\\" # ]"'),
                (f"{bare} «й»", f'"{bare} «й»"'),
            ]
        )
        return found

    def _pairs(self, table: Place) -> None:
        for _ in self._times(3):
            self._noise()
            self.text += self._one_of(["", "  "])
            self._pair(table)
            self.text += self._one_of(["", "  # [k1] = 'x'"]) + "\n"
        self._noise()

    def _pair(self, table: Place, depth: int = 0) -> None:
        dots = self._one_of([".", " . "])
        names = [self._name() for _ in range(self._one_of([1, 1, 2]))]
        for name, _ in names:
            table = self._here((*table, name))
        self.text += dots.join(written for _, written in names) + self._one_of(["=", " = "])
        self._value(table, depth)

    def _value(self, place: Place, depth: int) -> None:
        plain = ["5", "'x # ]'", '"a \\" # = {"', "1979-05-27 07:32:00", "[]", "{}", "''", '""']
        choice = self._one_of([*plain, "basic", "literal", "list", "table"])
        if choice in plain or (depth > 2 and choice in ("list", "table")):
            self.text += choice if choice in plain else "true"
        elif choice in ("basic", "literal"):
            quote = '"""' if choice == "basic" else "'''"
            odd = ['"', '""', '\\"', "\\\\"] if choice == "basic" else ["'", "''", "\\"]
            body = [self._one_of(INSIDE) for _ in self._times(3)]
            self.text += quote + "\n".join([*body, "x"]) + self._one_of(["", *odd, " x"]) + quote
        elif choice == "list":
            self._list(place, depth)
        else:
            self._inline(place, depth)

    def _list(self, place: Place, depth: int) -> None:
        self.text += "["
        for index in self._times(3):
            self.text += self._one_of(["", "\n  ", " # [k1]\n"])
            self._value(self._here((*place, index)), depth + 1)
            self.text += self._one_of([",", " ,", ", # k1 = 2\n"])
        self.text += "]"

    def _inline(self, place: Place, depth: int) -> None:
        self.text += "{ "
        for index in self._times(3):
            self.text += ", " if index else ""
            self._pair(place, depth + 1)
        self.text += " }"

    def _tables(self, outer: Place, header: str, depth: int) -> None:
        for _ in self._times(2 if depth < 3 else 0):
            self._noise()
            name, written = self._name()
            many = self._draw(st.booleans())
            path = f"{header}{self._one_of(['.', ' . '])}{written}" if header else written
            place: Place = (*outer, name)
            for index in range(1 + len(self._times(2))) if many else (None,):
                table = place
                self._here(place)
                if index is not None:
                    table = self._here((*place, index))
                self.text += f"[[{path} ]]" if many else f"[ {path}]"
                self.text += self._one_of(["\n", " # [x]\n"])
                self._pairs(table)
                self._tables(table, path, depth + 1)


@st.composite
def documents(draw: Any) -> Written:
    """A document with everything that could lead astray."""
    written = Written(draw)
    written.document()
    return written


def at(table: Any, place: Place) -> Any:
    """What `tomllib` has at a place."""
    for step in place:
        table = table[step]
    return table


def places(value: Any, place: Place = ()) -> list[Place]:
    """Every place in a value."""
    inner: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [place, *(found for step, each in inner for found in places(each, (*place, step)))]


@given(documents())
def test_every_key_of_a_document_is_found_in_its_line(written: Written) -> None:
    table = tomllib.loads(written.text)
    assert set(places(table)) == {(), *written.lines}, "the test writes what it means"
    lines = Lines(written.text)
    assert {place: lines.of(place) for place in written.lines} == written.lines


@given(documents())
def test_line_ends_of_windows_change_nothing(written: Written) -> None:
    lines = Lines(written.text.replace("\n", "\r\n"))
    assert {place: lines.of(place) for place in written.lines} == written.lines


@given(documents(), st.lists(st.one_of(st.text(), st.integers())))
def test_what_is_not_there_has_the_line_of_what_is_around_it(
    written: Written, more: list[str | int]
) -> None:
    lines = Lines(written.text)
    for place, line in written.lines.items():
        assert lines.of((*place, "not there", *more)) == line
    assert lines.of(("not there", *more)) == 1


@pytest.mark.parametrize(
    ("text", "place", "line"),
    [
        ("\n\nlink = 1", ("link",), 3),
        ("[a.b]\nc = 1\n[a]\nd = 1", ("a",), 1),
        ("[a.b]\nc = 1\n[a]\nd = 1", ("a", "d"), 4),
        ("[[a]]\n[[a.b]]\n[[a]]\n[[a.b]]\n[[a.b]]\nc = 1", ("a", 1, "b", 1, "c"), 6),
        ("a = [\n  { b = 1 },\n  { b = 2 },\n]", ("a", 1, "b"), 3),
        ('a = """\nb = 1\n[c]\n"""\nb = 2', ("b",), 5),
        ('a = """\\\n  x\\"""""\nb = 2', ("b",), 3),
        ("", ("a",), 1),
    ],
)
def test_the_line_of_a_place(text: str, place: Place, line: int) -> None:
    tomllib.loads(text)
    assert Lines(text).of(place) == line
