"""exchange.toml from disk: text, tables, and where each key stands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from converter.problems import Problem, Said, Stopped
from converter.problems import catalogue as say
from converter.problems.system import reason_of
from converter.problems.visible import short
from converter.settings.lines import Lines, Place

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_LINE = re.compile(r"line (\d+)")
_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|(.))")
_ESCAPES = ("", *'btnfr"\\')
_DRIVE = re.compile(r'"[^"]*\b[A-Za-z]:\\(?!\\)')

#: how the complaints of `tomllib` begin; one that is not here is told in its own words
_COMPLAINTS = (
    ("Cannot overwrite", "ключ задан дважды"),
    ("Cannot declare", "таблица объявлена дважды"),
    ("Cannot mutate", "таблица уже задана выше"),
    ("Expected '=' after", "после ключа нужен знак «=»"),
    ("Expected newline or end", "после значения стоит лишнее"),
    ("Expected ']", "не закрыта квадратная скобка"),
    ("Unclosed array", "не закрыта квадратная скобка"),
    ("Unclosed inline", "не закрыта фигурная скобка"),
    ("Unterminated string", "не закрыта кавычка"),
    ("Expected \"'", "не закрыта кавычка"),
    ("Illegal character '\\n'", "не закрыта кавычка"),
    ("Illegal character", "недопустимый знак"),
    ("Unescaped", "лишняя обратная черта"),
    ("Invalid statement", "строка непонятна"),
    ("Invalid value", "значение непонятно или не в кавычках"),
    ("Invalid initial character", "перед «=» нужен ключ"),
)


class Source(NamedTuple):
    """A settings file as it was read: its name, its tables, the lines of its keys."""

    name: str
    table: dict[str, Any]
    lines: Lines

    def stop(self, problem: Problem, place: Place) -> Stopped:
        """The problem with file, line and key."""
        where = problem.where._replace(field=spelt(place))
        return Stopped(problem._replace(where=where).at(self.name, self.lines.of(place)))


def read(path: Path) -> Source:
    """Read the file; a byte order mark is passed over, as Notepad writes one.

    Raises `Stopped`: SETTINGS_MISSING, SETTINGS_UNREADABLE, SETTINGS_TOML, SETTINGS_BACKSLASH.
    """
    name = str(path)
    text = _text(name, _bytes(path))
    try:
        return Source(name, tomllib.loads(text), Lines(text))
    except RecursionError:
        nested = Said("слишком глубокая вложенность", "nested too deeply")
        raise Stopped(say.SETTINGS_TOML(reason=nested).at(name)) from None
    except ValueError as error:
        raise Stopped(_broken(text, str(error)).at(name)) from None


def spelt(place: Place) -> str:
    """A place as people read it, entries counted from 1: ``link[1].bp.version``."""
    text = ""
    for step in place:
        if isinstance(step, int):
            text += f"[{step + 1}]"
        else:
            bare = step if _BARE.fullmatch(step) else f"'{step}'"
            text += f".{bare}" if text else bare
    return text


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise Stopped(say.SETTINGS_MISSING(file=path).at(str(path))) from None
    except OSError as error:
        raise Stopped(say.SETTINGS_UNREADABLE(reason=reason_of(error)).at(str(path))) from error


def _text(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reason = Said("текст не в UTF-8", "the text is not in UTF-8")
        raise Stopped(say.SETTINGS_UNREADABLE(reason=reason).at(name, line)) from None


def _broken(text: str, complaint: str) -> Problem:
    """Why the text is no TOML: most often a Windows path in double quotes."""
    lines = text.rstrip().split("\n")
    reason, _, position = complaint.rpartition(" (at ")
    found = _LINE.match(position)
    number = min(int(found[1]) if found else len(lines), len(lines))
    line = lines[number - 1]
    if '"' in line and (_DRIVE.search(line) or set(_ESCAPE.findall(line)) - set(_ESCAPES)):
        return say.SETTINGS_BACKSLASH().at(line=number)
    plain = short(reason)  # it may repeat a key
    ru = next((words for start, words in _COMPLAINTS if reason.startswith(start)), plain)
    return say.SETTINGS_TOML(reason=Said(ru, plain)).at(line=number)
