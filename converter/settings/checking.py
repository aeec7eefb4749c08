"""Whether a table of exchange.toml has the keys it may have, with values of their types (SPEC §8)."""

from __future__ import annotations

import json
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from converter.problems import Problem, Said
from converter.problems import catalogue as say
from converter.problems.visible import short
from converter.settings.alerting import Alerts
from converter.settings.keys import Key, keys_of, toml
from converter.settings.lines import Place
from converter.settings.model import Bp, Link, Settings
from converter.settings.reading import Source, spelt

_PASSWORD = re.compile(r"(?i)pass(word|wd|phrase)?|pwd|пароль|secret|token|секрет|токен")
#: keys whose value may be a secret by mistake, or have one in it
_SECRET = re.compile(r"(password|secret)_\w+|header|(fail_)?url")
#: where a key stands that was put under another header
_HOMES = {
    Settings: Said("в начале файла, до [[link]]", "at the top of the file, before [[link]]"),
    Link: Said("сразу под [[link]]", "right under [[link]]"),
    Bp: Said("под [link.bp]", "under [link.bp]"),
    Alerts: Said("под [alerts]", "under [alerts]"),
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def check(source: Source) -> None:
    """Raise `Stopped` at the first thing that is wrong: SETTING_UNKNOWN, SETTING_PASSWORD,
    SETTING_MISSING, SETTING_TYPE, SETTINGS_BACKSLASH."""
    _table(source, source.table, Settings, ())


def wrong_value(key: Key, value: object, needed: Said, example: str) -> Problem:
    """A value that will not do; one that may be a password is not repeated."""
    secret = _SECRET.fullmatch(key.name) or (key.name == "state" and "@" in str(value))
    single = f"[{key.name}]" if key.many and isinstance(value, dict) else ""
    found = Said(single, single) if single else _found(value)
    if secret:
        found = Said("нечто другое", "something else")
    return say.SETTING_TYPE(needed=needed, found=found, example=example)


def _table(source: Source, table: dict[str, Any], struct: type[Struct], place: Place) -> None:
    keys = keys_of(struct)
    for name in table:
        if name not in keys:
            raise source.stop(_unknown(name, keys), (*place, name))
    for key in keys.values():
        if key.name in table:
            _value(source, table[key.name], key, (*place, key.name))
        elif key.required:
            raise source.stop(_missing(key, place), place)


def _value(source: Source, value: object, key: Key, place: Place) -> None:
    if key.table is None:
        _plain(source, value, key, place)
    elif not key.many:
        if not isinstance(value, dict):
            raise source.stop(wrong_value(key, value, key.needed, _header(place)), place)
        _table(source, value, key.table, place)
    elif not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise source.stop(wrong_value(key, value, key.needed, key.example), place)
    elif not value:
        raise source.stop(_missing(key, ()), place)
    else:
        for index, each in enumerate(value):
            _table(source, each, key.table, (*place, index))


def _plain(source: Source, value: object, key: Key, place: Place) -> None:
    way = key.path or key.name == "state"
    if way and isinstance(value, str) and _CONTROL.search(value):
        raise source.stop(say.SETTINGS_BACKSLASH(), place)
    try:
        msgspec.convert(value, key.type, dec_hook=_path)
    except msgspec.ValidationError:
        fits = False
    else:
        fits = not isinstance(value, str) or way or value.isprintable()
    if not fits:
        example = ("" if way else _quoted(key, value)) or key.example
        raise source.stop(wrong_value(key, value, key.needed, example), place)


def _quoted(key: Key, value: object) -> str:
    """The line with the quotes that a number lacks, where it may have been meant as a text."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    text = str(value)
    if key.name == "version" and text in ("1.1", "1.2"):  # TOML has taken the zero for nothing
        text += "0"
    try:
        msgspec.convert(text, key.type, dec_hook=_path)
    except msgspec.ValidationError:
        return ""
    return f"{key.name} = {toml(text)}"


def _path(kind: type, value: object) -> Path:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return Path(value)


def _unknown(name: str, keys: dict[str, Key]) -> Problem:
    if _PASSWORD.fullmatch(name):
        return _password(keys)
    home = next((said for struct, said in _HOMES.items() if name in keys_of(struct)), None)
    near = get_close_matches(name.casefold(), keys, n=1)
    if home is not None:
        hint = Said(f"его место {home.ru}", f"it belongs {home.en}")
    elif near:
        hint = Said(f"вероятно, {near[0]}", f"probably {near[0]}")
    else:
        names = ", ".join(keys)
        hint = Said(f"здесь бывают {names}", f"there are {names}")
    return say.SETTING_UNKNOWN(key=name, hint=hint)


def _password(keys: dict[str, Key]) -> Problem:
    """A password, or another secret, that stands in the file: where it belongs by this table."""
    variable = next((key for key in keys.values() if key.name.endswith("_env")), None)
    example = 'password_env = "ZIP_PASSWORD"' if variable is None else variable.example
    kind = example.partition("_env")[0]
    return say.SETTING_PASSWORD(
        hint=Said(
            f"положите в переменную окружения и назовите её: {example};"
            f" бывают и {kind}_file, {kind}_command",
            f"put it in an environment variable and name that: {example};"
            f" there are {kind}_file and {kind}_command too",
        )
    )


def _missing(key: Key, place: Place) -> Problem:
    table = _header(place)
    under = Said(f"под {table}", f"under {table}") if place else Said("в файл", "to the file")
    example = _header((*place, key.name)) if key.table and not key.many else key.example
    return say.SETTING_MISSING(key=key.name, place=under, example=example)


def _header(place: Place) -> str:
    """The header of a table as the file has it: ``[link.crm]``; an entry's is ``[[link]]``."""
    name = spelt(tuple(step for step in place if isinstance(step, str)))
    return f"[[{name}]]" if place and isinstance(place[-1], int) else f"[{name}]"


def _found(value: object) -> Said:
    if isinstance(value, dict):
        return Said("таблица", "a table")
    if isinstance(value, list):
        return Said("список", "a list")
    if isinstance(value, str) and not value.isprintable():
        text = json.dumps(value)  # so that what is not seen is seen
    else:
        text = toml(value) if isinstance(value, str | bool | int | float) else str(value)
    shown = short(text)
    return Said(shown, shown)
