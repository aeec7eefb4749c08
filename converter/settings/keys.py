"""The keys of one table of exchange.toml, read off its struct: name, type, default, words."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec
from msgspec import Struct

from converter.problems import Said
from converter.settings.saying import Says

_TYPES = {
    str: (Said("текст", "text"), Said("текст в кавычках", "a text in quotes")),
    Path: (Said("путь", "path"), Said("непустой путь в кавычках", "a path in quotes, not empty")),
    bool: (Said("true или false", "true or false"),) * 2,
    float: (Said("число", "number"), Said("число", "a number")),
    int: (Said("целое число", "whole number"), Said("целое число", "a whole number")),
    tuple: (
        Said("список текстов", "list of texts"),
        Said("список текстов в кавычках", "a list of texts in quotes"),
    ),
}


class Key(NamedTuple):
    """One key: ``type`` with its limits, as msgspec takes it; ``table`` where its value is one.

    ``needed`` says what a right value is, ``sample`` is one where there is no default. ``absent``:
    where the file does not name it there is none.
    """

    name: str
    type: Any
    required: bool
    default: object
    says: Said
    sample: str | int | tuple[str, ...]
    needed: Said
    table: type[Struct] | None
    many: bool
    path: bool
    absent: bool

    @property
    def example(self) -> str:
        """A right line with this key: its own example, else its default."""
        if self.table is not None:
            return f"[[{self.name}]]" if self.many else f"[{self.name}]"
        return f"{self.name} = {toml(self.sample or self.default)}"

    @property
    def kind(self) -> Said:
        """The type in a word."""
        bare = _bare(self.type)
        if self.table is not None:
            return Said("таблица", "table")
        if get_origin(bare) is Literal:
            words = ", ".join(map(toml, get_args(bare)))
            return Said(words, words)
        return _TYPES[get_origin(bare) or bare][0]


@cache
def keys_of(table: type[Struct]) -> dict[str, Key]:
    """The keys of a table by name, in the order of the struct; fields without words are none."""
    found = {}
    for field in msgspec.structs.fields(table):
        for words in getattr(field.type, "__metadata__", ()):
            if isinstance(words, Says):
                found[field.name] = _key(field, words)
    return found


def toml(value: object) -> str:
    """A simple value as TOML writes it."""
    return json.dumps(value, ensure_ascii=False)


def _key(field: msgspec.structs.FieldInfo, words: Says) -> Key:
    bare = _bare(field.type)
    listed = get_origin(bare) is tuple
    inner = get_args(bare)[0] if listed else bare
    table = inner if isinstance(inner, type) and issubclass(inner, Struct) else None
    many = listed and table is not None
    return Key(
        name=field.name,
        type=field.type,
        required=field.required,
        default=None if field.required or table is not None else field.default,
        says=Said(words.ru, words.en),
        sample=words.example,
        needed=Said(*words.needed) if words.needed else _needed(field.name, bare, table, many),
        table=table,
        many=many,
        path=bare is Path,
        absent=not field.required and field.default is None,
    )


def _needed(name: str, bare: Any, table: type[Struct] | None, many: bool) -> Said:
    if table is not None and many:
        return Said(f"таблица [[{name}]] (скобки двойные)", f"a table [[{name}]] (double brackets)")
    if table is not None:
        return Said(f"таблица {name}", f"a table {name}")
    if get_origin(bare) is Literal:
        words = ", ".join(map(toml, get_args(bare)))
        return Said(f"одно из значений {words}", f"one of {words}")
    return _TYPES[get_origin(bare) or bare][1]


def _bare(kind: Any) -> Any:
    """A type without its limits, its words and its None."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif get_origin(kind) in (Union, UnionType):
            [kind] = [each for each in get_args(kind) if each is not NoneType]
        else:
            return kind
