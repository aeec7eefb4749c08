"""In which line of a TOML text a key stands: `tomllib` does not say."""

from __future__ import annotations

import re
import tomllib
from typing import Any

#: the way to a value: keys, and from 0 the numbers of list entries
Place = tuple[str | int, ...]

_SPACE = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_KEYS = re.compile(r"""(?:[\w-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|[ \t]*\.[ \t]*)+""")
_TEXT = re.compile(
    r'"""(?:\\.|[^"\\]|"(?!""))*"{3,5}'
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^,\]}#\n]+")


class Lines:
    """The lines of all keys of a text that `tomllib` has taken; of another text it means nothing.

    The text is looked through when a line is first asked for: where all is well, none is.
    """

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._at = 0
        self._found: dict[Place, int] = {}
        self._entries: dict[Place, int] = {}

    def of(self, place: Place) -> int:
        """The line, from 1, of a place, or of the nearest around it that the text names."""
        if not self._found:
            self._document()
        while place and place not in self._found:
            place = place[:-1]
        return self._found.get(place, 1)

    def _document(self) -> None:
        table: Place = ()
        while self._skip():
            if self._take("[["):
                table = self._header(many=True)
            elif self._take("["):
                table = self._header(many=False)
            else:
                self._pair(table)

    def _header(self, many: bool) -> Place:
        """A header's table; names that lead through a list of tables mean its last entry."""
        line = self._line()
        *outer, last = self._keys()
        self._skip()
        self._take("]]" if many else "]")
        table: Place = ()
        for name in outer:
            table = self._named((*table, name), line)
        if not many:
            return self._named((*table, last), line)
        table = (*table, last)
        self._entries[table] = self._entries.get(table, -1) + 1
        return self._named(table, line)

    def _named(self, place: Place, line: int) -> Place:
        self._found.setdefault(place, line)
        if place in self._entries:
            place = (*place, self._entries[place])
            self._found.setdefault(place, line)
        return place

    def _pair(self, table: Place) -> None:
        line = self._line()
        for name in self._keys():
            table = (*table, name)
            self._found.setdefault(table, line)
        self._skip()
        self._take("=")
        self._skip()
        self._value(table)

    def _value(self, place: Place) -> None:
        if self._take("["):
            index = 0
            while self._more("]"):
                self._found[*place, index] = self._line()
                self._value((*place, index))
                index += 1
        elif self._take("{"):
            while self._more("}"):
                self._pair(place)
        else:
            found = _TEXT.match(self._text, self._at) or _PLAIN.match(self._text, self._at)
            self._at = found.end() if found else len(self._text)

    def _more(self, closing: str) -> bool:
        """Whether another entry stands before the closing bracket; the comma is passed over."""
        self._skip()
        if self._take(","):
            self._skip()
        return not self._take(closing) and self._at < len(self._text)

    def _keys(self) -> list[str]:
        """The names of a dotted key, as `tomllib` understands them."""
        self._skip()
        found = _KEYS.match(self._text, self._at)
        if found is None:
            self._at = len(self._text)
            return [""]
        self._at = found.end()
        inner: Any = tomllib.loads(f"{found.group()} = 0")
        names = []
        while isinstance(inner, dict):
            [(name, inner)] = inner.items()
            names.append(name)
        return names

    def _skip(self) -> bool:
        """Pass over blanks, line ends and comments; whether anything is left."""
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at < len(self._text)

    def _take(self, mark: str) -> bool:
        taken = self._text.startswith(mark, self._at)
        self._at += len(mark) if taken else 0
        return taken

    def _line(self) -> int:
        """The line at hand, blanks before the next word passed over."""
        self._skip()
        return self._text.count("\n", 0, self._at) + 1
